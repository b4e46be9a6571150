package exec

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/build"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/explain"
	"github.com/glauxdb/glaux/planner/plan"
)

// explainColumns describes the rows of EXPLAIN.
func explainColumns(stmt *plan.Explain) []Column {
	if stmt.Estimate && stmt.Format != "json" {
		return estimateColumns()
	}
	if stmt.Type == plan.ExplainValidate {
		return []Column{{Name: "Valid", Type: types.TBoolean}}
	}
	c := textColumn(stmt.Heading)
	if stmt.Format == "json" {
		c.Type = types.TJSON
	}
	return []Column{c}
}

// explainKind is what EXPLAIN counts as: with ANALYZE the query runs.
func explainKind(stmt *plan.Explain) Kind {
	if stmt.Analyze {
		return DML
	}
	return Utility
}

// runExplain shows a query's plan; with ANALYZE it runs the query first.
func (s *Session) runExplain(ctx context.Context, sql string, stmt *plan.Explain, params []types.Value) (*Result, error) {
	r, err := s.start(ctx, explainKind(stmt), sql)
	if err != nil {
		return nil, err
	}
	if stmt.Type == plan.ExplainValidate { // that it is here says so
		r.end(r.stats(), nil)
		return valueResult("EXPLAIN", explainColumns(stmt), [][]types.Value{{types.BoolOf(true)}}), nil
	}
	prepare := r.optimize // what is only shown needs no admission
	if stmt.Analyze {
		prepare = r.plan
	}
	q, err := prepare(stmt.Stmt, params)
	if err != nil {
		return nil, r.fail(err)
	}
	if stmt.Estimate {
		return s.explainEstimate(r, q, stmt)
	}
	x := explaining{s: s, r: r, stmt: stmt, q: q, planned: time.Since(r.started)}
	lines, err := x.run()
	if err != nil {
		return nil, r.fail(err)
	}
	r.end(x.st, nil)
	if stmt.Format == "json" || stmt.Format == "html" { // one value, as clients expect
		lines = []string{strings.Join(lines, "\n")}
	}
	rows := make([][]string, len(lines))
	for i, l := range lines {
		rows[i] = []string{l}
	}
	res := textResult("EXPLAIN", explainColumns(stmt), rows)
	res.stats = func() Stats { return x.st }
	return res, nil
}

// explaining is an EXPLAIN of a plan under way.
type explaining struct {
	s       *Session
	r       *running
	stmt    *plan.Explain
	q       *plan.Query
	planned time.Duration
	st      Stats
	built   *build.Plan // nil: neither run nor cut into fragments
}

// run gives the lines of the plan's text.
func (x *explaining) run() ([]string, error) {
	if x.stmt.Type == plan.ExplainIO {
		return x.io()
	}
	o := explain.Options{Pruned: x.stmt.Analyze || x.stmt.Verbose, Head: headOf(x.stmt.Write)}
	var err error
	if x.stmt.Analyze {
		x.built, x.st.RowsReturned, err = x.r.analyze(x.q)
		rows := x.st.RowsReturned
		x.st = x.r.stats()
		x.st.RowsReturned = rows
		if err == nil {
			o.Ran = func(n plan.Node) *explain.Measured { return measured(x.built.Traces[n]) }
		}
	} else if x.stmt.Type == plan.ExplainDistributed {
		x.built, err = x.r.pipelines(x.q, true)
	}
	if err != nil {
		return nil, err
	}
	var fragments []explain.Fragment
	if x.built != nil {
		fragments, o.FragmentOf = x.r.fragmentsOf(x.q.Root, x.built)
	}
	if x.stmt.Type != plan.ExplainDistributed {
		fragments = nil
	}
	return x.write(explain.New(x.q.Root, o), fragments)
}

// write gives the steps in the format that is asked for.
func (x *explaining) write(step *explain.Step, fragments []explain.Fragment) ([]string, error) {
	switch x.stmt.Format {
	case "json":
		return explain.JSON(step, fragments)
	case "graphviz":
		return explain.Graphviz(step, fragments), nil
	case "html":
		return x.html(step, fragments)
	}
	lines := explain.Text(step)
	if fragments != nil {
		lines = explain.FragmentText(step, fragments)
	}
	rest, err := x.below()
	return append(lines, rest...), err
}

// html gives the steps as a page, with the facts of the whole query if it ran.
func (x *explaining) html(step *explain.Step, fragments []explain.Fragment) ([]string, error) {
	p := explain.Page{SQL: strings.TrimSpace(explainWord.ReplaceAllString(x.r.sql, "")), Fragments: fragments}
	if x.stmt.Analyze {
		for _, l := range summary(x.st, x.planned, time.Since(x.r.started)) {
			key, value, _ := strings.Cut(l, ": ")
			p.Facts = append(p.Facts, plan.Detail{Key: key, Value: value})
		}
	}
	return explain.HTML(step, p)
}

// explainWord is what stands before the statement that is explained.
var explainWord = regexp.MustCompile(`(?is)^\s*explain\s*(analy[sz]e\s+|verbose\s+|\([^)]*\)\s*)*`)

// below are the lines of text under the plan.
func (x *explaining) below() ([]string, error) {
	var lines []string
	if x.stmt.Verbose && len(x.r.rules) > 0 {
		lines = append(lines, "Rules: "+strings.Join(x.r.rules, ", "))
	}
	if x.stmt.Analyze {
		lines = append(lines, summary(x.st, x.planned, time.Since(x.r.started))...)
		if s := x.r.query.Rejects.Summary(); s != "" {
			lines = append(lines, "Data cleansing: "+s)
		}
		return lines, nil
	}
	if x.stmt.Write != nil {
		return lines, nil
	}
	line, err := x.s.reuseLine(x.r, x.q)
	if err == nil && line != "" {
		lines = append(lines, line)
	}
	return lines, err
}

// io gives the tables that are read and written.
func (x *explaining) io() ([]string, error) {
	catalogName := x.r.session.Database
	if x.r.session.Dialect == plan.Athena {
		catalogName = "awsdatacatalog"
	}
	var into *catalog.Table
	if w := x.stmt.Write; w != nil && w.Kind != plan.Unload {
		into = w.Table
	}
	return explain.IO(x.q.Root, x.stmt.Stmt.Root, catalogName, into)
}

// headOf describes what becomes of the rows of a statement that writes; nil for nil.
func headOf(w *plan.Write) *plan.Line {
	if w == nil {
		return nil
	}
	l := &plan.Line{Title: "Write", Details: []plan.Detail{{Key: "command", Value: w.Tag()}}}
	if w.Table.Name != "" {
		l.Details = append(l.Details, plan.Detail{Key: "table", Value: w.Table.Database + "." + w.Table.Name})
	}
	if at := w.Table.Storage.Location; at != "" {
		l.Details = append(l.Details, plan.Detail{Key: "location", Value: at})
	}
	return l
}

// analyze runs a query to its end and throws its rows away.
func (r *running) analyze(q *plan.Query) (*build.Plan, int64, error) {
	stream, p, err := r.build(q, true)
	if err != nil {
		return nil, 0, err
	}
	var b vector.Batch
	rows := int64(0)
	for {
		if err = stream.Next(r.ctx, &b); err != nil {
			break
		}
		rows += int64(b.Rows())
	}
	if cerr := stream.Close(); err == io.EOF {
		err = cerr
	}
	return p, rows, err
}

// measured is what a node did; nil for nil. Time is that of all workers together.
func measured(t *op.Trace) *explain.Measured {
	if t == nil {
		return nil
	}
	m := &explain.Measured{Rows: t.Rows.Load(), Pulled: time.Duration(t.Nanos.Load()), Sunk: time.Duration(t.Sink.Load()),
		Memory: t.Memory.Load(), Bytes: t.Data.Load(), Metadata: t.Metadata.Load(), Requests: t.Requests.Load()}
	for e, n := range t.Events.Load() {
		if n > 0 {
			m.Details = append(m.Details, plan.Detail{Key: store.Event(e).String(), Value: fmt.Sprint(n)})
		}
	}
	if n := t.Spilled.Load(); n > 0 {
		m.Details = append(m.Details, plan.Detail{Key: "spilled", Value: fmt.Sprint(n)})
	}
	if n := t.Passing.Load(); n > 0 {
		m.Details = append(m.Details, plan.Detail{Key: "gave_up", Value: fmt.Sprint(n)})
	}
	for _, p := range t.Pruned() {
		m.Details = append(m.Details, explain.PrunedDetail(p.N, string(p.Unit), p.By))
	}
	if t.Rejects != nil {
		if s := t.Rejects.Summary(); s != "" {
			m.Details = append(m.Details, plan.Detail{Key: "cleansed", Value: "[" + s + "]"})
		}
	}
	return m
}

// summary is what ANALYZE prints below the plan.
func summary(st Stats, planned, total time.Duration) []string {
	out := []string{
		fmt.Sprintf("Rows: %d read, %d returned", st.RowsRead, st.RowsReturned),
		fmt.Sprintf("Bytes: %d data, %d metadata, %d requests", st.BytesScanned, st.BytesMetadata, st.Requests),
	}
	if s := eventsText(st.Events); s != "" {
		out = append(out, "Store: "+s)
	}
	memory := fmt.Sprintf("Peak memory: %s", mem.Size(st.PeakMemory))
	if st.Spilled > 0 {
		memory += fmt.Sprintf("; spilled: %s", mem.Size(st.Spilled))
	}
	return append(out,
		fmt.Sprintf("Files: %d of %d; partitions: %d of %d", st.FilesRead, st.FilesTotal, st.PartitionsRead, st.PartitionsTotal),
		memory,
		fmt.Sprintf("Planning time: %.3f ms", float64(planned)/1e6),
		fmt.Sprintf("Execution time: %.3f ms", float64(total-planned)/1e6),
	)
}

// eventsText says what happened to requests, as far as anything did.
func eventsText(es [store.Events]int64) string {
	var out []string
	for e, n := range es {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, eventWords[e]))
		}
	}
	return strings.Join(out, ", ")
}

var eventWords = [store.Events]string{store.Hedged: "requests hedged", store.ReadAlong: "bytes read along", store.Repeated: "requests repeated",
	store.SlowedDown: "requests slowed down", store.FromDisk: "bytes from the disk cache", store.ToDisk: "bytes into the disk cache"}
