package slttest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
)

// spilling are queries that do not fit a few megabytes.
var spilling = []struct {
	sql     string
	ordered bool // the answer's order is part of it
}{
	{`SELECT n, n % 1000 * 7919 % 100003 AS k, 'row ' || n AS s FROM generate_series(1, 300000) g (n) ORDER BY k, s DESC`, true},
	{`SELECT n % 1000 * 7919 % 100003 AS k, CASE WHEN n % 7 = 0 THEN NULL ELSE 'a long text that begins alike ' || n % 1000 END AS s, n FROM generate_series(1, 200000) g (n) ORDER BY s NULLS FIRST, n + 1`, true},
	{`SELECT n, array[n, n % 10] FROM generate_series(1, 200000) g (n) ORDER BY -n LIMIT 150000 OFFSET 1000`, true},
	{`SELECT n * 79 % 100003 AS k, count(*), sum(n), avg(n), min(n), max(n), stddev(n) FROM generate_series(1, 300000) g (n) GROUP BY 1`, false},
	{`SELECT 'key ' || n % 70000, count(*), bool_or(n > 5), max(cast(n AS double)), sum(cast(n AS decimal(20, 2))) FROM generate_series(1, 300000) g (n) GROUP BY 1`, false},
	{`SELECT array[n % 30000, 1], max(n) FROM generate_series(1, 100000) g (n) GROUP BY 1`, false},
	{`SELECT n % 20011, min('text ' || n), array_join(array_sort(array_agg(n)), ','), count(*) FROM generate_series(1, 200000) g (n) GROUP BY 1`, false},
	{`SELECT n % 5003, count(DISTINCT n % 1009), sum(n), array_join(array_agg(n ORDER BY n DESC), ' ') FROM generate_series(1, 200000) g (n) GROUP BY 1`, false},
	{`SELECT n % 301, count(DISTINCT n % 1009) FILTER (WHERE n % 3 = 0), max('t' || n) FILTER (WHERE n % 2 = 0), approx_distinct(n) FROM generate_series(1, 200000) g (n) GROUP BY 1`, false},
	{`SELECT count(DISTINCT n), count(DISTINCT 'some text ' || n), sum(n) FROM generate_series(1, 200000) g (n)`, false},
	{`SELECT DISTINCT n * 31 % 150000, 'abc' || n % 3 FROM generate_series(1, 300000) g (n)`, false},
	{`SELECT n % 40000 AS a, n % 3 AS b, count(*), grouping(n % 40000, n % 3) FROM generate_series(1, 200000) g (n) GROUP BY GROUPING SETS ((n % 40000, n % 3), (n % 40000), ())`, false},
	{`SELECT k, count(*) FROM (SELECT n * 79 % 100003 AS k FROM generate_series(1, 300000) g (n)) t GROUP BY k ORDER BY 2 DESC, k DESC`, true},
	{`SELECT n % 100000 FROM generate_series(1, 200000) g (n) INTERSECT ALL SELECT n FROM generate_series(50000, 250000) g (n)`, false},
	{`SELECT 'x' || n FROM generate_series(1, 150000) g (n) EXCEPT SELECT 'x' || 3 * n FROM generate_series(1, 100000) g (n)`, false},
	{`SELECT sum(n ORDER BY n % 1000), count(DISTINCT n % 90000 ORDER BY n % 90000), max('t' || n) FROM generate_series(1, 250000) g (n)`, false},
	{`SELECT n % 2, count(DISTINCT n), sum(n ORDER BY -n), min(DISTINCT 'some text ' || n) FROM generate_series(1, 400000) g (n) GROUP BY 1`, false},
	{`SELECT 'one', sum(DISTINCT n), count(DISTINCT n % 150000 ORDER BY n % 150000) FROM generate_series(1, 300000) g (n) GROUP BY 1`, false},
	{`SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY n * 7 % 10003), percentile_disc(ARRAY[0.9, 0, 0.1]) WITHIN GROUP (ORDER BY 'text ' || n DESC), mode() WITHIN GROUP (ORDER BY n * 79 % 100003 / 3), count(*) FROM generate_series(1, 300000) g (n)`, false},
	{`SELECT n % 2, percentile_cont(ARRAY[0.3, NULL, 1]) WITHIN GROUP (ORDER BY nullif(n % 7, 0) * n), percentile_disc(0.6) WITHIN GROUP (ORDER BY 'text ' || n), mode() WITHIN GROUP (ORDER BY 't' || n * 79 % 100003 / 3 DESC) FROM generate_series(1, 300000) g (n) GROUP BY 1`, false},
	{`SELECT n % 3001, percentile_disc(0.6) WITHIN GROUP (ORDER BY 'text ' || n), mode() WITHIN GROUP (ORDER BY n % 13) FROM generate_series(1, 200000) g (n) GROUP BY 1`, false},
	{`SELECT n, row_number() OVER w, lag(n, 2, -1) OVER w, lead('t' || n) OVER w, percent_rank() OVER w, ntile(7) OVER w, last_value(n) OVER w, sum(n) OVER (w ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING) FROM generate_series(1, 150000) g (n) WINDOW w AS (ORDER BY n * 79 % 100003, n)`, false},
	{`SELECT n % 3, n, sum(n) OVER (PARTITION BY n % 3 ORDER BY n / 10), max(n) OVER (PARTITION BY n % 3), sum(n) OVER (), count(*) OVER (ORDER BY n % 3) FROM generate_series(1, 200000) g (n)`, false},
	{`SELECT n % 90000 FROM generate_series(1, 200000) g (n) EXCEPT ALL SELECT n FROM generate_series(1, 80000) g (n)`, false},
}

// TestSpilling runs queries in a few megabytes and compares their answers with those
// that they give with as much memory as they like.
func TestSpilling(t *testing.T) {
	dir := t.TempDir()
	e := Lake(t, root+"lake", func(o *exec.Options) { o.Workers, o.SpillDir = 2, dir })
	for i, q := range spilling {
		if testing.Short() && i%4 > 0 {
			continue
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			want, st := answer(t, e, q.sql, nil)
			if st.Spilled != 0 {
				t.Fatalf("%s\nspilled %d bytes without a limit", q.sql, st.Spilled)
			}
			for _, limit := range []int64{4, 8} {
				got, st := answer(t, e, q.sql, map[string]string{"query_max_memory": fmt.Sprintf("%dMB", limit)})
				if st.Spilled == 0 && limit == 4 {
					t.Errorf("%s\nspilled nothing in %d MB: peak %d", q.sql, limit, st.PeakMemory)
				}
				if st.PeakMemory > limit<<20 {
					t.Errorf("%s\nheld %d bytes in %d MB", q.sql, st.PeakMemory, limit)
				}
				t.Logf("%d MB: %d bytes spilled, peak %d: %.60s", limit, st.Spilled, st.PeakMemory, q.sql)
				sameAnswer(t, q.sql, got, want, q.ordered)
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "0*")); len(left) != 0 || e.SpillUse() != 0 {
		t.Errorf("left when all queries have ended: %v, %d bytes", left, e.SpillUse())
	}
}

func sameAnswer(t *testing.T, sql string, got, want []string, ordered bool) {
	t.Helper()
	if !ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if len(got) != len(want) {
		t.Errorf("%s\n%d rows, want %d", sql, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s\nrow %d: %.200s, want %.200s", sql, i, got[i], want[i])
			return
		}
	}
}

// answer runs a query in a session of its own.
func answer(t *testing.T, e *exec.Engine, sql string, set map[string]string) ([]string, exec.Stats) {
	t.Helper()
	rows, st, err := try(e, sql, set)
	if err != nil {
		t.Fatalf("%s\n%v: %v", sql, set, err)
	}
	return rows, st
}

func try(e *exec.Engine, sql string, set map[string]string) (out []string, st exec.Stats, err error) {
	s, err := e.NewSession(exec.SessionOptions{User: "test", Database: "lake", Settings: set})
	if err != nil {
		return nil, st, err
	}
	defer s.Close()
	p, err := s.Prepare(context.Background(), sql, nil)
	if err != nil {
		return nil, st, err
	}
	r, err := s.Execute(context.Background(), p, nil)
	if err != nil {
		return nil, st, err
	}
	var b vector.Batch
	var line strings.Builder
	for err == nil {
		if err = r.Next(context.Background(), &b); err != nil {
			break
		}
		for k := range b.Rows() {
			i := k
			if b.Sel != nil {
				i = int(b.Sel[k])
			}
			line.Reset()
			for _, c := range b.Cols {
				fmt.Fprint(&line, vector.ValueAt(c, i), "|")
			}
			out = append(out, line.String())
		}
	}
	if err == io.EOF {
		err = nil
	}
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	return out, r.Stats(), err
}

// TestValuesOfOneGroup: a result that is all values of a group has to fit. If it does
// not, the query ends with the reason before it holds more than it may.
func TestValuesOfOneGroup(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	e := Lake(t, root+"lake", func(o *exec.Options) { o.Workers, o.SpillDir = 2, t.TempDir() })
	for _, call := range []string{
		`array_agg('a text of some length ' || n)`,
		`array_agg('a text of some length ' || n ORDER BY n DESC)`,
		`array_agg(DISTINCT 'a text of some length ' || n)`,
		`string_agg('a text of some length ' || n, ',')`,
		`string_agg('a text of some length ' || n, ',' ORDER BY -n)`,
		`map_agg(n, 'a text of some length')`,
		`json_agg('a text of some length ' || n ORDER BY n)`,
		`approx_percentile('a text of some length ' || n, 0.5)`,
		`histogram('a text of some length ' || n)`,
	} {
		for _, form := range []struct {
			limit int64
			tail  string
		}{{4, ``}, {4, ` GROUP BY n % 2`}, {8, ``}, {8, ` GROUP BY 'one'`}} {
			sql := `SELECT ` + call + ` FROM generate_series(1, 400000) g (n)` + form.tail
			_, st, err := try(e, sql, map[string]string{"query_max_memory": fmt.Sprintf("%dMB", form.limit)})
			if !fault.Is(err, fault.CodeOutOfMemory) || !strings.Contains(err.Error(), "one group") {
				t.Errorf("%s in %d MB: %v", sql, form.limit, err)
			}
			if st.PeakMemory > form.limit<<20 {
				t.Errorf("%s\nheld %d bytes in %d MB", sql, st.PeakMemory, form.limit)
			}
		}
	}
}

// TestSpillingEnds ends queries that spill in every way there is, and looks for what
// they leave behind.
func TestSpillingEnds(t *testing.T) {
	dir := t.TempDir()
	e := Lake(t, root+"lake", func(o *exec.Options) { o.Workers, o.SpillDir, o.SpillLimit = 2, dir, 1<<20 })
	_, _, err := try(e, spilling[0].sql, map[string]string{"query_max_memory": "4MB"})
	if err == nil || !strings.Contains(err.Error(), "out of disk") {
		t.Errorf("beyond spill_limit: %v", err)
	}
	_, _, err = try(e, spilling[0].sql, map[string]string{"query_max_memory": "4MB", "spill_enabled": "off"})
	if err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("without spilling: %v", err)
	}
	_, _, err = try(e, `SELECT array_agg('a text of some length ' || n) FROM generate_series(1, 300000) g (n)`, map[string]string{"query_max_memory": "4MB"})
	if err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("one group that does not fit: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "0*")); len(left) != 0 || e.SpillUse() != 0 {
		t.Errorf("left: %v, %d bytes", left, e.SpillUse())
	}
	e.Close()
	if left, _ := os.ReadDir(dir); len(left) != 1 { // the lock under which folders are made
		t.Errorf("left by the engine: %v", left)
	}
}
