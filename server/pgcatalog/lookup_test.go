package pgcatalog

import (
	"context"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// TestChangesOfOthersAreSeen: the index is shared by statements, yet a table
// that another process makes is there at once.
func TestChangesOfOthersAreSeen(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	open := func() *meta.Store {
		m, err := meta.Open(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return m
	}
	ours, others := open(), open()
	tabs := New(Options{Catalog: ours, History: ours})
	first, err := tabs.indexNow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := tabs.indexNow(ctx); again != first {
		t.Error("the index is made again although nothing has changed")
	}
	if _, err := others.CreateDatabase(ctx, &catalog.Database{Name: "sales"}); err != nil {
		t.Fatal(err)
	}
	orders, err := others.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "orders", Columns: []catalog.Column{{Name: "Id", Type: types.TBigInt}}})
	if err != nil {
		t.Fatal(err)
	}
	name := map[string]types.Value{"relname": types.StringOf(types.TName, "orders")}
	got := rows(t, tabs, schemaPG, "pg_class", name, "oid", "reltype", "relnatts")
	id := int64(pgtype.Table(orders.ID))
	if len(got) != 1 || got[0][0].I != id || got[0][1].I != id+1 || got[0][2].I != 1 {
		t.Errorf("pg_class shows %v", got)
	}
}

// TestRowTypes: a table has a row type and an array of it, found by each of
// their columns.
func TestRowTypes(t *testing.T) {
	tabs, orders := newTables(t)
	id := int64(pgtype.Table(orders.ID))
	for column, v := range map[string]types.Value{"oid": types.IntOf(types.TOID, id+1), "typrelid": types.IntOf(types.TOID, id)} {
		got := rows(t, tabs, schemaPG, "pg_type", map[string]types.Value{column: v}, "typname", "typtype", "typarray")
		if len(got) != 1 || got[0][0].S != "orders" || got[0][1].S != "c" || got[0][2].I != id+2 {
			t.Errorf("by %s: %v", column, got)
		}
	}
	in := tabs.Info(context.Background(), &plan.Session{SearchPath: []string{"sales"}})
	if n, _ := in.TypeName(uint32(id + 2)); n != "orders[]" {
		t.Errorf("the array of rows is called %q", n)
	}
}

// TestFunctions: what PostgreSQL has too has its OID, and every OID is one
// function's.
func TestFunctions(t *testing.T) {
	tabs, _ := newTables(t)
	got := rows(t, tabs, schemaPG, "pg_proc", map[string]types.Value{"proname": types.StringOf(types.TName, "lower")}, "oid", "prorettype")
	if len(got) == 0 || got[0][0].I != 870 || got[0][1].I != 25 {
		t.Errorf("lower: %v", got)
	}
	seen := map[int64]bool{}
	for _, r := range rows(t, tabs, schemaPG, "pg_proc", nil, "oid", "proname") {
		if seen[r[0].I] {
			t.Errorf("two functions have OID %d, one is %s", r[0].I, r[1].S)
		}
		seen[r[0].I] = true
	}
	for _, r := range rows(t, tabs, schemaPG, "pg_type", nil, "typname", "typinput") {
		if !seen[r[1].I] {
			t.Errorf("the input function of %s is not in pg_proc", r[0].S)
		}
	}
}

// TestRoles: passwords are for superusers.
func TestRoles(t *testing.T) {
	ctx := context.Background()
	m, err := meta.Open(ctx, meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	store := users.NewStore(m)
	ana := users.New("ana")
	verifier, err := users.NewVerifier("secret")
	if err != nil {
		t.Fatal(err)
	}
	ana.Login, ana.Password = true, verifier
	if _, err := store.Create(ctx, ana); err != nil {
		t.Fatal(err)
	}
	tabs := New(Options{Catalog: m, History: m, Users: store})
	password := func() string {
		return rows(t, tabs, schemaPG, "pg_authid", map[string]types.Value{"rolname": types.StringOf(types.TName, "ana")}, "rolname", "rolpassword")[1][1].S
	}
	if p := password(); p != "********" {
		t.Errorf("ana sees %q", p)
	}
	if err := store.Alter(ctx, "ana", func(u *users.User) error { u.Superuser = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if p := password(); p != verifier {
		t.Errorf("a superuser sees %q", p)
	}
}
