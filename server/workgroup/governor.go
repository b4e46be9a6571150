package workgroup

import (
	"context"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
)

// The states of a finished query.
const (
	Succeeded = "SUCCEEDED"
	Failed    = "FAILED"
	Cancelled = "CANCELLED"
)

// History keeps finished queries; meta.Store is one. The governor's one
// background goroutine calls it, with one or more records.
type History interface {
	InsertQueries(ctx context.Context, rs ...meta.QueryRecord) error
}

// Governor is the exec.Governor of a server. Make it with New; Close it after
// the engine, so that the last queries are written.
type Governor struct {
	log     *slog.Logger
	history History

	mu     sync.RWMutex // guards groups, byUser
	groups map[string]*Setting
	byUser map[string]string

	records chan meta.QueryRecord
	flushes chan chan struct{}
	done    chan struct{}
}

// historyQueue is how many finished queries may wait to be written; beyond it
// a query's end waits.
const historyQueue = 1024

// New makes a governor with the given workgroups (primary is added if it is not
// among them). history may be nil: nothing is kept.
func New(settings []Setting, history History, log *slog.Logger) (*Governor, error) {
	g := &Governor{log: log, history: history, records: make(chan meta.QueryRecord, historyQueue),
		flushes: make(chan chan struct{}), done: make(chan struct{})}
	if err := g.Apply(settings); err != nil {
		return nil, err
	}
	go g.write()
	return g, nil
}

// Apply replaces the workgroups. Queries that run keep the limits they began with.
func (g *Governor) Apply(settings []Setting) error {
	groups, byUser := map[string]*Setting{}, map[string]string{}
	for _, s := range settings {
		if err := s.Validate(); err != nil {
			return err
		}
		if groups[s.Name] != nil {
			return fault.New(fault.CodeDuplicateObject, "workgroup %q is defined twice", s.Name)
		}
		groups[s.Name] = &s
		for _, u := range s.Users {
			if other, ok := byUser[u]; ok {
				return fault.New(fault.CodeDuplicateObject, "user %q is in the workgroups %q and %q", u, other, s.Name)
			}
			byUser[u] = s.Name
		}
	}
	if groups[Primary] == nil {
		groups[Primary] = &Setting{Name: Primary, State: Enabled}
	}
	g.mu.Lock()
	g.groups, g.byUser = groups, byUser
	g.mu.Unlock()
	return nil
}

// Settings gives the workgroups by name.
func (g *Governor) Settings() []Setting {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := make([]Setting, 0, len(g.groups))
	for _, s := range g.groups {
		out = append(out, *s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Begin implements exec.Governor.
func (g *Governor) Begin(_ context.Context, q exec.QueryInfo) (exec.QueryControl, error) {
	s, err := g.choose(q)
	if err != nil {
		return nil, err
	}
	if s.State == Disabled {
		return nil, fault.New(fault.CodeInsufficientPriv, "workgroup %q is disabled", s.Name).
			WithHint("Choose another one with SET workgroup.")
	}
	limit, err := s.cutoff()
	if err != nil {
		return nil, err
	}
	return &control{meter: meter{group: s.Name, limit: limit}, governor: g, query: q}, nil
}

// CheckWorkgroup implements exec.Governor.
func (g *Governor) CheckWorkgroup(name string) error {
	_, err := g.choose(exec.QueryInfo{Workgroup: name})
	return err
}

// choose gives the session's workgroup, else the user's, else primary.
func (g *Governor) choose(q exec.QueryInfo) (*Setting, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	name := q.Workgroup
	if name == "" {
		name = g.byUser[q.User]
	}
	if name == "" {
		name = Primary
	}
	if s := g.groups[name]; s != nil {
		return s, nil
	}
	names := make([]string, 0, len(g.groups))
	for n := range g.groups {
		names = append(names, n)
	}
	sort.Strings(names)
	e := fault.New(fault.CodeUndefinedObject, "workgroup %q does not exist", name)
	if near := fault.Nearest(name, names); near != "" {
		return nil, e.WithHint("Did you mean %q?", near)
	}
	return nil, e.WithHint("Workgroups: %s.", strings.Join(names, ", "))
}

// Flush waits until every query that ended before is in the history.
func (g *Governor) Flush() {
	ack := make(chan struct{})
	select {
	case g.flushes <- ack:
		<-ack
	case <-g.done:
	}
}

// Close writes what is left of the history and ends the background goroutine.
// No query may be running.
func (g *Governor) Close() {
	close(g.records)
	<-g.done
}

// write moves finished queries to the history, as many at a time as wait.
func (g *Governor) write() {
	defer close(g.done)
	var batch []meta.QueryRecord
	for {
		var ack chan struct{}
		select {
		case r, ok := <-g.records:
			if !ok {
				return
			}
			batch = append(batch, r)
		case ack = <-g.flushes:
		}
		for len(g.records) > 0 {
			if r, ok := <-g.records; ok {
				batch = append(batch, r)
			}
		}
		if g.history != nil && len(batch) > 0 {
			if err := g.history.InsertQueries(context.Background(), batch...); err != nil {
				g.log.Error("query history not written", "queries", len(batch), "error", err)
			}
		}
		batch = batch[:0]
		if ack != nil {
			close(ack)
		}
	}
}

// control is one admitted query.
type control struct {
	meter
	governor *Governor
	query    exec.QueryInfo
}

// Check implements exec.QueryControl.
func (c *control) Check(est []exec.TableEstimate) error { return c.check(est) }

// Limit implements exec.QueryControl.
func (c *control) Limit() int64 { return c.limit }

// End implements exec.QueryControl.
func (c *control) End(st exec.Stats, err error) {
	r := meta.QueryRecord{ID: c.query.ID, User: c.query.User, Workgroup: c.group, Database: c.query.Database, SQL: c.query.SQL,
		State: Succeeded, Started: c.query.Started, Ended: time.Now(), BytesScanned: c.data.Load(),
		BytesMetadata: c.footers.Load(), Requests: c.requests.Load(), FilesTotal: st.FilesTotal, FilesRead: st.FilesRead,
		PartitionsTotal: st.PartitionsTotal, PartitionsRead: st.PartitionsRead, RowsRead: st.RowsRead, RowsReturned: st.RowsReturned,
		PeakMemory: st.PeakMemory}
	if err != nil {
		f := fault.As(err)
		r.State, r.ErrorCode, r.Error = Failed, string(f.Code), f.Error()
		// Athena, too, calls a query that ran into its limit cancelled.
		if f.Kind == fault.Canceled || f.Code == fault.CodeLimitExceeded {
			r.State = Cancelled
		}
	}
	c.governor.records <- r
}
