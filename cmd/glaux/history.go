package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// historyCmd is "glaux history".
type historyCmd struct {
	List historyListCmd `cmd:"" default:"withargs" help:"List finished queries, the newest first."`
	Show historyShowCmd `cmd:"" help:"Print all that is known of a query."`
}

// Help is shown by --help after the commands.
func (historyCmd) Help() string {
	return `Examples:
  glaux history --user ana --since 1h
  glaux history --state FAILED --since 2026-11-01 --until 2026-11-08 --limit 0 --format csv
  glaux history show 7d5c2f54`
}

const historyApp = "glaux history"

type historyListCmd struct {
	adminFlags
	formatFlag
	User      string `placeholder:"USER" help:"Only queries of this user."`
	Workgroup string `placeholder:"WORKGROUP" help:"Only queries in this workgroup."`
	State     string `placeholder:"STATE" help:"Only those that SUCCEEDED, FAILED or were CANCELLED."`
	Kind      string `placeholder:"KIND" help:"Only DML, DDL or UTILITY."`
	Since     string `placeholder:"TIME" help:"Only those that began at this time or after, as 2026-11-21 or 2026-11-21 15:00, or so long ago, as 90m, 24h or 7d."`
	Until     string `placeholder:"TIME" help:"Only those that began before."`
	Limit     uint   `default:"20" help:"At most so many (0: all)."`
}

// Help is shown by --help after the flags.
func (historyListCmd) Help() string { return historyCmd{}.Help() }

// Run lists queries.
func (c *historyListCmd) Run(ctx context.Context, t *terminal) error {
	from, err := c.from(time.Now())
	if err != nil {
		return err
	}
	return c.at(ctx, historyApp, func(d desk) error {
		if c.Format != "table" {
			return export(ctx, t, d, "SELECT * FROM "+from, c.Format)
		}
		return printShown(ctx, t, d, []shownColumn{
			{"id", "left(query_id, 8)", nil}, {"started", "date_trunc('second', started)", nil}, {"user", "user_name", nil},
			{"workgroup", "workgroup", nil}, {"state", "state || coalesce(' ' || error_code, '')", nil}, {"took", "duration_ms", showMillis},
			{"scanned", "bytes_scanned", showSize}, {"billed", "bytes_billed", showSize}, {"rows", "rows_returned", nil},
			{"query", "left(query, 400)", shortText}}, from, "No finished query matches.")
	})
}

// from is the FROM clause of the queries that are wanted. The conditions are such as
// the history can look up.
func (c *historyListCmd) from(now time.Time) (string, error) {
	var where []string
	for _, f := range []struct {
		column, value string
		words         []string // that it may be; nil: anything
	}{{"user_name", c.User, nil}, {"workgroup", c.Workgroup, nil}, {"state", c.State, historyStates}, {"kind", c.Kind, historyKinds}} {
		if f.value == "" {
			continue
		}
		if f.words != nil {
			if f.value = strings.ToUpper(f.value); !slices.Contains(f.words, f.value) {
				return "", noWord(f.column, f.value, f.words)
			}
		}
		where = append(where, f.column+" = "+quoteText(f.value))
	}
	for _, f := range []struct{ flag, op, value string }{{"since", " >= ", c.Since}, {"until", " < ", c.Until}} {
		if f.value == "" {
			continue
		}
		at, err := momentOf(f.value, now)
		if err != nil {
			return "", fault.New(fault.CodeInvalidParameter, "--%s: %q is no time", f.flag, f.value).
				WithHint("Write a time, as 2026-11-21 or 2026-11-21 15:00+01, or how long ago, as 90m, 24h or 7d.")
		}
		where = append(where, "started"+f.op+"TIMESTAMPTZ "+quoteText(at.UTC().Format(time.RFC3339Nano)))
	}
	from := "glaux_catalog.query_history"
	if len(where) > 0 {
		from += " WHERE " + strings.Join(where, " AND ")
	}
	if from += " ORDER BY started DESC"; c.Limit > 0 {
		from += fmt.Sprint(" LIMIT ", c.Limit)
	}
	return from, nil
}

// What statements in the history are and how they ended.
var (
	historyStates = []string{workgroup.Succeeded, workgroup.Failed, workgroup.Cancelled}
	historyKinds  = []string{string(exec.DML), string(exec.DDL), string(exec.Utility)}
)

func noWord(what, word string, words []string) error {
	e := fault.New(fault.CodeInvalidParameter, "there is no %s %q", what, word)
	if near := fault.Nearest(word, words); near != "" {
		return e.WithHint("Did you mean %q?", near)
	}
	return e.WithHint("There are: %s.", strings.Join(words, ", "))
}

// momentOf reads a time, or how long ago it was.
func momentOf(s string, now time.Time) (time.Time, error) {
	var ago workgroup.Span
	if err := ago.UnmarshalText([]byte(s)); err == nil {
		return now.Add(-time.Duration(ago)), nil
	}
	v, err := types.ParseValue(s, types.TTimestampTZ, time.Local)
	if err == nil && (v.I == types.TimeInfinity || v.I == -types.TimeInfinity) {
		err = fault.New(fault.CodeInvalidParameter, "never")
	}
	return time.UnixMicro(v.I), err
}

// shortWidth is how much of a statement a list shows.
const shortWidth = 100

// shortText shows a statement on one line.
func shortText(s string) string { return runewidth.Truncate(shownText(s), shortWidth, "…") }

type historyShowCmd struct {
	adminFlags
	Format string `enum:"table,csv,json,ndjson" default:"table" help:"Output format: table, csv, json or ndjson."`
	ID     string `arg:"" help:"ID of the query, or its beginning."`
}

// historySections are the columns that get lines of their own, after the others.
var historySections = []string{"query", "error", "tables", "plan"}

// Run prints a query.
func (c *historyShowCmd) Run(ctx context.Context, t *terminal) error {
	return c.at(ctx, historyApp, func(d desk) error {
		id, err := c.find(ctx, t, d)
		if err != nil {
			return err
		}
		sql := "SELECT * FROM glaux_catalog.query_history WHERE query_id = " + quoteText(id)
		if c.Format != "table" {
			return export(ctx, t, d, sql, c.Format)
		}
		return told(ctx, t, d, sql, func(r reply) error { return printRecord(ctx, t, d, r) })
	})
}

// find gives the whole ID.
func (c *historyShowCmd) find(ctx context.Context, t *terminal, d desk) (string, error) {
	rows, err := collect(ctx, t, d, "SELECT query_id FROM glaux_catalog.query_history WHERE query_id = "+quoteText(c.ID))
	if err == nil && len(rows) == 0 {
		rows, err = collect(ctx, t, d, "SELECT DISTINCT query_id FROM glaux_catalog.query_history WHERE starts_with(query_id, "+quoteText(c.ID)+") LIMIT 2")
	}
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return "", fault.New(fault.CodeUndefinedObject, "no query %q is in the history", c.ID).WithHint("List them with: glaux history")
	case len(rows) > 1:
		return "", fault.New(fault.CodeInvalidParameter, "the IDs of several queries begin with %q", c.ID).WithHint("Give more of it.")
	}
	return rows[0][0], nil
}

// printRecord prints the one row of a reply: a line a column, what is empty or zero
// left out, then the long texts.
func printRecord(ctx context.Context, t *terminal, d desk, r reply) error {
	cols := r.Columns()
	rows, err := texts(ctx, d, r)
	if err != nil || len(rows) == 0 {
		return err
	}
	sections := map[string]string{}
	for i, c := range cols {
		v := rows[0][i]
		switch {
		case v == "", v == "0", v == "f", v == "{}":
		case slices.Contains(historySections, c.Name):
			sections[c.Name] = v
		case strings.HasPrefix(c.Name, "bytes_"), strings.HasPrefix(c.Name, "estimate_"), c.Name == "peak_memory", c.Name == "spilled":
			if size := showSize(v); size != v+" bytes" {
				v += " (" + size + ")"
			}
			fmt.Fprintf(t.out, "%-16s  %s\n", c.Name, v)
		case strings.HasSuffix(c.Name, "_ms"):
			fmt.Fprintf(t.out, "%-16s  %s\n", strings.TrimSuffix(c.Name, "_ms"), showMillis(v))
		default:
			fmt.Fprintf(t.out, "%-16s  %s\n", c.Name, safe(v))
		}
	}
	for _, name := range historySections {
		if v := sections[name]; v != "" {
			fmt.Fprintf(t.out, "\n%s:\n", name)
			for line := range strings.Lines(v) {
				fmt.Fprintf(t.out, "  %s\n", safe(strings.TrimRight(line, "\r\n")))
			}
		}
	}
	return nil
}
