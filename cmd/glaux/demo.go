package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// demoCmd is "glaux demo".
type demoCmd struct {
	Once   bool   `help:"Exit after the sample answer instead of serving."`
	Listen string `default:"127.0.0.1:5439" help:"Address to listen on."`
	Lake   string `type:"path" placeholder:"DIR" help:"The sample lake (testdata/lake of the source tree)."`
}

// Help is shown by --help after the flags.
func (demoCmd) Help() string {
	return `The demo keeps its catalog in a temporary directory and leaves nothing behind.

Examples:
  glaux demo
  glaux demo --once`
}

// demoDrain is how long queries may go on after Ctrl-C.
const demoDrain = 5 * time.Second

// demoSQL joins two formats: the answer shows partition pruning at work.
const demoSQL = `SELECT o_orderyear AS year, n_name AS nation, count(*) AS orders, sum(o_totalprice) AS revenue
FROM orders JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey
WHERE o_orderyear >= 1997 AND n_name IN ('FRANCE', 'GERMANY', 'JAPAN')
GROUP BY 1, 2
ORDER BY 1, 4 DESC`

// Run crawls the sample lake, prints tables and an answer, and serves.
func (c *demoCmd) Run(ctx context.Context, t *terminal) error {
	dir, err := c.lake()
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "glaux-demo-")
	if err != nil {
		return fault.Wrap(err, fault.CodeIO, "no temporary directory: %v", err)
	}
	defer os.RemoveAll(data)
	a, err := open(ctx, dataFlags{}, &config{DataDir: data, Listen: c.Listen, Door: doorConfig{demo: true, Drain: demoDrain}}, []string{dir})
	if err != nil {
		return err
	}
	defer a.Close()
	fmt.Fprintf(t.out, "Crawling %s into database demo\n\n", dir)
	rep, err := a.crawlShown(ctx, t, crawler.At(dir, "demo"))
	if err != nil {
		return err
	}
	if err := printReport(t, rep, false); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\n%s;\n\n", demoSQL)
	s, err := a.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "demo", Application: "glaux demo"})
	if err != nil {
		return err
	}
	err = runText(ctx, t, s, demoSQL, "", "table")
	s.Close()
	if err != nil || c.Once {
		return err
	}
	return a.serve(ctx, t, func(addr net.Addr) {
		fmt.Fprintf(t.out, "Serving on %s until Ctrl-C. Connect with:\n\n    %s\n\n", addr, psqlLine(addr, "demo"))
	})
}

// lake finds the sample lake: the flag, or testdata/lake here or above.
func (c *demoCmd) lake() (string, error) {
	if c.Lake != "" {
		return c.Lake, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fault.Wrap(err, fault.CodeIO, "no working directory: %v", err)
	}
	for {
		lake := filepath.Join(dir, "testdata", "lake")
		if fi, err := os.Stat(lake); err == nil && fi.IsDir() {
			return lake, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fault.New(fault.CodeUndefinedFile, "the sample lake testdata/lake is not here").
				WithHint("Run the demo in Glaux's source tree, or name a directory with --lake.")
		}
		dir = up
	}
}
