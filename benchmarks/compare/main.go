// Command compare runs the same SQL over the same files in Glaux and in DuckDB
// with the same number of threads, alternating, and prints for each query the
// medians, the ratio, the time for planning, the bytes read and the peak memory. It also checks that
// both give the same rows.
//
//	python3 -m venv .venv && .venv/bin/pip install -r benchmarks/gen/requirements.txt
//	.venv/bin/python benchmarks/gen/lake.py --tpch 1 --out /tmp/tpch1
//	go run ./benchmarks/compare --lake /tmp/tpch1 --python .venv/bin/python \
//	  --label 'TPC-H scale 1' --out benchmarks/results/tpch-sf1
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Lake    string `required:"" help:"Folder with one folder of Parquet files per table."`
	Queries string `default:"testdata/tpch/queries" help:"Folder of .sql files."`
	Only    string `help:"Only queries whose name contains this."`
	Python  string `default:"python3" help:"Python with the package duckdb."`
	Threads int    `help:"Threads of each engine (0: one per core)."`
	Runs    int    `default:"5" help:"Timed runs of each query, after one that is not timed."`
	Out     string `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Label   string `help:"What the report calls the data; by default the folder's name."`
	Worker  bool   `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Glaux against DuckDB over the same files."))
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := c.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return err
	}
	if c.Worker {
		return peer.Serve(ctx, lake, server.Config{Workers: c.Threads})
	}
	queries, err := c.load()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ours, err := peer.Start(ctx, "glaux", self, "--worker", "--lake", lake, "--threads", strconv.Itoa(c.Threads))
	if err != nil {
		return err
	}
	defer ours.Stop()
	duck, err := peer.StartDuckDB(ctx, c.Python, lake, c.Threads)
	if err != nil {
		return err
	}
	defer duck.Stop()
	if c.Label == "" {
		c.Label = filepath.Base(lake)
	}
	rep := newReport(c, ours, duck)
	for _, q := range queries {
		res, err := c.compare(q, ours, duck)
		if err != nil {
			return err
		}
		rep.Queries = append(rep.Queries, res)
		fmt.Println(res.line())
	}
	return rep.finish(c.Out)
}

type query struct{ name, sql string }

func (c *cli) load() ([]query, error) {
	files, err := filepath.Glob(filepath.Join(c.Queries, "*.sql"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var qs []query
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".sql")
		if !strings.Contains(name, c.Only) {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		qs = append(qs, query{name, string(text)})
	}
	if len(qs) == 0 {
		return nil, fmt.Errorf("no query in %s", c.Queries)
	}
	return qs, nil
}

// compare runs one query in both engines, alternating, the first run untimed.
func (c *cli) compare(q query, ours, duck *peer.Peer) (result, error) {
	res := result{Name: q.name}
	for i := range c.Runs + 1 {
		var got, want peer.Answer
		for _, side := range []struct {
			p *peer.Peer
			s *side
			a *peer.Answer
		}{{ours, &res.Glaux, &got}, {duck, &res.DuckDB, &want}} {
			a, memory, bytes, err := side.p.Run(q.sql)
			if err != nil {
				return res, err
			}
			if a.Error != "" {
				side.s.Error = a.Error
			}
			if a.Bytes > 0 {
				bytes = a.Bytes
			}
			*side.a = a
			side.s.PeakMemory = max(side.s.PeakMemory, memory)
			if side.s.BytesRead = bytes; i > 0 {
				side.s.Runs = append(side.s.Runs, a.MS)
			}
		}
		if i == 0 && res.Glaux.Error == "" && res.DuckDB.Error == "" {
			res.Difference = peer.Difference(got.Rows, want.Rows)
		}
		if res.Glaux.Error != "" || res.DuckDB.Error != "" {
			break
		}
	}
	if res.Glaux.Error == "" {
		var plans []float64
		for range c.Runs {
			a, _, _, err := ours.Run("EXPLAIN " + q.sql)
			if err != nil {
				return res, err
			}
			plans = append(plans, a.MS)
		}
		res.Plan = median(plans)
	}
	res.Glaux.Median, res.DuckDB.Median = median(res.Glaux.Runs), median(res.DuckDB.Runs)
	if res.DuckDB.Median > 0 {
		res.Ratio = res.Glaux.Median / res.DuckDB.Median
	}
	return res, nil
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// today is the date of a report.
func today() string { return time.Now().UTC().Format(time.DateOnly) }
