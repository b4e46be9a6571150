package rule

import "github.com/glauxdb/glaux/planner/plan"

// deriveFromOr gives each side of a join what an OR over both implies for it
// alone: (l = 1 AND r = 2) OR (l = 2 AND r = 1) implies l IN (1, 2) and r IN
// (1, 2). The OR itself stays.
func deriveFromOr() Rule {
	return Rule{Name: "derive_from_or", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		toLeft := j.Kind == plan.Inner || j.Kind == plan.Semi || j.Kind == plan.Right
		toRight := j.Kind != plan.Right && j.Kind != plan.Full
		changed := false
		out := *j
		for _, cond := range j.On {
			o, ok := cond.(*plan.Or)
			if !ok || plan.IsVolatile(o) {
				continue
			}
			if toLeft {
				out.Left = c.addImplied(out.Left, o, &changed)
			}
			if toRight {
				out.Right = c.addImplied(out.Right, o, &changed)
			}
		}
		if !changed {
			return n, false, nil
		}
		return &out, true, nil
	}}
}

// addImplied filters a side by what o implies over its columns alone.
func (c *Ctx) addImplied(side plan.Node, o *plan.Or, changed *bool) plan.Node {
	cond := implied(o, plan.OutputSet(side))
	if cond == nil || knows(side, cond) {
		return side
	}
	*changed = true
	return &plan.Filter{Input: side, Conds: []plan.Expr{cond}}
}

// implied gives the strongest condition over cols alone that follows from o by
// taking from each branch the conjuncts over cols; nil if a branch has none.
func implied(o *plan.Or, cols map[plan.ColID]bool) plan.Expr {
	var args []plan.Expr
	for _, b := range disjuncts(o) {
		var own []plan.Expr
		for _, x := range plan.Conjuncts(b) {
			if over(x, cols) {
				own = append(own, x)
			} else if inner, ok := x.(*plan.Or); ok {
				if y := implied(inner, cols); y != nil {
					own = append(own, y)
				}
			}
		}
		if len(own) == 0 {
			return nil
		}
		args = append(args, plan.AndAll(own))
	}
	return foldOr(&plan.Or{Pos: o.Pos, Args: args})
}

// over reports whether e reads only columns of the set, and at least one.
func over(e plan.Expr, cols map[plan.ColID]bool) bool {
	if c, ok := e.(*plan.Col); ok {
		return cols[c.ID]
	}
	used := map[plan.ColID]bool{}
	plan.Columns(e, used)
	return len(used) > 0 && subset(used, cols)
}

func subset(a, b map[plan.ColID]bool) bool {
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return true
}

func intersects(a, b map[plan.ColID]bool) bool {
	for id := range a {
		if b[id] {
			return true
		}
	}
	return false
}
