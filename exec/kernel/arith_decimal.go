package kernel

import (
	"math/big"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// DecimalLinear is a+b or, with sign -1, a-b. The result type holds the larger
// scale; beyond 38 digits the sum is checked.
func DecimalLinear(a, b, out *vector.Vector, sel vector.Sel, sign int64) error {
	t := out.Type
	fa, fb := t.S-a.Type.S, t.S-b.Type.S
	if t.Phys() == types.PhysInt64 {
		LinearShort(vector.Values[int64](a), types.Pow10[fa], vector.Values[int64](b), sign*types.Pow10[fb], vector.Values[int64](out), sel)
		return nil
	}
	x, y, dst := decimalsOf(a), decimalsOf(b), vector.Values[types.Int128](out)
	check := max(a.Type.P-a.Type.S, b.Type.P-b.Type.S)+t.S+1 > types.MaxDecimalPrecision
	ma, mb := types.Pow10x128[fa], types.Pow10x128[fb]
	return eachErr(sel, out.Len, func(i int) error {
		l, r := x.at(i), y.at(i)
		ok1, ok2 := true, true
		if fa > 0 {
			l, ok1 = l.Mul(ma)
		}
		if fb > 0 {
			r, ok2 = r.Mul(mb)
		}
		if sign < 0 {
			r = r.Neg()
		}
		dst[i] = l.Add(r)
		if check && (!ok1 || !ok2 || !dst[i].FitsDecimal(int(t.P))) {
			return ErrOutOfRange(t)
		}
		return nil
	})
}

// DecimalMul is a*b; the result's scale is the sum of the scales, or less if that
// does not fit 38 digits.
func DecimalMul(a, b, out *vector.Vector, sel vector.Sel) error {
	t := out.Type
	drop := int(a.Type.S + b.Type.S - t.S)
	if a.Type.Phys() == types.PhysInt64 && b.Type.Phys() == types.PhysInt64 && drop == 0 {
		x, y := vector.Values[int64](a), vector.Values[int64](b)
		if t.Phys() == types.PhysInt64 {
			MulShort(x, y, vector.Values[int64](out), sel)
		} else {
			MulWide(x, y, vector.Values[types.Int128](out), sel)
		}
		return nil
	}
	x, y, dst := decimalsOf(a), decimalsOf(b), vector.Values[types.Int128](out)
	check := a.Type.P+b.Type.P > types.MaxDecimalPrecision
	if drop == 0 && x.long != nil && y.short != nil {
		return mulLongShort(x.long, y.short, dst, sel, check, t)
	}
	return eachErr(sel, out.Len, func(i int) error {
		r, ok := x.at(i).Mul(y.at(i))
		if !ok && drop > 0 {
			r, ok = MulDiv(x.at(i), y.at(i), types.Pow10x128[drop])
		} else if drop > 0 {
			r, ok = r.Rescale(drop, 0)
		}
		if dst[i] = r; check && (!ok || !r.FitsDecimal(int(t.P))) {
			return ErrOutOfRange(t)
		}
		return nil
	})
}

// mulLongShort multiplies where the left values mostly fit 64 bits.
func mulLongShort(x []types.Int128, y []int64, dst []types.Int128, sel vector.Sel, check bool, t types.Type) error {
	bad := false
	mul := func(i int) {
		if l := x[i]; l.IsInt64() {
			dst[i] = types.Mul64(int64(l.Lo), y[i])
			return
		}
		r, ok := x[i].Mul(types.I128(y[i]))
		dst[i] = r
		bad = bad || !ok || !r.FitsDecimal(int(t.P))
	}
	if sel == nil {
		for i := range dst {
			mul(i)
		}
	} else {
		for _, p := range sel {
			mul(int(p))
		}
	}
	if check && bad {
		return ErrOutOfRange(t)
	}
	return nil
}

// DecimalDiv is a/b rounded half away from zero to the scale of out.
func DecimalDiv(a, b, out *vector.Vector, sel vector.Sel) error {
	t := out.Type
	x, y := decimalsOf(a), decimalsOf(b)
	shift := int(t.S - a.Type.S + b.Type.S)
	long := t.Phys() == types.PhysInt128
	return eachErr(sel, out.Len, func(i int) error {
		l, r := x.at(i), y.at(i)
		if r.Sign() == 0 {
			return ErrDivisionByZero()
		}
		q, ok := DivScaled(l, r, shift)
		if !ok || !q.FitsDecimal(int(t.P)) {
			return ErrOutOfRange(t)
		}
		if long {
			vector.Values[types.Int128](out)[i] = q
		} else {
			vector.Values[int64](out)[i] = q.Int64()
		}
		return nil
	})
}

// DivScaled is a * 10^shift / b, rounded half away from zero; ok is false if that
// does not fit 128 bits. b must not be zero.
func DivScaled(a, b types.Int128, shift int) (types.Int128, bool) {
	if shift < 0 {
		d, ok := b.Mul(types.Pow10x128[-shift])
		if !ok {
			return types.Int128{}, true // |a/b| is far below one unit
		}
		return divRound(a, d), true
	}
	if shift <= 38 {
		if n, ok := a.Mul(types.Pow10x128[shift]); ok {
			return divRound(n, b), true
		}
		return MulDiv(a, types.Pow10x128[shift], b)
	}
	n, ok := a.Mul(types.Pow10x128[shift-38])
	if !ok {
		return types.Int128{}, false
	}
	return MulDiv(n, types.Pow10x128[38], b)
}

// divRound is a/b rounded half away from zero.
func divRound(a, b types.Int128) types.Int128 {
	q, r := a.QuoRem(b)
	r, d := r.Abs(), b.Abs()
	if r.Cmp(d.Sub(r)) >= 0 { // 2r >= d without overflow
		if (a.Hi < 0) != (b.Hi < 0) {
			return q.Sub(types.I128(1))
		}
		return q.Add(types.I128(1))
	}
	return q
}

// MulDiv is a*b/c rounded half away from zero, with a 256-bit product. It is the
// slow path of products and quotients that leave 128 bits on the way.
func MulDiv(a, b, c types.Int128) (types.Int128, bool) {
	n := new(big.Int).Mul(toBig(a), toBig(b))
	d := toBig(c)
	neg := n.Sign()*d.Sign() < 0
	n.Abs(n)
	d.Abs(d)
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	if r.Lsh(r, 1).Cmp(d) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	if q.BitLen() > 127 {
		return types.Int128{}, false
	}
	out := types.Int128{Lo: new(big.Int).And(q, maxUint64).Uint64(), Hi: int64(new(big.Int).Rsh(q, 64).Uint64())}
	if neg {
		out = out.Neg()
	}
	return out, true
}

var maxUint64 = new(big.Int).SetUint64(^uint64(0))

func toBig(a types.Int128) *big.Int {
	b := new(big.Int).SetInt64(a.Hi)
	b.Lsh(b, 64)
	return b.Add(b, new(big.Int).SetUint64(a.Lo))
}

// DecimalMod is the remainder of a/b with the sign of a.
func DecimalMod(a, b, out *vector.Vector, sel vector.Sel) error {
	t := out.Type
	x, y := decimalsOf(a), decimalsOf(b)
	fa, fb := types.Pow10x128[t.S-a.Type.S], types.Pow10x128[t.S-b.Type.S]
	long := t.Phys() == types.PhysInt128
	return eachErr(sel, out.Len, func(i int) error {
		l, ok1 := x.at(i).Mul(fa)
		r, ok2 := y.at(i).Mul(fb)
		switch {
		case !ok1 || !ok2:
			return ErrOutOfRange(t)
		case r.Sign() == 0:
			return ErrDivisionByZero()
		}
		_, m := l.QuoRem(r)
		if long {
			vector.Values[types.Int128](out)[i] = m
		} else {
			vector.Values[int64](out)[i] = m.Int64()
		}
		return nil
	})
}
