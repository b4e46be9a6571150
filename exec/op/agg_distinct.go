package op

import (
	"context"
	"errors"
	"io"
	"math"

	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// A call with DISTINCT and no order sees each combination of a group's key and its
// arguments once. They are groups themselves, of an aggregate without calls: workers
// seal and cut their tables of them, and partitions are merged in parallel, by a hash of
// key and arguments, so that one large group is spread as well as many small ones.
//
//	Add      combinations ──> the worker's set of the call
//	Finish   partitions of all workers' sets, each merged ──> fed to the groups of
//	         the worker that merged it; then the groups are merged like those of
//	         other calls: no value was fed twice
//
// Sets that are spilled are written by the hash of the group's key alone, see
// agg_spill.go.

// newSets makes the aggregates that find the distinct values of calls.
func (a *Aggregate) newSets() []*Aggregate {
	sets := make([]*Aggregate, len(a.Calls))
	for i := range a.Calls {
		c := &a.Calls[i]
		if !c.Distinct || len(c.Order) > 0 {
			continue
		}
		ts := a.deferTypes(c)
		sets[i] = &Aggregate{KeyTypes: ts, Mem: a.Mem, query: a.query, layout: keytab.NewLayout(ts, true), held: a.Mem.Local()}
	}
	return sets
}

// newSet makes one worker's part of a set, whose memory is the caller's to count.
func (a *Aggregate) newSet() *aggLocal {
	return &aggLocal{a: a, t: &aggTable{tab: keytab.NewTable(a.layout, 0)}, enc: keytab.NewEncoder(a.layout), limit: sealRows}
}

// newWaiting is newDefer for rows of files, which one table is to hold.
func (a *Aggregate) newWaiting(call int) *aggDefer {
	d := a.newDefer(call)
	if d.set != nil {
		d.set.limit, d.set.direct.off = math.MaxInt, true
	}
	return d
}

// take adds the rows of a batch to a set.
func (l *aggLocal) take(b *vector.Batch) error {
	l.keys = append(l.keys[:0], b.Cols...)
	if err := l.findGroups(b); err != nil {
		return err
	}
	return l.sealIfFull()
}

// hasSets tells that calls are fed in Finish what they have to see once.
func (a *Aggregate) hasSets() bool {
	for _, set := range a.sets {
		if set != nil {
			return true
		}
	}
	return false
}

// feedSets gives calls with DISTINCT their values, and then ends the workers' tables as
// Combine does without such calls.
func (a *Aggregate) feedSets(ctx context.Context) error {
	if !a.hasSets() {
		return nil
	}
	reserved := make([]int64, len(a.locals)) // for each worker's groups, by roomToMerge
	for w, l := range a.locals {
		reserved[w] = l.groupBytes() + a.growth()/int64(len(a.locals))
	}
	for i, set := range a.sets {
		if set == nil {
			continue
		}
		for _, l := range a.locals {
			set.handOver(l.defers[i].set)
			l.defers[i] = nil
		}
		if err := set.putTogether(ctx); err != nil {
			return err
		}
		err := forEach(ctx, a.query, min(set.Width(), len(a.locals)), func(ctx context.Context, w int) error {
			return a.locals[w].feedSet(ctx, i, reserved[w])
		})
		set.held.Close()
		a.sets[i] = nil // with all its tables
		if err != nil {
			return err
		}
	}
	if err := forEach(ctx, a.query, len(a.locals), func(_ context.Context, w int) error { return a.locals[w].cutLast() }); err != nil {
		return err
	}
	locals := a.locals
	a.locals = nil
	var n int64
	for _, l := range locals {
		n += l.bytes()
		l.room.move(&a.held)
		a.handOver(l)
	}
	return a.held.Fit(n)
}

// feedSet gives call i the partitions of its set that the worker gets hold of. So many
// bytes of the worker's groups have been reserved.
func (l *aggLocal) feedSet(ctx context.Context, i int, reserved int64) error {
	set, err := l.a.sets[i].Open(nil)
	if err != nil {
		return err
	}
	defer set.Close()
	var b vector.Batch
	for {
		if err := set.Next(ctx, &b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := l.feed(i, &b); err != nil {
			return err
		}
		if err := l.room.held.Use(max(l.groupBytes()-reserved, 0)); err != nil {
			return err
		}
	}
}

// growth bounds what the workers' groups take once each worker has all of them.
func (a *Aggregate) growth() int64 {
	var n int64
	for _, l := range a.locals {
		n += l.groupBytes()
	}
	return n * int64(len(a.locals)-1)
}
