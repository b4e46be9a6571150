package rule

import "github.com/glauxdb/glaux/planner/plan"

// outerToAnti turns an outer join of which a filter keeps only the rows without a
// match into an anti join: l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL. The
// filter tells them by a column that is never NULL in a match, because the join's
// condition rejects it.
func outerToAnti() Rule {
	return Rule{Name: "outer_to_anti", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		j, ok := f.Input.(*plan.Join)
		if !ok || j.Kind != plan.Left && j.Kind != plan.Right {
			return n, false, nil
		}
		kept, optional := j.Left, j.Right
		if j.Kind == plan.Right {
			kept, optional = optional, kept
		}
		on := joinConds(j)
		unmatched, stay := splitConds(f.Conds, func(x plan.Expr) bool {
			is, ok := x.(*plan.IsNull)
			if !ok || is.Not {
				return false
			}
			col, ok := is.X.(*plan.Col)
			return ok && plan.PutsOut(optional, col.ID) && anyRejects(on, map[plan.ColID]bool{col.ID: true})
		})
		if len(unmatched) == 0 {
			return n, false, nil
		}
		items := append(passAll(kept.Output()), nullItems(optional.Output())...)
		anti := c.antiJoin(kept, optional, on)
		return filter(&plan.Project{Input: anti, Items: items}, stay), true, nil
	}}
}

// antiJoin keeps the rows of left that no row of right meets. The columns of right
// get new IDs, for a node above to put out columns of the old ones.
func (c *Ctx) antiJoin(left, right plan.Node, on []plan.Expr) plan.Node {
	renamed, ids := plan.Renumber(right, c.newID, c.newWith)
	with := map[plan.ColID]plan.Expr{}
	for _, col := range right.Output() {
		old := col.ID
		col.ID = ids[old]
		with[old] = plan.Ref(col)
	}
	out := &plan.Join{Kind: plan.Anti, Left: left, Right: renamed}
	for _, x := range on {
		out.On = append(out.On, plan.Replace(x, with))
	}
	return out
}
