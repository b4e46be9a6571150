package op

import (
	"github.com/glauxdb/glaux/formats/vector"
)

// sealRows is how many groups make a worker think of sealing its table: to leave
// it to the merge and go on with an empty one. A table that grows past the caches
// costs a miss a row and a copy each time it doubles. If keys come clustered, or
// hardly ever come twice, the groups behind will not be met again, and sealing
// costs nothing; else the table has to grow.
const sealRows = 1 << 17

// sealIfClustered seals the table if it is large and the last batch met few old
// groups.
func (l *aggLocal) sealIfClustered() error {
	if l.t.tab == nil || l.t.tab.Len() < l.limit || !l.mayCut() {
		return nil
	}
	recent := l.t.tab.Len() - 2*len(l.groups)
	old := 0
	for _, g := range l.groups {
		if int(g) < recent {
			old++
		}
	}
	if old > len(l.groups)/8 {
		l.limit *= 2
		return nil
	}
	return l.seal()
}

// mayCut tells that groups may be merged partition by partition.
func (l *aggLocal) mayCut() bool {
	return l.a.query.Workers > 1 && l.t.tab != nil && !l.a.anyDeferred()
}

func (l *aggLocal) seal() error {
	l.cutByHash()
	t, err := l.a.newTable()
	if err != nil {
		return err
	}
	full := l.t
	t.tab.TakeSlots(full.tab)
	t.tab.Reserve(full.tab.Len())
	l.sealed = append(l.sealed, &aggLocal{a: l.a, t: full, cut: l.cut})
	l.sealedBytes += full.bytes() + 4*int64(full.tab.Len())
	l.t, l.cut = t, nil
	return nil
}

// cutByHash lists the rows of each partition.
func (l *aggLocal) cutByHash() {
	n := l.t.tab.Len()
	part := make([]uint8, n)
	var counts [1 << cutBits]int
	for from := 0; from < n; from += vector.BatchSize {
		l.t.tab.View(l.enc, from, min(vector.BatchSize, n-from))
		for k, h := range l.enc.Hashes() {
			p := uint8(h >> (64 - cutBits))
			part[from+k] = p
			counts[p]++
		}
	}
	l.cut = make([][]uint32, 1<<cutBits)
	all, at := make([]uint32, n), 0
	for p, c := range counts {
		l.cut[p] = all[at : at : at+c]
		at += c
	}
	for r, p := range part {
		l.cut[p] = append(l.cut[p], uint32(r))
	}
}

// expect gives the number of groups that partition p will have at least, and
// hardly more if the workers' groups are not the same.
func (a *Aggregate) expect(p int) int {
	sum, most := 0, 0
	for _, l := range a.locals {
		sum += len(l.cut[p])
		most = max(most, len(l.cut[p]))
	}
	if a.sealed {
		return sum
	}
	return most
}
