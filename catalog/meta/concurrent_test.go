package meta

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// TestOptimisticWriters lets eight goroutines over two stores of one directory
// count up in a table's description, a document and the partitions, each change
// at the version that it read. No count may be lost, and readers must see all
// three agree.
func TestOptimisticWriters(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := t.TempDir()
	stores := [2]*Store{must[*Store](t)(openAt(ctx, dir)), must[*Store](t)(openAt(ctx, dir))}
	for _, s := range stores {
		defer s.Close()
	}
	must[*catalog.Database](t)(stores[0].CreateDatabase(ctx, &catalog.Database{Name: "d"}))
	must[*catalog.Applied](t)(stores[0].Apply(ctx, catalog.Change{Define: true,
		Table:     &catalog.Table{Database: "d", Name: "t", Description: "0", PartitionKeys: []catalog.Column{{Name: "n", Type: types.TInteger}}},
		Documents: []catalog.Document{{Space: "count", Key: "t", Table: -1, Data: []byte("0")}}}))

	const writers, each = 8, 6
	var conflicts atomic.Int64
	var writing, reading sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for range each {
				for !countUp(ctx, t, stores[w%2]) {
					if conflicts.Add(1) > 5000 {
						t.Error("writers only hinder each other")
						return
					}
				}
			}
		})
	}
	for _, s := range stores {
		reading.Go(func() {
			last := 0
			for ctx.Err() == nil {
				if last = checkCount(t, s, last); last < 0 {
					return
				}
			}
		})
	}
	writing.Wait()
	cancel()
	reading.Wait()
	settle(t, stores[1])
	if n := checkCount(t, stores[1], 0); n != writers*each {
		t.Errorf("counted to %d, want %d", n, writers*each)
	}
	t.Logf("%d conflicts", conflicts.Load())
}

// countUp tries to count up by one; false if another was faster.
func countUp(ctx context.Context, t *testing.T, s *Store) bool {
	tab, err := s.Table(ctx, "d", "t")
	if err != nil {
		t.Error(err)
		return true
	}
	n, _ := strconv.Atoi(tab.Description)
	next := *tab
	next.Description = strconv.Itoa(n + 1)
	_, err = s.Apply(ctx, catalog.Change{Table: &next, Define: true, SkipArchive: true, MustBeNew: true,
		Add:       []catalog.Partition{{Values: []string{next.Description}}},
		Documents: []catalog.Document{{Space: "count", Key: "t", Table: -1, Version: int64(n + 1), Data: []byte(next.Description)}}})
	if fault.Is(err, fault.CodeObjectNotReady) {
		return false
	}
	if err != nil {
		t.Error(err)
	}
	return true
}

// checkCount reads the count, which must not go back; -1 if something is wrong.
// What is read later may be newer, but not older.
func checkCount(t *testing.T, s *Store, last int) int {
	ctx := context.Background()
	tab, err := s.Table(ctx, "d", "t")
	if err != nil {
		t.Error(err)
		return -1
	}
	n, _ := strconv.Atoi(tab.Description)
	ps, err := s.Partitions(ctx, tab)
	if err != nil {
		t.Error(err)
		return -1
	}
	d, err := s.Document(ctx, "count", "t")
	if err != nil {
		t.Error(err)
		return -1
	}
	doc, _ := strconv.Atoi(string(d.Data))
	if n < last || ps.N < n || doc < ps.N || d.Version != int64(doc+1) {
		t.Errorf("table %d after %d, %d partitions, document %d of version %d", n, last, ps.N, doc, d.Version)
		return -1
	}
	for i := range ps.N {
		if ps.Value(0, i).I != int64(i+1) {
			t.Errorf("partition %d is %d of %d", i, ps.Value(0, i).I, ps.N)
			return -1
		}
	}
	return n
}

// TestConcurrentCreators lets goroutines create and drop tables of the same
// names; each name exists at most once and no call fails in another way.
func TestConcurrentCreators(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := must[*Store](t)(openAt(ctx, dir))
	defer s.Close()
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "d"}))
	var wg sync.WaitGroup
	var made, dropped atomic.Int64
	for w := range 8 {
		wg.Go(func() {
			for i := range 6 {
				name := fmt.Sprint("t", (w+i)%3)
				_, err := s.CreateTable(ctx, &catalog.Table{Database: "d", Name: name})
				switch {
				case err == nil:
					made.Add(1)
				case !fault.Is(err, fault.CodeDuplicateTable):
					t.Error(err)
				}
				if _, err := s.Table(ctx, "d", name); err != nil && !fault.Is(err, fault.CodeUndefinedTable) {
					t.Error(err)
				}
				switch err := s.DropTable(ctx, "d", name); {
				case err == nil:
					dropped.Add(1)
				case !fault.Is(err, fault.CodeUndefinedTable):
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	left := must[[]*catalog.Table](t)(s.Tables(ctx, "d"))
	if int(made.Load()-dropped.Load()) != len(left) {
		t.Errorf("%d made, %d dropped, %d left", made.Load(), dropped.Load(), len(left))
	}
}
