package parse

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// objectKinds are what CREATE, ALTER and DROP take with options that only the
// server knows.
var objectKinds = []string{"workgroup", "budget"}

func (p *parser) atObject() bool { return slices.Contains(objectKinds, p.tok().word) }

// createObject parses CREATE [OR REPLACE] WORKGROUP | BUDGET from that word on.
func (p *parser) createObject(pos ast.Pos, replace bool) ast.Stmt {
	n := at(&ast.CreateObject{OrReplace: replace, Kind: p.advance().word}, pos)
	if n.IfNotExists = p.ifNotExists(); n.IfNotExists && replace {
		p.failWith(fault.New(fault.CodeSyntax, "OR REPLACE and IF NOT EXISTS exclude each other").At(int(n.Pos)))
	}
	n.Name = p.objectName(n.Kind)
	if n.Kind == "budget" {
		p.want("for")
		n.Subject = p.budgetSubject()
	}
	if p.eat("with") {
		n.Options = p.objectOptions(true)
	}
	if !p.done() && !p.is(";") {
		p.fail("WITH", "end of statement")
	}
	return n
}

// objectName parses a name; Athena's may have hyphens and dots, which need quotes
// here.
func (p *parser) objectName(kind string) ast.Ident {
	id := p.identOf(soft, "a "+kind+" name") // primary is one
	if p.is("-") || p.is(".") {
		p.failWith(fault.New(fault.CodeSyntax, "syntax error at or near %q", p.tok().word).At(int(p.pos())).
			WithHint("Put a name with hyphens or dots in double quotes."))
	}
	return id
}

func (p *parser) budgetSubject() ast.Subject {
	s := ast.Subject{Kind: p.tok().word}
	switch {
	case p.eat("workgroup"):
		s.Name = p.objectName("workgroup")
	case p.eat("user"):
		s.User = p.roleName()
	case p.is("each"):
		p.i++
		p.want("user")
		s.Kind = "each user"
	case p.eat("tag"):
		s.Tag = p.quoted("a tag")
	default:
		p.fail("WORKGROUP", "USER", "EACH USER", "TAG")
	}
	return s
}

// objectOptions parses (name [= value], ...).
func (p *parser) objectOptions(values bool) []ast.Option {
	p.want("(")
	var out []ast.Option
	for {
		o := ast.Option{At: ast.At{Pos: p.pos()}, Name: foldASCII(p.label("an option's name").Name)}
		if slices.ContainsFunc(out, func(x ast.Option) bool { return x.Name == o.Name }) {
			p.failWith(fault.New(fault.CodeSyntax, "option %q is given twice", o.Name).At(int(o.Pos)))
		}
		if values {
			p.want("=")
			p.optionValue(&o)
		}
		out = append(out, o)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// optionValue parses a string, number or word, or a list: (a, b) or ARRAY[a, b].
func (p *parser) optionValue(o *ast.Option) {
	end := ""
	switch {
	case p.eat("("):
		end = ")"
	case p.eat2("array", "["):
		end = "]"
	default:
		o.Values = []string{p.settingText()}
		return
	}
	o.List = true
	for p.err == nil && !p.is(end) {
		o.Values = append(o.Values, p.settingText())
		if !p.eat(",") {
			break
		}
	}
	p.want(end)
}

// alterObject parses ALTER WORKGROUP | BUDGET from that word on.
func (p *parser) alterObject(pos ast.Pos) ast.Stmt {
	n := at(&ast.AlterObject{Kind: p.advance().word}, pos)
	n.Name = p.objectName(n.Kind)
	switch {
	case p.eat("set"):
		n.Set = p.objectOptions(true)
	case p.eat("reset"):
		n.Reset = p.objectOptions(false)
	case n.Kind == "workgroup" && (p.is("add") || p.is("drop")):
		n.Members = p.members()
	case n.Kind == "workgroup":
		p.fail("SET", "RESET", "ADD USER", "ADD GROUP", "DROP USER", "DROP GROUP")
	default:
		p.fail("SET", "RESET")
	}
	return n
}

// defineObjects parses ALTER WORKGROUPS AS 'definitions' [WITH (options)] from that
// word on.
func (p *parser) defineObjects(pos ast.Pos) ast.Stmt {
	n := at(&ast.DefineObjects{}, pos)
	p.i++
	p.want("as")
	n.Text = p.quoted("definitions as JSON")
	if p.eat("with") {
		n.Options = p.objectOptions(true)
	}
	return n
}

func (p *parser) members() *ast.Members {
	m := &ast.Members{Drop: p.eatAny("add", "drop") == "drop"}
	switch p.eatAny("user", "group") {
	case "group":
		m.Groups = true
	case "":
		p.fail("USER", "GROUP")
	}
	m.Names = p.roleNames()
	m.Default = !m.Drop && p.eat2("as", "default")
	return m
}

// dropObject parses DROP WORKGROUP | BUDGET from that word on.
func (p *parser) dropObject(pos ast.Pos) ast.Stmt {
	n := at(&ast.DropObject{Kind: p.advance().word}, pos)
	n.IfExists = p.ifExists()
	n.Name = p.objectName(n.Kind)
	n.Cascade = p.eatAny("cascade", "restrict") == "cascade"
	return n
}
