package slttest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// cleansable is a session whose database "out" is in a directory with the files of
// testdata/cleanse, for which $DATA stands in statements.
func cleansable(t *testing.T, change func(*exec.Options)) writable {
	t.Helper()
	w := openWritable(t, change)
	for folder, of := range map[string]string{"": "cleanse", "sensors": "formats/sensors", "trips": "formats/trips", "shipments": "formats/shipments"} {
		if err := os.CopyFS(filepath.Join(w.dir, folder), os.DirFS(root+of)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Session.Query(t.Context(), "SET search_path = out"); err != nil {
		t.Fatal(err)
	}
	return w
}

type cleanseDB struct{ writable }

func (d cleanseDB) Query(ctx context.Context, sql string) ([]string, error) {
	return d.Session.Query(ctx, strings.ReplaceAll(sql, "$DATA", filepath.ToSlash(d.dir)))
}

// TestCleanseScripts runs the scripts about data cleansing.
func TestCleanseScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint("workers=", workers), func(t *testing.T) {
			RunDir(t, root+"slt/cleanse", *rewrite && workers == 1, func(t *testing.T) DB {
				return cleanseDB{cleansable(t, func(o *exec.Options) { o.Workers = workers })}
			})
		})
	}
}

// TestCleanseNotices: a query that left out or changed something ends with one
// warning that counts it, and EXPLAIN ANALYZE counts it scan by scan; one of a
// SerDe that reads what it cannot as NULL warns of nothing.
func TestCleanseNotices(t *testing.T) {
	s := cleanseDB{cleansable(t, nil)}
	for _, sql := range []string{
		`CREATE EXTERNAL TABLE p (id int, age tinyint, name varchar(5)) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '$DATA/people'
			TBLPROPERTIES ('skip.header.line.count' = '1', 'numeric_overflow_handling' = 'DROP_ROW', 'surplus_char_handling' = 'TRUNCATE')`,
		`CREATE EXTERNAL TABLE q (id int, age tinyint) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '$DATA/people' TBLPROPERTIES ('skip.header.line.count' = '1')`,
	} {
		if _, err := s.Query(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ sql, message, detail string }{
		{"SELECT count(*) FROM p", "1 row was rejected because a value in it cannot be read as it is declared",
			`people.csv, line 3, column "age": value "300" is out of range for type tinyint`},
		{"SELECT * FROM p", "data cleansing left out rows and changed values: NUMERIC_OVERFLOW: 1 DROP_ROW; SURPLUS_CHAR: 2 TRUNCATE",
			`people.csv, line 6, column "name": value too long for type varchar(5) (TRUNCATE)`},
		{"SELECT * FROM q", "", ""},
	} {
		p, err := s.Prepare(t.Context(), c.sql, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Execute(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Rows(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.Close()
		message, detail := "", ""
		for _, n := range r.Notices() {
			message += n.Message
			detail += n.Detail
		}
		if message != c.message || !strings.Contains(detail, c.detail) {
			t.Errorf("%s: %q\n%s", c.sql, message, detail)
		}
	}
	for sql, want := range map[string][]string{
		"EXPLAIN ANALYZE SELECT * FROM p":  {"cleansed=[MALFORMED: 1 SET_TO_NULL; NUMERIC_OVERFLOW: 1 DROP_ROW; SURPLUS_CHAR: 2 TRUNCATE]", "Data cleansing: MALFORMED: 1 SET_TO_NULL; NUMERIC_OVERFLOW: 1 DROP_ROW; SURPLUS_CHAR: 2 TRUNCATE"},
		"EXPLAIN ANALYZE SELECT * FROM q":  {"cleansed=[MALFORMED: 1 SET_TO_NULL; NUMERIC_OVERFLOW: 1 SET_TO_NULL]"},
		`EXPLAIN SELECT * FROM "p$errors"`: {"rows_of=errors"},
	} {
		rows, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if text := strings.Join(rows, "\n"); !strings.Contains(text, w) {
				t.Errorf("%s lacks %s:\n%s", sql, w, text)
			}
		}
	}
}
