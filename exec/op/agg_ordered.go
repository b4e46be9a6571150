package op

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// One group may have more rows than the memory holds. Its calls wait for all of them:
//
//	with ORDER BY   rows are sorted on disk and fed as they are merged
//	with DISTINCT   rows are cut by the hash of their arguments and fed part by part
//
// What the call makes of them must fit: the text of a string_agg, not its rows. One that
// needs few of the values, such as a percentile, keeps those alone.

// orderedRuns are the rows of a call with ORDER BY, sorted on disk by that order alone:
// so the rows of each group come in order.
type orderedRuns struct {
	a    *Aggregate
	call int
	sort *Sort
}

func (a *Aggregate) newOrderedRuns(call int) *orderedRuns {
	c := &a.Calls[call]
	ts := a.deferTypes(c)
	keys := slices.Clone(c.Order)
	for i := range keys {
		keys[i].Pos = len(ts) - len(keys) + i
	}
	return &orderedRuns{a: a, call: call, sort: newDiskSort(a.query, ts, keys, a.Mem, a.Trace)}
}

// orderedOf gives the runs of a call of the only group.
func (a *Aggregate) orderedOf(call int) *orderedRuns {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ordered == nil {
		a.ordered = map[int]*orderedRuns{}
	}
	if a.ordered[call] == nil {
		a.ordered[call] = a.newOrderedRuns(call)
	}
	return a.ordered[call]
}

// feed gives the call its rows in order, with DISTINCT each once. charge is told what
// that takes besides the groups.
func (r *orderedRuns) feed(ctx context.Context, f *feeder, charge func(bytes int64) error) error {
	defer r.sort.dropRuns()
	if err := r.sort.mergeDisk(ctx); err != nil {
		return err
	}
	if err := r.count(ctx, f, charge); err != nil {
		return err
	}
	m, err := r.sort.newMerge(ctx, r.sort.disk)
	if err != nil {
		return err
	}
	defer m.close()
	c := &r.a.Calls[r.call]
	n := len(r.sort.Types) - len(c.Order)
	var once *onceEach
	if c.Distinct {
		once = newOnceEach(r, n)
	}
	var b vector.Batch
	for {
		if err := m.next(ctx, &b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		sel, held := b.Sel, int64(0)
		if once != nil {
			if sel, err = once.rows(&b); err != nil {
				return err
			}
			held = once.seen.MemoryBytes()
		}
		if err := f.feed(b.Cols[:n], sel, b.N); err != nil {
			return err
		}
		if err := charge(held); err != nil {
			return err
		}
	}
}

// count tells the call of all its rows if it has to know how many there are.
func (r *orderedRuns) count(ctx context.Context, f *feeder, charge func(bytes int64) error) error {
	c := f.counter()
	if c == nil {
		return nil
	}
	for _, p := range r.sort.disk {
		err := eachBatch(ctx, p, func(b *vector.Batch) error {
			if err := f.count(c, b.Cols, b.N); err != nil {
				return err
			}
			return charge(0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// onceEach finds the rows whose keys and arguments are new. Where the order is one of
// arguments, equal rows have equal keys of it: what was seen is forgotten when it moves
// on.
type onceEach struct {
	r       *orderedRuns
	n       int // leading columns
	forgets bool
	lay     *keytab.Layout
	seen    *keytab.Table
	enc     *keytab.Encoder
	last    *sortKeys // of the last row
	first   *sortKeys
	cols    []*vector.Vector
}

func newOnceEach(r *orderedRuns, n int) *onceEach {
	c := &r.a.Calls[r.call]
	lay := keytab.NewLayout(r.sort.Types[:n], true)
	o := &onceEach{r: r, n: n, forgets: true, lay: lay, seen: keytab.NewTable(lay, 0), enc: keytab.NewEncoder(lay),
		last: newSortKeys(r.sort.lay), first: newSortKeys(r.sort.lay)}
	for _, k := range c.Order {
		o.forgets = o.forgets && slices.Contains(c.Args, k.Pos)
	}
	return o
}

// rows gives the new rows of the next batch.
func (o *onceEach) rows(b *vector.Batch) (vector.Sel, error) {
	o.cols = append(o.cols[:0], b.Cols[o.n:]...)
	o.first.reset()
	o.first.add(o.cols, allRows[:1])
	if o.forgets && o.last.n > 0 && compareKeys(o.last, 0, o.first, 0) != 0 {
		o.seen = keytab.NewTable(o.lay, 0)
	}
	o.last.reset()
	o.last.add(o.cols, allRows[b.N-1:b.N])
	return firstSeen(o.seen, o.enc, b.Cols[:o.n], b.N)
}

// feedOrdered feeds the calls of the only group whose rows are on disk.
func (a *Aggregate) feedOrdered(ctx context.Context) error {
	for call := range a.Calls {
		r := a.ordered[call]
		if r == nil {
			continue
		}
		f := feeder{a: a, call: call, t: a.parts[0], enc: keytab.NewEncoder(a.layout)}
		if err := r.feed(ctx, &f, func(more int64) error { return a.held.Use(a.parts[0].bytes() + more) }); err != nil {
			return err
		}
	}
	return nil
}

// large gathers rows of a call for groups that cutting does not make smaller.
type large struct {
	m    *taskMerge
	call int
	runs *orderedRuns // of a call with ORDER BY
	rows *rowStore
	srcs []aggSource // of one without
}

func (m *taskMerge) newLarge(call int) *large {
	l := &large{m: m, call: call}
	if len(m.a.Calls[call].Order) > 0 {
		l.runs = m.a.newOrderedRuns(call)
		l.rows = newRowStore(l.runs.sort.Types)
	}
	return l
}

// add takes the rows of a section.
func (l *large) add(ctx context.Context, src aggSource) error {
	if l.runs == nil {
		l.srcs = append(l.srcs, src)
		return nil
	}
	return src.read(ctx, func(b *vector.Batch) error {
		l.rows.add(b)
		held := l.rows.bytes() + int64(l.rows.rows)*orderRowBytes(l.m.a.Calls[l.call].Order)
		l.m.extra = held
		err := l.m.charge()
		if err != nil && !fault.Is(err, fault.CodeOutOfMemory) || err == nil && held < l.m.a.pieceBytes() {
			return err
		}
		if err := l.runs.sort.storeRun(ctx, l.rows); err != nil {
			return err
		}
		l.m.extra = 0
		return l.m.charge()
	})
}

// pieceBytes is how much is gathered at once where memory is short.
func (a *Aggregate) pieceBytes() int64 {
	free, _ := a.Mem.Tightest()
	return min(max(free/8, 4*a.query.Spill.BlockBytes()), 32<<20)
}

// feed gives the call its rows.
func (l *large) feed(ctx context.Context) error {
	m := l.m
	f := feeder{a: m.a, call: l.call, t: m.t, enc: m.enc}
	if l.runs != nil {
		if err := l.runs.sort.storeRun(ctx, l.rows); err != nil {
			return err
		}
		m.extra = 0
		return l.runs.feed(ctx, &f, func(more int64) error {
			m.extra = more
			return m.charge()
		})
	}
	held := m.a.Mem.Local()
	defer held.Close()
	subs := make([]*aggTask, 1<<cutBits)
	for p := range subs {
		subs[p] = &aggTask{byArgs: true}
	}
	for _, src := range l.srcs {
		if err := m.a.splitSource(ctx, src, subs, &held); err != nil {
			return err
		}
	}
	return m.a.feedParts(ctx, l.call, subs, m.t, &held, m.charge)
}

// feedParts feeds a call its partitions by arguments, which it cuts further where they
// do not fit. charge counts the groups after each.
func (a *Aggregate) feedParts(ctx context.Context, call int, tasks []*aggTask, t *aggTable, held *mem.Local, charge func() error) error {
	for len(tasks) > 0 {
		task := tasks[len(tasks)-1]
		subs, err := a.feedPart(ctx, call, task, t, held)
		if err != nil {
			return err
		}
		tasks = append(tasks[:len(tasks)-1], subs...)
		if err := charge(); err != nil {
			return err
		}
	}
	return nil
}
