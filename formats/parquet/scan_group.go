package parquet

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// nextGroup opens the next row group that may hold matching rows and starts to
// fetch the one after it. With no row group left it closes the source.
func (s *Source) nextGroup(ctx context.Context) error {
	s.release()
	s.saw(ctx)
	if !s.ready {
		s.ready = true
		if err := s.chooseGroups(ctx); err != nil {
			return err
		}
	}
	g, err := s.takeGroup(ctx)
	if err != nil {
		return err
	}
	if g == nil {
		s.closed = true
		return nil
	}
	s.req.Reads.Group()
	s.done = g
	if g.plan.soon != nil {
		g.along = lengths(g.plan.later)
	}
	if err := s.attach(g, s.firstCols(g)); err != nil {
		return err
	}
	g.fetched = !g.judge
	if ok, err := s.judgeDicts(g); err != nil || !ok {
		return err
	}
	s.rg = g
	return s.startNext(ctx)
}

// chooseGroups drops the row groups whose bounds rule them out and reads the
// page indexes of the rest, if they can help.
func (s *Source) chooseGroups(ctx context.Context) error {
	if s.req.Pred == nil && s.req.Limit == 0 {
		return nil
	}
	var keep, indexed []int
	for _, g := range s.groups {
		t := formats.Maybe
		if s.req.Pred != nil {
			t = s.req.Pred.KeepBounds(s.bounds(g))
		}
		if t == formats.Never {
			formats.TellPruned(s.req.Pred, formats.UnitRowGroup, 1)
			continue
		}
		if s.f.meta.groups[g].rows == 0 {
			continue
		}
		keep = append(keep, g)
		if (t == formats.Maybe && s.req.Pred != nil || s.req.Limit > 0) && s.wanted(g) >= s.f.minIndexed {
			indexed = append(indexed, g)
		}
	}
	s.groups = keep
	if s.req.Limit > 0 && s.req.Pred == nil && len(indexed) > 1 {
		indexed = indexed[:1]
	}
	leaves, judged := map[int]bool{}, map[int]bool{}
	for _, l := range s.leavesOf(s.rest) {
		leaves[l] = true
	}
	for _, l := range s.leavesOf(s.filter) {
		leaves[l], judged[l] = true, true
	}
	if indexed, err := s.askBlooms(ctx, indexed); err != nil {
		return err
	} else if len(indexed) > 0 {
		return s.f.loadIndexes(ctx, indexed, leaves, judged)
	}
	return nil
}

// wanted counts the stored bytes of the scan's columns in a row group.
func (s *Source) wanted(g int) (n int64) {
	for _, c := range s.cols {
		for _, l := range c.leaves {
			n += s.f.meta.groups[g].chunks[l.leaf.index].compressed
		}
	}
	return n
}

// bounds gives the bounds of the scan's columns in a row group.
func (s *Source) bounds(g int) func(col int) formats.Bounds {
	return func(col int) formats.Bounds {
		if col < 0 || col >= len(s.cols) {
			return formats.Bounds{}
		}
		return s.f.bounds(g, s.cols[col].bind)
	}
}

// takeGroup gives the next row group with its first bytes fetched.
func (s *Source) takeGroup(ctx context.Context) (*groupScan, error) {
	for {
		g := s.next
		if g != nil {
			s.next = nil
			if s.pre == nil {
				if s.stillMatters(g) {
					return g, s.run(ctx, g.plan)
				}
				continue
			}
			err := s.pre.wait()
			s.held, s.pre = append(s.held, g.plan), nil
			if err != nil {
				return nil, err
			}
			if s.stillMatters(g) {
				return g, nil
			}
			s.release()
			continue
		}
		g, err := s.planNext()
		if err != nil || g == nil {
			return nil, err
		}
		return g, s.run(ctx, g.plan)
	}
}

// run fetches a plan whose bytes are kept until the row group is done.
func (s *Source) run(ctx context.Context, p *fetchPlan) error {
	s.held = append(s.held, p)
	return p.run(ctx, s.f)
}

// runRest has the rest's plan take what came along with the first one, or read it.
func (s *Source) runRest(ctx context.Context, first, p *fetchPlan) error {
	if ok, err := p.runFrom(ctx, first); ok || err != nil {
		if err == nil {
			err = p.complete(ctx, s.f)
		}
		s.held = append(s.held, p)
		return err
	}
	return s.run(ctx, p)
}

// release hands back the bytes of the row group that is done.
func (s *Source) release() {
	for _, p := range s.held {
		p.release()
	}
	s.held = s.held[:0]
}

// stillMatters asks the predicate and the runtime filters about a row group again:
// what they go by may have come while its bytes did.
func (s *Source) stillMatters(g *groupScan) bool {
	if g.judge && s.req.Pred.KeepBounds(s.bounds(g.group)) == formats.Never {
		formats.TellPruned(s.req.Pred, formats.UnitRowGroup, 1)
		return false
	}
	if s.req.Dynamic == nil {
		return true
	}
	dyn := s.req.Dynamic()
	return dyn == nil || dyn.KeepBounds(s.bounds(g.group)) != formats.Never
}

// planNext finds the next row group that its bounds and page indexes do not
// rule out, and what to fetch of it first. nil: there is none.
func (s *Source) planNext() (*groupScan, error) {
	for len(s.groups) > 0 {
		g := &groupScan{group: s.groups[0], rows: s.f.meta.groups[s.groups[0]].rows}
		s.groups = s.groups[1:]
		if g.rows == 0 {
			continue
		}
		g.spans = []rowSpan{{0, g.rows}}
		bounds := s.bounds(g.group)
		if p := s.req.Pred; p != nil {
			switch p.KeepBounds(bounds) {
			case formats.Never:
				formats.TellPruned(p, formats.UnitRowGroup, 1)
				continue
			case formats.Maybe:
				g.judge = true
				g.spans = s.prunePages(g.group, p, g.spans, bounds)
			}
		}
		if !s.stillMatters(g) {
			continue
		}
		if s.req.Dynamic != nil {
			if dyn := s.req.Dynamic(); dyn != nil {
				g.spans = s.prunePages(g.group, dyn, g.spans, bounds)
			}
		}
		if len(g.spans) == 0 {
			continue
		}
		if s.req.Limit > 0 && !g.judge {
			g.spans = firstRows(g.spans, s.req.Limit-s.found)
		}
		var err error
		if g.plan, err = s.f.planFetch(g.group, s.leavesOf(s.firstCols(g)), g.spans, s.mem); err != nil {
			return nil, err
		}
		if g.judge && s.req.Foresight.Likely() {
			g.plan.later = s.chunks(g.group, s.rest)
		}
		return g, nil
	}
	return nil, nil
}

// chunks gives the places of the columns' chunks in a row group.
func (s *Source) chunks(g int, cols []int) []store.Range {
	var out []store.Range
	for _, l := range s.leavesOf(cols) {
		if r := s.f.meta.groups[g].chunks[l].span(); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// saw tells the scan's foresight what was needed of the row group that is done, and
// the query what was read in vain.
func (s *Source) saw(ctx context.Context) {
	g := s.done
	if s.done = nil; g != nil && g.judge && s.req.Foresight != nil {
		s.req.Foresight.Saw(lengths(s.chunks(g.group, s.rest)), g.needed)
		store.Note(ctx, store.ReadAlong, max(g.along-g.needed, 0))
	}
}

// firstRows cuts spans after n rows.
func firstRows(spans []rowSpan, n int64) []rowSpan {
	for i := range spans {
		if k := spans[i].to - spans[i].from; k >= n {
			spans[i].to = spans[i].from + n
			return spans[:i+1]
		} else {
			n -= k
		}
	}
	return spans
}

// firstCols are the columns that are fetched before any row is judged.
func (s *Source) firstCols(g *groupScan) []int {
	if g.judge {
		return s.filter
	}
	all := make([]int, len(s.cols))
	for i := range all {
		all[i] = i
	}
	return all
}

// attach opens columns on the group and gives them the bytes of its plan.
func (s *Source) attach(g *groupScan, cols []int) error {
	byLeaf := map[int]*chunkBytes{}
	for _, c := range g.plan.chunks {
		byLeaf[c.leaf] = c
	}
	for _, i := range cols {
		for _, l := range s.cols[i].leaves {
			if err := l.open(g.group, &s.f.meta.groups[g.group].chunks[l.leaf.index], g.rows); err != nil {
				return err
			}
			if err := l.attach(byLeaf[l.leaf.index]); err != nil {
				return err
			}
		}
		if n := s.cols[i].nested; n != nil {
			n.rewind()
		}
	}
	return nil
}

// judgeDicts asks KeepDict about every filter column that is wholly dictionary
// encoded; false if no row of the group can pass.
func (s *Source) judgeDicts(g *groupScan) (bool, error) {
	g.dicts = make([]dictFilter, len(s.filter))
	if !g.judge {
		return true, nil
	}
	for i, col := range s.filter {
		c := s.cols[col].flat
		if c == nil || c.dictN == 0 || !c.allDict() {
			continue
		}
		keep, nulls, ok := s.req.Pred.KeepDict(col, c.dict)
		if !ok {
			continue
		}
		kept := keep.Count(c.dictN)
		b := s.f.bounds(g.group, s.cols[col].bind)
		noNulls := b.HasNulls && b.Nulls == 0
		switch {
		case kept == 0 && (!nulls || noNulls):
			formats.TellPrunedBy(s.req.Pred, formats.UnitRowGroup, 1, formats.ByDictionary, col)
			return false, nil
		case kept == c.dictN && (nulls || noNulls):
			g.dicts[i].judged = true
			continue
		}
		c.wantCodes = true
		c.dictKeep = growSlice(c.dictKeep, c.dictN)
		bitsToBytes(c.dictKeep, keep)
		g.dicts[i] = dictFilter{judged: true, active: true, keep: c.dictKeep, in: c.dictN, kept: kept}
		if nulls {
			g.dicts[i].null = 1
		}
	}
	return true, nil
}

// bitsToBytes makes a byte, 1 or 0, of each of the first len(dst) bits: eight at a
// time, by masking eight copies of them each with its own bit.
func bitsToBytes(dst []uint8, bits vector.Bitmap) {
	const ones, own, rest = 0x0101010101010101, 0x8040201008040201, 0x7f7f7f7f7f7f7f7f
	for at := 0; at < len(dst); at += 64 {
		word, part := bits[at>>6], dst[at:min(at+64, len(dst))]
		for ; len(part) >= 8; part = part[8:] {
			binary.LittleEndian.PutUint64(part, ((word&0xff)*ones&own+rest)>>7&ones)
			word >>= 8
		}
		for i := range part {
			part[i] = uint8(word >> i & 1)
		}
	}
}

// startNext begins to fetch the row group after the current one. Not with a
// limit: the bytes would be paid for and might not be needed.
func (s *Source) startNext(ctx context.Context) error {
	if s.req.Limit > 0 {
		return nil
	}
	g, err := s.planNext()
	if err != nil || g == nil {
		return err
	}
	if s.next = g; g.plan.holdAll() == nil { // else it is read in its turn, when this one's bytes are gone
		s.pre = startPrefetch(ctx, s.f, g.plan)
	}
	return nil
}

// The survey looks ahead over a row group's filter columns, to fetch only the
// pages of the other columns that hold passing rows. It gives up when after
// surveyMin batches most of them have passing rows.
const surveyMin = 8

// fetchRest fetches the columns that the predicate does not look at, when the
// first passing rows (sel of [row, row+n)) have been found. With page indexes
// it first finds all passing rows of the group; it then reports true: the rows
// to read have been replaced, begin again.
func (s *Source) fetchRest(ctx context.Context, row int64, n int, sel vector.Sel) (again bool, err error) {
	g := s.rg
	spans := append([]rowSpan{{row, row + int64(n)}}, g.spans...)
	if s.located(g.group) && spanRows(g.spans) > 0 {
		if spans, err = s.survey(ctx, row, n, sel); err != nil {
			return false, err
		}
		again = true
	}
	first := g.plan
	if g.plan, err = s.f.planFetch(g.group, s.leavesOf(s.rest), spans, s.mem); err != nil {
		return false, err
	}
	if err := s.runRest(ctx, first, g.plan); err != nil {
		return false, err
	}
	g.needed = lengths(g.plan.ranges)
	if err := s.attach(g, s.rest); err != nil {
		return false, err
	}
	g.fetched = true
	if again {
		g.spans = spans
		for _, c := range s.filter {
			s.cols[c].rewind()
		}
	}
	return again, nil
}

// located reports whether the page indexes could spare bytes of the columns
// still to be fetched.
func (s *Source) located(g int) bool {
	idx := s.f.index(g)
	if idx == nil {
		return false
	}
	for _, l := range s.leavesOf(s.rest) {
		if len(idx.pages[l]) > 1 {
			return true
		}
	}
	return false
}

// survey judges the rest of the row group and gives the rows that passed, as
// the stretch from the first to the last in each batch.
func (s *Source) survey(ctx context.Context, row int64, n int, sel vector.Sel) ([]rowSpan, error) {
	g := s.rg
	hits := []rowSpan{passing(row, n, sel)}
	for seen := 1; ; seen++ {
		if seen >= surveyMin && len(hits)*4 > seen*3 {
			return append(hits, g.spans...), nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if row, n = g.take(s.size); n == 0 {
			return hits, nil
		}
		sel, err := s.keep(row, n)
		if err != nil {
			return nil, err
		}
		if sel == nil || len(sel) > 0 {
			hits = append(hits, passing(row, n, sel))
		}
	}
}

func passing(row int64, n int, sel vector.Sel) rowSpan {
	if sel == nil {
		return rowSpan{row, row + int64(n)}
	}
	return rowSpan{row + int64(sel[0]), row + int64(sel[len(sel)-1]) + 1}
}

// rewind makes the column start again at the row group's first row.
func (c *scanCol) rewind() {
	for _, l := range c.leaves {
		l.cur, l.state.loaded = 0, false
	}
	if c.nested != nil {
		c.nested.rewind()
	}
}
