package op

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// windowOrder orders the rows of a Window. Where all keys fit into 64 bits together,
// as numbers above their least, rows are sorted by that number alone; otherwise as
// Sort does it, by normalized keys. Strings and other keys that are no numbers become
// the numbers of their values first, if those are few.
type windowOrder struct {
	s     *Window
	cols  []*vector.Vector // of the keys
	specs []SortSpec
	marks []int // numbers of keys whose changes are asked for
}

func newWindowOrder(s *Window) *windowOrder {
	o := &windowOrder{s: s, specs: slices.Clone(s.Keys)}
	for i := range s.Calls {
		c := &s.Calls[i]
		o.marks = append(o.marks, c.Partition, c.Partition+c.Order)
	}
	slices.Sort(o.marks)
	o.marks = slices.Compact(o.marks)
	return o
}

// bytes estimates what ordering takes.
func (o *windowOrder) bytes() int64 {
	if len(o.specs) == 0 {
		return 0
	}
	return int64(o.s.n) * int64(36+newSortLayout(o.specs).stride)
}

// run gives the order and the places where keys change, by number of keys.
func (o *windowOrder) run(ctx context.Context, cols []*vector.Vector) ([]uint32, map[int]vector.Bitmap, error) {
	starts := map[int]vector.Bitmap{}
	if len(o.specs) == 0 || o.s.n == 0 {
		return nil, starts, nil
	}
	for _, k := range o.specs {
		o.cols = append(o.cols, cols[k.Pos])
	}
	if err := o.number(ctx); err != nil {
		return nil, nil, err
	}
	for _, k := range o.marks {
		if k > 0 {
			starts[k] = vector.NewBitmap(o.s.n)
		}
	}
	if p := newPacked(o.specs, o.cols, o.s.n); p != nil {
		order, err := p.run(ctx, o.s.query, starts)
		return order, starts, err
	}
	order, err := o.byImages(ctx, starts)
	return order, starts, err
}

// fewRows is the number of rows below which the order of partitions is kept as
// that of their keys: people like to see it, and it costs nothing.
const fewRows = 1 << 14

// number replaces keys that do not pack by numbers of their values: in the order of
// the values, or as they are met where a key only makes partitions.
func (o *windowOrder) number(ctx context.Context) error {
	if o.s.n < fewRows {
		return nil
	}
	var do []int
	for k := range o.specs {
		if !packable(o.specs[k].Type) {
			do = append(do, k)
		}
	}
	return forEach(ctx, o.s.query, len(do), func(ctx context.Context, i int) error { return o.numberKey(ctx, do[i]) })
}

// fewValues: keys that order rows are numbered if there are so many rows for each
// of their values.
const fewValues = 4

func (o *windowOrder) numberKey(ctx context.Context, k int) error {
	v, n, most := o.cols[k], o.s.n, o.s.n
	if !o.onlyParts(k) {
		most /= fewValues
	}
	lay := keytab.NewLayout([]types.Type{v.Type}, true)
	tab, enc := keytab.NewTable(lay, 0), keytab.NewEncoder(lay)
	ids := make([]uint32, n)
	for at := 0; at < n; at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		m := min(vector.BatchSize, n-at)
		enc.Encode([]*vector.Vector{vector.Slice(v, at, m)}, nil, m)
		if err := tab.FindOrInsert(enc, ids[at:at+m]); err != nil {
			return err
		}
		if tab.Len() > most {
			return nil
		}
	}
	place, err := o.places(ctx, k, tab)
	if err != nil {
		return err
	}
	out := vector.New(types.TBigInt, n)
	dst := vector.Values[int64](out)
	for i, id := range ids {
		dst[i] = int64(place[id])
	}
	o.cols[k], o.specs[k] = out, SortSpec{Type: types.TBigInt}
	return nil
}

// places gives each of a key's values its place in the order.
func (o *windowOrder) places(ctx context.Context, k int, tab *keytab.Table) ([]uint32, error) {
	place := make([]uint32, tab.Len())
	if o.onlyParts(k) {
		for i := range place {
			place[i] = uint32(i)
		}
		return place, nil
	}
	keys := newSortKeys(newSortLayout(o.specs[k : k+1]))
	part := []*vector.Vector{{}}
	for at := 0; at < tab.Len(); at += vector.BatchSize {
		m := min(vector.BatchSize, tab.Len()-at)
		tab.Column(part[0], 0, at, m)
		keys.add(part, allRows[:m])
	}
	rows, err := orderRun(ctx, keys, 0)
	for i, r := range rows {
		place[r.row] = uint32(i)
	}
	return place, err
}

// onlyParts reports whether no call is ordered by key k.
func (o *windowOrder) onlyParts(k int) bool {
	for i := range o.s.Calls {
		if c := &o.s.Calls[i]; k >= c.Partition && k < c.Partition+c.Order {
			return false
		}
	}
	return true
}

// byImages sorts by normalized keys: runs in parallel, then merged.
func (o *windowOrder) byImages(ctx context.Context, starts map[int]vector.Bitmap) ([]uint32, error) {
	n, q := o.s.n, o.s.query
	lay := newSortLayout(o.specs)
	size := (n + q.Workers - 1) / q.Workers
	if n < fewRows {
		size = n
	}
	runs := make([]sortRun, (n+size-1)/size)
	err := forEach(ctx, q, len(runs), func(ctx context.Context, r int) error {
		keys := newSortKeys(lay)
		part := make([]*vector.Vector, len(o.cols))
		for at := r * size; at < min((r+1)*size, n); at += vector.BatchSize {
			m := min(vector.BatchSize, min((r+1)*size, n)-at)
			for i, c := range o.cols {
				part[i] = vector.Slice(c, at, m)
			}
			keys.add(part, allRows[:m])
		}
		rows, err := orderRun(ctx, keys, r)
		runs[r] = sortRun{keys: keys, rows: rows}
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := mergeRuns(ctx, q, runs)
	if err != nil {
		return nil, err
	}
	order := make([]uint32, n)
	err = forRows(ctx, q, n, func(from, to int) {
		for i := from; i < to; i++ {
			r := rows[i]
			order[i] = r.run*uint32(size) + r.row
			for k, b := range starts {
				if i == 0 || !sameGroup(runs[rows[i-1].run].keys, int(rows[i-1].row), runs[r.run].keys, int(r.row), k) {
					b.Set(i)
				}
			}
		}
	})
	return order, err
}

// forRows cuts n rows into pieces for the workers. Pieces begin at multiples of 64,
// so that bitmaps can be written to.
func forRows(ctx context.Context, q *Query, n int, f func(from, to int)) error {
	const piece = 1 << 16
	return forEach(ctx, q, (n+piece-1)/piece, func(_ context.Context, i int) error {
		f(i*piece, min((i+1)*piece, n))
		return nil
	})
}

// packable tells the types whose values are numbers of up to 64 bits.
func packable(t types.Type) bool {
	switch t.Phys() {
	case types.PhysBool, types.PhysInt8, types.PhysInt16, types.PhysInt32, types.PhysInt64, types.PhysUint32, types.PhysFloat32, types.PhysFloat64:
		return true
	}
	return false
}

// packed are rows whose keys fit into one number.
type packed struct {
	specs  []SortSpec
	cols   []*vector.Vector
	n      int
	least  []uint64 // of each key's values, as ordered numbers
	most   []uint64
	shifts []int // of each key within the number
	bits   int
	rows   []packedRow
}

type packedRow struct {
	key uint64
	row uint32
}

// newPacked gives nil if the keys do not fit.
func newPacked(specs []SortSpec, cols []*vector.Vector, n int) *packed {
	p := &packed{specs: specs, cols: cols, n: n}
	for i, v := range cols {
		if !packable(specs[i].Type) {
			return nil
		}
		lo, hi := uint64(math.MaxUint64), uint64(0)
		eachOrdered(v, 0, n, func(_ int, x uint64, null bool) {
			if !null {
				lo, hi = min(lo, x), max(hi, x)
			}
		})
		if lo > hi {
			lo, hi = 0, 0
		}
		w := bits.Len64(hi - lo)
		if v.Valid != nil {
			if hi-lo >= math.MaxUint64-1 {
				return nil
			}
			w = bits.Len64(hi - lo + 1)
		}
		p.least, p.most, p.shifts = append(p.least, lo), append(p.most, hi), append(p.shifts, w)
		p.bits += w
	}
	if p.bits > 64 {
		return nil
	}
	at := p.bits
	for i, w := range p.shifts {
		at -= w
		p.shifts[i] = at
	}
	return p
}

// eachOrdered calls f for rows from to to with their values as numbers in order.
func eachOrdered(v *vector.Vector, from, to int, f func(i int, x uint64, null bool)) {
	switch v.Type.Phys() {
	case types.PhysBool, types.PhysInt8:
		orderedInts(vector.Values[int8](v), v, from, to, f)
	case types.PhysInt16:
		orderedInts(vector.Values[int16](v), v, from, to, f)
	case types.PhysInt32:
		orderedInts(vector.Values[int32](v), v, from, to, f)
	case types.PhysInt64:
		orderedInts(vector.Values[int64](v), v, from, to, f)
	case types.PhysUint32:
		orderedInts(vector.Values[uint32](v), v, from, to, f)
	case types.PhysFloat32:
		orderedFloats(vector.Values[float32](v), v, from, to, f)
	case types.PhysFloat64:
		orderedFloats(vector.Values[float64](v), v, from, to, f)
	}
}

func orderedInts[T int8 | int16 | int32 | int64 | uint32](vals []T, v *vector.Vector, from, to int, f func(int, uint64, bool)) {
	if v.Valid == nil {
		for i := from; i < to; i++ {
			f(i, uint64(int64(vals[i]))^1<<63, false)
		}
		return
	}
	for i := from; i < to; i++ {
		f(i, uint64(int64(vals[i]))^1<<63, !v.Valid.Get(i))
	}
}

func orderedFloats[T float32 | float64](vals []T, v *vector.Vector, from, to int, f func(int, uint64, bool)) {
	for i := from; i < to; i++ {
		f(i, orderedFloat(float64(vals[i])), v.IsNull(i))
	}
}

// run sorts and marks the starts.
func (p *packed) run(ctx context.Context, q *Query, starts map[int]vector.Bitmap) ([]uint32, error) {
	p.rows = make([]packedRow, p.n)
	if err := forRows(ctx, q, p.n, p.fill); err != nil {
		return nil, err
	}
	rows, err := sortPacked(ctx, q, p.rows, p.bits)
	if err != nil {
		return nil, err
	}
	order := make([]uint32, p.n)
	err = forRows(ctx, q, p.n, func(from, to int) {
		for i := from; i < to; i++ {
			order[i] = rows[i].row
		}
		for k, b := range starts {
			shift := p.shifts[k-1]
			prev := rows[max(from-1, 0)].key
			if from == 0 {
				b.Set(0)
			}
			for i := from; i < to; i++ {
				key := rows[i].key
				if (key^prev)>>shift != 0 {
					b.Set(i)
				}
				prev = key
			}
		}
	})
	return order, err
}

// fill computes the numbers of rows from to to.
func (p *packed) fill(from, to int) {
	for i := from; i < to; i++ {
		p.rows[i].row = uint32(i)
	}
	for k, s := range p.specs {
		lo, hi, shift := p.least[k], p.most[k], p.shifts[k]
		one, null := uint64(0), uint64(0)
		if p.cols[k].Valid != nil {
			if null = hi - lo + 1; s.NullsFirst {
				one, null = 1, 0
			}
		}
		base, sign := lo-one, uint64(0) // x - lo + one, or hi - x + one
		if s.Desc {
			base, sign = hi+one, 1
		}
		rows := p.rows
		eachOrdered(p.cols[k], from, to, func(i int, x uint64, isNull bool) {
			x -= base
			if sign != 0 {
				x = -x
			}
			if isNull {
				x = null
			}
			rows[i].key |= x << shift
		})
	}
}
