package meta

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

const databaseColumns = "id, name, description, location, parameters, other, created"

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanDatabase(row scanner) (*catalog.Database, error) {
	d := &catalog.Database{}
	var params string
	var created int64
	err := row.Scan(&d.ID, &d.Name, &d.Description, &d.Location, &params, &d.Other, &created)
	if err != nil {
		return nil, err
	}
	d.Created = fromMicros(created)
	d.Parameters, err = parametersOf(params)
	return d, err
}

// Databases gives all databases by name.
func (s *Store) Databases(ctx context.Context) ([]*catalog.Database, error) {
	n, err := s.databases(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.sorted), nil
}

// Database finds a database; names are stored in lower case, so that case never
// matters. A missing one is 3F000 with the nearest name as the hint.
func (s *Store) Database(ctx context.Context, name string) (*catalog.Database, error) {
	n, err := s.databases(ctx)
	if err != nil {
		return nil, err
	}
	if d := n.databases[fold(name)]; d != nil {
		return d, nil
	}
	all := make([]string, len(n.sorted))
	for i, d := range n.sorted {
		all[i] = d.Name
	}
	return nil, noDatabaseAmong(name, all)
}

// databases gives names of which all databases are known.
func (s *Store) databases(ctx context.Context) (*names, error) {
	n, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	known := n.databases != nil
	n.mu.Unlock()
	if known {
		return n, nil
	}
	var all []*catalog.Database
	err = s.learn(ctx, "list the databases", n, func(tx *sql.Tx) (err error) {
		all, err = readDatabases(ctx, tx)
		return err
	}, func() { n.keepDatabases(all) })
	if err != nil {
		return nil, err
	}
	own := &names{generation: n.generation}
	own.keepDatabases(all)
	return own, nil
}

func readDatabases(ctx context.Context, tx *sql.Tx) ([]*catalog.Database, error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+databaseColumns+" FROM databases ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*catalog.Database
	for rows.Next() {
		d, err := scanDatabase(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// querier is a *sql.DB or *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) noDatabase(ctx context.Context, q querier, name string) error {
	all, err := queryNames(ctx, q, "SELECT name FROM databases ORDER BY name")
	if err != nil {
		return translate(err, "list the databases")
	}
	return noDatabaseAmong(name, all)
}

func noDatabaseAmong(name string, names []string) error {
	f := fault.New(fault.CodeInvalidSchemaName, "database %q does not exist", name)
	if near := fault.Nearest(name, names); near != "" {
		return f.WithHint("Did you mean %q?", near)
	}
	return f
}

func queryNames(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, rows.Err()
}

// databaseID finds a database inside a transaction.
func (s *Store) databaseID(ctx context.Context, tx *sql.Tx, name string) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM databases WHERE name = ?", fold(name)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, s.noDatabase(ctx, tx, name)
	}
	return id, err
}

// CreateDatabase adds a database; one of that name is 42P06.
func (s *Store) CreateDatabase(ctx context.Context, d *catalog.Database) (*catalog.Database, error) {
	if err := checkName("database", d.Name); err != nil {
		return nil, err
	}
	created := d.Created
	if created.IsZero() {
		created = time.Now()
	}
	var out *catalog.Database
	err := s.update(ctx, "create database "+d.Name, func(tx *sql.Tx) (err error) {
		row := tx.QueryRowContext(ctx, "INSERT INTO databases (name, description, location, parameters, other, created) "+
			"VALUES (?, ?, ?, ?, ?, ?) RETURNING "+databaseColumns,
			fold(d.Name), d.Description, d.Location, parametersText(d.Parameters), d.Other, micros(created))
		out, err = scanDatabase(row)
		return databaseExists(err, d.Name)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func databaseExists(err error, name string) error {
	if isUnique(err) {
		return fault.New(fault.CodeDuplicateSchema, "database %q already exists", fold(name))
	}
	return err
}

// UpdateDatabase replaces the database with d.ID, its name included.
func (s *Store) UpdateDatabase(ctx context.Context, d *catalog.Database) (*catalog.Database, error) {
	if err := checkName("database", d.Name); err != nil {
		return nil, err
	}
	var out *catalog.Database
	err := s.update(ctx, "change database "+d.Name, func(tx *sql.Tx) (err error) {
		row := tx.QueryRowContext(ctx, "UPDATE databases SET name = ?, description = ?, location = ?, parameters = ?, other = ? "+
			"WHERE id = ? RETURNING "+databaseColumns,
			fold(d.Name), d.Description, d.Location, parametersText(d.Parameters), d.Other, d.ID)
		out, err = scanDatabase(row)
		if errors.Is(err, sql.ErrNoRows) {
			return s.noDatabase(ctx, tx, d.Name)
		}
		return databaseExists(err, d.Name)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// DropDatabase removes a database, with cascade also its tables; without it a
// database that has tables is 2BP01.
func (s *Store) DropDatabase(ctx context.Context, name string, cascade bool) error {
	return s.update(ctx, "drop database "+name, func(tx *sql.Tx) error {
		id, err := s.databaseID(ctx, tx, name)
		if err != nil {
			return err
		}
		tables, err := queryNames(ctx, tx, "SELECT name FROM tables WHERE database_id = ? ORDER BY name", id)
		if err != nil {
			return err
		}
		if len(tables) > 0 && !cascade {
			return fault.New(fault.CodeDependentObjects, "cannot drop database %q because it still has tables", fold(name)).
				WithDetail("It has %d, the first is %s.", len(tables), tables[0]).
				WithHint("Use DROP DATABASE ... CASCADE to drop its tables too. Their files stay.")
		}
		for _, q := range []string{
			"DELETE FROM partition_chunks WHERE table_id IN (SELECT id FROM tables WHERE database_id = ?)",
			"DELETE FROM partition_lists WHERE table_id IN (SELECT id FROM tables WHERE database_id = ?)",
			"DELETE FROM tables WHERE database_id = ?",
			"DELETE FROM databases WHERE id = ?",
		} {
			if _, err := tx.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		return nil
	})
}
