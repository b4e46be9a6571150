package build

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/plan"
)

func (b *builder) sort(n *plan.Sort, p *op.Pipeline) (op.Source, error) {
	cols := n.Input.Output()
	s := &op.Sort{Types: typesOf(cols), Limit: n.Limit, Offset: n.Offset, Groups: len(n.PartitionBy),
		Mem: b.mem.Child("sort", 0), Trace: b.trace(n)}
	at := positions(cols)
	groups, ts, err := place(n.Input, n.PartitionBy)
	if err != nil {
		return nil, err
	}
	for i, pos := range groups {
		s.Keys = append(s.Keys, op.SortSpec{Pos: pos, Type: ts[i]})
	}
	for _, k := range n.Keys {
		it, err := b.item(k.X, at)
		if err != nil {
			return nil, err
		}
		pos := it.Pass
		if pos < 0 {
			pos = len(cols) + len(s.Computed)
			s.Computed = append(s.Computed, it)
		}
		s.Keys = append(s.Keys, op.SortSpec{Pos: pos, Type: k.X.Type(), Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	if k := n.Keys; n.Threshold > 0 {
		s.Threshold = &op.Threshold{Type: k[0].X.Type(), Desc: k[0].Desc, NullsFirst: k[0].NullsFirst, Strict: len(k) == 1}
		b.thresholds[n.Threshold-1] = s.Threshold
	}
	return s, b.sink(n, n.Input, p, func() (op.Sink, error) { return s, nil })
}

func (b *builder) aggregate(n *plan.Aggregate, p *op.Pipeline) (op.Source, error) {
	a := &op.Aggregate{Mem: b.mem.Child("aggregate", 0), Trace: b.trace(n)}
	ids := make([]plan.ColID, len(n.Keys))
	for i, k := range n.Keys {
		ids[i] = k.ID
	}
	var err error
	if a.Keys, a.KeyTypes, err = place(n.Input, ids); err != nil {
		return nil, err
	}
	in := aggInputs{b: b, a: a, at: positions(n.Input.Output())}
	for i := range n.Aggs {
		c, err := in.call(&n.Aggs[i])
		if err != nil {
			return nil, err
		}
		a.Calls = append(a.Calls, c)
	}
	if n.Partial {
		src, err := b.node(n.Input, p)
		return &op.PartialAggregate{In: src, Of: a}, err
	}
	out := positions(n.Output())
	for _, d := range n.Dynamic {
		if t := b.thresholds[d.ID]; t != nil {
			a.Threshold, a.ThresholdCol = t, out[d.Col]
		}
	}
	return a, b.sink(n, n.Input, p, func() (op.Sink, error) { return a, nil })
}

// aggInputs collects the arguments of all calls, each different expression once.
type aggInputs struct {
	b     *builder
	a     *op.Aggregate
	at    map[plan.ColID]int
	exprs []plan.Expr
}

func (in *aggInputs) input(e plan.Expr) (int, error) {
	for i, x := range in.exprs {
		if plan.Same(x, e) && !plan.IsVolatile(e) {
			return i, nil
		}
	}
	it, err := in.b.item(e, in.at)
	if err != nil {
		return 0, err
	}
	in.exprs = append(in.exprs, e)
	in.a.Inputs = append(in.a.Inputs, it)
	in.a.InTypes = append(in.a.InTypes, e.Type())
	return len(in.exprs) - 1, nil
}

func (in *aggInputs) call(g *plan.Agg) (op.AggCall, error) {
	ctx, f := in.b.env.Eval, g.Fn
	c := op.AggCall{Type: g.Col.Type, Distinct: g.Distinct,
		New: func() (fn.Aggregator, error) { return fn.NewAggregator(ctx, f) }}
	for _, e := range g.Args {
		p, err := in.input(e)
		if err != nil {
			return c, err
		}
		c.Args = append(c.Args, p)
	}
	for _, k := range g.OrderBy {
		p, err := in.input(k.X)
		if err != nil {
			return c, err
		}
		c.Order = append(c.Order, op.SortSpec{Pos: p, Type: k.X.Type(), Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	var err error
	if g.Filter != nil {
		c.Filter, err = in.b.conds([]plan.Expr{g.Filter}, in.at)
	}
	return c, err
}

// joinPlan is a join seen from its probe and build sides.
type joinPlan struct {
	n            *plan.Join
	probe, build plan.Node
	buildLeft    bool
	shape        op.JoinShape
}

// shapeOf tells what a join puts out.
func shapeOf(n *plan.Join) joinPlan {
	j := joinPlan{n: n, probe: n.Left, build: n.Right, buildLeft: n.BuildsLeft()}
	if j.buildLeft {
		j.probe, j.build = n.Right, n.Left
	}
	s := &j.shape
	s.BuildFirst, s.NullAware = j.buildLeft, n.NullAware
	switch n.Kind {
	case plan.Inner:
		s.Pairs = true
	case plan.Left, plan.Single:
		s.Pairs, s.ProbeOuter, s.BuildOuter, s.Single = true, !j.buildLeft, j.buildLeft, n.Kind == plan.Single
	case plan.Right:
		s.Pairs, s.ProbeOuter, s.BuildOuter = true, j.buildLeft, !j.buildLeft
	case plan.Full:
		s.Pairs, s.ProbeOuter, s.BuildOuter = true, true, true
	case plan.Semi:
		s.ProbeSemi, s.BuildSemi = !j.buildLeft, j.buildLeft
	case plan.Anti:
		s.ProbeAnti, s.BuildAnti = !j.buildLeft, j.buildLeft
	case plan.Mark:
		s.ProbeMark, s.BuildMark = !j.buildLeft, j.buildLeft
	}
	return j
}

func (b *builder) join(n *plan.Join, p *op.Pipeline) (op.Source, error) {
	j := shapeOf(n)
	hash := len(n.Equal) > 0 && !(n.NullAware && (len(n.Equal) > 1 || len(n.On) > 0))
	s := &j.shape
	bu := &op.JoinBuild{Types: typesOf(j.build.Output()), Trace: b.trace(n)}
	bu.KeepAll = s.BuildOuter || s.BuildSemi || s.BuildAnti || s.BuildMark || s.NullAware
	if !hash && n.Spatial > 0 {
		bu.Mem = b.memOf(j.build).Child("spatial join", 0)
		return b.spatialJoin(j, bu, p)
	}
	if !hash {
		bu.Mem = b.memOf(j.build).Child("nested loop join", 0)
		return b.nestedLoop(j, bu, p)
	}
	bu.Mem = b.memOf(j.build).Child("hash join", 0)
	var probeKeys []op.JoinKey
	probeAt, buildAt := positions(j.probe.Output()), positions(j.build.Output())
	for _, k := range n.Equal {
		pe, be := k.L, k.R
		if j.buildLeft {
			pe, be = be, pe
		}
		pi, err := b.item(pe, probeAt)
		if err != nil {
			return nil, err
		}
		bi, err := b.item(be, buildAt)
		if err != nil {
			return nil, err
		}
		probeKeys = append(probeKeys, op.JoinKey{Item: pi, Type: pe.Type(), NullSafe: k.NullSafe})
		bu.Keys = append(bu.Keys, op.JoinKey{Item: bi, Type: be.Type(), NullSafe: k.NullSafe})
	}
	if j.buildLeft == n.BuildLeft && !b.kept() {
		for _, d := range n.Dynamic {
			f := &op.RuntimeFilter{Key: d.Key, Type: bu.Keys[d.Key].Type}
			b.filters[d.ID] = f
			bu.Filters = append(bu.Filters, f)
		}
	}
	bu, err := buildSide(b, j, bu, p)
	if err != nil {
		return nil, err
	}
	in, err := b.node(j.probe, p)
	if err != nil {
		return nil, err
	}
	residual, err := b.conds(n.On, j.pairs())
	return &op.HashJoin{In: in, ProbeTypes: typesOf(j.probe.Output()), Build: bu, Keys: probeKeys, Residual: residual,
		Shape: *s, MarkType: types.TBoolean}, err
}

// pairs gives the positions of both sides' columns in a batch of pairs.
func (j *joinPlan) pairs() map[plan.ColID]int {
	return positions(append(append([]plan.Column(nil), j.n.Left.Output()...), j.n.Right.Output()...))
}

func (b *builder) nestedLoop(j joinPlan, bu *op.JoinBuild, p *op.Pipeline) (op.Source, error) {
	bu, err := buildSide(b, j, bu, p)
	if err != nil {
		return nil, err
	}
	in, err := b.node(j.probe, p)
	if err != nil {
		return nil, err
	}
	l := &op.NestedLoop{In: in, ProbeTypes: typesOf(j.probe.Output()), Build: bu, Shape: j.shape, MarkType: types.TBoolean}
	on := append([]plan.Expr(nil), j.n.On...)
	for i, k := range j.n.Equal {
		o := plan.EQ
		if k.NullSafe {
			o = plan.NotDistinct
		}
		eq := &plan.Compare{Op: o, L: k.L, R: k.R}
		if i == 0 && j.shape.NullAware {
			if l.Equal, err = b.expr(eq, j.pairs()); err != nil {
				return nil, err
			}
			continue
		}
		on = append(on, eq)
	}
	l.On, err = b.conds(on, j.pairs())
	return l, err
}
