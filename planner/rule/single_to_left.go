package rule

import "github.com/glauxdb/glaux/planner/plan"

// singleToLeft turns a single join whose keys meet at most one row anyway into
// a left join, which other rules know more about.
func singleToLeft() Rule {
	return Rule{Name: "single_to_left", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if j.Kind != plan.Single || !matchesOnce(j, j.Right, false) {
			return n, false, nil
		}
		out := *j
		out.Kind = plan.Left
		return &out, true, nil
	}}
}
