package server_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/store/s3sim"
	"github.com/glauxdb/glaux/server"
)

// manyFiles makes the bucket lake with 40 Parquet files and 40 of JSON.
func manyFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	wide, _, _ := wideFile(t, 4000)
	for i := range 40 {
		for name, data := range map[string][]byte{fmt.Sprintf("lake/wide/part-%02d.parquet", i): wide,
			fmt.Sprintf("lake/notes/%02d.json", i): []byte(strings.Repeat(fmt.Sprintf("{\"file\": %d, \"note\": \"of file %d\"}\n", i, i), 100))} {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// aheadSession is a session over the lake at a location.
func aheadSession(t *testing.T, location, endpoint string, workers int) *exec.Session {
	t.Helper()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Workers: workers,
		S3: store.S3Config{Endpoint: endpoint, PathStyle: true, Region: "us-east-1", Anonymous: true, MaxBackoff: 20 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	if _, err := in.Crawl(t.Context(), crawler.At(location, "demo")); err != nil {
		t.Fatal(err)
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestReadAheadGivesTheSameRows: scans whose Sources begin in lanes, on an S3 that
// refuses and breaks off, find what scans of local files find, whatever stops them.
func TestReadAheadGivesTheSameRows(t *testing.T) {
	dir := manyFiles(t)
	sim := s3sim.New(dir, s3sim.Behaviour{Seed: 5, FirstByte: time.Millisecond, Tail: 20 * time.Millisecond, Reset: 0.02, SlowDown: 0.02})
	t.Cleanup(sim.Close)
	local := aheadSession(t, filepath.Join(dir, "lake"), "", 2)
	for _, workers := range []int{1, 3} {
		remote := aheadSession(t, "s3://lake", sim.URL(), workers)
		for _, sql := range []string{
			"SELECT sum(c07), count(*) FROM wide",
			"SELECT sum(c03) FROM wide WHERE c01 % 7 = 1 AND c02 > 0",
			"SELECT sum(c03) FROM wide WHERE c01 = -1",
			"SELECT file, count(*), max(note) FROM notes GROUP BY file",
			"SELECT note FROM notes WHERE file IN (3, 30)",
			"SELECT count(*) FROM (SELECT c01 FROM wide WHERE c01 % 2 = 0 LIMIT 777)",
			"SELECT n.file, count(*) FROM notes n JOIN wide w ON n.file = w.c01 % 40 WHERE n.file < 3 GROUP BY n.file",
			"SELECT count(*) FROM notes UNION ALL SELECT count(c01) FROM wide",
			"SELECT \"$path\" FROM wide WHERE c01 = (SELECT min(c01) FROM wide)",
			"SELECT c01 FROM wide ORDER BY c01 DESC LIMIT 20",
		} {
			got, err := run(t, remote, sql)
			if err != nil {
				t.Errorf("%d workers: %s: %v", workers, sql, err)
				continue
			}
			want, err := run(t, local, strings.ReplaceAll(sql, "s3://lake", dir))
			if err != nil {
				t.Fatal(err)
			}
			if a, b := sorted(got), sorted(want); !slices.Equal(a, b) {
				t.Errorf("%d workers: %s:\n%d rows on S3: %.300s\n%d rows of local files: %.300s", workers, sql, len(a), a, len(b), b)
			}
		}
	}
}

// sorted writes rows as texts without where their files are.
func sorted(rows [][]string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		text := strings.Join(r, "|")
		if at := strings.LastIndexByte(text, '/'); at >= 0 {
			text = text[at:]
		}
		out[i] = text
	}
	slices.Sort(out)
	return out
}

// TestReadAheadStops: an error in one file ends the query, a client that stops
// reading ends the lanes, and the session goes on.
func TestReadAheadStops(t *testing.T) {
	dir := manyFiles(t)
	sim := s3sim.New(dir, s3sim.Behaviour{})
	t.Cleanup(sim.Close)
	s := aheadSession(t, "s3://lake", sim.URL(), 2)
	p, err := s.Prepare(t.Context(), "SELECT note FROM notes", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Execute(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Close(); err != nil { // without a row
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	bad := filepath.Join(dir, "lake", "wide", "part-20.parquet")
	if err := os.Truncate(bad, 20_000); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, s, "SELECT sum(c07) FROM wide"); err == nil || !strings.Contains(err.Error(), "part-20.parquet") {
		t.Errorf("error %v", err)
	}
	rows, err := run(t, s, "SELECT count(note) FROM notes")
	if err != nil || rows[0][0] == "" || ctx.Err() != nil {
		t.Errorf("afterwards: %v, %v", rows, err)
	}
}
