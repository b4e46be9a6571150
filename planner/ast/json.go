package ast

// JSONCall is a function of SQL/JSON, whose arguments have words of their own:
// json_exists, json_value, json_query, json_object and json_array.
type JSONCall struct {
	exprNode
	Name     string // lower case
	JSONPath        // of the functions that query
	// Keys and Values are what json_object and json_array are made of.
	Keys   []Expr
	Values []JSONArg
	Nulls  string // "null", "absent" or ""
	Unique bool   // WITH UNIQUE KEYS
	JSONOutput
}

// JSONPath is what a path is evaluated over: input, 'path' PASSING ...
type JSONPath struct {
	Input   JSONArg
	Path    StringLit
	Passing []JSONPassing
}

// JSONArg is an argument that may be JSON text: x [FORMAT JSON [ENCODING e]].
type JSONArg struct {
	X        Expr
	JSON     bool
	Encoding string // "", "utf8", "utf16", "utf32"
}

// JSONPassing is a variable of a path: x [FORMAT JSON] AS name.
type JSONPassing struct {
	JSONArg
	Name Ident
}

// JSONOutput is what becomes of a result.
type JSONOutput struct {
	Returning *TypeName
	Format    bool   // FORMAT JSON after the type
	Encoding  string // of that
	Wrapper   string // "", "without", "conditional", "unconditional"
	Quotes    string // "", "keep", "omit"
	Empty     JSONBehavior
	Error     JSONBehavior
}

// JSONBehavior is what stands before ON EMPTY and ON ERROR.
type JSONBehavior struct {
	Kind    string // "", "null", "error", "default", "empty array", "empty object", "empty", "true", "false", "unknown"
	Default Expr
}

// JSONTable is JSON_TABLE(input, 'path' COLUMNS (...)) in FROM.
type JSONTable struct {
	tableNode
	Lateral bool
	JSONPath
	PathName Ident
	Columns  []JSONColumn
	Plan     *JSONPlan // nil: the default
	Error    JSONBehavior
	Alias    Alias
}

// JSONColumn is a column of JSON_TABLE: an ordinality, a value at a path, or nested
// columns.
type JSONColumn struct {
	At
	Name       Ident // of a nested path its name, or ""
	Ordinality bool
	Type       TypeName
	Exists     bool // EXISTS PATH
	Query      bool // FORMAT JSON: as json_query
	Path       *StringLit
	JSONOutput
	Nested []JSONColumn
}

// JSONPlan says how the rows of nested paths are joined. Op is "" for the leaf Path,
// "outer" and "inner" for a parent and its child, "union" and "cross" for siblings,
// "default" for PLAN DEFAULT (Parent, Sibling).
type JSONPlan struct {
	Op              string
	Path            Ident
	L, R            *JSONPlan
	Parent, Sibling string
}

// Place gives the position of the first path of a plan.
func (n *JSONPlan) Place() Pos {
	for n.L != nil {
		n = n.L
	}
	return n.Path.Pos
}
