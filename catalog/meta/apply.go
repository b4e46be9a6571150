package meta

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// pending is a catalog.Change that was checked as far as that is possible
// without the file.
type pending struct {
	*catalog.Change
	create bool      // Define makes a table
	row    *tableRow // of Define
	alter  partitionOrder
	add    partitionOrder
	now    time.Time
}

// Apply makes all of a change in one transaction. Beside the faults that the
// fields of catalog.Change name: 22P02 for a value that its key's type cannot
// hold, 22023 for a wrong number of values, 42809 for partitions of a table
// that has no keys, 55000 if the keys are no longer those of c.Table.
func (s *Store) Apply(ctx context.Context, c catalog.Change) (*catalog.Applied, error) {
	if c.Table == nil {
		return nil, fault.New(fault.CodeInvalidParameter, "a change of the catalog names no table")
	}
	return s.apply(ctx, "change table "+c.Table.Name, &c, c.Define && c.Table.ID == 0)
}

// CreateTable adds a table or view to the database t.Database; one of that
// name is 42P07. The ID, the version and the missing times are set.
func (s *Store) CreateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	return s.define(ctx, "create table "+t.Name, t, true)
}

// UpdateTable replaces the table with t.ID, its name and database included. A
// stale t.Version is 55000. The names of the partition keys of a table that has
// partitions cannot change (0A000); their types can, if every partition's text
// is a value of the new one. Partitions that were added with a location of
// their own keep it if the table's changes; the others go with the table.
func (s *Store) UpdateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	return s.define(ctx, "change table "+t.Name, t, false)
}

func (s *Store) define(ctx context.Context, what string, t *catalog.Table, create bool) (*catalog.Table, error) {
	a, err := s.apply(ctx, what, &catalog.Change{Table: t, Define: true}, create)
	if err != nil {
		return nil, err
	}
	return a.Table, nil
}

// AddPartitions adds the partitions whose values are not there yet, in one
// transaction, and gives how many were added. With mustBeNew an existing one is
// 42710 and nothing is added. A value that its key's type cannot hold is 22P02.
// IDs are given, and the creation time where it is missing.
func (s *Store) AddPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition, mustBeNew bool) (int, error) {
	if len(ps) == 0 {
		return 0, nil
	}
	a, err := s.apply(ctx, "add partitions to table "+t.Name, &catalog.Change{Table: t, Add: ps, MustBeNew: mustBeNew}, false)
	if err != nil {
		return 0, err
	}
	return a.Added, nil
}

// DropPartitions drops the partitions with these values and gives how many
// there were. Texts that spell the same value of a key are the same.
func (s *Store) DropPartitions(ctx context.Context, t *catalog.Table, values [][]string) (int, error) {
	if len(values) == 0 {
		return 0, nil
	}
	a, err := s.apply(ctx, "drop partitions of table "+t.Name, &catalog.Change{Table: t, Drop: values}, false)
	if err != nil {
		return 0, err
	}
	return a.Dropped, nil
}

// apply is the one way in which a table or its partitions change.
func (s *Store) apply(ctx context.Context, what string, c *catalog.Change, create bool) (*catalog.Applied, error) {
	p, err := newPending(c, create)
	if err != nil {
		return nil, err
	}
	var out *catalog.Applied
	err = s.update(ctx, what, func(tx *sql.Tx) error {
		out = &catalog.Applied{}
		before, err := s.describe(ctx, tx, p, out)
		if err != nil {
			return err
		}
		if err := s.changePartitions(ctx, tx, p, before, out); err != nil {
			return err
		}
		documents := slices.Clone(c.Documents)
		for i := range documents {
			if documents[i].Table != -1 {
				continue
			}
			documents[i].Table = out.Table.ID
			if documents[i].Key == "" {
				documents[i].Key = strconv.FormatInt(out.Table.ID, 10)
			}
		}
		_, err = putDocuments(ctx, tx, documents)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.parts.trim(out.Table.ID)
	return out, nil
}

func newPending(c *catalog.Change, create bool) (*pending, error) {
	p := &pending{Change: c, create: create, now: time.Now()}
	var err error
	if c.Define {
		if p.row, err = newTableRow(c.Table, p.now); err != nil {
			return nil, err
		}
	}
	check := newTextChecker(c.Table)
	for _, ps := range [][]catalog.Partition{c.Alter, c.Add} {
		for i := range ps {
			if err := check.partition(&ps[i]); err != nil {
				return nil, err
			}
		}
	}
	p.alter, p.add = orderPartitions(c.Alter, true), orderPartitions(c.Add, false)
	if p.add.again != nil && c.MustBeNew {
		return nil, partitionExists(c.Table, p.add.again.Values)
	}
	return p, checkDocuments(c.Documents)
}

// describe stores what a change says of the table itself. It gives the table as
// it was, nil if it was not, and sets out.Table.
func (s *Store) describe(ctx context.Context, tx *sql.Tx, p *pending, out *catalog.Applied) (*catalog.Table, error) {
	if p.create {
		id, err := s.insertTable(ctx, tx, p)
		if err != nil {
			return nil, err
		}
		out.Table, err = scanTable(tx.QueryRowContext(ctx, "SELECT "+tableColumns+"WHERE t.id = ?", id))
		return nil, err
	}
	before, err := s.tableByID(ctx, tx, p.Table)
	if err != nil {
		return nil, err
	}
	if !p.Define {
		if names, typs := sameKeys(before.PartitionKeys, p.Table.PartitionKeys); !names || !typs {
			return nil, fault.New(fault.CodeObjectNotReady, "the partition keys of table %q were changed by someone else", before.Name)
		}
		out.Table = before
		return before, nil
	}
	if before.Version != p.Table.Version {
		return nil, fault.New(fault.CodeObjectNotReady, "table %q was changed by someone else", before.Name).
			WithHint("Read the table again and repeat the change.")
	}
	if err := s.replaceTable(ctx, tx, p); err != nil {
		return nil, err
	}
	out.Table, err = s.tableByID(ctx, tx, p.Table)
	return before, err
}

func (s *Store) insertTable(ctx context.Context, tx *sql.Tx, p *pending) (int64, error) {
	database, err := s.databaseID(ctx, tx, p.Table.Database)
	if err != nil {
		return 0, err
	}
	r := p.row
	var id int64
	err = tx.QueryRowContext(ctx, "INSERT INTO tables (database_id, name, kind, version, definition, created, updated) "+
		"VALUES (?, ?, ?, 1, ?, ?, ?) RETURNING id", database, r.name, r.kind, r.definition, r.created, r.updated).Scan(&id)
	return id, tableExists(err, p.Table.Name)
}

func (s *Store) replaceTable(ctx context.Context, tx *sql.Tx, p *pending) error {
	database, err := s.databaseID(ctx, tx, p.Table.Database)
	if err != nil {
		return err
	}
	if !p.SkipArchive {
		if err := archive(ctx, tx, p.Table.ID, p.now); err != nil {
			return err
		}
	}
	r := p.row
	_, err = tx.ExecContext(ctx, "UPDATE tables SET database_id = ?, name = ?, kind = ?, version = version + 1, "+
		"definition = ?, updated = ? WHERE id = ?", database, r.name, r.kind, r.definition, r.updated, p.Table.ID)
	return tableExists(err, p.Table.Name)
}

func tableExists(err error, name string) error {
	if isUnique(err) {
		return fault.New(fault.CodeDuplicateTable, "table %q already exists", fold(name))
	}
	return err
}

// changePartitions stores what a change does to the partitions: what it drops
// by the keys that the table had before, the rest by those that it has now.
func (s *Store) changePartitions(ctx context.Context, tx *sql.Tx, p *pending, before *catalog.Table, out *catalog.Applied) error {
	now := out.Table
	if len(p.Alter)+len(p.Add) > 0 && len(now.PartitionKeys) == 0 {
		return fault.New(fault.CodeWrongObjectType, "table %q is not partitioned", now.Name)
	}
	e := &partitionEdit{table: now, applied: out, mustBeNew: p.MustBeNew, now: micros(p.now)}
	var err error
	if e.list, err = readList(ctx, tx, now.ID); err != nil {
		return err
	}
	stored := e.list
	if before != nil {
		if e.drop, err = s.dropKeys(ctx, tx, p, before, e.list); err != nil {
			return err
		}
		if err := s.moveTable(ctx, tx, before, e); err != nil {
			return err
		}
	}
	e.alter, e.add = p.alter, p.add
	if err := e.run(ctx, tx); err != nil {
		return err
	}
	if out.Added+out.Altered+out.Dropped == 0 && e.list == stored {
		return nil
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO partition_lists (table_id, version, count, next_id) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (table_id) DO UPDATE SET version = excluded.version, count = excluded.count, next_id = excluded.next_id",
		now.ID, stored.version+1, e.list.count, e.list.nextID)
	return err
}

// moveTable brings the partitions along where a table got other keys or another
// location.
func (s *Store) moveTable(ctx context.Context, tx *sql.Tx, before *catalog.Table, e *partitionEdit) error {
	now := e.table
	if names, typs := sameKeys(before.PartitionKeys, now.PartitionKeys); !names || !typs {
		drop := partitionEdit{table: before, applied: e.applied, list: e.list, drop: e.drop}
		if err := drop.run(ctx, tx); err != nil {
			return err
		}
		e.list, e.drop = drop.list, nil
		if !names && e.list.count > 0 {
			return fault.New(fault.CodeFeatureNotSupported,
				"cannot change the partition keys of table %q, which has %d partitions", before.Name, e.list.count).
				WithHint("Drop the table and create it again; its files stay.")
		}
		if _, err := s.loadPartitions(ctx, tx, now, e.list); err != nil {
			return err
		}
	}
	if e.list.count == 0 || sameLocation(before.Storage.Location, now.Storage.Location) {
		return nil
	}
	return pinLocations(ctx, tx, before, e)
}

func sameLocation(a, b string) bool {
	return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

// dropKeys finds the entries that a change drops: their keys, sorted.
func (s *Store) dropKeys(ctx context.Context, tx *sql.Tx, p *pending, before *catalog.Table, l list) ([]string, error) {
	for _, v := range p.Drop {
		if len(v) != len(before.PartitionKeys) {
			return nil, wrongValues(before, v)
		}
	}
	if len(p.Drop) == 0 || l.count == 0 {
		return nil, nil
	}
	keys := make([]string, 0, len(p.Drop))
	if p.DropExact || textsAreValues(before) {
		for _, v := range p.Drop {
			keys = append(keys, entryKey(v))
		}
	} else {
		ps, err := s.partitionsIn(ctx, tx, before, l)
		if err != nil {
			return nil, err
		}
		for _, v := range p.Drop {
			for _, row := range partition.Find(before, ps, v) {
				keys = append(keys, entryKey(partition.Texts(ps, row)))
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}
