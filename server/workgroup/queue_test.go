package workgroup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// scans is a plan that reads at most n bytes of a file.
func scans(n int64) exec.PlanInfo {
	return exec.PlanInfo{Tables: []exec.TableEstimate{{Database: "d", Table: "t", BytesUpper: n}}}
}

var session atomic.Uint64

// job is a query on its way.
type job struct {
	c      exec.QueryControl
	id     string
	cancel context.CancelCauseFunc
	got    chan error // from Admit
}

// submit begins a query of a session of its own and lets it ask for its turn.
func submit(t *testing.T, g *Governor, group, id string, bytes int64) *job {
	t.Helper()
	return submitOf(t, g, group, id, bytes, session.Add(1))
}

func submitOf(t *testing.T, g *Governor, group, id string, bytes int64, sess uint64) *job {
	t.Helper()
	return submitQuery(t, g, exec.QueryInfo{ID: id, Workgroup: group, SessionID: sess, Kind: exec.DML, Started: time.Now()}, bytes)
}

func submitQuery(t *testing.T, g *Governor, info exec.QueryInfo, bytes int64) *job {
	t.Helper()
	id := info.ID
	c, err := g.Begin(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	j := &job{c: c, id: id, cancel: cancel, got: make(chan error, 1)}
	t.Cleanup(func() { cancel(nil) })
	go func() { j.got <- c.Admit(ctx, scans(bytes)) }()
	waitFor(t, func() bool { // it runs or waits
		for _, q := range g.Running() {
			if q.ID == id {
				return q.State != Planning || len(j.got) > 0 // or it was refused
			}
		}
		return true
	})
	return j
}

func (j *job) runs(t *testing.T) {
	t.Helper()
	select {
	case err := <-j.got:
		if err != nil {
			t.Fatalf("%s: %v, want its turn", j.id, err)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("%s still waits", j.id)
	}
}

func (j *job) refused(t *testing.T, code fault.Code, text string) {
	t.Helper()
	select {
	case err := <-j.got:
		if err == nil || !fault.Is(err, code) || !strings.Contains(err.Error(), text) {
			t.Fatalf("%s: %v, want %s with %q", j.id, err, code, text)
		}
		j.c.End(exec.Stats{}, err)
	case <-time.After(5 * time.Second):
		t.Fatalf("%s still waits", j.id)
	}
}

func (j *job) end() { j.c.End(exec.Stats{}, nil) }

func waitFor(t *testing.T, f func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not happen in 5 seconds")
		}
	}
}

// order gives the queries that wait, by position, as "a1 b2 ...".
func order(g *Governor) string {
	var out []string
	for _, q := range g.Running() {
		if q.State == Queued {
			out = append(out, fmt.Sprintf("%s%d", q.ID, q.Position))
		}
	}
	return strings.Join(out, " ")
}

// empty checks that nothing is left in the queues.
func empty(t *testing.T, g *Governor) {
	t.Helper()
	qs := g.queues
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if qs.running != 0 || qs.waiting != 0 || len(qs.sessions) != 0 || len(g.running.list) != 0 {
		t.Errorf("left over: %d run, %d wait, %d sessions, %d queries", qs.running, qs.waiting, len(qs.sessions), len(g.running.list))
	}
	for name, q := range qs.groups {
		if q.running != 0 || q.lane != 0 || len(q.waiting) != 0 {
			t.Errorf("left over in %s: %d run, %d in the lane, %d wait", name, q.running, q.lane, len(q.waiting))
		}
	}
}

func TestQueueIsFirstComeFirstServed(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Concurrency: 2, QueueLength: 3})
	a, b := submit(t, g, "w", "a", 1), submit(t, g, "w", "b", 1)
	a.runs(t)
	b.runs(t)
	c, d, e := submit(t, g, "w", "c", 1), submit(t, g, "w", "d", 1), submit(t, g, "w", "e", 1)
	if got := order(g); got != "c1 d2 e3" {
		t.Fatalf("queue %q, want c1 d2 e3", got)
	}
	submit(t, g, "w", "f", 1).refused(t, fault.CodeTooManyConnections, "2 run and 3 wait")
	d.cancel(errors.New("enough"))
	if err := <-d.got; err == nil || err.Error() != "enough" {
		t.Fatalf("a canceled query got %v", err)
	}
	d.end()
	if got := order(g); got != "c1 e2" {
		t.Fatalf("queue %q after a cancel, want c1 e2", got)
	}
	b.end()
	c.runs(t)
	a.end()
	e.runs(t)
	c.end()
	e.end()
	empty(t, g)
}

func TestWhatReadsNoFilesDoesNotWait(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Concurrency: 1})
	submit(t, g, "w", "a", 1).runs(t)
	for _, q := range []struct {
		kind exec.Kind
		plan exec.PlanInfo
	}{{exec.DML, exec.PlanInfo{}}, {exec.Utility, scans(5)}} {
		c, err := g.Begin(t.Context(), exec.QueryInfo{Workgroup: "w", Kind: q.kind})
		if err == nil {
			err = c.Admit(t.Context(), q.plan)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.End(exec.Stats{}, nil)
	}
}

func TestShortLane(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Concurrency: 1, ShortQuery: 100})
	a, b := submit(t, g, "w", "a", 1000), submit(t, g, "w", "b", 1000)
	a.runs(t)
	c, d := submit(t, g, "w", "c", 100), submit(t, g, "w", "d", 99)
	c.runs(t) // past b
	if got := order(g); got != "b1 d2" {
		t.Fatalf("queue %q, want b1 d2", got)
	}
	a.end()
	b.runs(t)
	c.end()
	d.runs(t)
	b.end()
	d.end()
	empty(t, g)
}

// TestSessionSharesItsTurn has a session whose cursor is open run more queries in
// a workgroup with one turn.
func TestSessionSharesItsTurn(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Concurrency: 1, ShortQuery: 10}, Setting{Name: "v"})
	g.queues.setLimit(1)
	cursor := submitOf(t, g, "w", "cursor", 1000, 1<<40)
	cursor.runs(t)
	other := submit(t, g, "w", "other", 1000)
	inner := submitOf(t, g, "w", "inner", 1000, 1<<40)
	inner.runs(t)
	elsewhere := submitOf(t, g, "v", "elsewhere", 1000, 1<<40)
	elsewhere.runs(t) // the server's only turn is the session's
	cursor.end()
	if got := order(g); got != "other1" {
		t.Fatalf("queue %q, want other1", got)
	}
	inner.end()
	elsewhere.end()
	other.runs(t)
	other.end()
	// The short lane is no way in for a long query.
	long := submit(t, g, "w", "long", 1000)
	long.runs(t)
	short := submitOf(t, g, "w", "short", 1, 1<<41)
	short.runs(t)
	sneaky := submitOf(t, g, "w", "sneaky", 1000, 1<<41)
	if got := order(g); got != "sneaky1" {
		t.Fatalf("queue %q, want sneaky1", got)
	}
	long.end()
	sneaky.runs(t)
	sneaky.end()
	short.end()
	empty(t, g)
}

// TestServerLimitIsShared lets a workgroup with a long queue and one with a short
// one take turns.
func TestServerLimitIsShared(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "a"}, Setting{Name: "b"})
	g.queues.setLimit(1)
	now := submit(t, g, "a", "a0", 1)
	now.runs(t)
	waiting := map[string]*job{}
	for _, id := range []string{"a1", "a2", "a3", "b1", "b2"} {
		waiting[id] = submit(t, g, id[:1], id, 1)
	}
	for _, id := range []string{"b1", "a1", "b2", "a2", "a3"} {
		now.end()
		now = waiting[id]
		now.runs(t)
	}
	now.end()
	empty(t, g)
}

func TestSettingsChangeWhileQueriesWait(t *testing.T) {
	set := Setting{Name: "w", Concurrency: 1}
	g := newGovernor(t, nil, set)
	apply := func(s ...Setting) {
		t.Helper()
		if err := g.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	a, b, c := submit(t, g, "w", "a", 1), submit(t, g, "w", "b", 1), submit(t, g, "w", "c", 1)
	a.runs(t)
	set.Concurrency = 2
	apply(set)
	b.runs(t)
	set.State = Disabled
	apply(set)
	c.refused(t, fault.CodeInsufficientPriv, "disabled")
	set.State = Enabled
	apply(set)
	d, e := submit(t, g, "w", "d", 1), submit(t, g, "w", "e", 1)
	set.QueueTimeout = Span(20 * time.Millisecond)
	apply(set)
	d.refused(t, fault.CodeQueryCanceled, "queue timeout of 20ms")
	e.refused(t, fault.CodeQueryCanceled, "queue timeout")
	set.QueueTimeout = 0
	apply(set)
	f := submit(t, g, "w", "f", 1)
	apply()
	f.refused(t, fault.CodeUndefinedObject, "was dropped")
	if q := g.Queues(); len(q) != 2 || q[1].State != "DROPPED" || q[1].Running != 2 {
		t.Errorf("queues %+v, want the dropped one with what runs", q)
	}
	a.end()
	b.end()
	if q := g.Queues(); len(q) != 1 {
		t.Errorf("queues %+v, want primary alone", q)
	}
	empty(t, g)
}

// TestQueueNotices wants a client told while it waits and afterwards.
func TestQueueNotices(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", Concurrency: 1})
	a := submit(t, g, "w", "a", 1)
	a.runs(t)
	told, after := make(chan *fault.Error, 1), make(chan *fault.Error, 1)
	c, err := g.Begin(t.Context(), exec.QueryInfo{ID: "b", Workgroup: "w", Kind: exec.DML,
		Notice: func(e *fault.Error) { after <- e }, NoticeNow: func(e *fault.Error) { told <- e }})
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() { got <- c.Admit(t.Context(), scans(1)) }()
	if e := <-told; e.Message != `the query is queued in workgroup "w" at position 1 (workgroup: 1 of 1 run)` {
		t.Errorf("told %q", e.Message)
	}
	a.end()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if e := <-after; !strings.Contains(e.Message, "for its turn in workgroup \"w\", at first at position 1") {
		t.Errorf("told %q afterwards", e.Message)
	}
	c.End(exec.Stats{}, nil)
	empty(t, g)
}

// TestRandomQueues runs many queries that end, are canceled or time out while
// settings change: no limit is passed, and everybody is served or refused.
func TestRandomQueues(t *testing.T) {
	const names = "abcd"
	settings := func(r *rand.Rand) (out []Setting) {
		for _, n := range names {
			s := Setting{Name: string(n), Concurrency: 1 + r.IntN(3), ShortQuery: Size(r.IntN(2) * 50), QueueLength: 5 + r.IntN(20)}
			if r.IntN(6) == 0 {
				s.State = Disabled
			}
			if r.IntN(4) == 0 {
				s.QueueTimeout = Span(time.Duration(1+r.IntN(5)) * time.Millisecond)
			}
			if r.IntN(10) > 0 {
				out = append(out, s)
			}
		}
		return out
	}
	r := rand.New(rand.NewPCG(1, 2))
	g := newGovernor(t, nil, settings(r)...)
	const most = 5
	g.queues.setLimit(most)
	var ordinary, served atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(i), 7))
			for range 60 {
				randomQuery(t, g, r, string(names[r.IntN(len(names))]), most, &ordinary, &served)
			}
		}()
	}
	stop := make(chan struct{})
	changing := make(chan struct{})
	go func() {
		defer close(changing)
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				if err := g.Apply(settings(r)); err != nil {
					t.Error(err)
				}
				g.Running()
				g.Queues()
			}
		}
	}()
	wg.Wait()
	close(stop)
	<-changing
	if served.Load() == 0 {
		t.Error("nothing was served")
	}
	empty(t, g)
}

func randomQuery(t *testing.T, g *Governor, r *rand.Rand, group string, most int64, ordinary, served *atomic.Int64) {
	c, err := g.Begin(t.Context(), exec.QueryInfo{Workgroup: group, Kind: exec.DML, SessionID: session.Add(1)})
	if err != nil {
		return // dropped or disabled
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if r.IntN(4) == 0 {
		time.AfterFunc(time.Duration(r.IntN(2000))*time.Microsecond, cancel)
	}
	err = c.Admit(ctx, scans(int64(r.IntN(200))))
	if err == nil {
		served.Add(1)
		var one int64
		if !c.(*control).waiter.Load().turn.short {
			one = 1
		}
		if n := ordinary.Add(one); n > most {
			t.Errorf("%d ordinary turns, want at most %d", n, most)
		}
		time.Sleep(time.Duration(r.IntN(300)) * time.Microsecond)
		ordinary.Add(-one)
	}
	c.End(exec.Stats{}, err)
}

// purse is memory that queries set aside.
type purse struct {
	mu   sync.Mutex // guards free
	free int64
}

// take gives what QueryInfo.SetAside is.
func (p *purse) take(n int64) func() (int64, bool) {
	return func() (int64, bool) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.free < n {
			return n, false
		}
		p.free -= n
		return n, true
	}
}

func (p *purse) give(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free += n
}

func submitFor(t *testing.T, g *Governor, group, id string, sess uint64, memory func() (int64, bool)) *job {
	t.Helper()
	return submitQuery(t, g, exec.QueryInfo{ID: id, Workgroup: group, SessionID: sess, Kind: exec.DML, Started: time.Now(), SetAside: memory}, 1)
}

// TestQueriesWaitForMemory: whose turn it is waits for its memory, nobody overtakes it,
// and memory that is given back while a query runs is seen too.
func TestQueriesWaitForMemory(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w"})
	p := &purse{free: 128 << 20}
	a := submitFor(t, g, "w", "a", 1001, p.take(64<<20))
	b := submitFor(t, g, "w", "b", 1002, p.take(64<<20))
	a.runs(t)
	b.runs(t)
	c := submitFor(t, g, "w", "c", 1003, p.take(64<<20))
	d := submitFor(t, g, "w", "d", 1004, p.take(0)) // though there is enough for it
	if got := order(g); got != "c1 d2" {
		t.Fatalf("queue %q, want c1 d2", got)
	}
	if why := g.Waits("c"); why != "memory: 64 MB are not free" {
		t.Fatalf("c waits for %q", why)
	}
	submitFor(t, g, "w", "a2", 1001, p.take(1<<20)).runs(t) // of a session that has a turn
	p.give(64 << 20)                                        // b spilled
	c.runs(t)
	d.runs(t)
	a.end()
	b.end()
	c.end()
	d.end()
}

// TestAloneWithoutMemory: a query that nobody can give memory goes without.
func TestAloneWithoutMemory(t *testing.T) {
	g := newGovernor(t, nil, Setting{Name: "w", QueueTimeout: Span(50 * time.Millisecond)})
	p := &purse{}
	a := submitFor(t, g, "w", "a", 1001, p.take(1))
	a.runs(t)
	b := submitFor(t, g, "w", "b", 1002, p.take(5<<20))
	err := <-b.got
	if f := fault.As(err); !fault.Is(err, fault.CodeQueryCanceled) || !strings.Contains(f.Detail, "memory: 5 MB are not free") {
		t.Fatalf("%v, want the queue's timeout with what it waited for", err)
	}
	b.c.End(exec.Stats{}, err)
	a.end()
	empty(t, g)
}
