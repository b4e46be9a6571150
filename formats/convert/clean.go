package convert

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/vector"
)

// Clean gives a file of a format that stores types so that values which its table
// cannot hold are met by the table's policy; f itself if none can be there, or if it
// is a text file, which does that while it reads. Without a policy a text is cut to
// the characters of its varchar(n) or char(n), as Hive does it, and nobody is told.
//
//	columns at risk ── asked for as the type that is stored ──> f ──> checked, narrowed ──> predicate ──> rows
//	columns that nobody wants, but for whose values rows are left out ──┘
//
// Statistics say nothing of a column at risk: they are of what is stored.
func Clean(f formats.File, url string, p cleanse.Policy) formats.File {
	t, ok := f.(formats.Typed)
	if !ok {
		return f
	}
	c := &cleanFile{File: f, url: url}
	if c.cuts = p.By[cleanse.Surplus] == cleanse.Disabled; c.cuts {
		p.By[cleanse.Surplus] = cleanse.Truncate
	}
	c.policy = p
	some := false
	for i, field := range f.Schema().Fields {
		k := newCheck(&p, field.Type, t.StoredType(i), boundsOf(f.Stats(), i))
		c.checks = append(c.checks, k)
		if k == nil {
			continue
		}
		some = true
		if p.DropsBy(field.Type) {
			c.judges = append(c.judges, i)
		}
	}
	if !some {
		return f
	}
	c.stats = c.less(f.Stats())
	if _, ok := f.(formats.Measurer); ok {
		return measuredClean{c}
	}
	return c
}

func boundsOf(st *formats.Stats, i int) formats.Bounds {
	if st == nil || i >= len(st.Columns) {
		return formats.Bounds{}
	}
	return st.Columns[i]
}

// cleanFile is a File whose values are checked.
type cleanFile struct {
	formats.File
	url    string
	policy cleanse.Policy
	cuts   bool     // texts are cut because the policy says nothing of them
	checks []*check // by column; nil: nothing can be wrong with it
	judges []int    // columns for whose values rows are left out
	stats  *formats.Stats
}

// measuredClean is a cleanFile of a format that measures scans.
type measuredClean struct{ *cleanFile }

// ScanBytes implements formats.Measurer.
func (c measuredClean) ScanBytes(cols []formats.Projection) int64 {
	return c.File.(formats.Measurer).ScanBytes(c.columns(cols))
}

// Stats implements formats.File.
func (c *cleanFile) Stats() *formats.Stats { return c.stats }

// Splits implements formats.File.
func (c *cleanFile) Splits(target int64) []formats.Split {
	out := slices.Clone(c.File.Splits(target))
	for i := range out {
		out[i].Stats = c.less(out[i].Stats)
		if len(c.judges) > 0 {
			out[i].Rows = -1
		}
	}
	return out
}

// less gives what statistics of the stored values say of the others.
func (c *cleanFile) less(s *formats.Stats) *formats.Stats {
	if s == nil {
		return nil
	}
	out := *s
	out.Columns = slices.Clone(s.Columns)
	for i := range out.Columns {
		b := &out.Columns[i]
		switch k := c.checks[i]; {
		case k == nil:
		case c.cut(k):
			*b = cutBounds(*b, k.typ.P)
		default:
			*b = formats.Bounds{DecodedBytes: b.DecodedBytes}
		}
		if len(c.judges) > 0 {
			b.MinExact, b.MaxExact, b.HasNulls, b.Nulls, b.Rows = false, false, b.HasNulls && b.Nulls == 0, 0, 0
		}
	}
	if len(c.judges) > 0 && s.Rows != 0 {
		out.Rows = -1
	}
	return &out
}

// columns gives what is read of the file for some columns.
func (c *cleanFile) columns(cols []formats.Projection) []formats.Projection {
	out := slices.Clone(cols)
	for i := range out {
		if k := c.checkOf(&out[i]); k != nil {
			out[i].Type = k.stored
		}
	}
	for _, i := range c.judges {
		if !slices.ContainsFunc(cols, func(p formats.Projection) bool { return p.Column == i && len(p.Path) == 0 }) {
			out = append(out, formats.Projection{Column: i, Type: c.checks[i].stored})
		}
	}
	return out
}

// checkOf gives the check of a column as it is wanted; a part of a nested one, of
// whose stored type nothing is known, is checked as if it were of the widest.
func (c *cleanFile) checkOf(p *formats.Projection) *check {
	if c.checks[p.Column] == nil {
		return nil
	}
	if len(p.Path) == 0 {
		return c.checks[p.Column]
	}
	return newCheck(&c.policy, p.Type, types.TUnknown, formats.Bounds{})
}

// Scan implements formats.File.
func (c *cleanFile) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	s := &cleanSource{file: c, req: r}
	inner := r
	inner.Columns = c.columns(r.Columns)
	for i, p := range inner.Columns {
		k := c.checks[p.Column]
		if i < len(r.Columns) {
			k = c.checkOf(&r.Columns[i])
		}
		if k == nil {
			continue
		}
		name := strings.Join(append([]string{c.Schema().Fields[p.Column].Name}, p.Path...), ".")
		s.cols = append(s.cols, &cleanColumn{check: k, at: i, name: name, judge: i >= len(r.Columns), s: s})
	}
	switch {
	case len(s.cols) == 0:
		return c.File.Scan(ctx, r)
	case s.onlyCuts():
		inner.Pred, inner.Dynamic = s.cutting(r.Pred), s.cuttingDynamic(r.Dynamic)
		return s, s.open(ctx, inner)
	}
	if r.Pred != nil && (len(c.judges) > 0 || s.looksAt(r.Pred)) {
		s.pred, inner.Pred, inner.Limit = r.Pred, nil, 0
	}
	if len(c.judges) > 0 {
		inner.Limit = 0
	}
	inner.Dynamic = nil // speaks of positions among the columns that are wanted
	err := s.open(ctx, inner)
	if fault.Is(err, fault.CodeDatatypeMismatch) {
		return c.File.Scan(ctx, r) // the error that names the declared type
	}
	return s, err
}

func (s *cleanSource) open(ctx context.Context, r formats.ScanRequest) (err error) {
	s.in, err = s.file.File.Scan(ctx, r)
	return err
}

// Unplaced implements formats.Unplacer.
func (c *cleanFile) Unplaced() bool { return formats.Unplaced(c.File) }

// cleanSource checks the columns of a source.
type cleanSource struct {
	file *cleanFile
	req  formats.ScanRequest
	in   formats.Source
	cols []*cleanColumn
	pred formats.Predicate // nil: none, or the source below applies it
	drop map[uint16]bool   // rows of the batch that are left out
	sel  vector.Sel
}

func (s *cleanSource) looksAt(p formats.Predicate) bool {
	return slices.ContainsFunc(s.cols, func(k *cleanColumn) bool { return slices.Contains(p.Columns(), k.at) })
}

// Next implements formats.Source.
func (s *cleanSource) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if err := s.in.Next(ctx, b); err != nil {
			return err
		}
		clear(s.drop)
		for _, k := range s.cols {
			v, err := k.clean(b.Cols[k.at], b)
			if err != nil {
				return err
			}
			b.Cols[k.at] = v
		}
		b.Cols = b.Cols[:len(s.req.Columns)]
		if len(s.drop) > 0 {
			s.leaveOut(b)
		}
		if s.pred != nil && b.Rows() > 0 {
			sel, err := s.pred.Keep(b, b.Sel)
			if err != nil {
				return err
			}
			b.Sel = sel
		}
		if b.Rows() > 0 {
			return nil
		}
	}
}

// leaveOut takes the dropped rows out of the batch.
func (s *cleanSource) leaveOut(b *vector.Batch) {
	if s.sel == nil {
		s.sel = make(vector.Sel, 0, b.N) // never nil, which would be every row
	}
	s.sel = s.sel[:0]
	eachRow(b, func(i int) {
		if !s.drop[uint16(i)] {
			s.sel = append(s.sel, uint16(i))
		}
	})
	b.Sel = s.sel
}

func eachRow(b *vector.Batch, f func(i int)) {
	if b.Sel == nil {
		for i := range b.N {
			f(i)
		}
		return
	}
	for _, i := range b.Sel {
		f(int(i))
	}
}

// Place implements formats.Placer.
func (s *cleanSource) Place(i int) formats.Place { return placeIn(s.in, i) }

// Close implements formats.Source.
func (s *cleanSource) Close() error { return s.in.Close() }
