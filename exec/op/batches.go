package op

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/glauxdb/glaux/formats/vector"
)

// Empty is a source without rows.
type Empty struct{}

// Width is 1.
func (Empty) Width() int { return 1 }

// Open makes an operator that is at its end.
func (Empty) Open(*Worker) (Operator, error) { return emptyOp{}, nil }

type emptyOp struct{}

func (emptyOp) Next(context.Context, *vector.Batch) error { return io.EOF }
func (emptyOp) Close() error                              { return nil }

// Batches delivers batches that exist already (VALUES, a collected CTE). They
// are shared by every reader and never written.
type Batches struct {
	List []*vector.Batch
	next atomic.Int64
}

// Width is the number of batches.
func (s *Batches) Width() int { return max(1, len(s.List)) }

// Open makes one copy; all draw from the same list.
func (s *Batches) Open(*Worker) (Operator, error) { return &batchesOp{s: s}, nil }

type batchesOp struct{ s *Batches }

func (o *batchesOp) Next(_ context.Context, b *vector.Batch) error {
	for {
		i := int(o.s.next.Add(1)) - 1
		if i >= len(o.s.List) {
			return io.EOF
		}
		if in := o.s.List[i]; in.Rows() > 0 {
			setCols(b, in.N, in.Sel, in.Cols...)
			return nil
		}
	}
}

func (o *batchesOp) Close() error { return nil }
