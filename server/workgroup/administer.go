package workgroup

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/plan"
)

var _ exec.Administration = (*Governor)(nil)

// Administer implements exec.Administration.
func (g *Governor) Administer(ctx context.Context, stmt plan.Statement) ([]*fault.Error, error) {
	var notices []*fault.Error
	err := g.Change(ctx, func(e *Edit) (err error) {
		notices, err = e.run(stmt)
		return err
	})
	return notices, err
}

// run does a statement in an edit. The notices are for whoever sent it.
func (e *Edit) run(stmt plan.Statement) ([]*fault.Error, error) {
	switch stmt := stmt.(type) {
	case *plan.CreateWorkgroup:
		return e.createWorkgroup(stmt)
	case *plan.AlterWorkgroup:
		return e.alterWorkgroup(stmt)
	case *plan.DropWorkgroup:
		if e.groups[stmt.Name] == nil && stmt.IfExists {
			return note(fault.CodeSuccess, "workgroup %q does not exist, skipping", stmt.Name), nil
		}
		return nil, e.DropWorkgroup(stmt.Name, stmt.Cascade)
	case *plan.CreateBudget:
		return e.createBudget(stmt)
	case *plan.AlterBudget:
		return nil, e.alterBudget(stmt)
	case *plan.DropBudget:
		if e.budgets[stmt.Name] == nil && stmt.IfExists {
			return note(fault.CodeSuccess, "budget %q does not exist, skipping", stmt.Name), nil
		}
		return nil, e.DropBudget(stmt.Name)
	}
	return nil, fault.New(fault.CodeInternal, "no way to execute %T", stmt)
}

func note(code fault.Code, format string, args ...any) []*fault.Error {
	return []*fault.Error{fault.New(code, format, args...)}
}

func (e *Edit) createWorkgroup(stmt *plan.CreateWorkgroup) ([]*fault.Error, error) {
	if e.groups[stmt.Name] != nil && !stmt.OrReplace {
		if stmt.IfNotExists {
			return note(fault.CodeDuplicateObject, "workgroup %q already exists, skipping", stmt.Name), nil
		}
		return nil, fault.New(fault.CodeDuplicateObject, "workgroup %q already exists", stmt.Name)
	}
	s := &Setting{Name: stmt.Name}
	if err := change(s, SettingOptions, stmt.Options, nil); err != nil {
		return nil, err
	}
	e.PutWorkgroup(s)
	return s.warnings(), nil
}

func (e *Edit) alterWorkgroup(stmt *plan.AlterWorkgroup) ([]*fault.Error, error) {
	old, err := e.Workgroup(stmt.Name)
	if err != nil {
		return nil, err
	}
	s := *old
	if stmt.Members != nil {
		if err := s.changeMembers(stmt.Members); err != nil {
			return nil, err
		}
	}
	if err := change(&s, SettingOptions, stmt.Set, stmt.Reset); err != nil {
		return nil, err
	}
	e.PutWorkgroup(&s)
	var notices []*fault.Error
	if s.Cutoff != old.Cutoff {
		notices = s.warnings()
	}
	if s.open() && !old.open() {
		notices = append(notices, fault.New(fault.CodeWarning, "workgroup %q names nobody any more: everybody may choose it", s.Name).
			WithHint("state = 'DISABLED' closes it."))
	}
	return notices, nil
}

// changeMembers adds and drops names in the lists of a copy of a workgroup.
func (s *Setting) changeMembers(m *plan.Members) error {
	defaults, allowed := &s.Users, &s.AllowUsers
	if m.Groups {
		defaults, allowed = &s.Groups, &s.AllowGroups
	}
	*defaults, *allowed = slices.Clone(*defaults), slices.Clone(*allowed)
	for _, name := range m.Names {
		was := slices.Contains(*defaults, name) || slices.Contains(*allowed, name)
		if m.Drop && !was {
			return fault.New(fault.CodeUndefinedObject, "%q is not a member of workgroup %q", clip(name), s.Name)
		}
		is := func(n string) bool { return n == name }
		*defaults, *allowed = slices.DeleteFunc(*defaults, is), slices.DeleteFunc(*allowed, is)
		switch {
		case m.Drop:
		case m.Default:
			*defaults = append(*defaults, name)
		default:
			*allowed = append(*allowed, name)
		}
	}
	return nil
}

// athenaMinimum is the least cutoff that Athena's API takes, in bytes.
const athenaMinimum = 10_000_000

// warnings tells of values that are allowed and may surprise.
func (s *Setting) warnings() []*fault.Error {
	if s.Cutoff == 0 || s.Cutoff >= athenaMinimum {
		return nil
	}
	w := fault.New(fault.CodeWarning, "workgroup %q allows only %s per query", s.Name, Bytes(int64(s.Cutoff)))
	return []*fault.Error{w.WithHint("Athena's API knows no cutoff below %d bytes.", athenaMinimum)}
}

func (e *Edit) createBudget(stmt *plan.CreateBudget) ([]*fault.Error, error) {
	if e.budgets[stmt.Name] != nil && !stmt.OrReplace {
		if stmt.IfNotExists {
			return note(fault.CodeDuplicateObject, "budget %q already exists, skipping", stmt.Name), nil
		}
		return nil, fault.New(fault.CodeDuplicateObject, "budget %q already exists", stmt.Name)
	}
	to := stmt.Subject
	b := &Budget{Name: stmt.Name, Workgroup: to.Workgroup, User: to.User, EachUser: to.EachUser, Tag: to.Tag}
	if err := change(b, BudgetOptions, stmt.Options, nil); err != nil {
		return nil, err
	}
	e.PutBudget(b)
	return nil, nil
}

func (e *Edit) alterBudget(stmt *plan.AlterBudget) error {
	old, err := e.Budget(stmt.Name)
	if err != nil {
		return err
	}
	b := *old
	if err := change(&b, BudgetOptions, stmt.Set, stmt.Reset); err != nil {
		return err
	}
	e.PutBudget(&b)
	return nil
}

// valid is a Setting or a Budget.
type valid[T any] interface {
	*T
	Validate() error
}

// change sets and resets options of an object and checks it. Errors stand at the
// option that makes them.
func change[T any, P valid[T]](to P, options []Option, set, reset []plan.Option) error {
	for _, given := range reset {
		o, err := findOption(options, given.Name)
		if err != nil {
			return fault.As(err).At(given.Pos)
		}
		o.reset(to)
	}
	for _, given := range set {
		o, err := findOption(options, given.Name)
		if err == nil {
			err = o.set(to, given.Values)
		}
		if err != nil {
			return fault.As(err).At(given.Pos)
		}
	}
	err := to.Validate()
	if err == nil {
		return nil
	}
	// The option without which it would be valid is the one that is wrong.
	for _, given := range set {
		without := *to
		if o, _ := findOption(options, given.Name); o != nil {
			o.reset(&without)
		}
		if P(&without).Validate() == nil {
			return fault.As(err).At(given.Pos)
		}
	}
	return err
}

// Describe implements exec.Administration.
func (g *Governor) Describe(ctx context.Context, u exec.UserInfo, stmt *plan.ShowObjects) ([][]string, error) {
	d, err := g.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	switch stmt.What {
	case "workgroups":
		return d.listWorkgroups(u, stmt.Keep), nil
	case "budgets":
		return d.listBudgets(u, stmt.Keep), nil
	case "workgroup", "create workgroup":
		s, err := d.visibleWorkgroup(u, stmt.Name)
		if err != nil {
			return nil, err
		}
		if stmt.What == "workgroup" {
			return append([][]string{{"name", s.Name}}, optionRows(SettingOptions, s)...), nil
		}
		return createRows("CREATE WORKGROUP "+sqlName(s.Name), SettingOptions, s), nil
	}
	b, err := d.Budget(stmt.Name)
	if err == nil && !d.sees(u, b) {
		_, err = (&Definitions{}).Budget(stmt.Name) // as if it did not exist
	}
	if err != nil {
		return nil, err
	}
	if stmt.What == "budget" {
		return append([][]string{{"name", b.Name}, {"for", b.For()}}, optionRows(BudgetOptions, b)...), nil
	}
	return createRows("CREATE BUDGET "+sqlName(b.Name)+" FOR "+b.For(), BudgetOptions, b), nil
}

func (d *Definitions) listWorkgroups(u exec.UserInfo, keep func(string) bool) [][]string {
	var out [][]string
	for _, s := range d.Workgroups() {
		if keep(s.Name) && s.visible(u) {
			cutoff := ""
			if s.Cutoff != 0 {
				b, _ := s.Cutoff.MarshalText()
				cutoff = string(b)
			}
			out = append(out, []string{s.Name, s.State, cutoff, s.Description})
		}
	}
	return out
}

func (d *Definitions) listBudgets(u exec.UserInfo, keep func(string) bool) [][]string {
	var out [][]string
	for _, b := range d.Budgets() {
		if keep(b.Name) && d.sees(u, b) {
			row := []string{b.Name, b.For()}
			for _, o := range BudgetOptions {
				row = append(row, o.shown(b))
			}
			out = append(out, row)
		}
	}
	return out
}

func optionRows(options []Option, of any) [][]string {
	var out [][]string
	for _, o := range options {
		out = append(out, []string{o.Name, o.shown(of)})
	}
	return out
}

// createRows writes the statement that makes an object again, a line a row as SHOW
// CREATE TABLE does.
func createRows(begin string, options []Option, of any) [][]string {
	var out [][]string
	for _, o := range options {
		if len(o.texts(of)) > 0 {
			out = append(out, []string{"  " + o.Name + " = " + o.literal(of) + ","})
		}
	}
	last := out[len(out)-1] // there is always a state, or a limit
	last[0] = strings.TrimSuffix(last[0], ",")
	return slices.Concat([][]string{{begin + " WITH ("}}, out, [][]string{{")"}})
}
