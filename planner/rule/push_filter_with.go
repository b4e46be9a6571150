package rule

import "github.com/glauxdb/glaux/planner/plan"

// maxFilteredRefs bounds the conditions that are joined by OR.
const maxFilteredRefs = 16

// pushFilterWith limits a WITH that is read several times to the rows that one of
// its readers wants, if each reads it under conditions: so a scan of it reads the
// partitions of all of them and no others. The readers keep their conditions.
func pushFilterWith() Rule {
	return Rule{Name: "push_filter_with", Match: plan.OpWith, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		w := n.(*plan.With)
		wanted := readersConditions(w)
		if len(wanted) == 0 || len(wanted) > maxFilteredRefs {
			return n, false, nil
		}
		cond := wanted[0]
		if len(wanted) > 1 {
			cond = &plan.Or{Args: wanted}
		}
		if f, ok := w.Def.(*plan.Filter); ok {
			for _, x := range f.Conds {
				if plan.Same(x, cond) {
					return n, false, nil
				}
			}
		}
		return w.WithInputs([]plan.Node{filter(w.Def, []plan.Expr{cond}), w.Body}), true, nil
	}}
}

// readersConditions gives what each reader of a WITH asks of its rows, over the
// definition's columns; nil if one asks for nothing.
func readersConditions(w *plan.With) []plan.Expr {
	byID := map[plan.ColID]plan.Column{}
	for _, col := range w.Def.Output() {
		byID[col.ID] = col
	}
	var out []plan.Expr
	plan.Visit(w.Body, func(n plan.Node) bool {
		f, ok := n.(*plan.Filter)
		if !ok {
			return true
		}
		r, ok := f.Input.(*plan.CTERef)
		if !ok || r.ID != w.ID {
			return true
		}
		to := map[plan.ColID]plan.Expr{}
		for i, col := range r.Cols {
			to[col.ID] = plan.Ref(byID[r.From[i]])
		}
		mine, _ := splitConds(f.Conds, func(x plan.Expr) bool {
			for id := range freeOf(x) {
				if to[id] == nil {
					return false
				}
			}
			return true
		})
		if len(mine) > 0 {
			for i := range mine {
				mine[i] = plan.Replace(mine[i], to)
			}
			out = append(out, allOf(mine))
		}
		return true
	})
	if len(out) != countRefs(w.Body, w.ID) {
		return nil
	}
	return out
}

// allOf is one condition that says what all say.
func allOf(conds []plan.Expr) plan.Expr {
	if len(conds) == 1 {
		return conds[0]
	}
	return &plan.And{Args: conds}
}
