package parse

import "github.com/glauxdb/glaux/planner/ast"

// call parses the parenthesis of a call and what may follow it.
func (p *parser) call(name ast.Name) ast.Expr {
	c := at(&ast.Call{Name: name}, name[0].Pos)
	p.want("(")
	switch {
	case p.is("*") && p.isAt(1, ")"):
		p.i++
		c.Star = true
	case !p.is(")"):
		p.callArgs(c)
	}
	p.want(")")
	p.callTail(c)
	return c
}

func (p *parser) callArgs(c *ast.Call) {
	if p.eat("distinct") {
		c.Distinct = true
	} else {
		p.eat("all")
	}
	for {
		if p.eat("variadic") {
			c.Variadic = true
		}
		c.Args = append(c.Args, p.arg())
		if !p.eat(",") {
			break
		}
	}
	if p.is("on") && p.isAt(1, "overflow") && len(c.Args) == 2 {
		p.onOverflow(c)
	}
	if p.is("order") {
		c.OrderBy = p.orderBy()
	}
	c.IgnoreNull = p.nullTreatment()
}

// onOverflow parses listagg's ON OVERFLOW ERROR, which is what happens anyway, or ON
// OVERFLOW TRUNCATE ['filler'] WITH | WITHOUT COUNT: two more arguments.
func (p *parser) onOverflow(c *ast.Call) {
	p.i += 2
	if p.eat("error") {
		return
	}
	if !p.eat("truncate") {
		p.fail("ERROR", "TRUNCATE")
		return
	}
	filler := at(&ast.StringLit{Value: "..."}, p.pos())
	if p.tok().kind == kString {
		filler.Value = p.str()
	}
	count := at(&ast.BoolLit{Value: p.is("with")}, p.pos())
	if p.eatAny("with", "without") == "" {
		p.fail("WITH COUNT", "WITHOUT COUNT")
	}
	p.want("count")
	c.Args = append(c.Args, filler, count)
}

// nullTreatment parses IGNORE NULLS and RESPECT NULLS.
func (p *parser) nullTreatment() bool {
	if p.eat2("ignore", "nulls") {
		return true
	}
	p.eat2("respect", "nulls")
	return false
}

// callTail parses WITHIN GROUP, FILTER, IGNORE NULLS and OVER.
func (p *parser) callTail(c *ast.Call) {
	if p.is("within") && p.isAt(1, "group") {
		p.i += 2
		p.want("(")
		if !p.is("order") {
			p.fail("ORDER BY")
		}
		c.WithinSort = p.orderBy()
		p.want(")")
	}
	if p.is("filter") && p.isAt(1, "(") {
		p.i += 2
		p.want("where")
		c.Filter = p.expr()
		p.want(")")
	}
	// Before a closing parenthesis it belongs to the call around: lag(f(x) IGNORE NULLS).
	if !p.isAt(2, ")") && p.nullTreatment() {
		c.IgnoreNull = true
	}
	if p.eat("over") {
		w := p.overClause()
		c.Over = &w
	}
}

// arg parses one argument: a lambda, name => value, or an expression.
func (p *parser) arg() ast.Expr {
	t := p.tok()
	if t.isIdent(soft) {
		switch next := p.peek(1); {
		case next.word == "->" && p.lambdaAhead(p.i, p.i+1):
			return p.lambda()
		case next.word == "=>" || next.word == ":=":
			n := at(&ast.NamedArg{Name: p.identAt(p.advance())}, ast.Pos(t.pos))
			p.i++
			n.X = p.expr()
			return n
		}
	}
	if t.word == "(" && p.lambdaParens() {
		return p.lambda()
	}
	return p.expr()
}

// lambdaParens reports whether the parenthesis here is (a, b) before an arrow.
func (p *parser) lambdaParens() bool {
	m := int(p.tok().match)
	if m == 0 || p.toks[m+1].word != "->" {
		return false
	}
	for i := p.i + 1; i < m; i += 2 {
		if !p.toks[i].isIdent(soft) || i+1 < m && p.toks[i+1].word != "," {
			return false
		}
	}
	return m != p.i+3 || p.lambdaAhead(p.i+1, m+1)
}

// lambdaAhead decides between a lambda and the JSON operator for name -> x:
// a body that starts with a string and never names the parameter is a JSON key
// (f(doc -> 'key')), since a lambda that ignores its element is of no use.
func (p *parser) lambdaAhead(name, arrow int) bool {
	if p.toks[arrow+1].kind != kString {
		return true
	}
	depth := 0
	for i := arrow + 2; i < len(p.toks); i++ {
		t := &p.toks[i]
		switch t.word {
		case "(", "[":
			depth++
		case ")", "]", ",":
			if depth == 0 {
				return false
			}
			if t.word != "," {
				depth--
			}
		case ";":
			return false
		}
		if t.isIdent(reserved) && p.identAt(t).Name == p.identAt(&p.toks[name]).Name {
			return true
		}
	}
	return false
}

// lambda parses name -> body or (names) -> body.
func (p *parser) lambda() ast.Expr {
	n := at(&ast.Lambda{}, p.pos())
	if p.eat("(") {
		for !p.is(")") && p.err == nil {
			n.Params = append(n.Params, p.identOf(soft, "a parameter name"))
			p.eat(",")
		}
		p.want(")")
	} else {
		n.Params = []ast.Ident{p.identOf(soft, "a parameter name")}
	}
	p.want("->")
	n.Body = p.lambdaBody()
	return n
}

// lambdaBody parses a lambda's body, which may be a lambda again.
func (p *parser) lambdaBody() ast.Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	return p.arg()
}

// specialCall parses the functions whose arguments are joined by words.
func (p *parser) specialCall(t *token) ast.Expr {
	switch t.word {
	case "extract":
		return p.extract()
	case "substring":
		return p.substring()
	case "trim":
		return p.trim()
	case "position":
		return p.position()
	case "overlay":
		return p.overlay()
	}
	return p.normalize()
}

// startCall consumes the function's name and the parenthesis.
func (p *parser) startCall() *ast.Call {
	name := p.identAt(p.advance())
	p.want("(")
	return at(&ast.Call{Name: ast.Name{name}}, name.Pos)
}

// endCall consumes the rest of a plain argument list and the parenthesis.
func (p *parser) endCall(c *ast.Call) ast.Expr {
	for p.eat(",") {
		c.Args = append(c.Args, p.arg())
	}
	p.want(")")
	p.callTail(c)
	return c
}

func (p *parser) extract() ast.Expr {
	if p.isAt(3, ",") || p.isAt(2, ")") {
		return p.nameExpr()
	}
	n := at(&ast.Extract{}, p.pos())
	p.i += 2
	if p.tok().kind == kString {
		n.Field = foldASCII(p.str())
	} else {
		n.Field = foldASCII(p.label("a field such as YEAR, MONTH or DAY").Name)
	}
	p.want("from")
	n.X = p.expr()
	p.want(")")
	return n
}

// substring parses substring(x, a, b), substring(x FROM a FOR b), and
// substring(x SIMILAR p ESCAPE e), which becomes a call with three arguments.
func (p *parser) substring() ast.Expr {
	c := p.startCall()
	if p.is(")") {
		return p.endCall(c)
	}
	c.Args = append(c.Args, p.arg())
	switch {
	case p.is("from") || p.is("for"):
		from, length := p.fromFor()
		if from == nil {
			from = at(&ast.NumberLit{Text: "1"}, length.Position())
		}
		c.Args = append(c.Args, from)
		if length != nil {
			c.Args = append(c.Args, length)
		}
	case p.eat("similar"):
		c.Args = append(c.Args, p.expr())
		p.want("escape")
		c.Args = append(c.Args, p.expr())
	}
	return p.endCall(c)
}

// fromFor parses FROM a, FOR b in either order; nil for what is not there.
func (p *parser) fromFor() (from, length ast.Expr) {
	for p.err == nil {
		switch {
		case from == nil && p.eat("from"):
			from = p.expr()
		case length == nil && p.eat("for"):
			length = p.expr()
		default:
			return from, length
		}
	}
	return at(&ast.NullLit{}, p.pos()), nil
}

// trim parses trim([LEADING | TRAILING | BOTH] [chars] [FROM] x [, chars]). It
// becomes ltrim, rtrim or trim with x first.
func (p *parser) trim() ast.Expr {
	c := p.startCall()
	switch p.eatAny("leading", "trailing", "both") {
	case "leading":
		c.Name[0].Name = "ltrim"
	case "trailing":
		c.Name[0].Name = "rtrim"
	}
	if p.is(")") {
		return p.endCall(c)
	}
	if p.eat("from") {
		c.Args = append(c.Args, p.expr())
		return p.endCall(c)
	}
	x := p.arg()
	if p.eat("from") {
		c.Args = append(c.Args, p.expr(), x)
		return p.endCall(c)
	}
	c.Args = append(c.Args, x)
	return p.endCall(c)
}

// position parses position(needle IN haystack): its arguments keep that order.
func (p *parser) position() ast.Expr {
	c := p.startCall()
	if p.is(")") {
		return p.endCall(c)
	}
	c.Args = append(c.Args, p.exprAt(precRange+1))
	if p.eat("in") {
		c.Args = append(c.Args, p.exprAt(precRange+1))
	}
	return p.endCall(c)
}

func (p *parser) overlay() ast.Expr {
	c := p.startCall()
	c.Args = append(c.Args, p.arg())
	if p.eat("placing") {
		c.Args = append(c.Args, p.expr())
		from, length := p.fromFor()
		if from == nil {
			p.fail("FROM")
			return c
		}
		c.Args = append(c.Args, from)
		if length != nil {
			c.Args = append(c.Args, length)
		}
	}
	return p.endCall(c)
}

// normalize parses normalize(x [, NFC | NFD | NFKC | NFKD]).
func (p *parser) normalize() ast.Expr {
	c := p.startCall()
	c.Args = append(c.Args, p.arg())
	if p.is(",") && p.isAt(2, ")") {
		switch t := p.peek(1); t.word {
		case "nfc", "nfd", "nfkc", "nfkd":
			p.i += 2
			c.Args = append(c.Args, at(&ast.StringLit{Value: t.word}, ast.Pos(t.pos)))
		}
	}
	return p.endCall(c)
}
