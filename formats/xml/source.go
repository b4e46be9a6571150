package xml

import (
	"bytes"
	"context"
	"io"
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
	s := &source{f: f, req: req, find: finder{tag: []byte(f.tag)}}
	s.set.r = &s.rec
	for _, p := range req.Columns {
		s.cols = append(s.cols, &column{vec: &vector.Vector{}, typ: p.Type, path: append([]string{f.schema.Fields[p.Column].Name}, p.Path...)})
	}
	if f.bad == textval.MalformedReject {
		s.judge()
	}
	s.r = lines.Open(lines.Config{Store: f.store, Object: f.object, Codec: f.codec, Split: req.Split.Range, Eager: req.Limit == 0})
	s.done = req.Split.Range.Off > 0
	return s, nil
}

// judge adds the columns of the table that nobody wants: whether a row is left
// out does not depend on what a query reads.
func (s *source) judge() {
	for i, f := range s.f.schema.Fields {
		if !slices.ContainsFunc(s.req.Columns, func(p formats.Projection) bool { return p.Column == i && len(p.Path) == 0 }) {
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
	f      *file
	req    formats.ScanRequest
	r      *lines.Reader
	find   finder
	rec    record
	set    setter
	cols   []*column
	judges []*column

	begun, done bool
	given       int64 // rows delivered
	line        int64 // line breaks before what was not skipped
}

// Next fills b with the next rows.
func (s *source) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.done || s.req.Limit > 0 && s.given >= s.req.Limit {
			return io.EOF
		}
		n, err := s.rows(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		b.N, b.Sel, b.Cols = n, nil, b.Cols[:0]
		for _, c := range s.cols {
			c.vec.Resize(n)
			b.Cols = append(b.Cols, c.vec)
		}
		if s.req.Pred != nil {
			if b.Sel, err = s.req.Pred.Keep(b, nil); err != nil {
				return err
			}
		}
		if b.Rows() > 0 {
			s.given += int64(b.Rows())
			return nil
		}
	}
}

// Close releases the reader.
func (s *source) Close() error {
	s.done = true
	return s.r.Close()
}

// maxBatch bounds the bytes of a batch's records, whose texts are copied.
const maxBatch = 32 << 20

// rows reads the next records and gives how many rows they made. None mean that
// it must be called again, or that the file is done.
func (s *source) rows(ctx context.Context) (n int, err error) {
	if !s.begun {
		s.begun = true
		if err := s.r.Fill(ctx); err != nil {
			return 0, err
		}
		if err := checkEncoding(s.r.Bytes()); err != nil {
			return 0, err.In(s.r.URL())
		}
		if err := s.r.Begin(); err != nil {
			return 0, err
		}
	}
	for _, c := range s.cols {
		c.vec.Reset(c.typ, vector.BatchSize)
	}
	want := vector.BatchSize
	if s.req.Limit > 0 && s.req.Pred == nil {
		want = int(min(int64(want), s.req.Limit-s.given))
	}
	block, base := s.r.Bytes(), s.r.Offset()
	used := 0
	more := false
	for n < want && used < maxBatch && !more {
		at, from, bad := s.find.find(block, used, s.r.EOF())
		if bad != nil {
			return 0, s.place(ctx, block, base, from, bad)
		}
		if more = at < 0; more {
			used = from
			break
		}
		out, end, bad := s.rec.read(block, at, s.r.EOF())
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
		n += made
	}
	s.line += int64(bytes.Count(block[:used], []byte{'\n'}))
	s.r.Skip(used)
	if n > 0 || !more {
		return n, nil
	}
	if s.r.EOF() {
		s.done = true
		return 0, nil
	}
	return 0, s.r.Fill(ctx)
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
		case s.f.bad == textval.MalformedNull:
			setNull(c.vec, n)
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
	e.Message = "HIVE_BAD_DATA: " + e.Message
	return e.InColumn(name)
}

func (s *source) lineOf(block []byte, at int) int64 {
	return s.line + int64(bytes.Count(block[:at], []byte{'\n'})) + 1
}

func (s *source) place(ctx context.Context, block []byte, base int64, at int, e *fault.Error) error {
	return s.r.PlaceLine(ctx, base+int64(at), s.lineOf(block, at), e)
}

func (s *source) reject(ctx context.Context, block []byte, base int64, at int, e *fault.Error) {
	s.r.Reject(ctx, s.req.Rejects, base+int64(at), s.lineOf(block, at), e)
}
