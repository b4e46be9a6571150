package meta

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// QueryRecord is what is remembered of one query. Times have microseconds.
type QueryRecord struct {
	ID        string
	User      string
	Workgroup string
	Database  string
	SQL       string
	State     string // as Athena names it: QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED
	ErrorCode string // SQLSTATE, "" if there was no error
	Error     string // its primary message

	Started time.Time
	Ended   time.Time // zero while the query runs

	BytesScanned    int64 // data bytes: what limit and price count
	BytesMetadata   int64 // footers and indexes
	Requests        int64
	FilesTotal      int64
	FilesRead       int64
	PartitionsTotal int64
	PartitionsRead  int64
	RowsRead        int64
	RowsReturned    int64
	PeakMemory      int64 // bytes
}

const historyColumns = "id, user_name, workgroup, database_name, sql_text, state, error_code, error_message, started, ended, " +
	"bytes_scanned, bytes_metadata, requests, files_total, files_read, partitions_total, partitions_read, " +
	"rows_read, rows_returned, peak_memory"

// InsertQueries remembers queries, all or none; a record whose ID is known
// replaces the older one. It does not wait for the disk: after a crash of the
// machine the newest records may be missing. Hand over many at once where many
// come.
func (s *Store) InsertQueries(ctx context.Context, rs ...QueryRecord) error {
	one, err := s.insert.get(ctx, s.history, insertHistory(1))
	if err != nil {
		return translate(err, "write the query history")
	}
	many, err := s.insertMany.get(ctx, s.history, insertHistory(historyRows))
	if err != nil {
		return translate(err, "write the query history")
	}
	return inTx(ctx, s.history, nil, "write the query history", func(tx *sql.Tx) error {
		for n := historyRows; len(rs) >= n; rs = rs[n:] {
			if err := insertQueries(ctx, tx, many, rs[:n]); err != nil {
				return err
			}
		}
		for i := range rs {
			if err := insertQueries(ctx, tx, one, rs[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	})
}

// historyRows is how many queries one statement inserts where there are so many:
// a busy server would spend more on statements than on rows.
const historyRows = 16

func insertHistory(rows int) string {
	row := "(?" + strings.Repeat(", ?", strings.Count(historyColumns, ",")) + ")"
	return "INSERT OR REPLACE INTO query_history (" + historyColumns + ") VALUES " + row + strings.Repeat(", "+row, rows-1)
}

func insertQueries(ctx context.Context, tx *sql.Tx, insert *sql.Stmt, rs []QueryRecord) error {
	args := make([]any, 0, 20*len(rs))
	for i := range rs {
		r := &rs[i]
		args = append(args, r.ID, r.User, r.Workgroup, r.Database, r.SQL, r.State, r.ErrorCode, r.Error,
			micros(r.Started), micros(r.Ended), r.BytesScanned, r.BytesMetadata, r.Requests, r.FilesTotal, r.FilesRead,
			r.PartitionsTotal, r.PartitionsRead, r.RowsRead, r.RowsReturned, r.PeakMemory)
	}
	stmt := tx.StmtContext(ctx, insert)
	defer stmt.Close()
	_, err := stmt.ExecContext(ctx, args...)
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

// HistoryFilter chooses records; zero fields choose all.
type HistoryFilter struct {
	ID, User, Workgroup, State string
	Since                      time.Time // started at or after
	Until                      time.Time // started before
	Limit                      int       // at most so many, the newest; 0: all
}

// Queries lists the query history, the newest first.
func (s *Store) Queries(ctx context.Context, f HistoryFilter) ([]QueryRecord, error) {
	query := "SELECT " + historyColumns + " FROM query_history WHERE (? = '' OR id = ?) AND (? = '' OR user_name = ?) " +
		"AND (? = '' OR workgroup = ?) AND (? = '' OR state = ?) AND started >= ? AND (? = 0 OR started < ?) " +
		"ORDER BY started DESC, sequence DESC LIMIT ?"
	limit := f.Limit
	if limit <= 0 {
		limit = -1
	}
	rows, err := s.read.QueryContext(ctx, query, f.ID, f.ID, f.User, f.User, f.Workgroup, f.Workgroup, f.State, f.State,
		micros(f.Since), micros(f.Until), micros(f.Until), limit)
	if err != nil {
		return nil, translate(err, "read the query history")
	}
	defer rows.Close()
	var out []QueryRecord
	for rows.Next() {
		var r QueryRecord
		var started, ended int64
		err := rows.Scan(&r.ID, &r.User, &r.Workgroup, &r.Database, &r.SQL, &r.State, &r.ErrorCode, &r.Error,
			&started, &ended, &r.BytesScanned, &r.BytesMetadata, &r.Requests, &r.FilesTotal, &r.FilesRead,
			&r.PartitionsTotal, &r.PartitionsRead, &r.RowsRead, &r.RowsReturned, &r.PeakMemory)
		if err != nil {
			return nil, translate(err, "read the query history")
		}
		r.Started, r.Ended = fromMicros(started), fromMicros(ended)
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err, "read the query history")
	}
	return out, nil
}

// PruneQueries forgets the queries that started before a time and gives how
// many there were.
func (s *Store) PruneQueries(ctx context.Context, before time.Time) (int64, error) {
	if before.IsZero() {
		return 0, fault.New(fault.CodeInvalidParameter, "pruning the query history needs a time")
	}
	var n int64
	err := inTx(ctx, s.history, nil, "prune the query history", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM query_history WHERE started < ?", micros(before))
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, err
}
