package avro

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

var errDefault = errors.New("it does not go with the field's type")

// constant binds a field that the file lacks with the default that the table's
// schema has for it. The default is written as Avro writes values, and read as
// those of files are: all types and conversions mean the same there.
func (f *File) constant(r *field, path string, t types.Type) *binding {
	b := f.bind(r.typ, nil, path, t)
	if b.err != nil || b.node == nil {
		b.text, b.kids = false, nil
		return b
	}
	data, err := (&encoder{}).value(nil, r.typ, r.def)
	if err != nil {
		return &binding{path: path, typ: t, node: r.typ, err: fault.New(fault.CodeInvalidParameter,
			"the default of field %q in the table's Avro schema: %v", path, err).In(f.url).InColumn(path)}
	}
	s := newSink(b)
	c := compiler{skips: map[*node]*program{}}
	d := decoder{b: data, free: maxFree}
	var v *vector.Vector
	if _, err = d.run([]instr{c.value(r.typ, want{b, s})}, 0); err == nil {
		v, err = s.fill(data)
	}
	if err != nil {
		return &binding{path: path, typ: t, node: r.typ, err: fault.As(err).In(f.url).InColumn(path)}
	}
	x := vector.ValueAt(v, 0)
	x.Type = t
	return &binding{path: path, typ: t, node: r.typ, konst: &x}
}

// part gives a field of a default.
func (b *binding) part(i int) *binding {
	want := b.typ.Fields[i]
	x := types.NullOf(want.Type)
	if !b.konst.Null {
		x = b.konst.Kids[i]
	}
	return &binding{path: b.path + "." + want.Name, typ: want.Type, node: b.node, konst: &x}
}

// maxDefault bounds the parts of a default: records whose fields have defaults
// make few lines stand for many values.
const maxDefault = 100_000

// encoder writes defaults.
type encoder struct{ parts, depth int }

// value writes a default, given as JSON, in Avro's binary encoding
// (specification, "Complex Types", the table of default values).
func (e *encoder) value(b []byte, n *node, text json.RawMessage) ([]byte, error) {
	e.depth++
	defer func() { e.depth-- }()
	if e.parts++; e.parts > maxDefault || e.depth > maxSchemaDepth {
		return nil, errDepth
	}
	switch n.kind {
	case kindNull:
		if string(text) != "null" {
			return nil, errDefault
		}
		return b, nil
	case kindBoolean:
		var v *bool
		if json.Unmarshal(text, &v) != nil || v == nil {
			return nil, errDefault
		}
		if *v {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case kindInt, kindLong:
		var v *int64
		if json.Unmarshal(text, &v) != nil || v == nil || n.kind == kindInt && *v != int64(int32(*v)) {
			return nil, errDefault
		}
		return binary.AppendVarint(b, *v), nil
	case kindFloat, kindDouble:
		var v *float64
		if json.Unmarshal(text, &v) != nil || v == nil {
			return nil, errDefault
		}
		if n.kind == kindFloat {
			return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(*v))), nil
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(*v)), nil
	case kindBytes, kindString, kindFixed, kindEnum:
		return appendText(b, n, text)
	case kindUnion:
		// The first type's, and since version 1.12 any other's.
		for i, k := range n.branches {
			if out, err := e.value(binary.AppendVarint(b, int64(i)), k, text); err == nil {
				return out, nil
			}
		}
		return nil, errDefault
	}
	return e.nested(b, n, text)
}

func appendText(b []byte, n *node, text json.RawMessage) ([]byte, error) {
	var v *string
	if json.Unmarshal(text, &v) != nil || v == nil {
		return nil, errDefault
	}
	switch n.kind {
	case kindString:
		return append(binary.AppendVarint(b, int64(len(*v))), *v...), nil
	case kindEnum:
		k := slices.Index(n.symbols, *v)
		if k < 0 {
			return nil, errDefault
		}
		return binary.AppendVarint(b, int64(k)), nil
	}
	var raw []byte // code points 0 to 255 are bytes
	for _, r := range *v {
		if r > 0xff {
			return nil, errDefault
		}
		raw = append(raw, byte(r))
	}
	if n.kind == kindFixed {
		if len(raw) != n.size {
			return nil, errDefault
		}
		return append(b, raw...), nil
	}
	return append(binary.AppendVarint(b, int64(len(raw))), raw...), nil
}

func (e *encoder) nested(b []byte, n *node, text json.RawMessage) ([]byte, error) {
	var err error
	if n.kind == kindArray {
		var items []json.RawMessage
		if json.Unmarshal(text, &items) != nil || items == nil {
			return nil, errDefault
		}
		if len(items) > 0 {
			b = binary.AppendVarint(b, int64(len(items)))
		}
		for _, x := range items {
			if b, err = e.value(b, n.items, x); err != nil {
				return nil, err
			}
		}
		return append(b, 0), nil
	}
	var parts map[string]json.RawMessage
	if json.Unmarshal(text, &parts) != nil || parts == nil {
		return nil, errDefault
	}
	if n.kind == kindMap {
		if len(parts) > 0 {
			b = binary.AppendVarint(b, int64(len(parts)))
		}
		for _, k := range slices.Sorted(maps.Keys(parts)) {
			b = append(binary.AppendVarint(b, int64(len(k))), k...)
			if b, err = e.value(b, n.items, parts[k]); err != nil {
				return nil, err
			}
		}
		return append(b, 0), nil
	}
	for _, f := range n.fields {
		x, ok := parts[f.name]
		if !ok {
			x = f.def
		}
		if b, err = e.value(b, f.typ, x); err != nil {
			return nil, err
		}
	}
	return b, nil
}
