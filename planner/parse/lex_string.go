package parse

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// prefixedString lexes E”, X”, B”, N”, U&” and U&"" at the letter c; false
// if the letter starts a word.
func (l *lexer) prefixedString(c byte) bool {
	start := l.i
	switch c {
	case 'e', 'E', 'x', 'X', 'b', 'B', 'n', 'N':
		if l.peek(1) != '\'' {
			return false
		}
		l.i++
		k := kString
		if c == 'x' || c == 'X' {
			k = kBytes
		} else if c == 'b' || c == 'B' {
			k = kBits
		}
		l.quoted(start, '\'', c == 'e' || c == 'E' || l.hive, k, "unterminated quoted string")
		return true
	case 'u', 'U':
		if l.peek(1) != '&' || l.peek(2) != '\'' && l.peek(2) != '"' {
			return false
		}
		l.i += 2
		if l.peek(0) == '"' {
			l.quoted(start, '"', false, kQuoted, "unterminated quoted identifier")
		} else {
			l.quoted(start, '\'', false, kString, "unterminated quoted string")
		}
		return true
	}
	return false
}

// quoted lexes up to the closing quote; l.i is at the opening one. A doubled
// quote stands for itself, as does one after a backslash if those escape.
func (l *lexer) quoted(start int, q byte, backslash bool, k kind, unterminated string) {
	s := l.sql
	for l.i++; l.i < len(s); l.i++ {
		switch s[l.i] {
		case q:
			if l.peek(1) != q {
				l.i++
				if k == kQuoted && l.i-start == 2 && (q == '`' || !l.hive) {
					l.fail(start, "zero-length delimited identifier at or near \"%s\"", s[start:l.i])
				}
				l.emit(k, start, "")
				return
			}
			l.i++
		case '\\':
			if backslash {
				l.i++
			}
		case 0:
			l.fail(l.i, "invalid byte 0 in a quoted string")
			return
		}
	}
	l.i = len(s)
	l.fail(start, "%s at or near \"%s\"", unterminated, l.near(start))
}

// dollar lexes $1 and $tag$...$tag$.
func (l *lexer) dollar(start int) {
	s := l.sql
	end := start + 1
	if l.rows > 0 {
		l.i = end
		l.emit(kOp, start, "$")
		return
	}
	if byteClass[l.peek(1)]&cDigit != 0 {
		for end < len(s) && byteClass[s[end]]&cDigit != 0 {
			end++
		}
		l.i = end
		l.emit(kParam, start, "")
		return
	}
	for end < len(s) && byteClass[s[end]]&cIdent != 0 && s[end] != '$' {
		end++
	}
	if end >= len(s) || s[end] != '$' {
		l.fail(start, "syntax error at or near \"%s\"", "$")
		return
	}
	tag := s[start : end+1]
	n := strings.Index(s[end+1:], tag)
	if n < 0 {
		l.fail(start, "unterminated dollar-quoted string at or near \"%s\"", l.near(start))
		return
	}
	l.i = end + 1 + n + len(tag)
	l.emit(kString, start, "")
}

// unquote gives the value of '...' or "..." or `...` without prefix: doubled
// quotes become one.
func unquote(s string) string {
	q := s[:1]
	s = s[1 : len(s)-1]
	if strings.Contains(s, q) {
		s = strings.ReplaceAll(s, q+q, q)
	}
	return s
}

// unescapeE resolves the backslashes of E'...' (PostgreSQL 15, section
// 4.1.2.2); s is the text between the quotes. The error is a message.
func unescapeE(s string) (string, string) {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		c := s[i]
		if c == '\'' { // doubled
			b.WriteByte(c)
			i += 2
			continue
		}
		if c != '\\' {
			b.WriteByte(c)
			i++
			continue
		}
		n, msg := unescapeOne(&b, s[i:])
		if msg != "" {
			return "", msg
		}
		i += n
	}
	if out := b.String(); utf8.ValidString(out) && strings.IndexByte(out, 0) < 0 {
		return out, ""
	}
	return "", "invalid byte sequence for encoding \"UTF8\""
}

var simpleEscape = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescapeOne writes the character of the escape that s starts with and gives
// the escape's length.
func unescapeOne(b *strings.Builder, s string) (int, string) {
	c := s[1] // the lexer took the backslash and what follows together
	if e, ok := simpleEscape[c]; ok {
		b.WriteByte(e)
		return 2, ""
	}
	switch {
	case c == 'x':
		if n := span(s[2:], 2, isHex); n > 0 {
			v, _ := strconv.ParseUint(s[2:2+n], 16, 8)
			b.WriteByte(byte(v))
			return 2 + n, ""
		}
	case c >= '0' && c <= '7':
		n := span(s[1:], 3, func(c byte) bool { return c >= '0' && c <= '7' })
		v, _ := strconv.ParseUint(s[1:1+n], 8, 16)
		b.WriteByte(byte(v))
		return 1 + n, ""
	case c == 'u' || c == 'U':
		want := 4
		if c == 'U' {
			want = 8
		}
		if span(s[2:], want, isHex) < want {
			return 0, "invalid Unicode escape"
		}
		return unescapeUnicode(b, s, want)
	}
	_, w := utf8.DecodeRuneInString(s[1:])
	b.WriteString(s[1 : 1+w])
	return 1 + w, ""
}

// unescapeUnicode handles \uXXXX and \UXXXXXXXX, also as a surrogate pair.
func unescapeUnicode(b *strings.Builder, s string, want int) (int, string) {
	n := 2 + want
	v, _ := strconv.ParseUint(s[2:n], 16, 32)
	if v >= 0xD800 && v < 0xDC00 && strings.HasPrefix(s[n:], `\u`) && span(s[n+2:], 4, isHex) == 4 {
		low, _ := strconv.ParseUint(s[n+2:n+6], 16, 32)
		if low >= 0xDC00 && low < 0xE000 {
			v = 0x10000 + (v-0xD800)<<10 + (low - 0xDC00)
			n += 6
		}
	}
	if v > utf8.MaxRune || v >= 0xD800 && v < 0xE000 {
		return 0, "invalid Unicode escape value"
	}
	b.WriteRune(rune(v))
	return n, ""
}

// unescapeU resolves U&'...': \XXXX, \+XXXXXX and \\, with esc for the
// backslash. s is the text with doubled quotes resolved.
func unescapeU(s string, esc byte) (string, string) {
	var b strings.Builder
	high := rune(0) // the first half of a surrogate pair
	for i := 0; i < len(s); {
		r, n, msg := nextU(s[i:], esc)
		if msg != "" {
			return "", msg
		}
		i += n
		switch {
		case high != 0:
			if r = utf16.DecodeRune(high, r); r == utf8.RuneError {
				return "", "invalid Unicode surrogate pair"
			}
			high = 0
		case n > 1 && utf16.IsSurrogate(r):
			high = r
			continue
		}
		b.WriteRune(r)
	}
	if high != 0 {
		return "", "invalid Unicode surrogate pair"
	}
	return b.String(), ""
}

// nextU gives the first character of s, which may be an escape, and its
// length in bytes.
func nextU(s string, esc byte) (rune, int, string) {
	if s[0] != esc {
		r, n := utf8.DecodeRuneInString(s)
		return r, n, ""
	}
	digits, from := 4, 1
	switch {
	case len(s) > 1 && s[1] == esc:
		return rune(esc), 2, ""
	case len(s) > 1 && s[1] == '+':
		digits, from = 6, 2
	}
	if span(s[from:], digits, isHex) < digits {
		return 0, 0, "invalid Unicode escape"
	}
	v, _ := strconv.ParseUint(s[from:from+digits], 16, 32)
	if v == 0 || v > utf8.MaxRune {
		return 0, 0, "invalid Unicode escape value"
	}
	return rune(v), from + digits, ""
}

// unescapeHive resolves the backslashes of a Hive string as Hive's
// BaseSemanticAnalyzer does: C escapes, \ooo, \uXXXX; \% and \_ stay as they
// are, any other character stands for itself.
func unescapeHive(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		rest := s[i+1:]
		octal := span(rest, 3, func(c byte) bool { return c >= '0' && c <= '7' })
		switch c := rest[0]; {
		case octal == 3 && c <= '1':
			v, _ := strconv.ParseUint(rest[:3], 8, 8)
			b.WriteRune(rune(v))
			i += 4
			continue
		case c == 'u' && span(rest[1:], 4, isHex) == 4:
			v, _ := strconv.ParseUint(rest[1:5], 16, 32)
			b.WriteRune(rune(v))
			i += 6
			continue
		case c == '0':
			b.WriteByte(0)
		case c == 'Z':
			b.WriteByte(0x1A)
		case c == '%' || c == '_':
			b.WriteString(s[i : i+2])
		case simpleEscape[c] != 0 && c != 'f':
			b.WriteByte(simpleEscape[c])
		default:
			b.WriteByte(c)
		}
		i += 2
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// span counts the leading bytes of s that ok holds for, at most limit.
func span(s string, limit int, ok func(byte) bool) int {
	n := 0
	for n < len(s) && n < limit && ok(s[n]) {
		n++
	}
	return n
}

// near shows where a string begins, unless it is a password.
func (l *lexer) near(start int) string {
	if n := len(l.toks); n > 0 && l.toks[n-1].word == "password" {
		return "***"
	}
	return clip(l.sql[start:])
}
