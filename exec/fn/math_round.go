package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// roundMode is where a number between two candidates goes.
type roundMode uint8

const (
	halfAway roundMode = iota
	towardZero
	upward
	downward
)

func mathRounding() []*Entry {
	return []*Entry{
		{Names: []string{"abs", "@"}, Doc: "The absolute value.", Examples: []Example{{SQL: "abs(-17.4)", Result: "17.4"}, {SQL: "@ -5", Result: "5"}},
			overs: []overload{{sig: "abs(number) number", types: unaryNumber, scalar: unaryNumeric(
				func(x int64) int64 { return max(x, -x) }, math.Abs, types.Int128.Abs)}}},
		{Names: []string{"sign"}, Doc: "-1, 0 or 1.", Examples: []Example{{SQL: "sign(-8.4)", Result: "-1"}},
			overs: []overload{{sig: "sign(number) number", types: signTypes, scalar: flat(sign)}}},
		{Names: []string{"ceil", "ceiling"}, Doc: "The least whole number that is not less.", Examples: []Example{{SQL: "ceil(-42.8)", Result: "-42"}, {SQL: "ceil(1.5e0::float8)", Result: "2"}},
			overs: []overload{{sig: "ceil(number) number", types: roundTypes(upward), scalar: rounding(upward)}}},
		{Names: []string{"floor"}, Doc: "The greatest whole number that is not greater.", Examples: []Example{{SQL: "floor(-42.8)", Result: "-43"}},
			overs: []overload{{sig: "floor(number) number", types: roundTypes(downward), scalar: rounding(downward)}}},
		{Names: []string{"round"}, Doc: "Rounds to a whole number or to so many fraction digits, halves away from zero; doubles without digits in the postgres dialect to even.",
			Examples: []Example{{SQL: "round(2.5)", Result: "3"}, {SQL: "round(2.5::float8)", Result: "2"}, {SQL: "round(2.5e0)", Result: "3", Athena: true}, {SQL: "round(42.4382, 2)", Result: "42.44"}, {SQL: "round(1234.56, -2)", Result: "1200"}},
			overs: []overload{
				{sig: "round(number) number", types: roundTypes(halfAway), scalar: rounding(halfAway)},
				{sig: "round(number, integer) number", types: digitTypes(halfAway), scalar: rounding(halfAway)},
			}},
		{Names: []string{"trunc", "truncate"}, Doc: "Cuts to a whole number or to so many fraction digits, toward zero.", Examples: []Example{{SQL: "trunc(-42.8)", Result: "-42"}, {SQL: "trunc(42.4382, 2)", Result: "42.43"}},
			overs: []overload{
				{sig: "trunc(number) number", types: roundTypes(towardZero), scalar: rounding(towardZero)},
				{sig: "trunc(number, integer) number", types: digitTypes(towardZero), scalar: rounding(towardZero)},
			}},
	}
}

// signTypes keeps the type in the athena dialect; PostgreSQL knows double and
// numeric only.
func signTypes(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	params, t, ok := unaryNumber(args, d)
	switch {
	case t.Kind == types.Decimal:
		t = types.DecimalOf(1, 0)
	case ok && d == plan.Postgres:
		t = types.TDouble
		params[0] = t
	}
	return params, t, ok
}

func sign(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	switch v := args[0]; v.Type.Phys() {
	case types.PhysInt8:
		signInts(vector.Values[int8](v), vector.Values[int8](out), sel)
	case types.PhysInt16:
		signInts(vector.Values[int16](v), vector.Values[int16](out), sel)
	case types.PhysInt32:
		signInts(vector.Values[int32](v), vector.Values[int32](out), sel)
	case types.PhysInt64:
		signInts(vector.Values[int64](v), vector.Values[int64](out), sel)
	case types.PhysInt128:
		a, r := vector.Values[types.Int128](v), vector.Values[int64](out)
		kernel.Each(sel, out.Len, func(i int) { r[i] = int64(a[i].Sign()) })
	case types.PhysFloat32:
		a, r := vector.Values[float32](v), vector.Values[float32](out)
		kernel.Each(sel, out.Len, func(i int) { r[i] = float32(signOf(float64(a[i]))) })
	case types.PhysFloat64:
		a, r := vector.Values[float64](v), vector.Values[float64](out)
		kernel.Each(sel, out.Len, func(i int) { r[i] = signOf(a[i]) })
	}
	return nil
}

func signOf(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // zero or NaN
}

func signInts[T int8 | int16 | int32 | int64](a, r []T, sel vector.Sel) {
	kernel.Each(sel, len(r), func(i int) {
		switch {
		case a[i] > 0:
			r[i] = 1
		case a[i] < 0:
			r[i] = -1
		default:
			r[i] = 0
		}
	})
}

// roundTypes gives the types of rounding to whole numbers. Integers stay what they
// are in the athena dialect; PostgreSQL rounds them as doubles.
func roundTypes(mode roundMode) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
		params, t, ok := unaryNumber(args, d)
		switch {
		case t.Kind == types.Decimal:
			whole := int(t.P - t.S)
			if t.S > 0 && mode != towardZero {
				whole++
			}
			t = types.DecimalOf(max(whole, 1), 0)
		case ok && d == plan.Postgres:
			t = types.TDouble
			params[0] = t
		}
		return params, t, ok
	}
}

// digitTypes gives the types of rounding to so many digits. In the postgres dialect
// a constant number of digits is the result's scale.
func digitTypes(mode roundMode) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || !args[1].Type.IsInteger() && args[1].Type.Kind != types.Unknown {
			return nil, types.Type{}, false
		}
		params, t, ok := unaryNumber(args[:1], d)
		if !ok {
			return nil, t, false
		}
		if t.IsInteger() && d == plan.Postgres {
			t = decimalOfArg(args[0])
		}
		params[0] = t
		if t.Kind == types.Decimal {
			t = digitResult(t, args[1].Const, mode, d)
		}
		return append(params, types.TInteger), t, true
	}
}

func digitResult(t types.Type, digits *types.Value, mode roundMode, d plan.Dialect) types.Type {
	whole, scale := int(t.P-t.S), int(t.S)
	if mode == halfAway {
		whole++
	}
	if d == plan.Postgres && digits != nil && !digits.Null {
		n := int(min(max(digits.I, 0), types.MaxDecimalPrecision))
		scale = min(n, max(scale, types.MaxDecimalPrecision-whole))
	}
	return types.DecimalOf(min(max(whole+scale, 1), types.MaxDecimalPrecision), scale)
}

// rounding makes ceil, floor, round and trunc of every type of number.
func rounding(mode roundMode) *kernel.Impl {
	return &kernel.Impl{Flat: true, New: func(_ *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
		even := mode == halfAway && fn.Dialect == plan.Postgres && len(fn.Params) == 1
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			digits := digitsArg(args, consts)
			switch {
			case out.Type.Kind == types.Decimal:
				return roundDecimals(mode, args[0], digits, sel, out)
			case out.Type.IsInteger():
				return roundIntegers(mode, args[0], digits, sel, out)
			}
			roundFloats(mode, even, args[0], digits, sel, out)
			return nil
		}}, nil
	}}
}

// digits says to how many digits a row is rounded.
type digits struct {
	n    int64
	rows []int32 // nil: n for every row
}

func (d *digits) at(i int) int64 {
	if d.rows != nil {
		return int64(d.rows[i])
	}
	return d.n
}

func digitsArg(args []*vector.Vector, consts []*types.Value) digits {
	switch {
	case len(args) < 2:
		return digits{}
	case consts[1] != nil:
		return digits{n: consts[1].I}
	}
	return digits{rows: vector.Values[int32](args[1])}
}

func roundFloats(mode roundMode, even bool, v *vector.Vector, d digits, sel vector.Sel, out *vector.Vector) {
	f := [...]func(float64) float64{math.Round, math.Trunc, math.Ceil, math.Floor}[mode]
	if even {
		f = math.RoundToEven
	}
	at := func(x float64, i int) float64 {
		n := d.at(i)
		if n == 0 {
			return f(x)
		}
		p := math.Pow(10, math.Abs(float64(n)))
		if n < 0 {
			return f(x/p) * p
		}
		if y := f(x*p) / p; !math.IsInf(y, 0) && !math.IsNaN(y) {
			return y
		}
		return x // more digits than there are
	}
	if out.Type.Phys() == types.PhysFloat32 {
		a, r := vector.Values[float32](v), vector.Values[float32](out)
		kernel.Each(sel, out.Len, func(i int) { r[i] = float32(at(float64(a[i]), i)) })
		return
	}
	a, r := vector.Values[float64](v), vector.Values[float64](out)
	if d.rows == nil && d.n == 0 {
		kernel.Each(sel, out.Len, func(i int) { r[i] = f(a[i]) })
		return
	}
	kernel.Each(sel, out.Len, func(i int) { r[i] = at(a[i], i) })
}

// roundIntegers changes something only with negative digits.
func roundIntegers(mode roundMode, v *vector.Vector, d digits, sel vector.Sel, out *vector.Vector) error {
	switch out.Type.Phys() {
	case types.PhysInt8:
		return roundInts[int8](mode, v, d, sel, out)
	case types.PhysInt16:
		return roundInts[int16](mode, v, d, sel, out)
	case types.PhysInt32:
		return roundInts[int32](mode, v, d, sel, out)
	}
	return roundInts[int64](mode, v, d, sel, out)
}

func roundInts[T int8 | int16 | int32 | int64](mode roundMode, v *vector.Vector, d digits, sel vector.Sel, out *vector.Vector) error {
	a, r := vector.Values[T](v), vector.Values[T](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, ok := roundTo(types.I128(int64(a[i])), 0, d.at(i), 0, mode)
		if r[i] = T(x.Int64()); !ok || types.I128(int64(r[i])) != x {
			return kernel.ErrOutOfRange(out.Type)
		}
		return nil
	})
}

// roundTo rounds x of scale s to n digits and gives it scale t.
func roundTo(x types.Int128, s, n, t int64, mode roundMode) (types.Int128, bool) {
	n = min(n, s)
	if s-n > types.MaxDecimalPrecision {
		return types.Int128{}, true
	}
	q, r := x.QuoRem(types.Pow10x128[s-n])
	if up := roundUp(r, types.Pow10x128[s-n], mode); up != 0 {
		q = q.Add(types.I128(up))
	}
	if t >= n {
		if t-n > types.MaxDecimalPrecision {
			return q, q.Sign() == 0
		}
		q, ok := q.Mul(types.Pow10x128[t-n])
		return q, ok && q.FitsDecimal(types.MaxDecimalPrecision)
	}
	q, _ = q.QuoRem(types.Pow10x128[n-t]) // only zeros are lost
	return q, true
}

// roundUp says what is added to a quotient cut toward zero with remainder r.
func roundUp(r, div types.Int128, mode roundMode) int64 {
	switch mode {
	case halfAway:
		if a := r.Abs(); a.Sign() != 0 && a.Cmp(div.Sub(a)) >= 0 {
			return int64(r.Sign())
		}
	case upward:
		if r.Sign() > 0 {
			return 1
		}
	case downward:
		if r.Sign() < 0 {
			return -1
		}
	}
	return 0
}

func roundDecimals(mode roundMode, v *vector.Vector, d digits, sel vector.Sel, out *vector.Vector) error {
	s, t := int64(v.Type.S), int64(out.Type.S)
	short := out.Type.Phys() == types.PhysInt64
	if n := min(d.n, s); d.rows == nil && short && v.Type.Phys() == types.PhysInt64 && s-n <= 18 && t-n >= 0 && t-n <= 18 {
		roundShort(mode, vector.Values[int64](v), vector.Values[int64](out), types.Pow10[s-n], types.Pow10[t-n], sel)
		return nil
	}
	at := decimalAt(v)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, ok := roundTo(at(i), s, d.at(i), t, mode)
		if !ok || !x.FitsDecimal(int(out.Type.P)) {
			return fault.New(fault.CodeNumericOutOfRange, "numeric field overflow")
		}
		if short {
			vector.Values[int64](out)[i] = x.Int64()
		} else {
			vector.Values[types.Int128](out)[i] = x
		}
		return nil
	})
}

// roundShort divides by div, rounding, and multiplies by mul. The result's
// precision has been chosen so that it fits.
func roundShort(mode roundMode, a, r []int64, div, mul int64, sel vector.Sel) {
	n := len(r)
	if sel != nil {
		n = len(sel)
	}
	half := div/2 + div&1
	for k := range n {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		q := a[i] / div
		rest := a[i] - q*div
		switch {
		case mode == halfAway && rest >= half && rest != 0 || mode == upward && rest > 0:
			q++
		case mode == halfAway && rest <= -half && rest != 0 || mode == downward && rest < 0:
			q--
		}
		r[i] = q * mul
	}
}
