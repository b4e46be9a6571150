package parse

import "github.com/glauxdb/glaux/planner/ast"

// show parses every SHOW.
func (p *parser) show() ast.Stmt {
	pos := p.pos()
	p.i++
	n := at(&ast.Show{What: p.tok().word}, pos)
	if p.showEnds(1) || p.showLikes() {
		switch n.What {
		case "databases", "schemas", "tables", "views", "functions", "workgroups", "budgets", "templates":
			p.i++
			p.showFilter(n)
			return n
		}
	}
	switch n.What {
	case "workgroup", "budget": // alone they are settings
		if !p.showEnds(1) {
			p.i++
			n.Name = ast.Name{p.objectName(n.What)}
			return n
		}
	case "columns", "tblproperties", "partitions", "create", "drift":
		if !p.showEnds(1) {
			p.i++
			p.showTable(n)
			return n
		}
	}
	return p.showSetting(pos)
}

// showEnds reports whether the statement ends before the token n ahead.
func (p *parser) showEnds(n int) bool { return p.peek(n).kind == kEOF || p.isAt(n, ";") }

// showLikes reports whether IN, FROM, LIKE or a pattern follow the next word.
func (p *parser) showLikes() bool {
	t := p.peek(1)
	return t.word == "in" || t.word == "from" || t.word == "like" || t.kind == kString
}

// showFilter parses [IN | FROM database] [[LIKE] 'pattern'].
func (p *parser) showFilter(n *ast.Show) {
	if n.What == "schemas" {
		n.What = "databases"
	}
	if p.eatAny("in", "from") != "" {
		n.In = p.name("a database name").Last()
	}
	p.showLike(n)
}

// showLike parses [[LIKE] 'pattern'].
func (p *parser) showLike(n *ast.Show) {
	like := p.eat("like")
	if like || p.tok().kind == kString {
		n.Like, n.HasLike = p.strToken("a pattern"), true
	}
	if like && p.is("escape") {
		p.unsupported("SHOW ... LIKE ... ESCAPE")
	}
}

// showTable parses the SHOWs that name a table.
func (p *parser) showTable(n *ast.Show) {
	switch n.What {
	case "create":
		w := p.eatAny("table", "view", "database", "schema", "workgroup", "budget")
		if w == "schema" {
			w = "database"
		}
		n.What += " " + w
		switch w {
		case "":
			p.fail("TABLE", "VIEW", "DATABASE", "WORKGROUP", "BUDGET")
			return
		case "workgroup", "budget":
			n.Name = ast.Name{p.objectName(w)}
			return
		}
		n.Name = p.name("a name")
		return
	case "columns":
		if p.eatAny("from", "in") == "" {
			p.fail("FROM", "IN")
			return
		}
	case "partitions":
		p.eatAny("from", "in")
	case "drift":
		p.eatAny("for", "from", "in")
	}
	n.Name = p.name("a table name")
	switch {
	case n.What == "columns":
		if p.eatAny("from", "in") != "" {
			n.In = p.ident("a database name")
		}
		p.showLike(n)
	case n.What == "tblproperties" && p.eat("("):
		n.Like, n.HasLike = p.strToken("a property"), true
		p.want(")")
	}
}

// showSetting parses SHOW name and its special spellings.
func (p *parser) showSetting(pos ast.Pos) ast.Stmt {
	n := at(&ast.ShowSetting{}, pos)
	switch {
	case p.eat2("time", "zone"):
		n.Name = "timezone"
	case p.eat2("session", "authorization"):
		n.Name = "session_authorization"
	case p.is("transaction") && p.isAt(1, "isolation"):
		p.i += 2
		p.want("level")
		n.Name = "transaction_isolation"
	case p.is("session") && p.showEnds(1): // Trino
		p.i++
		n.Name = "all"
	default:
		if p.done() {
			p.fail("DATABASES", "TABLES", "VIEWS", "COLUMNS", "PARTITIONS", "CREATE TABLE", "TBLPROPERTIES", "DRIFT FOR", "a setting's name")
			return n
		}
		n.Name = p.settingName()
		if !p.done() && !p.is(";") {
			p.fail("DATABASES", "TABLES", "VIEWS", "COLUMNS", "PARTITIONS", "FUNCTIONS", "end of statement")
		}
	}
	return n
}
