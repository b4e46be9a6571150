package types

import (
	"math/bits"
)

// Int128 is a two's complement 128-bit integer, the unscaled value of a
// decimal with more than 18 digits.
type Int128 struct {
	Lo uint64
	Hi int64
}

// I128 widens an int64.
func I128(v int64) Int128 { return Int128{Lo: uint64(v), Hi: v >> 63} }

// Add gives a+b, wrapping.
func (a Int128) Add(b Int128) Int128 {
	lo, c := bits.Add64(a.Lo, b.Lo, 0)
	return Int128{Lo: lo, Hi: a.Hi + b.Hi + int64(c)}
}

// Sub gives a-b, wrapping.
func (a Int128) Sub(b Int128) Int128 {
	lo, c := bits.Sub64(a.Lo, b.Lo, 0)
	return Int128{Lo: lo, Hi: a.Hi - b.Hi - int64(c)}
}

// Neg gives -a, wrapping.
func (a Int128) Neg() Int128 { return Int128{}.Sub(a) }

// Sign gives -1, 0 or 1.
func (a Int128) Sign() int {
	if a.Hi < 0 {
		return -1
	}
	if a.Hi == 0 && a.Lo == 0 {
		return 0
	}
	return 1
}

// Abs gives |a|; the least value stays negative, as in two's complement.
func (a Int128) Abs() Int128 {
	if a.Hi < 0 {
		return a.Neg()
	}
	return a
}

// Cmp gives -1, 0 or 1 as a is less than, equal to or greater than b.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a.Hi < b.Hi:
		return -1
	case a.Hi > b.Hi:
		return 1
	case a.Lo < b.Lo:
		return -1
	case a.Lo > b.Lo:
		return 1
	}
	return 0
}

// IsInt64 reports whether a fits an int64.
func (a Int128) IsInt64() bool { return a.Hi == int64(a.Lo)>>63 }

// Int64 gives the low 64 bits.
func (a Int128) Int64() int64 { return int64(a.Lo) }

// Mul64 gives the full product of two int64.
func Mul64(a, b int64) Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return Int128{Lo: lo, Hi: h}
}

// Mul gives a*b and whether it fits 128 bits.
func (a Int128) Mul(b Int128) (Int128, bool) {
	if a.IsInt64() && b.IsInt64() {
		return Mul64(int64(a.Lo), int64(b.Lo)), true
	}
	neg := (a.Hi < 0) != (b.Hi < 0)
	x, y := a.Abs(), b.Abs()
	xh, yh := uint64(x.Hi), uint64(y.Hi)
	if xh != 0 && yh != 0 {
		return Int128{}, false
	}
	hi, lo := bits.Mul64(x.Lo, y.Lo)
	c1h, c1 := bits.Mul64(xh, y.Lo)
	c2h, c2 := bits.Mul64(x.Lo, yh)
	if c1h != 0 || c2h != 0 {
		return Int128{}, false
	}
	var c uint64
	hi, c = bits.Add64(hi, c1, 0)
	if c != 0 {
		return Int128{}, false
	}
	hi, c = bits.Add64(hi, c2, 0)
	if c != 0 {
		return Int128{}, false
	}
	r := Int128{Lo: lo, Hi: int64(hi)}
	if neg {
		r = r.Neg()
		return r, r.Hi <= 0
	}
	return r, r.Hi >= 0
}

// QuoRem gives the quotient truncated toward zero and the remainder with the
// sign of a. b must not be zero.
func (a Int128) QuoRem(b Int128) (q, r Int128) {
	if a.IsInt64() && b.IsInt64() && !(int64(b.Lo) == -1) {
		x, y := int64(a.Lo), int64(b.Lo)
		return I128(x / y), I128(x % y)
	}
	nq, nr := (a.Hi < 0) != (b.Hi < 0), a.Hi < 0
	uq, ur := udivrem(a.Abs(), b.Abs())
	if nq {
		uq = uq.Neg()
	}
	if nr {
		ur = ur.Neg()
	}
	return uq, ur
}

// udivrem divides as unsigned 128-bit numbers.
func udivrem(a, b Int128) (q, r Int128) {
	ah, bh := uint64(a.Hi), uint64(b.Hi)
	if bh == 0 {
		qh := ah / b.Lo
		ql, rem := bits.Div64(ah%b.Lo, a.Lo, b.Lo)
		return Int128{Lo: ql, Hi: int64(qh)}, Int128{Lo: rem}
	}
	// b >= 2^64, so the quotient fits 64 bits: estimate it from b's top word
	// (Hacker's Delight, section 9-5) and correct at most once.
	s := uint(bits.LeadingZeros64(bh))
	top := bh
	if s > 0 {
		top = bh<<s | b.Lo>>(64-s)
	}
	est, _ := bits.Div64(ah>>1, ah<<63|a.Lo>>1, top)
	est >>= 63 - s
	if est != 0 {
		est--
	}
	ph, pl := bits.Mul64(b.Lo, est)
	rem := a.Sub(Int128{Lo: pl, Hi: int64(ph + bh*est)})
	for ucmp(rem, b) >= 0 {
		rem = rem.Sub(b)
		est++
	}
	return Int128{Lo: est}, rem
}

// ucmp compares as unsigned 128-bit numbers.
func ucmp(a, b Int128) int {
	switch ah, bh := uint64(a.Hi), uint64(b.Hi); {
	case ah != bh && ah < bh, ah == bh && a.Lo < b.Lo:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// Float64 gives the nearest float64.
func (a Int128) Float64() float64 {
	if a.IsInt64() {
		return float64(int64(a.Lo))
	}
	x := a.Abs()
	f := float64(uint64(x.Hi))*0x1p64 + float64(x.Lo)
	if a.Hi < 0 {
		return -f
	}
	return f
}

// Pow10 holds the powers of ten that fit an int64, by exponent 0..18.
var Pow10 = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// Pow10x128 holds the powers of ten that fit an Int128, by exponent 0..38.
var Pow10x128 = func() (p [39]Int128) {
	p[0] = I128(1)
	for i := 1; i < len(p); i++ {
		p[i], _ = p[i-1].Mul(I128(10))
	}
	return p
}()

// FitsDecimal reports whether |a| < 10^p, p in 1..38.
func (a Int128) FitsDecimal(p int) bool {
	x := a.Abs()
	return x.Hi >= 0 && x.Cmp(Pow10x128[p]) < 0
}

// Rescale changes the unscaled value from scale `from` to scale `to`,
// rounding half away from zero when digits are lost. It reports false on
// overflow of 38 digits.
func (a Int128) Rescale(from, to int) (Int128, bool) {
	switch {
	case to > from:
		r, ok := a.Mul(Pow10x128[to-from])
		return r, ok && r.FitsDecimal(38)
	case to < from:
		d := Pow10x128[from-to]
		q, r := a.QuoRem(d)
		if twice := r.Abs().Add(r.Abs()); ucmp(twice, d) >= 0 {
			q = q.Add(I128(int64(a.Sign())))
		}
		return q, true
	}
	return a, true
}

// AppendDecimal appends the decimal text of the unscaled value a with s
// fraction digits.
func AppendDecimal(b []byte, a Int128, s int) []byte {
	if a.IsInt64() && s < len(Pow10) {
		return appendDecimal64(b, a.Int64(), s)
	}
	if a.Hi < 0 {
		b = append(b, '-')
		a = a.Neg()
	}
	var buf [48]byte
	i := len(buf)
	digits := 0
	for hi, lo := uint64(a.Hi), a.Lo; hi != 0 || lo != 0 || digits <= s; digits++ {
		if digits == s && s > 0 {
			i--
			buf[i] = '.'
		}
		q := hi / 10
		var r uint64
		lo, r = bits.Div64(hi%10, lo, 10)
		hi = q
		i--
		buf[i] = byte('0' + r)
	}
	return append(b, buf[i:]...)
}

// ParseDecimal reads an optional sign, digits with an optional point and an
// optional exponent, and gives the unscaled value and its scale. It reports
// false if the text is no number or does not fit 38 digits; leading zeros do
// not count.
func ParseDecimal(s []byte) (v Int128, scale int, ok bool) {
	i, neg := 0, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		neg = s[i] == '-'
		i++
	}
	digits, seen, point := 0, false, false
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if point {
			scale++
		}
		if c == '0' && digits == 0 {
			continue
		}
		if digits++; digits > 38 {
			return Int128{}, 0, false
		}
		h, lo := bits.Mul64(v.Lo, 10)
		v = Int128{Lo: lo, Hi: int64(h) + v.Hi*10}.Add(I128(int64(c - '0')))
	}
	if !seen {
		return Int128{}, 0, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		e, eneg, es := 0, false, false
		i++
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			eneg = s[i] == '-'
			i++
		}
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			es = true
			if e = e*10 + int(s[i]-'0'); e > 1000 {
				return Int128{}, 0, false
			}
		}
		if !es {
			return Int128{}, 0, false
		}
		if eneg {
			e = -e
		}
		scale -= e
	}
	if i != len(s) {
		return Int128{}, 0, false
	}
	for scale < 0 {
		if v, ok = v.Mul(I128(10)); !ok || !v.FitsDecimal(38) {
			return Int128{}, 0, false
		}
		scale++
	}
	for scale > 38 {
		v, _ = v.Rescale(1, 0)
		scale--
	}
	if neg {
		v = v.Neg()
	}
	return v, scale, true
}
