package json

import (
	"io"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// writer writes rows as objects. See NewWriter.
type writer struct {
	w     io.Writer
	keys  [][]byte     // {"a": and ,"b": as they stand before the values
	types []types.Type // of columns with fields that have other keys than names; unknown: of others
	array bool
	rows  int64
	buf   []byte
}

// flushAt is how many bytes are collected before they are written.
const flushAt = 64 << 10

// NewWriter writes a row an object, by default one a line; with the property
// layout=array as one JSON array. How values are spelled says
// textval.AppendJSON; NULL is null. Keys are those by which readers with the same
// properties find the columns and fields.
func NewWriter(w io.Writer, schema *types.Schema, props map[string]string) (formats.Writer, error) {
	out := &writer{w: w}
	switch l := strings.ToLower(props["layout"]); l {
	case "", "lines":
	case "array":
		out.array = true
	default:
		return nil, fault.New(fault.CodeInvalidParameter, "property %q is %q: expected lines or array", "layout", l)
	}
	p, err := parseProperties(props)
	switch {
	case err != nil:
		return nil, err
	case len(p.path.steps) > 0:
		return nil, fault.New(fault.CodeFeatureNotSupported, "writing records below a path, which %q is, is not supported", propertyPath)
	}
	record, err := p.keyed(types.RowOf(schema.Fields...))
	if err != nil {
		return nil, err
	}
	for i, f := range record.Fields {
		typ := types.TUnknown
		if !f.Type.Equal(schema.Fields[i].Type) {
			typ = f.Type
		}
		out.types = append(out.types, typ)
		start := byte(',')
		if i == 0 {
			start = '{'
		}
		out.keys = append(out.keys, append(textval.AppendJSONString([]byte{start}, []byte(f.Name)), ':'))
	}
	return out, nil
}

// keyed gives a type with the keys of its fields for their names, at any depth. Two
// fields with one key are an error: only one would be read.
func (k *naming) keyed(t types.Type) (types.Type, error) {
	if len(t.Fields) == 0 || len(k.mapping) == 0 {
		return t, nil
	}
	t.Fields = slices.Clone(t.Fields)
	seen := map[string]string{}
	for i := range t.Fields {
		f := &t.Fields[i]
		var err error
		if f.Type, err = k.keyed(f.Type); err != nil {
			return t, err
		}
		if t.Kind != types.Row || f.Name == "" {
			continue
		}
		name := f.Name
		f.Name = k.key(name)
		if other, ok := seen[k.same(f.Name)]; ok {
			return t, fault.New(fault.CodeInvalidParameter, "columns %q and %q would be written with the one key %q", other, name, f.Name).
				WithHint("Give them different keys in the properties %s*.", propertyMapping)
		}
		seen[k.same(f.Name)] = name
	}
	return t, nil
}

// retyped gives a view of a vector with another type of the same form.
func retyped(v *vector.Vector, t types.Type) *vector.Vector {
	out := *v
	out.Type = t
	if v.Base != nil {
		out.Base = retyped(v.Base, t)
	}
	out.Kids = make([]*vector.Vector, len(v.Kids))
	for i, kid := range v.Kids {
		out.Kids[i] = retyped(kid, t.Fields[i].Type)
	}
	return &out
}

// Write appends the selected rows.
func (w *writer) Write(b *vector.Batch) error {
	if b.Sel == nil {
		for r := range b.N {
			if err := w.row(b, r); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range b.Sel {
		if err := w.row(b, int(r)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) row(b *vector.Batch, r int) error {
	switch {
	case w.array && w.rows == 0:
		w.buf = append(w.buf, '[', '\n')
	case w.array:
		w.buf = append(w.buf, ',', '\n')
	}
	w.rows++
	if len(b.Cols) == 0 {
		w.buf = append(w.buf, '{')
	}
	for i, v := range b.Cols {
		w.buf = append(w.buf, w.keys[i]...)
		if t := w.types[i]; t.Kind != types.Unknown {
			v = retyped(v, t)
		}
		w.buf = textval.AppendJSONAt(w.buf, v, r)
	}
	if w.buf = append(w.buf, '}'); !w.array {
		w.buf = append(w.buf, '\n')
	}
	if len(w.buf) >= flushAt {
		return w.flush()
	}
	return nil
}

func (w *writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Close ends the array and writes what is left.
func (w *writer) Close() error {
	switch {
	case w.array && w.rows == 0:
		w.buf = append(w.buf, "[]\n"...)
	case w.array:
		w.buf = append(w.buf, "\n]\n"...)
	}
	return w.flush()
}
