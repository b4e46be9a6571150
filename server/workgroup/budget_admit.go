package workgroup

import (
	"context"
	"sort"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
)

// budgetsReady asks every budget whether a plan's lower bound fits into what it
// has left, before the first byte. A budget that rejects refuses what does not;
// one that queues gives the time at which its next window begins and its name,
// and refuses only what no window can hold. Budgets that warn do so, once.
func (c *control) budgetsReady(ctx context.Context, est []exec.TableEstimate) (until time.Time, budget string, err error) {
	need := boundsOf(est)
	if need.upper == 0 { // it reads no data
		return time.Time{}, "", nil
	}
	for _, ch := range c.charges {
		if ch.budget.dropped.Load() {
			continue
		}
		wait, err := c.budgetReady(ctx, ch, need.lower)
		if err != nil {
			return time.Time{}, "", err
		}
		if wait.After(until) {
			until, budget = wait, ch.budget.name
		}
	}
	return until, budget, nil
}

// budgetReady is budgetsReady for one budget.
func (c *control) budgetReady(ctx context.Context, ch *charge, lower int64) (until time.Time, err error) {
	d, t := ch.budget.def.Load(), ch.at(c.now())
	used, others, err := t.acct.standing(ctx, true)
	if err != nil {
		if d.Action == Warn {
			c.governor.log.Error("budget not counted", "budget", d.Name, "error", err)
			return time.Time{}, nil
		}
		return time.Time{}, err
	}
	left := int64(d.Limit) - used
	ch.warn(c.query.Notice, d, t, used)
	switch {
	case d.Action == Warn:
		return time.Time{}, nil
	case lower <= left && (left > 0 || d.Action == Reject):
		return time.Time{}, nil // with nothing left, the first read is refused
	case d.Action == Queue && lower <= int64(d.Limit):
		return t.acct.end, nil
	case others > 0 && lower <= left+others:
		return time.Time{}, nil // other servers may give back what they have leased
	}
	c.refused.Store(true)
	return time.Time{}, c.budgetError(ctx, ch, lower, 0)
}

// warn gives the query the notice that a budget is used so far, once.
func (ch *charge) warn(notice func(*fault.Error), d *Budget, t *tally, used int64) {
	over := used >= int64(d.Limit) && d.Action == Warn
	percent := percentOf(used, int64(d.Limit))
	if notice == nil || !over && (d.WarnAt == 0 || percent < float64(d.WarnAt)) || ch.warned.Swap(true) {
		return
	}
	n := fault.New(fault.CodeWarning, "budget %q: %s of %s per %s are used (%.0f %%)", d.Name, Bytes(used), Bytes(int64(d.Limit)), d.Period, percent)
	n.Detail = "It counts " + ch.principal + " and begins anew at " + t.acct.end.In(location(d.TimeZone)).Format("2006-01-02 15:04:05 MST") + "."
	notice(n)
}

func percentOf(used, limit int64) float64 { return 100 * float64(used) / float64(limit) }

// endBudgets warns of what the query itself has used up, and lets go of its
// accounts.
func (c *control) endBudgets() {
	for _, ch := range c.charges {
		if t := ch.cur.Load(); t != nil && t.mine.Load() > 0 && !ch.budget.dropped.Load() {
			if used, _, err := t.acct.standing(context.Background(), false); err == nil {
				ch.warn(c.query.Notice, ch.budget.def.Load(), t, used)
			}
		}
		ch.end()
	}
}

// Usage is how much of a budget is used in the window that is now.
type Usage struct {
	Budget          Budget
	Principal       string // workgroup w, user u or tag t
	Start, End      time.Time
	Spent           int64 // by finished and running queries; of other servers as they have settled it
	Leased          int64 // by other servers: it may not be read, and counts as used
	PercentOfBudget float64
}

// BudgetUsage gives the counters of the windows that are now, by budget and
// principal. A budget that nobody has used yet has none.
func (g *Governor) BudgetUsage(ctx context.Context) ([]Usage, error) {
	s := g.budgets
	now := s.now()
	uses, err := s.ledger.Uses(ctx, now)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Usage
	for _, u := range uses {
		b := s.byName[u.Key.Budget]
		if b == nil || u.Key.Period != b.period() || u.Key.Start > now.UnixMicro() {
			continue
		}
		d := *b.def.Load()
		x := Usage{Budget: d, Principal: u.Key.Principal, Start: time.UnixMicro(u.Key.Start).In(location(d.TimeZone)),
			End: u.End.In(location(d.TimeZone)), Spent: u.Spent, Leased: u.Leased}
		if a := s.find(u.Key); a != nil {
			x.Spent, x.Leased = a.own(u)
		}
		x.PercentOfBudget = percentOf(x.Spent+x.Leased, int64(d.Limit))
		out = append(out, x)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Budget.Name < out[j].Budget.Name })
	return out, nil
}

// own splits what the ledger says into what is spent, this server's running
// queries included, and what others have leased.
func (a *account) own(u meta.BudgetUse) (spent, others int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	// A claim since u was read has moved what this server had spent.
	return max(u.Spent, a.count.Spent) + a.lease - a.free.Load(), max(0, u.Leased-a.lease)
}
