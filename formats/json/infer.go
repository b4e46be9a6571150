package json

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// Infer finds the columns of JSON lines from the beginning of a file
// (decompressed). complete says that head is the whole file; otherwise its
// last line is left out. The columns come in the order in which their keys are
// first seen; keys that differ only in case are one column. There are no
// properties to set.
//
// Types widen by this table; what is not in it becomes varchar, which takes
// any value as its JSON text.
//
//	null                 with anything   the other
//	bigint               with double     double
//	bigint, decimal(38,0) (whole numbers beyond 64 bits)   decimal(38,0), with double: double
//	date                 with timestamp  timestamp
//	array                with array      array of the joined elements
//	object               with object     row with the fields of both
//
// Strings of the form YYYY-MM-DD are dates; with a space or T, a time of day
// and perhaps a Z behind, timestamps. An object is a map with text keys if its
// fields cannot be named in a Hive type or are more than 500. Objects and
// arrays without a member, and keys that were only null, are varchar.
func Infer(head []byte, complete bool) (*types.Schema, map[string]string, error) {
	in, err := Format{}.Infer(head, complete)
	if err != nil {
		return nil, nil, err
	}
	s := in.Schema
	for i := range s.Fields {
		s.Fields[i].Type = textIfUnknown(s.Fields[i].Type)
	}
	return s, in.Properties, nil
}

// Infer is the function Infer for the crawler, which joins the schemas of
// several files: where a file has nothing but nulls its type is unknown.
func (Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	body := bytes.TrimPrefix(head, bom)
	root := &shape{kind: shapeObject}
	n, number := 0, int64(0)
	p := parser{valid: true}
	for line := range bytes.Lines(body) {
		number++
		if !complete && line[len(line)-1] != '\n' || blank(line) {
			continue
		}
		n++
		s, err := shapeOf(&p, bytes.TrimRight(line, "\r\n"))
		if err != nil {
			err.Line = number
			return nil, err
		}
		root.join(s)
	}
	if n == 0 {
		if len(bytes.TrimSpace(body)) > 0 {
			return nil, fault.New(fault.CodeInvalidJSON, "the first line is longer than the sample of %d bytes", len(head)).
				WithHint("JSON files hold one object a line.")
		}
		return nil, fault.New(fault.CodeInvalidJSON, "the file holds no records to infer a schema from")
	}
	if len(root.keys) == 0 {
		return nil, fault.New(fault.CodeInvalidJSON, "the objects in the file have no fields to make columns of")
	}
	s := &types.Schema{}
	for i, k := range root.keys {
		s.Fields = append(s.Fields, types.Field{Name: k, Type: root.kids[i].typ()})
	}
	return &formats.Inference{Schema: s, Properties: map[string]string{}}, nil
}

// shapeOf parses a line that must hold an object.
func shapeOf(p *parser, line []byte) (*shape, *fault.Error) {
	p.b, p.i, p.err = line, 0, nil
	p.space()
	if p.peek() != '{' {
		if !p.fail("an object") && p.peek() == '[' {
			p.err.WithHint("JSON files hold one object a line, without an array around them.")
		}
		return nil, p.err
	}
	s := p.shape(0)
	if s != nil {
		if p.space(); p.i < len(p.b) {
			p.fail("the end of the line")
		}
	}
	return s, p.err
}

// shapeKind is what a value looks like. The order is that of the table above.
type shapeKind uint8

const (
	shapeNull shapeKind = iota
	shapeBool
	shapeInt
	shapeBig
	shapeFloat
	shapeDate
	shapeTime
	shapeText
	shapeArray  // kids[0]: the elements
	shapeObject // keys and kids
)

// shape is the joined type of the values seen in one place.
type shape struct {
	kind  shapeKind
	keys  []string
	index map[string]int // by lower-case key
	kids  []*shape
}

// shape parses a value; nil after an error.
func (p *parser) shape(depth int) *shape {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth == maxDepth {
			p.err = fault.New(fault.CodeInvalidJSON, "JSON nested deeper than %d levels", maxDepth)
			return nil
		}
		if c == '{' {
			return p.objectShape(depth + 1)
		}
		return p.arrayShape(depth + 1)
	case c == '"':
		s, _, ok := p.string()
		if !ok {
			return nil
		}
		return &shape{kind: textKind(s)}
	case c == '-' || c-'0' <= 9:
		s, ok := p.number()
		if !ok {
			return nil
		}
		return &shape{kind: numberKind(s)}
	}
	word := p.peek()
	if !p.skip(0) {
		return nil
	}
	if word == 'n' {
		return &shape{kind: shapeNull}
	}
	return &shape{kind: shapeBool}
}

func (p *parser) objectShape(depth int) *shape {
	out := &shape{kind: shapeObject}
	p.i++
	p.space()
	if p.peek() == '}' {
		p.i++
		return out
	}
	for {
		key, ok := p.key()
		if !ok {
			return nil
		}
		name := string(key)
		v := p.shape(depth)
		if v == nil {
			return nil
		}
		out.field(name).join(v)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
			continue
		case '}':
			p.i++
			return out
		}
		p.fail(", or }")
		return nil
	}
}

func (p *parser) arrayShape(depth int) *shape {
	out := &shape{kind: shapeArray, kids: []*shape{{}}}
	p.i++
	p.space()
	if p.peek() == ']' {
		p.i++
		return out
	}
	for {
		v := p.shape(depth)
		if v == nil {
			return nil
		}
		out.kids[0].join(v)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
			continue
		case ']':
			p.i++
			return out
		}
		p.fail(", or ]")
		return nil
	}
}

func (s *shape) field(key string) *shape {
	if s.index == nil {
		s.index = map[string]int{}
	}
	low := strings.ToLower(key)
	if i, ok := s.index[low]; ok {
		return s.kids[i]
	}
	s.index[low] = len(s.kids)
	s.keys = append(s.keys, key)
	s.kids = append(s.kids, &shape{})
	return s.kids[len(s.kids)-1]
}

// join widens s so that it takes o's values too.
func (s *shape) join(o *shape) {
	switch {
	case o.kind == shapeNull:
	case s.kind == shapeNull:
		*s = shape{kind: o.kind}
		if o.kind == shapeArray {
			s.kids = []*shape{{}}
		}
		s.join(o)
	case s.kind == shapeArray && o.kind == shapeArray:
		s.kids[0].join(o.kids[0])
	case s.kind == shapeObject && o.kind == shapeObject:
		for i, k := range o.keys {
			s.field(k).join(o.kids[i])
		}
	case s.kind != o.kind:
		*s = shape{kind: widen(min(s.kind, o.kind), max(s.kind, o.kind))}
	}
}

func widen(a, b shapeKind) shapeKind { // a < b
	switch {
	case a >= shapeInt && b <= shapeFloat, a == shapeDate && b == shapeTime:
		return b
	}
	return shapeText
}

func numberKind(s []byte) shapeKind {
	if bytes.ContainsAny(s, ".eE") {
		return shapeFloat
	}
	if _, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		return shapeInt
	}
	if len(bytes.TrimPrefix(s, []byte{'-'})) <= types.MaxDecimalPrecision {
		return shapeBig
	}
	return shapeFloat
}

func textKind(s []byte) shapeKind {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return shapeText
	}
	if _, err := types.ParseDate(s[:10]); err != nil {
		return shapeText
	}
	if len(s) == 10 {
		return shapeDate
	}
	if len(s) < 16 || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || len(bytes.Trim(s[11:], "0123456789:.Z")) > 0 {
		return shapeText
	}
	if _, err := types.ParseTimestamp(s, types.TTimestamp); err != nil {
		return shapeText
	}
	return shapeTime
}

// maxFields is how many fields a row may have before it is taken for a map.
const maxFields = 500

func (s *shape) typ() types.Type {
	switch s.kind {
	case shapeBool:
		return types.TBoolean
	case shapeInt:
		return types.TBigInt
	case shapeBig:
		return types.DecimalOf(types.MaxDecimalPrecision, 0)
	case shapeFloat:
		return types.TDouble
	case shapeDate:
		return types.TDate
	case shapeTime:
		return types.TTimestamp
	case shapeArray:
		return types.ArrayOf(s.kids[0].typ())
	case shapeObject:
		return s.objectType()
	}
	if s.kind == shapeNull {
		return types.TUnknown
	}
	return types.TVarchar
}

func (s *shape) objectType() types.Type {
	if len(s.keys) == 0 {
		return types.TUnknown
	}
	asMap := len(s.keys) > maxFields
	fields := make([]types.Field, len(s.keys))
	for i, k := range s.keys {
		asMap = asMap || k == "" || strings.ContainsAny(k, "<>(),:`") || strings.TrimSpace(k) != k
		fields[i] = types.Field{Name: k, Type: s.kids[i].typ()}
	}
	if !asMap {
		return types.RowOf(fields...)
	}
	all := &shape{}
	for _, k := range s.kids {
		all.join(k)
	}
	return types.MapOf(types.TVarchar, all.typ())
}

// textIfUnknown makes text of what nothing but nulls and empty objects were
// seen of.
func textIfUnknown(t types.Type) types.Type {
	if t.Kind == types.Unknown {
		return types.TVarchar
	}
	if len(t.Fields) == 0 {
		return t
	}
	fields := make([]types.Field, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = types.Field{Name: f.Name, Type: textIfUnknown(f.Type)}
	}
	t.Fields = fields
	return t
}
