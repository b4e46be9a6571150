//go:build !amd64

package kernel

// indexTriple gives the first place in s that has a, b gapB bytes behind and c gapC bytes
// behind; -1: there is none.
func indexTriple(s []byte, a, b, c byte, gapB, gapC int) int {
	return indexTripleGo(s, a, b, c, gapB, gapC)
}
