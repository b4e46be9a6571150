// Command differ runs random queries in Glaux with one worker, in Glaux with
// four, in Glaux with small batches and without one of the optimizer's rules, and in
// DuckDB or PostgreSQL, and prints those whose rows differ. A seed and a number name
// a query for ever.
//
//	python benchmarks/differ/lake.py /tmp/differ-lake
//	go run ./benchmarks/differ --lake /tmp/differ-lake --python python --seed 1 --queries 500
//	go run ./benchmarks/differ --lake /tmp/differ-lake --oracle postgres --queries 500
//
// Errors count as differences where only Glaux has them, other than those of
// arithmetic out of range, and always where they are internal.
package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/planner/rule"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Lake    string `required:"" help:"Lake made by benchmarks/differ/lake.py."`
	Python  string `default:"python3" help:"Python with the package duckdb."`
	Oracle  string `enum:"duckdb,postgres" default:"duckdb" help:"With whom to compare: duckdb or postgres (a PostgreSQL 15 of this machine)."`
	Seed    uint64 `default:"1" help:"Seed of the queries."`
	Queries int    `default:"200" help:"How many queries to run."`
	From    int    `help:"Number of the first query."`
	Print   bool   `help:"Print the queries instead of running them."`
	Out     string `help:"Add the result to OUT.json and write OUT.md."`
	Threads int    `default:"1" hidden:""`
	Worker  bool   `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Random queries in Glaux and in DuckDB or PostgreSQL over the same rows."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "differ:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return err
	}
	switch {
	case c.Worker:
		return peer.Serve(ctx, lake, server.Config{Workers: c.Threads})
	case c.Print:
		for i := range c.Queries {
			sql, _ := c.query(c.From + i)
			ours, other := sides(sql)
			fmt.Println(ours + ";")
			if other != ours {
				fmt.Println("-- " + c.Oracle + ": " + other + ";")
			}
		}
		return nil
	}
	e, err := c.start(ctx, lake)
	if err != nil {
		return err
	}
	defer e.stop()
	rep := newReport(c, e)
	for i := c.From; i < c.From+c.Queries && ctx.Err() == nil; i++ {
		if err := c.compare(i, e, rep); err != nil {
			if ctx.Err() != nil {
				break
			}
			return fmt.Errorf("query %d: %w", i, err)
		}
	}
	return rep.finish(c.Out)
}

// query gives the query of a number and whether its rows have an order.
func (c *cli) query(i int) (sql string, ordered bool) {
	g := &gen{Rand: rand.New(rand.NewPCG(c.Seed, uint64(i))), pg: c.Oracle == "postgres"}
	return g.query()
}

// oracle is whom Glaux is compared with.
type oracle interface {
	run(sql string) (peer.Answer, error)
	version() string
	stop()
}

// engines are all that run a query.
type engines struct {
	one, four *peer.Peer
	oracle    oracle
}

func (e *engines) stop() {
	e.one.Stop()
	e.four.Stop()
	e.oracle.stop()
}

// limit is how long a query may take: some join everything with everything.
const limit = 5 * time.Second

// start runs the three engines.
func (c *cli) start(ctx context.Context, lake string) (*engines, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	e := &engines{}
	for threads, p := range map[int]**peer.Peer{1: &e.one, 4: &e.four} {
		if *p, err = peer.Start(ctx, "glaux", self, "--worker", "--lake", lake, "--threads", strconv.Itoa(threads)); err != nil {
			return nil, err
		}
	}
	e.one.Limit = limit
	if c.Oracle == "postgres" {
		e.oracle, err = startPostgres(ctx, lake)
	} else {
		e.oracle, err = startDuckDB(ctx, c.Python, lake)
	}
	return e, err
}

// duckdb is DuckDB with the lake's tables in memory.
type duckdb struct{ *peer.Peer }

func startDuckDB(ctx context.Context, python, lake string) (oracle, error) {
	p, err := peer.StartEngine(ctx, "duckdb-tables", python, lake, 1, 0)
	return duckdb{p}, err
}

func (d duckdb) run(sql string) (peer.Answer, error) {
	a, _, _, err := d.Run(sql)
	return a, err
}

func (d duckdb) version() string { return d.Version }
func (d duckdb) stop()           { d.Stop() }

// variant is a way to run a query in which its answer must be the same.
type variant struct {
	batch int
	rule  string
}

// variantOf gives the variant that a query runs in: rules and sizes take turns.
func (c *cli) variantOf(i int) variant {
	rules := rule.Optional()
	return variant{[]int{1, 2, 7, 0, 61}[i%5], rules[i%len(rules)]}
}

// run runs a query so.
func (v variant) run(p *peer.Peer, sql string) (peer.Answer, error) {
	var a peer.Answer
	for _, s := range []string{
		fmt.Sprintf("SET batch_rows = %d", v.batch), fmt.Sprintf("SET disabled_rules = '%s'", v.rule), sql, "RESET batch_rows", "RESET disabled_rules",
	} {
		b, _, _, err := p.Run(s)
		if err != nil {
			return a, err
		}
		if s == sql {
			a = b
		} else if b.Error != "" {
			return a, errors.New(b.Error)
		}
	}
	return a, nil
}

// compare runs one query everywhere and prints what differs.
func (c *cli) compare(i int, e *engines, rep *report) error {
	sql, ordered := c.query(i)
	ours, others := sides(sql)
	if c.Oracle == "postgres" { // it has the type under its whole name alone
		ours = strings.ReplaceAll(ours, "as double)", "as double precision)")
		others = ours
	}
	begin := time.Now()
	one, _, _, err := e.one.Run(ours)
	if err != nil {
		return fmt.Errorf("%s\n%w", ours, err)
	}
	if one.Stopped {
		rep.stopped(begin)
		return nil
	}
	v := c.variantOf(i)
	four, odd := one, one
	long := one.MS > 300 // small batches would make minutes of it
	if i%4 == 0 || long {
		if four, _, _, err = e.four.Run(ours); err != nil {
			return fmt.Errorf("%s\n%w", ours, err)
		}
	}
	if !long { // it has four workers too
		if odd, err = v.run(e.four, ours); err != nil {
			return fmt.Errorf("%s\n%w", ours, err)
		}
	}
	rep.GlauxSeconds += time.Since(begin).Seconds()
	begin = time.Now()
	other, err := e.oracle.run(others)
	rep.OtherSeconds += time.Since(begin).Seconds()
	if err != nil {
		return fmt.Errorf("%s\n%w", others, err)
	}
	what := judge(one, four, odd, other, ordered)
	rep.add(i, ours, others, what, one, other)
	if what != "" {
		fmt.Printf("-- %d (batches of %d, without %s): %s\n%s;\n", i, v.batch, v.rule, what, ours)
		if others != ours {
			fmt.Printf("-- %s: %s;\n", c.Oracle, others)
		}
		fmt.Println()
	}
	return nil
}

// judge gives what is wrong with the answers; "" if nothing is.
func judge(one, four, odd, other peer.Answer, ordered bool) string {
	for name, a := range map[string]peer.Answer{"one worker": one, "four workers": four, "the variant": odd} {
		switch {
		case strings.Contains(a.Error, "internal") || strings.Contains(a.Error, "XX000"):
			return "internal error with " + name + ": " + a.Error
		case (a.Error == "") != (one.Error == ""):
			return fmt.Sprintf("error %q with one worker, %q with %s", one.Error, a.Error, name)
		}
	}
	if one.Error != "" {
		if other.Error == "" {
			return "error: " + one.Error
		}
		return ""
	}
	difference := peer.Difference
	if ordered {
		difference = peer.OrderedDifference
	}
	if d := difference(one.Rows, four.Rows); d != "" {
		return "one worker: " + strings.ReplaceAll(d, "DuckDB", "with four")
	}
	if d := difference(one.Rows, odd.Rows); d != "" {
		return "one worker: " + strings.ReplaceAll(d, "DuckDB", "the variant")
	}
	if other.Error != "" {
		return ""
	}
	return strings.ReplaceAll(difference(one.Rows, other.Rows), "DuckDB", "the other")
}
