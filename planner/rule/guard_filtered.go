package rule

import "github.com/glauxdb/glaux/planner/plan"

// guardFiltered keeps the arguments of aggregates from being evaluated for rows that
// FILTER leaves out, where that could fail: sum(1 / x) FILTER (WHERE x <> 0) becomes
// sum(CASE WHEN x <> 0 THEN 1 / x END) FILTER (WHERE x <> 0). Operators evaluate an
// argument once for all calls that have it, before they filter. A volatile condition
// would be decided twice and is left.
func guardFiltered() Rule {
	return Rule{Name: "guard_filtered", Match: OpAny, Apply: func(_ *Ctx, n plan.Node) (plan.Node, bool, error) {
		switch n := n.(type) {
		case *plan.Aggregate:
			out, changed := *n, false
			out.Aggs = make([]plan.Agg, len(n.Aggs))
			for i, g := range n.Aggs {
				args, inArgs := guarded(g.Args, g.Filter)
				keys, inKeys := guardedKeys(g.OrderBy, g.Filter)
				g.Args, g.OrderBy = args, keys
				out.Aggs[i], changed = g, changed || inArgs || inKeys
			}
			return &out, changed, nil
		case *plan.Window:
			out, changed := *n, false
			out.Calls = make([]plan.WindowCall, len(n.Calls))
			for i, c := range n.Calls {
				args, inArgs := guarded(c.Args, c.Filter)
				c.Args = args
				out.Calls[i], changed = c, changed || inArgs
			}
			return &out, changed, nil
		}
		return n, false, nil
	}}
}

// guarded gives the expressions as they are evaluated under a condition.
func guarded(xs []plan.Expr, cond plan.Expr) ([]plan.Expr, bool) {
	if cond == nil || plan.IsVolatile(cond) {
		return xs, false
	}
	var out []plan.Expr
	for i, x := range xs {
		if cannotFail(x) || isGuarded(x, cond) {
			continue
		}
		if out == nil {
			out = append(out, xs...)
		}
		out[i] = &plan.Case{Whens: []plan.When{{Cond: cond, Result: x}}, Typ: x.Type()}
	}
	if out == nil {
		return xs, false
	}
	return out, true
}

// isGuarded tells what guarded has made under the same condition.
func isGuarded(x, cond plan.Expr) bool {
	k, ok := x.(*plan.Case)
	return ok && len(k.Whens) == 1 && k.Else == nil && plan.Same(k.Whens[0].Cond, cond)
}

func guardedKeys(keys []plan.SortKey, cond plan.Expr) ([]plan.SortKey, bool) {
	xs := make([]plan.Expr, len(keys))
	for i, k := range keys {
		xs[i] = k.X
	}
	xs, changed := guarded(xs, cond)
	if !changed {
		return keys, false
	}
	out := append([]plan.SortKey(nil), keys...)
	for i := range out {
		out[i].X = xs[i]
	}
	return out, true
}
