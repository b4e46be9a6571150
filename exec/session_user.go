package exec

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
)

// A session has three users, as in PostgreSQL: the one that logged in, the session's
// (SET SESSION AUTHORIZATION) and the current one (SET ROLE). The last two are
// settings, so that transactions and SET LOCAL work on them as on others.

// Users gives the store of roles; nil if the catalog keeps none: then everybody may
// do everything.
func (e *Engine) Users() *users.Store { return e.o.Users }

// login finds out who the session's user is and takes over the settings that its
// sessions begin with. trusted lets a user that is no role do everything, as it may
// where there is no network between: such a user owns the files.
func (s *Session) login(ctx context.Context, trusted bool) error {
	if s.e.o.Users == nil {
		s.bootstrap = true
		return nil
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return err
	}
	u := roles.Find(s.user)
	if u == nil {
		s.bootstrap = trusted
		return nil
	}
	for name, value := range u.Settings {
		if v, err := judge(name, value); err == nil { // what no longer counts must not keep anybody out
			s.set.defs[name] = v
		}
	}
	return nil
}

// sessionUser and currentUser name the two users that settings choose.
func (s *Session) sessionUser() string {
	u, _ := s.set.get("session_authorization")
	return u
}

func (s *Session) currentUser() string {
	if r, _ := s.set.get("role"); r != "none" && r != "" {
		return r
	}
	return s.sessionUser()
}

// isSuperuser reports whether a role may do everything.
func (s *Session) isSuperuser(ctx context.Context, name string) (bool, error) {
	if s.bootstrap && name == s.user {
		return true, nil
	}
	if s.e.o.Users == nil {
		return true, nil
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return false, err
	}
	u := roles.Find(name)
	return u != nil && u.Superuser, nil
}

// superuser is isSuperuser of the current user; what cannot be found out is no.
func (s *Session) superuser() bool {
	yes, err := s.isSuperuser(s.e.ctx, s.currentUser())
	return err == nil && yes
}

// userInfo is the current user as the governor knows users.
func (s *Session) userInfo(ctx context.Context) (UserInfo, error) {
	u := UserInfo{Name: s.currentUser()}
	var err error
	if u.Superuser, err = s.isSuperuser(ctx, u.Name); err != nil || s.e.o.Users == nil {
		return u, err
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err == nil {
		u.Roles = roles.MembershipsOf(u.Name)
	}
	return u, err
}

// checkWorkgroup says whether the session may choose a workgroup.
func (s *Session) checkWorkgroup(ctx context.Context, name string) error {
	u, err := s.userInfo(ctx)
	if err == nil {
		_, err = s.e.o.Governor.Profile(ctx, u, name)
	}
	return err
}

// tellUser keeps is_superuser true to the current user.
func (s *Session) tellUser() {
	now := s.currentUser()
	if now == s.told {
		return
	}
	s.told = now
	value := "off"
	if s.superuser() {
		value = "on"
	}
	if s.set.defs["is_superuser"] != value {
		s.set.defs["is_superuser"] = value
		s.set.note(findSetting("is_superuser"))
	}
}

// checkRole says whether the session may become a role.
func (s *Session) checkRole(ctx context.Context, name string) error {
	if name == "none" || name == s.sessionUser() {
		return nil
	}
	if err := s.knownRole(ctx, name); err != nil {
		return err
	}
	yes, err := s.isSuperuser(ctx, s.sessionUser())
	if err != nil || yes {
		return err
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err != nil {
		return err
	}
	if !roles.IsMember(s.sessionUser(), name) {
		return fault.New(fault.CodeInsufficientPriv, "permission denied to set role %q", name)
	}
	return nil
}

// checkAuthorization says whether the session may become another user's: who logged
// in must be a superuser.
func (s *Session) checkAuthorization(ctx context.Context, name string) error {
	if name == s.user {
		return nil
	}
	if err := s.knownRole(ctx, name); err != nil {
		return err
	}
	yes, err := s.isSuperuser(ctx, s.user)
	if err == nil && !yes {
		return fault.New(fault.CodeInsufficientPriv, "permission denied to set session authorization")
	}
	return err
}

// knownRole refuses a value that names no role: 22023, as for every bad value.
func (s *Session) knownRole(ctx context.Context, name string) error {
	missing := fault.New(fault.CodeInvalidParameter, "role %q does not exist", name)
	if s.e.o.Users == nil {
		return missing
	}
	roles, err := s.e.o.Users.Roles(ctx)
	if err == nil && roles.Find(name) == nil {
		return missing
	}
	return err
}
