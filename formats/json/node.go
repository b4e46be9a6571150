package json

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// node receives the values of one column, field, element, key or map value.
// Values are appended; a row's fields are padded with NULLs to the row's
// length when its object ends.
type node struct {
	typ   types.Type
	vec   *vector.Vector // nil: a row of which only fields are wanted (a path)
	n     int            // values so far
	room  int            // values that the vector has room for
	kids  []*node        // array: elements; map: keys, values; row: fields
	obj   *object        // of a row
	inRow bool           // a field of a row whose vector sizes this one's

	judge  bool // nobody wants it: only that its record is left out counts
	alias  bool // texts may point into the block
	exact  bool // the value of this row came under the exact key
	data   []byte
	ranges []vector.Range
	i64    []int64
	i32    []int32
	f64    []float64
}

// object finds the fields of a row by key.
type object struct {
	fields []field
	exact  map[string]int
	fold   map[string]int // by lower-case key; nil: keys match exactly
	order  []expected
	naming *naming
}

// field is a key that is wanted, with the nodes that want it: more than one if
// a column is asked for both whole and in part.
type field struct {
	key   string
	nodes []*node
}

// expected is a key of the object before, with its quotes, colon and spaces,
// and its field; -1 for none.
type expected struct {
	raw   []byte
	field int
	exact bool

	way              way
	node             *node  // that the value goes to, if there is a way
	head, mask, tail uint64 // of raw: the first and the last eight bytes
}

func newObject(k *naming) *object {
	o := &object{exact: map[string]int{}, naming: k}
	if !k.exactCase {
		o.fold = map[string]int{}
	}
	return o
}

// add wants a key for a node.
func (o *object) add(key string, n *node) {
	if i, ok := o.exact[key]; ok {
		o.fields[i].nodes = append(o.fields[i].nodes, n)
		return
	}
	i := len(o.fields)
	o.exact[key] = i
	o.fields = append(o.fields, field{key, []*node{n}})
	if o.fold != nil {
		if _, ok := o.fold[strings.ToLower(key)]; !ok {
			o.fold[strings.ToLower(key)] = i
		}
	}
}

// maxExpected bounds the remembered keys of one kind of object.
const maxExpected = 1000

// find gives the field of a key; -1 for none.
func (o *object) find(key []byte) (f int, exact bool) {
	if f, exact = o.exact[string(key)]; exact {
		return f, true
	}
	if o.fold != nil {
		if f, ok := o.fold[strings.ToLower(string(key))]; ok {
			return f, false
		}
	}
	if o.naming.dots {
		if plain := undotted(key); plain != nil {
			f, _ = o.find(plain)
			return f, false
		}
	}
	return -1, false
}

// remember expects raw at position pos of the next object. It gives what is
// expected; nil where too much would be.
func (o *object) remember(pos int, raw []byte, f int, exact bool) *expected {
	if pos == len(o.order) && pos < maxExpected {
		o.order = append(o.order, expected{})
	}
	if pos >= len(o.order) {
		return nil
	}
	e := &o.order[pos]
	e.looks(raw)
	e.field, e.exact = f, exact
	return e
}

// newNode makes the tree for a type.
func newNode(t types.Type, k *naming) *node {
	n := &node{typ: t, vec: &vector.Vector{}, alias: true}
	n.vec.Reset(t, 0)
	n.makeKids(k)
	return n
}

// makeKids makes the kids, whose vectors belong to n's.
func (n *node) makeKids(k *naming) {
	if n.typ.Kind == types.Row {
		n.obj = newObject(k)
	}
	for i, f := range n.typ.Fields {
		kid := &node{typ: f.Type, vec: n.vec.Kids[i], alias: n.alias, inRow: n.typ.Kind == types.Row}
		kid.makeKids(k)
		n.kids = append(n.kids, kid)
		if n.obj != nil {
			n.obj.add(k.key(f.Name), kid)
		}
	}
}

// reset empties the tree and makes room for n values.
func (n *node) reset(room int) {
	n.n = 0
	if n.vec != nil && !n.inRow {
		n.vec.Reset(n.typ, room)
	}
	if n.vec != nil {
		n.room = room
		n.cache()
	}
	n.data = n.data[:0]
	for _, k := range n.kids {
		if n.typ.Kind != types.Row {
			room = max(k.room, vector.BatchSize)
		}
		k.reset(room)
	}
}

// cache looks up the vector's slices, after they have moved.
func (n *node) cache() {
	switch n.typ.Phys() {
	case types.PhysBytes, types.PhysList:
		n.ranges = n.vec.Ranges()
	case types.PhysInt64:
		n.i64 = vector.Values[int64](n.vec)
	case types.PhysInt32:
		n.i32 = vector.Values[int32](n.vec)
	case types.PhysFloat64:
		n.f64 = vector.Values[float64](n.vec)
	}
}

// next makes room for one more value and gives its place.
func (n *node) next() int {
	if n.n == n.room && n.vec != nil {
		n.resize(max(2*n.room, 64))
	}
	n.n++
	return n.n - 1
}

func (n *node) resize(room int) {
	n.vec.Resize(room)
	n.resized(room)
}

// resized takes note of a new size; the fields of a row are resized with it.
func (n *node) resized(room int) {
	n.room = room
	n.cache()
	if n.typ.Kind == types.Row {
		for _, k := range n.kids {
			k.resized(room)
		}
	}
}

// null appends a NULL.
func (n *node) null() {
	i := n.next()
	if n.vec != nil {
		n.vec.SetNull(i)
		if n.ranges != nil {
			n.ranges[i] = vector.Range{}
		}
	}
	if n.typ.Kind == types.Row {
		for _, k := range n.kids {
			k.null()
		}
	}
}

// pad appends NULLs up to n values.
func (n *node) pad(to int) {
	for n.n < to {
		n.null()
	}
}

// rewind takes back the values from place i on.
func (n *node) rewind(i int) {
	if n.vec != nil && n.vec.Valid != nil {
		for k := i; k < n.n; k++ {
			n.vec.Valid.Set(k)
		}
	}
	n.n = min(n.n, i)
	if n.typ.Kind == types.Row {
		for _, k := range n.kids {
			k.rewind(i)
		}
	}
}

// repair makes what belongs together equally long again, after a line broke
// off in the middle of it.
func (n *node) repair() {
	switch n.typ.Kind {
	case types.Row:
		padFields(n, n.n-1)
	case types.Map:
		n.kids[1].pad(n.kids[0].n)
	}
	for _, k := range n.kids {
		k.repair()
	}
}

// finish sets the lengths of the vectors; block is what texts point into.
func (n *node) finish(block []byte) {
	if n.vec != nil {
		if !n.inRow {
			n.vec.Resize(n.n)
		}
		if n.typ.Phys() == types.PhysBytes {
			n.vec.Data = n.data
			if n.isAlias() {
				n.vec.Data = block
			}
		}
	}
	for _, k := range n.kids {
		k.finish(block)
	}
}

// isAlias reports whether the node's texts point into the block.
func (n *node) isAlias() bool { return n.alias && n.typ.IsString() }
