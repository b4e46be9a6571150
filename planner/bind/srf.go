package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// srfSet collects the set-returning functions of a select list. All of them
// advance together; the shorter ones are filled up with NULL.
type srfSet struct{ calls []srfCall }

// srfCall is one of them: unnest of an array, or any other as a TableCall.
type srfCall struct {
	array plan.Expr
	cols  []plan.Column
	table *plan.TableCall
	at    ast.Pos
}

// each replaces the arguments.
func (s *srfSet) each(f func(plan.Expr) (plan.Expr, error)) error {
	var err error
	for i := range s.calls {
		c := &s.calls[i]
		if c.array != nil {
			if c.array, err = f(c.array); err != nil {
				return err
			}
			continue
		}
		args := make([]plan.Expr, len(c.table.Args))
		for j, a := range c.table.Args {
			if args[j], err = f(a); err != nil {
				return err
			}
		}
		t := *c.table
		t.Args = args
		c.table = &t
	}
	return nil
}

// setReturningCall binds a set-returning function in a select list.
func (b *binder) setReturningCall(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	if c.srf == nil {
		return nil, b.unsupported(e.Pos, "set-returning functions are not allowed in %s: %s", c.clause, name)
	}
	in := *c
	in.srf = nil
	if name != "unnest" {
		t, err := b.tableCall(&in, e, name)
		if err != nil {
			return nil, err
		}
		c.srf.calls = append(c.srf.calls, srfCall{table: t, cols: t.Cols, at: e.Pos})
		return b.srfValue(t.Cols, t.Fn.Ret, e), nil
	}
	if len(e.Args) != 1 {
		return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "unnest in a select list takes one array")
	}
	x, err := b.expr(&in, e.Args[0])
	if err != nil {
		return nil, err
	}
	cols, err := b.unnestColumns(x, e.Args[0].Position())
	if err != nil {
		return nil, err
	}
	c.srf.calls = append(c.srf.calls, srfCall{array: x, cols: cols, at: e.Pos})
	elem := types.TUnknown
	if x.Type().Kind == types.Array {
		elem = x.Type().Elem()
	}
	return b.srfValue(cols, elem, e), nil
}

// srfValue is the value that stands for a set-returning call: its column, or a
// row of its columns.
func (b *binder) srfValue(cols []plan.Column, t types.Type, e *ast.Call) plan.Expr {
	if t.Kind != types.Row && len(cols) == 1 {
		return withPos(plan.Ref(cols[0]), b.planPos(e))
	}
	row := &plan.MakeRow{Pos: b.planPos(e)}
	var fs []types.Field
	for _, c := range cols {
		row.Args = append(row.Args, plan.Ref(c))
		fs = append(fs, types.Field{Name: c.Name, Type: c.Type})
	}
	row.Typ = types.RowOf(fs...)
	return row
}

// setReturning puts the collected calls on top of the plan: one that is not
// unnest is applied to each row; several are made arrays and unnested together.
func (z *selector) setReturning() error {
	calls := z.srf.calls
	if len(calls) == 0 {
		return nil
	}
	z.node = z.post.over(z.node)
	z.post.applies = nil
	if len(calls) == 1 && calls[0].table != nil {
		z.node = &plan.Apply{Kind: plan.Inner, Left: z.node, Right: calls[0].table}
		return nil
	}
	u := &plan.Unnest{}
	st := &stage{}
	for i := range calls {
		x := calls[i].array
		if x == nil {
			var err error
			if x, err = z.asArray(st, &calls[i]); err != nil {
				return err
			}
		}
		u.Args, u.Outs = append(u.Args, x), append(u.Outs, calls[i].cols)
	}
	u.Input = st.over(z.node)
	z.node = u
	return nil
}

// asArray collects what a table function gives; its columns get new IDs, since
// the unnested ones keep the old.
func (z *selector) asArray(st *stage, c *srfCall) (plan.Expr, error) {
	n, ids := plan.Renumber(c.table, z.b.newID, func() int { z.b.lastWith++; return z.b.lastWith })
	args := make([]plan.Expr, len(c.cols))
	var fs []types.Field
	for i, col := range c.cols {
		args[i] = &plan.Col{ID: ids[col.ID], Typ: col.Type, Name: col.Name}
		fs = append(fs, types.Field{Name: col.Name, Type: col.Type})
	}
	x := args[0]
	if len(args) > 1 {
		x = &plan.MakeRow{Args: args, Typ: types.RowOf(fs...)}
	}
	return z.b.collected(&exprCtx{sc: z.sc, st: st}, n, x, c.at)
}
