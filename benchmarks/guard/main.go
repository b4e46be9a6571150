// Command guard compares what a fixed set of queries costs, in counts that do not
// depend on the machine, with what was committed, so that a regression shows on the
// day it is made. It fails with a table of what moved.
//
//	go run ./benchmarks/guard             compare with benchmarks/guard/expected.tsv
//	go run ./benchmarks/guard --rewrite   what is counted now is what is expected
//
// The queries run over testdata/lake (TPC-H at scale 0.01, JSON lines, CSV) and a table that
// is made by the guard (data.go), by one worker on one processor, without garbage
// collection. What a reader does (bytes, requests, files, row groups, pages, batches,
// rows) is counted exactly. Allocations and instructions may move by the tolerances
// of compare.go: the runtime has its share in them. Instructions are counted by
// valgrind, for some of the queries; where it is not installed they are left out
// with a line that says how many.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"

	"github.com/alecthomas/kong"
)

type cli struct {
	Lake         string `default:"testdata/lake" help:"Folder of the sample lake."`
	TPCH         string `default:"testdata/tpch/queries" help:"Folder of TPC-H's queries."`
	Expected     string `default:"benchmarks/guard/expected.tsv" help:"File of the expected counts."`
	Rewrite      bool   `help:"Write the file instead of comparing with it."`
	Only         string `help:"Only queries whose name contains this."`
	Instructions bool   `default:"true" negatable:"" help:"Count instructions, too, where valgrind is installed."`

	Worker string `hidden:"" help:"Be a process over this catalog that runs a query for valgrind."`
	Times  int    `hidden:"" help:"How often the worker runs it."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Compare the counts of a set of queries with the expected ones."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	runtime.GOMAXPROCS(1)
	all, err := c.queries()
	if err != nil {
		return err
	}
	if c.Worker != "" {
		return c.work(ctx, all)
	}
	if len(all) == 0 {
		return errors.New("no query has that name")
	}
	dir, err := os.MkdirTemp("", "glaux-guard-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	got, err := c.measure(ctx, dir, all)
	if err != nil {
		return err
	}
	if c.Instructions {
		more, err := c.count(ctx, dir, all)
		if err != nil {
			return err
		}
		got = append(got, more...)
	}
	if c.Rewrite {
		return write(c.Expected, got, c.Only)
	}
	return c.verdict(got)
}

// verdict compares with the file.
func (c *cli) verdict(got []count) error {
	want, err := read(c.Expected)
	if err != nil {
		return err
	}
	r := compare(want, got, c.Only)
	fmt.Print(r.text())
	if len(r.moved) > 0 {
		return fmt.Errorf("%d counts moved; if they should, go run ./benchmarks/guard --rewrite, and say why in the commit", len(r.moved))
	}
	return nil
}
