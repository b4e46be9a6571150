package op

import (
	"context"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// What a worker spills are files of rows, each cut into sections by the lower bits of
// the hash of the group's key:
//
//	groups   the key and the bytes of all states, of calls whose states are all that they keep
//	rows     the key, arguments and order of rows that a call is to see: one that waits
//	         for all rows (DISTINCT, ORDER BY), or, once memory is short, one that keeps
//	         values beside its states (array_agg, min of strings, sketches)
//
// What the latter have gathered by then cannot be written. Those tables are frozen:
// they stay in memory and are merged in the end, and the call's rows from then on are
// written. agg_disk.go puts everything together, section by section.

// aggFile is a file that was spilled.
type aggFile struct {
	part *spill.Part
	call int          // whose rows it has; groupsKind: groups
	left atomic.Int32 // sections that nobody is through with
}

// groupsKind stands for a call in files of groups.
const groupsKind = -1

// through gives the file up when its last section has been used.
func (f *aggFile) through() {
	if f.left.Add(-1) == 0 {
		f.part.Remove()
	}
}

// aggSeed is the part of a frozen table that belongs to a task.
type aggSeed struct {
	t    *aggTable
	cut  *aggCut // of all of the table
	rows []uint32
}

// judge finds out which calls keep everything in their states.
func (a *Aggregate) judge() error {
	a.flat = make([]bool, len(a.Calls))
	for i := range a.Calls {
		g, err := a.Calls[i].New()
		if err != nil {
			return err
		}
		a.flat[i] = fn.FlatStates(g)
	}
	return nil
}

// late tells that a call's rows are written instead of its states.
func (a *Aggregate) late(i int) bool { return !a.flat[i] && !a.Calls[i].deferred() }

// allFlat tells that no table has to be frozen.
func (a *Aggregate) allFlat() bool {
	for i := range a.Calls {
		if a.late(i) {
			return false
		}
	}
	return true
}

// canSpill tells whether anything of the worker's can be written.
func (l *aggLocal) canSpill() bool {
	if l.a.query.Spill == nil {
		return false
	}
	if l.t.tab != nil {
		return true
	}
	for _, d := range l.defers {
		if d != nil && !d.late {
			return true
		}
	}
	return false
}

// Spill writes groups and rows, and freezes tables that cannot be written.
func (l *aggLocal) Spill(ctx context.Context, _ int64) (int64, error) {
	if !l.canSpill() {
		return 0, nil
	}
	had := l.bytes()
	l.direct = directGroups{off: true} // its array is worth less than what else the memory can hold
	if l.t.tab != nil {
		if err := l.spillTables(ctx); err != nil {
			return 0, err
		}
	}
	for i, d := range l.defers {
		if d == nil || d.len() == 0 {
			continue
		}
		var err error
		if l.t.tab == nil && d.set == nil {
			err = l.a.orderedOf(i).sort.storeRun(ctx, d.rows)
		} else {
			err = l.spillDefer(ctx, i, d)
		}
		if err != nil {
			return 0, err
		}
		if l.defers[i] = l.a.newDefer(i); d.late {
			l.defers[i] = l.a.newLateDefer(&l.a.Calls[i])
		}
	}
	return had - l.bytes(), nil
}

// spillTables writes the groups of the table and of sealed ones, or freezes them.
func (l *aggLocal) spillTables(ctx context.Context) error {
	freeze := !l.a.allFlat() && !l.froze
	tables := l.sealed
	if l.t.tab.Len() > 0 {
		l.cutByHash()
		tables = append(tables, &aggLocal{a: l.a, t: l.t, cut: l.cut})
	}
	t, err := l.a.newTable() // of a table that has just been sealed too: it keeps its room
	if err != nil {
		return err
	}
	if freeze {
		t.tab.TakeSlots(l.t.tab)
	}
	l.t, l.cut = t, nil
	l.sealed, l.sealedRows, l.sealedBytes, l.rows, l.appending, l.limit = nil, 0, 0, 0, 0, sealRows
	l.seen = nil
	if freeze {
		l.freeze(tables)
		return nil
	}
	for i, s := range tables {
		if err := l.a.spillGroups(ctx, s, l.enc); err != nil {
			return err
		}
		tables[i] = nil // what has been written is let go before the next is
	}
	return nil
}

// freeze keeps tables for the end, and has the calls whose values are in them see no
// more rows until then.
func (l *aggLocal) freeze(tables []*aggLocal) {
	l.room.early, l.froze = false, true
	for _, s := range tables {
		l.frozen = append(l.frozen, aggSeed{t: s.t, cut: s.cut})
		l.frozenBytes += s.t.bytes() + 4*int64(s.t.tab.Len())
	}
	for i := range l.a.Calls {
		if l.a.late(i) {
			l.defers[i] = l.a.newLateDefer(&l.a.Calls[i])
		}
	}
}

// groupTypes are the columns of groups in files: keys and states.
func (a *Aggregate) groupTypes() []types.Type {
	return append(a.KeyTypes[:len(a.KeyTypes):len(a.KeyTypes)], types.TVarbinary)
}

// spillGroups writes the groups of a table, partition by partition.
func (a *Aggregate) spillGroups(ctx context.Context, l *aggLocal, enc *keytab.Encoder) error {
	w, err := a.query.Spill.Create(a.groupTypes())
	if err != nil {
		return err
	}
	cols := newVectors(len(a.KeyTypes) + 1)
	step := stepOf(a.query, l.t.bytes(), l.t.tab.Len())
	for p := range 1 << cutBits {
		rows := l.cut.of(p, cutBits)
		for at := 0; at < len(rows); at += step {
			if ctx.Err() != nil {
				w.Abort()
				return context.Cause(ctx)
			}
			part := rows[at:min(at+step, len(rows))]
			for i := range a.KeyTypes {
				l.t.tab.ColumnOf(cols[i], i, part)
			}
			l.t.stateColumn(cols[len(cols)-1], part)
			if err := w.Append(&vector.Batch{N: len(part), Cols: cols}); err != nil {
				w.Abort()
				return err
			}
		}
		if err := cutSection(w, p); err != nil {
			return err
		}
	}
	return a.addFile(w, groupsKind)
}

// stepOf gives how many rows are handed to a file at a time: those of about two
// blocks.
func stepOf(q *Query, bytes int64, rows int) int {
	per := bytes/int64(max(rows, 1)) + 1
	return int(max(min(2*q.Spill.BlockBytes()/per, vector.BatchSize), 1))
}

// cutSection ends section p of a file unless it is the last one.
func cutSection(w *spill.Writer, p int) error {
	if p == 1<<cutBits-1 {
		return nil
	}
	err := w.Cut()
	if err != nil {
		w.Abort()
	}
	return err
}

// stateColumn makes v the bytes of the states of rows.
func (t *aggTable) stateColumn(v *vector.Vector, rows []uint32) {
	v.Reset(types.TVarbinary, len(rows))
	stride, off := t.tab.RowBytes(), t.tab.StateOffset()
	size, all := stride-off, t.tab.Rows()
	data, out := v.Data, v.Ranges()
	for k, r := range rows {
		at := int(r)*stride + off
		out[k] = vector.Range{Off: uint32(len(data)), Len: uint32(size)}
		data = append(data, all[at:at+size]...)
	}
	v.Data = data
}

// addFile ends a file and notes it.
func (a *Aggregate) addFile(w *spill.Writer, call int) error {
	f, err := a.closeFile(w, call)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.disk = append(a.disk, f)
	return nil
}

func (a *Aggregate) closeFile(w *spill.Writer, call int) (*aggFile, error) {
	part, err := w.Close()
	if err != nil {
		return nil, err
	}
	if a.Trace != nil {
		a.Trace.Spilled.Add(part.Bytes())
	}
	f := &aggFile{part: part, call: call}
	f.left.Store(1 << cutBits)
	return f, nil
}

// newLateDefer keeps rows of a call that does not wait by itself.
func (a *Aggregate) newLateDefer(c *AggCall) *aggDefer {
	return &aggDefer{a: a, c: c, rows: newRowStore(a.deferTypes(c)), late: true}
}

// len counts the rows.
func (d *aggDefer) len() int {
	if d.set != nil {
		return d.set.sealedRows + d.set.t.tab.Len()
	}
	return d.rows.rows
}

// spillDefer writes the rows of a call.
func (l *aggLocal) spillDefer(ctx context.Context, call int, d *aggDefer) error {
	a := l.a
	if d.set == nil {
		f, err := a.writeRows(ctx, d.rows, call, 0, false)
		if err == nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.disk = append(a.disk, f)
		}
		return err
	}
	tables := []*keytab.Table{d.set.t.tab}
	for _, s := range d.set.sealed {
		tables = append(tables, s.t.tab)
	}
	cuts := make([][][]uint32, len(tables))
	for i, tab := range tables {
		var err error
		if cuts[i], err = a.cutDistinct(ctx, d.c, tab); err != nil {
			return err
		}
	}
	ts := d.set.a.KeyTypes
	w, err := a.query.Spill.Create(ts)
	if err != nil {
		return err
	}
	cols := newVectors(len(ts))
	step := stepOf(a.query, d.bytes(), d.len())
	for p := range 1 << cutBits {
		for k, tab := range tables {
			for rows := cuts[k][p]; len(rows) > 0; {
				if ctx.Err() != nil {
					w.Abort()
					return context.Cause(ctx)
				}
				part := rows[:min(step, len(rows))]
				rows = rows[len(part):]
				for i := range ts {
					tab.ColumnOf(cols[i], i, part)
				}
				if err := w.Append(&vector.Batch{N: len(part), Cols: cols}); err != nil {
					w.Abort()
					return err
				}
			}
		}
		if err := cutSection(w, p); err != nil {
			return err
		}
	}
	return a.addFile(w, call)
}

// cutDistinct lists the rows of a call's table by partition of their groups.
func (a *Aggregate) cutDistinct(ctx context.Context, c *AggCall, tab *keytab.Table) ([][]uint32, error) {
	cut := make([][]uint32, 1<<cutBits)
	h := a.newHasher(c, false)
	cols := newVectors(h.n)
	for at := 0; at < tab.Len(); at += vector.BatchSize {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		n := min(vector.BatchSize, tab.Len()-at)
		for i := range cols {
			tab.Column(cols[i], i, at, n)
		}
		for k, p := range h.parts(cols, n, 0) {
			cut[p] = append(cut[p], uint32(at+k))
		}
	}
	return cut, nil
}

// aggHasher tells which partition rows belong to: that of their group, or of their
// arguments if there is but one group.
type aggHasher struct {
	enc *keytab.Encoder
	n   int // leading columns that are hashed
	out []uint8
}

func (a *Aggregate) newHasher(c *AggCall, byArgs bool) *aggHasher {
	if len(a.KeyTypes) > 0 && !byArgs {
		return &aggHasher{enc: keytab.NewEncoder(a.layout), n: len(a.KeyTypes)}
	}
	ts := a.deferTypes(c)[:len(a.KeyTypes)+len(c.Args)]
	return &aggHasher{enc: keytab.NewEncoder(keytab.NewLayout(ts, true)), n: len(ts)}
}

// parts gives each row's partition, among those that level times cutBits bits tell
// apart already.
func (h *aggHasher) parts(cols []*vector.Vector, n, level int) []uint8 {
	h.enc.Encode(cols[:h.n], nil, n)
	h.out = grow(h.out, n)
	for k, x := range h.enc.Hashes() {
		h.out[k] = uint8(keytab.PartOf(x>>(level*cutBits), cutBits))
	}
	return h.out
}

// writeRows writes rows into sections by the bits of a level, those of the arguments'
// hash if byArgs says so.
func (a *Aggregate) writeRows(ctx context.Context, rows *rowStore, call, level int, byArgs bool) (*aggFile, error) {
	w, err := a.query.Spill.Create(rows.types)
	if err != nil {
		return nil, err
	}
	var c *AggCall
	if call != groupsKind {
		c = &a.Calls[call]
	}
	h := a.newHasher(c, byArgs)
	sels := make([][1 << cutBits]vector.Sel, len(rows.chunks))
	for i, ch := range rows.chunks {
		for k, p := range h.parts(ch.Cols, ch.N, level) {
			sels[i][p] = append(sels[i][p], uint16(k))
		}
	}
	for p := range 1 << cutBits {
		for i, ch := range rows.chunks {
			if ctx.Err() != nil {
				w.Abort()
				return nil, context.Cause(ctx)
			}
			if len(sels[i][p]) == 0 {
				continue
			}
			if err := w.Append(&vector.Batch{N: ch.N, Cols: ch.Cols, Sel: sels[i][p]}); err != nil {
				w.Abort()
				return nil, err
			}
		}
		if err := cutSection(w, p); err != nil {
			return nil, err
		}
	}
	return a.closeFile(w, call)
}
