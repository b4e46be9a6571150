package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/server/workgroup"
)

// crawlerJSON is a crawler for programs, with what it is doing.
type crawlerJSON struct {
	*crawler.Crawler
	State   crawler.State `json:"state"`
	NextRun *time.Time    `json:"next_run,omitempty"`
	Current *crawler.Run  `json:"current,omitempty"`
	Last    *crawler.Run  `json:"last,omitempty"`
}

func describeCrawler(ctx context.Context, s *crawler.Service, c *crawler.Crawler) (*crawlerJSON, error) {
	st, err := s.Status(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	out := &crawlerJSON{Crawler: c, State: st.State, Current: st.Current, Last: st.Last}
	next, ok, err := s.NextRun(ctx, c)
	if ok {
		out.NextRun = &next
	}
	return out, err
}

// printCrawler prints a crawler as "name: value" lines.
func printCrawler(ctx context.Context, t *terminal, s *crawler.Service, c *crawler.Crawler, asJSON bool) error {
	d, err := describeCrawler(ctx, s, c)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(t, d)
	}
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t.out, "%-14s %s\n", name+":", safe(value))
		}
	}
	line("crawler", c.Name)
	line("description", c.Description)
	for _, target := range c.Targets {
		text := target.Location
		if len(target.Exclusions) > 0 {
			text += " without " + strings.Join(target.Exclusions, ", ")
		}
		if target.SampleSize > 0 {
			text += fmt.Sprintf(", %d files of each folder", target.SampleSize)
		}
		if target.Depth > 0 {
			text += fmt.Sprintf(", %d levels deep", target.Depth)
		}
		line("target", text)
	}
	line("database", c.Database)
	line("table prefix", c.TablePrefix)
	line("classifiers", strings.Join(c.Classifiers, ", "))
	line("policy", fmt.Sprintf("update: %s, delete: %s, recrawl: %s", c.SchemaChange.Update, c.SchemaChange.Delete, c.Recrawl))
	line("configuration", c.Configuration)
	if c.StringKeys {
		line("keys", "all text")
	}
	line("schedule", scheduleText(d))
	line("state", stateText(d))
	if d.Last != nil {
		line("last run", runSummary(d.Last))
	}
	return nil
}

func scheduleText(d *crawlerJSON) string {
	switch {
	case d.Schedule == "":
		return ""
	case d.ScheduleState == crawler.NotScheduled:
		return d.Schedule + ", paused"
	case d.NextRun == nil:
		return d.Schedule + ", never again"
	}
	return d.Schedule + ", next at " + timeText(*d.NextRun)
}

func stateText(d *crawlerJSON) string {
	if d.Current == nil {
		return string(d.State)
	}
	return fmt.Sprintf("%s since %s: %s", d.State, timeText(d.Current.Started), progressText(d.Current.Progress))
}

func timeText(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

// runSummary is a run in one line.
func runSummary(r *crawler.Run) string {
	text := fmt.Sprintf("%s %s, %s at %s", r.ID[:8], r.State, took(r), timeText(r.Started))
	if r.Error != "" {
		text += ": " + r.Error
	}
	return text
}

func took(r *crawler.Run) string { return r.Duration(time.Now()).Round(10 * time.Millisecond).String() }

// listCrawlers prints a line for each crawler.
func listCrawlers(ctx context.Context, t *terminal, s *crawler.Service, asJSON bool) error {
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	list := []*crawlerJSON{}
	rows := [][]string{{"crawler", "database", "targets", "schedule", "state", "last run"}}
	for _, c := range all {
		d, err := describeCrawler(ctx, s, c)
		if err != nil {
			return err
		}
		list = append(list, d)
		var targets []string
		for _, target := range c.Targets {
			targets = append(targets, target.Location)
		}
		last := ""
		if d.Last != nil {
			last = fmt.Sprintf("%s %s", d.Last.State, timeText(d.Last.Started))
		}
		rows = append(rows, []string{c.Name, c.Database, oneLine(targets, 2), c.Schedule, string(d.State), last})
	}
	switch {
	case asJSON:
		return printJSON(t, list)
	case len(all) == 0:
		fmt.Fprintln(t.err, "There are no crawlers. Try: glaux crawler create NAME --target LOCATION --database NAME")
		return nil
	}
	printGrid(t, rows)
	return nil
}

// crawlerHistoryCmd is "glaux crawler history".
type crawlerHistoryCmd struct {
	dataFlags
	Name  string `arg:"" help:"Name of the crawler."`
	ID    string `arg:"" name:"run" optional:"" help:"Print this run (the beginning of its ID is enough)."`
	Limit int    `default:"20" help:"At most so many runs (0: all that are kept)."`
	JSON  bool   `name:"json" help:"Print them as JSON."`
}

// Run prints the history.
func (c *crawlerHistoryCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		if _, err := s.Get(ctx, c.Name); err != nil {
			return err
		}
		if c.ID != "" {
			r, err := s.RunByID(ctx, c.Name, c.ID)
			if err != nil {
				return err
			}
			if c.JSON {
				return printJSON(t, r)
			}
			return printRun(t, r, true)
		}
		if _, err := s.Status(ctx, c.Name); err != nil { // marks a run whose process is gone
			return err
		}
		runs, err := s.Runs(ctx, c.Name, "", max(c.Limit, 0))
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(t, runs)
		}
		printRuns(t, c.Name, runs)
		return nil
	})
}

func printRuns(t *terminal, name string, runs []*crawler.Run) {
	if len(runs) == 0 {
		fmt.Fprintf(t.err, "%s has not run yet. Try: glaux crawler run %s\n", name, name)
		return
	}
	rows := [][]string{{"run", "started", "took", "state", "files", "tables", "partitions", "remarks"}}
	for _, r := range runs {
		rep := cmp.Or(r.Report, &crawler.Report{})
		tabs, parts := rep.Counts.Tables, rep.Counts.Partitions
		remarks := r.Error
		if remarks == "" {
			remarks = remarksOf(rep)
		}
		rows = append(rows, []string{r.ID[:8], timeText(r.Started), took(r), string(r.State), fmt.Sprint(rep.Counts.Objects),
			changed(tabs.Added, tabs.Updated+tabs.Deprecated, tabs.Deleted), changed(parts.Added, parts.Updated+parts.Deprecated, parts.Deleted), remarks})
	}
	printGrid(t, rows)
}

// remarksOf counts what a person may want to look at.
func remarksOf(rep *crawler.Report) string {
	left := 0
	for _, l := range rep.LeftOut {
		if !routineWhy(l.Why) {
			left++
		}
	}
	var out []string
	if n := rep.Counts.Conflicts; n > 0 {
		out = append(out, counted(n, "conflict"))
	}
	if left > 0 {
		out = append(out, fmt.Sprintf("%d left out", left))
	}
	return strings.Join(out, ", ")
}

// changed is "+1 ~2 -3" without what is zero.
func changed(added, updated, deleted int) string {
	var out []string
	for _, c := range []struct {
		mark string
		n    int
	}{{"+", added}, {"~", updated}, {"-", deleted}} {
		if c.n > 0 {
			out = append(out, fmt.Sprintf("%s%d", c.mark, c.n))
		}
	}
	return strings.Join(out, " ")
}

// printRun prints a run with its report: all that it says, or what is out of
// the ordinary.
func printRun(t *terminal, r *crawler.Run, all bool) error {
	fmt.Fprintf(t.out, "crawler %s, run %s\n", r.Crawler, safe(runSummary(r)))
	if r.Report == nil {
		return nil
	}
	c := r.Report.Counts
	fmt.Fprintf(t.out, "%s (%s) listed, %d looked into, %s unchanged\n", counted(int(c.Objects), "file"), workgroup.Bytes(c.Bytes),
		c.Sampled, counted(c.Tables.Unchanged, "table"))
	rep := *r.Report
	if !all { // the unchanged ones are counted above
		rep.Tables = slices.DeleteFunc(slices.Clone(rep.Tables), func(tab crawler.TableReport) bool {
			return tab.Action == crawler.Unchanged && len(tab.Conflicts)+len(tab.Logged)+len(tab.Notes) == 0
		})
	}
	if len(rep.Tables) == 0 {
		printRemarks(t, &rep, all)
		return nil
	}
	return printReport(t, &rep, all)
}
