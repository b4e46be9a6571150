package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/athenaerr"
)

// queryCmd is "glaux query".
type queryCmd struct {
	dataFlags
	SQL       string   `arg:"" optional:"" help:"The statements, separated by semicolons."`
	File      string   `short:"f" type:"path" placeholder:"FILE" help:"Read the statements from a file (- for standard input)."`
	Format    string   `enum:"table,csv,json,ndjson,parquet,arrow" default:"table" help:"Output format: table, csv, json, ndjson, parquet or arrow (IPC stream)."`
	Database  string   `short:"d" help:"Database that comes first in the search path." default:"glaux"`
	User      string   `short:"U" help:"User name." default:"glaux"`
	Workgroup string   `help:"Workgroup whose limits apply."`
	Dialect   string   `enum:"postgres,athena" default:"postgres" help:"What ambiguous SQL means: postgres or athena."`
	Lake      []string `sep:"none" placeholder:"LOCATION" help:"A further location that queries may read."`
	Explain   planForm `placeholder:"FORM" help:"Print the plan instead of running the query: text, json, graphviz; html runs the query and writes a page with the plan and where time and bytes went."`
}

// Help is shown by --help after the flags.
func (queryCmd) Help() string {
	return `Examples:
  glaux query "SELECT count(*) FROM sales.orders"
  glaux query -d sales -f report.sql --format csv > report.csv
  glaux query --workgroup analysts --explain "SELECT * FROM web_logs WHERE year = 2026"
  glaux query --explain=html "SELECT status, count(*) FROM web_logs GROUP BY 1" > plan.html
  glaux query --explain=graphviz -f report.sql | dot -Tsvg > plan.svg

Exit codes: 0 done, 1 the statement is wrong, 2 the command line is wrong, 3 a limit was reached,
4 a file or a store failed, 5 a bug, 130 interrupted.`
}

// Run runs the statements in order and stops at the first error.
func (c *queryCmd) Run(ctx context.Context, t *terminal) error {
	text, err := c.text(t)
	if err != nil {
		return err
	}
	a, err := open(ctx, c.dataFlags, nil, c.Lake)
	if err != nil {
		return err
	}
	defer a.Close()
	settings := map[string]string{"dialect": c.Dialect}
	if c.Workgroup != "" {
		settings["workgroup"] = c.Workgroup
	}
	s, err := a.Engine.NewSession(exec.SessionOptions{User: c.User, Database: c.Database, Application: "glaux query", Settings: settings})
	if err != nil {
		return err
	}
	defer s.Close()
	return runText(ctx, t, s, text, c.Explain, c.Format)
}

// text gives the statements from the argument, a file or standard input.
func (c *queryCmd) text(t *terminal) (string, error) {
	switch {
	case c.SQL != "" && c.File != "":
		return "", fault.New(fault.CodeInvalidParameter, "give the statements as an argument or with -f, not both")
	case c.SQL != "":
		return c.SQL, nil
	case c.File == "":
		return "", fault.New(fault.CodeInvalidParameter, "no statement given").WithHint(`Try: glaux query "SELECT 1", or -f FILE.`)
	}
	var b []byte
	var err error
	if c.File == "-" {
		b, err = io.ReadAll(t.in)
	} else {
		b, err = os.ReadFile(c.File)
	}
	if err != nil {
		return "", fault.Wrap(err, fault.CodeUndefinedFile, "cannot read %s: %v", c.File, err)
	}
	return string(b), nil
}

// runText runs every statement of text. Errors keep the position in text, so
// that the place can be shown.
func runText(ctx context.Context, t *terminal, s *exec.Session, text string, explain planForm, format string) error {
	stmts, err := s.Split(text)
	if err != nil {
		return placed{worded(ctx, s, err, text), text}
	}
	if (format == "parquet" || format == "arrow") && t.outTTY {
		return fault.New(fault.CodeInvalidParameter, "refusing to write %s to a terminal", format).WithHint("Redirect the output: > result.%s", format)
	}
	for _, stmt := range stmts {
		sql := stmt.SQL
		if explain != "" {
			sql = explain.prefix() + sql
		}
		if explain.raw() {
			format = formatRaw
		}
		if err := runStatement(ctx, t, s, sql, format); err != nil {
			f := *fault.As(err)
			if f.Pos > len(explain.prefix()) {
				f.Pos -= len(explain.prefix())
			}
			if f.Pos > 0 {
				f.Pos += stmt.Pos - 1
			}
			return placed{worded(ctx, s, &f, text), text}
		}
	}
	return nil
}

// worded puts an error into the words of the session's dialect.
func worded(ctx context.Context, s *exec.Session, err error, text string) error {
	if s.Dialect(ctx) != plan.Athena || errors.Is(err, context.Canceled) {
		return err
	}
	return athenaerr.Worded(fault.As(err), text, s.CurrentSchema(ctx))
}

// placed is an error with the statement that its position speaks of.
type placed struct {
	error
	sql string
}

// Unwrap gives the error itself.
func (p placed) Unwrap() error { return p.error }

// runStatement runs one statement and prints its rows.
func runStatement(ctx context.Context, t *terminal, s *exec.Session, sql, format string) (err error) {
	started := time.Now()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	if len(p.Params) > 0 {
		return fault.New(fault.CodeUndefinedParameter, "the statement has %d parameters, and there is no place to give their values", len(p.Params))
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, r.Close())
		printNotices(t, r.Notices())
	}()
	prog := newProgress(t, r)
	defer prog.stop()
	if len(r.Columns()) == 0 {
		if err := drain(ctx, r, nil); err != nil {
			return err
		}
		prog.stop()
		if format == "table" {
			fmt.Fprintln(t.out, r.Tag())
		}
		return nil
	}
	w, err := newResultWriter(t, s.TextOptions(), format, r.Columns())
	if err != nil {
		return err
	}
	err = drain(ctx, r, w.Write)
	prog.stop()
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if t.errTTY {
		summary(t, r, time.Since(started))
	}
	return nil
}

// printNotices prints what a statement had to say besides its rows.
func printNotices(t *terminal, notices []*fault.Error) {
	for _, n := range notices {
		level := "WARNING"
		if n.Code == fault.CodeSuccess || strings.HasPrefix(string(n.Code), "42") { // as the server says it
			level = "NOTICE"
		}
		fmt.Fprintf(t.err, "%s:  %s\n", level, n.Error())
		if n.Detail != "" {
			fmt.Fprintf(t.err, "DETAIL:  %s\n", n.Detail)
		}
		if n.Hint != "" {
			fmt.Fprintf(t.err, "HINT:  %s\n", n.Hint)
		}
	}
}

// drain reads a result to its end.
func drain(ctx context.Context, r reply, f func(*vector.Batch) error) error {
	var b vector.Batch
	for {
		err := r.Next(ctx, &b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && f != nil {
			err = f(&b)
		}
		if err != nil {
			return err
		}
	}
}
