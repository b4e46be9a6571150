package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
)

// historyColumn is a column of query_history and where its value comes from.
type historyColumn struct {
	name  string
	value func(r *QueryRecord) any
}

// historyNarrow are the columns that every record fills. Most queries of a busy
// server read no files: their insert names no others, which costs half.
var historyNarrow = []historyColumn{
	{"id", func(r *QueryRecord) any { return r.ID }},
	{"user_name", func(r *QueryRecord) any { return r.User }},
	{"workgroup", func(r *QueryRecord) any { return r.Workgroup }},
	{"database_name", func(r *QueryRecord) any { return r.Database }},
	{"sql_text", func(r *QueryRecord) any { return r.SQL }},
	{"kind", func(r *QueryRecord) any { return r.Kind }},
	{"state", func(r *QueryRecord) any { return r.State }},
	{"application", func(r *QueryRecord) any { return r.Application }},
	{"client_addr", func(r *QueryRecord) any { return r.ClientAddr }},
	{"started", func(r *QueryRecord) any { return micros(r.Started) }},
	{"ended", func(r *QueryRecord) any { return micros(r.Ended) }},
	{"planning", func(r *QueryRecord) any { return r.Planning.Microseconds() }},
	{"rows_returned", func(r *QueryRecord) any { return r.RowsReturned }},
	{"peak_memory", func(r *QueryRecord) any { return r.PeakMemory }},
}

// historyWide are all columns.
var historyWide = append(historyNarrow[:len(historyNarrow):len(historyNarrow)], []historyColumn{
	{"error_code", func(r *QueryRecord) any { return r.ErrorCode }},
	{"error_message", func(r *QueryRecord) any { return r.Error }},
	{"tags", func(r *QueryRecord) any { return historyList(r.Tags) }},
	{"queued", func(r *QueryRecord) any { return r.Queued.Microseconds() }},
	{"bytes_scanned", func(r *QueryRecord) any { return r.BytesScanned }},
	{"bytes_billed", func(r *QueryRecord) any { return r.BytesBilled }},
	{"bytes_cached", func(r *QueryRecord) any { return r.BytesCached }},
	{"bytes_metadata", func(r *QueryRecord) any { return r.BytesMetadata }},
	{"bytes_limit", func(r *QueryRecord) any { return r.BytesLimit }},
	{"estimate_lower", func(r *QueryRecord) any { return r.EstimateLower }},
	{"estimate_upper", func(r *QueryRecord) any { return r.EstimateUpper }},
	{"cost", func(r *QueryRecord) any { return r.Cost }},
	{"requests", func(r *QueryRecord) any { return r.Requests }},
	{"files_total", func(r *QueryRecord) any { return r.FilesTotal }},
	{"files_read", func(r *QueryRecord) any { return r.FilesRead }},
	{"partitions_total", func(r *QueryRecord) any { return r.PartitionsTotal }},
	{"partitions_read", func(r *QueryRecord) any { return r.PartitionsRead }},
	{"rows_read", func(r *QueryRecord) any { return r.RowsRead }},
	{"spilled", func(r *QueryRecord) any { return r.Spilled }},
	{"reused", func(r *QueryRecord) any { return r.Reused }},
	{"plan_text", func(r *QueryRecord) any { return r.Plan }},
	{"table_details", func(r *QueryRecord) any { return historyList(r.Tables) }},
}...)

// historyList is a list as it is stored: JSON, "" for an empty one.
func historyList[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "" // strings and numbers always marshal
	}
	return string(text)
}

// narrow tells whether the record has nothing but what historyNarrow stores.
func (r *QueryRecord) narrow() bool {
	return r.ErrorCode == "" && r.Error == "" && len(r.Tags) == 0 && r.Queued < 1000 && r.Plan == "" && len(r.Tables) == 0 && r.Cost == 0 &&
		r.BytesScanned|r.BytesBilled|r.BytesCached|r.BytesMetadata|r.EstimateLower|r.EstimateUpper|r.BytesLimit == 0 &&
		r.Requests|r.FilesTotal|r.FilesRead|r.PartitionsTotal|r.PartitionsRead|r.RowsRead|r.Spilled == 0 && !r.Reused
}

// historyRows is how many queries one statement inserts where there are so many:
// a busy server would spend more on statements than on rows.
const historyRows = 16

// historyInsert is the insert of some columns.
type historyInsert struct {
	columns   []historyColumn
	one, many lazyStmt // of a record, of historyRows records
}

func (h *historyInsert) text(rows int) string {
	names := make([]string, len(h.columns))
	for i, c := range h.columns {
		names[i] = c.name
	}
	row := "(?" + strings.Repeat(", ?", len(names)-1) + ")"
	return "INSERT INTO query_history (" + strings.Join(names, ", ") + ") VALUES " + row + strings.Repeat(", "+row, rows-1) + historyReplace
}

// historyReplace makes an insert replace a record of the same ID: columns that the
// insert does not name get their defaults.
var historyReplace = func() string {
	sets := make([]string, 0, len(historyWide))
	for _, c := range historyWide[1:] {
		sets = append(sets, c.name+" = excluded."+c.name)
	}
	return " ON CONFLICT (id) DO UPDATE SET " + strings.Join(sets, ", ")
}()

// lastOfEach leaves out records that a later one of the same ID replaces: one
// statement must not write a row twice.
func lastOfEach(rs []QueryRecord) []*QueryRecord {
	out := make([]*QueryRecord, 0, len(rs))
	at := make(map[string]int, len(rs))
	for i := range rs {
		if j, ok := at[rs[i].ID]; ok {
			out[j] = &rs[i]
			continue
		}
		at[rs[i].ID] = len(out)
		out = append(out, &rs[i])
	}
	return out
}

// InsertQueries remembers queries, all or none; a record whose ID is known
// replaces the older one. It does not wait for the disk: after a crash of the
// machine the newest records may be missing. Hand over many at once where many
// come. Errors: 55P03 if another process holds the file for long, 53100 if the
// disk is full.
func (s *Store) InsertQueries(ctx context.Context, rs ...QueryRecord) error {
	var narrow, wide []*QueryRecord
	for _, r := range lastOfEach(rs) {
		if r.narrow() {
			narrow = append(narrow, r)
		} else {
			wide = append(wide, r)
		}
	}
	const what = "write the query history"
	for _, h := range []*historyInsert{&s.history.narrow, &s.history.wide} {
		if err := h.prepare(ctx, s.history.write); err != nil {
			return translate(err, what)
		}
	}
	return inTx(ctx, s.history.write, nil, what, func(tx *sql.Tx) error {
		if err := s.history.narrow.run(ctx, tx, narrow); err != nil {
			return err
		}
		return s.history.wide.run(ctx, tx, wide)
	})
}

// prepare prepares both statements: before the transaction, which has the only
// connection.
func (h *historyInsert) prepare(ctx context.Context, db *sql.DB) error {
	if _, err := h.one.get(ctx, db, h.text(1)); err != nil {
		return err
	}
	_, err := h.many.get(ctx, db, h.text(historyRows))
	return err
}

func (h *historyInsert) run(ctx context.Context, tx *sql.Tx, rs []*QueryRecord) error {
	for ; len(rs) >= historyRows; rs = rs[historyRows:] {
		if err := h.insert(ctx, tx, h.many.stmt, rs[:historyRows]); err != nil {
			return err
		}
	}
	for i := range rs {
		if err := h.insert(ctx, tx, h.one.stmt, rs[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (h *historyInsert) insert(ctx context.Context, tx *sql.Tx, stmt *sql.Stmt, rs []*QueryRecord) error {
	args := make([]any, 0, len(h.columns)*len(rs))
	for _, r := range rs {
		for _, c := range h.columns {
			args = append(args, c.value(r))
		}
	}
	in := tx.StmtContext(ctx, stmt)
	defer in.Close()
	_, err := in.ExecContext(ctx, args...)
	return err
}

// lazyStmt is a statement that is prepared when it is first used and closed
// with its database.
type lazyStmt struct {
	mu   sync.Mutex
	stmt *sql.Stmt
}

func (l *lazyStmt) get(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stmt == nil {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		l.stmt = stmt
	}
	return l.stmt, nil
}
