package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// alterDatabase parses ALTER DATABASE | SCHEMA name SET ....
func (p *parser) alterDatabase(pos ast.Pos) ast.Stmt {
	n := at(&ast.AlterDatabase{}, pos)
	p.i++
	n.Name = p.name("a database name").Last()
	switch {
	case p.eat2("set", "dbproperties"):
		n.Properties = p.properties()
	case p.eat2("set", "location"):
		n.Location = p.strToken("a location")
	case p.is("owner"), p.is("rename"), p.is("set"):
		p.unsupported("ALTER DATABASE ... " + strings.ToUpper(p.tok().word+" "+p.peek(1).word))
	default:
		p.fail("SET DBPROPERTIES", "SET LOCATION")
	}
	return n
}

// alterSet parses what follows ALTER TABLE name SET; nil if it is none of Hive's
// and Redshift's clauses.
func (p *parser) alterSet() ast.AlterAction {
	switch {
	case p.eat2("set", "location"):
		return ast.SetLocation{Location: p.strToken("a location")}
	case p.eat2("set", "tblproperties"):
		return ast.SetProperties{Properties: p.properties()}
	case p.is("set") && p.isAt(1, "table") && p.isAt(2, "properties"):
		p.i += 3
		return ast.SetProperties{Properties: p.properties()}
	case p.eat2("set", "serdeproperties"):
		return ast.SetSerDe{Properties: p.properties()}
	case p.eat2("set", "serde"):
		a := ast.SetSerDe{Class: p.strToken("a class name")}
		if p.eat2("with", "serdeproperties") {
			a.Properties = p.properties()
		}
		return a
	case p.eat2("set", "fileformat"):
		return p.fileFormat()
	case p.is("set") && p.isAt(1, "file") && p.isAt(2, "format"):
		p.i += 3
		return p.fileFormat()
	}
	return nil
}

func (p *parser) fileFormat() ast.AlterAction {
	n := &ast.CreateTable{}
	p.storedAs(n)
	return ast.SetFormat{Format: n.StoredAs, Input: n.InputFormat, Output: n.OutputFormat}
}

// unset parses UNSET TBLPROPERTIES [IF EXISTS] ('key', ...).
func (p *parser) unset() ast.AlterAction {
	a := ast.UnsetProperties{}
	p.i += 2
	a.IfExists = p.ifExists()
	p.want("(")
	for {
		k := ast.Property{}
		k.Pos = p.pos()
		k.Key = p.strToken("a property name")
		a.Keys = append(a.Keys, k)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return a
}

// change parses CHANGE [COLUMN] old new type [COMMENT 'c'] [FIRST | AFTER name].
func (p *parser) change() ast.AlterAction {
	p.i++
	p.eat("column")
	a := ast.ChangeColumn{Old: p.identOf(soft, "a column name"), Column: p.columnDef()}
	switch {
	case p.eat("first"):
		a.First = true
	case p.eat("after"):
		a.After = p.identOf(soft, "a column name")
	}
	return a
}

// dropColumn parses COLUMN [IF EXISTS] name.
func (p *parser) dropColumn() ast.AlterAction {
	p.i++
	a := ast.DropColumns{IfExists: p.ifExists()}
	a.Name = p.identOf(soft, "a column name")
	p.eatAny("cascade", "restrict")
	return a
}

// comment parses COMMENT ON kind name IS 'text' | NULL.
func (p *parser) comment() ast.Stmt {
	n := at(&ast.Comment{}, p.pos())
	p.i++
	p.want("on")
	switch w := p.tok().word; w {
	case "table", "view", "column", "database", "schema":
		p.i++
		if n.Kind = w; w == "schema" {
			n.Kind = "database"
		}
	default:
		if p.tok().kind == kWord && !p.done() {
			p.unsupported("COMMENT ON " + strings.ToUpper(w))
		}
		p.fail("TABLE", "VIEW", "COLUMN", "DATABASE", "SCHEMA")
		return n
	}
	n.Name = p.name("a name")
	p.want("is")
	if !p.eat("null") {
		n.Text = p.strToken("a comment")
	}
	return n
}

// externalSchema parses Redshift's CREATE EXTERNAL SCHEMA. Roles, regions and
// accounts say how Redshift reaches a catalog; here it is the only one.
func (p *parser) externalSchema(pos ast.Pos) ast.Stmt {
	n := at(&ast.ExternalSchema{}, pos)
	p.i++
	n.IfNotExists = p.ifNotExists()
	n.Name = p.ident("a schema name")
	p.want("from")
	if !p.eat2("data", "catalog") && !p.is("database") {
		p.unsupported("CREATE EXTERNAL SCHEMA ... FROM " + strings.ToUpper(p.tok().word))
		return n
	}
	for p.err == nil && !p.done() && !p.is(";") {
		switch {
		case p.eat("database"):
			n.Database = p.strToken("a database name")
		case p.eat("region"), p.eat("catalog_id"), p.eat("catalog_role"):
			p.strToken("a string")
		case p.eat("iam_role"):
			if !p.eat("default") {
				p.strToken("a role")
			}
		case p.eat("create"):
			p.wantWords("external", "database", "if", "not", "exists")
			n.Create = true
		default:
			p.fail("DATABASE", "IAM_ROLE", "REGION", "CATALOG_ID", "CREATE EXTERNAL DATABASE IF NOT EXISTS", "end of statement")
		}
	}
	return n
}
