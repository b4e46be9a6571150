package fn

import (
	"math"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// momentState holds the count, the means and the sums of products of deviations
// of two variables (of one, where y = x), updated by Welford's method and merged
// by Chan's, which stay exact where sums of squares would cancel.
type momentState struct {
	n             int64
	mx, my        float64
	sxx, syy, sxy float64
	third, fourth float64 // sums of cubed and fourth powers, of x
}

func (s *momentState) add(x, y float64) {
	n1 := float64(s.n)
	s.n++
	n := float64(s.n)
	dx, dy := x-s.mx, y-s.my
	t := dx * dx * n1 / n
	s.fourth += t*dx*dx*(n*n-3*n+3)/(n*n) + 6*dx*dx/(n*n)*s.sxx - 4*dx/n*s.third
	s.third += t*dx*(n-2)/n - 3*dx/n*s.sxx
	s.mx += dx / n
	s.my += dy / n
	s.sxx += dx * (x - s.mx)
	s.syy += dy * (y - s.my)
	s.sxy += dx * (y - s.my)
}

func (s *momentState) merge(o *momentState) {
	if o.n == 0 {
		return
	}
	if s.n == 0 {
		*s = *o
		return
	}
	a, b := float64(s.n), float64(o.n)
	n := a + b
	dx, dy := o.mx-s.mx, o.my-s.my
	s.fourth += o.fourth + dx*dx*dx*dx*a*b*(a*a-a*b+b*b)/(n*n*n) + 6*dx*dx*(a*a*o.sxx+b*b*s.sxx)/(n*n) + 4*dx*(a*o.third-b*s.third)/n
	s.third += o.third + dx*dx*dx*a*b*(a-b)/(n*n) + 3*dx*(a*o.sxx-b*s.sxx)/n
	s.sxx += o.sxx + dx*dx*a*b/n
	s.syy += o.syy + dy*dy*a*b/n
	s.sxy += o.sxy + dx*dy*a*b/n
	s.mx += dx * b / n
	s.my += dy * b / n
	s.n += o.n
}

// statistic is what aggregates of doubles share whose states S are merged and made a
// double, or NULL, in the end.
type statistic[S any, P interface {
	*S
	merge(*S)
}] struct {
	final func(P) (float64, bool)
	live  liveRows
}

// Merge implements Aggregator.
func (a *statistic[S, P]) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		P(state[S](st, g)).merge(state[S](fst, from[i]))
	}
	return nil
}

// Final implements Aggregator.
func (a *statistic[S, P]) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	dst := vector.Values[float64](out)[start:]
	for i, g := range groups {
		x, ok := a.final(state[S](st, g))
		if dst[i] = x; !ok {
			out.SetNull(start + i)
		}
	}
	return nil
}

// MemoryBytes implements Aggregator.
func (a *statistic[S, P]) MemoryBytes() int64 { return 0 }

type momentStatistic = statistic[momentState, *momentState]

// momentAgg computes one statistic of one or two doubles.
type momentAgg struct{ momentStatistic }

func newMoment(final func(s *momentState) (float64, bool)) *aggImpl {
	return &aggImpl{
		new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) {
			return &momentAgg{momentStatistic{final: final}}, nil
		},
		moments: newMoments(func() Aggregator { return &momentAgg{} }), final: final,
	}
}

// StateSize implements Aggregator.
func (a *momentAgg) StateSize() int { return 64 }

// Update implements Aggregator.
func (a *momentAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	// Of two arguments the first is the dependent variable, y.
	y := kernel.FixedOf[float64](args[0])
	x := kernel.FixedOf[float64](args[len(args)-1])
	for i, g := range groups {
		p := int(rows[i])
		state[momentState](st, g).add(x.At(p), y.At(p))
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *momentAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	s := state[momentState](st, 0)
	y := kernel.FixedOf[float64](args[0])
	x := kernel.FixedOf[float64](args[len(args)-1])
	for _, p := range a.live.rows(args, sel, selCount(sel, n)) {
		s.add(x.At(int(p)), y.At(int(p)))
	}
	return nil
}

func statEntries() []*Entry {
	one := func(names []string, doc string, f func(*momentState) (float64, bool)) *Entry {
		return &Entry{Names: names, Kind: plan.AggregateFunc, Doc: doc, overs: []overload{{sig: names[0] + "(double) double", agg: newMoment(f)}}}
	}
	variance := func(names []string, doc string, f func(int64, float64) (float64, bool)) *Entry {
		return &Entry{Names: names, Kind: plan.AggregateFunc, Doc: doc, overs: []overload{{sig: names[0] + "(double) double", agg: newVariance(f)}}}
	}
	two := func(name, doc string, f func(*momentState) (float64, bool)) *Entry {
		return &Entry{Names: []string{name}, Kind: plan.AggregateFunc, Doc: doc, overs: []overload{{sig: name + "(double, double) double", agg: newMoment(f)}}}
	}
	return []*Entry{
		variance([]string{"variance", "var_samp"}, "Sample variance.", varSamp), variance([]string{"var_pop"}, "Population variance.", varPop),
		variance([]string{"stddev", "stddev_samp"}, "Sample standard deviation.", root(varSamp)), variance([]string{"stddev_pop"}, "Population standard deviation.", root(varPop)),
		one([]string{"skewness"}, "Skewness.", func(s *momentState) (float64, bool) {
			n := float64(s.n)
			return math.Sqrt(n) * s.third / math.Pow(s.sxx, 1.5), s.n > 2
		}),
		one([]string{"kurtosis"}, "Excess kurtosis, estimated from a sample.", func(s *momentState) (float64, bool) {
			n := float64(s.n)
			return n*(n+1)/((n-1)*(n-2)*(n-3))*(s.fourth*(n-1)*(n-1)/(s.sxx*s.sxx)) - 3*(n-1)*(n-1)/((n-2)*(n-3)), s.n > 3
		}),
		two("covar_pop", "Population covariance.", func(s *momentState) (float64, bool) { return s.sxy / float64(s.n), s.n > 0 }),
		two("covar_samp", "Sample covariance.", func(s *momentState) (float64, bool) { return s.sxy / float64(s.n-1), s.n > 1 }),
		two("corr", "Correlation coefficient.", func(s *momentState) (float64, bool) {
			return s.sxy / math.Sqrt(s.sxx*s.syy), s.n > 0 && s.sxx > 0 && s.syy > 0
		}),
		two("regr_slope", "Slope of the least-squares line of (y, x).", func(s *momentState) (float64, bool) { return s.sxy / s.sxx, s.n > 0 && s.sxx > 0 }),
		two("regr_intercept", "Intercept of the least-squares line of (y, x).", func(s *momentState) (float64, bool) {
			return s.my - s.sxy/s.sxx*s.mx, s.n > 0 && s.sxx > 0
		}),
		two("regr_r2", "Square of the correlation coefficient.", func(s *momentState) (float64, bool) {
			if s.syy == 0 {
				return 1, s.n > 0 && s.sxx > 0
			}
			return s.sxy * s.sxy / (s.sxx * s.syy), s.n > 0 && s.sxx > 0
		}),
		two("regr_avgx", "Average of x.", func(s *momentState) (float64, bool) { return s.mx, s.n > 0 }),
		two("regr_avgy", "Average of y.", func(s *momentState) (float64, bool) { return s.my, s.n > 0 }),
		two("regr_sxx", "Sum of squares of x.", func(s *momentState) (float64, bool) { return s.sxx, s.n > 0 }),
		two("regr_syy", "Sum of squares of y.", func(s *momentState) (float64, bool) { return s.syy, s.n > 0 }),
		two("regr_sxy", "Sum of products.", func(s *momentState) (float64, bool) { return s.sxy, s.n > 0 }),
		{Names: []string{"geometric_mean"}, Kind: plan.AggregateFunc, Doc: "Geometric mean.",
			overs: []overload{{sig: "geometric_mean(double) double", agg: newGeo(func(s *momentState) (float64, bool) { return math.Exp(s.mx), s.n > 0 })}}},
	}
}

func newGeo(final func(s *momentState) (float64, bool)) *aggImpl {
	return &aggImpl{
		new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) {
			return &geoAgg{momentAgg{momentStatistic{final: final}}}, nil
		},
		moments: newMoments(func() Aggregator { return &geoAgg{} }), final: final,
	}
}

// geoAgg averages logarithms.
type geoAgg struct{ momentAgg }

// Update implements Aggregator.
func (a *geoAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	x := kernel.FixedOf[float64](args[0])
	for i, g := range groups {
		l := math.Log(x.At(int(rows[i])))
		state[momentState](st, g).add(l, l)
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *geoAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}
