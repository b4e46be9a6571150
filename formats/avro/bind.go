package avro

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// binding says where a column, or a part of one, comes from in this file and
// as which type it is read.
type binding struct {
	node *node // nil: the file has no such column, every value is null
	path string
	typ  types.Type
	conv convert.Conv // of what has no parts
	// kids are parallel to typ.Fields; missing ones have no node. With pick
	// there is one: the field of a record, or of a union's row, that is read in
	// the place of the whole.
	kids []*binding
	at   []int // parallel to kids: field of the record or type of the union; -1: missing, or a union's tag
	pick bool
	// text says that the column is declared as text and stored as something
	// else that has a text, of type own.
	text bool
	own  types.Type
	err  error // the types do not go together: raised by a scan that reads it
}

// valueColumn names the column of a file whose values are no records.
const valueColumn = "value"

// columns gives the fields of the file's records.
func (h *header) columns() []field {
	if h.schema.kind == kindRecord {
		return h.schema.fields
	}
	return []field{{valueColumn, h.schema}}
}

// bindAll matches the table's columns with the file's; without a table the
// file's own columns are the schema. Names match as types.Schema.Index has it.
func (f *File) bindAll(table *types.Schema) error {
	own := f.head.columns()
	names := &types.Schema{Fields: make([]types.Field, len(own))}
	for i, c := range own {
		names.Fields[i].Name = c.name
	}
	if f.schema = table; table == nil {
		n := naturals{inside: []*node{f.head.schema}}
		for i, c := range own {
			if f.head.schema.kind != kindRecord {
				n.inside = nil
			}
			t, err := n.of(c.typ, c.name)
			if err != nil {
				return fault.As(err).In(f.url)
			}
			names.Fields[i].Type = t
		}
		f.schema = names
	}
	for i, c := range f.schema.Fields {
		k := i
		if table != nil {
			k = names.Index(c.Name)
		}
		f.fields = append(f.fields, k)
		if k < 0 {
			f.binds = append(f.binds, &binding{path: c.Name, typ: c.Type})
			continue
		}
		f.binds = append(f.binds, f.bind(own[k].typ, own[k].name, c.Type))
	}
	return nil
}

// bind matches a node with the type to read it as. The depth of t ends a
// recursion into records that contain themselves.
func (f *File) bind(n *node, path string, t types.Type) *binding {
	b := &binding{node: n, path: path, typ: t}
	inner := n
	if n.kind == kindUnion {
		c := n.choice()
		switch {
		case len(c.types) == 0:
			inner = &node{kind: kindNull}
		case len(c.types) == 1:
			inner = c.types[0]
		case c.wide:
			return f.bindValue(b, c.one)
		default:
			return f.bindUnion(b, c)
		}
	}
	switch {
	case inner.kind == kindRecord && t.Kind == types.Row:
		return f.bindRow(b, inner)
	case inner.kind == kindArray && t.Kind == types.Array:
		b.kids, b.at = []*binding{f.bind(inner.items, path, t.Elem())}, []int{0}
		return b.adoptAll()
	case inner.kind == kindMap && t.Kind == types.Map:
		key := f.bind(&node{kind: kindString}, path, t.Key())
		b.kids, b.at = []*binding{key, f.bind(inner.items, path, t.Value())}, []int{0, 1}
		return b.adoptAll()
	case inner.kind >= kindRecord:
		return f.mismatch(b, inner.String(), types.TUnknown)
	}
	return f.bindValue(b, inner.source())
}

// adoptAll is adopt for lists and maps, which are nothing without their entries.
func (b *binding) adoptAll() *binding {
	for _, k := range b.kids {
		if k.node == nil {
			return &binding{path: b.path, typ: b.typ}
		}
	}
	return b.adopt()
}

func (f *File) bindValue(b *binding, s convert.Source) *binding {
	var ok bool
	if b.conv, ok = convert.Plan(s, b.typ); !ok {
		return f.mismatch(b, s.Type.String(), s.Type)
	}
	return b
}

// bindRow matches fields by name; rows without names by position.
func (f *File) bindRow(b *binding, n *node) *binding {
	for i, want := range b.typ.Fields {
		k := convert.FieldOf(want, i, len(n.fields), func(j int) string { return n.fields[j].name })
		kid := &binding{path: b.path + "." + want.Name, typ: want.Type}
		if k >= 0 {
			kid = f.bind(n.fields[k].typ, b.path+"."+n.fields[k].name, want.Type)
		}
		b.kids, b.at = append(b.kids, kid), append(b.at, k)
	}
	return b.adopt()
}

// bindUnion matches the row that a union of several types is.
func (f *File) bindUnion(b *binding, c choice) *binding {
	if b.typ.Kind != types.Row {
		names := make([]string, len(c.types))
		for i, t := range c.types {
			names[i] = t.String()
		}
		return f.mismatch(b, "union of "+strings.Join(names, ", "), types.TUnknown)
	}
	for _, want := range b.typ.Fields {
		kid, k := &binding{path: b.path + "." + want.Name, typ: want.Type}, -1
		if strings.EqualFold(want.Name, unionTag) {
			tag := &node{kind: kindInt}
			kid = f.bindValue(&binding{node: tag, path: kid.path, typ: want.Type}, tag.source())
		}
		for i, t := range c.types {
			if strings.EqualFold(want.Name, unionField+strconv.Itoa(i)) {
				kid, k = f.bind(t, kid.path, want.Type), i
			}
		}
		b.kids, b.at = append(b.kids, kid), append(b.at, k)
	}
	return b.adopt()
}

// adopt takes over the first error of a child.
func (b *binding) adopt() *binding {
	for _, k := range b.kids {
		if k.err != nil && b.err == nil {
			b.err = k.err
		}
	}
	return b
}

// mismatch says what is wrong with a binding of values whose own type is own,
// unknown if they have parts. Scalars are read as text where text is declared;
// a table with 'malformed.values' = 'null' reads what does not go together as
// NULL.
func (f *File) mismatch(b *binding, has string, own types.Type) *binding {
	if f.nullMismatch {
		b.node = nil
		return b
	}
	b.text, b.own = convert.CanText(own, b.typ), own
	b.err = convert.Mismatch("Avro", b.path, has, b.typ).In(f.url)
	return b
}

// project follows a path of row fields below a column and reads the last one
// as type t. The records on the way become bindings that pick one field.
func (f *File) project(b *binding, path []string, t types.Type) (*binding, error) {
	if len(path) == 0 {
		if t.Kind != types.Unknown && !t.Equal(b.typ) {
			if b.node == nil {
				return &binding{path: b.path, typ: t}, nil
			}
			b = f.bind(b.node, b.path, t)
		}
		return b, b.err
	}
	if b.typ.Kind != types.Row {
		return nil, fault.New(fault.CodeInternal, "projection of field %q of a %s", path[0], b.typ).In(f.url)
	}
	for i, want := range b.typ.Fields {
		if !strings.EqualFold(want.Name, path[0]) {
			continue
		}
		if b.node == nil {
			return f.project(&binding{path: b.path, typ: want.Type}, path[1:], t)
		}
		if b.kids == nil {
			return nil, b.err
		}
		kid, err := f.project(b.kids[i], path[1:], t)
		if err != nil || kid.node == nil {
			return kid, err
		}
		return &binding{node: b.node, path: kid.path, typ: kid.typ, kids: []*binding{kid}, at: []int{b.at[i]}, pick: true}, nil
	}
	return nil, fault.New(fault.CodeUndefinedColumn, "field %q does not exist in %s", path[0], b.typ).In(f.url)
}
