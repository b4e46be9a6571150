package rule

import "github.com/glauxdb/glaux/planner/plan"

// simplifyFilter splits conditions at their ANDs, drops what is always true or
// said twice, joins nested filters, and makes a filter that nothing passes an
// empty Values.
func simplifyFilter() Rule {
	return Rule{Name: "simplify_filter", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		input, conds := f.Input, f.Conds
		inner, nested := f.Input.(*plan.Filter)
		if nested {
			input = inner.Input
			conds = append(inner.Conds[:len(inner.Conds):len(inner.Conds)], conds...)
		}
		conds, changed := c.tidy(conds)
		if !changed && !nested {
			return n, false, nil
		}
		if len(conds) == 1 && isFalse(conds[0]) {
			return emptyLike(n), true, nil
		}
		return filter(input, conds), true, nil
	}}
}

// tidy flattens and simplifies a list of conditions. A condition that never
// holds is the only one of the result.
func (c *Ctx) tidy(conds []plan.Expr) ([]plan.Expr, bool) {
	var out []plan.Expr
	seen := map[string]bool{}
	changed := false
	for _, cond := range conds {
		s := c.foldCondition(cond)
		if s != cond && plan.Same(s, cond) {
			s = cond
		}
		changed = changed || s != cond
		if isFalse(s) {
			return []plan.Expr{s}, true
		}
		parts := plan.Conjuncts(s)
		for _, p := range parts {
			if isTrue(p) || !isNew(seen, p) {
				changed = true
				continue
			}
			out = append(out, p)
		}
		changed = changed || len(parts) > 1
	}
	out, merged := mergeIn(out, true)
	return out, changed || merged
}

// filter puts conditions above a node; none: the node itself.
func filter(n plan.Node, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Conds: conds}
}

// emptyLike gives a Values without rows with n's columns.
func emptyLike(n plan.Node) plan.Node { return &plan.Values{Cols: n.Output()} }

func isEmpty(n plan.Node) bool {
	v, ok := n.(*plan.Values)
	return ok && len(v.Rows) == 0
}
