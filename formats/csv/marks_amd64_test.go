package csv

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/cpu"
)

// TestFindWide compares the words of both ways to find what means something, in bytes
// of which few, most or all do.
func TestFindWide(t *testing.T) {
	if !cpu.X86.HasAVX2 {
		t.Skip("the processor has no AVX2")
	}
	r := rand.New(rand.NewPCG(3, 4))
	var wide, plain marks
	for range 2000 {
		what := meaning{byte(r.Uint32()), '\n', byte(r.Uint32()), byte(r.Uint32())}
		few := [...]byte{what.delim, what.line, what.quote, what.escape, what.delim ^ 0x80, what.delim + 1, 'a', 0}
		b, kinds := make([]byte, 64*(1+r.IntN(pieceWords))+r.IntN(64)), 1+r.IntN(len(few)+1)
		for i := range b {
			if b[i] = byte(r.Uint32()); kinds <= len(few) {
				b[i] = few[r.IntN(kinds)]
			}
		}
		words := len(b) / 64
		wide.find(b, words, what)
		plain.findPlain(b, words, what)
		for w := range words {
			if wide.fields[w] != plain.fields[w] || wide.others[w] != plain.others[w] {
				t.Fatalf("%+v: word %d: %064b and %064b, want %064b and %064b of %q", what, w, wide.fields[w], wide.others[w], plain.fields[w], plain.others[w], b[64*w:64*w+64])
			}
		}
	}
}
