package workgroup

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
)

// heard keeps what an observer heard.
type heard struct {
	mu   sync.Mutex
	list []Ended
}

func (h *heard) Ended(e *Ended) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, *e)
}

func (h *heard) last(t *testing.T) Ended {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.list) == 0 {
		t.Fatal("the observer heard nothing")
	}
	return h.list[len(h.list)-1]
}

// TestObserverHearsWhyAStatementWasRefused runs into every refusal there is.
func TestObserverHearsWhyAStatementWasRefused(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Cutoff: 1000, Concurrency: 1, QueueLength: 1, QueueTimeout: Span(500 * time.Millisecond)},
		Setting{Name: "off", State: Disabled}, Setting{Name: "theirs", Users: []string{"eve"}}, Setting{Name: "b"})
	if err := g.ApplyBudgets([]Budget{{Name: "b", Workgroup: "b", Limit: 500}}); err != nil {
		t.Fatal(err)
	}
	h := &heard{}
	g.Observe(h)
	table := func(n int64) exec.PlanInfo {
		return exec.PlanInfo{Tables: []exec.TableEstimate{{Table: "t", BytesLower: n, BytesUpper: n}}}
	}
	begin := func(group string) exec.QueryControl {
		t.Helper()
		c, err := g.Begin(t.Context(), exec.QueryInfo{ID: group, Workgroup: group, User: exec.UserInfo{Name: "ana"}, Kind: exec.DML, Started: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	expect := func(group, state string, r Reason) {
		t.Helper()
		if e := h.last(t); e.Workgroup != group || e.State != state || e.Refused != r || e.At.Before(e.Query.Started) {
			t.Fatalf("heard of %q %s %q %v, want %q %s %q", e.Workgroup, e.State, e.Refused, e.Err, group, state, r)
		}
	}
	refused := func(c exec.QueryControl, err error) {
		t.Helper()
		if err == nil {
			t.Fatal("not refused")
		}
		c.End(exec.Stats{Planning: time.Millisecond}, err)
	}
	for group, r := range map[string]Reason{"off": ByState, "theirs": ByChoosing, "none": ByChoosing} {
		if _, err := g.Begin(t.Context(), exec.QueryInfo{Workgroup: group, User: exec.UserInfo{Name: "ana"}}); err == nil {
			t.Fatal("not refused:", group)
		}
		if group != "off" {
			group = ""
		}
		expect(group, Failed, r)
	}
	c := begin("w")
	refused(c, c.Admit(t.Context(), table(1001)))
	expect("w", Cancelled, ByLimit)
	c = begin("w")
	refused(c, c.Reserve(t.Context(), store.ReadData, 1001))
	expect("w", Cancelled, ByLimit)
	c = begin("b")
	refused(c, c.Admit(t.Context(), table(501)))
	expect("b", Cancelled, ByBudget)
	c = begin("b")
	filter := table(1)
	filter.Refused = fault.New(fault.CodeLimitExceeded, "Filter required").WithHint("WHERE dt = 1")
	err := c.Admit(t.Context(), filter)
	if f := fault.As(err); f.Message != "Filter required" || f.Hint != "WHERE dt = 1" {
		t.Errorf("%+v", f)
	}
	refused(c, err)
	expect("b", Cancelled, ByFilter)

	runs := begin("w")
	if err := runs.Admit(t.Context(), table(1)); err != nil {
		t.Fatal(err)
	}
	waits, over := begin("w"), begin("w")
	done := make(chan error)
	go func() { done <- waits.Admit(t.Context(), table(1)) }()
	for !queued(g, "w") {
		time.Sleep(time.Millisecond)
	}
	refused(over, over.Admit(t.Context(), table(1)))
	expect("w", Failed, ByLength)
	refused(waits, <-done)
	expect("w", Cancelled, ByWait)
	runs.End(exec.Stats{Planning: time.Second, Queued: time.Second, BytesScanned: 1}, nil)
	expect("w", Succeeded, "")
	e := h.last(t)
	if d := e.Running.Sub(e.Admitted); d != time.Second || e.Admitted.Sub(e.Query.Started) != time.Second || e.Billed != billedMinimum || len(e.Tables) != 1 {
		t.Fatalf("%+v", e)
	}
}

func queued(g *Governor, group string) bool {
	for _, q := range g.Queues() {
		if q.Workgroup == group && q.Queued > 0 {
			return true
		}
	}
	return false
}

// TestPhasesOfWhatWasNotPlanned: a command runs from its start, a query that fails
// before it has a plan never runs.
func TestPhasesOfWhatWasNotPlanned(t *testing.T) {
	g, h := newGovernor(t, nil), &heard{}
	g.Observe(h)
	for _, x := range []struct {
		kind exec.Kind
		err  error
		runs bool
	}{
		{exec.DDL, nil, true},
		{exec.DDL, errors.New("x"), true},
		{exec.DML, nil, true},
		{exec.DML, fault.New(fault.CodeUndefinedTable, "x"), false},
	} {
		c, err := g.Begin(t.Context(), exec.QueryInfo{Kind: x.kind, Started: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		c.End(exec.Stats{}, x.err)
		if e := h.last(t); !e.Admitted.IsZero() || e.Running.IsZero() == x.runs {
			t.Errorf("%s with %v: admitted %v, running %v", x.kind, x.err, e.Admitted, e.Running)
		}
	}
}
