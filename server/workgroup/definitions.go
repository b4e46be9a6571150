package workgroup

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Definitions are all workgroups and budgets at one moment. Immutable, and so is
// what they point at.
type Definitions struct {
	groups  map[string]*Setting // primary is always there
	budgets map[string]*Budget
	byUser  map[string]string // user -> the workgroup whose Users name it
	stamp   int64             // the version of the counting document
}

// Workgroups gives every workgroup by name.
func (d *Definitions) Workgroups() []*Setting {
	return sortedValues(d.groups, func(s *Setting) string { return s.Name })
}

// Budgets gives every budget by name.
func (d *Definitions) Budgets() []*Budget {
	return sortedValues(d.budgets, func(b *Budget) string { return b.Name })
}

func sortedValues[T any](m map[string]*T, name func(*T) string) []*T {
	return slices.SortedFunc(maps.Values(m), func(a, b *T) int { return cmp.Compare(name(a), name(b)) })
}

// Workgroup finds a workgroup by its exact name; 42704 with the nearest name.
func (d *Definitions) Workgroup(name string) (*Setting, error) {
	return find(d.groups, "workgroup", name)
}

// Budget finds a budget by its exact name; 42704 with the nearest name.
func (d *Definitions) Budget(name string) (*Budget, error) { return find(d.budgets, "budget", name) }

func find[T any](in map[string]*T, what, name string) (*T, error) {
	if x := in[name]; x != nil {
		return x, nil
	}
	e := fault.New(fault.CodeUndefinedObject, "%s %q does not exist", what, clip(name))
	names := slices.Sorted(maps.Keys(in))
	if near := fault.Nearest(name, names); near != "" {
		return nil, e.WithHint("Did you mean %q?", near)
	}
	if len(names) > 0 && len(names) <= maxNamesInHint {
		return nil, e.WithHint("There are: %s.", strings.Join(names, ", "))
	}
	return nil, e
}

// maxNamesInHint is how many names a hint lists.
const maxNamesInHint = 20

// complete adds primary and the index of users.
func (d *Definitions) complete() {
	if d.groups[Primary] == nil {
		d.groups[Primary] = &Setting{Name: Primary, State: Enabled}
	}
	d.byUser = map[string]string{}
	for _, s := range d.groups {
		for _, u := range s.Users {
			d.byUser[u] = s.Name
		}
	}
}

// check refuses definitions that contradict each other.
func (d *Definitions) check() error {
	folded, users := map[string]string{}, map[string]string{}
	for _, s := range d.Workgroups() {
		if other, ok := folded[strings.ToLower(s.Name)]; ok {
			return fault.New(fault.CodeDuplicateObject, "the names of workgroups %q and %q differ in nothing but case", other, s.Name)
		}
		folded[strings.ToLower(s.Name)] = s.Name
		for _, u := range s.Users {
			if other, ok := users[u]; ok {
				return fault.New(fault.CodeDuplicateObject, "workgroup %q cannot be the default of user %q: workgroup %q is", s.Name, u, other).
					WithHint("A user has one default. Let the user choose the other with ADD USER without AS DEFAULT (allow_users).")
			}
			users[u] = s.Name
		}
	}
	for _, b := range d.Budgets() {
		if b.Workgroup != "" && d.groups[b.Workgroup] == nil {
			_, err := d.Workgroup(b.Workgroup)
			return err
		}
	}
	return nil
}

// sqlName writes a name as SQL takes it.
func sqlName(name string) string { return types.QuoteIdent(name) }
