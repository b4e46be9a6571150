package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// rowStore keeps rows column by column in chunks of at most vector.MaxBatch rows.
type rowStore struct {
	types  []types.Type
	chunks []*vector.Batch // flat columns, no selection
	rows   int
	closed int64 // bytes of all chunks but the last
}

// chunkBytes closes a chunk early when its rows are wide.
const chunkBytes = 64 << 20

func newRowStore(ts []types.Type) *rowStore { return &rowStore{types: ts} }

// add appends b's selected rows; b's columns are the store's.
func (s *rowStore) add(b *vector.Batch) {
	n := b.Rows()
	if n == 0 {
		return
	}
	c := s.room(n)
	b.AppendTo(c)
	s.rows += n
}

// room gives a chunk that takes n more rows.
func (s *rowStore) room(n int) *vector.Batch {
	if k := len(s.chunks); k > 0 {
		c := s.chunks[k-1]
		size := c.MemoryBytes()
		if c.N+n <= vector.MaxBatch && size < chunkBytes {
			return c
		}
		s.closed += size
	}
	c := &vector.Batch{Cols: make([]*vector.Vector, len(s.types))}
	for i, t := range s.types {
		c.Cols[i] = vector.New(t, 0)
	}
	if k := len(s.chunks); k > 0 {
		reserveAs(c, s.chunks[k-1])
	}
	s.chunks = append(s.chunks, c)
	return c
}

// reserveAs makes c, which is to follow a full chunk, as large: growing by doubling would
// leave its size again as garbage.
func reserveAs(c, full *vector.Batch) {
	rows := full.N
	if rows > vector.MaxBatch/2 {
		rows = vector.MaxBatch
	}
	for i, col := range c.Cols {
		data := len(full.Cols[i].Data)
		col.Reserve(rows, data+data/16)
	}
}

// value gives column c of row i.
func (s *rowStore) value(c, i int) types.Value {
	for _, ch := range s.chunks {
		if i < ch.N {
			return vector.ValueAt(ch.Cols[c], i)
		}
		i -= ch.N
	}
	panic("row out of range")
}

// bytes counts what the store holds.
func (s *rowStore) bytes() int64 {
	if len(s.chunks) == 0 {
		return 0
	}
	return s.closed + s.chunks[len(s.chunks)-1].MemoryBytes()
}

// take moves the chunks of t, which is not used any more, into s.
func (s *rowStore) take(t *rowStore) {
	if t.rows == 0 {
		return
	}
	if len(s.chunks) > 0 {
		s.closed += s.chunks[len(s.chunks)-1].MemoryBytes()
	}
	s.chunks = append(s.chunks, t.chunks...)
	s.closed += t.closed
	s.rows += t.rows
}

// concat gives all rows as one vector per column, each chunk's rows in order.
// The store is empty afterwards.
func (s *rowStore) concat(ctx context.Context, q *Query) ([]*vector.Vector, error) {
	if len(s.chunks) == 1 {
		cols := s.chunks[0].Cols
		s.chunks = nil
		return cols, nil
	}
	cols := make([]*vector.Vector, len(s.types))
	err := forEach(ctx, q, len(cols), func(ctx context.Context, c int) error {
		var err error
		cols[c], err = s.column(ctx, c)
		return err
	})
	s.chunks = nil
	return cols, err
}

// column joins column c of all chunks and lets go of the parts.
func (s *rowStore) column(ctx context.Context, c int) (*vector.Vector, error) {
	v := vector.New(s.types[c], s.rows)
	v.Resize(0)
	data := 0
	for _, ch := range s.chunks {
		data += len(ch.Cols[c].Data)
	}
	if data > 0 {
		v.Data = make([]byte, 0, data)
	}
	for _, ch := range s.chunks {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		v.AppendRange(ch.Cols[c], 0, ch.N)
		ch.Cols[c] = nil
	}
	return v, nil
}

// rowsAt gives n rows of columns as a batch that shares their memory.
func rowsAt(cols []*vector.Vector, from, n int) *vector.Batch {
	b := &vector.Batch{N: n, Cols: make([]*vector.Vector, len(cols))}
	for i, col := range cols {
		b.Cols[i] = vector.Slice(col, from, n)
	}
	return b
}
