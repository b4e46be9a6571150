// Command estimate asks EXPLAIN (ESTIMATE) what queries will read, runs them, and
// compares: over TPC-H, over web logs as CSV, JSON and Parquet, and over partitioned
// tables. It fails if a query reads less than its lower bound or more than its upper
// one, or if an estimate that calls itself exact is not.
//
//	.venv/bin/python benchmarks/gen/lake.py --tpch 1 --out /tmp/tpch1
//	go run ./benchmarks/estimate --tpch /tmp/tpch1 --label 'TPC-H scale 1' --out benchmarks/results/estimates
//
// Without --tpch it takes the sample lake, which is TPC-H at scale 0.01.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	TPCH    string `name:"tpch" default:"testdata/lake" help:"Folder with one folder of Parquet files per table of TPC-H."`
	Label   string `default:"TPC-H scale 0.01" help:"What the report calls it."`
	Queries string `default:"testdata/tpch/queries" help:"Folder of .sql files over it."`
	Rows    int    `default:"500000" help:"Rows of the web logs."`
	Out     string `placeholder:"FILE" help:"Write FILE.json and FILE.md."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("What EXPLAIN (ESTIMATE) says against what queries read."))
	if err := c.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "estimate:", err)
		os.Exit(1)
	}
}

// result is what is written down.
type result struct {
	Machine string
	Label   string // of TPC-H
	Rows    int    // of the web logs
	Queries []outcome
}

func (c *cli) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "estimate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Writable: []string{dir}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	s, err := c.prepare(ctx, in, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := tpchQueries(c.Label, c.Queries)
	if err != nil {
		return err
	}
	res := result{Machine: report.Machine(), Label: c.Label, Rows: c.Rows}
	var bad []error
	for _, q := range append(list, logQueries()...) {
		o, err := measure(ctx, s, q)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", q.Data, q.Name, err)
		}
		res.Queries = append(res.Queries, o)
		bad = append(bad, o.holds())
	}
	text := res.text()
	fmt.Print(text)
	if c.Out != "" {
		err = report.Write(c.Out, res, text)
	}
	return errors.Join(append(bad, err)...)
}

// prepare makes the tables and gives a session that finds them all.
func (c *cli) prepare(ctx context.Context, in *server.Instance, dir string) (*exec.Session, error) {
	tpch, err := filepath.Abs(c.TPCH)
	if err != nil {
		return nil, err
	}
	if _, err := in.Crawl(ctx, crawler.At(tpch, "tpch")); err != nil {
		return nil, err
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "tpch"})
	if err != nil {
		return nil, err
	}
	for _, sql := range logTables(dir, c.Rows) {
		if _, err := run(ctx, s, sql); err != nil {
			s.Close()
			return nil, fmt.Errorf("%s: %w", sql, err)
		}
	}
	return s, nil
}
