package auth

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// How failed log-ins slow down and stop those that follow. They are counted for an
// address and a user together, so that guessing at one user from one place does
// not keep him out elsewhere, and for an address, so that trying many users does
// not help either.
const (
	freeFailures   = 3                // answered at once
	firstDelay     = time.Second / 4  // doubles with each failure after those
	longestDelay   = 4 * time.Second  //
	maxFailures    = 10               // of one user from one address; then it is refused
	maxFromAddress = 100              // of all users from one address
	refusal        = time.Minute      // how long it is refused
	forgetAfter    = 10 * time.Minute // without a failure
	maxEntries     = 20_000           // about 4 MB; the one without failures for longest goes first
)

// limiter counts failed log-ins. Safe for concurrent use.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex // guards what follows
	entries map[limitKey]*list.Element
	order   *list.List // of *failures; the last failure of the front one is the longest ago
}

// limitKey is what failures are counted for; no user: all of an address.
type limitKey struct {
	addr netip.Prefix
	user string
}

type failures struct {
	key   limitKey
	count int
	last  time.Time
	until time.Time // refused until then
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, entries: map[limitKey]*list.Element{}, order: list.New()}
}

// network is the part of an address that one client has to itself: 64 bits of
// IPv6 are given out together.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	n := 32
	if a.Is6() {
		n = 64
	}
	p, err := a.Prefix(n)
	if err != nil { // no network: all local connections are one
		return netip.Prefix{}
	}
	return p
}

func keysOf(a netip.Addr, user string) [2]limitKey {
	n := network(a)
	// A name from the network could be long: the first bytes do.
	return [2]limitKey{{n, "u" + user[:min(len(user), 64)]}, {n, ""}}
}

// refused gives how long no attempt counts for a user from an address, 0 if one
// may be made.
func (l *limiter) refused(a netip.Addr, user string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var wait time.Duration
	for _, k := range keysOf(a, user) {
		if e := l.entries[k]; e != nil {
			wait = max(wait, e.Value.(*failures).until.Sub(now))
		}
	}
	return wait
}

// failed counts a failure and gives how long its answer should wait.
func (l *limiter) failed(a netip.Addr, user string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var delay time.Duration
	for i, k := range keysOf(a, user) {
		limit := maxFailures
		if i == 1 {
			limit = maxFromAddress
		}
		f := l.entry(k)
		f.count++
		if f.count >= limit {
			f.until = f.last.Add(refusal)
			f.count = limit / 2 // what follows is refused again sooner
		}
		if i == 0 && f.count > freeFailures {
			delay = min(firstDelay<<(f.count-freeFailures-1), longestDelay)
		}
	}
	return delay
}

// entry gives the entry of a key, as the newest one. The caller holds mu.
func (l *limiter) entry(k limitKey) *failures {
	now := l.now()
	e := l.entries[k]
	if e == nil {
		e = l.order.PushBack(&failures{key: k})
		l.entries[k] = e
	}
	l.order.MoveToBack(e)
	f := e.Value.(*failures)
	if now.Sub(f.last) > forgetAfter {
		f.count = 0
	}
	f.last = now
	for oldest := l.order.Front(); oldest != e; oldest = l.order.Front() {
		old := oldest.Value.(*failures)
		if len(l.entries) <= maxEntries && now.Sub(old.last) <= forgetAfter {
			break
		}
		l.remove(oldest)
	}
	return f
}

// succeeded forgets the failures of a user from an address. Those of the address
// stay: one good password does not pay for guessing at others.
func (l *limiter) succeeded(a netip.Addr, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[keysOf(a, user)[0]]; e != nil {
		l.remove(e)
	}
}

func (l *limiter) remove(e *list.Element) {
	delete(l.entries, e.Value.(*failures).key)
	l.order.Remove(e)
}
