package rule

import "github.com/glauxdb/glaux/planner/plan"

// inlineWith puts the definition of a WITH where it is read if it is read once,
// or is a leaf that costs nothing to repeat; one that nobody reads goes.
func inlineWith() Rule {
	return Rule{Name: "inline_with", Match: plan.OpWith, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		w := n.(*plan.With)
		refs := countRefs(w.Body, w.ID)
		switch {
		case refs == 0:
			return w.Body, true, nil
		case refs == 1 || isTrivial(w.Def):
			return c.inline(w, w.Body, refs), true, nil
		}
		return n, false, nil
	}}
}

func countRefs(n plan.Node, id int) int {
	refs := 0
	plan.Visit(n, func(m plan.Node) bool {
		if r, ok := m.(*plan.CTERef); ok && r.ID == id {
			refs++
		}
		return true
	})
	return refs
}

// isTrivial tells definitions that may be repeated: constants, and renamings
// of another WITH.
func isTrivial(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Values:
		return len(n.Rows) <= 1 && !hasVolatile(n)
	case *plan.CTERef:
		return true
	case *plan.Project:
		return isTrivial(n.Input) && !hasVolatile(n)
	}
	return false
}

func hasVolatile(n plan.Node) bool {
	found := false
	plan.Visit(n, func(m plan.Node) bool {
		plan.EachExpr(m, func(e plan.Expr) { found = found || plan.IsVolatile(e) })
		if s, ok := m.(*plan.Scan); ok && s.Sample != nil {
			found = true
		}
		return !found
	})
	return found
}

// inline replaces the references to w in body by copies of its definition.
func (c *Ctx) inline(w *plan.With, body plan.Node, refs int) plan.Node {
	return plan.Transform(body, func(n plan.Node) plan.Node {
		r, ok := n.(*plan.CTERef)
		if !ok || r.ID != w.ID {
			return n
		}
		def, m := w.Def, map[plan.ColID]plan.ColID(nil)
		if refs > 1 {
			def, m = plan.Renumber(w.Def, c.newID, c.newWith)
		}
		byID := map[plan.ColID]plan.Column{}
		for _, col := range def.Output() {
			byID[col.ID] = col
		}
		items := make([]plan.Item, len(r.Cols))
		for i, col := range r.Cols {
			from := r.From[i]
			if id, ok := m[from]; ok {
				from = id
			}
			items[i] = plan.Item{Col: col, X: plan.Ref(byID[from])}
		}
		return &plan.Project{Input: def, Items: items}
	})
}
