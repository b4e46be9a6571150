package json

import (
	"bytes"
	"context"
	"slices"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/vector"
)

// Scan reads one split.
func (f *file) Scan(_ context.Context, req formats.ScanRequest) (formats.Source, error) {
	s := &source{f: f, single: -1}
	s.clean = lines.NewCleanser(f.props.policy, req.Rejects)
	s.parser.clean, s.parser.epoch, s.parser.unit = &s.clean, f.props.epoch, "line"
	s.parser.formats = f.props.formats
	if err := s.project(req.Columns); err != nil {
		return nil, err
	}
	if len(f.props.path.steps) > 0 {
		s.single, _ = s.root.obj.find([]byte(f.props.path.column()))
		s.parser.scalars = true
	}
	s.Loop = lines.OpenLoop(lines.Config{Store: f.store, Object: f.object, Packing: f.packing, Decode: f.decode}, req)
	return s, nil
}

// source reads the records of one split. See formats.Source.
type source struct {
	lines.Loop
	f      *file
	root   *node
	cols   []*node // in the order of the request
	parser parser
	clean  lines.Cleanser

	walk   *walker // of a file whose records don't keep to lines
	single int     // the field that takes records that are no objects; -1: none

	places []int64 // where the records of the batch's rows begin

	begun  bool
	mid    bool  // between two values of a line
	unlike int   // so many lines are not tried to be read as usual ones
	line   int64 // line breaks passed
}

// project makes the node tree: the root row with a field for each column that
// is wanted; a path is a row without a vector for each of its steps.
func (s *source) project(want []formats.Projection) error {
	props := &s.f.props
	s.root = &node{typ: types.Type{Kind: types.Row}, obj: newObject(&props.naming)}
	type step struct {
		parent *node
		key    string
	}
	paths := map[step]*node{}
	add := func(way []string, t types.Type) *node {
		at, key := s.root, way[0]
		for _, name := range way[1:] {
			to := step{at, props.same(key)}
			next := paths[to]
			if next == nil {
				next = &node{typ: types.Type{Kind: types.Row}, obj: newObject(&props.naming)}
				paths[to] = next
				at.kids = append(at.kids, next)
				at.obj.add(key, next)
			}
			at, key = next, name
		}
		leaf := newNode(t, &props.naming)
		at.kids = append(at.kids, leaf)
		at.obj.add(key, leaf)
		return leaf
	}
	for _, p := range want {
		s.cols = append(s.cols, add(props.naming.path(s.f.schema.Fields[p.Column].Name, p.Path), p.Type))
	}
	if s.clean.Policy.Drops() {
		s.judge(want, add)
	}
	s.root.shareCopies()
	if s.clean.Policy.By[cleanse.InvalidChar] == cleanse.Replace {
		s.root.copyTexts() // what replaces may be longer
	}
	return nil
}

// judge adds the columns of the table that nobody wants: whether a row is left
// out does not depend on what a query reads.
func (s *source) judge(wanted []formats.Projection, add func(way []string, t types.Type) *node) {
	for i, f := range s.f.schema.Fields {
		if slices.ContainsFunc(wanted, func(p formats.Projection) bool { return p.Column == i && len(p.Path) == 0 }) {
			continue
		}
		add(s.f.props.naming.path(f.Name, nil), f.Type).judges()
	}
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

func (n *node) judges() {
	n.judge = true
	for _, k := range n.kids {
		k.judges()
	}
}

func (n *node) copyTexts() {
	n.alias = false
	for _, k := range n.kids {
		k.copyTexts()
	}
}

// Next fills b with the next rows.
func (s *source) Next(ctx context.Context, b *vector.Batch) error { return s.Run(ctx, b, s.next) }

func (s *source) next(ctx context.Context, b *vector.Batch) error {
	n, err := s.rows(ctx)
	s.clean.Flush(ctx, s.R, nil)
	if err != nil || n == 0 {
		return err
	}
	b.N = n
	for _, c := range s.cols {
		b.Cols = append(b.Cols, c.vec)
	}
	if s.Req.Pred != nil {
		b.Sel, err = s.Req.Pred.Keep(b, nil)
	}
	return err
}

// Place implements formats.Placer.
func (s *source) Place(i int) formats.Place { return formats.Place{Row: s.places[i]} }

func (s *source) begin(ctx context.Context) error {
	s.begun = true
	if s.f.decode != nil && s.Req.Split.Range.Off > 0 {
		s.Done = true // such a file is one split
		return nil
	}
	if s.R.Partial() {
		l, err := s.f.layoutOf(ctx)
		if err != nil || l == layoutStream { // whose records are all the first split's
			s.Done = true
			return err
		}
	}
	if err := s.fill(ctx); err != nil {
		return err
	}
	if s.R.Partial() {
		ok, err := s.R.SkipPartial(ctx)
		s.Done = !ok
		s.line = 1
		s.parser.valid = utf8.Valid(s.R.Bytes())
		return err
	}
	if err := s.R.Begin(); err != nil {
		return err
	}
	l := s.f.layout
	if l == layoutUnknown {
		for len(s.R.Bytes()) < layoutBytes && !s.R.EOF() { // as much as look reads
			if err := s.fill(ctx); err != nil {
				return err
			}
		}
		l = layoutOf(s.R.Bytes(), false)
	}
	if l == layoutStream {
		s.R.Alone()
		s.walk = &walker{path: s.f.props.path}
		s.parser.unit = "record"
	}
	return nil
}

func (s *source) fill(ctx context.Context) error {
	err := s.R.Fill(ctx)
	s.parser.valid = utf8.Valid(s.R.Bytes())
	return err
}

// rows parses the next records and gives how many rows they made. None mean
// that it must be called again, or that the split is done.
func (s *source) rows(ctx context.Context) (int, error) {
	if !s.begun {
		if err := s.begin(ctx); err != nil || s.Done {
			return 0, err
		}
	}
	want := s.Wanted()
	block := s.R.Bytes()
	s.parser.blockCap = cap(block)
	s.root.reset(vector.BatchSize)
	s.places = s.places[:0]
	read := s.lines
	if s.walk != nil {
		read = s.stream
	}
	used, n, err := read(ctx, block, want)
	if err != nil {
		return 0, err
	}
	s.R.Skip(used)
	for _, k := range s.root.kids {
		k.finish(block)
	}
	switch {
	case n > 0 || s.Done:
		return n, nil
	case used > 0 && s.walk == nil:
		return 0, nil
	case s.R.EOF() || s.walk == nil && s.R.Offset() >= s.R.End():
		s.Done = true
		return 0, nil
	}
	return 0, s.fill(ctx)
}

// lines parses the lines that begin in the split. mid is set between the
// values of one line.
func (s *source) lines(ctx context.Context, block []byte, want int) (used, n int, err error) {
	at, end, next := s.R.Offset(), -1, 0
	for n < want && (s.mid || at+int64(used) < s.R.End()) {
		if end < 0 {
			line, after, ok := cutLine(block, used, s.R.EOF())
			if !ok {
				break
			}
			end, next = used+len(line), after
		}
		line := block[used:end]
		if s.usual(line) {
			s.places = append(s.places, at+int64(used))
			n++
		} else if !blank(line) {
			line = line[:valueEnd(line)]
			made, err := s.row(ctx, line, at+int64(used), s.line+1)
			if err != nil {
				return 0, 0, err
			}
			if n += made; made > 0 {
				s.places = append(s.places, at+int64(used))
			}
			used += len(line)
			if s.mid = !blank(block[used:end]); s.mid {
				continue
			}
		}
		used, end, s.mid = next, -1, false
		s.line++
	}
	return used, n, nil
}

// usual parses a line that is one object like the one before. It reports false for
// any other line, of which nothing is left; after such a one it lets some pass without
// a look.
func (s *source) usual(line []byte) bool {
	if s.unlike > 0 {
		s.unlike--
		return false
	}
	if len(line) < 2 || line[0] != '{' || s.mid || len(s.root.obj.order) == 0 {
		return false
	}
	p := &s.parser
	p.b, p.i = line, 1
	row := s.root.next()
	if _, closed := p.quick(s.root.obj, row, 0); closed && (p.i == len(line) || blank(line[p.i:])) {
		return padFields(s.root, row)
	}
	s.root.rewind(row)
	s.unlike = maxUnlike
	return false
}

// maxUnlike bounds what it costs to look at lines in vain.
const maxUnlike = 16

// stream parses the records that the walker finds.
func (s *source) stream(ctx context.Context, block []byte, want int) (used, n int, err error) {
	at := s.R.Offset()
	for n < want {
		what, from, to := s.walk.next(block, used, s.R.EOF())
		line := s.line + int64(bytes.Count(block[used:from], newline)) + 1
		s.line += int64(bytes.Count(block[used:to], newline)) // before texts are unescaped in place
		used = to
		switch what {
		case foundRecord:
			made, err := s.row(ctx, block[from:to], at+int64(from), line)
			if err != nil {
				return 0, 0, err
			}
			if n += made; made > 0 {
				s.places = append(s.places, at+int64(from))
			}
			continue
		case foundEnd:
			s.Done = true
		case foundError:
			return 0, 0, s.R.PlaceLine(ctx, at+int64(from), line, s.walk.fail(block, from))
		}
		break
	}
	return used, n, nil
}

var newline = []byte{'\n'}

// cutLine gives the line that begins at from, and where the next begins; false
// if its end is not there yet.
func cutLine(b []byte, from int, eof bool) (line []byte, next int, ok bool) {
	if j := bytes.IndexByte(b[from:], '\n'); j >= 0 {
		return b[from : from+j], from + j + 1, true
	}
	return b[from:], len(b), eof && from < len(b)
}

// row parses one record, which begins in a line counted from where the reader
// began, and gives how many rows it made: one, or none where it is left out.
// Without columns there is nothing to parse: rows are counted.
func (s *source) row(ctx context.Context, record []byte, at, line int64) (int, error) {
	if len(s.root.kids) == 0 {
		return 1, nil
	}
	row := s.root.n
	if s.parser.record(record, s.root, s.single) {
		if len(s.parser.changed) > 0 {
			s.tell(at, line)
		}
		return 1, nil
	}
	s.root.rewind(row)
	s.root.repair()
	if s.f.props.badLines && s.parser.bad == nil {
		s.root.null()
		s.R.Tell(ctx, s.Req.Rejects, at, line, formats.Reject{Action: cleanse.SetNull, Quiet: true, Raw: record, Why: s.parser.err.Message})
		return 1, nil
	}
	e, a := s.parser.err, s.clean.Policy.By[cleanse.Malformed]
	if s.parser.bad != nil {
		lines.BadData(e).InColumn(s.pathOf(s.parser.bad))
		a = s.parser.action
	}
	if a == cleanse.DropRow {
		s.leftOut(ctx, record, at, line, a)
		return 0, nil
	}
	if s.clean.Surveys {
		s.leftOut(ctx, record, at, line, cleanse.Fail)
		return 0, nil
	}
	if s.parser.bad == nil && e.Hint == "" {
		e.WithHint("Table property 'ignore.malformed.json' = 'true' reads such a %s as NULLs, 'malformed.values' = 'reject' leaves it out.", s.parser.unit)
	}
	return 0, s.R.PlaceLine(ctx, at, line, e)
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
