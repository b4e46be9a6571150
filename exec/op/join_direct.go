package op

import (
	"github.com/glauxdb/glaux/formats/vector"
)

// directBatch answers a probe batch of which each row has at most one match that
// matters. It reports whether b holds rows.
func (o *hashProbe) directBatch(b *vector.Batch) bool {
	s := &o.h.Shape
	if s.buildRows() {
		o.markChains()
	}
	switch {
	case s.ProbeMark:
		o.out.probeWith(b, &o.b, o.b.Sel, o.markColumn())
		return true
	case s.ProbeAnti:
		sel := o.antiSel()
		o.out.probeOnly(b, &o.b, sel)
		return len(sel) > 0
	}
	hits := o.hits()
	switch {
	case s.ProbeSemi:
		o.out.probeOnly(b, &o.b, hits)
		return len(hits) > 0
	case s.ProbeOuter:
		o.out.aligned(b, &o.b, o.j, o.b.Sel, o.sel, o.first, true)
		return true
	case s.Pairs:
		if len(hits) == 0 {
			return false
		}
		if len(hits) < o.b.N/sparse {
			o.sparsePairs(hits)
			o.out.pairs(b, &o.b, o.j, o.pairP, o.pairB)
			return true
		}
		sel := hits
		if len(hits) == o.b.N {
			sel = nil
		}
		o.out.aligned(b, &o.b, o.j, sel, o.sel, o.first, false)
		return true
	}
	return false // build rows only: they come out at the end
}

// sparse says that pairs are cheaper than aligned columns when fewer than one in
// so many rows of the batch have a match: aligned columns are as long as the batch.
const sparse = 4

// sparsePairs lists the matches of hits.
func (o *hashProbe) sparsePairs(hits vector.Sel) {
	o.pairP, o.pairB = grow(o.pairP, len(hits)), grow(o.pairB, len(hits))
	for k, p := range hits {
		o.pairP[k] = uint32(p)
	}
	n := 0
	for _, r := range o.first {
		if r != 0 {
			o.pairB[n] = r - 1
			n++
		}
	}
}

// hits gives the rows of sel with a match.
func (o *hashProbe) hits() vector.Sel {
	out := vector.Sel(grow([]uint16(o.out.sel), len(o.sel)))
	n := 0
	for k, p := range o.sel {
		out[n] = p
		if o.first[k] != 0 {
			n++
		}
	}
	o.out.sel = out
	return out[:n]
}

// antiSel gives the probe rows for which NOT IN or NOT EXISTS holds.
func (o *hashProbe) antiSel() vector.Sel {
	all := selOf(&o.b)
	if o.h.Shape.NullAware && o.j.some {
		if o.j.nullKeys {
			return all[:0] // no row: each is equal to the NULL or unknown
		}
		all = o.sel // rows whose own key is NULL are unknown
	}
	out := vector.Sel(grow([]uint16(o.out.sel), len(all)))
	n, k := 0, 0
	for _, p := range all {
		out[n] = p
		if k < len(o.sel) && o.sel[k] == p {
			if o.first[k] == 0 {
				n++
			}
			k++
		} else {
			n++
		}
	}
	o.out.sel = out
	return out[:n]
}

// markColumn computes IN's or EXISTS' answer for each probe row.
func (o *hashProbe) markColumn() *vector.Vector {
	v := &o.out.mark
	v.Reset(o.h.MarkType, o.b.N)
	vals := vector.Values[bool](v)
	clear(vals)
	for k, p := range o.sel {
		vals[p] = o.first[k] != 0
	}
	if !o.h.Shape.NullAware || !o.j.some {
		return v
	}
	k := 0
	for _, p := range selOf(&o.b) {
		if k < len(o.sel) && o.sel[k] == p {
			if o.first[k] == 0 && o.j.nullKeys {
				v.SetNull(int(p))
			}
			k++
		} else {
			v.SetNull(int(p))
		}
	}
	return v
}

// markChains marks every build row that a probe row matches. Rows with one key
// are marked together, so a chain whose head is marked needs no second walk.
func (o *hashProbe) markChains() {
	for _, f := range o.first {
		if f == 0 || o.j.isMarkedNow(f-1) {
			continue
		}
		for r := f; r != 0; r = o.j.next[r-1] {
			o.j.mark(r - 1)
		}
	}
}
