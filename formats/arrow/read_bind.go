package arrow

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
)

// binding says where a column, or a part of one, comes from in this file and
// as which type it is read.
type binding struct {
	f    *fieldDef // nil: the file has no such column, every value is null
	path string
	typ  types.Type
	conv convert.Conv // of what has no parts
	// kids are parallel to typ.Fields, at to kids: the field inside f; -1: missing,
	// or a union's tag. With pick there is one: the field of a struct or union that
	// is read in the place of the whole. What is run-end encoded has its values.
	kids []*binding
	at   []int
	pick bool
	// text says that the column is declared as text and stored as something
	// else that has a text, of type own.
	text bool
	own  types.Type
	err  error // the types do not go together: raised by a scan that reads it
}

// binder binds the columns of a file; nulls reads as NULL what does not go
// together.
type binder struct {
	url   string
	nulls bool
}

// bindAll matches the table's columns with the file's; without a table the
// file's own columns are the schema. Names match as types.Schema.Index has it.
func (f *File) bindAll(table *types.Schema, nulls bool) error {
	names := &types.Schema{Fields: make([]types.Field, len(f.fields))}
	for i, c := range f.fields {
		names.Fields[i].Name = c.name
	}
	if f.schema = table; table == nil {
		for i, c := range f.fields {
			t, err := c.natural(c.name)
			if err != nil {
				return fault.As(err).In(f.url)
			}
			names.Fields[i].Type = t
		}
		f.schema = names
	}
	bd := &binder{url: f.url, nulls: nulls}
	for i, c := range f.schema.Fields {
		k := i
		if table != nil {
			k = names.Index(c.Name)
		}
		b := &binding{path: c.Name, typ: c.Type}
		if k >= 0 {
			b = bd.bind(f.fields[k], f.fields[k].name, c.Type)
		}
		f.binds, f.places = append(f.binds, b), append(f.places, k)
	}
	return nil
}

func (bd *binder) bind(f *fieldDef, path string, t types.Type) *binding {
	b := &binding{f: f, path: path, typ: t}
	switch f.kind {
	case typeRunEnd:
		return bd.runs(b)
	case typeStruct:
		if t.Kind == types.Row {
			return bd.row(b)
		}
	case typeUnion:
		if t.Kind == types.Row {
			return bd.union(b)
		}
	case typeMap:
		if t.Kind == types.Map {
			return bd.list(b, f.kids[0].kids, t.Key(), t.Value())
		}
	case typeList, typeLargeList, typeListView, typeLargeListView, typeFixedSizeList:
		if t.Kind == types.Array {
			return bd.list(b, f.kids, t.Elem())
		}
	default:
		return bd.value(b)
	}
	return bd.mismatch(b, f.String(), types.TUnknown)
}

// runs binds what is run-end encoded: its values decide.
func (bd *binder) runs(b *binding) *binding {
	v := bd.bind(b.f.kids[1], b.path, b.typ)
	if v.f == nil {
		return v
	}
	b.kids, b.at, b.err, b.text, b.own = []*binding{v}, []int{1}, v.err, v.text, v.own
	return b
}

func (bd *binder) value(b *binding) *binding {
	s, err := b.f.source()
	if err != nil {
		b.err = fault.As(err).In(bd.url).InColumn(b.path)
		return b
	}
	if s.Type.Kind == types.Interval && b.typ.Kind == types.Interval && b.typ.S == types.IntervalAny {
		b.conv = convert.Conv{From: s, To: b.typ, Op: convert.OpCopy}
		return b
	}
	if b.f.kind == typeDuration {
		s.Type = types.TBigInt // its ticks, where the table declares a number
	}
	ok := s.Type.Kind != types.Interval
	if ok {
		b.conv, ok = convert.Plan(s, b.typ)
	}
	if !ok {
		return bd.mismatch(b, s.Type.String(), s.Type)
	}
	return b
}

func (bd *binder) row(b *binding) *binding {
	for i, want := range b.typ.Fields {
		k := convert.FieldOf(want, i, len(b.f.kids), func(j int) string { return b.f.kids[j].name })
		kid := &binding{path: b.path + "." + want.Name, typ: want.Type}
		if k >= 0 {
			kid = bd.bind(b.f.kids[k], b.path+"."+b.f.kids[k].name, want.Type)
		}
		b.kids, b.at = append(b.kids, kid), append(b.at, k)
	}
	return b.adopt()
}

// union matches the row that a union is.
func (bd *binder) union(b *binding) *binding {
	for _, want := range b.typ.Fields {
		kid, k := &binding{path: b.path + "." + want.Name, typ: want.Type}, -1
		if strings.EqualFold(want.Name, unionTag) {
			kid = bd.value(&binding{f: &fieldDef{kind: typeInt, bits: 8, signed: true}, path: kid.path, typ: want.Type})
		}
		for i, f := range b.f.kids {
			if strings.EqualFold(want.Name, fmt.Sprint(unionField, i)) {
				kid, k = bd.bind(f, kid.path, want.Type), i
			}
		}
		b.kids, b.at = append(b.kids, kid), append(b.at, k)
	}
	return b.adopt()
}

func (bd *binder) list(b *binding, parts []*fieldDef, ts ...types.Type) *binding {
	for i, t := range ts {
		k := bd.bind(parts[i], b.path, t)
		if k.f == nil { // a list is nothing without its entries
			return &binding{path: b.path, typ: b.typ}
		}
		b.kids, b.at = append(b.kids, k), append(b.at, i)
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
// unknown if they have parts.
func (bd *binder) mismatch(b *binding, has string, own types.Type) *binding {
	if bd.nulls {
		b.f = nil
		return b
	}
	b.text, b.own = convert.CanText(own, b.typ), own
	b.err = convert.Mismatch("Arrow", b.path, has, b.typ).In(bd.url)
	return b
}

// project follows a path of row fields below a column and reads the last one
// as type t. The structs on the way become bindings that pick one field.
func (f *File) project(b *binding, path []string, t types.Type) (*binding, error) {
	if len(path) == 0 {
		if t.Kind != types.Unknown && !t.Equal(b.typ) {
			if b.f == nil {
				return &binding{path: b.path, typ: t}, nil
			}
			b = (&binder{url: f.url}).bind(b.f, b.path, t)
		}
		return b, b.err
	}
	i, err := convert.Part(b.typ, path[0])
	switch {
	case err != nil:
		return nil, err
	case b.f == nil:
		return f.project(&binding{path: b.path, typ: b.typ.Fields[i].Type}, path[1:], t)
	case b.kids == nil:
		return nil, b.err
	}
	out, kid := &binding{f: b.f}, (*binding)(nil)
	if b.f.kind == typeRunEnd {
		kid, err = f.project(b.kids[0], path, t)
		out.at = b.at
	} else {
		kid, err = f.project(b.kids[i], path[1:], t)
		out.at, out.pick = []int{b.at[i]}, true
	}
	if err != nil || kid.f == nil {
		return kid, err
	}
	out.path, out.typ, out.kids = kid.path, kid.typ, []*binding{kid}
	return out, nil
}

// bindOf projects for convert.Bind.
func (f *File) bindOf(p formats.Projection) (*binding, types.Type, error) {
	b, err := f.project(f.binds[p.Column], p.Path, p.Type)
	if b != nil && b.text {
		return nil, b.own, nil
	}
	return b, types.TUnknown, err
}
