package athenaapi

import (
	"context"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// caller is the user of a request as the governor knows users. A user that is no
// role does everything: the operator gave out the key.
func (s *Server) caller(ctx context.Context) (exec.UserInfo, error) {
	u := exec.UserInfo{Name: awsapi.User(ctx)}
	store := s.engine.Users()
	if store == nil {
		u.Superuser = true
		return u, nil
	}
	roles, err := store.Roles(ctx)
	if err != nil {
		return u, err
	}
	role := roles.Find(u.Name)
	u.Superuser = role == nil || role.Superuser
	u.Roles = roles.MembershipsOf(u.Name)
	return u, nil
}

// mayUse refuses callers that may not choose a workgroup.
func (s *Server) mayUse(ctx context.Context, name string) error {
	_, err := s.group(ctx, &name)
	return err
}

// group finds the workgroup that a request names, or the caller's own.
func (s *Server) group(ctx context.Context, name *string) (*workgroup.Setting, error) {
	u, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	want := ""
	if name != nil {
		want = *name
	}
	if want != "" && s.setting(want) == nil {
		return nil, invalid("WorkGroup %s is not found.", awsapi.Clip(want))
	}
	p, err := s.groups.Profile(ctx, u, want)
	if err != nil {
		return nil, err
	}
	if g := s.setting(p.Workgroup); g != nil {
		return g, nil
	}
	return nil, invalid("WorkGroup %s is not found.", awsapi.Clip(p.Workgroup))
}

// setting gives a workgroup by name; nil if there is none.
func (s *Server) setting(name string) *workgroup.Setting {
	for _, g := range s.groups.Settings() {
		if g.Name == name {
			return &g
		}
	}
	return nil
}
