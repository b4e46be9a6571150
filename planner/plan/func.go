package plan

import (
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// DeepEqual is the function that compares arrays and maps in the athena dialect. What it
// says is true of is equal for hash tables, too, but for maps, whose entries have no order.
const DeepEqual = "deep_equal"

// Dialect is the accent of a session. Only the binder (choosing overloads and
// defaults) and Cast look at it.
type Dialect uint8

// The dialects.
const (
	Postgres Dialect = iota
	Athena
)

// String gives the setting's value: "postgres" or "athena".
func (d Dialect) String() string { return [...]string{"postgres", "athena"}[d] }

// FuncKind says where a function may stand.
type FuncKind uint8

// The kinds of functions.
const (
	Scalar FuncKind = iota
	AggregateFunc
	OrderedSetFunc // an aggregate whose first argument is the sort key of its WITHIN GROUP
	WindowFunc
	TableFunc // set returning
	TableRows // a set-returning function as a scalar one: its rows as an array
)

// Volatility says what may be done to a call.
type Volatility uint8

// Immutable calls may be folded and evaluated per dictionary value; stable ones
// have one value per statement; volatile ones run for every row.
const (
	Immutable Volatility = iota
	Stable
	Volatile
)

// Func is a chosen overload with concrete types.
type Func struct {
	Name       string
	Kind       FuncKind
	Params     []types.Type // one per argument: what each must be cast to
	Ret        types.Type   // of a table function with one column: its type; else a row
	Volatility Volatility
	Strict     bool // NULL if any argument is NULL; the engine then skips such rows
	Dialect    Dialect
	// Lambdas are the lambda arguments of an aggregate, which capture nothing: Params
	// and the call's arguments are the others.
	Lambdas []*Lambda
	// Impl is the executor's own (exec/fn); the planner never looks at it.
	Impl any
}

// Arg is what the binder knows of an argument when it looks for an overload.
type Arg struct {
	Type   types.Type
	Const  *types.Value // set for literals, so that a string literal may become what the overload wants
	Lambda int          // > 0: a lambda with so many parameters; Type is not known yet
}

// Functions is the registry as the binder sees it; exec/fn implements it.
type Functions interface {
	// Resolve chooses the overload of a function or operator ("+", "||", "like",
	// "substr") for the arguments. Errors: 42883 with the nearest name or the
	// existing signatures as the hint, 42725 if two fit equally. For a lambda
	// argument LambdaParams of the result says its parameters' types.
	Resolve(name string, kind FuncKind, args []Arg, d Dialect) (*Func, error)
	// Kind tells what a name is, so that the binder knows an aggregate when it
	// sees one; ok is false for an unknown name.
	Kind(name string) (kind FuncKind, ok bool)
	// LambdaParams gives the types of the parameters of lambda argument i, given
	// the types of the arguments that are known.
	LambdaParams(name string, args []Arg, i int) ([]types.Type, error)
	// Merge gives the aggregate that makes of f's results over parts of the rows
	// its result over all of them, except that of no part it is NULL; nil if f's
	// results are not enough for that.
	Merge(f *Func) *Func
	// Parts gives aggregates of f's arguments whose results over parts of the rows
	// Merge knows how to put together, and the function that makes f's result of
	// theirs; finish is nil if the one part is f itself. No part fails, whatever rows
	// it sees, where f over all of them would not. Nil if there is no such way. digits
	// is how many decimal digits the values of a decimal argument have at most.
	Parts(f *Func, digits int) (parts []*Func, finish *Func)
}

// Session is what a statement may depend on besides its text and the catalog.
// It is a snapshot taken when the statement starts.
type Session struct {
	User        string   // the current one
	SessionUser string   // the one that SET ROLE leaves
	Database    string   // the database of the connection, as current_database() shows it
	SearchPath  []string // schemas; the first is current_schema
	Dialect     Dialect
	TimeZone    *time.Location
	Style       types.Style // what DateStyle, IntervalStyle and extra_float_digits say
	Now         time.Time   // start of the transaction
	QueryID     string
	BackendPID  int32
	Application string
	Memory      int64 // bytes that the query may hold, as far as is known when it is planned; 0: not known
	// Setting gives a run-time setting by lower-case name, in the form that SHOW has.
	Setting func(name string) (string, bool)
	// Change checks a setting's value and gives it as it will be stored; the change
	// counts after the statement. Safe for concurrent use; nil: not possible.
	Change func(name, value string, local bool) (string, error)
	// Temp finds the session's temporary tables; nil: it has none.
	Temp TempTables
	// Cursors are the session's open cursors, for pg_cursors.
	Cursors []CursorInfo
	// Prepared are the session's prepared statements, for pg_prepared_statements.
	Prepared []PreparedInfo
	// Changed gives columns of the rows that the statement has changed, for
	// RETURNING; nil in any other statement.
	Changed func(columns []int) formats.Source
	// Signal cancels the running statement of another session, or ends the session;
	// ok is false if no session has this process ID. Nil: not possible.
	Signal func(pid int32, terminate bool) (ok bool, err error)
	// CancelQuery ends a query by its ID; ok is false if none of it runs. Nil: not
	// possible.
	CancelQuery func(id string) (ok bool, err error)
	// Superuser reports whether User may do everything; nil: it may.
	Superuser func() bool
	// Notice tells the client something with the statement's result. Safe for
	// concurrent use; nil: nobody listens.
	Notice func(*fault.Error)
	// Catalog is what the statement sees: inside a transaction, the catalog as it was
	// when that began. Nil: the catalog as it is.
	Catalog  catalog.Reader
	Locks    AdvisoryLocks // nil: there are none
	Channels Channels      // nil: there are none
}

// Evaluator runs expressions at planning time; exec implements it.
type Evaluator interface {
	// Fold evaluates an expression without columns. An error (division by zero)
	// leaves the expression to run time.
	Fold(s *Session, e Expr) (types.Value, error)
	// Filter evaluates a boolean expression over columns given by ID, n rows, and
	// gives the positions where it is true. The vectors may be of any length.
	Filter(s *Session, e Expr, cols map[ColID]*vector.Vector, n int) ([]uint32, error)
	// Predicate compiles a condition for a scan whose output column i is
	// cols[i]; the planner asks only its KeepBounds.
	Predicate(s *Session, e Expr, cols []ColID) (formats.Predicate, error)
}
