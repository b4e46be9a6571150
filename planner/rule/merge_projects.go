package rule

import "github.com/glauxdb/glaux/planner/plan"

// mergeProjects makes one Project of two, where that repeats no work, and
// drops a Project that passes exactly its input.
func mergeProjects() Rule {
	return Rule{Name: "merge_projects", Match: plan.OpProject, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		p := n.(*plan.Project)
		if passesInput(p) {
			return p.Input, true, nil
		}
		inner, ok := p.Input.(*plan.Project)
		if !ok {
			return n, false, nil
		}
		uses := map[plan.ColID]int{}
		for _, it := range p.Items {
			countUses(it.X, uses)
		}
		with := map[plan.ColID]plan.Expr{}
		for _, it := range inner.Items {
			if !cheapToRepeat(it.X) && (uses[it.Col.ID] > 1 || plan.IsVolatile(it.X)) {
				return n, false, nil
			}
			with[it.Col.ID] = it.X
		}
		items := make([]plan.Item, len(p.Items))
		for i, it := range p.Items {
			items[i] = plan.Item{Col: it.Col, X: c.fold(plan.Replace(it.X, with))}
		}
		return &plan.Project{Input: inner.Input, Items: items}, true, nil
	}}
}

// passesInput reports whether the project puts out just what comes in. The
// order does not matter: columns are found by ID.
func passesInput(p *plan.Project) bool {
	return len(p.Items) == len(p.Input.Output()) && onlyPasses(p)
}

func onlyPasses(p *plan.Project) bool {
	for _, it := range p.Items {
		if !it.IsPass() {
			return false
		}
	}
	return true
}

func countUses(e plan.Expr, uses map[plan.ColID]int) {
	plan.Walk(e, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Col); ok {
			uses[c.ID]++
		}
		return true
	})
}

// cheapToRepeat tells expressions that cost nothing to evaluate again.
func cheapToRepeat(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Col, *plan.Const:
		return true
	case *plan.Field:
		return cheapToRepeat(e.X)
	}
	return false
}
