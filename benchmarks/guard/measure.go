package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// count is one number of one query.
type count struct {
	query, what string
	n           int64
}

// The counts that may move, see compare.go.
const (
	allocations  = "allocations"
	allocated    = "allocated_bytes"
	instructions = "instructions"
)

// warm and measured are how often a query runs: before, until pools and caches have
// what they keep, and counted. The least of the allocations is what the query needs.
const (
	warm     = 3
	measured = 8
)

// pause lets goroutines that a query leaves behind, the history's, come to rest
// before the next one is counted.
const pause = 20 * time.Millisecond

// open opens the instance of a directory for one worker.
func open(ctx context.Context, dir string) (*server.Instance, error) {
	return server.Open(ctx, server.Config{DataDir: filepath.Join(dir, "catalog"), Workers: 1, Memory: 4 << 30})
}

// measure makes the data and the catalog in dir and counts.
func (c *cli) measure(ctx context.Context, dir string, all []query) (out []count, err error) {
	if err := makeEvents(dir); err != nil {
		return nil, err
	}
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return nil, err
	}
	in, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for _, at := range []string{lake, filepath.Join(dir, "events")} {
		if _, err := in.Crawl(ctx, crawler.At(at, "guard")); err != nil {
			return nil, err
		}
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "guard"})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for _, q := range all {
		got, err := counts(ctx, s, q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.name, err)
		}
		out = append(out, got...)
	}
	return out, nil
}

// counts counts one query.
func counts(ctx context.Context, s *exec.Session, q query) ([]count, error) {
	var st exec.Stats
	var err error
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for range warm {
		if st, err = run(ctx, s, q.sql); err != nil {
			return nil, err
		}
	}
	mallocs, bytes := int64(math.MaxInt64), int64(math.MaxInt64)
	var before, after runtime.MemStats
	for range measured {
		time.Sleep(pause)
		runtime.ReadMemStats(&before)
		if st, err = run(ctx, s, q.sql); err != nil {
			return nil, err
		}
		runtime.ReadMemStats(&after)
		mallocs = min(mallocs, int64(after.Mallocs-before.Mallocs))
		bytes = min(bytes, int64(after.TotalAlloc-before.TotalAlloc))
	}
	return []count{{q.name, allocations, mallocs}, {q.name, allocated, bytes},
		{q.name, "rows_read", st.RowsRead}, {q.name, "rows_returned", st.RowsReturned}, {q.name, "bytes_data", st.BytesScanned},
		{q.name, "bytes_metadata", st.BytesMetadata}, {q.name, "requests", st.Requests}, {q.name, "files", st.FilesRead},
		{q.name, "partitions", st.PartitionsRead}, {q.name, "row_groups", st.GroupsRead}, {q.name, "pages", st.PagesRead},
		{q.name, "batches", st.Batches}}, nil
}

// run runs a statement to its end.
func run(ctx context.Context, s *exec.Session, sql string) (exec.Stats, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return exec.Stats{}, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return exec.Stats{}, err
	}
	var b vector.Batch
	for err == nil {
		err = r.Next(ctx, &b)
	}
	if cerr := r.Close(); errors.Is(err, io.EOF) {
		err = cerr
	}
	return r.Stats(), err
}
