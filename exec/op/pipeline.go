package op

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
)

// Pipeline is a source, a sink, and what has to run before.
type Pipeline struct {
	Before []*Pipeline
	Source Source
	Sink   Sink
	done   bool
}

// Run runs the pipelines before p and then p, unless it has already run. Afterwards p
// does not refer to them any more, so that what they have made goes with its last reader.
func (p *Pipeline) Run(ctx context.Context, q *Query) error {
	if p.done {
		return nil
	}
	p.done = true
	if err := p.runBefore(ctx, q); err != nil {
		return err
	}
	if err := runCopies(ctx, q, p.Source, p.Sink); err != nil {
		return err
	}
	p.Before, p.Source = nil, nil
	return guard(q, func() error { return p.Sink.Finish(ctx) })
}

func (p *Pipeline) runBefore(ctx context.Context, q *Query) error {
	for _, b := range p.Before {
		if err := b.Run(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// runCopies runs the copies of a chain into a sink and waits for them. One copy
// runs in the caller's goroutine.
func runCopies(ctx context.Context, q *Query, src Source, sink Sink) error {
	width := max(1, min(src.Width(), max(q.Workers, q.Copies)))
	if width == 1 {
		return guard(q, func() error { return runCopy(ctx, &Worker{Query: q, Count: 1}, src, sink) })
	}
	g, gctx := errgroup.WithContext(ctx)
	all := newCrew(width)
	for i := range width {
		w := &Worker{Query: q, Index: i, Count: width, crew: all}
		g.Go(func() error {
			defer all.end(i)
			return guard(q, func() error { return runCopy(gctx, w, src, sink) })
		})
	}
	return g.Wait()
}

func runCopy(ctx context.Context, w *Worker, src Source, sink Sink) (err error) {
	op, err := src.Open(w)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := op.Close(); err == nil {
			err = cerr
		}
	}()
	local, err := sink.NewLocal(w)
	if err != nil {
		return err
	}
	var b vector.Batch
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		switch err := op.Next(ctx, &b); {
		case err == io.EOF:
			return local.Combine(ctx)
		case err != nil:
			return err
		}
		if err := local.Add(ctx, &b); err != nil {
			return err
		}
	}
}

// guard is Protect for a part of a query.
func guard(q *Query, f func() error) error { return Protect(q.Log, q.ID, f) }

// Protect turns a panic in f into an error of this query alone. A panic with a
// fault (a limit deep inside a loop) is that fault; anything else is a bug: XX000
// with the query's id, its stack logged. log may be nil.
func Protect(log *slog.Logger, queryID string, f func() error) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if e, ok := r.(error); ok {
			var fe *fault.Error
			if errors.As(e, &fe) {
				err = e
				return
			}
		}
		if log != nil {
			log.Error("panic in query", "query_id", queryID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
		err = fault.New(fault.CodeInternal, "internal error: %v", r).
			WithDetail("Query %s failed because of a bug; other queries are not affected.", queryID)
	}()
	return f()
}

// forEach runs f(0) ... f(n-1) on at most q.Workers goroutines, for the parallel
// parts of Finish.
func forEach(ctx context.Context, q *Query, n int, f func(ctx context.Context, i int) error) error {
	if n <= 1 || q.Workers == 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if err := f(ctx, i); err != nil {
				return err
			}
		}
		return nil
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(q.Workers)
	for i := range n {
		g.Go(func() error {
			if gctx.Err() != nil {
				return context.Cause(gctx)
			}
			return guard(q, func() error { return f(gctx, i) })
		})
	}
	return g.Wait()
}
