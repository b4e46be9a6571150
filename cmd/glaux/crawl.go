package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawl"
)

// crawlCmd is "glaux crawl".
type crawlCmd struct {
	dataFlags
	Location string `arg:"" help:"s3://bucket/prefix or a directory."`
	Database string `short:"d" default:"default" help:"Database that gets the tables; made if it is missing."`
	Prefix   string `help:"Put this before every table's name."`
	Sample   int    `default:"0" help:"Files to look into per folder (0: the crawler's choice)."`
}

// Help is shown by --help after the flags.
func (crawlCmd) Help() string {
	return `A folder whose files share a format and a schema becomes a table; its k=v folders and date
folders (yyyy/mm/dd) become partitions. A second crawl adds what is new.

Examples:
  glaux crawl ./exports --database sales
  glaux crawl s3://bucket/prefix --database sales
  glaux crawl s3://lake/raw --database raw --s3-endpoint http://127.0.0.1:9000 --s3-path-style`
}

// Run crawls and prints what was found. The location may be read by queries on
// this catalog from then on.
func (c *crawlCmd) Run(ctx context.Context, t *terminal) error {
	location := absolute(c.Location)
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := a.crawlShown(ctx, t, crawl.Options{Location: location, Database: strings.ToLower(c.Database), TablePrefix: c.Prefix, SampleFiles: c.Sample})
	if err != nil {
		return err
	}
	return printReport(t, c.Database, rep)
}

// crawlShown runs the crawler with a progress line and remembers the location.
func (a *app) crawlShown(ctx context.Context, t *terminal, o crawl.Options) (*crawl.Report, error) {
	line := &statusLine{t: t}
	o.Progress = func(p crawl.Progress) {
		line.show(fmt.Sprintf("crawling %s: %d files listed, %d looked into, %d tables", o.Location, p.Listed, p.Sampled, p.Tables))
	}
	rep, err := a.Crawl(ctx, o)
	line.clear()
	return rep, err
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

// printReport prints one line per table, then the warnings.
func printReport(t *terminal, database string, rep *crawl.Report) error {
	rows := [][]string{{"table", "format", "columns", "partition keys", "partitions", "files", "change"}}
	for _, tab := range rep.Tables {
		keys := make([]string, len(tab.Table.PartitionKeys))
		for i, k := range tab.Table.PartitionKeys {
			keys[i] = k.Name
		}
		rows = append(rows, []string{tab.Table.Name, tab.Table.Format, fmt.Sprint(len(tab.Table.Columns)), strings.Join(keys, ", "),
			fmt.Sprint(tab.Partitions), fmt.Sprint(tab.Files), tab.Change})
	}
	if len(rep.Tables) == 0 {
		fmt.Fprintf(t.out, "no tables found in %s\n", rep.Location)
	} else {
		printGrid(t, rows)
	}
	for _, w := range rep.Warnings {
		fmt.Fprintf(t.err, "WARNING:  %s\n", w)
	}
	return nil
}

// printGrid prints rows as aligned columns; the first row is the header.
func printGrid(t *terminal, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], len([]rune(c)))
		}
	}
	for n, r := range rows {
		var b strings.Builder
		for i, c := range r {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(c + strings.Repeat(" ", widths[i]-len([]rune(c))))
		}
		line := strings.TrimRight(b.String(), " ")
		if n == 0 {
			line = strings.ToUpper(line)
		}
		fmt.Fprintln(t.out, line)
	}
}

// tableFolder is a table's location as short as it can be shown.
func tableFolder(location string) string {
	if strings.Contains(location, "://") {
		return location
	}
	return filepath.Clean(location)
}
