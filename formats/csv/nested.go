package csv

import (
	"bytes"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// nested reads the fields of a column of arrays, maps or rows, or a part of
// these: Hive's text with separators for each level where the table has
// LazySimpleSerDe, JSON everywhere else.
type nested struct {
	c    *column
	path []string // names of fields below the column
	at   []int    // their places in their rows
	lazy *lazy
	json *json.Column
}

// newNested makes the reader of a column of a declared type, of which the path
// leads to what is wanted, of the column's own type.
func newNested(c *column, declared types.Type, path []string) (*nested, error) {
	n := &nested{c: c, path: path}
	at := declared
	for _, name := range path {
		i := fieldOf(at, name)
		if i < 0 {
			return nil, fault.New(fault.CodeUndefinedColumn, "type %s has no field %q", at, name)
		}
		n.at, at = append(n.at, i), at.Fields[i].Type
	}
	if !c.d.lazy {
		n.json = json.NewColumn(only(c.typ, path))
		c.vec = n.json.Vector()
		for range path {
			c.vec = c.vec.Kids[0]
		}
		return n, nil
	}
	c.vec.Reset(c.typ, 0)
	var err error
	n.lazy, err = newLazy(c, c.typ, c.vec, len(path))
	return n, err
}

func fieldOf(t types.Type, name string) int {
	for i, f := range t.Fields {
		if t.Kind == types.Row && strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}

// only gives the type of rows that hold nothing but the path to a value of type t.
func only(t types.Type, path []string) types.Type {
	for i := len(path) - 1; i >= 0; i-- {
		t = types.Type{Kind: types.Row, Fields: []types.Field{{Name: path[i], Type: t}}}
	}
	return t
}

// convert fills the column's vector at the rows of sel, and makes the others
// NULL.
func (n *nested) convert(rows int, sel vector.Sel) error {
	if n.json != nil {
		n.json.Reset(rows)
	}
	for row := range rows {
		wanted := len(sel) > 0 && int(sel[0]) == row
		if wanted {
			sel = sel[1:]
		}
		f, ok, err := []byte(nil), false, error(nil)
		if wanted {
			f, ok, err = n.field(row)
		}
		if err == nil {
			err = n.put(row, f, ok)
		}
		if err != nil {
			return err
		}
	}
	if n.json != nil {
		n.json.Finish()
	}
	return nil
}

// field gives the text of the wanted part of a field, without its quotes, but
// with escapes.
func (n *nested) field(row int) (f []byte, ok bool, err error) {
	c, d := n.c, n.c.d
	if f, ok = c.raw(row); !ok || c.isNull(f) {
		return nil, false, nil
	}
	if d.quote != 0 && len(f) > 0 && f[0] == d.quote {
		f, _, err = c.unescape(c.scratch[:0], f)
		if c.scratch = f[:0]; err != nil {
			return nil, false, c.bad(row, f, err)
		}
	}
	if !d.lazy {
		if d.outside != 0 {
			f = d.dropEscapes(nil, f)
		}
		return f, len(bytes.TrimSpace(f)) > 0, nil
	}
	for level, i := range n.at {
		for ; i >= 0; i-- {
			piece, rest, more := d.piece(f, d.levels[level])
			if i == 0 {
				f = piece
			} else if f = rest; !more {
				return nil, false, nil
			}
		}
		if c.isNull(f) {
			return nil, false, nil
		}
	}
	return f, true, nil
}

// put makes the value of a row of a text.
func (n *nested) put(row int, f []byte, ok bool) error {
	if n.lazy != nil {
		return n.lazy.set(row, row, f, ok)
	}
	if !ok {
		n.json.Null()
		return nil
	}
	err := n.json.Append(f)
	if err == nil {
		return nil
	}
	n.json.Null()
	return n.c.bad(row, f, err)
}

// piece cuts f at the first separator that is not escaped.
func (d *dialect) piece(f []byte, sep byte) (head, rest []byte, more bool) {
	if d.outside == 0 {
		return bytes.Cut(f, []byte{sep})
	}
	for i := 0; i < len(f); i++ {
		switch f[i] {
		case sep:
			return f[:i], f[i+1:], true
		case d.outside:
			i++
		}
	}
	return f, nil, false
}

// lazy reads one level of nested values as LazySimpleSerDe does.
type lazy struct {
	c    *column
	typ  types.Type
	vec  *vector.Vector
	kids []*lazy
	sep  byte   // between elements, entries or fields
	key  byte   // between key and value
	seen keySet // of the map under way
}

// keySet holds the keys of a map, as they are written.
type keySet struct {
	few  [][]byte
	many map[string]bool
}

// fewKeys is how many keys are compared one by one.
const fewKeys = 16

func (s *keySet) clear() {
	s.few = s.few[:0]
	clear(s.many)
}

// add reports whether the key is new.
func (s *keySet) add(k []byte) bool {
	for _, o := range s.few {
		if bytes.Equal(o, k) {
			return false
		}
	}
	switch {
	case len(s.few) < fewKeys:
		s.few = append(s.few, k)
		return true
	case s.many == nil:
		s.many = map[string]bool{}
	case s.many[string(k)]:
		return false
	}
	s.many[string(k)] = true
	return true
}

// newLazy makes the reader of a type that stands at a level of separators, whose
// values go to vec. Levels are counted as Hive does: a map takes two.
func newLazy(c *column, t types.Type, vec *vector.Vector, level int) (*lazy, error) {
	n := &lazy{c: c, typ: t, vec: vec}
	if !t.IsNested() {
		return n, nil
	}
	below := level + 1
	if t.Kind == types.Map {
		below++
	}
	if below > len(c.d.levels) {
		return nil, fault.New(fault.CodeFeatureNotSupported, "LazySimpleSerDe has separators for %d levels of nested values, and the column needs more", len(c.d.levels))
	}
	n.sep, n.key = c.d.levels[level], c.d.levels[below-1]
	for i, f := range t.Fields {
		kid, err := newLazy(c, f.Type, vec.Kids[i], below)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	return n, nil
}

// set makes value i of the vector, which has room for it, for a row of the batch.
func (n *lazy) set(row, i int, f []byte, ok bool) error {
	if !ok || n.c.isNull(f) {
		n.null(i)
		return nil
	}
	switch n.typ.Kind {
	case types.Array:
		return n.array(row, i, f)
	case types.Map:
		return n.entries(row, i, f)
	case types.Row:
		return n.fields(row, i, f)
	}
	return n.leaf(row, i, f)
}

func (n *lazy) null(i int) {
	n.vec.SetNull(i)
	if p := n.typ.Phys(); p == types.PhysBytes || p == types.PhysList {
		n.vec.Ranges()[i] = vector.Range{}
	}
	if n.typ.Kind == types.Row {
		for _, k := range n.kids {
			k.null(i)
		}
	}
}

// add appends a value to the vector of elements, keys or values.
func (n *lazy) add(row int, f []byte, ok bool) error {
	i := n.vec.Len
	n.vec.Resize(i + 1)
	return n.set(row, i, f, ok)
}

func (n *lazy) array(row, i int, f []byte) error {
	from := n.kids[0].vec.Len
	for more := len(f) > 0; more; {
		var elem []byte
		elem, f, more = n.c.d.piece(f, n.sep)
		if err := n.kids[0].add(row, elem, true); err != nil {
			return err
		}
	}
	n.vec.Ranges()[i] = vector.Range{Off: uint32(from), Len: uint32(n.kids[0].vec.Len - from)}
	return nil
}

// entries makes a map. As in Hive an entry without a separator has no value, one
// whose key is NULL is none, and of equal keys the first counts.
func (n *lazy) entries(row, i int, f []byte) error {
	keys, values := n.kids[0], n.kids[1]
	from := keys.vec.Len
	n.seen.clear()
	for more := len(f) > 0; more; {
		var entry []byte
		entry, f, more = n.c.d.piece(f, n.sep)
		k, v, ok := n.c.d.piece(entry, n.key)
		if n.c.isNull(k) || len(k) == 0 && !keys.typ.IsString() || !n.seen.add(k) {
			continue
		}
		if err := keys.add(row, k, true); err != nil {
			return err
		}
		if keys.vec.IsNull(keys.vec.Len - 1) { // a key that cannot be read
			keys.vec.Valid.Set(keys.vec.Len - 1)
			keys.vec.Resize(keys.vec.Len - 1)
			continue
		}
		if err := values.add(row, v, ok); err != nil {
			return err
		}
	}
	n.vec.Ranges()[i] = vector.Range{Off: uint32(from), Len: uint32(keys.vec.Len - from)}
	return nil
}

func (n *lazy) fields(row, i int, f []byte) error {
	more := true
	for _, k := range n.kids {
		var part []byte
		ok := more
		if more {
			part, f, more = n.c.d.piece(f, n.sep)
		}
		if err := k.set(row, i, part, ok); err != nil {
			return err
		}
	}
	return nil
}

func (n *lazy) leaf(row, i int, f []byte) error {
	if n.c.d.outside != 0 && bytes.IndexByte(f, n.c.d.outside) >= 0 {
		f = n.c.d.dropEscapes(nil, f)
	}
	var err error
	switch {
	case n.typ.IsString():
		return n.text(row, i, f)
	case len(f) == 0 && n.typ.Phys() != types.PhysBytes:
		n.null(i)
	case n.typ.Kind == types.Timestamp:
		vector.Values[int64](n.vec)[i], err = n.c.d.epoch.Timestamp(f, n.typ)
	default:
		err = textval.Set(n.vec, i, f)
	}
	if err == nil {
		return nil
	}
	n.null(i)
	return n.c.act(row, f, err, n.typ)
}

func (n *lazy) text(row, i int, f []byte) error {
	f, ok, err := n.c.fit(row, f, n.typ)
	if err != nil {
		return err
	}
	if !ok {
		n.null(i)
		return nil
	}
	at := len(n.vec.Data)
	n.vec.Data = append(n.vec.Data, f...)
	n.vec.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(f))}
	return nil
}
