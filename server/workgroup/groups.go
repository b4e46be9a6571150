package workgroup

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
)

// Apply replaces the workgroups. Queries that run keep the limits they began with.
func (g *Governor) Apply(settings []Setting) error {
	groups, byUser := map[string]*Setting{}, map[string]string{}
	for _, s := range settings {
		if err := s.Validate(); err != nil {
			return err
		}
		if groups[s.Name] != nil {
			return fault.New(fault.CodeDuplicateObject, "workgroup %q is defined twice", s.Name)
		}
		groups[s.Name] = &s
		for _, u := range s.Users {
			if other, ok := byUser[u]; ok {
				return fault.New(fault.CodeDuplicateObject, "user %q is in the workgroups %q and %q", u, other, s.Name)
			}
			byUser[u] = s.Name
		}
	}
	if groups[Primary] == nil {
		groups[Primary] = &Setting{Name: Primary, State: Enabled}
	}
	g.mu.Lock()
	g.groups, g.byUser = groups, byUser
	g.queues.apply(groups) // inside: two changes must not pass each other
	g.mu.Unlock()
	return nil
}

// Settings gives the workgroups by name.
func (g *Governor) Settings() []Setting {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := make([]Setting, 0, len(g.groups))
	for _, s := range g.groups {
		out = append(out, *s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// choose gives the workgroup that a session has named, else the user's own: that
// whose users name it, else that whose groups do (the first by name, if several
// do), else primary.
func (g *Governor) choose(u exec.UserInfo, name string) (*Setting, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if name == "" {
		name = g.defaultOf(u)
		if s := g.groups[name]; s.allows(u) {
			return s, nil
		}
		return nil, fault.New(fault.CodeInsufficientPriv, "user %q is in no workgroup", u.Name).WithHint("%s", g.choices(u))
	}
	s, err := find(g.groups, "workgroup", name)
	if err != nil || s.allows(u) {
		return s, err
	}
	return nil, fault.New(fault.CodeInsufficientPriv, "permission denied for workgroup %q", name).WithHint("%s", g.choices(u))
}

func (g *Governor) defaultOf(u exec.UserInfo) string {
	if name, ok := g.byUser[u.Name]; ok {
		return name
	}
	best := ""
	for _, s := range g.groups {
		if (best == "" || s.Name < best) && intersect(s.Groups, u.Roles) {
			best = s.Name
		}
	}
	return cmp.Or(best, Primary)
}

// choices tells a user what to do.
func (g *Governor) choices(u exec.UserInfo) string {
	var names []string
	for _, s := range g.groups {
		if s.allows(u) && s.State == Enabled {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return "Ask an administrator to add you: ALTER WORKGROUP ... ADD USER " + sqlName(u.Name) + "."
	}
	slices.Sort(names)
	return "Choose one with SET workgroup: " + strings.Join(names[:min(len(names), maxNamesInHint)], ", ") + "."
}

// allows reports whether a user may choose the workgroup: superusers, its members,
// and everybody if it names nobody.
func (s *Setting) allows(u exec.UserInfo) bool {
	switch {
	case u.Superuser, s.open():
		return true
	case slices.Contains(s.Users, u.Name), slices.Contains(s.AllowUsers, u.Name):
		return true
	}
	return intersect(s.Groups, u.Roles) || intersect(s.AllowGroups, u.Roles)
}

// open reports whether the workgroup names nobody.
func (s *Setting) open() bool {
	return len(s.Users)+len(s.Groups)+len(s.AllowUsers)+len(s.AllowGroups) == 0
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
