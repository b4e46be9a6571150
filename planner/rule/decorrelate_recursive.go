package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// recursive pushes the domain into a recursive query: the rows of the first term
// carry it, and with them every round's.
func (d domain) recursive(n *plan.Recursive) (plan.Node, bound, error) {
	init, ib, err := d.push(n.Init)
	if err != nil {
		return nil, nil, err
	}
	inner := d
	inner.work = append(slices.Clone(d.work), n.ID)
	step, sb, err := inner.push(n.Step)
	if err != nil {
		return nil, nil, err
	}
	out, b := *n, bound{}
	out.Init, out.Step, out.Cols = init, step, slices.Clone(n.Cols)
	out.InitCols, out.StepCols = slices.Concat(n.InitCols, d.ids(ib)), slices.Concat(n.StepCols, d.ids(sb))
	for _, id := range d.order {
		b[id] = d.c.newCol(d.cols[id].Name, d.cols[id].Type)
		out.Cols = append(out.Cols, b[id])
	}
	return &out, b, nil
}

// workTable reads the domain's columns too.
func (d domain) workTable(n *plan.WorkTable) (plan.Node, bound, error) {
	out, b := *n, bound{}
	out.Cols = slices.Clone(n.Cols)
	for _, id := range d.order {
		b[id] = d.c.newCol(d.cols[id].Name, d.cols[id].Type)
		out.Cols = append(out.Cols, b[id])
	}
	return &out, b, nil
}

// readsWork reports whether n reads the rows of a recursive query that carry the
// domain.
func (d domain) readsWork(n plan.Node) bool {
	if len(d.work) == 0 {
		return false
	}
	found := false
	plan.Visit(n, func(m plan.Node) bool {
		if w, ok := m.(*plan.WorkTable); ok && slices.Contains(d.work, w.ID) {
			found = true
		}
		return !found
	})
	return found
}
