package fn

import (
	"math"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// The SQLSTATEs of arguments outside of a function's domain, from PostgreSQL's
// appendix A.
const (
	codeBadLogarithm fault.Code = "2201E"
	codeBadPower     fault.Code = "2201F"
)

// floatConst is a function without arguments.
func floatConst(x float64) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, _ []*vector.Vector, _ vector.Sel, out *vector.Vector) error {
		r := vector.Values[float64](out)
		for i := range r {
			r[i] = x
		}
		return nil
	})
}

// floatFn makes a function of a double. It costs a call per row, which is little
// beside a logarithm or a sine.
func floatFn(f func(float64) float64) *kernel.Impl {
	return flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, r := vector.Values[float64](args[0]), vector.Values[float64](out)
		if sel == nil {
			for i := range out.Len {
				r[i] = f(a[i])
			}
			return nil
		}
		for _, i := range sel {
			r[i] = f(a[i])
		}
		return nil
	})
}

// checkedFloat is floatFn that looks at every argument and refuses finite ones
// with an infinite result, as PostgreSQL does; the athena dialect gives NaN and
// Infinity.
func checkedFloat(f func(float64) float64, check func(float64) error) *kernel.Impl {
	return flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, r := vector.Values[float64](args[0]), vector.Values[float64](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if err := check(a[i]); err != nil {
				return err
			}
			if r[i] = f(a[i]); math.IsInf(r[i], 0) && !math.IsInf(a[i], 0) {
				return errOverflow()
			}
			return nil
		})
	})
}

func errOverflow() error {
	return fault.New(fault.CodeNumericOutOfRange, "value out of range: overflow")
}

func anyFloat(float64) error { return nil }

// within refuses arguments outside of [lo, hi].
func within(lo, hi float64) func(float64) error {
	return func(x float64) error {
		if x < lo || x > hi {
			return fault.New(fault.CodeNumericOutOfRange, "input is out of range")
		}
		return nil
	}
}

func aboveZero(x float64) error {
	switch {
	case x == 0:
		return fault.New(codeBadLogarithm, "cannot take logarithm of zero")
	case x < 0:
		return fault.New(codeBadLogarithm, "cannot take logarithm of a negative number")
	}
	return nil
}

func notNegative(x float64) error {
	if x < 0 {
		return fault.New(codeBadPower, "cannot take square root of a negative number")
	}
	return nil
}

func finiteOnly(x float64) error {
	if math.IsInf(x, 0) {
		return fault.New(fault.CodeNumericOutOfRange, "input is out of range")
	}
	return nil
}

// floatFns are the functions of one double. check is what PostgreSQL refuses; nil
// where nothing can go wrong.
var floatFns = []struct {
	names, doc string
	f          func(float64) float64
	check      func(float64) error
	sql, want  string
}{
	{"sqrt", "Square root. The functions of this family compute in double, also for decimals.", math.Sqrt, notNegative, "sqrt(16)", "4"},
	{"|/", "Square root, as an operator.", math.Sqrt, notNegative, "|/ 25.0", "5"},
	{"cbrt", "Cube root.", math.Cbrt, nil, "cbrt(27)", "3"},
	{"||/", "Cube root, as an operator.", math.Cbrt, nil, "||/ 27.0", "3"},
	{"exp", "e to the power of x.", math.Exp, anyFloat, "exp(0)", "1"},
	{"ln", "Natural logarithm.", math.Log, aboveZero, "ln(10)", "2.302585092994046"},
	{"log2", "Logarithm to base 2.", math.Log2, aboveZero, "log2(8)", "3"},
	{"log10", "Logarithm to base 10.", math.Log10, aboveZero, "log10(100)", "2"},
	{"sin", "Sine of an angle in radians.", math.Sin, finiteOnly, "sin(0)", "0"},
	{"cos", "Cosine of an angle in radians.", math.Cos, finiteOnly, "cos(0)", "1"},
	{"tan", "Tangent of an angle in radians.", math.Tan, finiteOnly, "tan(0)", "0"},
	{"cot", "Cotangent of an angle in radians.", func(x float64) float64 { return 1 / math.Tan(x) }, finiteOnly, "round(cot(0.5), 6)", "1.830488"},
	{"asin", "Arc sine in radians.", math.Asin, within(-1, 1), "asin(0)", "0"},
	{"acos", "Arc cosine in radians.", math.Acos, within(-1, 1), "acos(1)", "0"},
	{"atan", "Arc tangent in radians.", math.Atan, nil, "atan(0)", "0"},
	{"sinh", "Hyperbolic sine.", math.Sinh, anyFloat, "sinh(0)", "0"},
	{"cosh", "Hyperbolic cosine.", math.Cosh, anyFloat, "cosh(0)", "1"},
	{"tanh", "Hyperbolic tangent.", math.Tanh, nil, "tanh(0)", "0"},
	{"asinh", "Inverse hyperbolic sine.", math.Asinh, nil, "asinh(0)", "0"},
	{"acosh", "Inverse hyperbolic cosine.", math.Acosh, within(1, math.Inf(1)), "acosh(1)", "0"},
	{"atanh", "Inverse hyperbolic tangent.", math.Atanh, within(-1, 1), "atanh(0)", "0"},
	{"sind", "Sine of an angle in degrees.", sinDegrees, finiteOnly, "sind(30)", "0.5"},
	{"cosd", "Cosine of an angle in degrees.", cosDegrees, finiteOnly, "cosd(60)", "0.5"},
	{"tand", "Tangent of an angle in degrees.", tanDegrees, nil, "tand(45)", "1"},
	{"cotd", "Cotangent of an angle in degrees.", cotDegrees, nil, "cotd(45)", "1"},
	{"asind", "Arc sine in degrees.", asinDegrees, within(-1, 1), "asind(0.5)", "30"},
	{"acosd", "Arc cosine in degrees.", acosDegrees, within(-1, 1), "acosd(0.5)", "60"},
	{"atand", "Arc tangent in degrees.", atanDegrees, nil, "atand(1)", "45"},
	{"degrees", "Radians as degrees.", func(x float64) float64 { return x * (180 / math.Pi) }, anyFloat, "degrees(0.5)", "28.64788975654116"},
	{"radians", "Degrees as radians.", func(x float64) float64 { return x * (math.Pi / 180) }, nil, "radians(45.0)", "0.7853981633974483"},
}

func mathFloats() []*Entry {
	var out []*Entry
	for _, d := range floatFns {
		e := &Entry{Names: []string{d.names}, Doc: d.doc, Examples: []Example{{SQL: d.sql, Result: d.want}}}
		sig := "f(double) double"
		if !isOperator(d.names) {
			sig = d.names + "(double) double"
		}
		if d.check == nil {
			e.overs = []overload{{sig: sig, scalar: floatFn(d.f)}}
		} else {
			e.overs = []overload{{sig: sig, dialect: pgOnly, scalar: checkedFloat(d.f, d.check)}, {sig: sig, dialect: athenaOnly, scalar: floatFn(d.f)}}
		}
		out = append(out, e)
	}
	konst := func(name, doc, want string, x float64) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "()", Result: want}}, overs: []overload{{sig: name + "() double", scalar: floatConst(x)}}}
	}
	test := func(name, doc, sql string, f func(float64) bool) *Entry {
		im := flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			a, r := vector.Values[float64](args[0]), vector.Values[bool](out)
			kernel.Each(sel, out.Len, func(i int) { r[i] = f(a[i]) })
			return nil
		})
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: sql, Result: "true"}}, overs: []overload{{sig: name + "(double) boolean", scalar: im}}}
	}
	return append(out, notNaN(),
		konst("pi", "The ratio of a circle's circumference to its diameter.", "3.141592653589793", math.Pi),
		konst("e", "Euler's number.", "2.718281828459045", math.E),
		konst("infinity", "Positive infinity.", "Infinity", math.Inf(1)),
		konst("nan", "Not a number.", "NaN", math.NaN()),
		test("is_nan", "Whether the argument is not a number.", "is_nan(nan())", math.IsNaN),
		test("is_infinite", "Whether the argument is infinite.", "is_infinite(infinity())", func(x float64) bool { return math.IsInf(x, 0) }),
		test("is_finite", "Whether the argument is a number and not infinite.", "is_finite(1.5)", func(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }),
	)
}

// notNaN is what comparisons of the athena dialect ask besides the order.
func notNaN() *Entry {
	e := &Entry{Names: []string{"not_nan"}, Doc: "Whether no argument is NaN. `=`, `<` and their kin ask it in the athena dialect, besides the order that has NaN above every number.",
		Examples: []Example{{SQL: "not_nan(1.5)", Result: "true"}, {SQL: "not_nan(1.5, nan())", Result: "false"}}}
	for _, sig := range []string{"not_nan(double) boolean", "not_nan(double, double) boolean"} {
		e.overs = append(e.overs, overload{sig: sig, scalar: flat(areNumbers[float64])})
	}
	for _, sig := range []string{"not_nan(real) boolean", "not_nan(real, real) boolean"} {
		e.overs = append(e.overs, overload{sig: sig, scalar: flat(areNumbers[float32])})
	}
	return e
}

func areNumbers[T float32 | float64](_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, r := vector.Values[T](args[0]), vector.Values[T](args[len(args)-1]), vector.Values[bool](out)
	if sel == nil {
		for i := range r {
			r[i] = a[i] == a[i] && b[i] == b[i]
		}
		return nil
	}
	for _, i := range sel {
		r[i] = a[i] == a[i] && b[i] == b[i]
	}
	return nil
}

// floatPair makes a function of two doubles.
func floatPair(f func(x, y float64) (float64, error)) *kernel.Impl {
	return flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, r := vector.Values[float64](args[0]), vector.Values[float64](args[1]), vector.Values[float64](out)
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			r[i], err = f(a[i], b[i])
			return err
		})
	})
}

func ieee(f func(x, y float64) float64) func(x, y float64) (float64, error) {
	return func(x, y float64) (float64, error) { return f(x, y), nil }
}

func powerPG(x, y float64) (float64, error) {
	switch {
	case x == 0 && y < 0:
		return 0, fault.New(codeBadPower, "zero raised to a negative power is undefined")
	case x < 0 && y != math.Trunc(y) && !math.IsInf(x, 0):
		return 0, fault.New(codeBadPower, "a negative number raised to a non-integer power yields a complex result")
	}
	z := math.Pow(x, y)
	if math.IsInf(z, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return 0, errOverflow()
	}
	return z, nil
}

func logBase(b, x float64) float64 { return math.Log(x) / math.Log(b) }

func mathPairs() []*Entry {
	power := []overload{
		{sig: "power(double, double) double", dialect: pgOnly, scalar: floatPair(powerPG)},
		{sig: "power(double, double) double", dialect: athenaOnly, scalar: floatPair(ieee(math.Pow))},
	}
	return []*Entry{
		{Names: []string{"power", "pow"}, Doc: "x to the power of y, in double.", Examples: []Example{{SQL: "power(2, 3)", Result: "8"}}, overs: power},
		{Names: []string{"^"}, Doc: "Power, as an operator.", Examples: []Example{{SQL: "2 ^ 3", Result: "8"}}, overs: power},
		{Names: []string{"atan2d"}, Doc: "Arc tangent of y/x in degrees, in the right quadrant.", Examples: []Example{{SQL: "atan2d(1, 1)", Result: "45"}},
			overs: []overload{{sig: "atan2d(double, double) double", scalar: floatPair(ieee(atan2Degrees))}}},
		{Names: []string{"atan2"}, Doc: "Arc tangent of y/x in radians, in the right quadrant.", Examples: []Example{{SQL: "atan2(1, 1)", Result: "0.7853981633974483"}},
			overs: []overload{{sig: "atan2(double, double) double", scalar: floatPair(ieee(math.Atan2))}}},
		{Names: []string{"log"}, Doc: "Logarithm to base 10, or of the second argument to the base of the first (numeric in the postgres dialect).",
			Examples: []Example{{SQL: "log(100)", Result: "2"}, {SQL: "log(2, 8)", Result: "3.0000000000000000"}, {SQL: "log(2, 8)", Result: "3", Athena: true}},
			overs: []overload{
				{sig: "log(double) double", dialect: pgOnly, scalar: checkedFloat(math.Log10, aboveZero)},
				{sig: "log(double) double", dialect: athenaOnly, scalar: floatFn(math.Log10)},
				{sig: "log(double, double) numeric", dialect: pgOnly, types: logTypes, scalar: flat(logNumeric)},
				{sig: "log(double, double) double", dialect: athenaOnly, scalar: floatPair(ieee(logBase))},
			}},
	}
}

// logTypes is PostgreSQL's log(b, x), which exists for numeric only and shows at
// least 16 fraction digits.
func logTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 {
		return nil, types.Type{}, false
	}
	for _, a := range args {
		if !a.Type.IsNumeric() && a.Type.Kind != types.Unknown && !literal(a) {
			return nil, types.Type{}, false
		}
	}
	return []types.Type{types.TDouble, types.TDouble}, types.DecimalOf(types.MaxDecimalPrecision, 16), true
}

func logNumeric(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, r := vector.Values[float64](args[0]), vector.Values[float64](args[1]), vector.Values[types.Int128](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		for _, x := range [...]float64{a[i], b[i]} {
			if err := aboveZero(x); err != nil {
				return err
			}
		}
		if a[i] == 1 {
			return kernel.ErrDivisionByZero()
		}
		d, scale, ok := types.ParseDecimal(strconv.AppendFloat(nil, logBase(a[i], b[i]), 'f', 16, 64))
		if ok {
			d, ok = d.Rescale(scale, 16)
		}
		if r[i] = d; !ok {
			return errOverflow()
		}
		return nil
	})
}
