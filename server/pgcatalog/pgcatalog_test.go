package pgcatalog

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// newTables makes the tables over a catalog with one database, one table, one view.
func newTables(t *testing.T) (*Tables, *catalog.Table) {
	t.Helper()
	ctx := context.Background()
	m, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	if _, err := m.CreateDatabase(ctx, &catalog.Database{Name: "sales", Description: "what was sold"}); err != nil {
		t.Fatal(err)
	}
	orders, err := m.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "orders", Kind: catalog.ExternalTable, Format: "parquet",
		Description: "all orders", Columns: []catalog.Column{{Name: "id", Type: types.TBigInt}, {Name: "price", Type: types.DecimalOf(15, 2), Comment: "in euro"},
			{Name: "tags", Type: types.ArrayOf(types.TVarchar)}}, PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "big", Kind: catalog.VirtualView,
		ViewText: "SELECT id FROM orders", Columns: []catalog.Column{{Name: "id", Type: types.TBigInt}}}); err != nil {
		t.Fatal(err)
	}
	return New(Options{Catalog: m, History: m}), orders
}

// rows reads columns of a virtual table.
func rows(t *testing.T, tabs *Tables, schema, name string, eq map[string]types.Value, columns ...string) [][]types.Value {
	t.Helper()
	tab, ok := tabs.VirtualTable(schema, name)
	if !ok {
		t.Fatalf("no table %s.%s", schema, name)
	}
	req := plan.VirtualRequest{Equal: map[int][]types.Value{}}
	at := map[string]int{}
	for i, c := range tab.Columns() {
		at[c.Name] = i
	}
	for c, v := range eq {
		req.Equal[at[c]] = []types.Value{v}
	}
	for _, c := range columns {
		req.Columns = append(req.Columns, at[c])
	}
	src, err := tab.Open(context.Background(), &plan.Session{User: "ana", SearchPath: []string{"sales"}}, req)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out [][]types.Value
	var b vector.Batch
	for {
		err := src.Next(context.Background(), &b)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.N {
			var r []types.Value
			for _, v := range b.Cols {
				r = append(r, vector.ValueAt(v, i))
			}
			out = append(out, r)
		}
	}
}

// TestEveryTableOpens reads every column of every table: types fit, no value
// function panics.
func TestEveryTableOpens(t *testing.T) {
	tabs, _ := newTables(t)
	n := 0
	for _, schema := range tabs.VirtualSchemas() {
		for _, name := range tabs.VirtualNames(schema) {
			tab, _ := tabs.VirtualTable(schema, name)
			var cols []string
			for _, c := range tab.Columns() {
				cols = append(cols, c.Name)
			}
			rows(t, tabs, schema, name, nil, cols...)
			n++
		}
	}
	if n < 180 {
		t.Errorf("%d tables, PostgreSQL has more", n)
	}
	for name := range rowSources() {
		found := false
		for _, r := range slices.Concat(pgRelations(), ownRelations()) {
			found = found || r.schema+"."+r.name == name
		}
		if !found {
			t.Errorf("rows for %s, which is not declared", name)
		}
	}
}

func TestAttributesOfOneTable(t *testing.T) {
	tabs, orders := newTables(t)
	got := rows(t, tabs, schemaPG, "pg_attribute", map[string]types.Value{"attrelid": types.IntOf(types.TOID, int64(pgtype.Table(orders.ID)))},
		"attname", "atttypid", "attnum", "atttypmod", "attndims")
	want := []struct {
		name              string
		oid, num, mod, nd int64
	}{{"id", 20, 1, -1, 0}, {"price", 1700, 2, 15<<16 + 6, 0}, {"tags", 1015, 3, -1, 1}, {"dt", 1082, 4, -1, 0}}
	if len(got) != len(want) {
		t.Fatalf("%d attributes, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g[0].S != w.name || g[1].I != w.oid || g[2].I != w.num || g[3].I != w.mod || g[4].I != w.nd {
			t.Errorf("attribute %d: %v, want %v", i, g, w)
		}
	}
}

func TestInfo(t *testing.T) {
	tabs, orders := newTables(t)
	in := tabs.Info(context.Background(), &plan.Session{SearchPath: []string{"sales"}})
	id, ok := in.RelationOID("", "orders")
	if !ok || id != pgtype.Table(orders.ID) {
		t.Errorf("orders has OID %d, %v", id, ok)
	}
	if s, n, visible, ok := in.Relation(id); !ok || !visible || s != "sales" || n != "orders" {
		t.Errorf("OID %d is %s.%s visible %v", id, s, n, visible)
	}
	if id, ok := in.RelationOID("pg_catalog", "pg_class"); !ok || id != 1259 {
		t.Errorf("pg_class has OID %d", id)
	}
	if c, ok := in.Comment("pg_class", id, 2); !ok || c != "in euro" {
		t.Errorf("comment on column 2: %q", c)
	}
	for name, want := range map[string]string{"int4": "integer", "_text": "text[]", "numeric": "numeric", "timestamptz": "timestamp with time zone"} {
		oid, ok := in.TypeOID(name)
		got, _ := in.TypeName(oid)
		if !ok || got != want {
			t.Errorf("type %s is %q, want %q", name, got, want)
		}
	}
	if _, ok := in.ViewText(id); ok {
		t.Error("a table has a view's text")
	}
}
