package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushFilterProject moves conditions below a projection, in terms of what the
// projected columns are computed from.
func pushFilterProject() Rule {
	return Rule{Name: "push_filter_project", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		p, ok := f.Input.(*plan.Project)
		if !ok {
			return n, false, nil
		}
		with := map[plan.ColID]plan.Expr{}
		for _, it := range p.Items {
			with[it.Col.ID] = it.X
		}
		var down, stay []plan.Expr
		for _, cond := range f.Conds {
			if x := plan.Replace(cond, with); !plan.IsVolatile(x) {
				down = append(down, c.fold(x))
			} else {
				stay = append(stay, cond)
			}
		}
		if len(down) == 0 {
			return n, false, nil
		}
		return filter(&plan.Project{Input: filter(p.Input, down), Items: p.Items}, stay), true, nil
	}}
}
