package users

import (
	"maps"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Roles are all roles at one moment. Immutable.
type Roles struct {
	sorted []*User
	byName map[string]*User
	last   int64 // the last ID that was given
	stamp  int64 // the version of the counting document
}

// All gives every role by name but the predefined ones. The slice is shared: do not change it.
func (r *Roles) All() []*User { return r.sorted }

// Find gives a role, nil if there is none.
func (r *Roles) Find(name string) *User { return r.byName[name] }

// ByID gives the role with an ID, nil if there is none.
func (r *Roles) ByID(id int64) *User {
	for _, u := range r.sorted {
		if u.ID == id {
			return u
		}
	}
	return nil
}

// Get gives a role; 42704, with the nearest name, if there is none.
func (r *Roles) Get(name string) (*User, error) {
	if u := r.byName[name]; u != nil {
		return u, nil
	}
	e := fault.New(fault.CodeUndefinedObject, "role %q does not exist", name)
	names := slices.Collect(maps.Keys(r.byName))
	slices.Sort(names)
	if near := fault.Nearest(name, names); near != "" {
		return nil, e.WithHint("Did you mean %q?", near)
	}
	return nil, e
}

// IsMember reports whether a role is another one or a member of it, directly or
// through others. Superusers are no exception here.
func (r *Roles) IsMember(member, role string) bool {
	return r.reaches(member, role, func(*User) bool { return true })
}

// Inherits is IsMember over those memberships whose rights a session has without
// SET ROLE: those of roles that inherit.
func (r *Roles) Inherits(member, role string) bool {
	return r.reaches(member, role, func(u *User) bool { return u.Inherit })
}

func (r *Roles) reaches(from, to string, through func(*User) bool) bool {
	seen := map[string]bool{}
	for todo := []string{from}; len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if name == to {
			return true
		}
		if u := r.byName[name]; u != nil && !seen[name] && through(u) {
			todo = append(todo, u.MemberOf...)
		}
		seen[name] = true
	}
	return false
}

// MembershipsOf lists the roles that a role is a member of, directly or through
// others, the nearest first.
func (r *Roles) MembershipsOf(member string) []string {
	var out []string
	u := r.byName[member]
	if u == nil {
		return nil
	}
	out = append(out, u.MemberOf...)
	for i := 0; i < len(out); i++ {
		if u := r.byName[out[i]]; u != nil {
			for _, name := range u.MemberOf {
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// MayGrant reports whether a role may grant another one: it is a member with the
// admin option, directly or through a role that is.
func (r *Roles) MayGrant(member, role string) bool {
	for _, u := range r.sorted {
		if slices.Contains(u.AdminOf, role) && r.IsMember(member, u.Name) {
			return true
		}
	}
	return false
}

// Members gives the direct members of a role, by name.
func (r *Roles) Members(role string) []*User {
	var out []*User
	for _, u := range r.sorted {
		if slices.Contains(u.MemberOf, role) {
			out = append(out, u)
		}
	}
	return out
}
