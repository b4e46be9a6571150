package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// talk parses LISTEN, UNLISTEN, NOTIFY and LOCK.
func (p *parser) talk() ast.Stmt {
	pos := p.pos()
	switch p.advance().word {
	case "listen":
		return at(&ast.Listen{Channel: p.ident("a channel name")}, pos)
	case "unlisten":
		n := at(&ast.Listen{Off: true}, pos)
		if n.All = p.eat("*"); !n.All {
			n.Channel = p.ident("a channel name")
		}
		return n
	case "notify":
		n := at(&ast.Notify{Channel: p.ident("a channel name")}, pos)
		if p.eat(",") {
			if p.tok().kind != kString {
				p.fail("a string")
				return n
			}
			n.Payload = p.str()
		}
		return n
	}
	return p.lock(pos)
}

// lockModes are the modes of LOCK TABLE.
var lockModes = []string{"access share", "row share", "row exclusive", "share update exclusive", "share row exclusive", "share", "access exclusive", "exclusive"}

// lock parses what follows LOCK.
func (p *parser) lock(pos ast.Pos) ast.Stmt {
	n := at(&ast.Lock{}, pos)
	p.eat("table")
	for {
		p.eat("only")
		n.Tables = append(n.Tables, p.name("a table name"))
		p.eat("*")
		if !p.eat(",") {
			break
		}
	}
	if p.eat("in") {
		n.Mode = p.lockMode()
		p.want("mode")
	}
	n.NoWait = p.eat("nowait")
	return n
}

func (p *parser) lockMode() string {
	for _, mode := range lockModes {
		words := strings.Fields(mode)
		match := true
		for i, w := range words {
			match = match && p.isAt(i, w)
		}
		if match && p.isAt(len(words), "mode") {
			p.i += len(words)
			return mode
		}
	}
	p.fail("ACCESS SHARE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
	return ""
}
