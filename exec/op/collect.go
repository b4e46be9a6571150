package op

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// Collect keeps all rows, for a common table expression that is read more than
// once. Readers made by Reader share the rows.
type Collect struct {
	Types []types.Type
	Mem   *mem.Account

	mu   sync.Mutex
	rows rowStore
	held mem.Local
}

// NewLocal makes one copy's part.
func (c *Collect) NewLocal(*Worker) (Local, error) {
	return &collectLocal{c: c, rows: newRowStore(c.Types), held: c.Mem.Local()}, nil
}

// Finish has nothing to do: the chunks are what readers want.
func (c *Collect) Finish(context.Context) error { return nil }

type collectLocal struct {
	NoSpill
	c    *Collect
	rows *rowStore
	held mem.Local
}

func (l *collectLocal) Add(_ context.Context, b *vector.Batch) error {
	l.rows.add(b)
	return l.held.Use(l.rows.bytes())
}

func (l *collectLocal) Combine(context.Context) error {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.c.rows.take(l.rows)
	l.held.Move(&l.c.held)
	return nil
}

// Reader gives a source of the collected rows' columns at the positions in cols.
func (c *Collect) Reader(cols []int) Source { return &collectReader{c: c, cols: cols} }

// collectReader is a Batches that is filled when the rows are there.
type collectReader struct {
	c    *Collect
	cols []int
	once sync.Once
	list Batches
}

func (r *collectReader) Width() int { return max(1, len(r.c.rows.chunks)) }

func (r *collectReader) Open(w *Worker) (Operator, error) {
	r.once.Do(func() {
		for _, ch := range r.c.rows.chunks {
			b := &vector.Batch{N: ch.N}
			for _, p := range r.cols {
				b.Cols = append(b.Cols, ch.Cols[p])
			}
			r.list.List = append(r.list.List, b)
		}
	})
	return r.list.Open(w)
}
