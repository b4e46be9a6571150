package meta

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Workgroup is a stored workgroup. What its settings mean is known to
// server/workgroup alone.
type Workgroup struct {
	Name     string          // lower case
	Settings json.RawMessage // a JSON object
	Created  time.Time
	Updated  time.Time
}

const workgroupColumns = "name, settings, created, updated"

func scanWorkgroup(row scanner) (*Workgroup, error) {
	var w Workgroup
	var settings string
	var created, updated int64
	if err := row.Scan(&w.Name, &settings, &created, &updated); err != nil {
		return nil, err
	}
	w.Settings, w.Created, w.Updated = json.RawMessage(settings), fromMicros(created), fromMicros(updated)
	return &w, nil
}

// Workgroups gives all workgroups by name.
func (s *Store) Workgroups(ctx context.Context) ([]*Workgroup, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+workgroupColumns+" FROM workgroups ORDER BY name")
	if err != nil {
		return nil, translate(err, "list the workgroups")
	}
	defer rows.Close()
	var out []*Workgroup
	for rows.Next() {
		w, err := scanWorkgroup(rows)
		if err != nil {
			return nil, translate(err, "list the workgroups")
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err, "list the workgroups")
	}
	return out, nil
}

// Workgroup finds a workgroup, whatever the case of its name. A missing one is
// 42704 with the nearest name as the hint.
func (s *Store) Workgroup(ctx context.Context, name string) (*Workgroup, error) {
	w, err := scanWorkgroup(s.read.QueryRowContext(ctx, "SELECT "+workgroupColumns+" FROM workgroups WHERE name = ?", fold(name)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, s.noWorkgroup(ctx, s.read, name)
	}
	if err != nil {
		return nil, translate(err, "read workgroup "+name)
	}
	return w, nil
}

func (s *Store) noWorkgroup(ctx context.Context, q querier, name string) error {
	f := fault.New(fault.CodeUndefinedObject, "workgroup %q does not exist", name)
	names, err := queryNames(ctx, q, "SELECT name FROM workgroups ORDER BY name")
	if err != nil {
		return translate(err, "list the workgroups")
	}
	if near := fault.Nearest(name, names); near != "" {
		return f.WithHint("Did you mean %q?", near)
	}
	return f
}

// CreateWorkgroup adds a workgroup; one of that name is 42710.
func (s *Store) CreateWorkgroup(ctx context.Context, name string, settings json.RawMessage) (*Workgroup, error) {
	if err := checkWorkgroup(name, settings); err != nil {
		return nil, err
	}
	now := micros(time.Now())
	var out *Workgroup
	err := s.update(ctx, "create workgroup "+name, func(tx *sql.Tx) (err error) {
		out, err = scanWorkgroup(tx.QueryRowContext(ctx, "INSERT INTO workgroups ("+workgroupColumns+
			") VALUES (?, ?, ?, ?) RETURNING "+workgroupColumns, fold(name), string(settings), now, now))
		if isUnique(err) {
			return fault.New(fault.CodeDuplicateObject, "workgroup %q already exists", fold(name))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// UpdateWorkgroup replaces a workgroup's settings.
func (s *Store) UpdateWorkgroup(ctx context.Context, name string, settings json.RawMessage) (*Workgroup, error) {
	if err := checkWorkgroup(name, settings); err != nil {
		return nil, err
	}
	var out *Workgroup
	err := s.update(ctx, "change workgroup "+name, func(tx *sql.Tx) (err error) {
		out, err = scanWorkgroup(tx.QueryRowContext(ctx, "UPDATE workgroups SET settings = ?, updated = ? WHERE name = ? RETURNING "+
			workgroupColumns, string(settings), micros(time.Now()), fold(name)))
		if errors.Is(err, sql.ErrNoRows) {
			return s.noWorkgroup(ctx, tx, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// DropWorkgroup removes a workgroup; its query history stays.
func (s *Store) DropWorkgroup(ctx context.Context, name string) error {
	return s.update(ctx, "drop workgroup "+name, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM workgroups WHERE name = ?", fold(name))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return s.noWorkgroup(ctx, tx, name)
	})
}

func checkWorkgroup(name string, settings json.RawMessage) error {
	if err := checkName("workgroup", name); err != nil {
		return err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(settings, &object); err != nil || object == nil {
		return fault.New(fault.CodeInvalidParameter, "the settings of workgroup %q are not a JSON object", name)
	}
	return nil
}
