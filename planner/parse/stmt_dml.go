package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// dml parses INSERT, UPDATE, DELETE, TRUNCATE, ANALYZE and VACUUM; nil for any
// other statement.
func (p *parser) dml() ast.Stmt {
	switch p.tok().word {
	case "insert":
		return p.insert()
	case "update":
		return p.update()
	case "delete":
		return p.delete()
	case "truncate":
		return p.truncate()
	case "analyze", "analyse", "vacuum":
		return p.analyze()
	}
	return nil
}

// dmlAhead reports whether WITH items lead to a statement that changes rows.
func (p *parser) dmlAhead() bool {
	if !p.is("with") {
		return false
	}
	for i := p.i + 1; i < len(p.toks); i++ {
		t := &p.toks[i]
		switch t.word {
		case "(":
			if t.match == 0 {
				return false
			}
			i = int(t.match)
		case "select", "values", "table", ";":
			return false
		case "insert", "update", "delete":
			return t.kind == kWord && p.toks[i-1].word == ")"
		}
	}
	return false
}

// withDML parses WITH items and the statement they belong to.
func (p *parser) withDML() ast.Stmt {
	pos := p.pos()
	q := &ast.Query{}
	p.with(q)
	switch s := p.dml().(type) {
	case *ast.Insert:
		s.With, s.Recurs, s.Pos = q.With, q.Recurs, pos
		return s
	case *ast.Update:
		s.With, s.Recurs, s.Pos = q.With, q.Recurs, pos
		return s
	case *ast.Delete:
		s.With, s.Recurs, s.Pos = q.With, q.Recurs, pos
		return s
	}
	p.fail("INSERT", "UPDATE", "DELETE")
	return at(&ast.Insert{}, pos)
}

func (p *parser) insert() ast.Stmt {
	n := at(&ast.Insert{}, p.pos())
	p.i++
	p.want("into")
	n.Table = p.name("a table name")
	if p.eat("as") {
		n.Alias = p.ident("an alias")
	}
	if p.is("(") && !p.queryParen(p.i) {
		n.Columns = p.columnList()
	}
	if p.eat("overriding") {
		if n.Overriding = p.eatAny("system", "user"); n.Overriding == "" {
			p.fail("SYSTEM", "USER")
		}
		p.want("value")
	}
	if !p.eat2("default", "values") {
		n.Query = p.query()
	}
	if p.is("on") && p.isAt(1, "conflict") {
		n.Conflict = p.onConflict()
	}
	n.Returning = p.returning()
	return n
}

// columnList parses (a, b, c), where words that are columns in many tables need
// no quotes.
func (p *parser) columnList() []ast.Ident {
	p.want("(")
	var out []ast.Ident
	for {
		out = append(out, p.identOf(soft, "a column name"))
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

func (p *parser) onConflict() *ast.OnConflict {
	n := at(&ast.OnConflict{}, p.pos())
	p.i += 2
	switch {
	case p.is("("):
		n.Columns = p.columnList()
		if p.is("where") {
			p.unsupported("ON CONFLICT with a condition")
		}
	case p.eat("on"):
		p.want("constraint")
		n.Constraint = p.ident("a constraint name")
	}
	p.want("do")
	switch {
	case p.eat("nothing"):
	case p.is("update"):
		p.unsupported("ON CONFLICT DO UPDATE")
	default:
		p.fail("NOTHING", "UPDATE")
	}
	return n
}

func (p *parser) returning() []ast.SelectItem {
	if !p.eat("returning") {
		return nil
	}
	return p.selectItems()
}

// dmlTable parses [ONLY] name [*] [[AS] alias].
func (p *parser) dmlTable() *ast.TableName {
	n := at(&ast.TableName{}, p.pos())
	p.eat("only")
	n.Name = p.name("a table name")
	p.eat("*")
	switch t := p.tok(); {
	case p.eat("as"):
		n.Alias.Name = p.ident("an alias")
	case t.isIdent(plain) && t.word != "set" && t.word != "values":
		n.Alias.Name = p.identAt(p.advance())
	}
	return n
}

func (p *parser) update() ast.Stmt {
	n := at(&ast.Update{}, p.pos())
	p.i++
	n.Table = p.dmlTable()
	p.want("set")
	for {
		n.Set = append(n.Set, p.setClause())
		if !p.eat(",") {
			break
		}
	}
	if p.eat("from") {
		n.From = p.from()
	}
	n.Where = p.dmlWhere()
	n.Returning = p.returning()
	return n
}

func (p *parser) setClause() ast.SetClause {
	s := ast.SetClause{}
	s.Pos = p.pos()
	if !p.is("(") {
		s.Columns = []ast.Ident{p.identOf(soft, "a column name")}
		p.want("=")
		s.Values = []ast.Expr{p.expr()}
		return s
	}
	s.Columns = p.columnList()
	p.want("=")
	p.eat("row")
	switch {
	case p.queryParen(p.i):
		s.Values = []ast.Expr{p.expr()}
	default:
		p.want("(")
		s.Values = p.exprs()
		p.want(")")
	}
	return s
}

func (p *parser) dmlWhere() ast.Expr {
	if !p.eat("where") {
		return nil
	}
	if p.is("current") && p.isAt(1, "of") {
		p.unsupported("WHERE CURRENT OF")
		return nil
	}
	return p.expr()
}

func (p *parser) delete() ast.Stmt {
	n := at(&ast.Delete{}, p.pos())
	p.i++
	p.want("from")
	n.Table = p.dmlTable()
	if p.eat("using") {
		n.Using = p.from()
	}
	n.Where = p.dmlWhere()
	n.Returning = p.returning()
	return n
}

func (p *parser) truncate() ast.Stmt {
	n := at(&ast.Truncate{}, p.pos())
	p.i++
	p.eat("table")
	for {
		p.eat("only")
		n.Tables = append(n.Tables, p.name("a table name"))
		p.eat("*")
		if !p.eat(",") {
			break
		}
	}
	switch {
	case p.eat2("restart", "identity"):
		n.Restart = true
	case p.eat2("continue", "identity"):
	}
	p.eatAny("restrict", "cascade")
	return n
}

// analyze parses ANALYZE and VACUUM [options] [table [(columns)], ...], and Hive's
// ANALYZE TABLE table COMPUTE STATISTICS [FOR [ALL] COLUMNS [columns]].
func (p *parser) analyze() ast.Stmt {
	n := at(&ast.Analyze{}, p.pos())
	if n.Command = strings.ToUpper(p.advance().word); n.Command == "ANALYSE" {
		n.Command = "ANALYZE"
	}
	if n.Command == "ANALYZE" && p.eat("table") {
		return p.computeStatistics(n)
	}
	if p.is("(") {
		p.explainOptions(&ast.Explain{})
	}
	for p.eatAny("full", "freeze", "verbose", "analyze") != "" {
	}
	for !p.done() && !p.is(";") && p.err == nil {
		n.Tables = append(n.Tables, p.name("a table name"))
		var cols []ast.Ident
		if p.is("(") {
			cols = p.columnList()
		}
		n.Columns = append(n.Columns, cols)
		if !p.eat(",") {
			break
		}
	}
	return n
}

func (p *parser) computeStatistics(n *ast.Analyze) ast.Stmt {
	n.Tables = []ast.Name{p.name("a table name")}
	p.want("compute")
	p.want("statistics")
	if n.Rows = !p.eat("for"); n.Rows {
		return n
	}
	var cols []ast.Ident
	all := p.eat("all")
	p.want("columns")
	for !all && !p.done() && !p.is(";") && p.err == nil {
		cols = append(cols, p.identOf(soft, "a column name"))
		if !p.eat(",") {
			break
		}
	}
	n.Columns = [][]ast.Ident{cols}
	return n
}
