package workgroup

import (
	"context"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
)

// budget is a budget that is in force, with this server's accounts of it.
type budget struct {
	name    string
	def     atomic.Pointer[Budget]
	dropped atomic.Bool
	ledger  Ledger
	log     *slog.Logger
	changed func() // there may be something to return to the ledger

	mu       sync.Mutex // guards accounts
	accounts map[meta.BudgetKey]*account
}

func (b *budget) period() string { return b.def.Load().Period }

// hardLimit is where reads are refused; a budget that warns has no such place.
func (b *budget) hardLimit() int64 {
	if d := b.def.Load(); d.Action != Warn {
		return int64(d.Limit)
	}
	return unlimited
}

// account finds or makes the account of a window, and holds it: refs counts the
// caller.
func (b *budget) account(principal string, start, end time.Time) *account {
	k := meta.BudgetKey{Budget: b.name, Principal: principal, Period: b.period(), Start: start.UnixMicro()}
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[k]
	if a == nil {
		a = &account{budget: b, key: k, end: end}
		a.used.Store(time.Now().UnixNano())
		b.accounts[k] = a
		b.changed()
	}
	a.refs.Add(1) // under mu, so that it is not forgotten in between
	return a
}

func (b *budget) all() []*account {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]*account, 0, len(b.accounts))
	for _, a := range b.accounts {
		out = append(out, a)
	}
	return out
}

// budgetSet is the budgets of a governor.
type budgetSet struct {
	ledger Ledger
	log    *slog.Logger
	now    func() time.Time
	wake   chan struct{} // an account was made
	done   chan struct{}
	closed chan struct{}

	mu     sync.RWMutex // guards byName, old
	byName map[string]*budget
	old    []*budget // dropped, and queries may still hold something of them
}

func newBudgetSet(l Ledger, log *slog.Logger) *budgetSet {
	s := &budgetSet{ledger: l, log: log, now: time.Now, wake: make(chan struct{}, 1), done: make(chan struct{}), closed: make(chan struct{}),
		byName: map[string]*budget{}}
	go s.tidy()
	return s
}

// ApplyBudgets replaces the budgets. It holds for running queries too: a lower
// limit refuses their next reads, a budget that is gone counts no more; a new
// one counts the queries that begin after it. What was spent under a name stays
// spent until its window ends.
func (g *Governor) ApplyBudgets(defs []Budget) error {
	seen := map[string]bool{}
	for i := range defs {
		if err := defs[i].Validate(); err != nil {
			return err
		}
		if seen[defs[i].Name] {
			return fault.New(fault.CodeDuplicateObject, "budget %q is defined twice", defs[i].Name)
		}
		seen[defs[i].Name] = true
	}
	return g.budgets.apply(defs)
}

func (s *budgetSet) apply(defs []Budget) error {
	s.mu.Lock()
	next := make(map[string]*budget, len(defs))
	var recall []*budget
	for _, d := range defs {
		b := s.byName[d.Name]
		if b == nil || !sameSubject(b.def.Load(), &d) {
			b = &budget{name: d.Name, ledger: s.ledger, log: s.log, accounts: map[meta.BudgetKey]*account{}, changed: s.changed}
		} else if *b.def.Load() != d {
			recall = append(recall, b)
		}
		b.def.Store(&d)
		next[d.Name] = b
	}
	for name, b := range s.byName {
		if next[name] != b {
			b.dropped.Store(true)
			s.old = append(s.old, b)
			recall = append(recall, b)
		}
	}
	s.byName = next
	s.mu.Unlock()
	for _, b := range recall {
		for _, a := range b.all() {
			// What was leased under the old limit is not for the new one to grant.
			if err := a.giveUp(context.Background()); err != nil {
				return err
			}
		}
	}
	return nil
}

func sameSubject(a, b *Budget) bool {
	return a.Workgroup == b.Workgroup && a.User == b.User && a.EachUser == b.EachUser && a.Tag == b.Tag
}

// Budgets gives the budgets by name.
func (g *Governor) Budgets() []Budget {
	g.budgets.mu.RLock()
	defer g.budgets.mu.RUnlock()
	out := make([]Budget, 0, len(g.budgets.byName))
	for _, b := range g.budgets.byName {
		out = append(out, *b.def.Load())
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// charges gives the budgets that count a query, by name: every query reserves in
// this order, so that none waits for another in a circle.
func (s *budgetSet) charges(group *Setting, q *exec.QueryInfo) []*charge {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*charge
	for _, b := range s.byName {
		if p := b.def.Load().principal(group, q.User.Name, q.Tags); p != "" {
			out = append(out, &charge{budget: b, principal: p})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].budget.name < out[j].budget.name })
	return out
}

func (s *budgetSet) changed() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// tidyEvery is how soon a lease is given back that another server asks for.
const tidyEvery = 200 * time.Millisecond

// tidy gives back what lies unused or what others ask for, while there are
// accounts.
func (s *budgetSet) tidy() {
	defer close(s.closed)
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		for s.round(context.Background()) {
			select {
			case <-s.done:
				return
			case <-time.After(tidyEvery):
			}
		}
	}
}

// round looks at every account once; false if none is left.
func (s *budgetSet) round(ctx context.Context) bool {
	s.mu.RLock()
	list := append([]*budget(nil), s.old...)
	for _, b := range s.byName {
		list = append(list, b)
	}
	s.mu.RUnlock()
	asked, err := s.ledger.Asked(ctx)
	if err != nil {
		s.log.Error("budgets: what other servers ask for is not known", "error", err)
	}
	left := false
	for _, b := range list {
		for _, a := range b.all() {
			if err := s.look(ctx, a, asked[a.key]); err != nil {
				s.log.Error("budget lease not returned", "budget", b.name, "error", err)
			}
		}
		b.mu.Lock()
		left = left || len(b.accounts) > 0
		b.mu.Unlock()
	}
	s.forget()
	return left
}

// look returns an account's lease if it is idle, and forgets it when no query
// can give anything back.
func (s *budgetSet) look(ctx context.Context, a *account, asked int64) error {
	now := s.now()
	if idle := now.Sub(time.Unix(0, a.used.Load())); idle < returnAfter && idle > -returnAfter && now.Before(a.end) && !a.budget.dropped.Load() {
		return a.asked(ctx, asked)
	}
	if err := a.giveUp(ctx); err != nil {
		return err
	}
	a.budget.mu.Lock()
	defer a.budget.mu.Unlock()
	if a.refs.Load() == 0 && a.settled() {
		delete(a.budget.accounts, a.key)
	}
	return nil
}

func (a *account) settled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lease == 0 && a.free.Load() == 0
}

// forget drops dropped budgets without accounts.
func (s *budgetSet) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.old[:0]
	for _, b := range s.old {
		b.mu.Lock()
		if len(b.accounts) > 0 {
			kept = append(kept, b)
		}
		b.mu.Unlock()
	}
	clear(s.old[len(kept):])
	s.old = kept
}

// close returns every lease. No query may be running.
func (s *budgetSet) close() {
	close(s.done)
	<-s.closed
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, b := range s.byName {
		s.closeBudget(b)
	}
	for _, b := range s.old {
		s.closeBudget(b)
	}
	if err := s.ledger.Close(); err != nil {
		s.log.Error("budgets not closed", "error", err)
	}
}

func (s *budgetSet) closeBudget(b *budget) {
	for _, a := range b.all() {
		if err := a.giveUp(context.Background()); err != nil {
			s.log.Error("budget lease not returned; it counts as spent", "budget", b.name, "error", err)
		}
	}
}
