package server_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// TestManyQueriesInLittleMemory runs a hundred queries at once that together want six
// times the server's memory: all give the right answer, each runs in what it was
// promised, and those that wait say for what.
func TestManyQueriesInLittleMemory(t *testing.T) {
	const memory, each = 96 << 20, 6 << 20
	clients := 100
	if testing.Short() {
		clients = 40
	}
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Memory: memory, Workers: 2, Spill: server.SpillConfig{Dir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	lake, err := filepath.Abs(filepath.Join(testdata, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Crawl(t.Context(), crawler.At(lake, "demo")); err != nil {
		t.Fatal(err)
	}
	sessions := make([]*exec.Session, clients)
	for i := range sessions {
		sessions[i] = operator(t, in)
		script(t, sessions[i], fmt.Sprintf("SET query_max_memory = '%d'", each))
	}
	const sql = `SELECT count(*), sum(n) FROM (SELECT l_orderkey, l_comment, count(*) AS n FROM demo.lineitem GROUP BY 1, 2) t`
	want := oneRow(t, sessions[0], sql)
	stop := make(chan struct{})
	most, reasons := watchQueues(in, stop)
	var wg sync.WaitGroup
	for i, s := range sessions {
		wg.Go(func() {
			if got := oneRow(t, s, sql); got != want {
				t.Errorf("query %d: %s, want %s", i, got, want)
			}
		})
	}
	wg.Wait()
	close(stop)
	// A query gives its memory back a moment before it leaves the list.
	if n := <-most; n == 0 || n > 2*memory/each {
		t.Errorf("%d queries ran at once, want about %d", n, memory/each)
	}
	if r := <-reasons; !r["memory: 6 MB are not free"] {
		t.Errorf("what queries waited for: %v", r)
	}
	if used := in.Engine.MemoryUse().Used; used != 0 {
		t.Errorf("%d bytes are left in the account", used)
	}
}

// oneRow gives a query's only row.
func oneRow(t *testing.T, s *exec.Session, sql string) string {
	rows, err := run(t, s, sql)
	if err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
		return ""
	}
	return fmt.Sprint(rows[0])
}

// watchQueues tells how many queries ran at most, and what others waited for, until stop.
func watchQueues(in *server.Instance, stop <-chan struct{}) (most chan int, reasons chan map[string]bool) {
	most, reasons = make(chan int, 1), make(chan map[string]bool, 1)
	go func() {
		n, why := 0, map[string]bool{}
		for {
			running := 0
			for _, q := range in.Groups.Running() {
				if q.State == workgroup.Running {
					running++
				}
				why[q.Reason] = true
			}
			n = max(n, running)
			select {
			case <-stop:
				most <- n
				reasons <- why
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return most, reasons
}
