package op

import (
	"context"
	"io"
	"math"
	"sync/atomic"

	"github.com/glauxdb/glaux/formats/vector"
)

// Limit passes rows Offset .. Offset+Count of its input, whichever rows arrive
// first; above an ordered source (Width 1) those are the first in its order. All
// copies draw from one counter and stop when it is used up.
type Limit struct {
	In     Source
	Count  int64 // -1: all
	Offset int64
	seen   atomic.Int64
}

// Width is the input's.
func (l *Limit) Width() int { return l.In.Width() }

// Open makes one copy.
func (l *Limit) Open(w *Worker) (Operator, error) {
	if l.Count == 0 {
		return Empty{}.Open(w)
	}
	in, err := l.In.Open(w)
	if err != nil {
		return nil, err
	}
	return &limitOp{l: l, in: in}, nil
}

type limitOp struct {
	l  *Limit
	in Operator
}

func (o *limitOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.l.Count >= 0 && o.l.seen.Load() >= limitEnd(o.l.Offset, o.l.Count) {
			return io.EOF
		}
		if err := o.in.Next(ctx, b); err != nil {
			return err
		}
		n := int64(b.Rows())
		first := o.l.seen.Add(n) - n // number of this batch's first row
		from, to := max(o.l.Offset-first, 0), n
		if o.l.Count >= 0 {
			to = min(to, limitEnd(o.l.Offset, o.l.Count)-first)
		}
		if from >= to {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			continue
		}
		if from > 0 || to < n {
			b.Sel = selOf(b)[from:to]
		}
		return nil
	}
}

func (o *limitOp) Close() error { return o.in.Close() }

// limitEnd gives the number of the first row behind OFFSET offset LIMIT count;
// what a number can't hold is as good as the greatest one.
func limitEnd(offset, count int64) int64 {
	if count > math.MaxInt64-offset {
		return math.MaxInt64
	}
	return offset + count
}
