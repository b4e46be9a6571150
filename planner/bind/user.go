package bind

import (
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// role binds the statements about roles; nil for others.
func (b *binder) role(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.CreateRole:
		return b.createRole(s)
	case *ast.AlterRole:
		out := &plan.AlterRole{Name: b.roleName(s.Name)}
		return out, b.roleChange(&out.Change, s.Options)
	case *ast.SetRoleDefault:
		set, err := b.set(s.Set)
		if err != nil {
			return nil, err
		}
		return &plan.SetRoleDefault{Name: b.roleName(s.Name), Set: set.(*plan.Set)}, nil
	case *ast.RenameRole:
		return &plan.RenameRole{Name: s.Name.Name, To: s.To.Name}, nil
	case *ast.DropRole:
		for _, n := range s.Names {
			if n.Special != "" {
				return nil, b.fail(n.Pos, fault.CodeInvalidParameter, "cannot use special role specifier in DROP ROLE")
			}
		}
		return &plan.DropRole{Names: b.roleNames(s.Names), IfExists: s.IfExists}, nil
	case *ast.GrantRole:
		return &plan.GrantRole{Revoke: s.Revoke, Admin: s.Admin, Group: s.Group, Roles: b.roleNames(s.Roles), To: b.roleNames(s.To)}, nil
	}
	return nil, nil
}

func (b *binder) roleName(n ast.RoleName) string {
	switch n.Special {
	case "current_user":
		return b.s.User
	case "session_user":
		return b.s.SessionUser
	}
	return n.Name
}

func (b *binder) roleNames(names []ast.RoleName) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = b.roleName(n)
	}
	return out
}

func (b *binder) createRole(s *ast.CreateRole) (plan.Statement, error) {
	out := &plan.CreateRole{Name: s.Name.Name}
	login := s.Kind == "user"
	out.Change.Login = &login
	for _, o := range s.Options {
		switch o.Name {
		case "inrole":
			out.In = b.roleNames(o.Roles)
		case "role":
			out.Members = b.roleNames(o.Roles)
		case "admin":
			out.Admins = b.roleNames(o.Roles)
		case "sysid":
			out.Sysid = true
		}
	}
	return out, b.roleChange(&out.Change, s.Options)
}

// roleChange binds the options that are attributes.
func (b *binder) roleChange(c *plan.RoleChange, opts []ast.RoleOption) error {
	flags := map[string]**bool{"superuser": &c.Superuser, "createrole": &c.CreateRole, "createdb": &c.CreateDB, "inherit": &c.Inherit,
		"login": &c.Login, "replication": &c.Replication, "bypassrls": &c.BypassRLS}
	for _, o := range opts {
		if f := flags[o.Name]; f != nil {
			*f = &o.On
			continue
		}
		switch o.Name {
		case "password":
			if c.NoPassword = o.Null; !o.Null {
				c.Password = &o.Text
			}
		case "connectionlimit":
			c.ConnLimit = &o.Number
		case "validuntil":
			t, err := b.validUntil(o)
			if err != nil {
				return err
			}
			c.ValidUntil = &t
		}
	}
	return nil
}

// validUntil reads a time in the session's zone; infinity is the zero time.
func (b *binder) validUntil(o ast.RoleOption) (time.Time, error) {
	v, err := types.ParseValue(o.Text, types.TTimestampTZ, b.s.TimeZone)
	switch {
	case err != nil:
		return time.Time{}, b.located(err, o.Pos)
	case v.I == types.TimeInfinity:
		return time.Time{}, nil
	case v.I == types.TimeMinusInfinity:
		return time.Unix(0, 0).UTC(), nil
	}
	return time.UnixMicro(v.I).UTC(), nil
}
