// Command libpq uses lib/pq through database/sql; the PG* variables say where.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lib/pq"

	check "clients"
)

var db *sql.DB

func main() {
	var err error
	if db, err = sql.Open("postgres", ""); err != nil {
		fmt.Println("fail connect", err)
		os.Exit(1)
	}
	db.SetMaxOpenConns(2)
	check.Run("connect", func() (string, error) { return "v1.10.9", db.Ping() })
	check.Run("password", password)
	check.Run("types", types)
	check.Run("parameters", parameters)
	check.Run("cancel", cancel)
	check.Run("errors", errs)
	check.Run("transaction", transaction)
	check.Run("temp", temp)
	check.End()
}

func code(err error) string {
	var pe *pq.Error
	if errors.As(err, &pe) {
		return string(pe.Code)
	}
	return fmt.Sprint(err)
}

func password() (string, error) {
	bad, err := sql.Open("postgres", "password=wrong")
	if err != nil {
		return "", err
	}
	defer bad.Close()
	return "", check.Same(code(bad.Ping()), "28P01")
}

func types() (string, error) {
	for _, options := range []string{"", "binary_parameters=yes"} {
		c, err := sql.Open("postgres", options)
		if err != nil {
			return "", err
		}
		defer c.Close()
		var b bool
		var i8 int64
		var f float64
		var s, n string
		var raw []byte
		var when time.Time
		var ints pq.Int64Array
		err = c.QueryRow("select c_bool, c_int8, c_float8, c_text, c_numeric, c_bytea, c_timestamptz, array[1,2] from alltypes where id = $1", 1).
			Scan(&b, &i8, &f, &s, &n, &raw, &when, &ints)
		if err != nil {
			return "", err
		}
		if err := check.Same(strings.TrimSpace(fmt.Sprintln(b, i8, f, s, n, raw, when.UTC().Format(time.RFC3339Nano), ints)),
			"true 9007199254740993 0.1 naïve 12345.6700 [0 255 16] 2024-02-29T13:14:15.123456Z [1 2]"); err != nil {
			return "", err
		}
	}
	return "", nil
}

func parameters() (string, error) {
	st, err := db.Prepare("select o_orderkey from orders where o_orderdate >= $1 and o_totalprice > $2 limit $3")
	if err != nil {
		return "", err
	}
	defer st.Close()
	rows, err := st.Query(time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC), 1000.5, 7)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return "", errors.Join(rows.Err(), check.Same(n, 7))
}

func cancel() (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer stop()
	start := time.Now()
	_, err := db.ExecContext(ctx, check.Slow)
	if time.Since(start) > 5*time.Second {
		return "", fmt.Errorf("took %v", time.Since(start))
	}
	if err == nil {
		return "", errors.New("not canceled")
	}
	return "", db.Ping()
}

func errs() (string, error) {
	for text, want := range map[string]string{"select nosuch from orders": "42703", "select 1/0": "22012"} {
		_, err := db.Exec(text)
		if err := check.Same(code(err), want); err != nil {
			return "", err
		}
	}
	return "", nil
}

func transaction() (string, error) {
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec("select 1/0"); code(err) != "22012" {
		return "", err
	}
	_, err = tx.Exec("select 1")
	return "", errors.Join(check.Same(code(err), "25P02"), tx.Rollback())
}

func temp() (string, error) {
	tx, err := db.Begin()
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("create temp table t (a int, b text) on commit drop"); err != nil {
		return "", err
	}
	in, err := tx.Prepare(pq.CopyIn("t", "a", "b"))
	if err != nil {
		return "", err
	}
	for i := range 1000 {
		if _, err := in.Exec(i, fmt.Sprint("row ", i)); err != nil {
			return "", err
		}
	}
	if _, err := in.Exec(); err != nil {
		return "", err
	}
	if err := in.Close(); err != nil {
		return "", err
	}
	var sum int64
	if err := tx.QueryRow("select sum(a) from t").Scan(&sum); err != nil {
		return "", err
	}
	return "", errors.Join(check.Same(sum, 499_500), tx.Commit())
}
