package ion

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/formats/textval"
)

var (
	errUTF8    = errors.New("a text that is no UTF-8")
	errASCII   = errors.New("a clob with more than ASCII characters")
	errControl = errors.New("a control character in a text")
	errEscape  = errors.New("half of a character in escapes")
)

// content is what a text between quotes is.
type content struct {
	quote byte // what ends it
	long  bool // three quotes end it, and it may go over lines
	clob  bool // its characters are bytes
}

// text reads a string: one in double quotes, or all long ones that follow. It
// is valid until the next.
func (p *textParser) text(clob bool) ([]byte, error) {
	if p.peek() == '"' {
		p.i++
		return p.quoted(content{quote: '"', clob: clob})
	}
	out := p.tmp[:0]
	defer func() { p.tmp = out[:0] }()
	for p.has("'''") {
		p.i += 3
		var err error
		if out, err = p.characters(out, content{quote: '\'', long: true, clob: clob}); err != nil {
			return nil, err
		}
		if !clob {
			err = p.space()
		} else {
			p.blanks() // which holds no comments
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quoted reads up to the closing quote. Most texts are as they are written.
func (p *textParser) quoted(c content) ([]byte, error) {
	from := p.i
	for p.i < len(p.b) && class[p.b[p.i]]&classPlain != 0 {
		p.i++
	}
	if p.peek() == c.quote && p.i < len(p.b) {
		p.i++
		return p.b[from : p.i-1], nil
	}
	p.i = from
	out, err := p.characters(p.tmp[:0], c)
	p.tmp = out[:0]
	return out, err
}

// characters appends what a text holds.
func (p *textParser) characters(out []byte, k content) ([]byte, error) {
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case class[c]&classPlain != 0:
		case c == '\\':
			var err error
			if out, err = p.escape(out, k.clob); err != nil {
				return out, err
			}
			continue
		case c == k.quote && !k.long:
			p.i++
			return out, nil
		case c == k.quote && p.has("'''"):
			p.i += 3
			return out, nil
		case c == '\n' || c == '\r':
			if !k.long {
				return out, errors.New("a line break in a string")
			}
			p.lineBreak()
			out = append(out, '\n') // however it is written
			continue
		case c >= utf8.RuneSelf:
			var err error
			if out, err = p.character(out, k.clob); err != nil {
				return out, err
			}
			continue
		case c < ' ' && class[c]&classSpace == 0:
			return out, errControl
		}
		out = append(out, c)
		p.i++
	}
	p.end = true
	return out, errShort
}

// lineBreak passes a line's end: LF, CR, or both.
func (p *textParser) lineBreak() {
	cr := p.b[p.i] == '\r'
	if p.i++; cr && p.peek() == '\n' {
		p.i++
	}
}

// character appends one that is not ASCII.
func (p *textParser) character(out []byte, clob bool) ([]byte, error) {
	rest := p.b[p.i:]
	r, n := utf8.DecodeRune(rest)
	switch {
	case clob:
		return out, errASCII
	case r == utf8.RuneError && n == 1 && !utf8.FullRune(rest):
		p.end = true
		return out, errUTF8
	case r == utf8.RuneError && n == 1:
		return out, errUTF8
	}
	p.i += n
	return append(out, rest[:n]...), nil
}

// escapes are those of one character.
var escapes = map[byte]byte{'0': 0, 'a': 7, 'b': 8, 't': 9, 'n': 10, 'f': 12, 'r': 13, 'v': 11, '"': '"', '\'': '\'', '?': '?', '\\': '\\', '/': '/'}

// escape appends what an escape stands for.
func (p *textParser) escape(out []byte, clob bool) ([]byte, error) {
	p.i++
	c := p.peek()
	if p.i == len(p.b) {
		return out, errShort
	}
	if r, ok := escapes[c]; ok {
		p.i++
		return append(out, r), nil
	}
	switch {
	case c == '\n' || c == '\r':
		p.lineBreak()
		return out, nil
	case c == 'x' && clob:
		v, err := p.hex(2)
		return append(out, byte(v)), err
	case c == 'x':
		v, err := p.hex(2)
		return utf8.AppendRune(out, v), err
	case c == 'u' && !clob:
		v, err := p.hex(4)
		if err == nil && v >= 0xd800 && v < 0xdc00 {
			v, err = p.pair(v)
		}
		return appendRune(out, v, err)
	case c == 'U' && !clob:
		v, err := p.hex(8)
		return appendRune(out, v, err)
	}
	return out, fmt.Errorf("unknown escape %q", c)
}

func appendRune(out []byte, v rune, err error) ([]byte, error) {
	if err == nil && !utf8.ValidRune(v) {
		err = errEscape
	}
	return utf8.AppendRune(out, v), err
}

// hex reads an escape's letter and n digits.
func (p *textParser) hex(n int) (rune, error) {
	if p.i++; len(p.b)-p.i < n {
		p.end = true
		return 0, errShort
	}
	digits := string(p.b[p.i : p.i+n])
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, fmt.Errorf("bad escape %q", digits)
	}
	p.i += n
	return rune(v), nil
}

// pair reads the second half of a character that is written as two.
func (p *textParser) pair(high rune) (rune, error) {
	if !p.has(`\u`) {
		return 0, errEscape
	}
	p.i++
	low, err := p.hex(4)
	if err == nil && (low < 0xdc00 || low > 0xdfff) {
		err = errEscape
	}
	return 0x10000 + (high-0xd800)<<10 + low - 0xdc00, err
}

// blanks passes white space without comments.
func (p *textParser) blanks() {
	for p.i < len(p.b) && class[p.b[p.i]]&classSpace != 0 {
		p.i++
	}
	if p.i == len(p.b) {
		p.end = true
	}
}

// lob reads a blob or clob between double braces.
func (p *textParser) lob(dst []byte) ([]byte, error) {
	p.i += 2
	p.blanks()
	if p.peek() == '"' || p.has("'''") {
		s, err := p.text(true)
		if err != nil {
			return dst, err
		}
		p.blanks()
		if !p.has("}}") {
			return dst, p.unexpected("}}")
		}
		p.i += 2
		return appendLob(dst, s, true), nil
	}
	n := bytes.IndexByte(p.b[p.i:], '}')
	if n < 0 || n+1 == len(p.b)-p.i {
		p.end = true
		return dst, errShort
	}
	raw := p.tmp[:0]
	for _, c := range p.b[p.i : p.i+n] {
		if class[c]&classSpace == 0 {
			raw = append(raw, c)
		}
	}
	p.tmp = raw[:0]
	p.i += n
	if !p.has("}}") {
		return dst, p.unexpected("}}")
	}
	p.i += 2
	size, err := base64.StdEncoding.Decode(raw, raw)
	if err != nil {
		return dst, errors.New("a blob that is no base64")
	}
	return appendLob(dst, raw[:size], false), nil
}

// appendLob appends bytes: a clob's as text if they are one.
func appendLob(dst, b []byte, text bool) []byte {
	if text && utf8.Valid(b) {
		return textval.AppendJSONString(dst, b)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}
