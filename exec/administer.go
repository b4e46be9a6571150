package exec

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// Administration is a Governor whose workgroups and budgets statements define and
// show.
type Administration interface {
	// Administer does a statement about workgroups or budgets, all of it or nothing.
	// The caller has found that the user may. What is done stays after ROLLBACK, as
	// all changes of the catalog. Errors of an option stand at its place.
	Administer(ctx context.Context, stmt plan.Statement) (notices []*fault.Error, err error)
	// DefineAll does a statement that defines many at once, all of it or nothing, and
	// gives a row for each, as objectColumns says.
	DefineAll(ctx context.Context, stmt *plan.DefineObjects) ([][]string, error)
	// Describe gives the rows of a SHOW, as objectColumns says. What the user may not
	// choose is not there for them.
	Describe(ctx context.Context, u UserInfo, stmt *plan.ShowObjects) ([][]string, error)
}

// objectColumns are the columns of the SHOWs of workgroups and budgets.
var objectColumns = map[string][]string{
	"workgroups":       {"name", "state", "bytes_scanned_cutoff_per_query", "description"},
	"budgets":          {"name", "for", "limit", "period", "time_zone", "action", "warn_at"},
	"workgroup":        {"option", "value"},
	"budget":           {"option", "value"},
	"create workgroup": {"Create Workgroup"},
	"create budget":    {"Create Budget"},
	"define":           {"change", "kind", "name", "details"},
}

func showObjectColumns(what string) []Column {
	var out []Column
	for _, name := range objectColumns[what] {
		out = append(out, textColumn(name))
	}
	return out
}

func (s *Session) administration(tag string) (Administration, error) {
	if a, ok := s.e.o.Governor.(Administration); ok {
		return a, nil
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "%s is not supported: this engine has no workgroups", tag)
}

// showObjects runs the SHOWs of workgroups and budgets. No workgroup refuses them:
// they tell whoever is in none which there are.
func (s *Session) showObjects(ctx context.Context, stmt *plan.ShowObjects) (*Result, error) {
	a, err := s.administration("SHOW")
	if err != nil {
		return nil, err
	}
	u, err := s.userInfo(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := a.Describe(ctx, u, stmt)
	if err != nil {
		return nil, err
	}
	return textResult(stmt.Tag(), showObjectColumns(stmt.What), rows), nil
}

// objectCommand runs the statements that change workgroups and budgets.
func (s *Session) objectCommand(ctx context.Context, stmt plan.Statement) (*Result, bool, error) {
	var members []string
	switch stmt := stmt.(type) {
	case *plan.AlterWorkgroup:
		if members = namedRoles(stmt.Set); stmt.Members != nil && !stmt.Members.Drop {
			members = append(members, stmt.Members.Names...)
		}
	case *plan.CreateWorkgroup:
		members = namedRoles(stmt.Options)
	case *plan.DefineObjects, *plan.DropWorkgroup, *plan.CreateBudget, *plan.AlterBudget, *plan.DropBudget:
	default:
		return nil, false, nil
	}
	r, err := s.administer(ctx, stmt, members)
	return r, true, err
}

// administer has a statement done that names some roles as members.
func (s *Session) administer(ctx context.Context, stmt plan.Statement, members []string) (*Result, error) {
	a, err := s.administration(stmt.Tag())
	if err != nil {
		return nil, err
	}
	if super, err := s.isSuperuser(ctx, s.currentUser()); err != nil {
		return nil, err
	} else if !super {
		return nil, denied("must be superuser to define workgroups and budgets")
	}
	end, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	if all, ok := stmt.(*plan.DefineObjects); ok {
		rows, err := a.DefineAll(ctx, all)
		if err != nil {
			return nil, err
		}
		return textResult(stmt.Tag(), showObjectColumns("define"), rows), nil
	}
	notices, err := a.Administer(ctx, stmt)
	if err != nil {
		return nil, err
	}
	return done(stmt.Tag(), append(notices, s.unknownMembers(ctx, members)...)...), nil
}

// namedRoles gives the roles that options of a workgroup name.
func namedRoles(options []plan.Option) (names []string) {
	for _, o := range options {
		switch o.Name {
		case "users", "groups", "allow_users", "allow_groups":
			names = append(names, o.Values...)
		}
	}
	return names
}

// unknownMembers warns of new members that are no roles: they may come to be, or
// be let in without, so they are no error.
func (s *Session) unknownMembers(ctx context.Context, names []string) []*fault.Error {
	if len(names) == 0 || s.e.o.Users == nil {
		return nil
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return nil // the change is made; this would only have been a warning
	}
	var out []*fault.Error
	for _, name := range names {
		if roles.Find(name) == nil {
			out = append(out, fault.New(fault.CodeWarning, "role %q does not exist", name))
		}
	}
	return out
}
