package kernel

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// callNode calls a scalar function.
type callNode struct {
	ctx      *EvalCtx
	fn       *plan.Func
	im       *Impl
	inst     Instance
	args     []node
	typ      types.Type
	pos      int
	lambda   []bool // arguments that are lambdas
	vecs     []*vector.Vector
	flats    []flattener
	live     vector.Sel
	valid    vector.Bitmap // spare
	out, one vector.Vector
	tri      triState
}

func (c *compiler) call(e *plan.Call) (node, error) {
	im, ok := e.Fn.Impl.(*Impl)
	if !ok {
		return nil, fault.New(fault.CodeInternal, "function %s cannot be called here", e.Fn.Name).At(e.Position())
	}
	ctx := c.ctx
	for _, p := range e.Fn.Params {
		if p.Zone() != nil {
			ctx = ctx.in(p)
			break
		}
	}
	n := &callNode{ctx: ctx, fn: e.Fn, im: im, inst: im.Instance, typ: e.Typ, pos: e.Position()}
	owner := &lambdaCall{node: n}
	consts := make([]*types.Value, len(e.Args))
	bodies := make([]*LambdaBody, len(e.Args))
	for i, a := range e.Args {
		if l, ok := a.(*plan.Lambda); ok {
			body, err := c.lambda(l, owner)
			if err != nil {
				return nil, err
			}
			bodies[i] = body
			n.args, n.lambda = append(n.args, newConst(types.NullOf(types.TUnknown))), append(n.lambda, true)
			continue
		}
		x, err := c.compile(a)
		if err != nil {
			return nil, err
		}
		if k, ok := x.(*constNode); ok {
			consts[i] = &k.val
		}
		n.args, n.lambda = append(n.args, x), append(n.lambda, false)
	}
	n.vecs, n.flats = make([]*vector.Vector, len(n.args)), make([]flattener, len(n.args))
	var err error
	switch {
	case im.Lambda != nil:
		n.inst, err = im.Lambda(ctx, e.Fn, bodies)
	case im.New != nil:
		n.inst, err = im.New(ctx, e.Fn, consts)
	}
	if im.Lambda != nil {
		return owner, place(err, n.pos)
	}
	return n, place(err, n.pos)
}

// arguments evaluates the arguments. null: a strict call's result is NULL for
// every row; live are the rows to compute; valid are the rows that are not NULL
// because of their arguments (nil: all).
func (n *callNode) arguments(b *vector.Batch, sel vector.Sel) (null, constant bool, live vector.Sel, valid vector.Bitmap, err error) {
	constant = n.fn.Volatility != plan.Volatile && n.im.Lambda == nil
	masks := 0
	for i, a := range n.args {
		v, err := a.eval(b, sel)
		if err != nil {
			return false, false, nil, nil, err
		}
		n.vecs[i] = v
		constant = constant && v.Form == vector.Const
		if !n.fn.Strict || n.lambda[i] {
			continue
		}
		if v.Form == vector.Const && v.IsNull(0) || v.Type.Kind == types.Unknown {
			null = true // the other arguments are evaluated all the same: they may fail
			continue
		}
		if v.Form != vector.Const && v.Valid != nil {
			if masks++; masks == 1 {
				valid = v.Valid
			} else {
				n.valid = andInto(n.valid, valid, v.Valid, b.N)
				valid = n.valid
			}
		}
	}
	if null {
		return true, false, nil, nil, nil
	}
	live = sel
	if valid.All(b.N) {
		valid = nil
	}
	if valid != nil && !n.im.Total {
		n.live = growSel(n.live, b.N)
		live = copySel(n.live, sel, b.N)
		k := 0
		for _, p := range live {
			live[k] = p
			k += int(valid[p>>6] >> (p & 63) & 1)
		}
		live = live[:k]
	}
	return false, constant, live, valid, nil
}

func andInto(dst, a, b vector.Bitmap, n int) vector.Bitmap {
	words := (n + 63) / 64
	if cap(dst) < words {
		dst = make(vector.Bitmap, words)
	}
	dst = dst[:words]
	for i := range dst {
		dst[i] = a[i] & b[i]
	}
	return dst
}

func (n *callNode) flatten() {
	if !n.im.Flat {
		return
	}
	for i, v := range n.vecs {
		if v.Form != vector.Flat {
			n.vecs[i] = n.flats[i].flatten(v)
		}
	}
}

func (n *callNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	null, constant, live, valid, err := n.arguments(b, sel)
	switch {
	case err != nil:
		return nil, err
	case null:
		return vector.Null(n.typ, b.N), nil
	case constant:
		return n.evalConst(b.N)
	}
	if live != nil && len(live) == 0 {
		n.out.Reset(n.typ, b.N)
		clear(n.out.Raw())
		n.out.Valid = valid
		return &n.out, nil
	}
	n.flatten()
	if n.inst.Eval == nil {
		hit, err := n.inst.Filter(n.ctx, n.vecs, b.N, live, true, n.tri.hits(b.N))
		if err != nil {
			return nil, place(err, n.pos)
		}
		out := n.tri.vector(b.N, hit)
		out.Valid = valid
		return out, nil
	}
	if n.im.Total && len(live) > b.N/4 {
		live = nil
	}
	n.out.Reset(n.typ, b.N)
	if err := n.inst.Eval(n.ctx, n.vecs, live, &n.out); err != nil {
		return nil, place(err, n.pos)
	}
	n.out.Len = b.N
	if valid != nil {
		if n.out.Form == vector.Const { // one value for all, but not for those with a NULL argument
			n.out = *vector.Flatten(&n.out)
		}
		n.out.Valid = vector.And(valid, n.out.Valid)
	}
	return &n.out, nil
}

// evalConst computes one row that stands for all.
func (n *callNode) evalConst(rows int) (*vector.Vector, error) {
	args := make([]*vector.Vector, len(n.vecs))
	for i, v := range n.vecs {
		one := *v
		one.Form, one.Len = vector.Flat, 1
		args[i] = &one
	}
	n.one.Reset(n.typ, 1)
	if n.inst.Eval == nil {
		hit, err := n.inst.Filter(n.ctx, args, 1, nil, true, n.tri.hits(1))
		if err != nil {
			return nil, place(err, n.pos)
		}
		vector.Values[bool](&n.one)[0] = len(hit) == 1
	} else if err := n.inst.Eval(n.ctx, args, nil, &n.one); err != nil {
		return nil, place(err, n.pos)
	}
	if n.one.Form == vector.Dict {
		n.one = *vector.Flatten(&n.one)
	}
	n.one.Form, n.one.Len = vector.Const, rows
	return &n.one, nil
}

func (n *callNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	if n.inst.Filter == nil {
		v, err := n.eval(b, sel)
		if err != nil {
			return nil, err
		}
		return filterBools(v, b.N, sel, want, out), nil
	}
	null, _, live, _, err := n.arguments(b, sel)
	switch {
	case err != nil:
		return nil, err
	case null || live != nil && len(live) == 0:
		return out[:0], nil
	}
	n.flatten()
	hit, err := n.inst.Filter(n.ctx, n.vecs, b.N, live, want, out)
	return hit, place(err, n.pos)
}
