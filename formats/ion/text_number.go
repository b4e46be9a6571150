package ion

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/glauxdb/glaux/formats/json"
)

// maxDigits bounds a number's text.
const maxDigits = 10_000

func badNumber(what string, s []byte) error { return fmt.Errorf("bad %s %.100q", what, s) }

// number reads a number or a timestamp.
func (p *textParser) number(dst []byte) ([]byte, error) {
	from := p.i
	for p.i < len(p.b) && class[p.b[p.i]]&classNumber != 0 {
		p.i++
	}
	s := p.b[from:p.i]
	if !p.stopped() {
		return dst, fmt.Errorf("%q goes on behind its end", clip(s))
	}
	switch {
	case len(s) > maxDigits:
		return dst, fmt.Errorf("a number of more than %d digits", maxDigits)
	case string(s) == "+inf":
		return append(dst, `"Infinity"`...), nil
	case string(s) == "-inf":
		return append(dst, `"-Infinity"`...), nil
	case len(s) > 4 && (s[4] == '-' || s[4] == 'T') && s[3] >= '0' && s[3] <= '9':
		return timestamp(dst, s)
	}
	body := bytes.TrimPrefix(s, []byte("-"))
	if len(body) > 1 && body[0] == '0' && (body[1]|0x20 == 'x' || body[1]|0x20 == 'b') {
		return radix(dst, s, body)
	}
	return p.real(dst, s, body)
}

// stopped says whether a number may end here (the specification's numeric stop
// characters, and comments).
func (p *textParser) stopped() bool {
	c := p.peek()
	return p.i == len(p.b) || class[c]&classStop != 0 || c == '/' && (p.has("//") || p.has("/*"))
}

// clip is the beginning of what may be long.
func clip(s []byte) []byte { return s[:min(len(s), 100)] }

// run gives how many digits begin s, with single underscores between them;
// -1 if they are not so.
func run(s []byte, is byte) (n int, underscores bool) {
	for n < len(s) && (class[s[n]]&is != 0 || s[n] == '_') {
		if s[n] == '_' {
			if underscores = true; n == 0 || s[n-1] == '_' {
				return -1, true
			}
		}
		n++
	}
	if n > 0 && s[n-1] == '_' {
		return -1, true
	}
	return n, underscores
}

// radix appends an integer that is written in hexadecimal or binary digits.
func radix(dst, s, body []byte) ([]byte, error) {
	base, is := 16, byte(classHex)
	if body[1]|0x20 == 'b' {
		base, is = 2, classBit
	}
	n, _ := run(body[2:], is)
	if n <= 0 || n != len(body)-2 {
		return dst, badNumber("number", s)
	}
	plain := string(bytes.ReplaceAll(body[2:], []byte("_"), nil))
	v, ok := new(big.Int).SetString(plain, base)
	if !ok {
		return dst, badNumber("number", s)
	}
	if len(s) > len(body) {
		v.Neg(v)
	}
	return v.Append(dst, 10), nil
}

// real appends an integer, a decimal (with a point, or an exponent behind d),
// or a float (with an exponent behind e). s is body with its sign.
func (p *textParser) real(dst, s, body []byte) ([]byte, error) {
	whole, gaps := run(body, classDigit)
	if whole <= 0 || whole > 1 && body[0] == '0' {
		return dst, badNumber("number", s)
	}
	mantissa := whole
	if mantissa < len(body) && body[mantissa] == '.' {
		n, more := run(body[mantissa+1:], classDigit)
		if n < 0 {
			return dst, badNumber("number", s)
		}
		mantissa += 1 + n
		gaps = gaps || more
	}
	exponent := body[mantissa:]
	if len(exponent) > 0 && !isExponent(exponent) {
		return dst, badNumber("number", s)
	}
	if gaps {
		p.tmp = p.tmp[:0]
		for _, c := range s {
			if c != '_' {
				p.tmp = append(p.tmp, c)
			}
		}
		s = p.tmp
	}
	switch {
	case len(exponent) > 0 && exponent[0]|0x20 == 'e':
		f, err := strconv.ParseFloat(string(s), 64)
		if errors.Is(err, strconv.ErrSyntax) {
			return dst, badNumber("number", s)
		}
		return json.AppendDouble(dst, f), nil
	case len(exponent) > 0:
		return scaled(dst, s[:len(s)-len(exponent)], exponent[1:])
	case string(s) == "-0":
		return append(dst, '0'), nil // no integer is a negative zero
	}
	return append(dst, bytes.TrimSuffix(s, []byte("."))...), nil
}

// isExponent says whether s is a letter, a sign that may lack, and digits.
func isExponent(s []byte) bool {
	if s[0]|0x20 != 'e' && s[0]|0x20 != 'd' {
		return false
	}
	if s = s[1:]; len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// scaled appends a decimal whose exponent is written out.
func scaled(dst, mantissa, exp []byte) ([]byte, error) {
	exponent, err := strconv.ParseInt(string(exp), 10, 32)
	if err != nil {
		return dst, fmt.Errorf("a decimal with the exponent %.20s", exp)
	}
	if rest, ok := bytes.CutPrefix(mantissa, []byte("-")); ok {
		mantissa = rest
		dst = append(dst, '-')
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := bytes.TrimLeft(bytes.Join([][]byte{whole, fraction}, nil), "0")
	if len(digits) == 0 {
		digits = []byte("0")
	}
	return appendScaled(dst, digits, exponent-int64(len(fraction))), nil
}

// appendScaled appends digits times a power of ten.
func appendScaled(dst, digits []byte, exponent int64) []byte {
	if exponent > 0 || exponent < -40 {
		dst = append(append(dst, digits...), 'e')
		return strconv.AppendInt(dst, exponent, 10)
	}
	point := int64(len(digits)) + exponent
	if point <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, digits[:point]...)
	}
	if exponent == 0 {
		return dst
	}
	dst = append(dst, '.')
	for ; point < 0; point++ {
		dst = append(dst, '0')
	}
	return append(dst, digits[point:]...)
}
