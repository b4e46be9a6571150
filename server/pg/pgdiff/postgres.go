package pgdiff

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/server/pg/pgdiff/postgres"
)

// Server is a running server, with a database of its own for the test.
type Server struct {
	Addr           string // host:port
	User, Database string
}

// URL gives the address as a connection string of libpq's form.
func (s Server) URL() string {
	return "postgres://" + s.User + "@" + s.Addr + "/" + s.Database + "?sslmode=disable"
}

// StartPostgres gives a PostgreSQL with an empty database, until the test ends.
// It skips the test if there is none on this machine.
func StartPostgres(t testing.TB) Server {
	t.Helper()
	addr := os.Getenv("GLAUX_TEST_POSTGRES")
	if addr == "" {
		bin := postgres.Find()
		if bin == "" {
			t.Skip("PostgreSQL 15 is not installed and GLAUX_TEST_POSTGRES is not set")
		}
		c, err := postgres.Start(t.Context(), bin, "", "shared_buffers=16MB", "max_connections=20")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Stop)
		addr = c.Addr
	}
	s := Server{Addr: addr, User: "postgres", Database: "postgres"}
	name := fmt.Sprintf("glaux_test_%d_%d", os.Getpid(), time.Now().UnixNano())
	command := func(ctx context.Context, sql string) error {
		c, err := pgconn.Connect(ctx, s.URL())
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, sql).ReadAll()
		return err
	}
	if err := command(t.Context(), "create database "+name+" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	own := s
	own.Database = name
	return own
}
