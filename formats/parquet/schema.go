package parquet

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// The limits of a schema. Levels are kept as bytes.
const (
	maxSchemaDepth = 100
	maxLeaves      = 100_000
)

type nodeKind uint8

const (
	kindLeaf nodeKind = iota
	kindRow
	kindList
	kindMap
	kindVariant // its one kid is the row that it is stored as
)

// node is a column of the file's schema, or a part of one, after lists and maps
// have been recognized: the groups that only spell out a list have no node.
type node struct {
	name string
	id   int32  // field_id; 0: none
	path string // dotted, for errors
	kind nodeKind
	typ  types.Type

	// def is the definition level from which on this node is not null, rep the
	// number of repeated groups above it. A list or map has at least one entry
	// where the definition level is entryDef or more, and its entries repeat at
	// repetition level rep+1.
	def, rep uint8
	nullable bool
	entryDef uint8

	kids []*node
	leaf int   // kindLeaf: position among the file's leaves
	elem *leaf // kindLeaf
}

// leaf is what a column chunk needs to know of its schema element.
type leaf struct {
	path     string
	index    int // among the leaves
	phys     physType
	width    int // bytes of a value; 0 for BYTE_ARRAY
	maxDef   uint8
	maxRep   uint8
	el       element
	natural  types.Type
	stats    bool // min_value and max_value are ordered as natural is
	oldStats bool // the deprecated min and max are, too
}

// schema is the tree of a file's columns.
type schema struct {
	cols   []*node
	leaves []*leaf
	fields []types.Field
}

// schemaBuilder walks the depth-first list of schema elements.
type schemaBuilder struct {
	object string
	els    []element
	pos    int
	leaves []*leaf
}

// rawNode is a schema element with its children and levels.
type rawNode struct {
	el       *element
	path     string
	def, rep uint8
	kids     []*rawNode
	leaf     int
}

// buildSchema turns the schema elements into columns.
func buildSchema(object string, els []element) (*schema, error) {
	b := &schemaBuilder{object: object, els: els}
	if len(els) == 0 {
		return nil, fault.Corrupt(object, "Parquet footer holds no schema")
	}
	root, err := b.walk(nil, 0)
	if err != nil {
		return nil, err
	}
	if b.pos != len(els) {
		return nil, fault.Corrupt(object, "Parquet schema has %d elements that belong to no group", len(els)-b.pos)
	}
	s := &schema{leaves: b.leaves}
	for _, k := range root.kids {
		n, err := b.column(k)
		if err != nil {
			return nil, err
		}
		s.cols = append(s.cols, n)
		s.fields = append(s.fields, types.Field{Name: n.name, Type: n.typ})
	}
	return s, nil
}

// walk reads the element at pos and what is below it.
func (b *schemaBuilder) walk(parent *rawNode, depth int) (*rawNode, error) {
	if b.pos >= len(b.els) {
		return nil, fault.Corrupt(b.object, "Parquet schema ends inside a group")
	}
	if depth > maxSchemaDepth {
		return nil, fault.Corrupt(b.object, "Parquet schema is nested deeper than %d", maxSchemaDepth)
	}
	el := &b.els[b.pos]
	b.pos++
	n := &rawNode{el: el, path: el.name, leaf: -1}
	if parent != nil {
		n.def, n.rep = parent.def, parent.rep
		if depth > 1 {
			n.path = parent.path + "." + el.name
		}
		switch el.repetition {
		case required:
		case optional:
			n.def++
		case repeated:
			n.def++
			n.rep++
		default:
			return nil, fault.Corrupt(b.object, "unknown repetition type %d", el.repetition).InColumn(n.path)
		}
	}
	if el.phys != noPhys && parent != nil {
		return n, b.addLeaf(n)
	}
	if el.children < 0 || int(el.children) > len(b.els)-b.pos {
		return nil, fault.Corrupt(b.object, "Parquet schema group has %d children", el.children).InColumn(n.path)
	}
	for range el.children {
		k, err := b.walk(n, depth+1)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, k)
	}
	return n, nil
}

func (b *schemaBuilder) addLeaf(n *rawNode) error {
	if len(b.leaves) >= maxLeaves {
		return fault.Corrupt(b.object, "Parquet schema has more than %d columns", maxLeaves)
	}
	if n.el.phys < 0 || n.el.phys >= numPhys {
		return fault.Corrupt(b.object, "unknown physical type %d", n.el.phys).InColumn(n.path)
	}
	l := &leaf{path: n.path, index: len(b.leaves), phys: n.el.phys, maxDef: n.def, maxRep: n.rep, el: *n.el}
	l.width = [numPhys]int{physBoolean: 1, physInt32: 4, physInt64: 8, physInt96: 12, physFloat: 4, physDouble: 8}[l.phys]
	if l.phys == physFixed {
		if n.el.typeLen <= 0 {
			return fault.Corrupt(b.object, "fixed length %d", n.el.typeLen).InColumn(n.path)
		}
		l.width = int(n.el.typeLen)
	}
	naturalType(l)
	n.leaf = len(b.leaves)
	b.leaves = append(b.leaves, l)
	return nil
}

// column makes the node of a column or field. A repeated field outside of a
// LIST or MAP group is a list that is never null.
func (b *schemaBuilder) column(r *rawNode) (*node, error) {
	if r.el.repetition == repeated {
		elem, err := b.value(r)
		if err != nil {
			return nil, err
		}
		elem.nullable = false
		return &node{
			name: r.el.name, id: r.el.id, path: r.path, kind: kindList, typ: types.ArrayOf(elem.typ),
			def: r.def - 1, rep: r.rep - 1, entryDef: r.def, kids: []*node{elem},
		}, nil
	}
	return b.value(r)
}

// value makes the node of one occurrence of an element.
func (b *schemaBuilder) value(r *rawNode) (*node, error) {
	n := &node{name: r.el.name, id: r.el.id, path: r.path, def: r.def, rep: r.rep, nullable: r.el.repetition == optional, leaf: r.leaf}
	if r.leaf >= 0 {
		n.elem = b.leaves[r.leaf]
		n.typ = n.elem.natural
		return n, nil
	}
	if len(r.kids) == 1 && r.kids[0].el.repetition == repeated {
		switch {
		case isMap(r) && len(r.kids[0].kids) == 2:
			return b.mapping(n, r.kids[0])
		case isMap(r) && len(r.kids[0].kids) == 1:
			return b.list(n, r.kids[0]) // keys without values: a set
		case r.el.converted == convList || r.el.logical.kind == logList:
			return b.list(n, r.kids[0])
		}
	}
	n.kind = kindRow
	var fields []types.Field
	for _, k := range r.kids {
		kid, err := b.column(k)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
		fields = append(fields, types.Field{Name: kid.name, Type: kid.typ})
	}
	if len(n.kids) == 0 {
		return nil, fault.Corrupt(b.object, "Parquet schema has an empty group").InColumn(r.path)
	}
	n.typ = types.RowOf(fields...)
	if r.el.logical.kind == logVariant {
		return variant(n), nil
	}
	return n, nil
}

func isMap(r *rawNode) bool {
	return r.el.converted == convMap || r.el.converted == convMapKeyValue || r.el.logical.kind == logMap
}

// mapping makes a map of a group and its repeated key_value group.
func (b *schemaBuilder) mapping(n *node, kv *rawNode) (*node, error) {
	n.kind, n.entryDef = kindMap, kv.def
	for _, k := range kv.kids {
		kid, err := b.column(k)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	n.typ = types.MapOf(n.kids[0].typ, n.kids[1].typ)
	return n, nil
}

// list makes a list of a LIST group and its repeated child, by the rules of
// LogicalTypes.md, "Backward-compatibility rules" of lists.
func (b *schemaBuilder) list(n *node, rep *rawNode) (*node, error) {
	n.kind, n.entryDef = kindList, rep.def
	var elem *node
	var err error
	if legacyElement(n.name, rep) {
		elem, err = b.value(rep)
	} else {
		elem, err = b.column(rep.kids[0])
	}
	if err != nil {
		return nil, err
	}
	if elem.def == rep.def {
		elem.nullable = false
	}
	n.kids = []*node{elem}
	n.typ = types.ArrayOf(elem.typ)
	return n, nil
}

// legacyElement reports whether the repeated child of a LIST group is itself
// the element rather than a wrapper around it.
func legacyElement(list string, rep *rawNode) bool {
	if len(rep.kids) != 1 {
		return true // a plain value, or a group of several fields
	}
	if rep.kids[0].el.repetition == repeated {
		return true
	}
	return rep.el.name == "array" || rep.el.name == list+"_tuple"
}

// String draws the node for errors: its physical and logical type.
func (l *leaf) String() string {
	s := l.phys.String()
	if l.phys == physFixed {
		s = fmt.Sprintf("%s(%d)", s, l.width)
	}
	return strings.ToLower(s) + " (" + l.natural.String() + ")"
}
