package exec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	millionDays      = 1000
	millionCustomers = 1000
)

func millionDay(i int) string {
	return time.Date(2022, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// millionCatalog makes a catalog file with the table events of a million
// partitions, by day and customer.
func millionCatalog(t *testing.T, file string) {
	t.Helper()
	ctx := t.Context()
	cat, err := meta.Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	if _, err := cat.CreateDatabase(ctx, &catalog.Database{Name: "lake"}); err != nil {
		t.Fatal(err)
	}
	tab, err := cat.CreateTable(ctx, &catalog.Table{Database: "lake", Name: "events", Kind: catalog.ExternalTable, Format: "json",
		Columns:       []catalog.Column{{Name: "a", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "customer", Type: types.TVarchar}},
		Storage:       catalog.Storage{Location: "memory://lake/events", SerDe: lake.OpenXJSONSerDe}})
	if err != nil {
		t.Fatal(err)
	}
	ps := make([]catalog.Partition, 0, millionDays*millionCustomers)
	for day := range millionDays {
		for c := range millionCustomers {
			ps = append(ps, catalog.Partition{Values: []string{millionDay(day), fmt.Sprintf("customer-%04d", c)}})
		}
	}
	start := time.Now()
	if n, err := cat.AddPartitions(ctx, tab, ps, true); err != nil || n != len(ps) {
		t.Fatal(n, err)
	}
	t.Logf("%d partitions added in %v", len(ps), time.Since(start).Round(time.Millisecond))
}

// TestMillionPartitions plans queries of a table with a million partitions: the
// figures are 1 s for the first one of a process and 50 ms for the next ones.
func TestMillionPartitions(t *testing.T) {
	if os.Getenv("GLAUX_LONG") == "" {
		t.Skip("makes a million partitions; GLAUX_LONG=1 runs it")
	}
	file := filepath.Join(t.TempDir(), "catalog.db")
	millionCatalog(t, file)
	cat, err := meta.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cat.Close() })
	mem := store.NewMemory("lake")
	mem.Set(fmt.Sprintf("events/dt=%s/customer=customer-0007/x.json", millionDay(500)), []byte("{\"a\": 1}\n{\"a\": 2}\n"))
	stores, err := store.NewRegistry(store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := stores.Mount("memory://lake", mem); err != nil {
		t.Fatal(err)
	}
	fs := builtin.Registry()
	e, err := exec.New(exec.Options{Catalog: cat, Formats: fs, Stores: stores, Lake: lake.New(stores, fs)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	s := slttest.NewSession(t, e)
	explain := func(sql string) time.Duration {
		t.Helper()
		start := time.Now()
		rows, err := s.Query(t.Context(), "EXPLAIN "+sql)
		if err != nil || len(rows) == 0 {
			t.Fatal(rows, err)
		}
		return time.Since(start)
	}
	day := fmt.Sprintf("SELECT sum(a) FROM events WHERE dt = DATE '%s'", millionDay(500))
	cold := explain(day)
	t.Logf("the first plan took %v", cold.Round(time.Microsecond))
	for _, c := range []struct{ name, sql string }{
		{"a day", day},
		{"a customer", "SELECT sum(a) FROM events WHERE customer = 'customer-0007'"},
		{"a day and a customer", day + " AND customer = 'customer-0007'"},
	} {
		warm := explain(c.sql)
		for range 4 {
			warm = min(warm, explain(c.sql))
		}
		t.Logf("%s: planned in %v", c.name, warm.Round(time.Microsecond))
		if warm > 50*time.Millisecond {
			t.Errorf("%s: planned in %v, not in 50 ms", c.name, warm)
		}
	}
	if cold > time.Second {
		t.Errorf("the first plan took %v, not 1 s", cold)
	}
	if rows, err := s.Query(t.Context(), day); err != nil || len(rows) != 1 || rows[0] != "3" {
		t.Errorf("%q, %v", rows, err)
	}
}
