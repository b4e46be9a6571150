package op

import (
	"context"
	"errors"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
)

// pager makes pages of batches: it finds where keys change.
type pager struct {
	w      *windowSorted
	keys   *sortKeys
	last   *sortKeys // of the row before the page
	cols   []*vector.Vector
	starts map[int][]uint32
	p      window.Page
}

func newPager(w *windowSorted) *pager {
	p := &pager{w: w, keys: newSortKeys(w.sort.lay), last: newSortKeys(w.sort.lay), starts: map[int][]uint32{}}
	p.p.Starts = func(prefix int) []uint32 { return p.starts[prefix] }
	return p
}

func (p *pager) page(b *vector.Batch) *window.Page {
	p.keys.reset()
	p.cols = p.cols[:0]
	for _, k := range p.w.s.Keys {
		p.cols = append(p.cols, b.Cols[k.Pos])
	}
	p.keys.add(p.cols, allRows[:b.N])
	for _, k := range p.w.marks {
		p.starts[k] = p.starts[k][:0]
	}
	for i := range b.N {
		for _, k := range p.w.marks {
			if !p.changes(i, k) {
				break
			}
			p.starts[k] = append(p.starts[k], uint32(i))
		}
	}
	p.last.reset()
	p.last.copyRow(p.keys, b.N-1)
	p.last.cut = p.keys.cut
	p.p.N, p.p.Cols = b.N, b.Cols
	return &p.p
}

// changes tells whether one of the first k keys is another in row i than before.
func (p *pager) changes(i, k int) bool {
	switch {
	case i > 0:
		return k > 0 && !sameGroup(p.keys, i-1, p.keys, i, k)
	case p.last.n > 0:
		return k > 0 && !sameGroup(p.last, 0, p.keys, i, k)
	}
	return true
}

// windowSortedOut puts the rows out with the results.
type windowSortedOut struct {
	s    *Window
	rows interface {
		next(context.Context, *vector.Batch) error
	}
	close  func()
	pages  *pager
	prompt []*streamCall
	late   map[*streamCall]*lateReader
	held   mem.Local
	b      vector.Batch
	out    []*vector.Vector
}

func (s *Window) openSorted() *windowSortedOut {
	o := &windowSortedOut{s: s, pages: newPager(s.sorted), late: map[*streamCall]*lateReader{}, held: s.Mem.Local()}
	o.out = newVectors(len(s.Pass) + len(s.Calls))
	for _, c := range s.sorted.calls {
		if !c.Late {
			c.res = window.NewResults(c.Type, nil)
			o.prompt = append(o.prompt, c)
		}
	}
	return o
}

// readerRows reads the rows of a file.
type readerRows struct{ r *spill.Reader }

func (p readerRows) next(ctx context.Context, b *vector.Batch) error { return p.r.Next(ctx, b) }

// open opens the files.
func (o *windowSortedOut) open(ctx context.Context) error {
	w := o.s.sorted
	for _, c := range w.late() {
		r, err := c.file.Open()
		if err != nil {
			return err
		}
		o.late[c] = &lateReader{in: r}
	}
	if w.file == nil {
		m, err := w.sort.newMerge(ctx, w.sort.disk)
		if err != nil {
			return err
		}
		o.rows, o.close = m, m.close
		return nil
	}
	r, err := w.file.Open()
	if err != nil {
		return err
	}
	o.rows, o.close = readerRows{r}, r.Close
	return nil
}

func (o *windowSortedOut) Next(ctx context.Context, b *vector.Batch) error {
	if o.rows == nil {
		if err := o.open(ctx); err != nil {
			return err
		}
	}
	if err := o.rows.next(ctx, &o.b); err != nil {
		return err
	}
	for _, c := range o.prompt {
		c.res.Reset()
	}
	if err := addPage(o.pages.page(&o.b), o.prompt, &o.held); err != nil {
		return o.s.tooLarge(err)
	}
	for i, p := range o.s.Pass {
		o.out[i] = o.b.Cols[p]
	}
	for i, c := range o.s.sorted.calls {
		k := len(o.s.Pass) + i
		if !c.Late {
			o.out[k] = c.res.Vals
			continue
		}
		o.out[k].Reset(o.s.Calls[i].Type, 0)
		if err := o.results(ctx, c, o.out[k]); err != nil {
			return err
		}
	}
	setCols(b, o.b.N, nil, o.out...)
	return nil
}

// results appends the results of the rows at hand to v, which has none.
func (o *windowSortedOut) results(ctx context.Context, c *streamCall, v *vector.Vector) error {
	r := o.late[c]
	if c.Combine == nil {
		return r.take(ctx, o.b.N, v)
	}
	parts := vector.New(c.Type, 0)
	if err := r.take(ctx, o.b.N, parts); err != nil {
		return err
	}
	sizes := vector.New(c.Type, 0)
	if err := o.late[c.size].take(ctx, o.b.N, sizes); err != nil {
		return err
	}
	v.Resize(o.b.N)
	dst, all := vector.Values[float64](v), vector.Values[int64](sizes)
	for i, x := range vector.Values[int64](parts) {
		dst[i] = c.Combine(x, all[i])
	}
	return nil
}

func (o *windowSortedOut) Close() error {
	if o.close != nil {
		o.close()
	}
	for _, r := range o.late {
		r.in.Close()
	}
	o.held.Close()
	w := o.s.sorted
	for _, c := range w.late() {
		if c.file != nil {
			c.file.Remove()
		}
	}
	w.sort.dropRuns()
	if w.file != nil {
		w.file.Remove()
	}
	return nil
}

// lateReader reads results that a call has written.
type lateReader struct {
	in   *spill.Reader
	b    vector.Batch
	at   int   // run of the block
	used int64 // rows of it that had their results
	idx  []uint32
}

// take appends the results of the next n rows to v.
func (r *lateReader) take(ctx context.Context, n int, v *vector.Vector) error {
	for n > 0 {
		if r.at == r.b.N {
			switch err := r.in.Next(ctx, &r.b); {
			case errors.Is(err, io.EOF):
				return fault.New(fault.CodeInternal, "a window function has fewer results than rows")
			case err != nil:
				return err
			}
			r.at, r.used = 0, 0
		}
		counts := vector.Values[int64](r.b.Cols[0])
		r.idx = r.idx[:0]
		for ; n > 0 && r.at < r.b.N; r.at, r.used = r.at+1, 0 {
			k := min(int64(n), counts[r.at]-r.used)
			for range k {
				r.idx = append(r.idx, uint32(r.at))
			}
			n -= int(k)
			if r.used += k; r.used < counts[r.at] {
				break
			}
		}
		v.AppendIdx(r.b.Cols[1], r.idx)
	}
	return nil
}
