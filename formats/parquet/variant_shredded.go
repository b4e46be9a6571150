package parquet

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// This file puts shredded variants together again (VariantShredding.md): groups
// of an encoded value and a typed one, of which the latter may be an object or
// array of such groups. Where a writer left a field in the encoded object that
// is shredded too, the shredded one counts.

// The fields of a variant's groups.
const (
	variantMetadata = "metadata"
	variantValue    = "value"
	variantTyped    = "typed_value"
)

// variant wraps the node of a group that is annotated as a variant; the node
// stays as it is, for tables that declare a row, if the group is none.
func variant(n *node) *node {
	if has := fieldsOf(n); !has[variantMetadata] || !has[variantValue] && !has[variantTyped] {
		return n
	}
	out := *n
	out.kind, out.typ, out.kids = kindVariant, types.TJSON, []*node{n}
	return &out
}

func fieldsOf(n *node) map[string]bool {
	out := map[string]bool{}
	for _, k := range n.kids {
		out[k.name] = true
	}
	return out
}

// checkVariant finds a typed value of a type that variants do not have.
func checkVariant(object string, n *node) error {
	if n.kind != kindLeaf {
		for _, k := range n.kids {
			if err := checkVariant(object, k); err != nil {
				return err
			}
		}
		return nil
	}
	l := n.elem
	ok := true
	switch n.typ.Kind {
	case types.Interval, types.JSON, types.Unknown:
		ok = false
	case types.Varbinary, types.Real:
		ok = l.phys != physFixed
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal:
		lt := l.el.logical
		ok = lt.kind != logInteger || lt.signed
	}
	if !ok {
		return fault.Corrupt(object, "a variant is shredded as %s, which variants do not hold", l).InColumn(n.path)
	}
	return nil
}

// variantParts gives a group's fields; nil: missing or NULL.
func variantParts(g *types.Value) (meta, value, typed *types.Value) {
	for i, f := range g.Type.Fields {
		k := &g.Kids[i]
		if k.Null {
			continue
		}
		switch f.Name {
		case variantMetadata:
			meta = k
		case variantValue:
			value = k
		case variantTyped:
			typed = k
		}
	}
	return meta, value, typed
}

// shredded appends a group's value; false: it is missing.
func (r *variantReader) shredded(b []byte, g *types.Value, depth int) (_ []byte, present bool, err error) {
	if depth > maxVariantDepth {
		return b, false, errVariantDeep
	}
	if g.Null {
		return b, false, nil
	}
	if g.Type.Kind != types.Row {
		return b, false, errVariantGroup
	}
	_, value, typed := variantParts(g)
	switch {
	case typed == nil && value == nil:
		return b, false, nil
	case typed == nil:
		b, err = r.value(b, []byte(value.S), depth)
		return b, true, err
	case typed.Type.Kind == types.Row:
		b, err = r.merged(b, value, typed, depth)
		return b, true, err
	case value != nil:
		return b, false, errVariantBoth
	case typed.Type.Kind != types.Array:
		return appendVariantScalar(b, *typed), true, nil
	}
	b = append(b, '[')
	for i := range typed.Kids {
		if i > 0 {
			b = append(b, ',')
		}
		if b, present, err = r.shredded(b, &typed.Kids[i], depth+1); err != nil {
			return b, false, err
		}
		if !present {
			b = append(b, "null"...)
		}
	}
	return append(b, ']'), true, nil
}

// merged appends an object of shredded fields and those that were left encoded.
func (r *variantReader) merged(b []byte, value, typed *types.Value, depth int) ([]byte, error) {
	fields := make([]variantField, 0, len(typed.Kids))
	shred := map[string]bool{}
	for i, f := range typed.Type.Fields {
		fields = append(fields, variantField{name: []byte(f.Name), typed: &typed.Kids[i]})
		shred[f.Name] = true
	}
	if value != nil {
		if len(value.S) == 0 || value.S[0]&3 != variantObject {
			return b, errVariantShred
		}
		rest, err := r.fields(nil, []byte(value.S))
		if err != nil {
			return b, err
		}
		for _, f := range rest {
			if !shred[string(f.name)] {
				fields = append(fields, f)
			}
		}
	}
	return r.object(b, fields, depth)
}

// variants makes the vector of JSON of the variants' groups.
func (a *assembly) variants(above uint8) error {
	rows := a.kids[0]
	if err := rows.assemble(above); err != nil {
		return err
	}
	v := &a.vec
	v.Reset(a.bind.typ, 0)
	var r variantReader
	var b []byte
	for i := range rows.vec.Len {
		if rows.vec.IsNull(i) {
			v.AppendNull()
			continue
		}
		g := vector.ValueAt(&rows.vec, i)
		meta, _, _ := variantParts(&g)
		if meta == nil {
			return errVariant
		}
		if err := r.metadata([]byte(meta.S)); err != nil {
			return err
		}
		out, present, err := r.shredded(b[:0], &g, 0)
		if err != nil {
			return err
		}
		if !present {
			out = append(out, "null"...)
		}
		v.AppendBytes(out)
		b = out
	}
	return nil
}
