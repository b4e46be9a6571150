package ast

import "strconv"

// RoleName names a role: by its name, or as CURRENT_USER and its kin.
type RoleName struct {
	Ident
	Special string // "current_user", "session_user"; "": by name
}

// RoleOption is one of CREATE ROLE and ALTER ROLE. Name tells which fields count:
//
//	superuser createrole createdb inherit login replication bypassrls   On
//	password                                                            Text, Null
//	validuntil                                                          Text
//	connectionlimit sysid                                               Number
//	inrole role admin                                                   Roles
type RoleOption struct {
	At
	Name   string
	On     bool
	Null   bool
	Text   string // of a password: as it was written, for the binder alone
	Number int
	Roles  []RoleName
}

// The statements about roles.
type (
	// CreateRole is CREATE ROLE | USER | GROUP.
	CreateRole struct {
		stmtNode
		Kind    string // "role", "user", "group"
		Name    RoleName
		Options []RoleOption
	}
	// AlterRole is ALTER ROLE | USER with options.
	AlterRole struct {
		stmtNode
		Name    RoleName
		Options []RoleOption
	}
	// SetRoleDefault is ALTER ROLE name SET | RESET setting; Set's name is "all" for
	// RESET ALL.
	SetRoleDefault struct {
		stmtNode
		Name RoleName
		Set  *Set
	}
	// RenameRole is ALTER ROLE | USER | GROUP name RENAME TO name.
	RenameRole struct {
		stmtNode
		Name Ident
		To   Ident
	}
	// DropRole is DROP ROLE | USER | GROUP.
	DropRole struct {
		stmtNode
		IfExists bool
		Names    []RoleName
	}
	// GrantRole is GRANT role TO role, REVOKE role FROM role, and ALTER GROUP ADD |
	// DROP USER.
	GrantRole struct {
		stmtNode
		Revoke bool
		Admin  bool // WITH ADMIN OPTION, ADMIN OPTION FOR
		Group  bool // it is ALTER GROUP
		Roles  []RoleName
		To     []RoleName
	}
)

func (p *printer) roleName(n RoleName) {
	if n.Special != "" {
		p.s(n.Special)
		return
	}
	p.ident(n.Ident)
}

func (p *printer) roleNames(names []RoleName) {
	p.list(len(names), func(i int) { p.roleName(names[i]) })
}

// roleStmt prints statements about roles; false for others.
func (p *printer) roleStmt(s Stmt) bool {
	switch s := s.(type) {
	case *CreateRole:
		p.s("create ", s.Kind, " ")
		p.roleName(s.Name)
		p.roleOptions(s.Options)
	case *AlterRole:
		p.s("alter role ")
		p.roleName(s.Name)
		p.roleOptions(s.Options)
	case *SetRoleDefault:
		p.s("alter role ")
		p.roleName(s.Name)
		p.s(" ")
		p.set(s.Set)
	case *RenameRole:
		p.s("alter role ")
		p.ident(s.Name)
		p.s(" rename to ")
		p.ident(s.To)
	case *DropRole:
		p.s("drop role ")
		p.opt(s.IfExists, "if exists ")
		p.roleNames(s.Names)
	case *GrantRole:
		p.grantRole(s)
	default:
		return false
	}
	return true
}

func (p *printer) grantRole(s *GrantRole) {
	switch {
	case s.Group:
		p.s("alter group ")
		p.roleNames(s.Roles)
		p.s(map[bool]string{false: " add user ", true: " drop user "}[s.Revoke])
		p.roleNames(s.To)
	case s.Revoke:
		p.s("revoke ")
		p.opt(s.Admin, "admin option for ")
		p.roleNames(s.Roles)
		p.s(" from ")
		p.roleNames(s.To)
	default:
		p.s("grant ")
		p.roleNames(s.Roles)
		p.s(" to ")
		p.roleNames(s.To)
		p.opt(s.Admin, " with admin option")
	}
}

func (p *printer) roleOptions(opts []RoleOption) {
	for _, o := range opts {
		p.s(" ")
		switch o.Name {
		case "password":
			p.s("password ")
			if o.Null {
				p.s("null")
			} else {
				p.str(o.Text)
			}
		case "validuntil":
			p.s("valid until ")
			p.str(o.Text)
		case "connectionlimit":
			p.s("connection limit ", strconv.Itoa(o.Number))
		case "sysid":
			p.s("sysid ", strconv.Itoa(o.Number))
		case "inrole", "role", "admin":
			p.s(map[string]string{"inrole": "in role", "role": "role", "admin": "admin"}[o.Name], " ")
			p.roleNames(o.Roles)
		default:
			p.opt(!o.On, "no")
			p.s(o.Name)
		}
	}
}
