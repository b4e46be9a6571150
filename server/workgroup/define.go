package workgroup

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// Plan is what Define is to bring about: exactly these workgroups and budgets.
type Plan struct {
	Workgroups []Setting `json:"workgroups,omitempty"`
	Budgets    []Budget  `json:"budgets,omitempty"`
	Prune      bool      `json:"-" yaml:"prune"`   // drop what is not named; primary gets its defaults
	DryRun     bool      `json:"-" yaml:"dry_run"` // only tell
}

// planOptions are those of ALTER WORKGROUPS.
var planOptions = optionsOf(reflect.TypeFor[Plan](), "")

// DefineAll implements exec.Administration.
func (g *Governor) DefineAll(ctx context.Context, stmt *plan.DefineObjects) ([][]string, error) {
	var p Plan
	d := json.NewDecoder(strings.NewReader(stmt.Text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "the definitions cannot be read: %s", strings.TrimPrefix(err.Error(), "json: ")).
			WithHint(`Write them as {"workgroups": [{"name": "analysts"}], "budgets": []}, the options with their names, sizes and times as strings.`)
	}
	if d.More() {
		return nil, fault.New(fault.CodeInvalidParameter, "there is something behind the definitions")
	}
	for _, given := range stmt.Options {
		o, err := findOption(planOptions, given.Name)
		if err == nil {
			err = o.set(&p, given.Values)
		}
		if err != nil {
			return nil, fault.As(err).At(given.Pos)
		}
	}
	changes, err := g.Define(ctx, p)
	rows := make([][]string, len(changes))
	for i, c := range changes {
		rows[i] = []string{c.Verb, c.Kind, c.Name, c.Details()}
	}
	return rows, err
}

// Change is what Define did to a workgroup or budget, or would do.
type Change struct {
	Kind, Name string
	Verb       string // created, changed, unchanged, dropped
	Options    []OptionChange
}

// OptionChange is an option that has another value, as texts; "" is the default.
type OptionChange struct{ Name, Old, New string }

// String prints the change as one line: changed workgroup closed: state ENABLED -> DISABLED.
func (c Change) String() string {
	text := c.Verb + " " + c.Kind + " " + c.Name
	if len(c.Options) > 0 {
		text += ": " + c.Details()
	}
	return text
}

// Details lists the options that change: state ENABLED -> DISABLED.
func (c Change) Details() string {
	list := make([]string, len(c.Options))
	for i, o := range c.Options {
		list[i] = o.Name + " " + orDefault(o.Old) + " -> " + orDefault(o.New)
	}
	return strings.Join(list, ", ")
}

func orDefault(s string) string {
	if s == "" {
		return "(default)"
	}
	return s
}

// Define makes the stored definitions what a plan says, all of it or nothing, and
// reports every object of the plan in its order, then what was dropped. Doing it
// again changes nothing.
func (g *Governor) Define(ctx context.Context, p Plan) ([]Change, error) {
	var out []Change
	run := func(e *Edit) (err error) {
		out, err = e.define(&p)
		return err
	}
	if !p.DryRun {
		err := g.Change(ctx, run)
		return out, err
	}
	d, err := g.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	e := d.edit()
	if err := run(e); err != nil {
		return nil, err
	}
	return out, e.check()
}

func (e *Edit) define(p *Plan) ([]Change, error) {
	var out []Change
	named := map[string]bool{}
	for i := range p.Workgroups {
		s := p.Workgroups[i]
		if err := s.Validate(); err != nil {
			return nil, err
		}
		if named[s.Name] {
			return nil, fault.New(fault.CodeDuplicateObject, "workgroup %q is defined twice", s.Name)
		}
		named[s.Name] = true
		c := compare("workgroup", s.Name, SettingOptions, e.groups[s.Name], &s)
		if out = append(out, c); c.Verb != "unchanged" {
			e.PutWorkgroup(&s)
		}
	}
	budgets, err := e.defineBudgets(p)
	if err != nil {
		return nil, err
	}
	out = append(out, budgets...)
	if !p.Prune {
		return out, nil
	}
	return e.prune(named, out), nil
}

func (e *Edit) defineBudgets(p *Plan) ([]Change, error) {
	var out []Change
	named := map[string]bool{}
	for i := range p.Budgets {
		b := p.Budgets[i]
		if err := b.Validate(); err != nil {
			return nil, err
		}
		if named[b.Name] {
			return nil, fault.New(fault.CodeDuplicateObject, "budget %q is defined twice", b.Name)
		}
		named[b.Name] = true
		old := e.budgets[b.Name]
		c := compare("budget", b.Name, BudgetOptions, old, &b)
		if old != nil && old.For() != b.For() {
			c.Verb = "changed"
			c.Options = append([]OptionChange{{"for", old.For(), b.For()}}, c.Options...)
		}
		if out = append(out, c); c.Verb != "unchanged" {
			e.PutBudget(&b)
		}
	}
	if p.Prune {
		for _, b := range e.Budgets() {
			if !named[b.Name] {
				e.dropBudget(b.Name)
				out = append(out, Change{Kind: "budget", Name: b.Name, Verb: "dropped"})
			}
		}
	}
	return out, nil
}

// prune drops the workgroups that are not named; primary gets its defaults.
func (e *Edit) prune(named map[string]bool, out []Change) []Change {
	for _, s := range e.Workgroups() {
		switch {
		case named[s.Name]:
		case s.Name == Primary:
			def := &Setting{Name: Primary, State: Enabled}
			if c := compare("workgroup", Primary, SettingOptions, s, def); c.Verb != "unchanged" {
				e.PutWorkgroup(def)
				out = append(out, c)
			}
		default:
			delete(e.groups, s.Name)
			e.changedGroups[s.Name], e.emptied[s.Name] = true, true
			out = append(out, Change{Kind: "workgroup", Name: s.Name, Verb: "dropped"})
		}
	}
	return out
}

// compare tells what has to change; old may be nil.
func compare[T any](kind, name string, options []Option, old, now *T) Change {
	c := Change{Kind: kind, Name: name, Verb: "unchanged"}
	if old == nil {
		c.Verb = "created"
		return c
	}
	for _, o := range options {
		a, b := o.texts(old), o.texts(now)
		if !slices.Equal(a, b) {
			c.Options = append(c.Options, OptionChange{o.Name, strings.Join(a, ", "), strings.Join(b, ", ")})
		}
	}
	if len(c.Options) > 0 {
		c.Verb = "changed"
	}
	return c
}
