package op

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
)

// windowSorted is the rows of a Window that are too many for the memory and cannot be
// cut, since they are one partition: they are sorted on disk and computed page by page.
//
//	Spill:   rows ──> sorted runs
//	Finish:  runs ── merge ──> pages ──┬──> the rows in order, a file
//	                                   └──> results that are late: a file for each call
//	Next:    the file of rows ──> pages ── results that come at once ──> batches
//	         the files of results ────────────────────────────────────────┘
//
// Without calls that are late the merge is what Next reads.
type windowSorted struct {
	s     *Window
	sort  *Sort // what writes and merges runs
	calls []*streamCall
	marks []int       // numbers of keys whose changes calls look at, most first
	file  *spill.Part // the rows in order; nil: they are merged by Next
}

// streamCall is a call, or the sizes of partitions.
type streamCall struct {
	window.Streaming
	res  *window.Results
	out  *spill.Writer // of late results, while they are made
	file *spill.Part   // afterwards
	size *streamCall   // the partitions' sizes, for Combine
}

// mayStream reports whether all calls can be computed page by page.
func (s *Window) mayStream() bool {
	if s.query.Spill == nil {
		return false
	}
	for i := range s.Calls {
		if _, ok, err := window.NewStreaming(&s.Calls[i]); !ok || err != nil {
			return false
		}
	}
	return true
}

// sorting begins to sort on disk, unless that has been done.
func (s *Window) sorting() *windowSorted {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sorted == nil {
		s.sorted = &windowSorted{s: s, sort: newDiskSort(s.query, s.InTypes, s.Keys, s.Mem, s.Trace)}
	}
	return s.sorted
}

// leastPiece is how many rows are sorted at once at least, however little is free.
const leastPiece = vector.BatchSize

// toRuns writes the rows that are still in memory, as many at a time as can be ordered
// in what is free.
func (s *Window) toRuns(ctx context.Context) error {
	w := s.sorting()
	if s.Trace != nil {
		s.Trace.Memory.Store(s.Mem.Peak())
	}
	if s.cols != nil { // joined already
		s.rows = newRowStore(s.InTypes)
		for from := 0; from < s.n; from += vector.BatchSize {
			s.rows.chunks = append(s.rows.chunks, rowsAt(s.cols, from, min(s.n-from, vector.BatchSize)))
		}
	}
	s.n, s.cols, s.wholes, s.order, s.starts, s.morsels = 0, nil, nil, nil, nil, nil
	chunks := s.rows.chunks
	for i := range chunks {
		// What was asked for to order all rows at once is free for this.
		piece := newRowStore(s.InTypes)
		most := max(s.Mem.Free()/2/orderRowBytes(s.Keys), leastPiece)
		if piece.chunks, piece.rows = chunks[i:i+1], chunks[i].N; int64(piece.rows) > most {
			if err := w.cut(ctx, chunks[i], int(most)); err != nil {
				return err
			}
		} else if err := w.sort.storeRun(ctx, piece); err != nil {
			return err
		}
		chunks[i] = nil
	}
	s.rows = newRowStore(s.InTypes)
	s.held.Close()
	return w.finish(ctx)
}

// cut writes a chunk as runs of n rows.
func (w *windowSorted) cut(ctx context.Context, ch *vector.Batch, n int) error {
	for from := 0; from < ch.N; from += n {
		b := rowsAt(ch.Cols, from, min(n, ch.N-from))
		if err := w.sort.storeRun(ctx, &rowStore{types: w.s.InTypes, chunks: []*vector.Batch{b}, rows: b.N}); err != nil {
			return err
		}
	}
	return nil
}

// finish merges the runs as far as need be, and computes what is late.
func (w *windowSorted) finish(ctx context.Context) error {
	if err := w.prepare(); err != nil {
		return err
	}
	if err := w.sort.mergeDisk(ctx); err != nil {
		return err
	}
	late := w.late()
	if len(late) == 0 {
		return nil
	}
	defer func() {
		for _, c := range late {
			if c.out != nil {
				c.out.Abort()
			}
		}
	}()
	for _, c := range late {
		var err error
		if c.out, err = w.s.query.Spill.Create([]types.Type{types.TBigInt, c.Type}); err != nil {
			return err
		}
		c.res = window.NewResults(c.Type, c.flush)
	}
	return w.first(ctx, late)
}

// prepare makes the streams.
func (w *windowSorted) prepare() error {
	for i := range w.s.Calls {
		c := &w.s.Calls[i]
		st, _, err := window.NewStreaming(c)
		if err != nil {
			return err
		}
		sc := &streamCall{Streaming: st}
		if st.Combine != nil {
			sc.size = &streamCall{Streaming: window.PartitionRows(c.Partition)}
		}
		w.calls = append(w.calls, sc)
		w.marks = append(w.marks, c.Partition, c.Partition+c.Order)
	}
	slices.Sort(w.marks)
	w.marks = slices.Compact(w.marks)
	slices.Reverse(w.marks)
	return nil
}

// late lists the calls whose results go to files.
func (w *windowSorted) late() (out []*streamCall) {
	for _, c := range w.calls {
		if c.Late {
			out = append(out, c)
		}
		if c.size != nil {
			out = append(out, c.size)
		}
	}
	return out
}

// flush writes the results at hand.
func (c *streamCall) flush() error {
	n := len(c.res.Counts)
	counts := vector.New(types.TBigInt, n)
	copy(vector.Values[int64](counts), c.res.Counts)
	cols := []*vector.Vector{counts, c.res.Vals}
	defer c.res.Reset()
	for from := 0; from < n; from += vector.BatchSize {
		if err := c.out.Append(rowsAt(cols, from, min(n-from, vector.BatchSize))); err != nil {
			return err
		}
	}
	return nil
}

// first goes through all rows, writes them in order and computes the late calls.
func (w *windowSorted) first(ctx context.Context, late []*streamCall) error {
	m, err := w.sort.newMerge(ctx, w.sort.disk)
	if err != nil {
		return err
	}
	defer m.close()
	rows, err := w.s.query.Spill.Create(w.s.InTypes)
	if err != nil {
		return err
	}
	defer rows.Abort()
	held := w.s.Mem.Local()
	defer held.Close()
	p := newPager(w)
	var b vector.Batch
	for {
		if err = m.next(ctx, &b); err != nil {
			break
		}
		if err := rows.Append(&b); err != nil {
			return err
		}
		if err := addPage(p.page(&b), late, &held); err != nil {
			return err
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	for _, c := range late {
		if err := c.end(w.s.Trace); err != nil {
			return err
		}
	}
	if w.file, err = rows.Close(); err != nil {
		return err
	}
	w.s.Trace.spilled(w.file)
	w.sort.dropRuns()
	return nil
}

// addPage adds a page to some calls, and counts what they hold.
func addPage(p *window.Page, calls []*streamCall, held *mem.Local) error {
	var bytes int64
	for _, c := range calls {
		if err := c.Stream.Add(p, c.res); err != nil {
			return err
		}
		bytes += c.Stream.Bytes() + vector.MemoryBytes(c.res.Vals) + 8*int64(cap(c.res.Counts))
	}
	return held.Use(bytes)
}

// end writes the last results.
func (c *streamCall) end(t *Trace) error {
	if err := c.Stream.End(c.res); err != nil {
		return err
	}
	if err := c.flush(); err != nil {
		return err
	}
	file, err := c.out.Close()
	if err != nil {
		return err
	}
	c.out, c.file = nil, file
	t.spilled(file)
	return nil
}
