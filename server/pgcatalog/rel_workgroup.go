package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// optionColumns are columns of the options of a workgroup or a budget, under the
// names that they have in SQL.
func optionColumns[T any](options []workgroup.Option) []ownColumn[T] {
	out := make([]ownColumn[T], len(options))
	for i := range options {
		o := &options[i]
		out[i] = ownColumn[T]{o.Name, o.Type, func(x *T) types.Value { return o.Value(x) }}
	}
	return out
}

func groupColumns() []ownColumn[workgroup.Setting] {
	name := ownColumn[workgroup.Setting]{"name", types.TVarchar, func(s *workgroup.Setting) types.Value { return str(s.Name) }}
	return append([]ownColumn[workgroup.Setting]{name}, optionColumns[workgroup.Setting](workgroup.SettingOptions)...)
}

func budgetColumns() []ownColumn[workgroup.Budget] {
	type b = workgroup.Budget
	text := types.TVarchar
	return append([]ownColumn[b]{
		{"name", text, func(x *b) types.Value { return str(x.Name) }},
		{"workgroup", text, func(x *b) types.Value { return orNull(x.Workgroup) }},
		{"user_name", text, func(x *b) types.Value { return orNull(x.User) }},
		{"each_user", types.TBoolean, func(x *b) types.Value { return flag(x.EachUser) }},
		{"tag", text, func(x *b) types.Value { return orNull(x.Tag) }},
	}, optionColumns[b](workgroup.BudgetOptions)...)
}

func budgetUseColumns() []ownColumn[workgroup.Usage] {
	type u = workgroup.Usage
	text, big, at := types.TVarchar, types.TBigInt, types.TTimestampTZ
	limit := func(x *u) int64 { return int64(x.Budget.Limit) }
	return []ownColumn[u]{
		{"budget", text, func(x *u) types.Value { return str(x.Budget.Name) }},
		{"counts", text, func(x *u) types.Value { return str(x.Principal) }},
		{"period", text, func(x *u) types.Value { return str(x.Budget.Period) }},
		{"period_start", at, func(x *u) types.Value { return moment(x.Start) }},
		{"period_end", at, func(x *u) types.Value { return moment(x.End) }},
		{"action", text, func(x *u) types.Value { return str(x.Budget.Action) }},
		{"bytes_limit", big, func(x *u) types.Value { return num(limit(x)) }},
		{"bytes_used", big, func(x *u) types.Value { return num(x.Spent) }},
		{"bytes_leased", big, func(x *u) types.Value { return num(x.Leased) }},
		{"bytes_left", big, func(x *u) types.Value { return num(max(0, limit(x)-x.Spent-x.Leased)) }},
		{"percent", types.TDouble, func(x *u) types.Value { return float(x.PercentOfBudget) }},
	}
}

// reader is the reader as the governor knows users.
func (a *asking) reader() (exec.UserInfo, error) {
	u := exec.UserInfo{Name: a.user(), Superuser: a.session == nil || a.session.Superuser == nil || a.session.Superuser()}
	if a.users == nil {
		return u, nil
	}
	roles, err := a.users.Roles(a.ctx)
	if err == nil {
		u.Roles = roles.MembershipsOf(u.Name)
	}
	return u, err
}

// administered gives what the governor tells the reader; nothing without one.
func administered[T any](a *asking, tell func(exec.UserInfo) ([]T, error)) ([]T, error) {
	if a.groups == nil {
		return nil, nil
	}
	u, err := a.reader()
	if err != nil {
		return nil, err
	}
	return tell(u)
}

func workgroupRows(a *asking) (rowSet, error) {
	list, err := administered(a, func(u exec.UserInfo) ([]*workgroup.Setting, error) { return a.groups.VisibleWorkgroups(a.ctx, u) })
	return showAll(a.byName[schemaOwn]["workgroups"], list, showers(groupColumns())), err
}

func budgetRows(a *asking) (rowSet, error) {
	list, err := administered(a, func(u exec.UserInfo) ([]*workgroup.Budget, error) { return a.groups.VisibleBudgets(a.ctx, u) })
	return showAll(a.byName[schemaOwn]["budgets"], list, showers(budgetColumns())), err
}

// budgetUseRows shows what is used of the budgets that the reader may see in the
// periods that are now.
func budgetUseRows(a *asking) (rowSet, error) {
	list, err := administered(a, func(u exec.UserInfo) ([]workgroup.Usage, error) { return a.groups.VisibleUsage(a.ctx, u) })
	return show(a.byName[schemaOwn]["budget_usage"], list, showers(budgetUseColumns())), err
}
