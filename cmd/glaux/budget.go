package main

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/workgroup"
)

// budgetCmd is "glaux budget".
type budgetCmd struct {
	List   budgetListCmd   `cmd:"" help:"List budgets."`
	Show   budgetShowCmd   `cmd:"" help:"Print what is set of a budget."`
	Create budgetCreateCmd `cmd:"" help:"Create a budget."`
	Alter  budgetAlterCmd  `cmd:"" help:"Change options of a budget."`
	Drop   budgetDropCmd   `cmd:"" help:"Drop a budget."`
	Usage  budgetUsageCmd  `cmd:"" help:"Print what is used of the budgets."`
}

// Help is shown by --help after the commands.
func (budgetCmd) Help() string {
	return `Examples:
  glaux budget create weekly --for-workgroup analysts --limit 1TB --set period=week --set warn_at=80
  glaux budget create each --for-each-user --limit 100GB
  glaux budget usage
  glaux budget alter weekly --set limit=2TB --url postgres://admin@warehouse:5439`
}

const budgetApp = "glaux budget"

// budgetCounts says whose scans a budget counts.
const budgetCounts = `CASE WHEN b.workgroup IS NOT NULL THEN 'workgroup ' || b.workgroup WHEN b.user_name IS NOT NULL THEN 'user ' || b.user_name
	WHEN b.each_user THEN 'each user' ELSE 'tag ' || b.tag END`

type budgetListCmd struct {
	adminFlags
	formatFlag
}

// Run lists the budgets that the user may see.
func (c *budgetListCmd) Run(ctx context.Context, t *terminal) error {
	const from = "glaux_catalog.budgets b ORDER BY name"
	return c.at(ctx, budgetApp, func(d desk) error {
		if c.Format != "table" {
			return export(ctx, t, d, "SELECT * FROM "+from, c.Format)
		}
		return printShown(ctx, t, d, []shownColumn{
			{"name", "name", nil}, {"counts", budgetCounts, nil}, {"limit", "b.limit", showSize}, {"period", "period", nil},
			{"time zone", "time_zone", nil}, {"action", "action", nil}, {"warn at", "warn_at || ' %'", nil}}, from,
			"There are no budgets. Try: glaux budget create NAME --for-workgroup WORKGROUP --limit 1TB")
	})
}

type budgetShowCmd struct {
	adminFlags
	Format string `enum:"table,sql,csv,json,ndjson" default:"table" help:"Output format: table, sql (the statement that makes it), csv, json or ndjson."`
	Name   string `arg:"" help:"Name of the budget."`
}

// Run prints a budget.
func (c *budgetShowCmd) Run(ctx context.Context, t *terminal) error {
	return c.at(ctx, budgetApp, func(d desk) error { return showObject(ctx, t, d, "BUDGET", c.Name, c.Format) })
}

type budgetCreateCmd struct {
	adminFlags
	ForWorkgroup string   `xor:"for" placeholder:"WORKGROUP" help:"Count what the queries of a workgroup scan."`
	ForUser      string   `xor:"for" placeholder:"USER" help:"Count what the queries of a user scan."`
	ForEachUser  bool     `xor:"for" help:"Count for each user on their own."`
	ForTag       string   `xor:"for" placeholder:"TAG" help:"Count queries with a tag: one of the session's query_tags, or key=value of the workgroup's tags."`
	Limit        string   `required:"" placeholder:"SIZE" help:"Bytes of data in one period, as 1TB."`
	Set          []string `sep:"none" placeholder:"OPTION=VALUE" help:"Another option; may be given more than once."`
	IfNotExists  bool     `xor:"there" help:"Leave a budget of that name as it is."`
	OrReplace    bool     `xor:"there" help:"Replace a budget of that name."`
	Name         string   `arg:"" help:"Name of the budget."`
}

// Help is shown by --help after the flags.
func (budgetCreateCmd) Help() string {
	return optionHelp(workgroup.BudgetOptions) + `

Examples:
  glaux budget create weekly --for-workgroup analysts --limit 1TB --set period=week --set time_zone=Europe/Berlin
  glaux budget create web --for-tag team=web --limit 500GB --set action=warn`
}

// Run creates a budget.
func (c *budgetCreateCmd) Run(ctx context.Context, t *terminal) error {
	subject, err := c.subject()
	if err != nil {
		return err
	}
	options, err := optionList(append([]string{"limit=" + c.Limit}, c.Set...), workgroup.BudgetOptions)
	if err != nil {
		return err
	}
	sql := createVerb(c.OrReplace, "BUDGET", c.IfNotExists) + types.QuoteIdent(c.Name) + " FOR " + subject + " WITH (" + options + ")"
	return c.at(ctx, budgetApp, func(d desk) error { return order(ctx, t, d, sql, "Created budget %s.", c.Name) })
}

func (c *budgetCreateCmd) subject() (string, error) {
	switch {
	case c.ForWorkgroup != "":
		return "WORKGROUP " + types.QuoteIdent(c.ForWorkgroup), nil
	case c.ForUser != "":
		return "USER " + types.QuoteIdent(c.ForUser), nil
	case c.ForEachUser:
		return "EACH USER", nil
	case c.ForTag != "":
		return "TAG " + quoteText(c.ForTag), nil
	}
	return "", fault.New(fault.CodeInvalidParameter, "the budget is for nobody").
		WithHint("Say whose scans it counts: --for-workgroup, --for-user, --for-each-user or --for-tag.")
}

type budgetAlterCmd struct {
	adminFlags
	Set   []string `sep:"none" xor:"change" placeholder:"OPTION=VALUE" help:"Give an option a value; may be given more than once."`
	Reset []string `xor:"change" placeholder:"OPTION" help:"Give options their defaults."`
	Name  string   `arg:"" help:"Name of the budget."`
}

// Help is shown by --help after the flags.
func (budgetAlterCmd) Help() string { return optionHelp(workgroup.BudgetOptions) }

// Run changes a budget.
func (c *budgetAlterCmd) Run(ctx context.Context, t *terminal) error {
	change, err := setOrReset(c.Set, c.Reset, workgroup.BudgetOptions, "budget")
	if err != nil {
		return err
	}
	sql := "ALTER BUDGET " + types.QuoteIdent(c.Name) + " " + change
	return c.at(ctx, budgetApp, func(d desk) error { return order(ctx, t, d, sql, "Changed budget %s.", c.Name) })
}

type budgetDropCmd struct {
	adminFlags
	IfExists bool   `help:"A budget that does not exist is no error."`
	Name     string `arg:"" help:"Name of the budget."`
}

// Run drops a budget.
func (c *budgetDropCmd) Run(ctx context.Context, t *terminal) error {
	sql := dropVerb("BUDGET", c.IfExists) + types.QuoteIdent(c.Name)
	return c.at(ctx, budgetApp, func(d desk) error { return order(ctx, t, d, sql, "Dropped budget %s.", c.Name) })
}

type budgetUsageCmd struct {
	adminFlags
	formatFlag
	Name string `arg:"" optional:"" help:"Only this budget."`
}

// Run prints what is used in the periods that are now. Budgets that nobody has used
// are there, too.
func (c *budgetUsageCmd) Run(ctx context.Context, t *terminal) error {
	return c.at(ctx, budgetApp, func(d desk) error {
		from, rows := "glaux_catalog.budgets b LEFT JOIN glaux_catalog.budget_usage u ON u.budget = b.name", "glaux_catalog.budget_usage u"
		if c.Name != "" {
			if _, err := collect(ctx, t, d, "SHOW BUDGET "+types.QuoteIdent(c.Name)); err != nil {
				return err
			}
			from, rows = from+" WHERE b.name = "+quoteText(c.Name), rows+" WHERE budget = "+quoteText(c.Name)
		}
		if c.Format != "table" {
			return export(ctx, t, d, "SELECT u.* FROM "+rows+" ORDER BY budget, counts", c.Format)
		}
		return printShown(ctx, t, d, []shownColumn{
			{"budget", "b.name", nil}, {"counts", "coalesce(u.counts, " + budgetCounts + ")", nil}, {"used", "coalesce(u.bytes_used, 0)", showSize},
			{"leased", "coalesce(u.bytes_leased, 0)", showSize}, {"limit", "b.limit", showSize},
			{"percent", "round(coalesce(u.percent, 0)) || ' %'", nil}, {"period", "b.period", nil}, {"until", "u.period_end", nil},
			{"action", "b.action", nil}}, from+" ORDER BY b.name, u.percent DESC NULLS LAST, u.counts",
			"There are no budgets. Try: glaux budget create NAME --for-workgroup WORKGROUP --limit 1TB")
	})
}
