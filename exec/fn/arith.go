package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// arithOp is one of the five operators on numbers.
type arithOp uint8

const (
	opAdd arithOp = iota
	opSub
	opMul
	opDiv
	opMod
)

var arithName = [...]string{"+", "-", "*", "/", "%"}

func arithEntries() []*Entry {
	docs := [...]string{"Sum.", "Difference; with one argument the negative.", "Product.",
		"Quotient. Of integers it truncates toward zero; dividing by zero is an error, except of doubles in the athena dialect.",
		"Remainder, with the sign of the dividend."}
	examples := [...][]Example{
		{{SQL: "1 + 2", Result: "3"}, {SQL: "1.10 + 2", Result: "3.10"}},
		{{SQL: "7 - 2.5", Result: "4.5"}, {SQL: "-(3)", Result: "-3"}},
		{{SQL: "1.5 * 2.25", Result: "3.375"}},
		{{SQL: "7 / 2", Result: "3"}, {SQL: "7 / 2.0", Result: "3.5000000000000000"}, {SQL: "7 / 2.0", Result: "3.5", Athena: true}},
		{{SQL: "-7 % 3", Result: "-1"}},
	}
	var out []*Entry
	for op := opAdd; op <= opMod; op++ {
		e := &Entry{Names: []string{arithName[op]}, Doc: docs[op], Examples: examples[op]}
		if op == opMod {
			e.Names = append(e.Names, "mod")
		}
		e.overs = numericOverloads(op)
		switch op {
		case opAdd, opSub:
			e.overs = append(e.overs, timeArith(op)...)
		case opMul, opDiv:
			e.overs = append(e.overs, intervalScale(op)...)
		}
		if op == opSub {
			e.overs = append(append(e.overs, negOverloads()...), jsonbMinus()...)
		}
		out = append(out, e)
	}
	return append(out, &Entry{Names: []string{"negative"}, Doc: "The negative of a number or interval.", overs: negOverloads(),
		Examples: []Example{{SQL: "negative(2)", Result: "-2"}}})
}

func numericOverloads(op arithOp) []overload {
	n := arithName[op]
	out := []overload{
		{sig: "integer " + n + " integer", types: intArith, scalar: &kernel.Impl{Instance: kernel.Instance{Eval: intKernel(op)}, Flat: true}},
		{sig: "double " + n + " double", types: floatArith, scalar: &kernel.Impl{Instance: kernel.Instance{Eval: floatKernel(op, false)}, Flat: true}, dialect: pgOnly},
		{sig: "double " + n + " double", types: floatArith, scalar: &kernel.Impl{Instance: kernel.Instance{Eval: floatKernel(op, true)}, Flat: true}, dialect: athenaOnly},
		{sig: "decimal " + n + " decimal", types: decimalArith(op, false), scalar: &kernel.Impl{Instance: kernel.Instance{Eval: decimalKernel(op)}, Flat: true}},
	}
	if op == opDiv || op == opMod {
		return out // which can fail with any digits
	}
	return append(out, overload{sig: "decimal " + n + " decimal", types: decimalArith(op, true), scalar: &kernel.Impl{Instance: kernel.Instance{Eval: decimalKernel(op)}, Flat: true, Total: true}})
}

// numericPair gives the types of two operands of which at least one is a number;
// the other may be a literal that reads as one.
func numericPair(args []plan.Arg) (a, b types.Type, ok bool) {
	if len(args) != 2 {
		return a, b, false
	}
	a, b = args[0].Type, args[1].Type
	for range 2 {
		if a.IsNumeric() && (b.Kind == types.Unknown || literal(args[1])) {
			b = a
		}
		a, b = b, a
		args = []plan.Arg{args[1], args[0]}
	}
	return a, b, a.IsNumeric() && b.IsNumeric()
}

func intArith(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	a, b, ok := numericPair(args)
	if !ok || !a.IsInteger() || !b.IsInteger() {
		return nil, a, false
	}
	t, _ := types.Common(a, b)
	return []types.Type{t, t}, t, true
}

func floatArith(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	a, b, ok := numericPair(args)
	if !ok || !a.IsFloat() && !b.IsFloat() {
		return nil, a, false
	}
	t, _ := types.Common(a, b)
	return []types.Type{t, t}, t, true
}

// decimalArith gives the result types of decimals. Those of at most 18 digits
// are computed in 64 bits without a check.
func decimalArith(op arithOp, short bool) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
		a, b, ok := numericPair(args)
		if !ok || a.IsFloat() || b.IsFloat() || a.IsInteger() && b.IsInteger() {
			return nil, a, false
		}
		if a.IsInteger() {
			a = decimalOfArg(args[0])
		}
		if b.IsInteger() {
			b = decimalOfArg(args[1])
		}
		t := decimalResult(op, a, b, d)
		total := t.P <= types.MaxShortDecimal && op <= opMul
		return []types.Type{a, b}, t, total == short
	}
}

// decimalResult is the table of precision and scale. It is Trino's, except for
// PostgreSQL's division, which shows at least 16 fraction digits.
func decimalResult(op arithOp, a, b types.Type, d plan.Dialect) types.Type {
	p1, s1, p2, s2 := int(a.P), int(a.S), int(b.P), int(b.S)
	p, s := 0, max(s1, s2)
	switch op {
	case opAdd, opSub:
		p = max(p1-s1, p2-s2) + s + 1
	case opMul:
		p, s = p1+p2, s1+s2
		if s > types.MaxDecimalPrecision {
			s = types.MaxDecimalPrecision
		}
	case opDiv:
		p = p1 + s2 + max(s2-s1, 0)
		if d == plan.Postgres {
			s = max(s, 16)
			p = types.MaxDecimalPrecision
		}
	case opMod:
		p = min(p1-s1, p2-s2) + s
	}
	p = min(max(p, 1), types.MaxDecimalPrecision)
	return types.DecimalOf(p, min(s, p))
}

func intKernel(op arithOp) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		switch out.Type.Phys() {
		case types.PhysInt8:
			return smallArith[int8](op, args, sel, out)
		case types.PhysInt16:
			return smallArith[int16](op, args, sel, out)
		case types.PhysInt32:
			return smallArith[int32](op, args, sel, out)
		}
		a, b, r := vector.Values[int64](args[0]), vector.Values[int64](args[1]), vector.Values[int64](out)
		ok := true
		switch op {
		case opAdd:
			ok = kernel.AddInt64(a, b, r, sel)
		case opSub:
			ok = kernel.SubInt64(a, b, r, sel)
		case opMul:
			ok = kernel.MulInt64(a, b, r, sel)
		case opDiv:
			return kernel.DivInt(a, b, r, sel, out.Type)
		case opMod:
			return kernel.ModInt(a, b, r, sel)
		}
		if !ok {
			return kernel.ErrOutOfRange(out.Type)
		}
		return nil
	}
}

func smallArith[T int8 | int16 | int32](op arithOp, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, r := vector.Values[T](args[0]), vector.Values[T](args[1]), vector.Values[T](out)
	ok := true
	switch op {
	case opAdd:
		ok = kernel.AddSmall(a, b, r, sel)
	case opSub:
		ok = kernel.SubSmall(a, b, r, sel)
	case opMul:
		ok = kernel.MulSmall(a, b, r, sel)
	case opDiv:
		return kernel.DivInt(a, b, r, sel, out.Type)
	case opMod:
		return kernel.ModInt(a, b, r, sel)
	}
	if !ok {
		return kernel.ErrOutOfRange(out.Type)
	}
	return nil
}

// floatKernel computes with IEEE numbers; zeroOK is Trino's way with division by
// zero (Infinity or NaN).
func floatKernel(op arithOp, zeroOK bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		if out.Type.Phys() == types.PhysFloat32 {
			return floatLoop[float32](op, zeroOK, args, sel, out)
		}
		return floatLoop[float64](op, zeroOK, args, sel, out)
	}
}

func floatLoop[T float32 | float64](op arithOp, zeroOK bool, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, r := vector.Values[T](args[0]), vector.Values[T](args[1]), vector.Values[T](out)
	switch op {
	case opAdd:
		kernel.AddFloat(a, b, r, sel)
	case opSub:
		kernel.SubFloat(a, b, r, sel)
	case opMul:
		kernel.MulFloat(a, b, r, sel)
	case opDiv:
		if !kernel.DivFloat(a, b, r, sel) && !zeroOK {
			return kernel.ErrDivisionByZero()
		}
	case opMod:
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if b[i] == 0 && !zeroOK {
				return kernel.ErrDivisionByZero()
			}
			r[i] = T(math.Mod(float64(a[i]), float64(b[i])))
			return nil
		})
	}
	return nil
}

func decimalKernel(op arithOp) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		switch op {
		case opAdd:
			return kernel.DecimalLinear(args[0], args[1], out, sel, 1)
		case opSub:
			return kernel.DecimalLinear(args[0], args[1], out, sel, -1)
		case opMul:
			return kernel.DecimalMul(args[0], args[1], out, sel)
		case opDiv:
			return kernel.DecimalDiv(args[0], args[1], out, sel)
		}
		return kernel.DecimalMod(args[0], args[1], out, sel)
	}
}

// unaryNumber takes one number and gives the same type.
func unaryNumber(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 1 {
		return nil, types.Type{}, false
	}
	t := args[0].Type
	if literal(args[0]) || t.Kind == types.Unknown {
		t = types.TDouble
	}
	return []types.Type{t}, t, t.IsNumeric()
}

func negOverloads() []overload {
	return []overload{
		{sig: "negative(number) number", types: unaryNumber, scalar: unaryNumeric(
			func(x int64) int64 { return -x }, func(x float64) float64 { return -x }, types.Int128.Neg)},
		{sig: "negative(interval) interval", scalar: flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			a, r := vector.Values[types.IntervalValue](args[0]), vector.Values[types.IntervalValue](out)
			kernel.Each(sel, out.Len, func(i int) { r[i] = negInterval(a[i]) })
			return nil
		})},
	}
}

func negInterval(x types.IntervalValue) types.IntervalValue {
	return types.IntervalValue{Months: -x.Months, Days: -x.Days, Micros: -x.Micros}
}

// flat wraps a kernel over flat arguments.
func flat(k kernel.Kernel) *kernel.Impl {
	return &kernel.Impl{Instance: kernel.Instance{Eval: k}, Flat: true}
}

// unaryNumeric makes a function of one number of any type from its three forms;
// an integer result that leaves the type is 22003.
func unaryNumeric(fi func(int64) int64, ff func(float64) float64, fd func(types.Int128) types.Int128) *kernel.Impl {
	return flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		switch out.Type.Phys() {
		case types.PhysInt8:
			return unaryInts[int8](fi, args[0], sel, out)
		case types.PhysInt16:
			return unaryInts[int16](fi, args[0], sel, out)
		case types.PhysInt32:
			return unaryInts[int32](fi, args[0], sel, out)
		case types.PhysInt64:
			return unaryInts[int64](fi, args[0], sel, out)
		case types.PhysInt128:
			a, r := vector.Values[types.Int128](args[0]), vector.Values[types.Int128](out)
			kernel.Each(sel, out.Len, func(i int) { r[i] = fd(a[i]) })
		case types.PhysFloat32:
			a, r := vector.Values[float32](args[0]), vector.Values[float32](out)
			kernel.Each(sel, out.Len, func(i int) { r[i] = float32(ff(float64(a[i]))) })
		case types.PhysFloat64:
			a, r := vector.Values[float64](args[0]), vector.Values[float64](out)
			kernel.Each(sel, out.Len, func(i int) { r[i] = ff(a[i]) })
		}
		return nil
	})
}

func unaryInts[T int8 | int16 | int32 | int64](f func(int64) int64, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, r := vector.Values[T](v), vector.Values[T](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x := f(int64(a[i]))
		if r[i] = T(x); int64(r[i]) != x || a[i] < 0 && x < 0 && x == int64(a[i]) && x == math.MinInt64 {
			return kernel.ErrOutOfRange(out.Type)
		}
		return nil
	})
}
