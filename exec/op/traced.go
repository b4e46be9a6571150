package op

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/formats/vector"
)

// Traced counts what comes out of a source, for EXPLAIN ANALYZE.
type Traced struct {
	In    Source
	Trace *Trace
}

// Width is the input's.
func (t *Traced) Width() int { return t.In.Width() }

// Open makes one copy.
func (t *Traced) Open(w *Worker) (Operator, error) {
	in, err := t.In.Open(w)
	if err != nil {
		return nil, err
	}
	return &tracedOp{in: in, t: t.Trace}, nil
}

type tracedOp struct {
	in Operator
	t  *Trace
}

func (o *tracedOp) Next(ctx context.Context, b *vector.Batch) error {
	start := time.Now()
	err := o.in.Next(ctx, b)
	rows := 0
	if err == nil {
		rows = b.Rows()
	}
	o.t.add(rows, start)
	return err
}

func (o *tracedOp) Close() error { return o.in.Close() }

// TracedSink counts the time that a sink takes, for EXPLAIN ANALYZE.
type TracedSink struct {
	Sink
	Trace *Trace
}

// NewLocal makes the state of one copy.
func (t *TracedSink) NewLocal(w *Worker) (Local, error) {
	l, err := t.Sink.NewLocal(w)
	if err != nil {
		return nil, err
	}
	return &tracedLocal{Local: l, t: t.Trace}, nil
}

// Finish finishes the sink.
func (t *TracedSink) Finish(ctx context.Context) error {
	defer t.Trace.sink(time.Now())
	return t.Sink.Finish(ctx)
}

type tracedLocal struct {
	Local
	t *Trace
}

func (l *tracedLocal) Add(ctx context.Context, b *vector.Batch) error {
	defer l.t.sink(time.Now())
	return l.Local.Add(ctx, b)
}

func (l *tracedLocal) Combine(ctx context.Context) error {
	defer l.t.sink(time.Now())
	return l.Local.Combine(ctx)
}
