package cost

import (
	"math"

	"github.com/glauxdb/glaux/planner/plan"
)

// innerRows estimates the rows of an inner join alone, which is all that most of the
// orders that are tried are asked for.
func innerRows(l, r *Stats, keys []plan.EqualKey, on []plan.Expr) float64 {
	rows := l.Rows * r.Rows * keySelectivity(l, r, keys)
	if len(on) > 0 {
		rows *= product(l, r).all(flat(on))
	}
	return rows
}

// join estimates a join of two inputs.
func (e *Estimator) join(kind plan.JoinKind, l, r *Stats, keys []plan.EqualKey, on []plan.Expr, mark plan.Column) *Stats {
	both := product(l, r)
	match := both.Rows * keySelectivity(l, r, keys) * both.all(flat(on))
	switch kind {
	case plan.Semi:
		return l.scale(l.Rows * semiFraction(l, r, keys, on))
	case plan.Anti:
		return l.scale(l.Rows * clamp(1-math.Min(semiFraction(l, r, keys, on), combined(l, r, keys)), 0.05, 1))
	case plan.Mark:
		out := l.scale(l.Rows)
		out.Cols[mark.ID] = Column{Distinct: 2, Width: 1}
		return out
	case plan.Single:
		match = l.Rows
	case plan.Left:
		match = math.Max(match, l.Rows)
	case plan.Right:
		match = math.Max(match, r.Rows)
	case plan.Full:
		match = math.Max(match, math.Max(l.Rows, r.Rows))
	}
	both.Rows = match
	if kind == plan.Inner {
		both.matched(l, semiFraction(l, r, keys, nil))
		both.matched(r, semiFraction(r, l, flipped(keys), nil))
	}
	both.cap(keys, kind)
	return both
}

// matched leaves of a side's columns the values that its rows with a match have.
func (s *Stats) matched(side *Stats, fraction float64) {
	if fraction > 0.95 || len(side.Cols) == 0 {
		return
	}
	for id, c := range side.scale(side.Rows * fraction).Cols {
		s.Cols[id] = c
	}
}

// flipped swaps the sides of keys.
func flipped(keys []plan.EqualKey) []plan.EqualKey {
	out := make([]plan.EqualKey, len(keys))
	for i, k := range keys {
		out[i] = plan.EqualKey{L: k.R, R: k.L, NullSafe: k.NullSafe}
	}
	return out
}

// product gives the columns of both sides and the rows of their cross product.
func product(l, r *Stats) *Stats {
	out := &Stats{Rows: l.Rows * r.Rows, Cols: make(map[plan.ColID]Column, len(l.Cols)+len(r.Cols))}
	for id, c := range l.Cols {
		out.Cols[id] = c
	}
	for id, c := range r.Cols {
		out.Cols[id] = c
	}
	return out
}

// keySelectivity estimates the fraction of pairs that agree in all keys. One
// key: each value of the side with more of them meets the other's (containment).
// Several: the combinations are no more than the rows of the side that has
// fewer, which is the referenced table of a composite foreign key.
func keySelectivity(l, r *Stats, keys []plan.EqualKey) float64 {
	if len(keys) == 0 {
		return 1
	}
	dl, dr, single := 1.0, 1.0, 1.0
	for _, k := range keys {
		a, b := l.distinctOf(k.L), r.distinctOf(k.R)
		dl, dr = dl*a, dr*b
		single = math.Max(single, math.Max(a, b))
	}
	if len(keys) == 1 {
		return 1 / single
	}
	dl, dr = math.Min(dl, math.Max(l.Rows, 1)), math.Min(dr, math.Max(r.Rows, 1))
	return 1 / math.Max(math.Min(dl, dr), single)
}

// distinctOf gives the number of distinct values of a key.
func (s *Stats) distinctOf(x plan.Expr) float64 {
	c := s.expr(x)
	if c.Distinct > 0 {
		return math.Min(c.Distinct, math.Max(s.Rows, 1))
	}
	return math.Max(1, s.Rows*defaultDistinct)
}

// semiFraction estimates which part of the left rows has a match.
func semiFraction(l, r *Stats, keys []plan.EqualKey, on []plan.Expr) float64 {
	if r.Rows == 0 {
		return 0
	}
	f := 1.0
	for _, k := range keys {
		f = math.Min(f, r.distinctOf(k.R)/l.distinctOf(k.L))
	}
	if len(on) > 0 {
		// Each left row has many candidates; one that passes is enough.
		per := math.Max(1, r.Rows*keySelectivity(l, r, keys))
		f *= 1 - math.Pow(1-s1(product(l, r).all(flat(on))), per)
	}
	return clamp(f, selMin, 1)
}

// combined is the most of the left rows that can have a match if the keys' values lie
// in combinations of their own: returned articles are few of those sold, though most
// orders and most articles have had one returned.
func combined(l, r *Stats, keys []plan.EqualKey) float64 {
	dl, dr := 1.0, 1.0
	for _, k := range keys {
		dl, dr = dl*l.distinctOf(k.L), dr*r.distinctOf(k.R)
	}
	return math.Min(1, math.Min(dr, math.Max(r.Rows, 1))/math.Min(dl, math.Max(l.Rows, 1)))
}

// Keeps estimates which part of the probe side's key values x is among the
// build side's values y.
func (e *Estimator) Keeps(build plan.Node, y plan.Expr, probe plan.Node, x plan.Expr) float64 {
	return clamp(e.Stats(build).distinctOf(y)/e.Stats(probe).distinctOf(x), 0, 1)
}

// cap limits distinct values after a join: keys to the smaller side's, all to
// the number of rows.
func (s *Stats) cap(keys []plan.EqualKey, kind plan.JoinKind) {
	for _, k := range keys {
		l, ok1 := k.L.(*plan.Col)
		r, ok2 := k.R.(*plan.Col)
		if !ok1 || !ok2 || kind != plan.Inner {
			continue
		}
		a, b := s.Cols[l.ID], s.Cols[r.ID]
		if a.Distinct > 0 && b.Distinct > 0 {
			a.Distinct = math.Min(a.Distinct, b.Distinct)
			b.Distinct = a.Distinct
		}
		s.Cols[l.ID], s.Cols[r.ID] = a, b
	}
	for id, c := range s.Cols {
		if c.Distinct > s.Rows {
			c.Distinct = math.Max(1, s.Rows)
			s.Cols[id] = c
		}
	}
}
