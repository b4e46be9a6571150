package xml

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// The names of what is no child element, as Spark's XML reader and Glue have
// them.
const (
	attributePrefix = "_"
	textField       = "_VALUE"
)

// setter puts the values of a record into vectors. Every method writes row i of
// a vector that has room for it.
type setter struct {
	r       *record
	scratch []byte
	path    []string // where the value is that an error is about, innermost first
}

// set puts a node as a value of the vector's type; -1 is a missing one.
func (s *setter) set(v *vector.Vector, i int, at int32) error {
	if at < 0 || s.r.nodes[at].null {
		setNull(v, i)
		return nil
	}
	n := &s.r.nodes[at]
	switch v.Type.Kind {
	case types.Row:
		return s.row(v, i, at)
	case types.Map:
		return s.entries(v, i, n)
	case types.Array: // one element where several are expected
		return s.list(v, i, at)
	}
	return s.scalar(v, i, n)
}

// setNull marks a value and all below it.
func setNull(v *vector.Vector, i int) {
	v.SetNull(i)
	switch v.Type.Phys() {
	case types.PhysBytes, types.PhysList:
		v.Ranges()[i] = vector.Range{}
	case types.PhysStruct:
		for _, k := range v.Kids {
			setNull(k, i)
		}
	}
}

// scalar puts a node's text. Text columns take an element that has others in
// it as it is written.
func (s *setter) scalar(v *vector.Vector, i int, n *node) error {
	text := v.Type.IsString()
	var err error
	if n.elements > 0 && text {
		s.scratch = append(s.scratch[:0], bytes.TrimSpace(n.raw)...)
	} else if s.scratch, err = s.r.text(s.scratch[:0], n); err != nil {
		return err
	}
	switch {
	case n.elements > 0 && !text:
		return fault.New(fault.CodeDatatypeMismatch, "found an element with others in it where the column has type %s", v.Type)
	case len(s.scratch) == 0 && !text && v.Type.Kind != types.Varbinary:
		setNull(v, i)
		return nil
	case !utf8.Valid(s.scratch):
		return fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding UTF8").WithHint("%s", textval.HintEncoding)
	}
	if err := textval.Set(v, i, s.scratch); err != nil {
		return types.TextError(err, v.Type, s.scratch)
	}
	return nil
}

// row puts the fields of an element: attributes, child elements and its text.
func (s *setter) row(v *vector.Vector, i int, at int32) error {
	for k, f := range v.Type.Fields {
		if err := s.field(v.Kids[k], i, at, f.Name); err != nil {
			s.path = append(s.path, f.Name)
			return err
		}
	}
	return nil
}

// field puts what an element has under a column's name.
func (s *setter) field(v *vector.Vector, i int, parent int32, name string) error {
	if strings.EqualFold(name, textField) {
		return s.ownText(v, i, &s.r.nodes[parent])
	}
	first, n := s.find(parent, name)
	if v.Type.Kind == types.Array {
		return s.list(v, i, first)
	}
	if n > 1 {
		return fault.New(fault.CodeDatatypeMismatch, "found %d elements %s where the column has type %s", n, name, v.Type).
			WithHint("A column of type array takes them all.")
	}
	return s.set(v, i, first)
}

func (s *setter) ownText(v *vector.Vector, i int, n *node) error {
	if v.Type.IsNested() || !s.r.hasText(n) {
		setNull(v, i)
		return nil
	}
	own := *n
	own.elements = 0
	return s.scalar(v, i, &own)
}

// find gives the first child of a name and how many there are: a name with the
// prefix of attributes is first looked for among these. Case counts only where
// it tells two names apart.
func (s *setter) find(parent int32, name string) (first int32, n int) {
	if rest, ok := strings.CutPrefix(name, attributePrefix); ok {
		if first, n = s.among(parent, rest, true); n > 0 {
			return first, n
		}
	}
	return s.among(parent, name, false)
}

func (s *setter) among(parent int32, name string, attribute bool) (first int32, n int) {
	first, folded, foldedN := -1, int32(-1), 0
	for at := s.r.nodes[parent].first; at >= 0; at = s.r.nodes[at].next {
		c := &s.r.nodes[at]
		if c.attribute != attribute || !foldEqual(c.name, name) {
			continue
		}
		if string(c.name) == name {
			if n++; first < 0 {
				first = at
			}
		}
		if foldedN++; folded < 0 {
			folded = at
		}
	}
	if n > 0 {
		return first, n
	}
	return folded, foldedN
}

func foldEqual(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		d := b[i]
		if c == d {
			continue
		}
		if c|0x20 != d|0x20 || c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// list puts the children named like the first one as an array.
func (s *setter) list(v *vector.Vector, i int, first int32) error {
	if first < 0 {
		setNull(v, i)
		return nil
	}
	elem := v.Kids[0]
	from := elem.Len
	like := &s.r.nodes[first]
	for at := first; at >= 0; at = s.r.nodes[at].next {
		n := &s.r.nodes[at]
		if n.attribute != like.attribute || !foldEqual(n.name, string(like.name)) {
			continue
		}
		elem.Resize(elem.Len + 1)
		if err := s.set(elem, elem.Len-1, at); err != nil {
			return err
		}
	}
	v.Ranges()[i] = vector.Range{Off: uint32(from), Len: uint32(elem.Len - from)}
	return nil
}

// entries puts the children as a map from their names.
func (s *setter) entries(v *vector.Vector, i int, n *node) error {
	key, value := v.Kids[0], v.Kids[1]
	from := key.Len
	for at := n.first; at >= 0; at = s.r.nodes[at].next {
		c := &s.r.nodes[at]
		key.Resize(key.Len + 1)
		value.Resize(key.Len)
		name := c.name
		if c.attribute {
			name = append([]byte(attributePrefix), name...)
		}
		if err := textval.Set(key, key.Len-1, name); err != nil {
			return types.TextError(err, key.Type, name)
		}
		if err := s.set(value, key.Len-1, at); err != nil {
			return err
		}
	}
	v.Ranges()[i] = vector.Range{Off: uint32(from), Len: uint32(key.Len - from)}
	return nil
}
