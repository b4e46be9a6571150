package slttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// TestFilesFromListing: where only columns of files are asked for, and equal rows
// count once, no data are read; the answer is what reading every row gives.
func TestFilesFromListing(t *testing.T) {
	s := NewSession(t, Lake(t, root+"lake", nil))
	if _, err := s.Query(t.Context(), `CREATE VIEW places AS SELECT "$path" AS path, "$size" AS bytes, "$etag" AS tag FROM products`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ free, full string }{
		{`SELECT DISTINCT "$path", "$size" FROM %s`, `SELECT "$path", "$size" FROM (SELECT "$path", "$size", count(*) FROM %s GROUP BY 1, 2) x`},
		{`SELECT min("$path"), max("$file_modified_time"), count(DISTINCT "$etag") FROM %s`,
			`SELECT min(p), max(m), count(DISTINCT e) FROM (SELECT "$path" p, "$file_modified_time" m, "$etag" e, count(*) FROM %s GROUP BY 1, 2, 3) x`},
		{`SELECT length("$path") FROM %s WHERE "$size" > 100 GROUP BY 1`, `SELECT l FROM (SELECT length("$path") l, count(*) FROM %s WHERE "$size" > 100 GROUP BY 1) x`},
		{`SELECT DISTINCT "$partition" FROM %s WHERE "$path" LIKE '%%1%%'`, `SELECT p FROM (SELECT "$partition" p, count(*) FROM %s WHERE "$path" LIKE '%%1%%' GROUP BY 1) x`},
	} {
		for _, table := range []string{"products", "web_logs", "orders", "region", "formats.access_log", "formats.iis"} {
			free := bytesRead(t, s, fmt.Sprintf(c.free, table)+" ORDER BY 1")
			full := bytesRead(t, s, fmt.Sprintf(c.full, table)+" ORDER BY 1")
			if free.bytes != 0 || free.rows != full.rows {
				t.Errorf("%s of %s reads %d bytes and gives\n%s\nnot\n%s", c.free, table, free.bytes, free.rows, full.rows)
			}
		}
	}
	if got := bytesRead(t, s, `SELECT DISTINCT path, bytes, tag FROM places`); got.bytes != 0 || strings.Count(got.rows, "\n") != 1 {
		t.Errorf("a view reads %d bytes for %s", got.bytes, got.rows)
	}
	for _, sql := range []string{`SELECT "$path", count(*) FROM orders GROUP BY 1`, `SELECT "$path", "$size" FROM region`, `SELECT "$row_position" FROM region`} {
		if got := bytesRead(t, s, sql); got.bytes != 0 {
			t.Errorf("%s reads %d bytes", sql, got.bytes)
		}
	}
	if got := bytesRead(t, s, `SELECT sum(o_totalprice) FROM orders WHERE "$path" LIKE '%1993%'`); got.files != 1 {
		t.Errorf("a condition on the path reads %d files", got.files)
	}
}

type reading struct {
	rows         string
	bytes, files int64
}

func bytesRead(t *testing.T, s Session, sql string) reading {
	t.Helper()
	p, err := s.Prepare(t.Context(), sql, nil)
	if err != nil {
		t.Fatal(sql, err)
	}
	r, err := s.Execute(t.Context(), p, nil)
	if err != nil {
		t.Fatal(sql, err)
	}
	defer r.Close()
	rows, err := Rows(t.Context(), r)
	if err != nil {
		t.Fatal(sql, err)
	}
	st := r.Stats()
	return reading{strings.Join(rows, "\n"), st.BytesScanned, st.FilesRead}
}

// TestRowPositions: with its path a position names one row, whatever else a query
// asks for and however many workers read.
func TestRowPositions(t *testing.T) {
	tables := func(s Session) (all []string) {
		for _, db := range []string{"lake", "formats", "acid"} {
			rows, err := s.Query(t.Context(), "SHOW TABLES IN "+db)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range rows {
				all = append(all, db+`."`+name+`"`)
			}
		}
		return all
	}
	for _, workers := range []int{1, 4} {
		s := NewSession(t, Lake(t, root+"lake", func(o *exec.Options) { o.Workers = workers }))
		for _, table := range tables(s) {
			got, err := s.Query(t.Context(), fmt.Sprintf(`SELECT count(*) - count(DISTINCT "$path" || ':' || "$row_position"), min("$row_position") >= 0 FROM %s`, table))
			switch {
			case err != nil:
				t.Errorf("%s: %v", table, err)
			case got[0] != "0|true":
				t.Errorf("%s: %s", table, got[0])
			}
		}
	}
}
