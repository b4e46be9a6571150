package parquet

import (
	"context"

	"github.com/glauxdb/glaux/formats/store"
)

// chunkBytes is what was fetched of one column chunk: all of it, or the
// dictionary and some of the pages that an offset index located.
type chunkBytes struct {
	leaf  int
	whole []byte
	dict  []byte
	locs  []pageLocation
	pages [][]byte // parallel to locs; nil: not fetched
}

// fetchPlan turns leaves and rows into byte ranges.
type fetchPlan struct {
	group  int
	chunks []*chunkBytes
	ranges []store.Range
	set    []func(b []byte) // what to do with each range's bytes
	bufs   [][]byte         // what the store gave
}

// planFetch finds the ranges of the leaves' pages that hold rows of spans.
func (f *File) planFetch(g int, leaves []int, spans []rowSpan) (*fetchPlan, error) {
	p := &fetchPlan{group: g}
	rows := f.meta.groups[g].rows
	idx := f.index(g)
	seen := map[int]bool{}
	for _, l := range leaves {
		if seen[l] {
			continue
		}
		seen[l] = true
		if err := f.readable(g, l); err != nil {
			return nil, err
		}
		c := &chunkBytes{leaf: l}
		p.chunks = append(p.chunks, c)
		if idx != nil && idx.pages[l] != nil && spanRows(spans) < rows {
			p.addPages(f, c, idx.pages[l], spans, rows)
			continue
		}
		p.add(f.meta.groups[g].chunks[l].span(), func(b []byte) { c.whole = b })
	}
	return p, nil
}

func (p *fetchPlan) add(r store.Range, set func([]byte)) {
	if r.Len == 0 {
		set([]byte{})
		return
	}
	p.ranges, p.set = append(p.ranges, r), append(p.set, set)
}

// addPages asks for the dictionary and for runs of neighbouring pages.
func (p *fetchPlan) addPages(f *File, c *chunkBytes, locs []pageLocation, spans []rowSpan, rows int64) {
	c.locs, c.pages = locs, make([][]byte, len(locs))
	span := f.meta.groups[p.group].chunks[c.leaf].span()
	if n := locs[0].off - span.Off; n > 0 {
		p.add(store.Range{Off: span.Off, Len: n}, func(b []byte) { c.dict = b })
	}
	for i := 0; i < len(locs); {
		if !overlaps(spans, locs[i].row, pageEnd(locs, i, rows)) {
			i++
			continue
		}
		from := i
		end := locs[i].off + int64(locs[i].len)
		for i++; i < len(locs) && locs[i].off == end && overlaps(spans, locs[i].row, pageEnd(locs, i, rows)); i++ {
			end += int64(locs[i].len)
		}
		first, last := from, i
		p.add(store.Range{Off: locs[from].off, Len: end - locs[from].off}, func(b []byte) {
			for k := first; k < last; k++ {
				n := int(locs[k].len)
				c.pages[k], b = b[:n], b[n:]
			}
		})
	}
}

// run reads the ranges, as data.
func (p *fetchPlan) run(ctx context.Context, f *File) error {
	if len(p.ranges) == 0 {
		return nil
	}
	bufs, err := f.store.ReadRanges(ctx, f.info, p.ranges)
	if err != nil {
		return err
	}
	p.bufs = bufs
	for i, b := range bufs {
		p.set[i](b)
	}
	return nil
}

// release hands the bytes back to the store's pools. Nothing may refer to them
// any more.
func (p *fetchPlan) release() {
	for _, b := range p.bufs {
		store.Recycle(b)
	}
	p.bufs = nil
}

// attach gives a column the bytes of its chunk.
func (c *column) attach(b *chunkBytes) error {
	if b.locs == nil {
		return c.fail(c.walk(b.whole))
	}
	if len(b.dict) > 0 {
		var h pageHeader
		n, err := decodePageHeader(b.dict, &h)
		switch {
		case err != nil:
			return c.fail(err)
		case h.typ != pageDict || h.compressed < 0 || h.uncompressed < 0 || h.values < 0 || int(h.compressed) > len(b.dict)-n:
			return c.fail(errLocation)
		}
		if err := c.loadDict(&h, b.dict[n:n+int(h.compressed)]); err != nil {
			return c.fail(err)
		}
	}
	for i, l := range b.locs {
		c.pages = append(c.pages, page{row: l.row, rows: pageEnd(b.locs, i, c.groupRows) - l.row})
		if b.pages[i] == nil {
			continue
		}
		if err := c.place(i, b.pages[i]); err != nil {
			return c.fail(err)
		}
	}
	return nil
}

// prefetch is a fetch that runs beside the decoding of the row group before.
type prefetch struct {
	plan   *fetchPlan
	cancel context.CancelFunc
	done   chan struct{}
	err    error // valid after done is closed
}

func startPrefetch(ctx context.Context, f *File, p *fetchPlan) *prefetch {
	ctx, cancel := context.WithCancel(ctx)
	pre := &prefetch{plan: p, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(pre.done)
		pre.err = p.run(ctx, f)
	}()
	return pre
}

// wait gives the outcome and releases the goroutine.
func (p *prefetch) wait() error {
	<-p.done
	p.cancel()
	return p.err
}

// stop ends the fetch, whatever it has come to.
func (p *prefetch) stop() {
	p.cancel()
	<-p.done
	p.plan.release()
}
