package kernel

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

type integer interface {
	int8 | int16 | int32 | int64 | uint32
}

type float interface{ float32 | float64 }

// numericConverter chooses by physical form. Every cast goes through one of
// int64, float64 and Int128 as the common carrier of its source.
func numericConverter(from, to types.Type, d plan.Dialect) converter {
	if to.Kind != types.Boolean && !to.IsNumeric() && to.Kind != types.OID {
		return nil
	}
	switch from.Phys() {
	case types.PhysBool, types.PhysInt8:
		if from.Kind == types.Boolean {
			return convertInts[uint8Bool]
		}
		return convertInts[int8]
	case types.PhysInt16:
		return convertInts[int16]
	case types.PhysInt32:
		return convertInts[int32]
	case types.PhysUint32:
		return convertInts[uint32]
	case types.PhysInt64:
		if from.Kind == types.Decimal {
			return convertDecimals
		}
		return convertInts[int64]
	case types.PhysInt128:
		return convertDecimals
	case types.PhysFloat32:
		return convertFloats[float32]
	case types.PhysFloat64:
		return convertFloats[float64]
	}
	return nil
}

// uint8Bool is the int8 view of booleans (0 and 1).
type uint8Bool = int8

func convertInts[F integer](e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src := rawValues[F](v)
	switch e.to.Phys() {
	case types.PhysBool:
		dst := vector.Values[bool](out)
		each(sel, out.Len, func(i int) { dst[i] = src[i] != 0 })
	case types.PhysInt8:
		return narrow(e, src, vector.Values[int8](out), sel, out)
	case types.PhysInt16:
		return narrow(e, src, vector.Values[int16](out), sel, out)
	case types.PhysInt32:
		return narrow(e, src, vector.Values[int32](out), sel, out)
	case types.PhysUint32:
		return narrow(e, src, vector.Values[uint32](out), sel, out)
	case types.PhysFloat32:
		convertLoop(src, vector.Values[float32](out), sel)
	case types.PhysFloat64:
		convertLoop(src, vector.Values[float64](out), sel)
	case types.PhysInt64:
		if e.to.Kind != types.Decimal {
			convertLoop(src, vector.Values[int64](out), sel)
			return nil
		}
		return intsToShort(e, src, sel, out)
	case types.PhysInt128:
		dst, scale := vector.Values[types.Int128](out), types.Pow10x128[e.to.S]
		return eachErr(sel, out.Len, func(i int) error {
			r, ok := types.I128(int64(src[i])).Mul(scale)
			if dst[i] = r; !ok || !r.FitsDecimal(int(e.to.P)) {
				return e.bad(out, i, e.outOfRange())
			}
			return nil
		})
	}
	return nil
}

// rawValues views the fixed-width values, booleans as integers.
func rawValues[F integer](v *vector.Vector) []F { return vector.Values[F](v) }

// convertLoop converts where every value fits.
func convertLoop[F integer | float, T number](src []F, dst []T, sel vector.Sel) {
	if sel == nil {
		src = src[:len(dst)]
		for i := range dst {
			dst[i] = T(src[i])
		}
		return
	}
	for _, p := range sel {
		dst[p] = T(src[p])
	}
}

func narrow[F, T integer](e *castEnv, src []F, dst []T, sel vector.Sel, out *vector.Vector) error {
	return eachErr(sel, len(dst), func(i int) error {
		x := src[i]
		if dst[i] = T(x); int64(dst[i]) != int64(x) {
			return e.bad(out, i, e.outOfRange())
		}
		return nil
	})
}

func intsToShort[F integer](e *castEnv, src []F, sel vector.Sel, out *vector.Vector) error {
	dst, scale := vector.Values[int64](out), types.Pow10[e.to.S]
	limit := types.Pow10[e.to.P] / scale
	bad := false
	if sel == nil {
		for i := range dst {
			x := int64(src[i])
			bad = bad || x >= limit || x <= -limit
			dst[i] = x * scale
		}
	} else {
		for _, p := range sel {
			x := int64(src[p])
			bad = bad || x >= limit || x <= -limit
			dst[p] = x * scale
		}
	}
	if !bad {
		return nil
	}
	return eachErr(sel, len(dst), func(i int) error {
		if x := int64(src[i]); x >= limit || x <= -limit {
			return e.bad(out, i, e.outOfRange())
		}
		return nil
	})
}

// each and eachErr run over the selected rows. They cost a call per row: for
// conversions that do more than that themselves.
func each(sel vector.Sel, n int, f func(i int)) {
	if sel == nil {
		for i := range n {
			f(i)
		}
		return
	}
	for _, p := range sel {
		f(int(p))
	}
}

func eachErr(sel vector.Sel, n int, f func(i int) error) error {
	if sel == nil {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range sel {
		if err := f(int(p)); err != nil {
			return err
		}
	}
	return nil
}

// convertFloats rounds half to even for PostgreSQL and half up (away from zero)
// for Trino.
func convertFloats[F float](e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src := vector.Values[F](v)
	round := math.RoundToEven
	if e.dial == plan.Athena {
		round = math.Round
	}
	switch e.to.Phys() {
	case types.PhysBool:
		dst := vector.Values[bool](out)
		each(sel, out.Len, func(i int) { dst[i] = src[i] != 0 })
	case types.PhysFloat64:
		convertLoop(src, vector.Values[float64](out), sel)
	case types.PhysFloat32:
		dst := vector.Values[float32](out)
		return eachErr(sel, out.Len, func(i int) error {
			dst[i] = float32(src[i])
			if math.IsInf(float64(dst[i]), 0) && !math.IsInf(float64(src[i]), 0) {
				return e.bad(out, i, e.outOfRange())
			}
			return nil
		})
	case types.PhysInt128:
		dst := vector.Values[types.Int128](out)
		return eachErr(sel, out.Len, func(i int) error {
			r, ok := floatToDecimal(float64(src[i]), e)
			dst[i] = r
			if !ok {
				return e.bad(out, i, e.outOfRange())
			}
			return nil
		})
	default:
		if e.to.Kind == types.Decimal {
			dst := vector.Values[int64](out)
			return eachErr(sel, out.Len, func(i int) error {
				r, ok := floatToDecimal(float64(src[i]), e)
				dst[i] = r.Int64()
				if !ok {
					return e.bad(out, i, e.outOfRange())
				}
				return nil
			})
		}
		lo, hi := types.IntRange(e.to)
		return eachErr(sel, out.Len, func(i int) error {
			f := round(float64(src[i]))
			if !(f >= float64(lo) && f <= float64(hi)) || hi == math.MaxInt64 && f >= 0x1p63 {
				return e.bad(out, i, e.outOfRange())
			}
			storeInt(out, i, int64(f))
			return nil
		})
	}
	return nil
}

// storeInt writes an integer that fits into a vector of any integer type.
func storeInt(out *vector.Vector, i int, x int64) {
	switch out.Type.Phys() {
	case types.PhysBool:
		vector.Values[bool](out)[i] = x != 0
	case types.PhysInt8:
		vector.Values[int8](out)[i] = int8(x)
	case types.PhysInt16:
		vector.Values[int16](out)[i] = int16(x)
	case types.PhysInt32:
		vector.Values[int32](out)[i] = int32(x)
	case types.PhysInt64:
		vector.Values[int64](out)[i] = x
	case types.PhysUint32:
		vector.Values[uint32](out)[i] = uint32(x)
	}
}

// floatToDecimal reads the shortest decimal text of the float, as PostgreSQL
// does, so that 0.1 becomes 0.1. (PostgreSQL takes 15 digits.)
func floatToDecimal(f float64, e *castEnv) (types.Int128, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) >= 1e38 {
		return types.Int128{}, false
	}
	bits := 64
	if e.from.Kind == types.Real {
		bits = 32
	}
	e.buf = types.AppendFloat(e.buf[:0], f, bits, types.PostgresStyle)
	d, scale, ok := types.ParseDecimal(e.buf)
	if !ok {
		return types.Int128{}, f == 0 || math.Abs(f) < 1e-38
	}
	d, ok = d.Rescale(scale, int(e.to.S))
	return d, ok && d.FitsDecimal(int(e.to.P))
}

// decimals reads decimals of either width.
type decimals struct {
	short []int64
	long  []types.Int128
}

func decimalsOf(v *vector.Vector) decimals {
	if v.Type.Phys() == types.PhysInt128 {
		return decimals{long: vector.Values[types.Int128](v)}
	}
	return decimals{short: vector.Values[int64](v)}
}

func (d *decimals) at(i int) types.Int128 {
	if d.short != nil {
		return types.I128(d.short[i])
	}
	return d.long[i]
}

// convertDecimals rounds half away from zero.
func convertDecimals(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	scale := int(e.from.S)
	if e.to.Kind == types.Decimal {
		return rescale(e, v, sel, out)
	}
	d := decimalsOf(v)
	switch e.to.Phys() {
	case types.PhysBool:
		dst := vector.Values[bool](out)
		each(sel, out.Len, func(i int) { x := d.at(i); dst[i] = x.Sign() != 0 })
	case types.PhysFloat32:
		dst := vector.Values[float32](out)
		each(sel, out.Len, func(i int) { dst[i] = float32(decimalToFloat(d.at(i), scale)) })
	case types.PhysFloat64:
		dst := vector.Values[float64](out)
		if d.short != nil {
			shortToFloat(d.short, dst, float64(types.Pow10[min(scale, 18)]), sel)
			return nil
		}
		each(sel, out.Len, func(i int) { dst[i] = decimalToFloat(d.at(i), scale) })
	default:
		lo, hi := types.IntRange(e.to)
		return eachErr(sel, out.Len, func(i int) error {
			r, _ := d.at(i).Rescale(scale, 0)
			if !r.IsInt64() || r.Int64() < lo || r.Int64() > hi {
				return e.bad(out, i, e.outOfRange())
			}
			storeInt(out, i, r.Int64())
			return nil
		})
	}
	return nil
}

func shortToFloat(src []int64, dst []float64, div float64, sel vector.Sel) {
	if sel == nil {
		for i := range dst {
			dst[i] = float64(src[i]) / div
		}
		return
	}
	for _, p := range sel {
		dst[p] = float64(src[p]) / div
	}
}

func decimalToFloat(d types.Int128, scale int) float64 {
	return d.Float64() / types.Pow10x128[scale].Float64()
}

// rescale changes precision and scale.
func rescale(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	from, to, prec := int(e.from.S), int(e.to.S), int(e.to.P)
	d := decimalsOf(v)
	if e.to.Phys() == types.PhysInt128 {
		dst := vector.Values[types.Int128](out)
		if from == to && int(e.from.P) <= prec {
			each(sel, out.Len, func(i int) { dst[i] = d.at(i) })
			return nil
		}
		return eachErr(sel, out.Len, func(i int) error {
			r, ok := d.at(i).Rescale(from, to)
			if dst[i] = r; !ok || !r.FitsDecimal(prec) {
				return e.bad(out, i, e.outOfRange())
			}
			return nil
		})
	}
	dst := vector.Values[int64](out)
	if d.short != nil && to >= from && int(e.from.P)+to-from <= prec {
		scaleUp(d.short, dst, types.Pow10[to-from], sel)
		return nil
	}
	return eachErr(sel, out.Len, func(i int) error {
		r, ok := d.at(i).Rescale(from, to)
		if dst[i] = r.Int64(); !ok || !r.FitsDecimal(prec) {
			return e.bad(out, i, e.outOfRange())
		}
		return nil
	})
}

func scaleUp(src, dst []int64, mul int64, sel vector.Sel) {
	if sel == nil {
		for i := range dst {
			dst[i] = src[i] * mul
		}
		return
	}
	for _, p := range sel {
		dst[p] = src[p] * mul
	}
}
