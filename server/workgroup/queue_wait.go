package workgroup

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/plan"
)

// tellAfter is how long a query waits before its client is told so: short waits
// are nobody's business.
const tellAfter = 300 * time.Millisecond

// admission is a query's way through its queue.
type admission struct {
	phase   atomic.Int32
	waiter  atomic.Pointer[waiter] // from entering the queue
	started atomic.Int64           // Unix microseconds of its turn
	bounds  atomic.Pointer[bounds] // from the plan
	// budgetWait is the query's wait for budgets, also when it is over; nil: it had
	// none.
	budgetWait atomic.Pointer[budgetWait]
}

// The phases of a query that has not ended.
const (
	phasePlanning int32 = iota
	phaseQueued
	phaseRunning
)

// bounds are the bytes that a plan scans at least and at most.
type bounds struct{ lower, upper int64 }

func boundsOf(est []exec.TableEstimate) *bounds {
	b := &bounds{lower: lowerBound(est)}
	for i := range est {
		b.upper = plan.AddBytes(b.upper, est[i].BytesUpper)
	}
	return b
}

// takeTurn waits for the query's turn. What reads no files has nothing to wait
// for: questions about the catalog must be answered while the lake is busy.
func (c *control) takeTurn(ctx context.Context) error {
	if c.query.Kind != exec.Utility && len(c.plan.Tables) > 0 {
		if err := c.enter(ctx, c.bounds.Load().upper); err != nil {
			return err
		}
	}
	c.started.Store(time.Now().UnixMicro())
	c.phase.Store(phaseRunning)
	return nil
}

func (c *control) enter(ctx context.Context, scan int64) error {
	w, err := c.governor.queues.enter(c.group.Name, c.query.SessionID, scan, c.query.SetAside, time.Now())
	if err != nil {
		return err
	}
	c.waiter.Store(w)
	select {
	case <-w.done:
		return w.err
	default:
	}
	c.phase.Store(phaseQueued)
	err = c.wait(ctx, w)
	if waited := time.Since(w.since); err == nil && waited >= tellAfter && c.query.Notice != nil {
		c.query.Notice(fault.New(fault.CodeSuccess, "the query waited %s for its turn in workgroup %q, at first at position %d",
			waited.Round(time.Millisecond), c.group.Name, w.first))
	}
	return err
}

// lookForMemory is how often a query whose turn it is looks for the memory that it
// lacks: others give theirs back at their end, of which the queues hear, but also
// while they run.
const lookForMemory = 20 * time.Millisecond

// wait blocks until the waiter has its turn; an error takes it out of the queue.
func (c *control) wait(ctx context.Context, w *waiter) error {
	qs := c.governor.queues
	tell := time.NewTimer(tellAfter)
	defer tell.Stop()
	for {
		limit := qs.timeout(w)
		late, stopLate := after(limit-time.Since(w.since), limit > 0)
		look, stopLook := after(lookForMemory, qs.retry(w))
		stop := func() { stopLate(); stopLook() }
		var err error
		select {
		case <-w.done:
			stop()
			return w.err
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-late:
			err = fault.Wrap(ByWait, fault.CodeQueryCanceled, "canceling statement due to workgroup %q's queue timeout of %s", c.group.Name, limit).
				WithDetail("%s", c.waitedFor(w))
		case <-w.changed:
		case <-look:
		case <-tell.C:
			c.tell(w)
		}
		stop()
		if err == nil {
			continue
		}
		if qs.leave(w) {
			return err
		}
		<-w.done // it was decided meanwhile
		if w.err != nil {
			return w.err
		}
		return err // the turn goes back at the query's end
	}
}

// waitedFor says at a wait's end what it was for.
func (c *control) waitedFor(w *waiter) string {
	qs := c.governor.queues
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if why := qs.why(w); why != "" {
		return "It waited for its turn: " + why + "."
	}
	return ""
}

// after is time.After that can be stopped; without on it never comes.
func after(d time.Duration, on bool) (<-chan time.Time, func()) {
	if !on {
		return nil, func() {}
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// timeout is how long a waiter may wait now; 0: for ever.
func (qs *queues) timeout(w *waiter) time.Duration {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	return time.Duration(w.queue.set.QueueTimeout)
}

// tell lets the client know that its query waits.
func (c *control) tell(w *waiter) {
	if c.query.NoticeNow == nil {
		return
	}
	qs := c.governor.queues
	qs.mu.Lock()
	at, why := slices.Index(w.queue.waiting, w)+1, qs.why(w)
	qs.mu.Unlock()
	if at > 0 {
		c.query.NoticeNow(fault.New(fault.CodeSuccess, "the query is queued in workgroup %q at position %d (%s)",
			c.group.Name, at, why).WithDetail("Query %s.", c.query.ID))
	}
}

// leave gives the turn back and takes the query off the list of those that run.
func (c *control) leave() {
	c.governor.running.remove(c)
	if w := c.waiter.Load(); w != nil && w.turn != nil {
		c.governor.queues.release(w.turn)
	}
}
