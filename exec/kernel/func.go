package kernel

import (
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// EvalCtx is what evaluation may depend on besides its inputs. It is shared by
// all programs of a query and never written after the query has started.
type EvalCtx struct {
	Session *plan.Session // nil: no session (UTC, postgres)
	Catalog CatalogInfo   // nil: functions about the catalog find nothing
}

// Location gives the session's time zone, UTC without one.
func (c *EvalCtx) Location() *time.Location {
	if c == nil || c.Session == nil || c.Session.TimeZone == nil {
		return time.UTC
	}
	return c.Session.TimeZone
}

// CatalogInfo answers the functions of pg_catalog that need the catalog; the
// session provides it. Every method gives false for an OID or name that does not
// exist. Implementations are safe for concurrent use.
type CatalogInfo interface {
	// RelationOID finds a table or view by name, along the search path if schema
	// is empty; ToRelation gives its schema and name, and whether the bare name
	// finds it.
	RelationOID(schema, name string) (uint32, bool)
	Relation(oid uint32) (schema, name string, visible, ok bool)
	NamespaceOID(name string) (uint32, bool)
	Namespace(oid uint32) (string, bool)
	TypeOID(name string) (uint32, bool)
	TypeName(oid uint32) (string, bool)
	ProcOID(name string) (uint32, bool)
	Proc(oid uint32) (string, bool)
	// ViewText gives a view's query; Comment the comment on an object of the
	// catalog named class, or on its column sub > 0.
	ViewText(oid uint32) (string, bool)
	Comment(class string, oid uint32, sub int) (string, bool)
}

// Kernel evaluates a function for the selected rows (sel nil: the first out.Len).
// out is flat, of the result's type and Len rows, without nulls; the kernel
// writes the values at the selected positions and marks NULLs. It may instead
// make out a view of other memory. With a strict function no selected row has a
// NULL argument. Arguments may be in any form; Flat, Const and Dict are told
// apart by the kernel or removed by Impl.Flat.
type Kernel func(c *EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error

// Impl is how the engine runs a scalar function: what plan.Func.Impl holds. One
// of Eval and New is set.
type Impl struct {
	Eval Kernel
	// New makes a kernel for a call whose constant arguments are known (nil where
	// not constant): a compiled regular expression, a LIKE matcher. It is called
	// once for each copy of a program, so its state needs no locks.
	New func(c *EvalCtx, fn *plan.Func, consts []*types.Value) (Kernel, error)
	// Filter, for booleans, puts the positions at which the call is true into out
	// (which has room) without making a vector.
	Filter func(c *EvalCtx, args []*vector.Vector, sel vector.Sel, out vector.Sel) (vector.Sel, error)
	// Flat: arguments that are neither flat nor constant are flattened first.
	Flat bool
	// Lambda makes a kernel for a call with lambdas among its arguments; see
	// LambdaBody.
	Lambda func(c *EvalCtx, fn *plan.Func, bodies []*LambdaBody) (Kernel, error)
	// Like is set for LIKE and its kin, for predicates and bounds.
	Like *LikeOp
}

// LikeOp tells the compiler that a function is a pattern match with the given
// rules: x, pattern [, escape].
type LikeOp struct {
	Fold bool // ILIKE
	Not  bool
}
