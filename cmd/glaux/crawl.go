package main

import (
	"context"
	"fmt"
	"time"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
)

// crawlCmd is "glaux crawl".
type crawlCmd struct {
	dataFlags
	Location     []string `arg:"" help:"s3://bucket/prefix, a directory or a file; several are possible."`
	Database     string   `short:"d" default:"default" help:"Database that gets the tables; made if it is missing."`
	Prefix       string   `help:"Put this before every new table's name."`
	DryRun       bool     `short:"n" help:"Print what was seen, how it was decided and what would change; write nothing."`
	JSON         bool     `name:"json" help:"Print the report as JSON."`
	Exclude      []string `sep:"none" placeholder:"GLOB" help:"Leave these files out (Glue's globs, relative to the location); may be given more than once."`
	SampleSize   int      `placeholder:"N" help:"Files of each leaf folder that count (0: all)."`
	Depth        int      `placeholder:"N" help:"Levels of folders to follow (0: all)."`
	Sample       int      `placeholder:"N" help:"Files of each table to look into (0: the crawler's choice)."`
	TableLevel   int      `placeholder:"N" help:"Level of the folders that are tables, the bucket being 1 (0: found)."`
	Combine      bool     `help:"One table for each location, whatever its files' columns."`
	MergeColumns bool     `help:"Only add columns to tables, never drop or retype (MergeNewColumns)."`
	StringKeys   bool     `help:"All partition keys are text, as in Glue."`
	MaxTables    int      `placeholder:"N" help:"Fail rather than make more tables (0: no limit)."`
	Classifier   []string `placeholder:"NAME" help:"Ask this custom classifier first; may be given more than once."`
	OnUpdate     string   `enum:"update,log" default:"update" help:"Tables whose files have changed: update, log."`
	OnDelete     string   `enum:"log,deprecate,delete" default:"log" help:"Tables and partitions whose files are gone: log, deprecate, delete."`
}

// Help is shown by --help after the flags.
func (crawlCmd) Help() string {
	return `A folder whose files share a format and a schema becomes a table; its k=v folders and date
folders (yyyy/mm/dd) become partitions. A later crawl adds what is new and leaves alone what
people have changed. "glaux crawler" keeps all this under a name, with a schedule.

Examples:
  glaux crawl ./exports --database sales --dry-run
  glaux crawl s3://bucket/prefix --database sales --exclude 'tmp/**' --exclude '**.bak'
  glaux crawl s3://lake/raw --database raw --s3-endpoint http://127.0.0.1:9000 --s3-path-style`
}

// once is the crawl that the flags describe.
func (c *crawlCmd) once() (crawler.Once, error) {
	o := crawler.Once{Database: c.Database, TablePrefix: c.Prefix, Classifiers: c.Classifier, StringKeys: c.StringKeys,
		SampleFiles: c.Sample, DryRun: c.DryRun}
	o.SchemaChange = crawler.SchemaChange{Update: updateBehaviors[c.OnUpdate], Delete: deleteBehaviors[c.OnDelete]}
	for _, l := range c.Location {
		o.Targets = append(o.Targets, crawl.Target{Location: absolute(l), Exclusions: c.Exclude, SampleSize: c.SampleSize, Depth: c.Depth})
	}
	var err error
	o.Configuration, err = grouping{c.Combine, c.TableLevel, c.MergeColumns, c.MaxTables}.configuration("")
	return o, err
}

// Run crawls and prints what was found. The locations may be read by queries on
// this catalog from then on.
func (c *crawlCmd) Run(ctx context.Context, t *terminal) error {
	o, err := c.once()
	if err != nil {
		return err
	}
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := a.crawlShown(ctx, t, o)
	if rep != nil && err == nil || rep != nil && c.JSON {
		if perr := printCrawl(t, o, rep, c.JSON); perr != nil {
			return perr
		}
	}
	return err
}

func printCrawl(t *terminal, o crawler.Once, rep *crawler.Report, asJSON bool) error {
	switch {
	case asJSON:
		return printJSON(t, rep)
	case o.DryRun:
		return printDryRun(t, o.Database, rep)
	}
	return printReport(t, rep, false)
}

// crawlShown crawls with a progress line.
func (a *app) crawlShown(ctx context.Context, t *terminal, o crawler.Once) (*crawler.Report, error) {
	line := &statusLine{t: t}
	where := o.Targets[0].Location
	o.Progress = func(p crawler.Progress) { line.show("crawling " + where + ": " + progressText(p)) }
	rep, err := a.Crawl(ctx, o)
	line.clear()
	return rep, err
}

func progressText(p crawler.Progress) string {
	return fmt.Sprintf("%d files listed, %d looked into, %d tables, %d partitions added", p.Listed, p.Sampled, p.Tables, p.Partitions)
}

// statusLine rewrites one line of a terminal, a few times a second; in a pipe
// it is silent.
type statusLine struct {
	t     *terminal
	last  time.Time
	width int
}

func (s *statusLine) show(text string) {
	if !s.t.errTTY || time.Since(s.last) < 100*time.Millisecond {
		return
	}
	s.last = time.Now()
	s.width = max(s.width, len(text))
	fmt.Fprintf(s.t.err, "\r%-*s", s.width, text)
}

func (s *statusLine) clear() {
	if s.width > 0 {
		fmt.Fprintf(s.t.err, "\r%*s\r", s.width, "")
	}
}
