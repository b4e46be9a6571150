package rule

import "github.com/glauxdb/glaux/planner/plan"

// simplifySemiJoin drops what does not matter on the right side of a semi,
// anti or mark join: duplicates need not be removed, nothing need be sorted.
func simplifySemiJoin() Rule {
	return Rule{Name: "simplify_semi_join", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if j.Kind != plan.Semi && j.Kind != plan.Anti && j.Kind != plan.Mark {
			return n, false, nil
		}
		right := dropDistinct(j.Right)
		if right == j.Right {
			return n, false, nil
		}
		return j.WithInputs([]plan.Node{j.Left, right}), true, nil
	}}
}

func dropDistinct(n plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Aggregate:
		if len(n.Aggs) == 0 && len(n.Keys) > 0 {
			return dropDistinct(n.Input)
		}
	case *plan.Sort:
		if n.Limit < 0 && n.Offset == 0 {
			return dropDistinct(n.Input)
		}
	case *plan.Project:
		if in := dropDistinct(n.Input); in != n.Input {
			return &plan.Project{Input: in, Items: n.Items}
		}
	}
	return n
}
