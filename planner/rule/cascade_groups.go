package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// cascadeGroups aggregates a grouping set from the result of a finer one where
// it can, and not from the rows again: the sum over a year is the sum of its
// months' sums. Of the finer sets it takes the one with the fewest keys (Gray et
// al., Data Cube, 1997, call this computing the cube from the core).
func cascadeGroups() Rule {
	return Rule{Name: "cascade_groups", Match: plan.OpSetOp, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.SetOp)
		if s.Kind != plan.UnionAll {
			return n, false, nil
		}
		var sets []*groupingSet
		for i, in := range s.In {
			if g := c.groupingSet(in); g != nil {
				g.branch = i
				sets = append(sets, g)
			}
		}
		slices.SortStableFunc(sets, func(a, b *groupingSet) int { return cmp.Compare(len(b.agg.Keys), len(a.agg.Keys)) })
		any := false
		for i, g := range sets {
			for _, finer := range sets[:i] { // the last that fits has the fewest keys
				if g.follows(finer) {
					g.from, any = finer, true
				}
			}
			if g.from != nil {
				g.from.shared = true
			}
		}
		if !any {
			return n, false, nil
		}
		return c.cascade(s, sets), true, nil
	}}
}

// groupingSet is an aggregation of a shared input that a union puts out.
type groupingSet struct {
	branch int
	above  []*plan.Project // from the union down to the aggregate
	agg    *plan.Aggregate
	with   int                       // what it aggregates
	base   []plan.ColID              // the shared input's columns that are agg.Keys
	keys   map[plan.ColID]plan.ColID // from these to what agg calls them
	calls  map[string]plan.ColID     // fingerprints of the aggregates in terms of the shared input
	texts  []string                  // the fingerprints of agg.Aggs
	from   *groupingSet              // the finer set whose result is aggregated
	shared bool                      // it is another's from
	def    int                       // its With, if shared
	ids    map[plan.ColID]plan.ColID // from agg's columns to those of that With
}

// groupingSet gives nil for what is not an aggregation of a shared input whose
// results can be aggregated again.
func (c *Ctx) groupingSet(n plan.Node) *groupingSet {
	g := &groupingSet{keys: map[plan.ColID]plan.ColID{}, calls: map[string]plan.ColID{}}
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			break
		}
		g.above, n = append(g.above, p), p.Input
	}
	var ok bool
	if g.agg, ok = n.(*plan.Aggregate); !ok {
		return nil
	}
	ref, ok := g.agg.Input.(*plan.CTERef)
	if !ok {
		return nil
	}
	g.with = ref.ID
	base := map[plan.ColID]plan.ColID{}
	for i, col := range ref.Cols {
		base[col.ID] = ref.From[i]
	}
	for _, k := range g.agg.Keys {
		g.base, g.keys[base[k.ID]] = append(g.base, base[k.ID]), k.ID
	}
	text := func(a plan.Agg) string { return aggText(a, base) }
	p := newAggParts(c, text)
	for _, a := range g.agg.Aggs {
		if a.Distinct || aggVolatile(a) || !p.add(a, c.Functions.Merge(a.Fn) != nil) {
			return nil
		}
	}
	if p.split {
		g.above = append(g.above, &plan.Project{Items: append(passAll(g.agg.Keys), p.items...)})
		g.agg = &plan.Aggregate{Input: ref, Keys: g.agg.Keys, Aggs: p.aggs}
	}
	for _, a := range g.agg.Aggs {
		g.texts = append(g.texts, text(a))
		g.calls[text(a)] = a.Col.ID
	}
	return g
}

// follows reports whether g can be made of a finer set's result.
func (g *groupingSet) follows(finer *groupingSet) bool {
	if g.with != finer.with || len(g.keys) == len(finer.keys) {
		return false
	}
	for _, k := range g.base {
		if _, ok := finer.keys[k]; !ok {
			return false
		}
	}
	for _, text := range g.texts {
		if _, ok := finer.calls[text]; !ok {
			return false
		}
	}
	return true
}

// cascade computes the sets that others follow first, the finest before the
// others, and lets all read them.
func (c *Ctx) cascade(s *plan.SetOp, sets []*groupingSet) plan.Node {
	in := slices.Clone(s.In)
	var shared []*plan.With
	for _, g := range sets {
		if g.from == nil && !g.shared {
			continue
		}
		result := c.result(g)
		if g.shared {
			w := &plan.With{ID: c.newWith(), Name: "grouping set"}
			w.Def, g.ids = plan.Renumber(result, c.newID, c.newWith)
			g.def = w.ID
			shared = append(shared, w)
			result = g.read(g.agg.Output())
		}
		for _, p := range slices.Backward(g.above) {
			result = &plan.Project{Input: result, Items: p.Items}
		}
		in[g.branch] = result
	}
	out := s.WithInputs(in)
	for _, w := range slices.Backward(shared) {
		out = w.WithInputs([]plan.Node{w.Def, out})
	}
	return out
}

// read is a reference to a shared set's columns, which are called what agg calls
// them.
func (g *groupingSet) read(cols []plan.Column) *plan.CTERef {
	r := &plan.CTERef{ID: g.def, Name: "grouping set", Cols: cols}
	for _, col := range cols {
		r.From = append(r.From, g.ids[col.ID])
	}
	return r
}

// result computes a set: as it was, or from the finer one.
func (c *Ctx) result(g *groupingSet) plan.Node {
	if g.from == nil {
		return g.agg
	}
	ref := &plan.CTERef{ID: g.from.def, Name: "grouping set"}
	for i, k := range g.agg.Keys {
		ref.Cols, ref.From = append(ref.Cols, k), append(ref.From, g.from.ids[g.from.keys[g.base[i]]])
	}
	agg, items := &plan.Aggregate{Input: ref, Keys: g.agg.Keys}, passAll(g.agg.Keys)
	for i, a := range g.agg.Aggs {
		part, whole := c.newCol(a.Col.Name, a.Col.Type), c.newCol(a.Col.Name, a.Col.Type)
		ref.Cols, ref.From = append(ref.Cols, part), append(ref.From, g.from.ids[g.from.calls[g.texts[i]]])
		agg.Aggs = append(agg.Aggs, plan.Agg{Col: whole, Fn: c.Functions.Merge(a.Fn), Args: []plan.Expr{plan.Ref(part)}})
		var x plan.Expr = plan.Ref(whole)
		if len(agg.Keys) == 0 && strings.Contains(a.Fn.Name, "count") { // of no rows it is 0
			x = &plan.Coalesce{Args: []plan.Expr{x, &plan.Const{Value: types.IntOf(a.Col.Type, 0)}}, Typ: a.Col.Type}
		}
		items = append(items, plan.Item{Col: a.Col, X: x})
	}
	return &plan.Project{Input: agg, Items: items}
}
