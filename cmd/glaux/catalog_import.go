package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/transfer"
)

// catalogImportCmd is "glaux catalog import".
type catalogImportCmd struct {
	dataFlags
	transferFlags
	glueClientFlags
	From     string   `required:"" enum:"glue,ddl,local" help:"Where from: glue, files of ddl, or a data directory (local), all of which goes into an empty PostgreSQL."`
	Files    []string `arg:"" optional:"" name:"file" help:"Files of DDL, directories of *.sql, *.hql and *.ddl, or - for standard input; the data directory of --from local."`
	Default  string   `name:"default-database" placeholder:"NAME" help:"Database of tables whose names say none (ddl)."`
	AllowAll bool     `name:"allow-locations" help:"Let queries read the locations of the tables that are imported."`
}

// Help is shown by --help after the flags.
func (catalogImportCmd) Help() string {
	return `Examples:
  glaux catalog import --from glue --region eu-west-1 --database 'sales*' --dry-run
  glaux catalog import --from glue --endpoint-url http://127.0.0.1:8421 --on-conflict=replace
  glaux catalog import --from ddl schema/ views.sql --on-conflict=skip
  glaux catalog import --from local /var/lib/glaux --catalog postgres

An import may be repeated: what is equal already is passed over.`
}

// Run imports.
func (c *catalogImportCmd) Run(ctx context.Context, t *terminal) error {
	switch {
	case c.From == "ddl" && len(c.Files) == 0:
		return fault.New(fault.CodeInvalidParameter, "no files given").WithHint("Try: glaux catalog import --from ddl FILE...")
	case c.From == "glue" && len(c.Files) > 0:
		return fault.New(fault.CodeInvalidParameter, "files are given, but --from glue reads none").WithHint("Did you mean --from ddl?")
	case c.From == "local":
		return c.local(ctx, t)
	}
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := c.transfer(ctx, t, a)
	if err = c.printTransfer(t, rep, err); rep == nil || c.DryRun {
		return err
	}
	if allowErr := c.allow(ctx, t, a, rep.Locations); err == nil {
		err = allowErr
	}
	return err
}

// local takes over a data directory as it is.
func (c *catalogImportCmd) local(ctx context.Context, t *terminal) error {
	if len(c.Files) != 1 {
		return fault.New(fault.CodeInvalidParameter, "--from local takes one data directory, not %d", len(c.Files)).
			WithHint("Try: glaux catalog import --from local DIR --catalog postgres")
	}
	if c.DryRun || c.Continue || len(c.Database) > 0 || c.OnConflict != string(transfer.Error) {
		return fault.New(fault.CodeInvalidParameter, "--from local takes over all of a data directory, or nothing").
			WithHint("Leave out --database, --on-conflict, --dry-run and --continue; parts of a catalog go through --from ddl.")
	}
	if st, err := os.Stat(filepath.Join(c.Files[0], "catalog.db")); err != nil || st.IsDir() {
		return fault.New(fault.CodeUndefinedFile, "there is no catalog in directory %s", c.Files[0]).WithHint("Name the directory that --data-dir named.")
	}
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	done, err := a.Meta.CopyFrom(ctx, c.Files[0])
	if err != nil {
		return err
	}
	if c.JSON {
		rows := map[string]int64{}
		for _, d := range done {
			rows[d.Table] = d.Rows
		}
		enc := json.NewEncoder(t.out)
		enc.SetIndent("", "  ")
		return enc.Encode(rows)
	}
	grid := [][]string{{"copied", "rows"}}
	for _, d := range done {
		grid = append(grid, []string{d.Table, strconv.FormatInt(d.Rows, 10)})
	}
	printGrid(t, grid)
	return nil
}

func (c *catalogImportCmd) transfer(ctx context.Context, t *terminal, a *app) (*transfer.Report, error) {
	if c.From == "ddl" {
		return c.ddl(ctx, t, a)
	}
	from, err := c.glueClientFlags.open(ctx)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return transfer.Copy(ctx, a.Catalog, from, c.options(t))
}

// allow makes the locations of imported tables readable, or says that they are
// not: what a file says is not what an operator allows.
func (c *catalogImportCmd) allow(ctx context.Context, t *terminal, a *app, locations []string) error {
	var shut []string
	for _, l := range locations {
		if c.AllowAll {
			if err := a.Meta.AddLocation(ctx, l); err != nil {
				return err
			}
		} else if a.Readable(l) != nil {
			shut = append(shut, l)
		}
	}
	if len(shut) > 0 {
		fmt.Fprintf(t.err, "NOTICE:  queries may not read %d of the imported locations yet, the first is %s\n", len(shut), shut[0])
		fmt.Fprintln(t.err, "HINT:  Repeat with --allow-locations, or name them under lakes: of the configuration.")
	}
	return nil
}
