package kernel

import "golang.org/x/sys/cpu"

// indexTriple gives the first place in s that has a, b gapB bytes behind and c gapC bytes
// behind; -1: there is none. gapB <= gapC; s has at least gapC + indexBlock bytes.
func indexTriple(s []byte, a, b, c byte, gapB, gapC int) int {
	if !cpu.X86.HasAVX2 {
		return indexTripleGo(s, a, b, c, gapB, gapC)
	}
	return indexTriple2(s, a, b, c, gapB, gapC)
}

// indexTriple2 is indexTriple by AVX2.
//
//go:noescape
func indexTriple2(s []byte, a, b, c byte, gapB, gapC int) int
