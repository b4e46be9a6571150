package plan

import "github.com/glauxdb/glaux/catalog/routine"

// CreateFunction stores a function that the binder has checked.
type CreateFunction struct {
	Function  *routine.Function // of a module at a location: without Module
	OrReplace bool
	Location  string // of the module; "": Function has it
}

// DropFunction removes functions of users.
type DropFunction struct {
	Names    [][2]string // database and name
	IfExists bool
}

// Tag implements Statement.
func (*CreateFunction) Tag() string { return "CREATE FUNCTION" }

// Tag implements Statement.
func (*DropFunction) Tag() string { return "DROP FUNCTION" }
