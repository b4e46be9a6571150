package meta

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// archive keeps the description of a table that is about to be replaced.
func archive(ctx context.Context, tx *sql.Tx, table int64, now time.Time) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO table_versions "+
		"(table_id, version, database_name, name, kind, definition, created, updated, archived) "+
		"SELECT t.id, t.version, d.name, t.name, t.kind, t.definition, t.created, t.updated, ? "+
		"FROM tables t JOIN databases d ON d.id = t.database_id WHERE t.id = ?", micros(now), table)
	return err
}

const versionsQuery = "SELECT " + tableColumns + "WHERE t.id = ?1 AND (t.version < ?2 OR CAST(?2 AS BIGINT) <= 0) " +
	"UNION ALL SELECT table_id, 0, database_name, name, kind, version, definition, created, updated, archived " +
	"FROM table_versions WHERE table_id = ?1 AND (version < ?2 OR ?2 <= 0) ORDER BY version DESC LIMIT ?3"

// TableVersions gives the present description of the table with t.ID and the
// archived ones, newest first, at most limit (0: all) of them with a Version
// below before (0: no bound).
func (s *Store) TableVersions(ctx context.Context, t *catalog.Table, before int64, limit int) ([]catalog.TableVersion, error) {
	var out []catalog.TableVersion
	err := s.view(ctx, "read the versions of table "+t.Name, func(tx *sql.Tx) error {
		if _, err := s.tableByID(ctx, tx, t); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, versionsQuery, t.ID, before, atMost(limit))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scanTableVersion(rows)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tableByID reads the table with t.ID. One that is not there is 42P01, or 55000
// where another one has its name now.
func (s *Store) tableByID(ctx context.Context, tx *sql.Tx, t *catalog.Table) (*catalog.Table, error) {
	found, err := scanTable(tx.QueryRowContext(ctx, "SELECT "+tableColumns+"WHERE t.id = ?", t.ID))
	if !errors.Is(err, sql.ErrNoRows) {
		return found, err
	}
	if _, err := s.findTable(ctx, tx, t.Database, t.Name); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.CodeObjectNotReady, "table %q was dropped and created again by someone else", fold(t.Name)).
		WithHint("Read the table again and repeat the change.")
}

// DeleteTableVersions forgets archived descriptions of the table with t.ID and
// gives which of the versions there were. The present one is never among them.
func (s *Store) DeleteTableVersions(ctx context.Context, t *catalog.Table, versions []int64) ([]int64, error) {
	var gone []int64
	err := s.update(ctx, "delete versions of table "+t.Name, func(tx *sql.Tx) error {
		gone = nil
		if _, err := s.tableByID(ctx, tx, t); err != nil {
			return err
		}
		for _, v := range versions {
			res, err := tx.ExecContext(ctx, "DELETE FROM table_versions WHERE table_id = ? AND version = ?", t.ID, v)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				gone = append(gone, v)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}
