package server_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta/metatest"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

// openShared opens one of several instances over one catalog: a data directory, or
// a PostgreSQL where the tests have one.
func openShared(t *testing.T, dir string) (*server.Instance, *exec.Session) {
	t.Helper()
	c := server.Config{DataDir: dir}
	if metatest.InPostgres() {
		var err error
		if c.Postgres, err = metatest.URL(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	in, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux"})
	if err != nil {
		t.Fatal(err)
	}
	return in, s
}

// TestServersShareACatalog opens two instances and looks in one at what the other
// does: tables of locations that only that one crawled, views, workgroups, users,
// the history.
func TestServersShareACatalog(t *testing.T) {
	ctx := context.Background()
	lake, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(lake, "a.csv"), []byte("id,name\n1,one\n2,two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, inA := openShared(t, dir)
	b, inB := openShared(t, dir)
	if _, err := a.Crawl(ctx, crawler.Once{Database: "demo", Targets: []crawl.Target{{Location: lake}}}); err != nil {
		t.Fatal(err)
	}
	sees := func(sql, want string) {
		t.Helper()
		var got string
		var err error
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			var rows [][]string
			if rows, err = run(t, inB, sql); err == nil && len(rows) > 0 {
				if got = rows[0][0]; got == want {
					return
				}
			}
		}
		t.Errorf("%s: %q, %v; want %q", sql, got, err, want)
	}
	tables, err := a.Catalog.Tables(ctx, "demo")
	if err != nil || len(tables) != 1 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	sees(`SELECT name FROM demo."`+tables[0].Name+`" WHERE id = 2`, "two")
	for _, sql := range []string{
		`CREATE VIEW demo.v AS SELECT 7 AS seven`,
		`CREATE WORKGROUP w WITH (bytes_scanned_cutoff_per_query = '1MB')`,
		`CREATE USER ana PASSWORD 'hunter2'`,
	} {
		if _, err := run(t, inA, sql); err != nil {
			t.Fatal(sql, err)
		}
	}
	sees("SELECT seven FROM demo.v", "7")
	sees("SELECT name FROM glaux_catalog.workgroups WHERE name = 'w'", "w")
	if _, err := users.NewStore(b.Meta).User(ctx, "ana"); err != nil {
		t.Error(err)
	}
	a.Groups.Flush()
	sees("SELECT state FROM glaux_catalog.query_history WHERE query LIKE 'CREATE VIEW demo.v%'", "SUCCEEDED")
	if _, _, err := b.Stores.Open(t.TempDir()); !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("a location that nobody crawled: %v", err)
	}
}
