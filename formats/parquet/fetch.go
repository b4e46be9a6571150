package parquet

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// chunkBytes is what was fetched of one column chunk: all of it, its beginning,
// or the dictionary and some of the pages that an offset index located.
type chunkBytes struct {
	leaf  int
	whole []byte
	rest  store.Range // what whole lacks of the chunk
	want  int64       // with rest: the rows that whole must reach
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
	later  []store.Range    // chunks that may be wanted soon, to be read along
	soon   [][]byte         // parallel to later, once they are here; nil: they are not
	mem    *formats.Charge
	held   int64 // what mem counts of the bytes
}

// hold charges n stored bytes, before they are read.
func (p *fetchPlan) hold(n int64) error {
	if err := p.mem.Add(n); err != nil {
		return err
	}
	p.held += n
	return nil
}

// holdAll charges the plan's ranges, once.
func (p *fetchPlan) holdAll() error {
	if p.held > 0 {
		return nil
	}
	if err := p.hold(lengths(p.ranges)); err != nil {
		return err
	}
	if p.later != nil && p.hold(lengths(p.later)) != nil {
		p.later = nil // they can wait
	}
	return nil
}

func lengths(rs []store.Range) (n int64) {
	for _, r := range rs {
		n += r.Len
	}
	return n
}

// planFetch finds the ranges of the leaves' pages that hold rows of spans.
func (f *File) planFetch(g int, leaves []int, spans []rowSpan, m *formats.Charge) (*fetchPlan, error) {
	p := &fetchPlan{group: g, mem: m}
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
		r := f.meta.groups[g].chunks[l].span()
		if want := spans[len(spans)-1].to; want < rows && f.tree.leaves[l].maxRep == 0 && f.meta.groups[g].chunks[l].open == nil {
			if n := prefixLen(r.Len, want, rows); n < r.Len {
				c.want, c.rest = want, store.Range{Off: r.Off + n, Len: r.Len - n}
				r.Len = n
			}
		}
		p.add(r, func(b []byte) { c.whole = b })
	}
	return p, nil
}

// prefixSlack is read beyond the expected place of a row, for the dictionary
// and for pages that are longer than the others.
const prefixSlack = 256 << 10

// prefixLen guesses how much of a chunk without page index holds its first want
// rows. If it is not much less than the chunk, the whole is read at once.
func prefixLen(size, want, rows int64) int64 {
	n := int64(float64(size)*float64(want)/float64(rows)*1.25) + prefixSlack
	if n > size/4*3 {
		return size
	}
	return n
}

// reaches reports whether the beginning of a chunk has the pages of its first
// want rows (for leaves without repetition, where entries are rows).
func reaches(b []byte, want int64) bool {
	var h pageHeader
	for rows := int64(0); rows < want; {
		n, err := decodePageHeader(b, &h)
		if err != nil || h.compressed < 0 || h.values < 0 || int(h.compressed) > len(b)-n {
			return false
		}
		b = b[n+int(h.compressed):]
		if h.typ == pageData || h.typ == pageDataV2 {
			rows += int64(h.values)
		}
	}
	return true
}

// complete reads the rest of the chunks whose beginning was too short.
func (p *fetchPlan) complete(ctx context.Context, f *File) error {
	var short []*chunkBytes
	var ranges []store.Range
	for _, c := range p.chunks {
		if c.rest.Len > 0 && !reaches(c.whole, c.want) {
			short, ranges = append(short, c), append(ranges, c.rest)
		}
	}
	if len(short) == 0 {
		return nil
	}
	n := int64(0)
	for _, c := range short {
		n += c.rest.Len + int64(len(c.whole)) + c.rest.Len // the rest, and both joined
	}
	if err := p.hold(n); err != nil {
		return err
	}
	bufs, err := f.store.ReadRanges(ctx, f.info, ranges)
	if err != nil {
		return err
	}
	p.bufs = append(p.bufs, bufs...)
	for i, c := range short {
		c.whole = slices.Concat(c.whole, bufs[i])
		c.rest = store.Range{}
	}
	return nil
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
	if err := p.holdAll(); err != nil {
		return err
	}
	bufs, err := p.read(ctx, f)
	if err != nil {
		return err
	}
	p.bufs = append(bufs, p.soon...)
	for i, b := range bufs {
		p.set[i](b)
	}
	return p.complete(ctx, f)
}

// read gives the ranges' bytes, and has those of later read along.
func (p *fetchPlan) read(ctx context.Context, f *File) (bufs [][]byte, err error) {
	if s, ok := f.store.(store.Foresight); ok && p.later != nil {
		bufs, p.soon, err = s.ReadWith(ctx, f.info, p.ranges, p.later)
		return bufs, err
	}
	return f.store.ReadRanges(ctx, f.info, p.ranges)
}

// runFrom gives the plan the bytes that an earlier one has read along. It reports false
// if they do not hold all of its ranges; then nothing was taken. The meter is asked for what
// the ranges have, as if they were read now.
func (p *fetchPlan) runFrom(ctx context.Context, ahead *fetchPlan) (bool, error) {
	if ahead.soon == nil {
		return false, nil
	}
	bufs := make([][]byte, len(p.ranges))
	for i, r := range p.ranges {
		if bufs[i] = ahead.within(r); bufs[i] == nil {
			return false, nil
		}
	}
	if err := store.Reserve(ctx, lengths(p.ranges)); err != nil {
		return false, err
	}
	for i, b := range bufs {
		p.set[i](b)
	}
	return true, nil
}

// within gives the bytes of a range that were read along; nil: they were not.
func (p *fetchPlan) within(r store.Range) []byte {
	for i, l := range p.later {
		if at := r.Off - l.Off; at >= 0 && at+r.Len <= l.Len {
			return p.soon[i][at : at+r.Len : at+r.Len]
		}
	}
	return nil
}

// release hands the bytes back to the store's pools. Nothing may refer to them
// any more.
func (p *fetchPlan) release() {
	for _, b := range p.bufs {
		store.Recycle(b)
	}
	p.bufs, p.soon = nil, nil
	_ = p.mem.Add(-p.held) // giving back is never refused
	p.held = 0
}

// attach gives a column the bytes of its chunk.
func (c *column) attach(b *chunkBytes) error {
	switch {
	case c.meta.open != nil && b.locs != nil:
		return c.fail(c.openPages(b))
	case c.meta.open != nil:
		return c.fail(c.walkSealed(b.whole))
	}
	if b.locs == nil {
		return c.fail(c.walk(b.whole, b.rest.Len > 0))
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
