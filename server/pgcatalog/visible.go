package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec"
)

// seesOthers tells whether the reader may see what other users' statements say:
// superusers may, and members of pg_read_all_stats.
func (a *asking) seesOthers() (bool, error) {
	if a.session == nil || a.session.Superuser == nil || a.session.Superuser() {
		return true, nil
	}
	if a.users == nil {
		return false, nil
	}
	roles, err := a.users.Roles(a.ctx)
	if err != nil {
		return false, err
	}
	return roles.Inherits(a.user(), users.ReadAllStats), nil
}

// shownSQL gives a statement as the reader may see it: of other users without its
// literals.
func shownSQL(sql string, open bool) string {
	if open {
		return sql
	}
	return exec.HideLiterals(sql)
}

// shownError gives an error's message as the reader may see it: of other users
// without values.
func shownError(code fault.Code, message string, open bool) string {
	if open {
		return message
	}
	return exec.HideValues(code, message)
}
