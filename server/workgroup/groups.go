package workgroup

import (
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

// choose gives the session's workgroup, else the user's, else primary.
func (g *Governor) choose(u exec.UserInfo, name string) (*Setting, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if name == "" {
		name = g.byUser[u.Name]
	}
	if name == "" {
		name = Primary
	}
	if s := g.groups[name]; s != nil {
		return s, nil
	}
	names := make([]string, 0, len(g.groups))
	for n := range g.groups {
		names = append(names, n)
	}
	sort.Strings(names)
	e := fault.New(fault.CodeUndefinedObject, "workgroup %q does not exist", name)
	if near := fault.Nearest(name, names); near != "" {
		return nil, e.WithHint("Did you mean %q?", near)
	}
	return nil, e.WithHint("Workgroups: %s.", strings.Join(names, ", "))
}
