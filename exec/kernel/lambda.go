package kernel

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// LambdaBody is a compiled lambda argument. The kernel of a higher-order function
// lays the elements for which the lambda is called one after the other in long
// vectors and calls Eval; captured columns follow by row number.
type LambdaBody struct {
	prog   *Program
	params int
	outer  []int // positions, in the batch under evaluation, of the captured columns
	owner  *lambdaCall
	batch  vector.Batch
	cols   []vector.Vector
}

// lambdaCall is a call with lambdas: it remembers the batch it evaluates, for the
// captured columns.
type lambdaCall struct {
	node  node
	batch *vector.Batch
}

func (l *lambdaCall) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	l.batch = b
	return l.node.eval(b, sel)
}

func (c *compiler) lambda(e *plan.Lambda, owner *lambdaCall) (*LambdaBody, error) {
	body := &LambdaBody{params: len(e.Params), owner: owner}
	inputs := map[plan.ColID]int{}
	for i, p := range e.Params {
		inputs[p.ID] = i
	}
	used := map[plan.ColID]bool{}
	plan.Columns(e, used)
	for id := range used {
		pos, ok := c.inputs[id]
		if !ok {
			return nil, fault.New(fault.CodeInternal, "column %d captured by a lambda is not among the inputs", id)
		}
		inputs[id] = len(e.Params) + len(body.outer)
		body.outer = append(body.outer, pos)
	}
	var err error
	body.prog, err = Compile(e.Body, inputs, c.ctx)
	return body, err
}

// CompileLambda compiles a lambda that captures nothing, for an aggregate.
func CompileLambda(e *plan.Lambda, ctx *EvalCtx) (*LambdaBody, error) {
	inputs := map[plan.ColID]int{}
	for i, p := range e.Params {
		inputs[p.ID] = i
	}
	prog, err := Compile(e.Body, inputs, ctx)
	return &LambdaBody{params: len(e.Params), prog: prog}, err
}

// Type gives the type of the lambda's result.
func (l *LambdaBody) Type() types.Type { return l.prog.Type() }

// Eval calls the lambda for n argument tuples: params are vectors of n values,
// rows[i] is the row of the batch that tuple i belongs to. The result is flat and
// the caller's own.
func (l *LambdaBody) Eval(params []*vector.Vector, rows []uint32, n int) (*vector.Vector, error) {
	out := vector.New(l.Type(), 0)
	total := l.params + len(l.outer)
	if l.cols == nil {
		l.cols = make([]vector.Vector, total)
		l.batch.Cols = make([]*vector.Vector, total)
	}
	for from := 0; from < n; from += chunk {
		if err := l.prog.ctx.Check(); err != nil {
			return nil, err
		}
		m := min(chunk, n-from)
		for i, p := range params[:l.params] {
			l.batch.Cols[i] = vector.Slice(p, from, m)
		}
		for i, pos := range l.outer {
			vector.Gather(&l.cols[i], l.owner.batch.Cols[pos], rows[from:from+m])
			l.batch.Cols[l.params+i] = &l.cols[i]
		}
		l.batch.N = m
		v, err := l.prog.Eval(&l.batch, nil)
		if err != nil {
			return nil, err
		}
		out.AppendRows(v, nil, m)
	}
	return out, nil
}
