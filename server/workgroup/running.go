package workgroup

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/glauxdb/glaux/exec"
)

// The states of a query that has not ended.
const (
	Planning = "PLANNING"
	Queued   = "QUEUED"
	Running  = "RUNNING"
)

// RunningQuery is a query between its beginning and its end.
type RunningQuery struct {
	exec.QueryInfo
	Group    string    // its workgroup
	State    string    // PLANNING, QUEUED or RUNNING
	Position int       // in its queue, from 1; 0: it does not wait
	Reason   string    // why it waits
	Queued   time.Time // since when; zero if it never had to wait
	Running  time.Time // since when; zero before
	Short    bool      // it has or waits for the short lane
	Limit    int64     // of bytes scanned; 0: none
	// What it will scan at least and at most; Planned tells whether that is known.
	Planned                bool
	BytesLower, BytesUpper int64
	Done                   exec.Stats // so far
}

// running are the queries that have not ended, by their IDs.
type running struct {
	mu   sync.Mutex // guards list
	list map[string]*control
}

func (r *running) add(c *control) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = map[string]*control{}
	}
	r.list[c.query.ID] = c
}

func (r *running) remove(c *control) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.list, c.query.ID)
}

func (r *running) find(id string) *control {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list[id]
}

func (r *running) all() []*control {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*control, 0, len(r.list))
	for _, c := range r.list {
		out = append(out, c)
	}
	return out
}

// Waits says why a query waits for its turn; "" if it does not.
func (g *Governor) Waits(id string) string {
	c := g.running.find(id)
	if c == nil || c.phase.Load() != phaseQueued {
		return ""
	}
	w := c.waiter.Load()
	if w == nil { // of the two waits the one for budgets comes first
		return c.budgetWait.Load().why()
	}
	g.queues.mu.Lock()
	defer g.queues.mu.Unlock()
	return cmp.Or(g.queues.why(w), "queue")
}

// Running lists the queries that have not ended, the oldest first.
func (g *Governor) Running() []RunningQuery {
	list := g.running.all()
	out := make([]RunningQuery, len(list))
	g.queues.mu.Lock()
	at := g.queues.positions()
	for i, c := range list {
		out[i] = c.shown(at)
	}
	g.queues.mu.Unlock()
	for i := range out {
		if f := out[i].Stats; f != nil {
			out[i].Done = f()
		}
	}
	slices.SortFunc(out, func(a, b RunningQuery) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// shown describes the query as it is; the queues are locked.
func (c *control) shown(at map[*waiter]int) RunningQuery {
	r := RunningQuery{QueryInfo: c.query, Group: c.group.Name, Limit: c.Limit(), State: Planning}
	w, phase := c.waiter.Load(), c.phase.Load()
	if w != nil {
		r.Short = w.short
		if w.first > 0 {
			r.Queued = w.since
		}
		if r.Position = at[w]; r.Position > 0 {
			r.Reason = c.governor.queues.why(w)
		}
	}
	if b := c.budgetWait.Load(); b != nil {
		r.Queued = b.since
		if w == nil && phase == phaseQueued {
			r.Reason = b.why()
		}
	}
	if b := c.bounds.Load(); b != nil {
		r.Planned, r.BytesLower, r.BytesUpper = true, b.lower, b.upper
	}
	switch phase {
	case phaseQueued:
		r.State = Queued
	case phaseRunning:
		r.State = Running
		r.Running = time.UnixMicro(c.started.Load())
	}
	return r
}

// Waited is how long the query has waited for its turn, until now if it still
// does.
func (r *RunningQuery) Waited(now time.Time) time.Duration {
	switch {
	case r.Queued.IsZero():
		return 0
	case r.Running.IsZero():
		return now.Sub(r.Queued)
	}
	return r.Running.Sub(r.Queued)
}

// QueueState is how full a workgroup is.
type QueueState struct {
	Workgroup   string
	State       string // ENABLED, DISABLED, or DROPPED while queries of it run
	Running     int    // sessions that have a turn of the workgroup's
	Concurrency int    // turns; 0: any number
	Short       int    // turns of the short lane that are taken
	Queued      int
	Length      int           // how many may wait
	Longest     time.Duration // since the first of the queue came
}

// Queues tells how full the workgroups are, by name.
func (g *Governor) Queues() []QueueState {
	qs, now := g.queues, time.Now()
	qs.mu.Lock()
	defer qs.mu.Unlock()
	out := make([]QueueState, 0, len(qs.groups))
	for name, q := range qs.groups {
		s := QueueState{Workgroup: name, State: q.set.State, Running: q.running, Concurrency: q.set.Concurrency, Short: q.lane,
			Queued: len(q.waiting), Length: q.length()}
		if q.dropped {
			s.State = "DROPPED"
		}
		if len(q.waiting) > 0 {
			s.Longest = now.Sub(q.waiting[0].since)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b QueueState) int { return cmp.Compare(a.Workgroup, b.Workgroup) })
	return out
}
