package jsonpath

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// kind is what a token is.
type kind uint8

const (
	kEnd    kind = iota
	kIdent       // a name or a keyword
	kString      // text in double quotes, resolved
	kInt         // digits
	kNumber      // a number with a point or an exponent
	kVar         // $name or $"name"
	kOp          // punctuation
)

type token struct {
	kind kind
	text string // resolved; of numbers and operators as written
	pos  int    // in bytes
	end  int
}

// lexer cuts a path into tokens.
type lexer struct {
	s    string
	i    int
	opts Options
}

// operators are the ones of more than one character, longest first.
var operators = []string{"**", "&&", "||", "==", "!=", "<>", "<=", ">=", ".."}

func (l *lexer) next() (token, error) {
	if err := l.space(); err != nil {
		return token{}, err
	}
	t := token{pos: l.i}
	if l.i >= len(l.s) {
		t.end = l.i
		return t, nil
	}
	var err error
	switch c := l.s[l.i]; {
	case c == '"':
		t.kind = kString
		t.text, err = l.str()
	case c >= '0' && c <= '9' || c == '.' && l.digitAt(l.i+1):
		err = l.number(&t)
	case c == '$' && l.i+1 < len(l.s) && (l.s[l.i+1] == '"' || identByte(l.s[l.i+1])):
		l.i++
		t.kind = kVar
		if l.s[l.i] == '"' {
			t.text, err = l.str()
		} else {
			t.text, err = l.ident()
		}
	case identByte(c) || c == '\\' && l.opts.Postgres:
		t.kind = kIdent
		t.text, err = l.ident()
	default:
		t.kind, t.text = kOp, l.operator()
	}
	t.end = l.i
	return t, err
}

func (l *lexer) operator() string {
	rest := l.s[l.i:]
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.i += len(op)
			return op
		}
	}
	_, n := utf8.DecodeRuneInString(rest)
	l.i += n
	return rest[:n]
}

// space passes white space and, in PostgreSQL's dialect, comments.
func (l *lexer) space() error {
	for l.i < len(l.s) {
		switch c := l.s[l.i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			l.i++
		case c == '/' && l.opts.Postgres && strings.HasPrefix(l.s[l.i:], "/*"):
			end := strings.Index(l.s[l.i+2:], "*/")
			if end < 0 {
				return fault.New(fault.CodeSyntax, "unexpected end of comment at end of jsonpath input")
			}
			l.i += end + 4
		default:
			return nil
		}
	}
	return nil
}

func identByte(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

func (l *lexer) digitAt(i int) bool { return i < len(l.s) && l.s[i] >= '0' && l.s[i] <= '9' }

func (l *lexer) ident() (string, error) {
	var b strings.Builder
	for l.i < len(l.s) {
		c := l.s[l.i]
		switch {
		case c == '\\' && l.opts.Postgres:
			if err := l.escape(&b); err != nil {
				return "", err
			}
		case identByte(c) || c >= '0' && c <= '9':
			b.WriteByte(c)
			l.i++
		default:
			return b.String(), nil
		}
	}
	return b.String(), nil
}

// number passes digits, a point and an exponent. A name that follows at once is
// refused: 1type would be two things.
func (l *lexer) number(t *token) error {
	from := l.i
	t.kind = kInt
	for l.digitAt(l.i) {
		l.i++
	}
	if l.i < len(l.s) && l.s[l.i] == '.' && !strings.HasPrefix(l.s[l.i:], "..") && (l.i+1 >= len(l.s) || !identByte(l.s[l.i+1]) || l.exponentAt(l.i+1)) {
		t.kind = kNumber
		for l.i++; l.digitAt(l.i); {
			l.i++
		}
	}
	if l.exponentAt(l.i) {
		t.kind = kNumber
		for l.i += 2; l.digitAt(l.i); {
			l.i++
		}
	}
	t.text = l.s[from:l.i]
	if l.i < len(l.s) && identByte(l.s[l.i]) {
		return fault.New(fault.CodeSyntax, "trailing junk after numeric literal at or near %q of jsonpath input", l.s[from:l.i+1])
	}
	return nil
}

func (l *lexer) exponentAt(i int) bool {
	if i >= len(l.s) || l.s[i]|0x20 != 'e' {
		return false
	}
	if i++; i < len(l.s) && (l.s[i] == '+' || l.s[i] == '-') {
		i++
	}
	return l.digitAt(i)
}

func (l *lexer) str() (string, error) {
	var b strings.Builder
	for l.i++; l.i < len(l.s); {
		switch c := l.s[l.i]; {
		case c == '"' && !l.opts.Postgres && strings.HasPrefix(l.s[l.i:], `""`):
			b.WriteByte('"')
			l.i += 2
		case c == '"':
			l.i++
			return b.String(), nil
		case c == '\\' && l.opts.Postgres:
			if err := l.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
			l.i++
		}
	}
	return "", fault.New(fault.CodeSyntax, "unterminated quoted string at end of jsonpath input")
}

// simpleEscapes are JavaScript's escapes of one character.
var simpleEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape resolves what follows a backslash: PostgreSQL takes JavaScript's forms.
func (l *lexer) escape(b *strings.Builder) error {
	bad := fault.New(fault.CodeSyntax, "invalid escape sequence at or near %q of jsonpath input", l.s[l.i:min(len(l.s), l.i+6)])
	if l.i+1 >= len(l.s) {
		return bad
	}
	c := l.s[l.i+1]
	l.i += 2
	switch {
	case simpleEscapes[c] != 0:
		b.WriteByte(simpleEscapes[c])
		return nil
	case c == 'x':
		return l.hexRune(b, 2, bad)
	case c == 'u' && l.i < len(l.s) && l.s[l.i] == '{':
		end := strings.IndexByte(l.s[l.i:], '}')
		if end < 2 || end > 7 {
			return bad
		}
		l.i++
		err := l.hexRune(b, end-1, bad)
		l.i++
		return err
	case c == 'u':
		return l.hexRune(b, 4, bad)
	}
	_, n := utf8.DecodeRuneInString(l.s[l.i-1:])
	b.WriteString(l.s[l.i-1 : l.i-1+n])
	l.i += n - 1
	return nil
}

// hexRune reads n hexadecimal digits, and the second half of a surrogate pair.
func (l *lexer) hexRune(b *strings.Builder, n int, bad error) error {
	read := func(n int) (rune, bool) {
		if l.i+n > len(l.s) {
			return 0, false
		}
		v, err := strconv.ParseUint(l.s[l.i:l.i+n], 16, 32)
		l.i += n
		return rune(v), err == nil
	}
	r, ok := read(n)
	if ok && r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(l.s[l.i:], `\u`) {
		l.i += 2
		low, ok2 := read(4)
		r, ok = (r-0xd800)<<10+(low-0xdc00)+0x10000, ok2 && low >= 0xdc00 && low < 0xe000
	}
	if !ok || r == 0 || !utf8.ValidRune(r) {
		return bad
	}
	b.WriteRune(r)
	return nil
}
