package workgroup

import (
	"context"
	"fmt"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// budgetWait is a wait for the next window of a budget whose action is queue.
type budgetWait struct {
	budget string
	since  time.Time // when the query began to wait for budgets
	until  time.Time // when the window begins
}

// why says what the query waits for.
func (w *budgetWait) why() string {
	return fmt.Sprintf("budget %q until %s", w.budget, w.until.Format("2006-01-02 15:04:05 MST"))
}

// lookAgain bounds the sleep of a query that waits for a budget: that can be
// raised or dropped, a clock set, a workgroup disabled.
const lookAgain = time.Second

// waitForBudgets waits until every budget that queues has room for the query. The
// wait comes before the one for a turn, so that nobody holds a turn until
// tomorrow. The workgroup's queue timeout bounds it too.
func (c *control) waitForBudgets(ctx context.Context, est []exec.TableEstimate) error {
	since, told := time.Now(), false
	for {
		until, budget, err := c.budgetsReady(ctx, est)
		if err != nil {
			return err
		}
		waited := time.Since(since)
		if until.IsZero() {
			c.endBudgetWait(waited)
			return nil
		}
		w := &budgetWait{budget, since, until}
		c.budgetWait.Store(w)
		c.phase.Store(phaseQueued)
		if err := c.governor.queues.open(c.group.Name); err != nil {
			return err
		}
		limit := time.Duration(c.group.QueueTimeout)
		if limit > 0 && waited >= limit {
			return fault.New(fault.CodeQueryCanceled, "canceling statement due to workgroup %q's queue timeout of %s", c.group.Name, limit).
				WithDetail("It waited for %s.", w.why())
		}
		if waited >= tellAfter && !told && c.query.NoticeNow != nil {
			told = true
			c.query.NoticeNow(fault.New(fault.CodeSuccess, "the query waits for %s", w.why()).WithDetail("Query %s.", c.query.ID))
		}
		if err := pause(ctx, c.napFor(waited, limit, until, told)); err != nil {
			return err
		}
	}
}

// napFor gives how long to sleep before the next look.
func (c *control) napFor(waited, limit time.Duration, until time.Time, told bool) time.Duration {
	nap := min(until.Sub(c.now()), lookAgain)
	if limit > 0 {
		nap = min(nap, limit-waited)
	}
	if !told {
		nap = min(nap, max(0, tellAfter-waited))
	}
	return max(time.Millisecond, nap)
}

// endBudgetWait lets the query go on to its turn.
func (c *control) endBudgetWait(waited time.Duration) {
	w := c.budgetWait.Load()
	if w == nil {
		return
	}
	c.phase.Store(phasePlanning) // until it waits for its turn or has it
	if waited >= tellAfter && c.query.Notice != nil {
		c.query.Notice(fault.New(fault.CodeSuccess, "the query waited %s for budget %q", waited.Round(time.Millisecond), w.budget))
	}
}
