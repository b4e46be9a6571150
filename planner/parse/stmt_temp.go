package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// createTemp parses what follows CREATE [OR REPLACE] where it makes a temporary
// table or view, or an index; nil if it is something else.
func (p *parser) createTemp(pos ast.Pos, replace bool) ast.Stmt {
	scope := 0
	if (p.is("local") || p.is("global")) && (p.isAt(1, "temp") || p.isAt(1, "temporary")) {
		scope = 1
	}
	temp := p.isAt(scope, "temp") || p.isAt(scope, "temporary")
	switch {
	case temp && p.isAt(scope+1, "table") && !replace:
		p.i += scope + 2
		return p.tempTable(pos, false)
	case temp && p.isAt(scope+1, "view"):
		p.i += scope + 2
		return p.tempView(pos, replace)
	case temp && p.isAt(scope+1, "recursive"), temp && p.isAt(scope+1, "sequence"):
		p.unsupported("CREATE TEMPORARY " + strings.ToUpper(p.peek(scope+1).word))
	case p.is("unlogged") && p.isAt(1, "table") && !replace:
		p.i += 2
		return p.tempTable(pos, true)
	case p.is("table") && p.isAt(1, "pg_temp") && p.isAt(2, ".") && !replace:
		p.i++
		return p.tempTable(pos, false)
	case !replace && (p.is("index") || p.is("unique") && p.isAt(1, "index")):
		return p.createIndex(pos)
	}
	return nil
}

// tempTable parses from the name on.
func (p *parser) tempTable(pos ast.Pos, lake bool) ast.Stmt {
	n := at(&ast.CreateTemp{Lake: lake}, pos)
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name("a table name")
	if p.is("(") && !p.queryParen(p.i) {
		if t := p.peek(2).word; t == "," || t == ")" {
			n.Names = p.columnList()
		} else {
			p.tempElements(n)
		}
	}
	p.tempOptions(n)
	if p.is("as") || n.Names != nil {
		p.want("as")
		p.tempAs(n)
	}
	return n
}

func (p *parser) tempAs(n *ast.CreateTemp) {
	if p.is("execute") {
		p.unsupported("CREATE TABLE AS EXECUTE")
		return
	}
	n.As = p.query()
	if p.is("with") && (p.isAt(1, "data") || p.isAt(1, "no")) {
		p.i++
		n.NoData = p.eat("no")
		p.want("data")
	}
}

// tempOptions parses [USING method] [WITH (...) | WITHOUT OIDS] [ON COMMIT ...]
// [TABLESPACE name]. Storage has nothing to say here.
func (p *parser) tempOptions(n *ast.CreateTemp) {
	for p.err == nil {
		switch {
		case p.eat("using"):
			p.ident("an access method")
		case p.is("with") && p.isAt(1, "("):
			p.i++
			p.skipOptions()
		case p.eat2("without", "oids"):
		case p.is("on") && p.isAt(1, "commit"):
			p.i += 2
			n.OnCommit = p.onCommit()
		case p.eat("tablespace"):
			p.ident("a tablespace")
		case p.is("inherits") || p.is("partition"):
			p.unsupported(strings.ToUpper(p.tok().word) + " for temporary tables")
		default:
			return
		}
	}
}

// skipOptions skips (name = value, ...).
func (p *parser) skipOptions() {
	p.want("(")
	for {
		p.name("an option")
		if p.eat("=") {
			p.settingText()
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

func (p *parser) onCommit() string {
	switch w := p.eatAny("preserve", "delete", "drop"); w {
	case "drop":
		return w
	case "":
		p.fail("PRESERVE ROWS", "DELETE ROWS", "DROP")
		return ""
	default:
		p.want("rows")
		return w
	}
}

// tempElements parses (column or constraint, ...).
func (p *parser) tempElements(n *ast.CreateTemp) {
	p.want("(")
	if p.eat(")") {
		n.Columns = []ast.TempColumn{}
		return
	}
	for p.err == nil {
		if c, ok := p.tableConstraint(); ok {
			n.Constraints = append(n.Constraints, c)
		} else {
			n.Columns = append(n.Columns, p.tempColumn())
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

func (p *parser) tempColumn() ast.TempColumn {
	c := ast.TempColumn{Name: p.identOf(soft, "a column name")}
	c.Pos = c.Name.Pos
	c.Type = p.typeName()
	for p.err == nil {
		k, ok := p.columnConstraint()
		if !ok {
			break
		}
		if k.Kind != "" {
			c.Constraints = append(c.Constraints, k)
		}
	}
	return c
}

// constraintName parses [CONSTRAINT name].
func (p *parser) constraintName() ast.TempConstraint {
	k := ast.TempConstraint{}
	k.Pos = p.pos()
	if p.eat("constraint") {
		k.Name = p.ident("a constraint name")
	}
	return k
}

// columnConstraint parses one constraint of a column; what has no effect gives
// one without a kind.
func (p *parser) columnConstraint() (ast.TempConstraint, bool) {
	k := p.constraintName()
	switch {
	case p.eat2("not", "null"):
		k.Kind = "not null"
	case p.eat("null"):
		k.Kind = "null"
	case p.eat("default"):
		k.Kind = "default"
		start := p.tok().start
		k.X = p.exprAt(precOther)
		k.Text = p.source(start)
	case p.eat2("primary", "key"):
		k.Kind = "primary key"
		p.indexOptions()
	case p.eat("unique"):
		k.Kind = "unique"
		p.indexOptions()
	case p.is("check"):
		p.check(&k)
	case p.eat("generated"):
		p.generated(&k)
	case p.eat("collate"):
		p.name("a collation")
	case p.is("references"):
		p.unsupported("a foreign key")
	default:
		return k, k.Name.Name != ""
	}
	p.deferrable()
	return k, true
}

// tableConstraint parses a constraint of the table, if there is one.
func (p *parser) tableConstraint() (ast.TempConstraint, bool) {
	named := p.is("constraint") && p.peek(1).isIdent(noAlias)
	word := p.tok().word
	if named {
		word = p.peek(2).word
	}
	switch {
	case named:
	case word == "primary" && p.isAt(1, "key"):
	case (word == "unique" || word == "check") && p.isAt(1, "("):
	case word == "foreign" && p.isAt(1, "key"), word == "exclude" && (p.isAt(1, "using") || p.isAt(1, "(")), word == "like":
		p.unsupported("CREATE TEMP TABLE with " + strings.ToUpper(word))
		return ast.TempConstraint{}, true
	default:
		return ast.TempConstraint{}, false
	}
	k := p.constraintName()
	switch {
	case p.eat2("primary", "key"):
		k.Kind = "primary key"
		k.Columns = p.columnList()
		p.indexOptions()
	case p.eat("unique"):
		k.Kind = "unique"
		k.Columns = p.columnList()
		p.indexOptions()
	case p.is("check"):
		p.check(&k)
	case p.is("foreign") || p.is("exclude"):
		p.unsupported("a constraint " + strings.ToUpper(p.tok().word))
	default:
		p.fail("PRIMARY KEY", "UNIQUE", "CHECK")
	}
	p.deferrable()
	return k, true
}

func (p *parser) check(k *ast.TempConstraint) {
	p.want("check")
	p.want("(")
	k.Kind = "check"
	start := p.tok().start
	k.X = p.expr()
	k.Text = p.source(start)
	p.want(")")
	p.eat2("no", "inherit")
}

// generated parses {ALWAYS | BY DEFAULT} AS IDENTITY [(options)].
func (p *parser) generated(k *ast.TempConstraint) {
	if k.Always = p.eat("always"); !k.Always {
		p.want("by")
		p.want("default")
	}
	p.want("as")
	if p.is("(") {
		p.unsupported("a generated column")
		return
	}
	p.want("identity")
	k.Kind = "identity"
	if p.is("(") && p.tok().match != 0 { // where the numbers start is 1 here
		p.unsupported("options of an identity column")
	}
}

// indexOptions skips INCLUDE, WITH and USING INDEX TABLESPACE of a key.
func (p *parser) indexOptions() {
	if p.eat("include") {
		p.columnList()
	}
	if p.is("with") && p.isAt(1, "(") {
		p.i++
		p.skipOptions()
	}
}

// deferrable skips [NOT] DEFERRABLE and INITIALLY: constraints hold at once.
func (p *parser) deferrable() {
	if p.is("deferrable") || p.is("not") && p.isAt(1, "deferrable") {
		p.eat("not")
		p.i++
	}
	if p.eat("initially") && p.eatAny("deferred", "immediate") == "" {
		p.fail("DEFERRED", "IMMEDIATE")
	}
}

func (p *parser) tempView(pos ast.Pos, replace bool) ast.Stmt {
	n := at(&ast.CreateTempView{OrReplace: replace}, pos)
	n.Name = p.name("a view name")
	if p.is("(") {
		n.Columns = p.columnList()
	}
	p.want("as")
	start := p.tok().start
	n.Query = p.query()
	n.Text = p.source(start)
	return n
}

// createIndex parses [UNIQUE] INDEX [CONCURRENTLY] [[IF NOT EXISTS] name] ON
// table [USING method] (items) ....
func (p *parser) createIndex(pos ast.Pos) ast.Stmt {
	n := at(&ast.CreateIndex{}, pos)
	n.Unique = p.eat("unique")
	p.want("index")
	p.eat("concurrently")
	n.IfNotExists = p.ifNotExists()
	if !p.is("on") {
		n.Name = p.ident("an index name")
	}
	p.want("on")
	p.eat("only")
	n.Table = p.name("a table name")
	if p.eat("using") {
		p.ident("an access method")
	}
	p.indexItems(n)
	p.indexOptions()
	if p.eat("tablespace") {
		p.ident("a tablespace")
	}
	if p.eat("where") {
		p.expr()
		n.Columns = nil
	}
	return n
}

func (p *parser) indexItems(n *ast.CreateIndex) {
	p.want("(")
	plainColumns := true
	for p.err == nil {
		x := p.exprAt(precOther)
		if c, ok := x.(*ast.ColumnRef); ok && len(c.Name) == 1 {
			n.Columns = append(n.Columns, c.Name[0])
		} else {
			plainColumns = false
		}
		if t := p.tok(); t.isIdent(plain) && t.word != "nulls" { // an operator class
			p.i++
		}
		p.eatAny("asc", "desc")
		if p.eat("nulls") && p.eatAny("first", "last") == "" {
			p.fail("FIRST", "LAST")
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	if !plainColumns {
		n.Columns = nil
	}
}

// into parses [TEMP] [TABLE] name after the select list. The statement becomes
// CREATE TEMP TABLE ... AS.
func (p *parser) into() {
	n := at(&ast.CreateTemp{Into: true, Lake: true}, p.pos())
	p.i++
	if p.is("local") || p.is("global") {
		p.i++
	}
	if p.eatAny("temp", "temporary") != "" {
		n.Lake = false
	} else {
		p.eat("unlogged")
	}
	p.eat("table")
	n.Name = p.name("a table name")
	if len(n.Name) == 2 && n.Name[0].Name == "pg_temp" {
		n.Lake = false
	}
	if p.intoTable != nil || p.depth > 2 {
		p.failWith(fault.New(fault.CodeSyntax, "SELECT ... INTO is not allowed here").At(int(n.Pos)))
		return
	}
	p.intoTable = n
}
