package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// comparedByKey reports whether values of a type can be equal without being the same:
// jsonb, and in Trino times of day with a zone, which are the same moment of the day.
func (b *binder) comparedByKey(t types.Type) bool {
	return t.IsJSONB() || t.Kind == types.TimeTZ && b.dialect == plan.Athena
}

// aggregateOf makes an aggregation. The values of some types are equal without
// being the same: their keys are grouped by what tells them apart, and a group shows the
// key of one of its rows, as PostgreSQL does. The plan below gets new columns then, so
// that the keys keep theirs above.
func (b *binder) aggregateOf(input plan.Node, keys []plan.Column, aggs []plan.Agg) (plan.Node, error) {
	if !slices.ContainsFunc(keys, func(k plan.Column) bool { return b.comparedByKey(k.Type) }) {
		return &plan.Aggregate{Input: input, Keys: keys, Aggs: aggs}, nil
	}
	in, ids := plan.Renumber(input, b.newID, b.newWith)
	below, agg, top := &plan.Project{Input: in}, &plan.Aggregate{}, &plan.Project{}
	for _, c := range in.Output() {
		below.Items = append(below.Items, plan.PassItem(c))
	}
	for _, a := range aggs {
		out := a.Col
		a = renumberAgg(a, ids)
		a.Col.ID = b.newID()
		agg.Aggs = append(agg.Aggs, a)
		top.Items = append(top.Items, plan.Item{Col: out, X: plan.Ref(a.Col)})
	}
	for _, out := range keys {
		key := out
		if id, ok := ids[key.ID]; ok {
			key.ID = id
		}
		if !b.comparedByKey(key.Type) {
			agg.Keys = append(agg.Keys, key)
			top.Items = append(top.Items, plan.Item{Col: out, X: plan.Ref(key)})
			continue
		}
		x := b.ordered(plan.Ref(key))
		by := b.newCol(key.Name, x.Type())
		below.Items = append(below.Items, plan.Item{Col: by, X: x})
		agg.Keys = append(agg.Keys, by)
		shown, err := b.anyValue(key)
		if err != nil {
			return nil, err
		}
		agg.Aggs = append(agg.Aggs, shown)
		top.Items = append(top.Items, plan.Item{Col: out, X: plan.Ref(shown.Col)})
	}
	agg.Input, top.Input = below, agg
	return top, nil
}

// anyValue is a call of the aggregate that gives a column's value in one of the rows.
func (b *binder) anyValue(c plan.Column) (plan.Agg, error) {
	args := []plan.Expr{plan.Ref(c)}
	fn, err := b.cfg.Functions.Resolve("any_value", plan.AggregateFunc, b.args(args), b.dialect)
	return plan.Agg{Col: b.newCol(c.Name, c.Type), Fn: fn, Args: args}, err
}

// setByValue makes an INTERSECT or EXCEPT without ALL of inputs of which some columns are
// compared by value: the left rows that the right ones have, or have not, once.
func (b *binder) setByValue(kind plan.SetKind, left, right *rel, pos ast.Pos) (*rel, error) {
	join := &plan.Join{Kind: plan.Semi, Left: left.node, Right: right.node}
	if kind == plan.Except {
		join.Kind = plan.Anti
	}
	out, top := &rel{}, &plan.Project{Input: join}
	for i := range left.cols {
		l, r := left.ref(i), right.ref(i)
		join.On = append(join.On, &plan.Compare{Op: plan.NotDistinct, L: b.ordered(l), R: b.ordered(r)})
		col := b.newCol(left.cols[i].name, l.Type())
		top.Items = append(top.Items, plan.Item{Col: col, X: l})
		out.cols = append(out.cols, outCol{name: col.Name, id: col.ID, typ: col.Type})
	}
	out.node = top
	return b.distinct(out, pos)
}
