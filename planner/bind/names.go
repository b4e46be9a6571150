package bind

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// itemName gives the name of an output column without an alias, as PostgreSQL
// derives it: the column, the function, the type of a cast of a constant.
// Trino leaves what is not a column unnamed: _col0.
func (b *binder) itemName(e ast.Expr, i int) string {
	if b.dialect == plan.Athena {
		switch e := e.(type) {
		case *ast.ColumnRef:
			return e.Name.Last().Name
		case *ast.Field:
			return e.Name.Name
		}
		return b.unnamed("column", i)
	}
	if name := pgName(e); name != "" {
		return name
	}
	return "?column?"
}

// unnamed gives the name of column i (from 0) that nothing names: column1 in
// PostgreSQL, _col0 in Trino.
func (b *binder) unnamed(prefix string, i int) string {
	if b.dialect == plan.Athena {
		return "_col" + strconv.Itoa(i)
	}
	return prefix + strconv.Itoa(i+1)
}

// pgName gives the name that PostgreSQL derives for an expression, "" if none.
func pgName(e ast.Expr) string {
	name, _ := pgNameOf(e)
	return name
}

// pgNameOf gives the name and whether it is only a second choice: that of a
// type, or of CASE, which the name of anything inside it replaces, and which a
// cast around it replaces.
func pgNameOf(e ast.Expr) (name string, weak bool) {
	switch e := e.(type) {
	case *ast.ColumnRef:
		return e.Name.Last().Name, false
	case *ast.Field:
		return e.Name.Name, false
	case *ast.Call:
		return strings.ToLower(e.Name.Last().Name), false
	case *ast.Cast:
		if name, weak := pgNameOf(e.X); name != "" && !weak {
			return name, false
		}
		return pgTypeName(e.Type.Name), true
	case *ast.TypedLit:
		return pgTypeName(e.Type.Name), true
	case *ast.IntervalLit:
		return "interval", true
	case *ast.BoolLit:
		return "bool", true
	case *ast.Subscript:
		return pgNameOf(e.X)
	case *ast.Collate:
		return pgNameOf(e.X)
	case *ast.Case:
		if e.Else != nil {
			if name, weak := pgNameOf(e.Else); name != "" && !weak {
				return name, false
			}
		}
		return "case", true
	case *ast.Subquery:
		return subqueryName(e.Query), false
	}
	return constructName(e), false
}

// constructName is the name of what is written with a word of its own.
func constructName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.JSONCall:
		return e.Name
	case *ast.Extract:
		return "extract"
	case *ast.AtTimeZone:
		return "timezone"
	case *ast.Exists:
		return "exists"
	case *ast.ArrayLit, *ast.ArraySubquery:
		return "array"
	case *ast.RowLit:
		return "row"
	}
	return ""
}

// subqueryName is the name of the subquery's own column.
func subqueryName(q *ast.Query) string {
	s, ok := q.Body.(*ast.Select)
	if !ok || len(s.Items) != 1 {
		return ""
	}
	if s.Items[0].Alias.Name != "" {
		return s.Items[0].Alias.Name
	}
	return pgName(s.Items[0].X)
}

// pgTypeNames are PostgreSQL's internal names where they are not what was
// written.
var pgTypeNames = map[string]string{
	"integer": "int4", "int": "int4", "bigint": "int8", "smallint": "int2", "boolean": "bool", "real": "float4",
	"double precision": "float8", "double": "float8", "decimal": "numeric", "character varying": "varchar", "string": "text",
	"character": "bpchar", "char": "bpchar", "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
	"varbinary": "bytea",
}

func pgTypeName(name string) string {
	name = strings.TrimPrefix(name, pgCatalog+".")
	if n, ok := pgTypeNames[name]; ok {
		return n
	}
	return name
}
