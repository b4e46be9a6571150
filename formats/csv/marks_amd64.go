package csv

import "golang.org/x/sys/cpu"

// find fills fields and others with what words of 64 bytes of b hold.
func (m *marks) find(b []byte, words int, what meaning) {
	if !cpu.X86.HasAVX2 {
		m.findPlain(b, words, what)
		return
	}
	_ = b[64*words-1]
	findWide(&b[0], words, what.delim, what.line, what.quote, what.escape, &m.fields[0], &m.others[0])
}

// findWide is findPlain with AVX2, for at least one word.
//
//go:noescape
func findWide(b *byte, words int, delim, line, quote, escape byte, fields, others *uint64)
