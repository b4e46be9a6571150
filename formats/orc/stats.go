package orc

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

// statsOf gives the statistics of some stripes, or with first -1 those of the
// file.
func (f *File) statsOf(first, count int) formats.Stats {
	out := formats.Stats{Columns: make([]formats.Bounds, len(f.binds))}
	if first < 0 {
		out.Rows = f.foot.rows
		for i, b := range f.binds {
			out.Columns[i] = f.bounds(f.foot.stats, b, out.Rows)
		}
		out.Bytes = f.bytes(0, len(f.feet))
		return out
	}
	for g := first; g < first+count; g++ {
		rows := f.foot.stripes[g].rows
		for i, b := range f.binds {
			one := f.bounds(f.stripeStats(g), b, rows)
			if g == first {
				out.Columns[i] = one
				continue
			}
			out.Columns[i].Add(&one)
		}
		out.Rows += rows
	}
	out.Bytes = f.bytes(first, count)
	return out
}

// bytes gives the stored bytes of the columns in some stripes; nil if the
// stripes' footers have not been read.
func (f *File) bytes(first, count int) []int64 {
	if f.feet == nil {
		return nil
	}
	stored := make([]int64, len(f.foot.types))
	for _, foot := range f.feet[first : first+count] {
		for _, s := range foot.streams {
			if s.kind < uint64(numStreams) && s.column < uint64(len(stored)) {
				stored[s.column] += s.length
			}
		}
	}
	out := make([]int64, len(f.binds))
	var cols []int
	for i, b := range f.binds {
		cols = b.columns(cols[:0])
		for _, c := range cols {
			out[i] += stored[c]
		}
	}
	return out
}

// stripeStats gives the statistics of a stripe's columns; nil if the file has
// none.
func (f *File) stripeStats(g int) []columnStats {
	if f.stripe == nil {
		return nil
	}
	return f.stripe[g]
}

// bounds gives what statistics say about a column of some rows.
func (f *File) bounds(stats []columnStats, b *binding, rows int64) formats.Bounds {
	if b.node == nil || b.node.col >= len(stats) {
		return f.boundsOf(nil, b, rows)
	}
	return f.boundsOf(&stats[b.node.col], b, rows)
}

// boundsOf gives what one column's statistics (nil: there are none) say about
// some rows.
func (f *File) boundsOf(s *columnStats, b *binding, rows int64) formats.Bounds {
	out := formats.Bounds{Rows: rows}
	if b.node == nil {
		out.AllNull, out.HasNulls, out.Nulls = rows > 0, true, rows
		return out
	}
	if b.err != nil || b.pick || s == nil {
		return out
	}
	if s.values >= 0 && s.values <= rows && f.ownRows(b.node) {
		out.HasNulls, out.Nulls = true, rows-s.values
		out.AllNull = s.values == 0 && rows > 0
	}
	if b.kids == nil {
		f.setBounds(&out, b, s)
	}
	return out
}

// ownRows reports whether a node is a column, so that its values and nulls are
// as many as the rows.
func (f *File) ownRows(n *node) bool {
	for _, c := range f.columns() {
		if c == n {
			return true
		}
	}
	return false
}

// setBounds converts stored bounds to the type that the column is read as.
// Bounds that do not convert, or out of order, are not used.
func (f *File) setBounds(out *formats.Bounds, b *binding, s *columnStats) {
	var lo, hi types.Value
	var ok1, ok2 bool
	exactMin, exactMax := true, true
	c := &b.conv
	switch k := b.node.kind; {
	case s.ints && (k == kindByte || k == kindShort || k == kindInt || k == kindLong):
		lo, ok1 = c.Value(convert.BytesOf([]int64{s.min}))
		hi, ok2 = c.Value(convert.BytesOf([]int64{s.max}))
	case s.dates && k == kindDate && s.min == int64(int32(s.min)) && s.max == int64(int32(s.max)):
		lo, ok1 = c.Value(convert.BytesOf([]int32{int32(s.min)}))
		hi, ok2 = c.Value(convert.BytesOf([]int32{int32(s.max)}))
	case s.doubles && (k == kindFloat || k == kindDouble):
		// NaN is in no statistics, but may be among the values, and it sorts
		// above all others.
		lo, hi, exactMax = types.FloatOf(c.To, s.fmin), types.FloatOf(c.To, math.NaN()), false
		ok1, ok2 = c.To.IsFloat(), true
	case s.text && f.textOK && k == kindString || s.text && f.textOK && k == kindVarchar:
		if c.To.Kind != types.Varchar {
			return
		}
		lo, hi, ok1, ok2 = types.StringOf(c.To, s.smin), types.StringOf(c.To, s.smax), true, true
		exactMin, exactMax = s.exactMin, s.exactMax
	case s.decimals && k == kindDecimal:
		lo, ok1 = decimalBound(c, s.smin)
		hi, ok2 = decimalBound(c, s.smax)
	case s.times && (k == kindTimestamp || k == kindInstant):
		lo, ok1 = timeBound(c.To, s.min, -1)
		hi, ok2 = timeBound(c.To, s.max, 1) // the bounds are cut to milliseconds
		exactMin, exactMax = false, false
	}
	if ok1 && ok2 && lo.Compare(hi) <= 0 {
		out.HasMinMax, out.Min, out.Max, out.MinExact, out.MaxExact = true, lo, hi, exactMin, exactMax
	}
}

// decimalBound reads a decimal's text as the type that the column is read as.
func decimalBound(c *convert.Conv, s string) (types.Value, bool) {
	from := c.From.Type
	d, scale, ok := types.ParseDecimal([]byte(s))
	if ok {
		d, ok = d.Rescale(scale, int(from.S))
	}
	if !ok || !d.FitsDecimal(int(from.P)) {
		return types.Value{}, false
	}
	if c.From.Phys == convert.PhysInt128 {
		return c.Value(convert.BytesOf([]types.Int128{d}))
	}
	return c.Value(convert.BytesOf([]int64{d.Int64()}))
}

// timeBound gives the timestamp that is some milliseconds later.
func timeBound(t types.Type, ms, later int64) (types.Value, bool) {
	unit := t.UnitsPerSecond() / 1000
	if ms > math.MaxInt64/unit-1 || ms < math.MinInt64/unit+1 {
		return types.Value{}, false
	}
	return types.IntOf(t, (ms+later)*unit), t.Kind == types.Timestamp || t.Kind == types.TimestampTZ
}
