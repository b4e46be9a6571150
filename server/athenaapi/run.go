package athenaapi

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
)

// run is an execution that has not ended.
type run struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu     sync.Mutex // guards the rest
	exec   execution  // its state without Statistics, which come from result
	result *exec.Result
	final  exec.Stats
	began  time.Time // when the engine took it on; zero before
	over   bool      // exec is final, but could not be written
}

// session is what a run needs to know of the request that began it.
type session struct {
	sql         string // the one statement
	addr, agent string // of the client
}

// register makes a run of an execution. Each must be worked on, or unregistered.
func (s *Server) register(e *execution) (*run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, fault.New(fault.CodeExternal, "the server is shutting down")
	}
	if len(s.runs) >= maxRuns {
		return nil, tooMany()
	}
	r := &run{exec: *e}
	r.ctx, r.cancel = context.WithCancelCause(s.ctx)
	s.runs[e.id()] = r
	s.active.Add(1)
	return r, nil
}

func (s *Server) unregister(id string) {
	s.mu.Lock()
	delete(s.runs, id)
	s.mu.Unlock()
}

// runOf gives a run; nil if there is none of this ID.
func (s *Server) runOf(id string) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}

// running gives an execution that has not ended as it is now; nil if there is none.
func (s *Server) running(id string) *execution {
	r := s.runOf(id)
	if r == nil {
		return nil
	}
	e := r.snapshot(s.now())
	if e.state() == athenatypes.QueryExecutionStateRunning && s.groups.Waits(id) != "" {
		st := *e.Query.Status
		st.State = athenatypes.QueryExecutionStateQueued
		e.Query.Status = &st
	}
	return e
}

// snapshot gives the execution with what the query did until now.
func (r *run) snapshot(now time.Time) *execution {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.exec
	if !r.over {
		st := r.final
		if r.result != nil {
			st = r.result.Stats()
		}
		e.Query.Statistics = statistics(&e, st, r.began, now)
	}
	return &e
}

// statistics writes what a query did as Athena tells it.
func statistics(e *execution, st exec.Stats, began, now time.Time) *athenatypes.QueryExecutionStatistics {
	ms := func(d time.Duration) *int64 { return aws.Int64(max(d, 0).Milliseconds()) }
	total := now.Sub(*e.Query.Status.SubmissionDateTime)
	engine := time.Duration(0)
	if !began.IsZero() {
		engine = now.Sub(began) + st.Planning
	}
	return &athenatypes.QueryExecutionStatistics{
		DataScannedInBytes: aws.Int64(st.BytesScanned), TotalExecutionTimeInMillis: ms(total), EngineExecutionTimeInMillis: ms(min(engine, total)),
		QueryQueueTimeInMillis: ms(st.Queued), QueryPlanningTimeInMillis: ms(st.Planning), ServicePreProcessingTimeInMillis: ms(max(total-engine-st.Queued, 0)),
		ServiceProcessingTimeInMillis: ms(0), DataManifestLocation: e.manifest(), ResultReuseInformation: &athenatypes.ResultReuseInformation{ReusedPreviousResult: st.Reused}}
}

// runs notes that the engine works on the query, and where it delivers its rows.
func (r *run) runs(result *exec.Result, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result = result
	if r.began.IsZero() {
		r.began = now
	}
	st := *r.exec.Query.Status
	st.State = athenatypes.QueryExecutionStateRunning
	r.exec.Query.Status = &st
}

// work runs an execution to its end and writes that down.
func (s *Server) work(r *run, o session) {
	defer s.active.Done()
	defer r.cancel(nil)
	err := s.execute(r, o)
	now := s.now().UTC()
	e := r.snapshot(now)
	s.ended(e, now, err)
	r.mu.Lock()
	r.exec, r.over, r.result = *e, true, nil
	r.mu.Unlock()
	s.record(e)
}

// record writes the end of an execution. What cannot be written stays in memory,
// where clients find it, and is tried again.
func (s *Server) record(e *execution) {
	if err := s.finish(context.WithoutCancel(s.ctx), e); err != nil {
		s.log.Error("the end of an execution of the Athena endpoint is not written", "query_id", e.id(), "error", err)
		return
	}
	s.unregister(e.id())
}

// execute runs the statement and writes its result.
func (s *Server) execute(r *run, o session) error {
	sess, err := s.open(r, o)
	if err != nil {
		return err
	}
	defer sess.Close()
	if c := readPrepared(o.sql); c != nil && c.verb != "EXECUTE" {
		if err := s.changePrepared(r.ctx, *r.exec.Query.WorkGroup, c); err != nil {
			return err
		}
		return s.write(r, noRows{})
	}
	sql, err := s.bindParameters(r, sess, o.sql)
	if err != nil {
		return err
	}
	p, err := sess.Prepare(r.ctx, sql, nil)
	if err != nil {
		return r.cause(err)
	}
	r.runs(nil, s.now())
	res, err := sess.Execute(exec.WithQueryID(r.ctx, r.exec.id()), p, nil)
	if err != nil {
		return r.cause(err)
	}
	r.runs(res, s.now())
	if r.exec.Form == formFiles {
		err = s.writeManifest(r, res.Written())
	} else {
		err = s.write(r, res)
	}
	res.Close()
	st := res.Stats()
	r.mu.Lock()
	r.result, r.final = nil, st
	r.exec.InputRows = st.RowsRead
	if r.exec.Form == formFiles {
		r.exec.Updated = updated(res.Tag())
		r.exec.OutputRows = r.exec.Updated
	}
	r.mu.Unlock()
	return r.cause(err)
}

// cause is why a query that was cancelled ended, or its own error.
func (r *run) cause(err error) error {
	if err == nil {
		return nil
	}
	if f := fault.As(err); f.Kind == fault.Canceled {
		if cause := context.Cause(r.ctx); cause != nil {
			return cause
		}
	}
	return err
}

// open makes the session of a run.
func (s *Server) open(r *run, o session) (*exec.Session, error) {
	settings := map[string]string{"dialect": "athena", "timezone": "UTC", "workgroup": *r.exec.Query.WorkGroup}
	if x := r.exec.Query.ResultReuseConfiguration; x != nil && x.ResultReuseByAgeConfiguration != nil {
		settings["result_reuse"] = reuseAge(x.ResultReuseByAgeConfiguration)
	}
	if db := contextDatabase(r.exec.Query.QueryExecutionContext); db != "" {
		settings["search_path"] = types.QuoteIdent(db)
	}
	return s.engine.NewSession(exec.SessionOptions{User: r.exec.User, Application: "athena " + o.agent, ClientAddr: o.addr, Settings: settings,
		Superuser: true, // a user that is no role has its key from the operator
		Tables:    r.exec.tablesOf(),
		Signal:    func(bool) { r.cancel(cancelled()) }})
}

// reuseAge gives the setting result_reuse for what a request says: Athena's age is
// 60 minutes where it names none.
func reuseAge(c *athenatypes.ResultReuseByAgeConfiguration) string {
	if !c.Enabled {
		return "0"
	}
	minutes := int32(60)
	if c.MaxAgeInMinutes != nil {
		minutes = *c.MaxAgeInMinutes
	}
	return strconv.Itoa(int(minutes) * 60)
}

// contextDatabase is the database of a request, which clients (awswrangler) may
// have put into the quotes of either dialect.
func contextDatabase(x *athenatypes.QueryExecutionContext) string {
	db := strings.ToLower(aws.ToString(x.Database))
	if n := len(db); n > 2 && (db[0] == '`' || db[0] == '"') && db[n-1] == db[0] {
		return db[1 : n-1]
	}
	return db
}

func cancelled() error { return fault.New(fault.CodeQueryCanceled, "Query cancelled by user") }

// parameterized is the name of the statement that parameters are put into.
const parameterized = "glaux_athena_parameters"

// bindParameters gives the statement that runs sql with the values of its ?, which
// come with the request or, in EXECUTE name USING ..., with the statement. They are
// expressions.
func (s *Server) bindParameters(r *run, sess *exec.Session, sql string) (string, error) {
	params := r.exec.Query.ExecutionParameters
	using := ""
	if c := readPrepared(sql); c != nil {
		p, err := s.prepared(r.ctx, *r.exec.Query.WorkGroup, c.name)
		if err != nil {
			return "", fault.New(fault.CodeInvalidStatementName, "prepared statement %q does not exist in workgroup %q", c.name, *r.exec.Query.WorkGroup)
		}
		sql, using = *p.QueryStatement, c.rest
	}
	for _, p := range params {
		if list, err := s.engine.Parse("EXECUTE p USING " + p); err != nil || len(list) != 1 {
			return "", fault.New(fault.CodeSyntax, "execution parameter %s is not an expression", p).WithHint("A text is written in quotes: 'abc'.")
		}
	}
	if len(params) > 0 {
		using = "USING " + strings.Join(params, ", ")
	}
	if using == "" {
		return sql, nil
	}
	p, err := sess.Prepare(r.ctx, "PREPARE "+parameterized+" FROM "+sql, nil)
	if err != nil {
		return "", err
	}
	res, err := sess.Execute(r.ctx, p, nil)
	if err != nil {
		return "", err
	}
	res.Close()
	return "EXECUTE " + parameterized + " " + using, nil
}

// updated gives the rows that a statement wrote, from its tag: INSERT 0 5, SELECT 7
// of CREATE TABLE AS. One WITH NO DATA has none.
func updated(tag string) int64 {
	n, err := strconv.ParseInt(tag[strings.LastIndexByte(tag, ' ')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
