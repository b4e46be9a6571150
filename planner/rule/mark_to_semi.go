package rule

import "github.com/glauxdb/glaux/planner/plan"

// markToSemi makes a semi or anti join of a mark join whose mark is just
// filtered on.
func markToSemi() Rule {
	return Rule{Name: "mark_to_semi", Match: plan.OpFilter, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		f := n.(*plan.Filter)
		j, ok := f.Input.(*plan.Join)
		if !ok || j.Kind != plan.Mark {
			return n, false, nil
		}
		for i, cond := range f.Conds {
			kind, ok := asMark(cond, j.MarkCol.ID)
			if !ok {
				continue
			}
			s := *j
			s.Kind, s.MarkCol = kind, plan.Column{}
			if kind == plan.Semi {
				s.NullAware = false
			}
			mark := plan.Item{Col: j.MarkCol, X: boolConst(kind == plan.Semi)}
			p := &plan.Project{Input: &s, Items: append(passAll(s.Output()), mark)}
			rest := append(f.Conds[:i:i], f.Conds[i+1:]...)
			return filter(p, rest), true, nil
		}
		return n, false, nil
	}}
}

// asMark recognizes a condition that is the mark or its negation.
func asMark(cond plan.Expr, mark plan.ColID) (plan.JoinKind, bool) {
	switch e := cond.(type) {
	case *plan.Col:
		return plan.Semi, e.ID == mark
	case *plan.Not:
		col, ok := e.X.(*plan.Col)
		return plan.Anti, ok && col.ID == mark
	}
	return 0, false
}
