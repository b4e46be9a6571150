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

func digestEntries() []*Entry {
	t := newSketchAgg(sketchKind[*sketch.TDigest]{feed: feedTDigest, merge: mergeTDigest})
	return []*Entry{
		{Names: []string{"tdigest_agg"}, Kind: plan.AggregateFunc,
			Doc: "A t-digest of the values, for value_at_quantile and others: most precise near both ends. The second argument is a weight, the third the compression (100), about how many centroids it has; NULL of no values.",
			overs: []overload{
				{sig: "tdigest_agg(double) tdigest", agg: t}, {sig: "tdigest_agg(double, double) tdigest", agg: t}, {sig: "tdigest_agg(double, double, double) tdigest", agg: t},
			}},
		{Names: []string{"qdigest_agg"}, Kind: plan.AggregateFunc,
			Doc:   "A quantile digest of the values: the rank of what value_at_quantile gives is wrong by at most the accuracy, which is the third argument (0.01). The second is a weight; NULL of no values.",
			overs: qdigestAggs()},
		{Names: []string{"value_at_quantile"}, Doc: "The value at a quantile between 0 and 1 of a t-digest or quantile digest.",
			overs: []overload{
				{sig: "value_at_quantile(tdigest, double) double", scalar: ofSketch(sketch.DecodeTDigest, valueAtQuantile)},
				{sig: "value_at_quantile(qdigest(T), double) T", scalar: ofSketch(sketch.DecodeQDigest, qvalueAtQuantile)},
			}},
		{Names: []string{"values_at_quantiles"}, Doc: "The values at several quantiles, in ascending order, of a t-digest or quantile digest.",
			overs: []overload{
				{sig: "values_at_quantiles(tdigest, array(double)) array(double)", scalar: quantileList(sketch.DecodeTDigest, tdigestValue)},
				{sig: "values_at_quantiles(qdigest(T), array(double)) array(T)", scalar: quantileList(sketch.DecodeQDigest, qdigestValue)},
			}},
		{Names: []string{"quantile_at_value"}, Doc: "At which quantile a value stands: the part of the values that is less. Of a quantile digest NULL if the value is outside of all.",
			overs: []overload{
				{sig: "quantile_at_value(tdigest, double) double", scalar: ofSketch(sketch.DecodeTDigest, func(d *sketch.TDigest, args []*vector.Vector, i int, out *vector.Vector) error {
					x := kernel.FixedOf[float64](args[1])
					return setFloat(out, i, d.QuantileAt(x.At(i)))
				})},
				{sig: "quantile_at_value(qdigest(T), T) double", scalar: ofSketch(sketch.DecodeQDigest, qquantileAtValue)},
			}},
		{Names: []string{"trimmed_mean"}, Doc: "The mean of the values between two quantiles of a t-digest; NULL if there are none.",
			overs: []overload{{sig: "trimmed_mean(tdigest, double, double) double", scalar: ofSketch(sketch.DecodeTDigest, trimmedMean)}}},
		{Names: []string{"destructure_tdigest"}, Doc: "What is in a t-digest: the means and weights of its centroids, its compression, the least and greatest value, the sum and the weight of all.",
			overs: []overload{{sig: "destructure_tdigest(tdigest) row", types: destructureTypes, scalar: eval(destructureTDigest)}}},
	}
}

func mergeTDigest(into, from *sketch.TDigest) error { into.Merge(from); return nil }
func mergeQDigest(into, from *sketch.QDigest) error { into.Merge(from); return nil }

func feedTDigest(args []*vector.Vector) func(s **sketch.TDigest, row int) error {
	x := kernel.FixedOf[float64](args[0])
	weight := optionalFloat(args, 1, 1)
	compression := optionalFloat(args, 2, sketch.DefaultCompression)
	return func(s **sketch.TDigest, row int) (err error) {
		if *s == nil {
			if *s, err = sketch.NewTDigest(compression(row)); err != nil {
				return err
			}
		}
		return (*s).Add(x.At(row), weight(row))
	}
}

// optionalFloat reads argument k, or the default if it is left out.
func optionalFloat(args []*vector.Vector, k int, otherwise float64) func(row int) float64 {
	if k >= len(args) {
		return func(int) float64 { return otherwise }
	}
	x := kernel.FixedOf[float64](args[k])
	return func(row int) float64 { return x.At(row) }
}

func qdigestAggs() []overload {
	agg := newSketchAgg(sketchKind[*sketch.QDigest]{feed: feedQDigest, merge: mergeQDigest})
	var out []overload
	for _, t := range []string{"bigint", "real", "double"} {
		for _, more := range []string{"", ", bigint", ", bigint, double"} {
			out = append(out, overload{sig: "qdigest_agg(" + t + more + ") qdigest(" + t + ")", agg: agg})
		}
	}
	return out
}

func feedQDigest(args []*vector.Vector) func(s **sketch.QDigest, row int) error {
	value := sortableOf(args[0])
	weight := func(int) float64 { return 1 }
	if len(args) > 1 {
		w := kernel.FixedOf[int64](args[1])
		weight = func(row int) float64 { return float64(w.At(row)) }
	}
	accuracy := optionalFloat(args, 2, sketch.DefaultAccuracy)
	return func(s **sketch.QDigest, row int) (err error) {
		if *s == nil {
			if *s, err = sketch.NewQDigest(accuracy(row)); err != nil {
				return err
			}
		}
		return (*s).Add(value(row), weight(row))
	}
}

// sortableOf reads values as integers of the same order, as Trino's quantile
// digests hold them.
func sortableOf(v *vector.Vector) func(row int) int64 {
	switch v.Type.Kind {
	case types.Real:
		x := kernel.FixedOf[float32](v)
		return func(row int) int64 { b := int32(math.Float32bits(x.At(row))); return int64(b ^ b>>31&math.MaxInt32) }
	case types.Double:
		x := kernel.FixedOf[float64](v)
		return func(row int) int64 { b := int64(math.Float64bits(x.At(row))); return b ^ b>>63&math.MaxInt64 }
	}
	x := kernel.FixedOf[int64](v)
	return func(row int) int64 { return x.At(row) }
}

// unsortable is the inverse of sortableOf.
func unsortable(x int64, t types.Type) types.Value {
	switch t.Kind {
	case types.Real:
		b := int32(x)
		return types.FloatOf(t, float64(math.Float32frombits(uint32(b^b>>31&math.MaxInt32))))
	case types.Double:
		return types.FloatOf(t, math.Float64frombits(uint64(x^x>>63&math.MaxInt64)))
	}
	return types.IntOf(t, x)
}

func tdigestValue(d *sketch.TDigest, q float64, t types.Type) types.Value {
	return types.FloatOf(t, d.ValueAt(q))
}

func qdigestValue(d *sketch.QDigest, q float64, t types.Type) types.Value {
	x, ok := d.ValueAt(q)
	if !ok {
		return types.NullOf(t)
	}
	return unsortable(x, t)
}

func valueAtQuantile(d *sketch.TDigest, args []*vector.Vector, i int, out *vector.Vector) error {
	q := kernel.FixedOf[float64](args[1])
	if err := quantileArg(q.At(i)); err != nil {
		return err
	}
	return setFloat(out, i, d.ValueAt(q.At(i)))
}

func qvalueAtQuantile(d *sketch.QDigest, args []*vector.Vector, i int, out *vector.Vector) error {
	q := kernel.FixedOf[float64](args[1])
	if err := quantileArg(q.At(i)); err != nil {
		return err
	}
	x := qdigestValue(d, q.At(i), out.Type)
	switch {
	case x.Null:
		out.SetNull(i)
	case out.Type.Kind == types.Real:
		vector.Values[float32](out)[i] = float32(x.F)
	case out.Type.Kind == types.Double:
		return setFloat(out, i, x.F)
	default:
		return setInt(out, i, x.I)
	}
	return nil
}

func qquantileAtValue(d *sketch.QDigest, args []*vector.Vector, i int, out *vector.Vector) error {
	q, ok := d.QuantileAt(sortableOf(args[1])(i))
	if !ok {
		out.SetNull(i)
		return nil
	}
	return setFloat(out, i, q)
}

// quantileList makes values_at_quantiles.
func quantileList[S any](decode func([]byte) (S, error), at func(s S, q float64, t types.Type) types.Value) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		texts, l := kernel.StringsOf(args[0]), newListOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			s, err := decode(texts.At(i))
			if err != nil {
				return err
			}
			l.start()
			before := 0.0
			for _, q := range vector.ValueAt(args[1], i).Kids {
				if q.Null {
					return fault.New(fault.CodeInvalidParameter, "a quantile must not be NULL")
				}
				if err := quantileArg(q.F); err != nil {
					return err
				}
				if q.F < before {
					return fault.New(fault.CodeInvalidParameter, "quantiles must be sorted in increasing order")
				}
				before = q.F
				l.elem.AppendValue(at(s, q.F, l.elem.Type))
			}
			l.end(i)
			return nil
		})
	})
}

func trimmedMean(d *sketch.TDigest, args []*vector.Vector, i int, out *vector.Vector) error {
	lo, hi := kernel.FixedOf[float64](args[1]), kernel.FixedOf[float64](args[2])
	from, to := lo.At(i), hi.At(i)
	for _, q := range []float64{from, to} {
		if err := quantileArg(q); err != nil {
			return err
		}
	}
	if from > to {
		return fault.New(fault.CodeInvalidParameter, "the lower quantile %v is above the upper %v", from, to)
	}
	mean := d.TrimmedMean(from, to)
	if math.IsNaN(mean) {
		out.SetNull(i)
		return nil
	}
	return setFloat(out, i, mean)
}

var destructured = types.RowOf(
	types.Field{Name: "centroid_means", Type: types.ArrayOf(types.TDouble)}, types.Field{Name: "centroid_weights", Type: types.ArrayOf(types.TDouble)},
	types.Field{Name: "compression", Type: types.TDouble}, types.Field{Name: "min", Type: types.TDouble}, types.Field{Name: "max", Type: types.TDouble},
	types.Field{Name: "sum", Type: types.TDouble}, types.Field{Name: "count", Type: types.TDouble})

func destructureTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	return []types.Type{types.OpaqueOf(types.OpaqueTDigest)}, destructured, len(args) == 1
}

func destructureTDigest(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	texts := kernel.StringsOf(args[0])
	return assemble(sel, out, func(i int) (types.Value, error) {
		d, err := sketch.DecodeTDigest(texts.At(i))
		if err != nil {
			return types.Value{}, err
		}
		f := func(x float64) types.Value { return types.FloatOf(types.TDouble, x) }
		means, weights := types.Value{Type: destructured.Fields[0].Type}, types.Value{Type: destructured.Fields[1].Type}
		d.Centroids(func(mean, weight float64) {
			means.Kids, weights.Kids = append(means.Kids, f(mean)), append(weights.Kids, f(weight))
		})
		lo, hi, ok := f(0), f(0), false
		if lo.F, hi.F, ok = d.Bounds(); !ok {
			lo, hi = types.NullOf(types.TDouble), types.NullOf(types.TDouble)
		}
		return types.Value{Type: destructured, Kids: []types.Value{means, weights, f(d.Compression()), lo, hi, f(d.Sum()), f(d.Count())}}, nil
	})
}

// assemble writes values made one by one, for results of several parts.
func assemble(sel vector.Sel, out *vector.Vector, f func(i int) (types.Value, error)) error {
	dense, pick := vector.New(out.Type, 0), make([]uint32, out.Len)
	dense.AppendNull()
	err := kernel.EachErr(sel, out.Len, func(i int) error {
		v, err := f(i)
		if err != nil {
			return err
		}
		pick[i] = uint32(dense.Len)
		dense.AppendValue(v)
		return nil
	})
	if err != nil {
		return err
	}
	typ := out.Type
	vector.Gather(out, dense, pick)
	out.Type = typ
	return nil
}
