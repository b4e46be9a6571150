package workgroup

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// TestLeases has two servers share a ledger: a lease that lies unused goes back,
// at once when the other asks for it, and at the latest when its server closes.
func TestLeases(t *testing.T) {
	dir := t.TempDir()
	b := Budget{Name: "b", Workgroup: Primary, Limit: 3 << 20, Period: Month}
	open := func() shared {
		t.Helper()
		s, err := openShared(dir, b)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	leasedBy := func(s shared, want int64, when string) {
		t.Helper()
		us, err := s.budgets.ledger.Uses(bg, time.Now())
		if err != nil || len(us) != 1 || us[0].Leased != want {
			t.Errorf("%s: %+v, %v; want %d bytes leased", when, us, err, want)
		}
	}
	one, two := open(), open()
	q1, _ := begin(t, one.Governor, exec.QueryInfo{})
	q2, _ := begin(t, two.Governor, exec.QueryInfo{})
	read(t, q1, 100)
	leasedBy(one, 3<<20/4, "after a small read") // a quarter of what there is
	read(t, q1, 1<<20)

	// Two asks for all that is left; one gives back what it has not read.
	began := time.Now()
	read(t, q2, 2<<20-100)
	if took := time.Since(began); took > askBack {
		t.Errorf("asking took %s", took)
	}
	refused(t, q1, 1)
	refused(t, q2, 1)
	read(t, q2, -50)
	refused(t, q2, 51)
	read(t, q1, 50) // what two has given back comes when one asks

	q2.End(exec.Stats{}, nil)
	if err := two.close(); err != nil {
		t.Fatal(err)
	}
	leasedBy(one, 50, "after the second server closed") // the rest of its own was settled when it was asked

	// The first lies idle: its clock is later than the last read.
	read(t, q1, -20)
	one.budgets.now = func() time.Time { return time.Now().Add(2 * returnAfter) }
	one.budgets.round(bg)
	leasedBy(one, 0, "after a while without reads")
	one.budgets.now = time.Now
	read(t, q1, 20)
	refused(t, q1, 1)
	q1.End(exec.Stats{}, nil)
	if err := one.close(); err != nil {
		t.Fatal(err)
	}
	if spent, leased := standing(t, dir, int64(b.Limit)); spent != int64(b.Limit) || leased != 0 {
		t.Errorf("%d spent, %d leased of %d", spent, leased, b.Limit)
	}
}

// waitForBudget admits a query and returns when it waits for a budget.
func waitForBudget(t *testing.T, g *Governor, q exec.QueryInfo) (exec.QueryControl, chan error) {
	t.Helper()
	q.ID = "waiting"
	c, _ := begin(t, g, q)
	done := make(chan error, 1)
	go func() {
		done <- c.Admit(bg, exec.PlanInfo{Tables: []exec.TableEstimate{{BytesLower: 1, BytesUpper: 7}}})
	}()
	for c.(*control).phase.Load() != phaseQueued {
		time.Sleep(time.Millisecond)
	}
	return c, done
}

// TestBudgetWait looks at a query that waits for a budget, and ends the wait in
// other ways than by a new window.
func TestBudgetWait(t *testing.T) {
	group := Setting{Name: "w", QueueTimeout: Span(50 * time.Millisecond)}
	g := newGovernor(t, nil, group)
	apply(t, g, Budget{Name: "b", Workgroup: "w", Limit: 100, Action: Queue})
	q, _ := begin(t, g, exec.QueryInfo{Workgroup: "w"})
	read(t, q, 100)
	_, done := waitForBudget(t, g, exec.QueryInfo{Workgroup: "w"})
	if err := <-done; !fault.Is(err, fault.CodeQueryCanceled) {
		t.Errorf("after the queue timeout: %v", err)
	}
	group.QueueTimeout = 0
	if err := g.Apply([]Setting{group}); err != nil {
		t.Fatal(err)
	}
	c, done := waitForBudget(t, g, exec.QueryInfo{Workgroup: "w"})
	for _, r := range g.Running() {
		if r.ID == "waiting" && (r.State != Queued || !strings.HasPrefix(r.Reason, `budget "b" until 20`) || r.Queued.IsZero() || r.BytesUpper != 7) {
			t.Errorf("it is shown as %+v", r)
		}
	}
	if why := g.Waits("waiting"); !strings.HasPrefix(why, `budget "b" until `) {
		t.Errorf("it waits for %q", why)
	}
	group.State = Disabled
	if err := g.Apply([]Setting{group}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("after its workgroup was disabled: %v", err)
	}
	c.End(exec.Stats{}, nil)
}

// TestBudgetMadeInUse makes a budget while a query runs: it counts the queries
// that begin after it. One that is dropped while a query waits for it lets it go.
func TestBudgetMadeInUse(t *testing.T) {
	g := newGovernor(t, nil)
	before, _ := begin(t, g, exec.QueryInfo{})
	read(t, before, 500)
	b := Budget{Name: "b", Workgroup: Primary, Limit: 100, Action: Queue}
	apply(t, g, b)
	read(t, before, 500)
	after, _ := begin(t, g, exec.QueryInfo{})
	read(t, after, 100)
	refused(t, after, 1)
	waiting, done := waitForBudget(t, g, exec.QueryInfo{})
	apply(t, g)
	if err := <-done; err != nil {
		t.Errorf("after the budget was dropped: %v", err)
	}
	read(t, waiting, 1<<40)
	b.Limit = 1 << 50
	apply(t, g, b)
	if u := usage(t, g); u["b/workgroup primary"] != 100 {
		t.Errorf("a budget of the same name began at %v bytes, 100 were spent", u)
	}
}

// TestBudgetMadeAgain drops and makes a budget while a query runs that counts in
// it: what the query gives back must not touch the lease that was taken since.
func TestBudgetMadeAgain(t *testing.T) {
	dir := t.TempDir()
	b := Budget{Name: "b", User: "ana", Limit: 4 << 20, Period: Month}
	s, err := openShared(dir, b)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	ana := exec.QueryInfo{User: exec.UserInfo{Name: "ana"}}
	old, _ := begin(t, s.Governor, ana)
	read(t, old, 1000)
	for i, again := range []Budget{b, {Name: "b", EachUser: true, Limit: b.Limit, Period: Month}} { // which counts ana under the same key
		if i == 0 {
			apply(t, s.Governor)
		}
		apply(t, s.Governor, again)
		next, _ := begin(t, s.Governor, ana)
		read(t, next, 510)
		read(t, next, -10)
		read(t, old, -10)
		s.budgets.round(bg)
		us, err := s.budgets.ledger.Uses(bg, time.Now())
		if err != nil || len(us) != 1 {
			t.Fatalf("%v, %v", us, err)
		}
		used := int64(1500 + 500*i) // what was read before the budget was dropped stays used
		if us[0].Spent+us[0].Leased < used || us[0].Spent > used {
			t.Errorf("%d bytes are used, the ledger says %d spent, %d leased", used, us[0].Spent, us[0].Leased)
		}
		if got := usage(t, s.Governor)["b/user ana"]; got != used {
			t.Errorf("%d bytes are used, %d are shown", used, got)
		}
		read(t, next, int64(b.Limit)-used)
		refused(t, next, 1)
		read(t, next, used-int64(b.Limit))
		next.End(exec.Stats{}, nil)
	}
	old.End(exec.Stats{}, nil)
}

// countedLedger counts claims.
type countedLedger struct {
	Ledger
	claims atomic.Int64
}

func (l *countedLedger) Claim(ctx context.Context, cs ...meta.BudgetClaim) ([]meta.BudgetCount, error) {
	l.claims.Add(1)
	return l.Ledger.Claim(ctx, cs...)
}

// TestLeaseAhead has a query with three budgets read 100 MB: the ledger is asked
// before it reads and a few times beside it, not for every budget again and again.
func TestLeaseAhead(t *testing.T) {
	l := &countedLedger{Ledger: newMemoryLedger()}
	g, err := New(nil, nil, l, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	apply(t, g, Budget{Name: "a", Workgroup: Primary, Limit: 1 << 40}, Budget{Name: "b", EachUser: true, Limit: 1 << 40}, Budget{Name: "c", User: "u", Limit: 1 << 40})
	q, _ := begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: "u"}})
	if err := q.Admit(bg, exec.PlanInfo{Tables: []exec.TableEstimate{{BytesLower: 1, BytesUpper: 100 << 20}}}); err != nil {
		t.Fatal(err)
	}
	if n := l.claims.Load(); n != 1 {
		t.Errorf("%d claims before the first read, want 1", n)
	}
	for range 100 {
		read(t, q, 1<<20)
	}
	if n := l.claims.Load(); n > 12 { // three renewals of each budget, had they all been apart, and the first
		t.Errorf("%d claims for 100 MB", n)
	}
	for _, name := range []string{"a/workgroup primary", "b/user u", "c/user u"} {
		if used := usage(t, g)[name]; used != 100<<20 {
			t.Errorf("%s: %d bytes", name, used)
		}
	}
}

// failingLedger cannot be written or read while it fails.
type failingLedger struct {
	Ledger
	fails atomic.Bool
}

var errLedger = fault.New(fault.CodeIO, "the disk is full")

func (l *failingLedger) Claim(ctx context.Context, cs ...meta.BudgetClaim) ([]meta.BudgetCount, error) {
	if l.fails.Load() {
		return nil, errLedger
	}
	return l.Ledger.Claim(ctx, cs...)
}

func (l *failingLedger) Peek(ctx context.Context, k meta.BudgetKey) (meta.BudgetCount, error) {
	if l.fails.Load() {
		return meta.BudgetCount{}, errLedger
	}
	return l.Ledger.Peek(ctx, k)
}

// TestLedgerFails: without its ledger a budget that refuses grants what is leased
// and no more, one that only warns gets in nobody's way.
func TestLedgerFails(t *testing.T) {
	l := &failingLedger{Ledger: newMemoryLedger()}
	g, err := New(nil, nil, l, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	hard, soft := Budget{Name: "b", Workgroup: Primary, Limit: 100 << 20}, Budget{Name: "w", Workgroup: Primary, Limit: 1, Action: Warn}
	apply(t, g, hard, soft)
	q, _ := begin(t, g, exec.QueryInfo{})
	read(t, q, 10)
	l.fails.Store(true)
	read(t, q, 10) // of the lease
	if err := q.Reserve(bg, store.ReadData, 50<<20); !fault.Is(err, fault.CodeIO) {
		t.Errorf("a read beyond the lease: %v", err)
	}
	plan := exec.PlanInfo{Tables: []exec.TableEstimate{{BytesLower: 1, BytesUpper: 50 << 20}}}
	next, _ := begin(t, g, exec.QueryInfo{})
	if err := next.Admit(bg, plan); !fault.Is(err, fault.CodeIO) {
		t.Errorf("a plan: %v", err)
	}
	next.End(exec.Stats{}, nil)
	l.fails.Store(false)
	apply(t, g, soft)
	l.fails.Store(true)
	next, _ = begin(t, g, exec.QueryInfo{})
	if err := next.Admit(bg, plan); err != nil {
		t.Errorf("a plan under a budget that warns: %v", err)
	}
	read(t, next, 50<<20)
	l.fails.Store(false)
	read(t, next, 1)
	next.End(exec.Stats{}, nil)
	q.End(exec.Stats{}, nil)
	apply(t, g, hard, soft)
	if u := usage(t, g); u["b/workgroup primary"] != 20 {
		t.Errorf("%v", u)
	}
}
