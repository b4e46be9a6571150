// Package metatest says where the tests of catalogs keep them: in data
// directories, or in schemas of a PostgreSQL.
package metatest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"
)

// Postgres is the environment variable that names a PostgreSQL for tests, as a URL.
const Postgres = "GLAUX_TEST_POSTGRES"

// InPostgres reports whether tests run in PostgreSQL.
func InPostgres() bool { return os.Getenv(Postgres) != "" }

// URL gives the URL of the schema that stands for a data directory, and makes the
// schema if it is not there. InPostgres must hold.
func URL(ctx context.Context, dir string) (string, error) {
	at, err := url.Parse(os.Getenv(Postgres))
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
	if _, err := conn.Exec(ctx, "select pg_advisory_xact_lock(1); create schema if not exists "+schema); err != nil {
		return "", err
	}
	q := at.Query()
	q.Set("search_path", schema)
	at.RawQuery = q.Encode()
	return at.String(), nil
}
