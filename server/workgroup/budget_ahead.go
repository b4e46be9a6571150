package workgroup

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
)

// A claim is a durable transaction, milliseconds on a disk, so readers should not
// wait for any: what a plan will read is leased before it reads, of all its budgets
// in one claim, and a lease is renewed in the background when half of it is used.
//
//	Admit ── leaseAhead ── reads take from free ── free < low ── refill ── leaseAhead
//	                              └─ free is not enough: account.lend, which waits

// fewBytes is the lease that is not renewed before it is used up: near the limit
// there is little left to lease.
const fewBytes = firstLease / 16

// leaseForPlan leases about what the plan reads.
func (c *control) leaseForPlan(ctx context.Context) {
	upper, now := c.bounds.Load().upper, c.now()
	if upper == 0 || len(c.charges) == 0 {
		return
	}
	list := make([]*account, 0, len(c.charges))
	for _, ch := range c.charges {
		if ch.budget.dropped.Load() {
			continue
		}
		a := ch.at(now).acct
		a.used.Store(now.UnixNano())
		list = append(list, a)
	}
	c.governor.budgets.leaseAhead(ctx, list, min(upper, maxLease))
}

// leaseAhead tops accounts up to want bytes in one claim; 0: to what they have come
// to use. It is a help: if it fails, the first read that lacks the bytes says so.
func (s *accountSet) leaseAhead(ctx context.Context, list []*account, want int64) {
	// In one order, so that two do not lock in a circle.
	slices.SortFunc(list, func(a, b *account) int {
		return cmp.Or(cmp.Compare(a.key.Budget, b.key.Budget), cmp.Compare(a.key.Principal, b.key.Principal),
			cmp.Compare(a.key.Period, b.key.Period), cmp.Compare(a.key.Start, b.key.Start))
	})
	var claims []meta.BudgetClaim
	var claimed []*account
	for _, a := range list {
		a.mu.Lock()
		defer a.mu.Unlock()
		free := a.free.Load()
		if a.gone || want > 0 && free >= want || time.Now().Before(a.frugal) {
			continue
		}
		c := a.claim(free)
		a.next = min(max(want, 2*a.next, firstLease), maxLease)
		c.Want = a.next
		claims, claimed = append(claims, c), append(claimed, a)
	}
	if len(claims) == 0 {
		return
	}
	counts, err := s.ledger.Claim(context.WithoutCancel(ctx), claims...)
	if err != nil {
		return
	}
	for i, a := range claimed {
		a.granted(&claims[i], counts[i])
	}
}

// tooLow asks for more once a lease is half used.
func (a *account) tooLow() {
	if a.low.Swap(0) == 0 {
		return // somebody has asked
	}
	select {
	case a.set.low <- a:
	default: // the readers will lease for themselves
	}
}

// refill renews leases until the set is closed.
func (s *budgetSet) refill() {
	for {
		var list []*account
		select {
		case <-s.done:
			return
		case a := <-s.low:
			list = append(list, a)
		}
		for more := true; more; { // a query's budgets run low at the same time
			select {
			case a := <-s.low:
				if !slices.Contains(list, a) {
					list = append(list, a)
				}
			default:
				more = false
			}
		}
		s.leaseAhead(context.Background(), list, 0)
	}
}
