package jsontext

import (
	"bytes"
	"strconv"
)

// MaxExponent bounds how far a number's exponent may move its point: beyond it
// neither PostgreSQL's numeric nor a reasonable reader follows.
const MaxExponent = 131072

// Decimal is a number's text taken apart: (-1)^Neg * 0.Digits * 10^Point. Digits has
// no zeros at either end and is empty for zero. Scale is how many digits stand behind
// the point when the number is written without exponent.
type Decimal struct {
	Neg    bool
	Digits []byte
	Point  int
	Scale  int
}

// ParseDecimal takes a number apart; buf is for its digits and may be nil. It
// gives false for what is no number, or has an exponent beyond MaxExponent.
func ParseDecimal(s, buf []byte) (d Decimal, ok bool) {
	if end, ok := number(s, 0); !ok || end != len(s) {
		return d, false
	}
	if d.Neg = s[0] == '-'; d.Neg {
		s = s[1:]
	}
	exp := 0
	if i := bytes.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(string(s[i+1:]))
		if err != nil || n > MaxExponent || n < -MaxExponent {
			return d, false
		}
		s, exp = s[:i], n
	}
	whole, frac := s, []byte(nil)
	if i := bytes.IndexByte(s, '.'); i >= 0 {
		whole, frac = s[:i], s[i+1:]
	}
	d.Scale = max(0, len(frac)-exp)
	d.Digits = append(append(buf[:0], whole...), frac...)
	d.Point = len(whole) + exp
	for len(d.Digits) > 0 && d.Digits[0] == '0' {
		d.Digits, d.Point = d.Digits[1:], d.Point-1
	}
	d.Digits = bytes.TrimRight(d.Digits, "0")
	if len(d.Digits) == 0 {
		d.Neg, d.Point = false, 0
	}
	return d, true
}

// Cmp compares two numbers by value.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.Neg != e.Neg:
		if d.Neg {
			return -1
		}
		return 1
	case len(d.Digits) == 0 || len(e.Digits) == 0:
		c := len(d.Digits) - len(e.Digits)
		if d.Neg || e.Neg {
			c = -c
		}
		return sign(c)
	}
	c := d.Point - e.Point
	if c == 0 {
		c = bytes.Compare(d.Digits, e.Digits)
	}
	if d.Neg {
		c = -c
	}
	return sign(c)
}

func sign(c int) int {
	switch {
	case c < 0:
		return -1
	case c > 0:
		return 1
	}
	return 0
}

// Append writes the number without exponent, with Scale digits behind the point,
// as PostgreSQL writes a numeric.
func (d Decimal) Append(b []byte) []byte {
	if d.Neg {
		b = append(b, '-')
	}
	at := func(i int) byte { // the digit for 10^-(i+1) of 0.Digits, shifted by Point
		if i < 0 || i >= len(d.Digits) {
			return '0'
		}
		return d.Digits[i]
	}
	if d.Point <= 0 {
		b = append(b, '0')
	}
	for i := 0; i < d.Point; i++ {
		b = append(b, at(i))
	}
	if d.Scale > 0 {
		b = append(b, '.')
		for i := range d.Scale {
			b = append(b, at(d.Point+i))
		}
	}
	return b
}

// CompareNumbers compares two numbers by value, however they are written.
func CompareNumbers(a, b []byte) int {
	if plainInt(a) && plainInt(b) {
		x, _ := strconv.ParseInt(string(a), 10, 64)
		y, _ := strconv.ParseInt(string(b), 10, 64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	var bufs [2][64]byte
	x, ok1 := ParseDecimal(a, bufs[0][:])
	y, ok2 := ParseDecimal(b, bufs[1][:])
	if !ok1 || !ok2 {
		return bytes.Compare(a, b)
	}
	return x.Cmp(y)
}

// plainInt reports whether s is an integer that int64 holds, without exponent.
func plainInt(s []byte) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	return len(s) > 0 && len(s) <= 18 && digits(s, 0) == len(s)
}

// AppendInt writes the number rounded to an integer, half away from zero.
func (d Decimal) AppendInt(b []byte) []byte {
	e := d
	e.Scale = 0
	if d.Point < 0 || d.Point >= len(d.Digits) || d.Digits[d.Point] < '5' {
		if d.Point <= 0 {
			e.Neg = false
		}
		return e.Append(b)
	}
	up := append([]byte{'0'}, d.Digits[:d.Point]...)
	i := len(up) - 1
	for up[i] == '9' {
		up[i] = '0'
		i--
	}
	up[i]++
	e.Digits, e.Point = up, len(up)
	if up[0] == '0' && len(up) > 1 {
		e.Digits, e.Point = up[1:], len(up)-1
	}
	return e.Append(b)
}

// Compact appends JSON text without the white space between its parts.
func Compact(b, v []byte) []byte {
	quoted := false
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case quoted && c == '\\' && i+1 < len(v):
			b = append(b, c)
			i++
			c = v[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		b = append(b, c)
	}
	return b
}

// Valid reports whether a text is one JSON value.
func Valid(b []byte) bool {
	end, ok := Skip(b, 0)
	return ok && Space(b, end) == len(b)
}
