package cost

import (
	"math/bits"

	"github.com/glauxdb/glaux/planner/plan"
)

// Order reorders the inner joins of a plan and chooses the build sides. Outer,
// single, mark and weak semi joins keep their place above the cluster of inner
// joins that they stand on; semi and anti joins that throw away most rows move
// down to the relation they are about.
func Order(e *Estimator, root plan.Node) plan.Node {
	e.Learn(root)
	o := orderer{e}
	return o.node(root)
}

type orderer struct{ e *Estimator }

func (o orderer) node(n plan.Node) plan.Node {
	j, ok := n.(*plan.Join)
	if !ok {
		return o.inputs(n)
	}
	c := &cluster{o: o}
	c.flatten(j, maxLeaves)
	if len(c.leaves) == 1 {
		return o.tower(c.leaves[0].node, c.ops)
	}
	if !c.classify() {
		c = &cluster{o: o, inPlace: true}
		c.flatten(j, maxLeaves)
		c.classify()
	}
	return c.build()
}

// inputs orders below n and learns the WITHs again, whose definitions changed.
func (o orderer) inputs(n plan.Node) plan.Node {
	if w, ok := n.(*plan.With); ok {
		def := o.node(w.Def)
		o.e.withs[w.ID] = o.e.Stats(def)
		return w.WithInputs([]plan.Node{def, o.node(w.Body)})
	}
	return plan.MapInputs(n, o.node)
}

// tower puts joins of other kinds on a node again, in their old order.
func (o orderer) tower(n plan.Node, ops []*plan.Join) plan.Node {
	for _, op := range ops {
		n = o.side(op.WithInputs([]plan.Node{n, op.Right}).(*plan.Join))
	}
	return n
}

// side completes a join: its estimate, and the build side. Rows are looked up
// in the side that is much smaller; the kinds whose result follows the left
// rows build from the right unless the left is.
func (o orderer) side(j *plan.Join) plan.Node {
	l, r := o.e.Rows(j.Left), o.e.Rows(j.Right)
	c := *j
	c.Rows = o.e.join(j.Kind, o.e.Stats(j.Left), o.e.Stats(j.Right), j.Equal, j.On, j.MarkCol).Rows
	c.BuildLeft = false
	if len(j.Equal) > 0 && !j.NullAware {
		switch j.Kind {
		case plan.Inner, plan.Full:
			c.BuildLeft = l < r
		case plan.Left, plan.Semi, plan.Anti, plan.Mark:
			c.BuildLeft = 4*l < r
		case plan.Right:
			c.BuildLeft = l < 4*r
		}
	}
	return &c
}

// relSet is a set of leaves, by position.
type relSet uint64

func (s relSet) has(t relSet) bool { return s&t == t }
func (s relSet) count() int        { return bits.OnesCount64(uint64(s)) }

// maxLeaves bounds a cluster, so that a relSet holds it; a larger one is cut.
const maxLeaves = 60

// leaf is a relation of a cluster.
type leaf struct {
	node plan.Node
	cols map[plan.ColID]bool
}

// cond is a condition of a cluster over the leaves in rels. For an equality
// with separable sides, l and r are the leaves of each side.
type cond struct {
	expr plan.Expr
	rels relSet
	eq   *plan.Compare
	l, r relSet
	// class numbers the sets of columns that are equal to each other; -1: none.
	class int
}

// cluster is a group of relations joined by inner joins, with the joins of
// other kinds that stood among and above them, the lowest first.
type cluster struct {
	o      orderer
	leaves []leaf
	exprs  []plan.Expr
	conds  []cond
	ops    []*plan.Join
	// inPlace leaves joins of other kinds where they are, as parts of leaves.
	inPlace bool
}

// flatten collects the cluster below n, at most budget leaves. Below the inner
// joins it goes through joins that let every row of their left side through or
// drop it as a whole.
func (c *cluster) flatten(n plan.Node, budget int) {
	switch n := n.(type) {
	case *plan.Project:
		if passesOnly(n) {
			c.flatten(n.Input, budget)
			return
		}
	case *plan.Join:
		c.flattenJoin(n, budget)
		return
	}
	c.addLeaf(c.o.inputs(n))
}

func (c *cluster) flattenJoin(n *plan.Join, budget int) {
	switch n.Kind {
	case plan.Inner:
		if budget < 2 {
			c.addLeaf(c.o.node(n))
			return
		}
		l, r := divide(c.size(n.Left), c.size(n.Right), budget)
		c.flatten(n.Left, l)
		c.flatten(n.Right, r)
		for _, k := range n.Equal {
			c.exprs = append(c.exprs, keyCond(k))
		}
		c.exprs = append(c.exprs, n.On...)
		return
	case plan.Left, plan.Single, plan.Semi, plan.Anti, plan.Mark:
		if c.inPlace {
			break
		}
		c.flatten(n.Left, budget)
		op := *n
		op.Right = c.o.node(n.Right)
		c.ops = append(c.ops, &op)
		return
	}
	c.addLeaf(c.o.side(n.WithInputs([]plan.Node{c.o.node(n.Left), c.o.node(n.Right)}).(*plan.Join)))
}

// size counts the leaves that flatten would make of n.
func (c *cluster) size(n plan.Node) int {
	switch n := n.(type) {
	case *plan.Project:
		if passesOnly(n) {
			return c.size(n.Input)
		}
	case *plan.Join:
		switch n.Kind {
		case plan.Inner:
			return c.size(n.Left) + c.size(n.Right)
		case plan.Left, plan.Single, plan.Semi, plan.Anti, plan.Mark:
			if !c.inPlace {
				return c.size(n.Left)
			}
		}
	}
	return 1
}

// divide shares a budget of leaves between two sides.
func divide(l, r, budget int) (int, int) {
	switch {
	case l+r <= budget:
		return l, r
	case r <= budget/2:
		return budget - r, r
	case l <= budget/2:
		return l, budget - l
	}
	return budget / 2, budget - budget/2
}

func (c *cluster) addLeaf(n plan.Node) {
	c.leaves = append(c.leaves, leaf{node: n, cols: plan.OutputSet(n)})
}

func passesOnly(p *plan.Project) bool {
	for _, it := range p.Items {
		if !it.IsPass() {
			return false
		}
	}
	return true
}

func keyCond(k plan.EqualKey) plan.Expr {
	op := plan.EQ
	if k.NullSafe {
		op = plan.NotDistinct
	}
	return &plan.Compare{Op: op, L: k.L, R: k.R}
}

// rels gives the leaves whose columns e reads; ok is false if it reads a column
// that no leaf has (one that a join of another kind makes).
func (c *cluster) rels(e plan.Expr) (relSet, bool) {
	used := map[plan.ColID]bool{}
	plan.Columns(e, used)
	var s relSet
next:
	for id := range used {
		for i, l := range c.leaves {
			if l.cols[id] {
				s |= 1 << i
				continue next
			}
		}
		return 0, false
	}
	return s, true
}

// classify assigns conditions to leaves; false if one reads a column that only
// a join of another kind makes, which then must not move above it.
func (c *cluster) classify() bool {
	for _, x := range c.exprs {
		rels, ok := c.rels(x)
		if !ok {
			return false
		}
		cd := cond{expr: x, rels: rels, class: -1}
		if e, isCmp := x.(*plan.Compare); isCmp && (e.Op == plan.EQ || e.Op == plan.NotDistinct) {
			l, _ := c.rels(e.L)
			r, _ := c.rels(e.R)
			if l != 0 && r != 0 && l&r == 0 {
				cd.eq, cd.l, cd.r = e, l, r
			}
		}
		c.conds = append(c.conds, cd)
	}
	c.closeEqualities()
	c.pushReducers()
	return true
}

// reducing is the fraction below which a semi join moves down.
const reducing = 0.5

// pushReducers moves semi joins that drop most rows onto their leaf.
func (c *cluster) pushReducers() {
	var stay []*plan.Join
	for _, op := range c.ops {
		i, ok := c.target(op)
		if !ok {
			stay = append(stay, op)
			continue
		}
		l := c.leaves[i].node
		reduced := op.WithInputs([]plan.Node{l, op.Right}).(*plan.Join)
		if c.o.e.Rows(reduced) > reducing*c.o.e.Rows(l) {
			stay = append(stay, op)
			continue
		}
		c.leaves[i].node = c.o.side(reduced)
	}
	c.ops = stay
}

// target gives the leaf that a semi join is about. Anti joins stay: what they
// drop is the least certain of all estimates.
func (c *cluster) target(op *plan.Join) (int, bool) {
	if op.Kind != plan.Semi {
		return 0, false
	}
	right := plan.OutputSet(op.Right)
	used := map[plan.ColID]bool{}
	for _, k := range op.Equal {
		plan.Columns(k.L, used)
	}
	for _, x := range op.On {
		plan.Columns(x, used)
	}
	at := -1
	for id := range used {
		if right[id] {
			continue
		}
		for i, l := range c.leaves {
			if l.cols[id] {
				if at >= 0 && at != i {
					return 0, false
				}
				at = i
			}
		}
	}
	for id := range used {
		if !right[id] && (at < 0 || !c.leaves[at].cols[id]) {
			return 0, false
		}
	}
	return at, at >= 0
}

// build orders the cluster and puts the other joins on top.
func (c *cluster) build() plan.Node {
	var n plan.Node
	if len(c.leaves) <= maxDynamic {
		n = c.dynamic()
	} else {
		n = c.greedy()
	}
	if left := c.constant(); len(left) > 0 {
		n = &plan.Filter{Input: n, Conds: left}
	}
	return c.o.tower(n, c.ops)
}

// constant lists the conditions that no join of two parts tests, because they
// are about a single leaf or none.
func (c *cluster) constant() []plan.Expr {
	var out []plan.Expr
	for _, cd := range c.conds {
		if cd.rels.count() < 2 {
			out = append(out, cd.expr)
		}
	}
	return out
}
