package kernel

import (
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// EvalCtx is what evaluation may depend on besides its inputs. It is shared by
// all programs of a query and never written after the query has started.
type EvalCtx struct {
	Session *plan.Session // nil: no session (UTC, postgres)
	Catalog CatalogInfo   // nil: functions about the catalog find nothing
	// Done is closed when the query is to end (nil: never): what waits, looks at it.
	Done <-chan struct{}
	// Cause gives why Done was closed; nil: the user wanted it.
	Cause func() error
	// AskedNow is set when a value was computed from a text that means the present,
	// such as 'today' in a column that is cast to a date. Nil: nobody wants to know.
	AskedNow *atomic.Bool
	// Mem is charged with what functions hold beyond their vectors; nil: nothing is.
	Mem *mem.Account
	// AtEnd has f called once, when nothing of the query runs any more, to let go of
	// what a collector does not. Nil: functions keep nothing between calls. Safe for
	// concurrent use.
	AtEnd func(f func())
}

// Ended is the error of a function that Done has stopped.
func (c *EvalCtx) Ended() error {
	if c.Cause != nil {
		if err := c.Cause(); err != nil {
			return fault.As(err)
		}
	}
	return fault.New(fault.CodeQueryCanceled, "canceling statement due to user request")
}

// Check gives the error that ends the query once Done is closed. It costs a few
// nanoseconds: kernels whose single row may take long call it every some thousand steps.
func (c *EvalCtx) Check() error {
	if c == nil || c.Done == nil {
		return nil
	}
	select {
	case <-c.Done:
		return c.Ended()
	default:
		return nil
	}
}

// Info gives the catalog, never nil.
func (c *EvalCtx) Info() CatalogInfo {
	if c == nil || c.Catalog == nil {
		return NoCatalog
	}
	return c.Catalog
}

// Location gives the session's time zone, UTC without one.
func (c *EvalCtx) Location() *time.Location {
	if c == nil || c.Session == nil || c.Session.TimeZone == nil {
		return time.UTC
	}
	return c.Session.TimeZone
}

// in gives a context whose time zone is that of a type: what looks at an instant that
// Trino's AT TIME ZONE made sees it in that zone.
func (c *EvalCtx) in(t types.Type) *EvalCtx {
	zone := t.Zone()
	if zone == nil {
		return c
	}
	out := EvalCtx{}
	if c != nil {
		out = *c
	}
	session := plan.Session{}
	if out.Session != nil {
		session = *out.Session
	}
	session.TimeZone = zone
	out.Session = &session
	return &out
}

// Style gives the forms in which the session prints values.
func (c *EvalCtx) Style() types.Style {
	if c == nil || c.Session == nil {
		return types.PostgresStyle
	}
	return c.Session.Style
}

// Reader gives the session's way of reading texts.
func (c *EvalCtx) Reader() *types.Reader {
	r := &types.Reader{Location: c.Location(), Style: c.Style()}
	if c != nil && c.Session != nil {
		r.Now, r.AskedNow = c.Session.Now, c.AskedNow
	}
	return r
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

// FilterKernel gives, for a boolean function, the positions of sel (nil: of every
// row below n) at which it is want. out has room for them and may alias sel. No
// selected row has a NULL argument if the function is strict.
type FilterKernel func(c *EvalCtx, args []*vector.Vector, n int, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error)

// Instance is a function ready to run in one program. Eval or, for a boolean,
// Filter is set.
type Instance struct {
	Eval   Kernel
	Filter FilterKernel
}

// Impl is how the engine runs a scalar function: what plan.Func.Impl holds. Its
// Instance is shared by all programs, unless New makes another.
type Impl struct {
	Instance
	// New makes an instance for a call whose constant arguments are known (nil
	// where not constant): a compiled regular expression, a LIKE matcher. It is
	// called once for each copy of a program, so its state needs no locks.
	New func(c *EvalCtx, fn *plan.Func, consts []*types.Value) (Instance, error)
	// Lambda makes an instance for a call with lambdas among its arguments: bodies
	// is parallel to the arguments, nil where there is none.
	Lambda func(c *EvalCtx, fn *plan.Func, bodies []*LambdaBody) (Instance, error)
	// Flat: the kernel takes flat arguments only; others are flattened for it.
	Flat bool
	// Total: the kernel has fixed-width arguments, cannot fail, and so may also be
	// run for rows that are NULL or not selected.
	Total bool
	// Like is set for LIKE and its kin, for predicates and bounds.
	Like *LikeOp
}

// LikeOp tells that a function is a pattern match with these rules: x, pattern
// [, escape].
type LikeOp struct {
	Fold bool // ILIKE
	Not  bool
}
