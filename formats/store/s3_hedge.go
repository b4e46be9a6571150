package store

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// The budget of second requests: one for ten first ones and one a second, and a few
// at once after a quiet time. Hedging "after the 95th percentile" costs a twentieth more requests
// and takes most of the tail away (Dean and Barroso, The Tail at Scale, 2013); the
// budget is for when all of S3 becomes slow, where more requests would help nobody.
const (
	hedgeEarned = 0.1
	hedgeMost   = 8
	hedgeStart  = 4
	// hedgeLook is how often a request that waits looks what is known of the bucket by now,
	// and whether there is room for a second one.
	hedgeLook = 50 * time.Millisecond
)

// hedgeBudget says whether a second request may be made. The zero value is ready.
type hedgeBudget struct {
	mu    sync.Mutex // guards the rest
	spent float64    // of hedgeStart, below zero down to hedgeStart-hedgeMost
	asked time.Time  // the last time
}

// earn counts a first request.
func (b *hedgeBudget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(b.spent-hedgeEarned, hedgeStart-hedgeMost)
}

// take takes a second request from the budget, if it allows one.
func (b *hedgeBudget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if !b.asked.IsZero() {
		b.spent = max(b.spent-now.Sub(b.asked).Seconds(), hedgeStart-hedgeMost)
	}
	if b.asked = now; b.spent+1 > hedgeStart {
		return false
	}
	b.spent++
	return true
}

// errLost ends the request whose answer began later.
var errLost = errors.New("another request for the same was answered first")

// contest is a request and the second one beside it, if it was slow.
type contest[T any] struct {
	s       *S3
	ask     func(context.Context) (T, error)
	drop    func(T)     // lets go of an answer that lost
	claimed atomic.Bool // an answer has begun
	answers chan answer[T]
	cancels [2]context.CancelCauseFunc
}

// answer is what came first of an answer (all of a listing's), or what came instead.
type answer[T any] struct {
	by  int // the request
	out T
	err error
}

// begin asks for something and gives the answer that begins first: the request's, or
// that of a second one that is made when nineteen of twenty answers would have
// begun. The caller cancels when it has all of the answer.
func begin[T any](ctx context.Context, s *S3, p *s3Pace, ask func(context.Context) (T, error), drop func(T)) (out T, cancel context.CancelCauseFunc, err error) {
	s.hedges.earn()
	x := &contest[T]{s: s, ask: ask, drop: drop, answers: make(chan answer[T], 2)}
	x.request(ctx, 0)
	start := time.Now()
	timer := time.NewTimer(min(p.hedgeAfter(), hedgeLook))
	defer timer.Stop()
	for asked := 1; asked > 0; {
		select {
		case <-timer.C:
			if left := p.hedgeAfter() - time.Since(start); left > 0 {
				timer.Reset(min(left, hedgeLook))
				continue
			}
			if !s.mayHedge() {
				timer.Reset(hedgeLook) // there may be room then
				continue
			}
			s.note(ctx, Hedged, 1)
			x.request(ctx, 1)
			asked++
		case a := <-x.answers:
			if a.err == nil {
				if other := x.cancels[1-a.by]; other != nil {
					other(errLost)
				}
				return a.out, x.cancels[a.by], nil
			}
			x.cancels[a.by](nil)
			err = cmp.Or(err, a.err)
			asked-- // where two were asked, the other's answer decides
		}
	}
	return out, nil, err
}

// request makes one of the two requests. The second holds a slot until the contest is
// decided; after that the body has the first one's.
func (x *contest[T]) request(ctx context.Context, i int) {
	each, cancel := context.WithCancelCause(ctx)
	x.cancels[i] = cancel
	go func() {
		if i > 0 {
			defer x.s.window.release()
		}
		out, err := x.ask(each)
		if err == nil && !x.claimed.CompareAndSwap(false, true) {
			x.drop(out)
			cancel(nil)
			return
		}
		x.answers <- answer[T]{i, out, err}
	}()
}

// mayHedge takes a slot and a part of the budget for a second request.
func (s *S3) mayHedge() bool {
	if s.cfg.Exact || !s.window.tryAcquire() {
		return false
	}
	if !s.hedges.take() {
		s.window.release()
		return false
	}
	return true
}
