// Command plan measures how long statements are parsed and planned: for each query of
// a folder the median of EXPLAIN, with the catalog, listings and footers in memory.
//
//	go run ./benchmarks/plan --lake /tmp/tpcds1 --queries /tmp/tpcds-queries --out benchmarks/results/tpcds-plan
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Lake    string `required:"" help:"Folder with one folder of files per table."`
	Queries string `default:"testdata/tpch/queries" help:"Folder of .sql files."`
	Only    string `help:"Only queries whose name contains this."`
	Runs    int    `default:"21" help:"How often each query is planned, after three times that are not timed."`
	Out     string `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Profile string `placeholder:"FILE" help:"Write a processor profile of the timed runs."`
}

// result is one query, in microseconds.
type result struct {
	Name  string  `json:"name"`
	Bytes int     `json:"bytes"`
	Parse float64 `json:"parse_us"`
	Plan  float64 `json:"plan_us"` // parsing included
	Least float64 `json:"least_plan_us"`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("How long queries are planned."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "plan:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) (err error) {
	files, err := filepath.Glob(filepath.Join(c.Queries, "*.sql"))
	if err != nil {
		return err
	}
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory})
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Crawl(ctx, crawler.At(c.Lake, "bench")); err != nil {
		return err
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "bench"})
	if err != nil {
		return err
	}
	defer s.Close()
	stop, err := report.Profile(c.Profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var results []result
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".sql")
		if !strings.Contains(name, c.Only) {
			continue
		}
		r, err := c.measure(ctx, s, name, f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		results = append(results, r)
	}
	return c.show(results)
}

func (c *cli) measure(ctx context.Context, s *exec.Session, name, file string) (result, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return result{}, err
	}
	sql := strings.TrimRight(strings.TrimSpace(string(text)), ";")
	r := result{Name: name, Bytes: len(sql)}
	var parse, plan []float64
	for i := range c.Runs + 3 {
		begin := time.Now()
		if err := planner.New(planner.Config{}).CheckSyntax(sql); err != nil {
			return r, err
		}
		parsed := time.Since(begin)
		begin = time.Now()
		if err := explain(ctx, s, sql); err != nil {
			return r, err
		}
		if i >= 3 {
			parse = append(parse, float64(parsed)/1e3)
			plan = append(plan, float64(time.Since(begin))/1e3)
		}
	}
	slices.Sort(parse)
	slices.Sort(plan)
	r.Parse, r.Plan, r.Least = parse[len(parse)/2], plan[len(plan)/2], plan[0]
	return r, nil
}

// explain plans a query and throws the plan away.
func explain(ctx context.Context, s *exec.Session, sql string) error {
	p, err := s.Prepare(ctx, "EXPLAIN "+sql, nil)
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
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, r.Close())
}

func (c *cli) show(results []result) error {
	if len(results) == 0 {
		return fmt.Errorf("no query in %s", c.Queries)
	}
	longest := slices.MaxFunc(results, func(a, b result) int { return cmp.Compare(a.Plan, b.Plan) })
	var all []float64
	for _, r := range results {
		all = append(all, r.Plan)
	}
	slices.Sort(all)
	var b strings.Builder
	fmt.Fprintf(&b, "# How long the queries of %s are planned\n\n", filepath.Base(c.Lake))
	fmt.Fprintf(&b, "%s. Medians of %d runs of EXPLAIN in one session, which plans a query and writes the plan as text; parsing is part of it.\n", report.Machine(), c.Runs)
	fmt.Fprintf(&b, "`go run ./benchmarks/plan`\n\nHalf of the %d queries are planned within %.1f ms, the longest, %s, in %.1f ms.\n\n", len(results), all[len(all)/2]/1e3, longest.Name, longest.Plan/1e3)
	b.WriteString("| query | bytes | parsed in µs | planned in ms | at least |\n|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.2f | %.2f |\n", r.Name, r.Bytes, r.Parse, r.Plan/1e3, r.Least/1e3)
	}
	fmt.Print(b.String())
	if c.Out == "" {
		return nil
	}
	return report.Write(c.Out, results, b.String())
}
