package bind

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// Config is what binding needs besides the statement. All of it is shared and
// only read.
type Config struct {
	Catalog   catalog.Reader
	Functions plan.Functions
	// Evaluator converts literals to the types that they turn out to have; nil
	// leaves the conversion to run time.
	Evaluator plan.Evaluator
	// Lake gives the partitions that are not in the catalog; nil: the catalog's
	// are all.
	Lake Lake
	// Documents has what crawlers found; nil: nothing.
	Documents catalog.Documents
	// Virtual finds the engine's own tables; nil for none.
	Virtual plan.VirtualTables
}

// Bind binds one statement. sql is the text that stmt was parsed from. params
// are the types that the client declared for $1..$n; a missing or unknown one
// is inferred from its use.
func Bind(ctx context.Context, c Config, s *plan.Session, sql string, stmt ast.Stmt, params []types.Type) (plan.Statement, error) {
	b := &binder{
		ctx: ctx, cfg: c, s: s, sql: sql, dialect: s.Dialect, path: s.SearchPath,
		params:   append([]types.Type(nil), params...),
		literals: map[*plan.Const]bool{}, origins: map[plan.ColID]origin{}, tables: map[string]*catalog.Table{},
		declaredCols: map[plan.ColID]bool{}, declaredExprs: map[plan.Expr]bool{},
	}
	return b.statement(stmt)
}

// binder binds one statement.
type binder struct {
	ctx     context.Context
	cfg     Config
	s       *plan.Session
	sql     string
	dialect plan.Dialect
	path    []string

	lastID   plan.ColID
	lastWith int
	depth    int
	tries    int          // the try() forms around what is being bound
	params   []types.Type // Unknown: not inferred yet
	literals map[*plan.Const]bool
	origins  map[plan.ColID]origin
	// What has a declared length or precision (plan.ResultColumn.Declared).
	declaredCols  map[plan.ColID]bool
	declaredExprs map[plan.Expr]bool // casts
	tables        map[string]*catalog.Table
	opaque        map[plan.ColID]*catalog.Column // columns of types that are not read

	at    int      // inside a view: the position of its reference; else 0
	views []string // the views being expanded, outermost first
	// ownFuncs are the functions of WITH FUNCTION of the queries around, innermost last.
	ownFuncs []*routine.Function
}

// origin is the table column that a plan column comes from; see plan.ResultColumn.
type origin struct {
	table  int64
	system uint32
	attr   int
}

// maxDepth bounds the nesting of expressions and queries; beyond it a
// statement is refused before any part of the planner runs out of stack.
const maxDepth = 20000

func (b *binder) enter(pos ast.Pos) error {
	b.depth++
	if b.depth > maxDepth {
		return fault.New(fault.CodeStatementTooComplex, "statement is nested deeper than %d levels", maxDepth).At(b.pos(pos))
	}
	return nil
}

func (b *binder) leave() { b.depth-- }

// pos gives the position to report for one in the text being bound: inside a
// view that is the position of the view's name in the statement.
func (b *binder) pos(p ast.Pos) int {
	if b.at != 0 {
		return b.at
	}
	return int(p)
}

func (b *binder) planPos(n ast.Node) plan.Pos { return plan.Pos(b.pos(n.Position())) }

func (b *binder) fail(pos ast.Pos, code fault.Code, format string, args ...any) *fault.Error {
	return fault.New(code, format, args...).At(b.pos(pos))
}

// unsupported makes the error for a feature that Glaux lacks.
func (b *binder) unsupported(pos ast.Pos, format string, args ...any) *fault.Error {
	return b.fail(pos, fault.CodeFeatureNotSupported, format, args...)
}

// located gives err the position, unless it has one.
func (b *binder) located(err error, pos ast.Pos) error {
	if err == nil {
		return nil
	}
	return fault.As(err).At(b.pos(pos))
}

func (b *binder) newID() plan.ColID {
	b.lastID++
	return b.lastID
}

func (b *binder) newWith() int {
	b.lastWith++
	return b.lastWith
}

func (b *binder) newCol(name string, t types.Type) plan.Column {
	return plan.Column{ID: b.newID(), Name: name, Type: t}
}

// finish makes the statement of a bound query.
func (b *binder) finish(r *rel, command string) (*plan.Query, error) {
	r = b.settle(r)
	for i, t := range b.params {
		if t.Kind == types.Unknown {
			return nil, fault.New(fault.CodeIndeterminateType, "could not determine data type of parameter $%d", i+1)
		}
	}
	q := &plan.Query{Root: r.node, Params: b.params, NextID: b.lastID + 1, Command: command}
	for _, c := range r.cols {
		o := b.origins[c.id]
		q.Columns = append(q.Columns, plan.ResultColumn{Name: c.name, Type: c.typ, ID: c.id, Table: o.table, System: o.system, Attr: o.attr, Declared: b.declaredCols[c.id]})
	}
	return q, nil
}
