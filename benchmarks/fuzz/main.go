// Command fuzz runs each fuzz target of the packages it is given until it has
// used its share of processor time, one after the other, and prints how much was
// tried. What makes a target fail is kept by go test in the target's testdata/fuzz.
//
//	go run ./benchmarks/fuzz --cpu 10m --out benchmarks/results/fuzz
//
// A target that takes more memory than --memory, or runs a minute longer than it
// was told to, has failed, too: something is unbounded or hangs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Packages []string      `arg:"" optional:"" help:"Packages with targets, as go list takes them; by default ./formats/..."`
	CPU      time.Duration `default:"10m" help:"Processor time for each target."`
	Only     string        `help:"Only the targets whose package and name match this regular expression."`
	Memory   int64         `default:"2048" placeholder:"MB" help:"Memory that a process of a target may take at most."`
	Workers  int           `default:"1" help:"Processes of a target."`
	Corpus   string        `placeholder:"DIR" help:"Where inputs that reach new code are kept between runs. By default a folder that is removed."`
	Out      string        `placeholder:"FILE" help:"Write FILE.json and FILE.md, too; what they say of targets that do not run now stays."`
}

func main() {
	c := cli{}
	kong.Parse(&c, kong.Description("Runs every fuzz target for the same processor time."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) (err error) {
	if len(c.Packages) == 0 {
		c.Packages = []string{"./formats/..."}
	}
	work, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if c.Corpus == "" {
		c.Corpus = work + "/corpus"
	}
	packages, err := find(ctx, c.Packages, c.Only)
	if err != nil {
		return err
	}
	rep := newReport()
	for _, p := range packages {
		binary, err := p.build(ctx, work)
		if err != nil {
			return err
		}
		for _, name := range p.Targets {
			res, err := c.target(ctx, p, binary, name)
			if err != nil {
				return err
			}
			rep.add(res)
		}
		if err := os.Remove(binary); err != nil {
			return err
		}
	}
	return rep.finish(c.Out)
}
