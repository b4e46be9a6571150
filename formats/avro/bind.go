package avro

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
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

	reader *node        // what the table's own schema says of it; nil: nothing
	konst  *types.Value // the default of a field that the file lacks
	// tags gives, for a union of several types that is read as another one, the
	// place there of each of its types; -1: it has none. single says that the file
	// has one type in the place of a union of several, the first of tags.
	tags   []int
	single bool
}

// valueColumn names the column of a file whose values are no records.
const valueColumn = "value"

// record gives a schema as a record: one whose values are no records is a
// record of one field.
func (n *node) record() *node {
	if n == nil || n.kind == kindRecord {
		return n
	}
	return &node{kind: kindRecord, fields: []field{{name: valueColumn, typ: n}}}
}

// columns gives the fields of the file's records.
func (h *header) columns() []field { return h.schema.record().fields }

// bindAll matches the table's columns with the file's; without a table the
// columns are those of the reader's schema, or else of the file's. Names match
// as types.Schema.Index has it.
func (f *File) bindAll(table *types.Schema, reader *node) error {
	f.schema = table
	if table == nil {
		from := f.head.schema
		if reader != nil {
			from = reader
		}
		own, err := natural(from)
		if err != nil {
			return fault.As(err).In(f.url)
		}
		f.schema = own
	}
	writer, reader := f.head.schema.record(), reader.record()
	for i, c := range f.schema.Fields {
		b, k := f.bindField(writer, reader, c, i, "")
		f.binds, f.fields = append(f.binds, b), append(f.fields, k)
	}
	return nil
}

// natural gives the columns of a schema by itself.
func natural(schema *node) (*types.Schema, error) {
	n, out := naturals{}, &types.Schema{}
	if schema.kind == kindRecord {
		n.inside = []*node{schema}
	}
	for _, c := range schema.record().fields {
		t, err := n.of(c.typ, c.name)
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, types.Field{Name: c.name, Type: t})
	}
	return out, nil
}

// bindField binds the column or row field at a place of the table with a field
// of a record, whose place it gives; -1: the record lacks it.
func (f *File) bindField(writer, reader *node, want types.Field, place int, path string) (*binding, int) {
	k, r := writer.find(reader, want, place)
	switch {
	case k >= 0:
		w := writer.fields[k]
		var as *node
		if r != nil {
			as = r.typ
		}
		return f.bind(w.typ, as, path+w.name, want.Type), k
	case r != nil && r.def != nil:
		return f.constant(r, path+r.name, want.Type), -1
	}
	return &binding{path: path + want.Name, typ: want.Type}, -1
}

// bind matches a node with the type to read it as; r is what the table's own
// schema says of it. The depth of t ends a recursion into records that contain
// themselves.
func (f *File) bind(n, r *node, path string, t types.Type) *binding {
	b := &binding{node: n, path: path, typ: t, reader: r}
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
	if rc := r.several(); rc != nil {
		b.single = true
		return f.bindUnion(b, choice{null: -1, types: []*node{inner}, at: []int{0}})
	}
	r = r.only()
	switch {
	case inner.kind == kindRecord && t.Kind == types.Row:
		return f.bindRow(b, inner, r)
	case inner.kind == kindArray && t.Kind == types.Array:
		b.kids, b.at = []*binding{f.bind(inner.items, r.inside(kindArray), path, t.Elem())}, []int{0}
		return b.adoptAll()
	case inner.kind == kindMap && t.Kind == types.Map:
		key := f.bind(&node{kind: kindString}, nil, path, t.Key())
		b.kids, b.at = []*binding{key, f.bind(inner.items, r.inside(kindMap), path, t.Value())}, []int{0, 1}
		return b.adoptAll()
	case inner.kind >= kindRecord:
		return f.mismatch(b, inner.String(), types.TUnknown)
	}
	if as := inner.as(r); as != inner {
		b.node, inner = as, as
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
func (f *File) bindRow(b *binding, n, r *node) *binding {
	for i, want := range b.typ.Fields {
		kid, k := f.bindField(n, r, want, i, b.path+".")
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
	as := b.reader.several()
	if as != nil {
		b.tags = c.places(*as)
	}
	for _, want := range b.typ.Fields {
		kid, k := &binding{path: b.path + "." + want.Name, typ: want.Type}, -1
		if strings.EqualFold(want.Name, unionTag) {
			tag := &node{kind: kindInt}
			kid = f.bindValue(&binding{node: tag, path: kid.path, typ: want.Type}, tag.source())
		}
		for i, t := range c.types {
			at, r := i, (*node)(nil)
			if as != nil {
				if at = b.tags[i]; at < 0 {
					continue
				}
				r = as.types[at]
			}
			if strings.EqualFold(want.Name, unionField+strconv.Itoa(at)) {
				kid, k = f.bind(t, r, kid.path, want.Type), i
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
			if b.konst != nil {
				return nil, fault.New(fault.CodeInternal, "default of column %q as %s", b.path, t).In(f.url)
			}
			b = f.bind(b.node, b.reader, b.path, t)
		}
		return b, b.err
	}
	i, err := convert.Part(b.typ, path[0])
	switch {
	case err != nil:
		return nil, err
	case b.node == nil:
		return f.project(&binding{path: b.path, typ: b.typ.Fields[i].Type}, path[1:], t)
	case b.konst != nil:
		return f.project(b.part(i), path[1:], t)
	case b.kids == nil:
		return nil, b.err
	}
	kid, err := f.project(b.kids[i], path[1:], t)
	if err != nil || kid.node == nil {
		return kid, err
	}
	return &binding{node: b.node, path: kid.path, typ: kid.typ, kids: []*binding{kid}, at: []int{b.at[i]}, pick: true, tags: b.tags, single: b.single}, nil
}

// bindOf projects for convert.Bind.
func (f *File) bindOf(p formats.Projection) (*binding, types.Type, error) {
	b, err := f.project(f.binds[p.Column], p.Path, p.Type)
	if b != nil && b.text {
		return nil, b.own, nil
	}
	return b, types.TUnknown, err
}
