package kernel

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Program is a compiled expression. It owns the vectors and selections that it
// gives, and reuses them. One goroutine uses a Program.
type Program struct {
	expr   plan.Expr
	inputs map[plan.ColID]int
	ctx    *EvalCtx
	root   node
	sel    vector.Sel
	steady int // position of the one input column of a Pass, else -1
	pace   *pacer
}

// node is a compiled expression. eval gives a vector of b.N rows that has a
// meaning at sel (nil: every row); it is valid until the node's next eval.
type node interface {
	eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error)
}

// boolNode is a node of type boolean that selects rows without making a vector:
// those of sel where it is true (want) or false (!want), never those where it is
// NULL. out has room for every row and may alias sel.
type boolNode interface {
	node
	filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error)
}

// Compile makes a program for e; inputs says at which position of the batches
// each column of e stands. c may be nil for expressions that need no session.
func Compile(e plan.Expr, inputs map[plan.ColID]int, c *EvalCtx) (*Program, error) {
	if c == nil {
		c = &EvalCtx{}
	}
	comp := compiler{ctx: c, inputs: inputs}
	root, err := comp.compile(e)
	if err != nil {
		return nil, err
	}
	p := &Program{expr: e, inputs: inputs, ctx: c, root: root, steady: -1, pace: newPacer(c, e, inputs)}
	if col, ok := root.(*colNode); ok {
		p.steady = col.pos
	}
	return p, nil
}

// Clone makes another copy of the program, for another goroutine.
func (p *Program) Clone() *Program {
	q, err := Compile(p.expr, p.inputs, p.ctx)
	if err != nil { // the same expression was compiled before
		panic(err)
	}
	return q
}

// Type gives the type of the result.
func (p *Program) Type() types.Type { return p.expr.Type() }

// Pass gives the position of the input column that the program only passes on,
// or -1.
func (p *Program) Pass() int { return p.steady }

// Eval evaluates the program for the rows of sel (nil: every row of b; b.Sel is
// not looked at). The result has b.N rows, any form, a meaning at sel only, and
// is valid until the next Eval; it may be a column of b.
func (p *Program) Eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	if p.pace != nil {
		return p.pace.eval(p.ctx, p.root, p.Type(), b, sel)
	}
	return p.root.eval(b, sel)
}

// Filter gives the rows of sel (nil: every row of b) for which the boolean
// program is true, in a selection that is valid until the next Filter; nil if
// sel is nil and every row passes.
func (p *Program) Filter(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	p.sel = growSel(p.sel, b.N)
	out, err := p.sel, error(nil)
	if p.pace != nil {
		out, err = p.pace.filter(p.ctx, p.root, b, sel, true, out)
	} else {
		out, err = filterNode(p.root, b, sel, true, out)
	}
	if err != nil {
		return nil, err
	}
	if sel == nil && len(out) == b.N {
		return nil, nil
	}
	return out, nil
}

// growSel gives a selection buffer of length 0 with room for n positions.
func growSel(s vector.Sel, n int) vector.Sel {
	if cap(s) < n || s == nil {
		s = make(vector.Sel, 0, max(n, vector.BatchSize))
	}
	return s[:0]
}

// filterNode selects with any boolean node.
func filterNode(n node, b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	if bn, ok := n.(boolNode); ok {
		return bn.filter(b, sel, want, out)
	}
	v, err := n.eval(b, sel)
	if err != nil {
		return nil, err
	}
	return filterBools(v, b.N, sel, want, out), nil
}

// filterBools selects the rows of a boolean vector whose value is want.
func filterBools(v *vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) vector.Sel {
	if v.Type.Kind == types.Unknown {
		return out[:0]
	}
	vals := vector.Values[bool](v)
	switch v.Form {
	case vector.Const:
		if v.IsNull(0) || vals[0] != want {
			return out[:0]
		}
		return copySel(out, sel, n)
	case vector.Dict:
		vals = vector.Values[bool](v.Base)
		out = out[:cap(out)]
		k := 0
		if sel == nil {
			for i, c := range v.Codes[:n] {
				out[k] = uint16(i)
				k += b2i(vals[c] == want)
			}
		} else {
			for _, p := range sel {
				out[k] = p
				k += b2i(vals[v.Codes[p]] == want)
			}
		}
		return dropNulls(v, out[:k])
	}
	out = out[:cap(out)]
	k := 0
	if sel == nil {
		for i, x := range vals[:n] {
			out[k] = uint16(i)
			k += b2i(x == want)
		}
	} else {
		for _, p := range sel {
			out[k] = p
			k += b2i(vals[p] == want)
		}
	}
	return dropNulls(v, out[:k])
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dropNulls removes, in place, the rows at which v is null. v is not Const.
func dropNulls(v *vector.Vector, sel vector.Sel) vector.Sel {
	if v.Valid.All(v.Len) {
		return sel
	}
	k := 0
	for _, p := range sel {
		sel[k] = p
		k += int(v.Valid[p>>6] >> (p & 63) & 1)
	}
	return sel[:k]
}

// copySel writes sel, or every position below n, to out.
func copySel(out, sel vector.Sel, n int) vector.Sel {
	if sel != nil {
		return append(out[:0], sel...)
	}
	out = out[:n]
	for i := range out {
		out[i] = uint16(i)
	}
	return out
}

// selLen counts the selected rows.
func selLen(sel vector.Sel, n int) int {
	if sel == nil {
		return n
	}
	return len(sel)
}

// without writes the rows of sel (nil: below n) that are not in sub, an ascending
// part of it, to out, which may alias sel but not sub.
func without(sel, sub vector.Sel, n int, out vector.Sel) vector.Sel {
	out = out[:cap(out)]
	j, k := 0, 0
	if sel == nil {
		for i := range n {
			if j < len(sub) && int(sub[j]) == i {
				j++
				continue
			}
			out[k] = uint16(i)
			k++
		}
		return out[:k]
	}
	for _, p := range sel {
		if j < len(sub) && sub[j] == p {
			j++
			continue
		}
		out[k] = p
		k++
	}
	return out[:k]
}

// compiler turns expressions into nodes.
type compiler struct {
	ctx    *EvalCtx
	inputs map[plan.ColID]int
	inDict bool // below a dictNode: no other is made
}

func (c *compiler) compile(e plan.Expr) (node, error) {
	if n, ok, err := c.dict(e); ok || err != nil {
		return n, err
	}
	switch e := e.(type) {
	case *plan.Const:
		return newConst(e.Value), nil
	case *plan.Col:
		pos, ok := c.inputs[e.ID]
		if !ok {
			return nil, fault.New(fault.CodeInternal, "column %q (%d) is not among the inputs of an expression", e.Name, e.ID)
		}
		return &colNode{pos: pos}, nil
	case *plan.Compare:
		return c.compare(e)
	case *plan.And:
		return c.logic(e.Args, true)
	case *plan.Or:
		return c.logic(e.Args, false)
	case *plan.Not:
		x, err := c.compile(e.X)
		return &notNode{x: x}, err
	case *plan.IsNull:
		x, err := c.compile(e.X)
		return &isNullNode{x: x, not: e.Not}, err
	case *plan.In:
		return c.in(e)
	case *plan.Call:
		return c.call(e)
	case *plan.Cast:
		return c.cast(e)
	case *plan.Case:
		return c.caseOf(e)
	case *plan.Coalesce:
		args, err := c.all(e.Args)
		return &coalesceNode{args: args, typ: e.Typ}, err
	case *plan.Try:
		x, err := c.compile(e.X)
		return &tryNode{x: x, typ: e.Type()}, err
	case *plan.Field:
		x, err := c.compile(e.X)
		return &fieldNode{x: x, index: e.Index, typ: e.Type()}, err
	case *plan.MakeRow:
		args, err := c.all(e.Args)
		return &makeRowNode{args: args, typ: e.Typ}, err
	case *plan.MakeArray:
		args, err := c.all(e.Args)
		return &makeArrayNode{args: args, typ: e.Typ}, err
	case *plan.Param:
		return nil, fault.New(fault.CodeUndefinedParameter, "no value for parameter $%d", e.Index).At(e.Position())
	case *plan.Lambda:
		return nil, fault.New(fault.CodeSyntax, "a lambda may only be an argument of a function").At(e.Position())
	}
	return nil, fault.New(fault.CodeInternal, "expression %T cannot be evaluated", e)
}

func (c *compiler) all(es []plan.Expr) ([]node, error) {
	ns := make([]node, len(es))
	for i, e := range es {
		var err error
		if ns[i], err = c.compile(e); err != nil {
			return nil, err
		}
	}
	return ns, nil
}

// place puts the position of the expression into an error raised while it was
// evaluated.
func place(err error, pos int) error {
	if err == nil || pos == 0 {
		return err
	}
	if f, ok := err.(*fault.Error); ok && f.Pos == 0 {
		g := *f
		return g.At(pos)
	}
	return err
}

func (c *compiler) logic(args []plan.Expr, all bool) (node, error) {
	ns, err := c.all(args)
	return &andNode{args: ns, all: all}, err
}
