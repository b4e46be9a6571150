package meta

import (
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// snapshotWorld is a catalog in a file with a table that has a partition.
func snapshotWorld(t *testing.T) (*Store, *catalog.Table) {
	t.Helper()
	ctx := t.Context()
	s, err := openAt(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "d"}))
	tab := must[*catalog.Table](t)(s.CreateTable(ctx, &catalog.Table{Database: "d", Name: "t", Kind: catalog.ExternalTable,
		PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}}}))
	must[int](t)(s.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"a"}}}, true))
	return s, tab
}

func TestSnapshotStays(t *testing.T) {
	ctx := t.Context()
	s, tab := snapshotWorld(t)
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	must[int](t)(s.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"b"}}}, true))
	must[*catalog.Table](t)(s.CreateTable(ctx, &catalog.Table{Database: "d", Name: "u", Kind: catalog.ExternalTable}))
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "e"}))
	if _, err := snap.Table(ctx, "d", "u"); !fault.Is(err, fault.CodeUndefinedTable) {
		t.Errorf("the new table is seen: %v", err)
	}
	if all := must[[]*catalog.Database](t)(snap.Databases(ctx)); len(all) != 1 {
		t.Errorf("%d databases", len(all))
	}
	if ts := must[[]*catalog.Table](t)(snap.Tables(ctx, "d")); len(ts) != 1 {
		t.Errorf("%d tables", len(ts))
	}
	if p := must[*catalog.Partitions](t)(snap.Partitions(ctx, tab)); p.N != 1 {
		t.Errorf("%d partitions", p.N)
	}
	if p := must[*catalog.Partitions](t)(s.Partitions(ctx, tab)); p.N != 2 {
		t.Errorf("%d partitions in the catalog as it is", p.N)
	}
	if err := s.DropTable(ctx, "d", "t"); err != nil {
		t.Fatal(err)
	}
	if _, err := snap.Table(ctx, "D", "T"); err != nil {
		t.Errorf("the dropped table is gone from the snapshot: %v", err)
	}
}

func TestSnapshotsShareReads(t *testing.T) {
	ctx := t.Context()
	s, _ := snapshotWorld(t)
	var open []catalog.Snapshot
	for range 3 * maxPins {
		snap, err := s.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, snap)
	}
	if n := len(s.pins.by); n != 1 {
		t.Errorf("%d pins for one generation", n)
	}
	for _, snap := range open {
		snap.Close()
		snap.Close()
	}
	if n := len(s.pins.by); n != 0 {
		t.Errorf("%d pins are left", n)
	}
}

func TestTooManySnapshots(t *testing.T) {
	ctx := t.Context()
	s, tab := snapshotWorld(t)
	for range s.pins.max {
		snap, err := s.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		tab = must[*catalog.Table](t)(s.UpdateTable(ctx, tab))
	}
	if _, err := s.Snapshot(ctx); !fault.Is(err, fault.CodeLimitExceeded) {
		t.Errorf("no limit: %v", err)
	}
}

func TestSnapshotOfMemoryRemembers(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.Database(ctx, "d"); !fault.Is(err, fault.CodeInvalidSchemaName) {
		t.Fatal(err)
	}
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "d"}))
	if _, err := snap.Database(ctx, "d"); !fault.Is(err, fault.CodeInvalidSchemaName) {
		t.Errorf("forgotten: %v", err)
	}
}
