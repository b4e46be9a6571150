package fn

import (
	"math"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// varianceState is what variances take of a momentState: the count, the mean and the
// sum of squared deviations, by the same methods.
type varianceState struct {
	n        int64
	mean, sq float64
}

func (s *varianceState) add(x float64) {
	s.n++
	d := x - s.mean
	s.mean += d / float64(s.n)
	s.sq += d * (x - s.mean)
}

func (s *varianceState) merge(o *varianceState) {
	if o.n == 0 {
		return
	}
	if s.n == 0 {
		*s = *o
		return
	}
	a, b := float64(s.n), float64(o.n)
	n, d := a+b, o.mean-s.mean
	s.sq += o.sq + d*d*a*b/n
	s.mean += d * b / n
	s.n += o.n
}

type varianceStatistic = statistic[varianceState, *varianceState]

// varianceAgg computes a variance or a standard deviation. Its parts are momentStates.
type varianceAgg struct{ varianceStatistic }

func newVariance(final func(n int64, sq float64) (float64, bool)) *aggImpl {
	ofState := func(s *varianceState) (float64, bool) { return final(s.n, s.sq) }
	return &aggImpl{
		new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) {
			return &varianceAgg{varianceStatistic{final: ofState}}, nil
		},
		moments: newMoments(func() Aggregator { return &momentAgg{} }),
		final:   func(s *momentState) (float64, bool) { return final(s.n, s.sxx) },
	}
}

// StateSize implements Aggregator.
func (a *varianceAgg) StateSize() int { return 24 }

// Update implements Aggregator.
func (a *varianceAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	if len(groups) == 0 {
		return nil
	}
	vals := vector.Values[float64](a.live.dense(args[0], rows))[:len(groups)]
	base := stateBase(st)
	for i, g := range groups {
		at[varianceState](base, st.Stride, g).add(vals[i])
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *varianceAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	rows := a.live.rows(args, sel, selCount(sel, n))
	if len(rows) == 0 {
		return nil
	}
	s := state[varianceState](st, 0)
	for _, x := range vector.Values[float64](a.live.dense(args[0], rows))[:len(rows)] {
		s.add(x)
	}
	return nil
}

func varPop(n int64, sq float64) (float64, bool) { return sq / float64(n), n > 0 }

func varSamp(n int64, sq float64) (float64, bool) { return sq / float64(n-1), n > 1 }

// root gives the standard deviation of a variance.
func root(of func(int64, float64) (float64, bool)) func(int64, float64) (float64, bool) {
	return func(n int64, sq float64) (float64, bool) {
		x, ok := of(n, sq)
		return math.Sqrt(x), ok
	}
}
