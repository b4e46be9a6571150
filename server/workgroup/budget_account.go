package workgroup

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
)

const (
	// firstLease is what is leased at first beyond the need, maxLease what leases
	// grow to while they are used up: what a killed server has leased and not read
	// counts as spent, so this bounds that loss.
	firstLease = 1 << 20
	maxLease   = 64 << 20
	// askBack is how long a read waits for what other servers have leased.
	askBack  = 2 * time.Second
	askAgain = 50 * time.Millisecond
	// frugalFor is how long leases stay as small as the need after another server
	// was refused.
	frugalFor = 5 * time.Second
	// returnAfter is how long a lease may lie unused.
	returnAfter = time.Second
)

// account is what this server holds of one counter of the ledger: a budget, a
// principal, a window. Its queries take from free without a lock.
type account struct {
	set    *accountSet
	budget atomic.Pointer[budget] // whose limit counts: of those with this key the one that is in force
	key    meta.BudgetKey
	end    time.Time

	free atomic.Int64 // leased and not reserved; given-back bytes may lift it above the lease
	// tentative is what reservations hold that have not passed all their budgets
	// yet. They may give it back, so no read is refused while others hold any.
	tentative atomic.Int64
	low       atomic.Int64 // with less free than this, the lease is to be renewed; 0: not
	used      atomic.Int64 // UnixNano of the last use
	refs      atomic.Int64 // queries that may still give back

	mu     sync.Mutex       // guards what follows, and talks to the ledger
	lease  int64            // what the ledger knows as ours
	next   int64            // what to lease next
	gone   bool             // another account has the counter now, or will have it
	frugal time.Time        // until then only what is needed
	count  meta.BudgetCount // as the ledger told last
}

// take takes n bytes of what is free.
func (a *account) take(n int64) bool {
	for {
		f := a.free.Load()
		if f < n {
			return false
		}
		if a.free.CompareAndSwap(f, f-n) {
			return true
		}
	}
}

// takeHeld is take that makes the bytes tentative before they are gone, so that
// nobody sees them missing for good.
func (a *account) takeHeld(n int64, held bool) bool {
	if !held {
		return a.take(n)
	}
	a.tentative.Add(n)
	if a.take(n) {
		return true
	}
	a.tentative.Add(-n)
	return false
}

// reserve takes n bytes, leasing more if it must; held makes them tentative.
// False: the budget has them not, and no other server can give them.
func (a *account) reserve(ctx context.Context, n int64, held bool) (bool, error) {
	if a.takeHeld(n, held) {
		if a.free.Load() < a.low.Load() {
			a.tooLow()
		}
		return true, nil
	}
	var deadline time.Time
	for {
		ok, others, err := a.lend(ctx, n, held)
		if ok || err != nil {
			return ok, err
		}
		switch {
		case a.tentative.Load() > 0:
			// Another query of this server will confirm or give back at once.
			if err := pause(ctx, 100*time.Microsecond); err != nil {
				return false, err
			}
			continue
		case !others:
			return false, nil
		case deadline.IsZero():
			deadline = time.Now().Add(askBack)
			if err := a.set.ledger.Reclaim(context.WithoutCancel(ctx), a.key); err != nil {
				return false, err
			}
		case time.Now().After(deadline):
			return false, nil
		default:
			if err := pause(ctx, askAgain); err != nil {
				return false, err
			}
		}
	}
}

// lend leases what is missing for n bytes and takes them.
func (a *account) lend(ctx context.Context, n int64, held bool) (ok, others bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		if a.takeHeld(n, held) {
			return true, false, nil
		}
		f := a.free.Load()
		if f >= n {
			continue // given back just now
		}
		c := a.claim(f)
		c.Least = n - f
		c.Want = c.Least
		if time.Now().After(a.frugal) {
			a.next = min(max(2*a.next, firstLease), maxLease)
			c.Want = max(c.Want, a.next)
		}
		if err := a.settle(ctx, c); err != nil {
			return false, false, err
		}
		if a.count.Granted == 0 {
			return false, a.count.Others > 0, nil
		}
	}
}

// claim is what settles the account with f bytes kept.
func (a *account) claim(f int64) meta.BudgetClaim {
	return meta.BudgetClaim{Key: a.key, End: a.end.UnixMicro(), Limit: a.budget.Load().hardLimit(), Spent: a.lease - f, Keep: f}
}

// settle makes a claim. The caller holds mu. A query that is cancelled does not
// cancel the claim: it would not be known whether it was granted.
func (a *account) settle(ctx context.Context, c meta.BudgetClaim) error {
	counts, err := a.set.ledger.Claim(context.WithoutCancel(ctx), c)
	if err != nil {
		return err
	}
	a.granted(&c, counts[0])
	return nil
}

// granted takes over what a claim has brought. The caller holds mu.
func (a *account) granted(c *meta.BudgetClaim, n meta.BudgetCount) {
	if n.Asked > a.count.Asked {
		a.frugal = time.Now().Add(frugalFor)
	}
	a.count = n
	a.lease = c.Keep + n.Granted
	a.free.Add(n.Granted)
	low := int64(0)
	if n.Granted > 0 && a.lease >= fewBytes && time.Now().After(a.frugal) {
		low = a.lease / 2
	}
	a.low.Store(low)
}

// giveUp returns what is not reserved to the ledger.
func (a *account) giveUp(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.free.Swap(0)
	if f == 0 && a.lease == 0 {
		return nil
	}
	c := a.claim(f)
	c.Keep = 0
	if err := a.settle(ctx, c); err != nil {
		a.free.Add(f)
		return err
	}
	a.next = 0
	return nil
}

// asked gives up what is not reserved if another server was refused since the
// last look.
func (a *account) asked(ctx context.Context, times int64) error {
	a.mu.Lock()
	news := times > a.count.Asked
	if news {
		a.count.Asked, a.frugal = times, time.Now().Add(frugalFor)
	}
	a.mu.Unlock()
	if !news {
		return nil
	}
	return a.giveUp(ctx)
}

// standing gives what counts as used: by this server to the byte, by others with
// all that they have leased. fresh reads the ledger again.
func (a *account) standing(ctx context.Context, fresh bool) (used, others int64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if fresh {
		count, err := a.set.ledger.Peek(ctx, a.key)
		if err != nil {
			return 0, 0, err
		}
		a.count.Spent, a.count.Others = count.Spent, count.Others
	}
	return a.count.Spent + a.lease - a.free.Load() + a.count.Others, a.count.Others, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// unlimited is the limit of budgets that only warn, far from overflow.
const unlimited = math.MaxInt64 / 4
