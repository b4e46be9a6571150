package users

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Roles that are always there, as PostgreSQL has them (its documentation, chapter
// 22.5). Their members may do something; they themselves own nothing, cannot log
// in and cannot be changed.
const (
	ReadAllStats  = "pg_read_all_stats" // see other users' statements: history, activity
	SignalBackend = "pg_signal_backend" // cancel other users' statements
	Monitor       = "pg_monitor"        // is a member of ReadAllStats
)

// Predefined are the roles that are always there, with PostgreSQL's OIDs.
func Predefined() map[uint32]*User {
	role := func(name string, of ...string) *User {
		u := New(name)
		u.MemberOf = of
		return u
	}
	return map[uint32]*User{3373: role(Monitor, ReadAllStats), 3375: role(ReadAllStats), 4200: role(SignalBackend)}
}

// unchangeable refuses to change a predefined role.
func unchangeable(name string) error {
	if !strings.HasPrefix(name, "pg_") {
		return nil
	}
	return fault.New(fault.CodeReservedName, "role name %q is reserved", name).
		WithDetail("Cannot alter or drop reserved roles; GRANT and REVOKE them.")
}
