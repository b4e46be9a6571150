package workgroup

import (
	"log/slog"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
)

// accountSet is what a server holds of the ledger: one account for each counter,
// also when a budget was dropped and made again, since the ledger knows one lease
// of it.
type accountSet struct {
	ledger Ledger
	log    *slog.Logger
	wake   chan struct{} // an account was made
	low    chan *account // whose lease is to be renewed

	mu    sync.Mutex // guards byKey
	byKey map[meta.BudgetKey]*account
}

func newAccountSet(l Ledger, log *slog.Logger) *accountSet {
	return &accountSet{ledger: l, log: log, wake: make(chan struct{}, 1), low: make(chan *account, 64), byKey: map[meta.BudgetKey]*account{}}
}

// hold finds or makes the account of a budget's window; refs counts the caller.
func (s *accountSet) hold(b *budget, principal string, start, end time.Time) *account {
	k := meta.BudgetKey{Budget: b.name, Principal: principal, Period: b.period(), Start: start.UnixMicro()}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byKey[k]
	if a == nil {
		a = &account{set: s, key: k, end: end}
		a.used.Store(time.Now().UnixNano())
		s.byKey[k] = a
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	if old := a.budget.Load(); old == nil || old.dropped.Load() {
		a.budget.Store(b)
	}
	a.refs.Add(1) // under mu, so that it is not forgotten in between
	return a
}

// find gives an account that there is; nil: none.
func (s *accountSet) find(k meta.BudgetKey) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byKey[k]
}

func (s *accountSet) all() []*account {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*account, 0, len(s.byKey))
	for _, a := range s.byKey {
		out = append(out, a)
	}
	return out
}

func (s *accountSet) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byKey)
}

// forget lets go of an account that nobody holds and that holds nothing.
func (s *accountSet) forget(a *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refs.Load() == 0 && a.lease == 0 && a.free.Load() == 0 {
		a.gone = true
		delete(s.byKey, a.key)
	}
}
