package op

import (
	"github.com/glauxdb/glaux/formats/vector"
)

// startPairs begins to follow the chains of the loaded probe batch.
func (o *hashProbe) startPairs() {
	o.at, o.chainAt = 0, 0
	if len(o.first) > 0 {
		o.chainAt = o.first[0]
	}
	o.forget()
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

// step puts out the next pairs of the probe batch or, after the last, its rows that
// the shape puts out alone.
func (o *hashProbe) step(b *vector.Batch) (bool, error) {
	if o.direct {
		o.open = false
		return o.directBatch(b), nil
	}
	if o.collectPairs(); len(o.pairP) == 0 {
		return o.unmatched(b), nil
	}
	return o.judge(b, o.residual)
}
