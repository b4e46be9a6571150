package rule

import (
	"github.com/glauxdb/glaux/planner/plan"
)

// decorrelate replaces every Apply by joins, innermost first.
//
// Most subqueries are correlated by plain conditions: those are pulled up into
// the join's condition, with groups and limits made per value of what they
// compare (decorrelate_pull.go). Whatever that cannot do is unnested in general,
// after Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015): the
// distinct values of the outer columns are pushed down to where the subquery
// needs them, and its result is joined on them (decorrelate_push.go).
func decorrelate() Rule {
	return Rule{Name: "decorrelate", Match: plan.OpApply, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		m, err := c.unnest(n.(*plan.Apply))
		return m, err == nil, err
	}}
}

func (c *Ctx) unnest(a *plan.Apply) (plan.Node, error) {
	a = simplifySubquery(a)
	outer := correlated(a.Right, plan.OutputSet(a.Left))
	if len(outer) == 0 {
		return uncorrelated(a), nil
	}
	if n, ok := c.graft(a); ok {
		return n, nil
	}
	if n, ok := c.pullUp(a, outer); ok {
		return n, nil
	}
	return c.pushDown(a, outer)
}

// correlated gives those of the columns that n reads from outside that are in
// left.
func correlated(n plan.Node, left map[plan.ColID]bool) map[plan.ColID]bool {
	free := plan.Free(n)
	for id := range free {
		if !left[id] {
			delete(free, id)
		}
	}
	return free
}

// simplifySubquery drops from the right side what the kind of the Apply makes
// meaningless: the order, and for existence the limit and single-row check.
func simplifySubquery(a *plan.Apply) *plan.Apply {
	for {
		right := a.Right
		switch n := right.(type) {
		case *plan.Sort:
			if n.Limit < 0 && n.Offset == 0 || existence(a) && n.Limit > 0 && n.Offset == 0 {
				right = n.Input
			}
		case *plan.Limit:
			if existence(a) && n.Limit > 0 && n.Offset == 0 {
				right = n.Input
			}
		case *plan.MaxOneRow:
			if a.Kind == plan.Single {
				right = n.Input
			}
		case *plan.Project:
			if existence(a) && len(correlated(n, plan.OutputSet(a.Left))) > 0 {
				right = n.Input // only the existence of a row counts
			}
		}
		if right == a.Right {
			return a
		}
		b := *a
		b.Right = right
		a = &b
	}
}

// existence reports whether only the number of right rows counts, none of
// their columns.
func existence(a *plan.Apply) bool {
	return (a.Kind == plan.Semi || a.Kind == plan.Anti || a.Kind == plan.Mark) && len(a.Equal) == 0 && len(a.On) == 0
}

// uncorrelated makes the join of an Apply whose sides do not depend on each
// other. A scalar subquery becomes a cross join with its one row.
func uncorrelated(a *plan.Apply) plan.Node {
	if a.Kind == plan.Single && len(a.Equal) == 0 && len(a.On) == 0 {
		right := a.Right
		if !oneRow(right) {
			right = &plan.MaxOneRow{Input: right}
		}
		return &plan.Join{Kind: plan.Inner, Left: a.Left, Right: right}
	}
	return joinOf(a, a.Right, nil)
}

// joinOf makes the join of an Apply over a right side that no longer depends
// on the left, with further conditions.
func joinOf(a *plan.Apply, right plan.Node, conds []plan.Expr) *plan.Join {
	l, r := plan.OutputSet(a.Left), plan.OutputSet(right)
	j := &plan.Join{Kind: a.Kind, Left: a.Left, Right: right, NullAware: a.NullAware, MarkCol: a.MarkCol}
	j.On = append(a.On[:len(a.On):len(a.On)], conds...)
	for i, k := range a.Equal {
		if over(k.R, r) && (over(k.L, l) || len(freeOf(k.L)) == 0) || i == 0 && a.NullAware {
			j.Equal = append(j.Equal, k)
		} else {
			j.On = append(j.On, equalCond(k))
		}
	}
	keys, rest := splitKeys(j.On, l, r)
	j.Equal, j.On = append(j.Equal, keys...), rest
	return j
}

func freeOf(e plan.Expr) map[plan.ColID]bool {
	set := map[plan.ColID]bool{}
	plan.Columns(e, set)
	return set
}

// oneRow reports whether n always puts out exactly one row.
func oneRow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		return len(n.Keys) == 0
	case *plan.Project, *plan.Window:
		return oneRow(n.Inputs()[0])
	case *plan.Sort:
		return n.Limit != 0 && n.Offset == 0 && len(n.PartitionBy) == 0 && oneRow(n.Input)
	case *plan.MaxOneRow:
		return true
	case *plan.Values:
		return len(n.Rows) == 1
	case *plan.Join:
		return n.Kind == plan.Inner && len(n.Equal) == 0 && len(n.On) == 0 && oneRow(n.Left) && oneRow(n.Right)
	case *plan.With:
		return oneRow(n.Body)
	}
	return false
}

// graft handles a right side that computes from the outer row alone, such as a
// lateral UNNEST of an outer array: a chain of row-wise nodes over a single row
// of constants stands on the left side directly.
func (c *Ctx) graft(a *plan.Apply) (plan.Node, bool) {
	if len(a.Equal) > 0 || len(a.On) > 0 {
		return nil, false
	}
	switch a.Kind {
	case plan.Inner:
		return graftOn(a.Left, a.Right, false)
	case plan.Left:
		if n, ok := graftRows(a.Left, a.Right); ok {
			return n, true
		}
		return graftOn(a.Left, a.Right, true)
	case plan.Single:
		return graftRows(a.Left, a.Right)
	}
	return nil, false
}

// graftRows grafts a chain that gives exactly one row for each outer row.
func graftRows(left, n plan.Node) (plan.Node, bool) {
	switch m := n.(type) {
	case *plan.Values:
		if len(m.Rows) == 1 {
			return graftOn(left, m, false)
		}
	case *plan.Project:
		if in, ok := graftRows(left, m.Input); ok {
			return &plan.Project{Input: in, Items: withPassed(in, m.Items)}, true
		}
	}
	return nil, false
}

// graftOn puts the row-wise chain n on left. With outer, every left row must
// come through, so that only an UNNEST and renamings may stand there.
func graftOn(left, n plan.Node, outer bool) (plan.Node, bool) {
	switch n := n.(type) {
	case *plan.Values:
		if len(n.Rows) != 1 {
			return nil, false
		}
		items := passAll(left.Output())
		for i, col := range n.Cols {
			items = append(items, plan.Item{Col: col, X: n.Rows[0][i]})
		}
		return &plan.Project{Input: left, Items: items}, true
	case *plan.Project:
		if outer && !onlyColumns(n) {
			return nil, false
		}
		if in, ok := graftOn(left, n.Input, outer); ok {
			return &plan.Project{Input: in, Items: withPassed(in, n.Items)}, true
		}
	case *plan.Filter:
		if outer {
			return nil, false
		}
		if in, ok := graftOn(left, n.Input, outer); ok {
			return &plan.Filter{Input: in, Conds: n.Conds}, true
		}
	case *plan.Unnest:
		v, ok := n.Input.(*plan.Values)
		if outer && (!ok || len(v.Cols) > 0) {
			return nil, false
		}
		if in, ok := graftOn(left, n.Input, outer); ok {
			u := *n
			u.Input, u.Outer = in, n.Outer || outer
			return &u, true
		}
	}
	return nil, false
}

// onlyColumns reports whether a projection of an Unnest only renames.
func onlyColumns(p *plan.Project) bool {
	for _, it := range p.Items {
		if _, ok := it.X.(*plan.Col); !ok {
			return false
		}
	}
	return true
}

// withPassed gives items with what the input puts out passed on before them.
func withPassed(in plan.Node, items []plan.Item) []plan.Item {
	have := map[plan.ColID]bool{}
	for _, it := range items {
		have[it.Col.ID] = true
	}
	var out []plan.Item
	for _, col := range in.Output() {
		if !have[col.ID] {
			out = append(out, plan.PassItem(col))
		}
	}
	return append(out, items...)
}
