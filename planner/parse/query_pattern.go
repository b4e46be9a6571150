package parse

import "github.com/glauxdb/glaux/planner/ast"

// pattern parses alternatives: a b | c.
func (p *parser) pattern() *ast.Pattern {
	if !p.enter() {
		return &ast.Pattern{Kind: ast.PatternEmpty}
	}
	defer p.leave()
	n := at(&ast.Pattern{Kind: ast.PatternAlternate}, p.pos())
	for {
		n.Parts = append(n.Parts, p.patternConcat())
		if !p.eat("|") {
			break
		}
	}
	if len(n.Parts) == 1 {
		return n.Parts[0]
	}
	return n
}

func (p *parser) patternConcat() *ast.Pattern {
	n := at(&ast.Pattern{Kind: ast.PatternConcat}, p.pos())
	for {
		n.Parts = append(n.Parts, p.patternQuantified())
		if !p.patternAhead() {
			break
		}
	}
	if len(n.Parts) == 1 {
		return n.Parts[0]
	}
	return n
}

// patternAhead reports whether a pattern may start here.
func (p *parser) patternAhead() bool {
	switch p.tok().word {
	case "(", "^", "$":
		return true
	case "{":
		return p.isAt(1, "-")
	}
	return p.tok().isIdent(noAlias)
}

// quantifiers are those of one character, with their bounds.
var quantifiers = map[string][2]string{"*": {"0", ""}, "+": {"1", ""}, "?": {"0", "1"}}

func (p *parser) patternQuantified() *ast.Pattern {
	x := p.patternPrimary()
	n := at(&ast.Pattern{Kind: ast.PatternRepeat, Parts: []*ast.Pattern{x}}, p.pos())
	if q, ok := quantifiers[p.tok().word]; ok {
		p.i++
		n.Min, n.Max = q[0], q[1]
	} else if p.is("{") && !p.isAt(1, "-") {
		p.patternBounds(n)
	} else {
		return x
	}
	n.Reluctant = p.eat("?")
	return n
}

// patternBounds parses {n}, {n,}, {,m} and {n,m}.
func (p *parser) patternBounds(n *ast.Pattern) {
	p.i++
	n.Min = "0"
	bounded := p.tok().kind == kNumber
	if bounded {
		n.Min = p.wholeNumber()
	}
	switch {
	case p.eat(","):
		if p.tok().kind == kNumber {
			n.Max = p.wholeNumber()
		}
	case bounded:
		n.Max = n.Min
	default:
		p.fail("a number", `","`)
	}
	p.want("}")
}

// wholeNumber parses a number without a fraction.
func (p *parser) wholeNumber() string {
	t := p.tok()
	s := p.text(t)
	for _, c := range s {
		if c < '0' || c > '9' {
			p.fail("a whole number")
			return "0"
		}
	}
	p.i++
	return s
}

func (p *parser) patternPrimary() *ast.Pattern {
	n := at(&ast.Pattern{}, p.pos())
	switch {
	case p.eat("^"):
		n.Kind = ast.PatternStart
	case p.eat("$"):
		n.Kind = ast.PatternEnd
	case p.is("(") && p.isAt(1, ")"):
		p.i += 2
		n.Kind = ast.PatternEmpty
	case p.eat("("):
		n = p.pattern()
		p.want(")")
	case p.is("{") && p.isAt(1, "-"):
		p.i += 2
		n.Kind, n.Parts = ast.PatternExclude, []*ast.Pattern{p.pattern()}
		p.want("-")
		p.want("}")
	case p.is("permute") && p.isAt(1, "("):
		p.i += 2
		n.Kind = ast.PatternPermute
		for {
			n.Parts = append(n.Parts, p.pattern())
			if !p.eat(",") {
				break
			}
		}
		p.want(")")
	default:
		n.Name = p.ident("a pattern variable")
	}
	return n
}
