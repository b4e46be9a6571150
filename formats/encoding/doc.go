// Package encoding turns text in other encodings into UTF-8, for all formats of
// text: what a table declares, or what the mark at a file's beginning says.
//
//	Lookup("windows-1252")   a name, as Java, IANA, Hive's tables and Redshift's COPY have it ──┐
//	Mark("\xff\xfe...")      a byte order mark ─────────────────────────────────────────────────┴─> Encoding
//	   Encoding.Reader: a stream of UTF-8      Encoding.Append: a piece, where every byte is a character
//
// What is no character in its encoding becomes one byte 0xFF, which UTF-8 does
// not have: whoever reads the text sees that it is invalid, and at which value,
// and does what the table says about invalid characters. A replacement character
// (U+FFFD) that an East Asian encoding spells counts as invalid too.
package encoding

import (
	"bytes"
	"io"

	x "golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// Invalid is the byte that stands for bytes that are no character.
const Invalid = 0xff

// Encoding is how a file spells its characters. It is immutable. A nil Encoding
// is UTF-8.
type Encoding struct {
	name   string
	single *[256]spelling // every byte is a character
	wide   wide           // units of two or four bytes
	enc    x.Encoding     // any other
}

// Name gives the encoding's IANA name.
func (e *Encoding) Name() string {
	if e == nil {
		return "UTF-8"
	}
	return e.name
}

// Single reports whether every byte is a character, so that a text may be cut
// anywhere.
func (e *Encoding) Single() bool { return e != nil && e.single != nil }

// Reader decodes a stream. Its errors are those of r.
func (e *Encoding) Reader(r io.Reader) io.Reader {
	switch {
	case e == nil:
		return r
	case e.single != nil:
		return &pieces{src: r, decode: func(dst, src []byte, _ bool) ([]byte, int) { return e.Append(dst, src), len(src) }}
	case e.wide.size > 0:
		w := e.wide
		return &pieces{src: r, decode: w.decode}
	}
	return &pieces{src: transform.NewReader(r, e.enc.NewDecoder()), decode: markReplaced}
}

// Decode gives a text as UTF-8. Half a character at its end is invalid.
func (e *Encoding) Decode(text []byte) []byte {
	if e == nil {
		return text
	}
	out, _ := io.ReadAll(e.Reader(bytes.NewReader(text))) // memory does not fail
	return out
}

// pieceSize is how many bytes are decoded at once.
const pieceSize = 64 << 10

// pieces is a reader that decodes one piece after the other.
type pieces struct {
	src io.Reader
	// decode appends the UTF-8 of src to dst and says how much of src that was; at
	// the end it takes everything.
	decode func(dst, src []byte, end bool) ([]byte, int)
	in     []byte // what is read; the first held bytes wait for more
	held   int
	out    []byte // memory of rest
	rest   []byte // decoded, not yet given
	err    error
}

// Read gives the next bytes of the text.
func (p *pieces) Read(b []byte) (int, error) {
	if p.in == nil {
		p.in = make([]byte, pieceSize)
	}
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		var n int
		n, p.err = p.src.Read(p.in[p.held:])
		n += p.held
		var used int
		p.out, used = p.decode(p.out[:0], p.in[:n], p.err == io.EOF)
		p.held = copy(p.in, p.in[used:n])
		p.rest = p.out
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// markReplaced writes Invalid for the replacement characters that a decoder of
// x/text has made.
func markReplaced(dst, src []byte, end bool) ([]byte, int) {
	const replacement = "\xef\xbf\xbd"
	for i := 0; i < len(src); i++ {
		if src[i] != replacement[0] {
			dst = append(dst, src[i])
			continue
		}
		if i+len(replacement) > len(src) && !end {
			return dst, i
		}
		if i+len(replacement) <= len(src) && string(src[i:i+len(replacement)]) == replacement {
			dst = append(dst, Invalid)
			i += len(replacement) - 1
			continue
		}
		dst = append(dst, src[i])
	}
	return dst, len(src)
}
