package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// colNode reads a column.
type colNode struct{ pos int }

func (n *colNode) eval(b *vector.Batch, _ vector.Sel) (*vector.Vector, error) {
	return b.Cols[n.pos], nil
}

// constNode is a constant.
type constNode struct {
	val types.Value
	vec *vector.Vector
}

func newConst(v types.Value) *constNode {
	return &constNode{val: v, vec: vector.ConstOf(v, 1)}
}

func (n *constNode) eval(b *vector.Batch, _ vector.Sel) (*vector.Vector, error) {
	n.vec.Len = b.N
	return n.vec, nil
}

// fieldNode reads a field of a row.
type fieldNode struct {
	x     node
	index int
	typ   types.Type
	out   vector.Vector
	flat  flattener
}

func (n *fieldNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	x, err := n.x.eval(b, sel)
	if err != nil {
		return nil, err
	}
	switch x.Form {
	case vector.Const:
		if x.IsNull(0) {
			return vector.Null(n.typ, x.Len), nil
		}
		return vector.ConstOf(vector.ValueAt(x.Kids[n.index], 0), x.Len), nil
	case vector.Dict:
		x = n.flat.flatten(x)
	}
	kid := x.Kids[n.index]
	if x.Valid == nil {
		return kid, nil
	}
	vector.Alias(&n.out, kid)
	if kid.Form == vector.Const {
		if kid.IsNull(0) {
			return kid, nil
		}
		n.out = *vector.Flatten(kid)
	}
	n.out.Valid = vector.And(x.Valid, n.out.Valid)
	return &n.out, nil
}

// flattener makes flat copies of vectors, in memory that it reuses.
type flattener struct {
	out vector.Vector
	idx []uint32
	// For constants: the vector that out repeats, and how often.
	one    *vector.Vector
	gen    uint64
	filled int
}

// flatten gives the flat form of v.
func (f *flattener) flatten(v *vector.Vector) *vector.Vector {
	switch v.Form {
	case vector.Flat:
		return v
	case vector.Const:
		return f.repeat(v)
	}
	f.one = nil
	vector.FlattenTo(&f.out, v)
	return &f.out
}

// repeat writes a constant's value into every row; a constant seen before costs
// nothing.
func (f *flattener) repeat(v *vector.Vector) *vector.Vector {
	if f.one == v && f.gen == v.Generation() && f.filled >= v.Len {
		f.out.Len = v.Len
		return &f.out
	}
	n := max(v.Len, vector.BatchSize)
	flat := *v
	flat.Form, flat.Len = vector.Flat, 1
	if cap(f.idx) < n {
		f.idx = make([]uint32, n)
	}
	f.idx = f.idx[:n]
	clear(f.idx)
	vector.Gather(&f.out, &flat, f.idx)
	f.one, f.gen, f.filled = v, v.Generation(), n
	f.out.Len = v.Len
	return &f.out
}

// makeRowNode makes rows: the fields side by side.
type makeRowNode struct {
	args []node
	typ  types.Type
	out  vector.Vector
}

func (n *makeRowNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	kids := make([]*vector.Vector, len(n.args))
	for i, a := range n.args {
		v, err := a.eval(b, sel)
		if err != nil {
			return nil, err
		}
		kids[i] = v
	}
	n.out.Reset(types.TBoolean, 0)
	n.out.Type, n.out.Form, n.out.Len, n.out.Valid = n.typ, vector.Flat, b.N, nil
	n.out.SetKids(kids)
	return &n.out, nil
}

// makeArrayNode makes arrays of a fixed number of elements.
type makeArrayNode struct {
	args []node
	typ  types.Type
	out  vector.Vector
}

func (n *makeArrayNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	elems := vector.New(n.typ.Elem(), 0)
	rows := selLen(sel, b.N)
	for _, a := range n.args {
		v, err := a.eval(b, sel)
		if err != nil {
			return nil, err
		}
		elems.AppendRows(v, sel, b.N)
	}
	// elems holds all first elements, then all second ones: interleave.
	m := len(n.args)
	idx := make([]uint32, 0, rows*m)
	for r := range rows {
		for k := range m {
			idx = append(idx, uint32(k*rows+r))
		}
	}
	inter := &vector.Vector{}
	vector.Gather(inter, elems, idx)
	n.out.Reset(types.TBigInt, b.N)
	n.out.Type = n.typ
	n.out.SetKids([]*vector.Vector{inter})
	rs := n.out.Ranges()
	for r := range rows {
		p := r
		if sel != nil {
			p = int(sel[r])
		}
		rs[p] = vector.Range{Off: uint32(r * m), Len: uint32(m)}
	}
	return &n.out, nil
}
