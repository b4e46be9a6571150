package meta

import (
	"context"
	"database/sql"
	"errors"
)

// GetValue gives the bytes stored under a key of a space (a space belongs to
// one user of the store: the crawler, a server's settings); false if there are
// none.
func (s *Store) GetValue(ctx context.Context, space, key string) ([]byte, bool, error) {
	var v []byte
	err := s.read.QueryRowContext(ctx, "SELECT value FROM key_values WHERE space = ? AND key = ?", space, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, translate(err, "read "+space+"/"+key)
	}
	return v, true, nil
}

// PutValue stores bytes under a key of a space.
func (s *Store) PutValue(ctx context.Context, space, key string, value []byte) error {
	if value == nil {
		value = []byte{}
	}
	return s.update(ctx, "write "+space+"/"+key, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO key_values (space, key, value) VALUES (?, ?, ?)", space, key, value)
		return err
	})
}

// DeleteValue removes a key of a space, if it is there.
func (s *Store) DeleteValue(ctx context.Context, space, key string) error {
	return s.update(ctx, "remove "+space+"/"+key, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM key_values WHERE space = ? AND key = ?", space, key)
		return err
	})
}
