package encoding

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/glauxdb/glaux/formats/textval"
)

// spelling is the UTF-8 of a character: n bytes.
type spelling struct {
	b [3]byte
	n uint8
}

// tableOf gives the characters of all bytes. The tables of x/text are those of
// browsers, which differ from what IANA's names mean: ISO 8859 has the control
// characters of ISO 6429 from 0x80 on, and KOI8-U (RFC 2319) has no letters of
// Belarusian.
func tableOf(name string, m *charmap.Charmap) *[256]spelling {
	t := new([256]spelling)
	for i := range t {
		r := m.DecodeByte(byte(i))
		switch {
		case strings.HasPrefix(name, "ISO-8859-") && i >= 0x80 && i < 0xa0:
			r = rune(i)
		case name == "KOI8-U" && i == 0xae:
			r = '╝'
		case name == "KOI8-U" && i == 0xbe:
			r = '╬'
		}
		if r == utf8.RuneError {
			t[i] = spelling{[3]byte{Invalid}, 1}
			continue
		}
		var b [utf8.UTFMax]byte
		t[i].n = uint8(utf8.EncodeRune(b[:], r))
		copy(t[i].b[:], b[:])
	}
	return t
}

// Append appends the UTF-8 of a piece of a text whose encoding is Single. In all
// of them but EBCDIC's, ASCII is as it is and comes in runs.
func (e *Encoding) Append(dst, src []byte) []byte {
	t := e.single
	plain := t['a'].b[0] == 'a'
	for i := 0; i < len(src); {
		if plain {
			n := ascii(src[i:])
			dst = append(dst, src[i:i+n]...)
			if i += n; i == len(src) {
				break
			}
		}
		s := &t[src[i]]
		dst = append(dst, s.b[:s.n]...)
		i++
	}
	return dst
}

// ascii gives how many bytes b has before the first that is not ASCII.
func ascii(b []byte) int {
	i := 0
	for i+8 <= len(b) && textval.Load64(b[i:])&0x8080808080808080 == 0 {
		i += 8
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}
