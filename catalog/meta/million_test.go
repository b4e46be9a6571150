package meta

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// heapPeak runs f and gives by how many bytes the heap grew at most, with
// little garbage among them.
func heapPeak(f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base, peak := int64(m.HeapInuse), int64(0)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			runtime.ReadMemStats(&m)
			peak = max(peak, int64(m.HeapInuse)-base)
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	f()
	close(done)
	wg.Wait()
	return peak
}

// TestManyPartitions adds, alters and drops very many partitions in one change
// each and pages through them. With GLAUX_LONG=1 it takes a million and looks at
// the time; without, it looks at the memory, which takes a busy collector.
func TestManyPartitions(t *testing.T) {
	ctx := context.Background()
	n, peak := 100_000, heapPeak
	if os.Getenv("GLAUX_LONG") != "" {
		n, peak = 1_000_000, func(f func()) int64 { f(); return 0 }
	}
	s := openTest(t)
	tab, ps := manyPartitions(t, s, n)
	descriptor := &catalog.Descriptor{Columns: []catalog.Column{{Name: "x", Type: types.TBigInt}}}
	for i := range ps {
		switch i % 4 {
		case 1:
			ps[i].Location = fmt.Sprintf("s3://b/elsewhere/%d/", i)
		case 2:
			ps[i].Parameters = map[string]string{"rows": "17"}
			ps[i].Descriptor = descriptor
		}
	}
	step := func(name string, c catalog.Change) {
		t.Helper()
		var took time.Duration
		c.Table = tab
		grew := peak(func() {
			start := time.Now()
			must[*catalog.Applied](t)(s.Apply(ctx, c))
			took = time.Since(start)
		})
		t.Logf("%s: %v, %d MB", name, took.Round(time.Millisecond), grew>>20)
		if took > 10*time.Second || grew > 64<<20 {
			t.Errorf("%s took %v and %d bytes", name, took, grew)
		}
	}
	step("add", catalog.Change{Add: ps, MustBeNew: true})
	start := time.Now()
	snapshot := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
	t.Logf("load: %v", time.Since(start).Round(time.Millisecond))
	if snapshot.N != n || snapshot.Descriptor(2).Columns[0].Name != "x" || snapshot.Descriptor(2) != snapshot.Descriptor(n-2) || snapshot.Descriptor(0) != nil {
		t.Errorf("%d partitions, descriptor %v", snapshot.N, snapshot.Descriptor(2))
	}
	var after []string
	seen := 0
	start = time.Now()
	grew := peak(func() {
		for {
			page := must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, tab, after, 1000))
			seen += len(page)
			if len(page) < 1000 {
				break
			}
			after = page[len(page)-1].Values
		}
	})
	t.Logf("%d pages: %v, %d MB", n/1000, time.Since(start).Round(time.Millisecond), grew>>20)
	if seen != n || grew > 64<<20 {
		t.Errorf("%d partitions in pages, %d bytes", seen, grew)
	}
	step("alter", catalog.Change{Alter: ps})
	drop := make([][]string, 0, n/2)
	for i := range n / 2 {
		drop = append(drop, ps[2*i].Values)
	}
	step("drop half", catalog.Change{Drop: drop})
	if snapshot := must[*catalog.Partitions](t)(s.Partitions(ctx, tab)); snapshot.N != n/2 {
		t.Errorf("%d partitions are left", snapshot.N)
	}
}

// manyPartitions makes a table and n partitions for it that are not there yet.
func manyPartitions(tb testing.TB, s *Store, n int) (*catalog.Table, []catalog.Partition) {
	tb.Helper()
	ctx := context.Background()
	if _, err := s.CreateDatabase(ctx, &catalog.Database{Name: "sales"}); err != nil {
		tb.Fatal(err)
	}
	tab := sampleTable()
	tab.PartitionKeys = []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "hour", Type: types.TInteger}, {Name: "shop", Type: types.TVarchar}}
	tab, err := s.CreateTable(ctx, tab)
	if err != nil {
		tb.Fatal(err)
	}
	ps := make([]catalog.Partition, n)
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range ps {
		at := start.Add(time.Duration(i/20) * time.Hour)
		ps[i].Values = []string{at.Format(time.DateOnly), fmt.Sprint(at.Hour()), fmt.Sprintf("shop-%02d", i%20)}
	}
	return tab, ps
}
