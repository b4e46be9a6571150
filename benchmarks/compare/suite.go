package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/glauxdb/glaux/benchmarks/peer"
)

// suite is a benchmark: what it is called, how its data is made, where its
// queries are. The generator writes a lake below the folder it is given.
type suite struct {
	label        string
	requirements string
	generate     func(scale, dir string) []string // arguments of Python
	queries      string                           // "": the generator writes them beside the lake
}

var suites = map[string]suite{
	"tpch": {"TPC-H", "benchmarks/gen/requirements.txt", func(scale, dir string) []string {
		return []string{"benchmarks/gen/lake.py", "--tpch", scale, "--out", filepath.Join(dir, "lake")}
	}, "testdata/tpch/queries"},
	"tpcds": {"TPC-DS", "benchmarks/gen/tpcds-requirements.txt", func(scale, dir string) []string {
		return []string{"benchmarks/gen/tpcds.py", "--scale", scale, "--out", dir}
	}, ""},
	"logs": {"Wide log table", "benchmarks/gen/requirements.txt", func(scale, dir string) []string {
		return []string{"benchmarks/gen/logs.py", "--scale", scale, "--out", filepath.Join(dir, "lake")}
	}, "testdata/logs/queries"},
}

// prepare finds or makes what a run needs: the lake, the queries, the peers.
func (c *cli) prepare(ctx context.Context) (err error) {
	if c.Data == "" {
		if c.Data, err = os.UserCacheDir(); err != nil {
			return err
		}
		c.Data = filepath.Join(c.Data, "glaux-benchmarks")
	}
	if c.Python == "" {
		if c.Python, err = peer.Python(ctx, c.Data, "peers", peer.Requirements); err != nil {
			return err
		}
	}
	switch {
	case (c.Suite == "") == (c.Lake == ""):
		return fmt.Errorf("either --suite or --lake says what to run")
	case c.Suite != "":
		if err := c.useSuite(ctx); err != nil {
			return err
		}
	case c.Queries == "":
		return fmt.Errorf("--lake needs --queries")
	}
	if c.Lake, err = filepath.Abs(c.Lake); err != nil {
		return err
	}
	if c.Label == "" {
		c.Label = filepath.Base(c.Lake)
	}
	return nil
}

// useSuite makes the suite's data unless it is there.
func (c *cli) useSuite(ctx context.Context) error {
	s, ok := suites[c.Suite]
	if !ok {
		return fmt.Errorf("no suite %q: tpch, tpcds and logs are there", c.Suite)
	}
	scale := strconv.FormatFloat(c.SF, 'f', -1, 64)
	dir := filepath.Join(c.Data, c.Suite+"-sf"+scale)
	c.Lake = filepath.Join(dir, "lake")
	if c.Queries == "" {
		if c.Queries = s.queries; s.queries == "" {
			c.Queries = filepath.Join(dir, "queries")
		}
	}
	if c.Label == "" {
		c.Label = s.label + " scale " + scale
	}
	if _, err := os.Stat(c.Lake); err == nil {
		return nil
	}
	text, err := os.ReadFile(s.requirements)
	if err != nil {
		return fmt.Errorf("suites are made from the repository's root: %w", err)
	}
	python, err := peer.Python(ctx, c.Data, c.Suite, string(text))
	if err != nil {
		return err
	}
	// Made beside its place and moved there whole: a run that ends in between
	// leaves no half of a lake.
	tmp := dir + ".making"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "making %s in %s\n", c.Label, dir)
	cmd := exec.CommandContext(ctx, python, s.generate(scale, tmp)...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("make %s: %w", c.Label, err)
	}
	return os.Rename(tmp, dir)
}
