package cost

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// The fractions of rows that conditions keep where statistics say nothing, as
// usual in the field since System R.
const (
	selDefault = 1.0 / 3
	selLike    = 0.1
	selRange   = 0.3
	selEqual   = 0.01
	selHaving  = 0.05 // HAVING usually looks for the exceptions
	selMin     = 1e-9
)

// Selectivity estimates the fraction of rows for which cond is true.
func (s *Stats) Selectivity(cond plan.Expr) float64 {
	return clamp(s.selectivity(cond), selMin, 1)
}

func (s *Stats) selectivity(cond plan.Expr) float64 {
	switch e := cond.(type) {
	case *plan.Const:
		if e.Value.Null || e.Value.I == 0 {
			return 0
		}
		return 1
	case *plan.And:
		return s.all(e.Args)
	case *plan.Or:
		miss := 1.0
		for _, a := range e.Args {
			miss *= 1 - s.Selectivity(a)
		}
		return 1 - miss
	case *plan.Not:
		return 1 - s.Selectivity(e.X)
	case *plan.IsNull:
		nulls := s.expr(e.X).Nulls
		if e.Not {
			return 1 - nulls
		}
		return math.Max(nulls, selMin)
	case *plan.Compare:
		return s.compare(e)
	case *plan.In:
		return s.in(e)
	case *plan.Call:
		if e.Fn.Name == "like" || e.Fn.Name == "ilike" {
			return selLike
		}
		if e.Fn.Name == "not_nan" {
			return 1
		}
	}
	return selDefault
}

// all joins conditions. They are rarely independent: a range given by two
// bounds is taken together, further conditions on the same columns count less.
func (s *Stats) all(conds []plan.Expr) float64 {
	conds, sel := s.ranges(conds)
	for _, c := range conds {
		sel *= s.Selectivity(c)
	}
	return sel
}

// ranges takes the pairs of bounds on one column out of conds and gives their
// joint selectivity.
func (s *Stats) ranges(conds []plan.Expr) ([]plan.Expr, float64) {
	type span struct{ lo, hi float64 }
	spans, at := map[plan.ColID]*span{}, map[plan.ColID][]plan.Expr{}
	var order []plan.ColID
	var rest []plan.Expr
	for _, c := range conds {
		id, op, x, ok := s.bound(c)
		if !ok {
			rest = append(rest, c)
			continue
		}
		sp := spans[id]
		if sp == nil {
			col := s.Cols[id]
			sp = &span{col.Min, col.Max}
			spans[id] = sp
			order = append(order, id)
		}
		at[id] = append(at[id], c)
		if op == plan.LT || op == plan.LE {
			sp.hi = math.Min(sp.hi, x)
		} else {
			sp.lo = math.Max(sp.lo, x)
		}
	}
	sel := 1.0
	for _, id := range order {
		if len(at[id]) == 1 {
			rest = append(rest, at[id][0])
			continue
		}
		col, sp := s.Cols[id], spans[id]
		sel *= clamp((sp.hi-sp.lo)/math.Max(col.Max-col.Min, 1e-9), 1/math.Max(col.Distinct, 1000), 1) * (1 - col.Nulls)
	}
	return rest, sel
}

// bound reads col op const, op an order, over a column of known range.
func (s *Stats) bound(cond plan.Expr) (plan.ColID, plan.CompareOp, float64, bool) {
	e, ok := cond.(*plan.Compare)
	if !ok || e.Op < plan.LT || e.Op > plan.GE {
		return 0, 0, 0, false
	}
	col, ok1 := e.L.(*plan.Col)
	k, ok2 := e.R.(*plan.Const)
	if !ok1 || !ok2 || !s.Cols[col.ID].Range {
		return 0, 0, 0, false
	}
	x, ok := position(k.Value)
	return col.ID, e.Op, x, ok
}

func (s *Stats) compare(e *plan.Compare) float64 {
	l := s.expr(e.L)
	k, isConst := e.R.(*plan.Const)
	if !isConst {
		r := s.expr(e.R)
		switch e.Op {
		case plan.EQ, plan.NotDistinct:
			return 1 / math.Max(math.Max(l.Distinct, r.Distinct), 1/selEqual)
		case plan.NE, plan.Distinct:
			return 1 - selEqual
		}
		return selDefault
	}
	switch e.Op {
	case plan.EQ, plan.NotDistinct:
		return s.equal(l, k.Value)
	case plan.NE, plan.Distinct:
		return (1 - l.Nulls) * (1 - s.equal(l, k.Value))
	}
	x, ok := position(k.Value)
	if l.Computed {
		return selHaving
	}
	if !ok || !l.Range {
		return selRange * (1 - l.Nulls)
	}
	below := 0.5
	if l.Max > l.Min {
		below = clamp((x-l.Min)/(l.Max-l.Min), 0, 1)
	} else if x < l.Min {
		below = 0
	} else if x > l.Max {
		below = 1
	}
	if e.Op == plan.GT || e.Op == plan.GE {
		below = 1 - below
	}
	return math.Max(below, 1/math.Max(l.Distinct, 1000)) * (1 - l.Nulls)
}

// equal estimates column = value.
func (s *Stats) equal(c Column, v types.Value) float64 {
	if x, ok := position(v); ok && c.Range && v.Type.Phys() != types.PhysBytes && (x < c.Min || x > c.Max) {
		return selMin
	}
	if c.Distinct > 0 {
		return (1 - c.Nulls) / c.Distinct
	}
	return math.Max(selEqual, 1/math.Max(s.Rows, 1))
}

func (s *Stats) in(e *plan.In) float64 {
	c := s.expr(e.X)
	sel := 0.0
	for _, v := range e.List {
		if !v.Null {
			sel += s.equal(c, v)
		}
	}
	sel = math.Min(sel, 1)
	if e.Not {
		return (1 - c.Nulls) * (1 - sel)
	}
	return sel
}

// filtered gives the stats of the rows that pass all conditions.
func (e *Estimator) filtered(in *Stats, conds []plan.Expr) *Stats {
	if len(conds) == 0 {
		return in
	}
	out := in.scale(in.Rows * s1(in.all(flat(conds))))
	for _, c := range flat(conds) {
		out.narrow(c)
	}
	return out
}

func s1(x float64) float64 { return clamp(x, selMin, 1) }

func flat(conds []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, c := range conds {
		out = append(out, plan.Conjuncts(c)...)
	}
	return out
}

// narrow applies what a condition says about a single column.
func (s *Stats) narrow(cond plan.Expr) {
	if in, ok := cond.(*plan.In); ok && !in.Not {
		if col, ok := in.X.(*plan.Col); ok {
			c := s.Cols[col.ID]
			c.Nulls, c.Distinct = 0, math.Min(math.Max(c.Distinct, 1), float64(len(in.List)))
			s.Cols[col.ID] = c
		}
		return
	}
	e, ok := cond.(*plan.Compare)
	if !ok {
		return
	}
	col, ok1 := e.L.(*plan.Col)
	k, ok2 := e.R.(*plan.Const)
	if !ok1 || !ok2 {
		return
	}
	x, ok := position(k.Value)
	c := s.Cols[col.ID]
	switch e.Op {
	case plan.EQ, plan.NotDistinct:
		c.Distinct, c.Nulls = 1, 0
		if ok {
			c.Min, c.Max, c.Range = x, x, true
		}
	case plan.LT, plan.LE:
		c.Nulls = 0
		if ok && c.Range {
			c.Max = math.Max(math.Min(c.Max, x), c.Min)
		}
	case plan.GT, plan.GE:
		c.Nulls = 0
		if ok && c.Range {
			c.Min = math.Min(math.Max(c.Min, x), c.Max)
		}
	}
	s.Cols[col.ID] = c
}
