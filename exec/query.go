package exec

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/build"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/explain"
	"github.com/glauxdb/glaux/planner/plan"
)

// running is a query from its admission to its end.
type running struct {
	e        *Engine
	id       string
	sql      string // of the statement
	user     string // whose query it is
	powerful bool   // user is a superuser without being a role
	ctx      context.Context
	cancel   context.CancelFunc
	control  QueryControl // nil without a governor
	profile  Profile      // of the query's workgroup
	meter    *meter
	mem      *mem.Account
	query    *op.Query
	spilled  spill.Stats
	session  *plan.Session
	started  time.Time
	abort    context.CancelCauseFunc
	waited   atomic.Int64 // nanoseconds in the governor's queue
	planned  atomic.Int64 // nanoseconds until the plan was made
	ready    atomic.Bool  // meter, mem and query are there
	log      *slog.Logger
	release  func()               // the engine's count of queries
	pins     []*memtable.Snapshot // rows of temporary tables that are read
	rules    []string
	who      UserInfo    // user with its roles
	reused   atomic.Bool // the rows are those of an earlier run
	// askedNow is set when a value depends on the clock, see kernel.EvalCtx.
	askedNow atomic.Bool

	endings   sync.Mutex // guards whenEnded
	whenEnded []func()   // see kernel.EvalCtx
}

// atEnd has f called when the query has ended.
func (r *running) atEnd(f func()) {
	r.endings.Lock()
	defer r.endings.Unlock()
	r.whenEnded = append(r.whenEnded, f)
}

type queryIDKey struct{}

// WithQueryID has the next statement that runs under ctx carry this ID, which
// nothing else may have had: whoever gave a client an ID before the query began.
func WithQueryID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, queryIDKey{}, id)
}

func queryID(ctx context.Context) string {
	if id, ok := ctx.Value(queryIDKey{}).(string); ok {
		return id
	}
	return uuid.NewString()
}

// start admits a query: identity, time limit, meter, memory.
func (s *Session) start(ctx context.Context, kind Kind, sql string) (*running, error) {
	release, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	r := &running{e: s.e, id: queryID(ctx), sql: sql, started: time.Now(), release: release, user: s.currentUser(), powerful: s.bootstrap}
	r.log = s.e.o.Logger.With("query_id", r.id)
	if r.session, err = s.snapshot(ctx, r.id); err != nil {
		release()
		return nil, err
	}
	if r.who, err = s.userInfo(ctx); err != nil {
		release()
		return nil, err
	}
	limit := s.timeout()
	if ctx.Value(untimedKey{}) != nil {
		limit = 0
	}
	r.limitTime(ctx, limit)
	s.act.query(r.id)
	s.e.queries.Store(r.id, r)
	r.meter = &meter{}
	memory := int64(0)
	if g := s.e.o.Governor; g != nil {
		if r.control, err = s.govern(r, g, kind, sql); err != nil {
			s.e.queries.Delete(r.id)
			r.cancel()
			release()
			return nil, err
		}
		r.meter.control = r.control
		r.profile = r.control.Profile()
		if memory = r.control.Memory(); r.profile.RequesterPays {
			r.ctx = store.WithRequesterPays(r.ctx)
		}
	}
	r.ctx = store.WithShare(lake.WithStatement(store.WithMeter(r.ctx, r.meter)))
	r.mem = s.e.mem.Child("query", s.memoryLimit(memory))
	r.query = &op.Query{ID: r.id, Workers: s.e.o.Workers, Mem: r.mem, Log: r.log}
	s.prepareSpill(r)
	if v, _ := s.set.get(maxErrorSetting); v != "-1" {
		n, _ := strconv.ParseInt(v, 10, 64)
		r.query.Rejects.Limit(max(n, 1))
	}
	if v, _ := s.set.get(batchRows); v != "0" {
		r.query.BatchRows, _ = strconv.Atoi(v)
	}
	r.ready.Store(true)
	return r, nil
}

// maxErrorSetting is how many rows and values a query may leave out or change:
// Redshift Spectrum's name for it.
const maxErrorSetting = "spectrum_query_maxerror"

// govern has the governor take on a query.
func (s *Session) govern(r *running, g Governor, kind Kind, sql string) (QueryControl, error) {
	q := QueryInfo{ID: r.id, User: r.who, Database: s.database, Kind: kind, SQL: sql, ClientAddr: s.act.get().ClientAddr, PID: s.pid,
		SessionID: s.id, Started: r.started, Cancel: r.abort, Stats: r.sofar, Notice: s.notice, NoticeNow: s.noticeNow,
		SetAside: r.setAside}
	q.Workgroup, _ = s.set.get("workgroup")
	q.Tags = s.queryTags()
	q.Application, _ = s.set.get("application_name")
	format, _ := s.set.get(errorFormat)
	q.JSONErrors = format == "json"
	c, err := g.Begin(r.ctx, q)
	if err != nil {
		return nil, err
	}
	if limit := c.Timeout(); limit > 0 {
		timer := time.AfterFunc(limit, func() {
			r.abort(fault.New(fault.CodeQueryCanceled, "canceling statement due to the workgroup's query timeout of %s", limit))
		})
		end := r.cancel
		r.cancel = func() { timer.Stop(); end() }
	}
	return c, nil
}

// queryTags gives the words of the session's query_tags, each once.
func (s *Session) queryTags() []string {
	text, _ := s.set.get("query_tags")
	var out []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// timeout gives the session's statement_timeout, 0 for none.
func (s *Session) timeout() time.Duration { return s.milliseconds("statement_timeout") }

func (s *Session) milliseconds(setting string) time.Duration {
	v, _ := s.set.get(setting)
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// limitTime derives the query's context: it ends with the caller's, with the
// engine, or when the time is up.
func (r *running) limitTime(ctx context.Context, limit time.Duration) {
	inner, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(r.e.ctx, func() { cancel(context.Cause(r.e.ctx)) })
	r.ctx, r.abort = inner, cancel
	r.cancel = func() { stop(); cancel(nil) }
	if limit > 0 {
		timer := time.AfterFunc(limit, func() {
			cancel(fault.New(fault.CodeQueryCanceled, "canceling statement due to statement timeout"))
		})
		end := r.cancel
		r.cancel = func() { timer.Stop(); end() }
	}
}

// end settles the accounts; st is what the query did.
func (r *running) end(st Stats, err error) {
	r.cancel()
	for _, p := range r.pins {
		p.Close()
	}
	for _, f := range r.whenEnded {
		f()
	}
	if r.query.Spill != nil {
		r.query.Spill.Close()
	}
	r.mem.Close()
	if r.control != nil {
		r.control.End(st, err)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Internal {
		r.log.Error("query failed because of a bug", "error", err, "detail", f.Detail)
	}
	r.log.Debug("query ended", "rows", st.RowsReturned, "bytes", st.BytesScanned, "elapsed", time.Since(r.started), "error", err)
	r.e.queries.Delete(r.id)
	r.e.forget(r.session)
	r.release()
}

// fail ends a query that did not get as far as a Result.
func (r *running) fail(err error) error {
	if cause := context.Cause(r.ctx); cause != nil && fault.Is(cause, fault.CodeQueryCanceled) && !isFault(err) {
		err = cause // the time was up while it was being planned
	}
	r.end(r.stats(), err)
	return err
}

// outcome is how a query ended: one whose context was done before its last row
// was canceled, even if its reader only closed the result.
func (r *running) outcome(res *Result, err error) error {
	if err == nil && res.err == nil && r.ctx.Err() != nil {
		return fault.As(context.Cause(r.ctx))
	}
	return err
}

func isFault(err error) bool {
	f := fault.As(err)
	return f != nil && f.Code != fault.CodeQueryCanceled && f.Kind != fault.Internal
}

// stats gives what the query did so far.
func (r *running) stats() Stats {
	c := &r.query.Counters
	st := Stats{RowsRead: c.RowsRead.Load(), BytesScanned: r.meter.data.Load(), BytesMetadata: r.meter.metadata.Load(),
		Requests: r.meter.requests.Load(), FilesTotal: c.FilesTotal.Load(), FilesRead: c.FilesRead.Load(),
		PartitionsTotal: c.PartitionsTotal.Load(), PartitionsRead: c.PartitionsRead.Load(), PeakMemory: r.mem.Peak(), Spilled: r.spilled.Written.Load(),
		GroupsRead: c.Reads.Groups.Load(), PagesRead: c.Reads.Pages.Load(), Batches: c.Reads.Batches.Load(),
		BytesCached: r.meter.cached.Load(), Planning: time.Duration(r.planned.Load()), Queued: time.Duration(r.waited.Load()),
		Reused: r.reused.Load(), Events: r.meter.Load()}
	if r.control != nil {
		st.BytesLimit = r.control.Limit()
	}
	return st
}

// sofar is stats for other goroutines, which may ask before there is anything.
func (r *running) sofar() Stats {
	if !r.ready.Load() {
		return Stats{}
	}
	return r.stats()
}

// plan makes the query executable and has its estimate checked. A panic in the
// planner is this query's error.
func (r *running) plan(q *plan.Query, params []types.Value) (*plan.Query, error) {
	out, err := r.optimize(q, params)
	if err != nil {
		return out, err
	}
	return out, r.admit(out)
}

// optimize makes the query executable and asks nobody.
func (r *running) optimize(q *plan.Query, params []types.Value) (out *plan.Query, err error) {
	err = op.Protect(r.log, r.id, func() error {
		if out, r.rules, err = r.e.planner.OptimizeTraced(r.ctx, r.session, q, params); err != nil {
			return err
		}
		out.Root, r.pins = pinTemps(out.Root)
		return nil
	})
	return out, err
}

// admit refuses a plan that needs a condition on a partition key, shows it to the
// governor, if there is one, and waits for the query's turn.
func (r *running) admit(q *plan.Query) error {
	return op.Protect(r.log, r.id, func() error { return r.wait(q) })
}

func (r *running) wait(q *plan.Query) error {
	asked := time.Now()
	r.planned.Store(int64(asked.Sub(r.started)))
	tables := r.estimates(q.Root)
	refused := r.needsFilter(tables)
	if r.control == nil {
		return refused
	}
	err := r.control.Admit(r.ctx, PlanInfo{Tables: tables, Refused: refused, System: readsSystemOnly(q.Root), Text: func() string {
		return strings.Join(explain.Text(explain.New(q.Root, explain.Options{})), "\n")
	}})
	r.waited.Store(int64(time.Since(asked)))
	return err
}

// build makes the pipelines and starts them.
func (r *running) build(q *plan.Query, trace bool) (*op.Stream, *build.Plan, error) {
	p, err := r.pipelines(q, trace)
	if err != nil {
		return nil, nil, err
	}
	return op.Start(r.ctx, r.query, p.Root, p.Inline), p, nil
}

func (r *running) pipelines(q *plan.Query, trace bool) (p *build.Plan, err error) {
	err = op.Protect(r.log, r.id, func() error {
		ids := make([]plan.ColID, len(q.Columns))
		for i, c := range q.Columns {
			ids[i] = c.ID
		}
		env := build.Env{Query: r.query, Session: r.session, OpenFile: r.open, Trace: trace,
			Eval: &kernel.EvalCtx{Session: r.session, Catalog: r.e.catalogInfo(r.session), Done: r.ctx.Done(), AskedNow: &r.askedNow,
				Mem: r.mem, AtEnd: r.atEnd, Cause: func() error { return context.Cause(r.ctx) }}}
		p, err = build.Build(env, q.Root, ids)
		return err
	})
	return p, err
}

func (r *running) open(ctx context.Context, f *lake.File) (formats.File, error) {
	return r.e.o.Lake.Open(ctx, f)
}

// runQuery plans a query and starts it.
func (s *Session) runQuery(ctx context.Context, sql string, q *plan.Query, params []types.Value) (*Result, error) {
	return s.runOver(ctx, sql, q, params, nil)
}

// runOver is runQuery for a query that reads the rows that its statement has
// changed.
func (s *Session) runOver(ctx context.Context, sql string, q *plan.Query, params []types.Value, changed func([]int) formats.Source) (*Result, error) {
	r, err := s.start(ctx, kindOfText(sql), sql)
	if err != nil {
		return nil, err
	}
	r.session.Changed = changed
	if q, err = r.optimize(q, params); err != nil {
		return nil, r.fail(err)
	}
	u, _, err := s.reusing(r, q)
	if err != nil {
		return nil, r.fail(err)
	}
	if u != nil {
		if hit := s.e.kept.Find(u.key, u.since); hit != nil {
			return s.give(r, q, hit), nil
		}
	}
	if err := r.admit(q); err != nil {
		return nil, r.fail(err)
	}
	stream, _, err := r.build(q, false)
	if err != nil {
		return nil, r.fail(err)
	}
	if u != nil {
		return s.resultOf(r, q, s.keeping(u, r, q, sql, stream), nil), nil
	}
	return s.resultOf(r, q, stream, nil), nil
}

// resultOf is the result of a query that runs. warnings go with rows that an
// earlier run made.
func (s *Session) resultOf(r *running, q *plan.Query, rows rowStream, warnings []*fault.Error) *Result {
	res := &Result{cols: orNone(q.Columns), rows: rows, tag: q.Tag(), counted: q.Tag() == "SELECT", stats: r.stats, notices: warnings}
	reports := s.reportsScan()
	res.end = func(err error) {
		if w := r.query.Rejects.Warning(); w != nil {
			res.notices = append(res.notices, w)
		}
		if reports {
			res.notices = append(res.notices, scanReport(res.Stats()))
		}
		r.end(res.Stats(), r.outcome(res, err)) // which may notice something, too
		res.notices = append(res.notices, s.takeNotices()...)
	}
	return res
}
