package exec_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
)

// TestAnalyze counts tables of text and wants a plan that knows their rows, and then one
// that knows that the keys of its joins have few values, so that it groups early.
func TestAnalyze(t *testing.T) {
	var cat catalog.Catalog
	s := slttest.NewSession(t, slttest.Lake(t, lakeDir, func(o *exec.Options) { cat = o.Catalog }))
	run := func(sql string) []string {
		t.Helper()
		r, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return r
	}
	joins := func() string {
		return strings.Join(run("EXPLAIN SELECT count(*) FROM web_logs l JOIN products p ON p.name = l.path JOIN web_logs m ON m.path = p.note AND m.user = l.user"), "\n")
	}
	const rows, early = "rows=~5000", "Partial Aggregate"
	if p := joins(); strings.Contains(p, rows) || strings.Contains(p, early) {
		t.Fatalf("known before it was counted:\n%s", p)
	}
	run("ANALYZE TABLE web_logs COMPUTE STATISTICS")
	run("ANALYZE TABLE products COMPUTE STATISTICS")
	if p := joins(); !strings.Contains(p, rows) || strings.Contains(p, early) {
		t.Errorf("with rows counted:\n%s", p)
	}
	run("ANALYZE web_logs, products")
	if p := joins(); !strings.Contains(p, early) {
		t.Errorf("with columns counted:\n%s", p)
	}
	table, err := cat.Table(t.Context(), "lake", "web_logs")
	if err != nil {
		t.Fatal(err)
	}
	if n, bytes, ok := statistics.Rows(table); !ok || n != 5000 || bytes != 142627 {
		t.Errorf("%v rows in %v bytes, %v", n, bytes, ok)
	}
	cols, err := statistics.Read(t.Context(), cat.(catalog.Documents), table)
	if err != nil {
		t.Fatal(err)
	}
	for name, nulls := range map[string]int64{"status": 0, "path": 0, "user": 4027} {
		want := run("SELECT approx_distinct(" + quoted(name) + ") FROM web_logs")[0]
		if c := cols[name]; strconv.FormatInt(c.Distinct, 10) != want || c.Nulls != nulls {
			t.Errorf("%s: %+v, want %s different values and %d nulls", name, c, want, nulls)
		}
	}
}

func quoted(name string) string { return `"` + name + `"` }
