package planner

import (
	"reflect"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
)

// Narrowing is a condition that a statement's scan of a table is to get.
type Narrowing struct {
	Pos   int    // of the table's name in the statement: plan.Scan's
	Table string // its name
	// Condition writes the condition with the table's columns behind a prefix: "" or
	// an alias with a dot.
	Condition func(prefix string) string
}

// Narrow adds conditions to the WHERE of the queries that read tables. It gives the
// statement (of an EXPLAIN what it explains) in a normal form, and for each
// narrowing the new WHERE of its query, without the word. ok is false if one of the
// tables is not in a FROM of the statement: it is read through a view.
func Narrow(sql string, list []Narrowing) (statement string, wheres []string, ok bool) {
	stmt, err := parse.ParseOne(sql)
	if err != nil || stmt == nil {
		return "", nil, false
	}
	if e, ok := stmt.(*ast.Explain); ok {
		stmt = e.Stmt
	}
	in := make([]*ast.Select, len(list))
	eachSelect(reflect.ValueOf(stmt), func(s *ast.Select) {
		for i, n := range list {
			if t := tableAt(s.From, n); t != nil {
				in[i] = s
			}
		}
	})
	texts := map[*ast.Select]string{}
	for i, n := range list {
		s := in[i]
		if s == nil {
			return "", nil, false
		}
		if texts[s] != "" {
			texts[s] += " AND "
		}
		texts[s] += n.Condition(prefixOf(tableAt(s.From, n), s.From))
	}
	for s, text := range texts {
		if s.Where != nil {
			text += " AND " + ast.Text(s.Where)
		}
		texts[s] = text
		if s.Where, err = parse.ParseExpr(text); err != nil {
			return "", nil, false
		}
	}
	for _, s := range in {
		wheres = append(wheres, texts[s])
	}
	return ast.Text(stmt), wheres, true
}

// prefixOf is what tells a table's columns from those of others in a FROM.
func prefixOf(t *ast.TableName, from []ast.TableExpr) string {
	if _, alone := from[0].(*ast.TableName); alone && len(from) == 1 {
		return ""
	}
	name := t.Name.Last().Name
	if t.Alias.Name.Name != "" {
		name = t.Alias.Name.Name
	}
	return types.QuoteIdent(name) + "."
}

// tableAt finds the table of a narrowing in a FROM; nil if it is not there or has
// other names for its columns.
func tableAt(from []ast.TableExpr, n Narrowing) *ast.TableName {
	for _, t := range from {
		switch t := t.(type) {
		case *ast.TableName:
			if int(t.Pos) == n.Pos && t.Name.Last().Name == n.Table && len(t.Alias.Columns) == 0 {
				return t
			}
		case *ast.Join:
			if found := tableAt([]ast.TableExpr{t.L, t.R}, n); found != nil && t.Alias.Name.Name == "" {
				return found
			}
		}
	}
	return nil
}

// eachSelect visits every query block below a node of the tree.
func eachSelect(v reflect.Value, visit func(*ast.Select)) {
	switch v.Kind() {
	case reflect.Interface:
		eachSelect(v.Elem(), visit)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if s, ok := v.Interface().(*ast.Select); ok {
			visit(s)
		}
		eachSelect(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			eachSelect(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachSelect(v.Field(i), visit)
			}
		}
	}
}
