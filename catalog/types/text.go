package types

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/fault"
)

// This family of files (text*.go) prints and parses values. Parsers take bytes,
// ignore white space around them, do not allocate, and give ErrSyntax or
// ErrRange; TextError turns these into what a user sees.

// ErrSyntax and ErrRange are the two ways in which a text is no value.
var (
	ErrSyntax = errors.New("invalid input syntax")
	ErrRange  = errors.New("value out of range")
)

// TextError makes the fault for a text that is no value of type t, with
// PostgreSQL's words and SQLSTATE.
func TextError(err error, t Type, s []byte) *fault.Error {
	text := s
	if len(text) > 200 {
		text = append(append([]byte(nil), text[:200]...), "..."...)
	}
	dt := t.IsDatetime() || t.Kind == TimeTZ || t.Kind == Interval
	switch {
	case errors.Is(err, ErrRange) && dt:
		return fault.Wrap(err, fault.CodeDatetimeOverflow, "date/time field value out of range: %q", text)
	case errors.Is(err, ErrRange):
		return fault.Wrap(err, fault.CodeNumericOutOfRange, "value %q is out of range for type %s", text, t)
	case t.Kind == JSON:
		return fault.Wrap(err, fault.CodeInvalidText, "invalid input syntax for type json").WithDetail("the text is %q", text)
	case dt:
		return fault.Wrap(err, fault.CodeInvalidDatetime, "invalid input syntax for type %s: %q", plainName(t), text)
	}
	return fault.Wrap(err, fault.CodeInvalidText, "invalid input syntax for type %s: %q", plainName(t), text)
}

// plainName is the type's name without its parameters.
func plainName(t Type) string {
	switch t.Kind {
	case TimeTZ:
		return "time with time zone"
	case TimestampTZ:
		return "timestamp with time zone"
	case Decimal:
		return "numeric"
	case Varbinary:
		return "bytea"
	case Double:
		return "double precision"
	case Time, Timestamp, Interval:
		return kindName[t.Kind]
	}
	return t.String()
}

// trim drops ASCII white space on both sides.
func trim(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// asString views bytes as a string for the length of a call.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// ParseInt64 reads an optionally signed decimal integer.
func ParseInt64(s []byte) (int64, error) {
	s = trim(s)
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, ErrSyntax
	}
	var v uint64
	over := false
	for _, c := range s {
		if !isDigit(c) {
			return 0, ErrSyntax
		}
		if v > (1<<63)/10 {
			over = true
		}
		v = v*10 + uint64(c-'0')
		over = over || v > 1<<63
	}
	switch {
	case over, !neg && v == 1<<63:
		return 0, ErrRange
	case neg:
		return -int64(v), nil
	}
	return int64(v), nil
}

// boolWords are PostgreSQL's spellings of which any unique prefix counts.
var boolWords = []struct {
	word string
	min  int
	val  bool
}{{"true", 1, true}, {"false", 1, false}, {"yes", 1, true}, {"no", 1, false}, {"on", 2, true}, {"off", 2, false}, {"1", 1, true}, {"0", 1, false}}

// ParseBool reads a boolean as PostgreSQL does: true, t, yes, on, 1 and their
// opposites, in any case.
func ParseBool(s []byte) (bool, error) {
	s = trim(s)
	for _, w := range boolWords {
		if len(s) >= w.min && len(s) <= len(w.word) && foldPrefix(w.word, s) {
			return w.val, nil
		}
	}
	return false, ErrSyntax
}

// foldPrefix reports whether the lower-case word begins with s, ignoring case.
func foldPrefix(word string, s []byte) bool {
	for i, c := range s {
		if lower(c) != word[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// foldEqual compares with a lower-case word, ignoring case.
func foldEqual(s []byte, word string) bool { return len(s) == len(word) && foldPrefix(word, s) }

// ParseFloat reads a floating-point number of 32 or 64 bits, Infinity, Inf or
// NaN in any case. Hexadecimal forms are not numbers here. A number too large
// is ErrRange.
func ParseFloat(s []byte, bits int) (float64, error) {
	s = trim(s)
	for _, c := range s {
		if c == 'x' || c == 'X' || c == '_' || c == 'p' || c == 'P' {
			return 0, ErrSyntax
		}
	}
	f, err := strconv.ParseFloat(asString(s), bits)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, strconv.ErrRange) {
		return 0, ErrRange
	}
	return 0, ErrSyntax
}

// AppendFloat prints the shortest text that reads back as f. PostgreSQL's style
// uses an exponent below 1e-4 and from 1e15 (float32: 1e6) on; Trino's is
// Java's: a fraction always, an exponent below 1e-3 and from 1e7 on.
func AppendFloat(b []byte, f float64, bits int, st Style) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	if st == TrinoStyle {
		return appendJavaFloat(b, f, bits)
	}
	limit, digits := 1e15, 15
	if bits == 32 {
		limit, digits = 1e6, 6
	}
	if n := st.floatDigits(digits); n > 0 {
		return appendRounded(b, f, n)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= limit) {
		return strconv.AppendFloat(b, f, 'e', -1, bits)
	}
	return strconv.AppendFloat(b, f, 'f', -1, bits)
}

// appendRounded prints f with n significant digits, as C's %.*g does.
func appendRounded(b []byte, f float64, n int) []byte {
	var buf [32]byte
	s := strconv.AppendFloat(buf[:0], f, 'e', n-1, 64)
	e := bytes.IndexByte(s, 'e')
	exp, err := strconv.Atoi(asString(s[e+1:]))
	if err != nil || exp < -4 || exp >= n {
		b = append(b, trimFraction(s[:e])...)
		return append(b, s[e:]...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', n-1-exp, 64)
	return b[:start+len(trimFraction(b[start:]))]
}

// trimFraction cuts zeros at the end of a fraction, and its point if none is left.
func trimFraction(s []byte) []byte {
	if bytes.IndexByte(s, '.') < 0 {
		return s
	}
	return bytes.TrimSuffix(bytes.TrimRight(s, "0"), []byte("."))
}

func appendJavaFloat(b []byte, f float64, bits int) []byte {
	start := len(b)
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		b = strconv.AppendFloat(b, f, 'f', -1, bits)
		if bytes.IndexByte(b[start:], '.') < 0 {
			b = append(b, ".0"...)
		}
		return b
	}
	var buf [32]byte
	s := strconv.AppendFloat(buf[:0], f, 'E', -1, bits)
	e := bytes.IndexByte(s, 'E')
	b = append(b, s[:e]...)
	if bytes.IndexByte(s[:e], '.') < 0 {
		b = append(b, ".0"...)
	}
	b = append(b, 'E')
	exp := s[e+1:]
	if exp[0] == '-' {
		b = append(b, '-')
	}
	exp = exp[1:]
	for len(exp) > 1 && exp[0] == '0' {
		exp = exp[1:]
	}
	return append(b, exp...)
}

const hexDigits = "0123456789abcdef"

// AppendUUID prints 8-4-4-4-12 lower-case hexadecimal digits.
func AppendUUID(b []byte, u [16]byte) []byte {
	for i, c := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return b
}

// ParseUUID reads 32 hexadecimal digits; hyphens after any group of four and
// braces around the whole are allowed, as in PostgreSQL.
func ParseUUID(s []byte) (u [16]byte, err error) {
	s = trim(s)
	if len(s) > 1 && s[0] == '{' && s[len(s)-1] == '}' {
		s = s[1 : len(s)-1]
	}
	n := 0
	for i, c := range s {
		if c == '-' && n > 0 && n%4 == 0 && s[i-1] != '-' {
			continue
		}
		d, ok := hexValue(c)
		if !ok || n == 32 {
			return u, ErrSyntax
		}
		u[n/2] = u[n/2]<<4 | d
		n++
	}
	if n != 32 || s[len(s)-1] == '-' {
		return u, ErrSyntax
	}
	return u, nil
}

func hexValue(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// AppendHex prints bytes as \x1f2e..., PostgreSQL's text of bytea.
func AppendHex(b, data []byte) []byte {
	b = append(b, '\\', 'x')
	for _, c := range data {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return b
}

// AppendEscaped prints bytes in bytea's escape form: those that are not printable
// ASCII as \\ooo.
func AppendEscaped(b, data []byte) []byte {
	for _, x := range data {
		switch {
		case x == '\\':
			b = append(b, '\\', '\\')
		case x < 0x20 || x > 0x7e:
			b = append(b, '\\', '0'+x>>6, '0'+x>>3&7, '0'+x&7)
		default:
			b = append(b, x)
		}
	}
	return b
}

// ParseBytea appends the bytes that a bytea text stands for: \x followed by
// pairs of hexadecimal digits (white space between pairs is ignored), or the
// escape form in which \\ and \ooo stand for bytes.
func ParseBytea(dst, s []byte) ([]byte, error) {
	if len(s) >= 2 && s[0] == '\\' && s[1] == 'x' {
		return parseHex(dst, s[2:])
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			continue
		}
		switch {
		case i+1 < len(s) && s[i+1] == '\\':
			dst = append(dst, '\\')
			i++
		case i+3 < len(s) && isOctal(s[i+1], '3') && isOctal(s[i+2], '7') && isOctal(s[i+3], '7'):
			dst = append(dst, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		default:
			return dst, ErrSyntax
		}
	}
	return dst, nil
}

func isOctal(c, most byte) bool { return c >= '0' && c <= most }

func parseHex(dst, s []byte) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		if isSpace(s[i]) {
			continue
		}
		if i+1 >= len(s) {
			return dst, ErrSyntax
		}
		h, ok1 := hexValue(s[i])
		l, ok2 := hexValue(s[i+1])
		if !ok1 || !ok2 {
			return dst, ErrSyntax
		}
		dst = append(dst, h<<4|l)
		i++
	}
	return dst, nil
}
