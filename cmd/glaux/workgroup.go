package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/workgroup"
)

// workgroupCmd is "glaux workgroup".
type workgroupCmd struct {
	List   workgroupListCmd   `cmd:"" help:"List workgroups."`
	Show   workgroupShowCmd   `cmd:"" help:"Print what is set of a workgroup."`
	Create workgroupCreateCmd `cmd:"" help:"Create a workgroup."`
	Alter  workgroupAlterCmd  `cmd:"" help:"Change options or members of a workgroup."`
	Drop   workgroupDropCmd   `cmd:"" help:"Drop a workgroup."`
	Apply  workgroupApplyCmd  `cmd:"" help:"Make workgroups and budgets what a file says."`
}

// Help is shown by --help after the commands.
func (workgroupCmd) Help() string {
	return `They work on the data directory, or on a running server (--url). Every server on the directory sees a change
within a second.

Examples:
  glaux workgroup create analysts --set bytes_scanned_cutoff_per_query=10GB --set users=ana,bob
  glaux workgroup alter analysts --add-group interns
  glaux workgroup show analysts --format sql
  glaux workgroup apply -f glaux.yaml --dry-run
  glaux workgroup list --url postgres://admin@warehouse:5439`
}

const workgroupApp = "glaux workgroup"

type workgroupListCmd struct {
	adminFlags
	formatFlag
}

// Run lists the workgroups that the user may see.
func (c *workgroupListCmd) Run(ctx context.Context, t *terminal) error {
	const from = "glaux_catalog.workgroups ORDER BY name"
	return c.at(ctx, workgroupApp, func(d desk) error {
		if c.Format != "table" {
			return export(ctx, t, d, "SELECT * FROM "+from, c.Format)
		}
		return printShown(ctx, t, d, []shownColumn{
			{"name", "name", nil}, {"state", "state", nil}, {"cutoff", "bytes_scanned_cutoff_per_query", showSize},
			{"concurrency", "concurrency", nil}, {"price per TB", "price_per_tb", nil},
			{"default of", "array_to_string(users || groups, ', ')", nil},
			{"allowed", "CASE WHEN cardinality(users || groups || allow_users || allow_groups) = 0 THEN '(all)' ELSE array_to_string(allow_users || allow_groups, ', ') END", nil},
			{"description", "description", nil}}, from, "You may use no workgroup.")
	})
}

type workgroupShowCmd struct {
	adminFlags
	Format string `enum:"table,sql,csv,json,ndjson" default:"table" help:"Output format: table, sql (the statement that makes it), csv, json or ndjson."`
	Name   string `arg:"" help:"Name of the workgroup."`
}

// Run prints a workgroup.
func (c *workgroupShowCmd) Run(ctx context.Context, t *terminal) error {
	return c.at(ctx, workgroupApp, func(d desk) error { return showObject(ctx, t, d, "WORKGROUP", c.Name, c.Format) })
}

type workgroupCreateCmd struct {
	adminFlags
	Set         []string `sep:"none" placeholder:"OPTION=VALUE" help:"An option; may be given more than once. Lists have commas between their values."`
	IfNotExists bool     `xor:"there" help:"Leave a workgroup of that name as it is."`
	OrReplace   bool     `xor:"there" help:"Replace a workgroup of that name; options that are not given get their defaults."`
	Name        string   `arg:"" help:"Name of the workgroup."`
}

// Help is shown by --help after the flags.
func (workgroupCreateCmd) Help() string {
	return optionHelp(workgroup.SettingOptions) + `

Examples:
  glaux workgroup create analysts --set bytes_scanned_cutoff_per_query=10GB --set users=ana,bob
  glaux workgroup create etl --set concurrency=2 --set query_timeout=2h --set tags=team=data,cost=12`
}

// Run creates a workgroup.
func (c *workgroupCreateCmd) Run(ctx context.Context, t *terminal) error {
	options, err := optionList(c.Set, workgroup.SettingOptions)
	if err != nil {
		return err
	}
	sql := createVerb(c.OrReplace, "WORKGROUP", c.IfNotExists) + types.QuoteIdent(c.Name)
	if options != "" {
		sql += " WITH (" + options + ")"
	}
	return c.at(ctx, workgroupApp, func(d desk) error { return order(ctx, t, d, sql, "Created workgroup %s.", c.Name) })
}

func createVerb(replace bool, kind string, ifNot bool) string {
	verb := "CREATE "
	if replace {
		verb += "OR REPLACE "
	}
	if verb += kind + " "; ifNot {
		verb += "IF NOT EXISTS "
	}
	return verb
}

type workgroupAlterCmd struct {
	adminFlags
	Set       []string `sep:"none" xor:"change" placeholder:"OPTION=VALUE" help:"Give an option a value; may be given more than once."`
	Reset     []string `xor:"change" placeholder:"OPTION" help:"Give options their defaults."`
	AddUser   []string `xor:"change" placeholder:"USER" help:"Let users choose the workgroup; with --default they run in it."`
	AddGroup  []string `xor:"change" placeholder:"ROLE" help:"The same for the members of roles."`
	DropUser  []string `xor:"change" placeholder:"USER" help:"Remove users."`
	DropGroup []string `xor:"change" placeholder:"ROLE" help:"Remove roles."`
	Default   bool     `help:"With --add-user and --add-group: they run in the workgroup unless they choose another."`
	Name      string   `arg:"" help:"Name of the workgroup."`
}

// Help is shown by --help after the flags.
func (workgroupAlterCmd) Help() string {
	return "One kind of change at a time. " + optionHelp(workgroup.SettingOptions) + `

Examples:
  glaux workgroup alter analysts --set state=disabled
  glaux workgroup alter analysts --reset description,price_per_tb
  glaux workgroup alter analysts --add-user carl,dora --default`
}

// Run changes a workgroup.
func (c *workgroupAlterCmd) Run(ctx context.Context, t *terminal) error {
	change, err := c.change()
	if err != nil {
		return err
	}
	sql := "ALTER WORKGROUP " + types.QuoteIdent(c.Name) + " " + change
	return c.at(ctx, workgroupApp, func(d desk) error { return order(ctx, t, d, sql, "Changed workgroup %s.", c.Name) })
}

func (c *workgroupAlterCmd) change() (string, error) {
	def := ""
	if c.Default {
		if len(c.AddUser)+len(c.AddGroup) == 0 {
			return "", fault.New(fault.CodeInvalidParameter, "--default goes with --add-user and --add-group")
		}
		def = " AS DEFAULT"
	}
	for _, m := range []struct {
		names      []string
		verb, tail string
	}{{c.AddUser, "ADD USER ", def}, {c.AddGroup, "ADD GROUP ", def}, {c.DropUser, "DROP USER ", ""}, {c.DropGroup, "DROP GROUP ", ""}} {
		if len(m.names) > 0 {
			return m.verb + nameList(m.names) + m.tail, nil
		}
	}
	return setOrReset(c.Set, c.Reset, workgroup.SettingOptions, "workgroup")
}

// setOrReset writes the change of options.
func setOrReset(set, reset []string, options []workgroup.Option, kind string) (string, error) {
	switch {
	case len(set) > 0:
		list, err := optionList(set, options)
		return "SET (" + list + ")", err
	case len(reset) > 0:
		return "RESET (" + nameList(reset) + ")", nil
	}
	return "", fault.New(fault.CodeInvalidParameter, "nothing to change").WithHint("See: glaux %s alter --help", kind)
}

type workgroupDropCmd struct {
	adminFlags
	IfExists bool   `help:"A workgroup that does not exist is no error."`
	Cascade  bool   `help:"Drop its budgets too."`
	Name     string `arg:"" help:"Name of the workgroup."`
}

// Run drops a workgroup.
func (c *workgroupDropCmd) Run(ctx context.Context, t *terminal) error {
	sql := dropVerb("WORKGROUP", c.IfExists) + types.QuoteIdent(c.Name)
	if c.Cascade {
		sql += " CASCADE"
	}
	return c.at(ctx, workgroupApp, func(d desk) error { return order(ctx, t, d, sql, "Dropped workgroup %s.", c.Name) })
}

func dropVerb(kind string, ifExists bool) string {
	if ifExists {
		return "DROP " + kind + " IF EXISTS "
	}
	return "DROP " + kind + " "
}

type workgroupApplyCmd struct {
	adminFlags
	formatFlag
	File   string `short:"f" required:"" type:"path" placeholder:"FILE" help:"File with workgroups: and budgets:, as glaux.yaml (- for standard input)."`
	DryRun bool   `help:"Only show what would change."`
	Prune  bool   `help:"Drop the workgroups and budgets that the file does not name; primary gets its defaults."`
}

// Help is shown by --help after the flags.
func (workgroupApplyCmd) Help() string {
	return `All of it is done, or nothing. Doing it again changes nothing.

Examples:
  glaux workgroup apply -f glaux.yaml --dry-run
  glaux workgroup apply -f workgroups.yaml --prune --url postgres://admin@warehouse:5439`
}

// Run makes the definitions what the file says.
func (c *workgroupApplyCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := readConfig(t, c.File)
	if err != nil {
		return err
	}
	text, err := json.Marshal(workgroup.Plan{Workgroups: conf.Workgroups, Budgets: conf.Budgets})
	if err != nil {
		return fault.Wrap(err, fault.CodeInternal, "cannot write the definitions: %v", err)
	}
	sql := fmt.Sprintf("ALTER WORKGROUPS AS %s WITH (prune = %t, dry_run = %t)", quoteText(string(text)), c.Prune, c.DryRun)
	return c.at(ctx, workgroupApp, func(d desk) error {
		if c.Format != "table" {
			return export(ctx, t, d, sql, c.Format)
		}
		rows, err := collect(ctx, t, d, sql)
		for _, r := range rows {
			line := strings.Join(r[:3], " ")
			if r[3] != "" {
				line += ": " + r[3]
			}
			fmt.Fprintln(t.out, safe(line))
		}
		if err == nil && len(rows) == 0 {
			fmt.Fprintf(t.err, "%s defines no workgroups and no budgets.\n", c.File)
		}
		return err
	})
}

// readConfig is loadConfig that reads standard input, too.
func readConfig(t *terminal, path string) (*config, error) {
	if path != "-" {
		return loadConfig(path)
	}
	text, err := io.ReadAll(t.in)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeIO, "cannot read standard input: %v", err)
	}
	return parseConfig("standard input", text)
}
