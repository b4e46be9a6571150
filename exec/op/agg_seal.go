package op

import (
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// sealRows is how many groups make a worker think of sealing its table: to leave
// it to the merge and go on with an empty one. A table that grows past the caches
// costs a miss a row and a copy each time it doubles. If keys come clustered, or
// hardly ever come twice, the groups behind will not be met again, and sealing
// costs nothing; else the table has to grow.
const sealRows = 1 << 17

// Where a table has hardly fewer groups than it has taken rows, looking them up is in
// vain: the next ones take every row as a group of its own, and the merge puts them
// together. One in lookEvery looks again whether that has changed.
const (
	hardlyFewer = 0.85
	lookEvery   = 8
)

// sealIfClustered seals the table if it is large and the last batch met few old
// groups.
func (l *aggLocal) sealIfClustered() error {
	if l.t.tab == nil || l.t.tab.Len() < l.limit || !l.mayCut() {
		return nil
	}
	if l.appending > 0 {
		return l.seal()
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
	switch {
	case l.appending > 0:
		l.appending--
	case float64(full.tab.Len()) > hardlyFewer*float64(l.rows):
		l.appending = lookEvery - 1
	}
	l.rows = 0
	t.tab.TakeSlots(full.tab)
	t.tab.ReserveLike(full.tab, 2*len(l.groups))
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
			p := uint8(keytab.PartOf(h, cutBits))
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
// hardly more if the workers' groups are not the same. Of sealed tables, which may
// have the same groups, the partitions that are done tell how many are left.
func (a *Aggregate) expect(locals []*aggLocal, p int) int {
	sum, most := 0, 0
	for _, l := range locals {
		sum += len(l.cut[p])
		most = max(most, len(l.cut[p]))
	}
	if !a.sealed {
		return most
	}
	if rows, groups := a.mergedRows.Load(), a.mergedGroups.Load(); rows > 0 {
		return min(sum, int(float64(sum)*1.05*float64(groups)/float64(rows)))
	}
	return max(most, sum/8)
}
