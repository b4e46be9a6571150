package json

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/vector"
)

// Scan reads one split.
func (f *file) Scan(_ context.Context, req formats.ScanRequest) (formats.Source, error) {
	s := &source{f: f, req: req}
	s.parser.asNulls = f.props.badAsNulls
	if err := s.project(); err != nil {
		return nil, err
	}
	s.r = lines.Open(lines.Config{Store: f.store, Object: f.object, Codec: f.codec, Split: req.Split.Range, Eager: req.Limit == 0})
	return s, nil
}

// source reads the lines of one split. See formats.Source.
type source struct {
	f      *file
	req    formats.ScanRequest
	r      *lines.Reader
	root   *node
	cols   []*node // in the order of the request
	parser parser

	begun, done bool
	given       int64 // rows delivered
	line        int64 // line breaks passed
}

// project makes the node tree: the root row with a field for each column that
// is wanted; a path is a row without a vector for each of its steps.
func (s *source) project() error {
	props := &s.f.props
	s.root = &node{typ: types.Type{Kind: types.Row}, obj: newObject(props.exactCase)}
	type step struct {
		parent *node
		key    string
	}
	paths := map[step]*node{}
	for _, p := range s.req.Columns {
		at, key := s.root, props.key(s.f.schema.Fields[p.Column].Name)
		for _, name := range p.Path {
			next := paths[step{at, key}]
			if next == nil {
				next = &node{typ: types.Type{Kind: types.Row}, obj: newObject(props.exactCase)}
				paths[step{at, key}] = next
				at.kids = append(at.kids, next)
				at.obj.add(key, next)
			}
			at, key = next, name
		}
		leaf := newNode(p.Type, props.exactCase)
		at.kids = append(at.kids, leaf)
		at.obj.add(key, leaf)
		s.cols = append(s.cols, leaf)
	}
	s.root.shareCopies()
	return nil
}

// shareCopies makes nodes copy their texts where more than one reads the same
// bytes, which must then not be changed in place.
func (n *node) shareCopies() {
	if n.obj != nil {
		for _, f := range n.obj.fields {
			if len(f.nodes) > 1 {
				for _, k := range f.nodes {
					k.copyTexts()
				}
			}
		}
	}
	for _, k := range n.kids {
		k.shareCopies()
	}
}

func (n *node) copyTexts() {
	n.alias = false
	for _, k := range n.kids {
		k.copyTexts()
	}
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
		if err := s.batch(n, b); err != nil {
			return err
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

func (s *source) batch(n int, b *vector.Batch) error {
	b.N, b.Sel, b.Cols = n, nil, b.Cols[:0]
	for _, c := range s.cols {
		b.Cols = append(b.Cols, c.vec)
	}
	if s.req.Pred == nil {
		return nil
	}
	sel, err := s.req.Pred.Keep(b, nil)
	b.Sel = sel
	return err
}

func (s *source) begin(ctx context.Context) error {
	if err := s.fill(ctx); err != nil {
		return err
	}
	s.begun = true
	if s.r.Partial() {
		ok, err := s.r.SkipPartial(ctx)
		s.done = !ok
		s.line = 1
		s.parser.valid = utf8.Valid(s.r.Bytes())
		return err
	}
	return s.r.Begin()
}

func (s *source) fill(ctx context.Context) error {
	err := s.r.Fill(ctx)
	s.parser.valid = utf8.Valid(s.r.Bytes())
	return err
}

// rows parses the next lines and gives how many rows they made. None mean that
// it must be called again, or that the split is done.
func (s *source) rows(ctx context.Context) (int, error) {
	if !s.begun {
		if err := s.begin(ctx); err != nil || s.done {
			return 0, err
		}
	}
	want := vector.BatchSize
	if s.req.Limit > 0 && s.req.Pred == nil {
		want = int(min(int64(want), s.req.Limit-s.given))
	}
	block, at := s.r.Bytes(), s.r.Offset()
	s.parser.blockCap = cap(block)
	s.root.reset(vector.BatchSize)
	used, n := 0, 0
	for n < want && at+int64(used) < s.r.End() {
		line, next, ok := cutLine(block, used, s.r.EOF())
		if !ok {
			break
		}
		if !blank(line) {
			if err := s.row(ctx, line, at+int64(used)); err != nil {
				return 0, err
			}
			n++
		}
		used = next
		s.line++
	}
	s.r.Skip(used)
	for _, k := range s.root.kids {
		k.finish(block)
	}
	if used > 0 {
		return n, nil
	}
	if s.r.EOF() || s.r.Offset() >= s.r.End() {
		s.done = true
		return 0, nil
	}
	return 0, s.fill(ctx)
}

// cutLine gives the line that begins at from, and where the next begins; false
// if its end is not there yet.
func cutLine(b []byte, from int, eof bool) (line []byte, next int, ok bool) {
	if j := bytes.IndexByte(b[from:], '\n'); j >= 0 {
		return b[from : from+j], from + j + 1, true
	}
	return b[from:], len(b), eof && from < len(b)
}

// row parses one line. Without columns there is nothing to parse: rows are
// counted.
func (s *source) row(ctx context.Context, line []byte, at int64) error {
	if len(s.cols) == 0 {
		return nil
	}
	row := s.root.n
	if s.parser.line(line, s.root) {
		return nil
	}
	if s.f.props.badLines && s.parser.bad == nil {
		s.root.rewind(row)
		s.root.repair()
		s.root.null()
		return nil
	}
	e := s.parser.err
	if s.parser.bad != nil {
		e.InColumn(s.pathOf(s.parser.bad))
	}
	return s.r.PlaceLine(ctx, at, s.line+1, e)
}

// pathOf gives the dotted name of a node.
func (s *source) pathOf(bad *node) string {
	if name, ok := s.root.find(bad); ok {
		return name
	}
	return ""
}

func (n *node) find(bad *node) (string, bool) {
	if n == bad {
		return "", true
	}
	for i, k := range n.kids {
		rest, ok := k.find(bad)
		if !ok {
			continue
		}
		name := [...]string{types.Array: "element", types.Map: "value", types.Row: ""}[n.typ.Kind]
		if n.typ.Kind == types.Map && i == 0 {
			name = "key"
		}
		if n.obj != nil {
			name = n.obj.nameOf(k)
		}
		if rest != "" {
			name += "." + rest
		}
		return name, true
	}
	return "", false
}

func (o *object) nameOf(n *node) string {
	for _, f := range o.fields {
		for _, k := range f.nodes {
			if k == n {
				return f.key
			}
		}
	}
	return ""
}
