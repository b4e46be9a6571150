package fn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// exprMaker makes random expressions over one column of each of these types.
type exprMaker struct {
	r   *rand.Rand
	reg *fn.Registry
	d   plan.Dialect
}

var columnTypes = []types.Type{types.TInteger, types.TBigInt, types.DecimalOf(10, 2), types.DecimalOf(30, 3), types.TDouble, types.TVarchar, types.TDate,
	types.TBoolean, types.TTimestamp, types.TSmallInt, types.TReal}

func (m *exprMaker) pick(n int) int { return m.r.IntN(n) }

func (m *exprMaker) value(t types.Type) types.Value {
	if m.pick(6) == 0 {
		return types.NullOf(t)
	}
	switch t.Kind {
	case types.Double, types.Real:
		return types.FloatOf(t, []float64{0, 1, -1.5, 2.5, 1e10, -0.25}[m.pick(6)])
	case types.Varchar:
		return types.StringOf(t, []string{"", "a", "ab", "abc", "b%", "naïve", "1", "2024-01-05"}[m.pick(8)])
	case types.Boolean:
		return types.BoolOf(m.pick(2) == 0)
	case types.Date:
		return types.IntOf(t, int64(19700+m.pick(60)))
	case types.Timestamp:
		return types.IntOf(t, int64(m.pick(100))*3_600_000_000)
	case types.Decimal:
		return types.DecOf(t, types.I128(int64(m.pick(2000)-1000)))
	}
	if m.pick(20) == 0 {
		_, hi := types.IntRange(t)
		return types.IntOf(t, hi)
	}
	return types.IntOf(t, int64(m.pick(20)-10))
}

func (m *exprMaker) leaf(t types.Type) plan.Expr {
	if m.pick(3) > 0 {
		for i, c := range columnTypes {
			if c.Equal(t) {
				return &plan.Col{ID: plan.ColID(i + 1), Typ: t}
			}
		}
	}
	return &plan.Const{Value: m.value(t)}
}

func (m *exprMaker) call(name string, args ...plan.Expr) plan.Expr {
	in := make([]plan.Arg, len(args))
	for i, a := range args {
		in[i].Type = a.Type()
	}
	f, err := m.reg.Resolve(name, plan.Scalar, in, m.d)
	if err != nil {
		return nil
	}
	for i := range args {
		if !args[i].Type().Equal(f.Params[i]) {
			args[i] = &plan.Cast{X: args[i], To: f.Params[i], Dialect: m.d}
		}
	}
	return &plan.Call{Fn: f, Args: args, Typ: f.Ret}
}

func (m *exprMaker) anyType() types.Type { return columnTypes[m.pick(len(columnTypes))] }

// expr makes an expression of type t.
func (m *exprMaker) expr(t types.Type, depth int) plan.Expr {
	if depth == 0 {
		return m.leaf(t)
	}
	sub := func(t types.Type) plan.Expr { return m.expr(t, depth-1) }
	switch m.pick(8) {
	case 0:
		return &plan.Case{Whens: []plan.When{{Cond: sub(types.TBoolean), Result: sub(t)}, {Cond: sub(types.TBoolean), Result: sub(t)}}, Else: sub(t), Typ: t}
	case 1:
		return &plan.Coalesce{Args: []plan.Expr{sub(t), sub(t)}, Typ: t}
	case 2:
		from := m.anyType()
		if types.CanCast(from, t) {
			return &plan.Cast{X: sub(from), To: t, Try: m.pick(2) == 0, Dialect: m.d}
		}
	}
	var x plan.Expr
	switch {
	case t.Kind == types.Boolean:
		x = m.condition(depth)
	case t.IsNumeric():
		x = m.call([]string{"+", "-", "*", "/", "%"}[m.pick(5)], sub(t), sub(t))
	case t.Kind == types.Varchar:
		switch m.pick(5) {
		case 0:
			x = m.call("||", sub(t), sub(t))
		case 1:
			x = m.call("upper", sub(t))
		case 2:
			x = m.call("substr", sub(t), sub(types.TSmallInt), &plan.Const{Value: types.IntOf(types.TInteger, 2)})
		case 3:
			x = m.call("replace", sub(t), sub(t), sub(t))
		default:
			x = m.call("concat", sub(t), sub(t))
		}
	case t.Kind == types.Timestamp:
		x = m.call("date_trunc", &plan.Const{Value: types.StringOf(types.TVarchar, "hour")}, sub(t))
	}
	if x == nil {
		return m.leaf(t)
	}
	if !x.Type().Equal(t) {
		return &plan.Cast{X: x, To: t, Try: true, Dialect: m.d}
	}
	return x
}

func (m *exprMaker) condition(depth int) plan.Expr {
	sub := func(t types.Type) plan.Expr { return m.expr(t, depth-1) }
	t := m.anyType()
	switch m.pick(7) {
	case 0:
		return &plan.And{Args: []plan.Expr{sub(types.TBoolean), sub(types.TBoolean)}}
	case 1:
		return &plan.Or{Args: []plan.Expr{sub(types.TBoolean), sub(types.TBoolean)}}
	case 2:
		return &plan.Not{X: sub(types.TBoolean)}
	case 3:
		return &plan.IsNull{X: sub(t), Not: m.pick(2) == 0}
	case 4:
		in := &plan.In{X: sub(t), Not: m.pick(2) == 0}
		for range 1 + m.pick(4) {
			in.List = append(in.List, m.value(t))
		}
		return in
	case 5:
		return m.call("like", sub(types.TVarchar), &plan.Const{Value: types.StringOf(types.TVarchar, []string{"a%", "%b", "_b%", "abc", "%", "%a%c%"}[m.pick(6)])})
	}
	return &plan.Compare{Op: plan.CompareOp(m.pick(8)), L: sub(t), R: sub(t)}
}

// column makes a vector of n random values in a random form.
func (m *exprMaker) column(t types.Type, n int) *vector.Vector {
	switch m.pick(4) {
	case 0:
		return vector.ConstOf(m.value(t), n)
	case 1:
		base := make([]types.Value, 1+m.pick(6))
		for i := range base {
			for base[i] = m.value(t); base[i].Null; base[i] = m.value(t) {
			}
		}
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(m.pick(len(base)))
		}
		v := &vector.Vector{}
		v.SetDict(t, codes, vector.FromValues(t, base))
		if m.pick(2) == 0 {
			v.AllValid()
			for i := range n {
				if m.pick(5) == 0 {
					v.SetNull(i)
				}
			}
		}
		return v
	}
	vals := make([]types.Value, n)
	for i := range vals {
		vals[i] = m.value(t)
	}
	return vector.FromValues(t, vals)
}

// rowValue evaluates e for one row, its columns replaced by constants.
func rowValue(ev *kernel.Evaluator, e plan.Expr, b *vector.Batch, row int) (types.Value, error) {
	return ev.Fold(nil, plan.Rewrite(e, func(x plan.Expr) plan.Expr {
		if c, ok := x.(*plan.Col); ok {
			return &plan.Const{Value: vector.ValueAt(b.Cols[c.ID-1], row)}
		}
		return x
	}))
}

// TestVectorsAgreeWithSingleRows evaluates random expressions over batches of
// every form, with and without a selection, and compares each row with the
// expression evaluated for that row alone. An error must be raised exactly if
// some selected row raises one.
func TestVectorsAgreeWithSingleRows(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	reg, ev := fn.NewRegistry(), kernel.NewEvaluator(nil)
	inputs := map[plan.ColID]int{}
	for i := range columnTypes {
		inputs[plan.ColID(i+1)] = i
	}
	values, errors := 0, 0
	for round := range 1000 {
		m := &exprMaker{r: r, reg: reg, d: plan.Dialect(round % 2)}
		e := m.expr(m.anyType(), 1+m.pick(3))
		prog, err := kernel.Compile(e, inputs, nil)
		if err != nil {
			t.Fatalf("%s: %v", plan.FormatExpr(e, nil), err)
		}
		for range 2 { // the second batch meets reused buffers
			n := 1 + m.pick(70)
			b := &vector.Batch{N: n}
			for _, ct := range columnTypes {
				b.Cols = append(b.Cols, m.column(ct, n))
			}
			var sel vector.Sel
			if m.pick(2) == 0 {
				sel = vector.Sel{}
				for i := range n {
					if m.pick(3) > 0 {
						sel = append(sel, uint16(i))
					}
				}
			}
			v, bad := checkRows(t, ev, prog, e, b, sel)
			values, errors = values+v, errors+bad
		}
	}
	if values < 30_000 || errors < 50 {
		t.Errorf("only %d values and %d errors were compared", values, errors)
	}
}

func checkRows(t *testing.T, ev *kernel.Evaluator, prog *kernel.Program, e plan.Expr, b *vector.Batch, sel vector.Sel) (values, bad int) {
	t.Helper()
	rows := []uint16(sel)
	if sel == nil {
		for i := range b.N {
			rows = append(rows, uint16(i))
		}
	}
	want := make([]types.Value, len(rows))
	var rowErr error
	for k, p := range rows {
		v, err := rowValue(ev, e, b, int(p))
		if err != nil {
			rowErr = err
		}
		want[k] = v
	}
	what := func() string {
		return fmt.Sprintf("%s\n  over %d rows, selection %v", plan.FormatExpr(e, nil), b.N, sel)
	}
	out, err := prog.Eval(b, sel)
	if (err != nil) != (rowErr != nil) {
		t.Fatalf("%s:\n  vector error %v, row error %v", what(), err, rowErr)
	}
	if err != nil {
		if fault.As(err).Kind == fault.Internal {
			t.Fatalf("%s: %v", what(), err)
		}
		return 0, 1
	}
	for k, p := range rows {
		got := vector.ValueAt(out, int(p))
		if got.Null != want[k].Null || !got.Null && got.Compare(want[k]) != 0 {
			t.Fatalf("%s:\n  row %d is %v, alone %v", what(), p, got, want[k])
		}
	}
	if e.Type().Kind == types.Boolean {
		checkFilter(t, prog, b, sel, rows, want, what)
	}
	return len(rows), 0
}

func checkFilter(t *testing.T, prog *kernel.Program, b *vector.Batch, sel vector.Sel, rows []uint16, want []types.Value, what func() string) {
	t.Helper()
	got, err := prog.Filter(b, sel)
	if err != nil {
		t.Fatalf("%s: filter: %v", what(), err)
	}
	if got == nil {
		got = vector.Sel(rows)
	}
	pass := map[uint16]bool{}
	for _, p := range got {
		pass[p] = true
	}
	for k, p := range rows {
		if w := !want[k].Null && want[k].I != 0; pass[p] != w {
			t.Fatalf("%s:\n  filter keeps row %d: %v, want %v", what(), p, pass[p], w)
		}
	}
}
