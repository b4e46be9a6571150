package op

import (
	"context"
	"math/bits"
	"math/rand/v2"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// RuntimeFilter carries what a finished join build knows of one key's values to
// the scans of the probe side: a short list of values, a set of integers, or a Bloom
// filter over their hashes, with the least and greatest value.
type RuntimeFilter struct {
	Key  int // index into the join's keys
	Type types.Type

	ready atomic.Bool
	// Read-only once ready.
	values   []types.Value // the distinct values, ascending, if there are few
	listed   bool          // values is complete
	empty    bool          // no value at all: nothing can match
	min, max types.Value   // not null, unless empty or unbounded
	bounded  bool
	dense    *denseSet // all values; nil: they are not fit for one
	bloom    bloom     // nil if there is dense, or nothing to ask
	layout   *keytab.Layout
}

// Listed gives the only values that can match, ascending, if the filter is
// complete and they are few.
func (f *RuntimeFilter) Listed() ([]types.Value, bool) {
	if !f.ready.Load() || !f.listed {
		return nil, false
	}
	return f.values, true
}

// maxListed is how many distinct values a filter lists.
const maxListed = 1000

// maxBloom is how many rows a filter's Bloom filter is built for; above that the
// join will hardly be selective.
const maxBloom = 4 << 20

// build fills the filter from the build side's key column. A null-safe key makes
// no filter, since NULLs would have to pass.
func (f *RuntimeFilter) build(ctx context.Context, v *vector.Vector, n int, nullSafe bool) error {
	if !f.init(nullSafe) {
		return nil
	}
	if err := f.scan(ctx, v, n); err != nil {
		return err
	}
	f.ready.Store(true)
	return nil
}

// init prepares a filter, and reports whether the key makes one.
func (f *RuntimeFilter) init(nullSafe bool) bool {
	if nullSafe || f.Type.IsNested() || f.Type.Kind == types.Interval {
		return false
	}
	f.layout = keytab.NewLayout([]types.Type{f.Type}, false)
	return true
}

func (f *RuntimeFilter) scan(ctx context.Context, v *vector.Vector, n int) error {
	if f.dense = newDenseSet(v, n); f.dense != nil {
		f.listDense(v, n)
		return nil
	}
	x := newFilterBuilder(f, n, false)
	err := x.add(ctx, v, n)
	x.finish()
	return err
}

// filterBuilder fills a filter from a key column that comes in one piece or in many.
type filterBuilder struct {
	f    *RuntimeFilter
	enc  *keytab.Encoder
	tab  *keytab.Table
	out  []uint32
	sel  vector.Sel
	many bool // the column comes in many pieces
}

// newFilterBuilder begins a filter of n values.
func newFilterBuilder(f *RuntimeFilter, n int, many bool) *filterBuilder {
	f.listed = true
	if n <= maxBloom {
		f.bloom = newBloom(n)
	}
	return &filterBuilder{f: f, enc: keytab.NewEncoder(f.layout), tab: keytab.NewTable(f.layout, 0), out: make([]uint32, vector.BatchSize), many: many}
}

// add takes the next n values.
func (x *filterBuilder) add(ctx context.Context, v *vector.Vector, n int) error {
	f := x.f
	for from := 0; from < n; from += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		part := vector.Slice(v, from, min(vector.BatchSize, n-from))
		keys := []*vector.Vector{part}
		s, _ := withoutNulls(keys, []JoinKey{{}}, &vector.Batch{N: part.Len}, &x.sel)
		x.enc.Encode(keys, s, part.Len)
		f.bloom.add(x.enc.Hashes())
		if f.listed {
			if err := x.tab.FindOrInsert(x.enc, x.out); err != nil {
				return err
			}
			f.listed = x.tab.Len() <= maxListed
		}
	}
	if x.many || !f.listed { // whether the list becomes too long is known after the last piece only
		f.bounds(v, n)
	}
	return nil
}

// finish ends the filter: it is ready to be published.
func (x *filterBuilder) finish() {
	if x.f.listed {
		x.f.list(x.tab)
	}
}

// listDense takes the distinct values out of the set, or the bounds of v.
func (f *RuntimeFilter) listDense(v *vector.Vector, n int) {
	vals, all := f.dense.values(maxListed)
	if f.listed = all; !all {
		f.bounds(v, n)
		return
	}
	for _, x := range vals {
		f.values = append(f.values, types.Value{Type: f.Type, I: x})
	}
	f.min, f.max, f.bounded = f.values[0], f.values[len(f.values)-1], true
}

// list takes the distinct values out of the table.
func (f *RuntimeFilter) list(tab *keytab.Table) {
	var v vector.Vector
	tab.Column(&v, 0, 0, tab.Len())
	f.empty = tab.Len() == 0
	f.bloom = newBloom(tab.Len())
	enc := keytab.NewEncoder(f.layout)
	enc.Encode([]*vector.Vector{&v}, nil, v.Len)
	f.bloom.add(enc.Hashes())
	for i := range v.Len {
		f.values = append(f.values, vector.ValueAt(&v, i))
	}
	sortValues(f.values)
	if !f.empty {
		f.min, f.max, f.bounded = f.values[0], f.values[len(f.values)-1], true
	}
}

// asks tells that the filter can judge rows.
func (f *RuntimeFilter) asks() bool { return f.dense != nil || f.bloom != nil }

// keep gives the rows of sel, none of which is NULL, that may have a partner. out is
// as long as sel and may be its memory; enc is the caller's.
func (f *RuntimeFilter) keep(v *vector.Vector, sel, out vector.Sel, enc *keytab.Encoder) vector.Sel {
	if f.dense != nil {
		return f.dense.keep(v, sel, out)
	}
	enc.Encode([]*vector.Vector{v}, sel, v.Len)
	return f.bloom.keep(enc.Hashes(), sel, out)
}

// bloom is a Bloom filter in one 64-bit word a key, three bits each
// ("register-blocked", Lang et al., Performance-Optimal Filtering, 2019).
type bloom []uint64

func newBloom(n int) bloom {
	size := 64
	for size*4 < n { // 16 bits a key
		size *= 2
	}
	return make(bloom, size)
}

// bloomBits are sets of three bits, by the ten low bits of a hash: one look-up
// instead of three shifts.
var bloomBits = func() (sets [1024]uint64) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range sets {
		for bits.OnesCount64(sets[i]) < 3 {
			sets[i] |= 1 << rng.IntN(64)
		}
	}
	return sets
}()

func (f bloom) add(hashes []uint64) {
	if f == nil {
		return
	}
	mask := uint64(len(f) - 1)
	for _, h := range hashes {
		f[h>>32&mask] |= bloomBits[h&1023]
	}
}

// keep gives the rows of sel (parallel to hashes) that may be in the filter.
func (f bloom) keep(hashes []uint64, sel vector.Sel, out vector.Sel) vector.Sel {
	mask := uint64(len(f) - 1)
	n := 0
	for k, h := range hashes {
		out[n] = sel[k]
		w := bloomBits[h&1023]
		n += one(f[h>>32&mask]&w == w) // no branch: half of the rows may pass
	}
	return out[:n]
}
