package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// groupDistinct computes aggregates over distinct values in two steps: it groups by
// the keys and the values, and aggregates the groups by the keys. Grouping works in
// parallel and in pieces, where a set of values for each group does not. All calls
// must be over the same values.
func groupDistinct() Rule {
	return Rule{Name: "group_distinct", Match: plan.OpAggregate, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		a := n.(*plan.Aggregate)
		if a.Partial || len(a.Aggs) == 0 {
			return n, false, nil
		}
		for _, g := range a.Aggs {
			same := len(g.Args) == len(a.Aggs[0].Args) && slices.EqualFunc(g.Args, a.Aggs[0].Args, plan.Same)
			if !g.Distinct || !same || len(g.Args) == 0 || g.Filter != nil || len(g.OrderBy) > 0 || len(g.Fn.Lambdas) > 0 ||
				ordered(g.Fn.Name) || aggVolatile(g) {
				return n, false, nil
			}
		}
		return c.groupByValues(a), true, nil
	}}
}

func (c *Ctx) groupByValues(a *plan.Aggregate) plan.Node {
	inner := &plan.Aggregate{Input: a.Input, Keys: slices.Clone(a.Keys)}
	items, computed := passAll(a.Keys), false
	args := make([]plan.Expr, len(a.Aggs[0].Args))
	for i, x := range a.Aggs[0].Args {
		var col plan.Column
		if ref, ok := x.(*plan.Col); ok {
			col = plan.Column{ID: ref.ID, Name: ref.Name, Type: ref.Type()}
		} else {
			col, computed = c.newCol("value", x.Type()), true
		}
		args[i] = plan.Ref(col)
		if !slices.ContainsFunc(inner.Keys, func(k plan.Column) bool { return k.ID == col.ID }) {
			inner.Keys = append(inner.Keys, col)
			items = append(items, plan.Item{Col: col, X: x})
		}
	}
	if computed {
		inner.Input = &plan.Project{Input: a.Input, Items: items}
	}
	outer := &plan.Aggregate{Input: inner, Keys: a.Keys, Aggs: slices.Clone(a.Aggs)}
	for i := range outer.Aggs {
		outer.Aggs[i].Distinct, outer.Aggs[i].Args = false, args
	}
	return outer
}
