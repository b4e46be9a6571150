package op

import (
	"math"

	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/exec/sketch"
	"github.com/glauxdb/glaux/formats/vector"
)

// A worker's table that has outgrown the caches costs several misses a row, and a copy
// each time it grows. So a worker seals it when it is full: its rows are set aside,
// sorted by partition, and it begins anew. What keys come often are found in each of
// the tables; the merge puts all together, a partition at a time, in a table that the
// caches hold.
//
// The price is that groups are set aside several times. A worker keeps a sketch of
// what it has sealed; if the groups are much fewer than the rows, the table grows
// instead.

// sealRows is how many groups a worker's table has when it is sealed.
const sealRows = 1 << 15

const (
	// mostKnown is the part of a batch's rows whose groups the table had already, above
	// which it grows rather than being sealed: it will soon know all.
	mostKnown = 0.75
	// mostSealed is how often a group may have been sealed in the mean, as soon as there
	// are judgeSealed tables.
	mostSealed  = 2
	judgeSealed = 4
)

// Where a table has hardly fewer groups than it has taken rows, looking them up is in
// vain: the next ones take every row as a group of its own, and the merge puts them
// together. One in lookEvery looks again whether that has changed.
const (
	hardlyFewer = 0.85
	lookEvery   = 8
)

// sealIfFull seals the table if it is large and that is worth it.
func (l *aggLocal) sealIfFull() error {
	if l.t.tab == nil || l.t.tab.Len() < l.limit || !l.mayCut() {
		return nil
	}
	if l.appending > 0 || l.worthSealing() {
		return l.seal()
	}
	l.limit *= 2
	return nil
}

// newSeen makes a sketch of hashes that is right within some two percent.
func newSeen() *sketch.HLL {
	const bits = 11
	h := sketch.NewHLL(bits)
	h.MakeDense() // the first hashes are many
	return h
}

func (l *aggLocal) worthSealing() bool {
	if n := len(l.sealed); n >= judgeSealed && float64(l.sealedRows) > mostSealed*float64(l.seen.Cardinality()) {
		l.limit = math.MaxInt / 2
		return false
	}
	recent := l.t.tab.Len() - 2*len(l.groups)
	known := 0
	for _, g := range l.groups {
		if int(g) < recent {
			known++
		}
	}
	return float64(known) <= mostKnown*float64(len(l.groups))
}

// mayCut tells that groups may be merged partition by partition.
func (l *aggLocal) mayCut() bool {
	return l.a.query.Workers > 1 && l.t.tab != nil && !l.a.anyOrdered()
}

// seal sets the table's rows aside and empties it.
func (l *aggLocal) seal() error {
	l.cutByHash()
	next, err := l.a.newTable()
	if err != nil {
		return err
	}
	full := l.t
	n := full.tab.Len()
	switch {
	case l.appending > 0:
		l.appending--
	case float64(n) > hardlyFewer*float64(l.rows):
		l.appending = lookEvery - 1
	}
	for len(l.inOrder) < n {
		l.inOrder = append(l.inOrder, uint32(len(l.inOrder)))
	}
	next.tab, full.tab = full.tab, full.tab.Sorted(l.cut.rows)
	next.tab.Reset()
	s := &aggLocal{a: l.a, t: full, cut: &aggCut{l.inOrder[:n], l.cut.starts}}
	l.sealed = append(l.sealed, s)
	l.sealedRows += n
	l.sealedBytes += full.bytes() + s.cut.bytes()
	l.t, l.cut, l.rows = next, nil, 0
	return nil
}

// aggCut lists a table's rows by partition, those of each in ascending order.
type aggCut struct {
	rows   []uint32
	starts *[1<<fineBits + 1]uint32 // of each fine partition in rows
}

// fineBits is how finely rows are cut in memory: what a partition is to files is
// several ones that follow each other here.
const fineBits = cutBits + 3

// of gives the rows of partition p out of 1<<bits.
func (c *aggCut) of(p, bits int) []uint32 {
	shift := fineBits - bits
	return c.rows[c.starts[p<<shift]:c.starts[(p+1)<<shift]]
}

func (c *aggCut) bytes() int64 { return 4 * int64(len(c.starts)) }

// finePart gives the fine partition of a hash: those of one partition, which the last
// bits tell, lie together.
func finePart(hash uint64) uint8 {
	const more = fineBits - cutBits
	return uint8(keytab.PartOf(hash, cutBits)<<more | keytab.PartOf(hash>>cutBits, more))
}

// cutByHash lists the rows of each partition.
func (l *aggLocal) cutByHash() {
	n := l.t.tab.Len()
	part := grow(l.part, n)
	if l.seen == nil {
		l.seen = newSeen()
	}
	c := &aggCut{rows: make([]uint32, n), starts: new([1<<fineBits + 1]uint32)}
	for from := 0; from < n; from += vector.BatchSize {
		l.t.tab.View(l.enc, from, min(vector.BatchSize, n-from))
		for k, h := range l.enc.Hashes() {
			p := finePart(h)
			part[from+k] = p
			c.starts[int(p)+1]++
		}
		l.seen.AddHashes(l.enc.Hashes())
	}
	var at [1 << fineBits]uint32
	for p := range at {
		at[p] = c.starts[p]
		c.starts[p+1] += c.starts[p]
	}
	for r, p := range part {
		c.rows[at[p]] = uint32(r)
		at[p]++
	}
	l.part, l.cut = part, c
}

// expect gives the number of groups that partition p will have at least, and
// hardly more if the workers' groups are not the same. Of sealed tables, which may
// have the same groups, the partitions that are done tell how many are left.
func (a *Aggregate) expect(locals []*aggLocal, p int) int {
	sum, most := 0, 0
	for _, l := range locals {
		n := len(l.cut.of(p, a.unitBits))
		sum, most = sum+n, max(most, n)
	}
	if !a.sealed {
		return most
	}
	if rows, groups := a.mergedRows.Load(), a.mergedGroups.Load(); rows > 0 {
		return min(sum, int(float64(sum)*1.05*float64(groups)/float64(rows)))
	}
	return max(most, sum/8)
}
