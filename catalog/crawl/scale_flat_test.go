package crawl

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
)

// TestFlatScale crawls one table of 20,000 partitions with a file each, a
// million with GLAUX_LONG=1: in a minute and 600 MB beside what the store holds.
func TestFlatScale(t *testing.T) {
	parts := 20_000
	if os.Getenv("GLAUX_LONG") != "" {
		parts = 1_000_000
	}
	s := &lakeOf{each: 1}
	for p := range parts {
		s.folders = append(s.folders, fmt.Sprintf("lake/t/device=%07d/", p))
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	stop := peak()
	start := time.Now()
	found, err := Find(context.Background(), Options{Stores: mounted(t, s), Formats: formats.NewRegistry(csv.Format{}),
		Targets: []Target{{Location: "made://lake/lake"}}})
	took, heap := time.Since(start), stop()-min(m.HeapAlloc, 128<<20)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Tables) != 1 || len(found.Tables[0].Partitions) != parts {
		t.Fatalf("%d tables", len(found.Tables))
	}
	t.Logf("%d partitions: %v, heap %d MB, %d files looked into", parts, took.Round(time.Millisecond), heap>>20, found.Sampled)
	if took > time.Minute || heap > 600<<20 {
		t.Error("too slow, or too much memory")
	}
}
