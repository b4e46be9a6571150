package fn

import (
	"math"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// numericHistogram keeps a bounded number of centroids (Ben-Haim and Tom-Tov, A
// Streaming Parallel Decision Tree Algorithm, 2010). The two neighbours that
// lose least are made one as often as there are too many; a pair loses the
// product of its weights' shares times its squared distance.
type numericHistogram struct {
	buckets int
	bins    []bin
}

type bin struct{ value, weight float64 }

// histogramSlack is how many values are taken in before bins are made one.
const histogramSlack = 128

// maxHistogramBuckets bounds the first argument of numeric_histogram.
const maxHistogramBuckets = 10_000

func (h *numericHistogram) add(value, weight float64) {
	h.bins = append(h.bins, bin{value, weight})
	if len(h.bins) >= h.buckets+histogramSlack {
		h.settle()
	}
}

// settle sorts the bins and brings them down to the number of buckets.
func (h *numericHistogram) settle() {
	slices.SortStableFunc(h.bins, func(a, b bin) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	k := 0
	for _, b := range h.bins {
		if k > 0 && h.bins[k-1].value == b.value {
			h.bins[k-1].weight += b.weight
			continue
		}
		h.bins[k] = b
		k++
	}
	h.bins = h.bins[:k]
	for len(h.bins) > h.buckets {
		h.join(h.cheapest())
	}
}

func (h *numericHistogram) cheapest() int {
	best, least := 0, math.Inf(1)
	for i := range h.bins[1:] {
		a, b := h.bins[i], h.bins[i+1]
		w := a.weight + b.weight
		d := a.value - b.value
		if loss := d * d * (a.weight * b.weight) / (w * w); loss < least {
			best, least = i, loss
		}
	}
	return best
}

func (h *numericHistogram) join(i int) {
	a, b := h.bins[i], h.bins[i+1]
	w := a.weight + b.weight
	h.bins[i] = bin{(a.value*a.weight + b.value*b.weight) / w, w}
	h.bins = slices.Delete(h.bins, i+1, i+2)
}

// histogramAgg is numeric_histogram. The state is 1 + the index of the group's
// histogram.
type histogramAgg struct {
	all  []*numericHistogram
	live liveRows
}

// StateSize implements Aggregator.
func (a *histogramAgg) StateSize() int { return 8 }

func (a *histogramAgg) of(s *uint64, buckets int) *numericHistogram {
	if *s == 0 {
		a.all = append(a.all, &numericHistogram{buckets: buckets})
		*s = uint64(len(a.all))
	}
	return a.all[*s-1]
}

// Update implements Aggregator.
func (a *histogramAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	buckets, values := kernel.FixedOf[int64](args[0]), kernel.FixedOf[float64](args[1])
	for i, g := range groups {
		p := int(rows[i])
		n, weight := buckets.At(p), 1.0
		if n < 2 || n > maxHistogramBuckets {
			return fault.New(fault.CodeInvalidParameter, "numeric_histogram bucket count must be between 2 and %d, not %d", maxHistogramBuckets, n)
		}
		if len(args) > 2 {
			w := kernel.FixedOf[float64](args[2])
			weight = w.At(p)
		}
		v := values.At(p)
		if math.IsNaN(v) || math.IsInf(v, 0) || !(weight > 0) || math.IsInf(weight, 0) {
			return fault.New(fault.CodeInvalidParameter, "numeric_histogram takes finite values and weights above 0, not %v with %v", v, weight)
		}
		a.of(state[uint64](st, g), int(n)).add(v, weight)
	}
	return nil
}

// UpdateOne implements Aggregator.
func (a *histogramAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

// Merge implements Aggregator.
func (a *histogramAgg) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*histogramAgg)
	for i, g := range groups {
		f := *state[uint64](fst, fgroups[i])
		if f == 0 {
			continue
		}
		other := o.all[f-1]
		h := a.of(state[uint64](st, g), other.buckets)
		for _, b := range other.bins {
			h.add(b.value, b.weight)
		}
	}
	return nil
}

// Final implements Aggregator.
func (a *histogramAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		s := *state[uint64](st, g)
		if s == 0 {
			out.AppendNull()
			continue
		}
		h := a.all[s-1]
		h.settle()
		at := out.Kids[0].Len
		elem := out.Kids[0].Type
		for _, b := range h.bins {
			out.Kids[0].AppendValue(types.FloatOf(elem, b.value))
			out.Kids[1].AppendValue(types.FloatOf(elem, b.weight))
		}
		i := out.Len
		out.Resize(i + 1)
		out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(h.bins))}
	}
	return nil
}

// MemoryBytes implements Aggregator.
func (a *histogramAgg) MemoryBytes() int64 {
	var n int64
	for _, h := range a.all {
		n += 64 + 16*int64(cap(h.bins))
	}
	return n
}

// finishMostFrequent is approx_most_frequent(buckets, value, capacity): the values
// that occur most often, and how often. It counts all of them.
func finishMostFrequent(a *collector, rows []uint32, out *vector.Vector) error {
	type counted struct{ row, n uint32 }
	values := a.cols[1]
	kept := slices.DeleteFunc(slices.Clone(rows), func(r uint32) bool { return values.IsNull(int(r)) })
	if len(kept) == 0 {
		out.AppendNull()
		return nil
	}
	buckets := vector.ValueAt(a.cols[0], int(rows[0]))
	if buckets.Null || buckets.I < 1 {
		return fault.New(fault.CodeInvalidParameter, "approx_most_frequent bucket count must be greater than one")
	}
	order(values, kept)
	var all []counted
	for i, r := range kept {
		if i == 0 || kernel.CompareRows(values, int(kept[i-1]), values, int(r)) != 0 {
			all = append(all, counted{row: r})
		}
		all[len(all)-1].n++
	}
	slices.SortStableFunc(all, func(a, b counted) int { return int(b.n) - int(a.n) })
	all = all[:min(int64(len(all)), buckets.I)]
	at := out.Kids[0].Len
	for _, c := range all {
		out.Kids[0].AppendIdx(values, []uint32{c.row})
		out.Kids[1].AppendValue(types.IntOf(types.TBigInt, int64(c.n)))
	}
	i := out.Len
	out.Resize(i + 1)
	out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(all))}
	return nil
}

// finishMapUnion puts the entries of all maps into one; of equal keys the first
// counts.
func finishMapUnion(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	maps := a.cols[0]
	ranges := maps.Ranges()
	seen := newElemSet(nil)
	var entries []uint32
	for _, r := range rows {
		e := ranges[r]
		for k := e.Off; k < e.Off+e.Len; k++ {
			if seen.add(maps.Kids[0], k) {
				entries = append(entries, k)
			}
		}
	}
	appendList(out, entries, maps.Kids[0], maps.Kids[1])
	return nil
}

func histogramEntries() []*Entry {
	impl := &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &histogramAgg{}, nil }}
	return []*Entry{
		{Names: []string{"numeric_histogram"}, Kind: plan.AggregateFunc, Doc: "A map of at most so many values, each standing for those near it, and their weight. A third argument weighs the rows.",
			overs: []overload{{sig: "numeric_histogram(bigint, double) map(double, double)", agg: impl},
				{sig: "numeric_histogram(bigint, double, double) map(double, double)", agg: impl}}},
		{Names: []string{"approx_most_frequent"}, Kind: plan.AggregateFunc, Doc: "A map of the so many values that occur most often, and how often. The answer is exact; the third argument, how many counters to keep, is not needed.",
			overs: []overload{{sig: "approx_most_frequent(bigint, T, bigint) map(T, bigint)", agg: newCollector(false, finishMostFrequent), lenient: true}}},
		{Names: []string{"map_union"}, Kind: plan.AggregateFunc, Doc: "All entries of the maps in one; of equal keys the first counts.",
			overs: []overload{{sig: "map_union(map(K, V)) map(K, V)", agg: newCollector(true, finishMapUnion)}}},
	}
}
