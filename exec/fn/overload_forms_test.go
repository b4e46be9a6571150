package fn

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// forms evaluates a call over batches in every form and compares each row with
// what it gave as constants.
func (x *overloadTester) forms(v *variant, rows [][]types.Value, want []outcome) {
	defer x.guard(v, nil)()
	inputs := map[plan.ColID]int{}
	for i := range v.f.Params {
		inputs[plan.ColID(i+1)] = i
	}
	prog, err := kernel.Compile(v.expr(nil), inputs, nil)
	if err != nil && (v.constantsOnly(err) || fault.Is(err, fault.CodeFeatureNotSupported) || fault.Is(err, fault.CodeDatatypeMismatch)) { // such as the day of a time of day
		return
	}
	if err != nil {
		x.wrong(v, "compile", "cannot be compiled: %v", err)
		return
	}
	good, bad := vector.Sel{}, []int{}
	for i := range rows {
		if want[i].err == nil {
			good = append(good, uint16(i))
		} else {
			bad = append(bad, i)
		}
	}
	f := &formsOf{x: x, v: v, prog: prog, rows: rows, want: want}
	f.check("with a selection", f.columns(rows, flatColumn), len(rows), good, good)
	f.check("by dictionary", f.columns(rows, dictColumn), len(rows), good, good)
	f.check("sliced", f.columns(rows, slicedColumn), len(rows), good, good)
	var only [][]types.Value
	for _, i := range good {
		only = append(only, rows[i])
	}
	f.check("flat", f.columns(only, flatColumn), len(only), nil, good)
	for arg := range v.f.Params {
		f.oneConstant(arg, good)
	}
	for k, i := range bad {
		if k < 25 {
			f.fails(i)
		}
	}
}

type formsOf struct {
	x    *overloadTester
	v    *variant
	prog *kernel.Program
	rows [][]types.Value
	want []outcome
}

// constantsOnly reports errors of calls that have to be, or are, refused when they
// are compiled.
func (v *variant) constantsOnly(err error) bool {
	m := fault.As(err).Message
	return strings.HasSuffix(m, "must be a constant") || strings.Contains(m, "not recognized for type")
}

// columns makes a column for each parameter.
func (f *formsOf) columns(rows [][]types.Value, column func(types.Type, []types.Value) *vector.Vector) []*vector.Vector {
	out := make([]*vector.Vector, len(f.v.f.Params))
	for i, p := range f.v.f.Params {
		vals := make([]types.Value, len(rows))
		for k, row := range rows {
			vals[k] = row[i]
		}
		out[i] = column(p, vals)
	}
	return out
}

func flatColumn(t types.Type, vals []types.Value) *vector.Vector { return vector.FromValues(t, vals) }

func dictColumn(t types.Type, vals []types.Value) *vector.Vector {
	at, codes := map[string]uint32{}, make([]uint32, len(vals))
	var base []types.Value
	for i, v := range vals {
		if v.Null {
			continue
		}
		c, ok := at[v.String()]
		if !ok {
			c = uint32(len(base))
			at[v.String()], base = c, append(base, v)
		}
		codes[i] = c
	}
	if base == nil {
		return flatColumn(t, vals)
	}
	v := &vector.Vector{}
	v.SetDict(t, codes, vector.FromValues(t, base))
	v.AllValid()
	for i := range vals {
		if vals[i].Null {
			v.SetNull(i)
		}
	}
	return v
}

// slicedColumn is a part of a longer column, so that nothing begins at zero.
func slicedColumn(t types.Type, vals []types.Value) *vector.Vector {
	long := append(append([]types.Value{}, vals[:min(3, len(vals))]...), vals...)
	return vector.Slice(vector.FromValues(t, append(long, vals...)), len(long)-len(vals), len(vals))
}

// oneConstant evaluates the rows in which an argument has its usual value, with
// that as a constant.
func (f *formsOf) oneConstant(arg int, good vector.Sel) {
	same := f.rows[0][arg]
	var rows [][]types.Value
	var from vector.Sel
	for _, i := range good {
		if r := f.rows[i][arg]; r.Null == same.Null && r.String() == same.String() {
			rows, from = append(rows, f.rows[i]), append(from, i)
		}
	}
	cols := f.columns(rows, flatColumn)
	cols[arg] = vector.ConstOf(same, len(rows))
	f.check("with a constant vector", cols, len(rows), nil, from)

	e := f.v.expr(nil).(*plan.Call)
	if _, ok := e.Args[arg].(*plan.Col); !ok {
		return
	}
	e.Args[arg] = &plan.Const{Value: same}
	inputs := map[plan.ColID]int{}
	for i := range f.v.f.Params {
		inputs[plan.ColID(i+1)] = i
	}
	prog, err := kernel.Compile(e, inputs, nil)
	if err != nil {
		if len(rows) > 0 {
			f.x.wrong(f.v, "compile with a constant", "cannot be compiled with a constant: %v", err)
		}
		return
	}
	g := *f
	g.prog = prog
	g.check("with a constant", f.columns(rows, flatColumn), len(rows), nil, from)
}

// check evaluates a batch: the k-th row of sel, or of all, is row from[k].
func (f *formsOf) check(form string, cols []*vector.Vector, n int, sel, from vector.Sel) {
	if len(from) == 0 {
		return
	}
	out, err := f.prog.Eval(&vector.Batch{N: n, Cols: cols}, sel)
	if err != nil {
		f.x.wrong(f.v, "fails "+form, "fails %s where no row alone does: %v", form, err)
		return
	}
	for k, i := range from {
		p := k
		if sel != nil {
			p = int(sel[k])
		}
		got := outcome{v: vector.ValueAt(out, p)}
		got.v.Type = f.v.f.Ret
		if got.String() != f.want[i].String() {
			f.x.wrong(f.v, "differs "+form, "%s is %s, alone %s: %s", form, got, f.want[i], rowText(f.rows[i]))
			return
		}
	}
}

// fails checks that a row in a batch has the error that it has alone.
func (f *formsOf) fails(i int) {
	_, err := f.prog.Eval(&vector.Batch{N: 1, Cols: f.columns(f.rows[i:i+1], flatColumn)}, nil)
	want := fault.As(f.want[i].err)
	if err == nil && slices.ContainsFunc(f.rows[i], func(v types.Value) bool { return v.Null }) {
		return // a constant is looked at even if another argument is NULL
	}
	if err == nil || fault.As(err).Code != want.Code || fault.As(err).Message != want.Message {
		f.x.wrong(f.v, "error in a batch", "in a batch has error %v, alone %v: %s", err, want, rowText(f.rows[i]))
	}
}
