package lines

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// Loop is what the Sources of text formats share: they embed it.
type Loop struct {
	R     *Reader
	Req   formats.ScanRequest
	Done  bool  // the split has no more rows
	given int64 // rows delivered
}

// OpenLoop makes the loop of a scan of an object's split.
func OpenLoop(cfg Config, req formats.ScanRequest) Loop {
	cfg.Split, cfg.Eager, cfg.Overlap = req.Split.Range, req.Limit == 0, req.Overlap
	cfg.Memory = req.Memory
	return Loop{R: Open(cfg), Req: req}
}

// Run is a Source's Next: it has batch fill b until that has rows. A batch
// without rows says that there is more to try, or, with Done, that there is
// not.
func (l *Loop) Run(ctx context.Context, b *vector.Batch, batch func(context.Context, *vector.Batch) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.Done || l.Req.Limit > 0 && l.given >= l.Req.Limit {
			return io.EOF
		}
		b.Reset()
		if err := batch(ctx, b); err != nil {
			return err
		}
		if n := b.Rows(); n > 0 {
			l.given += int64(n)
			return nil
		}
	}
}

// Wanted bounds the next batch: a query with a limit wants no more.
func (l *Loop) Wanted() int {
	if l.Req.Limit > 0 && l.Req.Pred == nil {
		return int(min(vector.BatchSize, l.Req.Limit-l.given))
	}
	return vector.BatchSize
}

// Close stops reading ahead and waits for it.
func (l *Loop) Close() error {
	l.Done = true
	return l.R.Close()
}
