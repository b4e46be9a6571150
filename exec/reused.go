package exec

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/exec/reuse"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// ReuseLimits bound the memory of kept results. Nothing is kept if one of them is 0.
type ReuseLimits = reuse.Limits

// DefaultReuseLimits hold where nobody says otherwise.
func DefaultReuseLimits() ReuseLimits { return reuse.DefaultLimits }

// KeptResult describes a result that may be given again.
type KeptResult = reuse.Info

// KeptResults lists the kept results, the one used last first.
func (e *Engine) KeptResults() []KeptResult { return e.kept.List() }

// reuseSetting is how old a result may be that is given instead of running the
// query, in seconds; 0: none is given and none kept; -1: as the workgroup says.
const reuseSetting = "result_reuse"

// reusing is a query that may be answered by a kept result, and whose own result
// may be kept.
type reusing struct {
	key   reuse.Key
	since time.Time // when a run must have begun to be young enough
}

// reusing tells how a planned query takes part in the reuse of results; nil: not at
// all, for a reason that why names if it is the query itself.
func (s *Session) reusing(r *running, q *plan.Query) (u *reusing, why string, err error) {
	if s.e.kept == nil || r.session.Changed != nil {
		return nil, "", nil
	}
	age := s.reuseAge(r)
	if age <= 0 {
		return nil, "", nil
	}
	u = &reusing{since: r.started.Add(-age)}
	if u.key, why = reuse.KeyOf(q, s.answersDependOn(r)); why != "" {
		return nil, why, nil
	}
	return u, "", nil
}

// reuseAge is the greatest age of a result that may be given.
func (s *Session) reuseAge(r *running) time.Duration {
	v, _ := s.set.get(reuseSetting)
	if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	return r.profile.Reuse
}

// noAnswer are the settings that no row depends on. All others count, so that one
// that is new does.
var noAnswer = []string{"application_name", "client_encoding", "client_min_messages", "default_transaction_isolation",
	"default_transaction_read_only", "glaux.error_format", reportSetting, "idle_in_transaction_session_timeout", "idle_session_timeout",
	"lock_timeout", "password_encryption", filterSetting, "query_tags", reuseSetting, "statement_timeout", "temp_table_memory", "transaction_isolation",
	"transaction_read_only", "workgroup"}

// answerSettings are the others, without those that are only accepted.
var answerSettings = func() []string {
	var out []string
	for i := range ownSettings {
		if name := strings.ToLower(ownSettings[i].name); ownSettings[i].context != "internal" && !slices.Contains(noAnswer, name) {
			out = append(out, name)
		}
	}
	return out
}()

// answersDependOn is what the rows of a query depend on besides its plan and files.
func (s *Session) answersDependOn(r *running) []string {
	p := r.session
	roles := slices.Sorted(slices.Values(r.who.Roles))
	out := []string{r.who.Name, strconv.FormatBool(r.who.Superuser), p.SessionUser, p.Database, p.Dialect.String(), p.TimeZone.String(),
		fmt.Sprintf("%+v", p.Style), strconv.Itoa(len(roles))}
	out = append(out, roles...)
	for _, name := range answerSettings {
		v, _ := s.set.get(name)
		out = append(out, name, v)
	}
	return out
}

// give makes the result of a kept one: it reads nothing and waits for nobody.
func (s *Session) give(r *running, q *plan.Query, hit *reuse.Hit) *Result {
	c := &r.query.Counters
	c.FilesTotal.Store(hit.FilesTotal)
	c.PartitionsTotal.Store(hit.PartitionsTotal)
	r.meter.cached.Add(hit.Scanned)
	r.reused.Store(true)
	r.planned.Store(int64(time.Since(r.started)))
	rows := &givenRows{Reader: hit.Rows(), hit: hit, query: r.ctx}
	var warnings []*fault.Error
	for _, w := range hit.Warnings { // whoever gives notices on may add to them
		again := *w
		warnings = append(warnings, &again)
	}
	return s.resultOf(r, q, rows, warnings)
}

// givenRows reads a kept result until the query is canceled.
type givenRows struct {
	*memtable.Reader
	hit   *reuse.Hit
	query context.Context
}

func (g *givenRows) Next(ctx context.Context, b *vector.Batch) error {
	if g.query.Err() != nil {
		return context.Cause(g.query)
	}
	return g.Reader.Next(ctx, b)
}

// Ready: the rows are there.
func (g *givenRows) Ready() bool { return true }

// Close lets go of the rows.
func (g *givenRows) Close() error {
	err := g.Reader.Close()
	g.hit.Close()
	return err
}

// keptRows passes a query's rows on and copies them. Only those of a query that
// came to its end are kept.
type keptRows struct {
	rowStream
	w    *reuse.Writer
	done func()
}

func (k *keptRows) Next(ctx context.Context, b *vector.Batch) error {
	err := k.rowStream.Next(ctx, b)
	switch err {
	case nil:
		k.w.Add(b)
	case io.EOF:
		k.done()
	default:
		k.w.Drop()
	}
	return err
}

// Ready is the stream's own.
func (k *keptRows) Ready() bool {
	q, ok := k.rowStream.(interface{ Ready() bool })
	return ok && q.Ready()
}

func (k *keptRows) Close() error {
	k.w.Drop() // nothing, if it was kept
	return k.rowStream.Close()
}

// keeping has a query's rows kept when all of them were read.
func (s *Session) keeping(u *reusing, r *running, q *plan.Query, sql string, rows rowStream) rowStream {
	ts := make([]types.Type, len(q.Columns))
	for i := range q.Columns {
		ts[i] = q.Columns[i].Type
	}
	w := s.e.kept.Begin(ts)
	run := reuse.Run{QueryID: r.id, SQL: sql, User: r.who.Name, Database: s.database, Began: r.started}
	return &keptRows{rowStream: rows, w: w, done: func() {
		if r.askedNow.Load() {
			w.Drop() // a text such as 'today' in the data: the answer is another one tomorrow
			return
		}
		st := r.stats()
		run.Took = time.Since(r.started)
		run.Scanned, run.Metadata = st.BytesScanned, st.BytesMetadata
		run.Files, run.FilesTotal = st.FilesRead, st.FilesTotal
		run.Partitions, run.PartitionsTotal = st.PartitionsRead, st.PartitionsTotal
		if warn := r.query.Rejects.Warning(); warn != nil {
			run.Warnings = []*fault.Error{warn}
		}
		w.Keep(u.key, run)
	}}
}

// reuseLine is what EXPLAIN says of a result that would be given; "" where results
// are not reused.
func (s *Session) reuseLine(r *running, q *plan.Query) (string, error) {
	u, why, err := s.reusing(r, q)
	switch {
	case err != nil:
		return "", err
	case why != "":
		return "Result reuse: no, " + why, nil
	case u == nil:
		return "", nil
	}
	info, ok := s.e.kept.Peek(u.key, u.since)
	if !ok {
		return "Result reuse: no result is kept", nil
	}
	at := info.Began.In(r.session.TimeZone)
	return fmt.Sprintf("Result reuse: the result of %s would be given (%d rows)", at.Format("2006-01-02 15:04:05"), info.Rows), nil
}
