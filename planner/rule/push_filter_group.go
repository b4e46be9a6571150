package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushFilterGroup moves conditions over grouping columns below what works
// group by group: aggregates, window functions, DISTINCT ON, limits per group, and
// what an OR implies for them. Below a sort without limit every condition may go.
func pushFilterGroup() Rule {
	return Rule{Name: "push_filter_group", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		groups := map[plan.ColID]bool{}
		switch in := f.Input.(type) {
		case *plan.Aggregate:
			for _, k := range in.Keys {
				groups[k.ID] = true
			}
		case *plan.Window:
			groups = in.Groups()
		case *plan.MatchRecognize:
			groups = in.Groups()
		case *plan.DistinctOn:
			groups = idSet(in.On)
		case *plan.Limit:
			groups = idSet(in.PartitionBy)
		case *plan.Sort:
			groups = idSet(in.PartitionBy)
			if in.Limit < 0 && in.Offset == 0 {
				groups = plan.OutputSet(in)
			}
		case *plan.Unnest:
			groups = plan.OutputSet(in.Input)
		default:
			return n, false, nil
		}
		down, stay := splitConds(f.Conds, func(x plan.Expr) bool { return over(x, groups) })
		down = append(down, c.impliedBelow(stay, groups)...)
		if len(down) == 0 {
			return n, false, nil
		}
		in := f.Input.WithInputs([]plan.Node{filter(f.Input.Inputs()[0], down)})
		return filter(in, stay), true, nil
	}}
}

// impliedBelow gives what conditions that stay above a group imply for the
// grouping columns alone, once for each: (g = 1 AND sum > 0) OR g = 2 implies
// g IN (1, 2).
func (c *Ctx) impliedBelow(stay []plan.Expr, groups map[plan.ColID]bool) []plan.Expr {
	var out []plan.Expr
	for _, x := range stay {
		o, ok := x.(*plan.Or)
		if !ok || plan.IsVolatile(o) {
			continue
		}
		cond := implied(o, groups)
		if cond == nil {
			continue
		}
		key := plan.Fingerprint(cond)
		if c.derived[key] {
			continue
		}
		if c.derived == nil {
			c.derived = map[string]bool{}
		}
		c.derived[key] = true
		out = append(out, cond)
	}
	return out
}

func idSet(ids []plan.ColID) map[plan.ColID]bool {
	set := make(map[plan.ColID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// splitConds parts conditions by a test; volatile ones never pass.
func splitConds(conds []plan.Expr, test func(plan.Expr) bool) (yes, no []plan.Expr) {
	for _, x := range conds {
		if !plan.IsVolatile(x) && test(x) {
			yes = append(yes, x)
		} else {
			no = append(no, x)
		}
	}
	return yes, no
}
