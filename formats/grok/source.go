package grok

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// Scan reads one split.
func (f *file) Scan(_ context.Context, req formats.ScanRequest) (formats.Source, error) {
	s := &source{f: f, matcher: f.set.pattern.matcher(), skip: f.set.skip, start: make([]uint32, vector.BatchSize), number: make([]uint32, vector.BatchSize)}
	if req.Split.Range.Off > 0 {
		s.skip = 0 // the header is in the first split
	}
	if err := s.project(req.Columns); err != nil {
		return nil, err
	}
	if req.Pred != nil {
		s.pred = req.Pred.Columns()
	}
	s.Loop = lines.OpenLoop(lines.Config{Store: f.store, Object: f.object, Packing: f.packing}, req)
	return s, nil
}

// project makes the columns; equal ones are converted once.
func (s *source) project(want []formats.Projection) error {
	byName := s.f.byName()
	for i, p := range want {
		name := s.f.schema.Fields[p.Column].Name
		c := &column{vec: &vector.Vector{}, typ: p.Type, name: name, set: &s.f.set}
		if len(p.Path) > 0 || p.Type.IsNested() {
			c.nest(p.Path)
		}
		for j, q := range want[:i] {
			if q.Column == p.Column && q.Type.Equal(p.Type) && slices.Equal(q.Path, p.Path) {
				c = s.cols[j]
			}
		}
		if c.groups == nil {
			c.groups = s.f.groups(p.Column, byName)
			c.from, c.to = make([]uint32, vector.BatchSize), make([]uint32, vector.BatchSize)
		}
		s.texts = s.texts || p.Type.IsString()
		s.cols = append(s.cols, c)
	}
	if s.f.set.bad == textval.MalformedReject {
		s.judge(byName)
	}
	return nil
}

// judge makes a column of one row for each of the table's columns that can hold
// a bad value: whether a row is left out does not depend on what a query reads.
func (s *source) judge(byName bool) {
	for i, f := range s.f.schema.Fields {
		if f.Type.IsString() {
			continue
		}
		c := &column{vec: vector.New(f.Type, 1), typ: f.Type, name: f.Name, set: &s.f.set, groups: s.f.groups(i, byName)}
		if f.Type.IsNested() {
			c.nest(nil)
		}
		c.from, c.to = make([]uint32, 1), make([]uint32, 1)
		s.judges = append(s.judges, c)
	}
	s.all = vector.Sel{0}
}

// byName reports whether columns find their fields by name: all do, or there
// are not as many as fields.
func (f *file) byName() bool {
	p := f.set.pattern
	if p.byPosition {
		return false
	}
	if len(p.Fields) != len(f.schema.Fields) {
		return true
	}
	for _, c := range f.schema.Fields {
		if p.groupsOf(c.Name) == nil {
			return false
		}
	}
	return true
}

// groups gives the groups that hold a column; none where the pattern lacks it.
func (f *file) groups(column int, byName bool) []int {
	if !byName {
		return f.set.pattern.Fields[column].groups
	}
	if g := f.set.pattern.groupsOf(f.schema.Fields[column].Name); g != nil {
		return g
	}
	return []int{}
}

func (p *Pattern) groupsOf(name string) []int {
	for _, f := range p.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.groups
		}
	}
	if g, ok := p.hidden[strings.ToLower(name)]; ok {
		return []int{g}
	}
	return nil
}

// source reads the lines of one split. See formats.Source.
type source struct {
	lines.Loop
	f       *file
	matcher *matcher
	cols    []*column
	judges  []*column // in a table without the rows that have a bad value
	pred    []int
	texts   bool
	skip    int      // lines of the header still to skip
	start   []uint32 // where each row's line begins in the block
	number  []uint32 // and its line, counted from the block's first
	rows    int
	lines   int64 // line breaks before the block, counted from where the reader began

	begun bool
	at    int64 // of the block whose lines are the batch
	all   vector.Sel
}

// Next fills b with the next rows.
func (s *source) Next(ctx context.Context, b *vector.Batch) error { return s.Run(ctx, b, s.next) }

func (s *source) next(ctx context.Context, b *vector.Batch) error {
	block, at, err := s.match(ctx)
	if err != nil || s.rows == 0 {
		return err
	}
	return s.batch(ctx, block, at, b)
}

// Place implements formats.Placer.
func (s *source) Place(i int) formats.Place { return formats.Place{Row: s.at + int64(s.start[i])} }

// match finds the fields of the next lines. No rows mean that it must be
// called again, or that the split is done.
func (s *source) match(ctx context.Context) (block []byte, at int64, err error) {
	s.rows = 0
	if !s.begun {
		if err := s.begin(ctx); err != nil || s.Done {
			return nil, 0, err
		}
	}
	block, at = s.R.Bytes(), s.R.Offset()
	used, passed := 0, uint32(0)
	ending := s.f.ending
	if ending == nil {
		ending = []byte{'\n'}
	}
	for s.rows < s.Wanted() && at+int64(used) < s.R.End() {
		n := bytes.Index(block[used:], ending)
		next := used + n + len(ending)
		if n < 0 {
			if !s.R.EOF() || used == len(block) {
				break
			}
			n, next = len(block)-used, len(block)
		}
		line := block[used : used+n]
		if s.f.ending == nil {
			line = bytes.TrimSuffix(line, []byte{'\r'})
		}
		switch {
		case s.skip > 0:
			s.skip--
		case s.f.set.record(line):
			if err := s.line(ctx, line, used, passed, at); err != nil {
				return nil, 0, err
			}
		}
		used = next
		passed++
	}
	s.R.Skip(used)
	if used > 0 {
		s.lines += int64(passed)
		for r := range s.rows {
			s.number[r] = passed - s.number[r] // now counted back from the block's end
		}
		return block, at, nil
	}
	if s.R.EOF() || s.R.Offset() >= s.R.End() {
		s.Done = true
		return block, at, nil
	}
	return block, at, s.R.Fill(ctx)
}

func (s *source) begin(ctx context.Context) error {
	s.begun = true
	if err := s.R.Fill(ctx); err != nil {
		return err
	}
	if !s.R.Partial() {
		return s.R.Begin()
	}
	ok, err := s.R.SkipPartial(ctx)
	s.Done, s.lines = !ok, 1
	return err
}

// line matches one line and notes where its columns are. Without columns rows
// are counted, unless those that don't match are no rows.
func (s *source) line(ctx context.Context, line []byte, used int, passed uint32, at int64) error {
	set := &s.f.set
	r := s.rows
	s.start[r], s.number[r] = uint32(used), passed
	if len(s.cols) == 0 && set.badLine == textval.MalformedNull {
		s.rows++
		return nil
	}
	m := s.matcher.match(line)
	if m == nil && set.badLine != textval.MalformedNull {
		e := lines.BadData(fault.New(fault.CodeDataCorrupted, "the line does not match the pattern"))
		if set.badLine == textval.MalformedReject {
			s.R.Reject(ctx, s.Req.Rejects, at+int64(used), s.lines+int64(passed)+1, e)
			return nil
		}
		return s.R.PlaceLine(ctx, at+int64(used), s.lines+int64(passed)+1, e.WithHint(
			"With the table property 'malformed.values' = 'null' such lines are rows of NULLs, with 'reject' they are left out."))
	}
	if m == nil && s.Req.Rejects.Surveys() {
		s.R.Tell(ctx, s.Req.Rejects, at+int64(used), s.lines+int64(passed)+1,
			formats.Reject{Raw: line, Action: cleanse.SetNull, Quiet: true, Why: "the line does not match the pattern"})
	}
	for _, c := range s.judges {
		c.note(0, used, m)
		c.block = s.R.Bytes()
		if bad := c.judge(s.all[:1]); bad != nil {
			s.R.Reject(ctx, s.Req.Rejects, at+int64(used), s.lines+int64(passed)+1, c.fault(0, bad))
			return nil
		}
	}
	for _, c := range s.cols {
		c.note(r, used, m)
	}
	s.rows++
	return nil
}

// batch converts the columns of the predicate, asks it, and converts the other
// columns where rows are left.
func (s *source) batch(ctx context.Context, block []byte, at int64, b *vector.Batch) error {
	n := s.rows
	s.at = at
	for len(s.all) < n {
		s.all = append(s.all, uint16(len(s.all)))
	}
	valid := !s.texts || utf8.Valid(block)
	b.N, b.Sel, b.Cols = n, nil, b.Cols[:0]
	for _, c := range s.cols {
		c.block, c.utf8, c.done = block, valid, false
		b.Cols = append(b.Cols, c.vec)
	}
	sel := s.all[:n]
	for _, i := range s.pred {
		if err := s.convert(ctx, s.cols[i], n, sel, at); err != nil {
			return err
		}
	}
	if s.Req.Pred != nil {
		kept, err := s.Req.Pred.Keep(b, nil)
		if err != nil {
			return err
		}
		if b.Sel = kept; kept != nil {
			sel = kept
		}
	}
	for _, c := range s.cols {
		if err := s.convert(ctx, c, n, sel, at); err != nil {
			return err
		}
	}
	return nil
}

// convert fills a column at the rows of sel.
func (s *source) convert(ctx context.Context, c *column, n int, sel vector.Sel, at int64) error {
	if c.done {
		return nil
	}
	c.done = true
	if c.json != nil {
		row, bad := c.values(n, sel, s.f.set.bad != textval.MalformedError)
		if bad == nil {
			return nil
		}
		return s.R.PlaceLine(ctx, at+int64(s.start[row]), s.lines-int64(s.number[row])+1, c.fault(row, bad))
	}
	c.vec.Reset(c.typ, n)
	if c.typ.Phys() == types.PhysBytes && len(sel) < n {
		clear(c.vec.Ranges()) // defined memory at the rows that nobody reads
	}
	for {
		k, bad := c.convert(sel)
		if bad == nil {
			return nil
		}
		row := int(sel[k])
		off, line := at+int64(s.start[row]), s.lines-int64(s.number[row])+1
		a := s.f.set.bad.Action()
		if a == cleanse.Fail && !s.Req.Rejects.Surveys() {
			return s.R.PlaceLine(ctx, off, line, c.fault(row, bad))
		}
		f, _ := c.field(row)
		s.R.Tell(ctx, s.Req.Rejects, off, line, formats.Reject{Column: c.name, Raw: f, Trigger: cleanse.TriggerOf(bad, c.typ), Action: a, Why: c.fault(row, bad).Message})
		c.setNull(row)
		sel = sel[k+1:]
	}
}
