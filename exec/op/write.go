package op

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// OutFile is a file that is being written. One goroutine uses it. Who made it
// takes care of those that are never closed.
type OutFile interface {
	Write(b *vector.Batch) error
	Size() int64     // bytes that have left the writer
	Buffered() int64 // bytes that it holds in memory
	Close() error    // the file is whole
}

// Write is a sink that puts rows into files, those of one partition into files
// of their own.
//
//	Local: batch ── rows by partition ── kept until there are partBytes ──> the partition's file
//	Finish: what the Locals still keep, partition by partition ──> one file each
//
// So a small result becomes one file in each partition however many workers there
// were, and there may be any number of partitions: only those with many rows
// have a file open before the end, at most MaxOpen of them. The Local that needs
// one more closes the one that it used longest ago; that partition gets another
// file later.
type Write struct {
	// Types are those of the table's columns. A text may come without a length: it
	// must fit then (22001). The first Data columns go into the files, those behind
	// them are the partition keys.
	Types []types.Type
	Names []string // of the columns, for errors
	Data  int
	// Open makes a file in the partition with these texts of the keys (HiveNull for
	// NULL). It is called by many goroutines.
	Open    func(ctx context.Context, keys []string) (OutFile, error)
	Mem     *mem.Account
	Target  int64 // size at which a file is closed and another begun, in bytes
	MaxOpen int

	// EmptyKeys is set if a key was the empty text, which a folder cannot spell: its
	// rows are in the partition of NULL.
	EmptyKeys atomic.Bool
	Rows      atomic.Int64

	open  atomic.Int64 // files
	width atomic.Int64 // Locals
	mu    sync.Mutex   // guards the rest
	query *Query
	rest  map[string]*writeRest
	order []*writeRest // of rest, as they came
	held  mem.Local    // what is in rest
}

// writeRest are rows of one partition that no Local has written.
type writeRest struct {
	keys []string
	rows []*vector.Batch
}

const (
	// partBytes is how much a Local keeps of a partition before it opens a file.
	partBytes = 8 << 20
	// writeBudget is what all Locals may keep together before the largest
	// partitions are written early.
	writeBudget = 256 << 20
)

// NewLocal implements Sink.
func (w *Write) NewLocal(worker *Worker) (Local, error) {
	l := &writeLocal{w: w, held: w.Mem.Local()}
	w.width.Add(1)
	w.mu.Lock()
	if w.query == nil { // before a Local can hand over rows
		w.query, w.held = worker.Query, w.Mem.Local()
	}
	w.mu.Unlock()
	if len(w.Types) == w.Data {
		l.parts = []*writePart{{}}
		return l, nil
	}
	lay := keytab.NewLayout(w.Types[w.Data:], true)
	l.enc, l.table = keytab.NewEncoder(lay), keytab.NewTable(lay, 0)
	return l, nil
}

// writePart is what one Local does for one partition.
type writePart struct {
	keys []string
	rows vector.Batch // that are kept
	kept int64        // their bytes
	file OutFile      // nil: none is open
	used int64        // when the file was written to
	sel  vector.Sel   // rows of the present batch
}

type writeLocal struct {
	w     *Write
	held  mem.Local
	enc   *keytab.Encoder
	table *keytab.Table
	parts []*writePart // by row of the table
	ids   []uint32
	hit   []*writePart // of the present batch
	kept  int64
	clock int64
	in    vector.Batch // the rows in the table's types
	data  vector.Batch // without the keys
}

// Add implements Local.
func (l *writeLocal) Add(ctx context.Context, b *vector.Batch) error {
	l.w.Rows.Add(int64(b.Rows()))
	if err := l.fit(b); err != nil {
		return err
	}
	b = &l.in
	setCols(&l.data, b.N, b.Sel, b.Cols[:l.w.Data]...)
	if l.table == nil {
		if err := l.put(ctx, l.parts[0], &l.data); err != nil {
			return err
		}
		return l.account(ctx)
	}
	if err := l.divide(b); err != nil {
		return err
	}
	for _, p := range l.hit {
		l.data.Sel = p.sel
		err := l.put(ctx, p, &l.data)
		if p.sel = p.sel[:0]; err != nil {
			return err
		}
	}
	return l.account(ctx)
}

// fit checks the lengths of texts.
func (l *writeLocal) fit(b *vector.Batch) error {
	setCols(&l.in, b.N, b.Sel, b.Cols...)
	for i, t := range l.w.Types {
		v, bad := kernel.FitText(b.Cols[i], t, b)
		if bad >= 0 {
			return fault.New(fault.CodeStringTruncation, "value too long for type %s", t).InColumn(l.w.Names[i])
		}
		l.in.Cols[i] = v
	}
	return nil
}

// divide finds the partition of each row.
func (l *writeLocal) divide(b *vector.Batch) error {
	keys := b.Cols[l.w.Data:]
	l.enc.Encode(keys, b.Sel, b.N)
	l.ids = grow(l.ids, l.enc.Len())
	if err := l.table.FindOrInsert(l.enc, l.ids); err != nil {
		return err
	}
	l.hit = l.hit[:0]
	for k, row := range selOf(b) {
		id := l.ids[k]
		if int(id) >= len(l.parts) {
			l.parts = append(l.parts, &writePart{keys: l.texts(keys, int(row))})
		}
		p := l.parts[id]
		if len(p.sel) == 0 {
			l.hit = append(l.hit, p)
		}
		p.sel = append(p.sel, row)
	}
	return nil
}

// texts spells the keys of a row as they stand in folders' names.
func (l *writeLocal) texts(keys []*vector.Vector, row int) []string {
	out := make([]string, len(keys))
	for i, v := range keys {
		out[i] = catalog.HiveNull
		flat, at, ok := textval.At(v, row)
		if !ok {
			continue
		}
		text := string(textval.AppendText(nil, flat, at))
		if v.Type.Kind == types.Char {
			text = strings.TrimRight(text, " ")
		}
		if text == "" {
			l.w.EmptyKeys.Store(true)
			continue
		}
		out[i] = text
	}
	return out
}

// put keeps rows of a partition, or writes them if it has a file.
func (l *writeLocal) put(ctx context.Context, p *writePart, b *vector.Batch) error {
	if p.file != nil && p.kept == 0 && len(l.w.Types) == l.w.Data { // many rows at a time: no need to copy them
		return l.write(ctx, p, b)
	}
	if p.rows.Cols == nil {
		for _, c := range b.Cols {
			p.rows.Cols = append(p.rows.Cols, vector.New(c.Type, 0))
		}
	}
	b.AppendTo(&p.rows)
	now := p.rows.MemoryBytes()
	l.kept += now - p.kept
	if p.kept = now; now < partBytes {
		return nil
	}
	return l.flush(ctx, p)
}

// flush writes what is kept of a partition.
func (l *writeLocal) flush(ctx context.Context, p *writePart) error {
	err := l.write(ctx, p, &p.rows)
	for _, c := range p.rows.Cols {
		c.Reset(c.Type, 0)
	}
	l.kept -= p.kept
	p.rows.N, p.kept = 0, 0
	return err
}

// write puts rows into the partition's file and closes it when it is large
// enough.
func (l *writeLocal) write(ctx context.Context, p *writePart, b *vector.Batch) error {
	if p.file == nil {
		if err := l.makeRoom(); err != nil {
			return err
		}
		f, err := l.w.Open(ctx, p.keys)
		if err != nil {
			return err
		}
		p.file = f
		l.w.open.Add(1)
	}
	l.clock++
	p.used = l.clock
	if err := p.file.Write(b); err != nil {
		return err
	}
	if p.file.Size()+p.file.Buffered()/4 >= l.w.Target { // what is buffered is not compressed yet
		return l.close(p)
	}
	return nil
}

func (l *writeLocal) close(p *writePart) error {
	f := p.file
	p.file = nil
	l.w.open.Add(-1)
	return f.Close()
}

// makeRoom closes the file that was used longest ago if too many are open.
func (l *writeLocal) makeRoom() error {
	if int(l.w.open.Load()) < l.w.MaxOpen {
		return nil
	}
	if p := l.best(func(p *writePart) int64 { return -p.used }, func(p *writePart) bool { return p.file != nil }); p != nil {
		return l.close(p)
	}
	return nil // all are other workers': there may be one more for each of them
}

// best finds the partition with the greatest measure among those that count.
func (l *writeLocal) best(measure func(*writePart) int64, counts func(*writePart) bool) *writePart {
	var out *writePart
	for _, p := range l.parts {
		if counts(p) && (out == nil || measure(p) > measure(out)) {
			out = p
		}
	}
	return out
}

// account charges what the Local holds, and writes or closes what is largest
// where that is too much.
func (l *writeLocal) account(ctx context.Context) error {
	if l.kept > writeBudget/max(1, l.w.width.Load()) {
		if _, err := l.Spill(ctx, l.kept/2); err != nil {
			return err
		}
	}
	err := l.held.Use(l.bytes())
	for err != nil {
		freed, serr := l.Spill(ctx, l.kept)
		if serr != nil {
			return serr
		}
		if p := l.best((*writePart).buffered, func(p *writePart) bool { return p.file != nil }); p != nil {
			freed += p.buffered()
			if cerr := l.close(p); cerr != nil {
				return cerr
			}
		}
		if err = l.held.Use(l.bytes()); err != nil && freed == 0 {
			return err
		}
	}
	return nil
}

func (p *writePart) buffered() int64 { return p.file.Buffered() }

func (l *writeLocal) bytes() int64 {
	n := l.kept
	if l.table != nil {
		n += l.table.MemoryBytes()
	}
	for _, p := range l.parts {
		if p.file != nil {
			n += p.file.Buffered()
		}
	}
	return n
}

// Spill implements Local: the largest partitions go into their files.
func (l *writeLocal) Spill(ctx context.Context, want int64) (int64, error) {
	var freed int64
	for freed < want {
		p := l.best(func(p *writePart) int64 { return p.kept }, func(p *writePart) bool { return p.kept > 0 })
		if p == nil {
			break
		}
		freed += p.kept
		if err := l.flush(ctx, p); err != nil {
			return freed, err
		}
	}
	return freed, nil
}

// Combine implements Local: partitions with a file get the rest into it, the
// others leave their rows to Finish.
func (l *writeLocal) Combine(ctx context.Context) error {
	for _, p := range l.parts {
		switch {
		case p.file != nil:
			if p.kept > 0 {
				if err := l.flush(ctx, p); err != nil {
					return err
				}
			}
			if p.file != nil {
				if err := l.close(p); err != nil {
					return err
				}
			}
		case p.rows.N > 0:
			l.w.leave(p)
		}
	}
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	l.held.Move(&l.w.held)
	return nil
}

// leave hands over the rows of a partition.
func (w *Write) leave(p *writePart) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := strings.Join(p.keys, "\x00")
	r := w.rest[id]
	if r == nil {
		if w.rest == nil {
			w.rest = map[string]*writeRest{}
		}
		r = &writeRest{keys: p.keys}
		w.rest[id], w.order = r, append(w.order, r)
	}
	r.rows = append(r.rows, &p.rows)
}

// Finish implements Sink.
func (w *Write) Finish(ctx context.Context) error {
	defer w.held.Close()
	return forEach(ctx, w.query, len(w.order), func(ctx context.Context, i int) error { return w.finish(ctx, w.order[i]) })
}

func (w *Write) finish(ctx context.Context, r *writeRest) error {
	f, err := w.Open(ctx, r.keys)
	if err != nil {
		return err
	}
	for i, b := range r.rows {
		if err := f.Write(b); err != nil {
			return err
		}
		r.rows[i] = nil
	}
	return f.Close()
}
