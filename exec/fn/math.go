package fn

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func mathEntries() []*Entry {
	return concatAll(mathRounding(), mathFloats(), mathPairs(), mathIntegers(), mathBits(), mathRandom(), mathBuckets(), mathStatistics(), distanceEntries())
}

// mathIntegers are functions of whole numbers.
func mathIntegers() []*Entry {
	pair := func(name, doc string, ex Example, f func(a, b int64) (int64, bool)) *Entry {
		im := eval(intPair(f))
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{ex},
			overs: []overload{{sig: name + "(integer, integer) integer", scalar: im}, {sig: name + "(bigint, bigint) bigint", scalar: im}}}
	}
	return []*Entry{
		pair("gcd", "Greatest common divisor.", Example{SQL: "gcd(12, 18)", Result: "6"}, gcd),
		pair("lcm", "Least common multiple.", Example{SQL: "lcm(4, 6)", Result: "12"}, lcm),
		{Names: []string{"factorial"}, Doc: "1 * 2 * ... * n, up to 33!.", Examples: []Example{{SQL: "factorial(20)", Result: "2432902008176640000"}},
			overs: []overload{{sig: "factorial(bigint) numeric", scalar: eval(factorial)}}},
		{Names: []string{"div"}, Doc: "The whole quotient of two numerics, cut toward zero.", Examples: []Example{{SQL: "div(7.5, 2)", Result: "3"}},
			overs: []overload{{sig: "div(decimal, decimal) numeric", pattern: parseSig("f(decimal, decimal) numeric"), scalar: flat(divDecimals)}}},
		{Names: []string{"scale"}, Doc: "The number of fraction digits.", Examples: []Example{{SQL: "scale(8.41)", Result: "2"}},
			overs: []overload{{sig: "scale(decimal) integer", scalar: &kernel.Impl{New: func(_ *kernel.EvalCtx, fn *plan.Func, _ []*types.Value) (kernel.Instance, error) {
				s := int64(fn.Params[0].S)
				return constant(func(_ *kernel.EvalCtx, t types.Type) types.Value { return types.IntOf(t, s) }).Instance, nil
			}}}}},
		{Names: []string{"min_scale"}, Doc: "The fewest fraction digits that hold the value.", Examples: []Example{{SQL: "min_scale(8.4100)", Result: "2"}},
			overs: []overload{{sig: "min_scale(decimal) integer", scalar: eval(minScale)}}},
		{Names: []string{"to_number"}, Doc: "Text as a number by a template such as `9G999D99`; the template says how many fraction digits it has.", Examples: []Example{{SQL: "to_number('1,234.50', '9,999.99')", Result: "1234.50"}, {SQL: "to_number('12-', '99S')", Result: "-12"}},
			overs: []overload{{sig: "to_number(varchar, varchar) decimal", types: numberParseTypes, scalar: eval(textToNumber)}}},
		{Names: []string{"to_base"}, Doc: "The number in a base from 2 to 36.", Examples: []Example{{SQL: "to_base(255, 16)", Result: "ff"}},
			overs: []overload{{sig: "to_base(bigint, bigint) varchar", scalar: eval(toBase)}}},
		{Names: []string{"from_base"}, Doc: "The number that the text means in a base from 2 to 36.", Examples: []Example{{SQL: "from_base('ff', 16)", Result: "255"}},
			overs: []overload{{sig: "from_base(varchar, bigint) bigint", scalar: eval(fromBase)}}},
	}
}

// intPair runs f over two integer or bigint arguments; not ok is 22003.
func intPair(f func(a, b int64) (int64, bool)) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		if out.Type.Phys() == types.PhysInt32 {
			return intPairLoop[int32](f, args, sel, out)
		}
		return intPairLoop[int64](f, args, sel, out)
	}
}

func intPairLoop[T int32 | int64](f func(a, b int64) (int64, bool), args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, dst := kernel.FixedOf[T](args[0]), kernel.FixedOf[T](args[1]), vector.Values[T](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, ok := f(int64(a.At(i)), int64(b.At(i)))
		if dst[i] = T(x); !ok || int64(dst[i]) != x {
			return kernel.ErrOutOfRange(out.Type)
		}
		return nil
	})
}

func gcd(a, b int64) (int64, bool) {
	for b != 0 {
		if b == -1 { // the smallest number has no remainder by -1
			return 1, true
		}
		a, b = b, a%b
	}
	if a < 0 {
		a = -a
	}
	return a, a >= 0
}

func lcm(a, b int64) (int64, bool) {
	g, ok := gcd(a, b)
	if !ok || g == 0 {
		return 0, ok
	}
	p := types.Mul64(a/g, b).Abs()
	return p.Int64(), p.IsInt64()
}

func factorial(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	n, dst := kernel.FixedOf[int64](args[0]), vector.Values[types.Int128](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x := n.At(i)
		switch {
		case x < 0:
			return fault.New(fault.CodeNumericOutOfRange, "factorial of a negative number is undefined")
		case x > 33:
			return fault.New(fault.CodeNumericOutOfRange, "value overflows numeric format")
		}
		f := types.I128(1)
		for k := int64(2); k <= x; k++ {
			f, _ = f.Mul(types.I128(k))
		}
		dst[i] = f
		return nil
	})
}

func divDecimals(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, dst := decimalAt(args[0]), decimalAt(args[1]), vector.Values[types.Int128](out)
	s := max(args[0].Type.S, args[1].Type.S)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, ok1 := a(i).Mul(types.Pow10x128[s-args[0].Type.S])
		y, ok2 := b(i).Mul(types.Pow10x128[s-args[1].Type.S])
		if y.Sign() == 0 && ok2 {
			return kernel.ErrDivisionByZero()
		}
		if !ok1 || !ok2 {
			return kernel.ErrOutOfRange(out.Type)
		}
		dst[i], _ = x.QuoRem(y)
		return nil
	})
}

// decimalAt reads the decimals of a flat vector.
func decimalAt(v *vector.Vector) func(i int) types.Int128 {
	if v.Type.Phys() == types.PhysInt128 {
		vals := vector.Values[types.Int128](v)
		return func(i int) types.Int128 { return vals[i] }
	}
	vals := vector.Values[int64](v)
	return func(i int) types.Int128 { return types.I128(vals[i]) }
}

func radix(r int64) (int, error) {
	if r < 2 || r > 36 {
		return 0, fault.New(fault.CodeInvalidParameter, "radix must be between 2 and 36")
	}
	return int(r), nil
}

func toBase(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, w := kernel.FixedOf[int64](args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		base, err := radix(intArg(args, 1, i))
		if err != nil {
			return err
		}
		return w.End(i, strconv.AppendInt(w.Start(), x.At(i), base))
	})
}

func fromBase(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := kernel.StringsOf(args[0]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		base, err := radix(intArg(args, 1, i))
		if err != nil {
			return err
		}
		if dst[i], err = strconv.ParseInt(string(s.At(i)), base, 64); err != nil {
			return fault.New(fault.CodeInvalidParameter, "not a valid base-%d number: %q", base, s.At(i))
		}
		return nil
	})
}

func mathRandom() []*Entry {
	return []*Entry{
		{Names: []string{"random", "rand"}, Doc: "A random number: at least 0 and below 1, below the argument, or from the first argument to below the second.",
			overs: []overload{
				{sig: "random() double", volatile: plan.Volatile, scalar: eval(func(_ *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
					dst := vector.Values[float64](out)
					kernel.Each(sel, out.Len, func(i int) { dst[i] = rand.Float64() })
					return nil
				})},
				{sig: "random(bigint) bigint", volatile: plan.Volatile, scalar: eval(randomBelow)},
				{sig: "random(bigint, bigint) bigint", volatile: plan.Volatile, scalar: eval(randomBelow)},
			}},
	}
}

func randomBelow(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		lo, hi := int64(0), intArg(args, len(args)-1, i)
		if len(args) == 2 {
			lo = intArg(args, 0, i)
		}
		if lo >= hi {
			return fault.New(fault.CodeInvalidParameter, "bound must be greater than %d", lo)
		}
		dst[i] = lo + int64(rand.Uint64N(uint64(hi)-uint64(lo)))
		return nil
	})
}

func mathBuckets() []*Entry {
	im, arr := eval(widthBucket), eval(bucketOf)
	return []*Entry{{Names: []string{"width_bucket"}, Doc: "The number of the bucket that holds x, of n equal ones between two bounds, or of those that an ascending array divides. 0 and n + 1 are outside.",
		Examples: []Example{{SQL: "width_bucket(5.35, 0.024, 10.06, 5)", Result: "3"}, {SQL: "width_bucket(2.5, array[1.0, 2.0, 3.0])", Result: "2"}},
		overs: []overload{
			{sig: "width_bucket(double, double, double, integer) integer", dialect: pgOnly, scalar: im},
			{sig: "width_bucket(double, double, double, bigint) bigint", dialect: athenaOnly, scalar: im},
			{sig: "width_bucket(double, array(double)) integer", dialect: pgOnly, scalar: arr},
			{sig: "width_bucket(double, array(double)) bigint", dialect: athenaOnly, scalar: arr},
		}}}
}

// putInt writes into an integer or bigint vector.
func putInt(out *vector.Vector) func(i int, x int64) {
	if out.Type.Phys() == types.PhysInt32 {
		dst := vector.Values[int32](out)
		return func(i int, x int64) { dst[i] = int32(x) }
	}
	dst := vector.Values[int64](out)
	return func(i int, x int64) { dst[i] = x }
}

// errBucket is PostgreSQL's 2201G.
func errBucket(text string) error {
	return fault.New("2201G", "%s", text)
}

func widthBucket(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, lo, hi := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.FixedOf[float64](args[2])
	put, count := putInt(out), func(i int) int64 { return intArg(args, 3, i) }
	limit := int64(math.MaxInt64 - 1)
	if out.Type.Kind == types.Integer {
		n := kernel.FixedOf[int32](args[3])
		count, limit = func(i int) int64 { return int64(n.At(i)) }, math.MaxInt32-1
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v, a, b, n := x.At(i), lo.At(i), hi.At(i), count(i)
		switch {
		case n <= 0 || n > limit:
			return errBucket("count must be greater than zero")
		case math.IsNaN(v) || math.IsNaN(a) || math.IsNaN(b):
			return errBucket("operand, lower bound, and upper bound cannot be NaN")
		case math.IsInf(a, 0) || math.IsInf(b, 0):
			return errBucket("lower and upper bounds must be finite")
		case a == b:
			return errBucket("lower bound cannot equal upper bound")
		}
		if a > b { // a descending range
			v, a, b = -v, -a, -b
		}
		switch {
		case v < a:
			put(i, 0)
		case v >= b:
			put(i, n+1)
		default:
			put(i, min(int64(float64(n)*((v-a)/(b-a))), n-1)+1)
		}
		return nil
	})
}

func bucketOf(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, l, put := kernel.FixedOf[float64](args[0]), listsOf(args[1]), putInt(out)
	bounds := kernel.FixedOf[float64](l.kids[0])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		r, v := l.rs.At(i), x.At(i)
		lo, hi := r.Off, r.Off+r.Len
		for lo < hi { // the first bound above v
			mid := (lo + hi) / 2
			if l.kids[0].IsNull(int(mid)) {
				return errBucket("thresholds array must not contain NULLs")
			}
			if bounds.At(int(mid)) <= v || math.IsNaN(v) {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		put(i, int64(lo-r.Off))
		return nil
	})
}
