package pgdiff

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
)

// StartGlaux serves a Glaux with an empty catalog, which may read the folders
// of locations, until the test ends.
func StartGlaux(t testing.TB, locations ...string) Server {
	t.Helper()
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Locations: locations})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := pg.New(pg.Config{Engine: in.Engine})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(srv.Shutdown(ctx), <-done, in.Close()); err != nil {
			t.Error(err)
		}
	})
	return Server{Addr: ln.Addr().String(), User: "postgres", Database: "glaux"}
}
