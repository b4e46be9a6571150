package parse

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// createFunction parses CREATE FUNCTION from that word on.
func (p *parser) createFunction(pos ast.Pos, replace bool) ast.Stmt {
	n := at(&ast.CreateFunction{OrReplace: replace}, pos)
	p.function(n)
	return n
}

// inlineFunctions parses WITH FUNCTION f(x type) RETURNS type RETURN expression, ...
// A WITH item may be called function: it has no name behind that.
func (p *parser) inlineFunctions(q *ast.Query) {
	if !p.is("with") || !p.isAt(1, "function") || p.isAt(2, "as") || p.isAt(2, "(") {
		return
	}
	p.i++
	for p.err == nil {
		n := at(&ast.CreateFunction{}, p.pos())
		p.function(n)
		q.Functions = append(q.Functions, n)
		if !p.is(",") || !p.isAt(1, "function") {
			return
		}
		p.i++
	}
}

// function parses a function from that word on.
func (p *parser) function(n *ast.CreateFunction) {
	n.Language = "sql"
	p.i++
	n.Name = p.name("a function name")
	n.Params = p.funcParams(true)
	for p.err == nil {
		switch {
		case p.funcOption(n):
		case p.eat("returns"):
			p.funcReturns(n)
		case p.eat("return"):
			p.funcBody(n)
			return
		case slices.Contains(controlWords, p.tok().word):
			p.failWith(fault.New(fault.CodeFeatureNotSupported, "a function's body of statements (%s) is not supported", strings.ToUpper(p.tok().word)).
				At(int(p.tok().pos)).WithHint("A body is RETURN and an expression, which may be a CASE or a subquery."))
		case p.eat("as"):
			n.ModulePos = p.pos()
			n.Module = p.strToken("a location or base64")
			if p.eat(",") {
				n.Export = p.strToken("the name of an exported function")
			}
			for p.funcOption(n) { // PostgreSQL's users write them here
			}
			return
		default:
			p.fail("RETURNS", "LANGUAGE", "COMMENT", "RETURN", "AS")
		}
	}
}

// controlWords begin the statements that a body may be in Trino.
var controlWords = []string{"begin", "if", "case", "loop", "while", "repeat", "set", "declare", "iterate", "leave"}

// funcOption parses one of the words between a function's name and its body, if one
// stands there.
func (p *parser) funcOption(n *ast.CreateFunction) bool {
	switch {
	case p.eat("language"):
		n.Language = foldASCII(p.ident("a language").Name)
	case p.eat("immutable") || p.eat("deterministic"):
	case p.eat("stable"):
		n.Stable = true
	case p.eat2("not", "deterministic") || p.eat("volatile"):
		n.Volatile = true
	case p.eat("strict"):
		n.Strict = true
	case p.is("returns") && p.isAt(1, "null"):
		p.i++
		p.wantWords("null", "on", "null", "input")
		n.Strict = true
	case p.eat("called"):
		p.wantWords("on", "null", "input")
		n.Nulls = true
	case p.eat("comment"):
		n.Comment = p.strToken("a comment")
	default:
		return false
	}
	return p.err == nil
}

func (p *parser) funcReturns(n *ast.CreateFunction) {
	if !p.eat("table") {
		t := p.typeName()
		n.Returns = &t
		return
	}
	n.Table = true
	if p.is("(") {
		n.Columns = p.funcParams(false)
	}
}

// funcBody parses an expression, or of a table function a query.
func (p *parser) funcBody(n *ast.CreateFunction) {
	start := p.tok().start
	if n.Table {
		n.Query = p.query()
	} else {
		n.Body = p.expr()
	}
	n.Text = p.source(start)
}

// funcParams parses (name [type], ...).
func (p *parser) funcParams(untyped bool) []ast.FuncParam {
	out := []ast.FuncParam{}
	p.want("(")
	if untyped && p.eat(")") {
		return out
	}
	for {
		f := ast.FuncParam{Name: p.ident("a parameter name")}
		if !untyped || !p.is(",") && !p.is(")") {
			t := p.typeName()
			f.Type = &t
		}
		out = append(out, f)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

func (p *parser) dropFunction(pos ast.Pos) ast.Stmt {
	n := at(&ast.DropFunction{}, pos)
	p.i++
	n.IfExists = p.ifExists()
	for {
		n.Names = append(n.Names, p.name("a function name"))
		if p.is("(") { // the types of parameters: a name has one function
			p.i++
			for !p.is(")") && p.err == nil {
				p.typeName()
				if !p.eat(",") {
					break
				}
			}
			p.want(")")
		}
		if !p.eat(",") {
			break
		}
	}
	p.eatAny("restrict", "cascade")
	return n
}

// TypeName parses a text that is one type.
func TypeName(text string) (ast.TypeName, error) {
	x, err := ParseExpr("CAST(NULL AS " + text + ")")
	if c, ok := x.(*ast.Cast); ok && err == nil {
		return c.Type, nil
	}
	return ast.TypeName{}, err
}
