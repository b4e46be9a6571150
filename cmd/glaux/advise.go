package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
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
	dataFlags
	Since   workgroup.Span `default:"7d" placeholder:"TIME" help:"How far back to look in the query history: 12h, 30d."`
	Measure bool           `help:"Read a sample of each table of text (some 32 MB) and convert it, instead of rules of thumb."`
	User    string         `short:"U" help:"User who reads the samples." default:"glaux"`
	Format  string         `enum:"table,csv,json" default:"table" help:"Output format: table, csv or json."`
}

// Help is shown by --help after the flags.
func (adviseCmd) Help() string {
	return `Examples:
  glaux advise
  glaux advise --since 30d --format json
  glaux advise --measure

The findings come from the query history of the data directory, the greatest waste first, each with the SQL that
changes it. Nothing is changed, and without --measure no data is read.`
}

// Run prints what the advisor finds.
func (c *adviseCmd) Run(ctx context.Context, t *terminal) error {
	if c.Since <= 0 {
		return fault.New(fault.CodeInvalidParameter, "--since must be more than nothing")
	}
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	now := time.Now()
	req := advisor.Request{Since: now.Add(-time.Duration(c.Since)), Until: now}
	if c.Measure {
		if req.Measure, err = a.Engine.NewSession(exec.SessionOptions{User: c.User, Application: advisor.Application}); err != nil {
			return err
		}
		defer req.Measure.Close()
	}
	rep, err := a.Advisor.Advise(ctx, req)
	if err != nil {
		return err
	}
	if rep.Queries == 0 {
		fmt.Fprintf(t.err, "The history of %s has no query since %s.\nRun some (glaux query, or glaux serve and its clients), or look further back: glaux advise --since 30d\n",
			a.conf.DataDir, rep.Since.Format(time.DateTime))
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

// adviceCSV prints one line a finding.
func adviceCSV(t *terminal, rep *advisor.Report) error {
	w := csv.NewWriter(t.out)
	rows := [][]string{{"kind", "database", "table", "workgroup", "finding", "evidence", "queries", "bytes_scanned", "bytes_wasted_per_week",
		"cost_wasted_per_week", "sql", "notes"}}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		cost := ""
		if f.Cost != nil {
			cost = strconv.FormatFloat(*f.Cost, 'f', -1, 64)
		}
		rows = append(rows, []string{string(f.Kind), f.Database, f.Table, f.Workgroup, f.What, f.Evidence, fmt.Sprint(f.Queries),
			fmt.Sprint(f.BytesScanned), fmt.Sprint(f.BytesWasted), cost, advisor.Script(f.SQL), strings.Join(f.Notes, "\n")})
	}
	return w.WriteAll(rows)
}

// printAdvice prints findings for people: the statements as they can be copied.
func printAdvice(t *terminal, rep *advisor.Report) {
	for i := range rep.Findings {
		f := &rep.Findings[i]
		fmt.Fprintf(t.out, "%d. %s: %s\n", i+1, safe(f.Subject()), safe(f.What))
		fmt.Fprintf(t.out, "   %s\n   %s\n", wasteLine(f), safe(f.Evidence))
		for _, sql := range f.SQL {
			fmt.Fprintf(t.out, "     %s;\n", safe(sql))
		}
		for _, n := range f.Notes {
			fmt.Fprintf(t.out, "   note: %s\n", safe(n))
		}
		fmt.Fprintln(t.out)
	}
	s := "s"
	if len(rep.Findings) == 1 {
		s = ""
	}
	fmt.Fprintf(t.out, "%d finding%s in %d queries since %s\n", len(rep.Findings), s, rep.Queries, rep.Since.Format(time.DateTime))
}

// wasteLine says what a finding costs.
func wasteLine(f *advisor.Finding) string {
	text := workgroup.Bytes(f.BytesWasted) + " wasted per week"
	if f.Cost != nil {
		text += fmt.Sprintf(" (price %.3g)", *f.Cost)
	}
	return text + fmt.Sprintf("; %d queries scanned %s", f.Queries, workgroup.Bytes(f.BytesScanned))
}
