package parse

import (
	"strconv"

	"github.com/glauxdb/glaux/planner/ast"
)

// cursorStmt parses DECLARE, FETCH, MOVE and CLOSE, nil for anything else.
func (p *parser) cursorStmt() ast.Stmt {
	switch p.tok().word {
	case "declare":
		return p.declare()
	case "fetch", "move":
		return p.fetch()
	case "close":
		n := at(&ast.CloseCursor{}, p.pos())
		p.i++
		if n.All = p.eat("all"); !n.All {
			n.Name = p.ident("a cursor name")
		}
		return n
	}
	return nil
}

func (p *parser) declare() ast.Stmt {
	n := at(&ast.DeclareCursor{}, p.pos())
	p.i++
	n.Name = p.ident("a cursor name")
	for p.err == nil && !p.eat("cursor") {
		switch {
		case p.eat("binary"):
			n.Binary = true
		case p.eat("insensitive"):
			n.Insensitive = true
		case p.eat("asensitive"):
			n.Asensitive = true
		case p.eat("scroll"):
			n.Scroll = true
		case p.eat2("no", "scroll"):
			n.NoScroll = true
		default:
			p.fail("CURSOR", "BINARY", "INSENSITIVE", "ASENSITIVE", "SCROLL", "NO SCROLL")
		}
	}
	if !p.eat2("without", "hold") {
		n.Hold = p.eat2("with", "hold")
	}
	p.want("for")
	if !p.startsQuery(p.i) && !p.is("(") {
		p.fail("SELECT", "WITH", "VALUES", "TABLE")
		n.Query = at(&ast.Query{}, p.pos())
		return n
	}
	n.Query = p.query()
	return n
}

// directions are the words that say where to fetch from, and what those without
// a number of their own mean.
var directions = map[string]ast.FetchCursor{
	"next": {Direction: "forward", Count: 1}, "prior": {Direction: "backward", Count: 1},
	"first": {Direction: "absolute", Count: 1}, "last": {Direction: "absolute", Count: -1},
	"all": {Direction: "forward", All: true}, "absolute": {Direction: "absolute"}, "relative": {Direction: "relative"},
	"forward": {Direction: "forward", Count: 1}, "backward": {Direction: "backward", Count: 1},
}

// fetch parses FETCH and MOVE. A direction's word alone is a cursor's name.
func (p *parser) fetch() ast.Stmt {
	n := at(&ast.FetchCursor{Move: p.is("move")}, p.pos())
	n.Direction, n.Count = "forward", 1
	p.i++
	word := p.tok().word
	d, ok := directions[word]
	next := p.peek(1)
	switch {
	case ok && (next.kind == kEOF || next.word == ";") && word != "all":
	case ok:
		p.i++
		n.Direction, n.Count, n.All = d.Direction, d.Count, d.All
		switch word {
		case "absolute", "relative":
			n.Count = p.signed()
		case "forward", "backward":
			if n.All = p.eat("all"); !n.All && p.startsSigned() {
				n.Count = p.signed()
			}
		}
	case p.startsSigned():
		n.Count = p.signed()
	}
	if n.All {
		n.Count = 0
	}
	p.eatAny("from", "in")
	n.Name = p.ident("a cursor name")
	return n
}

func (p *parser) startsSigned() bool {
	return p.tok().kind == kNumber || p.is("-") || p.is("+")
}

// signed parses an integer of 32 bits with or without a sign.
func (p *parser) signed() int64 {
	sign := p.eatAny("-", "+")
	if p.tok().kind != kNumber {
		p.fail("a number")
		return 0
	}
	v, err := strconv.ParseInt(p.text(p.tok()), 10, 32)
	if err != nil {
		p.fail("an integer")
		return 0
	}
	p.i++
	if sign == "-" {
		v = -v
	}
	return v
}
