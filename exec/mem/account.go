// Package mem keeps account of memory: a tree of accounts (process, query,
// operator) in which every reservation counts at each level up to the root.
//
//	process (limit) ── query ── operator ── Local (one worker's cheap view)
//
// A reservation that would pass the limit of any level is refused with SQLSTATE
// 53200 before the memory is allocated. The numbers are what operators say of
// themselves, not what the allocator did: limits leave room for the difference.
package mem

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Account is one node of the tree. Safe for concurrent use.
type Account struct {
	name   string
	parent *Account
	limit  int64 // bytes; 0: none of its own
	used   atomic.Int64
	floor  atomic.Int64 // bytes that count above as used at least; see SetAside
	peak   atomic.Int64
	spare  atomic.Pointer[func(n int64) bool] // see OnPressure
}

// NewRoot makes the account of a process with a limit in bytes; 0 for none.
func NewRoot(limit int64) *Account { return &Account{name: "process", limit: limit} }

// Child makes an account below a. The name appears in refusals. A limit of 0
// means that only the ancestors' limits hold.
func (a *Account) Child(name string, limit int64) *Account {
	return &Account{name: name, parent: a, limit: limit}
}

// Used gives the bytes that are reserved now.
func (a *Account) Used() int64 { return a.used.Load() }

// Peak gives the most bytes that were ever reserved at once.
func (a *Account) Peak() int64 { return a.peak.Load() }

// Free gives the bytes that may still be reserved: the least of what the limits of
// the account and those above it leave.
func (a *Account) Free() int64 {
	free, _ := a.Tightest()
	return free
}

// OnPressure sets what is asked when n bytes are lacking below the account's own
// limit: free gives back what can be had again and reports whether it did any. Any
// goroutine that reserves may call it, so it must not reserve itself, nor take a
// lock under which anybody does.
func (a *Account) OnPressure(free func(n int64) bool) { a.spare.Store(&free) }

// Reserve takes n bytes or refuses with 53200, in which case nothing was taken.
func (a *Account) Reserve(n int64) error {
	for {
		at, used := a.reserve(n)
		if at == nil {
			return nil
		}
		if free := at.spare.Load(); free == nil || !(*free)(used+n-at.limit) {
			return a.refuse(at, n, used)
		}
	}
}

// reserve takes n bytes, or nothing: then it gives the account whose limit is in
// the way and what that holds.
func (a *Account) reserve(n int64) (at *Account, held int64) {
	m := n
	for x := a; x != nil && m != 0; x = x.parent {
		used := x.used.Add(m)
		if x.limit > 0 && used > x.limit {
			a.giveBack(n, x)
			return x, used - m
		}
		x.raisePeak(used)
		m = x.above(used-m, used)
	}
	return nil, 0
}

// above is how much more counts in the account above when what a uses changes.
func (a *Account) above(before, after int64) int64 {
	floor := a.floor.Load()
	return max(after, floor) - max(before, floor)
}

// giveBack takes n bytes off a and the accounts above it, up to last; nil: all.
func (a *Account) giveBack(n int64, last *Account) {
	for x := a; x != nil && n != 0; x = x.parent {
		used := x.used.Add(-n)
		if x == last {
			return
		}
		n = x.above(used, used+n)
	}
}

// SetAside has at least n bytes of a counted in the accounts above from now on,
// whether a holds them or not, so that nobody else can have them; Close gives them
// back. It fails as Reserve does, and then changes nothing. Nobody else may use a
// meanwhile.
func (a *Account) SetAside(n int64) error {
	more := n - max(a.used.Load(), a.floor.Load())
	if a.parent == nil || more <= 0 {
		return nil
	}
	if err := a.parent.Reserve(more); err != nil {
		return err
	}
	a.floor.Store(n)
	return nil
}

func (a *Account) raisePeak(used int64) {
	for {
		p := a.peak.Load()
		if used <= p || a.peak.CompareAndSwap(p, used) {
			return
		}
	}
}

func (a *Account) refuse(at *Account, n, used int64) error {
	what := "the query"
	if at.parent == nil {
		what = "the server"
	}
	return fault.New(fault.CodeOutOfMemory, "out of memory: %s needs %s more", a.name, Size(n)).
		WithDetail("The memory limit of %s is %s, of which %s are in use.", what, Size(at.limit), Size(used)).
		WithHint("Select fewer columns or rows, group by fewer values, or raise the memory limit.")
}

// Release gives n bytes back.
func (a *Account) Release(n int64) { a.giveBack(n, nil) }

// Close gives back all that a itself still holds or has set aside. Children are not
// closed by it, but what they hold is part of it.
func (a *Account) Close() {
	floor := a.floor.Swap(0)
	if n := max(a.used.Swap(0), floor); n != 0 && a.parent != nil {
		a.parent.Release(n)
	}
}

// chunk is how much a Local reserves at a time, so that the shared counters are
// touched rarely.
const chunk = 256 << 10

// Local is one worker's view of an account: Use says how much the worker holds
// in all, and the account is asked only when that outgrows what was reserved.
// Not safe for concurrent use. The zero value counts nothing.
type Local struct {
	acct *Account
	have int64
}

// Local makes a worker's view of a.
func (a *Account) Local() Local { return Local{acct: a} }

// Use tells that the worker holds total bytes now. It reserves or releases the
// difference in chunks.
func (l *Local) Use(total int64) error {
	if l.acct == nil || total <= l.have && total > l.have-4*chunk {
		return nil
	}
	want := (total + chunk - 1) / chunk * chunk
	if want > l.have {
		if err := l.acct.Reserve(want - l.have); err != nil {
			return err
		}
	} else {
		l.acct.Release(l.have - want)
	}
	l.have = want
	return nil
}

// Close gives back what the worker holds.
func (l *Local) Close() {
	if l.acct != nil && l.have != 0 {
		l.acct.Release(l.have)
		l.have = 0
	}
}

// Move gives what l holds to the account of to without a moment in which it is
// counted nowhere; l holds nothing afterwards.
func (l *Local) Move(to *Local) {
	to.have += l.have
	l.have = 0
}

// Size prints bytes for people: 1.5 GiB.
func Size(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	v, i := float64(n)/unit, 0
	for ; v >= unit && i < 4; i++ {
		v /= unit
	}
	return fmt.Sprintf("%.1f %ciB", v, "KMGTP"[i])
}

// Held gives the bytes that l has reserved.
func (l *Local) Held() int64 { return l.have }

// Limit gives the least limit of a and the accounts above it, 0 if there is none.
func (a *Account) Limit() int64 {
	least := int64(0)
	for ; a != nil; a = a.parent {
		if a.limit > 0 && (least == 0 || a.limit < least) {
			least = a.limit
		}
	}
	return least
}

// Tightest gives the limit that leaves least, of a and the accounts above it, and
// what it leaves; a limit of 0 says that there is none.
func (a *Account) Tightest() (free, limit int64) {
	free = math.MaxInt64
	own := int64(0) // set aside and not in use: it is counted above already
	for ; a != nil; a = a.parent {
		used := a.used.Load()
		if a.limit > 0 {
			if left := max(a.limit-used, 0) + own; left < free {
				free, limit = left, a.limit
			}
		}
		own += max(a.floor.Load()-used, 0)
	}
	return free, limit
}

// Fit is Use that gives back at once what is not held any more.
func (l *Local) Fit(total int64) error {
	if want := (total + chunk - 1) / chunk * chunk; l.acct != nil && want < l.have {
		l.acct.Release(l.have - want)
		l.have = want
		return nil
	}
	return l.Use(total)
}
