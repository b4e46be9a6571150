package op

import (
	"context"

	"github.com/glauxdb/glaux/formats/vector"
)

// Filter keeps the rows for which every condition is true.
type Filter struct {
	In    Source
	Conds NewConds
}

// Width is the input's.
func (f *Filter) Width() int { return f.In.Width() }

// Open makes one copy.
func (f *Filter) Open(w *Worker) (Operator, error) {
	in, err := f.In.Open(w)
	if err != nil {
		return nil, err
	}
	return &filterOp{in: in, conds: f.Conds()}, nil
}

type filterOp struct {
	in    Operator
	conds Conds
}

func (o *filterOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if err := o.in.Next(ctx, b); err != nil {
			return err
		}
		sel, err := o.conds.Filter(b, b.Sel)
		if err != nil {
			return err
		}
		if sel == nil { // every row
			return nil
		}
		if len(sel) > 0 {
			if len(sel) < b.N {
				b.Sel = sel
			}
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

func (o *filterOp) Close() error { return o.in.Close() }
