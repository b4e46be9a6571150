package transfer

import (
	"context"
	"sort"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Overlay is a catalog over another one: what is written goes into a store of
// its own, what is not found there is read from the base, which never changes. SQL
// that describes tables runs against it, so that nothing is written before all
// of it is understood.
//
// As a Source it is what was written. A table of the base to which partitions were
// added counts with those partitions alone: it is borrowed.
type Overlay struct {
	catalog.Full // the store of what was written
	base         Base

	mu       sync.Mutex // guards borrowed
	borrowed map[string]bool
}

// Base is what an Overlay reads.
type Base interface {
	catalog.Reader
	catalog.PartitionScanner
}

// NewOverlay makes one. The store is empty and closed with it; the base is not.
func NewOverlay(store catalog.Full, base Base) *Overlay {
	return &Overlay{Full: store, base: base, borrowed: map[string]bool{}}
}

// Written gives what was written, to be copied.
func (o *Overlay) Written() Source { return &written{o.Full, o} }

// written is the Source of an Overlay: its own store, without the base.
type written struct {
	Source
	o *Overlay
}

// borrowed reports whether a source has a database only to hold its tables.
func borrowed(s Source, d *catalog.Database) bool {
	w, ok := s.(*written)
	return ok && w.o.isBorrowed(d.Name)
}

// borrowsTable reports whether a source has a table only to hold its partitions.
func borrowsTable(s Source, t *catalog.Table) bool {
	w, ok := s.(*written)
	return ok && w.o.isBorrowed(t.Database+"\x00"+t.Name)
}

func (o *Overlay) isBorrowed(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.borrowed[key]
}

func (o *Overlay) borrow(key string, is bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.borrowed[key] = is
}

func missingDatabase(err error) bool { return fault.Is(err, fault.CodeInvalidSchemaName) }

func missingTable(err error) bool {
	return fault.Is(err, fault.CodeUndefinedTable) || missingDatabase(err)
}

// Databases gives those of both.
func (o *Overlay) Databases(ctx context.Context) ([]*catalog.Database, error) {
	ours, err := o.Full.Databases(ctx)
	if err != nil {
		return nil, err
	}
	theirs, err := o.base.Databases(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, d := range ours {
		seen[d.Name] = true
	}
	out := ours[:len(ours):len(ours)]
	for _, d := range theirs {
		if !seen[d.Name] {
			out = append(out, d)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Database finds one, the written first.
func (o *Overlay) Database(ctx context.Context, name string) (*catalog.Database, error) {
	d, err := o.Full.Database(ctx, name)
	if missingDatabase(err) {
		return o.base.Database(ctx, name)
	}
	return d, err
}

// Tables gives those of both.
func (o *Overlay) Tables(ctx context.Context, database string) ([]*catalog.Table, error) {
	ours, err := o.Full.Tables(ctx, database)
	if err != nil && !missingDatabase(err) {
		return nil, err
	}
	there := err == nil
	theirs, err := o.base.Tables(ctx, database)
	if missingDatabase(err) && there {
		return ours, nil
	}
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, t := range ours {
		seen[t.Name] = true
	}
	out := ours[:len(ours):len(ours)]
	for _, t := range theirs {
		if !seen[t.Name] {
			out = append(out, t)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Table finds one, the written first.
func (o *Overlay) Table(ctx context.Context, database, name string) (*catalog.Table, error) {
	t, err := o.Full.Table(ctx, database, name)
	if !missingTable(err) {
		return t, err
	}
	there, baseErr := o.base.Table(ctx, database, name)
	if missingDatabase(baseErr) && !missingDatabase(err) {
		return nil, err // the database was written; its table is what is missing
	}
	return there, baseErr
}

// Partitions gives the written ones of a table that was written, else the base's.
func (o *Overlay) Partitions(ctx context.Context, t *catalog.Table) (*catalog.Partitions, error) {
	own, err := o.own(ctx, t)
	switch {
	case err != nil:
		return nil, err
	case own != nil:
		return o.Full.Partitions(ctx, own)
	}
	return o.base.Partitions(ctx, t)
}

// own gives the written table of that name, nil if there is none.
func (o *Overlay) own(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	own, err := o.Full.Table(ctx, t.Database, t.Name)
	if missingTable(err) {
		return nil, nil
	}
	return own, err
}

// CreateTable writes a table, and its database if that is the base's.
func (o *Overlay) CreateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	if err := o.holdDatabase(ctx, t.Database); err != nil {
		return nil, err
	}
	key := strings.ToLower(t.Database) + "\x00" + strings.ToLower(t.Name)
	if !o.isBorrowed(key) {
		return o.Full.CreateTable(ctx, t)
	}
	// Its partitions came first: they stay, the description is the new one.
	own, err := o.Full.Table(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	fresh := *t
	fresh.ID, fresh.Version = own.ID, own.Version
	o.borrow(key, false)
	return o.Full.UpdateTable(ctx, &fresh)
}

// CreateDatabase writes a database, also one that was only borrowed so far.
func (o *Overlay) CreateDatabase(ctx context.Context, d *catalog.Database) (*catalog.Database, error) {
	name := strings.ToLower(d.Name)
	if !o.isBorrowed(name) {
		return o.Full.CreateDatabase(ctx, d)
	}
	old, err := o.Full.Database(ctx, name)
	if err != nil {
		return nil, err
	}
	fresh := *d
	fresh.ID, fresh.Created = old.ID, old.Created
	o.borrow(name, false)
	return o.Full.UpdateDatabase(ctx, &fresh)
}

// UpdateTable replaces a table that was written. One of the base is written
// as it becomes.
func (o *Overlay) UpdateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	own, err := o.own(ctx, t)
	if err != nil {
		return nil, err
	}
	if own != nil {
		fresh := *t
		fresh.ID, fresh.Version = own.ID, own.Version
		o.borrow(own.Database+"\x00"+own.Name, false)
		return o.Full.UpdateTable(ctx, &fresh)
	}
	if _, err := o.base.Table(ctx, t.Database, t.Name); err != nil {
		if fault.Is(err, fault.CodeUndefinedTable) {
			return nil, fault.New(fault.CodeFeatureNotSupported, "a table cannot be renamed by an import")
		}
		return nil, err
	}
	if err := o.holdDatabase(ctx, t.Database); err != nil {
		return nil, err
	}
	return o.Full.CreateTable(ctx, bareTable(t))
}

// AddPartitions adds to a table that was written, or borrows one of the base.
func (o *Overlay) AddPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition, mustBeNew bool) (int, error) {
	own, err := o.own(ctx, t)
	if err != nil {
		return 0, err
	}
	if own == nil {
		if err := o.holdDatabase(ctx, t.Database); err != nil {
			return 0, err
		}
		if own, err = o.Full.CreateTable(ctx, bareTable(t)); err != nil {
			return 0, err
		}
		o.borrow(own.Database+"\x00"+own.Name, true)
	}
	return o.Full.AddPartitions(ctx, own, ps, mustBeNew)
}

// holdDatabase makes a database of the base to hold what is written into it.
func (o *Overlay) holdDatabase(ctx context.Context, name string) error {
	_, err := o.Full.Database(ctx, name)
	if !missingDatabase(err) {
		return err
	}
	d, err := o.base.Database(ctx, name)
	if err != nil {
		return err
	}
	if _, err := o.Full.CreateDatabase(ctx, bareDatabase(d)); err != nil {
		return err
	}
	o.borrow(d.Name, true)
	return nil
}

func (o *Overlay) refuse(what string) error {
	return fault.New(fault.CodeFeatureNotSupported, "%s is not a part of an import", what).
		WithHint("An import only adds and replaces; --on-conflict says what becomes of what is there.")
}

// DropTable is refused.
func (o *Overlay) DropTable(context.Context, string, string) error { return o.refuse("DROP TABLE") }

// DropDatabase is refused.
func (o *Overlay) DropDatabase(context.Context, string, bool) error {
	return o.refuse("DROP DATABASE")
}

// DropPartitions is refused.
func (o *Overlay) DropPartitions(context.Context, *catalog.Table, [][]string) (int, error) {
	return 0, o.refuse("DROP PARTITION")
}

// Apply does what the methods above do, for those who change tables through it.
func (o *Overlay) Apply(ctx context.Context, c catalog.Change) (*catalog.Applied, error) {
	out := &catalog.Applied{Table: c.Table}
	var err error
	switch {
	case len(c.Drop) > 0 || len(c.Alter) > 0:
		return nil, o.refuse("changing partitions")
	case c.Define && c.Table.ID == 0:
		out.Table, err = o.CreateTable(ctx, c.Table)
	case c.Define:
		out.Table, err = o.UpdateTable(ctx, c.Table)
	}
	if err == nil && len(c.Add) > 0 {
		out.Added, err = o.AddPartitions(ctx, out.Table, c.Add, c.MustBeNew)
	}
	return out, err
}

// Partition finds one in the table that was written, else in the base's.
func (o *Overlay) Partition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, error) {
	own, err := o.own(ctx, t)
	switch {
	case err != nil:
		return nil, err
	case own != nil:
		return o.Full.Partition(ctx, own, values)
	}
	return o.base.Partition(ctx, t, values)
}

// PartitionsAfter reads the table that was written, else the base's.
func (o *Overlay) PartitionsAfter(ctx context.Context, t *catalog.Table, after []string, limit int) ([]catalog.Partition, error) {
	own, err := o.own(ctx, t)
	switch {
	case err != nil:
		return nil, err
	case own != nil:
		return o.Full.PartitionsAfter(ctx, own, after, limit)
	}
	return o.base.PartitionsAfter(ctx, t, after, limit)
}
