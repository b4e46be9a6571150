package workgroup

import (
	"context"
	"sort"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
)

// Ledger keeps what budgets have spent, for all servers that share it. A server
// leases bytes from it before it reads them; meta.Budgets is one that survives
// kill -9. Safe for concurrent use.
type Ledger interface {
	// Claim settles leases and asks for more, in one durable transaction: when it
	// returns, what it granted counts as used for everybody else.
	Claim(ctx context.Context, claims ...meta.BudgetClaim) ([]meta.BudgetCount, error)
	// Peek reads a counter and changes nothing.
	Peek(ctx context.Context, k meta.BudgetKey) (meta.BudgetCount, error)
	// Asked tells of the counters that this holder has leases of how often a holder
	// was refused what others have leased.
	Asked(ctx context.Context) (map[meta.BudgetKey]int64, error)
	// Reclaim makes leases of servers that have died spent bytes.
	Reclaim(ctx context.Context, k meta.BudgetKey) error
	// Uses gives the counters of the windows that end after a moment.
	Uses(ctx context.Context, after time.Time) ([]meta.BudgetUse, error)
	Close() error
}

// memoryLedger is the ledger of a governor that shares its budgets with nobody
// and forgets them at its end.
type memoryLedger struct {
	mu sync.Mutex // guards m
	m  map[meta.BudgetKey]*meta.BudgetUse
}

func newMemoryLedger() *memoryLedger {
	return &memoryLedger{m: map[meta.BudgetKey]*meta.BudgetUse{}}
}

// Claim implements Ledger.
func (l *memoryLedger) Claim(_ context.Context, claims ...meta.BudgetClaim) ([]meta.BudgetCount, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]meta.BudgetCount, len(claims))
	for i, c := range claims {
		u := l.m[c.Key]
		if u == nil {
			u = &meta.BudgetUse{Key: c.Key, End: time.UnixMicro(c.End)}
			l.m[c.Key] = u
		}
		u.Spent += c.Spent
		if left := c.Limit - u.Spent - c.Keep; c.Want > 0 && left >= c.Least {
			out[i].Granted = max(c.Least, min(c.Want, left/4))
		}
		u.Leased = c.Keep + out[i].Granted
		out[i].Spent = u.Spent
	}
	return out, nil
}

// Peek implements Ledger.
func (l *memoryLedger) Peek(_ context.Context, k meta.BudgetKey) (meta.BudgetCount, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u := l.m[k]; u != nil {
		return meta.BudgetCount{Spent: u.Spent}, nil
	}
	return meta.BudgetCount{}, nil
}

// Asked implements Ledger: there is nobody else.
func (l *memoryLedger) Asked(context.Context) (map[meta.BudgetKey]int64, error) { return nil, nil }

// Reclaim implements Ledger.
func (l *memoryLedger) Reclaim(context.Context, meta.BudgetKey) error { return nil }

// Uses implements Ledger.
func (l *memoryLedger) Uses(_ context.Context, after time.Time) ([]meta.BudgetUse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []meta.BudgetUse
	for _, u := range l.m {
		if u.End.After(after) {
			out = append(out, *u)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].Key, out[j].Key
		if a.Budget != b.Budget {
			return a.Budget < b.Budget
		}
		return a.Principal < b.Principal
	})
	return out, nil
}

// Close implements Ledger.
func (l *memoryLedger) Close() error { return nil }
