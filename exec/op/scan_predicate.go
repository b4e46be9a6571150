package op

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// scanPredicate joins a scan's own filter with the runtime filters that are ready.
type scanPredicate struct {
	static  formats.Predicate // nil: none
	dynamic []*dynamicPredicate
	columns []int
}

// predicate makes one copy's filter.
func (s *Scan) predicate() (*scanPredicate, error) {
	p := &scanPredicate{}
	if s.Predicate != nil {
		static, err := s.Predicate()
		if err != nil {
			return nil, err
		}
		p.static = static
		p.columns = slices.Clone(static.Columns())
	}
	for _, sf := range s.Filters {
		col := slices.Index(s.dataPos, sf.Col)
		if col < 0 || !sf.Filter.ready.Load() || !sf.Filter.Type.Equal(s.Columns[sf.Col].Type) {
			continue
		}
		d, err := s.newDynamic(col, sf.Filter)
		if err != nil {
			return nil, err
		}
		p.dynamic = append(p.dynamic, d)
		if !slices.Contains(p.columns, col) {
			p.columns = append(p.columns, col)
		}
	}
	slices.Sort(p.columns)
	return p, nil
}

func (p *scanPredicate) isEmpty() bool { return p.static == nil && len(p.dynamic) == 0 }

// Columns lists the columns that Keep looks at.
func (p *scanPredicate) Columns() []int { return p.columns }

// KeepBounds judges by bounds.
func (p *scanPredicate) KeepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	all := formats.Always
	if p.static != nil {
		all = p.static.KeepBounds(bounds)
	}
	for _, d := range p.dynamic {
		if all == formats.Never {
			return all
		}
		switch d.keepBounds(bounds) {
		case formats.Never:
			return formats.Never
		case formats.Maybe:
			all = formats.Maybe
		}
	}
	return all
}

// KeepDict joins the parts' answers for one column's distinct values.
func (p *scanPredicate) KeepDict(col int, dict *vector.Vector) (keep vector.Bitmap, nulls bool, ok bool) {
	nulls = true
	if p.static != nil {
		keep, nulls, ok = p.static.KeepDict(col, dict)
		nulls = nulls || !ok
	}
	for _, d := range p.dynamic {
		if d.col != col {
			continue
		}
		k := d.keepDict(dict)
		if ok {
			k = vector.And(keep, k)
		}
		keep, nulls, ok = k, false, true
	}
	return keep, nulls, ok
}

// Keep applies all parts to rows.
func (p *scanPredicate) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	if p.static != nil {
		s, err := p.static.Keep(b, sel)
		if err != nil {
			return nil, err
		}
		sel = s
	}
	for _, d := range p.dynamic {
		if sel != nil && len(sel) == 0 {
			return sel, nil
		}
		s, err := d.keep(b, sel)
		if err != nil {
			return nil, err
		}
		sel = s
	}
	return sel, nil
}

// dynamicPredicate applies one runtime filter to one column.
type dynamicPredicate struct {
	col    int
	f      *RuntimeFilter
	bounds formats.Predicate // from the list of values or the bounds; nil: neither
	enc    *keytab.Encoder
	out    vector.Sel

	seen, kept int64 // rows, to see whether asking each row pays
	off        bool
}

func (s *Scan) newDynamic(col int, f *RuntimeFilter) (*dynamicPredicate, error) {
	d := &dynamicPredicate{col: col, f: f, enc: keytab.NewEncoder(f.layout)}
	var err error
	switch {
	case f.Type.IsFloat(): // NaN and the zeros: the Bloom filter only
	case f.listed:
		d.bounds, err = s.Listed(col, f.Type, f.values, types.Value{}, types.Value{})
	case f.bounded:
		d.bounds, err = s.Listed(col, f.Type, nil, f.min, f.max)
	}
	return d, err
}

func (d *dynamicPredicate) keepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	if d.bounds == nil {
		return formats.Maybe
	}
	if d.bounds.KeepBounds(bounds) == formats.Never {
		return formats.Never
	}
	return formats.Maybe
}

// keepDict tells which distinct values may have a partner.
func (d *dynamicPredicate) keepDict(dict *vector.Vector) vector.Bitmap {
	keep := vector.NewBitmap(dict.Len)
	if d.f.bloom == nil {
		keep.SetAll(dict.Len)
		return keep
	}
	for from := 0; from < dict.Len; from += vector.BatchSize {
		n := min(vector.BatchSize, dict.Len-from)
		d.enc.Encode([]*vector.Vector{vector.Slice(dict, from, n)}, nil, n)
		d.out = grow([]uint16(d.out), n)
		for _, p := range d.f.bloom.keep(d.enc.Hashes(), allRows[:n], d.out) {
			keep.Set(from + int(p))
		}
	}
	return keep
}

// minSample is after how many rows a filter that keeps most of them is given up.
const minSample = 64 << 10

// keep asks the Bloom filter for each row.
func (d *dynamicPredicate) keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	if d.off || d.f.bloom == nil {
		return sel, nil
	}
	v := b.Cols[d.col]
	if sel == nil {
		sel = selOf(b)
	}
	valid, _ := withoutNulls([]*vector.Vector{v}, []JoinKey{{}}, &vector.Batch{N: b.N, Sel: sel}, &d.out)
	d.enc.Encode([]*vector.Vector{v}, valid, b.N)
	out := vector.Sel(grow([]uint16(d.out), len(valid)))
	d.out = out
	kept := d.f.bloom.keep(d.enc.Hashes(), valid, out) // writing never overtakes reading
	d.seen += int64(len(sel))
	d.kept += int64(len(kept))
	d.off = d.seen > minSample && d.kept > d.seen/10*9
	return kept, nil
}

// mayHold judges one value: a partition key.
func (f *RuntimeFilter) mayHold(v types.Value) bool {
	if v.Null || f.empty {
		return false
	}
	if !v.Type.Equal(f.Type) {
		return true
	}
	if f.listed {
		_, found := slices.BinarySearchFunc(f.values, v, func(a, b types.Value) int { return a.Compare(b) })
		return found
	}
	return !f.bounded || v.Compare(f.min) >= 0 && v.Compare(f.max) <= 0
}
