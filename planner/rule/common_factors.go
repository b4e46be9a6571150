package rule

import "github.com/glauxdb/glaux/planner/plan"

// extractCommonFactors pulls out what every branch of an OR demands:
// (a AND b) OR (a AND c) becomes a AND (b OR c). Join keys hidden in every
// branch (TPC-H Q19) come to light that way.
func extractCommonFactors() Rule {
	return Rule{Name: "extract_common_factors", Match: OpAny, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		switch n := n.(type) {
		case *plan.Filter:
			if conds, ok := factorAll(n.Conds); ok {
				return filter(n.Input, conds), true, nil
			}
		case *plan.Join:
			if on, ok := factorAll(n.On); ok {
				j := *n
				j.On = on
				return &j, true, nil
			}
		case *plan.Apply:
			if on, ok := factorAll(n.On); ok {
				a := *n
				a.On = on
				return &a, true, nil
			}
		}
		return n, false, nil
	}}
}

func factorAll(conds []plan.Expr) ([]plan.Expr, bool) {
	var out []plan.Expr
	changed := false
	for _, cond := range conds {
		o, ok := cond.(*plan.Or)
		if !ok {
			out = append(out, cond)
			continue
		}
		common, rest := factor(o)
		if len(common) == 0 {
			out = append(out, cond)
			continue
		}
		changed = true
		out = append(out, common...)
		if rest != nil {
			out = append(out, rest)
		}
	}
	return out, changed
}

// factor splits an OR into the conjuncts that all branches share and what is
// left of it (nil if some branch has nothing else).
func factor(o *plan.Or) ([]plan.Expr, plan.Expr) {
	branches := make([][]plan.Expr, 0, len(o.Args))
	for _, b := range disjuncts(o) {
		branches = append(branches, plan.Conjuncts(b))
	}
	count := map[string]int{}
	for _, b := range branches {
		seen := map[string]bool{}
		for _, x := range b {
			if f := plan.Fingerprint(x); !seen[f] && !plan.IsVolatile(x) {
				seen[f] = true
				count[f]++
			}
		}
	}
	var common []plan.Expr
	for _, x := range branches[0] {
		if f := plan.Fingerprint(x); count[f] == len(branches) {
			common = append(common, x)
			count[f] = -1 // taken
		}
	}
	if len(common) == 0 {
		return nil, nil
	}
	rest := make([]plan.Expr, len(branches))
	for i, b := range branches {
		var left []plan.Expr
		for _, x := range b {
			if count[plan.Fingerprint(x)] != -1 {
				left = append(left, x)
			}
		}
		if len(left) == 0 {
			return common, nil
		}
		rest[i] = plan.AndAll(left)
	}
	return common, foldOr(&plan.Or{Pos: o.Pos, Args: rest})
}
