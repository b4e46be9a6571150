package partition

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

type tokKind uint8

const (
	tokEnd tokKind = iota
	tokWord
	tokName // in double quotes or backticks
	tokString
	tokNumber
	tokSymbol
)

// exprToken is a word or a symbol of an expression; text is without quotes.
type exprToken struct {
	kind tokKind
	text string
	at   int // byte
}

func (t *exprToken) is(word string) bool {
	return (t.kind == tokWord || t.kind == tokSymbol) && strings.EqualFold(t.text, word)
}

// keyWord reports whether a word may name a key: one that is not the grammar's.
func (t *exprToken) keyWord() bool {
	return t.kind == tokWord && !reservedWords[strings.ToUpper(t.text)]
}

var reservedWords = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "IN": true, "BETWEEN": true, "LIKE": true, "ESCAPE": true, "IS": true,
	"NULL": true, "TRUE": true, "FALSE": true,
}

func (t *exprToken) found() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokString:
		return "'" + strings.ReplaceAll(t.text, "'", "''") + "'"
	}
	return `"` + t.text + `"`
}

// exprLexer splits an expression.
type exprLexer struct {
	s string
	i int
}

// column gives the character number of a byte, from 1 on.
func (l *exprLexer) column(at int) int { return utf8.RuneCountInString(l.s[:min(at, len(l.s))]) + 1 }

func (l *exprLexer) next() (exprToken, *fault.Error) {
	for l.i < len(l.s) && strings.IndexByte(" \t\r\n\f\v", l.s[l.i]) >= 0 {
		l.i++
	}
	if l.i == len(l.s) {
		return exprToken{at: l.i}, nil
	}
	at, c := l.i, l.s[l.i]
	switch {
	case c == '\'':
		return l.quoted(tokString, c)
	case c == '"' || c == '`':
		return l.quoted(tokName, c)
	case c >= '0' && c <= '9' || (c == '-' || c == '+' || c == '.') && l.digitAt(l.i+1):
		return l.number()
	}
	if n := l.wordLen(); n > 0 {
		l.i += n
		return exprToken{kind: tokWord, text: l.s[at:l.i], at: at}, nil
	}
	n := 1
	if l.i+1 < len(l.s) {
		if _, ok := compareWords[l.s[at:at+2]]; ok {
			n = 2
		}
	}
	if n == 1 && strings.IndexByte("=<>(),{}", c) < 0 {
		_, size := utf8.DecodeRuneInString(l.s[at:])
		return exprToken{}, fault.New(fault.CodeInvalidParameter, "partition expression: found %q at character %d, which is no part of one",
			l.s[at:at+size], l.column(at))
	}
	l.i += n
	return exprToken{kind: tokSymbol, text: l.s[at:l.i], at: at}, nil
}

func (l *exprLexer) digitAt(i int) bool {
	return i < len(l.s) && (l.s[i] >= '0' && l.s[i] <= '9' || l.s[i] == '.' && i+1 < len(l.s) && l.s[i+1] >= '0' && l.s[i+1] <= '9')
}

// quoted reads a text in quotes, in which a doubled quote stands for one.
func (l *exprLexer) quoted(kind tokKind, quote byte) (exprToken, *fault.Error) {
	at := l.i
	var b strings.Builder
	for l.i++; l.i < len(l.s); l.i++ {
		if l.s[l.i] == quote {
			l.i++
			if l.i == len(l.s) || l.s[l.i] != quote {
				return exprToken{kind: kind, text: b.String(), at: at}, nil
			}
		}
		b.WriteByte(l.s[l.i])
	}
	return exprToken{}, fault.New(fault.CodeInvalidParameter, "partition expression: the quote %c at character %d is not closed", quote, l.column(at))
}

// number reads [sign] digits [. digits] [e [sign] digits].
func (l *exprLexer) number() (exprToken, *fault.Error) {
	at := l.i
	if l.s[l.i] == '-' || l.s[l.i] == '+' {
		l.i++
	}
	digits := func() {
		for l.i < len(l.s) && l.s[l.i] >= '0' && l.s[l.i] <= '9' {
			l.i++
		}
	}
	digits()
	if l.i < len(l.s) && l.s[l.i] == '.' {
		l.i++
		digits()
	}
	if l.i < len(l.s) && (l.s[l.i] == 'e' || l.s[l.i] == 'E') {
		sign := l.i + 1
		if sign < len(l.s) && (l.s[sign] == '-' || l.s[sign] == '+') {
			sign++
		}
		if sign < len(l.s) && l.s[sign] >= '0' && l.s[sign] <= '9' {
			l.i = sign
			digits()
		}
	}
	if n := l.wordLen(); n > 0 {
		return exprToken{}, fault.New(fault.CodeInvalidParameter, "partition expression: %q at character %d is neither a number nor a name",
			l.s[at:l.i+n], l.column(at)).WithHint("A name that begins with a digit, and a date, stand in quotes.")
	}
	return exprToken{kind: tokNumber, text: l.s[at:l.i], at: at}, nil
}

// wordLen gives the bytes of the word that begins here: letters, digits and _ $ # @.
func (l *exprLexer) wordLen() int {
	n := 0
	for _, r := range l.s[l.i:] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_$#@", r) {
			break
		}
		n += utf8.RuneLen(r)
	}
	return n
}
