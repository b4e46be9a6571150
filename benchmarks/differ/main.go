// Command differ runs random queries in Glaux with one worker, in Glaux with
// four, and in DuckDB, and prints those whose rows differ. A seed and a number
// name a query for ever.
//
//	python benchmarks/differ/lake.py /tmp/differ-lake
//	go run ./benchmarks/differ --lake /tmp/differ-lake --python python --seed 1 --queries 500
//
// Errors count as differences where only Glaux has them, other than those of
// arithmetic out of range, and always where they are internal.
package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Lake    string `required:"" help:"Lake made by benchmarks/differ/lake.py."`
	Python  string `default:"python3" help:"Python with the package duckdb."`
	Seed    uint64 `default:"1" help:"Seed of the queries."`
	Queries int    `default:"200" help:"How many queries to run."`
	From    int    `help:"Number of the first query."`
	Print   bool   `help:"Print the queries instead of running them."`
	Threads int    `default:"1" hidden:""`
	Worker  bool   `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Random queries in Glaux and in DuckDB over the same files."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "differ:", err)
		os.Exit(1)
	}
}

// tally counts how the queries ended.
type tally struct{ same, rows, failed, refused, differ int }

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
			fmt.Println(sql + ";")
		}
		return nil
	}
	peers, err := c.start(ctx, lake)
	if err != nil {
		return err
	}
	var n tally
	for i := c.From; i < c.From+c.Queries && ctx.Err() == nil; i++ {
		if err := c.compare(i, peers, &n); err != nil {
			return fmt.Errorf("query %d: %w", i, err)
		}
	}
	for _, p := range peers {
		p.Stop()
	}
	fmt.Printf("%d queries with the same rows (%d rows in all), %d with an error in both, %d refused by DuckDB alone, %d differ\n",
		n.same, n.rows, n.failed, n.refused, n.differ)
	if n.differ > 0 {
		return fmt.Errorf("%d queries differ", n.differ)
	}
	return nil
}

// query gives the query of a number and whether its rows have an order.
func (c *cli) query(i int) (sql string, ordered bool) {
	g := &gen{Rand: rand.New(rand.NewPCG(c.Seed, uint64(i)))}
	return g.query()
}

// start runs the three engines.
func (c *cli) start(ctx context.Context, lake string) ([]*peer.Peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var peers []*peer.Peer
	for _, threads := range []int{1, 4} {
		p, err := peer.Start(ctx, "glaux", self, "--worker", "--lake", lake, "--threads", strconv.Itoa(threads))
		if err != nil {
			return nil, err
		}
		peers = append(peers, p)
	}
	duck, err := peer.StartEngine(ctx, "duckdb", c.Python, lake, 2, 0)
	return append(peers, duck), err
}

// compare runs one query everywhere and prints what differs.
func (c *cli) compare(i int, peers []*peer.Peer, n *tally) error {
	sql, ordered := c.query(i)
	var a [3]peer.Answer
	for j, p := range peers {
		var err error
		if a[j], _, _, err = p.Run(sql); err != nil {
			return fmt.Errorf("%s\n%w", sql, err)
		}
	}
	one, four, duck := a[0], a[1], a[2]
	what := ""
	switch {
	case strings.Contains(one.Error+four.Error, "internal"):
		what = "internal error: " + one.Error + " / " + four.Error
	case (one.Error == "") != (four.Error == ""):
		what = fmt.Sprintf("workers: error %q with one, %q with four", one.Error, four.Error)
	case one.Error != "" && duck.Error != "":
		n.failed++
		return nil
	case one.Error != "":
		what = "error: " + one.Error
	default:
		what = rows(one, four, duck, ordered)
		if what == "" && duck.Error != "" {
			n.refused++
			return nil
		}
	}
	if what == "" {
		n.same++
		n.rows += len(one.Rows)
		return nil
	}
	n.differ++
	fmt.Printf("-- %d: %s\n%s;\n\n", i, what, sql)
	return nil
}

// rows compares the answers' rows, of Glaux's two and with DuckDB's.
func rows(one, four, duck peer.Answer, ordered bool) string {
	difference := peer.Difference
	if ordered {
		difference = peer.OrderedDifference
	}
	if d := difference(one.Rows, four.Rows); d != "" {
		return "four workers: " + strings.ReplaceAll(d, "DuckDB", "with four")
	}
	if duck.Error != "" {
		return ""
	}
	return difference(one.Rows, duck.Rows)
}
