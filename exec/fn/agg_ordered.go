package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Ordered-set aggregates get the sort key of WITHIN GROUP as their first
// argument, in that order, and what stands in the parentheses behind it.

// fraction checks one of a percentile's fractions.
func fraction(f float64) error {
	if f >= 0 && f <= 1 {
		return nil
	}
	return fault.New(fault.CodeNumericOutOfRange, "percentile value %v is not between 0 and 1", f)
}

// Counter is an Aggregator that must know how many rows a group has before it sees
// them: Count is told of all of them in any order, then Update of all again in the
// call's order.
type Counter interface {
	Aggregator
	// Count takes arguments as Update does. Without groups the n rows, or those of sel,
	// are of row 0's state.
	Count(st States, groups []uint32, args []*vector.Vector, sel vector.Sel, n int)
}

// orderedSet is what ordered-set aggregates have in common: they are fed in order, when
// the groups of all workers have been merged, and keep few of a group's values.
type orderedSet struct {
	vals *vector.Vector
	// slots are the rows of vals that are kept, so many for each group.
	slots []uint32
	live  liveRows
	zeros []uint32
}

// keep appends a value's row.
func (a *orderedSet) keep(v *vector.Vector, rows []uint16) (from uint32) {
	from = uint32(a.vals.Len)
	a.vals.AppendRows(v, rows, 0)
	return from
}

// one gives as many zeros as rows are selected: the group of each.
func (a *orderedSet) one(sel vector.Sel, n int) []uint32 {
	if n = selCount(sel, n); cap(a.zeros) < n {
		a.zeros = make([]uint32, n)
	}
	return a.zeros[:n]
}

// MemoryBytes implements Aggregator.
func (a *orderedSet) MemoryBytes() int64 {
	return vector.MemoryBytes(a.vals) + 4*int64(cap(a.slots))
}

// unmerged refuses to merge states that have values: nobody is fed before the merge.
func unmerged(empty bool) error {
	if empty {
		return nil
	}
	return fault.New(fault.CodeInternal, "ordered-set aggregates cannot be merged")
}

// percentile is percentile_cont and percentile_disc. Of a group's values it keeps those
// that its fractions fall on or between.
type percentile struct {
	orderedSet
	continuous bool
	// fractions has what stands in the parentheses, of the first row of each group.
	fractions *vector.Vector
}

type percentileState struct {
	rows, seen int64  // of all, and those that have come
	next       int64  // the next of them that is wanted
	group      uint32 // its row in fractions, plus one
	slot       uint32 // the first of its slots: two for each fraction
}

func newPercentile(continuous bool) *aggImpl {
	return &aggImpl{new: func(_ *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		return &percentile{orderedSet: orderedSet{vals: vector.New(f.Params[0], 0)}, continuous: continuous,
			fractions: vector.New(f.Params[1], 0)}, nil
	}}
}

// StateSize implements Aggregator.
func (a *percentile) StateSize() int { return 32 }

// Count implements Counter.
func (a *percentile) Count(st States, groups []uint32, args []*vector.Vector, sel vector.Sel, n int) {
	if groups == nil {
		state[percentileState](st, 0).rows += int64(len(a.live.rows(args[:1], sel, n)))
		return
	}
	groups, _ = a.live.groups(args[:1], groups, sel)
	for _, g := range groups {
		state[percentileState](st, g).rows++
	}
}

// Update implements Aggregator.
func (a *percentile) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, src := a.live.groups(args[:1], groups, sel)
	for i, g := range groups {
		s := state[percentileState](st, g)
		if s.seen++; s.seen <= s.next && s.group > 0 {
			continue
		}
		if err := a.take(s, args, src[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *percentile) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	s := state[percentileState](st, 0)
	src := a.live.rows(args[:1], sel, n)
	for at := 0; at < len(src); at++ {
		if s.group > 0 { // what is between wanted rows only counts
			skip := int(min(s.next-s.seen, int64(len(src)-at)))
			s.seen += int64(skip)
			if at += skip; at == len(src) {
				return nil
			}
		}
		s.seen++
		if err := a.take(s, args, src[at:at+1]); err != nil {
			return err
		}
	}
	return nil
}

// take takes the first row of a group, or one that is wanted, and finds the next.
func (a *percentile) take(s *percentileState, args []*vector.Vector, row []uint16) error {
	if s.group == 0 {
		a.fractions.AppendRows(args[1], row, 0)
		s.group, s.slot = uint32(a.fractions.Len), uint32(len(a.slots))
	}
	at := s.seen - 1
	s.next = s.rows
	kept := -1
	for k, n := 0, a.number(s); k < n; k++ {
		f, null := a.fraction(s, k)
		if !null {
			if err := fraction(f); err != nil {
				return err
			}
		}
		if at == 0 {
			a.slots = append(a.slots, 0, 0)
		}
		if null {
			continue
		}
		low, high, _ := a.wanted(f, s.rows)
		for i, x := range [2]int64{low, high} {
			switch {
			case x == at:
				if kept < 0 {
					kept = int(a.keep(args[0], row))
				}
				a.slots[int(s.slot)+2*k+i] = uint32(kept)
			case x > at:
				s.next = min(s.next, x)
			}
		}
	}
	return nil
}

// number counts a group's fractions.
func (a *percentile) number(s *percentileState) int {
	switch {
	case a.fractions.IsNull(int(s.group - 1)):
		return 0
	case a.fractions.Type.Kind == types.Array:
		return int(a.fractions.Ranges()[s.group-1].Len)
	}
	return 1
}

// fraction gives a group's k-th.
func (a *percentile) fraction(s *percentileState, k int) (f float64, null bool) {
	v, i := a.fractions, int(s.group-1)
	if v.Type.Kind == types.Array {
		v, i = v.Kids[0], int(v.Ranges()[i].Off)+k
	}
	return vector.Values[float64](v)[i], v.IsNull(i)
}

// wanted gives the rows of n that a fraction falls between, and how far behind the
// first: that whose position is the first not below it, if there is no between.
func (a *percentile) wanted(f float64, n int64) (low, high int64, part float64) {
	if !a.continuous {
		k := min(max(int64(math.Ceil(f*float64(n)))-1, 0), n-1)
		return k, k, 0
	}
	at := f * float64(n-1)
	return int64(at), min(int64(at)+1, n-1), at - math.Floor(at)
}

// Merge implements Aggregator.
func (a *percentile) Merge(_ States, _ []uint32, _ Aggregator, from States, rows []uint32) error {
	for _, r := range rows {
		if err := unmerged(state[percentileState](from, r).rows == 0); err != nil {
			return err
		}
	}
	return nil
}

// Final implements Aggregator.
func (a *percentile) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		s := state[percentileState](st, g)
		switch {
		case s.group == 0 || a.fractions.IsNull(int(s.group-1)):
			out.AppendNull()
		case a.fractions.Type.Kind != types.Array:
			if err := a.put(s, 0, out); err != nil {
				return err
			}
		default:
			at, n := out.Kids[0].Len, a.number(s)
			for k := range n {
				if err := a.put(s, k, out.Kids[0]); err != nil {
					return err
				}
			}
			i := out.Len
			out.Resize(i + 1)
			out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(n)}
		}
	}
	return nil
}

// put appends the value at a group's k-th fraction, NULL at NULL.
func (a *percentile) put(s *percentileState, k int, out *vector.Vector) error {
	f, null := a.fraction(s, k)
	if null {
		out.AppendNull()
		return nil
	}
	_, _, part := a.wanted(f, s.rows)
	low, high := int(a.slots[int(s.slot)+2*k]), int(a.slots[int(s.slot)+2*k+1])
	if part == 0 || kernel.CompareRows(a.vals, low, a.vals, high) == 0 {
		out.AppendRange(a.vals, low, 1)
		return nil
	}
	l, h := vector.ValueAt(a.vals, low), vector.ValueAt(a.vals, high)
	if l.Type.Kind == types.Interval {
		x, y := l.Interval, h.Interval
		add, err := scaleInterval(int64(y.Months)-int64(x.Months), int64(y.Days)-int64(x.Days), y.Micros-x.Micros, func(x float64) float64 { return x * part })
		if err != nil {
			return err
		}
		l.Interval = types.IntervalValue{Months: x.Months + add.Months, Days: x.Days + add.Days, Micros: x.Micros + add.Micros}
	} else {
		l.F += (h.F - l.F) * part
	}
	out.AppendValue(l)
	return nil
}

// MemoryBytes implements Aggregator.
func (a *percentile) MemoryBytes() int64 {
	return a.orderedSet.MemoryBytes() + vector.MemoryBytes(a.fractions)
}

// mode gives the value that occurs most often; of several, the first in order. Of a
// group it keeps the value that came last and the best so far.
type mode struct {
	orderedSet
}

type modeState struct {
	n, most int64  // how often the last value has come, and the best
	group   uint32 // plus one; its slots are the last value and the best
}

func newMode() *aggImpl {
	return &aggImpl{new: func(_ *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		return &mode{orderedSet{vals: vector.New(f.Params[0], 0)}}, nil
	}}
}

// StateSize implements Aggregator.
func (a *mode) StateSize() int { return 24 }

// Update implements Aggregator.
func (a *mode) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, src := a.live.groups(args[:1], groups, sel)
	if len(src) == 0 {
		return nil
	}
	from := a.keep(args[0], src)
	for i, g := range groups {
		s, row := state[modeState](st, g), from+uint32(i)
		if s.group == 0 {
			a.slots = append(a.slots, row, row)
			s.group = uint32(len(a.slots) / 2)
		}
		kept := a.slots[2*s.group-2 : 2*s.group]
		if kernel.CompareRows(a.vals, int(kept[0]), a.vals, int(row)) != 0 {
			kept[0], s.n = row, 0
		}
		if s.n++; s.n > s.most {
			kept[1], s.most = row, s.n
		}
	}
	a.forget()
	return nil
}

// forget lets go of values that no group keeps, once there are many.
func (a *mode) forget() {
	if a.vals.Len < 2*len(a.slots)+vector.MaxBatch {
		return
	}
	kept := vector.New(a.vals.Type, 0)
	kept.AppendIdx(a.vals, a.slots)
	for i := range a.slots {
		a.slots[i] = uint32(i)
	}
	a.vals = kept
}

// UpdateOne implements Aggregator.
func (a *mode) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, a.one(sel, n), args, sel)
}

// Merge implements Aggregator.
func (a *mode) Merge(_ States, _ []uint32, _ Aggregator, from States, rows []uint32) error {
	for _, r := range rows {
		if err := unmerged(state[modeState](from, r).group == 0); err != nil {
			return err
		}
	}
	return nil
}

// Final implements Aggregator.
func (a *mode) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		if s := state[modeState](st, g); s.group > 0 {
			out.AppendRange(a.vals, int(a.slots[2*s.group-1]), 1)
		} else {
			out.AppendNull()
		}
	}
	return nil
}

func orderedSetEntries() []*Entry {
	set := func(name, doc string, impl *aggImpl, sigs ...string) *Entry {
		e := &Entry{Names: []string{name}, Kind: plan.OrderedSetFunc, Doc: doc}
		for _, sig := range sigs {
			e.overs = append(e.overs, overload{sig: sig, agg: impl})
		}
		return e
	}
	return []*Entry{
		set("percentile_cont", "`percentile_cont(fraction) WITHIN GROUP (ORDER BY x)`: the value at the fraction (or at each of an array) of the sorted values, between two of them where it falls there.",
			newPercentile(true), "percentile_cont(double, double) double", "percentile_cont(interval, double) interval",
			"percentile_cont(double, array(double)) array(double)", "percentile_cont(interval, array(double)) array(interval)"),
		set("percentile_disc", "`percentile_disc(fraction) WITHIN GROUP (ORDER BY x)`: the first of the sorted values whose position is at the fraction or behind it.",
			newPercentile(false), "percentile_disc(T, double) T", "percentile_disc(T, array(double)) array(T)"),
		set("mode", "`mode() WITHIN GROUP (ORDER BY x)`: the value that occurs most often, the first in order of several.", newMode(), "mode(T) T"),
	}
}
