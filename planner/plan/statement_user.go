package plan

import "time"

// RoleChange is what the options of a role say; what they do not mention is nil.
type RoleChange struct {
	Superuser, CreateRole, CreateDB, Inherit, Login, Replication, BypassRLS *bool

	ConnLimit  *int
	Password   *string    // in clear text or a verifier
	NoPassword bool       // PASSWORD NULL
	ValidUntil *time.Time // the zero time: forever
}

// The statements about roles. CURRENT_USER and its kin have become names.
type (
	CreateRole struct {
		Name            string
		Change          RoleChange
		In              []string // what it becomes a member of
		Members, Admins []string // who become its members
		Sysid           bool     // SYSID was given, which means nothing
	}
	AlterRole struct {
		Name   string
		Change RoleChange
	}
	SetRoleDefault struct {
		Name string
		Set  *Set // Name "all" and Default: RESET ALL
	}
	RenameRole struct{ Name, To string }
	DropRole   struct {
		Names    []string
		IfExists bool
	}
	// GrantRole adds members To to Roles or, with Revoke, takes them out; with Admin
	// it is about the right to grant the roles to others.
	GrantRole struct {
		Revoke, Admin bool
		Group         bool // spelled as ALTER GROUP
		Roles, To     []string
	}
)

// Tag implements Statement.
func (*CreateRole) Tag() string { return "CREATE ROLE" }

// Tag implements Statement.
func (*AlterRole) Tag() string { return "ALTER ROLE" }

// Tag implements Statement.
func (*SetRoleDefault) Tag() string { return "ALTER ROLE" }

// Tag implements Statement.
func (*RenameRole) Tag() string { return "ALTER ROLE" }

// Tag implements Statement.
func (*DropRole) Tag() string { return "DROP ROLE" }

// Tag implements Statement.
func (g *GrantRole) Tag() string {
	switch {
	case g.Group:
		return "ALTER ROLE"
	case g.Revoke:
		return "REVOKE ROLE"
	}
	return "GRANT ROLE"
}
