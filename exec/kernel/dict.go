package kernel

import (
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// dictNode evaluates an immutable expression over a single column once for each
// distinct value when the column comes as a dictionary, and keeps the results
// as long as the dictionary stays the same. If some value of the dictionary makes
// the expression fail, the rows are evaluated one by one, since that value may
// occur in no selected row.
type dictNode struct {
	ctx    *EvalCtx
	pace   *pacer // of x, whose rows cost other than those of a known dictionary
	x      node
	pos    int
	typ    types.Type
	isBool bool

	base   *vector.Vector // the dictionary that the results belong to
	gen    uint64
	seen   int  // rows evaluated with this dictionary so far
	ready  bool // results are there
	failed bool // a value of this dictionary fails

	keep   []uint8 // boolean results by code: see resTrue
	null   uint8   // boolean result of NULL
	result *vector.Vector
	valid  vector.Bitmap // of result
	nullAt int           // the code of NULL's result in result; -1: NULL
	out    vector.Vector
	codes  []uint32
	part   vector.Batch
	tri    triState
}

// Boolean results, as bits so that a filter tests one of them.
const (
	resFalse uint8 = 1 << iota
	resTrue
	resNull
)

// dict wraps the largest subexpressions that depend on one column only.
func (c *compiler) dict(e plan.Expr) (node, bool, error) {
	switch e.(type) {
	case *plan.Col, *plan.Const, *plan.Lambda:
		return nil, false, nil
	}
	if c.inDict || e.Type().IsNested() || e.Type().Kind == types.Unknown {
		return nil, false, nil
	}
	col := c.onlyColumn(e)
	if col == nil {
		return nil, false, nil
	}
	pos, ok := c.inputs[col.ID]
	if !ok || col.Typ.IsNested() {
		return nil, false, nil
	}
	inner := *c
	inner.inDict = true
	x, err := inner.compile(e)
	if err != nil {
		return nil, false, err
	}
	n := &dictNode{ctx: c.ctx, pace: newPacer(c.ctx, e, c.inputs), x: x, pos: pos, typ: e.Type(), isBool: e.Type().Kind == types.Boolean}
	n.part.Cols = make([]*vector.Vector, pos+1)
	return n, true, nil
}

// onlyColumn gives the one column that an immutable expression reads, or nil.
func (c *compiler) onlyColumn(e plan.Expr) *plan.Col {
	var only *plan.Col
	ok := true
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Col:
			if only != nil && only.ID != x.ID {
				ok = false
			}
			only = x
		case *plan.Lambda:
			ok = false
		case *plan.Call:
			ok = ok && x.Fn.Volatility != plan.Volatile
		}
		return ok
	})
	if !ok {
		return nil
	}
	return only
}

// prepare says whether the batch's column is a dictionary whose results are, or
// have become, known. It does not pay to evaluate a large dictionary for few
// rows: the rows are counted until they have cost as much. The error is the query's
// end.
func (n *dictNode) prepare(v *vector.Vector, rows int) (bool, error) {
	if v.Form != vector.Dict {
		return false, nil
	}
	if n.base != v.Base || n.gen != v.Base.Generation() {
		n.base, n.gen, n.seen, n.ready, n.failed = v.Base, v.Base.Generation(), 0, false, false
	}
	if n.ready || n.failed {
		return n.ready, nil
	}
	if n.seen += rows; n.seen < v.Base.Len/2 {
		return false, nil
	}
	if err := n.evalBase(v); err != nil {
		n.failed = true
		return false, n.ctx.Check()
	}
	n.ready = true
	return true, nil
}

// chunk is the most values of a dictionary that are evaluated in one batch.
const chunk = 16384

func (n *dictNode) evalBase(v *vector.Vector) error {
	base := v.Base
	n.keep = n.keep[:0]
	var result *vector.Vector
	if !n.isBool {
		result = vector.New(n.typ, 0)
	}
	run := func(in *vector.Vector) error {
		n.part.Cols[n.pos], n.part.N = in, in.Len
		out, err := n.x.eval(&n.part, nil)
		if err != nil {
			return err
		}
		if n.isBool {
			n.keep = appendResults(n.keep, out, in.Len)
		} else {
			result.AppendRange(out, 0, in.Len)
		}
		return nil
	}
	if err := n.pieces(base, run); err != nil {
		return err
	}
	if err := run(vector.Null(v.Type, 1)); err != nil {
		return err
	}
	n.finish(result, base.Len)
	return nil
}

// pieces calls run for parts of the dictionary one after the other.
func (n *dictNode) pieces(base *vector.Vector, run func(*vector.Vector) error) error {
	if n.pace != nil {
		n.part.Cols[n.pos], n.part.N = base, base.Len
		n.pace.whole(&n.part, nil)
	}
	for from := 0; from < base.Len; {
		m := min(chunk, base.Len-from)
		if n.pace != nil {
			if err := n.ctx.Check(); err != nil {
				return err
			}
			m = min(m, n.pace.rows)
		}
		in := base
		if m < base.Len {
			in = vector.Slice(base, from, m)
		}
		start := time.Now()
		if err := run(in); err != nil {
			return err
		}
		if n.pace != nil {
			n.pace.took(m, time.Since(start))
		}
		from += m
	}
	return nil
}

// finish takes the results: of the values, then of NULL.
func (n *dictNode) finish(result *vector.Vector, values int) {
	if n.isBool {
		n.null = n.keep[values]
		return
	}
	n.nullAt = -1
	if !result.IsNull(values) {
		n.nullAt = values
	}
	n.valid, result.Valid = result.Valid, nil
	n.result = result
}

func appendResults(keep []uint8, v *vector.Vector, rows int) []uint8 {
	flat := vector.Flatten(v)
	vals := vector.Values[bool](flat)
	for i := range rows {
		switch {
		case flat.IsNull(i):
			keep = append(keep, resNull)
		case vals[i]:
			keep = append(keep, resTrue)
		default:
			keep = append(keep, resFalse)
		}
	}
	return keep
}

func (n *dictNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	v := b.Cols[n.pos]
	ready, err := n.prepare(v, selLen(sel, b.N))
	switch {
	case err != nil:
		return nil, err
	case !ready && n.pace != nil:
		return n.pace.eval(n.ctx, n.x, n.typ, b, sel)
	case !ready:
		return n.x.eval(b, sel)
	}
	if n.isBool {
		return n.tri.eval(n, b, sel)
	}
	codes := v.Codes
	var valid vector.Bitmap
	switch {
	case v.Valid == nil:
	case n.nullAt < 0:
		valid = v.Valid
	default:
		codes = n.nullCodes(v)
	}
	n.out.SetDict(n.typ, codes, n.result)
	n.out.Valid = valid
	if n.valid != nil {
		bm := n.out.AllValid()
		for i, c := range codes {
			if !n.valid.Get(int(c)) || valid != nil && !valid.Get(i) {
				bm.Clear(i)
			}
		}
	}
	return &n.out, nil
}

// nullCodes gives the codes with NULL's code at the null rows.
func (n *dictNode) nullCodes(v *vector.Vector) []uint32 {
	n.codes = append(n.codes[:0], v.Codes...)
	for i := range n.codes {
		if !v.Valid.Get(i) {
			n.codes[i] = uint32(n.nullAt)
		}
	}
	return n.codes
}

func (n *dictNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	v := b.Cols[n.pos]
	ready, err := n.prepare(v, selLen(sel, b.N))
	switch {
	case err != nil:
		return nil, err
	case !ready && n.pace != nil:
		return n.pace.filter(n.ctx, n.x, b, sel, want, out)
	case !ready:
		return filterNode(n.x, b, sel, want, out)
	}
	bit := resFalse
	if want {
		bit = resTrue
	}
	return selCodes(v, n.keep, bit, n.null, b.N, sel, out), nil
}

// selCodes selects the rows whose value's result has the bit set.
func selCodes(v *vector.Vector, keep []uint8, bit, null uint8, rows int, sel, out vector.Sel) vector.Sel {
	out = out[:cap(out)]
	k := 0
	if v.Valid == nil {
		if sel == nil {
			for i, c := range v.Codes[:rows] {
				out[k] = uint16(i)
				k += b2i(keep[c]&bit != 0)
			}
			return out[:k]
		}
		for _, p := range sel {
			out[k] = p
			k += b2i(keep[v.Codes[p]]&bit != 0)
		}
		return out[:k]
	}
	out = copySel(out, sel, rows)
	for _, p := range out {
		r := keep[v.Codes[p]]
		if v.Valid[p>>6]>>(p&63)&1 == 0 {
			r = null
		}
		out[k] = p
		k += b2i(r&bit != 0)
	}
	return out[:k]
}
