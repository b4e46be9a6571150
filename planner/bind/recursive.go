package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// workTable is what a recursive WITH query sees of itself while its recursive
// term is bound.
type workTable struct {
	id   int
	cols []outCol
	refs int
	last ast.Pos // of the last reference
}

// recursive binds a WITH item that is a UNION whose right side refers to the
// item itself; nil if it does not.
func (b *binder) recursive(c *cte) (*rel, error) {
	u, ok := c.def.Query.Body.(*ast.SetOp)
	if !c.recursive || !ok || u.Op != "union" || len(c.def.Query.With) > 0 {
		return nil, nil
	}
	init, err := b.body(u.L, c.outer, c.env)
	if err != nil {
		return nil, err
	}
	init = b.retype(init, recursiveTypes(init))
	if err := nameColumns(b, c.def, init); err != nil {
		return nil, err
	}
	c.work = &workTable{id: b.newWith(), cols: init.cols}
	work := c.work
	step, err := b.body(u.R, c.outer, c.env)
	c.work = nil
	if err != nil || work.refs == 0 {
		return nil, err
	}
	if err := b.plainRecursion(c, work); err != nil {
		return nil, err
	}
	if step, err = b.recursiveStep(c, u, init, step); err != nil {
		return nil, err
	}
	if !u.All {
		if err := b.groupableCols(init, u.Pos); err != nil {
			return nil, err
		}
	}
	n := &plan.Recursive{ID: work.id, Name: c.def.Name.Name, Init: init.node, Step: step.node, Distinct: !u.All}
	for i, oc := range init.cols {
		n.InitCols, n.StepCols = append(n.InitCols, oc.id), append(n.StepCols, step.cols[i].id)
		n.Cols = append(n.Cols, b.newCol(oc.name, oc.typ))
	}
	return &rel{node: n, cols: visible(n.Cols)}, nil
}

// recursiveTypes are the types of the columns: those of the first term, without
// limits of length that later rounds would outgrow.
func recursiveTypes(r *rel) []types.Type {
	ts := make([]types.Type, len(r.cols))
	for i, c := range r.cols {
		switch ts[i] = c.typ; {
		case c.unknown || c.typ.Kind == types.Varchar:
			ts[i] = types.TVarchar
		case c.typ.Kind == types.Decimal:
			ts[i] = types.DecimalOf(types.MaxDecimalPrecision, int(max(c.typ.S, numericScale)))
		}
	}
	return ts
}

// plainRecursion refuses what has no answer round by round.
func (b *binder) plainRecursion(c *cte, w *workTable) error {
	q := c.def.Query
	switch {
	case w.refs > 1:
		return b.fail(w.last, fault.CodeInvalidRecursion, "recursive reference to query %q must not appear more than once", c.def.Name.Name)
	case len(q.OrderBy) > 0:
		return b.unsupported(q.OrderBy[0].X.Position(), "ORDER BY in a recursive query is not implemented")
	case q.Limit != nil:
		return b.unsupported(q.Limit.Position(), "LIMIT in a recursive query is not implemented")
	case q.Offset != nil:
		return b.unsupported(q.Offset.Position(), "OFFSET in a recursive query is not implemented")
	}
	return nil
}

// recursiveStep brings the recursive term to the columns of the first.
func (b *binder) recursiveStep(c *cte, u *ast.SetOp, init, step *rel) (*rel, error) {
	if len(step.cols) != len(init.cols) {
		return nil, b.fail(u.R.Position(), fault.CodeSyntax, "each UNION query must have the same number of columns")
	}
	ts := make([]types.Type, len(init.cols))
	for i, have := range init.cols {
		ts[i] = have.typ
		if step.cols[i].unknown {
			continue
		}
		t, ok := types.Common(have.typ, step.cols[i].typ)
		if !ok || t.Kind != have.typ.Kind || t.IsNested() && !t.Equal(have.typ) {
			if !ok {
				t = step.cols[i].typ
			}
			return nil, b.fail(u.L.Position(), fault.CodeDatatypeMismatch, "recursive query %q column %d has type %s in non-recursive term but type %s overall",
				c.def.Name.Name, i+1, have.typ, t).WithHint("Cast the output of the non-recursive term to the correct type.")
		}
	}
	return b.retype(step, ts), nil
}

// nameColumns gives a WITH item's columns the names of its column list.
func nameColumns(b *binder, d *ast.CTE, r *rel) error {
	if len(d.Columns) > len(r.cols) {
		return b.fail(d.Columns[0].Pos, fault.CodeInvalidColumnRef, "WITH query %q has %d columns available but %d columns specified",
			d.Name.Name, len(r.cols), len(d.Columns))
	}
	for i, id := range d.Columns {
		r.cols[i].name = id.Name
	}
	return nil
}

// workRef makes the reference of a recursive query to itself.
func (b *binder) workRef(c *cte, pos ast.Pos) *rel {
	c.work.refs, c.work.last = c.work.refs+1, pos
	n := &plan.WorkTable{ID: c.work.id, Name: c.def.Name.Name}
	for _, oc := range c.work.cols {
		n.Cols = append(n.Cols, b.newCol(oc.name, oc.typ))
	}
	return &rel{node: n, cols: visible(n.Cols)}
}

// wrongRecursion explains a reference to a WITH query that is not bound yet.
func (b *binder) wrongRecursion(c *cte, pos ast.Pos) error {
	name := c.def.Name.Name
	if len(c.def.Query.With) > 0 {
		return b.unsupported(pos, "a recursive query with a WITH clause of its own is not supported")
	}
	if u, ok := c.def.Query.Body.(*ast.SetOp); !ok || u.Op != "union" {
		return b.fail(pos, fault.CodeInvalidRecursion, "recursive query %q does not have the form non-recursive-term UNION [ALL] recursive-term", name)
	}
	return b.fail(pos, fault.CodeInvalidRecursion, "recursive reference to query %q must not appear within its non-recursive term", name)
}
