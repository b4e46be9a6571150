package rule

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// shareSubplans finds parts of the plan that do the same work, up to the
// numbers of their columns, and lets them be done once: a WITH above the plan,
// references in the parts' places. It is worth it where the part joins or
// groups and its result is small beside what it reads. Each is shared where all
// that it reads is in scope.
func shareSubplans() Rule {
	return Rule{Name: "share_subplans", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		s := sharer{c: c, e: cost.New(), found: map[string][]plan.Node{}, minReads: minSharedReads}
		if c.ShareAlways {
			s.minReads = 0
		}
		s.e.Learn(root)
		s.collect(root)
		for _, key := range s.order {
			if nodes := s.found[key]; len(nodes) > 1 {
				// One a pass, the largest first: what it holds is gone then.
				return s.share(root, nodes), true, nil
			}
		}
		return root, false, nil
	}}
}

// maxShared bounds the rows that a shared result may hold.
const maxShared = 2_000_000

type sharer struct {
	c     *Ctx
	e     *cost.Estimator
	found map[string][]plan.Node
	order []string // as met from the top
	// minReads is the number of rows that a shared part must read; 0: share
	// whatever is equal.
	minReads float64
}

// collect lists the parts worth sharing by their shape, from the top. Only those are
// written down that another may be equal to.
func (s *sharer) collect(n plan.Node) {
	var worth []plan.Node
	var kinds []uint64
	often := map[uint64]int{}
	plan.Visit(n, func(m plan.Node) bool {
		if kind, ok := s.worth(m); ok {
			worth, kinds = append(worth, m), append(kinds, kind)
			often[kind]++
		}
		return true
	})
	for i, m := range worth {
		if often[kinds[i]] < 2 {
			continue
		}
		f := &shape{cols: map[plan.ColID]int{}}
		if !f.node(m) {
			continue
		}
		key := f.b.String()
		if s.found[key] == nil {
			s.order = append(s.order, key)
		}
		s.found[key] = append(s.found[key], m)
	}
}

// worth reports whether sharing n pays. Equal parts are of one kind: the kinds of
// nodes in them and the tables that they read.
func (s *sharer) worth(n plan.Node) (kind uint64, ok bool) {
	switch n.Op() {
	case plan.OpAggregate, plan.OpJoin, plan.OpDistinctOn, plan.OpWindow:
	default:
		return 0, false
	}
	read := 0.0
	mix := func(x uint64) { kind = (kind ^ x) * 1099511628211 } // FNV-1a's prime
	plan.Visit(n, func(m plan.Node) bool {
		mix(uint64(m.Op()))
		if sc, ok := m.(*plan.Scan); ok {
			mix(uint64(sc.Table.ID))
			if sc.Source != nil {
				read += sc.Source.Rows
			}
		}
		return true
	})
	if s.minReads > 0 {
		if rows := s.e.Rows(n); rows > maxShared || read < s.minReads || rows*4 > read {
			return 0, false
		}
	}
	return kind, len(plan.Free(n)) == 0 && !hasVolatile(n)
}

// minSharedReads is the number of rows read below which doing it again is
// cheaper than keeping the result.
const minSharedReads = 50_000

// share puts the first of the equal parts into a WITH.
func (s *sharer) share(root plan.Node, nodes []plan.Node) plan.Node {
	w := &plan.With{ID: s.c.newWith(), Name: "shared"}
	def, m := plan.Renumber(nodes[0], s.c.newID, s.c.newWith)
	w.Def = def
	cols := nodes[0].Output()
	refs := map[plan.Node]plan.Node{}
	for _, n := range nodes {
		if _, ok := refs[n]; ok {
			continue
		}
		r := &plan.CTERef{ID: w.ID, Name: w.Name, Cols: n.Output()}
		for _, col := range cols {
			r.From = append(r.From, m[col.ID])
		}
		refs[n] = r
	}
	scope := innermostWith(root, nodes[0])
	if scope == nil {
		w.Body = replaceNodes(root, refs)
		return w
	}
	w.Body = replaceNodes(scope.Body, refs)
	return replaceNodes(root, map[plan.Node]plan.Node{scope: scope.WithInputs([]plan.Node{scope.Def, w})})
}

// innermostWith finds the deepest WITH of the plan that part reads from outside
// of itself: what part is made of exists only in its body. All those WITHs
// enclose the part, so that the last one met from the top is the deepest.
func innermostWith(root, part plan.Node) *plan.With {
	reads := map[int]bool{}
	plan.Visit(part, func(n plan.Node) bool {
		if r, ok := n.(*plan.CTERef); ok {
			reads[r.ID] = true
		}
		return true
	})
	var found *plan.With
	plan.Visit(root, func(n plan.Node) bool {
		if w, ok := n.(*plan.With); ok && reads[w.ID] {
			found = w
		}
		return true
	})
	return found
}

// replaceNodes puts other nodes in the place of some, not looking below them.
func replaceNodes(n plan.Node, with map[plan.Node]plan.Node) plan.Node {
	if m, ok := with[n]; ok {
		return m
	}
	return plan.MapInputs(n, func(in plan.Node) plan.Node { return replaceNodes(in, with) })
}

// shape writes a plan as text in which columns are numbered as they are met,
// so that equal texts mean equal work with equal output columns in order.
type shape struct {
	b    strings.Builder
	cols map[plan.ColID]int
}

func (s *shape) col(id plan.ColID) int {
	n, ok := s.cols[id]
	if !ok {
		n = len(s.cols)
		s.cols[id] = n
	}
	return n
}

// node writes n, its inputs first; false for nodes that are not compared.
func (s *shape) node(n plan.Node) bool {
	s.b.WriteByte('(')
	for _, in := range n.Inputs() {
		if !s.node(in) {
			return false
		}
	}
	switch n := n.(type) {
	case *plan.Scan:
		if n.Limit > 0 || len(n.Dynamic) > 0 || n.Sample != nil {
			return false
		}
		fmt.Fprintf(&s.b, "scan %d %d %s.%s", n.Mode, n.Table.ID, n.Table.Database, n.Table.Name)
		for _, c := range n.Cols {
			fmt.Fprintf(&s.b, " %d%q=%d", c.Index, c.Path, s.col(c.ID))
		}
		s.exprs(n.Filter)
	case *plan.CTERef:
		fmt.Fprintf(&s.b, "with %d", n.ID)
		for i, c := range n.Cols {
			fmt.Fprintf(&s.b, " %d=%d", n.From[i], s.col(c.ID))
		}
	case *plan.Filter:
		s.b.WriteString("filter")
		s.exprs(n.Conds)
	case *plan.Project:
		s.b.WriteString("project")
		for _, it := range n.Items {
			s.exprs([]plan.Expr{it.X})
			fmt.Fprintf(&s.b, "=%d", s.col(it.Col.ID))
		}
	case *plan.Aggregate:
		s.aggregate(n)
	case *plan.Window:
		s.window(n)
	case *plan.Join:
		fmt.Fprintf(&s.b, "join %d %v %d", n.Kind, n.NullAware, s.col(n.MarkCol.ID))
		s.exprs(joinConds(n))
	default:
		return false
	}
	s.b.WriteByte(')')
	return true
}

func (s *shape) aggregate(n *plan.Aggregate) {
	fmt.Fprintf(&s.b, "aggregate %v", n.Partial)
	for _, k := range n.Keys {
		fmt.Fprintf(&s.b, " %d", s.col(k.ID))
	}
	for _, a := range n.Aggs {
		fmt.Fprintf(&s.b, " %s %v %s", a.Fn.Name, a.Distinct, a.Col.Type)
		s.exprs(a.Args)
		if len(a.Fn.Lambdas) > 0 {
			fmt.Fprintf(&s.b, " %p", a.Fn) // the same call only
		}
		if a.Filter != nil {
			s.b.WriteString(" filter")
			s.exprs([]plan.Expr{a.Filter})
		}
		for _, k := range a.OrderBy {
			fmt.Fprintf(&s.b, " %v %v", k.Desc, k.NullsFirst)
			s.exprs([]plan.Expr{k.X})
		}
		fmt.Fprintf(&s.b, "=%d", s.col(a.Col.ID))
	}
}

func (s *shape) window(n *plan.Window) {
	s.b.WriteString("window")
	for _, c := range n.Pass {
		fmt.Fprintf(&s.b, " %d", s.col(c.ID))
	}
	for _, k := range n.Keys {
		fmt.Fprintf(&s.b, " %v %v", k.Desc, k.NullsFirst)
		s.exprs([]plan.Expr{k.X})
	}
	for i := range n.Calls {
		c := &n.Calls[i]
		fr := &c.Frame
		fmt.Fprintf(&s.b, " %s %s %v %d %d %d %d %d %d", c.Fn.Name, c.Col.Type, c.IgnoreNulls, c.Partition, c.Order,
			fr.Unit, fr.Start.Kind, fr.End.Kind, fr.Exclude)
		for _, e := range append(c.Args[:len(c.Args):len(c.Args)], c.Filter, fr.Key, fr.Start.Offset, fr.Start.Limit, fr.End.Offset, fr.End.Limit) {
			s.b.WriteByte(',')
			if e != nil {
				s.exprs([]plan.Expr{e})
			}
		}
		fmt.Fprintf(&s.b, "=%d", s.col(c.Col.ID))
	}
}

func (s *shape) exprs(es []plan.Expr) {
	for _, e := range es {
		s.b.WriteByte(' ')
		s.b.WriteString(plan.Fingerprint(plan.Rewrite(e, func(x plan.Expr) plan.Expr {
			if c, ok := x.(*plan.Col); ok {
				return &plan.Col{ID: plan.ColID(s.col(c.ID)), Typ: c.Typ}
			}
			return x
		})))
	}
}
