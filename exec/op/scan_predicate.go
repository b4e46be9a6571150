package op

import (
	"cmp"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// scanPredicate joins a scan's own filter with the runtime filters that are ready and
// with what top-Ns tell while the scan runs.
type scanPredicate struct {
	static     formats.Predicate // nil: none
	dynamic    []*dynamicPredicate
	thresholds []*thresholdPredicate
	columns    []int

	scan    *Scan
	refuted string // what KeepBounds said Never because of; "": static
}

var _ formats.Witness = (*scanPredicate)(nil)

// Pruned counts what was left out, for EXPLAIN ANALYZE.
func (p *scanPredicate) Pruned(unit formats.Unit, n int, how formats.How, col int) {
	if p.scan.Trace == nil {
		return
	}
	by := ""
	switch r, known := p.static.(interface{ Refuted() string }); {
	case how == formats.ByBloom:
		by = "the Bloom filter of " + p.nameOf(col)
	case how == formats.ByDictionary:
		by = "the dictionary of " + p.nameOf(col)
	case p.refuted != "":
		by = p.refuted
	case known:
		by = r.Refuted()
	}
	p.scan.Trace.prune(unit, n, cmp.Or(by, "the filter"))
}

func runtimeFilterOf(column string) string { return "the runtime filter of " + column }

func thresholdOf(column string) string { return "the first rows by " + column }

// nameOf gives the name of a data column.
func (p *scanPredicate) nameOf(col int) string { return p.scan.Columns[p.scan.dataPos[col]].Name }

// predicate makes one copy's filter.
func (s *Scan) predicate() (*scanPredicate, error) {
	p := &scanPredicate{scan: s}
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
		p.dynamic = append(p.dynamic, &dynamicPredicate{col: col, f: sf.Filter, enc: keytab.NewEncoder(sf.Filter.layout)})
		if !slices.Contains(p.columns, col) {
			p.columns = append(p.columns, col)
		}
	}
	for _, t := range s.Thresholds {
		col := slices.Index(s.dataPos, t.Col)
		if col < 0 {
			continue
		}
		p.thresholds = append(p.thresholds, &thresholdPredicate{col: col, t: t.Threshold})
		if !slices.Contains(p.columns, col) {
			p.columns = append(p.columns, col)
		}
	}
	slices.Sort(p.columns)
	return p, nil
}

func (p *scanPredicate) isEmpty() bool {
	return p.static == nil && len(p.dynamic) == 0 && len(p.thresholds) == 0
}

// Columns lists the columns that Keep looks at.
func (p *scanPredicate) Columns() []int { return p.columns }

// KeepBounds judges by bounds.
func (p *scanPredicate) KeepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	all := formats.Always
	if p.static != nil {
		all = p.static.KeepBounds(bounds)
		p.refuted = ""
	}
	for _, d := range p.dynamic {
		if all == formats.Never {
			return all
		}
		switch d.keepBounds(bounds) {
		case formats.Never:
			p.refuted = runtimeFilterOf(p.nameOf(d.col))
			return formats.Never
		case formats.Maybe:
			all = formats.Maybe
		}
	}
	for _, d := range p.thresholds {
		if all == formats.Never {
			return all
		}
		if all = d.keepBounds(bounds); all == formats.Never {
			p.refuted = thresholdOf(p.nameOf(d.col))
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
	for _, d := range p.thresholds {
		if d.col != col {
			continue
		}
		k, n, some := d.keepDict(dict)
		switch {
		case !some:
		case ok:
			keep, nulls = vector.And(keep, k), nulls && n
		default:
			keep, nulls, ok = k, n, true
		}
	}
	return keep, nulls, ok
}

// Points gives the values that the filter's own conditions allow in a column, or
// that a runtime filter lists.
func (p *scanPredicate) Points(col int) ([]types.Value, bool) {
	vals, ok := formats.PointsOf(p.static, col)
	for _, d := range p.dynamic {
		if d.col == col && d.f.listed && (!ok || len(d.f.values) < len(vals)) {
			vals, ok = d.f.values, true
		}
	}
	return vals, ok
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
	for _, d := range p.thresholds {
		sel = d.keep(b, sel)
	}
	return sel, nil
}

// dynamicPredicate applies one runtime filter to one column.
type dynamicPredicate struct {
	col int
	f   *RuntimeFilter
	enc *keytab.Encoder
	out vector.Sel

	seen, kept int64 // rows, to see whether asking each row pays
	off        bool
}

// keepBounds tells whether rows within some bounds can have a partner.
func (d *dynamicPredicate) keepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	b := bounds(d.col)
	if b.AllNull || b.HasMinMax && !d.f.overlaps(b.Min, b.Max) {
		return formats.Never
	}
	return formats.Maybe
}

// overlaps tells whether a value of the filter may lie between lo and hi.
func (f *RuntimeFilter) overlaps(lo, hi types.Value) bool {
	switch {
	case f.empty:
		return false
	case f.Type.IsFloat() || !lo.Type.Equal(f.Type) || !hi.Type.Equal(f.Type):
		return true // NaN and the two zeros are not ordered as files record them
	case f.listed:
		i, _ := slices.BinarySearchFunc(f.values, lo, types.Value.Compare)
		return i < len(f.values) && f.values[i].Compare(hi) <= 0
	}
	return !f.bounded || hi.Compare(f.min) >= 0 && lo.Compare(f.max) <= 0
}

// keepDict tells which distinct values may have a partner.
func (d *dynamicPredicate) keepDict(dict *vector.Vector) vector.Bitmap {
	keep := vector.NewBitmap(dict.Len)
	if !d.f.asks() {
		keep.SetAll(dict.Len)
		return keep
	}
	for from := 0; from < dict.Len; from += vector.BatchSize {
		n := min(vector.BatchSize, dict.Len-from)
		d.out = grow([]uint16(d.out), n)
		for _, p := range d.f.keep(vector.Slice(dict, from, n), allRows[:n], d.out, d.enc) {
			keep.Set(from + int(p))
		}
	}
	return keep
}

// minSample is after how many rows a filter that keeps most of them is given up.
const minSample = 64 << 10

// keep asks the filter for each row.
func (d *dynamicPredicate) keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	if d.off || !d.f.asks() {
		return sel, nil
	}
	v := b.Cols[d.col]
	if sel == nil {
		sel = selOf(b)
	}
	valid, _ := withoutNulls([]*vector.Vector{v}, []JoinKey{{}}, &vector.Batch{N: b.N, Sel: sel}, &d.out)
	out := vector.Sel(grow([]uint16(d.out), len(valid)))
	d.out = out
	kept := d.f.keep(v, valid, out, d.enc) // writing never overtakes reading
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
		if !v.Type.IsInteger() || !f.Type.IsInteger() {
			return true
		}
		v.Type = f.Type // of all integers the value is the same
	}
	if f.listed {
		_, found := slices.BinarySearchFunc(f.values, v, types.Value.Compare)
		return found
	}
	return !f.bounded || v.Compare(f.min) >= 0 && v.Compare(f.max) <= 0
}
