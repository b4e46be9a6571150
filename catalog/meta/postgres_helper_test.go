package meta

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// testPostgres names a PostgreSQL for tests, as a URL. With it the tests of this
// package run there: each data directory is a schema of its own. Without it they
// run in SQLite.
const testPostgres = "GLAUX_TEST_POSTGRES"

// openAt opens the store of a data directory, or the schema that stands for it.
func openAt(ctx context.Context, dir string) (*Store, error) {
	if os.Getenv(testPostgres) == "" || dir == Memory {
		return Open(ctx, dir)
	}
	at, err := schemaURL(ctx, dir)
	if err != nil {
		return nil, err
	}
	return OpenPostgres(ctx, at)
}

// schemaURL gives the URL of the schema for a directory, which it makes.
func schemaURL(ctx context.Context, dir string) (string, error) {
	at, err := url.Parse(os.Getenv(testPostgres))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(dir))
	schema := "t_" + hex.EncodeToString(sum[:8])
	conn, err := pgx.Connect(ctx, at.String())
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	// IF NOT EXISTS does not help those who do it at the same moment.
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(1); create schema if not exists "+schema+"; select pg_advisory_unlock(1)"); err != nil {
		return "", err
	}
	q := at.Query()
	q.Set("search_path", schema)
	at.RawQuery = q.Encode()
	return at.String(), nil
}

// sqliteOnly skips a test of what PostgreSQL does not have.
func sqliteOnly(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(testPostgres) != "" {
		t.Skip("only in SQLite: ", why)
	}
}

// postgresOnly skips a test of what SQLite does not have.
func postgresOnly(t testing.TB) {
	t.Helper()
	if os.Getenv(testPostgres) == "" {
		t.Skip(testPostgres, " is not set")
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
