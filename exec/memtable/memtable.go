// Package memtable holds rows in memory, column by column: what temporary tables
// and scrollable cursors keep.
//
//	Store ── chunks of up to vector.BatchSize rows, each a flat batch that owns its memory
//	  └─ Snapshot ── the chunks of one moment, shared; never changes
//
// A Store grows at its end, loses rows, or is put back to an earlier Snapshot. A
// chunk that a Snapshot shares is never written again: an append copies it first, so
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

func releaseAll(list []*chunk, a *mem.Account) {
	for _, c := range list {
		c.release(a)
	}
}

// Store is a store of rows that appends fill.
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
// store's types. Without the memory for them (53200) none is added.
func (s *Store) Append(b *vector.Batch) error {
	k, n := len(s.chunks), 0
	if k > 0 {
		n = s.chunks[k-1].N
	}
	err := s.append(b)
	if err != nil {
		s.cut(k, n)
	}
	return err
}

// cut goes back to k chunks of which the last has n rows.
func (s *Store) cut(k, n int) {
	for _, c := range s.chunks[k:] {
		s.rows -= int64(c.N)
		c.release(s.acct)
	}
	s.chunks = s.chunks[:k:k]
	if k == 0 || n == 0 || s.chunks[k-1].N == n {
		return
	}
	c := s.chunks[k-1]
	s.rows -= int64(c.N - n)
	for _, v := range c.Cols {
		v.Resize(n)
	}
	c.N = n
}

func (s *Store) append(b *vector.Batch) error {
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
		fresh := &chunk{}
		c.CompactTo(&fresh.Batch)
		if err := s.charge(fresh); err != nil {
			return nil, err
		}
		fresh.refs.Store(1)
		s.chunks = append(s.chunks[:k-1:k-1], fresh)
		c.release(s.acct)
		return fresh, nil
	}
	c := &chunk{}
	for _, t := range s.types {
		c.Cols = append(c.Cols, vector.New(t, 0))
	}
	c.refs.Store(1)
	s.chunks = append(s.chunks, c)
	return c, nil
}

// Take moves the rows of another store, which is charged to the same account, to
// the end of s, and leaves it empty. An error (53200) leaves both as they were.
func (s *Store) Take(from *Store) error {
	rest := from.chunks
	if k := len(s.chunks); k > 0 && len(rest) > 0 && s.chunks[k-1].N+rest[0].N <= vector.BatchSize &&
		s.chunks[k-1].bytes+rest[0].bytes <= maxChunk {
		if err := s.Append(&rest[0].Batch); err != nil {
			return err
		}
		rest[0].release(from.acct)
		rest = rest[1:]
	}
	for _, c := range rest {
		s.chunks, s.rows = append(s.chunks, c), s.rows+int64(c.N)
	}
	from.chunks, from.rows = nil, 0
	return nil
}

// Delete drops the rows whose bits are set, by row number. Without the memory to
// copy what stays of their chunks (53200) nothing is dropped.
func (s *Store) Delete(dead vector.Bitmap) error {
	var kept []*chunk
	at, rows := 0, int64(0)
	for _, c := range s.chunks {
		k, err := s.survivors(c, dead, at)
		if err != nil {
			releaseAll(kept, s.acct)
			return err
		}
		at += c.N
		if k != nil {
			kept, rows = append(kept, k), rows+int64(k.N)
		}
	}
	releaseAll(s.chunks, s.acct)
	s.chunks, s.rows = kept, rows
	return nil
}

// survivors gives the chunk without its dead rows, the first of which has the
// number at: itself, a copy, or nil if none is left.
func (s *Store) survivors(c *chunk, dead vector.Bitmap, at int) (*chunk, error) {
	live := make(vector.Sel, 0, c.N)
	for i := range c.N {
		if !dead.Get(at + i) {
			live = append(live, uint16(i))
		}
	}
	switch len(live) {
	case 0:
		return nil, nil
	case c.N:
		c.refs.Add(1)
		return c, nil
	}
	b := c.Batch
	b.Sel = live
	k := &chunk{}
	k.refs.Store(1)
	b.CompactTo(&k.Batch)
	return k, s.charge(k)
}

// Cut drops all rows but the first n.
func (s *Store) Cut(n int64) {
	for k := len(s.chunks) - 1; k >= 0 && s.rows > n; k-- {
		c := s.chunks[k]
		if s.rows-int64(c.N) >= n {
			s.cut(k, 0)
			continue
		}
		keep := c.N - int(s.rows-n)
		if c.refs.Load() > 1 { // it is not ours to cut
			part := &chunk{}
			part.refs.Store(1)
			b := c.Batch
			b.Sel = firstRows(keep)
			b.CompactTo(&part.Batch)
			_ = s.charge(part) // going back must not fail: what is not charged now is with the next append
			s.chunks = append(s.chunks[:k:k], part)
			c.release(s.acct)
			s.rows = n
			return
		}
		s.cut(k+1, keep)
	}
}

func firstRows(n int) vector.Sel {
	sel := make(vector.Sel, n)
	for i := range sel {
		sel[i] = uint16(i)
	}
	return sel
}

// Truncate drops all rows.
func (s *Store) Truncate() {
	releaseAll(s.chunks, s.acct)
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
		releaseAll(p.chunks, p.acct)
	})
}
