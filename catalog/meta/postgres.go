package meta

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/glauxdb/glaux/catalog/fault"
)

// oldestPostgres is the oldest version of PostgreSQL that has all that is used.
const oldestPostgres = 130000

// postgres is what a Store in PostgreSQL has beside its connections.
type postgres struct {
	config *pgx.ConnConfig
	schema string // of the catalog's tables
}

// OpenPostgres opens the catalog in a database of PostgreSQL, 13 or newer, and
// brings its tables up to date. Any number of servers may use it at once. url is
// a URL or a list of parameters as libpq takes them; what it leaves out comes from
// libpq's environment variables and password file. The tables are made in the
// first schema of the search path. Faults: 22023 for a URL that cannot be read,
// 08006 for a server that does not answer, 28000 for one that refuses, 55000 for
// a database that cannot hold a catalog or that a newer version of Glaux has
// changed.
func OpenPostgres(ctx context.Context, url string) (*Store, error) {
	config, err := postgresConfig(url)
	if err != nil {
		return nil, err
	}
	p := &postgres{config: config}
	if err := p.migrate(ctx); err != nil {
		return nil, translate(err, "open the catalog in PostgreSQL")
	}
	s := &Store{tables: &tableCache{}, postgres: p}
	const snapshot = "begin isolation level repeatable read read only"
	s.read = p.pool(snapshot, readers)
	s.write = p.pool(p.beginAlone("write"), 1)
	s.watch.db, s.watch.feed = p.pool(snapshot, 1), p.listen()
	s.pins.db, s.pins.max = p.pool(snapshot, maxPostgresPins), maxPostgresPins
	s.pins.db.SetMaxIdleConns(2)
	s.history = newHistory(p.historyPool(1), p.historyPool(2))
	s.history.postgres = true
	s.locks.session = &lockSession{postgres: p}
	return s, nil
}

func postgresConfig(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The driver's error leaves the password out.
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "the URL of the catalog's PostgreSQL cannot be read: %v", err).
			WithHint("Write it as postgres://user@host:5432/database?sslmode=verify-full.")
	}
	for name, value := range map[string]string{
		"client_encoding":                     "UTF8",
		"lock_timeout":                        "15000", // milliseconds that one writer waits for another
		"idle_in_transaction_session_timeout": "0",     // snapshots of transactions
		"jit":                                 "off",   // costs more than it gains here
		// A server that vanishes without a word loses its locks after some 25 seconds.
		"tcp_keepalives_idle":     "10",
		"tcp_keepalives_interval": "5",
		"tcp_keepalives_count":    "3",
	} {
		config.RuntimeParams[name] = value
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "glaux"
	}
	return config, nil
}

// migrate brings the tables up to date while it holds a lock: of several servers
// that start at once only one does.
func (p *postgres) migrate(ctx context.Context) error {
	db := p.pool("begin", 1)
	defer db.Close()
	lock := p.pool("begin", 1)
	defer lock.Close()
	tx, err := lock.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", p.lockKey("migrate")); err != nil {
		return err
	}
	for _, s := range []steps{catalogSteps, historySteps} {
		if err := migrate(ctx, db, goose.DialectPostgres, s); err != nil {
			return err
		}
	}
	return nil
}

// check looks whether the database can hold a catalog.
func (p *postgres) check(ctx context.Context, q querier) error {
	var version int
	var encoding string
	var schema sql.NullString
	err := q.QueryRowContext(ctx, "SELECT CAST(current_setting('server_version_num') AS INTEGER), current_setting('server_encoding'), current_schema()").
		Scan(&version, &encoding, &schema)
	switch {
	case err != nil:
		return err
	case version < oldestPostgres:
		return fault.New(fault.CodeObjectNotReady, "the catalog needs PostgreSQL %d or newer, not %d.%d", oldestPostgres/10000, version/10000, version%10000)
	case encoding != "UTF8":
		return fault.New(fault.CodeObjectNotReady, "the database %q has the encoding %s, the catalog needs UTF8", p.config.Database, encoding).
			WithHint("Make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.")
	case !schema.Valid:
		return fault.New(fault.CodeObjectNotReady, "no schema of the search path exists in database %q", p.config.Database).
			WithHint("Create it, or set another with ?search_path= in the URL.")
	}
	p.schema = schema.String
	return nil
}

// beginAlone begins a transaction that excludes all others with that lock. Its
// statements see what was committed when the lock was free.
func (p *postgres) beginAlone(lock string) string {
	return fmt.Sprintf("begin isolation level read committed; select pg_advisory_xact_lock(%d)", p.lockKey(lock))
}

// lockKey is the number of an advisory lock: others in the database, and other
// catalogs in other schemas of it, have other ones.
func (p *postgres) lockKey(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("glaux\x00" + p.schema + "\x00" + name))
	return int64(h.Sum64())
}
