package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// pushAggregate groups rows before they are joined, where that saves more than it
// costs: rows that agree in all that the joins and the aggregate above read of them
// become one, with a part of each aggregate in it; the aggregate above puts the
// parts together (Yan and Larson, Eager Aggregation, 1995). The joins' conditions
// see the same values, so that such a row meets what each of its rows met.
func pushAggregate() Rule {
	return Rule{Name: "push_aggregate", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		e := cost.New()
		e.Learn(root)
		out := plan.Transform(root, func(n plan.Node) plan.Node {
			if a, ok := n.(*plan.Aggregate); ok && !a.Partial {
				return c.aggregateEarly(e, a)
			}
			return n
		})
		return out, out != root, nil
	}}
}

// aggregateEarly gives a itself if no place below its joins pays.
func (c *Ctx) aggregateEarly(e *cost.Estimator, a *plan.Aggregate) plan.Node {
	p := &earlyPlaces{c: c, e: e, final: a}
	for _, g := range a.Aggs {
		if g.Distinct || len(g.OrderBy) > 0 || aggVolatile(g) || len(g.Fn.Lambdas) > 0 {
			return a
		}
	}
	need := colSet{}
	for _, k := range a.Keys {
		need[k.ID] = true
	}
	p.descend(a.Input, earlyPath{aggs: a.Aggs, need: need, kept: 1})
	if p.best == nil {
		return a
	}
	return p.best.build(c, a)
}

// earlyPlaces looks for the best place of a partial aggregate below another.
type earlyPlaces struct {
	c     *Ctx
	e     *cost.Estimator
	final *plan.Aggregate
	best  *earlyPlace
	gain  float64
}

// earlyPath is what lies between an aggregate and a node below it.
type earlyPath struct {
	above []earlyStep
	aggs  []plan.Agg // the aggregates, in terms of the node's columns
	need  colSet     // the columns of the node that the path reads, except for aggs
	work  float64    // of the joins on the path, in rows of them that come from the node
	kept  float64    // the part of the node's rows that runtime filters will leave
}

// earlyStep is a node of the path, with the input that leads on.
type earlyStep struct {
	node  plan.Node
	input int
	need  colSet // of its output
}

func (p earlyPath) below(n plan.Node, input int, need colSet) earlyPath {
	p.above = append(slices.Clone(p.above), earlyStep{n, input, p.need})
	p.need = need
	return p
}

// descend tries the inputs of the joins below n.
func (p *earlyPlaces) descend(n plan.Node, path earlyPath) {
	switch n := n.(type) {
	case *plan.Project:
		with, need := map[plan.ColID]plan.Expr{}, colSet{}
		for _, it := range n.Items {
			if plan.IsVolatile(it.X) {
				return
			}
			with[it.Col.ID] = it.X
			if path.need[it.Col.ID] {
				plan.Columns(it.X, need)
			}
		}
		next := path.below(n, 0, need)
		next.aggs = aggsInTermsOf(path.aggs, with)
		p.descend(n.Input, next)
	case *plan.Filter:
		if !slices.ContainsFunc(n.Conds, plan.IsVolatile) {
			p.descend(n.Input, path.below(n, 0, plus(path.need, n)))
		}
	case *plan.Join:
		if !slices.ContainsFunc(joinConds(n), plan.IsVolatile) {
			p.join(n, path)
		}
	}
}

// join tries the sides of a join whose rows come through unchanged, once for each
// row that they meet.
func (p *earlyPlaces) join(n *plan.Join, path earlyPath) {
	left, right := false, false
	switch n.Kind {
	case plan.Inner:
		left, right = true, true
	case plan.Left, plan.Semi, plan.Anti, plan.Mark, plan.Single:
		left = true
	case plan.Right:
		right = true
	}
	all := plus(path.need, n)
	for i, in := range n.Inputs() {
		if i == 0 && !left || i == 1 && !right {
			continue
		}
		out, need := plan.OutputSet(in), colSet{}
		for id := range all {
			if out[id] {
				need[id] = true
			}
		}
		next := path.below(n, i, need)
		next.work += joinWork(p.e, n, i)
		if n.Kind == plan.Inner && (i == 1) == n.BuildLeft {
			next.kept *= p.keeps(n, i)
		}
		p.try(in, next)
		p.descend(in, next)
	}
}

// keeps estimates the part of a probe side's rows that runtime filters let through.
func (p *earlyPlaces) keeps(n *plan.Join, probe int) float64 {
	in, least := n.Inputs(), 1.0
	for _, k := range n.Equal {
		x, y := k.L, k.R
		if probe == 1 {
			x, y = y, x
		}
		if col, _ := widenedCol(x); col == nil || k.NullSafe {
			continue
		}
		if f := p.e.Keeps(in[1-probe], y, in[probe], x); f < worthFiltering {
			least = min(least, f)
		}
	}
	return least
}

// minEarlyRows is the number of rows below which grouping early saves nothing that
// can be measured.
const minEarlyRows = 20_000

// worthEarly is how much more grouping early must save than it costs, as both are
// guesses; and mostGroups the part of the rows that the groups may be.
const (
	worthEarly = 1.3
	mostGroups = 0.5
)

// try weighs a partial aggregate of n's rows.
func (p *earlyPlaces) try(n plan.Node, path earlyPath) {
	rows := p.e.Rows(n) * path.kept
	if len(path.need) == 0 || rows < minEarlyRows && !p.c.AggregateAlways {
		return
	}
	place, ok := newEarlyPlace(p.c, p.final, n, path)
	if !ok || !p.c.AggregateAlways && !p.e.Known(n, place.partial.Keys) {
		return
	}
	groups := min(p.e.Rows(place.partial)*path.kept, rows)
	saved := (1 - groups/rows) * (path.work*path.kept + p.e.Rows(p.final.Input)*aggregateWork(p.e, p.final))
	gain := saved - worthEarly*rows*aggregateWork(p.e, place.partial)
	if p.c.AggregateAlways {
		gain = 1 + rows
	} else if groups > mostGroups*rows {
		return
	}
	if gain > p.gain {
		p.best, p.gain = place, gain
	}
}

// The work of a row, in nanoseconds as they were measured over TPC-DS: what counts is
// their proportion.
const (
	workGroup     = 8 // finding its group
	workNumberKey = 3
	workTextKey   = 10
	workValue     = 3 // each node of an aggregate's arguments
	workProbe     = 8
	workCopy      = 2 // of a column, into a join's output
)

func aggregateWork(e *cost.Estimator, a *plan.Aggregate) float64 {
	w := float64(workGroup)
	for _, k := range a.Keys {
		if k.Type.Phys() == types.PhysBytes {
			w += workTextKey
		} else {
			w += workNumberKey
		}
	}
	w *= cost.CacheFactor(e.Rows(a))
	for _, g := range a.Aggs {
		w += workValue
		for _, x := range append(slices.Clone(g.Args), g.Filter) {
			if x != nil {
				plan.Walk(x, func(plan.Expr) bool { w += workValue; return true })
			}
		}
	}
	return w
}

// joinWork is the work of a join for all rows of one of its inputs.
func joinWork(e *cost.Estimator, n *plan.Join, input int) float64 {
	in := n.Inputs()
	out := e.Rows(n)
	if n.Rows > 0 {
		out = n.Rows
	}
	return e.Rows(in[input])*workProbe*cost.CacheFactor(e.Rows(in[1-input])) + out*workCopy*float64(len(n.Output()))/2
}
