// Package charset converts text between UTF-8 and the encodings that clients of
// PostgreSQL may ask for (client_encoding), by PostgreSQL's names.
package charset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"github.com/glauxdb/glaux/catalog/fault"
)

// SQLSTATEs of what cannot be converted.
const (
	codeUntranslatable fault.Code = "22P05" // untranslatable_character
	codeBadBytes       fault.Code = "22021" // character_not_in_repertoire
)

// A Charset is an encoding. Texts of all of them hold ASCII as it is.
type Charset struct {
	Name  string // PostgreSQL's, in its spelling: LATIN1
	enc   encoding.Encoding
	plain bool // UTF8 and SQL_ASCII: nothing is converted
	none  bool // known by name, but there is no conversion
}

// Lookup finds an encoding by any of the names that PostgreSQL takes. Letter case
// and marks do not count: iso-8859-1 is LATIN1.
func Lookup(name string) (*Charset, bool) {
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
	c, ok := byName[key]
	return c, ok
}

// Plain reports whether texts go over the wire as they are.
func (c *Charset) Plain() bool { return c == nil || c.plain }

// Supported reports whether texts can be converted.
func (c *Charset) Supported() bool { return !c.none }

// Decode gives a client's text as UTF-8. Bytes that are no text of the encoding
// are 22021, characters that Unicode lacks 22P05.
func (c *Charset) Decode(b []byte) ([]byte, error) {
	if c.Plain() {
		return b, CheckUTF8(b)
	}
	i := ascii(b)
	if i == len(b) {
		return b, nil
	}
	out := append(make([]byte, 0, len(b)+len(b)/2), b[:i]...)
	for rest := b[i:]; len(rest) > 0; {
		if n := ascii(rest); n > 0 {
			out, rest = append(out, rest[:n]...), rest[n:]
			continue
		}
		n, err := c.width(rest)
		if err != nil {
			return nil, err
		}
		char, err := c.enc.NewDecoder().Bytes(rest[:n])
		if r, size := utf8.DecodeRune(char); err != nil || r == utf8.RuneError || size != len(char) || c.control(r) {
			return nil, untranslatable(rest[:n], c.Name, "UTF8")
		}
		out, rest = append(out, char...), rest[n:]
	}
	return out, nil
}

// Append appends UTF-8 text in the encoding. A character that it lacks is 22P05;
// out then ends before it.
func (c *Charset) Append(out, text []byte) ([]byte, error) {
	if c.Plain() {
		return append(out, text...), nil
	}
	for len(text) > 0 {
		if n := ascii(text); n > 0 {
			out, text = append(out, text[:n]...), text[n:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		from := len(out)
		var err error
		if out, err = c.appendRune(out, r, text[:n]); err != nil || len(out) == from {
			return out[:from], untranslatable(text[:n], "UTF8", c.Name)
		}
		text = text[n:]
	}
	return out, nil
}

var errNone = fmt.Errorf("no such character")

func (c *Charset) appendRune(out []byte, r rune, char []byte) ([]byte, error) {
	if m, ok := c.enc.(*charmap.Charmap); ok {
		b, ok := m.EncodeRune(r)
		if !ok || c.control(r) {
			return out, errNone
		}
		return append(out, b), nil
	}
	from := len(out)
	out, _, err := transform.Append(c.enc.NewEncoder(), out, char)
	if err == nil && strings.HasPrefix(c.Name, "EUC_") && (len(out)-from < 2 || !high(out[from+1:])) {
		return out[:from], errNone // of the larger set that x/text has under this name
	}
	return out, err
}

// AppendLossy appends UTF-8 text with a question mark for what the encoding lacks:
// messages must not fail.
func (c *Charset) AppendLossy(out []byte, text string) []byte {
	for text != "" {
		var err error
		from := len(out)
		if out, err = c.Append(out, []byte(text)); err == nil {
			return out
		}
		text = text[c.done(out[from:], text):]
		_, n := utf8.DecodeRuneInString(text)
		out, text = append(out, '?'), text[n:]
	}
	return out
}

// done gives the bytes of text of which sent is the encoded form.
func (c *Charset) done(sent []byte, text string) int {
	back, err := c.Decode(sent)
	if err != nil {
		return 0
	}
	return min(len(back), len(text))
}

// control reports whether a character is one of those that x/text puts where
// Windows' code pages have nothing, for the sake of browsers.
func (c *Charset) control(r rune) bool {
	return strings.HasPrefix(c.Name, "WIN") && r >= 0x80 && r < 0xA0
}

// width gives the bytes of the first character of b, which is not ASCII.
func (c *Charset) width(b []byte) (int, error) {
	n := 1
	if _, single := c.enc.(*charmap.Charmap); !single {
		n = c.multiWidth(b)
	}
	if len(b) < n {
		return 0, badBytes(b, c.Name)
	}
	if strings.HasPrefix(c.Name, "EUC_") && n > 1 && !high(b[1:n]) || c.Name == "SJIS" && n == 2 && b[1] < 0x40 {
		return 0, badBytes(b[:n], c.Name)
	}
	return n, nil
}

func (c *Charset) multiWidth(b []byte) int {
	switch {
	case c.Name == "SJIS" && b[0] >= 0xA1 && b[0] <= 0xDF: // half-width katakana
		return 1
	case c.Name == "EUC_JP" && b[0] == 0x8F:
		return 3
	case c.Name == "GB18030" && len(b) > 1 && b[1] >= '0' && b[1] <= '9':
		return 4
	}
	return 2
}

func high(b []byte) bool {
	for _, x := range b {
		if x < 0xA1 {
			return false
		}
	}
	return true
}

// ascii gives how many bytes at the start are ASCII.
func ascii[T string | []byte](b T) int {
	for i := range len(b) {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// CheckUTF8 gives the error of bytes that are not UTF-8, or are zero, as
// PostgreSQL words it.
func CheckUTF8(b []byte) error {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return nil
	}
	for len(b) > 0 && b[0] != 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			break
		}
		b = b[n:]
	}
	return badBytes(b[:min(len(b), lead(b[0]))], "UTF8")
}

// lead gives the bytes of which the first one of a character speaks.
func lead(x byte) int {
	switch {
	case x&0xE0 == 0xC0:
		return 2
	case x&0xF0 == 0xE0:
		return 3
	case x&0xF8 == 0xF0:
		return 4
	}
	return 1
}

func badBytes(b []byte, name string) error {
	return fault.New(codeBadBytes, "invalid byte sequence for encoding %q: %s", name, hex(b))
}

func untranslatable(b []byte, from, to string) error {
	return fault.New(codeUntranslatable, "character with byte sequence %s in encoding %q has no equivalent in encoding %q", hex(b), from, to)
}

func hex(b []byte) string {
	words := make([]string, len(b))
	for i, x := range b {
		words[i] = fmt.Sprintf("0x%02x", x)
	}
	return strings.Join(words, " ")
}
