package workgroup

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
)

// FollowRoles is the users.Follower of a governor: members of workgroups and users
// of budgets get a role's new name with it. A role that one of them names cannot be
// dropped (2BP01), as in PostgreSQL one with privileges cannot: a workgroup that
// loses its last member would be open to all, and a new role of the old name would
// be in it.
func (g *Governor) FollowRoles(ctx context.Context, change *users.Edit) ([]catalog.Document, error) {
	if g.store == nil {
		return nil, nil
	}
	d, err := g.store.Definitions(ctx)
	if err != nil {
		return nil, err
	}
	e := d.edit()
	for _, names := range change.Renamed() {
		e.renameRole(names[0], names[1])
	}
	for _, name := range change.Dropped() {
		if err := e.dependsOn(name); err != nil {
			return nil, err
		}
	}
	if len(e.changedGroups)+len(e.changedBudgets) == 0 {
		return nil, nil
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	return e.documents()
}

// members gives the lists of a workgroup that name roles, with the word that
// removes a name from them.
func (s *Setting) members() map[string][]*[]string {
	return map[string][]*[]string{"USER": {&s.Users, &s.AllowUsers}, "GROUP": {&s.Groups, &s.AllowGroups}}
}

func (e *Edit) renameRole(from, to string) {
	for _, old := range e.Workgroups() {
		s, changed := *old, false
		for _, lists := range s.members() {
			for _, list := range lists {
				i := slices.Index(*list, from)
				if i < 0 {
					continue
				}
				names := slices.Clone(*list)
				names[i] = to
				slices.Sort(names) // as Validate leaves them
				*list, changed = slices.Compact(names), true
			}
		}
		if changed {
			e.PutWorkgroup(&s)
		}
	}
	for _, old := range e.Budgets() {
		if old.User == from {
			b := *old
			b.User = to
			e.PutBudget(&b)
		}
	}
}

// dependsOn refuses to drop a role that definitions name.
func (e *Edit) dependsOn(role string) error {
	var what, how []string
	for _, s := range e.Workgroups() {
		lists := s.members()
		for _, kind := range []string{"USER", "GROUP"} {
			if slices.ContainsFunc(lists[kind], func(l *[]string) bool { return slices.Contains(*l, role) }) {
				what = append(what, `member of workgroup "`+s.Name+`"`)
				how = append(how, "ALTER WORKGROUP "+sqlName(s.Name)+" DROP "+kind+" "+sqlName(role)+";")
			}
		}
	}
	for _, b := range e.Budgets() {
		if b.User == role {
			what, how = append(what, `budget "`+b.Name+`"`), append(how, "DROP BUDGET "+sqlName(b.Name)+";")
		}
	}
	if what == nil {
		return nil
	}
	return fault.New(fault.CodeDependentObjects, "role %q cannot be dropped because some objects depend on it", role).
		WithDetail("%s", strings.Join(what, "\n")).WithHint("%s", strings.Join(how, " "))
}
