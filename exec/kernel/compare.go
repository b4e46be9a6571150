package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// compareNode compares two operands of one type.
type compareNode struct {
	op     plan.CompareOp
	l, r   node
	lf, rf flattener
	tri    triState
}

func (c *compiler) compare(e *plan.Compare) (node, error) {
	ns, err := c.all([]plan.Expr{e.L, e.R})
	if err != nil {
		return nil, err
	}
	return &compareNode{op: e.Op, l: ns[0], r: ns[1]}, nil
}

func (n *compareNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	l, r, err := n.operands(b, sel)
	if err != nil {
		return nil, err
	}
	hit := n.selected(l, r, n.op, b.N, sel, n.tri.hits(b.N))
	out := n.tri.vector(b.N, hit)
	if n.op >= plan.Distinct {
		return out, nil
	}
	if l.Form == vector.Const && l.IsNull(0) || r.Form == vector.Const && r.IsNull(0) || l.Type.Kind == types.Unknown {
		return vector.Null(types.TBoolean, b.N), nil
	}
	out.Valid = vector.And(validOf(l), validOf(r))
	return out, nil
}

// validOf gives the nulls of a vector row by row; a constant that is not NULL has none.
func validOf(v *vector.Vector) vector.Bitmap {
	if v.Form == vector.Const {
		return nil
	}
	return v.Valid
}

func (n *compareNode) operands(b *vector.Batch, sel vector.Sel) (l, r *vector.Vector, err error) {
	if l, err = n.l.eval(b, sel); err != nil {
		return nil, nil, err
	}
	r, err = n.r.eval(b, sel)
	return l, r, err
}

func (n *compareNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	l, r, err := n.operands(b, sel)
	if err != nil {
		return nil, err
	}
	op := n.op
	if !want {
		op = op.Negate()
	}
	return n.selected(l, r, op, b.N, sel, out), nil
}

// selected gives the rows at which l op r is true.
func (n *compareNode) selected(l, r *vector.Vector, op plan.CompareOp, rows int, sel, out vector.Sel) vector.Sel {
	if op >= plan.Distinct {
		return n.distinct(l, r, op == plan.NotDistinct, rows, sel, out)
	}
	if l.Form == vector.Const {
		l, r, op = r, l, op.Flip()
	}
	if r.Form == vector.Const && r.IsNull(0) || l.Type.Kind == types.Unknown || r.Type.Kind == types.Unknown {
		return out[:0]
	}
	if l.Form == vector.Const {
		if l.IsNull(0) || cmpMask[op]>>(sign(CompareRows(l, 0, r, 0))+1)&1 == 0 {
			return out[:0]
		}
		return copySel(out, sel, rows)
	}
	// Ranges at null rows may point anywhere: leave those rows out first.
	if ph := l.Type.Phys(); ph == types.PhysBytes || ph == types.PhysList || ph == types.PhysStruct {
		if l.Valid != nil || validOf(r) != nil {
			sel = dropNulls(l, copySel(out, sel, rows))
			if r.Form != vector.Const {
				sel = dropNulls(r, sel)
			}
		}
	}
	if r.Form == vector.Const {
		out = selectConst(op, n.lf.flattenFixed(l), r, rows, sel, out)
	} else {
		out = selectCols(op, n.lf.flattenFixed(l), n.rf.flattenFixed(r), rows, sel, out)
		out = dropNulls(r, out)
	}
	return dropNulls(l, out)
}

// flattenFixed flattens vectors of fixed width; strings are read in any form.
func (f *flattener) flattenFixed(v *vector.Vector) *vector.Vector {
	if v.Type.Phys() == types.PhysBytes {
		return v
	}
	return f.flatten(v)
}

func selectConst(op plan.CompareOp, l, r *vector.Vector, n int, sel, out vector.Sel) vector.Sel {
	switch ph := l.Type.Phys(); ph {
	case types.PhysBool, types.PhysInt8:
		return selConst(op, vector.Values[int8](l)[:n], vector.Values[int8](r)[0], sel, out)
	case types.PhysInt16:
		return selConst(op, vector.Values[int16](l)[:n], vector.Values[int16](r)[0], sel, out)
	case types.PhysInt32:
		return selConst(op, vector.Values[int32](l)[:n], vector.Values[int32](r)[0], sel, out)
	case types.PhysInt64:
		return selConst(op, vector.Values[int64](l)[:n], vector.Values[int64](r)[0], sel, out)
	case types.PhysUint32:
		return selConst(op, vector.Values[uint32](l)[:n], vector.Values[uint32](r)[0], sel, out)
	case types.PhysFloat32:
		if c := vector.Values[float32](r)[0]; c == c {
			return selConst(op, vector.Values[float32](l)[:n], c, sel, out)
		}
	case types.PhysFloat64:
		if c := vector.Values[float64](r)[0]; c == c {
			return selConst(op, vector.Values[float64](l)[:n], c, sel, out)
		}
	case types.PhysInt128:
		return sel128Const(op, vector.Values[types.Int128](l)[:n], vector.Values[types.Int128](r)[0], sel, out)
	case types.PhysBytes:
		return selStringsConst(op, l, n, r.Bytes(0), sel, out)
	}
	return selRows(op, l, r, n, sel, out)
}

func sel128Const(op plan.CompareOp, v []types.Int128, c types.Int128, sel, out vector.Sel) vector.Sel {
	mask := cmpMask[op]
	out = copySel(out, sel, len(v))
	k := 0
	for _, p := range out {
		out[k] = p
		k += int(mask >> (v[p].Cmp(c) + 1) & 1)
	}
	return out[:k]
}

func selectCols(op plan.CompareOp, l, r *vector.Vector, n int, sel, out vector.Sel) vector.Sel {
	switch l.Type.Phys() {
	case types.PhysBool, types.PhysInt8:
		return selCols(op, vector.Values[int8](l)[:n], vector.Values[int8](r)[:n], sel, out)
	case types.PhysInt16:
		return selCols(op, vector.Values[int16](l)[:n], vector.Values[int16](r)[:n], sel, out)
	case types.PhysInt32:
		return selCols(op, vector.Values[int32](l)[:n], vector.Values[int32](r)[:n], sel, out)
	case types.PhysInt64:
		return selCols(op, vector.Values[int64](l)[:n], vector.Values[int64](r)[:n], sel, out)
	case types.PhysUint32:
		return selCols(op, vector.Values[uint32](l)[:n], vector.Values[uint32](r)[:n], sel, out)
	case types.PhysFloat32:
		return selCols(op, vector.Values[float32](l)[:n], vector.Values[float32](r)[:n], sel, out)
	case types.PhysFloat64:
		return selCols(op, vector.Values[float64](l)[:n], vector.Values[float64](r)[:n], sel, out)
	case types.PhysBytes:
		return selStrings(op, l, r, n, sel, out)
	}
	return selRows(op, l, r, n, sel, out)
}

// distinct is IS [NOT] DISTINCT FROM: NULL equals NULL.
func (n *compareNode) distinct(l, r *vector.Vector, equal bool, rows int, sel, out vector.Sel) vector.Sel {
	out = copySel(out, sel, rows)
	k := 0
	for _, p := range out {
		out[k] = p
		k += b2i(EqualRows(l, int(p), r, int(p)) == equal)
	}
	return out[:k]
}

// triState makes the boolean vector of a node that knows how to select.
type triState struct {
	out  vector.Vector
	sel  vector.Sel
	rest vector.Sel
}

// hits gives an empty selection for n rows.
func (t *triState) hits(n int) vector.Sel {
	t.sel = growSel(t.sel, n)
	return t.sel
}

// vector makes a vector that is true at hit, false elsewhere, without nulls.
func (t *triState) vector(n int, hit vector.Sel) *vector.Vector {
	t.out.Reset(types.TBoolean, n)
	vals := vector.Values[bool](&t.out)
	if len(hit) == n {
		for i := range vals {
			vals[i] = true
		}
		return &t.out
	}
	clear(vals)
	for _, p := range hit {
		vals[p] = true
	}
	return &t.out
}

// eval evaluates a boolean node through its filter: true where it selects with
// want, false where it selects without, else NULL.
func (t *triState) eval(n boolNode, b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	hit, err := n.filter(b, sel, true, t.hits(b.N))
	if err != nil {
		return nil, err
	}
	t.rest = growSel(t.rest, b.N)
	rest := without(sel, hit, b.N, t.rest)
	if len(rest) == 0 {
		return t.vector(b.N, hit), nil
	}
	miss, err := n.filter(b, rest, false, growSel(nil, b.N))
	if err != nil {
		return nil, err
	}
	out := t.vector(b.N, hit)
	if len(miss) < len(rest) {
		for _, p := range without(rest, miss, b.N, t.rest) {
			out.SetNull(int(p))
		}
	}
	return out, nil
}
