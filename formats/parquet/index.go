package parquet

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// This file is the page index (PageIndex.md): where pages lie and what they
// hold, so that pages without matching rows need not be read.

// minIndexed is the size of a row group's wanted columns below which their page
// indexes are not worth a request.
const minIndexed = 256 << 10

// groupIndex holds the page indexes of one row group, by leaf. Immutable.
type groupIndex struct {
	pages  map[int][]pageLocation // offset index, checked; nil: none
	bounds map[int]bool           // pages[leaf] carry bounds
}

// rowSpan is the rows [from, to) of a row group.
type rowSpan struct{ from, to int64 }

// loadIndexes reads what is missing of the page indexes of leaves in groups:
// places of all, bounds only of those that the predicate looks at.
func (f *File) loadIndexes(ctx context.Context, groups []int, leaves, judged map[int]bool) error {
	select { // the splits of a file ask at the same time, and one read serves them all
	case f.indexing <- struct{}{}:
		defer func() { <-f.indexing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ranges, at := f.missingIndexes(groups, leaves, judged)
	if len(ranges) == 0 {
		return nil
	}
	bufs, here := f.before.cut(ranges)
	if !here {
		if _, far := f.store.(store.Foresight); far {
			ranges, at = f.addNeighbours(ranges, at, leaves, judged)
		}
		var err error
		if bufs, err = f.store.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), f.info, ranges); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, k := range at {
		if err := f.openIndex(&bufs[i], k); err != nil {
			return err
		}
		old := f.indexes[k.group]
		g := &groupIndex{pages: map[int][]pageLocation{}, bounds: map[int]bool{}}
		if old != nil {
			for l, p := range old.pages {
				g.pages[l] = p
			}
			for l, b := range old.bounds {
				g.bounds[l] = b
			}
		}
		if k.bounds {
			pages := append([]pageLocation(nil), g.pages[k.leaf]...)
			ok, err := decodeColumnIndex(bufs[i], pages)
			g.bounds[k.leaf] = ok && err == nil && len(pages) > 0
			g.pages[k.leaf] = pages
		} else if pages, err := decodeOffsetIndex(bufs[i]); err != nil {
			return fault.Wrap(err, fault.CodeDataCorrupted, "corrupt Parquet page index: %v", err).In(f.url).InColumn(f.tree.leaves[k.leaf].path)
		} else {
			g.pages[k.leaf] = f.checkPages(k.group, k.leaf, pages)
		}
		f.indexes[k.group] = g
	}
	return nil
}

// nearIndexes is how far from the indexes that are wanted those of the file's other row
// groups are read with them: they lie behind each other, and a scan that wants one
// group's soon wants the next one's.
const nearIndexes = 64 << 10

// addNeighbours adds to the parts of page indexes, which are missing, those of the
// file's other row groups that are near.
func (f *File) addNeighbours(ranges []store.Range, at []indexPart, leaves, judged map[int]bool) ([]store.Range, []indexPart) {
	lo, hi := ranges[0].Off, ranges[0].Off+ranges[0].Len
	has := map[indexPart]bool{}
	for i, r := range ranges {
		lo, hi = min(lo, r.Off), max(hi, r.Off+r.Len)
		has[at[i]] = true
	}
	var others []int
	for g := range f.meta.groups {
		if c := f.meta.groups[g].chunks; len(c) > 0 && c[0].offsetIndex.off >= lo-nearIndexes && c[0].offsetIndex.off <= hi+nearIndexes {
			others = append(others, g)
		}
	}
	near, nearAt := f.missingIndexes(others, leaves, judged)
	for i, r := range near {
		if !has[nearAt[i]] && r.Off >= lo-nearIndexes && r.Off+r.Len <= hi+nearIndexes {
			ranges, at = append(ranges, r), append(at, nearAt[i])
		}
	}
	return ranges, at
}

// openIndex decrypts an index of an encrypted chunk.
func (f *File) openIndex(b *[]byte, p indexPart) (err error) {
	o := f.meta.groups[p.group].chunks[p.leaf].open
	if o == nil {
		return nil
	}
	kind := byte(moduleOffsetIndex)
	if p.bounds {
		kind = moduleColumnIndex
	}
	if *b, _, err = o.whole(*b, kind); err != nil {
		return fault.Wrap(err, fault.CodeDataCorrupted, "corrupt Parquet page index: %v", err).In(f.url).InColumn(f.tree.leaves[p.leaf].path)
	}
	return nil
}

type indexPart struct {
	group, leaf int
	bounds      bool
}

func (f *File) missingIndexes(groups []int, leaves, judged map[int]bool) (ranges []store.Range, at []indexPart) {
	f.mu.Lock()
	defer f.mu.Unlock()
	add := func(r byteRange, p indexPart) {
		if r.off > 0 && r.len > 0 && r.off <= f.info.Size && r.len <= f.info.Size-r.off {
			ranges, at = append(ranges, store.Range{Off: r.off, Len: r.len}), append(at, p)
		}
	}
	for _, g := range groups {
		have := f.indexes[g]
		for l := range leaves {
			c := &f.meta.groups[g].chunks[l]
			if have == nil || have.pages[l] == nil {
				add(c.offsetIndex, indexPart{group: g, leaf: l})
			}
			if judged[l] && (have == nil || !have.bounds[l]) && c.offsetIndex.len > 0 {
				add(c.columnIndex, indexPart{group: g, leaf: l, bounds: true})
			}
		}
	}
	return ranges, at
}

// checkPages gives nil for an offset index that contradicts the footer: the
// pages are then found by their headers.
func (f *File) checkPages(g, leaf int, pages []pageLocation) []pageLocation {
	span := f.meta.groups[g].chunks[leaf].span()
	rows := f.meta.groups[g].rows
	end := span.Off
	for i, p := range pages {
		first := i == 0 && p.row != 0
		if first || i > 0 && p.row <= pages[i-1].row || p.row >= rows || p.off < end || p.len <= 0 || p.off+int64(p.len) > span.Off+span.Len {
			return nil
		}
		end = p.off + int64(p.len)
	}
	if len(pages) == 0 {
		return nil
	}
	return pages
}

// index gives what has been loaded of a group's page indexes; nil: nothing.
func (f *File) index(g int) *groupIndex {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.indexes[g]
}

// pageEnd gives the row after page i.
func pageEnd(pages []pageLocation, i int, rows int64) int64 {
	if i+1 < len(pages) {
		return pages[i+1].row
	}
	return rows
}

// prunePages gives the rows of a group that may pass, judged page by page and
// column by column; the other columns are known by their row group's bounds.
func (s *Source) prunePages(g int, pred formats.Predicate, spans []rowSpan, bounds func(int) formats.Bounds) []rowSpan {
	idx := s.f.index(g)
	if idx == nil {
		return spans
	}
	rows := s.f.meta.groups[g].rows
	judged := pred.Columns()
	whole := make([]formats.Bounds, len(s.cols)) // of the row group: made once, asked for with each page
	for _, c := range judged {
		whole[c] = bounds(c)
	}
	var col int
	var pb formats.Bounds
	ask := func(c int) formats.Bounds {
		switch {
		case c == col:
			return pb
		case slices.Contains(judged, c):
			return whole[c]
		}
		return bounds(c)
	}
	for _, col = range judged {
		b := s.cols[col].bind
		if b.flat() == nil || !idx.bounds[b.node.leaf] {
			continue
		}
		pages := idx.pages[b.node.leaf]
		var keep []rowSpan
		for i := range pages {
			end := pageEnd(pages, i, rows)
			pb = pageBounds(b, &pages[i], end-pages[i].row, s.f.meta.ordered(b.node.elem))
			if pred.KeepBounds(ask) == formats.Never {
				formats.TellPruned(pred, formats.UnitPage, 1)
				continue
			}
			keep = appendSpan(keep, rowSpan{pages[i].row, end})
		}
		if spans = intersect(spans, keep); len(spans) == 0 {
			return nil
		}
	}
	return spans
}

func pageBounds(b *binding, p *pageLocation, rows int64, ordered bool) formats.Bounds {
	out := formats.Bounds{Rows: rows}
	if p.nulls >= 0 && p.nulls <= rows {
		out.HasNulls, out.Nulls = true, p.nulls
	}
	if p.null {
		out.AllNull, out.HasNulls, out.Nulls = true, true, rows
		return out
	}
	if b.node.elem.stats && ordered {
		setBounds(&out, &b.conv, p.min, p.max, p.nans == 0)
		out.MinExact, out.MaxExact = false, false
	}
	return out
}

// appendSpan adds a span behind the others, joining neighbours.
func appendSpan(spans []rowSpan, s rowSpan) []rowSpan {
	if k := len(spans) - 1; k >= 0 && spans[k].to >= s.from {
		spans[k].to = max(spans[k].to, s.to)
		return spans
	}
	return append(spans, s)
}

// intersect gives the rows in both lists.
func intersect(a, b []rowSpan) []rowSpan {
	var out []rowSpan
	for i, j := 0, 0; i < len(a) && j < len(b); {
		lo, hi := max(a[i].from, b[j].from), min(a[i].to, b[j].to)
		if lo < hi {
			out = append(out, rowSpan{lo, hi})
		}
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return out
}

// overlaps reports whether rows [from, to) meet one of the spans.
func overlaps(spans []rowSpan, from, to int64) bool {
	for _, s := range spans {
		if s.from < to && from < s.to {
			return true
		}
	}
	return false
}

// spanRows counts the rows of spans.
func spanRows(spans []rowSpan) (n int64) {
	for _, s := range spans {
		n += s.to - s.from
	}
	return n
}
