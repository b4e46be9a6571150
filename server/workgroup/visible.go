package workgroup

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
)

// VisibleWorkgroups gives the workgroups that a user may see, by name: those that
// they may choose; superusers and members of pg_read_all_stats (so of pg_monitor) all.
func (g *Governor) VisibleWorkgroups(ctx context.Context, u exec.UserInfo) ([]*Setting, error) {
	d, err := g.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(d.Workgroups(), func(s *Setting) bool { return !s.visible(u) }), nil
}

// VisibleBudgets gives the budgets that a user may see, by name: those that may
// bind their own queries; superusers and members of pg_read_all_stats all.
func (g *Governor) VisibleBudgets(ctx context.Context, u exec.UserInfo) ([]*Budget, error) {
	d, err := g.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(d.Budgets(), func(b *Budget) bool { return !d.sees(u, b) }), nil
}

// seesAll reports whether a user may see what concerns others.
func seesAll(u exec.UserInfo) bool {
	return u.Superuser || slices.Contains(u.Roles, users.ReadAllStats) || slices.Contains(u.Roles, users.Monitor)
}

func (s *Setting) visible(u exec.UserInfo) bool { return s.allows(u) || seesAll(u) }

// visibleWorkgroup finds a workgroup that the user may see; another is not there
// for them.
func (d *Definitions) visibleWorkgroup(u exec.UserInfo, name string) (*Setting, error) {
	seen := map[string]*Setting{}
	for _, s := range d.groups {
		if s.visible(u) {
			seen[s.Name] = s
		}
	}
	return find(seen, "workgroup", name)
}

// sees reports whether a budget may bind the user's own queries, or the user sees
// all.
func (d *Definitions) sees(u exec.UserInfo, b *Budget) bool {
	if seesAll(u) || b.EachUser || b.User == u.Name || b.Tag != "" {
		return true
	}
	s := d.groups[b.Workgroup]
	return s != nil && s.allows(u)
}

// VisibleUsage gives how much is used of the budgets that a user may see; of a
// budget for each user only their own use, unless they see all.
func (g *Governor) VisibleUsage(ctx context.Context, u exec.UserInfo) ([]Usage, error) {
	all, err := g.BudgetUsage(ctx)
	if err != nil || seesAll(u) {
		return all, err
	}
	d, err := g.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(x Usage) bool {
		return !d.sees(u, &x.Budget) || x.Budget.EachUser && x.Principal != x.Budget.principal(nil, u.Name, nil)
	}), nil
}
