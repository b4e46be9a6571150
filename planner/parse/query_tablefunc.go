package parse

import "github.com/glauxdb/glaux/planner/ast"

// tableFunc parses TABLE(f(...)) after its first parenthesis. Trino's own table
// functions are queries in other words; any other is a function in FROM.
//
//	TABLE(sequence(1, 5))                        (SELECT n AS sequential_number FROM table_sequence(1, 5, 1) AS f (n))
//	TABLE(exclude_columns(TABLE(t), DESCRIPTOR(a)))    (SELECT * EXCEPT (a) FROM t)
func (p *parser) tableFunc(lateral bool, pos ast.Pos) ast.TableExpr {
	var q *ast.Query
	switch {
	case p.is("sequence") && p.isAt(1, "("):
		q = p.sequenceTable(pos)
	case p.is("exclude_columns") && p.isAt(1, "("):
		q = p.excludeColumns(pos)
	default:
		n := p.funcTable(p.name("a function name"), lateral, pos)
		p.want(")")
		n.Alias = p.alias()
		return n
	}
	p.want(")")
	n := at(&ast.SubqueryTable{Query: q, Lateral: lateral}, pos)
	n.Alias = p.alias()
	return n
}

// queryOf wraps a SELECT.
func queryOf(s *ast.Select, pos ast.Pos) *ast.Query { return at(&ast.Query{Body: at(s, pos)}, pos) }

// argName consumes name => of an argument, and gives the argument's number: that of
// the name, or else i.
func (p *parser) argName(names []string, i int) int {
	if p.isAt(1, "=>") {
		for k, n := range names {
			if p.is(n) {
				p.i += 2
				return k
			}
		}
		p.fail(names...)
	}
	return i
}

// sequenceTable parses sequence([start =>] a, [stop =>] b [, [step =>] c]) as rows;
// start is 0 and step 1 unless given by name.
func (p *parser) sequenceTable(pos ast.Pos) *ast.Query {
	name := p.identAt(p.advance())
	name.Name = "table_sequence"
	var args [3]ast.Expr
	p.want("(")
	for i := 0; p.err == nil; i++ {
		k := p.argName([]string{"start", "stop", "step"}, i)
		if k >= len(args) || args[k] != nil {
			p.fail(`")"`)
			break
		}
		args[k] = p.expr()
		if !p.eat(",") {
			break
		}
	}
	if args[1] == nil {
		p.fail("the argument STOP")
	}
	p.want(")")
	c := at(&ast.Call{Name: ast.Name{name}}, name.Pos)
	for i, x := range args {
		if x == nil {
			x = at(&ast.NumberLit{Text: [...]string{"0", "", "1"}[i]}, name.Pos)
		}
		c.Args = append(c.Args, at(&ast.Cast{X: x, Type: typeAt("bigint", name.Pos)}, name.Pos))
	}
	n := ast.Ident{Name: "n"}
	n.Pos = pos
	col := ast.Ident{Name: "sequential_number"}
	from := at(&ast.FuncTable{Calls: []*ast.Call{c}, Alias: ast.Alias{Name: name, Columns: []ast.Ident{n}}}, pos)
	item := ast.SelectItem{X: at(&ast.ColumnRef{Name: ast.Name{n}}, pos), Alias: col}
	return queryOf(&ast.Select{Items: []ast.SelectItem{item}, From: []ast.TableExpr{from}}, pos)
}

// excludeColumns parses exclude_columns([input =>] TABLE(t), [columns =>] DESCRIPTOR(a, b)).
func (p *parser) excludeColumns(pos ast.Pos) *ast.Query {
	p.i++
	p.want("(")
	p.argName([]string{"input"}, 0)
	p.want("table")
	var from ast.TableExpr
	if p.isAt(0, "(") && (p.queryParen(p.i) || p.isAt(1, "table") || p.isAt(1, "values")) {
		q := p.parenQuery()
		from = at(&ast.SubqueryTable{Query: q}, pos)
	} else {
		p.want("(")
		from = at(&ast.TableName{Name: p.name("a table name")}, pos)
		p.want(")")
	}
	p.want(",")
	p.argName([]string{"columns"}, 1)
	p.want("descriptor")
	star := at(&ast.Star{Except: p.identList("a column name")}, pos)
	p.want(")")
	return queryOf(&ast.Select{Items: []ast.SelectItem{{X: star}}, From: []ast.TableExpr{from}}, pos)
}
