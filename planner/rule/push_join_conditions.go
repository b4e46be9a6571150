package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushJoinConditions moves what a join's own condition says about one side
// alone into that side, where the kind of join allows: always for an inner
// join; for outer, semi, anti and mark joins only into the side whose rows are
// looked up; for a semi join also into the other.
func pushJoinConditions() Rule {
	return Rule{Name: "push_join_conditions", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if len(j.On) == 0 {
			return n, false, nil
		}
		on, changed := c.tidy(j.On)
		if j.Kind == plan.Inner && len(on) == 1 && isFalse(on[0]) {
			return emptyLike(n), true, nil
		}
		l, r := plan.OutputSet(j.Left), plan.OutputSet(j.Right)
		var left, right []plan.Expr
		if j.Kind == plan.Inner || j.Kind == plan.Semi || j.Kind == plan.Right {
			left, on = splitConds(on, func(x plan.Expr) bool { return over(x, l) })
		}
		if j.Kind != plan.Right && j.Kind != plan.Full {
			right, on = splitConds(on, func(x plan.Expr) bool { return over(x, r) })
		}
		if !changed && len(left) == 0 && len(right) == 0 {
			return n, false, nil
		}
		out := *j
		out.Left, out.Right, out.On = filter(j.Left, left), filter(j.Right, right), on
		return &out, true, nil
	}}
}
