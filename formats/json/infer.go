package json

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
)

// Infer finds the columns of JSON records from the beginning of a file
// (decompressed). complete says that head is the whole file; otherwise its
// last record is left out. What it finds does not depend on the order of the
// records: columns come in the order of their mean places in the objects, keys
// that differ only in case are one column under the spelling that is most
// frequent.
//
// A file that is one object whose only key holds an array of objects is read as
// that array, as CloudTrail's files want to be: json.path is then set.
//
// Types widen by this table; what is not in it becomes varchar, which takes
// any value as its JSON text. Where only nulls, empty objects or empty arrays
// were seen, the type is unknown: other files may know.
//
//	null                 with anything   the other
//	bigint               with double     double
//	bigint, decimal(38,0) (whole numbers beyond 64 bits)   decimal(38,0), with double: double
//	date                 with timestamp  timestamp
//	array                with array      array of the joined elements
//	object               with object     row with the fields of both, or a map (see shape.asMap)
//
// Strings of the form YYYY-MM-DD are dates; with a space or T, a time of day
// and perhaps a Z behind, timestamps.
func (f Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	p, err := parsePath(f.Path)
	if err != nil {
		return nil, err
	}
	out := &formats.Inference{Properties: map[string]string{}}
	body := bytes.TrimPrefix(head, bom)
	if len(p.steps) == 0 {
		if key, ok := envelope(body, complete); ok {
			p.steps = []step{{key: key, index: -1}, {every: true, index: -1}}
			out.Notes = append(out.Notes, fmt.Sprintf("the only key %s holds an array of objects, which are the records (json.path %s)", key, p))
		}
	}
	in := inference{path: p, epoch: f.Epoch, root: &shape{}, parser: parser{valid: true, unit: "record"}}
	if err := in.read(body, complete); err != nil {
		return nil, err
	}
	if in.root.collides {
		in = inference{path: p, epoch: f.Epoch, root: &shape{exact: true}, parser: parser{valid: true, unit: "record"}}
		if err := in.read(body, complete); err != nil {
			return nil, err
		}
	}
	if in.records == 0 && len(bytes.TrimSpace(body)) > 0 && !complete {
		return nil, fault.New(fault.CodeInvalidJSON, "the first record is longer than the sample of %d bytes", len(head))
	}
	return in.result(out)
}

// result completes an inference with the columns of what was read.
func (in *inference) result(out *formats.Inference) (*formats.Inference, error) {
	switch {
	case in.records == 0 && len(in.path.steps) > 0:
		return nil, fault.New(fault.CodeInvalidJSON, "the path %s leads to no record", in.path)
	case in.records == 0:
		return nil, fault.New(fault.CodeInvalidJSON, "the file holds no records to infer a schema from")
	case len(in.root.fields) == 0:
		return nil, fault.New(fault.CodeInvalidJSON, "the objects in the file have no fields to make columns of")
	}
	out.Schema = &types.Schema{}
	taken := map[string]bool{}
	for _, k := range in.root.ordered() {
		name := k.name()
		for n := 2; in.root.exact && taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s_%d", k.name(), n)
		}
		taken[strings.ToLower(name)] = true
		if name != k.name() {
			out.Properties[propertyMapping+strings.ToLower(name)] = k.name()
			out.Notes = append(out.Notes, fmt.Sprintf("the key %s stands beside one that differs in case only: its column is %s", k.name(), name))
		}
		t := in.typ(k.shape, k.name(), 1)
		out.Schema.Fields = append(out.Schema.Fields, types.Field{Name: name, Type: t})
	}
	out.Notes = append(out.Notes, in.notes...)
	if len(in.path.steps) > 0 {
		out.Properties[propertyPath] = in.path.String()
	}
	if in.isEpoch {
		out.Properties[propertyEpoch] = in.epoch.String()
	}
	return out, nil
}

// envelope recognizes a document that is one object with one key, which holds
// an array of objects. Of a document that is cut all that is seen counts.
func envelope(body []byte, complete bool) (key string, ok bool) {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 || body[0] != '{' {
		return "", false
	}
	p := parser{b: body, i: 1}
	p.space()
	raw, ok := p.key()
	if !ok || p.peek() != '[' {
		return "", false
	}
	key = string(raw)
	var s skipper
	n, done := s.run(body[p.i:])
	if !done && complete {
		return "", false
	}
	if done && string(bytes.TrimRight(bytes.TrimSpace(body[p.i+n:]), " \t\r\n")) != "}" {
		return "", false
	}
	p.i++
	p.space()
	return key, p.peek() == '{' && key != "" && !strings.ContainsAny(key, "'\\")
}

// inference is an Infer under way.
type inference struct {
	path    path
	epoch   textval.Epoch
	root    *shape
	parser  parser
	records int
	notes   []string
	isEpoch bool // some column is read as points in time
}

// read takes the shapes of the records together.
func (in *inference) read(body []byte, complete bool) error {
	if len(in.path.steps) == 0 && layoutOf(body, complete) == layoutLines {
		return in.readLines(body, complete)
	}
	w := walker{path: in.path}
	for at := 0; ; {
		what, from, to := w.next(body, at, complete)
		line := int64(bytes.Count(body[:from], newline)) + 1
		switch what {
		case foundMore, foundEnd:
			return nil
		case foundError:
			return placed(w.fail(body, from), line)
		}
		if err := in.record(body[from:to]); err != nil {
			return placed(err, line)
		}
		at = to
	}
}

func placed(e *fault.Error, line int64) error {
	e.Line = line
	return e
}

func (in *inference) readLines(body []byte, complete bool) error {
	number, bad := int64(0), 0
	var first error
	for line := range bytes.Lines(body) {
		number++
		if !complete && line[len(line)-1] != '\n' {
			continue
		}
		for line = bytes.TrimRight(line, "\r\n"); !blank(line); {
			n := valueEnd(line)
			err := in.check(line[:n])
			if err == nil {
				err = in.record(line[:n])
			}
			if err != nil {
				if bad++; first == nil {
					first = placed(err, number)
				}
			}
			line = line[n:]
		}
	}
	if bad*maxBadLines > in.records {
		return first
	}
	if bad > 0 {
		in.notes = append(in.notes, fmt.Sprintf("%d of %d records cannot be read and stop queries unless 'malformed.values' is 'reject'; the first is in line %d: %v",
			bad, bad+in.records, fault.As(first).Line, first))
	}
	return nil
}

// maxBadLines is how many good records excuse one that cannot be read.
const maxBadLines = 10

// check looks at a record before its shape is counted.
func (in *inference) check(b []byte) *fault.Error {
	p := parser{b: b, valid: true, unit: in.parser.unit}
	p.space()
	if p.skip(0) {
		if p.space(); p.i == len(p.b) {
			return nil
		}
		p.fail("the end of the record")
	}
	return p.err
}

// record adds one record: an object, or behind a path any value, which is a
// field of the path's name.
func (in *inference) record(b []byte) *fault.Error {
	p := &in.parser
	p.b, p.i, p.err = b, 0, nil
	p.space()
	switch {
	case p.peek() == '{':
		p.observe(in.root, 0)
	case len(in.path.steps) == 0 || p.peek() == '[':
		p.fail("an object")
	default:
		in.root.seen[shapeObject]++
		p.observe(in.root.field([]byte(in.path.column())).seenAt(0), 0)
	}
	if p.err == nil {
		if p.space(); p.i < len(p.b) {
			p.fail("the end of the record")
		}
	}
	if p.err == nil {
		in.records++
	}
	return p.err
}

// textForUnknown makes text of what nothing but nulls and empty objects were
// seen of.
func textForUnknown(s *types.Schema) *types.Schema {
	out := &types.Schema{Fields: make([]types.Field, len(s.Fields))}
	for i, f := range s.Fields {
		out.Fields[i] = types.Field{Name: f.Name, Type: textval.TextIfUnknown(f.Type)}
	}
	return out
}
