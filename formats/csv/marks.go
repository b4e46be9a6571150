package csv

import (
	"math/bits"

	"github.com/glauxdb/glaux/formats/textval"
)

// pieceWords is how many words of 64 bytes of the text are looked at together: few
// enough that what was found is still near, and that little is in vain where a batch
// ends.
const pieceWords = 32

// marks says which bytes of a piece mean something, a bit for a byte.
type marks struct {
	fields [pieceWords]uint64 // the delimiters
	others [pieceWords]uint64 // line breaks, quotes and escapes that are none
	at     [64*pieceWords + 8]uint32
	n      int // how many of at are offsets of delimiters
}

// meaning is the bytes that mean something. What a dialect lacks is a line break.
type meaning struct{ delim, line, quote, escape byte }

func (d *dialect) meaning() meaning {
	m := meaning{d.delim, '\n', '\n', '\n'}
	if d.quote != 0 {
		m.quote = d.quote
	}
	if d.outside != 0 {
		m.escape = d.outside
	}
	return m
}

// note appends the offsets of the bits of a word, whose first byte is at from.
func (m *marks) note(word uint64, from uint32) {
	// Without a branch on each bit: most words have no more than eight.
	at, n := m.at[m.n:], bits.OnesCount64(word)
	first := (*[8]uint32)(at)
	for i := range first {
		first[i] = from + uint32(bits.TrailingZeros64(word))
		word &= word - 1
	}
	for i := len(first); i < n; i++ {
		at[i] = from + uint32(bits.TrailingZeros64(word))
		word &= word - 1
	}
	m.n += n
}

// findPlain looks at words of 64 bytes of b, eight at a time.
func (m *marks) findPlain(b []byte, words int, what meaning) {
	delim, line := textval.Repeat(what.delim), textval.Repeat(what.line)
	quote, esc := textval.Repeat(what.quote), textval.Repeat(what.escape)
	for w := range words {
		var fields, others uint64
		for i := 0; i < 64; i += 8 {
			x := textval.Load64(b[64*w+i:])
			f := textval.EqualBytes(x, delim)
			o := (textval.EqualBytes(x, line) | textval.EqualBytes(x, quote) | textval.EqualBytes(x, esc)) &^ f
			fields |= gather(f) << i
			others |= gather(o) << i
		}
		m.fields[w], m.others[w] = fields, others
	}
}

// gather makes eight bits of the highest ones of eight bytes.
func gather(x uint64) uint64 { return (x >> 7) * 0x0102040810204080 >> 56 }
