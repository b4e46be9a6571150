package plan

import "encoding/json"

// JSONClauses are the clauses of a function of SQL/JSON besides its values. The
// functions of the registry get them as a constant text argument.
//
// Arguments of json_exists, json_value and json_query: the input, the path, the
// clauses, a NULL of the type to return, the defaults ON EMPTY and ON ERROR (NULL
// where there is none), the values of Vars. Of json_object: the clauses, a NULL of the
// type to return, names and values in turn; of json_array: the same without names. Of
// json_table: the input, a JSONTable, then the NULLs of the columns' types, then
// pairs of defaults for each column, then the values of Vars.
type JSONClauses struct {
	Input    JSONFormat   `json:"input,omitzero"`  // of the input
	Output   JSONFormat   `json:"output,omitzero"` // of the result
	Vars     []JSONVar    `json:"vars,omitempty"`
	Values   []JSONFormat `json:"values,omitempty"` // of json_object and json_array
	Absent   bool         `json:"absent,omitempty"` // NULLs are left out
	Unique   bool         `json:"unique,omitempty"`
	Wrapper  string       `json:"wrapper,omitempty"` // "", "conditional", "unconditional"
	Unquoted bool         `json:"unquoted,omitempty"`
	Empty    string       `json:"empty,omitempty"` // "null", "error", "default", "empty array", "empty object"
	Error    string       `json:"error,omitempty"` // the same, or "true", "false", "unknown"
}

// JSONFormat says how a value is JSON.
type JSONFormat struct {
	JSON     bool   `json:"json,omitempty"`
	Encoding string `json:"encoding,omitempty"` // of binary values: "utf8", "utf16", "utf32", or ""
}

// JSONVar is a variable of a path. Unquoted names match in any case.
type JSONVar struct {
	Name   string     `json:"name"`
	Quoted bool       `json:"quoted,omitempty"`
	Format JSONFormat `json:"format,omitzero"`
}

// JSONTable is what json_table computes: rows from a tree of paths.
type JSONTable struct {
	JSONPathRows
	Input JSONFormat `json:"input,omitzero"`
	Vars  []JSONVar  `json:"vars,omitempty"`
	Names []string   `json:"names"` // of all columns
	Error string     `json:"error,omitempty"`
}

// JSONPathRows are the rows of one path: a row for each item that it finds, with its
// columns, joined with the rows below by Plan.
type JSONPathRows struct {
	Path    string         `json:"path"`
	Columns []JSONColumn   `json:"columns,omitempty"`
	Nested  []JSONPathRows `json:"nested,omitempty"`
	Plan    *JSONPlan      `json:"plan,omitempty"` // how Nested are joined; nil: there are none
}

// JSONColumn is a column of json_table. At is its place in the row.
type JSONColumn struct {
	At         int         `json:"at"`
	Kind       string      `json:"kind"` // "ordinality", "value", "query", "exists"
	Path       string      `json:"path,omitempty"`
	Clauses    JSONClauses `json:"clauses,omitzero"`
	HasDefault bool        `json:"has_default,omitempty"`
}

// JSONPlan joins nested paths. Op is "" for the path Nested[Path] itself, "union" or
// "cross" for siblings. Inner, on the top of it, drops rows of the parent that have
// no row below.
type JSONPlan struct {
	Op    string    `json:"op,omitempty"`
	Path  int       `json:"path,omitempty"`
	L     *JSONPlan `json:"l,omitempty"`
	R     *JSONPlan `json:"r,omitempty"`
	Inner bool      `json:"inner,omitempty"`
}

// EncodeJSONClauses gives clauses (of any of the structs above) as text.
func EncodeJSONClauses(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // structs of strings and booleans
		panic(err)
	}
	return string(text)
}

// DecodeJSONClauses reads what EncodeJSONClauses made.
func DecodeJSONClauses(text string, v any) error { return json.Unmarshal([]byte(text), v) }
