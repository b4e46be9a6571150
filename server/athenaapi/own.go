package athenaapi

import (
	"context"
	"slices"

	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
)

// Whoever may choose a workgroup sees the executions in it, as with Athena. What is in
// another user's statement and in its result takes more: the result may hold rows that
// the caller may not read. So it is the user's own, superusers', and that of members
// of the roles that PostgreSQL has for such things.

// isOwn reports whether an execution is the caller's, or the caller is a member of
// one of roles and may treat it so.
func (s *Server) isOwn(ctx context.Context, e *execution, roles ...string) (bool, error) {
	u, err := s.caller(ctx)
	if err != nil || u.Superuser || u.Name == e.User {
		return err == nil, err
	}
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(u.Roles, r) }), nil
}

// mayDo refuses an operation on another user's execution.
func (s *Server) mayDo(ctx context.Context, operation string, e *execution, roles ...string) error {
	own, err := s.isOwn(ctx, e, roles...)
	if err == nil && !own {
		err = denied("You are not authorized to perform: athena:%s on the resource. Query execution %s is of another user.", operation, e.id())
	}
	return err
}

// shown gives an execution as the caller may see it: the values in another user's
// statement are hidden, as they are in the history.
func (s *Server) shown(ctx context.Context, e *execution) (*athenatypes.QueryExecution, error) {
	own, err := s.isOwn(ctx, e, users.ReadAllStats, users.Monitor)
	if err != nil || own {
		return &e.Query, err
	}
	q := e.Query
	hidden := exec.HideLiterals(*q.Query)
	q.Query, q.ExecutionParameters = &hidden, nil
	return &q, nil
}
