package rule

import "github.com/glauxdb/glaux/planner/plan"

// pushFilterScan moves conditions into the scan, which evaluates them on
// partitions, files, row groups, dictionaries and rows, in this order.
func pushFilterScan() Rule {
	return Rule{Name: "push_filter_scan", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		switch in := f.Input.(type) {
		case *plan.Scan:
			cols := plan.OutputSet(in)
			down, stay := splitConds(f.Conds, func(x plan.Expr) bool { return over(x, cols) })
			if len(down) == 0 || in.Limit > 0 {
				return n, false, nil
			}
			s := *in
			s.Filter = appendNew(in.Filter, down)
			s.Source = nil // to be pruned by what is new
			return filter(&s, stay), true, nil
		case *plan.Virtual:
			cols := plan.OutputSet(in)
			down, stay := splitConds(f.Conds, func(x plan.Expr) bool { return over(x, cols) })
			if len(down) == 0 {
				return n, false, nil
			}
			v := *in
			v.Filter = appendNew(in.Filter, down)
			return filter(&v, stay), true, nil
		case *plan.With:
			return in.WithInputs([]plan.Node{in.Def, filter(in.Body, f.Conds)}), true, nil
		}
		return n, false, nil
	}}
}

// appendNew adds the conditions that are not there yet.
func appendNew(have, more []plan.Expr) []plan.Expr {
	seen := map[string]bool{}
	for _, x := range have {
		seen[plan.Fingerprint(x)] = true
	}
	out := have[:len(have):len(have)]
	for _, x := range more {
		if f := plan.Fingerprint(x); !seen[f] {
			seen[f] = true
			out = append(out, x)
		}
	}
	return out
}
