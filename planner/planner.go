// Package planner turns SQL text into executable plans.
//
//	text ── Split ──> statements ── Bind ──> plan.Statement (types of parameters and columns; only the catalog was read)
//	                                           └─ *plan.Query ── Optimize(parameter values) ──> plan with files, ready to run
//
// The packages below do the work: parse (text to syntax tree), bind (names and
// types), rule (logical rewriting, pruning) and cost (join order). A Planner
// holds no state of statements and may be used by many goroutines.
package planner

import (
	"context"
	"fmt"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/bind"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/planner/rule"
)

// Config is what a Planner works with. Everything in it is shared.
type Config struct {
	Catalog   catalog.Reader
	Functions plan.Functions
	Evaluator plan.Evaluator
	Lake      rule.Lake          // *lake.Lake; nil: Optimize cannot plan scans of files
	Virtual   plan.VirtualTables // nil: none
	Documents catalog.Documents  // nil: none
}

// Planner plans statements.
type Planner struct{ c Config }

// New makes a planner.
func New(c Config) *Planner { return &Planner{c} }

// Text is one statement of a longer text. Pos is the 1-based position, in
// characters, of its first character there: add Pos-1 to the positions of its
// errors.
type Text = parse.Piece

// Split cuts a text at its semicolons into statements; empty ones are left out.
func (p *Planner) Split(sql string) ([]Text, error) { return parse.Split(sql) }

// Redact gives a statement's text without the passwords of roles.
func Redact(sql string) string { return parse.Redact(sql) }

// HideLiterals gives a statement's text with ? in the place of every literal and
// without comments, for those who may not see its values. A text that does not
// parse ends before its first quote.
func HideLiterals(sql string) string { return parse.HideLiterals(sql) }

// FirstWord gives the first word of a statement in lower case, "" if it begins
// with something else. The rest need not parse.
func FirstWord(sql string) string { return parse.FirstWord(sql) }

// CheckSyntax parses a text of any number of statements.
func (p *Planner) CheckSyntax(sql string) error {
	_, err := parse.Parse(sql)
	return err
}

// Bind parses and binds one statement. params are the types that the client
// declares for $1..$n (unknown: to be inferred). Only the catalog is read. An
// empty statement gives *plan.Empty.
func (p *Planner) Bind(ctx context.Context, sql string, s *plan.Session, params []types.Type) (plan.Statement, error) {
	stmt, err := parse.ParseOne(sql)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return &plan.Empty{}, nil
	}
	c := bind.Config{Catalog: p.catalog(s), Functions: p.c.Functions, Evaluator: p.c.Evaluator, Virtual: p.c.Virtual, Documents: p.c.Documents}
	if l, ok := p.c.Lake.(bind.Lake); ok {
		c.Lake = l
	}
	return bind.Bind(ctx, c, s, sql, stmt, params)
}

// catalog is what a session sees of it.
func (p *Planner) catalog(s *plan.Session) catalog.Reader {
	if s.Catalog != nil {
		return s.Catalog
	}
	return p.c.Catalog
}

// Optimize puts the parameters' values into a bound query and makes it
// executable: no Param and no Apply is left, every Scan knows its files. It
// lists files and reads footers. The bound query is not changed and may be
// optimized again with other values.
func (p *Planner) Optimize(ctx context.Context, s *plan.Session, q *plan.Query, params []types.Value) (*plan.Query, error) {
	out, _, err := p.OptimizeTraced(ctx, s, q, params)
	return out, err
}

// OptimizeTraced is Optimize that also lists the names of the rules that
// changed the plan, for EXPLAIN VERBOSE.
func (p *Planner) OptimizeTraced(ctx context.Context, s *plan.Session, q *plan.Query, params []types.Value) (*plan.Query, []string, error) {
	if len(params) < len(q.Params) {
		return nil, nil, fault.New(fault.CodeProtocolViolation, "statement needs %d parameters, but %d were given", len(q.Params), len(params))
	}
	root, err := p.substitute(s, q.Root, params)
	if err != nil {
		return nil, nil, err
	}
	c := &rule.Ctx{
		Session: s, Evaluator: p.c.Evaluator, Functions: p.c.Functions, Catalog: p.catalog(s), Lake: p.c.Lake, Documents: p.c.Documents, NextID: q.NextID,
	}
	if list, _ := setting(s, DisabledRules); list != "" {
		if c.Without, err = rule.Disabled(list); err != nil {
			return nil, nil, err
		}
	}
	if root, err = rule.Optimize(ctx, c, keepResult(root, q.Columns)); err != nil {
		return nil, nil, err
	}
	if err := delivers(root, q.Columns); err != nil {
		return nil, nil, err
	}
	out := *q
	out.Root, out.NextID = root, c.NextID
	return &out, c.Trace, nil
}

// DisabledRules is the setting that lists the rules of the optimizer to leave out.
const DisabledRules = "disabled_rules"

// CheckDisabledRules tells whether a value of that setting is one: 22023 if it names
// something else than rules that may be left out.
func CheckDisabledRules(list string) error {
	_, err := rule.Disabled(list)
	return err
}

// setting gives a setting of a session that may have none.
func setting(s *plan.Session, name string) (string, bool) {
	if s.Setting == nil {
		return "", false
	}
	return s.Setting(name)
}

// keepResult projects the plan to the columns that the client sees, so that
// the rules know that nothing else is needed.
func keepResult(root plan.Node, cols []plan.ResultColumn) plan.Node {
	have := map[plan.ColID]plan.Column{}
	outputs := root.Output()
	for _, c := range outputs {
		have[c.ID] = c
	}
	p := &plan.Project{Input: root}
	done := map[plan.ColID]bool{}
	for _, c := range cols {
		if !done[c.ID] {
			p.Items = append(p.Items, plan.PassItem(have[c.ID]))
			done[c.ID] = true
		}
	}
	if len(p.Items) == len(outputs) {
		return root
	}
	return p
}

// delivers checks that the optimized plan puts out every result column.
func delivers(root plan.Node, cols []plan.ResultColumn) error {
	have := plan.OutputSet(root)
	for _, c := range cols {
		if !have[c.ID] {
			return fault.New(fault.CodeInternal, "plan lost result column %s", fmt.Sprintf("%s#%d", c.Name, c.ID))
		}
	}
	return nil
}
