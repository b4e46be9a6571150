package op

import (
	"context"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// wholeSet are the calls of a Window that are aggregates of whole partitions by the
// same keys. Where all calls are such, rows need no order: each one's partition is
// found by hash, and the partition's results are put beside it.
//
//	pieces of the rows, in parallel:  keys ── table ──> ids, states
//	then:                             tables merged into the first, ids renumbered, results computed
type wholeSet struct {
	s      *Window
	prefix int       // how many keys
	calls  []int     // positions in s.Calls
	agg    Aggregate // makes the tables
	ids    []uint32  // each row's partition; all 0 without keys
	res    []*vector.Vector
}

// wholeSets gives nil where a call is not an aggregate of whole partitions.
func (s *Window) wholeSets() []*wholeSet {
	var sets []*wholeSet
	for i := range s.Calls {
		c := &s.Calls[i]
		if len(s.Keys) == 0 || !wholePartition(c) {
			return nil
		}
		k := 0
		for k < len(sets) && sets[k].prefix != c.Partition {
			k++
		}
		if k == len(sets) {
			sets = append(sets, &wholeSet{s: s, prefix: c.Partition})
		}
		sets[k].calls = append(sets[k].calls, i)
		sets[k].agg.Calls = append(sets[k].agg.Calls, AggCall{New: c.New, Type: c.Type})
	}
	for _, w := range sets {
		for _, k := range s.Keys[:w.prefix] {
			w.agg.KeyTypes = append(w.agg.KeyTypes, k.Type)
		}
		w.agg.layout = keytab.NewLayout(w.agg.KeyTypes, true)
	}
	return sets
}

// wholePartition reports whether a call gives one result for each partition,
// whatever the order of its rows. Without ORDER BY all rows are peers.
func wholePartition(c *window.Call) bool {
	f := &c.Frame
	edge := func(b *window.Bound, all plan.BoundKind) bool {
		return b.Kind == all || b.Kind == plan.CurrentRow && f.Unit != plan.FrameRows
	}
	return c.New != nil && c.Order == 0 && f.Exclude == plan.ExcludeNoOthers &&
		edge(&f.Start, plan.UnboundedPreceding) && edge(&f.End, plan.UnboundedFollowing)
}

// run computes the partitions and their results. What it holds afterwards is in held.
func (w *wholeSet) run(ctx context.Context, held *mem.Local) error {
	s := w.s
	w.ids = make([]uint32, s.n)
	if err := held.Use(held.Held() + 4*int64(s.n)); err != nil {
		return err
	}
	workers := s.query.Workers
	size := (s.n + workers - 1) / workers
	tabs, used := make([]*aggTable, (s.n+size-1)/size), make([]mem.Local, (s.n+size-1)/size)
	for i := range used {
		used[i] = s.Mem.Local()
		defer used[i].Close()
	}
	err := forEach(ctx, s.query, len(tabs), func(ctx context.Context, i int) error {
		var err error
		if tabs[i], err = w.agg.newTable(); err != nil {
			return err
		}
		return w.fill(ctx, tabs[i], &used[i], i*size, min((i+1)*size, s.n))
	})
	if err != nil {
		return err
	}
	for i := 1; i < len(tabs); i++ {
		if err := w.merge(ctx, tabs[0], tabs[i], w.ids[i*size:min((i+1)*size, s.n)]); err != nil {
			return err
		}
		if err := used[0].Use(tabs[0].bytes()); err != nil {
			return err
		}
	}
	return w.finish(tabs[0], held)
}

// fill adds rows from to to to a table.
func (w *wholeSet) fill(ctx context.Context, t *aggTable, held *mem.Local, from, to int) error {
	p := wholePiece{w: w, t: t, enc: keytab.NewEncoder(w.agg.layout)}
	for at := from; at < to; at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.add(at, min(vector.BatchSize, to-at)); err != nil {
			return err
		}
		if err := held.Use(t.bytes()); err != nil {
			return err
		}
	}
	return nil
}

// wholePiece is one goroutine's work.
type wholePiece struct {
	w    *wholeSet
	t    *aggTable
	enc  *keytab.Encoder
	vecs []*vector.Vector
	sel  vector.Sel
	sub  []uint32
}

// add adds n rows from at on.
func (p *wholePiece) add(at, n int) error {
	s, ids := p.w.s, p.w.ids[at:at+n]
	if p.t.tab != nil {
		p.vecs = p.vecs[:0]
		for _, k := range s.Keys[:p.w.prefix] {
			p.vecs = append(p.vecs, vector.Slice(s.cols[k.Pos], at, n))
		}
		p.enc.Encode(p.vecs, nil, n)
		if err := p.t.tab.FindOrInsert(p.enc, ids); err != nil {
			return err
		}
	}
	for i, k := range p.w.calls {
		if err := p.update(i, &s.Calls[k], ids, at); err != nil {
			return err
		}
	}
	return nil
}

func (p *wholePiece) update(i int, c *window.Call, ids []uint32, at int) error {
	p.vecs = p.vecs[:0]
	for _, a := range c.Args {
		p.vecs = append(p.vecs, vector.Slice(p.w.s.cols[a], at, len(ids)))
	}
	var sel vector.Sel
	groups := ids
	if c.Filter >= 0 {
		p.pick(vector.Slice(p.w.s.cols[c.Filter], at, len(ids)), ids)
		if sel, groups = p.sel, p.sub; len(sel) == 0 {
			return nil
		}
	}
	if p.t.tab == nil {
		return p.t.aggs[i].UpdateOne(p.t.states(i), p.vecs, sel, len(ids))
	}
	return p.t.aggs[i].Update(p.t.states(i), groups, p.vecs, sel)
}

// pick lists the rows at which a filter is true, and their partitions.
func (p *wholePiece) pick(filter *vector.Vector, ids []uint32) {
	p.sel, p.sub = p.sel[:0], p.sub[:0]
	for i, x := range vector.Values[bool](filter)[:len(ids)] {
		if x && !filter.IsNull(i) {
			p.sel, p.sub = append(p.sel, uint16(i)), append(p.sub, ids[i])
		}
	}
}

// merge adds the partitions of src to dst and renumbers the rows that have them.
func (w *wholeSet) merge(ctx context.Context, dst, src *aggTable, ids []uint32) error {
	m := merger{dst: dst, enc: keytab.NewEncoder(w.agg.layout)}
	if dst.tab == nil {
		return m.states(src, []uint32{0}, []uint32{0})
	}
	place := make([]uint32, 0, src.tab.Len())
	m.placed = func(to []uint32) { place = append(place, to...) }
	if err := m.table(ctx, src, nil); err != nil {
		return err
	}
	return forRows(ctx, w.s.query, len(ids), func(from, to int) {
		for i, id := range ids[from:to] {
			ids[from+i] = place[id]
		}
	})
}

// finish computes the results of all partitions.
func (w *wholeSet) finish(t *aggTable, held *mem.Local) error {
	rows := make([]uint32, t.groups())
	for i := range rows {
		rows[i] = uint32(i)
	}
	for i, k := range w.calls {
		v := vector.New(w.s.Calls[k].Type, 0)
		if err := t.aggs[i].Final(t.states(i), rows, v); err != nil {
			return err
		}
		if err := held.Use(held.Held() + vector.MemoryBytes(v)); err != nil {
			return err
		}
		w.res = append(w.res, v)
	}
	return nil
}

// results fills out, by call, with the results of n rows from at on.
func (w *wholeSet) results(out []*vector.Vector, at, n int) {
	for i, k := range w.calls {
		vector.Gather(out[k], w.res[i], w.ids[at:at+n])
	}
}
