package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushFilterSetOp filters every input of a set operation instead of its result.
func pushFilterSetOp() Rule {
	return Rule{Name: "push_filter_setop", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		s, ok := f.Input.(*plan.SetOp)
		if !ok {
			return n, false, nil
		}
		cols := plan.OutputSet(s)
		down, stay := splitConds(f.Conds, func(x plan.Expr) bool { return over(x, cols) })
		if len(down) == 0 {
			return n, false, nil
		}
		in := make([]plan.Node, len(s.In))
		for i, k := range s.In {
			with := inputColumns(s, i)
			conds := make([]plan.Expr, len(down))
			for j, x := range down {
				conds[j] = plan.Replace(x, with)
			}
			in[i] = filter(k, conds)
		}
		return filter(s.WithInputs(in), stay), true, nil
	}}
}

// inputColumns maps a set operation's columns to those of input i.
func inputColumns(s *plan.SetOp, i int) map[plan.ColID]plan.Expr {
	byID := map[plan.ColID]plan.Column{}
	for _, c := range s.In[i].Output() {
		byID[c.ID] = c
	}
	with := map[plan.ColID]plan.Expr{}
	for j, c := range s.Cols {
		with[c.ID] = plan.Ref(byID[s.Maps[i][j]])
	}
	return with
}
