//go:build !amd64

package csv

// find fills fields and others with what words of 64 bytes of b hold.
func (m *marks) find(b []byte, words int, what meaning) { m.findPlain(b, words, what) }
