package ast

// Query is a whole query expression: WITH ... body ORDER BY ... LIMIT ....
type Query struct {
	At
	// Functions are those of WITH FUNCTION, Trino's inline functions: scalar, with a body.
	Functions []*CreateFunction
	With      []CTE
	Recurs    bool
	Body      QueryBody
	OrderBy   []OrderItem
	Limit     Expr // nil: none; LIMIT ALL is none
	Offset    Expr
	Ties      bool // FETCH FIRST n ROWS WITH TIES
}

// CTE is one WITH item.
type CTE struct {
	At
	Name         Ident
	Columns      []Ident
	Query        *Query
	Materialized *bool // [NOT] MATERIALIZED
}

// QueryBody is a *Select, *SetOp, *Values, *TableBody or a nested *Query.
type QueryBody interface {
	Node
	body()
}

func (*Query) body()     {}
func (*Select) body()    {}
func (*SetOp) body()     {}
func (*Values) body()    {}
func (*TableBody) body() {}

// Select is one SELECT block.
type Select struct {
	At
	Distinct   bool
	DistinctOn []Expr
	Items      []SelectItem
	From       []TableExpr // comma list
	Where      Expr
	GroupBy    []GroupItem
	GroupAll   bool // GROUP BY ALL
	Having     Expr
	Windows    []NamedWindow
	Qualify    Expr
}

// NamedWindow is an item of the WINDOW clause.
type NamedWindow struct {
	Name Ident
	Def  Window
}

// SelectItem is an expression with an optional alias.
type SelectItem struct {
	At
	X     Expr
	Alias Ident // Name "" if there is none
}

// GroupItem is an expression, or grouping sets.
type GroupItem struct {
	At
	X    Expr     // a plain expression, if Sets is nil
	Kind string   // "", "sets", "rollup", "cube"
	Sets [][]Expr // the sets, or the elements of rollup and cube
}

// SetOp is l UNION | INTERSECT | EXCEPT [ALL] r.
type SetOp struct {
	At
	Op   string // "union", "intersect", "except"
	All  bool
	L, R QueryBody
}

// Values is VALUES (..), (..).
type Values struct {
	At
	Rows [][]Expr
}

// TableBody is TABLE name.
type TableBody struct {
	At
	Name Name
}

// TableExpr is an item of FROM.
type TableExpr interface {
	Node
	table()
}

type tableNode struct{ At }

func (tableNode) table() {}

// Alias is [AS] name [(columns)] after a table expression.
type Alias struct {
	Name    Ident // Name "" if there is none
	Columns []Ident
	Types   []TypeName // AS t(a int, b text) of a function returning record; nil otherwise
}

// The table expressions.
type (
	// TableName is a table, view, CTE or system table; after an item of FROM it may be
	// a path into that item's columns (PartiQL): FROM t, t.list.
	TableName struct {
		tableNode
		Name  Name
		Alias Alias
		// Ordinal is the column of positions that PartiQL's AT names: FROM t, t.list AS e AT i.
		// With Unpivot, of keys: UNPIVOT t.object AS v AT k.
		Ordinal Ident
		Unpivot bool
		// AsOf is FOR TIMESTAMP | VERSION AS OF x; AsOfKind "timestamp" or "version".
		AsOf     Expr
		AsOfKind string
	}
	// SubqueryTable is (query) alias, with LATERAL or not.
	SubqueryTable struct {
		tableNode
		Query   *Query
		Lateral bool
		Alias   Alias
	}
	// FuncTable is a set-returning function in FROM: generate_series(1,3), with
	// LATERAL implied; several with ROWS FROM(...).
	FuncTable struct {
		tableNode
		Calls      []*Call
		Ordinality bool
		Lateral    bool
		Alias      Alias
	}
	// Unnest is UNNEST(a, b) [WITH ORDINALITY].
	Unnest struct {
		tableNode
		Args       []Expr
		Ordinality bool
		Alias      Alias
	}
	// Sampled is table TABLESAMPLE method (percent) [REPEATABLE (seed)].
	Sampled struct {
		tableNode
		Table   TableExpr
		Method  string // "bernoulli", "system"
		Percent Expr
		Seed    Expr // nil: another sample each time
	}
	// Join is l [kind] JOIN r. Kind "inner", "left", "right", "full", "cross".
	Join struct {
		tableNode
		Kind    string
		Natural bool
		L, R    TableExpr
		On      Expr
		Using   []Ident
		Alias   Alias // (a JOIN b ON ...) AS x
	}
)
