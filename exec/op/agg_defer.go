package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// aggDefer keeps the rows of a call that waits for all of them: group keys, then
// the call's arguments, then what its order needs. DISTINCT without an order
// keeps each combination once, see agg_distinct.go; with an order all rows are kept.
type aggDefer struct {
	a    *Aggregate
	c    *AggCall
	set  *aggLocal // the combinations; nil: there are rows
	rows *rowStore
	cols []*vector.Vector
	late bool // rows of a call that does not wait, see agg_spill.go
}

func (a *Aggregate) newDefer(call int) *aggDefer {
	d := &aggDefer{a: a, c: &a.Calls[call]}
	if set := a.sets[call]; set != nil {
		d.set = set.newSet()
		return d
	}
	d.rows = newRowStore(a.deferTypes(d.c))
	return d
}

// deferTypes are the columns of a call's rows: the group's key, arguments, order.
func (a *Aggregate) deferTypes(c *AggCall) []types.Type {
	ts := a.KeyTypes[:len(a.KeyTypes):len(a.KeyTypes)]
	for _, p := range c.Args {
		ts = append(ts, a.InTypes[p])
	}
	for _, s := range c.Order {
		ts = append(ts, s.Type)
	}
	return ts
}

func (d *aggDefer) bytes() int64 {
	if d.set != nil {
		return d.set.spillable()
	}
	n := d.rows.bytes()
	if len(d.a.KeyTypes) == 0 && d.a.query.Spill != nil { // ordered where they spill
		n += int64(d.rows.rows) * orderRowBytes(d.c.Order)
	}
	return n
}

// add takes the selected rows of a batch.
func (d *aggDefer) add(b *vector.Batch, sel vector.Sel, keys, inputs []*vector.Vector) error {
	d.cols = append(d.cols[:0], keys...)
	for _, p := range d.c.Args {
		d.cols = append(d.cols, inputs[p])
	}
	if d.set != nil {
		return d.set.take(&vector.Batch{N: b.N, Cols: d.cols, Sel: sel})
	}
	for _, s := range d.c.Order {
		d.cols = append(d.cols, inputs[s.Pos])
	}
	d.rows.add(&vector.Batch{N: b.N, Cols: d.cols, Sel: sel})
	return nil
}

// feedRows gives the calls with ORDER BY their rows. There is one part then.
func (a *Aggregate) feedRows(ctx context.Context) error {
	for i := range a.Calls {
		if len(a.Calls[i].Order) == 0 {
			continue
		}
		var all []*aggDefer
		for _, l := range a.locals {
			all = append(all, l.defers[i])
		}
		f := feeder{a: a, call: i, t: a.parts[0], enc: keytab.NewEncoder(a.layout)}
		if err := f.ordered(ctx, all); err != nil {
			return err
		}
		if err := a.held.Use(a.held.Held() + a.parts[0].bytes()); err != nil {
			return err
		}
	}
	return nil
}

// feeder updates one call of the merged groups.
type feeder struct {
	a      *Aggregate
	call   int
	t      *aggTable
	enc    *keytab.Encoder
	groups []uint32
}

// feed updates the groups with rows of group keys and arguments.
func (f *feeder) feed(cols []*vector.Vector, sel vector.Sel, n int) error {
	k := len(f.a.KeyTypes)
	args := cols[k : k+len(f.a.Calls[f.call].Args)]
	st := f.t.states(f.call)
	if f.t.tab == nil {
		return f.t.aggs[f.call].UpdateOne(st, args, sel, n)
	}
	f.enc.Encode(cols[:k], sel, n)
	f.groups = grow(f.groups, f.enc.Len())
	if err := f.t.tab.FindOrInsert(f.enc, f.groups); err != nil {
		return err
	}
	return f.t.aggs[f.call].Update(f.t.states(f.call), f.groups, args, sel)
}

// counter gives the call's aggregator if it has to count rows before it is fed.
func (f *feeder) counter() fn.Counter {
	c, _ := f.t.aggs[f.call].(fn.Counter)
	return c
}

// count tells it of n rows.
func (f *feeder) count(c fn.Counter, cols []*vector.Vector, n int) error {
	k := len(f.a.KeyTypes)
	args := cols[k : k+len(f.a.Calls[f.call].Args)]
	if f.t.tab == nil {
		c.Count(f.t.states(f.call), nil, args, nil, n)
		return nil
	}
	f.enc.Encode(cols[:k], nil, n)
	f.groups = grow(f.groups, f.enc.Len())
	if err := f.t.tab.FindOrInsert(f.enc, f.groups); err != nil {
		return err
	}
	c.Count(f.t.states(f.call), f.groups, args, nil, n)
	return nil
}

// distinct feeds each combination of a table once.
func (f *feeder) distinct(ctx context.Context, d *aggDefer) error {
	tab := d.set.t.tab
	cols := newVectors(len(f.a.KeyTypes) + len(f.a.Calls[f.call].Args))
	for at := 0; at < tab.Len(); at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n := min(vector.BatchSize, tab.Len()-at)
		for i := range cols {
			tab.Column(cols[i], i, at, n)
		}
		if err := f.feed(cols, nil, n); err != nil {
			return err
		}
	}
	return nil
}

// ordered sorts the rows and feeds them in order, with DISTINCT each only once.
func (f *feeder) ordered(ctx context.Context, all []*aggDefer) error {
	rows := all[0].rows
	for _, d := range all[1:] {
		rows.take(d.rows)
	}
	n := rows.rows
	if c := f.counter(); c != nil {
		for _, ch := range rows.chunks {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := f.count(c, ch.Cols, ch.N); err != nil {
				return err
			}
		}
	}
	cols, err := rows.concat(ctx, f.a.query)
	if err != nil {
		return err
	}
	order, err := f.order(ctx, cols, n)
	if err != nil {
		return err
	}
	c := &f.a.Calls[f.call]
	part := newVectors(len(f.a.KeyTypes) + len(c.Args))
	enc := keytab.NewEncoder(keytab.NewLayout(rows.types[:len(part)], true))
	seen := keytab.NewTable(enc.Layout(), 0)
	for at := 0; at < n; at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		idx := order[at:min(at+vector.BatchSize, n)]
		for i := range part {
			vector.Gather(part[i], cols[i], idx)
		}
		var sel vector.Sel
		if c.Distinct {
			if sel, err = firstSeen(seen, enc, part, len(idx)); err != nil {
				return err
			}
		}
		if err := f.feed(part, sel, len(idx)); err != nil {
			return err
		}
	}
	return nil
}

// firstSeen adds the rows' keys to a table and gives the rows that were new.
func firstSeen(t *keytab.Table, enc *keytab.Encoder, cols []*vector.Vector, n int) (vector.Sel, error) {
	enc.Encode(cols, nil, n)
	known := uint32(t.Len())
	out := make([]uint32, n)
	if err := t.FindOrInsert(enc, out); err != nil {
		return nil, err
	}
	sel := make(vector.Sel, 0, n)
	for i, r := range out {
		if r == known { // rows are numbered as they first appear
			sel = append(sel, uint16(i))
			known++
		}
	}
	return sel, nil
}

// order sorts by the call's keys and gives the row numbers.
func (f *feeder) order(ctx context.Context, cols []*vector.Vector, n int) ([]uint32, error) {
	c := &f.a.Calls[f.call]
	specs := append([]SortSpec(nil), c.Order...)
	first := len(cols) - len(specs)
	keys := newSortKeys(newSortLayout(specs))
	part := make([]*vector.Vector, len(specs))
	for at := 0; at < n; at += vector.BatchSize {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		m := min(vector.BatchSize, n-at)
		for i := range part {
			part[i] = vector.Slice(cols[first+i], at, m)
		}
		keys.add(part, allRows[:m])
	}
	rows, err := orderRun(ctx, keys, 0)
	if err != nil {
		return nil, err
	}
	out := make([]uint32, n)
	for i, r := range rows {
		out[i] = r.row
	}
	return out, nil
}
