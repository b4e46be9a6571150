package slttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSamples: SYSTEM reads the splits that it keeps and no others, a seed finds the
// same rows again however many workers read, and chances of 0 and 100 are certain.
func TestSamples(t *testing.T) {
	w := openWritable(t, nil)
	s, dir := w.Session, w.dir
	const files, rows = 20, 1000
	for i := range files {
		var b strings.Builder
		for r := range rows {
			fmt.Fprintf(&b, "%d\n", i*rows+r)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.csv", i)), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Query(t.Context(), "CREATE EXTERNAL TABLE out.sampled (n int) LOCATION '"+filepath.ToSlash(dir)+"/'"); err != nil {
		t.Fatal(err)
	}
	all := bytesRead(t, s, "SELECT count(*), sum(n) FROM out.sampled")
	for _, method := range []string{"BERNOULLI", "SYSTEM"} {
		for percent, want := range map[string]string{"0": "0|NULL", "100": all.rows} {
			if got := bytesRead(t, s, fmt.Sprintf("SELECT count(*), sum(n) FROM out.sampled TABLESAMPLE %s (%s)", method, percent)); got.rows != want {
				t.Errorf("%s (%s) gives %s, want %s", method, percent, got.rows, want)
			}
		}
		sql := fmt.Sprintf("SELECT count(*), sum(n), sum(n * n) FROM out.sampled TABLESAMPLE %s (40) REPEATABLE (7)", method)
		first := bytesRead(t, s, sql)
		if again := bytesRead(t, s, sql); again.rows != first.rows {
			t.Errorf("%s gives %s, then %s", sql, first.rows, again.rows)
		}
		if other := bytesRead(t, s, strings.Replace(sql, "(7)", "(8)", 1)); other.rows == first.rows {
			t.Errorf("another seed gives the same rows: %s", other.rows)
		}
	}
	part := bytesRead(t, s, "SELECT count(*), count(DISTINCT n / 1000) FROM out.sampled TABLESAMPLE SYSTEM (40) REPEATABLE (7)")
	var n, kept int64
	if _, err := fmt.Sscanf(part.rows, "%d|%d", &n, &kept); err != nil {
		t.Fatal(err)
	}
	if n != kept*rows || kept == 0 || kept == files || part.bytes > all.bytes*kept/files+all.bytes/10 {
		t.Errorf("SYSTEM gives %d rows of %d files and reads %d of %d bytes", n, kept, part.bytes, all.bytes)
	}
	// About a tenth of 20,000 rows: ten deviations of 42 to either side.
	thin := bytesRead(t, s, "SELECT count(*) FROM out.sampled AS x TABLESAMPLE BERNOULLI (10)")
	if _, err := fmt.Sscan(thin.rows, &n); err != nil || n < 1580 || n > 2420 {
		t.Errorf("BERNOULLI (10) keeps %s of 20000 rows (%v)", thin.rows, err)
	}
}
