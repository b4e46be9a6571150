package server_test

import (
	"runtime"
	"testing"

	"github.com/glauxdb/glaux/exec"
)

// TestManyQueriesLeaveNothing: neither the heap nor the goroutines nor the accounts
// grow with the number of queries that were answered.
func TestManyQueriesLeaveNothing(t *testing.T) {
	queries := 3000
	if testing.Short() {
		queries = 500
	}
	in := openLake(t)
	s, err := in.Engine.NewSession(exec.SessionOptions{Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ask := func(n int) {
		t.Helper()
		for i := range n {
			sql := "SELECT count(*), max(n_name) FROM nation WHERE n_regionkey = 1"
			switch i % 10 {
			case 3:
				sql = "SELECT r_name, count(*) FROM region JOIN nation ON r_regionkey = n_regionkey GROUP BY 1 ORDER BY 2"
			case 7:
				sql = "SELECT 1/0 FROM nation" // what fails must leave nothing either
			}
			if err := runAll(t.Context(), s, sql); (err != nil) != (i%10 == 7) {
				t.Fatal(sql, err)
			}
		}
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // pools give up what they kept through the first one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	ask(500)
	before, goroutines := heap(), runtime.NumGoroutine()
	ask(queries)
	after := heap()
	t.Logf("%d queries: heap from %d to %d bytes, goroutines from %d to %d", queries, before, after, goroutines, runtime.NumGoroutine())
	if grown := after - before; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes with %d queries", grown, queries)
	}
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines before, %d after", goroutines, n)
	}
	if used := in.Engine.MemoryUse().Used; used != 0 {
		t.Errorf("%d bytes are still in the accounts", used)
	}
}
