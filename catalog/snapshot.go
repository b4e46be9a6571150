package catalog

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Snapshot is a catalog as it was at one moment, whatever happens to it since.
type Snapshot interface {
	Reader
	Close()
}

// Snapshotter is a catalog that can show itself so.
type Snapshotter interface {
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Remember makes a snapshot of a catalog that has none: what was read once stays as
// it was; what is read for the first time is as it is then.
func Remember(r Reader) Snapshot {
	return &remembered{r: r, databases: map[string]memo[*Database]{}, tables: map[string]memo[[]*Table]{}, table: map[[2]string]memo[*Table]{},
		partitions: map[int64]memo[*Partitions]{}}
}

type memo[T any] struct {
	v   T
	err *fault.Error
}

type remembered struct {
	r Reader

	mu         sync.Mutex // guards what follows
	all        *memo[[]*Database]
	databases  map[string]memo[*Database]
	tables     map[string]memo[[]*Table]
	table      map[[2]string]memo[*Table]
	partitions map[int64]memo[*Partitions]
}

// recall gives what is remembered under a key, or reads and remembers it. Only
// answers about the catalog are kept: a failure to read is tried again.
func recall[K comparable, T any](mu *sync.Mutex, m map[K]memo[T], key K, read func() (T, error)) (T, error) {
	mu.Lock()
	known, ok := m[key]
	mu.Unlock()
	if !ok {
		v, err := read()
		if err != nil && fault.As(err).Kind != fault.User {
			return v, err
		}
		known = memo[T]{v: v, err: fault.As(err)}
		mu.Lock()
		m[key] = known
		mu.Unlock()
	}
	if known.err != nil {
		e := *known.err // a copy: who gets it may add a position
		return known.v, &e
	}
	return known.v, nil
}

func (s *remembered) Databases(ctx context.Context) ([]*Database, error) {
	s.mu.Lock()
	known := s.all
	s.mu.Unlock()
	if known != nil {
		return known.v, nil
	}
	all, err := s.r.Databases(ctx)
	if err == nil {
		s.mu.Lock()
		s.all = &memo[[]*Database]{v: all}
		s.mu.Unlock()
	}
	return all, err
}

func (s *remembered) Database(ctx context.Context, name string) (*Database, error) {
	return recall(&s.mu, s.databases, name, func() (*Database, error) { return s.r.Database(ctx, name) })
}

func (s *remembered) Tables(ctx context.Context, database string) ([]*Table, error) {
	return recall(&s.mu, s.tables, database, func() ([]*Table, error) { return s.r.Tables(ctx, database) })
}

func (s *remembered) Table(ctx context.Context, database, name string) (*Table, error) {
	return recall(&s.mu, s.table, [2]string{database, name}, func() (*Table, error) { return s.r.Table(ctx, database, name) })
}

func (s *remembered) Partitions(ctx context.Context, t *Table) (*Partitions, error) {
	return recall(&s.mu, s.partitions, t.ID, func() (*Partitions, error) { return s.r.Partitions(ctx, t) })
}

func (s *remembered) Close() {}
