package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// pulled is a subquery without its correlated conditions.
type pulled struct {
	node  plan.Node
	conds []plan.Expr // over node's and outer columns: what was pulled up
	// computed holds result columns that need outer columns: they are computed
	// above the join. node does not put them out.
	computed map[plan.ColID]plan.Expr
	// empty is set when an aggregate without keys was grouped by what it is
	// correlated on: for an outer row without a group, the subquery still has
	// one row, of these values (the "count bug").
	empty map[plan.ColID]plan.Expr
	// unique: each outer row meets at most one row.
	unique bool
}

// puller pulls the conditions on the columns outer out of one subquery.
type puller struct {
	c     *Ctx
	outer map[plan.ColID]bool
	// repeats: it does not matter how often a row comes.
	repeats bool
}

// pullUp removes an Apply by pulling correlated conditions up; false if the
// subquery uses its outer columns in another way.
func (c *Ctx) pullUp(a *plan.Apply, outer map[plan.ColID]bool) (plan.Node, bool) {
	p := puller{c: c, outer: outer, repeats: a.Kind == plan.Semi || a.Kind == plan.Anti || a.Kind == plan.Mark}
	right, ok := p.pull(a.Right)
	if !ok {
		return nil, false
	}
	switch a.Kind {
	case plan.Semi, plan.Anti, plan.Mark:
		if right.empty != nil {
			return nil, false
		}
		return p.membership(a, right)
	case plan.Inner, plan.Left, plan.Single:
		if right.empty != nil {
			return p.scalar(a, right)
		}
		return p.rows(a, right)
	}
	return nil, false
}

// membership finishes semi, anti and mark joins.
func (p puller) membership(a *plan.Apply, r pulled) (plan.Node, bool) {
	b := *a
	b.Equal = nil
	b.On = slices.Clone(a.On)
	for i, k := range a.Equal {
		x := plan.Replace(k.R, r.computed)
		if x != k.R && i == 0 && a.NullAware {
			return nil, false
		}
		b.Equal = append(b.Equal, plan.EqualKey{L: k.L, R: x, NullSafe: k.NullSafe})
	}
	for i, x := range b.On {
		b.On[i] = plan.Replace(x, r.computed)
	}
	return joinOf(&b, r.node, r.conds), true
}

// rows finishes joins that put out the subquery's columns. Computed columns
// are projected above; where the join may make up NULLs, a marker column tells.
func (p puller) rows(a *plan.Apply, r pulled) (plan.Node, bool) {
	if len(r.computed) > 0 && (len(a.Equal) > 0 || len(a.On) > 0) {
		return nil, false
	}
	b := *a
	if b.Kind == plan.Single && r.unique {
		b.Kind = plan.Left
	}
	if len(r.computed) == 0 {
		return joinOf(&b, r.node, r.conds), true
	}
	right := r.node
	var marker *plan.Column
	if b.Kind != plan.Inner {
		m := p.c.newCol("matched", types.TBoolean)
		marker = &m
		items := append(passAll(right.Output()), plan.Item{Col: m, X: boolConst(true)})
		right = &plan.Project{Input: right, Items: items}
	}
	j := joinOf(&b, right, r.conds)
	var items []plan.Item
	for _, col := range a.Right.Output() {
		x, ok := r.computed[col.ID]
		if !ok {
			continue
		}
		if marker != nil {
			x = &plan.Case{Whens: []plan.When{{Cond: &plan.IsNull{X: plan.Ref(*marker), Not: true}, Result: x}}, Typ: col.Type}
		}
		items = append(items, plan.Item{Col: col, X: x})
	}
	return &plan.Project{Input: j, Items: withPassed(j, items)}, true
}

// scalar finishes a subquery that is an aggregate without keys: a left join
// with the groups, and the aggregate's values of no rows where none matches.
func (p puller) scalar(a *plan.Apply, r pulled) (plan.Node, bool) {
	if len(a.Equal) > 0 || len(a.On) > 0 || len(r.computed) > 0 {
		return nil, false
	}
	out := a.Right.Output()
	if allNull(out, r.empty) {
		return joinOf(&plan.Apply{Kind: plan.Left, Left: a.Left}, r.node, r.conds), true
	}
	node, m := plan.Renumber(r.node, p.c.newID, p.c.newWith)
	conds := make([]plan.Expr, len(r.conds))
	for i, x := range r.conds {
		conds[i] = plan.RenumberExpr(x, m)
	}
	marker := p.c.newCol("matched", types.TBoolean)
	node = &plan.Project{Input: node, Items: append(passAll(node.Output()), plan.Item{Col: marker, X: boolConst(true)})}
	j := joinOf(&plan.Apply{Kind: plan.Left, Left: a.Left}, node, conds)
	items := passAll(a.Left.Output())
	for _, col := range out {
		x := plan.Expr(&plan.Col{ID: m[col.ID], Typ: col.Type, Name: col.Name})
		if e := r.empty[col.ID]; !isNullConst(e) {
			x = &plan.Case{Whens: []plan.When{{Cond: &plan.IsNull{X: plan.Ref(marker)}, Result: e}}, Else: x, Typ: col.Type}
		}
		items = append(items, plan.Item{Col: col, X: x})
	}
	return &plan.Project{Input: j, Items: items}, true
}

func allNull(cols []plan.Column, vals map[plan.ColID]plan.Expr) bool {
	for _, col := range cols {
		if !isNullConst(vals[col.ID]) {
			return false
		}
	}
	return true
}

// depends reports whether e reads an outer column.
func (p puller) depends(e plan.Expr) bool { return intersects(freeOf(e), p.outer) }

// nodeDepends reports whether n itself, not its inputs, reads an outer column.
func (p puller) nodeDepends(n plan.Node) bool {
	used := map[plan.ColID]bool{}
	plan.Used(n, used)
	return intersects(used, p.outer)
}

func (p puller) pull(n plan.Node) (pulled, bool) {
	if !intersects(plan.Free(n), p.outer) {
		return pulled{node: n}, true
	}
	switch n := n.(type) {
	case *plan.Filter:
		return p.filter(n)
	case *plan.Project:
		return p.project(n)
	case *plan.Aggregate:
		return p.aggregate(n)
	case *plan.Join:
		return p.join(n)
	case *plan.Window:
		return p.window(n)
	case *plan.MatchRecognize:
		return p.match(n)
	case *plan.Sort, *plan.Limit, *plan.DistinctOn:
		return p.perGroup(n)
	case *plan.Unnest:
		if r, ok := p.input(n); ok {
			r.node, r.unique = n.WithInputs([]plan.Node{r.node}), false
			return r, true
		}
	case *plan.With:
		if intersects(plan.Free(n.Def), p.outer) {
			return pulled{}, false
		}
		r, ok := p.pull(n.Body)
		if ok {
			r.node = n.WithInputs([]plan.Node{n.Def, r.node})
		}
		return r, ok
	}
	return pulled{}, false
}

// input pulls out of the only input of a node that uses no outer column itself
// and cannot live with a compensated aggregate or missing columns below it.
func (p puller) input(n plan.Node) (pulled, bool) {
	if p.nodeDepends(n) {
		return pulled{}, false
	}
	p.repeats = false
	r, ok := p.pull(n.Inputs()[0])
	return r, ok && r.empty == nil && len(r.computed) == 0
}

func (p puller) filter(n *plan.Filter) (pulled, bool) {
	r, ok := p.pull(n.Input)
	if !ok || r.empty != nil {
		return pulled{}, false
	}
	var stay []plan.Expr
	for _, x := range n.Conds {
		x = plan.Replace(x, r.computed)
		switch {
		case !p.depends(x):
			stay = append(stay, x)
		case plan.IsVolatile(x):
			return pulled{}, false
		default:
			r.conds = append(r.conds, plan.Conjuncts(x)...)
		}
	}
	r.node = filter(r.node, stay)
	return r, true
}

func (p puller) project(n *plan.Project) (pulled, bool) {
	r, ok := p.pull(n.Input)
	if !ok {
		return pulled{}, false
	}
	var items []plan.Item
	computed, empty := map[plan.ColID]plan.Expr{}, map[plan.ColID]plan.Expr(nil)
	if r.empty != nil {
		empty = map[plan.ColID]plan.Expr{}
	}
	need := map[plan.ColID]bool{}
	for _, x := range r.conds {
		plan.Columns(x, need)
	}
	for _, it := range n.Items {
		x := plan.Replace(it.X, r.computed)
		if p.depends(x) {
			if plan.IsVolatile(x) || r.empty != nil {
				return pulled{}, false
			}
			computed[it.Col.ID] = x
			plan.Columns(x, need)
			continue
		}
		items = append(items, plan.Item{Col: it.Col, X: x})
		if r.empty != nil {
			empty[it.Col.ID] = p.c.fold(plan.Replace(it.X, r.empty))
		}
	}
	r.node = &plan.Project{Input: r.node, Items: addNeeded(items, r.node, need)}
	r.computed, r.empty = computed, empty
	return r, true
}

// addNeeded passes on the columns of in that are needed and not among items.
func addNeeded(items []plan.Item, in plan.Node, need map[plan.ColID]bool) []plan.Item {
	have := map[plan.ColID]bool{}
	for _, it := range items {
		have[it.Col.ID] = true
	}
	for _, col := range in.Output() {
		if need[col.ID] && !have[col.ID] {
			items = append(items, plan.PassItem(col))
		}
	}
	return items
}

// bind makes sure that conditions can be tested group by group: each is over
// grouping columns of the subquery, or an equality of an expression of the
// subquery with one of the outer query; such expressions become grouping
// columns. It gives the node with those columns, and the conditions over them.
func (p puller) bind(r pulled, groups map[plan.ColID]bool) (plan.Node, []plan.Expr, []plan.Column, bool) {
	var extra []plan.Item
	var keys []plan.Column
	conds := make([]plan.Expr, 0, len(r.conds))
	in := plan.OutputSet(r.node)
	for _, x := range r.conds {
		if p.onlyGroups(x, in, groups) {
			conds = append(conds, x)
			continue
		}
		k, ok := asKey(x, in, p.outer)
		if !ok {
			return nil, nil, nil, false
		}
		col, plain := k.L.(*plan.Col)
		if !plain {
			made := p.c.newCol("key", k.L.Type())
			extra = append(extra, plan.Item{Col: made, X: k.L})
			col = plan.Ref(made)
		}
		keys = append(keys, plan.Column{ID: col.ID, Name: col.Name, Type: col.Typ})
		k.L = col
		conds = append(conds, equalCond(k))
	}
	node := r.node
	if len(extra) > 0 {
		node = &plan.Project{Input: node, Items: append(passAll(node.Output()), extra...)}
	}
	return node, conds, keys, true
}

func (p puller) onlyGroups(x plan.Expr, in, groups map[plan.ColID]bool) bool {
	for id := range freeOf(x) {
		if in[id] && !groups[id] {
			return false
		}
	}
	return true
}

func (p puller) aggregate(n *plan.Aggregate) (pulled, bool) {
	r, ok := p.input(n)
	if !ok {
		return pulled{}, false
	}
	groups := map[plan.ColID]bool{}
	for _, k := range n.Keys {
		groups[k.ID] = true
	}
	node, conds, keys, ok := p.bind(r, groups)
	if !ok || len(n.Keys) == 0 && len(keys) == 0 {
		return pulled{}, false
	}
	agg := &plan.Aggregate{Input: node, Keys: slices.Clone(n.Keys), Aggs: n.Aggs}
	for _, k := range keys {
		if !groups[k.ID] {
			groups[k.ID] = true
			agg.Keys = append(agg.Keys, k)
		}
	}
	out := pulled{node: agg, conds: conds, unique: len(n.Keys) == 0}
	if len(n.Keys) == 0 {
		out.empty = emptyValues(n.Aggs)
	}
	return out, true
}

// emptyValues gives each aggregate's value over no rows.
func emptyValues(aggs []plan.Agg) map[plan.ColID]plan.Expr {
	vals := map[plan.ColID]plan.Expr{}
	for _, a := range aggs {
		v := types.NullOf(a.Col.Type)
		if countsRows(a.Fn.Name) {
			v = zeroOf(a.Col.Type)
		}
		vals[a.Col.ID] = &plan.Const{Value: v}
	}
	return vals
}

// countsRows tells the aggregates that give 0, not NULL, for no rows.
func countsRows(name string) bool {
	switch name {
	case "count", "count_if", "approx_distinct", "regr_count":
		return true
	}
	return false
}

func zeroOf(t types.Type) types.Value { return types.Value{Type: t} }

// join pulls out of both sides and the condition of an inner join. A semi join
// is one where repeated rows do not matter.
func (p puller) join(n *plan.Join) (pulled, bool) {
	if n.Kind != plan.Inner && !(n.Kind == plan.Semi && p.repeats) {
		return p.outerJoin(n)
	}
	l, ok1 := p.pull(n.Left)
	r, ok2 := p.pull(n.Right)
	if !ok1 || !ok2 || l.empty != nil || r.empty != nil || len(l.computed) > 0 || len(r.computed) > 0 {
		return pulled{}, false
	}
	out := pulled{conds: slices.Concat(l.conds, r.conds)}
	j := *n
	j.Kind, j.Left, j.Right, j.On, j.Equal = plan.Inner, l.node, r.node, nil, nil
	for _, x := range joinConds(n) {
		switch {
		case !p.depends(x):
			j.On = append(j.On, x)
		case plan.IsVolatile(x):
			return pulled{}, false
		default:
			out.conds = append(out.conds, plan.Conjuncts(x)...)
		}
	}
	keys, rest := splitKeys(j.On, plan.OutputSet(j.Left), plan.OutputSet(j.Right))
	j.Equal, j.On = keys, rest
	out.node = &j
	return out, true
}

// outerJoin pulls out of the side whose rows all come through.
func (p puller) outerJoin(n *plan.Join) (pulled, bool) {
	keep, other := 0, n.Right
	if n.Kind == plan.Right {
		keep, other = 1, n.Left
	}
	if n.Kind == plan.Full || p.nodeDepends(n) || intersects(plan.Free(other), p.outer) {
		return pulled{}, false
	}
	in := n.Inputs()
	r, ok := p.pull(in[keep])
	if !ok || r.empty != nil || len(r.computed) > 0 {
		return pulled{}, false
	}
	in[keep] = r.node
	r.node, r.unique = n.WithInputs(in), false
	return r, true
}

// perGroup makes a sort, a limit or a DISTINCT ON work within each group of
// equal correlation values.
func (p puller) perGroup(n plan.Node) (pulled, bool) {
	r, ok := p.input(n)
	if !ok {
		return pulled{}, false
	}
	s, isSort := n.(*plan.Sort)
	if isSort && s.Limit < 0 && s.Offset == 0 {
		r.node = n.WithInputs([]plan.Node{r.node})
		return r, true
	}
	var groups map[plan.ColID]bool
	switch n := n.(type) {
	case *plan.Limit:
		groups = idSet(n.PartitionBy)
	case *plan.Sort:
		groups = idSet(n.PartitionBy)
	case *plan.DistinctOn:
		groups = idSet(n.On)
	}
	node, conds, keys, ok := p.bind(r, groups)
	if !ok {
		return pulled{}, false
	}
	return pulled{node: regroup(n, node, keys), conds: conds, unique: limitsToOne(n)}, true
}

// window makes window functions see only the rows of equal correlation values.
func (p puller) window(n *plan.Window) (pulled, bool) {
	return p.partitioned(n, n.Groups(), func(in plan.Node, keys []plan.Column) plan.Node { return n.Regroup(in, keys) })
}

// match makes patterns be looked for in the rows of equal correlation values.
func (p puller) match(n *plan.MatchRecognize) (pulled, bool) {
	r, ok := p.partitioned(n, n.Groups(), func(in plan.Node, keys []plan.Column) plan.Node { return n.Regroup(in, keys) })
	r.unique = false
	return r, ok
}

// partitioned pulls out of the input of a node that works by partitions, in which all
// rows agree in groups.
func (p puller) partitioned(n plan.Node, groups map[plan.ColID]bool, regroup func(plan.Node, []plan.Column) plan.Node) (pulled, bool) {
	r, ok := p.input(n)
	if !ok {
		return pulled{}, false
	}
	node, conds, keys, ok := p.bind(r, groups)
	if !ok {
		return pulled{}, false
	}
	return pulled{node: regroup(node, keys), conds: conds, unique: r.unique}, true
}

func limitsToOne(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Limit:
		return n.Limit == 1 && len(n.PartitionBy) == 0
	case *plan.Sort:
		return n.Limit == 1 && len(n.PartitionBy) == 0
	}
	return false
}

// regroup gives n over another input with more grouping columns. The limit of
// a sorted input becomes a top-N per group.
func regroup(n, in plan.Node, keys []plan.Column) plan.Node {
	var ids []plan.ColID
	for _, k := range keys {
		ids = append(ids, k.ID)
	}
	switch n := n.(type) {
	case *plan.Limit:
		l := *n
		l.Input, l.PartitionBy = in, slices.Concat(n.PartitionBy, ids)
		if s, ok := in.(*plan.Sort); ok && s.Limit < 0 && s.Offset == 0 && len(s.PartitionBy) == 0 {
			return &plan.Sort{Input: s.Input, Keys: s.Keys, Limit: l.Limit, Offset: l.Offset, PartitionBy: l.PartitionBy}
		}
		return &l
	case *plan.Sort:
		s := *n
		s.Input, s.PartitionBy = in, slices.Concat(n.PartitionBy, ids)
		return &s
	case *plan.DistinctOn:
		return &plan.DistinctOn{Input: in, On: slices.Concat(n.On, ids)}
	}
	return n
}
