package kernel

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// The loops of arithmetic. Operators are separate functions and types are type
// parameters; overflow is collected without a branch and looked for afterwards.

// ErrDivisionByZero makes the fault 22012.
func ErrDivisionByZero() error { return fault.New(fault.CodeDivisionByZero, "division by zero") }

// ErrOutOfRange makes the fault 22003 for a result of type t.
func ErrOutOfRange(t types.Type) error {
	return fault.New(fault.CodeNumericOutOfRange, "%s out of range", t)
}

type smallInt interface{ int8 | int16 | int32 }

// AddSmall, SubSmall and MulSmall compute in 64 bits and check the width.
func AddSmall[T smallInt](a, b, out []T, sel vector.Sel) (ok bool) {
	bad := int64(0)
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := int64(a[i]) + int64(b[i])
			out[i] = T(r)
			bad |= r ^ int64(T(r))
		}
		return bad == 0
	}
	for _, p := range sel {
		r := int64(a[p]) + int64(b[p])
		out[p] = T(r)
		bad |= r ^ int64(T(r))
	}
	return bad == 0
}

// SubSmall is a-b.
func SubSmall[T smallInt](a, b, out []T, sel vector.Sel) (ok bool) {
	bad := int64(0)
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := int64(a[i]) - int64(b[i])
			out[i] = T(r)
			bad |= r ^ int64(T(r))
		}
		return bad == 0
	}
	for _, p := range sel {
		r := int64(a[p]) - int64(b[p])
		out[p] = T(r)
		bad |= r ^ int64(T(r))
	}
	return bad == 0
}

// MulSmall is a*b.
func MulSmall[T smallInt](a, b, out []T, sel vector.Sel) (ok bool) {
	bad := int64(0)
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			r := int64(a[i]) * int64(b[i])
			out[i] = T(r)
			bad |= r ^ int64(T(r))
		}
		return bad == 0
	}
	for _, p := range sel {
		r := int64(a[p]) * int64(b[p])
		out[p] = T(r)
		bad |= r ^ int64(T(r))
	}
	return bad == 0
}

// AddInt64 adds; the sign bit of bad says that some sum overflowed.
func AddInt64(a, b, out []int64, sel vector.Sel) (ok bool) {
	bad := int64(0)
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			x, y := a[i], b[i]
			r := x + y
			out[i] = r
			bad |= (x ^ r) & (y ^ r)
		}
		return bad >= 0
	}
	for _, p := range sel {
		x, y := a[p], b[p]
		r := x + y
		out[p] = r
		bad |= (x ^ r) & (y ^ r)
	}
	return bad >= 0
}

// SubInt64 is a-b.
func SubInt64(a, b, out []int64, sel vector.Sel) (ok bool) {
	bad := int64(0)
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			x, y := a[i], b[i]
			r := x - y
			out[i] = r
			bad |= (x ^ y) & (x ^ r)
		}
		return bad >= 0
	}
	for _, p := range sel {
		x, y := a[p], b[p]
		r := x - y
		out[p] = r
		bad |= (x ^ y) & (x ^ r)
	}
	return bad >= 0
}

// MulInt64 is a*b; a product fits if its upper half is the sign of the lower.
func MulInt64(a, b, out []int64, sel vector.Sel) (ok bool) {
	bad := int64(0)
	mul := func(x, y int64) int64 {
		hi, lo := bits.Mul64(uint64(x), uint64(y))
		h := int64(hi) - x>>63&y - y>>63&x
		bad |= h ^ int64(lo)>>63
		return int64(lo)
	}
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = mul(a[i], b[i])
		}
		return bad == 0
	}
	for _, p := range sel {
		out[p] = mul(a[p], b[p])
	}
	return bad == 0
}

// DivInt divides, truncating toward zero.
func DivInt[T smallInt | int64](a, b, out []T, sel vector.Sel, t types.Type) error {
	return eachErr(sel, len(out), func(i int) error {
		switch {
		case b[i] == 0:
			return ErrDivisionByZero()
		case b[i] == -1:
			if out[i] = -a[i]; a[i] != 0 && out[i] == a[i] {
				return ErrOutOfRange(t)
			}
		default:
			out[i] = a[i] / b[i]
		}
		return nil
	})
}

// ModInt gives the remainder, with the sign of a.
func ModInt[T smallInt | int64](a, b, out []T, sel vector.Sel) error {
	return eachErr(sel, len(out), func(i int) error {
		switch b[i] {
		case 0:
			return ErrDivisionByZero()
		case -1:
			out[i] = 0
		default:
			out[i] = a[i] % b[i]
		}
		return nil
	})
}

// AddFloat is a+b.
func AddFloat[T float](a, b, out []T, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] + b[i]
		}
		return
	}
	for _, p := range sel {
		out[p] = a[p] + b[p]
	}
}

// SubFloat is a-b.
func SubFloat[T float](a, b, out []T, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] - b[i]
		}
		return
	}
	for _, p := range sel {
		out[p] = a[p] - b[p]
	}
}

// MulFloat is a*b.
func MulFloat[T float](a, b, out []T, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] * b[i]
		}
		return
	}
	for _, p := range sel {
		out[p] = a[p] * b[p]
	}
}

// DivFloat is a/b; ok is false if some b was zero.
func DivFloat[T float](a, b, out []T, sel vector.Sel) (ok bool) {
	zero := 0
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			zero |= b2i(b[i] == 0)
			out[i] = a[i] / b[i]
		}
		return zero == 0
	}
	for _, p := range sel {
		zero |= b2i(b[p] == 0)
		out[p] = a[p] / b[p]
	}
	return zero == 0
}

// LinearShort is a*fa + b*fb, for sums and differences of decimals of two scales
// whose result has at most 18 digits and so cannot overflow.
func LinearShort(a []int64, fa int64, b []int64, fb int64, out []int64, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i]*fa + b[i]*fb
		}
		return
	}
	for _, p := range sel {
		out[p] = a[p]*fa + b[p]*fb
	}
}

// MulShort is a*b without a check: the result has at most 18 digits.
func MulShort(a, b, out []int64, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = a[i] * b[i]
		}
		return
	}
	for _, p := range sel {
		out[p] = a[p] * b[p]
	}
}

// MulWide is the full product of two short decimals.
func MulWide(a, b []int64, out []types.Int128, sel vector.Sel) {
	if sel == nil {
		a, b = a[:len(out)], b[:len(out)]
		for i := range out {
			out[i] = types.Mul64(a[i], b[i])
		}
		return
	}
	for _, p := range sel {
		out[p] = types.Mul64(a[p], b[p])
	}
}
