package exec_test

import (
	"context"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/vector"
)

// runaways are statements that would run for hours or fill any memory.
var runaways = map[string]string{
	"recursive CTE":   "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
	"growing CTE":     "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + x FROM r, (VALUES 0, 1) v(x)) SELECT count(*) FROM r",
	"cross join":      "SELECT count(*) FROM lineitem a, lineitem b, lineitem c WHERE a.l_tax + b.l_tax + c.l_tax > 100",
	"generate_series": "SELECT max(n) FROM generate_series(1, 9000000000000000000) g(n)",
	"series crossed":  "SELECT count(DISTINCT a * b) FROM generate_series(1, 1000000000) x(a), generate_series(1, 1000000000) y(b)",
	"array_agg":       "SELECT cardinality(array_agg(n)) FROM generate_series(1, 9000000000000000000) g(n)",
	"string_agg":      "SELECT length(string_agg('abcdefghijklmnopqrstuvwxyz', ',')) FROM generate_series(1, 9000000000000000000) g(n)",
	"sort":            "SELECT n FROM generate_series(1, 9000000000000000000) g(n) ORDER BY -n",
	"group by":        "SELECT count(*) FROM (SELECT n FROM generate_series(1, 9000000000000000000) g(n) GROUP BY n) t",
	"window":          "SELECT sum(s) FROM (SELECT sum(n) OVER (ORDER BY n) AS s FROM generate_series(1, 9000000000000000000) g(n)) t",
	"repeat a row":    "SELECT sum(length(repeat('x', 1000000))) FROM generate_series(1, 1000000000) g(n)",
	"LIKE a row":      "SELECT count(*) FROM generate_series(1, 1000000000) g(n) WHERE repeat('a', 5000) || CAST(n AS varchar) LIKE '%a%a%a%a%a%a%b'",
	"nested subquery": "SELECT count(*) FROM generate_series(1, 100000) x(a) WHERE (SELECT count(*) FROM generate_series(1, 100000) y(b) WHERE a < b) > 0",
	"set operation":   "SELECT count(*) FROM (SELECT n FROM generate_series(1, 9000000000000000000) g(n) EXCEPT SELECT -1) t",
}

// soon is how long a statement may go on after its end was asked for. On a machine that
// does nothing else it takes 30 ms, but the race detector, which runs with -short, makes
// that twenty times as much, and a busy machine a multiple of it.
func soon() time.Duration {
	if testing.Short() {
		return 10 * time.Second
	}
	return 2 * time.Second
}

// TestRunawaysAreCanceled cancels statements that do not end by themselves.
func TestRunawaysAreCanceled(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	for name, sql := range allRunaways() {
		t.Run(name, func(t *testing.T) {
			s := slttest.NewSession(t, e)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var at time.Time
			timer := time.AfterFunc(150*time.Millisecond, func() { at = time.Now(); cancel() })
			defer timer.Stop()
			r, err := start(t, ctx, s, sql)
			if err == nil {
				var b vector.Batch
				for err == nil {
					err = r.Next(ctx, &b)
				}
				r.Close()
			}
			f := fault.As(err)
			switch f.Code {
			case fault.CodeQueryCanceled:
				if took := time.Since(at); took > soon() {
					t.Errorf("ended %v after it was canceled", took)
				}
			case fault.CodeOutOfMemory, fault.CodeProgramLimit, fault.CodeStatementTooComplex: // a limit came first
				t.Logf("%s %s", f.Code, f.Message)
			default:
				t.Errorf("%s %s", f.Code, f.Message)
			}
		})
	}
}

// TestRunawaysMeetTheirTimeLimit lets statement_timeout end them.
func TestRunawaysMeetTheirTimeLimit(t *testing.T) {
	e := slttest.Lake(t, lakeDir, nil)
	for name, sql := range allRunaways() {
		t.Run(name, func(t *testing.T) {
			s := slttest.NewSession(t, e)
			if _, err := s.Query(t.Context(), "SET statement_timeout = '150ms'"); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			_, err := s.Query(t.Context(), sql)
			f := fault.As(err)
			if f == nil || f.Code != fault.CodeQueryCanceled && f.Kind != fault.Resource {
				t.Errorf("%v", err)
			}
			if took := time.Since(begin); took > 150*time.Millisecond+soon() {
				t.Errorf("took %v", took)
			}
		})
	}
}
