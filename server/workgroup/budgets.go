package workgroup

import (
	"context"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// budget is a budget that is in force, or was when a query began.
type budget struct {
	name     string
	def      atomic.Pointer[Budget]
	dropped  atomic.Bool
	accounts *accountSet
}

func (b *budget) period() string { return b.def.Load().Period }

// hardLimit is where reads are refused; a budget that warns has no such place.
func (b *budget) hardLimit() int64 {
	if d := b.def.Load(); d.Action != Warn {
		return int64(d.Limit)
	}
	return unlimited
}

// budgetSet is the budgets of a governor.
type budgetSet struct {
	*accountSet
	now  func() time.Time
	done chan struct{}  // closed by close
	work sync.WaitGroup // tidy and refill

	mu     sync.RWMutex // guards byName
	byName map[string]*budget
}

func newBudgetSet(l Ledger, log *slog.Logger) *budgetSet {
	s := &budgetSet{accountSet: newAccountSet(l, log), now: time.Now, done: make(chan struct{}), byName: map[string]*budget{}}
	s.work.Go(s.tidy)
	s.work.Go(s.refill)
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
	recall := map[string]bool{}
	for _, d := range defs {
		b := s.byName[d.Name]
		if b == nil || !sameSubject(b.def.Load(), &d) {
			b = &budget{name: d.Name, accounts: s.accountSet}
			recall[d.Name] = true // a budget that is made again may have accounts
		} else if *b.def.Load() != d {
			recall[d.Name] = true
		}
		b.def.Store(&d)
		next[d.Name] = b
	}
	for name, b := range s.byName {
		if next[name] != b {
			b.dropped.Store(true)
			recall[name] = true
		}
	}
	s.byName = next
	s.mu.Unlock()
	for _, a := range s.all() {
		if !recall[a.key.Budget] {
			continue
		}
		// What was leased under the old limit is not for the new one to grant.
		if err := a.giveUp(context.Background()); err != nil {
			return err
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

// tidyEvery is how soon a lease is given back that another server asks for.
const tidyEvery = 200 * time.Millisecond

// tidy gives back what lies unused or what others ask for, while there are
// accounts.
func (s *budgetSet) tidy() {
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
	asked, err := s.ledger.Asked(ctx)
	if err != nil {
		s.log.Error("budgets: what other servers ask for is not known", "error", err)
	}
	for _, a := range s.all() {
		if err := s.look(ctx, a, asked[a.key]); err != nil {
			s.log.Error("budget lease not returned", "budget", a.key.Budget, "error", err)
		}
	}
	return s.size() > 0
}

// look returns an account's lease if it is idle, and forgets it when no query
// can give anything back.
func (s *budgetSet) look(ctx context.Context, a *account, asked int64) error {
	now := s.now()
	if idle := now.Sub(time.Unix(0, a.used.Load())); idle < returnAfter && idle > -returnAfter && now.Before(a.end) && !a.budget.Load().dropped.Load() {
		return a.asked(ctx, asked)
	}
	if err := a.giveUp(ctx); err != nil {
		return err
	}
	s.forget(a)
	return nil
}

// close returns every lease. No query may be running.
func (s *budgetSet) close() {
	close(s.done)
	s.work.Wait()
	for _, a := range s.all() {
		if err := a.giveUp(context.Background()); err != nil {
			s.log.Error("budget lease not returned; it counts as spent", "budget", a.key.Budget, "error", err)
		}
	}
	if err := s.ledger.Close(); err != nil {
		s.log.Error("budgets not closed", "error", err)
	}
}
