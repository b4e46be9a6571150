package pgcatalog

import (
	"maps"
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/users"
)

// role is a row of pg_roles: a role of the catalog, the owner of everything, or
// a user who was let in without being one of the catalog's.
type role struct {
	*users.User
	oid uint32
}

// owner is the role that owns what there is; nobody logs in as it unless a user
// has its name.
func owner() *users.User {
	u := users.New(ownerName)
	u.Superuser, u.CreateRole, u.CreateDB, u.BypassRLS, u.Login = true, true, true, true, true
	return u
}

// roles lists the roles: the owner first.
func (a *asking) roles() ([]role, error) {
	var all []*users.User
	if a.users != nil {
		var err error
		if all, err = a.users.Users(a.ctx); err != nil {
			return nil, err
		}
	}
	out := []role{{owner(), oidOwner}}
	known := a.user() == "" || a.user() == ownerName
	for _, u := range all {
		known = known || u.Name == a.user()
		if u.Name == ownerName {
			out[0].User = u
			continue
		}
		out = append(out, role{u, firstRole + uint32(u.ID)})
	}
	fixed := users.Predefined()
	for _, id := range slices.Sorted(maps.Keys(fixed)) {
		out = append(out, role{fixed[id], id})
	}
	if !known {
		guest := users.New(a.user())
		guest.Login, guest.Superuser = true, len(all) == 0
		out = append(out, role{guest, hashOID("role " + guest.Name)})
	}
	return out, nil
}

// roleFields are what relations show of a role, each under its own names.
func roleFields(password func(*role) types.Value) fields[role] {
	is := func(f func(*users.User) bool) func(*role) types.Value {
		return func(r *role) types.Value { return flag(f(r.User)) }
	}
	name := func(r *role) types.Value { return str(r.Name) }
	id := func(r *role) types.Value { return oid(r.oid) }
	super := is(func(u *users.User) bool { return u.Superuser })
	createDB := is(func(u *users.User) bool { return u.CreateDB })
	replication := is(func(u *users.User) bool { return u.Replication })
	bypass := is(func(u *users.User) bool { return u.BypassRLS })
	until := func(r *role) types.Value { return moment(r.ValidUntil) }
	config := func(r *role) types.Value { return roleConfig(r.User) }
	return fields[role]{
		"oid": id, "rolname": name, "rolsuper": super, "rolcreatedb": createDB, "rolreplication": replication, "rolbypassrls": bypass,
		"rolinherit":    is(func(u *users.User) bool { return u.Inherit }),
		"rolcreaterole": is(func(u *users.User) bool { return u.CreateRole }),
		"rolcanlogin":   is(func(u *users.User) bool { return u.Login }),
		"rolconnlimit":  func(r *role) types.Value { return num(int64(r.ConnLimit)) },
		"rolvaliduntil": until, "rolconfig": config, "rolpassword": password,
		"usename": name, "usesysid": id, "usesuper": super, "usecreatedb": createDB, "userepl": replication, "usebypassrls": bypass,
		"valuntil": until, "useconfig": config, "passwd": password,
		"role_name": name,
	}
}

// roleConfig is a role's settings as PostgreSQL keeps them: name=value.
func roleConfig(u *users.User) types.Value {
	var list []string
	for k, v := range u.Settings {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return orNone(words(types.TVarchar, list))
}

// hidden is what stands for a password where it is not shown.
func hidden(*role) types.Value { return str("********") }

// verifier shows the stored verifier, to superusers only.
func (a *asking) verifier(all []role) func(*role) types.Value {
	for _, r := range all {
		if r.Name == a.user() && r.Superuser {
			return func(r *role) types.Value { return orNull(r.Password) }
		}
	}
	return hidden
}

// roleRows shows roles in a relation: those for which keep is true (nil: all).
func roleRows(schema, name string, secrets bool, keep func(a *asking, r *role) bool) rowsFunc {
	return func(a *asking) (rowSet, error) {
		all, err := a.roles()
		if err != nil {
			return rowSet{}, err
		}
		password := hidden
		if secrets {
			password = a.verifier(all)
		}
		var out []role
		for i := range all {
			if keep == nil || keep(a, &all[i]) {
				out = append(out, all[i])
			}
		}
		return show(a.byName[schema][name], out, roleFields(password)), nil
	}
}

func mayLogIn(_ *asking, r *role) bool { return r.Login }

func isReader(a *asking, r *role) bool { return r.Name == a.user() }

// membership is a row of pg_auth_members.
type membership struct {
	role, member uint32
	roleName     string
	memberName   string
	admin        bool
}

func (a *asking) memberships() ([]membership, error) {
	all, err := a.roles()
	if err != nil {
		return nil, err
	}
	byName := map[string]uint32{}
	for _, r := range all {
		byName[r.Name] = r.oid
	}
	var out []membership
	for _, r := range all {
		for _, of := range r.MemberOf {
			out = append(out, membership{byName[of], r.oid, of, r.Name, slices.Contains(r.AdminOf, of)})
		}
	}
	return out, nil
}

// memberRows shows memberships: all of them, or those of the reader.
func memberRows(schema, name string, own bool) rowsFunc {
	return func(a *asking) (rowSet, error) {
		list, err := a.memberships()
		if err != nil {
			return rowSet{}, err
		}
		if own {
			list = slices.DeleteFunc(list, func(m membership) bool { return m.memberName != a.user() })
		}
		return show(a.byName[schema][name], list, fields[membership]{
			"roleid":       func(m *membership) types.Value { return oid(m.role) },
			"member":       func(m *membership) types.Value { return oid(m.member) },
			"grantor":      constant[membership](oid(oidOwner)),
			"admin_option": func(m *membership) types.Value { return flag(m.admin) },
			"grantee":      func(m *membership) types.Value { return str(m.memberName) },
			"role_name":    func(m *membership) types.Value { return str(m.roleName) },
			"is_grantable": func(m *membership) types.Value { return yesNo(m.admin) },
		}), nil
	}
}

// zoneRows shows the time zones at the present moment.
func zoneRows(a *asking) (rowSet, error) {
	type zone struct {
		name, abbrev string
		offset       int
		dst          bool
	}
	now := time.Now()
	var out []zone
	for _, f := range lines(zonesTSV) {
		loc, err := time.LoadLocation(f[0])
		if err != nil {
			continue // not one that Glaux knows
		}
		t := now.In(loc)
		abbrev, offset := t.Zone()
		out = append(out, zone{f[0], abbrev, offset, t.IsDST()})
	}
	return show(a.byName[schemaPG]["pg_timezone_names"], out, fields[zone]{
		"name":   func(z *zone) types.Value { return str(z.name) },
		"abbrev": func(z *zone) types.Value { return str(z.abbrev) },
		"utc_offset": func(z *zone) types.Value {
			return types.Value{Interval: types.IntervalValue{Micros: int64(z.offset) * 1e6}}
		},
		"is_dst": func(z *zone) types.Value { return flag(z.dst) },
	}), nil
}
