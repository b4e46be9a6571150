package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// jsonTableBinder collects the columns of a JSON_TABLE in the order of its row.
type jsonTableBinder struct {
	b        *binder
	c        *exprCtx
	out      plan.JSONTable
	types    []types.Type
	defaults []plan.Expr // two for each column
	seen     map[string]bool
}

// jsonTable binds JSON_TABLE: a table function whose arguments may be columns of the
// items to the left.
func (b *binder) jsonTable(e *ast.JSONTable, left *scope, env *cteEnv) (*fromItem, error) {
	c := &exprCtx{sc: &scope{outer: left, env: env}, st: &stage{}, clause: "JSON_TABLE"}
	t := &jsonTableBinder{b: b, c: c, seen: map[string]bool{}}
	input, vars, err := b.jsonInput(c, &e.JSONPath, &t.out.Input, &t.out.Vars)
	if err != nil {
		return nil, err
	}
	t.out.Error = strings.TrimSuffix(e.Error.Kind, " array")
	rows, err := t.rows(e.Path.Value, e.PathName, e.Columns, e.Plan)
	if err != nil {
		return nil, err
	}
	t.out.JSONPathRows = *rows
	if len(t.types) == 0 {
		return nil, b.fail(e.Pos, fault.CodeSyntax, "JSON_TABLE needs a column")
	}
	args := []plan.Expr{input, b.literal(e, plan.EncodeJSONClauses(&t.out))}
	for _, typ := range t.types {
		args = append(args, &plan.Const{Value: types.NullOf(typ)})
	}
	args = append(append(args, t.defaults...), vars...)
	s := &srfCall{at: e.Pos}
	if err := b.tableRows(c, s, e.Pos, "json_table", args); err != nil {
		return nil, err
	}
	var node plan.Node = s.table
	if s.table == nil {
		node = &plan.Unnest{Input: c.st.over(oneRow()), Args: s.arrays, Outs: s.outs}
	}
	return b.named(&rel{node: node, cols: visible(s.cols())}, "", e.Alias, "json_table")
}

// rows binds the columns of one path, and those below it.
func (t *jsonTableBinder) rows(path string, name ast.Ident, cols []ast.JSONColumn, how *ast.JSONPlan) (*plan.JSONPathRows, error) {
	out := &plan.JSONPathRows{Path: path}
	var names []ast.Ident
	var nested []*ast.JSONColumn
	for i := range cols {
		c := &cols[i]
		if c.Nested != nil {
			names, nested = append(names, c.Name), append(nested, c)
			out.Nested = append(out.Nested, plan.JSONPathRows{})
			continue
		}
		col, err := t.column(c)
		if err != nil {
			return nil, err
		}
		out.Columns = append(out.Columns, *col)
	}
	p := &planOf{t: t, names: names, below: make([]*ast.JSONPlan, len(names))}
	var err error
	if out.Plan, err = p.of(name, how); err != nil {
		return nil, err
	}
	for i, c := range nested {
		below, err := t.rows(c.Path.Value, c.Name, c.Nested, p.below[i])
		if err != nil {
			return nil, err
		}
		out.Nested[i] = *below
	}
	return out, nil
}

// column binds a column that is no nested path.
func (t *jsonTableBinder) column(c *ast.JSONColumn) (*plan.JSONColumn, error) {
	b := t.b
	if t.seen[c.Name.Name] {
		return nil, b.fail(c.Pos, fault.CodeDuplicateColumn, "column name %q is not unique in JSON_TABLE", c.Name.Name)
	}
	t.seen[c.Name.Name] = true
	out := &plan.JSONColumn{At: len(t.types), Kind: "value"}
	t.out.Names = append(t.out.Names, c.Name.Name)
	if c.Ordinality {
		out.Kind = "ordinality"
		t.types = append(t.types, types.TBigInt)
		return out, t.addDefaults(c, types.TBigInt)
	}
	typ, err := b.typeName(&c.Type)
	if err != nil {
		return nil, err
	}
	t.types = append(t.types, typ)
	out.Path = "lax $." + `"` + strings.ReplaceAll(c.Name.Name, `"`, map[plan.Dialect]string{plan.Athena: `""`, plan.Postgres: `\"`}[b.dialect]) + `"`
	if c.Path != nil {
		out.Path = c.Path.Value
	}
	function := "json_value"
	switch {
	case c.Exists:
		out.Kind, function = "exists", "json_exists"
	case c.Query || c.Wrapper != "" || c.Quotes != "" || typ.Kind == types.JSON || typ.IsNested():
		out.Kind, function = "query", "json_query"
	}
	if err := b.jsonClauses(function, &c.JSONOutput, &out.Clauses, c.Pos); err != nil {
		return nil, err
	}
	if c.Error.Kind == "" && t.out.Error == "error" { // ERROR ON ERROR of the table holds for its columns
		out.Clauses.Error = "error"
	}
	return out, t.addDefaults(c, typ)
}

func (t *jsonTableBinder) addDefaults(c *ast.JSONColumn, typ types.Type) error {
	for _, d := range []ast.Expr{c.Empty.Default, c.Error.Default} {
		x, err := t.b.jsonDefault(t.c, d, typ)
		if err != nil {
			return err
		}
		t.defaults = append(t.defaults, x)
	}
	return nil
}

// planOf binds how the nested paths of one path are joined.
type planOf struct {
	t     *jsonTableBinder
	names []ast.Ident
	below []*ast.JSONPlan // what the plan says of the paths below each
	used  []bool
}

// of gives the plan of a path that the clause calls by name; nil says that nothing is
// below it. Without a clause children are outer joined and united.
func (p *planOf) of(name ast.Ident, how *ast.JSONPlan) (*plan.JSONPlan, error) {
	if len(p.names) == 0 && (how == nil || how.Op == "" || how.Op == "default") {
		return nil, nil
	}
	if how == nil || how.Op == "default" {
		return p.byDefault(how), nil
	}
	b := p.t.b
	if how.Op != "outer" && how.Op != "inner" || how.L.Op != "" || how.L.Path.Name != name.Name {
		return nil, b.fail(how.Place(), fault.CodeSyntax, "the PLAN clause must begin with the path %q and OUTER or INNER", name.Name)
	}
	p.used = make([]bool, len(p.names))
	out, err := p.siblings(how.R)
	if err != nil {
		return nil, err
	}
	for i, used := range p.used {
		if !used {
			return nil, b.fail(how.Place(), fault.CodeSyntax, "the PLAN clause does not mention the path %q", p.names[i].Name)
		}
	}
	out.Inner = how.Op == "inner"
	return out, nil
}

func (p *planOf) siblings(n *ast.JSONPlan) (*plan.JSONPlan, error) {
	path := n
	if n.Op == "outer" || n.Op == "inner" {
		path = n.L
	}
	if path.Op == "" {
		for i, id := range p.names {
			if id.Name == path.Path.Name && !p.used[i] {
				p.used[i] = true
				if path != n {
					p.below[i] = n
				}
				return &plan.JSONPlan{Path: i}, nil
			}
		}
		return nil, p.t.b.fail(path.Path.Pos, fault.CodeSyntax, "the PLAN clause mentions %q, which is no path at this place", path.Path.Name)
	}
	l, err := p.siblings(n.L)
	if err != nil {
		return nil, err
	}
	r, err := p.siblings(n.R)
	if err != nil {
		return nil, err
	}
	return &plan.JSONPlan{Op: n.Op, L: l, R: r}, nil
}

// byDefault joins all children alike; the same holds below.
func (p *planOf) byDefault(how *ast.JSONPlan) *plan.JSONPlan {
	op, inner := "union", false
	if how != nil {
		inner = how.Parent == "inner"
		if how.Sibling != "" {
			op = how.Sibling
		}
	}
	var out *plan.JSONPlan
	for i := range p.names {
		p.below[i] = how
		leaf := &plan.JSONPlan{Path: i}
		if out == nil {
			out = leaf
		} else {
			out = &plan.JSONPlan{Op: op, L: out, R: leaf}
		}
	}
	out.Inner = inner
	return out
}
