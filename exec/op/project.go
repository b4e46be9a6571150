package op

import (
	"context"

	"github.com/glauxdb/glaux/formats/vector"
)

// ProjectItem is one output column: an input column passed on, or an expression.
type ProjectItem struct {
	Pass int     // position in the input; -1: computed
	Expr NewExpr // nil if passed
}

// Project computes columns. The selection stays as it is.
type Project struct {
	In    Source
	Items []ProjectItem
}

// Width is the input's.
func (p *Project) Width() int { return p.In.Width() }

// Open makes one copy.
func (p *Project) Open(w *Worker) (Operator, error) {
	in, err := p.In.Open(w)
	if err != nil {
		return nil, err
	}
	return &projectOp{in: in, items: p.Items, exprs: newExprs(p.Items)}, nil
}

func newExprs(items []ProjectItem) []Expr {
	es := make([]Expr, len(items))
	for i, it := range items {
		if it.Pass < 0 {
			es[i] = it.Expr()
		}
	}
	return es
}

type projectOp struct {
	in    Operator
	items []ProjectItem
	exprs []Expr
	b     vector.Batch
}

func (o *projectOp) Next(ctx context.Context, b *vector.Batch) error {
	if err := o.in.Next(ctx, &o.b); err != nil {
		return err
	}
	cols, err := evalItems(&o.b, o.b.Sel, o.items, o.exprs, b.Cols[:0])
	if err != nil {
		return err
	}
	b.N, b.Sel, b.Cols = o.b.N, o.b.Sel, cols
	return nil
}

func evalItems(b *vector.Batch, sel vector.Sel, items []ProjectItem, exprs []Expr, out []*vector.Vector) ([]*vector.Vector, error) {
	for i, it := range items {
		if it.Pass >= 0 {
			out = append(out, b.Cols[it.Pass])
			continue
		}
		v, err := exprs[i].Eval(b, sel)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (o *projectOp) Close() error { return o.in.Close() }
