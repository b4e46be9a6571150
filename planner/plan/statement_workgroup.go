package plan

// Option is name = value of CREATE and ALTER WORKGROUP and BUDGET. Whoever executes
// it knows the names; errors of an option belong at Pos.
type Option struct {
	Name   string
	Values []string // one, unless a list was written
	Pos    int      // 1-based character in the statement
}

// The statements about workgroups and budgets.
type (
	CreateWorkgroup struct {
		Name                   string
		IfNotExists, OrReplace bool
		Options                []Option
	}
	// AlterWorkgroup changes options or members.
	AlterWorkgroup struct {
		Name    string
		Set     []Option
		Reset   []Option // without values
		Members *Members
	}
	DropWorkgroup struct {
		Name     string
		IfExists bool
		Cascade  bool // what belongs to it too
	}
	CreateBudget struct {
		Name                   string
		IfNotExists, OrReplace bool
		Subject                Subject
		Options                []Option
	}
	AlterBudget struct {
		Name       string
		Set, Reset []Option
	}
	DropBudget struct {
		Name     string
		IfExists bool
	}
	// DefineObjects makes workgroups and budgets exactly what a text says. It gives a
	// row for each.
	DefineObjects struct {
		Text    string // as JSON: {"workgroups": [...], "budgets": [...]}
		Options []Option
	}
	// ShowObjects is SHOW WORKGROUPS, BUDGETS, WORKGROUP name, BUDGET name, CREATE
	// WORKGROUP name and CREATE BUDGET name.
	ShowObjects struct {
		What string            // lower case: "workgroups", "create budget" ...
		Name string            // of one object
		Keep func(string) bool // the names that a list shows
	}
)

// Members is ADD and DROP USER and GROUP of ALTER WORKGROUP.
type Members struct {
	Drop    bool
	Groups  bool // the names are groups'
	Default bool // they run in the workgroup unless they choose another
	Names   []string
}

// Subject says whose scans a budget counts; one field is set.
type Subject struct {
	Workgroup, User, Tag string
	EachUser             bool
}

// Tag implements Statement.
func (*CreateWorkgroup) Tag() string { return "CREATE WORKGROUP" }

// Tag implements Statement.
func (*AlterWorkgroup) Tag() string { return "ALTER WORKGROUP" }

// Tag implements Statement.
func (*DropWorkgroup) Tag() string { return "DROP WORKGROUP" }

// Tag implements Statement.
func (*CreateBudget) Tag() string { return "CREATE BUDGET" }

// Tag implements Statement.
func (*AlterBudget) Tag() string { return "ALTER BUDGET" }

// Tag implements Statement.
func (*DropBudget) Tag() string { return "DROP BUDGET" }

// Tag implements Statement.
func (*DefineObjects) Tag() string { return "ALTER WORKGROUPS" }

// Tag implements Statement.
func (*ShowObjects) Tag() string { return "SHOW" }
