package xml

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/textval"
)

// Infer finds the row tag and the columns from the beginning of a document
// (decompressed). complete says that head is all of it; otherwise its last
// record is left out.
//
// The row tag of the built-in classifier is the element that is repeated
// highest up in the document: under the elements of the least depth at which
// some parent has two children of one name, the most frequent of such names. In
// a document without repetition it is the only child of the document's
// element, if that has children, else the document's element.
//
// Columns stand in the order of their mean places in the records, _VALUE last.
// An element is an array where a parent has it twice, a row where it has
// attributes or children, else a scalar of the type that its texts show
// (textval.Kind). An element that was always empty is of unknown type.
func (f Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	e, ok := encoding.Mark(head)
	if !ok {
		var err error
		if e, err = declaredEncoding(head); err != nil {
			return nil, err
		}
	}
	body := bytes.TrimPrefix(e.Decode(head), bom)
	out := &formats.Inference{Schema: &types.Schema{}, Properties: map[string]string{}}
	tag := f.RowTag
	if tag == "" {
		var n int
		var err *fault.Error
		if tag, n, err = rowTag(body, complete); err != nil {
			return nil, err
		}
		out.Notes = append(out.Notes, fmt.Sprintf("records are the elements %s (%d of them were seen)", tag, n))
	}
	in := inference{root: &shape{}}
	if err := in.read(tag, body, complete); err != nil {
		return nil, err
	}
	switch {
	case in.records == 0 && !complete:
		return nil, fault.New(fault.CodeDataCorrupted, "no element %s ends within the sample of %d bytes", tag, len(head))
	case in.records == 0:
		return nil, fault.New(fault.CodeDataCorrupted, "the document has no element %s", tag)
	}
	t := in.element(in.root, "", 1)
	switch {
	case t.Kind == types.Row:
		out.Schema.Fields = t.Fields
	case t.Kind == types.Unknown:
		return nil, fault.New(fault.CodeDataCorrupted, "the elements %s are empty: there is nothing to make columns of", tag)
	default:
		out.Schema.Fields = []types.Field{{Name: textField, Type: t}}
	}
	out.Notes = append(out.Notes, in.notes...)
	out.Properties[propertyRowTag] = tag
	return out, nil
}

// rowTag finds the element that is repeated, and how often it was seen.
func rowTag(body []byte, complete bool) (tag string, n int, err *fault.Error) {
	l := levels{}
	for i := 0; i < len(body); {
		t := next(body, i, complete)
		switch t.kind {
		case tokenMore:
			return l.best()
		case tokenBad:
			e := badTag(body, t)
			e.Line = int64(bytes.Count(body[:t.from], []byte{'\n'})) + 1
			return "", 0, e
		case tokenOpen, tokenEmpty:
			if len(l.open) == maxDepth {
				return "", 0, fault.New(fault.CodeDataCorrupted, "XML nested deeper than %d levels", maxDepth)
			}
			l.begin(string(local(t.name)))
			if t.kind == tokenEmpty {
				l.end()
			}
		case tokenClose:
			l.end()
		}
		i = t.to
	}
	return l.best()
}

// levels counts names of elements by depth.
type levels struct {
	open  []map[string]int // the children of what is open
	depth []levelStat
}

type levelStat struct {
	names    map[string]int
	repeated map[string]bool
}

func (l *levels) begin(name string) {
	d := len(l.open)
	if d == len(l.depth) {
		l.depth = append(l.depth, levelStat{map[string]int{}, map[string]bool{}})
	}
	l.depth[d].names[name]++
	if d > 0 {
		siblings := l.open[d-1]
		if siblings[name]++; siblings[name] > 1 {
			l.depth[d].repeated[name] = true
		}
	}
	l.open = append(l.open, map[string]int{})
}

func (l *levels) end() {
	if len(l.open) > 0 {
		l.open = l.open[:len(l.open)-1]
	}
}

func (l *levels) best() (tag string, n int, err *fault.Error) {
	if len(l.depth) == 0 {
		return "", 0, fault.New(fault.CodeDataCorrupted, "the document has no element")
	}
	for _, d := range l.depth {
		for name := range d.repeated {
			if k := d.names[name]; k > n || k == n && name < tag {
				tag, n = name, k
			}
		}
		if n > 0 {
			return tag, n, nil
		}
	}
	if len(l.depth) > 2 && len(l.depth[1].names) == 1 {
		for name := range l.depth[1].names {
			return name, 1, nil
		}
	}
	for name := range l.depth[0].names {
		tag = max(tag, name)
	}
	return tag, l.depth[0].names[tag], nil
}

// inference is an Infer under way.
type inference struct {
	root    *shape
	rec     record
	records int
	notes   []string
}

func (in *inference) read(tag string, body []byte, complete bool) *fault.Error {
	find := finder{tag: []byte(tag)}
	for i := 0; ; {
		at, from, err := find.find(body, i, complete)
		if err == nil && at >= 0 {
			var out outcome
			if out, from, err = in.rec.read(body, at, complete); out == recordMore {
				return nil
			}
		}
		if err == nil && at >= 0 {
			err = in.root.observe(&in.rec, 0)
		}
		if err != nil {
			err.Line = int64(bytes.Count(body[:from], []byte{'\n'})) + 1
			return err
		}
		if at < 0 {
			return nil
		}
		in.records++
		i = from
	}
}

// shape counts what was seen of one element or attribute. It does not depend on
// the order in which records come.
type shape struct {
	texts  [textval.NumKinds]int
	fields []*fieldShape
	index  map[string]int // by lower-case column name
}

// fieldShape is an attribute or a child of elements.
type fieldShape struct {
	shape     *shape
	spellings map[string]int
	repeated  bool
	count     int // elements that have it
	places    int
}

// observe counts a node's text, attributes and children.
func (s *shape) observe(r *record, at int32) *fault.Error {
	n := &r.nodes[at]
	if n.null {
		return nil
	}
	if r.hasText(n) {
		text, err := r.text(nil, n)
		if err != nil {
			return fault.As(err)
		}
		s.texts[textval.KindOf(text)]++
	}
	seen := map[int]bool{}
	place := 0
	for c := n.first; c >= 0; c = r.nodes[c].next {
		kid := &r.nodes[c]
		name := string(kid.name)
		if kid.attribute {
			name = attributePrefix + name
		}
		i := s.field(name)
		f := s.fields[i]
		f.spellings[name]++
		if seen[i] {
			f.repeated = true
		} else {
			f.count++
			f.places += place
		}
		seen[i] = true
		place++
		if err := f.shape.observe(r, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) field(name string) int {
	low := strings.ToLower(name)
	i, ok := s.index[low]
	if !ok {
		if s.index == nil {
			s.index = map[string]int{}
		}
		i = len(s.fields)
		s.index[low] = i
		s.fields = append(s.fields, &fieldShape{shape: &shape{}, spellings: map[string]int{}})
	}
	return i
}

// name gives the most frequent spelling.
func (f *fieldShape) name() string { return textval.Spelling(f.spellings) }

func (s *shape) ordered() []*fieldShape {
	out := slices.Clone(s.fields)
	slices.SortFunc(out, func(a, b *fieldShape) int {
		an, bn := a.name(), b.name()
		attr := func(n string) int {
			if strings.HasPrefix(n, attributePrefix) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(attr(an), attr(bn)), cmp.Compare(a.places*b.count, b.places*a.count), strings.Compare(an, bn))
	})
	return out
}

// maxTypeDepth bounds the nesting of inferred types.
const maxTypeDepth = 24

// element gives the type of an element or attribute, which notes name.
func (in *inference) element(s *shape, at string, depth int) types.Type {
	kind := textval.KindNone
	for k, n := range s.texts {
		if n > 0 {
			kind = kind.Join(textval.Kind(k))
		}
	}
	if len(s.fields) == 0 {
		in.conflict(s, at, kind)
		return kind.Type()
	}
	if depth > maxTypeDepth {
		in.notes = append(in.notes, fmt.Sprintf("column %s is nested deeper than %d levels: varchar that holds the XML", at, maxTypeDepth))
		return types.TVarchar
	}
	var fields []types.Field
	for _, f := range s.ordered() {
		name := f.name()
		below := strings.TrimPrefix(at+"."+name, ".")
		t := in.element(f.shape, below, depth+1)
		if f.repeated {
			t = types.ArrayOf(t)
		}
		fields = append(fields, types.Field{Name: name, Type: t})
	}
	if kind != textval.KindNone {
		fields = append(fields, types.Field{Name: textField, Type: kind.Type()})
	}
	return types.RowOf(fields...)
}

// maxNotes bounds what is told of one file.
const maxNotes = 50

// conflict tells of texts of kinds that don't mix.
func (in *inference) conflict(s *shape, at string, kind textval.Kind) {
	total, most := 0, textval.KindNone
	for k, n := range s.texts {
		if total += n; textval.Kind(k) != textval.KindText && n > s.texts[most] {
			most = textval.Kind(k)
		}
	}
	if n := s.texts[most]; kind == textval.KindText && n*10 >= total*8 && n > 0 && len(in.notes) < maxNotes {
		in.notes = append(in.notes, fmt.Sprintf("column %s is varchar, though %d of %d values are %s", at, n, total, most))
	}
}
