package meta

import (
	"context"
	"database/sql"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// The bounds of the generations of the catalog that snapshots hold at one time. In
// PostgreSQL each takes a connection.
const (
	maxPins         = 100
	maxPostgresPins = 30
)

// pins are the generations that somebody still looks at. Snapshots of one
// generation share a read transaction of SQLite, and all that was read of it.
type pins struct {
	db  *sql.DB // of the read transactions; nil for a catalog in memory
	max int

	mu sync.Mutex // guards what follows
	by map[int64]*pin
}

// pin is a read transaction that stays open.
type pin struct {
	names *names
	users int // guarded by pins.mu

	mu sync.Mutex // one query at a time
	tx *sql.Tx
}

// snapshot is the catalog of a pin.
type snapshot struct {
	*pinned
	close func()
}

// Close gives the snapshot back. It may be called again.
func (s snapshot) Close() { s.close() }

// pinned is a Store that reads from a pin.
type pinned struct {
	live *Store
	at   *Store

	mu    sync.Mutex // guards parts
	parts map[int64]*catalog.Partitions
}

// Snapshot gives the catalog as it is now. The file keeps what changes from now on
// beside it until the snapshot is closed. A catalog in memory, which has one
// connection, remembers what was read instead. More than a hundred different
// generations at one time, 30 in PostgreSQL, are 53400.
func (s *Store) Snapshot(ctx context.Context) (catalog.Snapshot, error) {
	if s.pins.db == nil {
		return catalog.Remember(s), nil
	}
	n, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.pin(ctx, n)
	if err != nil {
		return nil, err
	}
	at := &Store{read: s.read, tables: s.tables, pinnedAt: p}
	at.watch.db = s.watch.db
	return snapshot{&pinned{live: s, at: at, parts: map[int64]*catalog.Partitions{}}, sync.OnceFunc(func() { s.unpin(p) })}, nil
}

// pin finds or makes the pin of the catalog as it is.
func (s *Store) pin(ctx context.Context, n *names) (*pin, error) {
	s.pins.mu.Lock()
	defer s.pins.mu.Unlock()
	if p := s.pins.by[n.generation]; p != nil {
		p.users++
		return p, nil
	}
	if len(s.pins.by) >= s.pins.max {
		return nil, fault.New(fault.CodeLimitExceeded, "open transactions hold %d different states of the catalog", s.pins.max).
			WithHint("End transactions that have been open for long; idle_in_transaction_session_timeout does so.")
	}
	tx, err := s.pins.db.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, translate(err, "begin a snapshot")
	}
	generation, err := s.watch.generationIn(ctx, tx) // the first read fixes what the transaction sees
	if err != nil {
		tx.Rollback()
		return nil, translate(err, "begin a snapshot")
	}
	if p := s.pins.by[generation]; p != nil { // changed since n was read
		tx.Rollback()
		p.users++
		return p, nil
	}
	p := &pin{names: n, users: 1, tx: tx}
	if generation != n.generation {
		p.names = &names{generation: generation}
	}
	if s.pins.by == nil {
		s.pins.by = map[int64]*pin{}
	}
	s.pins.by[generation] = p
	return p, nil
}

func (s *Store) unpin(p *pin) {
	s.pins.mu.Lock()
	defer s.pins.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	delete(s.pins.by, p.names.generation)
	p.tx.Rollback() // it only read
}

// lasting gives a context for reads in a pin's transaction. A statement that is
// canceled in PostgreSQL ends its transaction, which others look at too.
func (s *pinned) lasting(ctx context.Context) context.Context {
	if s.live.postgres == nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// view runs f in the pin's transaction.
func (p *pin) view(what string, f func(tx *sql.Tx) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return translate(f(p.tx), what)
}

// Databases gives all databases by name.
func (s *pinned) Databases(ctx context.Context) ([]*catalog.Database, error) {
	return s.at.Databases(s.lasting(ctx))
}

// Database finds a database.
func (s *pinned) Database(ctx context.Context, name string) (*catalog.Database, error) {
	return s.at.Database(s.lasting(ctx), name)
}

// Tables gives a database's tables by name.
func (s *pinned) Tables(ctx context.Context, database string) ([]*catalog.Table, error) {
	return s.at.Tables(s.lasting(ctx), database)
}

// Table finds a table or a view.
func (s *pinned) Table(ctx context.Context, database, name string) (*catalog.Table, error) {
	return s.at.Table(s.lasting(ctx), database, name)
}

// Partitions gives the partition list as it was: the one that is shared by all if
// it has not changed since, else one of the snapshot's own.
func (s *pinned) Partitions(ctx context.Context, t *catalog.Table) (*catalog.Partitions, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.parts[t.ID]; p != nil {
		return p, nil
	}
	live, err := s.live.now(ctx)
	if err != nil {
		return nil, err
	}
	var p *catalog.Partitions
	if live.generation == s.at.pinnedAt.names.generation { // read for all to use
		p, err = s.live.Partitions(ctx, t)
	}
	if err == nil {
		p, err = s.partitionsAt(ctx, t, p)
	}
	if err == nil {
		s.parts[t.ID] = p
	}
	return p, err
}

// partitionsAt gives p if it is what the pin sees, else that.
func (s *pinned) partitionsAt(ctx context.Context, t *catalog.Table, p *catalog.Partitions) (*catalog.Partitions, error) {
	ctx = s.lasting(ctx)
	err := s.at.view(ctx, "read the partitions of table "+t.Name, func(tx *sql.Tx) error {
		l, err := readList(ctx, tx, t.ID)
		if err == nil && (p == nil || p.Version != l.version) {
			p, err = s.live.partitionsIn(ctx, tx, t, l)
		}
		return err
	})
	return p, err
}
