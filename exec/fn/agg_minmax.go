package fn

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// newMinMax makes min or max for the argument's type.
func newMinMax(isMax bool) *aggImpl {
	return &aggImpl{new: func(_ *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		switch f.Params[0].Phys() {
		case types.PhysBool, types.PhysInt8:
			return &minMaxAgg[int8]{isMax: isMax}, nil
		case types.PhysInt16:
			return &minMaxAgg[int16]{isMax: isMax}, nil
		case types.PhysInt32:
			return &minMaxAgg[int32]{isMax: isMax}, nil
		case types.PhysInt64:
			return &minMaxAgg[int64]{isMax: isMax}, nil
		case types.PhysUint32:
			return &minMaxAgg[uint32]{isMax: isMax}, nil
		case types.PhysFloat32:
			return &minMaxAgg[float32]{isMax: isMax}, nil
		case types.PhysFloat64:
			return &minMaxAgg[float64]{isMax: isMax}, nil
		case types.PhysBytes:
			return &minMaxBytes{isMax: isMax}, nil
		}
		return &pickAgg{better: func(v *vector.Vector, i int, kept *vector.Vector, j int) bool {
			c := kernel.CompareRows(v, i, kept, j)
			return isMax && c > 0 || !isMax && c < 0
		}}, nil
	}}
}

type ordered interface {
	int8 | int16 | int32 | int64 | uint32 | float32 | float64
}

// minMaxState is the extreme so far, if there is one.
type minMaxState[T ordered] struct {
	val T
	has bool
	_   [7]byte
}

// minMaxAgg is min and max of fixed-width values.
type minMaxAgg[T ordered] struct {
	isMax bool
	live  liveRows
}

func (a *minMaxAgg[T]) StateSize() int { return 16 }

// smaller orders NaN above every number.
func smaller[T ordered](x, y T) bool { return x < y || y != y && x == x }

func (a *minMaxAgg[T]) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	if len(groups) == 0 {
		return nil
	}
	vals := vector.Values[T](a.live.dense(args[0], rows))[:len(groups)]
	base := stateBase(st)
	if a.isMax {
		for i, g := range groups {
			s := at[minMaxState[T]](base, st.Stride, g)
			if x := vals[i]; !s.has || smaller(s.val, x) {
				s.val, s.has = x, true
			}
		}
		return nil
	}
	for i, g := range groups {
		s := at[minMaxState[T]](base, st.Stride, g)
		if x := vals[i]; !s.has || smaller(x, s.val) {
			s.val, s.has = x, true
		}
	}
	return nil
}

func (a *minMaxAgg[T]) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	rows := a.live.rows(args, sel, selCount(sel, n))
	if len(rows) == 0 {
		return nil
	}
	vals := vector.Values[T](a.live.dense(args[0], rows))[:len(rows)]
	best := vals[0]
	if a.isMax {
		for _, x := range vals {
			if smaller(best, x) {
				best = x
			}
		}
	} else {
		for _, x := range vals {
			if smaller(x, best) {
				best = x
			}
		}
	}
	a.take(state[minMaxState[T]](st, 0), best)
	return nil
}

func (a *minMaxAgg[T]) take(s *minMaxState[T], x T) {
	if !s.has || a.isMax && smaller(s.val, x) || !a.isMax && smaller(x, s.val) {
		s.val, s.has = x, true
	}
}

func (a *minMaxAgg[T]) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		if f := state[minMaxState[T]](fst, from[i]); f.has {
			a.take(state[minMaxState[T]](st, g), f.val)
		}
	}
	return nil
}

func (a *minMaxAgg[T]) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	dst := vector.Values[T](out)[start:]
	for i, g := range groups {
		s := state[minMaxState[T]](st, g)
		if dst[i] = s.val; !s.has {
			out.SetNull(start + i)
		}
	}
	return nil
}

func (a *minMaxAgg[T]) MemoryBytes() int64 { return 0 }

// minMaxBytes is min and max of strings and binary. The state is 1 + the index of
// the extreme among vals.
type minMaxBytes struct {
	isMax bool
	vals  [][]byte
	bytes int64
	live  liveRows
	seen  vector.Bitmap // the codes of a dictionary that were looked at
}

func (a *minMaxBytes) StateSize() int { return 8 }

func (a *minMaxBytes) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	if len(groups) == 0 {
		return nil
	}
	base := stateBase(st)
	s := kernel.StringsOf(args[0])
	for i, g := range groups {
		a.take(at[uint64](base, st.Stride, g), s.At(int(rows[i])))
	}
	return nil
}

func (a *minMaxBytes) take(st *uint64, x []byte) {
	if *st == 0 {
		a.vals = append(a.vals, append([]byte(nil), x...))
		a.bytes += int64(len(x)) + 24
		*st = uint64(len(a.vals))
		return
	}
	old := a.vals[*st-1]
	if c := bytes.Compare(x, old); a.isMax && c > 0 || !a.isMax && c < 0 {
		a.bytes += int64(max(len(x)-cap(old), 0))
		a.vals[*st-1] = append(old[:0], x...)
	}
}

func (a *minMaxBytes) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	rows := a.live.rows(args, sel, selCount(sel, n))
	s := kernel.StringsOf(args[0])
	x := state[uint64](st, 0)
	if v := args[0]; v.Form == vector.Dict && v.Base.Len < len(rows) {
		a.takeEach(x, &s, v, rows)
		return nil
	}
	for _, p := range rows {
		a.take(x, s.At(int(p)))
	}
	return nil
}

// takeEach looks once at each value of a dictionary that some row has.
func (a *minMaxBytes) takeEach(x *uint64, s *kernel.Strings, v *vector.Vector, rows []uint16) {
	a.seen = a.seen.Extend(0, v.Base.Len)
	clear(a.seen)
	for _, p := range rows {
		if c := int(v.Codes[p]); !a.seen.Get(c) {
			a.seen.Set(c)
			a.take(x, s.At(int(p)))
		}
	}
}

func (a *minMaxBytes) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*minMaxBytes)
	for i, g := range groups {
		if f := *state[uint64](fst, fgroups[i]); f != 0 {
			a.take(state[uint64](st, g), o.vals[f-1])
		}
	}
	return nil
}

func (a *minMaxBytes) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		if s := *state[uint64](st, g); s == 0 {
			out.AppendNull()
		} else {
			out.AppendBytes(a.vals[s-1])
		}
	}
	return nil
}

func (a *minMaxBytes) MemoryBytes() int64 { return a.bytes }

// pickAgg keeps one value a group in a side vector: min and max of types without
// a form of their own, and any_value. The state is 1 + the row kept.
type pickAgg struct {
	better func(v *vector.Vector, i int, kept *vector.Vector, j int) bool // nil: the first
	kept   *vector.Vector
	live   liveRows
	one    [1]uint32
}

func (a *pickAgg) StateSize() int { return 8 }

func (a *pickAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args[:1], groups, sel)
	for i, g := range groups {
		a.take(state[uint64](st, g), args[0], int(rows[i]))
	}
	return nil
}

func (a *pickAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	s := state[uint64](st, 0)
	for _, p := range a.live.rows(args[:1], sel, selCount(sel, n)) {
		a.take(s, args[0], int(p))
	}
	return nil
}

func (a *pickAgg) take(s *uint64, v *vector.Vector, i int) {
	if *s != 0 && (a.better == nil || !a.better(v, i, a.kept, int(*s-1))) {
		return
	}
	if a.kept == nil {
		a.kept = vector.New(v.Type, 0)
	}
	a.one[0] = uint32(i)
	a.kept.AppendIdx(v, a.one[:])
	*s = uint64(a.kept.Len)
}

func (a *pickAgg) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*pickAgg)
	for i, g := range groups {
		if f := *state[uint64](fst, fgroups[i]); f != 0 {
			a.take(state[uint64](st, g), o.kept, int(f-1))
		}
	}
	return nil
}

func (a *pickAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		s := *state[uint64](st, g)
		if s == 0 {
			out.AppendNull()
			continue
		}
		a.one[0] = uint32(s - 1)
		out.AppendIdx(a.kept, a.one[:])
	}
	return nil
}

func (a *pickAgg) MemoryBytes() int64 { return vector.MemoryBytes(a.kept) }
