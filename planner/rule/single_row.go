package rule

import "github.com/glauxdb/glaux/planner/plan"

// inlineSingleRow replaces an inner join with one row of constants by a filter
// and a projection of those constants. A subquery that metadata answered (the
// latest partition) prunes partitions at planning time that way.
func inlineSingleRow() Rule {
	return Rule{Name: "inline_single_row", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if j.Kind != plan.Inner {
			return n, false, nil
		}
		if with, ok := constantRow(j.Right); ok {
			return c.withConstants(j, j.Left, j.Right, with), true, nil
		}
		if with, ok := constantRow(j.Left); ok {
			return c.withConstants(j, j.Right, j.Left, with), true, nil
		}
		return n, false, nil
	}}
}

// constantRow reads a node as one row of constants, by column.
func constantRow(n plan.Node) (map[plan.ColID]plan.Expr, bool) {
	with := map[plan.ColID]plan.Expr{}
	switch n := n.(type) {
	case *plan.Values:
		if len(n.Rows) != 1 {
			return nil, false
		}
		for i, col := range n.Cols {
			with[col.ID] = n.Rows[0][i]
		}
	case *plan.Project:
		below, ok := constantRow(n.Input)
		if !ok {
			return nil, false
		}
		for _, it := range n.Items {
			with[it.Col.ID] = plan.Replace(it.X, below)
		}
	case *plan.MaxOneRow:
		return constantRow(n.Input)
	default:
		return nil, false
	}
	for _, x := range with {
		if _, ok := x.(*plan.Const); !ok {
			return nil, false
		}
	}
	return with, true
}

func (c *Ctx) withConstants(j *plan.Join, other, row plan.Node, with map[plan.ColID]plan.Expr) plan.Node {
	var conds []plan.Expr
	for _, x := range joinConds(j) {
		conds = append(conds, c.fold(plan.Replace(x, with)))
	}
	items := passAll(other.Output())
	for _, col := range row.Output() {
		items = append(items, plan.Item{Col: col, X: with[col.ID]})
	}
	return &plan.Project{Input: filter(other, conds), Items: items}
}
