package parse

import "github.com/glauxdb/glaux/planner/ast"

// from parses the comma list of FROM.
func (p *parser) from() []ast.TableExpr {
	var out []ast.TableExpr
	for {
		out = append(out, p.joined())
		if !p.eat(",") {
			return out
		}
	}
}

// joined parses a table and the joins to its right.
func (p *parser) joined() ast.TableExpr {
	if !p.enter() {
		return at(&ast.TableName{}, p.pos())
	}
	defer p.leave()
	l := p.tablePrimary()
	for p.err == nil && p.joinAhead() {
		l = p.join(l)
	}
	return l
}

// joinAhead reports whether a join's keywords come next.
func (p *parser) joinAhead() bool {
	switch p.tok().word {
	case "join", "cross", "natural", "inner":
		return p.tok().kind == kWord
	case "left", "right", "full":
		return p.isAt(1, "join") || p.isAt(1, "outer")
	}
	return false
}

func (p *parser) join(l ast.TableExpr) ast.TableExpr {
	j := at(&ast.Join{L: l, Kind: "inner"}, l.Position())
	j.Natural = p.eat("natural")
	switch w := p.tok().word; w {
	case "cross", "inner":
		p.i++
		j.Kind = w
	case "left", "right", "full":
		p.i++
		j.Kind = w
		p.eat("outer")
	}
	p.want("join")
	j.R = p.tablePrimary()
	if j.Kind == "cross" || j.Natural {
		return j
	}
	// a JOIN b JOIN c ON x ON y: the inner join ends first.
	for p.err == nil && p.joinAhead() {
		if !p.enter() {
			return j
		}
		j.R = p.join(j.R)
		p.leave()
	}
	switch {
	case p.eat("on"):
		j.On = p.expr()
	case p.is("using"):
		p.i++
		j.Using = p.identList("a column name")
		if p.is("as") {
			j.Alias = p.alias()
		}
	default:
		p.fail("ON", "USING")
	}
	return j
}

// tablePrimary parses a table expression without joins, its alias and sample.
func (p *parser) tablePrimary() ast.TableExpr {
	t := p.tableItem()
	if p.matchAhead() {
		t = p.matchRecognize(t)
	}
	if _, done := t.(*ast.Sampled); done || !p.is("tablesample") {
		return t
	}
	return p.sample(t)
}

// tableItem parses a table expression and its alias.
func (p *parser) tableItem() ast.TableExpr {
	pos := p.pos()
	lateral := p.eat("lateral")
	switch {
	case p.is("unpivot") && p.peek(1).isIdent(plain) && p.isAt(2, "."):
		p.i++
		n, _ := p.tableName(p.name("a path to a row or a map"), pos).(*ast.TableName)
		n.Unpivot = true
		return n
	case p.queryParen(p.i):
		n := at(&ast.SubqueryTable{Lateral: lateral, Query: p.parenQuery()}, pos)
		n.Alias = p.alias()
		return n
	case p.is("(") && !lateral:
		return p.parenJoin()
	case p.is("unnest") && p.isAt(1, "("):
		return p.unnest()
	case p.is("rows") && p.isAt(1, "from") && p.isAt(2, "("):
		return p.rowsFrom(lateral)
	case p.is("table") && p.isAt(1, "("): // Trino: TABLE(sequence(1, 3))
		p.i += 2
		return p.tableFunc(lateral, pos)
	case p.is("json_table") && p.isAt(1, "("):
		return p.jsonTable(lateral, pos)
	case p.is("only") && p.peek(1).isIdent(plain):
		p.i++
	}
	t := p.tok()
	var name ast.Name
	if t.class == funcOnly && p.isAt(1, "(") {
		name = ast.Name{p.identAt(p.advance())}
	} else {
		name = p.funcName()
	}
	if p.is("(") || lateral {
		n := p.funcTable(name, lateral, pos)
		p.ordinality(&n.Ordinality)
		n.Alias = p.funcAlias()
		return n
	}
	return p.tableName(name, pos)
}

// funcName parses a table's or function's name; current_date and its like may
// stand in FROM too.
func (p *parser) funcName() ast.Name {
	t := p.tok()
	if t.kind == kWord && t.class == reserved && p.isAt(1, "(") && (t.word == "current_schema" || t.word == "user") {
		p.fail("a table name")
	}
	return p.name("a table name")
}

func (p *parser) tableName(name ast.Name, pos ast.Pos) ast.TableExpr {
	n := at(&ast.TableName{Name: name}, pos)
	p.eat("*")
	if p.is("for") && p.isAt(2, "as") && p.isAt(3, "of") {
		switch p.peek(1).word {
		case "timestamp", "system_time":
			n.AsOfKind = "timestamp"
		case "version", "system_version":
			n.AsOfKind = "version"
		default:
			p.i++
			p.fail("TIMESTAMP", "VERSION")
			return n
		}
		p.i += 4
		n.AsOf = p.exprAt(precAdd)
	}
	if p.is("tablesample") { // before the alias, as Hive has it
		s := p.sample(n)
		n.Alias = p.alias()
		return s
	}
	if !p.ordinalAhead() {
		n.Alias = p.alias()
	}
	if p.ordinalAhead() {
		p.i++
		n.Ordinal = p.ident("a name for the position")
	}
	return n
}

// ordinalAhead reports whether AT name of PartiQL comes next.
func (p *parser) ordinalAhead() bool {
	return p.is("at") && p.tok().kind == kWord && p.peek(1).isIdent(plain)
}

// sample parses TABLESAMPLE method (percent) [REPEATABLE (seed)] after t.
func (p *parser) sample(t ast.TableExpr) ast.TableExpr {
	s := at(&ast.Sampled{Table: t}, p.pos())
	p.i++
	if s.Method = p.eatAny("bernoulli", "system"); s.Method == "" {
		p.fail("BERNOULLI", "SYSTEM")
	}
	p.want("(")
	s.Percent = p.expr()
	p.want(")")
	if p.eat("repeatable") {
		p.want("(")
		s.Seed = p.expr()
		p.want(")")
	}
	return s
}

// parenJoin parses (a JOIN b ON ...) [alias].
func (p *parser) parenJoin() ast.TableExpr {
	p.i++
	n := p.joined()
	p.want(")")
	if j, ok := n.(*ast.Join); ok {
		if a := p.alias(); a.Name.Name != "" {
			j.Alias = a
		}
	}
	return n
}

func (p *parser) unnest() ast.TableExpr {
	n := at(&ast.Unnest{}, p.pos())
	p.i++
	n.Args = p.parenExprs()
	p.ordinality(&n.Ordinality)
	n.Alias = p.alias()
	return n
}

func (p *parser) ordinality(out *bool) {
	if p.is("with") && p.isAt(1, "ordinality") {
		p.i += 2
		*out = true
	}
}

func (p *parser) rowsFrom(lateral bool) ast.TableExpr {
	n := at(&ast.FuncTable{Lateral: lateral}, p.pos())
	p.i += 3
	for {
		c, ok := p.primary().(*ast.Call)
		if !ok {
			p.fail("a function call")
			return n
		}
		n.Calls = append(n.Calls, c)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	p.ordinality(&n.Ordinality)
	n.Alias = p.funcAlias()
	return n
}

func (p *parser) funcTable(name ast.Name, lateral bool, pos ast.Pos) *ast.FuncTable {
	n := at(&ast.FuncTable{Lateral: lateral}, pos)
	if !p.is("(") {
		p.fail(`"("`)
		return n
	}
	c, _ := p.call(name).(*ast.Call)
	n.Calls = []*ast.Call{c}
	return n
}

// alias parses [AS] name [(columns)].
func (p *parser) alias() ast.Alias {
	a := ast.Alias{}
	switch t := p.tok(); {
	case p.matchAhead():
		return a
	case p.eat("as"):
		a.Name = p.ident("an alias name")
	case t.kind == kQuoted, t.kind == kWord && t.class == plain:
		a.Name = p.identAt(p.advance())
	default:
		return a
	}
	if p.is("(") {
		a.Columns = p.identList("a column name")
	}
	return a
}

// funcAlias parses an alias whose columns may have types: AS t(a int, b text),
// or AS (a int).
func (p *parser) funcAlias() ast.Alias {
	typed := func(i int) bool {
		t, next := p.peek(i+1), p.peek(i+2)
		return p.isAt(i, "(") && t.isIdent(plain) && next.word != "," && next.word != ")"
	}
	a := ast.Alias{}
	as := p.is("as")
	k := 0
	if as {
		k = 1
	}
	switch {
	case p.matchAhead():
		return a
	case as && typed(1):
		p.i++
	case p.peek(k).isIdent(plain) && typed(k+1):
		p.i += k
		a.Name = p.identAt(p.advance())
	default:
		return p.alias()
	}
	p.want("(")
	for {
		a.Columns = append(a.Columns, p.ident("a column name"))
		a.Types = append(a.Types, p.typeName())
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return a
}
