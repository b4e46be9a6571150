package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// Binding powers of the infix operators, PostgreSQL 15 table 4.2 from the
// weakest to the strongest. Prefix minus and the postfix forms ([i], ::, .x)
// bind stronger still.
const (
	precNone = iota
	precOr
	precAnd
	precNot
	precIs
	precCompare
	precRange // BETWEEN IN LIKE ILIKE SIMILAR
	precOther // any other operator
	precAdd
	precMul
	precPower
	precAt
	precCollate
	precUnary
)

// expr parses a whole expression.
func (p *parser) expr() ast.Expr { return p.exprAt(precNone + 1) }

// exprAt parses an expression whose infix operators bind at least as strong as
// min.
func (p *parser) exprAt(min int) ast.Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	x := p.operand()
	level := precUnary // of what x is: comparisons and ranges do not chain
	for p.err == nil {
		prec := p.infix()
		if prec < min || prec == precNone {
			return x
		}
		if prec == level && (prec == precCompare || prec == precRange) {
			p.fail("AND", "OR", "parentheses around the first comparison")
			return x
		}
		if prec == precAnd || prec == precOr {
			x = p.logic(x, prec)
		} else {
			x = p.infixExpr(x, prec)
		}
		level = prec
	}
	return x
}

// infix gives the binding power of the token as an infix operator, precNone if
// it is none.
func (p *parser) infix() int {
	t := p.tok()
	switch t.kind {
	case kOp:
		return opPrec(t.word)
	case kPunct:
		if t.word == "?" { // jsonb's key test; a parameter cannot follow an operand
			return precOther
		}
		return precNone
	case kWord:
		return p.infixWord(t.word)
	}
	return precNone
}

func opPrec(op string) int {
	switch op {
	case "=", "<", ">", "<=", ">=", "<>":
		return precCompare
	case "+", "-":
		return precAdd
	case "*", "/", "%":
		return precMul
	case "^":
		return precPower
	case "=>":
		return precNone
	case "~~", "~~*", "!~~", "!~~*": // LIKE in PostgreSQL's catalog
		return precOther
	}
	return precOther
}

func (p *parser) infixWord(w string) int {
	switch w {
	case "or":
		return precOr
	case "and":
		return precAnd
	case "is", "isnull", "notnull":
		return precIs
	case "between", "in", "like", "ilike":
		return precRange
	case "similar":
		if p.isAt(1, "to") {
			return precRange
		}
	case "overlaps":
		return precRange
	case "not":
		switch p.peek(1).word {
		case "between", "in", "like", "ilike", "similar":
			return precRange
		}
	case "at":
		if p.isAt(1, "time") && p.isAt(2, "zone") || p.isAt(1, "local") {
			return precAt
		}
	case "collate":
		return precCollate
	case "operator":
		if p.isAt(1, "(") {
			return precOther
		}
	}
	return precNone
}

// logic parses a chain of one of AND and OR whose first operand is x.
func (p *parser) logic(x ast.Expr, prec int) ast.Expr {
	op := "and"
	if prec == precOr {
		op = "or"
	}
	var items [8]ast.Expr
	var ops [8]ast.Pos
	xs, ps := append(items[:0], x), ops[:0]
	for p.is(op) {
		ps = append(ps, p.pos())
		p.i++
		xs = append(xs, p.exprAt(prec+1))
	}
	if p.err != nil {
		return x
	}
	return logicTree(op, xs, ps)
}

// leftDeep is the longest chain that keeps the shape of its text.
const leftDeep = 8

// logicTree joins the operands: left-deep for few, balanced for many.
func logicTree(op string, xs []ast.Expr, ps []ast.Pos) ast.Expr {
	if len(xs) <= leftDeep {
		x := xs[0]
		for i, r := range xs[1:] {
			x = at(&ast.Binary{Op: op, OpPos: ps[i], L: x, R: r}, x.Position())
		}
		return x
	}
	m := len(xs) / 2
	l, r := logicTree(op, xs[:m], ps[:m-1]), logicTree(op, xs[m:], ps[m:])
	return at(&ast.Binary{Op: op, OpPos: ps[m-1], L: l, R: r}, l.Position())
}

// infixExpr parses an infix or postfix form after its left operand.
func (p *parser) infixExpr(l ast.Expr, prec int) ast.Expr {
	pos := l.Position()
	switch prec {
	case precIs:
		return p.isExpr(l)
	case precRange:
		return p.rangeExpr(l)
	case precCollate:
		p.i++
		return at(&ast.Collate{X: l, Name: p.collation()}, pos)
	case precAt:
		if p.eat2("at", "local") {
			zone := at(&ast.Call{Name: ast.Name{{Name: "current_timezone"}}}, pos)
			return at(&ast.AtTimeZone{X: l, Zone: zone}, pos)
		}
		p.i += 3
		return at(&ast.AtTimeZone{X: l, Zone: p.exprAt(precAt + 1)}, pos)
	}
	opPos := p.pos()
	op := p.infixOp()
	if q := p.quantified(l, op); q != nil {
		return q
	}
	r := p.exprAt(prec + 1)
	if n := likeOp(op, l, r); n != nil {
		return at(n, pos)
	}
	return at(&ast.Binary{Op: op, OpPos: opPos, L: l, R: r}, pos)
}

// infixOp consumes an operator: a plain one, ? with what sticks to it, or
// OPERATOR(schema.op).
func (p *parser) infixOp() string {
	t := p.advance()
	if t.word == "?" {
		if n := p.tok(); n.kind == kOp && n.start == t.end && (n.word == "|" || n.word == "&") {
			p.i++
			return "?" + n.word
		}
		return "?"
	}
	if t.word == "operator" {
		return p.operatorName()
	}
	return t.word
}

// operatorName parses (schema.op) of OPERATOR; the schema is of no interest.
func (p *parser) operatorName() string {
	p.want("(")
	for p.tok().isIdent(plain) && p.isAt(1, ".") {
		p.i += 2
	}
	t := p.tok()
	if t.kind != kOp {
		p.fail("an operator")
		return ""
	}
	p.i++
	p.want(")")
	return t.word
}

// likeOp turns PostgreSQL's operators for LIKE into Like, nil for others.
func likeOp(op string, l, r ast.Expr) *ast.Like {
	switch op {
	case "~~", "!~~":
		return &ast.Like{X: l, Pattern: r, Op: "like", Not: op[0] == '!'}
	case "~~*", "!~~*":
		return &ast.Like{X: l, Pattern: r, Op: "ilike", Not: op[0] == '!'}
	}
	return nil
}

// quantified parses ANY | ALL | SOME (...) after an operator, nil if the next
// token is none of these.
func (p *parser) quantified(l ast.Expr, op string) ast.Expr {
	w := p.tok().word
	if w != "any" && w != "all" && w != "some" || !p.isAt(1, "(") {
		return nil
	}
	p.i++
	q := at(&ast.Quantified{X: l, Op: op, All: w == "all"}, l.Position())
	if p.queryParen(p.i) {
		q.Query = p.parenQuery()
		return q
	}
	p.want("(")
	x := p.expr()
	if !isLike(op) {
		q.Array = x
		p.want(")")
		return q
	}
	list := []ast.Expr{x}
	for p.eat(",") {
		list = append(list, p.expr())
	}
	p.want(")")
	if p.eat("escape") {
		q.Escape = p.exprAt(precRange + 1)
	}
	if len(list) > 1 || q.Escape != nil || isPattern(x) {
		q.List = list
	} else {
		q.Array = x
	}
	return q
}

// isPattern tells a pattern from the text of an array, '{a%,b%}'.
func isPattern(x ast.Expr) bool {
	s, ok := x.(*ast.StringLit)
	return ok && !strings.HasPrefix(s.Value, "{")
}

// isLike reports whether a quantified operator is LIKE or ILIKE, whose ANY and ALL
// may stand before a list of patterns.
func isLike(op string) bool {
	switch op {
	case "like", "ilike", "not like", "not ilike":
		return true
	}
	return false
}

// isExpr parses what follows IS, and ISNULL and NOTNULL.
func (p *parser) isExpr(l ast.Expr) ast.Expr {
	pos := l.Position()
	switch p.advance().word {
	case "isnull":
		return at(&ast.IsNull{X: l}, pos)
	case "notnull":
		return at(&ast.IsNull{X: l, Not: true}, pos)
	}
	not := p.eat("not")
	switch w := p.tok().word; w {
	case "null":
		p.i++
		return at(&ast.IsNull{X: l, Not: not}, pos)
	case "true", "false", "unknown":
		p.i++
		return at(&ast.IsBool{X: l, Value: w, Not: not}, pos)
	case "distinct":
		p.i++
		p.want("from")
		return at(&ast.IsDistinct{L: l, R: p.exprAt(precIs + 1), Not: not}, pos)
	}
	p.fail("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM")
	return l
}

// rangeExpr parses [NOT] BETWEEN, IN, LIKE, ILIKE, SIMILAR TO, and OVERLAPS.
func (p *parser) rangeExpr(l ast.Expr) ast.Expr {
	not := p.eat("not")
	w := p.advance().word
	switch w {
	case "between":
		return p.between(l, not)
	case "in":
		return p.in(l, not)
	case "overlaps":
		return p.overlaps(l)
	case "similar":
		p.want("to")
	}
	op := w
	if not {
		op = "not " + w
	}
	if q := p.quantified(l, op); q != nil && w != "similar" {
		return q
	}
	n := at(&ast.Like{X: l, Op: w, Not: not}, l.Position())
	n.Pattern = p.exprAt(precRange + 1)
	if p.eat("escape") {
		n.Escape = p.exprAt(precRange + 1)
	}
	return n
}

func (p *parser) between(l ast.Expr, not bool) ast.Expr {
	n := at(&ast.Between{X: l, Not: not}, l.Position())
	n.Symmetric = p.eat("symmetric")
	p.eat("asymmetric")
	n.Lo = p.exprAt(precRange + 1)
	p.want("and")
	n.Hi = p.exprAt(precRange + 1)
	return n
}

func (p *parser) in(l ast.Expr, not bool) ast.Expr {
	n := at(&ast.In{X: l, Not: not}, l.Position())
	if p.queryParen(p.i) {
		n.Query = p.parenQuery()
		return n
	}
	p.want("(")
	n.List = p.exprs()
	p.want(")")
	return n
}

// overlaps makes (a, b) OVERLAPS (c, d) a call with four arguments.
func (p *parser) overlaps(l ast.Expr) ast.Expr {
	a, ok := l.(*ast.RowLit)
	opPos := ast.Pos(p.toks[p.i-1].pos)
	b, ok2 := p.exprAt(precRange + 1).(*ast.RowLit)
	if p.err == nil && (!ok || !ok2 || len(a.Items) != 2 || len(b.Items) != 2) {
		p.i--
		p.fail("two rows of two items: (start, end) OVERLAPS (start, end)")
	}
	if p.err != nil {
		return l
	}
	name := ast.Ident{Name: "overlaps"}
	name.Pos = opPos
	return at(&ast.Call{Name: ast.Name{name}, Args: append(append([]ast.Expr{}, a.Items...), b.Items...)}, l.Position())
}

// exprs parses a list of one or more expressions.
func (p *parser) exprs() []ast.Expr {
	out := []ast.Expr{p.expr()}
	for p.eat(",") {
		out = append(out, p.expr())
	}
	return out
}

// parenExprs parses a list in parentheses that may be empty.
func (p *parser) parenExprs() []ast.Expr {
	p.want("(")
	if p.eat(")") {
		return nil
	}
	out := p.exprs()
	p.want(")")
	return out
}

func (p *parser) collation() ast.Name {
	n := ast.Name{p.label("a collation name")}
	for p.eat(".") {
		n = append(n, p.label("a collation name"))
	}
	return n
}
