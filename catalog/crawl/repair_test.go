package crawl

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
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

func TestRepair(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t).put(map[string]string{"t/dt=2024-01-01/h=1/1": "x", "t/DT=2024-01-02/h=02/1": "x", "t/dt=soon/h=1/1": "x",
		"t/dt=2024-01-03/5/1": "x", "t/other/1": "x"})
	if _, err := w.cat.CreateDatabase(ctx, &catalog.Database{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	tab := &catalog.Table{Database: "d", Name: "t", Format: "csv", Columns: []catalog.Column{{Name: "a", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "h", Type: types.TInteger}},
		Storage:       catalog.Storage{Location: "memory://lake/t"}}
	tab, err := w.cat.CreateTable(ctx, tab)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Repair(ctx, w.reg, w.cat, tab)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Found != 3 || rep.Added != 2 {
		t.Errorf("%+v", rep)
	}
	want := []string{
		"memory://lake/t/dt=2024-01-03/5/ is not a folder of the form dt=value/h=value",
		"memory://lake/t/other/ is not a folder of the form dt=value/h=value",
		`partition memory://lake/t/dt=soon/h=1/ of table t was left out: invalid date "soon"`,
	}
	if diff := cmp.Diff(want, rep.Warnings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"DATE '2024-01-01' 1 t/dt=2024-01-01/h=1/", "DATE '2024-01-02' 2 t/DT=2024-01-02/h=02/"}, w.stored("t")); diff != "" {
		t.Error(diff)
	}
	if rep, err = Repair(ctx, w.reg, w.cat, tab); err != nil || rep.Added != 0 {
		t.Errorf("again: %+v, %v", rep, err)
	}
	plain := *tab
	plain.PartitionKeys = nil
	if _, err := Repair(ctx, w.reg, w.cat, &plain); !fault.Is(err, fault.CodeWrongObjectType) {
		t.Errorf("not partitioned: %v", err)
	}
}
