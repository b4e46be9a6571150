package op

import (
	"context"

	"github.com/glauxdb/glaux/formats/vector"
)

// Pieces hands on its input's batches in pieces of at most Rows rows, so that what
// an operator keeps from batch to batch is tried at every edge.
type Pieces struct {
	In   Source
	Rows int
}

// Width is the input's.
func (p *Pieces) Width() int { return p.In.Width() }

// Open makes one copy.
func (p *Pieces) Open(w *Worker) (Operator, error) {
	in, err := p.In.Open(w)
	if err != nil {
		return nil, err
	}
	return &piecesOp{in: in, rows: p.Rows}, nil
}

type piecesOp struct {
	in   Operator
	rows int
	b    vector.Batch
	left vector.Sel // of b
	sel  []uint16   // what left is part of: the input may reuse its own
}

func (o *piecesOp) Next(ctx context.Context, b *vector.Batch) error {
	if len(o.left) == 0 {
		if err := o.in.Next(ctx, &o.b); err != nil {
			return err
		}
		o.sel = append(o.sel[:0], selOf(&o.b)...)
		o.left = o.sel
	}
	n := min(o.rows, len(o.left))
	setCols(b, o.b.N, o.left[:n:n], o.b.Cols...)
	o.left = o.left[n:]
	return nil
}

func (o *piecesOp) Close() error { return o.in.Close() }
