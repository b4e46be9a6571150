package memtable

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/formats/vector"
)

// Reader reads rows of a Snapshot in order. It is a formats.Source; one
// goroutine uses it.
type Reader struct {
	snap  *Snapshot
	cols  []int
	chunk int // the next chunk
	skip  int // rows of it that are passed over
	own   bool
}

// Scan reads the rows from row number from on (0 is the first), only the columns
// at the given positions; nil stands for all of them. The Snapshot must stay open
// until the Reader has ended.
func (p *Snapshot) Scan(cols []int, from int64) *Reader {
	if cols == nil {
		cols = make([]int, len(p.types))
		for i := range cols {
			cols[i] = i
		}
	}
	r := &Reader{snap: p, cols: cols}
	for r.chunk < len(p.chunks) && from >= int64(p.chunks[r.chunk].N) {
		from -= int64(p.chunks[r.chunk].N)
		r.chunk++
	}
	r.skip = int(from)
	return r
}

// Owned makes the Reader close its Snapshot when it is closed itself.
func (r *Reader) Owned() *Reader {
	r.own = true
	return r
}

// Next implements formats.Source: the next rows, at most vector.BatchSize, or
// io.EOF. The vectors stay valid and unchanged for as long as the Snapshot is
// open, beyond the next call.
func (r *Reader) Next(ctx context.Context, b *vector.Batch) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if r.chunk >= len(r.snap.chunks) {
		return io.EOF
	}
	c := r.snap.chunks[r.chunk]
	b.N, b.Sel, b.Cols = c.N-r.skip, nil, b.Cols[:0]
	for _, i := range r.cols {
		v := c.Cols[i]
		if r.skip > 0 {
			v = vector.Slice(v, r.skip, b.N)
		}
		b.Cols = append(b.Cols, v)
	}
	r.chunk++
	r.skip = 0
	return nil
}

// Close implements formats.Source.
func (r *Reader) Close() error {
	if r.own {
		r.snap.Close()
	}
	return nil
}
