package op

import (
	"context"
	"errors"
	"io"
	"math"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
)

// PartialAggregate groups the rows that pass through a pipeline as far as that goes
// without holding many of them: it puts out the keys and results of a group for a part
// of its rows, and later for another part. Each copy has a table of its own. When that
// is full, its groups go on and it begins anew; if they are hardly fewer than the rows
// were, from then on each row goes on as a group of its own.
type PartialAggregate struct {
	In Source
	Of *Aggregate // what is computed; it is no sink here
}

// What a copy holds, and when it gives up.
const (
	// partialGroups is how many groups a table holds at most.
	partialGroups = 1 << 16
	// mostGroups is the part of the rows that the groups may be when the table is full.
	// Before, little can be said: keys may come in order, each once, and then again.
	mostGroups = 0.6
	// singleBytes is how much an aggregator may hold for groups of one row, which have
	// gone on, before another takes its place.
	singleBytes = 1 << 20
)

// Width is the input's.
func (p *PartialAggregate) Width() int { return p.In.Width() }

// Open makes one copy.
func (p *PartialAggregate) Open(w *Worker) (Operator, error) {
	local, err := p.Of.NewLocal(w)
	if err != nil {
		return nil, err
	}
	in, err := p.In.Open(w)
	if err != nil {
		return nil, err
	}
	local.(*aggLocal).room.leave()
	local.(*aggLocal).limit = math.MaxInt // what is full goes on
	return &partialOp{a: p.Of, in: in, l: local.(*aggLocal), out: newAggColumns(p.Of), single: newAggColumns(p.Of)}, nil
}

// partialOp is one copy. It takes rows, flushes the table, takes rows and so on, until
// the input ends; in the end it may be passing rows on.
type partialOp struct {
	a  *Aggregate
	in Operator
	l  *aggLocal
	b  vector.Batch

	rows     int  // that the table has taken
	ended    bool // the input
	flushing bool
	at       int // group that goes on next, while flushing
	out      *aggColumns

	passing bool
	states  []byte // of a batch's rows, while passing
	aggs    []fn.Aggregator
	single  *aggColumns
}

// Next gives groups, or the rows of one batch as such.
func (o *partialOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		switch {
		case o.flushing && o.at < o.l.t.groups():
			n := min(vector.BatchSize, o.l.t.groups()-o.at)
			o.at += n
			return o.out.fill(b, o.l.t, o.at-n, n)
		case o.ended:
			return io.EOF
		case o.flushing:
			if err := o.begin(); err != nil {
				return err
			}
		}
		err := o.in.Next(ctx, &o.b)
		switch {
		case errors.Is(err, io.EOF):
			o.ended, o.flushing, o.at = true, true, 0
		case err != nil:
			return err
		case o.passing:
			return o.pass(b)
		default:
			if err := o.take(ctx); err != nil {
				return err
			}
		}
	}
}

// take adds a batch to the table, and judges.
func (o *partialOp) take(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o.rows += o.b.Rows()
	if err := o.l.Add(ctx, &o.b); err != nil {
		return err
	}
	groups := o.l.t.groups()
	if groups < partialGroups {
		return nil
	}
	o.flushing, o.at = true, 0
	o.passing = float64(groups) > mostGroups*float64(o.rows)
	if o.a.Trace != nil {
		if o.passing {
			o.a.Trace.Passing.Add(1)
		}
		o.a.Trace.Memory.Store(max(o.l.bytes(), o.a.Trace.Memory.Load()))
	}
	return nil
}

// begin empties the table. What it put out has gone on.
func (o *partialOp) begin() error {
	o.flushing, o.rows = false, 0
	t, err := o.a.newTable()
	if err != nil {
		return err
	}
	if !o.passing {
		t.tab = o.l.t.tab
		t.tab.Reset()
	}
	o.l.t = t
	return o.l.room.held.Use(o.l.bytes())
}

// pass puts a batch's rows out as groups of their own.
func (o *partialOp) pass(b *vector.Batch) error {
	l, n := o.l, o.b.Rows()
	var err error
	if l.inputs, err = evalItems(&o.b, o.b.Sel, l.a.Inputs, l.exprs, l.inputs[:0]); err != nil {
		return err
	}
	for i, p := range l.a.Keys {
		vector.GatherSel(o.single.cols[i], o.b.Cols[p], selOf(&o.b))
	}
	for i := range l.a.Calls {
		if err := o.each(i, n); err != nil {
			return err
		}
	}
	setCols(b, n, nil, o.single.cols...)
	return nil
}

// each computes call i for every row of the batch alone.
func (o *partialOp) each(i, n int) error {
	agg, err := o.aggregator(i)
	if err != nil {
		return err
	}
	size := (agg.StateSize() + 7) &^ 7
	if cap(o.states) < n*size {
		o.states = alignedBytes(vector.MaxBatch * size)
	}
	o.states = o.states[:n*size]
	clear(o.states)
	st := fn.States{Rows: o.states, Stride: size}
	l := o.l
	l.groups = grow(l.groups, n)
	for k := range l.groups {
		l.groups[k] = uint32(k)
	}
	sel, groups := o.b.Sel, l.groups
	if l.filters[i] != nil {
		s, err := l.filters[i].Filter(&o.b, o.b.Sel)
		if err != nil {
			return err
		}
		if s != nil {
			sel, groups = s, l.groupsOf(&o.b, s)
		}
	}
	l.args = l.args[:0]
	for _, p := range l.a.Calls[i].Args {
		l.args = append(l.args, l.inputs[p])
	}
	if err := agg.Update(st, groups, l.args, sel); err != nil {
		return err
	}
	v := o.single.cols[len(l.a.KeyTypes)+i]
	v.Reset(l.a.Calls[i].Type, 0)
	return agg.Final(st, l.groups, v)
}

// aggregator gives the one for call i's groups of one row. What it gave for the batch
// before has gone on.
func (o *partialOp) aggregator(i int) (fn.Aggregator, error) {
	if o.aggs == nil {
		o.aggs = make([]fn.Aggregator, len(o.a.Calls))
	}
	if g := o.aggs[i]; g != nil && g.MemoryBytes() < singleBytes {
		return g, nil
	}
	var err error
	o.aggs[i], err = o.a.Calls[i].New()
	return o.aggs[i], err
}

// Close gives the memory back.
func (o *partialOp) Close() error {
	o.l.room.close()
	return o.in.Close()
}

// aggColumns are the columns in which groups go out.
type aggColumns struct {
	a    *Aggregate
	cols []*vector.Vector
	rows []uint32
}

func newAggColumns(a *Aggregate) *aggColumns {
	o := &aggColumns{a: a}
	for _, t := range a.KeyTypes {
		o.cols = append(o.cols, vector.New(t, 0))
	}
	for i := range a.Calls {
		o.cols = append(o.cols, vector.New(a.Calls[i].Type, 0))
	}
	return o
}

// fill makes b the groups of a table from the at-th on.
func (o *aggColumns) fill(b *vector.Batch, t *aggTable, at, n int) error {
	o.rows = grow(o.rows, n)
	for i := range o.rows {
		o.rows[i] = uint32(at + i)
	}
	return o.gather(b, t, -1)
}

// gather makes b the groups in rows. Column done, which is one of a call, has been
// computed already.
func (o *aggColumns) gather(b *vector.Batch, t *aggTable, done int) error {
	for i := range o.a.KeyTypes {
		t.tab.ColumnOf(o.cols[i], i, o.rows)
	}
	for i := range t.aggs {
		if c := len(o.a.KeyTypes) + i; c != done {
			if err := o.result(c, t); err != nil {
				return err
			}
		}
	}
	setCols(b, len(o.rows), nil, o.cols...)
	return nil
}

// result computes column c, one of a call, for the groups in rows.
func (o *aggColumns) result(c int, t *aggTable) error {
	i := c - len(o.a.KeyTypes)
	o.cols[c].Reset(o.a.Calls[i].Type, 0)
	return t.aggs[i].Final(t.states(i), o.rows, o.cols[c])
}
