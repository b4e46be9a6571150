package xml

import (
	"bytes"
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// Scan reads the file.
func (f *file) Scan(_ context.Context, req formats.ScanRequest) (formats.Source, error) {
	s := &source{f: f, find: finder{tag: []byte(f.tag)}}
	s.set.r = &s.rec
	for _, p := range req.Columns {
		s.cols = append(s.cols, &column{vec: &vector.Vector{}, typ: p.Type, path: append([]string{f.schema.Fields[p.Column].Name}, p.Path...)})
	}
	if f.bad == textval.MalformedReject {
		s.judge(req.Columns)
	}
	s.Loop = lines.OpenLoop(lines.Config{Store: f.store, Object: f.object, Packing: f.packing}, req)
	s.Done = req.Split.Range.Off > 0
	return s, nil
}

// judge adds the columns of the table that nobody wants: whether a row is left
// out does not depend on what a query reads.
func (s *source) judge(wanted []formats.Projection) {
	for i, f := range s.f.schema.Fields {
		if !slices.ContainsFunc(wanted, func(p formats.Projection) bool { return p.Column == i && len(p.Path) == 0 }) {
			s.judges = append(s.judges, &column{vec: &vector.Vector{}, typ: f.Type, path: []string{f.Name}})
		}
	}
}

// column is a column of the result: an element's child, or one below it.
type column struct {
	vec  *vector.Vector
	typ  types.Type
	path []string
}

// source reads the records of a file. See formats.Source.
type source struct {
	lines.Loop
	f      *file
	find   finder
	rec    record
	set    setter
	cols   []*column
	judges []*column
	places []int64 // where the records of the batch's rows begin

	begun bool
	line  int64 // line breaks before what was not skipped
}

// Next fills b with the next rows.
func (s *source) Next(ctx context.Context, b *vector.Batch) error { return s.Run(ctx, b, s.next) }

func (s *source) next(ctx context.Context, b *vector.Batch) error {
	n, err := s.rows(ctx)
	if err != nil || n == 0 {
		return err
	}
	b.N = n
	for _, c := range s.cols {
		c.vec.Resize(n)
		b.Cols = append(b.Cols, c.vec)
	}
	if s.Req.Pred != nil {
		b.Sel, err = s.Req.Pred.Keep(b, nil)
	}
	return err
}

// Place implements formats.Placer.
func (s *source) Place(i int) formats.Place { return formats.Place{Row: s.places[i]} }

// decode has the document decoded as its declaration says, unless the table or a
// mark has told before.
func (s *source) decode(ctx context.Context) error {
	if s.R.Spelled() != nil {
		return nil
	}
	e, err := declaredEncoding(s.R.Bytes())
	if err != nil {
		return fault.As(err).In(s.R.URL())
	}
	if e == nil {
		return nil
	}
	s.R.Respell(e)
	return s.R.Fill(ctx)
}

// maxBatch bounds the bytes of a batch's records, whose texts are copied.
const maxBatch = 32 << 20

// rows reads the next records and gives how many rows they made. None mean that
// it must be called again, or that the file is done.
func (s *source) rows(ctx context.Context) (n int, err error) {
	if !s.begun {
		s.begun = true
		if err := s.R.Fill(ctx); err != nil {
			return 0, err
		}
		if err := s.decode(ctx); err != nil {
			return 0, err
		}
		if err := s.R.Begin(); err != nil {
			return 0, err
		}
	}
	for _, c := range s.cols {
		c.vec.Reset(c.typ, vector.BatchSize)
	}
	s.places = s.places[:0]
	want := s.Wanted()
	block, base := s.R.Bytes(), s.R.Offset()
	used := 0
	more := false
	for n < want && used < maxBatch && !more {
		at, from, bad := s.find.find(block, used, s.R.EOF())
		if bad != nil {
			return 0, s.place(ctx, block, base, from, bad)
		}
		if more = at < 0; more {
			used = from
			break
		}
		out, end, bad := s.rec.read(block, at, s.R.EOF())
		switch out {
		case recordBad:
			return 0, s.place(ctx, block, base, end, bad)
		case recordMore:
			used, more = at, true
			continue
		}
		used = end
		made, err := s.row(ctx, n, block, base, at)
		if err != nil {
			return 0, err
		}
		if n += made; made > 0 {
			s.places = append(s.places, base+int64(at))
		}
	}
	s.line += int64(bytes.Count(block[:used], []byte{'\n'}))
	s.R.Skip(used)
	if n > 0 || !more {
		return n, nil
	}
	if !s.R.EOF() {
		return 0, s.R.Fill(ctx)
	}
	if s.find.open > 0 {
		return 0, s.place(ctx, block, base+int64(used), 0, fault.New(fault.CodeDataCorrupted, "invalid XML: the file ends inside an element that holds records"))
	}
	s.Done = true
	return 0, nil
}

// row puts a record in place n and gives how many rows it made: one, or none
// where it is left out.
func (s *source) row(ctx context.Context, n int, block []byte, base int64, at int) (int, error) {
	for _, c := range s.judges {
		c.vec.Reset(c.typ, 1)
		if e := s.value(c, 0); e != nil {
			s.reject(ctx, block, base, at, e)
			return 0, nil
		}
	}
	for _, c := range s.cols {
		e := s.value(c, n)
		switch {
		case e == nil:
		case s.f.bad == textval.MalformedNull, s.f.bad == textval.MalformedError && s.Req.Rejects.Surveys():
			setNull(c.vec, n)
			s.R.Tell(ctx, s.Req.Rejects, base+int64(at), s.lineOf(block, at), formats.Reject{Column: e.Column, Action: s.f.bad.Action(), Why: e.Message})
		case s.f.bad == textval.MalformedReject:
			for _, c := range s.cols {
				setValid(c.vec, n)
			}
			s.reject(ctx, block, base, at, e)
			return 0, nil
		default:
			return 0, s.place(ctx, block, base, at, e)
		}
	}
	return 1, nil
}

// setValid takes back what a row that is left out marked as NULL.
func setValid(v *vector.Vector, i int) {
	if v.Valid != nil {
		v.Valid.Set(i)
	}
	if v.Type.Phys() == types.PhysStruct {
		for _, k := range v.Kids {
			setValid(k, i)
		}
	}
}

// value puts a record's value of a column.
func (s *source) value(c *column, i int) *fault.Error {
	parent := int32(0)
	for _, name := range c.path[:len(c.path)-1] {
		at, n := s.set.find(parent, name)
		if n == 0 {
			setNull(c.vec, i)
			return nil
		}
		parent = at
	}
	s.set.path = s.set.path[:0]
	name := c.path[len(c.path)-1]
	err := s.set.field(c.vec, i, parent, name)
	if err == nil {
		return nil
	}
	e := fault.As(err)
	for _, step := range slices.Backward(s.set.path) {
		name += "." + step
	}
	if len(c.path) > 1 {
		name = c.path[0] + "." + name
	}
	return lines.BadData(e).InColumn(name)
}

func (s *source) lineOf(block []byte, at int) int64 {
	return s.line + int64(bytes.Count(block[:at], []byte{'\n'})) + 1
}

func (s *source) place(ctx context.Context, block []byte, base int64, at int, e *fault.Error) error {
	return s.R.PlaceLine(ctx, base+int64(at), s.lineOf(block, at), e)
}

func (s *source) reject(ctx context.Context, block []byte, base int64, at int, e *fault.Error) {
	s.R.Reject(ctx, s.Req.Rejects, base+int64(at), s.lineOf(block, at), e)
}
