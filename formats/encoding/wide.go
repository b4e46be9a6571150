package encoding

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// wide says how UTF-16 and UTF-32 lay out their units.
type wide struct {
	size   int // bytes of a unit; 0: not wide
	little bool
	guess  bool // the mark decides, and without one the order is that of little
	begun  bool
}

var (
	utf16LE = &Encoding{name: "UTF-16LE", wide: wide{size: 2, little: true}}
	utf16BE = &Encoding{name: "UTF-16BE", wide: wide{size: 2}}
	utf32LE = &Encoding{name: "UTF-32LE", wide: wide{size: 4, little: true}}
	utf32BE = &Encoding{name: "UTF-32BE", wide: wide{size: 4}}
)

// Wide reports whether characters are units of two or four bytes.
func (e *Encoding) Wide() bool { return e != nil && e.wide.size > 0 }

// MarkBytes is how long the longest byte order mark is.
const MarkBytes = 4

var marks = []struct {
	mark string
	enc  *Encoding
}{
	{"\xff\xfe\x00\x00", utf32LE}, {"\x00\x00\xfe\xff", utf32BE},
	{"\xff\xfe", utf16LE}, {"\xfe\xff", utf16BE},
	{"\xef\xbb\xbf", nil},
}

// Mark gives the encoding that the byte order mark at a text's beginning tells,
// and whether there is one. What Reader makes of the text begins with the mark of
// UTF-8.
func Mark(head []byte) (*Encoding, bool) {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.enc, true
		}
	}
	return nil, false
}

// guessBytes is how much of a file Guess needs.
const guessBytes = 8

// Guess gives the encoding of a text without a mark that can only be UTF-16: the
// first characters are printable ASCII in two bytes each. nil: nothing of that
// kind.
func Guess(head []byte) *Encoding {
	if len(head) < guessBytes {
		return nil
	}
	for _, e := range []*Encoding{utf16LE, utf16BE} {
		odd := 1
		if !e.wide.little {
			odd = 0
		}
		fits := true
		for i := 0; i < guessBytes; i += 2 {
			c := head[i+1-odd]
			fits = fits && head[i+odd] == 0 && (c >= ' ' && c < 0x7f || c == '\t' || c == '\r' || c == '\n')
		}
		if fits {
			return e
		}
	}
	return nil
}

// Plain gives the beginning of a text as UTF-8 where its mark, or what Guess sees,
// tells that it is something else.
func Plain(head []byte) []byte {
	e, ok := Mark(head)
	if !ok {
		e = Guess(head)
	}
	return e.Decode(head)
}

// decode is a decoder of pieces.
func (w *wide) decode(dst, src []byte, end bool) ([]byte, int) {
	if w.guess && !w.begun {
		if len(src) < MarkBytes && !end {
			return dst, 0
		}
		if e, ok := Mark(src); ok && e != nil && e.wide.size == w.size {
			w.little = e.wide.little
		}
	}
	w.begun = true
	used := 0
	if w.size == 2 {
		dst, used = w.decode16(dst, src, end)
	} else {
		dst, used = w.decode32(dst, src)
	}
	if end && used < len(src) {
		return append(dst, Invalid), len(src) // half a unit
	}
	return dst, used
}

func (w *wide) order() binary.ByteOrder {
	if w.little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// decode16 takes whole characters; half of a pair waits for the other half. Runs
// of ASCII go four units at a time.
func (w *wide) decode16(dst, src []byte, end bool) ([]byte, int) {
	order := w.order()
	i := 0
	for i+2 <= len(src) {
		if i+8 <= len(src) {
			x := order.Uint64(src[i:])
			if x&0xff80ff80ff80ff80 == 0 {
				if w.little {
					dst = append(dst, byte(x), byte(x>>16), byte(x>>32), byte(x>>48))
				} else {
					dst = append(dst, byte(x>>48), byte(x>>32), byte(x>>16), byte(x))
				}
				i += 8
				continue
			}
		}
		r := rune(order.Uint16(src[i:]))
		if !utf16.IsSurrogate(r) {
			dst = utf8.AppendRune(dst, r)
			i += 2
			continue
		}
		if i+4 > len(src) && !end {
			break
		}
		pair := rune(utf8.RuneError)
		if i+4 <= len(src) {
			pair = utf16.DecodeRune(r, rune(order.Uint16(src[i+2:])))
		}
		if pair == utf8.RuneError {
			dst = append(dst, Invalid)
			i += 2
			continue
		}
		dst = utf8.AppendRune(dst, pair)
		i += 4
	}
	return dst, i
}

func (w *wide) decode32(dst, src []byte) ([]byte, int) {
	order := w.order()
	i := 0
	for ; i+4 <= len(src); i += 4 {
		if u := order.Uint32(src[i:]); u <= utf8.MaxRune && utf8.ValidRune(rune(u)) {
			dst = utf8.AppendRune(dst, rune(u))
		} else {
			dst = append(dst, Invalid)
		}
	}
	return dst, i
}
