package users

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// edit begins a change of these roles.
func (r *Roles) edit(now time.Time) *Edit {
	return &Edit{now: now, changed: map[string]*User{}, Roles: &Roles{sorted: slices.Clone(r.sorted), byName: maps.Clone(r.byName),
		last: r.last, stamp: r.stamp}}
}

// put replaces or adds a role.
func (e *Edit) put(u *User) {
	e.changed[u.Name], e.byName[u.Name] = u, u
	i, found := slices.BinarySearchFunc(e.sorted, u.Name, func(a *User, name string) int { return cmp.Compare(a.Name, name) })
	if found {
		e.sorted[i] = u
		return
	}
	e.sorted = slices.Insert(e.sorted, i, u)
}

func (e *Edit) remove(name string) {
	e.changed[name] = nil
	delete(e.byName, name)
	e.sorted = slices.DeleteFunc(e.sorted, func(u *User) bool { return u.Name == name })
}

// Create adds a role. Its memberships are checked as Grant does.
func (e *Edit) Create(u *User) (*User, error) {
	if err := cmp.Or(CheckName(u.Name), u.check()); err != nil {
		return nil, err
	}
	if e.Find(u.Name) != nil {
		return nil, fault.New(fault.CodeDuplicateObject, "role %q already exists", u.Name)
	}
	n := u.Clone()
	e.last++
	n.ID, n.Created, n.MemberOf, n.AdminOf = e.last, e.now, nil, nil
	e.put(n)
	for _, role := range u.MemberOf {
		if _, err := e.Grant(role, u.Name, slices.Contains(u.AdminOf, role)); err != nil {
			return nil, err
		}
	}
	return e.Find(u.Name), nil
}

// own gives a role that may be changed.
func (e *Edit) own(name string) (*User, error) {
	u, err := e.Get(name)
	if err == nil {
		err = unchangeable(name)
	}
	return u, err
}

// Alter changes a role but for its name, ID and memberships.
func (e *Edit) Alter(name string, change func(*User) error) error {
	u, err := e.own(name)
	if err != nil {
		return err
	}
	n := u.Clone()
	if err := change(n); err != nil {
		return err
	}
	n.ID, n.Name, n.Created, n.MemberOf, n.AdminOf = u.ID, u.Name, u.Created, u.MemberOf, u.AdminOf
	if err := n.check(); err != nil {
		return err
	}
	e.put(n)
	return nil
}

// Rename gives a role another name.
func (e *Edit) Rename(from, to string) error {
	u, err := e.own(from)
	if err != nil {
		return err
	}
	if err := CheckName(to); err != nil {
		return err
	}
	if e.Find(to) != nil {
		return fault.New(fault.CodeDuplicateObject, "role %q already exists", to)
	}
	n := u.Clone()
	n.Name = to
	if v, err := ParseVerifier(n.Password); err == nil && v.Method == MD5 {
		n.Password = ""
	}
	for _, m := range e.Members(from) {
		c := m.Clone()
		renamed(c.MemberOf, from, to)
		renamed(c.AdminOf, from, to)
		e.put(c)
	}
	e.remove(from)
	e.put(n)
	e.renamed = append(e.renamed, [2]string{from, to})
	return nil
}

func renamed(names []string, from, to string) {
	if i := slices.Index(names, from); i >= 0 {
		names[i] = to
		slices.Sort(names)
	}
}

// Drop removes a role and the memberships in it.
func (e *Edit) Drop(name string) error {
	if _, err := e.own(name); err != nil {
		return err
	}
	for _, m := range e.Members(name) {
		e.put(without(m.Clone(), name))
	}
	e.remove(name)
	e.dropped = append(e.dropped, name)
	return nil
}

func without(u *User, role string) *User {
	is := func(s string) bool { return s == role }
	u.MemberOf, u.AdminOf = slices.DeleteFunc(u.MemberOf, is), slices.DeleteFunc(u.AdminOf, is)
	return u
}

// Grant makes member a member of role; already is true if it was one and nothing
// changed.
func (e *Edit) Grant(role, member string, admin bool) (already bool, err error) {
	if _, err := e.Get(role); err != nil {
		return false, err
	}
	m, err := e.own(member)
	if err != nil {
		return false, err
	}
	if e.IsMember(role, member) {
		return false, fault.New(fault.CodeInvalidGrant, "role %q is a member of role %q", role, member)
	}
	if slices.Contains(m.MemberOf, role) && (!admin || slices.Contains(m.AdminOf, role)) {
		return true, nil
	}
	n := m.Clone()
	n.MemberOf = added(n.MemberOf, role)
	if admin {
		n.AdminOf = added(n.AdminOf, role)
	}
	e.put(n)
	return false, nil
}

func added(names []string, name string) []string {
	i, found := slices.BinarySearchFunc(names, name, strings.Compare)
	if found {
		return names
	}
	return slices.Insert(names, i, name)
}

// Revoke ends a membership, or with adminOnly the right to grant it; was is false
// if there was none and nothing changed.
func (e *Edit) Revoke(role, member string, adminOnly bool) (was bool, err error) {
	if _, err := e.Get(role); err != nil {
		return false, err
	}
	m, err := e.Get(member)
	if err != nil {
		return false, err
	}
	if !slices.Contains(m.MemberOf, role) {
		return false, nil
	}
	n := m.Clone()
	if adminOnly {
		n.AdminOf = slices.DeleteFunc(n.AdminOf, func(s string) bool { return s == role })
	} else {
		without(n, role)
	}
	e.put(n)
	return true, nil
}
