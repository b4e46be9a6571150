package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// historyTarget is a column as it is read into a record.
type historyTarget struct {
	name string
	into func(r *QueryRecord) any
}

var historyTargets = []historyTarget{
	{"sequence", func(r *QueryRecord) any { return &r.Sequence }},
	{"id", func(r *QueryRecord) any { return &r.ID }},
	{"user_name", func(r *QueryRecord) any { return &r.User }},
	{"workgroup", func(r *QueryRecord) any { return &r.Workgroup }},
	{"database_name", func(r *QueryRecord) any { return &r.Database }},
	{"sql_text", func(r *QueryRecord) any { return &r.SQL }},
	{"kind", func(r *QueryRecord) any { return &r.Kind }},
	{"state", func(r *QueryRecord) any { return &r.State }},
	{"application", func(r *QueryRecord) any { return &r.Application }},
	{"client_addr", func(r *QueryRecord) any { return &r.ClientAddr }},
	{"started", func(r *QueryRecord) any { return (*storedTime)(&r.Started) }},
	{"ended", func(r *QueryRecord) any { return (*storedTime)(&r.Ended) }},
	{"planning", func(r *QueryRecord) any { return (*storedSpan)(&r.Planning) }},
	{"rows_returned", func(r *QueryRecord) any { return &r.RowsReturned }},
	{"peak_memory", func(r *QueryRecord) any { return &r.PeakMemory }},
	{"error_code", func(r *QueryRecord) any { return &r.ErrorCode }},
	{"error_message", func(r *QueryRecord) any { return &r.Error }},
	{"tags", func(r *QueryRecord) any { return &storedJSON{&r.Tags} }},
	{"queued", func(r *QueryRecord) any { return (*storedSpan)(&r.Queued) }},
	{"bytes_scanned", func(r *QueryRecord) any { return &r.BytesScanned }},
	{"bytes_billed", func(r *QueryRecord) any { return &r.BytesBilled }},
	{"bytes_cached", func(r *QueryRecord) any { return &r.BytesCached }},
	{"bytes_metadata", func(r *QueryRecord) any { return &r.BytesMetadata }},
	{"bytes_limit", func(r *QueryRecord) any { return &r.BytesLimit }},
	{"estimate_lower", func(r *QueryRecord) any { return &r.EstimateLower }},
	{"estimate_upper", func(r *QueryRecord) any { return &r.EstimateUpper }},
	{"cost", func(r *QueryRecord) any { return &r.Cost }},
	{"requests", func(r *QueryRecord) any { return &r.Requests }},
	{"files_total", func(r *QueryRecord) any { return &r.FilesTotal }},
	{"files_read", func(r *QueryRecord) any { return &r.FilesRead }},
	{"partitions_total", func(r *QueryRecord) any { return &r.PartitionsTotal }},
	{"partitions_read", func(r *QueryRecord) any { return &r.PartitionsRead }},
	{"rows_read", func(r *QueryRecord) any { return &r.RowsRead }},
	{"spilled", func(r *QueryRecord) any { return &r.Spilled }},
	{"reused", func(r *QueryRecord) any { return &r.Reused }},
	{"plan_text", func(r *QueryRecord) any { return &r.Plan }},
	{"table_details", func(r *QueryRecord) any { return &storedJSON{&r.Tables} }},
}

// historyDetails is how many of historyTargets, at their end, are details.
const historyDetails = 2

type storedTime time.Time

// Scan implements sql.Scanner.
func (t *storedTime) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return notStored(v, "a time")
	}
	*t = storedTime(fromMicros(us))
	return nil
}

type storedSpan time.Duration

// Scan implements sql.Scanner.
func (d *storedSpan) Scan(v any) error {
	us, ok := v.(int64)
	if !ok {
		return notStored(v, "a length of time")
	}
	*d = storedSpan(time.Duration(us) * time.Microsecond)
	return nil
}

type storedJSON struct{ into any }

// Scan implements sql.Scanner.
func (j *storedJSON) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return notStored(v, "a JSON text")
	}
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), j.into); err != nil {
		return notStored(text, "a JSON text")
	}
	return nil
}

func notStored(v any, what string) error {
	return fault.New(fault.CodeDataCorrupted, "the query history is damaged: %v is not %s", v, what)
}

// Queries lists the query history, the newest first.
func (s *Store) Queries(ctx context.Context, f HistoryFilter) ([]QueryRecord, error) {
	targets := historyTargets
	if !f.Details {
		targets = targets[:len(targets)-historyDetails]
	}
	query, args := f.query(targets)
	rows, err := s.history.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, translate(err, "read the query history")
	}
	defer rows.Close()
	var out []QueryRecord
	into := make([]any, len(targets))
	for rows.Next() {
		out = append(out, QueryRecord{})
		for i, t := range targets {
			into[i] = t.into(&out[len(out)-1])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, translate(err, "read the query history")
		}
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err, "read the query history")
	}
	return out, nil
}

// query writes the statement: only the conditions that there are, so that the
// database chooses its index by them.
func (f *HistoryFilter) query(targets []historyTarget) (string, []any) {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.name
	}
	where, args := f.where()
	return "SELECT " + strings.Join(names, ", ") + " FROM query_history" + where + " ORDER BY started DESC, sequence DESC LIMIT ?", append(args, atMost(f.Limit))
}

func (f *HistoryFilter) where() (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, values ...any) {
		conds, args = append(conds, cond), append(args, values...)
	}
	for _, c := range []struct{ column, value string }{{"id", f.ID}, {"user_name", f.User}, {"workgroup", f.Workgroup}, {"state", f.State}, {"kind", f.Kind}} {
		if c.value != "" {
			add(c.column+" = ?", c.value)
		}
	}
	if !f.Since.IsZero() {
		add("started >= ?", micros(f.Since))
	}
	if !f.Until.IsZero() {
		add("started < ?", micros(f.Until))
	}
	if f.After != nil {
		at := micros(f.After.Started)
		add("started <= ? AND (started < ? OR sequence < ?)", at, at, f.After.Sequence)
	}
	if conds == nil {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

// history is the file of the query history, or its tables in PostgreSQL, and the
// connections to it.
type history struct {
	write        *sql.DB // one connection
	read         *sql.DB
	postgres     bool
	narrow, wide historyInsert
}

func newHistory(write, read *sql.DB) *history {
	return &history{write: write, read: read, narrow: historyInsert{columns: historyNarrow}, wide: historyInsert{columns: historyWide}}
}
