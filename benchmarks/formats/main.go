// Command formats reads the same table in each file format, every column of it,
// in Glaux and in another reader with the same number of threads: DuckDB for
// Parquet, CSV and JSON lines, pyarrow for ORC, fastavro for Avro. Runs
// alternate. It prints the medians, their ratio, what the ratio may be, and the peak
// memory, and fails if the answers differ.
//
//	python3 -m venv .venv && .venv/bin/pip install -r benchmarks/formats/requirements.txt
//	go run ./benchmarks/formats --python .venv/bin/python --out benchmarks/results/$(date +%F)-formats
//
// The data is made first, in --data, unless it is there: about 2.5 GB for the five
// million rows of the published table.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Data    string   `help:"Folder for the data; kept. By default one that is removed."`
	Rows    int      `default:"5000000" help:"Rows of the table."`
	Files   int      `default:"4" help:"Files of the table in each format."`
	Only    []string `help:"Only these formats, by the names of the table."`
	Python  string   `default:"python3" help:"Python with the packages of requirements.txt."`
	Threads int      `help:"Threads of each reader (0: one per core)."`
	Runs    int      `default:"5" help:"Timed runs of each, after one that is not timed."`
	Out     string   `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Worker  bool     `hidden:""`
}

//go:embed data.py
var dataScript string

//go:embed reader.py
var readerScript string

func main() {
	var c cli
	kong.Parse(&c, kong.Description("One table in every file format: Glaux against DuckDB, pyarrow and fastavro."))
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "formats:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) (err error) {
	if c.Worker {
		return peer.Serve(ctx, c.Data, server.Config{Workers: c.Threads})
	}
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "formats"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.Data)) }()
	}
	if c.Data, err = filepath.Abs(filepath.Join(c.Data, fmt.Sprintf("rows%d_files%d", c.Rows, c.Files))); err != nil {
		return err
	}
	if err := c.make(ctx); err != nil {
		return err
	}
	rep := newReport(c)
	for _, f := range cases {
		if len(c.Only) > 0 && !slices.Contains(c.Only, f.name) {
			continue
		}
		res, err := c.compare(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		rep.add(res)
	}
	return rep.finish(c.Out)
}

// make writes the files that are not there.
func (c *cli) make(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Python, "-c", dataScript, c.Data, strconv.Itoa(c.Rows), strconv.Itoa(c.Files))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("make the data: %w", err)
	}
	return nil
}

// compare asks both readers, each in a process of its own, alternating; the
// first run is not timed.
func (c *cli) compare(ctx context.Context, f format) (res result, err error) {
	folder := filepath.Join(c.Data, f.name)
	size, err := sizeOf(folder)
	if err != nil {
		return res, err
	}
	res = result{Name: f.name, Bytes: size, Target: f.target}
	ours, err := c.startGlaux(ctx, f, folder)
	if err != nil {
		return res, err
	}
	defer ours.Stop()
	theirs, err := c.startOther(ctx, f, folder)
	if err != nil {
		return res, err
	}
	defer theirs.Stop()
	res.Other.Version, res.Glaux.Version = theirs.Version, ours.Version
	for i := range c.Runs + 1 {
		got, err := res.Glaux.run(ours, question("t_"+f.name), i > 0)
		if err != nil {
			return res, err
		}
		want, err := res.Other.run(theirs, question("t_"+f.name), i > 0)
		if err != nil {
			return res, err
		}
		if d := peer.Difference(got, want); d != "" {
			res.Difference = d
		}
	}
	res.finish()
	return res, nil
}

// startGlaux starts a worker in which the table is declared.
func (c *cli) startGlaux(ctx context.Context, f format, folder string) (*peer.Peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := peer.Start(ctx, "glaux", self, "--worker", "--data", folder, "--threads", strconv.Itoa(c.Threads))
	if err != nil {
		return nil, err
	}
	return declare(p, "create external table t_"+f.name+" ("+columns("")+") "+f.storage+" location '"+folder+"'"+f.properties)
}

func (c *cli) startOther(ctx context.Context, f format, folder string) (*peer.Peer, error) {
	if f.view == "" {
		return peer.Start(ctx, f.name, c.Python, "-c", readerScript, f.name, folder, strconv.Itoa(c.Threads))
	}
	// DuckDB's worker makes views of the folders in a folder: here of none.
	p, err := peer.StartEngine(ctx, "duckdb", c.Python, folder, c.Threads, 0)
	if err != nil {
		return nil, err
	}
	return declare(p, "create view t_"+f.name+" as select * from "+strings.ReplaceAll(f.view, "FOLDER", folder))
}

// declare runs a statement that must succeed.
func declare(p *peer.Peer, sql string) (*peer.Peer, error) {
	a, _, _, err := p.Run(sql)
	if err == nil && a.Error != "" {
		err = fmt.Errorf("%s: %s\n%s", p.Name, a.Error, sql)
	}
	if err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

func sizeOf(folder string) (n int64, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		n += info.Size()
	}
	return n, err
}
