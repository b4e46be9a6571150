package ast

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

type exprNode struct{ At }

func (exprNode) expr() {}

// The expressions.
type (
	// ColumnRef is a dotted name: a column, table.column, or a path into a row.
	ColumnRef struct {
		exprNode
		Name Name
	}
	// Star is * or t.* in a select list, or inside count(*).
	Star struct {
		exprNode
		Table   Name // nil for a bare *
		Except  []Ident
		Replace []SelectItem
	}
	// NumberLit is an unsigned number as written: 12, 1.50, 1e3.
	NumberLit struct {
		exprNode
		Text string
	}
	// StringLit is a string with its escapes resolved ('...', E'...', $$...$$, U&'...').
	StringLit struct {
		exprNode
		Value string
	}
	// BinaryLit is X'1F'.
	BinaryLit struct {
		exprNode
		Value []byte
	}
	// BoolLit is TRUE or FALSE.
	BoolLit struct {
		exprNode
		Value bool
	}
	// NullLit is NULL.
	NullLit struct{ exprNode }
	// TypedLit is DATE '2024-01-01', TIMESTAMP '...', JSON '...', or any type
	// name before a string.
	TypedLit struct {
		exprNode
		Type  TypeName
		Value string
		Text  Pos // of the string
	}
	// IntervalLit is INTERVAL [-] '1' DAY, INTERVAL '1-2' YEAR TO MONTH,
	// INTERVAL '1 day 2 hours'. From and To are lower-case units or "".
	IntervalLit struct {
		exprNode
		Negative bool
		Value    string
		From, To string
	}
	// Param is $1 (Index 1) or the n-th ? (Index n).
	Param struct {
		exprNode
		Index int
	}
	// Unary is -x, +x, NOT x, or a PostgreSQL prefix operator (~, @, |/).
	Unary struct {
		exprNode
		Op string // "-", "+", "not", ...
		X  Expr
	}
	// Binary is x op y. Op is lower case: "and", "or", "=", "<>", "<", "<=",
	// ">", ">=", "+", "-", "*", "/", "%", "^", "||", "->", "->>", "#>", "#>>",
	// "@>", "<@", "?", "~", "~*", "!~", "!~*", "&", "|", "#", "<<", ">>", "&&".
	Binary struct {
		exprNode
		Op    string
		OpPos Pos
		L, R  Expr
	}
	// IsNull is x IS [NOT] NULL, ISNULL, NOTNULL.
	IsNull struct {
		exprNode
		X   Expr
		Not bool
	}
	// IsBool is x IS [NOT] TRUE | FALSE | UNKNOWN. Value "true", "false", "unknown".
	IsBool struct {
		exprNode
		X     Expr
		Value string
		Not   bool
	}
	// IsDistinct is x IS [NOT] DISTINCT FROM y.
	IsDistinct struct {
		exprNode
		L, R Expr
		Not  bool
	}
	// Between is x [NOT] BETWEEN [SYMMETRIC] lo AND hi.
	Between struct {
		exprNode
		X, Lo, Hi      Expr
		Not, Symmetric bool
	}
	// In is x [NOT] IN (list) or x [NOT] IN (query); one of List and Query is set.
	In struct {
		exprNode
		X     Expr
		List  []Expr
		Query *Query
		Not   bool
	}
	// Like is x [NOT] LIKE | ILIKE | SIMILAR TO pattern [ESCAPE e].
	Like struct {
		exprNode
		X, Pattern, Escape Expr
		Op                 string // "like", "ilike", "similar"
		Not                bool
	}
	// Quantified is x op ANY | ALL | SOME (query, array expression or, of LIKE and
	// ILIKE, list of patterns); one of Query, Array and List is set.
	Quantified struct {
		exprNode
		X      Expr
		Op     string // as Binary's, or "like", "ilike", "not like", "not ilike"
		All    bool
		Query  *Query
		Array  Expr
		List   []Expr
		Escape Expr // of the patterns of List
	}
	// Exists is EXISTS (query).
	Exists struct {
		exprNode
		Query *Query
	}
	// Subquery is a scalar subquery.
	Subquery struct {
		exprNode
		Query *Query
	}
	// ArraySubquery is ARRAY(query).
	ArraySubquery struct {
		exprNode
		Query *Query
	}
	// ArrayLit is ARRAY[...] or, nested in one, [...].
	ArrayLit struct {
		exprNode
		Items []Expr
	}
	// RowLit is ROW(a, b) or (a, b).
	RowLit struct {
		exprNode
		Items []Expr
	}
	// Case is CASE [x] WHEN ... THEN ... [ELSE ...] END; X nil for the searched form.
	Case struct {
		exprNode
		X     Expr
		Whens []When
		Else  Expr
	}
	// Cast is CAST(x AS t), TRY_CAST(x AS t), x::t.
	Cast struct {
		exprNode
		X     Expr
		Type  TypeName
		Try   bool
		OpPos Pos // of the operator ::, 0 for CAST
	}
	// Extract is EXTRACT(field FROM x).
	Extract struct {
		exprNode
		Field string // lower case
		X     Expr
	}
	// AtTimeZone is x AT TIME ZONE zone.
	AtTimeZone struct {
		exprNode
		X, Zone Expr
	}
	// Subscript is x[i]; with Slice x[lo:hi], either bound may be nil.
	Subscript struct {
		exprNode
		X      Expr
		Index  Expr
		Slice  bool
		Lo, Hi Expr
	}
	// Field is (x).name, a member of a row-valued expression.
	Field struct {
		exprNode
		X    Expr
		Name Ident // Name "*" expands the row in a select list
	}
	// Call is a function call of any kind. Special spellings are calls too:
	// substring(x from a for b), trim(leading y from x), position(a in b),
	// overlay(...), current_date and the like (NoParens).
	Call struct {
		exprNode
		Name       Name
		Args       []Expr
		Star       bool // count(*)
		Distinct   bool
		OrderBy    []OrderItem // string_agg(x, ',' ORDER BY y)
		WithinSort []OrderItem // WITHIN GROUP (ORDER BY ...)
		Filter     Expr        // FILTER (WHERE ...)
		Over       *Window     // OVER (...)
		IgnoreNull bool        // IGNORE NULLS
		NoParens   bool        // with Over: a measure of the window
		Variadic   bool
		Mode       string // "running" or "final": RUNNING last(x)
		ModeAt     Pos
	}
	// Lambda is x -> body or (x, y) -> body; only an argument of a call.
	Lambda struct {
		exprNode
		Params []Ident
		Body   Expr
	}
	// Collate is x COLLATE name.
	Collate struct {
		exprNode
		X    Expr
		Name Name
	}
	// NamedArg is name => value in a call.
	NamedArg struct {
		exprNode
		Name Ident
		X    Expr
	}
)

// When is a branch of CASE.
type When struct{ Cond, Result Expr }

// OrderItem is one sort key.
type OrderItem struct {
	At
	X          Expr
	Desc       bool
	NullsFirst *bool // nil: the dialect's default
}

// Window is OVER name or OVER (...), also a named window's definition.
type Window struct {
	At
	Name        Ident // the referred window, or ""
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame
}

// Frame is the frame clause of a window.
type Frame struct {
	At
	Unit       string // "rows", "range", "groups"
	Start, End Bound
	Exclude    string      // "", "current row", "group", "ties"
	Rows       *RowPattern // what a frame with MEASURES, PATTERN and so on has; nil: nothing of it
}

// Bound is an edge of a frame.
type Bound struct {
	Kind string // "unbounded preceding", "preceding", "current row", "following", "unbounded following"
	X    Expr   // the offset of preceding and following
}
