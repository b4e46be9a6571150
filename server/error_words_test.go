package server_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/fault"
)

var rewriteErrors = flag.Bool("rewrite", false, "write testdata/errors anew")

// wordsFile lists statements and what they fail with: the SQLSTATE and the position,
// then the message in the words of each dialect.
const wordsFile = "../testdata/errors/words.txt"

// TestErrorWords sends the statements of testdata/errors/words.txt over the wire in
// both dialects: the SQLSTATE and the position are the same, the words are each
// dialect's own.
func TestErrorWords(t *testing.T) {
	in := openLake(t)
	dir := brokenTables(t)
	if err := in.Stores.Allow(dir); err != nil {
		t.Fatal(err)
	}
	s := newSession(t, in)
	for _, sql := range brokenDDL(dir) {
		if _, err := run(t, s, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	url := serve(t, in)
	pgWords, athenaWords := connectAs(t, url, "postgres"), connectAs(t, url, "athena")
	old, err := os.ReadFile(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, block := range strings.Split(string(old), "\n\n") {
		sql := statementOf(block)
		if sql == "" {
			out.WriteString(strings.TrimSpace(block) + "\n")
			continue
		}
		got := strings.ReplaceAll(wordsOf(t, pgWords, athenaWords, sql), dir, "LAKE")
		fmt.Fprintf(&out, "\n%s\n%s", strings.Join(commandLines(block), "\n"), got)
		if want := strings.TrimSpace(answerOf(block)); want != strings.TrimSpace(got) && !*rewriteErrors {
			t.Errorf("%s\ngot\n%s\nwant\n%s", sql, got, want)
		}
	}
	if *rewriteErrors {
		if err := os.WriteFile(wordsFile, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A block of the file is the statement's lines, each after "> ", and the answer's.
// In them \t, \r and \n... stand for what cannot be seen.
var unseen = strings.NewReplacer(`\t`, "\t", `\r`, "\r")

func commandLines(block string) (out []string) {
	for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
		if strings.HasPrefix(line, "> ") {
			out = append(out, line)
		}
	}
	return out
}

func statementOf(block string) string {
	var lines []string
	for _, line := range commandLines(block) {
		lines = append(lines, unseen.Replace(line[2:]))
	}
	return strings.Join(lines, "\n")
}

func answerOf(block string) string {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	return strings.Join(lines[len(commandLines(block)):], "\n")
}

// wordsOf gives the answer to a statement in both dialects.
func wordsOf(t *testing.T, pgWords, athenaWords *pgx.Conn, sql string) string {
	t.Helper()
	p, a := failureOf(t, pgWords, sql), failureOf(t, athenaWords, sql)
	var b strings.Builder
	for _, x := range []struct {
		dialect string
		e       *pgconn.PgError
	}{{"postgres", p}, {"athena", a}} {
		if x.e == nil {
			fmt.Fprintf(&b, "%-9s (no error)\n", x.dialect)
			continue
		}
		fmt.Fprintf(&b, "%-9s %s at %d: %s\n", x.dialect, x.e.Code, x.e.Position, x.e.Message)
		if x.e.Hint != "" && (x.dialect == "postgres" || p == nil || x.e.Hint != p.Hint) {
			fmt.Fprintf(&b, "%-9s   hint: %s\n", "", x.e.Hint)
		}
		if x.e.Code == string(fault.CodeInternal) {
			t.Errorf("%s: %s: an internal error", x.dialect, sql)
		}
	}
	return b.String()
}

// failureOf runs a statement and gives its error, nil if there is none.
func failureOf(t *testing.T, c *pgx.Conn, sql string) *pgconn.PgError {
	t.Helper()
	_, err := c.PgConn().Exec(context.Background(), sql).ReadAll()
	var e *pgconn.PgError
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%s: %v", sql, err)
	}
	return e
}

// connectAs opens a connection whose session has the dialect.
func connectAs(t *testing.T, url, dialect string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	for _, sql := range []string{"SET search_path = demo", "SET dialect = " + dialect} {
		if _, err := c.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// brokenTables writes files that tables cannot read as they declare them.
func brokenTables(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	nation, err := os.ReadFile(filepath.Join(testdata, "lake", "nation", "nation.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"csv/a.csv": "a,b\n1,2\nx,3\n", "json/a.json": "{\"a\": 1}\n{\"a\": \"x\"}\n", "cut/a.parquet": string(nation[:len(nation)/2]),
		"typed/a.parquet": string(nation), "gone/a.parquet": string(nation), "parts/p=1/a.parquet": string(nation),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// brokenDDL makes the tables over them, and views that went stale.
func brokenDDL(dir string) []string {
	return []string{
		"CREATE DATABASE bad",
		"CREATE EXTERNAL TABLE bad.csv (a int, b int) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION '" + dir + "/csv/' TBLPROPERTIES ('skip.header.line.count' = '1')",
		"CREATE EXTERNAL TABLE bad.json (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '" + dir + "/json/'",
		"CREATE EXTERNAL TABLE bad.cut (n_nationkey bigint) STORED AS PARQUET LOCATION '" + dir + "/cut/'",
		"CREATE EXTERNAL TABLE bad.typed (n_name date) STORED AS PARQUET LOCATION '" + dir + "/typed/'",
		"CREATE EXTERNAL TABLE bad.gone (n_name string) STORED AS PARQUET LOCATION '" + dir + "/gone/'",
		"CREATE EXTERNAL TABLE bad.parts (n_name string) PARTITIONED BY (p int) STORED AS PARQUET LOCATION '" + dir + "/parts/'",
		"ALTER TABLE bad.parts ADD PARTITION (p = 1)",
		"CREATE VIEW bad.base AS SELECT 1 AS a, 2 AS b",
		"CREATE VIEW bad.stale AS SELECT * FROM bad.base",
		"CREATE VIEW bad.broken AS SELECT b FROM bad.base",
		"CREATE OR REPLACE VIEW bad.base AS SELECT 1 AS a",
	}
}
