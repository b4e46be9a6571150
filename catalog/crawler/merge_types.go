package crawler

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// mergeType merges two changes of a type; false if both changed the same part
// of it in different ways.
func mergeType(base, theirs, ours types.Type) (types.Type, bool) {
	switch {
	case ours.Equal(base) || ours.Equal(theirs):
		return theirs, true
	case theirs.Equal(base):
		return ours, true
	case base.Kind != theirs.Kind || base.Kind != ours.Kind:
		return theirs, false
	}
	switch base.Kind {
	case types.Row:
		return mergeRows(base, theirs, ours)
	case types.Array, types.Map:
		fields := make([]types.Field, len(base.Fields))
		for i := range fields {
			t, ok := mergeType(base.Fields[i].Type, theirs.Fields[i].Type, ours.Fields[i].Type)
			if !ok {
				return theirs, false
			}
			fields[i] = types.Field{Name: theirs.Fields[i].Name, Type: t}
		}
		return types.Type{Kind: base.Kind, Fields: fields}, true
	}
	return theirs, false
}

// mergeRows merges the fields of rows by their names: theirs in their order,
// then what ours has new.
func mergeRows(base, theirs, ours types.Type) (types.Type, bool) {
	var fields []types.Field
	for _, f := range theirs.Fields {
		b, o := fieldAt(base, f.Name), fieldAt(ours, f.Name)
		switch {
		case b < 0 && o < 0: // a person's
		case b >= 0 && o < 0: // gone from the files
			if f.Type.Equal(base.Fields[b].Type) {
				continue
			}
			return theirs, false
		case b < 0:
			if !f.Type.Equal(ours.Fields[o].Type) {
				return theirs, false
			}
		default:
			t, ok := mergeType(base.Fields[b].Type, f.Type, ours.Fields[o].Type)
			if !ok {
				return theirs, false
			}
			f.Type = t
		}
		fields = append(fields, f)
	}
	for _, f := range ours.Fields {
		if fieldAt(theirs, f.Name) < 0 && fieldAt(base, f.Name) < 0 {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return theirs, false
	}
	return types.RowOf(fields...), true
}

func fieldAt(t types.Type, name string) int {
	return slices.IndexFunc(t.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
}

// addFields gives a type with the fields of rows in it that only the other type
// has. Nothing else changes.
func addFields(t, other types.Type) types.Type {
	if t.Kind != other.Kind || !t.IsNested() {
		return t
	}
	fields := slices.Clone(t.Fields)
	if t.Kind != types.Row {
		for i := range fields {
			fields[i].Type = addFields(fields[i].Type, other.Fields[i].Type)
		}
		return types.Type{Kind: t.Kind, Fields: fields}
	}
	for _, f := range other.Fields {
		if i := fieldAt(t, f.Name); i >= 0 {
			fields[i].Type = addFields(fields[i].Type, f.Type)
		} else {
			fields = append(fields, f)
		}
	}
	return types.RowOf(fields...)
}

// mergeKeys merges the types of the partition keys, which stand for levels of
// folders: by their places. A key that nobody has retyped gets a type that also
// holds the values found.
func (m *merger) mergeKeys() {
	theirs, ours := m.theirs.PartitionKeys, m.ours.PartitionKeys
	if len(theirs) != len(ours) {
		return
	}
	out, next := slices.Clone(theirs), slices.Clone(ours)
	for i, t := range theirs {
		o := ours[i]
		if m.base != nil && len(m.base.PartitionKeys) == len(theirs) {
			if b := m.base.PartitionKeys[i]; !sameType(t, b) {
				if !sameType(b, o) && !sameType(t, o) {
					m.conflict("type of partition key "+t.Name, typeText(b), typeText(t), typeText(o))
				}
				continue
			}
		}
		wider := widerKey(t.Type, o.Type)
		next[i].Type = wider
		if wider.Equal(t.Type) {
			continue
		}
		out[i] = catalog.Column{Name: t.Name, Type: wider, Comment: t.Comment, Parameters: t.Parameters}
		m.change("type of partition key %s: %s -> %s", t.Name, typeText(t), wider)
	}
	m.out.PartitionKeys, m.next.PartitionKeys = out, next
}

// widerKey gives the type of keys declared as a that also holds values of b: the
// wider of two integers, else text.
func widerKey(a, b types.Type) types.Type {
	switch {
	case a.Equal(b) || a.IsString() || a.Kind == types.Unknown:
		return a
	case a.IsInteger() && b.IsInteger():
		if a.Kind > b.Kind {
			return a
		}
		return b
	}
	return types.TVarchar
}
