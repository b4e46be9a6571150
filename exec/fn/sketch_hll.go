package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/sketch"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// hllDefaultBits is Trino's standard error of 1.625 %.
const hllDefaultBits = 12

func sketchEntries() []*Entry { return concatAll(hllEntries(), digestEntries(), setDigestEntries()) }

func hllEntries() []*Entry {
	agg := newSketchAgg(sketchKind[*sketch.HLL]{feed: feedHLL, merge: (*sketch.HLL).Merge})
	return []*Entry{
		{Names: []string{"approx_set"}, Kind: plan.AggregateFunc,
			Doc: "A HyperLogLog of the values that are not NULL: cardinality() of it is about the number of distinct ones. The second argument is the standard error, 0.01625 if it is left out; NULL of no values.",
			overs: []overload{
				{sig: "approx_set(bigint) hyperloglog", agg: agg}, {sig: "approx_set(double) hyperloglog", agg: agg}, {sig: "approx_set(varchar) hyperloglog", agg: agg},
				{sig: "approx_set(bigint, double) hyperloglog", agg: agg}, {sig: "approx_set(double, double) hyperloglog", agg: agg}, {sig: "approx_set(varchar, double) hyperloglog", agg: agg},
			}},
		{Names: []string{"empty_approx_set"}, Doc: "A HyperLogLog of no values, with the standard error of the argument, or 0.01625.",
			Examples: []Example{{SQL: "cardinality(empty_approx_set())", Result: "0"}, {SQL: "cast(empty_approx_set() as varbinary)", Result: `\x020c0000`}},
			overs: []overload{
				{sig: "empty_approx_set() hyperloglog", scalar: eval(emptyApproxSet)},
				{sig: "empty_approx_set(double) hyperloglog", scalar: eval(emptyApproxSet)},
			}},
		{Names: []string{"merge"}, Kind: plan.AggregateFunc, Doc: "The sketch of everything that the sketches have seen; NULL of none.",
			overs: []overload{
				{sig: "merge(hyperloglog) hyperloglog", agg: newSketchAgg(mergeFeed(sketch.DecodeHLL, (*sketch.HLL).Merge))},
				{sig: "merge(tdigest) tdigest", agg: newSketchAgg(mergeFeed(sketch.DecodeTDigest, mergeTDigest))},
				{sig: "merge(qdigest(T)) qdigest(T)", agg: newSketchAgg(mergeFeed(sketch.DecodeQDigest, mergeQDigest))},
			}},
	}
}

// feedHLL hashes values as Trino does: numbers and doubles by their eight bytes.
func feedHLL(args []*vector.Vector) func(s **sketch.HLL, row int) error {
	hash := hashesOf(args[0])
	return func(s **sketch.HLL, row int) error {
		if *s == nil {
			n, err := hllBitsAt(args[1:], row)
			if err != nil {
				return err
			}
			*s = sketch.NewHLL(n)
		}
		(*s).AddHash(hash(row))
		return nil
	}
}

// hllBitsAt reads the optional standard error.
func hllBitsAt(args []*vector.Vector, row int) (int, error) {
	if len(args) == 0 {
		return hllDefaultBits, nil
	}
	e := kernel.FixedOf[float64](args[0])
	return sketch.HLLBits(e.At(row))
}

// hashesOf gives what hashes the rows of a vector for sketches.
func hashesOf(v *vector.Vector) func(row int) uint64 {
	switch {
	case v.Type.Phys() == types.PhysBytes:
		s := kernel.StringsOf(v)
		return func(row int) uint64 { return sketch.Hash64(s.At(row)) }
	case v.Type.Kind == types.BigInt:
		x := kernel.FixedOf[int64](v)
		return func(row int) uint64 { return sketch.HashInt64(x.At(row)) }
	case v.Type.Kind == types.Double:
		x := kernel.FixedOf[float64](v)
		return func(row int) uint64 { return sketch.HashInt64(int64(math.Float64bits(x.At(row)))) }
	}
	var opt kernel.TextOptions
	return func(row int) uint64 {
		x := vector.ValueAt(v, row)
		switch x.Type.Phys() {
		case types.PhysFloat32:
			return sketch.HashInt64(int64(int32(math.Float32bits(float32(x.F)))))
		case types.PhysUUID:
			return sketch.Hash64(x.UUID[:])
		case types.PhysInt128, types.PhysInterval:
			return sketch.Hash64(opt.AppendText(nil, v, row))
		}
		return sketch.HashInt64(x.I)
	}
}

func emptyApproxSet(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w := kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		n, err := hllBitsAt(args, i)
		if err != nil {
			return err
		}
		return w.End(i, sketch.NewHLL(n).AppendTo(w.Start()))
	})
}

// ofSketch makes a function of a stored sketch: f writes row i of out.
func ofSketch[S any](decode func([]byte) (S, error), f func(s S, args []*vector.Vector, i int, out *vector.Vector) error) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		texts := kernel.StringsOf(args[0])
		return kernel.EachErr(sel, out.Len, func(i int) error {
			s, err := decode(texts.At(i))
			if err != nil {
				return err
			}
			return f(s, args, i, out)
		})
	})
}

func setInt(out *vector.Vector, i int, x int64) error {
	vector.Values[int64](out)[i] = x
	return nil
}

func setFloat(out *vector.Vector, i int, x float64) error {
	vector.Values[float64](out)[i] = x
	return nil
}

// sketchCardinality are the overloads of cardinality() for sketches.
func sketchCardinality() []overload {
	hll := ofSketch(sketch.DecodeHLL, func(h *sketch.HLL, _ []*vector.Vector, i int, out *vector.Vector) error {
		return setInt(out, i, h.Cardinality())
	})
	return []overload{
		{sig: "cardinality(hyperloglog) bigint", scalar: hll}, {sig: "cardinality(p4hyperloglog) bigint", scalar: hll},
		{sig: "cardinality(setdigest) bigint", scalar: ofSketch(sketch.DecodeSetDigest, func(s *sketch.SetDigest, _ []*vector.Vector, i int, out *vector.Vector) error {
			return setInt(out, i, s.Cardinality())
		})},
	}
}

// quantileArg checks a quantile.
func quantileArg(q float64) error {
	if q >= 0 && q <= 1 {
		return nil
	}
	return fault.New(fault.CodeInvalidParameter, "quantile should be within bounds [0, 1], not %v", q)
}
