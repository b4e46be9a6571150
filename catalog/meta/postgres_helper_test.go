package meta

import (
	"context"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/meta/metatest"
)

// openAt opens the store of a data directory, or the schema that stands for it:
// with metatest.Postgres set the tests of this package run there.
func openAt(ctx context.Context, dir string) (*Store, error) {
	if !metatest.InPostgres() || dir == Memory {
		return Open(ctx, dir)
	}
	at, err := metatest.URL(ctx, dir)
	if err != nil {
		return nil, err
	}
	return OpenPostgres(ctx, at)
}

// sqliteOnly skips a test of what PostgreSQL does not have.
func sqliteOnly(t testing.TB, why string) {
	t.Helper()
	if metatest.InPostgres() {
		t.Skip("only in SQLite: ", why)
	}
}

// postgresOnly skips a test of what SQLite does not have.
func postgresOnly(t testing.TB) {
	t.Helper()
	if !metatest.InPostgres() {
		t.Skip(metatest.Postgres, " is not set")
	}
}

// eventually waits for what another process of PostgreSQL does in its time.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

// settle waits until a store has heard of all changes; SQLite's asks.
func settle(t *testing.T, s *Store) {
	t.Helper()
	if s.postgres == nil {
		return
	}
	eventually(t, "the store hears of a change", func() bool {
		var generation int64
		if err := s.read.QueryRow(generationQuery).Scan(&generation); err != nil {
			t.Fatal(err)
		}
		return must[*names](t)(s.now(t.Context())).generation == generation
	})
}

// checkFile looks whether SQLite's file is whole; PostgreSQL looks after itself.
func checkFile(t *testing.T, s *Store) {
	t.Helper()
	if s.postgres != nil {
		return
	}
	var check string
	if err := s.read.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Fatalf("integrity: %s, %v", check, err)
	}
}
