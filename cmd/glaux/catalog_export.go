package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/transfer"
	"github.com/glauxdb/glaux/exec"
)

// catalogExportCmd is "glaux catalog export".
type catalogExportCmd struct {
	dataFlags
	transferFlags
	glueClientFlags
	To     string `required:"" enum:"glue,ddl" help:"Where to: glue, or ddl."`
	Target string `arg:"" optional:"" help:"A file (*.sql), a directory that gets a file for each table, or - for standard output."`
}

// Help is shown by --help after the flags.
func (catalogExportCmd) Help() string {
	return `Examples:
  glaux catalog export --to ddl -                   # to standard output
  glaux catalog export --to ddl ./ddl/              # ddl/sales.sql, ddl/sales/orders.sql, ...
  glaux catalog export --to glue --region eu-west-1 --on-conflict=replace

The same catalog gives the same bytes. Importing the files gives the same catalog.`
}

// Run exports.
func (c *catalogExportCmd) Run(ctx context.Context, t *terminal) error {
	if c.To == "glue" && c.Target != "" {
		return fault.New(fault.CodeInvalidParameter, "a file is given, but --to glue writes none").WithHint("Did you mean --to ddl?")
	}
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.To == "ddl" {
		return c.ddl(ctx, t, a)
	}
	to, err := c.glueClientFlags.open(ctx)
	if err != nil {
		return err
	}
	defer to.Close()
	rep, err := transfer.Copy(ctx, to, a.Catalog, c.options(t))
	return c.printTransfer(t, rep, err)
}

// ddl writes to standard output, to a file or into a directory. The summary goes
// to standard error where the statements go to standard output.
func (c *catalogExportCmd) ddl(ctx context.Context, t *terminal, a *app) error {
	if c.Target == "" || c.Target == "-" {
		quiet := *t
		quiet.out = t.err
		w := t.out
		if c.DryRun {
			w = io.Discard
		}
		rep, err := transfer.WriteDDL(ctx, a.Catalog, transfer.Stream(w), c.ddlOptions(t, a))
		if !t.errTTY && !c.JSON && err == nil {
			quiet.out = io.Discard // a pipe gets the statements alone
		}
		return c.printTransfer(&quiet, rep, err)
	}
	if c.DryRun {
		rep, err := transfer.WriteDDL(ctx, a.Catalog, transfer.Stream(io.Discard), c.ddlOptions(t, a))
		return c.printTransfer(t, rep, err)
	}
	if isFolder(c.Target) {
		return c.folder(ctx, t, a)
	}
	return c.file(ctx, t, a)
}

// ddlOptions adds how the text of a view is cut to its query: a comment behind it
// would swallow what follows, and is no part of it.
func (c *catalogExportCmd) ddlOptions(t *terminal, a *app) transfer.Options {
	o := c.options(t)
	o.Query = func(text string) (string, bool) {
		s, err := a.Engine.NewSession(exec.SessionOptions{Application: "glaux catalog export"})
		if err != nil {
			return "", false
		}
		defer s.Close()
		stmts, err := s.Split(text)
		if err != nil || len(stmts) != 1 {
			return "", false
		}
		return stmts[0].SQL, true
	}
	return o
}

// isFolder tells a directory, which need not be there, from a file.
func isFolder(target string) bool {
	if st, err := os.Stat(target); err == nil {
		return st.IsDir()
	}
	return strings.HasSuffix(target, "/") || filepath.Ext(target) == ""
}

func (c *catalogExportCmd) folder(ctx context.Context, t *terminal, a *app) error {
	to, err := transfer.NewFolder(c.Target)
	if err != nil {
		return err
	}
	rep, err := transfer.WriteDDL(ctx, a.Catalog, to, c.ddlOptions(t, a))
	if err = c.printTransfer(t, rep, err); err != nil || len(c.Database) > 0 {
		return err
	}
	stale, err := to.Stale()
	if err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot list %s: %v", c.Target, err)
	}
	if len(stale) > 0 {
		fmt.Fprintf(t.err, "NOTICE:  %d files are of an earlier export and of tables that are no more, the first is %s\n", len(stale), stale[0])
	}
	return nil
}

// file writes beside the file and renames when all is written.
func (c *catalogExportCmd) file(ctx context.Context, t *terminal, a *app) error {
	tmp, err := os.CreateTemp(filepath.Dir(c.Target), ".export-*")
	if err != nil {
		return fault.Wrap(err, fault.CodeIO, "cannot write %s: %v", c.Target, err)
	}
	rep, err := transfer.WriteDDL(ctx, a.Catalog, transfer.Stream(tmp), c.ddlOptions(t, a))
	ioErr := errors.Join(tmp.Chmod(0o644), tmp.Close())
	if err == nil && ioErr == nil {
		ioErr = os.Rename(tmp.Name(), c.Target)
	}
	if err != nil || ioErr != nil {
		os.Remove(tmp.Name())
	}
	if err == nil && ioErr != nil {
		err = fault.Wrap(ioErr, fault.CodeIO, "cannot write %s: %v", c.Target, ioErr)
	}
	return c.printTransfer(t, rep, err)
}
