package parse

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// ifNotExists parses IF NOT EXISTS.
func (p *parser) ifNotExists() bool {
	if !p.is("if") || !p.isAt(1, "not") {
		return false
	}
	p.i += 2
	p.want("exists")
	return true
}

func (p *parser) ifExists() bool { return p.eat2("if", "exists") }

// create parses CREATE DATABASE | SCHEMA | TABLE | VIEW.
func (p *parser) create() ast.Stmt {
	pos := p.pos()
	p.i++
	replace := p.eat2("or", "replace")
	if s := p.createTemp(pos, replace); s != nil || p.err != nil {
		return s
	}
	if !replace && p.atRole() {
		return p.createRole(pos)
	}
	if p.atObject() {
		return p.createObject(pos, replace)
	}
	external := !replace && p.eat("external")
	switch {
	case external && p.is("schema"):
		return p.externalSchema(pos)
	case p.is("table") && !replace:
		return p.createTable(pos, external)
	case external:
		p.fail("TABLE")
	case p.is("view"):
		return p.createView(pos, replace)
	case p.is("function"):
		return p.createFunction(pos, replace)
	case replace:
		p.fail("VIEW", "FUNCTION")
	case p.is("database") || p.is("schema"):
		return p.createDatabase(pos)
	default:
		p.createOther()
	}
	return at(&ast.CreateDatabase{}, pos)
}

// createOther refuses what other engines create.
func (p *parser) createOther() {
	switch w := p.tok().word; w {
	case "user", "sequence", "type", "extension", "trigger", "procedure", "materialized", "policy",
		"macro", "unique", "foreign", "server", "aggregate", "domain", "rule":
		p.unsupported("CREATE " + strings.ToUpper(w))
	default:
		p.fail("TABLE", "EXTERNAL TABLE", "VIEW", "DATABASE", "SCHEMA", "ROLE", "USER", "WORKGROUP", "BUDGET")
	}
}

func (p *parser) createDatabase(pos ast.Pos) ast.Stmt {
	n := at(&ast.CreateDatabase{}, pos)
	p.i++
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name("a database name").Last()
	for p.err == nil {
		switch {
		case p.eat("comment"):
			n.Comment = p.strToken("a comment")
		case p.eat("location"):
			n.Location = p.strToken("a location")
		case p.eat2("with", "dbproperties"):
			n.Properties = p.properties()
		case p.is("with") && p.isAt(1, "("):
			p.i++
			for _, o := range p.withOptions() {
				if o.Key == "location" {
					n.Location = o.Value
					continue
				}
				n.Properties = append(n.Properties, o)
			}
		default:
			return n
		}
	}
	return n
}

// createView parses CREATE [OR REPLACE] VIEW name [(columns)] [COMMENT 'c']
// [TBLPROPERTIES (...)] AS query.
func (p *parser) createView(pos ast.Pos, replace bool) ast.Stmt {
	n := at(&ast.CreateView{OrReplace: replace}, pos)
	p.i++
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name("a view name")
	if p.is("(") {
		p.viewColumns(n)
	}
	if p.eat("comment") {
		n.Comment = p.strToken("a comment")
	}
	if p.eat("tblproperties") {
		n.Properties = p.properties()
	}
	if p.eat("security") && p.eatAny("invoker", "definer") == "" {
		p.fail("INVOKER", "DEFINER")
	}
	p.want("as")
	start := p.tok().start
	n.Query = p.query()
	n.Text = p.source(start)
	return n
}

// viewColumns parses (name [COMMENT 'c'], ...).
func (p *parser) viewColumns(n *ast.CreateView) {
	p.want("(")
	for {
		n.Columns = append(n.Columns, p.ident("a column name"))
		comment := ""
		if p.eat("comment") {
			comment = p.strToken("a comment")
		}
		n.Comments = append(n.Comments, comment)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

// sortedBy parses (name [ASC | DESC], ...).
func (p *parser) sortedBy() []ast.SortedColumn {
	p.want("(")
	var out []ast.SortedColumn
	for {
		c := ast.SortedColumn{Name: p.identOf(soft, "a column name")}
		c.Desc = p.eatAny("asc", "desc") == "desc"
		out = append(out, c)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// createTable parses CREATE [EXTERNAL] TABLE, Hive's clauses in any order.
func (p *parser) createTable(pos ast.Pos, external bool) ast.Stmt {
	n := at(&ast.CreateTable{External: external}, pos)
	p.i++
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name("a table name")
	if p.is("(") && !p.queryParen(p.i) {
		if t := p.peek(2).word; !external && (t == "," || t == ")") {
			n.Names = p.columnList()
		} else {
			n.Columns = p.columnDefs()
		}
	}
	if p.eat2("from", "template") {
		n.Template = p.ident("the name of a template")
	}
	for p.err == nil && p.tableClause(n) {
	}
	return n
}

// tableClause parses one clause after the columns; false at the end.
func (p *parser) tableClause(n *ast.CreateTable) bool {
	switch {
	case p.eat("comment"):
		n.Comment = p.strToken("a comment")
	case p.eat2("partitioned", "by"):
		p.partitionedBy(n)
	case p.eat2("clustered", "by"):
		n.ClusteredBy = p.identList("a column name")
		if p.eat2("sorted", "by") {
			n.SortedBy = p.sortedBy()
		}
		p.want("into")
		n.Buckets = p.number()
		p.want("buckets")
	case p.eat2("row", "format"):
		n.RowFormat = p.rowFormat()
	case p.eat2("stored", "as"):
		p.storedAs(n)
	case p.eat("location"):
		n.Location = p.strToken("a location")
	case p.eat("tblproperties"), p.eat2("table", "properties"): // Hive's, Redshift's
		n.Properties = append(n.Properties, p.properties()...)
	case p.is("with") && p.isAt(1, "serdeproperties"): // Athena takes it after STORED AS too
		p.i += 2
		if n.RowFormat == nil {
			n.RowFormat = at(&ast.RowFormat{}, p.pos())
		}
		n.RowFormat.Properties = append(n.RowFormat.Properties, p.properties()...)
	case p.is("with") && p.isAt(1, "("):
		p.i++
		n.With = p.withOptions()
	case p.eat("as"):
		p.createAs(n)
		return false
	default:
		if n.Names != nil {
			p.fail("AS")
		}
		if !p.done() && !p.is(";") {
			p.fail("FROM TEMPLATE", "COMMENT", "PARTITIONED BY", "CLUSTERED BY", "ROW FORMAT", "STORED AS", "LOCATION", "TBLPROPERTIES", "WITH", "AS")
		}
		return false
	}
	return true
}

func (p *parser) createAs(n *ast.CreateTable) {
	n.As = p.query()
	if p.is("with") && (p.isAt(1, "data") || p.isAt(1, "no")) {
		p.i++
		n.NoData = p.eat("no")
		p.want("data")
	}
}

// unload parses UNLOAD (query) TO 'location' [WITH (properties)].
func (p *parser) unload() ast.Stmt {
	n := at(&ast.Unload{}, p.pos())
	p.i++
	p.want("(")
	n.Query = p.query()
	p.want(")")
	p.want("to")
	n.To = p.strToken("a location")
	if p.eat("with") {
		n.With = p.withOptions()
	}
	return n
}

// columnDefs parses (name type [COMMENT 'c'], ...).
func (p *parser) columnDefs() []ast.ColumnDef {
	p.want("(")
	var out []ast.ColumnDef
	for {
		out = append(out, p.columnDef())
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

func (p *parser) columnDef() ast.ColumnDef {
	c := ast.ColumnDef{Name: p.identOf(soft, "a column name")}
	c.Pos = c.Name.Pos
	p.eat(":") // as in Hive's own output
	c.Type = p.typeName()
	if p.eat("comment") {
		c.Comment = p.strToken("a comment")
	}
	if p.is("not") || p.is("primary") || p.is("default") || p.is("unique") || p.is("references") {
		p.unsupported("a column constraint")
	}
	return c
}

// partitionedBy parses Hive's columns, or Iceberg's columns and transforms,
// which have no types.
func (p *parser) partitionedBy(n *ast.CreateTable) {
	if t := p.peek(2); t.word != "," && t.word != ")" && t.word != "(" {
		n.PartitionedBy = p.columnDefs()
		return
	}
	p.want("(")
	n.Transforms = p.exprs()
	p.want(")")
}

func (p *parser) storedAs(n *ast.CreateTable) {
	if p.eat("inputformat") {
		n.InputFormat = p.strToken("a class name")
		p.want("outputformat")
		n.OutputFormat = p.strToken("a class name")
		return
	}
	n.StoredAs = p.ident("a format such as PARQUET, ORC, TEXTFILE").Name
}

// delimiters are the clauses of ROW FORMAT DELIMITED and Hive's SerDe keys.
var delimiters = []struct {
	words []string
	key   string
}{
	{[]string{"fields", "terminated", "by"}, "field.delim"},
	{[]string{"escaped", "by"}, "escape.delim"},
	{[]string{"collection", "items", "terminated", "by"}, "collection.delim"},
	{[]string{"map", "keys", "terminated", "by"}, "mapkey.delim"},
	{[]string{"lines", "terminated", "by"}, "line.delim"},
	{[]string{"null", "defined", "as"}, "serialization.null.format"},
}

func (p *parser) rowFormat() *ast.RowFormat {
	n := at(&ast.RowFormat{}, p.pos())
	if p.eat("serde") {
		n.SerDe = p.strToken("a class name")
		if p.eat2("with", "serdeproperties") {
			n.Properties = p.properties()
		}
		return n
	}
	if !p.eat("delimited") {
		p.fail("DELIMITED", "SERDE")
		return n
	}
	for p.err == nil && p.delimiter(n) {
	}
	return n
}

func (p *parser) delimiter(n *ast.RowFormat) bool {
	for _, d := range delimiters {
		if !p.is(d.words[0]) || !p.isAt(1, d.words[1]) {
			continue
		}
		o := ast.Property{Key: d.key}
		o.Pos = p.pos()
		p.wantWords(d.words...)
		o.Value = p.strToken("a delimiter")
		n.Properties = append(n.Properties, o)
		return true
	}
	return false
}

// properties parses ('key' = 'value', ...).
func (p *parser) properties() []ast.Property {
	p.want("(")
	var out []ast.Property
	for {
		o := ast.Property{}
		o.Pos = p.pos()
		o.Key = p.strToken("a property name")
		if p.eatAny("=", ":") == "" {
			p.fail(`"="`)
		}
		o.Value = p.strToken("a property value")
		out = append(out, o)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// withOptions parses Trino's (key = expression, ...).
func (p *parser) withOptions() []ast.Property {
	p.want("(")
	var out []ast.Property
	for {
		o := ast.Property{}
		o.Pos = p.pos()
		if p.tok().kind == kString {
			o.Key = p.str()
		} else {
			o.Key = p.label("an option name").Name
		}
		p.want("=")
		if p.tok().kind == kString && (p.isAt(1, ",") || p.isAt(1, ")")) {
			o.Value = p.str()
		} else {
			o.X = p.expr()
		}
		out = append(out, o)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// number parses a whole number.
func (p *parser) number() int {
	n, err := strconv.ParseInt(p.text(p.tok()), 10, 32)
	if err != nil || p.tok().kind != kNumber {
		p.fail("a number")
		return 0
	}
	p.i++
	return int(n)
}

// drop parses DROP DATABASE | SCHEMA | TABLE | VIEW.
func (p *parser) drop() ast.Stmt {
	pos := p.pos()
	p.i++
	if p.atRole() {
		return p.dropRole(pos)
	}
	if p.atObject() {
		return p.dropObject(pos)
	}
	switch w := p.tok().word; w {
	case "table", "view":
		p.i++
		n := at(&ast.Drop{Kind: w}, pos)
		n.IfExists = p.ifExists()
		for {
			n.Names = append(n.Names, p.name("a "+w+" name"))
			if !p.eat(",") {
				break
			}
		}
		p.eatAny("restrict", "cascade", "purge") // nothing depends on a table
		return n
	case "database", "schema":
		p.i++
		n := at(&ast.DropDatabase{}, pos)
		n.IfExists = p.ifExists()
		n.Name = p.name("a database name").Last()
		if p.is("drop") { // Redshift: a schema and its database are one here
			p.i++
			p.wantWords("external", "database")
		}
		n.Cascade = p.eatAny("cascade", "restrict") == "cascade"
		return n
	case "function":
		return p.dropFunction(pos)
	case "index", "user", "sequence", "type", "extension", "trigger", "procedure", "materialized", "policy",
		"macro", "owned", "server", "foreign":
		p.unsupported("DROP " + strings.ToUpper(w))
	default:
		p.fail("TABLE", "VIEW", "DATABASE", "SCHEMA", "ROLE", "USER", "WORKGROUP", "BUDGET")
	}
	return at(&ast.Drop{}, pos)
}
