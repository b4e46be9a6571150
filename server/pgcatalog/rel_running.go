package pgcatalog

import (
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// runningRelations declares what glaux_catalog shows of the present.
func runningRelations() []*relation {
	text, big, at := types.TVarchar, types.TBigInt, types.TTimestampTZ
	col := func(name string, t types.Type) catalog.Column { return catalog.Column{Name: name, Type: t} }
	return []*relation{
		{name: "running_queries", columns: []catalog.Column{col("query_id", text), col("user_name", text), col("workgroup", text),
			col("database", text), col("application", text), col("client_addr", text), col("pid", types.TInteger), col("kind", text),
			col("state", text), col("position", types.TInteger), col("waits_for", text), col("short", types.TBoolean), col("started", at),
			col("queued", at), col("running", at), col("elapsed_ms", types.TDouble), col("queued_ms", types.TDouble),
			col("bytes_scanned", big), col("bytes_cached", big), col("bytes_limit", big), col("bytes_lower", big), col("bytes_upper", big),
			col("rows_read", big), col("peak_memory", big), col("query", text)}},
		{name: "workgroup_queues", columns: []catalog.Column{col("workgroup", text), col("state", text), col("running", types.TInteger),
			col("concurrency", types.TInteger), col("short_running", types.TInteger), col("queued", types.TInteger),
			col("queue_length", types.TInteger), col("longest_wait_ms", types.TDouble)}},
		{name: "kept_results", columns: []catalog.Column{col("query_id", text), col("user_name", text), col("database", text),
			col("began", at), col("took_ms", types.TDouble), col("bytes_scanned", big), col("rows", big), col("memory", big),
			col("hits", big), col("used", at), col("query", text)}},
	}
}

// doingQuery is a row of running_queries.
type doingQuery struct {
	workgroup.RunningQuery
	open bool // the reader may see all of its text
}

// runningRows lists the queries that have not ended. Everybody sees that they
// are there and what they cost; the literals in others' texts only superusers and
// members of pg_read_all_stats.
func runningRows(a *asking) (rowSet, error) {
	var list []doingQuery
	if a.groups != nil {
		all, err := a.seesOthers()
		if err != nil {
			return rowSet{}, err
		}
		for _, q := range a.groups.Running() {
			list = append(list, doingQuery{q, all || q.User.Name == a.user()})
		}
	}
	type q = doingQuery
	now := time.Now()
	ms := func(d time.Duration) types.Value { return float(float64(d) / float64(time.Millisecond)) }
	known := func(n int64) types.Value { return types.Value{I: n, Null: n == 0} }
	return show(a.byName[schemaOwn]["running_queries"], list, fields[q]{
		"query_id":      func(r *q) types.Value { return str(r.ID) },
		"user_name":     func(r *q) types.Value { return str(r.User.Name) },
		"workgroup":     func(r *q) types.Value { return str(r.Group) },
		"database":      func(r *q) types.Value { return str(r.Database) },
		"application":   func(r *q) types.Value { return orNull(r.Application) },
		"client_addr":   func(r *q) types.Value { return types.Value{S: r.ClientAddr, Null: r.ClientAddr == "" || !r.open} },
		"pid":           func(r *q) types.Value { return known(int64(r.PID)) },
		"kind":          func(r *q) types.Value { return str(string(r.Kind)) },
		"state":         func(r *q) types.Value { return str(r.State) },
		"position":      func(r *q) types.Value { return known(int64(r.Position)) },
		"waits_for":     func(r *q) types.Value { return orNull(r.Reason) },
		"short":         func(r *q) types.Value { return flag(r.Short) },
		"started":       func(r *q) types.Value { return moment(r.Started) },
		"queued":        func(r *q) types.Value { return moment(r.Queued) },
		"running":       func(r *q) types.Value { return moment(r.Running) },
		"elapsed_ms":    func(r *q) types.Value { return ms(now.Sub(r.Started)) },
		"queued_ms":     func(r *q) types.Value { return ms(r.Waited(now)) },
		"bytes_scanned": func(r *q) types.Value { return num(r.Done.BytesScanned) },
		"bytes_cached":  func(r *q) types.Value { return num(r.Done.BytesCached) },
		"bytes_limit":   func(r *q) types.Value { return known(r.Limit) },
		"bytes_lower":   func(r *q) types.Value { return types.Value{I: r.BytesLower, Null: !r.Planned} },
		"bytes_upper":   func(r *q) types.Value { return types.Value{I: r.BytesUpper, Null: !r.Planned} },
		"rows_read":     func(r *q) types.Value { return num(r.Done.RowsRead) },
		"peak_memory":   func(r *q) types.Value { return num(r.Done.PeakMemory) },
		"query":         func(r *q) types.Value { return str(shownSQL(r.SQL, r.open)) },
	}), nil
}

func queueRows(a *asking) (rowSet, error) {
	var list []workgroup.QueueState
	if a.groups != nil {
		list = a.groups.Queues()
	}
	type q = workgroup.QueueState
	return show(a.byName[schemaOwn]["workgroup_queues"], list, fields[q]{
		"workgroup":       func(r *q) types.Value { return str(r.Workgroup) },
		"state":           func(r *q) types.Value { return str(r.State) },
		"running":         func(r *q) types.Value { return num(int64(r.Running)) },
		"concurrency":     func(r *q) types.Value { return types.Value{I: int64(r.Concurrency), Null: r.Concurrency == 0} },
		"short_running":   func(r *q) types.Value { return num(int64(r.Short)) },
		"queued":          func(r *q) types.Value { return num(int64(r.Queued)) },
		"queue_length":    func(r *q) types.Value { return num(int64(r.Length)) },
		"longest_wait_ms": func(r *q) types.Value { return float(float64(r.Longest) / float64(time.Millisecond)) },
	}), nil
}

// keptResult is a row of kept_results.
type keptResult struct {
	exec.KeptResult
	open bool // the reader may see all of its text
}

// keptRows lists the results that may be given again; others' with the rules of
// runningRows.
func keptRows(a *asking) (rowSet, error) {
	var list []keptResult
	if a.engine != nil {
		all, err := a.seesOthers()
		if err != nil {
			return rowSet{}, err
		}
		for _, r := range a.engine.KeptResults() {
			list = append(list, keptResult{r, all || r.User == a.user()})
		}
	}
	type k = keptResult
	return show(a.byName[schemaOwn]["kept_results"], list, fields[k]{
		"query_id":      func(r *k) types.Value { return str(r.QueryID) },
		"user_name":     func(r *k) types.Value { return str(r.User) },
		"database":      func(r *k) types.Value { return str(r.Database) },
		"began":         func(r *k) types.Value { return moment(r.Began) },
		"took_ms":       func(r *k) types.Value { return float(float64(r.Took) / float64(time.Millisecond)) },
		"bytes_scanned": func(r *k) types.Value { return num(r.Scanned) },
		"rows":          func(r *k) types.Value { return num(r.Rows) },
		"memory":        func(r *k) types.Value { return num(r.Bytes) },
		"hits":          func(r *k) types.Value { return num(r.Hits) },
		"used":          func(r *k) types.Value { return moment(r.Used) },
		"query":         func(r *k) types.Value { return str(shownSQL(r.SQL, r.open)) },
	}), nil
}
