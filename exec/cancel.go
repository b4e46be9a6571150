package exec

import (
	"github.com/glauxdb/glaux/catalog/fault"
)

// cancelQuery is plan.Session's CancelQuery: it ends a query by its ID, whoever's
// session runs it. Users cancel their own queries and those of roles that they are
// members of, superusers all: who may see an ID need not be allowed to use it.
func (s *Session) cancelQuery(id string) (bool, error) {
	found, ok := s.e.queries.Load(id)
	if !ok {
		s.notice(fault.New(fault.CodeWarning, "no query %q is running", shorten(id)))
		return false, nil
	}
	r := found.(*running)
	if err := s.mayCancel(r); err != nil {
		return false, err
	}
	r.abort(fault.New(fault.CodeQueryCanceled, "canceling statement due to request by user %q", s.currentUser()))
	return true, nil
}

func (s *Session) mayCancel(r *running) error {
	me := s.currentUser()
	super, err := s.isSuperuser(s.e.ctx, me)
	if err != nil || super || r.user == me {
		return err
	}
	roles, err := s.e.o.Users.Roles(s.e.ctx)
	if err != nil {
		return err
	}
	if target := roles.Find(r.user); r.powerful || target != nil && target.Superuser || !roles.IsMember(me, r.user) {
		return fault.New(fault.CodeInsufficientPriv, "permission denied to cancel query %q", r.id).
			WithDetail("It is a query of user %q: only superusers and members of that role may cancel it.", r.user)
	}
	return nil
}
