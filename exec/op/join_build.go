package op

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// JoinKey is one equality of a hash join as one side sees it.
type JoinKey struct {
	Item     ProjectItem // the side's expression
	Type     types.Type
	NullSafe bool // NULL equals NULL
}

// JoinBuild is the sink of a join's build side: it keeps the rows, and after
// Finish a hash table of their keys. Rows with equal keys form a chain.
//
//	Add: rows + computed keys ──> chunks
//	Finish: chunks ── encode keys, cut by hash ──> Parts: key -> first row; next[row] -> next row
//	        (or an array by key, see denseIndex)
//	        chunks ── concat ──> one vector per column, gathered by row number
type JoinBuild struct {
	Types   []types.Type // the columns of the input
	Keys    []JoinKey
	KeepAll bool // keep rows whose key is NULL: the join preserves the build side, or must know of them
	Filters []*RuntimeFilter
	Mem     *mem.Account
	Trace   *Trace // may be nil

	query *Query
	mu    sync.Mutex
	rows  *rowStore
	cut   *joinCutter // of rows that are cut already; nil: none
	held  mem.Local
	files mem.Local // kept for the blocks of the probe side's files, until they are made

	// Set for the build side of a part of a join.
	depth   int          // how often its rows were cut
	stored  []types.Type // the input's columns: Types and the computed keys; nil: they are computed here
	cutRows int64        // how many there were when they were cut
	whole   bool         // its rows cannot be cut, or it would not help
	lasts   bool         // it is probed more than once

	// Read-only after Finish.
	spill    *joinSpill // nil: all rows are in memory
	some     bool       // there is a row, in memory or not
	keyAt    []int      // column of each key in the store
	layout   *keytab.Layout
	cols     []*vector.Vector
	n        int
	parts    *keytab.Parts
	denseIdx *denseIndex // in the place of parts; nil: there is none
	next     []uint32    // row+1 of the next row with the same key, 0 at the end
	unique   bool        // no two rows have the same key
	nullKeys bool        // some row has a NULL in a key that is not null-safe
	matched  []uint64    // bits of rows that found a partner, kept for outer joins
}

// NewLocal makes one copy's part.
func (j *JoinBuild) NewLocal(w *Worker) (Local, error) {
	j.mu.Lock()
	if j.query != w.Query { // else others may be reading it
		j.query = w.Query
	}
	j.init()
	j.mu.Unlock()
	l := &joinBuildLocal{j: j, rows: newRowStore(j.storeTypes()), room: newRoom(w.Query.root(), j.Mem)}
	l.exprs = make([]Expr, len(j.Keys))
	for i, k := range j.Keys {
		if k.Item.Pass < 0 {
			l.exprs[i] = k.Item.Expr()
		}
	}
	return l, nil
}

// init works out where the keys lie. Called with mu held.
func (j *JoinBuild) init() {
	if j.rows != nil {
		return
	}
	j.keyAt = make([]int, len(j.Keys))
	at := len(j.Types)
	for i, k := range j.Keys {
		if j.keyAt[i] = k.Item.Pass; k.Item.Pass < 0 {
			j.keyAt[i] = at
			at++
		}
	}
	j.rows = newRowStore(j.storeTypes())
	j.layout = keyLayout(j.Keys)
	j.held = j.Mem.Local()
}

// Keep has the build side be there for several probes, one after the other.
func (j *JoinBuild) Keep() { j.lasts = true }

func (j *JoinBuild) storeTypes() []types.Type {
	if j.stored != nil {
		return j.stored
	}
	ts := append([]types.Type(nil), j.Types...)
	for _, k := range j.Keys {
		if k.Item.Pass < 0 {
			ts = append(ts, k.Type)
		}
	}
	return ts
}

func keyLayout(keys []JoinKey) *keytab.Layout {
	ts, nulls := make([]types.Type, len(keys)), false
	for i, k := range keys {
		ts[i] = k.Type
		nulls = nulls || k.NullSafe
	}
	return keytab.NewLayout(ts, nulls)
}

// joinBlock is one chunk's keys on their way into the table.
type joinBlock struct {
	enc  *keytab.Encoder
	rows []uint32 // row number of each key; nil: base, base+1, ...
	base uint32
}

// partitionRows is how many rows are worth being cut into partitions.
const partitionRows = 1 << 16

// Finish builds the hash table and hands the keys to the runtime filters.
func (j *JoinBuild) Finish(ctx context.Context) error {
	q := j.query
	if err := j.settle(ctx); err != nil {
		return err
	}
	j.n = j.rows.rows
	if j.n >= math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 4 billion rows on the build side of a join")
	}
	rowBytes := j.rows.bytes()
	j.parts = keytab.NewParts(j.layout, 4, 0)
	if len(j.Keys) > 0 {
		if err := j.index(ctx, q); err != nil {
			return err
		}
	}
	var err error
	if j.cols, err = j.rows.concat(ctx, q); err != nil {
		return err
	}
	if j.KeepAll {
		j.matched = make([]uint64, (j.n+63)/64)
	}
	held := rowBytes + 4*int64(len(j.next)) + j.parts.MemoryBytes() + j.denseIdx.bytes()
	if err := j.held.Use(held); err != nil {
		if held, err = 0, j.demote(ctx, err); err != nil {
			return err
		}
	}
	if j.Trace != nil {
		j.Trace.Memory.Store(held)
	}
	if err := j.filter(ctx); err != nil {
		return err
	}
	q.root().idle.add(j)
	return nil
}

// index builds what the rows of a key are found by.
func (j *JoinBuild) index(ctx context.Context, q *Query) error {
	if ok, err := j.dense(ctx, q); ok || err != nil {
		return err
	}
	blocks, err := j.encode(ctx, q)
	if err != nil {
		return err
	}
	return j.fill(ctx, q, blocks)
}

// encode makes the key images of every chunk.
func (j *JoinBuild) encode(ctx context.Context, q *Query) ([]joinBlock, error) {
	blocks := make([]joinBlock, len(j.rows.chunks))
	base := uint32(0)
	for i, c := range j.rows.chunks {
		blocks[i].base = base
		base += uint32(c.N)
	}
	err := forEach(ctx, q, len(blocks), func(_ context.Context, i int) error {
		c, bl := j.rows.chunks[i], &blocks[i]
		keys := make([]*vector.Vector, len(j.keyAt))
		for k, at := range j.keyAt {
			keys[k] = c.Cols[at]
		}
		var buf vector.Sel
		sel, all := withoutNulls(keys, j.Keys, c, &buf)
		bl.enc = keytab.NewEncoder(j.layout)
		bl.enc.Encode(keys, sel, c.N)
		if !all {
			bl.rows = make([]uint32, len(sel))
			for k, p := range sel {
				bl.rows[k] = bl.base + uint32(p)
			}
		}
		return nil
	})
	return blocks, err
}

// fill puts the blocks' keys into the tables, one goroutine per partition.
func (j *JoinBuild) fill(ctx context.Context, q *Query, blocks []joinBlock) error {
	bits := 0
	if j.n >= partitionRows && q.Workers > 1 {
		bits = 4
	}
	j.parts = keytab.NewParts(j.layout, 4, bits)
	j.next = make([]uint32, j.n)
	var duplicates atomic.Bool
	share := j.n / len(j.parts.Tables)
	share += share/32 + 64 // parts are not quite the same size
	err := forEach(ctx, q, len(j.parts.Tables), func(ctx context.Context, p int) error {
		t, picked, seen := j.parts.Tables[p], keytab.NewEncoder(j.layout), 0
		var at, out []uint32
		for i := range blocks {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			bl := &blocks[i]
			e := bl.enc
			if len(j.parts.Tables) > 1 {
				at = j.parts.Pick(picked, e, p, at)
				e = picked
			}
			out = grow(out, e.Len())
			if n := t.Len() + e.Len(); n > t.Room() && 10*t.Len() > 9*seen { // hardly a key twice so far
				t.Reserve(max(n, min(4*t.Len(), share)))
			}
			if err := t.FindOrInsert(e, out); err != nil {
				return err
			}
			seen += e.Len()
			if j.chain(t, bl, at, out) {
				duplicates.Store(true)
			}
		}
		return nil
	})
	j.unique = !duplicates.Load()
	return err
}

// chain links the block's rows to their keys and reports whether a key had a row
// already.
func (j *JoinBuild) chain(t *keytab.Table, bl *joinBlock, at, out []uint32) bool {
	duplicate := false
	for k, g := range out {
		pos := uint32(k)
		if len(j.parts.Tables) > 1 {
			pos = at[k]
		}
		row := bl.base + pos
		if bl.rows != nil {
			row = bl.rows[pos]
		}
		first := t.State32(g)
		if *first != 0 {
			duplicate = true
			j.next[row] = *first
		}
		*first = row + 1
	}
	return duplicate
}

// mark notes that a build row found a partner. Safe for concurrent use.
func (j *JoinBuild) mark(row uint32) {
	w, bit := &j.matched[row>>6], uint64(1)<<(row&63)
	if atomic.LoadUint64(w)&bit == 0 {
		atomic.OrUint64(w, bit)
	}
}

// isMarked reports whether a row was marked, after all probing has ended.
func (j *JoinBuild) isMarked(row int) bool { return j.matched[row>>6]>>(row&63)&1 != 0 }

// isMarkedNow is isMarked while others still mark.
func (j *JoinBuild) isMarkedNow(row uint32) bool {
	return atomic.LoadUint64(&j.matched[row>>6])>>(row&63)&1 != 0
}
