package textval

import (
	"encoding/binary"
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
)

// Numbers and dates are read eight characters at a time: a loop over single ones
// costs a wrong prediction at every value's end, because lengths vary. What is loaded
// with a value but stands behind it is shifted out. So a value must have room behind it
// in its block; the last ones of a block are left to the loops in textval.go, as is
// whatever is spelled in another way than the usual one.

// room is how far behind the beginning of a value these functions look.
const room = 32

// wordSize is the number of characters in a word.
const wordSize = 8

const (
	zeros     = 0x3030303030303030 // '0' in every byte
	highHalf  = 0xf0f0f0f0f0f0f0f0
	digitGap  = 0x0606060606060606 // carries into the high half behind '9'
	points    = 0x2e2e2e2e2e2e2e2e
	dateMarks = 0x2d00002d00000000 // of "YYYY-MM-"
	dateMask  = 0xff0000ff00000000
	timeMarks = 0x00003a00003a0000 // of "hh:mm:ss"
	timeMask  = 0x0000ff0000ff0000
)

// Load64 reads eight bytes; the first is the least significant.
func Load64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// EqualBytes marks with 0x80 every byte of x that equals the byte repeated in
// pattern, exactly (Hacker's Delight, section 6-1).
func EqualBytes(x, pattern uint64) uint64 {
	const low7 = 0x7f7f7f7f7f7f7f7f
	x ^= pattern
	return ^((x&low7 + low7) | x | low7)
}

// Repeat gives a word of eight equal bytes.
func Repeat(c byte) uint64 { return uint64(c) * 0x0101010101010101 }

// Word gives the number that the first n bytes of a word are, 1 to 8 digits; bad is 0
// if they are digits (D. Lemire's three multiplications: pairs, fours, eights).
func Word(x uint64, n int) (v, bad uint64) {
	x = (x ^ zeros) << ((64 - 8*uint(n)) & 63) // zeros in front mean nothing
	bad = (x | (x + digitGap)) & highHalf
	x = x*10 + x>>8
	return (x&0x000000ff000000ff*(100+1000000<<32) + x>>16&0x000000ff000000ff*(1+10000<<32)) >> 32, bad
}

// Digits counts the digits at the beginning of a word, 0 to 8.
func Digits(x uint64) int {
	x ^= zeros
	return bits.TrailingZeros64((x|(x+digitGap))&highHalf) >> 3
}

// Number reads b[from:to], an integer of at most 16 digits, with room behind it in b;
// ok is false for anything else.
func Number(b []byte, from, to int) (v int64, ok bool) {
	if from+room > len(b) {
		return 0, false
	}
	neg := b[from] == '-'
	if neg {
		from++
	}
	n := to - from
	if uint(n-1) < wordSize {
		x, bad := Word(Load64(b[from:]), n)
		if v = int64(x); neg {
			v = -v
		}
		return v, bad == 0
	}
	if uint(n-1) >= 2*wordSize {
		return 0, false
	}
	x, bad := Word(Load64(b[from:]), n-wordSize)
	y, bad2 := Word(Load64(b[to-wordSize:]), wordSize)
	if v = int64(x*1e8 + y); neg {
		v = -v
	}
	return v, bad|bad2 == 0
}

// Point reads b[from:to], digits with a point among them, one to eight on each side,
// with room behind them in b: as an integer, and how many of its digits are behind the
// point. ok is false for anything else, integers too.
func Point(b []byte, from, to int) (m int64, scale int, ok bool) {
	if from+room > len(b) {
		return 0, 0, false
	}
	neg := b[from] == '-'
	if neg {
		from++
	}
	x := Load64(b[from:])
	p := bits.TrailingZeros64(EqualBytes(x, points)) >> 3
	if p == wordSize && b[from+wordSize] != '.' {
		return 0, 0, false
	}
	scale = to - from - p - 1
	if p == 0 || uint(scale-1) >= wordSize {
		return 0, 0, false
	}
	x, bad := Word(x, p)
	y, bad2 := Word(Load64(b[from+p+1:]), scale)
	if m = int64(x)*types.Pow10[scale] + int64(y); neg {
		m = -m
	}
	return m, scale, bad|bad2 == 0
}

// Double reads b[from:to] as Point does, as a double.
func Double(b []byte, from, to int) (v float64, ok bool) {
	m, scale, ok := Point(b, from, to)
	v, exact := Divided(m, scale)
	return v, ok && exact && m != 0 // whose sign is lost
}

// Divided gives m / 10^scale, where scale is at most 8; exact reports that this is the
// double next to it (see Float64).
func Divided(m int64, scale int) (v float64, exact bool) {
	return float64(m) / exactPow10[scale], m < 1<<53 && m > -1<<53
}

// Truth reads b[from:to], true or false; ok is false for anything else.
func Truth(b []byte, from, to int) (v, ok bool) {
	switch to - from {
	case len("true"):
		return true, string(b[from:to]) == "true"
	case len("false"):
		return false, string(b[from:to]) == "false"
	}
	return false, false
}

// pairs gives in byte k the number of the digits k and k+1; bad is 0 if the bytes of
// a word are digits and, where mask has ones, marks.
func pairs(x, mask, marks uint64) (t, bad uint64) {
	bad = x&mask ^ marks
	x = (x ^ zeros) &^ mask
	return x*10 + x>>8, bad | (x|(x+digitGap))&highHalf
}

// Days reads b[from:to], a date as YYYY-MM-DD, with room behind it in b, as days
// since 1970-01-01; ok is false for anything else.
func Days(b []byte, from, to int) (days int32, ok bool) {
	if to-from != len("YYYY-MM-DD") || from+room > len(b) {
		return 0, false
	}
	return ymd(b[from : from+room])
}

// Micros reads b[from:to], a time as YYYY-MM-DD hh:mm:ss with up to six digits of a
// fraction, with room behind it in b, as microseconds since 1970; ok is false for
// anything else.
func Micros(b []byte, from, to int) (micros int64, ok bool) {
	const whole = len("YYYY-MM-DD hh:mm:ss")
	n := to - from - whole
	if from+room > len(b) || uint(n) > 7 || n == 1 {
		return 0, false
	}
	s := b[from : from+room]
	days, ok := ymd(s)
	seconds, ok2 := hms(s[11:])
	if !ok || !ok2 || s[10] != ' ' && s[10] != 'T' {
		return 0, false
	}
	micros = (int64(days)*86400 + int64(seconds)) * 1_000_000
	if n == 0 {
		return micros, true
	}
	f, bad := Word(Load64(s[whole+1:]), n-1)
	return micros + int64(f)*types.Pow10[7-n], bad == 0 && s[whole] == '.'
}

// ymd reads YYYY-MM-DD at the beginning of s, which has at least 10 bytes.
func ymd(s []byte) (days int32, ok bool) {
	t, bad := pairs(Load64(s), dateMask, dateMarks)
	d10, d1 := uint(s[8]-'0'), uint(s[9]-'0')
	y, m, d := int(t&0xff*100+t>>16&0xff), int(t>>40&0xff), int(d10*10+d1)
	if bad != 0 || d10 > 9 || d1 > 9 || y < 1 || uint(m-1) > 11 || uint(d-1) > 30 || d > 28 && d > types.DaysInMonth(int64(y), m) {
		return 0, false
	}
	return civil(y, m, d), true
}

// hms reads hh:mm:ss at the beginning of s, which has at least 8 bytes, as seconds.
func hms(s []byte) (seconds int32, ok bool) {
	t, bad := pairs(Load64(s), timeMask, timeMarks)
	hour, minute, second := int32(t&0xff), int32(t>>24&0xff), int32(t>>48&0xff)
	return hour*3600 + minute*60 + second, bad == 0 && hour < 24 && minute < 60 && second < 60
}
