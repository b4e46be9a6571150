package csv

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// Scan reads one split.
func (f *file) Scan(_ context.Context, req formats.ScanRequest) (formats.Source, error) {
	if err := f.dialect.fits(len(f.schema.Fields)); err != nil {
		return nil, fault.As(err).In(f.store.URL(f.object.Key))
	}
	s := &source{f: f, split: splitter{d: &f.dialect, unclosed: -1}, skip: f.dialect.header}
	s.clean = lines.NewCleanser(f.dialect.policy, req.Rejects)
	if f.dialect.rest {
		s.split.rest = len(f.schema.Fields)
	}
	if err := s.project(req.Columns); err != nil {
		return nil, err
	}
	if err := s.judge(); err != nil {
		return nil, err
	}
	if req.Pred != nil {
		s.pred = req.Pred.Columns()
	}
	s.Loop = lines.OpenLoop(lines.Config{Store: f.store, Object: f.object, Packing: f.packing}, req)
	if req.Split.Range.Off > 0 {
		s.skip = 0 // the header is in the first split
	}
	return s, nil
}

// project makes the columns. A column that is wanted twice is converted once.
func (s *source) project(want []formats.Projection) error {
	for i, p := range want {
		c := s.column(p.Column, p.Type)
		if len(p.Path) > 0 || p.Type.IsNested() {
			var err error
			if c.nested, err = newNested(c, s.f.schema.Fields[p.Column].Type, p.Path); err != nil {
				return fault.As(err).In(s.f.store.URL(s.f.object.Key)).InColumn(c.name)
			}
		}
		for j, q := range want[:i] {
			if q.Column != p.Column {
				continue
			}
			if q.Type.Equal(p.Type) && slices.Equal(p.Path, q.Path) {
				c = s.cols[j]
				break
			}
			c.copy, s.cols[j].copy = true, true
		}
		if p.Type.IsString() || c.nested != nil {
			s.texts = true
		}
		s.cols = append(s.cols, c)
		s.split.width = max(s.split.width, p.Column+1)
	}
	return nil
}

func (s *source) column(at int, t types.Type) *column {
	return &column{vec: &vector.Vector{}, typ: t, name: s.f.schema.Fields[at].Name, at: at, d: &s.f.dialect, gap: uint32(s.f.dialect.gap()), s: &s.split, clean: &s.clean}
}

// source reads the records of one split. See formats.Source.
type source struct {
	lines.Loop
	f      *file
	split  splitter
	cols   []*column
	pred   []int     // columns of the predicate
	texts  bool      // there are text columns
	judges []*column // with rejects, of the columns that nobody wants
	kept   vector.Sel
	clean  lines.Cleanser
	bad    map[uint16]*rejected // rows of the batch that are left out; nil: none ever are
	skip   int                  // records of the header still to skip

	begun     bool
	at        int64 // of the block whose records are the batch
	all       vector.Sel
	converted []bool
}

// Next fills b with the next records.
func (s *source) Next(ctx context.Context, b *vector.Batch) error { return s.Run(ctx, b, s.next) }

func (s *source) next(ctx context.Context, b *vector.Batch) error {
	at, block, err := s.records(ctx)
	if err != nil || s.split.rows == 0 {
		return err
	}
	if err := s.batch(ctx, at, block, b); err != nil {
		return s.place(ctx, at, err)
	}
	return nil
}

// Place implements formats.Placer.
func (s *source) Place(i int) formats.Place {
	return formats.Place{Row: s.at + int64(s.split.start[i])}
}

// records splits the next records. It gives their place and bytes; no rows
// mean that it must be called again, or that the split is done.
func (s *source) records(ctx context.Context) (at int64, block []byte, err error) {
	if !s.begun {
		if err := s.begin(ctx); err != nil || s.Done {
			s.split.rows = 0
			return 0, nil, err
		}
		s.begun = true
	}
	block, at = s.R.Bytes(), s.R.Offset()
	limit := int(min(s.R.End()-at, int64(len(block))))
	used := s.split.scan(block, limit, s.Wanted(), s.R.EOF())
	if s.split.unclosed >= 0 {
		return 0, nil, s.place(ctx, at, &badRecord{s.split.unclosed, "a quoted field is not closed"})
	}
	s.R.Skip(used)
	if used > 0 {
		return at, block, nil
	}
	if s.R.Offset() >= s.R.End() || s.R.EOF() {
		s.Done = true
		return at, block, s.finish()
	}
	return at, block, s.R.Fill(ctx)
}

// begin finds the split's first record.
func (s *source) begin(ctx context.Context) error {
	if err := s.R.Fill(ctx); err != nil {
		return err
	}
	if !s.R.Partial() {
		if err := s.R.Begin(); err != nil {
			return err
		}
		return s.header(ctx)
	}
	if s.f.dialect.multi == multiNo {
		ok, err := s.R.SkipPartial(ctx)
		s.Done = !ok
		return err
	}
	return s.beginQuoted(ctx)
}

// header skips the file's first records.
func (s *source) header(ctx context.Context) error {
	for s.skip > 0 {
		used := s.split.scan(s.R.Bytes(), len(s.R.Bytes()), s.skip, s.R.EOF())
		s.R.Skip(used)
		s.skip -= s.split.rows
		if used > 0 {
			continue
		}
		if s.R.EOF() {
			s.skip, s.Done = 0, true
			return nil
		}
		if err := s.R.Fill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// beginQuoted finds the first record of a split that may begin inside quotes.
func (s *source) beginQuoted(ctx context.Context) error {
	for {
		if n := firstRecord(&s.f.dialect, s.R.Bytes()); n >= 0 {
			s.R.Skip(n)
			break
		}
		if s.R.EOF() { // the file's last record is under way
			s.R.Skip(len(s.R.Bytes()))
			break
		}
		if err := s.R.Fill(ctx); err != nil {
			return err
		}
	}
	if e, ok := s.R.StartEdge(); ok {
		if err := s.f.border(e); err != nil {
			return err
		}
	}
	if s.Done = s.R.Offset() >= s.R.End(); s.Done {
		return s.finish()
	}
	s.R.Settle()
	return nil
}

// finish tells the next split where its first record begins.
func (s *source) finish() error {
	e, ok := s.R.EndEdge()
	if !ok || s.f.dialect.multi != multiAuto {
		return nil
	}
	return s.f.border(e)
}

// batch converts the columns of the predicate, asks it, and converts the other
// columns where rows are left.
func (s *source) batch(ctx context.Context, at int64, block []byte, b *vector.Batch) error {
	n := s.split.rows
	s.at = at
	for len(s.all) < n {
		s.all = append(s.all, uint16(len(s.all)))
	}
	valid := !s.texts || utf8.Valid(block[:s.used(block)])
	b.N, b.Sel = n, nil
	b.Cols = b.Cols[:0]
	s.converted = append(s.converted[:0], make([]bool, len(s.cols))...)
	for _, c := range s.cols {
		c.block, c.utf8 = block, valid
		b.Cols = append(b.Cols, c.vec)
	}
	sel := s.all[:n]
	defer s.tell(ctx, at)
	if s.bad != nil || s.counts() {
		var err error
		if sel, err = s.cleansed(ctx, at, n, block, valid); err != nil || len(sel) == 0 {
			b.Sel = sel
			return err
		}
		if len(sel) < n {
			b.Sel = sel
		}
	}
	for _, i := range s.pred {
		if err := s.convert(i, n, sel); err != nil {
			return err
		}
	}
	if s.Req.Pred != nil {
		kept, err := s.Req.Pred.Keep(b, b.Sel)
		if err != nil {
			return err
		}
		if kept != nil {
			b.Sel, sel = kept, kept
		}
	}
	if len(sel) == 0 {
		return nil
	}
	for i := range s.cols {
		if err := s.convert(i, n, sel); err != nil {
			return err
		}
	}
	return nil
}

// used gives the end of the records in the block.
func (s *source) used(block []byte) int { return len(block) - len(s.R.Bytes()) }

func (s *source) convert(i, n int, sel vector.Sel) error {
	for j, c := range s.cols { // the same column, wanted twice
		if c == s.cols[i] && s.converted[j] {
			s.converted[i] = true
		}
	}
	if s.converted[i] {
		return nil
	}
	s.converted[i] = true
	c := s.cols[i]
	err := c.convert(n, sel)
	var bad *badValue
	if errors.As(err, &bad) {
		return &placed{int(s.split.start[bad.row]), c.fault(bad)}
	}
	return err
}

// fault says what is wrong with a value.
func (c *column) fault(bad *badValue) *fault.Error {
	if bad.err == errSurplus {
		return lines.BadData(fault.New(fault.CodeStringTruncation, "value too long for type %s", bad.typ)).InColumn(c.name)
	}
	switch {
	case bad.err == errUTF8 && c.d.enc != nil:
		return fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding %s", c.d.enc.Name()).InColumn(c.name)
	case bad.err == errUTF8:
		return fault.New(fault.CodeDataCorrupted, "%v", bad.err).InColumn(c.name).WithHint("%s", textval.HintEncoding)
	case bad.err == errQuotes:
		return fault.New(fault.CodeDataCorrupted, "%v", bad.err).InColumn(c.name)
	}
	var known *fault.Error
	if errors.As(bad.err, &known) {
		return lines.BadData(known).InColumn(c.name)
	}
	t := bad.typ
	if t.Kind == types.Unknown {
		t = c.typ
	}
	return lines.BadData(types.TextError(bad.err, t, bad.text)).InColumn(c.name)
}

// badRecord is a record that cannot be read, at an offset in the block.
type badRecord struct {
	at   int
	what string
}

func (b *badRecord) Error() string { return b.what }

// placed is a fault at an offset in the block.
type placed struct {
	at  int
	err *fault.Error
}

func (p *placed) Error() string { return p.err.Error() }

// place gives an error about a record its file and line. at is the offset of
// the block in the file.
func (s *source) place(ctx context.Context, at int64, err error) error {
	var rec *badRecord
	var p *placed
	switch {
	case errors.As(err, &rec):
		p = &placed{rec.at, fault.New(fault.CodeDataCorrupted, "%s", rec.what).
			WithHint("Check the properties quotechar and escapechar.")}
	case !errors.As(err, &p):
		return err
	}
	return s.R.Place(ctx, at+int64(p.at), p.err)
}

// firstRecord gives the offset of the first record's start behind b[0], which
// is the byte before the split; -1 if b does not show it.
func firstRecord(d *dialect, b []byte) int {
	in, line := startsInside(d, b), d.ending()
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == d.escape && d.escape != d.quote && in:
			i++
		case c == d.quote:
			in = !in
		case c == line[0] && !in && bytes.HasPrefix(b[i:], line):
			return i + len(line)
		}
	}
	return -1
}

// maxEvidence is how far startsInside looks for a quote that tells.
const maxEvidence = 1 << 20

// startsInside decides whether b begins inside quotes: by the first quote that
// can only open or only close a field, because of the bytes beside it. Without
// one it begins outside.
func startsInside(d *dialect, b []byte) bool {
	delim, line := d.delimiter(), d.ending()
	borderBefore := func(c byte) bool { return c == delim[len(delim)-1] || c == line[len(line)-1] }
	borderAfter := func(c byte) bool { return c == delim[0] || c == line[0] || c == '\r' && d.line == nil }
	odd := false // quotes so far
	for i := 0; i < min(len(b), maxEvidence); {
		j := bytes.IndexByte(b[i:], d.quote)
		if j < 0 {
			break
		}
		p := i + j
		i = p + 1
		if d.escape != d.quote && escaped(b[:p], d.escape) {
			continue
		}
		if p > 0 && p+1 < len(b) {
			before, after := b[p-1], b[p+1]
			opens := borderBefore(before) && !borderAfter(after) && after != d.quote
			closes := borderAfter(after) && !borderBefore(before) && before != d.quote
			if opens != closes {
				return odd != closes // it closes: inside before it
			}
		}
		odd = !odd
	}
	return false
}
