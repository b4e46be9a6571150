package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// tableRows makes a table function scalar: for each row of arguments it gives
// the array of what the table function puts out, for the planner to unnest.
func tableRows(f *plan.Func) *plan.Func {
	im := f.Impl.(*tableImpl)
	scalar := *f
	scalar.Kind, scalar.Ret = plan.Scalar, types.ArrayOf(f.Ret)
	scalar.Impl = &kernel.Impl{Flat: true, New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		open := im.opener()
		return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			l, vals := newListOut(out), make([]types.Value, len(args))
			return kernel.EachErr(sel, out.Len, func(i int) error {
				for k, a := range args {
					vals[k] = vector.ValueAt(a, i)
				}
				l.start()
				defer l.end(i)
				return appendTable(c, open, f, vals, l.elem)
			})
		}}, nil
	}}
	return &scalar
}

// appendTable appends the rows of one call to a vector of the function's result.
func appendTable(c *kernel.EvalCtx, open tableOpener, f *plan.Func, args []types.Value, elem *vector.Vector) error {
	next, err := open(c, f, args)
	if err != nil {
		return err
	}
	cols := tableColumns(f.Ret)
	for start := elem.Len; ; {
		for _, col := range cols {
			col.Reset(col.Type, 0)
		}
		n, err := next(cols, vector.BatchSize)
		if n == 0 || err != nil {
			return err
		}
		if elem.Len-start+n > maxElements {
			return errTooManyElements()
		}
		for i := range n {
			elem.AppendValue(rowValue(f.Ret, cols, i))
		}
	}
}

func tableColumns(ret types.Type) []*vector.Vector {
	if ret.Kind != types.Row {
		return []*vector.Vector{vector.New(ret, 0)}
	}
	out := make([]*vector.Vector, len(ret.Fields))
	for i, f := range ret.Fields {
		out[i] = vector.New(f.Type, 0)
	}
	return out
}

func rowValue(ret types.Type, cols []*vector.Vector, i int) types.Value {
	if ret.Kind != types.Row {
		return vector.ValueAt(cols[0], i)
	}
	row := types.Value{Type: ret, Kids: make([]types.Value, len(cols))}
	for k, c := range cols {
		row.Kids[k] = vector.ValueAt(c, i)
	}
	return row
}
