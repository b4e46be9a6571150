package rule

import "github.com/glauxdb/glaux/planner/plan"

// trimJoins puts a projection above each join that puts out columns which
// nobody above reads, such as the keys that it joined on: the executor then
// need not gather them.
func trimJoins() Rule {
	return Rule{Name: "trim_joins", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		t := trimmer{}
		out := t.node(root, plan.OutputSet(root))
		return out, out != root, nil
	}}
}

type trimmer struct{}

func (t trimmer) node(n plan.Node, need colSet) plan.Node {
	switch n := n.(type) {
	case *plan.Project, *plan.Aggregate:
		used := colSet{}
		plan.Used(n, used)
		return plan.MapInputs(n, func(in plan.Node) plan.Node { return t.node(in, used) })
	case *plan.With:
		def := t.node(n.Def, plan.OutputSet(n.Def))
		body := t.node(n.Body, need)
		if def == n.Def && body == n.Body {
			return n
		}
		return n.WithInputs([]plan.Node{def, body})
	case *plan.SetOp:
		i := -1
		return plan.MapInputs(n, func(in plan.Node) plan.Node { i++; return t.node(in, idSet(n.Maps[i])) })
	}
	all := plus(need, n)
	m := plan.MapInputs(n, func(in plan.Node) plan.Node { return t.node(in, all) })
	if j, ok := m.(*plan.Join); ok {
		return trimmed(j, need)
	}
	return m
}

// trimmed projects a join's output to what is needed.
func trimmed(j *plan.Join, need colSet) plan.Node {
	out := j.Output()
	items := passAll(keep(out, func(c plan.Column) bool { return need[c.ID] }))
	if len(items) == len(out) {
		return j
	}
	return &plan.Project{Input: j, Items: items}
}
