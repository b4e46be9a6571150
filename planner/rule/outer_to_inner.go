package rule

import "github.com/glauxdb/glaux/planner/plan"

// outerToInner weakens an outer join whose made-up NULLs a condition above
// would throw away: in a filter, or in the condition of a join above it.
func outerToInner() Rule {
	return Rule{Name: "outer_to_inner", Match: OpAny, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		switch n := n.(type) {
		case *plan.Filter:
			if in := weaken(n.Input, n.Conds); in != n.Input {
				return &plan.Filter{Input: in, Conds: n.Conds}, true, nil
			}
		case *plan.Join:
			conds := joinConds(n)
			l, r := n.Left, n.Right
			if n.Kind == plan.Inner || n.Kind == plan.Semi || n.Kind == plan.Right {
				l = weaken(l, conds)
			}
			if n.Kind != plan.Right && n.Kind != plan.Full && !n.NullAware {
				r = weaken(r, conds)
			}
			if l != n.Left || r != n.Right {
				return n.WithInputs([]plan.Node{l, r}), true, nil
			}
		}
		return n, false, nil
	}}
}

// weaken looks for outer joins below n whose optional side conds reject.
func weaken(n plan.Node, conds []plan.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Filter:
		if in := weaken(n.Input, conds); in != n.Input {
			return &plan.Filter{Input: in, Conds: n.Conds}
		}
	case *plan.Project:
		if in := weaken(n.Input, below(n, conds)); in != n.Input {
			return &plan.Project{Input: in, Items: n.Items}
		}
	case *plan.Join:
		return weakenJoin(n, conds)
	}
	return n
}

// below expresses conditions over a Project's columns by its input's.
func below(p *plan.Project, conds []plan.Expr) []plan.Expr {
	with := map[plan.ColID]plan.Expr{}
	for _, it := range p.Items {
		with[it.Col.ID] = it.X
	}
	out := make([]plan.Expr, len(conds))
	for i, x := range conds {
		out[i] = plan.Replace(x, with)
	}
	return out
}

func weakenJoin(n *plan.Join, conds []plan.Expr) plan.Node {
	kind := n.Kind
	l := (kind == plan.Right || kind == plan.Full) && anyRejects(conds, plan.OutputSet(n.Left))
	r := (kind == plan.Left || kind == plan.Full) && anyRejects(conds, plan.OutputSet(n.Right))
	switch {
	case kind == plan.Left && r, kind == plan.Right && l, kind == plan.Full && l && r:
		kind = plan.Inner
	case kind == plan.Full && l:
		kind = plan.Left
	case kind == plan.Full && r:
		kind = plan.Right
	}
	out := *n
	out.Kind = kind
	if kind != plan.Right && kind != plan.Full {
		out.Left = weaken(n.Left, conds)
	}
	if kind == plan.Inner || kind == plan.Right {
		out.Right = weaken(n.Right, conds)
	}
	if kind == n.Kind && out.Left == n.Left && out.Right == n.Right {
		return n
	}
	return &out
}

func anyRejects(conds []plan.Expr, cols map[plan.ColID]bool) bool {
	for _, x := range conds {
		if rejectsNulls(x, cols) {
			return true
		}
	}
	return false
}

// joinConds gives a join's whole condition as a list.
func joinConds(n *plan.Join) []plan.Expr {
	conds := make([]plan.Expr, 0, len(n.Equal)+len(n.On))
	for _, k := range n.Equal {
		conds = append(conds, equalCond(k))
	}
	return append(conds, n.On...)
}
