package bind

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// groupingSets makes GROUPING SETS: the input is computed once and shared, each
// set aggregates it, and the union of them has NULL for the keys that a set
// leaves out.
func (z *selector) groupingSets(g *grouped) (plan.Node, error) {
	b, a := z.b, z.agg
	id := b.newWith()
	set := &plan.SetOp{Kind: plan.UnionAll, All: true}
	for i, k := range a.keys {
		set.Cols = append(set.Cols, b.newCol(g.keys[i].Name, k.Type()))
	}
	g.outs = set.Cols[:len(a.keys):len(a.keys)]
	for i := range a.calls {
		set.Cols = append(set.Cols, a.calls[i].Col)
	}
	for i := range a.grouping {
		set.Cols = append(set.Cols, a.grouping[i].col)
	}
	for _, s := range a.sets {
		branch, ids, err := z.groupingSet(id, g, s)
		if err != nil {
			return nil, err
		}
		set.In, set.Maps = append(set.In, branch), append(set.Maps, ids)
	}
	if len(a.sets) == 1 {
		w := set.In[0]
		set.In[0] = b.inline(w, &cte{id: id, r: &rel{node: g.input}})
		return set, nil
	}
	return &plan.With{ID: id, Name: "grouping sets", Def: g.input, Body: set}, nil
}

// groupingSet makes the aggregation of one set; the IDs are its columns for
// those of the union.
func (z *selector) groupingSet(with int, g *grouped, set []int) (plan.Node, []plan.ColID, error) {
	b := z.b
	ref := &plan.CTERef{ID: with, Name: "grouping sets"}
	ids := map[plan.ColID]plan.ColID{}
	for _, c := range g.input.Output() {
		col := b.newCol(c.Name, c.Type)
		ref.Cols, ref.From = append(ref.Cols, col), append(ref.From, c.ID)
		ids[c.ID] = col.ID
	}
	var keys []plan.Column
	var aggs []plan.Agg
	in := map[int]bool{}
	for _, k := range set {
		in[k] = true
		key := g.keys[k]
		key.ID = ids[key.ID]
		keys = append(keys, key)
	}
	for _, call := range z.agg.calls {
		call.Col.ID = b.newID()
		aggs = append(aggs, renumberAgg(call, ids))
	}
	agg, err := b.aggregateOf(ref, keys, aggs)
	if err != nil {
		return nil, nil, err
	}
	node, out := z.groupingColumns(agg, aggs, g, in, ids)
	return node, out, nil
}

// groupingColumns projects a set's aggregation to the columns of the union.
func (z *selector) groupingColumns(agg plan.Node, aggs []plan.Agg, g *grouped, in map[int]bool, ids map[plan.ColID]plan.ColID) (plan.Node, []plan.ColID) {
	b := z.b
	p := newProjection(b, agg)
	var out []plan.ColID
	for i, k := range g.keys {
		var x plan.Expr = &plan.Const{Value: types.NullOf(k.Type)}
		if in[i] {
			x = &plan.Col{ID: ids[k.ID], Typ: k.Type, Name: k.Name}
		}
		out = append(out, p.add(k.Name, x).ID)
	}
	for _, a := range aggs {
		out = append(out, p.add(a.Col.Name, plan.Ref(a.Col)).ID)
	}
	for _, c := range z.agg.grouping {
		out = append(out, p.add(c.col.Name, &plan.Const{Value: types.IntOf(c.col.Type, z.groupingBits(c, in))}).ID)
	}
	return p.node(), out
}

// groupingBits gives GROUPING's value in a set: the first argument is the
// highest bit, 1 if it is not grouped by.
func (z *selector) groupingBits(c groupingCall, in map[int]bool) int64 {
	var bits int64
	for _, x := range c.args {
		bits <<= 1
		if !in[z.agg.key(x, "")] {
			bits |= 1
		}
	}
	return bits
}

func renumberAgg(a plan.Agg, ids map[plan.ColID]plan.ColID) plan.Agg {
	args := make([]plan.Expr, len(a.Args))
	for i, x := range a.Args {
		args[i] = plan.RenumberExpr(x, ids)
	}
	a.Args = args
	if a.Filter != nil {
		a.Filter = plan.RenumberExpr(a.Filter, ids)
	}
	keys := append([]plan.SortKey(nil), a.OrderBy...)
	for i := range keys {
		keys[i].X = plan.RenumberExpr(keys[i].X, ids)
	}
	a.OrderBy = keys
	return a
}
