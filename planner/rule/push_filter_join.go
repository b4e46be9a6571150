package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushFilterJoin moves the conditions above a join to the side that they are
// about, as far as the kind of join allows; over an inner join those about both
// sides become join conditions.
func pushFilterJoin() Rule {
	return Rule{Name: "push_filter_join", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		j, ok := f.Input.(*plan.Join)
		if !ok {
			return n, false, nil
		}
		toLeft := j.Kind != plan.Right && j.Kind != plan.Full
		toRight := j.Kind == plan.Inner || j.Kind == plan.Right
		l, r := plan.OutputSet(j.Left), plan.OutputSet(j.Right)
		stay := f.Conds
		var left, right, on []plan.Expr
		if toLeft {
			left, stay = splitConds(stay, func(x plan.Expr) bool { return over(x, l) })
		}
		if toRight {
			right, stay = splitConds(stay, func(x plan.Expr) bool { return over(x, r) })
		}
		if j.Kind == plan.Inner {
			on, stay = splitConds(stay, func(plan.Expr) bool { return true })
		}
		if len(stay) == len(f.Conds) {
			return n, false, nil
		}
		out := *j
		out.Left, out.Right = filter(j.Left, left), filter(j.Right, right)
		out.On = append(j.On[:len(j.On):len(j.On)], on...)
		return filter(&out, stay), true, nil
	}}
}
