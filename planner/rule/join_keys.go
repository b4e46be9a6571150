package rule

import "github.com/glauxdb/glaux/planner/plan"

// extractJoinKeys finds the equalities in a join's condition that compare one
// side with the other: they become hash keys.
func extractJoinKeys() Rule {
	return Rule{Name: "extract_join_keys", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if len(j.On) == 0 {
			return n, false, nil
		}
		keys, rest := splitKeys(j.On, plan.OutputSet(j.Left), plan.OutputSet(j.Right))
		if len(keys) == 0 {
			return n, false, nil
		}
		out := *j
		out.Equal, out.On = append(j.Equal[:len(j.Equal):len(j.Equal)], keys...), rest
		return &out, true, nil
	}}
}

// splitKeys parts conditions into hash keys between l and r, and the rest.
func splitKeys(conds []plan.Expr, l, r map[plan.ColID]bool) ([]plan.EqualKey, []plan.Expr) {
	var keys []plan.EqualKey
	var rest []plan.Expr
	for _, x := range conds {
		if k, ok := asKey(x, l, r); ok {
			keys = append(keys, k)
		} else {
			rest = append(rest, x)
		}
	}
	return keys, rest
}

// asKey reads a condition as an equality between an expression over l and one
// over r.
func asKey(cond plan.Expr, l, r map[plan.ColID]bool) (plan.EqualKey, bool) {
	e, ok := cond.(*plan.Compare)
	if !ok || e.Op != plan.EQ && e.Op != plan.NotDistinct || plan.IsVolatile(cond) {
		return plan.EqualKey{}, false
	}
	safe := e.Op == plan.NotDistinct
	switch {
	case over(e.L, l) && over(e.R, r):
		return plan.EqualKey{L: e.L, R: e.R, NullSafe: safe}, true
	case over(e.R, l) && over(e.L, r):
		return plan.EqualKey{L: e.R, R: e.L, NullSafe: safe}, true
	}
	return plan.EqualKey{}, false
}

// equalCond gives a hash key as a condition.
func equalCond(k plan.EqualKey) plan.Expr {
	op := plan.EQ
	if k.NullSafe {
		op = plan.NotDistinct
	}
	return &plan.Compare{Pos: plan.Pos(k.L.Position()), Op: op, L: k.L, R: k.R}
}
