package meta

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Memory is the data directory of a catalog that lives only as long as its
// Store, for tests.
const Memory = ":memory:"

const (
	fileName    = "catalog.db"
	busyTimeout = "busy_timeout(15000)" // milliseconds that one writer waits for another
	readers     = 8
)

// Store is a catalog in SQLite or PostgreSQL. Safe for concurrent use.
type Store struct {
	read    *sql.DB
	write   *sql.DB // one connection; its transactions exclude those of all others
	history *history
	tables  *tableCache
	parts   partitionCache
	locks   locker
	watch   watch
	pins    pins

	postgres *postgres // nil: the catalog is in SQLite
	docs     documentCache

	pinnedAt *pin // of a Store that only a snapshot uses: what it reads from
}

var (
	_ catalog.Full        = (*Store)(nil)
	_ catalog.Snapshotter = (*Store)(nil)
)

// Open opens the catalog of a data directory, which it makes if it is missing,
// and brings its tables up to date. Memory gives a private catalog in memory.
// Faults: 42501 and 58030 for a directory that cannot be used, 55000 for a
// catalog that a newer version of Glaux has changed, XX001 for a damaged file.
func Open(ctx context.Context, dataDir string) (*Store, error) {
	if dataDir == Memory {
		return openMemory(ctx)
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, dirFault(err, dataDir)
	}
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, dirFault(err, dataDir)
	}
	path := filepath.Join(dir, fileName)
	if err := migrateFile(ctx, path, catalogSteps); err != nil {
		return nil, err
	}
	s := &Store{tables: &tableCache{}, locks: locker{dir: filepath.Join(dir, lockDir)}}
	wal := []string{busyTimeout, "journal_mode(WAL)", "foreign_keys(1)"}
	full := append(wal[:len(wal):len(wal)], "synchronous(FULL)")
	if s.write, err = connect(path, "immediate", 1, full...); err == nil {
		s.read, err = connect(path, "deferred", readers, busyTimeout, "query_only(1)")
	}
	if err == nil {
		s.watch.db, err = connect(path, "deferred", 1, busyTimeout, "query_only(1)")
	}
	if err == nil {
		s.pins.db, err = connect(path, "deferred", maxPins, busyTimeout, "query_only(1)")
	}
	if err == nil {
		s.pins.max = maxPins
		s.pins.db.SetMaxIdleConns(2)
		err = s.read.PingContext(ctx)
	}
	if err == nil {
		err = s.openHistory(ctx, dir)
	}
	if err != nil {
		s.Close()
		return nil, translate(err, "open the catalog "+path)
	}
	return s, nil
}

func openMemory(ctx context.Context) (*Store, error) {
	db, err := memoryDB()
	if err != nil {
		return nil, err
	}
	s := &Store{read: db, write: db, tables: &tableCache{}}
	if err = migrate(ctx, db, goose.DialectSQLite3, catalogSteps); err == nil {
		err = s.openMemoryHistory(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func memoryDB() (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file::memory:?_txlock=immediate&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, translate(err, "open a catalog in memory")
	}
	db.SetMaxOpenConns(1)
	db.SetConnMaxIdleTime(0)
	return db, nil
}

func connect(path, txlock string, conns int, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_txlock": {txlock}, "_pragma": pragmas}
	dsn := (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func dirFault(err error, dir string) error {
	code := fault.CodeIO
	if os.IsPermission(err) {
		code = fault.CodeInsufficientPriv
	}
	return fault.Wrap(err, code, "cannot use data directory %s: %v", dir, err).
		WithHint("Choose another directory with --data-dir or GLAUX_DATA_DIR.")
}

// Close closes the connections. Calls that still run get errors.
func (s *Store) Close() error {
	s.watch.feed.close()
	var first error
	closed := map[*sql.DB]bool{nil: true}
	for _, db := range append([]*sql.DB{s.read, s.write, s.watch.db, s.pins.db}, s.history.close()...) {
		if closed[db] {
			continue
		}
		closed[db] = true
		if err := db.Close(); err != nil && first == nil {
			first = err
		}
	}
	if err := s.locks.session.close(); err != nil && first == nil {
		first = err
	}
	if first != nil {
		return translate(first, "close the catalog")
	}
	return nil
}

// update runs f in one durable transaction, alone among all writers.
func (s *Store) update(ctx context.Context, what string, f func(tx *sql.Tx) error) error {
	defer s.watch.feed.changed() // whatever became of it: the answer to a commit may be lost
	return inTx(ctx, s.write, nil, what, func(tx *sql.Tx) error {
		err := f(tx)
		s.watch.changed()
		return err
	})
}

// view runs f on one consistent snapshot.
func (s *Store) view(ctx context.Context, what string, f func(tx *sql.Tx) error) error {
	if s.pinnedAt != nil {
		return s.pinnedAt.view(what, f)
	}
	return inTx(ctx, s.read, &sql.TxOptions{ReadOnly: s.read != s.write}, what, f)
}

func inTx(ctx context.Context, db *sql.DB, opt *sql.TxOptions, what string, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, opt)
	if err != nil {
		return translate(err, what)
	}
	if err := f(tx); err != nil {
		tx.Rollback() // the error of f is the one to tell
		return translate(ended(ctx, err), what)
	}
	if err := tx.Commit(); err != nil {
		return translate(ended(ctx, err), what)
	}
	return nil
}

// ended gives why ctx is over for the error of a transaction that was ended by it:
// database/sql only says that it is done.
func ended(ctx context.Context, err error) error {
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// epoch is how the first moment of 1970 is stored, which Hive's clients write
// for a time that they do not know: 0 says that no time was given.
const epoch = math.MinInt64

// micros and fromMicros are how times are stored: microseconds since 1970.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	if us := t.UnixMicro(); us != 0 {
		return us
	}
	return epoch
}

func fromMicros(us int64) time.Time {
	switch us {
	case 0:
		return time.Time{}
	case epoch:
		return time.Unix(0, 0).UTC()
	}
	return time.UnixMicro(us).UTC()
}

// atMost is a LIMIT that means the same everywhere: 0 and less are no limit.
func atMost(limit int) int64 {
	if limit <= 0 {
		return math.MaxInt64
	}
	return int64(limit)
}

// fold is how names of databases and tables are stored, as in Glue.
func fold(name string) string { return strings.ToLower(name) }

// checkName refuses what no client could spell: Glue's rules for names.
func checkName(what, name string) error {
	if name == "" || len(name) > 255 {
		return fault.New(fault.CodeInvalidName, "the name of a %s must have 1 to 255 bytes, not %d", what, len(name))
	}
	for _, r := range name {
		if r < ' ' || r == 0x7F || r == 0xFFFD {
			return fault.New(fault.CodeInvalidName, "the name %q of a %s holds a character that is not allowed", name, what)
		}
	}
	return nil
}
