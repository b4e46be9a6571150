package pgdiff

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestStart: both servers start and answer.
func TestStart(t *testing.T) {
	for _, s := range []Server{StartPostgres(t), StartGlaux(t)} {
		c, err := pgconn.Connect(t.Context(), s.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		res, err := c.Exec(t.Context(), "select 1").ReadAll()
		if err != nil || string(res[0].Rows[0][0]) != "1" {
			t.Errorf("%s: %v", s.Addr, err)
		}
	}
}
