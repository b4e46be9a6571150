package fn

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// sumState sums integers and decimals of any width in 128 bits.
type sumState struct {
	lo uint64
	hi int64
	n  int64
}

func (s *sumState) add(x int64) {
	lo, c := bits.Add64(s.lo, uint64(x), 0)
	s.lo, s.hi = lo, s.hi+x>>63+int64(c)
	s.n++
}

func (s *sumState) addWide(x types.Int128, n int64) {
	lo, c := bits.Add64(s.lo, x.Lo, 0)
	s.lo, s.hi = lo, s.hi+x.Hi+int64(c)
	s.n += n
}

func (s *sumState) sum() types.Int128 { return types.Int128{Lo: s.lo, Hi: s.hi} }

// sumAgg is sum and avg of integers and decimals.
type sumAgg struct {
	arg  types.Type
	ret  types.Type
	avg  bool
	live liveRows
}

func newSum(avg bool) *aggImpl {
	return &aggImpl{new: func(_ *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		arg := f.Params[0]
		if arg.IsFloat() {
			return &floatSumAgg{ret: f.Ret, avg: avg}, nil
		}
		if arg.Kind == types.Interval {
			return &intervalSumAgg{avg: avg}, nil
		}
		return &sumAgg{arg: arg, ret: f.Ret, avg: avg}, nil
	}}
}

func (a *sumAgg) StateSize() int { return 24 }

func (a *sumAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	if len(groups) == 0 {
		return nil
	}
	v := a.live.dense(args[0], rows)
	switch v.Type.Phys() {
	case types.PhysInt8:
		sumGroups(st, groups, vector.Values[int8](v))
	case types.PhysInt16:
		sumGroups(st, groups, vector.Values[int16](v))
	case types.PhysInt32:
		sumGroups(st, groups, vector.Values[int32](v))
	case types.PhysInt64:
		sumGroups(st, groups, vector.Values[int64](v))
	case types.PhysInt128:
		base := stateBase(st)
		vals := vector.Values[types.Int128](v)
		for i, g := range groups {
			at[sumState](base, st.Stride, g).addWide(vals[i], 1)
		}
	}
	return nil
}

func sumGroups[T int8 | int16 | int32 | int64](st States, groups []uint32, vals []T) {
	base := stateBase(st)
	vals = vals[:len(groups)]
	for i, g := range groups {
		at[sumState](base, st.Stride, g).add(int64(vals[i]))
	}
}

func (a *sumAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	if sel != nil {
		n = len(sel)
	}
	rows := a.live.rows(args, sel, n)
	if len(rows) == 0 {
		return nil
	}
	s := state[sumState](st, 0)
	v := args[0]
	if v.Form == vector.Const {
		return a.addConst(s, v, len(rows))
	}
	if v.Form == vector.Dict {
		v = a.live.dense(v, rows)
		rows = identity[:len(rows)]
	}
	switch v.Type.Phys() {
	case types.PhysInt8:
		sumSmall(s, vector.Values[int8](v), rows)
	case types.PhysInt16:
		sumSmall(s, vector.Values[int16](v), rows)
	case types.PhysInt32:
		sumSmall(s, vector.Values[int32](v), rows)
	case types.PhysInt64:
		sumInt64(s, vector.Values[int64](v), rows)
	case types.PhysInt128:
		vals := vector.Values[types.Int128](v)
		if dense(rows) {
			for _, x := range vals[:len(rows)] {
				s.addWide(x, 1)
			}
			return nil
		}
		for _, p := range rows {
			s.addWide(vals[p], 1)
		}
	}
	return nil
}

func (a *sumAgg) addConst(s *sumState, v *vector.Vector, n int) error {
	x := vector.ValueAt(v, 0)
	d := types.I128(x.I)
	if v.Type.Phys() == types.PhysInt128 {
		d = x.D
	}
	p, ok := d.Mul(types.I128(int64(n)))
	if !ok {
		return kernel.ErrOutOfRange(a.ret)
	}
	s.addWide(p, int64(n))
	return nil
}

// dense reports whether rows are all positions from 0 on.
func dense(rows []uint16) bool { return len(rows) > 0 && &rows[0] == &identity[0] }

// sumSmall adds values whose sum over a batch fits 64 bits.
func sumSmall[T int8 | int16 | int32](s *sumState, vals []T, rows []uint16) {
	var sum int64
	if dense(rows) {
		for _, x := range vals[:len(rows)] {
			sum += int64(x)
		}
	} else {
		for _, p := range rows {
			sum += int64(vals[p])
		}
	}
	s.addWide(types.I128(sum), int64(len(rows)))
}

// sumInt64 adds the low and the high halves apart: neither can overflow.
func sumInt64(s *sumState, vals []int64, rows []uint16) {
	var lo uint64
	var hi int64
	if dense(rows) {
		for _, x := range vals[:len(rows)] {
			lo += uint64(x) & 0xffffffff
			hi += x >> 32
		}
	} else {
		for _, p := range rows {
			x := vals[p]
			lo += uint64(x) & 0xffffffff
			hi += x >> 32
		}
	}
	s.addWide(types.Int128{Lo: uint64(hi) << 32, Hi: hi >> 32}.Add(types.Int128{Lo: lo}), int64(len(rows)))
}

func (a *sumAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		f := state[sumState](fst, from[i])
		state[sumState](st, g).addWide(f.sum(), f.n)
	}
	return nil
}

func (a *sumAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	for i, g := range groups {
		s := state[sumState](st, g)
		if s.n == 0 {
			out.SetNull(start + i)
			continue
		}
		if err := a.result(s, out, start+i); err != nil {
			return err
		}
	}
	return nil
}

// result writes one sum or average in the type of the call's result.
func (a *sumAgg) result(s *sumState, out *vector.Vector, i int) error {
	sum := s.sum()
	scale := int(a.arg.S)
	if a.arg.Kind != types.Decimal {
		scale = 0
	}
	switch {
	case a.ret.Kind == types.Double:
		vector.Values[float64](out)[i] = sum.Float64() / float64(s.n)
		return nil
	case a.avg:
		q, ok := kernel.DivScaled(sum, types.I128(s.n), int(a.ret.S)-scale)
		if !ok {
			return kernel.ErrOutOfRange(a.ret)
		}
		sum = q
	}
	switch out.Type.Phys() {
	case types.PhysInt64:
		if !sum.IsInt64() || a.ret.Kind == types.Decimal && !sum.FitsDecimal(int(a.ret.P)) {
			return kernel.ErrOutOfRange(a.ret)
		}
		vector.Values[int64](out)[i] = sum.Int64()
	default:
		if !sum.FitsDecimal(int(a.ret.P)) {
			return kernel.ErrOutOfRange(a.ret)
		}
		vector.Values[types.Int128](out)[i] = sum
	}
	return nil
}

func (a *sumAgg) MemoryBytes() int64 { return 0 }

// floatState sums floating-point numbers.
type floatState struct {
	sum float64
	n   int64
}

// floatSumAgg is sum and avg of real and double.
type floatSumAgg struct {
	ret  types.Type
	avg  bool
	live liveRows
}

func (a *floatSumAgg) StateSize() int { return 16 }

func (a *floatSumAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	if len(groups) == 0 {
		return nil
	}
	v := a.live.dense(args[0], rows)
	if v.Type.Phys() == types.PhysFloat32 {
		floatGroups(st, groups, vector.Values[float32](v))
	} else {
		floatGroups(st, groups, vector.Values[float64](v))
	}
	return nil
}

func floatGroups[T float32 | float64](st States, groups []uint32, vals []T) {
	base := stateBase(st)
	vals = vals[:len(groups)]
	for i, g := range groups {
		s := at[floatState](base, st.Stride, g)
		s.sum += float64(vals[i])
		s.n++
	}
}

func (a *floatSumAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	if sel != nil {
		n = len(sel)
	}
	rows := a.live.rows(args, sel, n)
	if len(rows) == 0 {
		return nil
	}
	s := state[floatState](st, 0)
	v := a.live.dense(args[0], rows)
	if v.Type.Phys() == types.PhysFloat32 {
		for _, x := range vector.Values[float32](v)[:len(rows)] {
			s.sum += float64(x)
		}
	} else {
		for _, x := range vector.Values[float64](v)[:len(rows)] {
			s.sum += x
		}
	}
	s.n += int64(len(rows))
	return nil
}

func (a *floatSumAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		s, f := state[floatState](st, g), state[floatState](fst, from[i])
		s.sum += f.sum
		s.n += f.n
	}
	return nil
}

func (a *floatSumAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	for i, g := range groups {
		a.put(*state[floatState](st, g), out, start+i)
	}
	return nil
}

// result writes one sum or average in the type of the call's result.
func (a *floatSumAgg) result(s *floatState, out *vector.Vector, i int) {
	x := s.sum
	if a.avg {
		x /= float64(s.n)
	}
	if a.ret.Kind == types.Real {
		vector.Values[float32](out)[i] = float32(x)
	} else {
		vector.Values[float64](out)[i] = x
	}
}

func (a *floatSumAgg) MemoryBytes() int64 { return 0 }

// intervalState sums intervals part by part.
type intervalState struct {
	months, days, micros int64
	n                    int64
}

// intervalSumAgg is sum and avg of intervals.
type intervalSumAgg struct {
	avg  bool
	live liveRows
}

func (a *intervalSumAgg) StateSize() int { return 32 }

func (a *intervalSumAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	vals := vector.Values[types.IntervalValue](a.live.dense(args[0], rows))
	for i, g := range groups {
		state[intervalState](st, g).add(vals[i])
	}
	return nil
}

func (s *intervalState) add(x types.IntervalValue) {
	s.months += int64(x.Months)
	s.days += int64(x.Days)
	s.micros += x.Micros
	s.n++
}

func (a *intervalSumAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

func selCount(sel vector.Sel, n int) int {
	if sel != nil {
		return len(sel)
	}
	return n
}

func (a *intervalSumAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		s, f := state[intervalState](st, g), state[intervalState](fst, from[i])
		s.months, s.days, s.micros, s.n = s.months+f.months, s.days+f.days, s.micros+f.micros, s.n+f.n
	}
	return nil
}

func (a *intervalSumAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(groups))
	for i, g := range groups {
		s := state[intervalState](st, g)
		if s.n == 0 {
			out.SetNull(start + i)
			continue
		}
		n := int64(1)
		if a.avg {
			n = s.n
		}
		x, err := scaleInterval(s.months, s.days, s.micros, func(x float64) float64 { return x / float64(n) })
		if err != nil {
			return err
		}
		vector.Values[types.IntervalValue](out)[start+i] = x
	}
	return nil
}

func (a *intervalSumAgg) MemoryBytes() int64 { return 0 }
