package workgroup

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

var bg = context.Background()

// begin begins a query of a user that notes its notices.
func begin(t *testing.T, g *Governor, q exec.QueryInfo) (exec.QueryControl, *[]string) {
	t.Helper()
	var notices []string
	q.Notice = func(f *fault.Error) { notices = append(notices, f.Message) }
	c, err := g.Begin(bg, q)
	if err != nil {
		t.Fatal(err)
	}
	return c, &notices
}

func read(t *testing.T, c exec.QueryControl, n int64) {
	t.Helper()
	if err := c.Reserve(bg, store.ReadData, n); err != nil {
		t.Fatalf("%d bytes: %v", n, err)
	}
}

func refused(t *testing.T, c exec.QueryControl, n int64) *fault.Error {
	t.Helper()
	err := c.Reserve(bg, store.ReadData, n)
	if !fault.Is(err, fault.CodeLimitExceeded) {
		t.Fatalf("%d bytes: %v, want 53400", n, err)
	}
	return fault.As(err)
}

func apply(t *testing.T, g *Governor, bs ...Budget) {
	t.Helper()
	if err := g.ApplyBudgets(bs); err != nil {
		t.Fatal(err)
	}
}

func usage(t *testing.T, g *Governor) map[string]int64 {
	t.Helper()
	us, err := g.BudgetUsage(bg)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, u := range us {
		out[u.Budget.Name+"/"+u.Principal] = u.Spent + u.Leased
	}
	return out
}

// TestBudgetsCount has queries of two users in two workgroups count against
// every budget above them, and none that is not.
func TestBudgetsCount(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "web", Tags: map[string]string{"team": "web"}}, Setting{Name: "ops"})
	apply(t, g, Budget{Name: "a", Workgroup: "web", Limit: 100}, Budget{Name: "b", User: "ana", Limit: 1000}, Budget{Name: "c", EachUser: true, Limit: 1000},
		Budget{Name: "d", Tag: "team=web", Limit: 1000}, Budget{Name: "e", Tag: "nightly", Limit: 1000})
	ana, _ := begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: "ana"}, Workgroup: "web"})
	bob, _ := begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: "bob"}, Workgroup: "ops", Tags: []string{"x", "nightly"}})
	read(t, ana, 60)
	read(t, bob, 500)
	e := refused(t, ana, 41)
	if want := `budget "a" allows 100 bytes per day, 60 bytes of it are used until `; !strings.HasPrefix(e.Message, Refusal+": "+want) {
		t.Errorf("message %q", e.Message)
	}
	want := map[string]int64{"a/workgroup web": 60, "b/user ana": 60, "c/user ana": 60, "c/user bob": 500, "d/tag team=web": 60, "e/tag nightly": 500}
	if got := usage(t, g); len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	} else {
		for k, n := range want {
			if got[k] != n {
				t.Errorf("%s: %d, want %d: what was refused was not given back everywhere", k, got[k], n)
			}
		}
	}
	read(t, ana, 40)
	refused(t, ana, 1)
	read(t, ana, -10)
	read(t, ana, 10)
	refused(t, ana, 1)
	ana.End(exec.Stats{}, nil)
	again, _ := begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: "carl"}, Workgroup: "web"})
	refused(t, again, 1)
}

// TestBudgetIsExact lets 8 queries of 4 workers race for two budgets whose
// refusals undo each other: what was granted adds up to the limit, to the byte,
// since reads of one byte always fit.
func TestBudgetIsExact(t *testing.T) {
	g := newGovernor(t, nil)
	apply(t, g, Budget{Name: "a", Workgroup: Primary, Limit: 100_003}, Budget{Name: "b", User: "u1", Limit: 70})
	var mu sync.Mutex
	granted := int64(0)
	var wg sync.WaitGroup
	for i := range 8 {
		user := "u2"
		if i%2 == 0 {
			user = "u1"
		}
		q, _ := begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: user}})
		for range 4 {
			wg.Go(func() {
				for n := int64(300); n > 0; {
					if err := q.Reserve(bg, store.ReadData, n); err != nil {
						n /= 2
						if user == "u1" && n == 0 {
							return
						}
						continue
					}
					mu.Lock()
					granted += n
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if granted != 100_003 {
		t.Errorf("granted %d bytes of a budget of 100003", granted)
	}
	if got := usage(t, g); got["a/workgroup primary"] != 100_003 || got["b/user u1"] > 70 {
		t.Errorf("used: %v", got)
	}
}

func TestBudgetActions(t *testing.T) {
	g := newGovernor(t, nil)
	plan := func(lower int64) exec.PlanInfo {
		return exec.PlanInfo{Tables: []exec.TableEstimate{{Database: "d", Table: "t", BytesLower: lower, BytesUpper: lower + 1, Files: 1}}}
	}
	apply(t, g, Budget{Name: "w", Workgroup: Primary, Limit: 100, Action: Warn, WarnAt: 80}, Budget{Name: "r", User: "rob", Limit: 50})
	q, notices := begin(t, g, exec.QueryInfo{})
	if err := q.Admit(bg, plan(1000)); err != nil {
		t.Fatal(err)
	}
	read(t, q, 90)
	q.End(exec.Stats{}, nil)
	if len(*notices) != 1 || (*notices)[0] != `budget "w": 90 bytes of 100 bytes per day are used (90 %)` {
		t.Errorf("notices after 90 %%: %q", *notices)
	}
	q, notices = begin(t, g, exec.QueryInfo{})
	if err := q.Admit(bg, plan(1000)); err != nil {
		t.Fatal(err)
	}
	read(t, q, 1000)
	q.End(exec.Stats{}, nil)
	if len(*notices) != 1 {
		t.Errorf("%d notices, want one for the query: %q", len(*notices), *notices)
	}
	q, _ = begin(t, g, exec.QueryInfo{User: exec.UserInfo{Name: "rob"}})
	if err := q.Admit(bg, plan(51)); !fault.Is(err, fault.CodeLimitExceeded) {
		t.Errorf("a plan of 51 bytes in a budget of 50: %v", err)
	}
	if err := q.Admit(bg, plan(50)); err != nil {
		t.Errorf("a plan of 50 bytes in a budget of 50: %v", err)
	}
	if err := q.Admit(bg, exec.PlanInfo{}); err != nil {
		t.Errorf("a query without tables: %v", err)
	}
}

// TestBudgetQueue has a query wait for the next window, and refuses one that no
// window can hold.
func TestBudgetQueue(t *testing.T) {
	g := newGovernor(t, nil)
	at := time.Date(2026, 11, 21, 11, 59, 59, 900e6, time.UTC)
	began := time.Now()
	g.budgets.now = func() time.Time { return at.Add(time.Since(began)) }
	apply(t, g, Budget{Name: "q", Workgroup: Primary, Limit: 100, Period: Hour, Action: Queue})
	plan := exec.PlanInfo{Tables: []exec.TableEstimate{{BytesLower: 60, BytesUpper: 60}}}
	for i := range 2 {
		q, _ := begin(t, g, exec.QueryInfo{})
		if err := q.Admit(bg, plan); err != nil {
			t.Fatal(err)
		}
		read(t, q, 60)
		q.End(exec.Stats{}, nil)
		if waited := !g.budgets.now().Before(at.Add(100 * time.Millisecond)); waited != (i == 1) {
			t.Errorf("query %d: waited is %v", i, waited)
		}
	}
	q, _ := begin(t, g, exec.QueryInfo{})
	plan.Tables[0].BytesLower = 101
	if err := q.Admit(bg, plan); !fault.Is(err, fault.CodeLimitExceeded) {
		t.Errorf("a plan that never fits: %v", err)
	}
	ctx, cancel := context.WithTimeout(bg, 20*time.Millisecond)
	defer cancel()
	plan.Tables[0].BytesLower = 60
	if err := q.Admit(ctx, plan); err == nil {
		t.Error("the wait did not end with its context")
	}
}

// TestBudgetChanges lowers, raises, moves and drops budgets under a running query.
func TestBudgetChanges(t *testing.T) {
	g := newGovernor(t, nil)
	b := Budget{Name: "b", Workgroup: Primary, Limit: 1000}
	apply(t, g, b)
	q, _ := begin(t, g, exec.QueryInfo{})
	read(t, q, 100)
	b.Limit = 50
	apply(t, g, b)
	refused(t, q, 1)
	b.Limit = 101
	apply(t, g, b)
	read(t, q, 1)
	refused(t, q, 1)
	b.Period = Hour // another window, with nothing spent
	apply(t, g, b)
	read(t, q, 101)
	refused(t, q, 1)
	read(t, q, -150) // 101 of the hour, 49 of the day
	if got := usage(t, g); got["b/workgroup primary"] != 0 {
		t.Errorf("%v", got)
	}
	b.Period = Day
	apply(t, g, b)
	if got := usage(t, g); got["b/workgroup primary"] != 52 {
		t.Errorf("%v", got)
	}
	apply(t, g)
	read(t, q, 1<<40)
	read(t, q, -5)
	q.End(exec.Stats{}, nil)
	apply(t, g, b)
	if got := usage(t, g); got["b/workgroup primary"] != 52 {
		t.Errorf("a budget made again has forgotten: %v", got)
	}
}

// TestBudgetClock runs a query into the next window and back: every window keeps
// its own count, and what is given back returns to where it was taken.
func TestBudgetClock(t *testing.T) {
	g := newGovernor(t, nil)
	var hours atomic.Int64 // since noon
	g.budgets.now = func() time.Time {
		return time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC).Add(time.Duration(hours.Load()) * time.Hour)
	}
	apply(t, g, Budget{Name: "b", Workgroup: Primary, Limit: 100, Period: Hour})
	q, _ := begin(t, g, exec.QueryInfo{})
	read(t, q, 100)
	refused(t, q, 1)
	hours.Add(1)
	read(t, q, 70)
	hours.Add(-1) // the clock is set back: the old window is full
	refused(t, q, 1)
	read(t, q, -80) // 70 of the later window, 10 of the earlier
	read(t, q, 10)
	refused(t, q, 1)
	hours.Add(1)
	read(t, q, 100)
	refused(t, q, 1)
}

func TestRefusalAsJSON(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Cutoff: 100})
	q, err := g.Begin(bg, exec.QueryInfo{Workgroup: "w", JSONErrors: true})
	if err != nil {
		t.Fatal(err)
	}
	parts := func() []exec.PartEstimate {
		return []exec.PartEstimate{{Keys: []string{"2025", "12"}, Bytes: 90}, {Keys: []string{"2026", "1"}, Bytes: 80}, {Keys: []string{"2026", "2"}, Bytes: 60},
			{Keys: []string{"2026", "3"}, Bytes: 30}}
	}
	err = q.Admit(bg, exec.PlanInfo{Tables: []exec.TableEstimate{{Database: "web", Table: "logs", BytesLower: 260, BytesUpper: 260, Files: 4,
		PartitionsTotal: 4, Partitions: 4, PartitionKeys: []string{"year", "month"}, Unfiltered: []string{"year", "month"}, Parts: parts},
		{Database: "web", Table: "names", BytesUpper: 5}}})
	e := fault.As(err)
	var d struct {
		Reason     string
		Limit      int64
		Needed     int64
		Suggestion struct {
			Where string
			Upper int64 `json:"bytes_upper"`
		}
		Table struct{ Name string } `json:"largest_table"`
	}
	if e == nil || json.Unmarshal([]byte(e.Detail), &d) != nil {
		t.Fatalf("%v: %q", err, e.Detail)
	}
	if d.Reason != "query_limit" || d.Limit != 100 || d.Needed != 260 || d.Table.Name != "logs" || d.Suggestion.Where != "year = 2026 AND month >= 2" || d.Suggestion.Upper != 95 {
		t.Errorf("%s", e.Detail)
	}
}

func TestNarrow(t *testing.T) {
	part := func(n int64, keys ...string) exec.PartEstimate { return exec.PartEstimate{Keys: keys, Bytes: n} }
	days := []exec.PartEstimate{part(9, ""), part(50, "'a'"), part(5, "'b'"), part(40, "'c'"), part(10, "'d'")}
	two := []exec.PartEstimate{part(20, "1", "'x'"), part(30, "1", "'y'"), part(70, "2", "'x'"), part(80, "2", "'y'")}
	for _, c := range []struct {
		parts []exec.PartEstimate
		room  int64
		want  string
		bytes int64
	}{
		{days, 10, "k1 = 'd'", 10}, {days, 49, "k1 = 'd'", 10}, {days, 50, "k1 >= 'c'", 50}, {days, 60, "k1 >= 'b'", 55},
		{days, 1000, "k1 >= 'a'", 105}, {days, 9, "k1 = 'b'", 5}, {days, 4, "", 0}, {days[:1], 9, "k1 IS NULL", 9},
		{two, 150, "k1 = 2", 150}, {two, 200, "k1 >= 1", 200}, {two, 149, "k1 = 2 AND k2 = 'y'", 80}, {two, 79, "k1 = 2 AND k2 = 'x'", 70},
		{two, 69, "k1 = 1 AND k2 = 'y'", 30}, {two, 19, "", 0}, {nil, 19, "", 0},
	} {
		keys := []string{"k1", "k2"}
		if len(c.parts) > 0 {
			keys = keys[:len(c.parts[0].Keys)]
		}
		where, bytes := narrow(keys, c.parts, c.room)
		if where != c.want || bytes != c.bytes {
			t.Errorf("%d bytes: %q of %d, want %q of %d", c.room, where, bytes, c.want, c.bytes)
		}
	}
}
