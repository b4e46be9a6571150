package crawl

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// stored gives the partitions that the catalog has of a table.
func (w *world) stored(table string) []string {
	w.t.Helper()
	ctx := context.Background()
	tab, err := w.cat.Table(ctx, "d", table)
	if err != nil {
		w.t.Fatal(err)
	}
	ps, err := w.cat.Partitions(ctx, tab)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for i := range ps.N {
		var vs []string
		for k := range ps.Keys {
			vs = append(vs, ps.Value(k, i).String())
		}
		out = append(out, strings.Join(vs, " ")+" "+strings.TrimPrefix(ps.Location(i), "memory://lake/"))
	}
	return out
}

// repairWorld makes table t with keys dt date, h int at memory://lake/t.
func repairWorld(t *testing.T, files map[string]string) (*world, *catalog.Table, *lake.Lake) {
	t.Helper()
	ctx := context.Background()
	w := newWorld(t).put(files)
	var err error
	if w.cat, err = meta.Open(ctx, meta.Memory); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.cat.Close() })
	if _, err := w.cat.CreateDatabase(ctx, &catalog.Database{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	tab := &catalog.Table{Database: "d", Name: "t", Format: "csv", Columns: []catalog.Column{{Name: "a", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "h", Type: types.TInteger}},
		Storage:       catalog.Storage{Location: "memory://lake/t"}}
	tab, err = w.cat.CreateTable(ctx, tab)
	if err != nil {
		t.Fatal(err)
	}
	return w, tab, lake.New(w.reg, formats.NewRegistry())
}

func TestRepair(t *testing.T) {
	ctx := context.Background()
	w, tab, l := repairWorld(t, map[string]string{"t/dt=2024-01-01/h=1/1": "x", "t/DT=2024-01-02/h=02/1": "x", "t/dt=soon/h=1/1": "x",
		"t/dt=2024-01-03/5/1": "x", "t/other/1": "x", "t/dt=2024-01-01/h=01/1": "x", "t/_tmp/dt=2024-01-09/h=1/1": "x", "t/dt=2024-01-04/h=12%3A30/1": "x"})
	rep, err := Repair(ctx, l, w.reg, w.cat, tab, RepairMode{Add: true})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Found != 3 || rep.Added != 2 {
		t.Errorf("%+v", rep)
	}
	want := []string{
		`memory://lake/t/dt=2024-01-03/5/ is not a folder of the form dt=value/h=value`,
		`memory://lake/t/dt=2024-01-04/h=12%3A30/ was left out: invalid value "12:30" for partition key h of table d.t, which is integer`,
		`memory://lake/t/dt=soon/ was left out: invalid value "soon" for partition key dt of table d.t, which is date`,
		`memory://lake/t/other/ is not a folder of the form dt=value/h=value`,
		`memory://lake/t/dt=2024-01-01/h=1/ was left out: its partition is that of memory://lake/t/dt=2024-01-01/h=01/`,
	}
	if diff := cmp.Diff(want, rep.Warnings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"DATE '2024-01-01' 1 t/dt=2024-01-01/h=01/", "DATE '2024-01-02' 2 t/DT=2024-01-02/h=02/"}, w.stored("t")); diff != "" {
		t.Error(diff)
	}
	if rep, err = Repair(ctx, l, w.reg, w.cat, tab, RepairMode{Add: true}); err != nil || rep.Added != 0 {
		t.Errorf("again: %+v, %v", rep, err)
	}
	plain := *tab
	plain.PartitionKeys = nil
	if _, err := Repair(ctx, l, w.reg, w.cat, &plain, RepairMode{Add: true}); !fault.Is(err, fault.CodeWrongObjectType) {
		t.Errorf("not partitioned: %v", err)
	}
}

// TestRepairDrop: partitions without a folder are told of, or dropped; one with
// a location of its own is, where that holds nothing.
func TestRepairDrop(t *testing.T) {
	ctx := context.Background()
	w, tab, l := repairWorld(t, map[string]string{"t/dt=2024-01-01/h=1/1": "x", "t/dt=2024-01-02/h=2/1": "x", "far/away/1": "x"})
	ps := []catalog.Partition{{Values: []string{"2024-01-01", "01"}}, {Values: []string{"2023-01-01", "1"}}, {Values: []string{"2022-01-01", "1"}, Location: "memory://lake/far/away"},
		{Values: []string{"2022-01-02", "1"}, Location: "memory://lake/gone"}, {Values: []string{catalog.HiveNull, "3"}}}
	if _, err := w.cat.AddPartitions(ctx, tab, ps, true); err != nil {
		t.Fatal(err)
	}
	rep, err := Repair(ctx, l, w.reg, w.cat, tab, RepairMode{})
	if err != nil || rep.Added+rep.Dropped != 0 || rep.Missing != 3 || len(w.stored("t")) != 5 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if want := "3 partitions are missing from the file system: dt=2022-01-02/h=1, dt=2023-01-01/h=1, dt=__HIVE_DEFAULT_PARTITION__/h=3; " +
		"MSCK REPAIR TABLE t SYNC PARTITIONS drops them"; len(rep.Warnings) != 1 || rep.Warnings[0] != want {
		t.Errorf("%q", rep.Warnings)
	}
	rep, err = Repair(ctx, l, w.reg, w.cat, tab, RepairMode{Add: true, Drop: true})
	if err != nil || rep.Added != 1 || rep.Dropped != 3 {
		t.Fatalf("%+v, %v", rep, err)
	}
	want := []string{"DATE '2022-01-01' 1 far/away", "DATE '2024-01-01' 1 t/dt=2024-01-01/h=01/", "DATE '2024-01-02' 2 t/dt=2024-01-02/h=2/"}
	if diff := cmp.Diff(want, w.stored("t")); diff != "" {
		t.Error(diff)
	}
}

// TestRepairWarnings: a thousand odd folders are not a thousand lines.
func TestRepairWarnings(t *testing.T) {
	files := map[string]string{}
	for i := range 1000 {
		files[fmt.Sprintf("t/odd%04d/x", i)] = "x"
	}
	w, tab, l := repairWorld(t, files)
	rep, err := Repair(context.Background(), l, w.reg, w.cat, tab, RepairMode{Add: true})
	if err != nil || len(rep.Warnings) != maxRepairWarnings || !strings.Contains(rep.Warnings[maxRepairWarnings-1], "951 more") {
		t.Errorf("%d warnings, %v: %s", len(rep.Warnings), err, rep.Warnings[len(rep.Warnings)-1])
	}
}
