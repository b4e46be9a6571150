// Command spill runs queries with less and less memory: what they write to disk, how
// long they take, and whether they give the same rows as without a limit.
//
//	go run ./benchmarks/spill --lake LAKE --queries testdata/tpch/queries --limits 512MB,128MB
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

func main() {
	var o options
	flag.StringVar(&o.lake, "lake", "", "folder of the tables")
	flag.StringVar(&o.queries, "queries", "testdata/tpch/queries", "folder of .sql files")
	flag.StringVar(&o.limits, "limits", "512MB,128MB", "memory of a query, several with commas")
	flag.StringVar(&o.only, "only", "", "only queries whose name contains this")
	flag.StringVar(&o.dir, "spill-dir", "", "folder of the spill files; by default where the system keeps temporary ones")
	flag.IntVar(&o.workers, "workers", 0, "goroutines of a query; 0: one per core")
	flag.IntVar(&o.runs, "runs", 3, "runs of each query, of which the fastest counts")
	flag.Parse()
	if err := o.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "spill:", err)
		os.Exit(1)
	}
}

type options struct {
	lake, queries, limits, only, dir string
	workers, runs                    int
}

// total is what a limit's queries did together.
type total struct {
	limit                string
	time                 time.Duration
	base                 time.Duration // the same queries without a limit
	done, all, spilling  int
	spilled, peak        int64
	failed, wrong, lines []string
}

func (o *options) run(ctx context.Context) error {
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Workers: o.workers, Spill: server.SpillConfig{Dir: o.dir}})
	if err != nil {
		return err
	}
	defer in.Close()
	lake, err := filepath.Abs(o.lake)
	if err != nil {
		return err
	}
	if _, err := in.Crawl(ctx, crawler.At(lake, "bench")); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(o.queries, "*.sql"))
	if err != nil || len(files) == 0 {
		return errors.Join(err, fmt.Errorf("no queries in %s", o.queries))
	}
	var totals []*total
	for l := range strings.SplitSeq(o.limits, ",") {
		totals = append(totals, &total{limit: l})
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".sql")
		if !strings.Contains(name, o.only) {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := o.query(ctx, in.Engine, name, string(text), totals); err != nil {
			return err
		}
	}
	return print(totals)
}

// query runs a query without a limit and with each.
func (o *options) query(ctx context.Context, e *exec.Engine, name, sql string, totals []*total) error {
	want, err := o.best(ctx, e, sql, "0")
	if err != nil {
		return fmt.Errorf("%s without a limit: %w", name, err)
	}
	for _, t := range totals {
		t.all++
		got, err := o.best(ctx, e, sql, t.limit)
		switch {
		case err != nil:
			t.failed = append(t.failed, fmt.Sprintf("%s: %v", name, err))
			continue
		case !slices.Equal(got.rows, want.rows):
			t.wrong = append(t.wrong, name)
			continue
		}
		t.done++
		t.time += got.time
		t.base += want.time
		t.spilled += got.stats.Spilled
		t.peak = max(t.peak, got.stats.PeakMemory)
		if got.stats.Spilled > 0 {
			t.spilling++
			t.lines = append(t.lines, fmt.Sprintf("| %s | %s | %.2f | %.2f | %s | %s |", t.limit, name, want.time.Seconds(), got.time.Seconds(),
				mem.Size(want.stats.PeakMemory), mem.Size(got.stats.Spilled)))
		}
		fmt.Fprintf(os.Stderr, "%s %s: %.2f s, %d bytes spilled\n", name, t.limit, got.time.Seconds(), got.stats.Spilled)
	}
	return nil
}

func print(totals []*total) error {
	fmt.Println("| limit | queries | that spilled | time, s | without a limit, s | spilled | peak |\n|---|---|---|---|---|---|---|")
	var bad []string
	for _, t := range totals {
		fmt.Printf("| %s | %d of %d | %d | %.2f | %.2f | %s | %s |\n", t.limit, t.done, t.all, t.spilling, t.time.Seconds(), t.base.Seconds(),
			mem.Size(t.spilled), mem.Size(t.peak))
		for _, f := range t.failed {
			bad = append(bad, t.limit+" "+f)
		}
		for _, w := range t.wrong {
			bad = append(bad, t.limit+" "+w+": other rows than without a limit")
		}
	}
	fmt.Println("\n| limit | query | without a limit, s | time, s | held without a limit | spilled |\n|---|---|---|---|---|---|")
	for _, t := range totals {
		for _, l := range t.lines {
			fmt.Println(l)
		}
	}
	if len(bad) > 0 {
		return errors.New(strings.Join(bad, "\n"))
	}
	return nil
}

// outcome is what a run gave.
type outcome struct {
	rows  []string
	time  time.Duration
	stats exec.Stats
}

// best is the fastest of the runs.
func (o *options) best(ctx context.Context, e *exec.Engine, sql, limit string) (best outcome, err error) {
	for range max(o.runs, 1) {
		got, err := once(ctx, e, sql, limit)
		if err != nil {
			return best, err
		}
		if best.time == 0 || got.time < best.time {
			best = got
		}
	}
	return best, nil
}

func once(ctx context.Context, e *exec.Engine, sql, limit string) (out outcome, err error) {
	s, err := e.NewSession(exec.SessionOptions{User: "glaux", Database: "bench", Settings: map[string]string{"query_max_memory": limit}})
	if err != nil {
		return out, err
	}
	defer s.Close()
	begin := time.Now()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return out, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return out, err
	}
	var b vector.Batch
	for err == nil {
		if err = r.Next(ctx, &b); err == nil {
			out.rows = appendRows(out.rows, &b)
		}
	}
	out.time = time.Since(begin)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	out.stats = r.Stats()
	slices.Sort(out.rows) // rows that an order leaves equal may change places
	return out, err
}

// appendRows appends a batch's rows as text. Floating point is cut to what does not
// depend on the order of a sum.
func appendRows(out []string, b *vector.Batch) []string {
	for k := range b.Rows() {
		i := k
		if b.Sel != nil {
			i = int(b.Sel[k])
		}
		var line strings.Builder
		for _, c := range b.Cols {
			if v := vector.ValueAt(c, i); !v.Null && (v.Type.Kind == types.Double || v.Type.Kind == types.Real) {
				fmt.Fprintf(&line, "%.9g|", v.F)
			} else {
				fmt.Fprint(&line, v, "|")
			}
		}
		out = append(out, line.String())
	}
	return out
}
