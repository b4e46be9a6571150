package meta

import (
	"context"
	"database/sql"
	"time"
)

// HistoryKeep says how much of the history stays; zero fields set no bound.
type HistoryKeep struct {
	Since time.Time // what started before goes
	Size  int64     // bytes that the records may take; beyond it the oldest go
}

// pruneRows is how many records one transaction forgets: writers of other
// processes wait no longer than that takes.
const pruneRows = 2000

// PruneQueries forgets what is older, and the oldest beyond the size, and gives
// how many records there were. SQLite's file gets smaller with it;
// PostgreSQL reuses the space.
func (s *Store) PruneQueries(ctx context.Context, keep HistoryKeep) (int64, error) {
	if keep.Since.IsZero() && keep.Size <= 0 {
		return 0, errNoTime()
	}
	some, err := s.history.older(ctx, keep.Since)
	if err != nil {
		return 0, err
	}
	var all int64
	for some {
		n, err := s.history.forget(ctx, "started < ?", micros(keep.Since))
		if all += n; err != nil {
			return all, err
		}
		some = n == pruneRows
	}
	n, err := s.history.shrink(ctx, keep.Size)
	return all + n, err
}

// older looks, without a lock, whether there is something from before a time.
func (h *history) older(ctx context.Context, at time.Time) (some bool, err error) {
	if at.IsZero() {
		return false, nil
	}
	err = h.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM query_history WHERE started < ?)", micros(at)).Scan(&some)
	return some, translate(err, "read the query history")
}

// forget deletes some of the oldest records that fulfill a condition.
func (h *history) forget(ctx context.Context, cond string, args ...any) (n int64, err error) {
	err = inTx(ctx, h.write, nil, "prune the query history", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM query_history WHERE sequence IN (SELECT sequence FROM query_history WHERE "+cond+
			" ORDER BY started LIMIT ?)", append(args, pruneRows)...)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	if err == nil && n > 0 && !h.postgres {
		_, err = h.write.ExecContext(ctx, "PRAGMA incremental_vacuum")
	}
	return n, err
}

// shrink deletes the oldest records until the file has no more than size bytes.
func (h *history) shrink(ctx context.Context, size int64) (all int64, err error) {
	if h.postgres && size > 0 {
		return h.shrinkPostgres(ctx, size)
	}
	for size > 0 {
		used, err := h.size(ctx)
		if err != nil {
			return all, translate(err, "prune the query history")
		}
		if used <= size {
			break
		}
		n, err := h.forget(ctx, "true")
		if all += n; err != nil || n == 0 {
			return all, err // an empty history is as small as it gets
		}
	}
	return all, nil
}

// size gives the bytes of the pages that are in use.
func (h *history) size(ctx context.Context) (int64, error) {
	if h.postgres {
		return h.sizePostgres(ctx)
	}
	var pages, free, each int64
	err := h.read.QueryRowContext(ctx, "SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size").
		Scan(&pages, &free, &each)
	return (pages - free) * each, err
}

// HistorySize gives the bytes that the history takes.
func (s *Store) HistorySize(ctx context.Context) (int64, error) {
	n, err := s.history.size(ctx)
	return n, translate(err, "read the query history")
}
