package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// catalogCmd is "glaux catalog".
type catalogCmd struct {
	Ls         catalogLsCmd         `cmd:"" help:"List databases and tables."`
	Show       catalogShowCmd       `cmd:"" help:"Describe a table."`
	Partitions catalogPartitionsCmd `cmd:"" help:"List the partitions of a table."`
	Import     catalogImportCmd     `cmd:"" help:"Take databases, tables, views and partitions from AWS Glue or from files of DDL."`
	Export     catalogExportCmd     `cmd:"" help:"Write them as DDL, or to AWS Glue."`
}

// Help is shown by --help after the commands.
func (catalogCmd) Help() string {
	return `Examples:
  glaux catalog ls
  glaux catalog show sales.orders
  glaux catalog partitions sales.orders --limit 20
  glaux catalog import --from glue --database 'sales*'
  glaux catalog export --to ddl ./ddl/`
}

type catalogLsCmd struct {
	dataFlags
	Database string `arg:"" optional:"" help:"Only this database."`
}

// Run lists the tables.
func (c *catalogLsCmd) Run(ctx context.Context, t *terminal) error {
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	dbs, err := a.Catalog.Databases(ctx)
	if err != nil {
		return err
	}
	if c.Database != "" {
		db, err := a.Catalog.Database(ctx, c.Database)
		if err != nil {
			return err
		}
		dbs = []*catalog.Database{db}
	}
	rows := [][]string{{"database", "table", "type", "format", "columns", "partition keys", "location"}}
	for _, db := range dbs {
		tables, err := a.Catalog.Tables(ctx, db.Name)
		if err != nil {
			return err
		}
		for _, tab := range tables {
			rows = append(rows, tableRow(tab))
		}
	}
	if len(rows) == 1 {
		fmt.Fprintln(t.err, "The catalog has no tables. Try: glaux crawl LOCATION --database NAME")
		return nil
	}
	printGrid(t, rows)
	return nil
}

func tableRow(tab *catalog.Table) []string {
	keys := make([]string, len(tab.PartitionKeys))
	for i, k := range tab.PartitionKeys {
		keys[i] = k.Name
	}
	kind, format := "table", tab.Format
	if tab.Kind == catalog.VirtualView {
		kind, format = "view", ""
	}
	return []string{tab.Database, tab.Name, kind, format, fmt.Sprint(len(tab.Columns)), strings.Join(keys, ", "), tableFolder(tab.Storage.Location)}
}

type catalogShowCmd struct {
	dataFlags
	Table string `arg:"" help:"database.table"`
}

// Run prints a table's columns and properties.
func (c *catalogShowCmd) Run(ctx context.Context, t *terminal) error {
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	tab, err := a.table(ctx, c.Table)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s.%s\n", tab.Database, tab.Name)
	for _, kv := range [][2]string{{"kind", string(tab.Kind)}, {"format", tab.Format}, {"location", tab.Storage.Location},
		{"serde", tab.Storage.SerDe}, {"comment", tab.Description}, {"view", tab.ViewText}} {
		if kv[1] != "" {
			fmt.Fprintf(t.out, "  %-9s %s\n", kv[0]+":", kv[1])
		}
	}
	fmt.Fprintln(t.out)
	rows := [][]string{{"column", "type", "comment"}}
	for _, col := range tab.Columns {
		rows = append(rows, []string{col.Name, col.Type.String(), col.Comment})
	}
	for _, col := range tab.PartitionKeys {
		rows = append(rows, []string{col.Name, col.Type.String(), strings.TrimSpace("partition key " + col.Comment)})
	}
	printGrid(t, rows)
	printParams(t, "table properties", tab.Parameters)
	printParams(t, "serde properties", tab.Storage.SerDeParams)
	return nil
}

func printParams(t *terminal, title string, params map[string]string) {
	if len(params) == 0 {
		return
	}
	keys := make([]string, 0, len(params))
	for k := range params {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	fmt.Fprintf(t.out, "\n%s:\n", title)
	for _, k := range keys {
		fmt.Fprintf(t.out, "  %s = %q\n", k, params[k])
	}
}

type catalogPartitionsCmd struct {
	dataFlags
	Table string `arg:"" help:"database.table"`
	Limit int    `default:"0" help:"At most so many (0: all)."`
}

// Run prints one line per partition, in key order.
func (c *catalogPartitionsCmd) Run(ctx context.Context, t *terminal) error {
	a, err := open(ctx, c.dataFlags, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	tab, err := a.table(ctx, c.Table)
	if err != nil {
		return err
	}
	if len(tab.PartitionKeys) == 0 {
		return fault.New(fault.CodeWrongObjectType, "table %s.%s is not partitioned", tab.Database, tab.Name)
	}
	ps, err := a.Catalog.Partitions(ctx, tab)
	if err != nil {
		return err
	}
	n := ps.N
	if c.Limit > 0 {
		n = min(n, c.Limit)
	}
	for i := range n {
		fmt.Fprintf(t.out, "%s  %s\n", partition.PathOf(tab, ps, i), ps.Location(i))
	}
	if n < ps.N {
		fmt.Fprintf(t.err, "(%d of %d partitions)\n", n, ps.N)
	}
	return nil
}

// table finds "database.table", or a table whose name is in one database only.
func (a *app) table(ctx context.Context, name string) (*catalog.Table, error) {
	if db, tab, ok := strings.Cut(name, "."); ok {
		return a.Catalog.Table(ctx, db, tab)
	}
	dbs, err := a.Catalog.Databases(ctx)
	if err != nil {
		return nil, err
	}
	var found []*catalog.Table
	for _, db := range dbs {
		tab, err := a.Catalog.Table(ctx, db.Name, name)
		switch {
		case err == nil:
			found = append(found, tab)
		case !fault.Is(err, fault.CodeUndefinedTable):
			return nil, err
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fault.New(fault.CodeUndefinedTable, "table %q does not exist in any database", name).WithHint("List the tables with: glaux catalog ls")
	}
	return nil, fault.New(fault.CodeAmbiguousColumn, "table %q exists in %d databases", name, len(found)).
		WithHint("Say which: %s.%s", found[0].Database, name)
}
