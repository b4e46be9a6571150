package op

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/formats/vector"
)

// Stream is the end of a query: it runs the last pipeline and hands its batches
// to one reader. Next and Close belong to that reader.
//
//	copies ── CompactTo ──> full (bounded) ──> Next ──> reader
//	   ^───────────────────── free <────────────┘
type Stream struct {
	query  *Query
	root   *Pipeline
	ctx    context.Context
	cancel context.CancelCauseFunc

	// inline: no goroutine, Next pulls the chain itself.
	inline bool
	op     Operator

	full chan *parcel
	free chan *parcel
	wait sync.WaitGroup
	last *parcel     // what the reader holds
	read atomic.Bool // the reader holds one
	err  error       // of the run; read after full is closed
	done bool
}

// errClosed is the cause of a cancellation by Close.
var errClosed = errors.New("result closed")

// parcel is a batch between the copies and the reader. It is used again and
// again, and counts the most memory that it ever took: wide rows must not fill
// the memory unseen.
type parcel struct {
	b    vector.Batch
	held int64
}

// inFlight is how many batches lie between the copies and the reader.
const inFlight = 4

// Start runs a pipeline without a sink. With inline it and all before it run in
// the reader's goroutine at Next, with one worker: for queries that are over in
// microseconds.
func Start(ctx context.Context, q *Query, root *Pipeline, inline bool) *Stream {
	s := &Stream{query: q, root: root, inline: inline}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if inline {
		q.Workers, q.Copies = 1, 1
		return s
	}
	n := inFlight + max(q.Workers, q.Copies)
	s.full, s.free = make(chan *parcel, inFlight), make(chan *parcel, n+1)
	for range n {
		s.free <- &parcel{}
	}
	s.wait.Go(func() {
		defer close(s.full)
		if s.err = root.runBefore(s.ctx, q); s.err == nil {
			s.err = runCopies(s.ctx, q, root.Source, streamSink{s})
		}
		s.err = s.why(s.err)
	})
	return s
}

// Next fills b, which is valid until the next call, or gives io.EOF. The error of
// any worker comes out here.
func (s *Stream) Next(ctx context.Context, b *vector.Batch) error {
	if s.done {
		return io.EOF
	}
	if s.inline {
		return s.pull(b)
	}
	if s.last != nil {
		s.read.Store(false)
		s.free <- s.last // never blocks: there are no more batches than room
		s.last = nil
	}
	select {
	case full, ok := <-s.full:
		if !ok {
			s.done = true
			if s.err != nil {
				return s.err
			}
			return io.EOF
		}
		s.read.Store(true)
		s.last = full
		setCols(b, full.b.N, nil, full.b.Cols...)
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Ready reports whether Next gives what it has without waiting for files or other
// goroutines.
func (s *Stream) Ready() bool { return s.inline || s.done || len(s.full) > 0 }

func (s *Stream) pull(b *vector.Batch) error {
	err := guard(s.query, func() error {
		if err := s.ctx.Err(); err != nil {
			return context.Cause(s.ctx)
		}
		if s.op == nil {
			if err := s.root.runBefore(s.ctx, s.query); err != nil {
				return err
			}
			op, err := s.root.Source.Open(&Worker{Query: s.query, Count: 1})
			if err != nil {
				return err
			}
			s.op = op
		}
		return s.op.Next(s.ctx, b)
	})
	s.done = err != nil
	return s.why(err)
}

// why gives the reason of a cancellation (a time limit) where deeper layers only
// report that there was one.
func (s *Stream) why(err error) error {
	if errors.Is(err, context.Canceled) && s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return err
}

// Close stops the query and waits for its goroutines. It may be called again.
func (s *Stream) Close() error {
	s.cancel(errClosed)
	s.done = true
	if s.full != nil {
		for range s.full { // until the runner has closed it
		}
	}
	s.wait.Wait()
	var err error
	if s.op != nil {
		err = guard(s.query, s.op.Close)
		s.op = nil
	}
	return err
}

// streamSink copies batches into the stream.
type streamSink struct{ s *Stream }

func (k streamSink) NewLocal(*Worker) (Local, error) { return &streamLocal{s: k.s}, nil }
func (streamSink) Finish(context.Context) error      { return nil }

type streamLocal struct {
	NoSpill
	s *Stream
}

func (l *streamLocal) Add(ctx context.Context, b *vector.Batch) error {
	select {
	case out := <-l.s.free:
		b.CompactTo(&out.b)
		if n := out.b.MemoryBytes(); n > out.held {
			if err := l.s.reserve(ctx, n-out.held); err != nil {
				return err
			}
			out.held = n
		}
		select {
		case l.s.full <- out:
			return nil
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}

// reserve takes memory for a batch. Where there is too little, batches that nobody
// holds give theirs back, and those that the reader has yet to read are waited for.
func (s *Stream) reserve(ctx context.Context, n int64) error {
	for {
		waiting := len(s.full) > 0 || s.read.Load()
		err := s.query.Mem.Reserve(n)
		if err == nil || !s.shrink() && !waiting {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lookWait):
		}
	}
}

// shrink gives back the memory of the batches that nobody holds, and reports whether
// they had any.
func (s *Stream) shrink() (some bool) {
	for range cap(s.free) {
		select {
		case p := <-s.free:
			s.query.Mem.Release(p.held)
			some = some || p.held > 0
			*p = parcel{}
			s.free <- p
		default:
			return some
		}
	}
	return some
}

func (l *streamLocal) Combine(context.Context) error { return nil }
