package plan

import (
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/catalog/types"
)

// CreateFunction stores a function that the binder has checked.
type CreateFunction struct {
	Function  *routine.Function // of a module: without its Hash
	OrReplace bool
	Module    []byte // of WebAssembly, not looked at yet; nil: it is at Location, or there is none
	Location  string
	// Params and Ret are the types of a function of a module.
	Params []types.Type
	Ret    types.Type
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
