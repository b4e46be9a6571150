package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/sketch"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func setDigestEntries() []*Entry {
	merge := (*sketch.SetDigest).Merge
	pair := func(f func(a, b *sketch.SetDigest, i int, out *vector.Vector) error) *kernel.Impl {
		return ofSketch(sketch.DecodeSetDigest, func(a *sketch.SetDigest, args []*vector.Vector, i int, out *vector.Vector) error {
			texts := kernel.StringsOf(args[1])
			b, err := sketch.DecodeSetDigest(texts.At(i))
			if err != nil {
				return err
			}
			return f(a, b, i, out)
		})
	}
	return []*Entry{
		{Names: []string{"make_set_digest"}, Kind: plan.AggregateFunc, Doc: "A digest of the set of values that are not NULL, to compare it with others: exact up to 8191 of them; NULL of none.",
			overs: []overload{{sig: "make_set_digest(T) setdigest", types: scalarArg, agg: newSketchAgg(sketchKind[*sketch.SetDigest]{feed: feedSetDigest, merge: merge})}}},
		{Names: []string{"merge_set_digest"}, Kind: plan.AggregateFunc, Doc: "The digest of the union of sets; NULL of none.",
			overs: []overload{{sig: "merge_set_digest(setdigest) setdigest", agg: newSketchAgg(mergeFeed(sketch.DecodeSetDigest, merge))}}},
		{Names: []string{"intersection_cardinality"}, Doc: "How many values two sets have in common: exact while both are, else estimated from the Jaccard index.",
			overs: []overload{{sig: "intersection_cardinality(setdigest, setdigest) bigint", scalar: pair(func(a, b *sketch.SetDigest, i int, out *vector.Vector) error {
				n, err := a.Intersection(b)
				if err != nil {
					return err
				}
				return setInt(out, i, n)
			})}}},
		{Names: []string{"jaccard_index"}, Doc: "The size of two sets' intersection divided by that of their union, as the least hashes of both tell; NaN if a set is empty.",
			overs: []overload{{sig: "jaccard_index(setdigest, setdigest) double", scalar: pair(func(a, b *sketch.SetDigest, i int, out *vector.Vector) error {
				return setFloat(out, i, a.Jaccard(b))
			})}}},
		{Names: []string{"hash_counts"}, Doc: "The hashes that a set digest keeps and how often each was seen, at most 32767.",
			overs: []overload{{sig: "hash_counts(setdigest) map(bigint, smallint)", scalar: eval(hashCounts)}}},
	}
}

// scalarArg takes one argument of a type that is not nested.
func scalarArg(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 1 {
		return nil, types.Type{}, false
	}
	t := args[0].Type
	if t.Kind == types.Unknown {
		t = types.TVarchar
	}
	return []types.Type{t}, types.OpaqueOf(types.OpaqueSetDigest), !t.IsNested() && t.HasEquality()
}

func feedSetDigest(args []*vector.Vector) func(s **sketch.SetDigest, row int) error {
	hash := hashesOf(args[0])
	return func(s **sketch.SetDigest, row int) error {
		if *s == nil {
			*s = sketch.NewSetDigest()
		}
		(*s).AddHash(hash(row))
		return nil
	}
}

func hashCounts(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	texts, typ := kernel.StringsOf(args[0]), out.Type
	return assemble(sel, out, func(i int) (types.Value, error) {
		s, err := sketch.DecodeSetDigest(texts.At(i))
		if err != nil {
			return types.Value{}, err
		}
		v := types.Value{Type: typ}
		for _, h := range s.Hashes() {
			v.Kids = append(v.Kids, types.IntOf(types.TBigInt, h), types.IntOf(types.TSmallInt, int64(s.Count(h))))
		}
		return v, nil
	})
}
