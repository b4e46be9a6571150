// Command pgx uses jackc/pgx as programs do; the PG* variables say where.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	check "clients"
)

var (
	ctx  = context.Background()
	conn *pgx.Conn
)

func main() {
	var err error
	if conn, err = pgx.Connect(ctx, ""); err != nil {
		fmt.Println("fail connect", err)
		os.Exit(1)
	}
	check.Run("connect", func() (string, error) { return "v5.12.0", conn.Ping(ctx) })
	check.Run("password", password)
	check.Run("types", types)
	check.Run("parameters", parameters)
	check.Run("fetch", fetch)
	check.Run("cancel", cancel)
	check.Run("errors", errs)
	check.Run("transaction", transaction)
	check.Run("temp", temp)
	check.Run("copy", copyOut)
	check.End()
}

func code(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code
	}
	return fmt.Sprint(err)
}

func password() (string, error) {
	c, err := pgx.ParseConfig("")
	if err != nil {
		return "", err
	}
	c.Password = "wrong"
	_, err = pgx.ConnectConfig(ctx, c)
	return "", check.Same(code(err), "28P01")
}

// modes are the ways in which pgx sends a query.
var modes = []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
	pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}

func types() (string, error) {
	for _, m := range modes {
		rows, err := conn.Query(ctx, "select c_bool, c_int2, c_int4, c_int8, c_float8, c_text, c_ints, c_texts, c_timestamptz from alltypes where id = 1", m)
		if err != nil {
			return "", err
		}
		type row struct {
			B      bool
			I2     int16
			I4     int32
			I8     int64
			F      float64
			S      string
			Ints   []*int32
			Texts  []string
			Moment time.Time
		}
		r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[row])
		if err != nil {
			return "", fmt.Errorf("%v: %w", m, err)
		}
		if err := check.Same(strings.TrimSpace(fmt.Sprintln(r.B, r.I2, r.I4, r.I8, r.F, r.S, len(r.Ints), r.Texts, r.Moment.UTC().Format(time.RFC3339Nano))),
			`true 12 -123456 9007199254740993 0.1 naïve 3 [a b,c d"e] 2024-02-29T13:14:15.123456Z`); err != nil {
			return "", fmt.Errorf("%v: %w", m, err)
		}
	}
	rows, err := conn.Query(ctx, "select * from alltypes order by id")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Values(); err != nil {
			return "", err
		}
	}
	return "", rows.Err()
}

func parameters() (string, error) {
	moment := time.Date(2024, 2, 29, 13, 14, 15, 123456000, time.UTC)
	for _, m := range modes {
		for column, v := range map[string]any{"c_bool": true, "c_int2": int16(12), "c_int8": int64(9007199254740993), "c_float8": 0.1,
			"c_text": "naïve", "c_bytea": []byte{0, 255, 16}, "c_timestamptz": moment, "c_numeric": "12345.67"} {
			var n int64
			if err := conn.QueryRow(ctx, "select count(*) from alltypes where "+column+" = $1", m, v).Scan(&n); err != nil {
				return "", fmt.Errorf("%v %s: %w", m, column, err)
			}
			if n != 1 {
				return "", fmt.Errorf("%v %s: %d rows", m, column, n)
			}
		}
	}
	b := &pgx.Batch{}
	for i := range 5 {
		b.Queue("select $1::int + 1", i)
	}
	res := conn.SendBatch(ctx, b)
	defer res.Close()
	for i := range 5 {
		var n int
		if err := res.QueryRow().Scan(&n); err != nil || n != i+1 {
			return "", fmt.Errorf("batch: %d, %v", n, err)
		}
	}
	return "", nil
}

func fetch() (string, error) {
	rows, err := conn.Query(ctx, "select l_orderkey, l_comment from lineitem")
	if err != nil {
		return "", err
	}
	n := 0
	for rows.Next() {
		n++
	}
	return fmt.Sprintf("%d rows", n), rows.Err()
}

func cancel() (string, error) {
	c, err := pgx.ParseConfig("")
	if err != nil {
		return "", err
	}
	c.BuildContextWatcherHandler = func(p *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: p, DeadlineDelay: 5 * time.Second}
	}
	other, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return "", err
	}
	defer other.Close(ctx)
	short, stop := context.WithTimeout(ctx, 500*time.Millisecond)
	defer stop()
	start := time.Now()
	_, err = other.Exec(short, check.Slow)
	if time.Since(start) > 5*time.Second {
		return "", fmt.Errorf("took %v", time.Since(start))
	}
	return "", check.Same(code(err), "57014")
}

func errs() (string, error) {
	for sql, want := range map[string]string{"select nosuch from orders": "42703", "selec 1": "42601", "select 1/0": "22012", "select * from nosuch": "42P01"} {
		_, err := conn.Exec(ctx, sql)
		if err := check.Same(code(err), want); err != nil {
			return "", fmt.Errorf("%s: %w", sql, err)
		}
	}
	return "", nil
}

func transaction() (string, error) {
	return "", pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		inner := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "select 1/0")
			return err
		})
		if err := check.Same(code(inner), "22012"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "select 2")
		return err
	})
}

func temp() (string, error) {
	if _, err := conn.Exec(ctx, "create temp table t (a int, b text, c timestamptz, d float8)"); err != nil {
		return "", err
	}
	n, err := conn.CopyFrom(ctx, pgx.Identifier{"t"}, []string{"a", "b", "c", "d"}, pgx.CopyFromSlice(10_000, func(i int) ([]any, error) {
		return []any{i, fmt.Sprint("row ", i), time.Now(), float64(i) / 2}, nil
	}))
	if err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, "insert into t (a, b) values ($1, $2)", 10_000, nil); err != nil {
		return "", err
	}
	var sum int64
	if err := conn.QueryRow(ctx, "select sum(a) from t").Scan(&sum); err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, "drop table t"); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rows copied", n), check.Same(sum, 50_005_000)
}

func copyOut() (string, error) {
	var b bytes.Buffer
	tag, err := conn.PgConn().CopyTo(ctx, &b, "copy (select n_nationkey, n_name from nation order by 1) to stdout with (format csv)")
	if err != nil {
		return "", err
	}
	return "", check.Same(tag.String()+" "+b.String()[:9], "COPY 25 0,ALGERIA")
}
