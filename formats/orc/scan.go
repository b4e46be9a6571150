package orc

import (
	"context"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// corruption makes the error for stored values that cannot be read.
func corruption(err error, t types.Type) *fault.Error { return convert.Fault(err, "ORC", t) }

// Source reads the stripes of one split. It implements formats.Source.
type Source struct {
	f      *File
	req    formats.ScanRequest
	cols   []*scanCol
	filter []*scanCol // columns of the predicate
	rest   []*scanCol // the others
	all    []*scanCol // cols, and those that tell which rows were deleted
	graves *graves    // nil: no row was deleted
	mem    *formats.Charge

	stripes []int // still to come, in order
	group   int   // the stripe under way
	cur     *stripe
	runs    []run // of cur's row groups, still to come
	left    int64 // rows still to come of what is open
	start   int64 // the stripe's first row, among the file's
	at      int64 // the next row, among the file's
	judge   bool  // Keep must be asked
	opened  bool  // rest has been opened
	last    int   // rows of the latest batch
	found   int64
	probe   vector.Batch
	closed  bool
}

// Scan implements formats.File.
func (f *File) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	return f.scan(ctx, r, nil)
}

// scan is Scan without the rows that g knows as deleted.
func (f *File) scan(ctx context.Context, r formats.ScanRequest, g *graves) (formats.Source, error) {
	s := &Source{f: f, req: r, mem: formats.NewCharge(r.Memory, f.url)}
	first, end := r.Split.First, r.Split.First+r.Split.Count
	if r.Split.Count == 0 {
		first, end = 0, len(f.foot.stripes)
	}
	if first < 0 || end < first || end > len(f.foot.stripes) {
		return nil, fault.New(fault.CodeInternal, "split of stripes %d to %d in a file of %d", first, end, len(f.foot.stripes)).In(f.url)
	}
	for i := first; i < end; i++ {
		s.stripes = append(s.stripes, i)
	}
	binds, stored, err := convert.Bind(r, len(f.binds), f.bindOf)
	if err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if len(stored) > 0 {
		return convert.TextSource(r, stored, func(r formats.ScanRequest) (formats.Source, error) { return f.scan(ctx, r, g) })
	}
	for _, b := range binds {
		c := &scanCol{bind: b}
		if b.node == nil {
			c.null = vector.Null(b.typ, 0)
		}
		s.cols = append(s.cols, c)
	}
	s.all = s.cols
	if g != nil {
		s.graves = g.forScan(f)
		s.all = slices.Concat(s.cols, g.cols)
	}
	return s, s.divide()
}

// divide parts the columns into those of the predicate and the others.
func (s *Source) divide() error {
	filter, rest, err := s.req.Divide()
	if err != nil {
		return fault.As(err).In(s.f.url)
	}
	for _, c := range filter {
		s.filter = append(s.filter, s.cols[c])
	}
	for _, c := range rest {
		s.rest = append(s.rest, s.cols[c])
	}
	return nil
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
		if s.left == 0 {
			more, err := s.advance(ctx)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			continue
		}
		n := int(min(s.left, int64(s.f.batchRows)))
		if s.req.Limit > 0 && s.req.Pred == nil {
			n = int(min(int64(n), s.req.Limit-s.found))
		}
		s.left -= int64(n)
		s.at += int64(n)
		s.last = n
		ok, err := s.batch(ctx, b, n)
		if err != nil {
			return err
		}
		if ok {
			s.found += int64(b.Rows())
			return nil
		}
	}
	b.Reset()
	return io.EOF
}

// Place implements formats.Placer.
func (s *Source) Place(i int) formats.Place {
	return formats.Place{Row: s.at - int64(s.last) + int64(i), Group: s.group + 1}
}

// nextStripe opens the next stripe, unless its statistics rule it out.
func (s *Source) nextStripe(ctx context.Context) error {
	i := s.stripes[0]
	s.group = i
	s.stripes = s.stripes[1:]
	bounds := func(col int) formats.Bounds {
		if col < 0 || col >= len(s.cols) {
			return formats.Bounds{}
		}
		return s.f.bounds(s.f.stripeStats(i), s.cols[col].bind, s.f.foot.stripes[i].rows)
	}
	s.judge = false
	if p := s.req.Pred; p != nil {
		switch p.KeepBounds(bounds) {
		case formats.Never:
			formats.TellPruned(p, formats.UnitStripe, 1)
			return nil
		case formats.Maybe:
			s.judge = true
		}
	}
	if s.req.Dynamic != nil {
		if d := s.req.Dynamic(); d != nil && d.KeepBounds(bounds) == formats.Never {
			return nil
		}
	}
	rows := s.f.foot.stripes[i].rows
	s.start = 0
	for _, before := range s.f.foot.stripes[:i] {
		s.start += before.rows
	}
	s.at = s.start
	if rows == 0 || !s.reads() {
		s.left, s.opened = rows, true
		return nil
	}
	var err error
	if s.cur, err = s.f.openStripe(ctx, i, s.mem); err != nil {
		return err
	}
	s.req.Reads.Group()
	if s.judge {
		runs, ok, err := s.cur.prune(ctx, s.req.Pred, s.cols)
		if err != nil {
			return err
		}
		if ok && len(runs) > 0 {
			ok, err = s.cur.indexed(ctx, s.all)
		}
		if err != nil {
			return err
		}
		if ok && len(runs) > 1 {
			over, err := s.cur.overlap(runs, s.all)
			if err != nil {
				return err
			}
			if over {
				s.cur.kept = map[store.Range][]byte{}
			}
		}
		if s.runs = runs; ok {
			return nil
		}
		s.runs = nil
	}
	return s.begin(ctx, nil, rows)
}

// begin opens a run of row groups, nil for the whole stripe.
func (s *Source) begin(ctx context.Context, r *run, rows int64) error {
	s.cur.run, s.left, s.opened = r, rows, !s.judge
	if r != nil {
		s.at = s.start + int64(r.from)*s.f.foot.stride
	}
	if s.judge {
		return s.cur.open(ctx, slices.Concat(s.filter, s.all[len(s.cols):]))
	}
	return s.cur.open(ctx, s.all)
}

// advance opens what is to be read next; false if there is nothing.
func (s *Source) advance(ctx context.Context) (bool, error) {
	if len(s.runs) > 0 {
		r := s.runs[0]
		s.runs = s.runs[1:]
		s.leave()
		return true, s.begin(ctx, &r, r.rows)
	}
	s.finish()
	if len(s.stripes) == 0 {
		return false, nil
	}
	return true, s.nextStripe(ctx)
}

// reads reports whether any column is stored in the file: rows alone can be
// counted without reading.
func (s *Source) reads() bool {
	for _, c := range s.all {
		if c.null == nil {
			return true
		}
	}
	return false
}

// batch fills b with the next n rows; false if none of them passed.
func (s *Source) batch(ctx context.Context, b *vector.Batch, n int) (bool, error) {
	for _, c := range s.cols {
		c.vec = nil
	}
	b.N, b.Sel = n, nil
	if s.judge {
		sel, err := s.keep(n)
		if err != nil {
			return false, err
		}
		b.Sel = sel
	}
	if s.graves != nil {
		sel, err := s.graves.keep(s.cur, b.Sel, n, s.at-int64(n))
		if err != nil {
			return false, err
		}
		b.Sel = sel
	}
	if b.Sel != nil && len(b.Sel) == 0 {
		for _, c := range s.cols {
			if c.vec == nil {
				c.behind += int64(n)
			}
		}
		return false, nil
	}
	if !s.opened {
		s.opened = true
		if err := s.cur.open(ctx, s.rest); err != nil {
			return false, err
		}
	}
	for _, c := range s.cols {
		if c.vec == nil {
			if err := c.read(s.cur, n); err != nil {
				return false, err
			}
		}
		b.Cols = append(b.Cols, c.vec)
	}
	return true, nil
}

// keep reads the predicate's columns and asks it.
func (s *Source) keep(n int) (vector.Sel, error) {
	s.probe.N, s.probe.Sel, s.probe.Cols = n, nil, s.probe.Cols[:0]
	for _, c := range s.filter {
		if err := c.read(s.cur, n); err != nil {
			return nil, err
		}
	}
	for _, c := range s.cols {
		s.probe.Cols = append(s.probe.Cols, c.vec)
	}
	sel, err := s.req.Pred.Keep(&s.probe, nil)
	if sel != nil && len(sel) == n {
		sel = nil
	}
	return sel, err
}

// leave gives up what has been read of the stripe.
func (s *Source) leave() {
	for _, c := range s.all {
		c.r, c.behind = nil, 0
	}
	s.cur.release()
}

// finish gives up the stripe that is done.
func (s *Source) finish() {
	if s.cur != nil {
		s.leave()
		s.cur.forget()
		s.cur, s.runs = nil, nil
	}
}

// Close implements formats.Source.
func (s *Source) Close() error {
	s.closed = true
	s.finish()
	s.mem.Close()
	return nil
}
