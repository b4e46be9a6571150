package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/planner/plan"
)

// roleChange is a statement about roles that is being done: who does it, and what
// is told besides.
type roleChange struct {
	me, login  string // the current user, and the session's
	super      bool
	createRole bool
	notices    []*fault.Error
}

// roleCommand runs statements about roles. As all changes of the catalog they are
// done at once and stay after ROLLBACK.
func (s *Session) roleCommand(ctx context.Context, stmt plan.Statement) (*Result, bool, error) {
	var do func(c *roleChange, e *users.Edit) error
	switch stmt := stmt.(type) {
	case *plan.CreateRole:
		do = func(c *roleChange, e *users.Edit) error { return c.create(e, stmt) }
	case *plan.AlterRole:
		do = func(c *roleChange, e *users.Edit) error { return c.alter(e, stmt) }
	case *plan.SetRoleDefault:
		do = func(c *roleChange, e *users.Edit) error {
			if err := c.setDefault(e, stmt); err != nil {
				return err
			}
			for set := stmt.Set; set != nil; set = set.Also {
				if strings.EqualFold(set.Name, "workgroup") {
					return s.doubtWorkgroup(ctx, c, e.Find(stmt.Name))
				}
			}
			return nil
		}
	case *plan.RenameRole:
		do = func(c *roleChange, e *users.Edit) error { return c.rename(e, stmt) }
	case *plan.DropRole:
		do = func(c *roleChange, e *users.Edit) error { return c.drop(e, stmt) }
	case *plan.GrantRole:
		do = func(c *roleChange, e *users.Edit) error { return c.grant(e, stmt) }
	default:
		return nil, false, nil
	}
	r, err := s.changeRoles(ctx, stmt.Tag(), do)
	return r, true, err
}

func (s *Session) changeRoles(ctx context.Context, tag string, do func(*roleChange, *users.Edit) error) (*Result, error) {
	if s.e.o.Users == nil {
		return nil, fault.New(fault.CodeFeatureNotSupported, "%s is not supported: this catalog keeps no roles", tag)
	}
	super, err := s.isSuperuser(ctx, s.currentUser())
	if err != nil {
		return nil, err
	}
	end, err := s.e.begin()
	if err != nil {
		return nil, err
	}
	defer end()
	var c roleChange
	err = s.e.o.Users.Change(ctx, func(e *users.Edit) error {
		c = roleChange{me: s.currentUser(), login: s.sessionUser(), super: super}
		u := e.Find(c.me)
		c.createRole = super || u != nil && u.CreateRole
		return do(&c, e)
	})
	if err != nil {
		return nil, err
	}
	s.told = "" // is_superuser may have changed
	s.tellUser()
	return done(tag, c.notices...), nil
}

func denied(format string, args ...any) error {
	return fault.New(fault.CodeInsufficientPriv, format, args...)
}

func (c *roleChange) note(code fault.Code, format string, args ...any) {
	c.notices = append(c.notices, fault.New(code, format, args...))
}

func (c *roleChange) create(e *users.Edit, stmt *plan.CreateRole) error {
	ch := &stmt.Change
	switch {
	case c.super:
	case is(ch.Superuser):
		return denied("must be superuser to create superusers")
	case is(ch.Replication):
		return denied("must be superuser to create replication users")
	case is(ch.BypassRLS):
		return denied("must be superuser to create bypassrls users")
	case !c.createRole:
		return denied("permission denied to create role")
	}
	if stmt.Sysid {
		c.note(fault.CodeSuccess, "SYSID can no longer be specified")
	}
	u := users.New(stmt.Name)
	if err := c.apply(u, ch); err != nil {
		return err
	}
	if _, err := e.Create(u); err != nil {
		return err
	}
	for _, g := range []struct {
		roles, members []string
		admin          bool
	}{{stmt.In, []string{u.Name}, false}, {[]string{u.Name}, stmt.Admins, true}, {[]string{u.Name}, stmt.Members, false}} {
		if err := c.addMembers(e, g.roles, g.members, g.admin); err != nil {
			return err
		}
	}
	return nil
}

func is(b *bool) bool { return b != nil && *b }

// apply makes the change to a role. A password becomes a SCRAM verifier.
func (c *roleChange) apply(u *users.User, ch *plan.RoleChange) error {
	for _, f := range []struct {
		to   *bool
		from *bool
	}{{&u.Superuser, ch.Superuser}, {&u.CreateRole, ch.CreateRole}, {&u.CreateDB, ch.CreateDB}, {&u.Inherit, ch.Inherit},
		{&u.Login, ch.Login}, {&u.Replication, ch.Replication}, {&u.BypassRLS, ch.BypassRLS}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if ch.ConnLimit != nil {
		u.ConnLimit = *ch.ConnLimit
	}
	if ch.ValidUntil != nil {
		u.ValidUntil = *ch.ValidUntil
	}
	if ch.NoPassword {
		u.Password = ""
	}
	if ch.Password != nil {
		return c.setPassword(u, *ch.Password)
	}
	return nil
}

func (c *roleChange) setPassword(u *users.User, password string) (err error) {
	v, _ := users.ParseVerifier(password) // of a password it gives none
	switch {
	case password == "" || v.Matches(u.Name, ""): // psql encrypts an empty one, too
		u.Password = ""
		c.note(fault.CodeSuccess, "empty string is not a valid password, clearing password")
	case v.Method != users.NoPassword:
		u.Password = password
	default:
		u.Password, err = users.NewVerifier(password)
	}
	return err
}

// mayAlter refuses changes that the user may not make: of superusers only superusers
// may, of others those that may create roles; everybody may change his own password.
func (c *roleChange) mayAlter(u *users.User, ch *plan.RoleChange) error {
	own := *ch
	own.Password, own.NoPassword = nil, false
	switch {
	case c.super:
		return nil
	case u.Superuser || ch.Superuser != nil:
		return denied("must be superuser to alter superuser roles or change superuser attribute")
	case u.Replication || ch.Replication != nil:
		return denied("must be superuser to alter replication roles or change replication attribute")
	case ch.BypassRLS != nil:
		return denied("must be superuser to change bypassrls attribute")
	case c.createRole, own == (plan.RoleChange{}) && *ch != own && u.Name == c.me:
		return nil
	}
	return denied("permission denied")
}

func (c *roleChange) alter(e *users.Edit, stmt *plan.AlterRole) error {
	u, err := e.Get(stmt.Name)
	if err != nil {
		return err
	}
	if err := c.mayAlter(u, &stmt.Change); err != nil {
		return err
	}
	return e.Alter(stmt.Name, func(u *users.User) error { return c.apply(u, &stmt.Change) })
}

func (c *roleChange) setDefault(e *users.Edit, stmt *plan.SetRoleDefault) error {
	u, err := e.Get(stmt.Name)
	switch {
	case err != nil:
		return err
	case u.Superuser && !c.super:
		return denied("must be superuser to alter superusers")
	case !c.createRole && u.Name != c.me:
		return denied("permission denied")
	}
	return e.Alter(stmt.Name, func(u *users.User) error {
		for set := stmt.Set; set != nil; set = set.Also {
			if err := c.changeDefault(u, set); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *roleChange) changeDefault(u *users.User, set *plan.Set) error {
	name := strings.ToLower(set.Name)
	if set.Default && name == "all" {
		u.Settings = nil
		return nil
	}
	d := findSetting(name)
	if d != nil && d.context == "superuser" && !c.super {
		return denied("permission denied to set parameter %q", d.name)
	}
	if set.Default {
		if d == nil {
			if err := checkCustomName(name); err != nil {
				return err
			}
		}
		delete(u.Settings, name)
		return nil
	}
	value, err := judge(name, set.Value)
	if err != nil {
		return err
	}
	if u.Settings == nil {
		u.Settings = map[string]string{}
	}
	u.Settings[name] = value
	return nil
}

// doubtWorkgroup warns where a role's sessions will begin in a workgroup that is not
// there or that the role may not choose. It may come to be, so that this is no error.
func (s *Session) doubtWorkgroup(ctx context.Context, c *roleChange, u *users.User) error {
	name := u.Settings["workgroup"]
	if name == "" || s.e.o.Governor == nil {
		return nil
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return err
	}
	_, err = s.e.o.Governor.Profile(ctx, UserInfo{Name: u.Name, Roles: roles.MembershipsOf(u.Name), Superuser: u.Superuser}, name)
	if f := fault.As(err); err != nil && f.Kind == fault.User {
		c.notices = append(c.notices, fault.New(fault.CodeWarning, "%s", f.Message))
		return nil
	}
	return err
}

func (c *roleChange) rename(e *users.Edit, stmt *plan.RenameRole) error {
	u, err := e.Get(stmt.Name)
	switch {
	case err != nil:
		return err
	case u.Name == c.login:
		return fault.New(fault.CodeFeatureNotSupported, "session user cannot be renamed")
	case u.Name == c.me:
		return fault.New(fault.CodeFeatureNotSupported, "current user cannot be renamed")
	case u.Superuser && !c.super:
		return denied("must be superuser to rename superusers")
	case !c.createRole:
		return denied("permission denied to rename role")
	}
	if err := e.Rename(stmt.Name, stmt.To); err != nil {
		return err
	}
	if u.Password != "" && e.Find(stmt.To).Password == "" {
		c.note(fault.CodeSuccess, "MD5 password cleared because of role rename")
	}
	return nil
}

func (c *roleChange) drop(e *users.Edit, stmt *plan.DropRole) error {
	if !c.createRole {
		return denied("permission denied to drop role")
	}
	for _, name := range stmt.Names {
		u := e.Find(name)
		if u == nil && stmt.IfExists {
			c.note(fault.CodeSuccess, "role %q does not exist, skipping", name)
			continue
		}
		switch {
		case u == nil:
		case name == c.me:
			return fault.New(fault.CodeObjectInUse, "current user cannot be dropped")
		case name == c.login:
			return fault.New(fault.CodeObjectInUse, "session user cannot be dropped")
		case u.Superuser && !c.super:
			return denied("must be superuser to drop superusers")
		}
		if err := e.Drop(name); err != nil {
			return err
		}
	}
	return nil
}

func (c *roleChange) grant(e *users.Edit, stmt *plan.GrantRole) error {
	if stmt.Group && !c.createRole {
		return denied("permission denied")
	}
	for _, role := range stmt.Roles {
		u, err := e.Get(role)
		switch {
		case err != nil:
			return err
		case u.Superuser && !c.super:
			return denied("must be superuser to alter superusers")
		case !c.createRole && !e.MayGrant(c.me, role):
			return denied("must have admin option on role %q", role)
		}
	}
	if !stmt.Revoke {
		return c.addMembers(e, stmt.Roles, stmt.To, stmt.Admin)
	}
	for _, role := range stmt.Roles {
		for _, member := range stmt.To {
			was, err := e.Revoke(role, member, stmt.Admin)
			if err != nil {
				return err
			}
			if !was {
				c.note(fault.CodeWarning, "role %q is not a member of role %q", member, role)
			}
		}
	}
	return nil
}

func (c *roleChange) addMembers(e *users.Edit, roles, members []string, admin bool) error {
	for _, role := range roles {
		if u := e.Find(role); u != nil && u.Superuser && !c.super && !slices.Contains(members, role) {
			return denied("must be superuser to alter superusers")
		}
		for _, member := range members {
			already, err := e.Grant(role, member, admin)
			if err != nil {
				return err
			}
			if already {
				c.note(fault.CodeSuccess, "role %q is already a member of role %q", member, role)
			}
		}
	}
	return nil
}
