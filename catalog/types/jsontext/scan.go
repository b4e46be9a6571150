// Package jsontext works on JSON as text: it finds, compares and changes values
// in place, without building trees of them.
//
//	scan.go     steps over values: members, elements, strings, numbers
//	compare.go  equality and containment by value
package jsontext

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Reading JSON text in place. The scanner steps over values without building
// them; what it passes that is not JSON gives ok = false, never a panic. What is
// behind the value that is looked for is not looked at.

// MaxDepth bounds nesting.
const MaxDepth = 1000

func Space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// Skip gives the end of the value that starts at i (after white space). It
// checks what it passes (RFC 8259), so that nothing that is no JSON is found in
// a text, but lets raw control characters and bad encoding be, as files' JSON
// has them.
func Skip(b []byte, i int) (int, bool) { return skipDepth(b, Space(b, i), 0) }

func skipDepth(b []byte, i, depth int) (int, bool) {
	if i >= len(b) {
		return i, false
	}
	switch b[i] {
	case '{', '[':
		if depth == MaxDepth {
			return i, false
		}
		return skipNested(b, i, depth+1)
	case '"':
		return text(b, i)
	case 't':
		return word(b, i, "true")
	case 'f':
		return word(b, i, "false")
	case 'n':
		return word(b, i, "null")
	}
	return number(b, i)
}

func skipNested(b []byte, i, depth int) (int, bool) {
	object, closer := b[i] == '{', b[i]+2 // { and }, [ and ] are two apart
	if i = Space(b, i+1); i < len(b) && b[i] == closer {
		return i + 1, true
	}
	for ok := true; ; i++ {
		i = Space(b, i)
		if object {
			if i, ok = passKey(b, i); !ok {
				return i, false
			}
		}
		if i, ok = skipDepth(b, i, depth); !ok {
			return i, false
		}
		i = Space(b, i)
		switch {
		case i >= len(b):
			return i, false
		case b[i] == closer:
			return i + 1, true
		case b[i] != ',':
			return i, false
		}
	}
}

// passKey passes a key, its colon and the space behind it.
func passKey(b []byte, i int) (int, bool) {
	if i >= len(b) || b[i] != '"' {
		return i, false
	}
	i, ok := text(b, i)
	if i = Space(b, i); !ok || i >= len(b) || b[i] != ':' {
		return i, false
	}
	return Space(b, i+1), true
}

func word(b []byte, i int, w string) (int, bool) {
	if len(b)-i < len(w) || string(b[i:i+len(w)]) != w {
		return i, false
	}
	return i + len(w), true
}

// number gives the end of the number at i (RFC 8259, section 6).
func number(b []byte, i int) (int, bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	from := i
	if i = digits(b, i); i == from || b[from] == '0' && i > from+1 {
		return i, false
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = digits(b, from); i == from {
			return i, false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = digits(b, from); i == from {
			return i, false
		}
	}
	return i, true
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// text gives the end of the string whose quote is at i.
func text(b []byte, i int) (int, bool) {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			if i++; i >= len(b) {
				return i, false
			}
			switch b[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if !hex4(b, i+1) {
					return i, false
				}
				i += 4
			default:
				return i, false
			}
		case '"':
			return i + 1, true
		}
	}
	return i, false
}

func hex4(b []byte, i int) bool {
	if len(b)-i < 4 {
		return false
	}
	for _, c := range b[i : i+4] {
		if c-'0' > 9 && (c|0x20)-'a' > 5 {
			return false
		}
	}
	return true
}

// Each calls f for the members of an object (with the quoted key) or the
// elements of an array (with a nil key); f ends it by giving false.
func Each(b []byte, f func(key, val []byte) bool) bool {
	i := Space(b, 0)
	if i >= len(b) || b[i] != '{' && b[i] != '[' {
		return false
	}
	object, closer := b[i] == '{', b[i]+2
	if i = Space(b, i+1); i < len(b) && b[i] == closer {
		return true
	}
	for ok := true; ; i++ {
		i = Space(b, i)
		var key []byte
		if object {
			from := i
			if i, ok = passKey(b, i); !ok {
				return false
			}
			key = b[from : from+1+bytes.LastIndexByte(b[from:i], '"')]
		}
		end, ok := Skip(b, i)
		if !ok {
			return false
		}
		if !f(key, b[i:end]) {
			return true
		}
		if i = Space(b, end); i >= len(b) || b[i] != ',' {
			return i < len(b) && b[i] == closer
		}
	}
}

// Kind gives the first byte of the value: { [ " t f n or a digit.
func Kind(b []byte) byte {
	if i := Space(b, 0); i < len(b) {
		return b[i]
	}
	return 0
}

// Unquote appends the text of a quoted string, whose escapes were checked.
func Unquote(dst, q []byte) []byte {
	if len(q) < 2 {
		return dst
	}
	for q = q[1 : len(q)-1]; ; {
		n := bytes.IndexByte(q, '\\')
		if n < 0 || n+1 >= len(q) {
			return append(dst, q...)
		}
		dst = append(dst, q[:n]...)
		if q[n+1] != 'u' {
			dst, q = append(dst, escapes[q[n+1]]), q[n+2:]
			continue
		}
		r, rest := readRune(q[n+2:])
		dst, q = utf8.AppendRune(dst, r), rest
	}
}

// escapes are the characters behind a backslash that stand for another.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// readRune reads the digits behind \u, and a second half of a character; a half
// alone is U+FFFD.
func readRune(q []byte) (r rune, rest []byte) {
	hex := func(q []byte) rune {
		if !hex4(q, 0) {
			return utf8.RuneError
		}
		v, _ := strconv.ParseUint(string(q[:4]), 16, 16)
		return rune(v)
	}
	r, rest = hex(q), q[min(4, len(q)):]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if full := utf16.DecodeRune(r, hex(rest[2:])); full != utf8.RuneError {
			return full, rest[6:]
		}
	}
	return utf8.RuneError, rest
}

// KeyIs compares a quoted key with a name.
func KeyIs(key []byte, name string) bool {
	if bytes.IndexByte(key, '\\') < 0 {
		return string(key[1:len(key)-1]) == name
	}
	return string(Unquote(nil, key)) == name
}

// Field gives the member of an object; of repeated keys the last.
func Field(b []byte, name string) (out []byte, ok bool) {
	if Kind(b) != '{' {
		return nil, false
	}
	Each(b, func(k, v []byte) bool {
		if KeyIs(k, name) {
			out, ok = v, true
		}
		return true
	})
	return out, ok
}

// Index gives element n of an array, from the end if negative.
func Index(b []byte, n int64) (out []byte, ok bool) {
	if Kind(b) != '[' {
		return nil, false
	}
	if n < 0 {
		if n += Len(b); n < 0 {
			return nil, false
		}
	}
	Each(b, func(_, v []byte) bool {
		if n == 0 {
			out, ok = v, true
		}
		n--
		return n >= 0
	})
	return out, ok
}

// Len counts members or elements.
func Len(b []byte) int64 {
	n := int64(0)
	Each(b, func(_, _ []byte) bool { n++; return true })
	return n
}

// Step is one step of a path: a member name, or an index.
type Step struct {
	Name    string
	Index   int64
	IsIndex bool
}

// Walk follows a path.
func Walk(b []byte, path []Step) ([]byte, bool) {
	ok := true
	for _, s := range path {
		switch {
		case s.IsIndex && Kind(b) == '[':
			b, ok = Index(b, s.Index)
		case !s.IsIndex || Kind(b) == '{':
			b, ok = Field(b, s.Name)
		default:
			return nil, false
		}
		if !ok {
			return nil, false
		}
	}
	return b, true
}

// ScalarOut appends a value as PostgreSQL's ->> shows it: strings without
// quotes, anything else as JSON. null is reported.
func ScalarOut(b, v []byte) (_ []byte, null bool) {
	v = bytes.TrimSpace(v)
	switch {
	case string(v) == "null":
		return b, true
	case len(v) > 0 && v[0] == '"':
		return Unquote(b, v), false
	}
	return append(b, v...), false
}
