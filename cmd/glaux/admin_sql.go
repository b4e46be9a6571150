package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/workgroup"
)

// shownColumn is a column of a table for people.
type shownColumn struct {
	title, sql string
	show       func(string) string // nil: as it is
}

// showSize shows bytes; nothing for NULL.
func showSize(s string) string {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return ""
	}
	return workgroup.Bytes(n)
}

// showMillis shows a length of time.
func showMillis(s string) string {
	ms, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return ""
	}
	d := time.Duration(ms * float64(time.Millisecond))
	switch {
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		d = d.Round(time.Millisecond / 10)
	default:
		d = d.Round(time.Microsecond)
	}
	return d.String()
}

// printShown prints the rows of a FROM clause as a table for people; what to do
// where there are none.
func printShown(ctx context.Context, t *terminal, d desk, cols []shownColumn, from, none string) error {
	grid := [][]string{nil}
	var exprs []string
	for _, c := range cols {
		grid[0], exprs = append(grid[0], c.title), append(exprs, c.sql)
	}
	rows, err := collect(ctx, t, d, "SELECT "+strings.Join(exprs, ", ")+" FROM "+from)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		fmt.Fprintln(t.err, none)
		return nil
	}
	for _, r := range rows {
		for i, c := range cols {
			if c.show != nil {
				r[i] = c.show(r[i])
			}
		}
		grid = append(grid, r)
	}
	printGrid(t, grid)
	return nil
}

// quoteText writes a text as a literal of SQL.
func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// optionList writes --set name=value flags as the options of a statement. Lists have
// commas between their values.
func optionList(set []string, options []workgroup.Option) (string, error) {
	out := make([]string, len(set))
	for i, s := range set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return "", fault.New(fault.CodeInvalidParameter, "--set %s has no value", s).WithHint("Write --set name=value; --reset name gives an option its default.")
		}
		is := func(o workgroup.Option) bool { return o.Name == name && o.List }
		text := quoteText(value)
		if slices.ContainsFunc(options, is) {
			text = "(" + quoteList(value) + ")"
		}
		out[i] = types.QuoteIdent(name) + " = " + text
	}
	return strings.Join(out, ", "), nil
}

func quoteList(value string) string {
	var out []string
	for _, v := range strings.Split(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, quoteText(v))
		}
	}
	return strings.Join(out, ", ")
}

// nameList writes names of roles, options and the like.
func nameList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = types.QuoteIdent(n)
	}
	return strings.Join(out, ", ")
}

// optionHelp lists options for --help.
func optionHelp(options []workgroup.Option) string {
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
	}
	return "Options: " + strings.Join(names, ", ") + "."
}

// showObject prints a workgroup or budget: for people the options that are set, as the
// statement that makes it again, or its row.
func showObject(ctx context.Context, t *terminal, d desk, kind, name, format string) error {
	rows, err := collect(ctx, t, d, "SHOW "+kind+" "+types.QuoteIdent(name)) // also where its row is wanted: it says what is wrong
	if err != nil {
		return err
	}
	switch format {
	case "table":
		width := 0
		for _, r := range rows {
			if r[1] != "" {
				width = max(width, len(r[0]))
			}
		}
		for _, r := range rows {
			if r[1] != "" {
				fmt.Fprintf(t.out, "%-*s  %s\n", width, r[0], safe(r[1]))
			}
		}
		return nil
	case "sql":
		lines, err := collect(ctx, t, d, "SHOW CREATE "+kind+" "+types.QuoteIdent(name))
		for i, l := range lines {
			if i == len(lines)-1 {
				l[0] += ";"
			}
			fmt.Fprintln(t.out, safe(l[0]))
		}
		return err
	}
	return export(ctx, t, d, "SELECT * FROM glaux_catalog."+strings.ToLower(kind)+"s WHERE name = "+quoteText(name), format)
}
