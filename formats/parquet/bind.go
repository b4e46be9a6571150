package parquet

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

// binding says where a column, or a part of one, comes from in this file and
// as which type it is read.
type binding struct {
	node *node // nil: the file has no such column, every value is null
	typ  types.Type
	conv convert.Conv // leaves
	kids []*binding   // parallel to typ.Fields; nil elements: missing
	text bool         // declared as text, stored as something else that has a text
	err  error        // the types do not go together: raised by a scan that reads it
}

// bindAll matches the table's columns with the file's; without a table the
// file's own columns are the schema. A column matches by its field ID where the
// table and the file know it: such a column may have been renamed, and another
// one may have its old name now. Otherwise names match
// as types.Schema.Index has it; with 'parquet.column.index.access' = 'true'
// places do. A mismatch is kept in the binding, so that it hurts only who reads it.
func (f *File) bindAll(table *types.Schema, ids []int32, byPosition bool) {
	own := &types.Schema{Fields: f.tree.fields}
	f.schema = own
	if table != nil {
		f.schema = table
	}
	for i, field := range f.schema.Fields {
		k := i
		if k >= len(f.tree.cols) {
			k = -1
		}
		if table != nil && !byPosition {
			k = own.Index(field.Name)
			if i < len(ids) && ids[i] > 0 {
				if at := slices.IndexFunc(f.tree.cols, func(n *node) bool { return n.id == ids[i] }); at >= 0 {
					k = at
				} else if k >= 0 && f.tree.cols[k].id > 0 {
					k = -1 // that one was another column, whose name this one has now
				}
			}
		}
		if k < 0 {
			f.binds = append(f.binds, &binding{typ: field.Type})
			continue
		}
		f.binds = append(f.binds, f.bind(f.tree.cols[k], field.Type))
	}
}

// bind matches a node with the type to read it as.
func (f *File) bind(n *node, t types.Type) *binding {
	b := &binding{node: n, typ: t}
	switch {
	case n.kind == kindLeaf:
		c, ok := convert.Plan(n.elem.source(), t)
		if b.conv = c; !ok {
			return f.mismatch(b)
		}
		return b
	case n.kind == kindRow && t.Kind == types.Row:
		return f.bindRow(b)
	case n.kind == kindVariant && t.Kind == types.Row:
		return f.bind(n.kids[0], t)
	case n.kind == kindVariant && (t.Kind == types.JSON || t.Kind == types.Varchar):
		b.err = checkVariant(f.url, n)
		b.kids = []*binding{f.bind(n.kids[0], n.kids[0].typ)}
		return b.adopt()
	case n.kind == kindList && t.Kind == types.Array, n.kind == kindMap && t.Kind == types.Map:
		for i, k := range n.kids {
			b.kids = append(b.kids, f.bind(k, t.Fields[i].Type))
		}
		return b.adopt()
	}
	return f.mismatch(b)
}

// bindRow matches fields by name; rows without names by position.
func (f *File) bindRow(b *binding) *binding {
	b.kids = make([]*binding, len(b.typ.Fields))
	for i, want := range b.typ.Fields {
		k := convert.FieldOf(want, i, len(b.node.kids), func(j int) string { return b.node.kids[j].name })
		if k >= 0 {
			b.kids[i] = f.bind(b.node.kids[k], want.Type)
		}
	}
	return b.adopt()
}

// adopt takes over the first error of a child.
func (b *binding) adopt() *binding {
	for _, k := range b.kids {
		if k != nil && k.err != nil && b.err == nil {
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
	b.text = b.node.kind == kindLeaf && convert.CanText(b.node.typ, b.typ)
	has := b.node.typ.String()
	if b.node.elem != nil {
		has = b.node.elem.String()
	}
	b.err = convert.Mismatch("Parquet", b.node.path, has, b.typ).In(f.url)
	return b
}

// project follows a path of row fields below a binding.
func (f *File) project(b *binding, path []string, t types.Type) (*binding, error) {
	for _, name := range path {
		i, err := convert.Part(b.typ, name)
		switch {
		case err != nil:
			return nil, err
		case b.node != nil && b.kids[i] != nil:
			b = b.kids[i]
		default:
			b = &binding{typ: b.typ.Fields[i].Type}
		}
	}
	if t.Kind != types.Unknown && !t.Equal(b.typ) {
		if b.node == nil {
			return &binding{typ: t}, nil
		}
		b = f.bind(b.node, t)
	}
	return b, b.err
}

// bindOf projects for convert.Bind.
func (f *File) bindOf(p formats.Projection) (*binding, types.Type, error) {
	b, err := f.project(f.binds[p.Column], p.Path, p.Type)
	if b != nil && b.text {
		return nil, b.node.typ, nil
	}
	return b, types.TUnknown, err
}

// flat gives the leaf that a binding reads without assembly; nil if it is
// nested or missing.
func (b *binding) flat() *leaf {
	if b.node == nil || b.node.kind != kindLeaf || b.node.elem.maxRep > 0 {
		return nil
	}
	return b.node.elem
}

// eachLeaf calls f with the leaves that a binding reads. A row of which only
// missing fields were asked for still needs one leaf, for its own nulls.
func (b *binding) eachLeaf(f func(b *binding)) {
	if b == nil || b.node == nil {
		return
	}
	if b.node.kind == kindLeaf {
		f(b)
		return
	}
	for _, k := range b.kids {
		k.eachLeaf(f)
	}
}
