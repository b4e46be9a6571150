package store

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
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
var errLost = errors.New("another request for the same bytes was answered first")

// contest is a request and the second one beside it, if it was slow.
type contest struct {
	s       *S3
	in      *s3.GetObjectInput
	claimed atomic.Bool // an answer has begun
	answers chan opened
	cancels [2]context.CancelCauseFunc
}

// opened is the beginning of an answer, or what came instead.
type opened struct {
	by  int // the request
	out *s3.GetObjectOutput
	err error
}

// begin asks for a range and gives the answer that begins first: the request's, or
// that of a second one that is made when nineteen of twenty answers would have
// begun. The caller closes the body and cancels.
func (s *S3) begin(ctx context.Context, c *s3.Client, in *s3.GetObjectInput) (*s3.GetObjectOutput, context.CancelCauseFunc, error) {
	s.hedges.earn()
	x := &contest{s: s, in: in, answers: make(chan opened, 2)}
	x.ask(ctx, c, 0)
	start := time.Now()
	timer := time.NewTimer(min(s.pace.hedgeAfter(), hedgeLook))
	defer timer.Stop()
	var failed error
	for asked := 1; asked > 0; {
		select {
		case <-timer.C:
			if left := s.pace.hedgeAfter() - time.Since(start); left > 0 {
				timer.Reset(min(left, hedgeLook))
				continue
			}
			if !s.mayHedge() {
				timer.Reset(hedgeLook) // there may be room then
				continue
			}
			s.note(ctx, Hedged, 1)
			x.ask(ctx, c, 1)
			asked++
		case a := <-x.answers:
			if a.err == nil {
				if other := x.cancels[1-a.by]; other != nil {
					other(errLost)
				}
				return a.out, x.cancels[a.by], nil
			}
			x.cancels[a.by](nil)
			failed = cmp.Or(failed, a.err)
			asked-- // where two were asked, the other's answer decides
		}
	}
	return nil, nil, failed
}

// ask makes one of the two requests. The second holds a slot until the contest is
// decided; after that the body has the first one's.
func (x *contest) ask(ctx context.Context, c *s3.Client, i int) {
	each, cancel := context.WithCancelCause(ctx)
	x.cancels[i] = cancel
	go func() {
		if i > 0 {
			defer x.s.window.release()
		}
		out, err := c.GetObject(each, x.in)
		if err == nil && !x.claimed.CompareAndSwap(false, true) {
			out.Body.Close() // it has lost
			cancel(nil)
			return
		}
		x.answers <- opened{i, out, err}
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
