package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// dependentKeys groups by fewer keys where some are computed from others: those are
// computed of the groups instead of the rows, and nothing has to be compared for them.
func dependentKeys() Rule {
	return Rule{Name: "dependent_keys", Match: plan.OpAggregate, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		a := n.(*plan.Aggregate)
		p, ok := a.Input.(*plan.Project)
		if !ok || a.Partial || len(a.Keys) < 2 {
			return n, false, nil
		}
		read := map[plan.ColID]bool{}
		for _, g := range a.Aggs {
			for id := range aggColumns(g) {
				read[id] = true
			}
		}
		d := newDependence(p, a.Keys)
		of := map[plan.ColID]plan.Expr{}
		for _, it := range p.Items {
			if x := d.of(it); x != nil && !read[it.Col.ID] {
				of[it.Col.ID] = x
			}
		}
		if len(of) == 0 || len(of) == len(a.Keys) {
			return n, false, nil
		}
		return withoutKeys(a, p, of), true, nil
	}}
}

// dependence knows the keys that are columns of a projection's input.
type dependence struct {
	keys colSet                    // of the aggregate
	at   map[plan.ColID]plan.ColID // the key that passes an input's column on
}

func newDependence(p *plan.Project, keys []plan.Column) *dependence {
	d := &dependence{keys: colSet{}, at: map[plan.ColID]plan.ColID{}}
	for _, k := range keys {
		d.keys[k.ID] = true
	}
	for _, it := range p.Items {
		if x, ok := it.X.(*plan.Col); ok && d.keys[it.Col.ID] && equalIsSame(x.Type()) {
			if _, twice := d.at[x.ID]; !twice {
				d.at[x.ID] = it.Col.ID
			}
		}
	}
	return d
}

// of gives the value of a key in terms of others; nil if it is no such key.
func (d *dependence) of(it plan.Item) plan.Expr {
	if !d.keys[it.Col.ID] || plan.IsVolatile(it.X) {
		return nil
	}
	if x, ok := it.X.(*plan.Col); ok && d.at[x.ID] == it.Col.ID {
		return nil
	}
	cols := colSet{}
	plan.Columns(it.X, cols)
	for id := range cols {
		if _, ok := d.at[id]; !ok {
			return nil
		}
	}
	return plan.RenumberExpr(it.X, d.at)
}

// equalIsSame reports whether values that are equal give equal results everywhere. The
// two zeros do not, nor do a month and thirty days, or texts that differ in blanks.
func equalIsSame(t types.Type) bool {
	switch t.Kind {
	case types.Boolean, types.Date, types.Timestamp, types.Decimal, types.Varchar, types.Varbinary:
		return true
	}
	return t.IsInteger()
}

// withoutKeys computes the keys in of above the aggregate.
func withoutKeys(a *plan.Aggregate, p *plan.Project, of map[plan.ColID]plan.Expr) plan.Node {
	in := &plan.Project{Input: p.Input, Items: keep(p.Items, func(it plan.Item) bool { return of[it.Col.ID] == nil })}
	inner := *a
	inner.Input, inner.Keys = in, keep(a.Keys, func(k plan.Column) bool { return of[k.ID] == nil })
	var items []plan.Item
	for _, k := range a.Keys {
		if x := of[k.ID]; x != nil {
			items = append(items, plan.Item{Col: k, X: x})
			continue
		}
		items = append(items, plan.PassItem(k))
	}
	for _, g := range a.Aggs {
		items = append(items, plan.PassItem(g.Col))
	}
	return &plan.Project{Input: &inner, Items: items}
}
