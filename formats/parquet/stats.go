package parquet

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

// groupStats gives the statistics of row groups [first, first+count).
func (f *File) groupStats(first, count int) formats.Stats {
	st := formats.Stats{
		Columns: make([]formats.Bounds, len(f.binds)),
		Bytes:   make([]int64, len(f.binds)),
	}
	for g := first; g < first+count; g++ {
		st.Rows += f.meta.groups[g].rows
	}
	for i, b := range f.binds {
		for g := first; g < first+count; g++ {
			bounds := f.bounds(g, b)
			if g == first {
				st.Columns[i] = bounds
			} else {
				st.Columns[i].Add(&bounds)
			}
			b.eachLeaf(func(k *binding) { st.Bytes[i] += f.meta.groups[g].chunks[k.node.leaf].compressed })
		}
	}
	return st
}

// bounds gives what the footer tells about a binding in one row group.
func (f *File) bounds(g int, b *binding) formats.Bounds {
	rows := f.meta.groups[g].rows
	out := formats.Bounds{Rows: rows}
	if b.node == nil {
		out.AllNull, out.HasNulls, out.Nulls = true, true, rows
		return out
	}
	b.eachLeaf(func(k *binding) { out.DecodedBytes += max(0, f.meta.groups[g].chunks[k.node.leaf].uncompressed) })
	l := b.flat()
	if l == nil || b.err != nil {
		return out
	}
	c := &f.meta.groups[g].chunks[b.node.leaf]
	if !c.hasMeta || c.encrypted {
		return out
	}
	s := &c.stats
	switch {
	case l.maxDef == 0:
		out.HasNulls = true
	case s.hasNulls && s.nulls >= 0 && s.nulls <= rows:
		out.HasNulls, out.Nulls = true, s.nulls
	}
	out.AllNull = out.HasNulls && out.Nulls == rows && rows > 0 || b.conv.Op == convert.OpNone
	if s.distinct > 0 {
		out.Distinct = s.distinct
	}
	switch {
	case s.has && l.stats && f.meta.ordered(l):
		setBounds(&out, &b.conv, s.min, s.max, s.nans == 0)
	case s.hasOld && l.oldStats:
		setBounds(&out, &b.conv, s.oldMin, s.oldMax, false)
	}
	exactness(&out, l, s)
	return out
}

// exactness clears the flags of bounds that may not be values of the column:
// text and binary may have been cut, unless the writer says that they were not.
func exactness(b *formats.Bounds, l *leaf, s *statistics) {
	cut := l.phys == physByteArray || l.phys == physFixed
	if s.minExact < 0 || cut && s.minExact == 0 {
		b.MinExact = false
	}
	if s.maxExact < 0 || cut && s.maxExact == 0 {
		b.MaxExact = false
	}
}

// setBounds converts stored bounds to the type that the column is read as. A
// bound that does not convert, or a pair out of order, is not used. numbers says
// that no value is NaN.
func setBounds(b *formats.Bounds, c *convert.Conv, lo, hi []byte, numbers bool) {
	vmin, ok1 := c.Value(lo)
	vmax, ok2 := c.Value(hi)
	if !ok1 || !ok2 {
		return
	}
	exact := true
	switch c.To.Kind {
	case types.Real, types.Double:
		// Writers leave NaN out of their statistics, but it may be among the
		// values, and it sorts above all others.
		if math.IsNaN(vmin.F) || math.IsNaN(vmax.F) {
			return
		}
		if !numbers {
			vmax.F, exact = math.NaN(), false
		}
	case types.Char:
		return // blank padding changes the order
	}
	if vmin.Compare(vmax) > 0 {
		return
	}
	b.HasMinMax, b.Min, b.Max, b.MinExact, b.MaxExact = true, vmin, vmax, true, exact
}
