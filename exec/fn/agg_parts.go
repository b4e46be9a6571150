package fn

import (
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// maxPartDigits is the most digits of decimals whose sums are taken in parts: no
// 10^12 rows of them pass the 38 digits of a part.
const maxPartDigits = 26

// Parts implements plan.Functions.
func (r *Registry) Parts(f *plan.Func, digits int) ([]*plan.Func, *plan.Func) {
	impl, ok := f.Impl.(*aggImpl)
	if !ok || len(f.Lambdas) > 0 {
		return nil, nil
	}
	switch {
	case impl.moments != nil:
		part := partOf(f, "moments", types.TVarbinary, impl.moments)
		return []*plan.Func{part}, finisher(f, []*plan.Func{part}, momentsKernel(impl.final))
	case f.Name == "avg" || f.Name == "sum":
		return partsOfSum(f, digits)
	case r.Merge(f) != nil:
		return []*plan.Func{f}, nil
	}
	return nil, nil
}

// partsOfSum gives the parts of sum and avg.
func partsOfSum(f *plan.Func, digits int) ([]*plan.Func, *plan.Func) {
	wide, ok := partOfSum(f.Params[0], digits)
	switch {
	case !ok:
		return nil, nil
	case f.Name == "avg":
		parts := []*plan.Func{partOf(f, "sum", wide, newSum(false)), partOf(f, "count", types.TBigInt, newCount(false))}
		return parts, finisher(f, parts, sumKernel(f))
	case f.Ret.Equal(wide):
		return []*plan.Func{f}, nil
	}
	parts := []*plan.Func{partOf(f, "sum", wide, newSum(false))}
	return parts, finisher(f, parts, sumKernel(f))
}

// partOfSum gives the type of a part of a sum, which no sum of values of type t
// passes.
func partOfSum(t types.Type, digits int) (types.Type, bool) {
	switch {
	case t.IsFloat():
		return types.TDouble, true
	case t.IsInteger():
		return types.DecimalOf(types.MaxDecimalPrecision, 0), true
	case t.Kind == types.Decimal && digits <= maxPartDigits:
		return types.DecimalOf(types.MaxDecimalPrecision, int(t.S)), true
	}
	return t, false
}

// partOf is an aggregate of f's arguments.
func partOf(f *plan.Func, name string, ret types.Type, impl *aggImpl) *plan.Func {
	return &plan.Func{Name: name, Kind: plan.AggregateFunc, Params: f.Params, Ret: ret, Strict: true, Dialect: f.Dialect, Impl: impl}
}

// finisher is the scalar function that makes f's result of its parts'.
func finisher(f *plan.Func, parts []*plan.Func, k kernel.Kernel) *plan.Func {
	out := &plan.Func{Name: f.Name + " of parts", Kind: plan.Scalar, Ret: f.Ret, Strict: true, Dialect: f.Dialect,
		Impl: &kernel.Impl{Instance: kernel.Instance{Eval: k}, Flat: true}}
	for _, p := range parts {
		out.Params = append(out.Params, p.Ret)
	}
	return out
}

// sumKernel gives sum or avg f's result from a sum and, for avg, a count.
func sumKernel(f *plan.Func) kernel.Kernel {
	exact := &sumAgg{arg: f.Params[0], ret: f.Ret, avg: f.Name == "avg"}
	float := &floatSumAgg{ret: f.Ret, avg: exact.avg}
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		return eachOf(sel, out.Len, func(i int) error {
			n := int64(1)
			if exact.avg {
				n = vector.Values[int64](args[1])[i]
			}
			if n == 0 {
				out.SetNull(i)
				return nil
			}
			if exact.arg.IsFloat() {
				float.result(&floatState{sum: vector.Values[float64](args[0])[i], n: n}, out, i)
				return nil
			}
			sum := vector.Values[types.Int128](args[0])[i]
			return exact.result(&sumState{lo: sum.Lo, hi: sum.Hi, n: n}, out, i)
		})
	}
}

// eachOf calls f for each selected row below n.
func eachOf(sel vector.Sel, n int, f func(i int) error) error {
	if sel == nil {
		sel = identity[:n]
	}
	for _, p := range sel {
		if err := f(int(p)); err != nil {
			return err
		}
	}
	return nil
}

// momentsAgg puts out the states of another aggregate as their bytes, to be merged
// by momentsMergeAgg.
type momentsAgg struct{ Aggregator }

func newMoments(of func() Aggregator) *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return momentsAgg{of()}, nil }}
}

// Final implements Aggregator.
func (momentsAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		if s := state[momentState](st, g); s.n == 0 {
			out.AppendNull()
		} else {
			out.AppendBytes(unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s)))
		}
	}
	return nil
}

// Merge implements Aggregator.
func (a momentsAgg) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	return a.Aggregator.Merge(st, groups, from.(momentsAgg).Aggregator, fst, fgroups)
}

// momentsMergeAgg merges states that momentsAgg has put out, and puts out such.
type momentsMergeAgg struct {
	momentsAgg
	live liveRows
}

func newMomentsMerge() *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) {
		return &momentsMergeAgg{momentsAgg: momentsAgg{&momentAgg{}}}, nil
	}}
}

// Update implements Aggregator.
func (a *momentsMergeAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	for i, g := range groups {
		o := momentsOf(kernelBytes(args[0], int(rows[i])))
		state[momentState](st, g).merge(&o)
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *momentsMergeAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

// Merge implements Aggregator.
func (a *momentsMergeAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	return a.Aggregator.Merge(st, groups, nil, fst, from)
}

// momentsOf reads the bytes of a state.
func momentsOf(b []byte) (s momentState) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&s)), unsafe.Sizeof(s)), b)
	return s
}

// momentsKernel computes a statistic from the bytes of a state.
func momentsKernel(final func(*momentState) (float64, bool)) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		dst := vector.Values[float64](out)
		return eachOf(sel, out.Len, func(i int) error {
			s := momentsOf(kernelBytes(args[0], i))
			x, ok := final(&s)
			if dst[i] = x; !ok {
				out.SetNull(i)
			}
			return nil
		})
	}
}
