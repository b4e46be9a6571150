package crawler

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
)

// TestManyFolders crawls a lake of a million objects in a hundred thousand
// folders into a catalog on disk, then again, and again with some folders new
// and some gone. The listing is a store's in memory; the figures are printed.
func TestManyFolders(t *testing.T) {
	if os.Getenv("GLAUX_LONG") == "" {
		t.Skip("set GLAUX_LONG=1 for the crawl of a million objects")
	}
	const tables, partitions, files = 20, 5000, 10
	w := newWorld(t)
	var err error
	w.cat, err = meta.Open(w.ctx, t.TempDir())
	w.ok(err)
	defer w.cat.Close()
	w.s.cat = w.cat
	body := []byte(ab)
	key := func(tab, p, f int) string {
		return fmt.Sprintf("l/t%d/dt=%s/%d.csv", tab, time.Unix(0, 0).UTC().AddDate(0, 0, p).Format(time.DateOnly), f)
	}
	for tab := range tables {
		for p := range partitions {
			for f := range files {
				w.mem.Set(key(tab, p, f), body)
			}
		}
	}
	w.create(nil)
	measure := func(what string, want PartitionCounts) {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		begun := time.Now()
		r, err := w.s.Run(w.ctx, "c", RunOptions{})
		w.ok(err)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("%s: %v, heap in use %d MB", what, time.Since(begun).Round(time.Millisecond), m.HeapInuse>>20)
		if got := r.Report.Counts.Partitions; got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	measure("first run", PartitionCounts{Added: tables * partitions})
	measure("second run", PartitionCounts{})
	for tab := range tables {
		w.mem.Set(key(tab, partitions, 0), body)
		for f := range files {
			w.remove(key(tab, 7, f))
		}
	}
	measure("some new, some gone", PartitionCounts{Added: tables, Deprecated: tables})
}
