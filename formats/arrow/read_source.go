package arrow

import (
	"context"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// Source reads the record batches of one split. It implements formats.Source.
type Source struct {
	r    reader
	req  formats.ScanRequest
	cols []readColumn
	pred []int // columns of the predicate

	next, end int // record batches that are left
	arrays    []*array
	rows, at  int // of the record batch under way: all, and those behind us
	last      int // rows of the latest batch
	found     int64
	done      bool
	mem       *formats.Charge
}

// readColumn is one output column.
type readColumn struct {
	bind  *binding
	place int            // field of the file; -1: missing
	vec   *vector.Vector // of the record batch under way, once it has been built
}

// Scan implements formats.File.
func (f *File) Scan(_ context.Context, r formats.ScanRequest) (formats.Source, error) {
	s := &Source{r: reader{f: f, dicts: map[dictKey]*dictionary{}}, req: r, mem: formats.NewCharge(r.Memory, f.url)}
	s.r.mem, s.r.tab, s.r.shared = s.mem, s.mem.Tab(), r.Overlap
	if s.r.shared == nil { // columns share dictionaries, too
		s.r.shared = formats.NewOverlap(nil)
	}
	binds, stored, err := convert.Bind(r, len(f.binds), f.bindOf)
	if err == nil {
		s.pred, _, err = r.Divide()
	}
	if err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if len(stored) > 0 {
		return convert.TextSource(r, stored, func(r formats.ScanRequest) (formats.Source, error) { return f.Scan(context.Background(), r) })
	}
	for i, b := range binds {
		s.cols = append(s.cols, readColumn{bind: b, place: f.places[r.Columns[i].Column]})
	}
	s.next, s.end = r.Split.First, r.Split.First+r.Split.Count
	if r.Split.Count == 0 {
		s.next, s.end = 0, len(f.batches)
	}
	if s.next < 0 || s.end > len(f.batches) {
		return nil, fault.New(fault.CodeInternal, "scan of record batches %d to %d of %d", s.next, s.end, len(f.batches)).In(f.url)
	}
	return s, nil
}

// ScanBytes implements formats.Measurer: the buffers of the columns, and those
// of the dictionaries that they use.
func (f *File) ScanBytes(cols []formats.Projection) int64 {
	total := int64(0)
	dicts := map[int64]bool{}
	for i := range f.batches {
		as, err := f.arrays(&f.batches[i], f.fields)
		if err != nil {
			continue
		}
		for _, a := range f.needed(cols, as) {
			for _, s := range a.spans {
				total += s.Len
			}
			if a.f.dict != nil {
				dicts[a.f.dict.id] = true
			}
		}
	}
	for i := range f.dicts {
		d := &f.dicts[i]
		if !dicts[d.dict] {
			continue
		}
		for _, s := range d.batch.bufs {
			total += s.Len
		}
	}
	return total
}

// needed gives the arrays that columns read, each once.
func (f *File) needed(cols []formats.Projection, as []*array) []*array {
	var out []*array
	for _, p := range cols {
		if p.Column < 0 || p.Column >= len(f.binds) || f.places[p.Column] < 0 {
			continue
		}
		b := f.binds[p.Column]
		if k, err := f.project(b, p.Path, p.Type); err == nil {
			b = k
		}
		out = b.needs(as[f.places[p.Column]], out)
	}
	return distinct(out)
}

func distinct(as []*array) []*array {
	seen := make(map[*array]bool, len(as))
	return slices.DeleteFunc(as, func(a *array) bool {
		old := seen[a]
		seen[a] = true
		return old
	})
}

// Next implements formats.Source.
func (s *Source) Next(ctx context.Context, b *vector.Batch) error {
	b.Reset()
	s.r.ctx = ctx
	for !s.done {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.req.Limit > 0 && s.found >= s.req.Limit {
			break
		}
		if s.at == s.rows {
			if err := s.advance(); err != nil {
				return err
			}
			continue
		}
		if err := s.batch(b); err != nil {
			return err
		}
		if b.Rows() > 0 {
			s.found += int64(b.Rows())
			return nil
		}
	}
	b.Reset()
	return io.EOF
}

// advance goes to the next record batch.
func (s *Source) advance() error {
	if s.next >= s.end {
		s.done = true
		return nil
	}
	e := &s.r.f.batches[s.next]
	s.r.at, s.next = s.next, s.next+1
	s.rows, s.at = int(e.batch.rows), 0
	for i := range s.cols {
		s.cols[i].vec = nil
	}
	var err error
	s.arrays = nil
	s.r.tab.Clear()
	if len(s.cols) > 0 {
		s.arrays, err = s.r.f.arrays(e, s.r.f.fields)
	}
	return err
}

// batch makes a batch of the next rows: the predicate's columns first, the
// others, which are not even read before, only if rows are left.
func (s *Source) batch(b *vector.Batch) error {
	n := min(s.rows-s.at, s.r.f.batchRows)
	if s.req.Limit > 0 && s.req.Pred == nil {
		n = int(min(int64(n), s.req.Limit-s.found))
	}
	from := s.at
	s.at += n
	s.last = n
	b.N, b.Sel = n, nil
	b.Cols = slices.Grow(b.Cols[:0], len(s.cols))[:len(s.cols)]
	clear(b.Cols)
	if s.req.Pred != nil {
		if err := s.fill(b, s.pred, from); err != nil {
			return err
		}
		sel, err := s.req.Pred.Keep(b, nil)
		if err != nil {
			return err
		}
		if b.Sel = sel; sel != nil && len(sel) == 0 {
			return nil
		}
	}
	all := make([]int, len(s.cols))
	for i := range all {
		all[i] = i
	}
	return s.fill(b, all, from)
}

// Place implements formats.Placer.
func (s *Source) Place(i int) formats.Place {
	row := int64(s.at - s.last + i)
	for k := range s.next - 1 {
		row += s.r.f.batches[k].batch.rows
	}
	return formats.Place{Row: row, Group: s.next}
}

// fill puts rows of some columns into a batch; what has not been built of them
// is read at once.
func (s *Source) fill(b *vector.Batch, cols []int, from int) error {
	var need []*array
	for _, i := range cols {
		if c := &s.cols[i]; c.vec == nil && c.bind.f != nil {
			need = c.bind.needs(s.arrays[c.place], need)
		}
	}
	need = slices.DeleteFunc(distinct(need), func(a *array) bool { return a.bufs != nil })
	if len(need) > 0 {
		if err := s.r.f.load(s.r.ctx, &s.r.f.batches[s.r.at], need, s.r.tab, nil); err != nil {
			return err
		}
	}
	for _, i := range cols {
		c := &s.cols[i]
		if c.vec == nil {
			var a *array
			if c.bind.f != nil {
				a = s.arrays[c.place]
			}
			var err error
			if c.vec, err = s.r.build(c.bind, a, s.rows, true); err != nil {
				return s.r.f.place(err, &s.r.f.batches[s.r.at])
			}
		}
		if b.Cols[i] == nil {
			b.Cols[i] = vector.Slice(c.vec, from, b.N)
		}
	}
	return nil
}

// Close implements formats.Source.
func (s *Source) Close() error {
	s.done, s.arrays, s.cols = true, nil, nil
	s.mem.Close()
	return nil
}
