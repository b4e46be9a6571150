package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// extractJoinKeys finds the equalities in a join's condition that compare one
// side with the other: they become hash keys.
func extractJoinKeys() Rule {
	return Rule{Name: "extract_join_keys", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if len(j.On) == 0 {
			return n, false, nil
		}
		keys, rest := splitKeys(j.On, plan.OutputSet(j.Left), plan.OutputSet(j.Right))
		keys = append(keys, deepKeys(j, rest)...)
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

// deepKeys are keys that a join has besides its conditions about arrays: those decide
// among the pairs that a hash table finds.
func deepKeys(j *plan.Join, conds []plan.Expr) []plan.EqualKey {
	var keys []plan.EqualKey
	l, r := plan.OutputSet(j.Left), plan.OutputSet(j.Right)
	for _, cond := range conds {
		e, ok := cond.(*plan.Call)
		if !ok || e.Fn.Name != plan.DeepEqual || hasMap(e.Args[0].Type()) {
			continue
		}
		k, ok := asKey(&plan.Compare{Op: plan.EQ, L: e.Args[0], R: e.Args[1]}, l, r)
		if ok && !slices.ContainsFunc(j.Equal, func(o plan.EqualKey) bool { return plan.Same(o.L, k.L) && plan.Same(o.R, k.R) }) {
			keys = append(keys, k)
		}
	}
	return keys
}

func hasMap(t types.Type) bool {
	return t.Kind == types.Map || t.IsNested() && slices.ContainsFunc(t.Fields, func(f types.Field) bool { return hasMap(f.Type) })
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
