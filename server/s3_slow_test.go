package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/store/s3sim"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// slowFile is file i of both tables; all are of the same length.
func slowFile(i int) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("{\"file\": %d, \"note\": \"of file %d\"}\n", i, i), 5000))
}

// trickle answers reads of the table slow with a byte now and then, for ever, once
// it is on. Others are answered as ever.
func trickle(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/slow/") {
		return false
	}
	var from, to int
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil {
		return false
	}
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, len(slowFile(0))))
	w.Header().Set("Content-Length", fmt.Sprint(to-from+1))
	w.Header().Set("ETag", r.Header.Get("If-Match"))
	w.WriteHeader(http.StatusPartialContent)
	for r.Context().Err() == nil {
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

// slowLake is an instance over a bucket with the tables slow and quick.
func slowLake(t *testing.T) (*server.Instance, *s3sim.Server) {
	t.Helper()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	dir := t.TempDir()
	for _, table := range []string{"slow", "quick"} {
		for i := range 4 {
			path := filepath.Join(dir, "lake", table, fmt.Sprintf("%d.json", i))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, slowFile(i), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	sim := s3sim.New(dir, s3sim.Behaviour{})
	t.Cleanup(sim.Close)
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, S3: store.S3Config{Endpoint: sim.URL(), PathStyle: true, Region: "us-east-1",
		Anonymous: true, Stall: time.Second, MaxAttempts: 2, MaxBackoff: 20 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	if _, err := in.Crawl(t.Context(), crawler.At("s3://lake", "demo")); err != nil {
		t.Fatal(err)
	}
	sim.Set(s3sim.Behaviour{Fault: trickle})
	return in, sim
}

// TestS3SlowForEver: an S3 whose answers never end ends no more than the query that
// reads them: by its time limit, by its client, or by the store's patience, which
// names the object. Others go on meanwhile, and nothing is held afterwards.
func TestS3SlowForEver(t *testing.T) {
	in, _ := slowLake(t)
	const slow = "SELECT count(*), max(note) FROM slow"
	ask := func(ctx context.Context, sql, timeout string) error {
		s, err := in.Engine.NewSession(exec.SessionOptions{Database: "demo", Settings: map[string]string{"statement_timeout": timeout}})
		if err != nil {
			return err
		}
		defer s.Close()
		return runAll(ctx, s, sql)
	}
	for _, c := range []struct {
		name, timeout string
		cancel        time.Duration
		code          fault.Code
		says          string
		most          time.Duration
	}{
		{"statement_timeout", "300", 0, fault.CodeQueryCanceled, "statement timeout", 5 * time.Second},
		{"canceled", "0", 300 * time.Millisecond, fault.CodeQueryCanceled, "", 5 * time.Second},
		{"the store's patience", "0", 0, fault.CodeConnectionFailure, "s3://lake/slow/", 20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if c.cancel > 0 {
				time.AfterFunc(c.cancel, func() { cancel(fault.New(fault.CodeQueryCanceled, "canceling statement due to user request")) })
			}
			ended := make(chan error, 1)
			begin := time.Now()
			go func() { ended <- ask(ctx, slow, c.timeout) }()
			if err := ask(t.Context(), "SELECT count(*), max(note) FROM quick", "0"); err != nil {
				t.Errorf("another query: %v", err)
			}
			err := <-ended
			if took := time.Since(begin); took > c.most {
				t.Errorf("it took %v, want less than %v", took, c.most)
			}
			f := fault.As(err)
			if f == nil || f.Code != c.code || !strings.Contains(f.Error()+f.Object, c.says) {
				t.Errorf("got %v, want %s and %q", err, c.code, c.says)
			}
			if used := in.Engine.MemoryUse().Used; used != 0 {
				t.Errorf("%d bytes are still held", used)
			}
		})
	}
}

// runAll runs a statement to its end.
func runAll(ctx context.Context, s *exec.Session, sql string) error {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return err
	}
	var b vector.Batch
	for err == nil {
		err = r.Next(ctx, &b)
	}
	if cerr := r.Close(); errors.Is(err, io.EOF) {
		err = cerr
	}
	return err
}
