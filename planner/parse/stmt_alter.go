package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// alter parses ALTER TABLE name action and its kin.
func (p *parser) alter() ast.Stmt {
	n := at(&ast.AlterTable{}, p.pos())
	p.i++
	if p.atRole() {
		return p.alterRole(n.Pos)
	}
	if p.atObject() {
		return p.alterObject(n.Pos)
	}
	if p.is("workgroups") {
		return p.defineObjects(n.Pos)
	}
	if p.is("database") || p.is("schema") {
		return p.alterDatabase(n.Pos)
	}
	if p.is("view") {
		return p.alterView(n)
	}
	if !p.is("table") {
		if p.tok().kind == kWord && !p.done() && !p.is(";") {
			p.unsupported("ALTER " + strings.ToUpper(p.tok().word))
		}
		p.fail("TABLE")
		return n
	}
	p.i++
	n.Name = p.name("a table name")
	n.Action = p.alterAction()
	return n
}

// alterView parses ALTER VIEW name AS query | RENAME TO name | SET or UNSET TBLPROPERTIES.
func (p *parser) alterView(n *ast.AlterTable) ast.Stmt {
	p.i++
	n.View, n.Name = true, p.name("a view name")
	switch {
	case p.eat("as"):
		v := at(&ast.CreateView{Alter: true, Name: n.Name}, n.Pos)
		start := p.tok().start
		v.Query = p.query()
		v.Text = p.source(start)
		return v
	case p.is("rename") && p.isAt(1, "to"), (p.is("set") || p.is("unset")) && p.isAt(1, "tblproperties"):
		n.Action = p.alterAction()
		return n
	case p.is("rename"), p.is("set"), p.is("unset"), p.is("alter"), p.is("owner"), p.is("add"), p.is("drop"):
		p.unsupported("ALTER VIEW ... " + strings.ToUpper(p.tok().word) + " " + strings.ToUpper(p.peek(1).word))
		return n
	}
	p.fail("AS", "RENAME TO", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES")
	return n
}

func (p *parser) alterAction() ast.AlterAction {
	switch {
	case p.is("add"):
		return p.alterAdd()
	case p.is("drop"):
		return p.alterDrop()
	case p.is("replace") && p.isAt(1, "columns"):
		p.i += 2
		return ast.AddColumns{Replace: true, Columns: p.columnDefs()}
	case p.is("partition"):
		return p.alterPartition()
	case p.eat2("rename", "to"):
		return ast.RenameTable{To: p.name("a table name")}
	case p.is("change"):
		return p.change()
	case p.is("unset") && p.isAt(1, "tblproperties"):
		return p.unset()
	}
	if a := p.alterSet(); a != nil || p.err != nil {
		return a
	}
	switch {
	case p.is("unset"), p.is("set"), p.is("rename"), p.is("alter"), p.is("clustered"), p.is("touch"),
		p.is("archive"), p.is("exchange"), p.is("compact"), p.is("concatenate"), p.is("recover"), p.is("owner"):
		p.unsupported("ALTER TABLE ... " + strings.ToUpper(p.tok().word) + " " + strings.ToUpper(p.peek(1).word))
		return nil
	}
	p.fail("ADD PARTITION", "ADD COLUMNS", "CHANGE COLUMN", "DROP PARTITION", "DROP COLUMN", "REPLACE COLUMNS", "SET LOCATION", "SET TBLPROPERTIES", "RENAME TO")
	return nil
}

func (p *parser) alterAdd() ast.AlterAction {
	p.i++
	switch {
	case p.eat("columns"):
		return ast.AddColumns{Columns: p.columnDefs()}
	case p.eat("column"):
		return ast.AddColumns{Columns: []ast.ColumnDef{p.columnDef()}}
	}
	a := ast.AddPartitions{IfNotExists: p.ifNotExists()}
	for {
		s := p.partition(false)
		if p.eat("location") {
			s.Location = p.strToken("a location")
		}
		a.Specs = append(a.Specs, s)
		p.eat(",")
		if !p.is("partition") {
			return a
		}
	}
}

func (p *parser) alterDrop() ast.AlterAction {
	p.i++
	if p.is("column") {
		return p.dropColumn()
	}
	a := ast.DropPartitions{IfExists: p.ifExists()}
	for {
		a.Specs = append(a.Specs, p.partition(true))
		p.eat(",")
		if !p.is("partition") {
			p.eat("purge")
			return a
		}
	}
}

func (p *parser) alterPartition() ast.AlterAction {
	spec := p.partition(false)
	switch {
	case p.eat2("set", "location"):
		return ast.SetLocation{Spec: &spec, Location: p.strToken("a location")}
	case p.eat2("rename", "to"):
		return ast.RenamePartition{From: spec, To: p.partition(false)}
	case p.is("rename"), p.is("add"), p.is("replace"):
		p.unsupported("ALTER TABLE ... PARTITION ... " + strings.ToUpper(p.tok().word))
		return nil
	}
	p.fail("SET LOCATION", "RENAME TO PARTITION")
	return nil
}

// partition parses PARTITION (key = value, ...); DROP takes the other
// comparisons as well, and AND for the comma.
func (p *parser) partition(compare bool) ast.PartitionSpec {
	s := ast.PartitionSpec{}
	s.Pos = p.pos()
	p.want("partition")
	p.want("(")
	for {
		s.Keys = append(s.Keys, p.identOf(soft, "a partition key's name"))
		op := "="
		switch w := p.tok().word; {
		case w == "=":
		case compare && opPrec(w) == precCompare:
			op = w
		default:
			p.fail(`"="`)
		}
		p.advance()
		s.Ops = append(s.Ops, op)
		s.Values = append(s.Values, p.partitionValue())
		if !p.eat(",") && !(compare && p.eat("and")) {
			break
		}
	}
	p.want(")")
	return s
}

// partitionValue parses a constant; "..." is a string here.
func (p *parser) partitionValue() ast.Expr {
	pos := p.pos()
	if t := p.tok(); t.kind == kQuoted && p.sql[t.start] == '"' || t.kind == kString && p.sql[t.start] == '\'' {
		return at(&ast.StringLit{Value: p.strToken("a value")}, pos)
	}
	return p.exprAt(precAdd)
}
