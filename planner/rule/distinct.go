package rule

import "github.com/glauxdb/glaux/planner/plan"

// removeDistinct drops an aggregate that only removes duplicates where there
// are none, and DISTINCT inside of aggregates that do not care for it.
func removeDistinct() Rule {
	return Rule{Name: "remove_distinct", Match: plan.OpAggregate, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		a := n.(*plan.Aggregate)
		if len(a.Keys) > 0 && len(a.Aggs) == 0 {
			keys := colSet{}
			for _, k := range a.Keys {
				keys[k.ID] = true
			}
			if uniqueOn(a.Input, keys) {
				return &plan.Project{Input: a.Input, Items: passAll(a.Keys)}, true, nil
			}
		}
		var aggs []plan.Agg
		for i, g := range a.Aggs {
			if !g.Distinct || !ignoresDuplicates(g.Fn.Name) {
				continue
			}
			if aggs == nil {
				aggs = append([]plan.Agg(nil), a.Aggs...)
			}
			aggs[i].Distinct = false
		}
		if aggs == nil {
			return n, false, nil
		}
		out := *a
		out.Aggs = aggs
		return &out, true, nil
	}}
}

func ignoresDuplicates(agg string) bool {
	switch agg {
	case "min", "max", "bool_and", "bool_or", "every", "any_value", "arbitrary", "approx_distinct":
		return true
	}
	return false
}
