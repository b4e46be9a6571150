package op

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/exec/op/keytab"
)

// Tables that workers have cut into partitions are merged when groups are asked for: a
// partition is put out as soon as it is whole, while the caches have it, and its table
// serves for the next one. So there are never two copies of all groups.

// cutRoom estimates the bytes that merging n bytes of cut tables takes at a time: a
// partition for each worker, in tables that have grown.
func (a *Aggregate) cutRoom(n int64) int64 {
	return n * 2 * int64(a.query.Workers) >> cutBits
}

// unitRows is how many rows are to be put together in one table: a core's cache should
// hold it.
const unitRows = 1 << 14

// prepareCut is Finish for tables that were cut. Those too small for it are cut now.
func (a *Aggregate) prepareCut() error {
	rows, bytes := 0, int64(0)
	for _, l := range a.locals {
		if l.cut == nil {
			l.cutByHash()
		}
		rows += l.t.tab.Len()
		bytes += l.t.bytes()
	}
	a.unitBits = cutBits
	for a.unitBits < fineBits && rows>>a.unitBits > unitRows {
		a.unitBits++
	}
	room := a.cutRoom(bytes)
	if err := a.held.Use(a.held.Held() + room); err != nil {
		return err
	}
	if a.Trace != nil {
		a.Trace.Memory.Store(max(a.held.Held(), a.Trace.Memory.Load()))
	}
	a.cutting, a.share, a.whole = true, room/int64(a.query.Workers), 0
	return nil
}

// nextCut merges the next partition. before is a table that has been put out, or nil.
func (o *aggOut) nextCut(ctx context.Context, before *aggTable) error {
	a := o.a
	a.mu.Lock()
	locals, p := a.locals, a.next
	if p == 1<<a.unitBits {
		a.mu.Unlock()
		return io.EOF
	}
	a.next++
	a.mu.Unlock()
	t, err := a.newTable()
	if err != nil {
		return err
	}
	if before != nil {
		t.tab = before.tab
		t.tab.Reset()
	}
	t.tab.Reserve(a.expect(locals, p))
	m := merger{dst: t, enc: keytab.NewEncoder(a.layout)}
	for _, l := range locals {
		if err := m.table(ctx, l.t, l.cut.of(p, a.unitBits)); err != nil {
			return err
		}
	}
	a.merged(locals, p, t)
	o.t = t
	return o.held.Use(max(t.bytes()-a.share, 0)) // the rest has been reserved
}

// merged notes what has become of partition p. The workers' tables go with the last one.
func (a *Aggregate) merged(locals []*aggLocal, p int, t *aggTable) {
	for _, l := range locals {
		a.mergedRows.Add(int64(len(l.cut.of(p, a.unitBits))))
	}
	a.mergedGroups.Add(int64(t.tab.Len()))
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.whole++; a.whole == 1<<a.unitBits {
		a.locals = nil
		a.held.Fit(a.share * int64(a.query.Workers))
	}
}
