// Package memtable holds rows in memory, column by column: what temporary tables
// and scrollable cursors keep.
//
//	Store ── chunks of up to vector.BatchSize rows, each a flat batch that owns its memory
//	  └─ Snapshot ── the chunks of one moment, shared; never changes
//
// A Store only grows, is emptied, or is put back to an earlier Snapshot. A chunk
// that a Snapshot shares is never written again: an append copies it first, so
// readers need no lock. One goroutine uses a Store at a time; a Snapshot may be
// read by many. A chunk's memory is charged to the Store's account until the
// Store and every Snapshot that shares it have let go.
package memtable

import (
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// maxChunk is how many bytes a chunk takes before another one is begun, far
// from the 4 GiB that a vector can address.
const maxChunk = 16 << 20

// chunk is some rows. It is written only while the Store alone holds it.
type chunk struct {
	vector.Batch
	first int64        // number of rows before it
	bytes int64        // charged
	refs  atomic.Int32 // the Store and Snapshots
}

// full reports whether nothing more is to be appended.
func (c *chunk) full() bool { return c.N >= vector.BatchSize || c.bytes >= maxChunk }

func (c *chunk) release(a *mem.Account) {
	if c.refs.Add(-1) == 0 && a != nil {
		a.Release(c.bytes)
	}
}

// Store is an append-only store of rows.
type Store struct {
	types  []types.Type
	acct   *mem.Account
	chunks []*chunk
	rows   int64
}

// New makes an empty store of rows of the given columns, charged to acct (nil:
// not counted).
func New(ts []types.Type, acct *mem.Account) *Store { return &Store{types: ts, acct: acct} }

// Types gives the types of the columns. It must not be written.
func (s *Store) Types() []types.Type { return s.types }

// Rows gives the number of rows.
func (s *Store) Rows() int64 { return s.rows }

// Bytes gives what the rows take of the account.
func (s *Store) Bytes() int64 {
	var n int64
	for _, c := range s.chunks {
		n += c.bytes
	}
	return n
}

// Append adds copies of the batch's selected rows, whose columns must have the
// store's types. Without the memory for them (53200) some of them may have been
// added: Restore takes them away.
func (s *Store) Append(b *vector.Batch) error {
	for done, n := 0, b.Rows(); done < n; {
		c, err := s.tail()
		if err != nil {
			return err
		}
		m := min(n-done, vector.BatchSize-c.N)
		if c.N == 0 && b.N > 0 {
			m = min(m, max(1, int(maxChunk/(b.MemoryBytes()/int64(b.N)+1))))
		}
		appendRows(c, b, done, m)
		s.rows += int64(m)
		done += m
		if err := s.charge(c); err != nil {
			return err
		}
	}
	return nil
}

// appendRows appends rows from .. from+n of the selected rows of b.
func appendRows(c *chunk, b *vector.Batch, from, n int) {
	for i, col := range b.Cols {
		if b.Sel != nil {
			c.Cols[i].AppendRows(col, b.Sel[from:from+n], n)
		} else {
			c.Cols[i].AppendRange(col, from, n)
		}
	}
	c.N += n
}

// charge brings the account to what the chunk holds now.
func (s *Store) charge(c *chunk) error {
	now := c.MemoryBytes()
	if s.acct != nil {
		if err := s.acct.Reserve(now - c.bytes); err != nil {
			return err
		}
	}
	c.bytes = now
	return nil
}

// tail gives the chunk to append to: the last one, a copy of it where a Snapshot
// shares it, or a new one.
func (s *Store) tail() (*chunk, error) {
	if k := len(s.chunks); k > 0 && !s.chunks[k-1].full() {
		c := s.chunks[k-1]
		if c.refs.Load() == 1 {
			return c, nil
		}
		fresh := &chunk{first: c.first}
		c.CompactTo(&fresh.Batch)
		if err := s.charge(fresh); err != nil {
			return nil, err
		}
		fresh.refs.Store(1)
		s.chunks = append(s.chunks[:k-1:k-1], fresh)
		c.release(s.acct)
		return fresh, nil
	}
	c := &chunk{first: s.rows}
	for _, t := range s.types {
		c.Cols = append(c.Cols, vector.New(t, 0))
	}
	c.refs.Store(1)
	s.chunks = append(s.chunks, c)
	return c, nil
}

// Truncate drops all rows.
func (s *Store) Truncate() {
	for _, c := range s.chunks {
		c.release(s.acct)
	}
	s.chunks, s.rows = nil, 0
}

// Snapshot gives the rows as they are now, to be closed by the caller.
func (s *Store) Snapshot() *Snapshot {
	for _, c := range s.chunks {
		c.refs.Add(1)
	}
	return &Snapshot{types: s.types, acct: s.acct, chunks: s.chunks[:len(s.chunks):len(s.chunks)], rows: s.rows}
}

// Restore puts the rows back to what they were when the snapshot was taken of
// this store. The snapshot stays the caller's.
func (s *Store) Restore(p *Snapshot) {
	for _, c := range p.chunks {
		c.refs.Add(1)
	}
	s.Truncate()
	s.chunks, s.rows = p.chunks, p.rows
}

// Snapshot is the rows of a Store at one moment. Safe for concurrent use.
type Snapshot struct {
	types  []types.Type
	acct   *mem.Account
	chunks []*chunk
	rows   int64
	once   sync.Once
}

// Types gives the types of the columns. It must not be written.
func (p *Snapshot) Types() []types.Type { return p.types }

// Rows gives the number of rows.
func (p *Snapshot) Rows() int64 { return p.rows }

// Close lets go of the rows; Readers of them must have ended. It may be called
// again.
func (p *Snapshot) Close() {
	p.once.Do(func() {
		for _, c := range p.chunks {
			c.release(p.acct)
		}
	})
}
