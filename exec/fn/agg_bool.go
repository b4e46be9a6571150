package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// boolAgg is bool_and and bool_or. The state counts the rows and those that
// decide: a FALSE for and, a TRUE for or.
type boolAgg struct {
	decide bool
	live   liveRows
}

type boolState struct{ n, decided int64 }

func newBool(decide bool) *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &boolAgg{decide: decide}, nil }}
}

func (a *boolAgg) StateSize() int { return 16 }

func (a *boolAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	vals := kernel.FixedOf[bool](args[0])
	for i, g := range groups {
		s := state[boolState](st, g)
		s.n++
		if vals.At(int(rows[i])) == a.decide {
			s.decided++
		}
	}
	return nil
}

func (a *boolAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	vals, s := kernel.FixedOf[bool](args[0]), state[boolState](st, 0)
	for _, p := range a.live.rows(args, sel, selCount(sel, n)) {
		s.n++
		if vals.At(int(p)) == a.decide {
			s.decided++
		}
	}
	return nil
}

func (a *boolAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		s, f := state[boolState](st, g), state[boolState](fst, from[i])
		s.n, s.decided = s.n+f.n, s.decided+f.decided
	}
	return nil
}

func (a *boolAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	dst := vector.Values[bool](out)[start:]
	for i, g := range groups {
		s := state[boolState](st, g)
		dst[i] = (s.decided > 0) == a.decide
		if s.n == 0 {
			out.SetNull(start + i)
		}
	}
	return nil
}

func (a *boolAgg) MemoryBytes() int64 { return 0 }

// bitAgg is the bitwise and, or, xor of bigints.
type bitAgg struct {
	op   func(a, b int64) int64
	live liveRows
}

type bitState struct{ n, bits int64 }

func newBits(op func(a, b int64) int64) *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &bitAgg{op: op}, nil }}
}

func (a *bitAgg) StateSize() int { return 16 }

func (a *bitAgg) take(s *bitState, x int64) {
	if s.n == 0 {
		s.bits = x
	} else {
		s.bits = a.op(s.bits, x)
	}
	s.n++
}

func (a *bitAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	vals := kernel.FixedOf[int64](args[0])
	for i, g := range groups {
		a.take(state[bitState](st, g), vals.At(int(rows[i])))
	}
	return nil
}

func (a *bitAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

func (a *bitAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		if f := state[bitState](fst, from[i]); f.n > 0 {
			a.take(state[bitState](st, g), f.bits)
		}
	}
	return nil
}

func (a *bitAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	dst := vector.Values[int64](out)[start:]
	for i, g := range groups {
		s := state[bitState](st, g)
		if dst[i] = s.bits; s.n == 0 {
			out.SetNull(start + i)
		}
	}
	return nil
}

func (a *bitAgg) MemoryBytes() int64 { return 0 }
