package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/metrics"
	"github.com/glauxdb/glaux/server/tracing"
)

// BenchmarkWatched is SELECT 1 in process without observers, with metrics, and
// with metrics and every statement traced.
func BenchmarkWatched(b *testing.B) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	defer collector.Close()
	measured := func(in *server.Instance) {
		in.Groups.Observe(metrics.New(metrics.Config{Groups: in.Groups}).Observer())
	}
	for _, x := range []struct {
		name  string
		watch func(in *server.Instance)
	}{
		{"plain", func(*server.Instance) {}},
		{"metrics", measured},
		{"traced", func(in *server.Instance) {
			measured(in)
			t, err := tracing.New(b.Context(), tracing.Config{Endpoint: collector.URL}, func(string) string { return "" }, slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(t.Close)
			in.Groups.Observe(t)
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			in := openLake(b)
			x.watch(in)
			s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux"})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			for b.Loop() {
				p, err := s.Prepare(context.Background(), "SELECT 1", nil)
				if err != nil {
					b.Fatal(err)
				}
				res, err := s.Execute(context.Background(), p, nil)
				if err != nil {
					b.Fatal(err)
				}
				if err := res.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
