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

	kept    share          // of static
	order   []formats.Step // all parts; nil: before the first batch
	steps   []formats.Step
	batches int

	scan    *Scan
	refuted string // what KeepBounds said Never because of; "": static
}

var (
	_ formats.Witness = (*scanPredicate)(nil)
	_ formats.Stepped = (*scanPredicate)(nil)
)

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
	for _, step := range p.Steps() {
		var err error
		if sel, err = p.KeepStep(step, b, sel); err != nil || sel != nil && len(sel) == 0 {
			return sel, err
		}
	}
	return sel, nil
}

// The parts of Steps: the scan's own filter, the runtime filters, then the thresholds,
// which are behind them all since their values are judged one by one.
const partStatic = -1

// Steps implements formats.Stepped: those parts come first that keep fewest rows.
func (p *scanPredicate) Steps() []formats.Step {
	if p.batches%reorderEvery == 0 {
		p.reorder()
	}
	p.batches++
	p.steps = p.steps[:0]
	for _, s := range p.order {
		if s.Part == partStatic || s.Part >= len(p.dynamic) || p.dynamic[s.Part].due() {
			p.steps = append(p.steps, s)
		}
	}
	return p.steps
}

// reorderEvery is how many batches pass before the order of the parts is looked at again.
const reorderEvery = 32

// reorder sorts the parts by the share of rows that they keep. The counts decay, so that
// the order follows the data.
func (p *scanPredicate) reorder() {
	if p.order == nil {
		if p.static != nil {
			p.order = append(p.order, formats.Step{Part: partStatic, Cols: p.static.Columns()})
		}
		for i, d := range p.dynamic {
			p.order = append(p.order, formats.Step{Part: i, Cols: []int{d.col}, Dict: d.f.asks()})
		}
		for i, d := range p.thresholds {
			p.order = append(p.order, formats.Step{Part: len(p.dynamic) + i, Cols: []int{d.col}})
		}
	}
	n := len(p.order) - len(p.thresholds)
	slices.SortStableFunc(p.order[:n], func(a, b formats.Step) int { return cmp.Compare(p.share(a).of(), p.share(b).of()) })
	for _, s := range p.order[:n] {
		x := p.share(s)
		x.in, x.kept = x.in/2, x.kept/2
	}
}

// share gives the counts of the static part or a runtime filter.
func (p *scanPredicate) share(s formats.Step) *share {
	if s.Part == partStatic {
		return &p.kept
	}
	return &p.dynamic[s.Part].kept
}

// share counts how many of the rows that a part was asked about it kept.
type share struct{ in, kept int64 }

// of gives the share; a half as long as nothing is known.
func (s *share) of() float64 { return float64(s.kept+1) / float64(s.in+2) }

// KeepStep implements formats.Stepped.
func (p *scanPredicate) KeepStep(s formats.Step, b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	switch {
	case s.Part == partStatic:
		out, err := p.static.Keep(b, sel)
		if err == nil {
			p.kept.in += int64(selLen(sel, b.N))
			p.kept.kept += int64(selLen(out, b.N))
		}
		return out, err
	case s.Part < len(p.dynamic):
		return p.dynamic[s.Part].keep(b, sel)
	}
	return p.thresholds[s.Part-len(p.dynamic)].keep(b, sel), nil
}

func selLen(sel vector.Sel, n int) int {
	if sel == nil {
		return n
	}
	return len(sel)
}

// dynamicPredicate applies one runtime filter to one column.
type dynamicPredicate struct {
	col int
	f   *RuntimeFilter
	enc *keytab.Encoder
	out vector.Sel

	kept    share // to see whether asking each row pays
	sampled int64 // rows since the last look
	idle    int   // batches until the next look; 0: it is asked
}

const (
	// minSample is after how many rows a filter that keeps nine in ten of them is put
	// aside, and idleBatches for how long: what it keeps may change within a file that is
	// ordered by something else.
	minSample   = 64 << 10
	idleBatches = 256
)

// due reports whether the next batch's rows are to be judged by the filter.
func (d *dynamicPredicate) due() bool {
	if d.idle > 0 {
		d.idle--
		return false
	}
	return d.f.asks()
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

// keep asks the filter for each row.
func (d *dynamicPredicate) keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	v := b.Cols[d.col]
	if sel == nil {
		sel = selOf(b)
	}
	valid, _ := withoutNulls([]*vector.Vector{v}, []JoinKey{{}}, &vector.Batch{N: b.N, Sel: sel}, &d.out)
	out := vector.Sel(grow([]uint16(d.out), len(valid)))
	d.out = out
	kept := d.f.keep(v, valid, out, d.enc) // writing never overtakes reading
	d.look(len(sel), len(kept))
	return kept, nil
}

// look counts what was kept, and puts a filter aside that hardly drops anything.
func (d *dynamicPredicate) look(in, kept int) {
	d.kept.in += int64(in)
	d.kept.kept += int64(kept)
	if d.sampled += int64(in); d.sampled < minSample {
		return
	}
	d.sampled = 0
	if d.kept.kept > d.kept.in/10*9 {
		d.idle = idleBatches
		d.kept = share{}
	}
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
