package meta

import (
	"context"
	"database/sql"
)

// historyRowBytes is about what a record takes in PostgreSQL: its long texts as
// they are stored, and the rest of the row with its entries in the indexes. Space
// that deleted records leave is not counted: new ones take it.
const historyRowBytes = "300 + pg_column_size(sql_text) + pg_column_size(plan_text) + pg_column_size(table_details) + pg_column_size(error_message)"

// sizePostgres gives the bytes of all records.
func (h *history) sizePostgres(ctx context.Context) (n int64, err error) {
	err = h.read.QueryRowContext(ctx, "SELECT CAST(coalesce(sum("+historyRowBytes+"), 0) AS BIGINT) FROM query_history").Scan(&n)
	return n, err
}

// shrinkPostgres deletes the oldest records until the others have no more than
// size bytes.
func (h *history) shrinkPostgres(ctx context.Context, size int64) (all int64, err error) {
	const what = "prune the query history"
	var total int64
	if err := h.read.QueryRowContext(ctx, "SELECT pg_total_relation_size(CAST('query_history' AS regclass))").Scan(&total); err != nil {
		return 0, translate(err, what)
	}
	if total <= size {
		return 0, nil // all that it takes, free space included
	}
	used, err := h.sizePostgres(ctx)
	if err != nil {
		return 0, translate(err, what)
	}
	for used > size {
		var n, freed int64
		err := inTx(ctx, h.write, nil, what, func(tx *sql.Tx) error {
			return tx.QueryRowContext(ctx, "WITH gone AS (DELETE FROM query_history WHERE sequence IN "+
				"(SELECT sequence FROM query_history ORDER BY started LIMIT ?) RETURNING "+historyRowBytes+" AS bytes) "+
				"SELECT count(*), CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM gone", pruneRows).Scan(&n, &freed)
		})
		all += n
		if err != nil || n == 0 {
			return all, err
		}
		used -= freed
	}
	return all, nil
}
