package parquet

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// Source reads the row groups of one split. It implements formats.Source.
type Source struct {
	f      *File
	req    formats.ScanRequest
	cols   []*scanCol
	filter []int // columns of the predicate
	rest   []int // the others

	groups []int // still to come, in order
	ready  bool  // groups have been chosen
	rg     *groupScan
	done   *groupScan // the last that was begun, until the foresight knows of it
	next   *groupScan // being prefetched
	pre    *prefetch
	held   []*fetchPlan // whose bytes the current row group uses
	mem    *formats.Charge

	// counted is the row group of which it is known that before rows come before it.
	counted int
	before  int64

	first  int64 // the batch's first row, among the row group's
	found  int64 // rows delivered
	size   int   // rows of a batch
	sel    vector.Sel
	probe  vector.Batch    // the columns that have been read to judge rows
	steps  formats.Stepped // the predicate, if it can be asked in parts; else nil
	closed bool
}

// scanCol is one output column.
type scanCol struct {
	bind   *binding
	flat   *column       // without repetition and structure
	nested *nestedReader // with
	leaves []*column     // the columns it reads; none if it is missing from the file
	null   *vector.Vector
}

// groupScan is the state of one row group.
type groupScan struct {
	group   int
	rows    int64
	spans   []rowSpan // rows still to be read, ascending
	judge   bool      // Keep must be asked
	plan    *fetchPlan
	fetched bool         // the other columns' bytes are here
	needed  int64        // stored bytes of theirs that were
	along   int64        // stored bytes of theirs that were read along
	dicts   []dictFilter // by position in filter
	order   []int        // of dicts' active ones, those first that keep few rows
	batches int          // that were judged
}

// dictFilter is the answer of KeepDict for one column of a row group.
type dictFilter struct {
	judged bool    // it was asked
	active bool    // and drops rows
	keep   []uint8 // for each value 1 or 0: a byte is found faster than a bit
	null   uint8   // for NULL

	in, kept int // rows; before there were any, dictionary values
}

// Scan implements formats.File.
func (f *File) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	first, end, err := f.checkSplit(r.Split)
	if err != nil {
		return nil, err
	}
	s := &Source{f: f, req: r, size: f.batchRows, mem: formats.NewCharge(r.Memory, f.url)}
	for g := first; g < end; g++ {
		s.groups = append(s.groups, g)
	}
	binds, stored, err := convert.Bind(r, len(f.binds), f.bindOf)
	if err == nil {
		s.filter, s.rest, err = r.Divide()
	}
	if err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if len(stored) > 0 {
		return convert.TextSource(r, stored, func(r formats.ScanRequest) (formats.Source, error) { return f.Scan(ctx, r) })
	}
	for _, b := range binds {
		s.cols = append(s.cols, f.newScanCol(b, s.mem))
		for _, l := range s.cols[len(s.cols)-1].leaves {
			l.reads = r.Reads
		}
	}
	s.probe.Cols = make([]*vector.Vector, len(s.cols))
	s.steps, _ = r.Pred.(formats.Stepped)
	return s, nil
}

func (f *File) newScanCol(b *binding, m *formats.Charge) *scanCol {
	out := &scanCol{bind: b}
	switch {
	case b.node == nil || b.node.kind == kindLeaf && b.conv.Op == convert.OpNone:
		out.null = vector.Null(b.typ, 0)
	case b.flat() != nil:
		out.flat = newColumn(f, b.node.elem, b.conv, m)
		out.leaves = []*column{out.flat}
	default:
		out.nested = newNestedReader(f, b, m)
		out.leaves = out.nested.leaves
	}
	return out
}

// leavesOf lists the leaves that columns read.
func (s *Source) leavesOf(cols []int) []int {
	var out []int
	for _, c := range cols {
		for _, l := range s.cols[c].leaves {
			out = append(out, l.leaf.index)
		}
	}
	return out
}

// Next implements formats.Source.
func (s *Source) Next(ctx context.Context, b *vector.Batch) error {
	b.Reset()
	for !s.closed {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.req.Limit > 0 && s.found >= s.req.Limit {
			break
		}
		if s.rg == nil {
			if err := s.nextGroup(ctx); err != nil {
				return err
			}
			continue
		}
		row, n := s.rg.take(s.size)
		if n == 0 {
			s.rg = nil
			continue
		}
		ok, err := s.batch(ctx, b, row, n)
		if err != nil {
			return err
		}
		if ok {
			s.first = row
			s.found += int64(b.Rows())
			return nil
		}
	}
	b.Reset()
	return io.EOF
}

// Place implements formats.Placer.
func (s *Source) Place(i int) formats.Place {
	g := s.rg.group
	if s.counted != g {
		s.counted, s.before = g, 0
		for _, rg := range s.f.meta.groups[:g] {
			s.before += rg.rows
		}
	}
	return formats.Place{Row: s.before + s.first + int64(i), Group: g + 1}
}

// Close implements formats.Source. The buffers go to other scans: nothing that
// Next gave may be used any more.
func (s *Source) Close() error {
	s.closed, s.rg = true, nil
	if s.pre != nil {
		s.pre.stop()
		s.pre = nil
	}
	s.release()
	for _, c := range s.cols {
		for _, l := range c.leaves {
			recycleColumn(l)
		}
		c.leaves, c.flat, c.nested = nil, nil, nil
	}
	s.mem.Close()
	return nil
}

// take cuts the next batch off the spans.
func (g *groupScan) take(size int) (row int64, n int) {
	if len(g.spans) == 0 {
		return 0, 0
	}
	p := &g.spans[0]
	row, n = p.from, int(min(p.to-p.from, int64(size)))
	if p.from += int64(n); p.from == p.to {
		g.spans = g.spans[1:]
	}
	return row, n
}

// batch fills b with rows [row, row+n); false if none of them passed.
func (s *Source) batch(ctx context.Context, b *vector.Batch, row int64, n int) (bool, error) {
	var sel vector.Sel
	if s.rg.judge {
		var err error
		if sel, err = s.keep(row, n); err != nil || sel != nil && len(sel) == 0 {
			return false, err
		}
		if !s.rg.fetched && len(s.rest) > 0 {
			again, err := s.fetchRest(ctx, row, n, sel)
			if err != nil || again {
				return false, err
			}
		}
	}
	b.N, b.Sel = n, sel
	for i, c := range s.cols {
		v := s.probe.Cols[i]
		if !s.rg.judge || v == nil {
			var err error
			if v, err = c.read(row, sel, n); err != nil {
				return false, err
			}
		}
		b.Cols = append(b.Cols, v)
	}
	return true, nil
}

// read gives the column's rows, see column.readRows.
func (c *scanCol) read(row int64, sel vector.Sel, total int) (*vector.Vector, error) {
	switch {
	case c.null != nil:
		c.null.Len = total
		return c.null, nil
	case c.flat != nil:
		return c.flat.readRows(row, sel, total)
	}
	lo, n := stretch(sel, total)
	return c.nested.read(row+int64(lo), lo, n, total)
}

// keep reads the predicate's columns and asks it. Each column is read where the rows
// that are left want it: those come first whose dictionary has been judged, then the
// predicate's parts in its order.
func (s *Source) keep(row int64, n int) (vector.Sel, error) {
	clear(s.probe.Cols)
	s.probe.N, s.probe.Sel = n, nil
	g := s.rg
	if g.batches%reorderEvery == 0 {
		g.reorder()
	}
	g.batches++
	var sel vector.Sel
	for _, i := range g.order {
		if err := s.need(s.filter[i], row, sel); err != nil {
			return nil, err
		}
		d := &g.dicts[i]
		d.in += selLen(sel, n)
		sel = d.apply(s.sel[:0], s.probe.Cols[s.filter[i]], sel)
		d.kept += len(sel)
		if len(sel) == 0 {
			return vector.Sel{}, nil
		}
		s.sel = sel
	}
	sel, err := s.ask(row, sel)
	if err != nil {
		return nil, err
	}
	if sel != nil && len(sel) == n {
		sel = nil
	}
	return sel, nil
}

// ask asks the predicate about rows of sel.
func (s *Source) ask(row int64, sel vector.Sel) (_ vector.Sel, err error) {
	if s.steps == nil {
		for _, c := range s.filter {
			if err := s.need(c, row, sel); err != nil {
				return nil, err
			}
		}
		return s.req.Pred.Keep(&s.probe, sel)
	}
	for _, step := range s.steps.Steps() {
		if step.Dict && s.judged(step.Cols[0]) {
			continue
		}
		for _, c := range step.Cols {
			if err := s.need(c, row, sel); err != nil {
				return nil, err
			}
		}
		if sel, err = s.steps.KeepStep(step, &s.probe, sel); err != nil || sel != nil && len(sel) == 0 {
			return sel, err
		}
	}
	return sel, nil
}

// need reads the rows of sel of a column into the probe, unless it is there.
func (s *Source) need(col int, row int64, sel vector.Sel) (err error) {
	if s.probe.Cols[col] == nil {
		s.probe.Cols[col], err = s.cols[col].read(row, sel, s.probe.N)
	}
	return err
}

// judged reports whether the values of a column have been judged in its dictionary.
func (s *Source) judged(col int) bool {
	i, ok := slices.BinarySearch(s.filter, col)
	return ok && s.rg.dicts[i].judged
}

func selLen(sel vector.Sel, n int) int {
	if sel == nil {
		return n
	}
	return len(sel)
}

// reorderEvery is how many batches pass before the order of the dictionaries is looked at
// again.
const reorderEvery = 32

// reorder puts those dictionaries first that keep fewest of the rows they are asked about.
// The counts decay, so that the order follows the data.
func (g *groupScan) reorder() {
	if g.batches == 0 {
		for i := range g.dicts {
			if g.dicts[i].active {
				g.order = append(g.order, i)
			}
		}
	}
	slices.SortStableFunc(g.order, func(i, j int) int {
		a, b := &g.dicts[i], &g.dicts[j]
		return cmp.Compare(float64(a.kept)*float64(b.in), float64(b.kept)*float64(a.in))
	})
	for _, i := range g.order {
		d := &g.dicts[i]
		d.in, d.kept = d.in/2, d.kept/2
	}
}

// apply selects the rows (of in; nil: all) whose dictionary values may pass.
// dst may be in's memory.
func (d *dictFilter) apply(dst vector.Sel, v *vector.Vector, in vector.Sel) vector.Sel {
	n := v.Len
	if in != nil {
		n = len(in)
	}
	if cap(dst) < n {
		dst = make(vector.Sel, 0, max(n, vector.BatchSize))
	}
	dst = dst[:n]
	k := 0
	keep, null, valid, codes := d.keep, d.null, v.Valid, v.Codes
	switch {
	case in == nil && valid == nil:
		for i, c := range codes {
			dst[k] = uint16(i)
			k += int(keep[c])
		}
	case in == nil:
		for at := 0; at < n; at += 64 {
			ok := valid[at>>6]
			for i, c := range codes[at:min(at+64, n)] {
				dst[k] = uint16(at + i)
				b := uint8(ok & 1)
				k += int(keep[c]&b | null&^b)
				ok >>= 1
			}
		}
	case valid == nil:
		for _, i := range in {
			dst[k] = i
			k += int(keep[codes[i]])
		}
	default:
		for _, i := range in {
			b := uint8(valid[i>>6] >> (i & 63) & 1)
			dst[k] = i
			k += int(keep[codes[i]]&b | null&^b)
		}
	}
	return dst[:k]
}
