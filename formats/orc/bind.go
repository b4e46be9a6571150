package orc

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

// The fields of the row that a union is.
const unionTag = "tag"

func unionName(i int) string { return "field" + strconv.Itoa(i) }

// binding says where a column, or a part of one, comes from in this file and
// as which type it is read.
type binding struct {
	node *node // nil: the file has no such column, every value is null
	typ  types.Type
	conv convert.Conv // of what has no parts
	kids []*binding   // parallel to typ.Fields; missing ones have no node
	at   []int        // parallel to kids: part of the node; -1: missing, or a union's tag
	// pick says that only the one kid is read, in the place of the whole.
	pick bool
	text bool  // declared as text, stored as something else that has a text
	err  error // the types do not go together: raised by a scan that reads it
}

// valueColumn names the column of a file whose values are no structs.
const valueColumn = "value"

// columns gives the columns of the file.
func (f *File) columns() []*node {
	switch {
	case f.acid != nil:
		return f.acid.sub
	case f.root.kind == kindStruct:
		return f.root.sub
	}
	return []*node{f.root}
}

// bindAll matches the table's columns with the file's; without a table the
// file's own columns are the schema. See the package comment for names and
// positions.
func (f *File) bindAll(table *types.Schema, byPosition bool) {
	cols := f.columns()
	own := &types.Schema{Fields: make([]types.Field, len(cols))}
	for i, c := range cols {
		if own.Fields[i] = (types.Field{Name: c.name, Type: c.typ}); c == f.root {
			own.Fields[i].Name, c.path = valueColumn, valueColumn
		}
	}
	if f.schema = table; table == nil {
		f.schema, byPosition = own, true
	}
	found := byPosition
	for _, c := range f.schema.Fields {
		found = found || own.Index(c.Name) >= 0
	}
	for i, c := range f.schema.Fields {
		k := i
		if found && !byPosition {
			k = own.Index(c.Name)
		}
		if k < 0 || k >= len(cols) {
			f.binds = append(f.binds, &binding{typ: c.Type})
			continue
		}
		f.binds = append(f.binds, f.bind(cols[k], c.Type))
	}
}

// bind matches a node with the type to read it as.
func (f *File) bind(n *node, t types.Type) *binding {
	b := &binding{node: n, typ: t}
	switch {
	case n.locked:
		b.err = f.refuse(n)
		return b
	case n.kind == kindStruct && t.Kind == types.Row:
		return f.bindRow(b)
	case n.kind == kindUnion && t.Kind == types.Row:
		return f.bindUnion(b)
	case n.kind == kindList && t.Kind == types.Array, n.kind == kindMap && t.Kind == types.Map:
		for i, k := range n.sub {
			kid := f.bind(k, t.Fields[i].Type)
			if kid.node == nil {
				return &binding{typ: t}
			}
			b.kids, b.at = append(b.kids, kid), append(b.at, i)
		}
		return b.adopt()
	case len(n.sub) > 0 || n.kind == kindStruct || n.kind == kindUnion:
		return f.mismatch(b)
	}
	var ok bool
	if b.conv, ok = convert.Plan(n.source(t), t); !ok {
		return f.mismatch(b)
	}
	return b
}

// bindRow matches fields by name; rows without names, and structs of Hive's
// _col0, by position.
func (f *File) bindRow(b *binding) *binding {
	for i, want := range b.typ.Fields {
		k := convert.FieldOf(want, i, len(b.node.sub), func(j int) string { return b.node.sub[j].name })
		b.part(f, k, want.Type)
	}
	return b.adopt()
}

// part appends the binding of a part; -1 for a missing one.
func (b *binding) part(f *File, k int, t types.Type) {
	kid := &binding{typ: t}
	if k >= 0 {
		kid = f.bind(b.node.sub[k], t)
	}
	b.kids, b.at = append(b.kids, kid), append(b.at, k)
}

// tagNode describes the tags of unions.
var tagNode = &node{typeInfo: typeInfo{kind: kindByte}, name: unionTag, typ: types.TTinyInt}

func (f *File) bindUnion(b *binding) *binding {
	for _, want := range b.typ.Fields {
		if strings.EqualFold(want.Name, unionTag) {
			b.kids, b.at = append(b.kids, f.bind(tagNode, want.Type)), append(b.at, -1)
			continue
		}
		k := -1
		for i := range b.node.sub {
			if strings.EqualFold(want.Name, unionName(i)) {
				k = i
			}
		}
		b.part(f, k, want.Type)
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

// mismatch says what is wrong with a binding. Scalars are read as text where
// text is declared; a table with 'malformed.values' = 'null' reads what does
// not go together as NULL.
func (f *File) mismatch(b *binding) *binding {
	if f.nullMismatch {
		b.node = nil
		return b
	}
	b.text = convert.CanText(b.node.typ, b.typ)
	b.err = convert.Mismatch("ORC", b.node.path, b.node.typ.String(), b.typ).In(f.url)
	return b
}

// project follows a path of row fields below a column and reads the last one
// as type t. The structs on the way become bindings that pick one field.
func (f *File) project(b *binding, path []string, t types.Type) (*binding, error) {
	if len(path) == 0 {
		if t.Kind != types.Unknown && !t.Equal(b.typ) {
			if b.node == nil {
				return &binding{typ: t}, nil
			}
			b = f.bind(b.node, t)
		}
		return b, b.err
	}
	i, err := convert.Part(b.typ, path[0])
	switch {
	case err != nil:
		return nil, err
	case b.node == nil:
		return f.project(&binding{typ: b.typ.Fields[i].Type}, path[1:], t)
	case b.kids == nil:
		return nil, b.err
	}
	kid, err := f.project(b.kids[i], path[1:], t)
	if err != nil || kid.node == nil {
		return kid, err
	}
	return &binding{node: b.node, typ: kid.typ, kids: []*binding{kid}, at: []int{b.at[i]}, pick: true}, nil
}

// bindOf projects for convert.Bind.
func (f *File) bindOf(p formats.Projection) (*binding, types.Type, error) {
	b, err := f.project(f.binds[p.Column], p.Path, p.Type)
	if b != nil && b.text {
		return nil, b.node.typ, nil
	}
	return b, types.TUnknown, err
}
