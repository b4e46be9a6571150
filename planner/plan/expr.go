package plan

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// ColID identifies a column within one query. Every node that makes a column
// gives it a new ID, so that rules may move expressions without renumbering.
type ColID int32

// Column is a column that a node puts out.
type Column struct {
	ID   ColID
	Name string
	Type types.Type
}

// Expr is a bound expression: every name resolved, every coercion explicit as
// a Cast, every overload chosen. Expressions are immutable and may be shared
// between nodes.
type Expr interface {
	Type() types.Type
	// Position gives the 1-based rune position in the statement, 0 if made up.
	Position() int
	kids() []Expr
	withKids([]Expr) Expr
}

// Pos is embedded to carry a position.
type Pos int

// Position gives the position.
func (p Pos) Position() int { return int(p) }

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons. Distinct and NotDistinct never give NULL.
const (
	EQ CompareOp = iota
	NE
	LT
	LE
	GT
	GE
	Distinct
	NotDistinct
)

var compareText = [...]string{"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"}

// String gives the SQL operator.
func (o CompareOp) String() string { return compareText[o] }

// Flip gives the operator for swapped operands.
func (o CompareOp) Flip() CompareOp {
	return [...]CompareOp{EQ, NE, GT, GE, LT, LE, Distinct, NotDistinct}[o]
}

// Negate gives the operator that is true exactly when o is false (NULL stays NULL).
func (o CompareOp) Negate() CompareOp {
	return [...]CompareOp{NE, EQ, GE, GT, LE, LT, NotDistinct, Distinct}[o]
}

// The expressions.
type (
	// Const is a constant.
	Const struct {
		Pos
		Value types.Value
	}
	// Col reads a column.
	Col struct {
		Pos
		ID   ColID
		Typ  types.Type
		Name string // for EXPLAIN and messages
	}
	// Param is a statement parameter $Index; replaced by a Const before the rules run.
	Param struct {
		Pos
		Index int
		Typ   types.Type
	}
	// Compare is a comparison of two operands of one type.
	Compare struct {
		Pos
		Op   CompareOp
		L, R Expr
	}
	// And is a conjunction of two or more booleans, with SQL's three values.
	And struct {
		Pos
		Args []Expr
	}
	// Or is a disjunction of two or more booleans.
	Or struct {
		Pos
		Args []Expr
	}
	// Not is a negation.
	Not struct {
		Pos
		X Expr
	}
	// IsNull is X IS [NOT] NULL.
	IsNull struct {
		Pos
		X   Expr
		Not bool
	}
	// In is X [NOT] IN (constants of X's type). A NULL among them has SQL's effect.
	In struct {
		Pos
		X    Expr
		List []types.Value
		Not  bool
	}
	// Call applies a scalar function or operator of the registry. The arguments
	// have exactly the types Fn.Params; Typ is the result's.
	Call struct {
		Pos
		Fn   *Func
		Args []Expr
		Typ  types.Type
	}
	// Cast converts. With Try, a value that cannot be converted is NULL.
	Cast struct {
		Pos
		X       Expr
		To      types.Type
		Try     bool
		Dialect Dialect
	}
	// Case is a searched CASE; all results have one type. Else may be nil (NULL).
	// A branch is evaluated only for the rows that reach it.
	Case struct {
		Pos
		Whens []When
		Else  Expr
		Typ   types.Type
	}
	// Coalesce gives the first argument that is not null, evaluating lazily.
	Coalesce struct {
		Pos
		Args []Expr
		Typ  types.Type
	}
	// Try gives NULL where evaluating X fails with a data exception (SQLSTATE 22xxx).
	Try struct {
		Pos
		X Expr
	}
	// Field reads field Index of a row; NULL of a NULL row.
	Field struct {
		Pos
		X     Expr
		Index int
	}
	// MakeRow makes a row; MakeArray an array of elements of one type.
	MakeRow struct {
		Pos
		Args []Expr
		Typ  types.Type
	}
	// MakeArray makes an array.
	MakeArray struct {
		Pos
		Args []Expr
		Typ  types.Type
	}
	// Lambda is an argument of a higher-order function; its parameters are
	// columns of their own, other columns in Body are captured.
	Lambda struct {
		Pos
		Params []Column
		Body   Expr
	}
)

// When is a branch of Case.
type When struct{ Cond, Result Expr }

func (e *Const) Type() types.Type     { return e.Value.Type }
func (e *Col) Type() types.Type       { return e.Typ }
func (e *Param) Type() types.Type     { return e.Typ }
func (e *Compare) Type() types.Type   { return types.TBoolean }
func (e *And) Type() types.Type       { return types.TBoolean }
func (e *Or) Type() types.Type        { return types.TBoolean }
func (e *Not) Type() types.Type       { return types.TBoolean }
func (e *IsNull) Type() types.Type    { return types.TBoolean }
func (e *In) Type() types.Type        { return types.TBoolean }
func (e *Call) Type() types.Type      { return e.Typ }
func (e *Cast) Type() types.Type      { return e.To }
func (e *Case) Type() types.Type      { return e.Typ }
func (e *Coalesce) Type() types.Type  { return e.Typ }
func (e *Try) Type() types.Type       { return e.X.Type() }
func (e *Field) Type() types.Type     { return e.X.Type().Fields[e.Index].Type }
func (e *MakeRow) Type() types.Type   { return e.Typ }
func (e *MakeArray) Type() types.Type { return e.Typ }
func (e *Lambda) Type() types.Type    { return e.Body.Type() }

func (e *Const) kids() []Expr     { return nil }
func (e *Col) kids() []Expr       { return nil }
func (e *Param) kids() []Expr     { return nil }
func (e *Compare) kids() []Expr   { return []Expr{e.L, e.R} }
func (e *And) kids() []Expr       { return e.Args }
func (e *Or) kids() []Expr        { return e.Args }
func (e *Not) kids() []Expr       { return []Expr{e.X} }
func (e *IsNull) kids() []Expr    { return []Expr{e.X} }
func (e *In) kids() []Expr        { return []Expr{e.X} }
func (e *Call) kids() []Expr      { return e.Args }
func (e *Cast) kids() []Expr      { return []Expr{e.X} }
func (e *Coalesce) kids() []Expr  { return e.Args }
func (e *Try) kids() []Expr       { return []Expr{e.X} }
func (e *Field) kids() []Expr     { return []Expr{e.X} }
func (e *MakeRow) kids() []Expr   { return e.Args }
func (e *MakeArray) kids() []Expr { return e.Args }
func (e *Lambda) kids() []Expr    { return []Expr{e.Body} }
func (e *Case) kids() []Expr {
	ks := make([]Expr, 0, 2*len(e.Whens)+1)
	for _, w := range e.Whens {
		ks = append(ks, w.Cond, w.Result)
	}
	if e.Else != nil {
		ks = append(ks, e.Else)
	}
	return ks
}

func (e *Const) withKids([]Expr) Expr       { return e }
func (e *Col) withKids([]Expr) Expr         { return e }
func (e *Param) withKids([]Expr) Expr       { return e }
func (e *Compare) withKids(k []Expr) Expr   { c := *e; c.L, c.R = k[0], k[1]; return &c }
func (e *And) withKids(k []Expr) Expr       { c := *e; c.Args = k; return &c }
func (e *Or) withKids(k []Expr) Expr        { c := *e; c.Args = k; return &c }
func (e *Not) withKids(k []Expr) Expr       { c := *e; c.X = k[0]; return &c }
func (e *IsNull) withKids(k []Expr) Expr    { c := *e; c.X = k[0]; return &c }
func (e *In) withKids(k []Expr) Expr        { c := *e; c.X = k[0]; return &c }
func (e *Call) withKids(k []Expr) Expr      { c := *e; c.Args = k; return &c }
func (e *Cast) withKids(k []Expr) Expr      { c := *e; c.X = k[0]; return &c }
func (e *Coalesce) withKids(k []Expr) Expr  { c := *e; c.Args = k; return &c }
func (e *Try) withKids(k []Expr) Expr       { c := *e; c.X = k[0]; return &c }
func (e *Field) withKids(k []Expr) Expr     { c := *e; c.X = k[0]; return &c }
func (e *MakeRow) withKids(k []Expr) Expr   { c := *e; c.Args = k; return &c }
func (e *MakeArray) withKids(k []Expr) Expr { c := *e; c.Args = k; return &c }
func (e *Lambda) withKids(k []Expr) Expr    { c := *e; c.Body = k[0]; return &c }
func (e *Case) withKids(k []Expr) Expr {
	c := *e
	c.Whens = make([]When, len(e.Whens))
	for i := range c.Whens {
		c.Whens[i] = When{k[2*i], k[2*i+1]}
	}
	if e.Else != nil {
		c.Else = k[len(k)-1]
	}
	return &c
}

// Kids gives the direct subexpressions; they must not be written.
func Kids(e Expr) []Expr { return e.kids() }

// Walk calls f for e and everything below it, parents first; it does not go
// below an expression for which f gives false.
func Walk(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	var two [2]Expr
	for _, k := range kidsIn(e, &two) {
		Walk(k, f)
	}
}

// kidsIn gives the direct subexpressions, in two where they would be a new slice.
func kidsIn(e Expr, two *[2]Expr) []Expr {
	switch e := e.(type) {
	case *Col, *Const, *Param:
		return nil
	case *Compare:
		two[0], two[1] = e.L, e.R
		return two[:]
	case *Not:
		two[0] = e.X
	case *IsNull:
		two[0] = e.X
	case *In:
		two[0] = e.X
	case *Cast:
		two[0] = e.X
	case *Field:
		two[0] = e.X
	default:
		return e.kids()
	}
	return two[:1]
}

// Rewrite rebuilds an expression bottom up: f sees each expression after its
// children were rewritten and gives what replaces it. Unchanged parts are shared.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	var two [2]Expr
	ks := kidsIn(e, &two)
	var fresh []Expr
	for i, k := range ks {
		n := Rewrite(k, f)
		if n != k && fresh == nil {
			fresh = append(make([]Expr, 0, len(ks)), ks...)
		}
		if fresh != nil {
			fresh[i] = n
		}
	}
	if fresh != nil {
		e = e.withKids(fresh)
	}
	return f(e)
}

// Columns adds the columns that e reads to set. Lambda parameters are left out.
func Columns(e Expr, set map[ColID]bool) {
	if l, ok := e.(*Lambda); ok {
		inner := map[ColID]bool{}
		Columns(l.Body, inner)
		for _, p := range l.Params {
			delete(inner, p.ID)
		}
		for id := range inner {
			set[id] = true
		}
		return
	}
	if c, ok := e.(*Col); ok {
		set[c.ID] = true
	}
	var two [2]Expr
	for _, k := range kidsIn(e, &two) {
		Columns(k, set)
	}
}

// Conjuncts splits a condition at its ANDs.
func Conjuncts(e Expr) []Expr {
	if a, ok := e.(*And); ok {
		var out []Expr
		for _, x := range a.Args {
			out = append(out, Conjuncts(x)...)
		}
		return out
	}
	return []Expr{e}
}

// AndAll joins conditions; nil for none.
func AndAll(es []Expr) Expr {
	switch len(es) {
	case 0:
		return nil
	case 1:
		return es[0]
	}
	return &And{Args: es}
}
