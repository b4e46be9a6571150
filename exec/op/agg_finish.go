package op

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// cutRows is how many groups make a worker cut its table into partitions, which
// are then merged in parallel.
const (
	cutRows = 1 << 14
	cutBits = 5
)

// Combine hands the worker's groups over.
func (l *aggLocal) Combine(ctx context.Context) error {
	a := l.a
	a.mu.Lock()
	spilled := len(a.disk) > 0 || len(a.ordered) > 0 || l.froze || a.query.SpillAlways && a.query.Spill != nil
	a.mu.Unlock()
	if spilled && l.canSpill() {
		if _, err := l.room.spill(ctx, l); err != nil {
			return err
		}
	}
	if err := l.cutSets(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l.room.leave()
	if a.hasSets() {
		a.locals = append(a.locals, l) // whose groups are not all there yet
	} else {
		a.handOver(l)
	}
	l.room.move(&a.held)
	return nil
}

// handOver adds a worker's tables to those that are to be merged.
func (a *Aggregate) handOver(l *aggLocal) {
	a.locals = append(append(a.locals, l), l.sealed...)
	a.sealed = a.sealed || l.sealed != nil
	l.sealed = nil
}

// cutSets cuts what is complete: the sets of calls with DISTINCT or, without any, the
// groups.
func (l *aggLocal) cutSets() error {
	if !l.a.hasSets() {
		return l.cutLast()
	}
	for i, d := range l.defers {
		if l.a.sets[i] == nil {
			continue
		}
		if err := d.set.cutLast(); err != nil {
			return err
		}
	}
	return nil
}

// cutLast cuts the table if it is large, and those that were sealed wait for it.
func (l *aggLocal) cutLast() error {
	switch {
	case !l.mayCut():
	case l.sealed != nil && l.t.tab.Len() <= 2*sealRows: // its slots are not needed any more
		if err := l.seal(); err != nil {
			return err
		}
		l.t.tab = keytab.NewTable(l.a.layout, l.t.tab.RowBytes()-l.t.tab.StateOffset())
		l.cutByHash()
	case l.sealed != nil || l.t.tab.Len() >= cutRows:
		l.cutByHash()
	}
	l.part = nil
	return nil
}

func (a *Aggregate) anyOrdered() bool {
	for i := range a.Calls {
		if len(a.Calls[i].Order) > 0 {
			return true
		}
	}
	return false
}

// Finish merges what the workers have.
func (a *Aggregate) Finish(ctx context.Context) error { return a.named(a.finish(ctx)) }

func (a *Aggregate) finish(ctx context.Context) error {
	if done, err := a.finishDisk(ctx); done || err != nil {
		return err
	}
	if err := a.feedSets(ctx); err != nil {
		return err
	}
	if err := a.putTogether(ctx); err != nil || a.cutting {
		return err
	}
	if err := a.feedRows(ctx); err != nil {
		return err
	}
	a.locals = nil
	return a.account()
}

// putTogether merges the workers' tables, or prepares that for when they are asked for.
func (a *Aggregate) putTogether(ctx context.Context) error {
	cut := false
	for _, l := range a.locals {
		cut = cut || l.cut != nil
	}
	switch {
	case len(a.locals) == 1:
		a.parts = []*aggTable{a.locals[0].t}
		return nil
	case cut:
		return a.prepareCut()
	}
	return a.mergeAll(ctx)
}

func (a *Aggregate) account() error {
	var n int64
	for _, t := range a.parts {
		n += t.bytes()
	}
	if a.Trace != nil {
		a.Trace.Memory.Store(max(n, a.Trace.Memory.Load()))
	}
	return a.held.Use(n)
}

// mergeAll merges every table into the largest.
func (a *Aggregate) mergeAll(ctx context.Context) error {
	big := 0
	for i, l := range a.locals {
		if l.t.groups() > a.locals[big].t.groups() {
			big = i
		}
	}
	dst := a.locals[big].t
	m := merger{dst: dst, enc: keytab.NewEncoder(a.layout)}
	for i, l := range a.locals {
		if i == big {
			continue
		}
		if dst.tab == nil {
			if err := m.states(l.t, []uint32{0}, []uint32{0}); err != nil {
				return err
			}
			continue
		}
		if err := m.table(ctx, l.t, nil); err != nil {
			return err
		}
	}
	a.parts = []*aggTable{dst}
	return nil
}

// merger adds groups of other tables to dst.
type merger struct {
	dst    *aggTable
	enc    *keytab.Encoder
	to     []uint32
	from   []uint32
	placed func(to []uint32) // may be nil: told where src's rows have gone, in order
}

// table merges the given rows of src, or all with nil.
func (m *merger) table(ctx context.Context, src *aggTable, rows []uint32) error {
	n := len(rows)
	if rows == nil {
		n = src.tab.Len()
	}
	for at := 0; at < n; at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		k := min(vector.BatchSize, n-at)
		if rows == nil {
			m.from = grow(m.from, k)
			for i := range m.from {
				m.from[i] = uint32(at + i)
			}
		} else {
			m.from = append(m.from[:0], rows[at:at+k]...)
		}
		src.tab.ViewRows(m.enc, m.from)
		m.to = grow(m.to, k)
		if err := m.dst.tab.FindOrInsert(m.enc, m.to); err != nil {
			return err
		}
		if m.placed != nil {
			m.placed(m.to)
		}
		if err := m.states(src, m.to, m.from); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) states(src *aggTable, to, from []uint32) error {
	for i, g := range m.dst.aggs {
		if err := g.Merge(m.dst.states(i), to, src.aggs[i], src.states(i), from); err != nil {
			return err
		}
	}
	return nil
}

// Width is the number of tables that the groups are in.
func (a *Aggregate) Width() int {
	switch {
	case a.onDisk:
		return a.query.Workers
	case a.cutting:
		return 1 << a.unitBits
	}
	return max(1, len(a.parts))
}

// Open makes an operator that puts out one table after another.
func (a *Aggregate) Open(*Worker) (Operator, error) {
	o := &aggOut{a: a, cols: newAggColumns(a), held: a.Mem.Local()}
	if a.Threshold != nil {
		o.first = &thresholdPredicate{col: a.ThresholdCol, t: a.Threshold}
	}
	return o, nil
}

type aggOut struct {
	a     *Aggregate
	t     *aggTable
	at    int
	cols  *aggColumns
	first *thresholdPredicate // what a top-N above still needs; may be nil
	held  mem.Local           // of a table that was put together here, see nextTask and nextCut
}

// Next implements Operator.
func (o *aggOut) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if o.t == nil || o.at >= o.t.groups() {
			if err := o.nextTable(ctx); err != nil {
				return err
			}
		}
		n := min(vector.BatchSize, o.t.groups()-o.at)
		o.at += n
		if o.first == nil || o.first.t.at.Load() == nil {
			return o.cols.fill(b, o.t, o.at-n, n)
		}
		if some, err := o.fillNeeded(b, o.at-n, n); some || err != nil {
			return err
		}
	}
}

// nextTable gets the next table; io.EOF after the last.
func (o *aggOut) nextTable(ctx context.Context) error {
	before := o.t
	o.t, o.at = nil, 0
	switch {
	case o.a.onDisk:
		return o.nextTask(ctx)
	case o.a.cutting:
		return o.nextCut(ctx, before)
	}
	if o.t = o.a.take(before); o.t == nil {
		return io.EOF
	}
	return nil
}

// take gives the next table, nil after the last. before is one that has been put out.
func (a *Aggregate) take(before *aggTable) *aggTable {
	a.mu.Lock()
	defer a.mu.Unlock()
	if before != nil {
		a.letGo(before)
	}
	if a.next == len(a.parts) {
		return nil
	}
	t := a.parts[a.next]
	a.parts[a.next] = nil // let go when it has been put out
	a.next++
	return t
}

// fillNeeded makes b those of n groups that the threshold needs, by the column that
// it is about, before the others are made; false if there are none.
func (o *aggOut) fillNeeded(b *vector.Batch, at, n int) (bool, error) {
	c, col := o.cols, o.first.col
	c.rows = grow(c.rows, n)
	for i := range c.rows {
		c.rows[i] = uint32(at + i)
	}
	if col < len(o.a.KeyTypes) {
		o.t.tab.ColumnOf(c.cols[col], col, c.rows)
	} else if err := c.result(col, o.t); err != nil {
		return false, err
	}
	sel := o.first.keep(&vector.Batch{N: n, Cols: c.cols}, allRows[:n])
	switch len(sel) {
	case 0:
		return false, nil
	case n:
		return true, c.gather(b, o.t, col)
	}
	for i, p := range sel { // sel ascends: writing never overtakes reading
		c.rows[i] = c.rows[p]
	}
	c.rows = c.rows[:len(sel)]
	return true, c.gather(b, o.t, -1)
}

// Close gives back what a table that was put together here took.
func (o *aggOut) Close() error {
	o.t = nil
	o.held.Close()
	return nil
}

// letGo gives back the memory of a table that has been put out. Called with mu held.
func (a *Aggregate) letGo(t *aggTable) {
	a.held.Fit(max(a.held.Held()-t.bytes(), 0))
}
