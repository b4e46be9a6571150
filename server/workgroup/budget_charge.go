package workgroup

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// charge is one budget that counts one query's scans.
type charge struct {
	budget    *budget
	principal string
	warned    atomic.Bool

	mu  sync.Mutex // guards changes of cur
	cur atomic.Pointer[tally]
}

// tally is what the query has reserved in one window. A query that runs into a
// new window has the old one's behind it, for what it gives back.
type tally struct {
	acct *account
	from time.Time
	mine atomic.Int64
	prev *tally
}

// at gives the tally of the window that now is in.
func (c *charge) at(now time.Time) *tally {
	if t := c.cur.Load(); t != nil && now.Before(t.acct.end) && !now.Before(t.from) && t.acct.key.Period == c.budget.period() {
		return t
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	start, end := c.budget.def.Load().Window(now)
	a := c.budget.accounts.hold(c.budget, c.principal, start, end)
	for t := c.cur.Load(); t != nil; t = t.prev {
		if t.acct == a {
			a.refs.Add(-1)
			return t // the clock was set back, or another got here first
		}
	}
	t := &tally{acct: a, from: start, prev: c.cur.Load()}
	c.cur.Store(t)
	return t
}

// reserve takes n bytes from the budget; false if it has them not. held says
// that the bytes stay tentative until the caller says otherwise.
func (c *charge) reserve(ctx context.Context, now time.Time, n int64, held bool) (*tally, bool, error) {
	t := c.at(now)
	ok, err := t.acct.reserve(ctx, n, held)
	if err != nil && c.budget.def.Load().Action == Warn {
		// Who only wants to be warned gets the query, and the log the reason.
		c.budget.accounts.log.Error("budget not counted", "budget", c.budget.name, "bytes", n, "error", err)
		return nil, true, nil
	}
	if !ok || err != nil {
		return nil, false, err
	}
	t.mine.Add(n)
	t.acct.used.Store(now.UnixNano())
	return t, true, nil
}

// giveBack returns n bytes that were reserved and not read, to the windows that
// they were taken from, the latest first. A budget that was dropped gets nothing
// back: it may be there again, and has not counted what was read meanwhile.
func (c *charge) giveBack(n int64) {
	if c.budget.dropped.Load() {
		return
	}
	for t := c.cur.Load(); t != nil && n > 0; t = t.prev {
		for {
			have := t.mine.Load()
			part := min(have, n)
			if t.mine.CompareAndSwap(have, have-part) {
				t.acct.free.Add(part)
				n -= part
				break
			}
		}
	}
}

// end lets go of the accounts: the query gives nothing back any more.
func (c *charge) end() {
	for t := c.cur.Load(); t != nil; t = t.prev {
		t.acct.refs.Add(-1)
	}
}
