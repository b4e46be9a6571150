package partition

import (
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// Parse reads an expression over a table's partition keys, whose names match
// exactly first, then case-insensitively. A blank text passes everything. What
// cannot be read is a fault with SQLSTATE 22023 that says what was found where
// (Glue's InvalidInputException), an unknown name one with 42703.
func Parse(text string, keys []catalog.Column) (*Expression, error) {
	e := &Expression{keys: keys}
	if n := utf8.RuneCountInString(text); n > MaxExpression {
		return nil, fault.New(fault.CodeInvalidParameter, "a partition expression has at most %d characters, this one has %d", MaxExpression, n)
	}
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.CodeInvalidParameter, "a partition expression must be valid UTF-8")
	}
	p := &exprParser{lex: exprLexer{s: text}, keys: keys}
	p.advance()
	if p.tok.kind == tokEnd && p.err == nil {
		return e, nil
	}
	e.root = p.or()
	if p.err == nil && p.tok.kind != tokEnd {
		p.expected("AND", "OR", "end of expression")
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

// exprParser is a recursive descent parser; after the first error it only
// unwinds. The depth is bounded by MaxExpression.
type exprParser struct {
	lex  exprLexer
	tok  exprToken
	keys []catalog.Column
	err  *fault.Error
}

// wrong records the first error.
func (p *exprParser) wrong(f *fault.Error) {
	if p.err == nil {
		p.err = f
	}
	p.tok = exprToken{kind: tokEnd, at: len(p.lex.s)}
}

func (p *exprParser) expected(what ...string) {
	p.wrong(fault.New(fault.CodeInvalidParameter, "partition expression: found %s at character %d, expected %s",
		p.tok.found(), p.lex.column(p.tok.at), alternatives(what)))
}

func alternatives(what []string) string {
	if n := len(what); n > 1 {
		return strings.Join(what[:n-1], ", ") + " or " + what[n-1]
	}
	return what[0]
}

func (p *exprParser) advance() {
	if p.err != nil {
		return
	}
	tok, f := p.lex.next()
	if f != nil {
		p.wrong(f)
		return
	}
	p.tok = tok
}

func (p *exprParser) eat(word string) bool {
	if !p.tok.is(word) {
		return false
	}
	p.advance()
	return true
}

func (p *exprParser) want(word string) {
	if !p.eat(word) {
		p.expected(`"` + word + `"`)
	}
}

func (p *exprParser) or() *node  { return p.chain("OR", opOr, p.and) }
func (p *exprParser) and() *node { return p.chain("AND", opAnd, p.not) }

func (p *exprParser) chain(word string, op nodeOp, operand func() *node) *node {
	n := operand()
	if !p.tok.is(word) {
		return n
	}
	n = &node{op: op, kids: []*node{n}}
	for p.eat(word) {
		n.kids = append(n.kids, operand())
	}
	return n
}

func (p *exprParser) not() *node {
	if p.eat("NOT") {
		return &node{op: opNot, kids: []*node{p.not()}}
	}
	if p.eat("(") {
		n := p.or()
		p.want(")")
		return n
	}
	return p.test()
}

// test parses one condition: on a key, or of two constants.
func (p *exprParser) test() *node {
	if p.tok.kind != tokName && !p.tok.keyWord() {
		return p.literalFirst()
	}
	if p.startsLiteral() {
		return p.literalFirst()
	}
	key := p.keyName()
	n := &node{key: key}
	if op, ok := p.comparison(); ok {
		n.op, n.cmp = opCompare, op
		n.lits = []literal{p.literal(key)}
		return n
	}
	if p.eat("IS") {
		n.op, n.neg = opIsNull, p.eat("NOT")
		p.want("NULL")
		return n
	}
	n.neg = p.eat("NOT")
	switch {
	case p.eat("IN"):
		n.op = opIn
		p.want("(")
		n.lits = append(n.lits, p.literal(key))
		for p.eat(",") {
			n.lits = append(n.lits, p.literal(key))
		}
		p.want(")")
	case p.eat("BETWEEN"):
		n.op = opBetween
		low := p.literal(key)
		p.want("AND")
		n.lits = []literal{low, p.literal(key)}
	case p.eat("LIKE"):
		n.op, n.like = opLike, p.like()
	case n.neg:
		p.expected("IN", "BETWEEN", "LIKE")
	default:
		p.expected("a comparison", "IN", "BETWEEN", "LIKE", "IS")
	}
	return n
}

var compareWords = map[string]compareOp{
	"=": cmpEQ, "<>": cmpNE, "!=": cmpNE, "<": cmpLT, "<=": cmpLE, ">": cmpGT, ">=": cmpGE,
}

func (p *exprParser) comparison() (compareOp, bool) {
	if p.tok.kind != tokSymbol {
		return 0, false
	}
	op, ok := compareWords[p.tok.text]
	if ok {
		p.advance()
	}
	return op, ok
}

func (p *exprParser) like() *likePattern {
	pattern, escape := p.stringText("a pattern"), ""
	if p.eat("ESCAPE") {
		at := p.tok
		if escape = p.stringText("an escape character"); utf8.RuneCountInString(escape) != 1 && p.err == nil {
			p.tok = at
			p.expected("one escape character")
		}
	}
	l, ok := newLike(pattern, escape)
	if !ok && p.err == nil {
		p.wrong(fault.New(fault.CodeInvalidParameter, "partition expression: the pattern %q ends with its escape character", pattern))
	}
	return l
}

func (p *exprParser) stringText(what string) string {
	text := p.tok.text
	if p.tok.kind != tokString {
		p.expected(what + " in single quotes")
		return ""
	}
	p.advance()
	return text
}

// literalFirst parses literal op key, and literal op literal: 1 = 1, which
// programs write for "everything".
func (p *exprParser) literalFirst() *node {
	first := p.tok
	text, null := p.constant("the name of a partition key")
	op, ok := p.comparison()
	if !ok {
		p.expected("a comparison")
		return &node{}
	}
	if (p.tok.kind == tokName || p.tok.keyWord()) && !p.startsLiteral() {
		key := p.keyName()
		return &node{op: opCompare, key: key, cmp: op.flip(), lits: []literal{p.typed(key, text, null, first)}}
	}
	second := p.tok
	other, otherNull := p.constant("the name of a partition key", "a constant")
	if first.kind == tokNumber != (second.kind == tokNumber) && !null && !otherNull && p.err == nil {
		p.tok = second
		p.expected("a constant of the same type")
	}
	typ := types.TVarchar
	if first.kind == tokNumber {
		typ = types.DecimalOf(types.MaxDecimalPrecision, 0)
	}
	return &node{truth: p.constantTruth(typ, op, text, other, null || otherNull)}
}

func (p *exprParser) constantTruth(typ types.Type, op compareOp, a, b string, null bool) tri {
	if null {
		return unknown
	}
	if typ.Kind == types.Varchar {
		return truth(op.holds(strings.Compare(a, b)))
	}
	x, xOK := newLiteral(typ, a)
	y, yOK := newLiteral(typ, b)
	if p.err == nil && (!xOK || !yOK) {
		p.wrong(fault.New(fault.CodeInvalidParameter, "partition expression: the numbers %s and %s cannot be compared", a, b))
	}
	v := types.DecOf(types.DecimalOf(types.MaxDecimalPrecision, x.scale), x.dec)
	return y.compare(op, &v)
}

// keyName takes the name of a key and gives its number.
func (p *exprParser) keyName() int {
	tok := p.tok
	p.advance()
	found := -1
	names := make([]string, len(p.keys))
	for k := range p.keys {
		names[k] = p.keys[k].Name
		if names[k] == tok.text {
			return k
		}
		if strings.EqualFold(names[k], tok.text) {
			found = k
		}
	}
	if found < 0 && p.err == nil {
		f := fault.New(fault.CodeUndefinedColumn, "partition expression: %q at character %d is not a partition key", tok.text, p.lex.column(tok.at))
		if len(names) > 0 {
			f = f.WithHint("The partition keys are %s.", strings.Join(names, ", "))
		}
		p.wrong(f)
	}
	return max(found, 0)
}

// literal parses a constant as a value of a key's type.
func (p *exprParser) literal(key int) literal {
	first := p.tok
	text, null := p.constant("a constant")
	return p.typed(key, text, null, first)
}

func (p *exprParser) typed(key int, text string, null bool, first exprToken) literal {
	if p.err != nil || null || key >= len(p.keys) {
		return literal{text: text, null: true}
	}
	col := &p.keys[key]
	l, ok := newLiteral(col.Type, text)
	if !ok {
		p.wrong(fault.New(fault.CodeInvalidParameter, "partition expression: %q at character %d is not a value of partition key %s, which is %s",
			text, p.lex.column(first.at), types.QuoteIdent(col.Name), col.Type.Hive()))
	}
	return l
}

// startsLiteral reports whether the present word begins a literal rather than
// names a key: NULL, TRUE, FALSE, and DATE or TIMESTAMP before a string. A key
// may be called date.
func (p *exprParser) startsLiteral() bool {
	switch {
	case p.tok.is("NULL"), p.tok.is("TRUE"), p.tok.is("FALSE"):
		return true
	case p.tok.is("DATE"), p.tok.is("TIMESTAMP"):
		ahead := p.lex
		next, f := ahead.next()
		return f == nil && next.kind == tokString
	}
	return false
}

// constant parses a literal and gives its text.
func (p *exprParser) constant(expected ...string) (text string, null bool) {
	text = p.tok.text
	switch {
	case p.tok.kind == tokString || p.tok.kind == tokNumber:
		p.advance()
		return text, false
	case p.startsLiteral():
		word := strings.ToUpper(text)
		p.advance()
		if word == "DATE" || word == "TIMESTAMP" {
			text = p.tok.text
			p.advance()
		}
		return text, word == "NULL"
	case p.eat("{"): // JDBC: {d '2024-01-01'}, {ts '...'}
		if !p.eat("d") && !p.eat("ts") {
			p.expected("d", "ts")
		}
		text = p.stringText("a date")
		p.want("}")
		return text, false
	}
	p.expected(expected...)
	return "", true
}
