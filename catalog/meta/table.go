package meta

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// maxCachedTables bounds the decoded tables in memory, some kilobytes each.
const maxCachedTables = 20_000

// tableCache keeps decoded tables. An entry counts only where the file's row
// still has its version and names its database, so nothing ever needs to be
// invalidated.
type tableCache struct {
	mu   sync.Mutex
	byID map[int64]*catalog.Table
}

func (c *tableCache) get(id, version int64, database string) *catalog.Table {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.byID[id]; t != nil && t.Version == version && t.Database == database {
		return t
	}
	return nil
}

func (c *tableCache) put(t *catalog.Table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil || len(c.byID) >= maxCachedTables {
		c.byID = map[int64]*catalog.Table{}
	}
	c.byID[t.ID] = t
}

const tableColumns = "t.id, t.database_id, d.name, t.name, t.kind, t.version, t.definition, t.created, t.updated, 0 AS archived " +
	"FROM tables t JOIN databases d ON d.id = t.database_id "

func scanTable(row scanner) (*catalog.Table, error) {
	v, err := scanTableVersion(row)
	if err != nil {
		return nil, err
	}
	return v.Table, nil
}

func scanTableVersion(row scanner) (*catalog.TableVersion, error) {
	var r tableRow
	var archived int64
	err := row.Scan(&r.id, &r.databaseID, &r.database, &r.name, &r.kind, &r.version, &r.definition, &r.created, &r.updated, &archived)
	if err != nil {
		return nil, err
	}
	t, err := r.table()
	if err != nil {
		return nil, err
	}
	return &catalog.TableVersion{Version: r.version, Table: t, Archived: fromMicros(archived)}, nil
}

// Tables gives a database's tables by name.
func (s *Store) Tables(ctx context.Context, database string) ([]*catalog.Table, error) {
	n, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	known, ok := n.lists[fold(database)]
	n.mu.Unlock()
	if ok {
		return slices.Clone(known), nil
	}
	var out []*catalog.Table
	err = s.learn(ctx, "list the tables of "+database, n, func(tx *sql.Tx) error {
		id, err := s.databaseID(ctx, tx, database)
		if err != nil {
			return err
		}
		missing, err := s.cachedTables(ctx, tx, id, fold(database), &out)
		if err != nil {
			return err
		}
		for _, i := range missing {
			if out[i], err = s.loadTable(ctx, tx, out[i].ID); err != nil {
				return err
			}
		}
		return nil
	}, func() { n.keepList(fold(database), slices.Clone(out)) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cachedTables lists the tables of a database; those that are not in the cache
// stand in out with nothing but their ID, and their places are given.
func (s *Store) cachedTables(ctx context.Context, tx *sql.Tx, id int64, database string, out *[]*catalog.Table) ([]int, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, version FROM tables WHERE database_id = ? ORDER BY name", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var missing []int
	for rows.Next() {
		var table, version int64
		if err := rows.Scan(&table, &version); err != nil {
			return nil, err
		}
		t := s.tables.get(table, version, database)
		if t == nil {
			missing = append(missing, len(*out))
			t = &catalog.Table{ID: table}
		}
		*out = append(*out, t)
	}
	return missing, rows.Err()
}

func (s *Store) loadTable(ctx context.Context, q querier, id int64) (*catalog.Table, error) {
	t, err := scanTable(q.QueryRowContext(ctx, "SELECT "+tableColumns+"WHERE t.id = ?", id))
	if err != nil {
		return nil, err
	}
	s.tables.put(t)
	return t, nil
}

// Table finds a table or a view. What is missing is 3F000 or 42P01, with the
// nearest name as the hint.
func (s *Store) Table(ctx context.Context, database, name string) (*catalog.Table, error) {
	n, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	key := tableName{fold(database), fold(name)}
	if t, err := n.table(key); t != nil || err != nil {
		return t, err
	}
	var t *catalog.Table
	var missing error
	err = s.learn(ctx, "read table "+name, n, func(tx *sql.Tx) (err error) {
		t, err = s.findTable(ctx, tx, database, name)
		if missingTable(err) {
			missing, err = err, nil
		}
		return err
	}, func() { n.keepTable(key, t, missing) })
	if err == nil {
		err = missing
	}
	return t, err
}

func (s *Store) findTable(ctx context.Context, tx *sql.Tx, database, name string) (*catalog.Table, error) {
	var id, version int64
	err := tx.QueryRowContext(ctx, "SELECT t.id, t.version FROM tables t JOIN databases d ON d.id = t.database_id "+
		"WHERE d.name = ? AND t.name = ?", fold(database), fold(name)).Scan(&id, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, s.noTable(ctx, tx, database, name)
	}
	if err != nil {
		return nil, err
	}
	if t := s.tables.get(id, version, fold(database)); t != nil {
		return t, nil
	}
	return s.loadTable(ctx, tx, id)
}

func (s *Store) noTable(ctx context.Context, tx *sql.Tx, database, name string) error {
	id, err := s.databaseID(ctx, tx, database)
	if err != nil {
		return err
	}
	f := fault.New(fault.CodeUndefinedTable, "table %q does not exist in database %q", name, fold(database))
	names, err := queryNames(ctx, tx, "SELECT name FROM tables WHERE database_id = ? ORDER BY name", id)
	if err != nil {
		return err
	}
	if near := fault.Nearest(name, names); near != "" {
		return f.WithHint("Did you mean %q?", near)
	}
	return f
}

// DropTable removes a table or view and its partitions; the files stay.
func (s *Store) DropTable(ctx context.Context, database, name string) error {
	return s.update(ctx, "drop table "+name, func(tx *sql.Tx) error {
		t, err := s.findTable(ctx, tx, database, name)
		if err != nil {
			return err
		}
		for _, q := range []string{
			"DELETE FROM partition_chunks WHERE table_id = ?",
			"DELETE FROM partition_lists WHERE table_id = ?",
			"DELETE FROM tables WHERE id = ?",
		} {
			if _, err := tx.ExecContext(ctx, q, t.ID); err != nil {
				return err
			}
		}
		s.parts.drop(t.ID)
		return nil
	})
}
