package meta

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Copied says how many rows of a table were copied.
type Copied struct {
	Table string
	Rows  int64
}

// copiedTables are the tables of the catalog, what refers to others behind them.
// Leases are no rows: what was leased counts as spent.
var copiedTables = []string{"databases", "tables", "partition_lists", "partition_chunks", "documents", "table_versions", "budget_counters"}

// CopyFrom takes over all that a data directory keeps: tables with their
// identifiers and versions, documents (crawlers, workgroups, budgets, users), what
// budgets have spent, and the history. Nothing else may be there yet (55000): two
// catalogs are joined with an export and an import. All of it comes or nothing. No
// server may use the directory meanwhile: what it writes during the copy may be
// missing. In SQLite it is 0A000; a text that PostgreSQL cannot hold is 22021.
func (s *Store) CopyFrom(ctx context.Context, dir string) ([]Copied, error) {
	if s.postgres == nil {
		return nil, fault.New(fault.CodeFeatureNotSupported, "only a catalog in PostgreSQL takes over a data directory").
			WithHint("Copy the directory itself.")
	}
	from, err := Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	what := "copy the catalog of " + dir
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, translate(err, what)
	}
	defer conn.Close()
	defer s.watch.feed.changed()
	var out []Copied
	err = conn.Raw(func(c any) error {
		to := c.(*pgConn).Conn.Conn()
		return pgx.BeginTxFunc(ctx, to, pgx.TxOptions{BeginQuery: s.postgres.beginAlone("write")}, func(tx pgx.Tx) (err error) {
			if err := mustBeEmpty(ctx, tx); err != nil {
				return err
			}
			out, err = from.copyTo(ctx, tx)
			return err
		})
	})
	return out, translate(err, what)
}

func mustBeEmpty(ctx context.Context, tx pgx.Tx) error {
	for _, table := range append(slices.Clone(copiedTables), "query_history") {
		var some bool
		if err := tx.QueryRow(ctx, "select exists (select 1 from "+table+")").Scan(&some); err != nil {
			return err
		}
		if some {
			return fault.New(fault.CodeObjectNotReady, "the catalog in PostgreSQL is not empty: there is something in %s", table).
				WithHint("Use another database or schema, or export the tables as DDL and import them.")
		}
	}
	return nil
}

// copyTo copies all tables from one snapshot of each file.
func (s *Store) copyTo(ctx context.Context, tx pgx.Tx) (out []Copied, err error) {
	err = s.view(ctx, "copy the catalog", func(from *sql.Tx) error {
		for _, table := range copiedTables {
			n, err := copyTable(ctx, tx, from, table, "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			out = append(out, Copied{table, n})
		}
		return copyLeases(ctx, tx, from)
	})
	if err != nil {
		return nil, err
	}
	err = inTx(ctx, s.history.read, nil, "copy the query history", func(from *sql.Tx) error {
		n, err := copyTable(ctx, tx, from, "query_history", "SELECT * FROM query_history ORDER BY sequence")
		out = append(out, Copied{"query_history", n})
		return err
	})
	return out, err
}

// copyTable copies rows and lets the identifiers go on behind those that were ever
// given.
func copyTable(ctx context.Context, tx pgx.Tx, from *sql.Tx, table, query string) (int64, error) {
	rows, err := from.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return 0, err
	}
	names := make([]string, len(types))
	into := make([]any, len(types))
	values := make([]any, len(types))
	for i, t := range types {
		names[i], into[i] = t.Name(), &values[i]
	}
	var refused error // PostgreSQL tells its own
	n, err := tx.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromFunc(func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		if refused = rows.Scan(into...); refused != nil {
			return nil, refused
		}
		for i, t := range types {
			if values[i], refused = copiedValue(table, t, values[i]); refused != nil {
				return nil, refused
			}
		}
		return values, nil
	}))
	if refused != nil {
		return 0, refused
	}
	if err != nil {
		return 0, err
	}
	rows.Close()
	if column := types[0].Name(); column == "id" || column == "sequence" {
		return n, copySequence(ctx, tx, from, table, column)
	}
	return n, nil
}

// copiedValue gives a value of SQLite as its column in PostgreSQL takes it.
func copiedValue(table string, t *sql.ColumnType, v any) (any, error) {
	switch v := v.(type) {
	case []byte:
		if v == nil { // how the driver gives an empty one
			return []byte{}, nil
		}
	case int64:
		if t.Name() == "reused" {
			return v != 0, nil
		}
	case string:
		if utf8.ValidString(v) && strings.IndexByte(v, 0) < 0 {
			return v, nil
		}
		if table != "query_history" {
			return nil, badText(v)
		}
		return goodText(v), nil
	}
	return v, nil
}

// copySequence lets identifiers go on behind those that SQLite has given.
func copySequence(ctx context.Context, tx pgx.Tx, from *sql.Tx, table, column string) error {
	var last int64
	if err := from.QueryRowContext(ctx, fmt.Sprintf("SELECT max(coalesce((SELECT max(%s) FROM %s), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))",
		column, table), table).Scan(&last); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "select setval(pg_get_serial_sequence($1, $2), $3, false)", table, column, last+1)
	return err
}

// copyLeases counts as spent what was leased.
func copyLeases(ctx context.Context, tx pgx.Tx, from *sql.Tx) error {
	rows, err := from.QueryContext(ctx, "SELECT counter, sum(bytes) FROM budget_leases GROUP BY counter")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var counter, bytes int64
		if err := rows.Scan(&counter, &bytes); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update budget_counters set spent = spent + $2 where id = $1", counter, bytes); err != nil {
			return err
		}
	}
	return rows.Err()
}
