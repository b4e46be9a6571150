package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// Reader makes an operator of a formats.Source that one copy reads: virtual
// tables and table functions.
type Reader struct {
	OpenSource func(ctx context.Context) (formats.Source, error)
	once       sync.Once
}

// Width is 1.
func (r *Reader) Width() int { return 1 }

// Open makes the operator. Only the first copy finds rows.
func (r *Reader) Open(*Worker) (Operator, error) {
	var o Operator = emptyOp{}
	r.once.Do(func() { o = &readerOp{r: r} })
	return o, nil
}

type readerOp struct {
	r   *Reader
	src formats.Source
}

func (o *readerOp) Next(ctx context.Context, b *vector.Batch) error {
	if o.src == nil {
		src, err := o.r.OpenSource(ctx)
		if err != nil {
			return err
		}
		o.src = src
	}
	for {
		err := o.src.Next(ctx, b)
		if err == io.EOF {
			return io.EOF
		}
		if err != nil || b.Rows() > 0 {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

func (o *readerOp) Close() error {
	if o.src == nil {
		return nil
	}
	return o.src.Close()
}
