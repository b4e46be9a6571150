package exec

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// explainColumns describes the rows of EXPLAIN.
func explainColumns(stmt *plan.Explain) []Column {
	if stmt.Estimate && stmt.Format != "json" {
		return estimateColumns()
	}
	c := textColumn("QUERY PLAN")
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
	planned := time.Since(r.started)
	var extra planner.Extra
	var st Stats
	if stmt.Analyze {
		traces, rows, err := r.analyze(q)
		st = r.stats()
		st.RowsReturned = rows
		if err != nil {
			return nil, r.fail(err)
		}
		extra = func(n plan.Node) []plan.Detail { return measured(traces[n]) }
	}
	lines, err := planner.Explain(q.Root, stmt.Format, extra)
	if err != nil {
		return nil, r.fail(err)
	}
	if stmt.Format != "json" {
		if stmt.Verbose && len(r.rules) > 0 {
			lines = append(lines, "Rules: "+strings.Join(r.rules, ", "))
		}
		if stmt.Analyze {
			lines = append(lines, summary(st, planned, time.Since(r.started))...)
			if s := r.query.Rejects.Summary(); s != "" {
				lines = append(lines, "Data cleansing: "+s)
			}
		} else if line, err := s.reuseLine(r, q); err != nil {
			return nil, r.fail(err)
		} else if line != "" {
			lines = append(lines, line)
		}
	}
	r.end(st, nil)
	if stmt.Format == "json" { // one value, as clients expect
		lines = []string{strings.Join(lines, "\n")}
	}
	rows := make([][]string, len(lines))
	for i, l := range lines {
		rows[i] = []string{l}
	}
	res := textResult("EXPLAIN", explainColumns(stmt), rows)
	res.stats = func() Stats { return st }
	return res, nil
}

// analyze runs a query to its end and throws its rows away.
func (r *running) analyze(q *plan.Query) (map[plan.Node]*op.Trace, int64, error) {
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
	return p.Traces, rows, err
}

// measured are the details that ANALYZE adds to a node. Time is that of all
// workers together, inputs in the same pipeline included.
func measured(t *op.Trace) []plan.Detail {
	if t == nil {
		return nil
	}
	out := []plan.Detail{
		{Key: "actual_rows", Value: fmt.Sprint(t.Rows.Load())},
		{Key: "time", Value: fmt.Sprintf("%.3fms", float64(t.Nanos.Load())/1e6)},
	}
	if m := t.Memory.Load(); m > 0 {
		out = append(out, plan.Detail{Key: "memory", Value: fmt.Sprint(m)})
	}
	if n := t.Skipped.Load(); n > 0 {
		out = append(out, plan.Detail{Key: "skipped", Value: fmt.Sprint(n)})
	}
	if t.Rejects != nil {
		if s := t.Rejects.Summary(); s != "" {
			out = append(out, plan.Detail{Key: "cleansed", Value: "[" + s + "]"})
		}
	}
	return out
}

// summary is what ANALYZE prints below the plan.
func summary(st Stats, planned, total time.Duration) []string {
	return []string{
		fmt.Sprintf("Rows: %d read, %d returned", st.RowsRead, st.RowsReturned),
		fmt.Sprintf("Bytes: %d data, %d metadata, %d requests", st.BytesScanned, st.BytesMetadata, st.Requests),
		fmt.Sprintf("Files: %d of %d; partitions: %d of %d", st.FilesRead, st.FilesTotal, st.PartitionsRead, st.PartitionsTotal),
		fmt.Sprintf("Peak memory: %s", mem.Size(st.PeakMemory)),
		fmt.Sprintf("Planning time: %.3f ms", float64(planned)/1e6),
		fmt.Sprintf("Execution time: %.3f ms", float64(total-planned)/1e6),
	}
}
