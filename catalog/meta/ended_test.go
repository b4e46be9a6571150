package meta

import (
	"context"
	"database/sql"
	"errors"
	"testing"
)

// TestCanceledWithin: a transaction that its context ends tells the context's end.
func TestCanceledWithin(t *testing.T) {
	s := openTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.view(ctx, "look", func(tx *sql.Tx) error {
		cancel()
		for {
			if _, err := tx.Exec("SELECT 1"); err != nil {
				return err
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
