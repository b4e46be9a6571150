package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/advisor"
	"github.com/glauxdb/glaux/server/workgroup"
)

// adviseCmd is "glaux advise".
type adviseCmd struct {
	adminFlags
	Since   workgroup.Span `default:"7d" placeholder:"TIME" help:"How far back to look in the query history: 12h, 30d."`
	Measure bool           `help:"Read a file of each table of text (at most 256 MB) and convert it, instead of rules of thumb. On the data directory only."`
	Format  string         `enum:"table,csv,json" default:"table" help:"Output format: table, csv or json."`
}

// Help is shown by --help after the flags.
func (adviseCmd) Help() string {
	return `Examples:
  glaux advise
  glaux advise --since 30d --format json
  glaux advise --measure
  glaux advise --url postgres://ana@warehouse:5439

The findings come from the query history, the greatest waste first, each with the SQL that changes it. Nothing is
changed, and without --measure no data is read. The exit code is 0 whatever is found.`
}

// Run prints what the advisor finds.
func (c *adviseCmd) Run(ctx context.Context, t *terminal) error {
	if c.Since <= 0 {
		return fault.New(fault.CodeInvalidParameter, "--since must be more than nothing")
	}
	remote, err := c.remote(os.Getenv)
	if err != nil {
		return err
	}
	advise := c.here
	if remote {
		advise = c.there
	}
	rep, where, err := advise(ctx, t)
	if err != nil {
		return err
	}
	if rep.Queries == 0 {
		fmt.Fprintf(t.err, "The history of %s has no query since %s.\nRun some (glaux query, or glaux serve and its clients), or look further back: glaux advise --since 30d\n",
			where, rep.Since.Format(time.DateTime))
	}
	switch c.Format {
	case "json":
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(rep)
	case "csv":
		return adviceCSV(t, rep)
	}
	printAdvice(t, rep)
	return nil
}

// here asks the advisor of the data directory.
func (c *adviseCmd) here(ctx context.Context, _ *terminal) (*advisor.Report, string, error) {
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return nil, "", err
	}
	defer a.Close()
	now := time.Now()
	req := advisor.Request{Since: now.Add(-time.Duration(c.Since)), Until: now}
	if c.Measure {
		if req.Measure, err = a.Engine.NewSession(exec.SessionOptions{User: c.As, Application: advisor.Application}); err != nil {
			return nil, "", err
		}
		defer req.Measure.Close()
	}
	rep, err := a.Advisor.Advise(ctx, req)
	return rep, a.conf.DataDir, err
}

// there asks a server, in SQL.
func (c *adviseCmd) there(ctx context.Context, t *terminal) (*advisor.Report, string, error) {
	if c.Measure {
		return nil, "", fault.New(fault.CodeFeatureNotSupported, "samples are read on the data directory only").
			WithHint("Name it with --data-dir, or leave --measure away.")
	}
	now := time.Now()
	rep := &advisor.Report{Since: now.Add(-time.Duration(c.Since)), Until: now, Findings: []advisor.Finding{}}
	days := strconv.FormatFloat(time.Duration(c.Since).Hours()/24, 'f', -1, 64)
	err := c.at(ctx, advisor.Application, func(d desk) error {
		rows, err := collect(ctx, t, d, "SELECT details FROM glaux_catalog.advice WHERE days = "+days)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var f advisor.Finding
			if err := json.Unmarshal([]byte(r[0]), &f); err != nil {
				return fault.Wrap(err, fault.CodeDataCorrupted, "the server's advice cannot be read: %v", err)
			}
			rep.Findings = append(rep.Findings, f)
		}
		since := quoteText(rep.Since.Format(time.RFC3339Nano))
		if rows, err = collect(ctx, t, d, "SELECT count(*) FROM glaux_catalog.query_history WHERE application IS DISTINCT FROM "+
			quoteText(advisor.Application)+" AND started >= timestamp with time zone "+since); err != nil {
			return err
		}
		rep.Queries, err = strconv.ParseInt(rows[0][0], 10, 64)
		return err
	})
	return rep, "the server", err
}

// adviceCSV prints one line a finding.
func adviceCSV(t *terminal, rep *advisor.Report) error {
	w := csv.NewWriter(t.out)
	rows := [][]string{{"kind", "database", "table", "workgroup", "finding", "evidence", "queries", "bytes_scanned", "bytes_wasted_per_week",
		"requests_wasted_per_week", "cost_wasted_per_week", "sql", "notes"}}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		cost := ""
		if f.Cost != nil {
			cost = strconv.FormatFloat(*f.Cost, 'f', -1, 64)
		}
		rows = append(rows, []string{string(f.Kind), f.Database, f.Table, f.Workgroup, f.What, f.Evidence, fmt.Sprint(f.Queries),
			fmt.Sprint(f.BytesScanned), fmt.Sprint(f.BytesWasted), fmt.Sprint(f.RequestsWasted), cost, advisor.Script(f.SQL), strings.Join(f.Notes, "\n")})
	}
	return w.WriteAll(rows)
}

// printAdvice prints findings for people: the statements as they can be copied, and
// the tables that nobody reads on one line.
func printAdvice(t *terminal, rep *advisor.Report) {
	var unused []string
	n := 0
	for i := range rep.Findings {
		f := &rep.Findings[i]
		if f.Kind == advisor.UnusedTable {
			unused = append(unused, safe(f.Subject()))
			continue
		}
		n++
		printFinding(t, n, f)
	}
	if len(unused) > 0 {
		text := strings.Join(unused[:min(len(unused), unusedShown)], ", ")
		if more := len(unused) - unusedShown; more > 0 {
			text += fmt.Sprintf(" and %d more (--format csv lists them)", more)
		}
		fmt.Fprintf(t.out, "Tables that no query has read: %s\n\n", text)
	}
	s := "s"
	if n == 1 {
		s = ""
	}
	fmt.Fprintf(t.out, "%d finding%s in %d queries since %s\n", n, s, rep.Queries, rep.Since.Format(time.DateTime))
}

// unusedShown is how many names of tables fit a line that people read.
const unusedShown = 20

func printFinding(t *terminal, n int, f *advisor.Finding) {
	subject := f.Subject()
	if f.Table == "" {
		subject = "workgroup " + subject
	}
	fmt.Fprintf(t.out, "%d. %s: %s\n   %s\n   %s\n", n, safe(subject), safe(f.What), wasteLine(f), safe(f.Evidence))
	for _, sql := range f.SQL {
		fmt.Fprintf(t.out, "     %s;\n", safe(sql))
	}
	for _, note := range f.Notes {
		fmt.Fprintf(t.out, "   note: %s\n", safe(note))
	}
	fmt.Fprintln(t.out)
}

// wasteLine says what a finding costs.
func wasteLine(f *advisor.Finding) string {
	var text string
	if f.BytesWasted > 0 || f.RequestsWasted > 0 {
		text = workgroup.Bytes(f.BytesWasted)
		if f.RequestsWasted > 0 {
			text += fmt.Sprintf(" and %d requests", f.RequestsWasted)
		}
		text += " wasted per week"
		if f.Cost != nil {
			text += fmt.Sprintf(" (price %.3g)", *f.Cost)
		}
		text += "; "
	}
	return text + fmt.Sprintf("%d queries scanned %s", f.Queries, workgroup.Bytes(f.BytesScanned))
}
