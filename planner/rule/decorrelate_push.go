package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// pushDown removes an Apply in general. The left side becomes a WITH; the
// distinct values of its correlated columns are the domain, which is joined
// into the subquery where it needs them; every node above groups or joins by
// the domain too. At last the left side is joined with the result on the
// domain's columns.
//
//	Apply(L, R)  =>  With L: Join(L, push(R, distinct(L.outer)), L.outer IS NOT DISTINCT FROM domain)
func (c *Ctx) pushDown(a *plan.Apply, outer map[plan.ColID]bool) (plan.Node, error) {
	def, m := plan.Renumber(a.Left, c.newID, c.newWith)
	w := &plan.With{ID: c.newWith(), Name: "outer", Def: def}
	d := domain{c: c, outer: outer, with: w, cols: map[plan.ColID]plan.Column{}}
	left := &plan.CTERef{ID: w.ID, Name: w.Name}
	for _, col := range a.Left.Output() {
		from := col.ID
		if id, ok := m[col.ID]; ok {
			from = id
		}
		left.Cols, left.From = append(left.Cols, col), append(left.From, from)
		if outer[col.ID] {
			d.order = append(d.order, col.ID)
			d.cols[col.ID] = plan.Column{ID: from, Name: col.Name, Type: col.Type}
		}
	}
	right, dom, err := d.push(a.Right)
	if err != nil {
		return nil, err
	}
	b := *a
	b.Left = left
	j := joinOf(&b, right, nil)
	for _, id := range d.order {
		l := d.cols[id]
		l.ID = id
		j.Equal = append(j.Equal, plan.EqualKey{L: plan.Ref(l), R: plan.Ref(dom[id]), NullSafe: true})
	}
	w.Body = j
	return w, nil
}

// domain makes the distinct values of the outer columns, each time with new
// IDs, and pushes them into a subquery.
type domain struct {
	c     *Ctx
	outer map[plan.ColID]bool
	order []plan.ColID               // outer columns in the order of the left side
	cols  map[plan.ColID]plan.Column // outer column -> column of the WITH
	with  *plan.With
	work  []int // recursive queries whose rows carry the domain
}

// bound maps an outer column to the column that carries its value.
type bound map[plan.ColID]plan.Column

func (d domain) make() (plan.Node, bound) {
	ref := &plan.CTERef{ID: d.with.ID, Name: d.with.Name}
	b := bound{}
	for _, id := range d.order {
		col := d.c.newCol(d.cols[id].Name, d.cols[id].Type)
		ref.Cols, ref.From = append(ref.Cols, col), append(ref.From, d.cols[id].ID)
		b[id] = col
	}
	return &plan.Aggregate{Input: ref, Keys: ref.Cols}, b
}

func (d domain) columns(b bound) []plan.Column {
	out := make([]plan.Column, len(d.order))
	for i, id := range d.order {
		out[i] = b[id]
	}
	return out
}

func (d domain) ids(b bound) []plan.ColID {
	out := make([]plan.ColID, len(d.order))
	for i, id := range d.order {
		out[i] = b[id].ID
	}
	return out
}

// exprs replaces outer columns in n's own expressions by the domain's.
func (b bound) exprs(n plan.Node) plan.Node {
	with := map[plan.ColID]plan.Expr{}
	for id, col := range b {
		with[id] = plan.Ref(col)
	}
	return plan.MapExprs(n, func(e plan.Expr) plan.Expr { return plan.Replace(e, with) })
}

// equal gives the join keys between two carriers of the domain.
func (d domain) equal(l, r bound) []plan.EqualKey {
	keys := make([]plan.EqualKey, len(d.order))
	for i, id := range d.order {
		keys[i] = plan.EqualKey{L: plan.Ref(l[id]), R: plan.Ref(r[id]), NullSafe: true}
	}
	return keys
}

func (d domain) correlated(n plan.Node) bool {
	return intersects(plan.Free(n), d.outer) || d.readsWork(n)
}

// push gives n evaluated for every value of the domain, with the columns that
// carry the value.
func (d domain) push(n plan.Node) (plan.Node, bound, error) {
	if !d.correlated(n) {
		dom, b := d.make()
		return &plan.Join{Kind: plan.Inner, Left: n, Right: dom}, b, nil
	}
	switch n := n.(type) {
	case *plan.Filter, *plan.Unnest:
		in, b, err := d.push(n.Inputs()[0])
		if err != nil {
			return nil, nil, err
		}
		return b.exprs(n.WithInputs([]plan.Node{in})), b, nil
	case *plan.Project:
		in, b, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		p := b.exprs(&plan.Project{Input: in, Items: n.Items}).(*plan.Project)
		items := slices.Concat(p.Items, passAll(d.columns(b)))
		return &plan.Project{Input: in, Items: items}, b, nil
	case *plan.Aggregate:
		return d.aggregate(n)
	case *plan.Join:
		return d.join(n)
	case *plan.Window:
		in, b, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		return b.exprs(n.Regroup(in, d.columns(b))), b, nil
	case *plan.MatchRecognize:
		in, b, err := d.push(n.Input)
		if err != nil {
			return nil, nil, err
		}
		return b.exprs(n.Regroup(in, d.columns(b))), b, nil
	case *plan.Sort, *plan.Limit, *plan.DistinctOn:
		return d.perGroup(n)
	case *plan.MaxOneRow:
		return d.maxOneRow(n)
	case *plan.SetOp:
		return d.setOp(n)
	}
	return d.leaf(n)
}

// leaf handles what has no inputs, and WITH.
func (d domain) leaf(n plan.Node) (plan.Node, bound, error) {
	switch n := n.(type) {
	case *plan.With:
		if d.correlated(n.Def) {
			return d.push(d.c.inline(n, n.Body, 2))
		}
		body, b, err := d.push(n.Body)
		if err != nil {
			return nil, nil, err
		}
		return n.WithInputs([]plan.Node{n.Def, body}), b, nil
	case *plan.Scan:
		s := *n
		s.Filter = nil
		return d.push(&plan.Filter{Input: &s, Conds: n.Filter})
	case *plan.Virtual:
		v := *n
		v.Filter = nil
		return d.push(&plan.Filter{Input: &v, Conds: n.Filter})
	case *plan.Values:
		return d.values(n)
	case *plan.TableCall:
		return nil, nil, fault.New(fault.CodeFeatureNotSupported,
			"function %s in FROM cannot use columns of the query around it", n.Fn.Name).
			WithHint("Use unnest() over an array instead.")
	case *plan.Recursive:
		return d.recursive(n)
	case *plan.WorkTable:
		return d.workTable(n)
	}
	return nil, nil, bug("%s cannot be decorrelated", n.Op())
}

// values makes each row of a VALUES list a projection of the domain.
func (d domain) values(n *plan.Values) (plan.Node, bound, error) {
	u := &plan.SetOp{Kind: plan.UnionAll, All: true, Cols: slices.Clone(n.Cols)}
	b := bound{}
	for _, id := range d.order {
		b[id] = d.c.newCol(d.cols[id].Name, d.cols[id].Type)
	}
	u.Cols = append(u.Cols, d.columns(b)...)
	for _, row := range n.Rows {
		dom, rb := d.make()
		var items []plan.Item
		var ids []plan.ColID
		for i, x := range row {
			col := d.c.newCol(n.Cols[i].Name, n.Cols[i].Type)
			items, ids = append(items, plan.Item{Col: col, X: x}), append(ids, col.ID)
		}
		p := rb.exprs(&plan.Project{Input: dom, Items: items}).(*plan.Project)
		p = &plan.Project{Input: dom, Items: slices.Concat(p.Items, passAll(d.columns(rb)))}
		u.In, u.Maps = append(u.In, p), append(u.Maps, append(ids, d.ids(rb)...))
	}
	return u, b, nil
}

// aggregate groups by the domain as well. Without keys every value of the
// domain has one row, also where nothing is aggregated.
func (d domain) aggregate(n *plan.Aggregate) (plan.Node, bound, error) {
	in, b, err := d.push(n.Input)
	if err != nil {
		return nil, nil, err
	}
	agg := b.exprs(&plan.Aggregate{Input: in, Keys: n.Keys, Aggs: n.Aggs}).(*plan.Aggregate)
	keys := slices.Concat(n.Keys, d.columns(b))
	if len(n.Keys) > 0 {
		return &plan.Aggregate{Input: in, Keys: keys, Aggs: agg.Aggs}, b, nil
	}
	fresh := &plan.Aggregate{Input: in, Keys: keys, Aggs: slices.Clone(agg.Aggs)}
	dom, db := d.make()
	items := passAll(d.columns(db))
	empty := emptyValues(n.Aggs)
	for i, a := range n.Aggs {
		made := d.c.newCol(a.Col.Name, a.Col.Type)
		fresh.Aggs[i].Col = made
		x := plan.Expr(plan.Ref(made))
		if e := empty[a.Col.ID]; !isNullConst(e) {
			x = &plan.Coalesce{Args: []plan.Expr{x, e}, Typ: a.Col.Type}
		}
		items = append(items, plan.Item{Col: a.Col, X: x})
	}
	j := &plan.Join{Kind: plan.Left, Left: dom, Right: fresh, Equal: d.equal(db, b)}
	return &plan.Project{Input: j, Items: items}, db, nil
}

// join pushes the domain into the sides that need it. A side that comes through
// whole (the left of a left join) carries it; if the other side is correlated
// too, both carry it and are joined on it.
func (d domain) join(n *plan.Join) (plan.Node, bound, error) {
	carryLeft := n.Kind != plan.Right && (n.Kind != plan.Inner || d.correlated(n.Left) || !d.correlated(n.Right))
	carryRight := n.Kind == plan.Right || n.Kind == plan.Full || d.correlated(n.Right)
	out := *n
	var lb, rb bound
	var err error
	if carryLeft || n.Kind == plan.Right && d.correlated(n.Left) {
		if out.Left, lb, err = d.push(n.Left); err != nil {
			return nil, nil, err
		}
	}
	if carryRight {
		if out.Right, rb, err = d.push(n.Right); err != nil {
			return nil, nil, err
		}
	}
	b := lb
	if n.Kind == plan.Right || lb == nil {
		b = rb
	}
	res := *b.exprs(&out).(*plan.Join)
	if lb != nil && rb != nil {
		res.Equal = append(slices.Clone(res.Equal), d.equal(lb, rb)...)
	}
	keys, rest := splitKeys(res.On, plan.OutputSet(res.Left), plan.OutputSet(res.Right))
	res.Equal, res.On = append(slices.Clone(res.Equal), keys...), rest
	if n.Kind != plan.Full {
		return &res, b, nil
	}
	items, fb := passAll(n.Output()), bound{}
	for _, id := range d.order {
		col := d.c.newCol(d.cols[id].Name, d.cols[id].Type)
		fb[id] = col
		items = append(items, plan.Item{Col: col, X: &plan.Coalesce{
			Args: []plan.Expr{plan.Ref(lb[id]), plan.Ref(rb[id])}, Typ: col.Type}})
	}
	return &plan.Project{Input: &res, Items: items}, fb, nil
}

func (d domain) perGroup(n plan.Node) (plan.Node, bound, error) {
	in, b, err := d.push(n.Inputs()[0])
	if err != nil {
		return nil, nil, err
	}
	if s, ok := n.(*plan.Sort); ok && s.Limit < 0 && s.Offset == 0 {
		return b.exprs(n.WithInputs([]plan.Node{in})), b, nil
	}
	return b.exprs(regroup(n, in, d.columns(b))), b, nil
}

// maxOneRow gives each value of the domain the one row it may have, or NULLs.
func (d domain) maxOneRow(n *plan.MaxOneRow) (plan.Node, bound, error) {
	in, b, err := d.push(n.Input)
	if err != nil {
		return nil, nil, err
	}
	dom, db := d.make()
	return &plan.Join{Kind: plan.Single, Left: dom, Right: in, Equal: d.equal(db, b)}, db, nil
}

func (d domain) setOp(n *plan.SetOp) (plan.Node, bound, error) {
	out := &plan.SetOp{Kind: n.Kind, All: n.All}
	for i, k := range n.In {
		in, b, err := d.push(k)
		if err != nil {
			return nil, nil, err
		}
		out.In = append(out.In, in)
		out.Maps = append(out.Maps, slices.Concat(n.Maps[i], d.ids(b)))
	}
	b := bound{}
	for _, id := range d.order {
		b[id] = d.c.newCol(d.cols[id].Name, d.cols[id].Type)
	}
	out.Cols = slices.Concat(n.Cols, d.columns(b))
	return out, b, nil
}
