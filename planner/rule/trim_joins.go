package rule

import "github.com/glauxdb/glaux/planner/plan"

// trimJoins puts a projection around what keeps or copies its rows, wherever
// columns come along that nobody above reads: above joins, for the keys that
// they joined on; below joins and sorts, for what only a scan's filter needed.
func trimJoins() Rule {
	return Rule{Name: "trim_joins", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		out := trim(root, plan.OutputSet(root))
		return out, out != root, nil
	}}
}

func trim(n plan.Node, need colSet) plan.Node {
	switch n := n.(type) {
	case *plan.Project, *plan.Aggregate, *plan.Window, *plan.MatchRecognize:
		used := colSet{}
		plan.Used(n, used)
		return plan.MapInputs(n, func(in plan.Node) plan.Node { return trim(in, used) })
	case *plan.With:
		def := trim(n.Def, plan.OutputSet(n.Def))
		body := trim(n.Body, need)
		if def == n.Def && body == n.Body {
			return n
		}
		return n.WithInputs([]plan.Node{def, body})
	case *plan.SetOp:
		i := -1
		return plan.MapInputs(n, func(in plan.Node) plan.Node { i++; return trim(in, idSet(n.Maps[i])) })
	case *plan.Join:
		all := plus(need, n)
		m := plan.MapInputs(n, func(in plan.Node) plan.Node { return trimmed(trim(in, all), all) })
		return trimmed(m, need)
	case *plan.Sort:
		all := plus(need, n)
		return plan.MapInputs(n, func(in plan.Node) plan.Node { return trimmed(trim(in, all), all) })
	}
	all := plus(need, n)
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return trim(in, all) })
}

// trimmed projects n to what is needed of its output.
func trimmed(n plan.Node, need colSet) plan.Node {
	out := n.Output()
	items := passAll(keep(out, func(c plan.Column) bool { return need[c.ID] }))
	if len(items) == len(out) {
		return n
	}
	return &plan.Project{Input: n, Items: items}
}
