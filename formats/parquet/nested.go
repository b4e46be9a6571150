package parquet

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// nestedReader puts a nested column together from its leaves (Dremel's record
// assembly, a column at a time): every node finds its own rows in the levels of
// one leaf below it.
//
//	leaf levels (rep, def) ──> list: ranges, validity ──> its entries' rows
//	                       ──> row:  validity
//	                       ──> leaf: dense values spread over its rows
//	                       ──> variant: its row as JSON
type nestedReader struct {
	root   *assembly
	recs   []*records // parallel to leaves
	leaves []*column
	mem    *formats.Charge
}

// assembly is a node of a nested column as it is read.
type assembly struct {
	bind  *binding
	lead  *records // the leaf whose levels place this node
	own   *records // kindLeaf: its values
	kids  []*assembly
	vec   vector.Vector
	kidsV []*vector.Vector
	valid vector.Bitmap
	list  []vector.Range
}

func newNestedReader(f *File, b *binding, m *formats.Charge) *nestedReader {
	r := &nestedReader{mem: m}
	r.root = r.build(f, b)
	return r
}

// leaf adds the reader of a leaf.
func (r *nestedReader) leaf(f *File, l *leaf, c convert.Conv) *records {
	col := newColumn(f, l, c, r.mem)
	rec := &records{c: col}
	r.recs = append(r.recs, rec)
	r.leaves = append(r.leaves, col)
	return rec
}

func (r *nestedReader) build(f *File, b *binding) *assembly {
	if b == nil {
		return nil
	}
	a := &assembly{bind: b}
	if b.node == nil {
		return a
	}
	if b.node.kind == kindLeaf {
		a.own = r.leaf(f, b.node.elem, b.conv)
		a.lead = a.own
		return a
	}
	for _, k := range b.kids {
		kid := r.build(f, k)
		a.kids = append(a.kids, kid)
		if kid != nil && a.lead == nil {
			a.lead = kid.lead
		}
	}
	if a.lead == nil {
		// Nothing that was asked for exists in the file: the shape is taken from
		// any leaf, whose values are passed over.
		l := b.node.firstLeaf()
		a.lead = r.leaf(f, l, convert.Conv{Op: convert.OpNone, From: l.source(), To: types.TUnknown})
	}
	return a
}

func (n *node) firstLeaf() *leaf {
	for n.kind != kindLeaf {
		n = n.kids[0]
	}
	return n.elem
}

func (r *nestedReader) rewind() {
	for _, rec := range r.recs {
		rec.rewind()
	}
}

// read gives rows [row, row+n) at position lo of total, and the others of the
// batch with them.
func (r *nestedReader) read(row int64, lo, _, total int) (*vector.Vector, error) {
	for _, rec := range r.recs {
		if err := rec.read(row-int64(lo), int64(total)); err != nil {
			return nil, rec.c.fail(err)
		}
	}
	if err := r.root.assemble(0); err != nil {
		return nil, r.root.lead.c.fail(err)
	}
	if r.root.vec.Len != total {
		return nil, r.root.lead.c.fail(errRows)
	}
	return &r.root.vec, nil
}

// assemble makes the node's vector. above is the definition level from which on
// an entry belongs to this node at all: that of the closest list's entries.
func (a *assembly) assemble(above uint8) error {
	n := a.bind.node
	switch n.kind {
	case kindLeaf:
		return a.own.slots(&a.vec, above)
	case kindRow:
		return a.row(above)
	case kindVariant:
		return a.variants(above)
	}
	return a.lists(above)
}

// row finds the validity of a row; its fields have the same number of rows.
func (a *assembly) row(above uint8) error {
	n := a.bind.node
	count, nulls := 0, 0
	a.valid = growSlice(a.valid, (len(a.lead.defs)+63)/64)
	clear(a.valid)
	for i, d := range a.lead.defs {
		if a.lead.reps[i] > n.rep || d < above {
			continue
		}
		if d >= n.def {
			a.valid.Set(count)
		} else {
			nulls++
		}
		count++
	}
	kids := a.kidsV[:0]
	for i, k := range a.kids {
		if k == nil || k.bind.node == nil {
			kids = append(kids, vector.Null(a.bind.typ.Fields[i].Type, count))
			continue
		}
		if err := k.assemble(above); err != nil {
			return err
		}
		if k.vec.Len != count {
			return errRows
		}
		kids = append(kids, &k.vec)
	}
	a.finish(kids, count, nulls)
	return nil
}

// lists finds the ranges and validity of a list or map.
func (a *assembly) lists(above uint8) error {
	n := a.bind.node
	a.list = growSlice(a.list, len(a.lead.defs))
	a.valid = growSlice(a.valid, (len(a.lead.defs)+63)/64)
	clear(a.valid)
	count, nulls, entries := 0, 0, uint32(0)
	reps := a.lead.reps
	for i, d := range a.lead.defs {
		if d < above || reps[i] > n.rep+1 {
			continue
		}
		if reps[i] <= n.rep {
			a.list[count] = vector.Range{Off: entries}
			if d >= n.def {
				a.valid.Set(count)
			} else {
				nulls++
			}
			count++
		}
		if d >= n.entryDef {
			if count == 0 {
				return errLevels
			}
			a.list[count-1].Len++
			entries++
		}
	}
	kids := a.kidsV[:0]
	for _, k := range a.kids {
		if err := k.assemble(n.entryDef); err != nil {
			return err
		}
		if k.vec.Len != int(entries) {
			return errRows
		}
		kids = append(kids, &k.vec)
	}
	a.finish(kids, count, nulls)
	a.vec.SetRaw(convert.BytesOf(a.list[:count]))
	return nil
}

func (a *assembly) finish(kids []*vector.Vector, count, nulls int) {
	a.kidsV = kids
	v := &a.vec
	*v = vector.Vector{Type: a.bind.typ, Len: count}
	v.SetKids(kids)
	if nulls > 0 {
		v.Valid = a.valid
	}
}
