// Command sqllogic runs a sample of SQLite's sqllogictest scripts in Glaux and
// prints how many records answer as expected and why the others do not.
//
//	benchmarks/sqllogic/fetch /tmp/sqllogictest
//	go run ./benchmarks/sqllogic --corpus /tmp/sqllogictest/test --records 200000
//
// Every script's statements run, and of its queries those of the sample, which is
// the same whenever the scripts and the number of records are: small folders
// whole, the same number from each of the others.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Corpus  string        `required:"" help:"Folder of the scripts (*.test)."`
	Records int           `default:"200000" help:"How many queries to run at least; 0: all."`
	Out     string        `help:"Write the result as OUT.json and OUT.md."`
	Show    int           `default:"3" help:"How many records to print of each reason."`
	Timeout time.Duration `default:"20s" help:"How long one statement may take."`
	Workers int           `default:"2" help:"Workers of a query."`
	Cut     string        `help:"Instead of running, write the beginning of one script a folder below this folder, and evidence's whole: the sample that the tests run."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("SQLite's sqllogictest scripts in Glaux."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sqllogic:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	scripts, err := load(c.Corpus)
	if err != nil {
		return err
	}
	if c.Cut != "" {
		return cut(scripts, c.Cut)
	}
	rep := newReport(c)
	if err := c.runAll(ctx, scripts, rep); err != nil {
		return err
	}
	return rep.finish(c.Out)
}

// runAll runs the sample of the scripts in an engine of its own.
func (c *cli) runAll(ctx context.Context, scripts []script, rep *report) error {
	chosen := sample(scripts, c.Records)
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Workers: c.Workers, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer in.Close()
	for _, s := range scripts {
		if err := c.script(ctx, in.Engine, s, chosen, rep); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// script runs one script in a session of its own.
func (c *cli) script(ctx context.Context, e *exec.Engine, s script, chosen threshold, rep *report) error {
	records, skipped, err := s.read()
	if err != nil {
		return err
	}
	ses, err := e.NewSession(exec.SessionOptions{User: "glaux"})
	if err != nil {
		return err
	}
	defer ses.Close()
	rep.folder(s.folder).NotOurs += skipped
	for i := range records {
		r := &records[i]
		if r.query && !chosen.takes(s, r.line) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		one, cancel := context.WithTimeout(ctx, c.Timeout)
		begin := time.Now()
		o := run(one, ses, r)
		rep.add(s, r, o, time.Since(begin))
		cancel()
	}
	return nil
}
