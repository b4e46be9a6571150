package op

import (
	"github.com/glauxdb/glaux/formats/vector"
)

// startPairs begins to follow the chains of the loaded probe batch.
func (o *hashProbe) startPairs() {
	o.open, o.at, o.chainAt = true, 0, 0
	if len(o.first) > 0 {
		o.chainAt = o.first[0]
	}
	o.hit = grow(o.hit, o.b.N)
	clear(o.hit)
}

// collectPairs follows chains until a batch of pairs is full or the probe batch
// is used up.
func (o *hashProbe) collectPairs() {
	o.pairP, o.pairB = o.pairP[:0], o.pairB[:0]
	for o.at < len(o.sel) {
		p := uint32(o.sel[o.at])
		for r := o.chainAt; r != 0; r = o.j.next[r-1] {
			if len(o.pairP) == vector.BatchSize {
				o.chainAt = r
				return
			}
			o.pairP = append(o.pairP, p)
			o.pairB = append(o.pairB, r-1)
		}
		if o.at++; o.at < len(o.sel) {
			o.chainAt = o.first[o.at]
		}
	}
}

// nextPairs puts out the next pairs of the probe batch or, after the last, its
// rows that the shape puts out alone. It reports whether b holds rows; with
// o.open false the batch is done.
func (o *hashProbe) nextPairs(b *vector.Batch) (bool, error) {
	s := &o.h.Shape
	o.collectPairs()
	if len(o.pairP) == 0 {
		o.open = false
		return o.afterPairs(b)
	}
	o.out.pairs(b, &o.b, o.j, o.pairP, o.pairB)
	if o.residual != nil {
		sel, err := o.residual.Filter(b, nil)
		if err != nil {
			return false, err
		}
		b.Sel = sel
	}
	for _, k := range selOf(b) {
		p := o.pairP[k]
		if s.Single && o.hit[p] != 0 {
			return false, tooManyRows()
		}
		o.hit[p] = 1
	}
	if s.buildRows() {
		for _, k := range selOf(b) {
			o.j.mark(o.pairB[k])
		}
	}
	return s.Pairs && b.Rows() > 0, nil
}

// afterPairs puts out what depends on whether a probe row had any match.
func (o *hashProbe) afterPairs(b *vector.Batch) (bool, error) {
	s := &o.h.Shape
	switch {
	case s.ProbeMark:
		v := &o.out.mark
		v.Reset(o.h.MarkType, o.b.N)
		for i, m := range o.hit {
			vector.Values[bool](v)[i] = m != 0
		}
		o.out.probeWith(b, &o.b, o.b.Sel, v)
		return true, nil
	case s.ProbeSemi, s.ProbeAnti:
		sel := o.hitSel(s.ProbeSemi)
		o.out.probeOnly(b, &o.b, sel)
		return len(sel) > 0, nil
	case s.ProbeOuter:
		sel := o.hitSel(false)
		o.out.probeNulls(b, &o.b, o.j, sel)
		return len(sel) > 0, nil
	}
	return false, nil
}

// hitSel gives the probe rows that had a match, or that had none.
func (o *hashProbe) hitSel(want bool) vector.Sel {
	all := selOf(&o.b)
	out := vector.Sel(grow([]uint16(o.out.sel), len(all)))
	w, n := uint8(0), 0
	if want {
		w = 1
	}
	for _, p := range all {
		out[n] = p
		if o.hit[p] == w {
			n++
		}
	}
	o.out.sel = out
	return out[:n]
}
