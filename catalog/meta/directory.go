package meta

import (
	"context"
	"database/sql"

	"github.com/glauxdb/glaux/catalog"
)

var _ catalog.Lister = (*Store)(nil)

// Directory lists all databases and tables. It reads no definitions, and
// nothing but the generation if nothing has changed.
func (s *Store) Directory(ctx context.Context) (*catalog.Directory, error) {
	n, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	known := n.directory
	n.mu.Unlock()
	if known != nil {
		return known, nil
	}
	var d *catalog.Directory
	err = s.learn(ctx, "list the catalog", n, func(tx *sql.Tx) (err error) {
		d, err = readDirectory(ctx, tx)
		return err
	}, func() {
		if n.directory == nil {
			n.directory = d
		}
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func readDirectory(ctx context.Context, tx *sql.Tx) (*catalog.Directory, error) {
	dbs, err := readDatabases(ctx, tx)
	if err != nil {
		return nil, err
	}
	d := &catalog.Directory{Databases: dbs, Tables: make([][]catalog.Entry, len(dbs))}
	at := make(map[int64]int, len(dbs))
	for i, db := range dbs {
		at[db.ID] = i
	}
	rows, err := tx.QueryContext(ctx, "SELECT database_id, id, name, kind, version FROM tables ORDER BY database_id, name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var db int64
		var e catalog.Entry
		if err := rows.Scan(&db, &e.ID, &e.Name, &e.Kind, &e.Version); err != nil {
			return nil, err
		}
		d.Tables[at[db]] = append(d.Tables[at[db]], e)
	}
	return d, rows.Err()
}
