package meta

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/glauxdb/glaux/catalog/fault"
)

//go:embed history_migrations/*.sql history_migrations/postgres/*.sql
var historyMigrations embed.FS

// historySteps are the migrations of the history.
var historySteps = steps{historyMigrations, "history_migrations", "glaux_history_version"}

const (
	historyFile = "history.db"
	// historyBusy is how long a write of the history waits for another process's:
	// not long, because the queries that end meanwhile wait in memory.
	historyBusy = "busy_timeout(2000)"
)

// openHistory opens the history of a data directory and moves there what an
// older version kept in the catalog's file.
func (s *Store) openHistory(ctx context.Context, dir string) error {
	path := filepath.Join(dir, historyFile)
	// Auto-vacuum must be chosen before the first table: pruning gives space back.
	if err := migrateFile(ctx, path, historySteps, "auto_vacuum(incremental)"); err != nil {
		var f *fault.Error
		if errors.As(err, &f) && f.Code == fault.CodeDataCorrupted {
			return f.WithHint("Remove or move away %s: only the history of queries is in it.", path)
		}
		return err
	}
	h := newHistory(nil, nil)
	s.history = h
	var err error
	if h.write, err = connect(path, "immediate", 1, historyBusy, "journal_mode(WAL)", "synchronous(NORMAL)"); err == nil {
		h.read, err = connect(path, "deferred", 2, busyTimeout, "query_only(1)")
	}
	if err != nil {
		return err
	}
	return s.moveHistory(ctx, dir)
}

func (s *Store) openMemoryHistory(ctx context.Context) error {
	db, err := memoryDB()
	if err != nil {
		return err
	}
	s.history = newHistory(db, db)
	return migrate(ctx, db, goose.DialectSQLite3, historySteps)
}

// oldHistoryTable is the history in the catalog's file, as an older version left it.
const oldHistoryTable = "query_history_moves"

// moveHistory moves what the catalog's file has of the history. Of several
// processes that open the directory one does it, since both files are locked; a
// crash between the two files' commits has the rows copied again, which changes
// nothing.
func (s *Store) moveHistory(ctx context.Context, dir string) error {
	const exists = "SELECT count(*) FROM %ssqlite_master WHERE type = 'table' AND name = '" + oldHistoryTable + "'"
	var n int
	if err := s.read.QueryRowContext(ctx, fmt.Sprintf(exists, "")).Scan(&n); err != nil || n == 0 {
		return err
	}
	db, err := connect(filepath.Join(dir, historyFile), "immediate", 1, busyTimeout)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "ATTACH DATABASE ? AS catalog", filepath.Join(dir, fileName)); err != nil {
		return err
	}
	return inTx(ctx, db, nil, "move the query history", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, fmt.Sprintf(exists, "catalog.")).Scan(&n); err != nil || n == 0 {
			return err
		}
		const columns = "id, user_name, workgroup, database_name, sql_text, state, error_code, error_message, started, ended, bytes_scanned, " +
			"bytes_metadata, requests, files_total, files_read, partitions_total, partitions_read, rows_read, rows_returned, peak_memory"
		_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO main.query_history (kind, application, client_addr, planning, "+columns+
			") SELECT 'DML', '', '', 0, "+columns+" FROM catalog."+oldHistoryTable+" ORDER BY sequence")
		if err == nil {
			_, err = tx.ExecContext(ctx, "DROP TABLE catalog."+oldHistoryTable)
		}
		return err
	})
}

func (h *history) close() []*sql.DB {
	if h == nil {
		return nil
	}
	if h.read == h.write {
		return []*sql.DB{h.write}
	}
	return []*sql.DB{h.write, h.read}
}
