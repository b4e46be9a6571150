package meta

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// maxMissing bounds the names that are known not to be there.
const maxMissing = 10_000

const generationQuery = "SELECT number FROM catalog_generation"

// watch tells which generation the catalog is at. Triggers raise the number
// with every change of a database, a table or a partition list in any process,
// so what was read at one generation is true while the number is the same. One
// row is all that most reads of the catalog ask SQLite for; PostgreSQL tells of
// changes, so that they ask nothing.
type watch struct {
	db    *sql.DB      // one connection for this alone; nil for a catalog in memory
	count atomic.Int64 // the generation of a catalog in memory
	feed  *feed        // in PostgreSQL

	stmt lazyStmt

	mu      sync.Mutex
	current *names
	tick    int64 // of the feed, before the generation of current was read
}

// names is what was read at one generation. It is filled as it is asked.
type names struct {
	generation int64

	mu        sync.Mutex
	databases map[string]*catalog.Database // all of them by name; nil: not read yet
	sorted    []*catalog.Database
	tables    map[tableName]*catalog.Table
	missing   map[tableName]fault.Error
	lists     map[string][]*catalog.Table // by database
	listed    int                         // tables in lists
	versions  map[int64]int64             // of partition lists, by table
	directory *catalog.Directory
}

// tableName is a table's name as it is stored.
type tableName struct{ database, name string }

// now gives what is known of the catalog as it is.
func (s *Store) now(ctx context.Context) (*names, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.pinnedAt != nil {
		return s.pinnedAt.names, nil
	}
	w := &s.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.feed != nil {
		tick := w.feed.catalog.Load()
		if w.current != nil && w.tick == tick && w.feed.fresh() {
			return w.current, nil
		}
		w.tick = tick
	}
	generation, err := w.generation(ctx)
	if err != nil {
		w.current = nil
		return nil, translate(err, "read the catalog's generation")
	}
	if w.current == nil || w.current.generation != generation {
		w.current = &names{generation: generation}
	}
	return w.current, nil
}

func (w *watch) generation(ctx context.Context) (n int64, err error) {
	if w.db == nil {
		return w.count.Load(), nil
	}
	if w.feed == nil {
		// One row of one page: the driver need not watch the context meanwhile.
		ctx = context.WithoutCancel(ctx)
	}
	stmt, err := w.stmt.get(ctx, w.db, generationQuery)
	if err != nil {
		return 0, err
	}
	err = stmt.QueryRowContext(ctx).Scan(&n)
	return n, err
}

// generationIn gives the generation that a transaction sees.
func (w *watch) generationIn(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	if w.db == nil {
		return w.count.Load(), nil
	}
	err = tx.QueryRowContext(ctx, generationQuery).Scan(&n)
	return n, err
}

// changed is called at the end of each transaction that writes, before it is
// committed. A catalog in memory has one connection, which that transaction
// holds: who sees the new number waits for the commit before reading.
func (w *watch) changed() {
	if w.db == nil {
		w.count.Add(1)
	}
}

// learn runs f on one snapshot of the catalog; keep is called with n locked if
// there was no error and that snapshot is of n's generation.
func (s *Store) learn(ctx context.Context, what string, n *names, f func(tx *sql.Tx) error, keep func()) error {
	same := false
	err := s.view(ctx, what, func(tx *sql.Tx) error {
		generation, err := s.watch.generationIn(ctx, tx)
		if err != nil {
			return err
		}
		same = generation == n.generation
		return f(tx)
	})
	if !same { // newer than what was told: nothing older may be read after it
		s.watch.feed.changed()
	}
	if same && err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		keep()
	}
	return err
}

// missingTable reports whether an error says that there is no such table.
func missingTable(err error) bool {
	return fault.Is(err, fault.CodeUndefinedTable) || fault.Is(err, fault.CodeInvalidSchemaName)
}

// table gives a known table, or the fault for one that is known not to be
// there; neither for what is not known.
func (n *names) table(key tableName) (*catalog.Table, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if t := n.tables[key]; t != nil {
		return t, nil
	}
	if f, ok := n.missing[key]; ok {
		return nil, &f // a copy: who gets it may add a position
	}
	return nil, nil
}

// keepTable remembers a table or why there is none. n is locked.
func (n *names) keepTable(key tableName, t *catalog.Table, err error) {
	if n.tables == nil || len(n.tables) >= maxCachedTables || len(n.missing) >= maxMissing {
		n.tables, n.missing = map[tableName]*catalog.Table{}, map[tableName]fault.Error{}
	}
	var f *fault.Error
	if err == nil {
		n.tables[key] = t
	} else if errors.As(err, &f) {
		n.missing[key] = *f
	}
}

// keepList remembers all tables of a database. n is locked.
func (n *names) keepList(database string, ts []*catalog.Table) {
	if n.lists == nil || n.listed+len(ts) > maxCachedTables {
		n.lists, n.listed = map[string][]*catalog.Table{}, 0
	}
	if _, ok := n.lists[database]; !ok && len(ts) <= maxCachedTables {
		n.lists[database] = ts
		n.listed += len(ts)
	}
}

// keepDatabases remembers all databases, once: they are read without the lock.
// n is locked.
func (n *names) keepDatabases(ds []*catalog.Database) {
	if n.databases != nil {
		return
	}
	n.sorted, n.databases = ds, make(map[string]*catalog.Database, len(ds))
	for _, d := range ds {
		n.databases[d.Name] = d
	}
}

// keepVersion remembers the version of a table's partition list. n is locked.
func (n *names) keepVersion(table, version int64) {
	if n.versions == nil || len(n.versions) >= maxCachedTables {
		n.versions = map[int64]int64{}
	}
	n.versions[table] = version
}
