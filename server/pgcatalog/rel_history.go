package pgcatalog

import (
	"encoding/json"
	"io"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
)

// ownColumn is a column of a relation of glaux_catalog: its declaration and how it
// shows a T.
type ownColumn[T any] struct {
	name string
	typ  types.Type
	show func(*T) types.Value
}

// declared are the columns as the catalog has them.
func declared[T any](cols []ownColumn[T]) []catalog.Column {
	out := make([]catalog.Column, len(cols))
	for i, c := range cols {
		out[i] = catalog.Column{Name: c.name, Type: c.typ}
	}
	return out
}

// showers are the functions that show them.
func showers[T any](cols []ownColumn[T]) fields[T] {
	out := fields[T]{}
	for _, c := range cols {
		out[c.name] = c.show
	}
	return out
}

// historyPage is how many records are read at a time; with their plans some
// megabytes.
const historyPage = 500

// pastQuery is a row of query_history.
type pastQuery struct {
	meta.QueryRecord
	open bool // the reader may see what it says
}

func historyColumns() []ownColumn[pastQuery] {
	text, big, double, at := types.TVarchar, types.TBigInt, types.TDouble, types.TTimestampTZ
	number := func(f func(*pastQuery) int64) func(*pastQuery) types.Value {
		return func(q *pastQuery) types.Value { return num(f(q)) }
	}
	// ifRead shows what has a meaning for queries that read files only.
	ifRead := func(f func(*pastQuery) int64) func(*pastQuery) types.Value {
		return func(q *pastQuery) types.Value { return types.Value{I: f(q), Null: q.EstimateUpper == 0 && f(q) == 0} }
	}
	return []ownColumn[pastQuery]{
		{"query_id", text, func(q *pastQuery) types.Value { return str(q.ID) }},
		{"user_name", text, func(q *pastQuery) types.Value { return str(q.User) }},
		{"workgroup", text, func(q *pastQuery) types.Value { return str(q.Workgroup) }},
		{"database", text, func(q *pastQuery) types.Value { return str(q.Database) }},
		{"query", text, func(q *pastQuery) types.Value { return str(shownSQL(q.SQL, q.open)) }},
		{"kind", text, func(q *pastQuery) types.Value { return str(q.Kind) }},
		{"state", text, func(q *pastQuery) types.Value { return str(q.State) }},
		{"error_code", text, func(q *pastQuery) types.Value { return orNull(q.ErrorCode) }},
		{"error", text, func(q *pastQuery) types.Value { return orNull(shownError(fault.Code(q.ErrorCode), q.Error, q.open)) }},
		{"application", text, func(q *pastQuery) types.Value { return orNull(q.Application) }},
		{"client_addr", text, func(q *pastQuery) types.Value {
			return types.Value{S: q.ClientAddr, Null: q.ClientAddr == "" || !q.open}
		}},
		{"tags", types.ArrayOf(text), func(q *pastQuery) types.Value { return words(text, q.Tags) }},
		{"started", at, func(q *pastQuery) types.Value { return moment(q.Started) }},
		{"ended", at, func(q *pastQuery) types.Value { return moment(q.Ended) }},
		{"duration_ms", double, func(q *pastQuery) types.Value { return milliseconds(q.Duration()) }},
		{"queued_ms", double, func(q *pastQuery) types.Value { return milliseconds(q.Queued) }},
		{"planning_ms", double, func(q *pastQuery) types.Value { return milliseconds(q.Planning) }},
		{"execution_ms", double, func(q *pastQuery) types.Value { return milliseconds(q.Execution()) }},
		{"bytes_scanned", big, number(func(q *pastQuery) int64 { return q.BytesScanned })},
		{"bytes_billed", big, number(func(q *pastQuery) int64 { return q.BytesBilled })},
		{"bytes_cached", big, number(func(q *pastQuery) int64 { return q.BytesCached })},
		{"bytes_metadata", big, number(func(q *pastQuery) int64 { return q.BytesMetadata })},
		{"bytes_limit", big, func(q *pastQuery) types.Value { return types.Value{I: q.BytesLimit, Null: q.BytesLimit == 0} }},
		{"estimate_lower", big, ifRead(func(q *pastQuery) int64 { return q.EstimateLower })},
		{"estimate_upper", big, ifRead(func(q *pastQuery) int64 { return q.EstimateUpper })},
		{"cost", double, func(q *pastQuery) types.Value { return float(q.Cost) }},
		{"requests", big, number(func(q *pastQuery) int64 { return q.Requests })},
		{"files_total", big, number(func(q *pastQuery) int64 { return q.FilesTotal })},
		{"files_read", big, number(func(q *pastQuery) int64 { return q.FilesRead })},
		{"partitions_total", big, number(func(q *pastQuery) int64 { return q.PartitionsTotal })},
		{"partitions_read", big, number(func(q *pastQuery) int64 { return q.PartitionsRead })},
		{"rows_read", big, number(func(q *pastQuery) int64 { return q.RowsRead })},
		{"rows_returned", big, number(func(q *pastQuery) int64 { return q.RowsReturned })},
		{"peak_memory", big, number(func(q *pastQuery) int64 { return q.PeakMemory })},
		{"spilled", big, number(func(q *pastQuery) int64 { return q.Spilled })},
		{"reused", types.TBoolean, func(q *pastQuery) types.Value { return flag(q.Reused) }},
		{"tables", types.TJSON, func(q *pastQuery) types.Value { return tablesRead(q.Tables) }},
		{"plan", text, func(q *pastQuery) types.Value { return types.Value{S: q.Plan, Null: q.Plan == "" || !q.open} }},
	}
}

func milliseconds(d time.Duration) types.Value { return float(float64(d) / float64(time.Millisecond)) }

// tablesRead shows what a query was going to read, as JSON.
func tablesRead(list []meta.QueryTable) types.Value {
	if len(list) == 0 {
		return types.Value{Null: true}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return types.Value{Null: true} // strings and numbers always marshal
	}
	return str(string(b))
}

// historyRows lists finished queries, the newest first, a page at a time.
func historyRows(a *asking) (rowSet, error) {
	a.settle()
	all, err := a.seesOthers()
	if err != nil {
		return rowSet{}, err
	}
	f := meta.HistoryFilter{ID: a.eq.only("query_id"), User: a.eq.only("user_name"), Workgroup: a.eq.only("workgroup"),
		State: a.eq.only("state"), Kind: a.eq.only("kind"), Limit: historyPage, Details: a.need["plan"] || a.need["tables"]}
	f.Since, f.Until = a.period("started")
	table, shown := a.byName[schemaOwn]["query_history"], showers(historyColumns())
	var more func() (rowSet, error)
	more = func() (rowSet, error) {
		page, err := a.history.Queries(a.ctx, f)
		if err != nil {
			return rowSet{}, err
		}
		if len(page) == 0 {
			return rowSet{}, io.EOF
		}
		last := page[len(page)-1]
		f.After = &meta.QueryRecord{Started: last.Started, Sequence: last.Sequence}
		out := make([]pastQuery, len(page))
		for i, q := range page {
			out[i] = pastQuery{q, all || q.User == a.user()}
		}
		set := show(table, out, shown)
		if len(page) == historyPage {
			set.more = more
		}
		return set, nil
	}
	return rowSet{more: more}, nil
}

// settle has the history take what has ended, and tells the reader what it could
// not take.
func (a *asking) settle() {
	if a.groups == nil {
		return
	}
	a.groups.Flush()
	lost, failing := a.groups.HistoryState()
	if a.session == nil || a.session.Notice == nil || lost == 0 && failing == nil {
		return
	}
	n := fault.New(fault.CodeWarning, "%d finished queries are missing from the history since the server started", lost)
	if failing != nil {
		n = fault.New(fault.CodeWarning, "the newest queries are missing from the history, which cannot be written: %s", fault.As(failing).Message).
			WithDetail("%d finished queries were lost since the server started.", lost)
	}
	a.session.Notice(n)
}

func usageColumns() []ownColumn[meta.QueryUsage] {
	type u = meta.QueryUsage
	text, big, double := types.TVarchar, types.TBigInt, types.TDouble
	return []ownColumn[u]{
		{"hour", types.TTimestampTZ, func(x *u) types.Value { return moment(x.Hour) }},
		{"workgroup", text, func(x *u) types.Value { return str(x.Workgroup) }},
		{"user_name", text, func(x *u) types.Value { return str(x.User) }},
		{"queries", big, func(x *u) types.Value { return num(x.Queries) }},
		{"succeeded", big, func(x *u) types.Value { return num(x.Succeeded) }},
		{"failed", big, func(x *u) types.Value { return num(x.Failed) }},
		{"cancelled", big, func(x *u) types.Value { return num(x.Cancelled) }},
		{"bytes_scanned", big, func(x *u) types.Value { return num(x.BytesScanned) }},
		{"bytes_billed", big, func(x *u) types.Value { return num(x.BytesBilled) }},
		{"bytes_cached", big, func(x *u) types.Value { return num(x.BytesCached) }},
		{"cost", double, func(x *u) types.Value { return float(x.Cost) }},
		{"queued_ms", double, func(x *u) types.Value { return milliseconds(x.Queued) }},
		{"execution_ms", double, func(x *u) types.Value { return milliseconds(x.Execution) }},
	}
}

// usageRows sums up the history by hour, workgroup and user.
func usageRows(a *asking) (rowSet, error) {
	a.settle()
	f := meta.HistoryFilter{User: a.eq.only("user_name"), Workgroup: a.eq.only("workgroup")}
	if f.Since, f.Until = a.period("hour"); !f.Until.IsZero() {
		f.Until = f.Until.Add(time.Hour) // the whole of the last hour
	}
	list, err := a.history.Usage(a.ctx, f)
	if err != nil {
		return rowSet{}, err
	}
	return show(a.byName[schemaOwn]["workgroup_usage"], list, showers(usageColumns())), nil
}
