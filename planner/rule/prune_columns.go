package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// pruneColumns leaves in every node only the columns that somebody above
// reads, down to the scans. Joins that were only there for their columns and
// cannot change the rows go away.
func pruneColumns() Rule {
	return Rule{Name: "prune_columns", Match: OpTree, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		p := pruner{c: c, withs: map[int]map[plan.ColID]bool{}}
		out := p.node(n, plan.OutputSet(n))
		return out, out != n, nil
	}}
}

// pruner carries the columns that references need of each WITH.
type pruner struct {
	c     *Ctx
	withs map[int]map[plan.ColID]bool
}

type colSet = map[plan.ColID]bool

// plus gives the union of the set and the columns that n itself reads.
func plus(need colSet, n plan.Node) colSet {
	out := colSet{}
	for id := range need {
		out[id] = true
	}
	plan.Used(n, out)
	return out
}

// node prunes n to the columns in need. It may keep more, never less.
func (p *pruner) node(n plan.Node, need colSet) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return pruneScan(n, need)
	case *plan.Virtual:
		return pruneVirtual(n, need)
	case *plan.Values:
		return pruneValues(n, need)
	case *plan.Project:
		return p.project(n, need)
	case *plan.Aggregate:
		return p.aggregate(n, need)
	case *plan.Window:
		return p.window(n, need)
	case *plan.MatchRecognize:
		return p.match(n, need)
	case *plan.Join:
		return p.join(n, need)
	case *plan.SetOp:
		return p.setOp(n, need)
	case *plan.With:
		return p.with(n, need)
	case *plan.CTERef:
		return p.cteRef(n, need)
	}
	need = plus(need, n)
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return p.node(in, need) })
}

func pruneScan(n *plan.Scan, need colSet) plan.Node {
	need = plus(need, n)
	for _, d := range n.Dynamic {
		need[d.Col] = true
	}
	cols := keep(n.Cols, func(c plan.ScanColumn) bool { return need[c.ID] })
	if len(cols) == len(n.Cols) {
		return n
	}
	s := *n
	s.Cols = cols
	if n.Source != nil && n.Source.Columns != nil {
		src := *n.Source
		src.Columns = nil
		for i, c := range n.Cols {
			if need[c.ID] {
				src.Columns = append(src.Columns, n.Source.Columns[i])
			}
		}
		s.Source = &src
	}
	return &s
}

func keep[T any](list []T, test func(T) bool) []T {
	var out []T
	for _, x := range list {
		if test(x) {
			out = append(out, x)
		}
	}
	return out
}

func pruneVirtual(n *plan.Virtual, need colSet) plan.Node {
	need = plus(need, n)
	for _, d := range n.Dynamic {
		need[d.Col] = true
	}
	cols := keep(n.Cols, func(c plan.VirtualColumn) bool { return need[c.ID] })
	if len(cols) == len(n.Cols) {
		return n
	}
	v := *n
	v.Cols = cols
	return &v
}

func pruneValues(n *plan.Values, need colSet) plan.Node {
	if !slices.ContainsFunc(n.Cols, func(c plan.Column) bool { return !need[c.ID] }) {
		return n
	}
	out := &plan.Values{Rows: make([][]plan.Expr, len(n.Rows))}
	for i, c := range n.Cols {
		if !need[c.ID] {
			continue
		}
		out.Cols = append(out.Cols, c)
		for r := range n.Rows {
			out.Rows[r] = append(out.Rows[r], n.Rows[r][i])
		}
	}
	return out
}

func (p *pruner) project(n *plan.Project, need colSet) plan.Node {
	items := keep(n.Items, func(it plan.Item) bool { return need[it.Col.ID] })
	out := n
	if len(items) < len(n.Items) {
		out = &plan.Project{Input: n.Input, Items: items}
	}
	in := p.node(n.Input, plus(nil, out))
	if out == n && in == n.Input {
		return n
	}
	return &plan.Project{Input: in, Items: items}
}

func (p *pruner) aggregate(n *plan.Aggregate, need colSet) plan.Node {
	aggs := keep(n.Aggs, func(a plan.Agg) bool { return need[a.Col.ID] })
	if len(n.Keys) == 0 && len(aggs) == 0 {
		return &plan.Values{Rows: [][]plan.Expr{nil}} // one row, whatever the input
	}
	out := n
	if len(aggs) < len(n.Aggs) {
		a := *n
		a.Aggs = aggs
		out = &a
	}
	in := p.node(n.Input, plus(nil, out))
	if in != out.Input {
		return out.WithInputs([]plan.Node{in})
	}
	return out
}

// window drops the calls that nobody reads, and the node with the last of them.
func (p *pruner) window(n *plan.Window, need colSet) plan.Node {
	calls := keep(n.Calls, func(c plan.WindowCall) bool { return need[c.Col.ID] })
	if len(calls) == 0 {
		return p.node(n.Input, need)
	}
	pass := keep(n.Pass, func(c plan.Column) bool { return need[c.ID] })
	out := n
	if len(calls) < len(n.Calls) || len(pass) < len(n.Pass) {
		out = &plan.Window{Input: n.Input, Pass: pass, Keys: n.Keys, Calls: calls}
		out.Keys = out.Keys[:out.SortedBy()]
	}
	in := p.node(n.Input, plus(nil, out))
	if in != out.Input {
		return out.WithInputs([]plan.Node{in})
	}
	return out
}

// match drops the measures and calls that nobody reads, and what only they read. The
// node stays, since it decides which rows there are, but for one that puts out those
// of its input.
func (p *pruner) match(n *plan.MatchRecognize, need colSet) plan.Node {
	out := *n
	out.Measures = keep(n.Measures, func(it plan.Item) bool { return need[it.Col.ID] })
	out.Calls = keep(n.Calls, func(c plan.WindowCall) bool { return need[c.Col.ID] })
	out.Pass = keep(n.Pass, func(c plan.Column) bool { return need[c.ID] })
	if n.Rows == plan.RowsOfWindow && len(out.Measures)+len(out.Calls) == 0 {
		return p.node(n.Input, need)
	}
	read := colSet{}
	for _, it := range out.Measures {
		plan.Columns(it.X, read)
	}
	for _, v := range n.Vars {
		if v.Cond != nil {
			plan.Columns(v.Cond, read)
		}
	}
	out.Slots = keep(n.Slots, func(s plan.MatchSlot) bool { return read[s.Col.ID] })
	in := p.node(n.Input, plus(nil, &out))
	same := len(out.Measures) == len(n.Measures) && len(out.Calls) == len(n.Calls) && len(out.Pass) == len(n.Pass) && len(out.Slots) == len(n.Slots)
	if same && in == n.Input {
		return n
	}
	return out.WithInputs([]plan.Node{in})
}

func (p *pruner) join(n *plan.Join, need colSet) plan.Node {
	switch {
	case n.Kind == plan.Mark && !need[n.MarkCol.ID]:
		return p.node(n.Left, need)
	case n.Kind == plan.Left && !intersects(plan.OutputSet(n.Right), need) && matchesOnce(n, n.Right, false):
		return p.node(n.Left, need)
	}
	all := plus(need, n)
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return p.node(in, all) })
}

// matchesOnce reports whether the join's hash keys meet at most one row of the
// given side.
func matchesOnce(n *plan.Join, side plan.Node, left bool) bool {
	keys := colSet{}
	for _, k := range n.Equal {
		x := k.R
		if left {
			x = k.L
		}
		if col, ok := x.(*plan.Col); ok {
			keys[col.ID] = true
		}
	}
	return uniqueOn(side, keys)
}

// uniqueOn reports whether no two rows of n agree in all columns of keys.
func uniqueOn(n plan.Node, keys colSet) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		for _, k := range n.Keys {
			if !keys[k.ID] {
				return false
			}
		}
		return !n.Partial
	case *plan.Virtual:
		return uniqueVirtual(n, keys)
	case *plan.Values:
		return len(n.Rows) <= 1
	case *plan.MaxOneRow:
		return true
	case *plan.DistinctOn:
		return subset(idSet(n.On), keys)
	case *plan.Limit:
		return n.Limit == 1 && len(n.PartitionBy) == 0 || uniqueOn(n.Input, keys)
	case *plan.Sort:
		return n.Limit == 1 && subset(idSet(n.PartitionBy), keys) || uniqueOn(n.Input, keys)
	case *plan.Filter:
		return uniqueOn(n.Input, keys)
	case *plan.Window:
		return uniqueOn(n.Input, keys)
	case *plan.Project:
		return uniqueOn(n.Input, sources(n, keys))
	case *plan.Join:
		switch n.Kind {
		case plan.Semi, plan.Anti, plan.Mark, plan.Single:
			return uniqueOn(n.Left, keys)
		case plan.Inner, plan.Left:
			return uniqueOn(n.Left, keys) && (matchesOnce(n, n.Right, false) || uniqueOn(n.Right, keys))
		}
	}
	return false
}

// uniqueVirtual is uniqueOn for a table that knows its keys; a column that the
// filter limits to one value need not be among the keys asked for.
func uniqueVirtual(n *plan.Virtual, keys colSet) bool {
	known, ok := n.Table.(plan.VirtualFacts)
	if !ok {
		return false
	}
	have := map[int]bool{}
	for _, c := range n.Cols {
		d := plan.DomainOf(n.Filter, c.ID, c.Type)
		have[c.Index] = keys[c.ID] || d.HasValues && len(d.Values) <= 1
	}
	return slices.ContainsFunc(known.Facts().Keys, func(key []int) bool {
		return !slices.ContainsFunc(key, func(i int) bool { return !have[i] })
	})
}

// sources gives the input columns that a projection passes on under keys.
func sources(n *plan.Project, keys colSet) colSet {
	out := colSet{}
	for _, it := range n.Items {
		if col, ok := it.X.(*plan.Col); ok && keys[it.Col.ID] {
			out[col.ID] = true
		}
	}
	return out
}

func (p *pruner) setOp(n *plan.SetOp, need colSet) plan.Node {
	out := *n
	if n.Kind == plan.UnionAll && slices.ContainsFunc(n.Cols, func(c plan.Column) bool { return !need[c.ID] }) {
		out.Cols, out.Maps = nil, make([][]plan.ColID, len(n.Maps))
		for i, c := range n.Cols {
			if !need[c.ID] {
				continue
			}
			out.Cols = append(out.Cols, c)
			for k := range n.Maps {
				out.Maps[k] = append(out.Maps[k], n.Maps[k][i])
			}
		}
	}
	out.In = make([]plan.Node, len(n.In))
	changed := len(out.Cols) != len(n.Cols)
	for i, in := range n.In {
		out.In[i] = p.node(in, idSet(out.Maps[i]))
		changed = changed || out.In[i] != in
	}
	if !changed {
		return n
	}
	return &out
}

func (p *pruner) with(n *plan.With, need colSet) plan.Node {
	p.withs[n.ID] = colSet{}
	body := p.node(n.Body, need)
	def := p.node(n.Def, p.withs[n.ID])
	if body == n.Body && def == n.Def {
		return n
	}
	return n.WithInputs([]plan.Node{def, body})
}

func (p *pruner) cteRef(n *plan.CTERef, need colSet) plan.Node {
	r := &plan.CTERef{ID: n.ID, Name: n.Name}
	for i, c := range n.Cols {
		if need[c.ID] {
			r.Cols, r.From = append(r.Cols, c), append(r.From, n.From[i])
			p.withs[n.ID][n.From[i]] = true
		}
	}
	if len(r.Cols) == len(n.Cols) {
		return n
	}
	return r
}
