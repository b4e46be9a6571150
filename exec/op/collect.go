package op

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// Collect keeps all rows, for a common table expression that is read more than
// once. Readers made by Reader share the rows. What does not fit in memory is in
// files, which every reader reads again. What all readers have read in memory is let
// go of, unless Keep says that there will be more of them.
type Collect struct {
	Types []types.Type
	Mem   *mem.Account

	mu    sync.Mutex
	rows  rowStore
	disk  []*spill.Part
	held  mem.Local
	bytes int64 // of the chunks that are there; guarded by mu while they are read

	readers int32          // how many there are
	lasts   bool           // there may be more
	read    []atomic.Int32 // how many have taken each chunk
}

// NewLocal makes one copy's part.
func (c *Collect) NewLocal(w *Worker) (Local, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == (mem.Local{}) {
		c.held = c.Mem.Local()
	}
	return &collectLocal{c: c, files: w.Query.Spill, rows: newRowStore(c.Types), room: newRoom(w.Query, c.Mem)}, nil
}

// Finish counts what there is to read: the chunks and files are what readers want.
func (c *Collect) Finish(context.Context) error {
	c.read, c.bytes = make([]atomic.Int32, len(c.rows.chunks)), c.rows.bytes()
	return nil
}

// Keep has the rows be there for readers that are made while others read.
func (c *Collect) Keep() { c.lasts = true }

// take gives chunk i to a reader. The last one takes it away, and has left to give back
// when it has read it: its bytes.
func (c *Collect) take(i int) (ch *vector.Batch, left int64) {
	ch = c.rows.chunks[i]
	if c.read[i].Add(1) == c.readers && !c.lasts {
		c.rows.chunks[i], left = nil, ch.MemoryBytes()
	}
	return ch, left
}

// giveBack takes bytes of a chunk that nobody reads any more off the account.
func (c *Collect) giveBack(bytes int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes -= bytes
	return c.held.Fit(c.bytes)
}

// count gives the number of rows.
func (c *Collect) count() int64 {
	n := int64(c.rows.rows)
	for _, p := range c.disk {
		n += p.Rows()
	}
	return n
}

// drop lets go of the rows, when nobody reads them any more.
func (c *Collect) drop() {
	c.held.Close()
	for _, p := range c.disk {
		p.Remove()
	}
	c.rows, c.disk = rowStore{}, nil
}

type collectLocal struct {
	c     *Collect
	files *spill.Files
	rows  *rowStore
	disk  []*spill.Part
	room  *room
}

// Add implements Local.
func (l *collectLocal) Add(ctx context.Context, b *vector.Batch) error {
	l.rows.add(b)
	return l.room.use(ctx, l)
}

func (l *collectLocal) bytes() int64 { return l.rows.bytes() }

// Spill writes all rows to a file.
func (l *collectLocal) Spill(context.Context, int64) (int64, error) {
	bytes := l.bytes()
	if l.rows.rows == 0 || l.files == nil {
		return 0, nil
	}
	part, err := writeRows(l.files, l.rows)
	if err != nil {
		return 0, err
	}
	l.disk = append(l.disk, part)
	return bytes, nil
}

// writeRows moves the rows of a store, which is empty afterwards, to a file.
func writeRows(files *spill.Files, rows *rowStore) (*spill.Part, error) {
	w, err := files.Create(rows.types)
	if err != nil {
		return nil, err
	}
	for i, ch := range rows.chunks {
		rows.chunks[i] = nil
		if err := w.Append(ch); err != nil {
			w.Abort()
			return nil, err
		}
	}
	*rows = *newRowStore(rows.types)
	return w.Close()
}

// Combine implements Local.
func (l *collectLocal) Combine(context.Context) error {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.c.rows.take(l.rows)
	l.c.disk = append(l.c.disk, l.disk...)
	l.room.move(&l.c.held)
	return nil
}

// Reader gives a source of the collected rows' columns at the positions in cols; nil:
// all columns. All readers are made before the first one is opened, unless Keep was called.
func (c *Collect) Reader(cols []int) Source {
	c.readers++
	return &collectReader{c: c, cols: cols}
}

// collectReader reads the rows once: each chunk, and each file, by one of its copies.
type collectReader struct {
	c    *Collect
	cols []int
	next atomic.Int64
}

// Width implements Source.
func (r *collectReader) Width() int { return max(1, len(r.c.rows.chunks)+len(r.c.disk)) }

// Open implements Source.
func (r *collectReader) Open(*Worker) (Operator, error) { return &collectOp{r: r}, nil }

type collectOp struct {
	r    *collectReader
	file *spill.Reader // of the file at work; nil: none
	b    vector.Batch
	left int64 // bytes of the chunk at work, if this is its last reader
}

// Next implements Operator.
func (o *collectOp) Next(ctx context.Context, b *vector.Batch) error {
	if o.left > 0 {
		if err := o.r.c.giveBack(o.left); err != nil {
			return err
		}
		o.left = 0
	}
	for {
		if o.file != nil {
			err := o.file.Next(ctx, &o.b)
			if err == nil {
				o.put(b, &o.b)
				return nil
			}
			if err != io.EOF {
				return err
			}
			o.file.Close()
			o.file = nil
		}
		c := o.r.c
		switch i := int(o.r.next.Add(1)) - 1; {
		case i < len(c.rows.chunks):
			var ch *vector.Batch
			if ch, o.left = c.take(i); ch.N > 0 {
				o.put(b, ch)
				return nil
			}
		case i < len(c.rows.chunks)+len(c.disk):
			var err error
			if o.file, err = c.disk[i-len(c.rows.chunks)].Open(); err != nil {
				return err
			}
		default:
			return io.EOF
		}
	}
}

// put makes b the wanted columns of rows.
func (o *collectOp) put(b, rows *vector.Batch) {
	if o.r.cols == nil {
		setCols(b, rows.N, nil, rows.Cols...)
		return
	}
	b.N, b.Sel, b.Cols = rows.N, nil, b.Cols[:0]
	for _, p := range o.r.cols {
		b.Cols = append(b.Cols, rows.Cols[p])
	}
}

// Close implements Operator.
func (o *collectOp) Close() error {
	if o.file != nil {
		o.file.Close()
		o.file = nil
	}
	return nil
}
