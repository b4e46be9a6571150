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
	// groups counts the parentheses right ahead that are known to enclose a
	// condition, so that a row of them is looked through once.
	groups int
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
	if p.tok.is("(") && p.opensCondition() {
		p.advance()
		n := p.or()
		p.want(")")
		return n
	}
	return p.test()
}

// opensCondition reports whether the parenthesis here encloses a condition
// rather than a name or a constant: (a) = (1). Of a row of them the inner ones
// are the operand's, as many as are closed behind it.
func (p *exprParser) opensCondition() bool {
	if p.groups == 0 {
		ahead := *p
		opened := ahead.open()
		if ahead.startsName() {
			ahead.advance()
		} else {
			ahead.constant("an operand")
		}
		for opened > 0 && ahead.eat(")") {
			opened--
		}
		p.groups = opened
	}
	if p.groups == 0 {
		return false
	}
	p.groups--
	return true
}

// open takes the parentheses before an operand, and close those behind it.
func (p *exprParser) open() int {
	n := 0
	for p.eat("(") {
		n++
	}
	return n
}

func (p *exprParser) close(n int) {
	for range n {
		p.want(")")
	}
}

func (p *exprParser) startsName() bool {
	return (p.tok.kind == tokName || p.tok.keyWord()) && !p.startsLiteral()
}

// test parses one condition: on a key, or of two constants.
func (p *exprParser) test() *node {
	open := p.open()
	if !p.startsName() {
		return p.literalFirst(open)
	}
	key := p.keyName()
	p.close(open)
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
	open := p.open()
	pattern, escape := p.stringText("a pattern"), ""
	p.close(open)
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
// programs write for "everything". The parentheses before it are taken.
func (p *exprParser) literalFirst(open int) *node {
	first := p.constant("the name of a partition key")
	p.close(open)
	op, ok := p.comparison()
	if !ok {
		p.expected("a comparison")
		return &node{}
	}
	open = p.open()
	if p.startsName() {
		key := p.keyName()
		p.close(open)
		return &node{op: opCompare, key: key, cmp: op.flip(), lits: []literal{p.typed(key, first)}}
	}
	at := p.tok
	second := p.constant("the name of a partition key", "a constant")
	if first.number != second.number && !first.null && !second.null && p.err == nil {
		p.tok = at
		p.expected("a constant of the same type")
	}
	p.close(open)
	typ := types.TVarchar
	if first.number {
		typ = types.DecimalOf(types.MaxDecimalPrecision, 0)
	}
	return &node{truth: p.constantTruth(typ, op, first.text, second.text, first.null || second.null)}
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

// literal parses a constant, in parentheses or not, as a value of a key's type.
func (p *exprParser) literal(key int) literal {
	open := p.open()
	c := p.constant("a constant")
	p.close(open)
	return p.typed(key, c)
}

func (p *exprParser) typed(key int, c constant) literal {
	if p.err != nil || c.null || key >= len(p.keys) {
		return literal{text: c.text, null: true}
	}
	col := &p.keys[key]
	l, ok := newLiteral(col.Type, c.text)
	if !ok {
		p.wrong(fault.New(fault.CodeInvalidParameter, "partition expression: %q at character %d is not a value of partition key %s, which is %s",
			c.text, p.lex.column(c.at), types.QuoteIdent(col.Name), col.Type.Hive()))
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

// constant is a literal as it is written.
type constant struct {
	text         string // without quotes
	at           int    // byte
	null, number bool
}

// constant parses a literal.
func (p *exprParser) constant(expected ...string) constant {
	c := constant{text: p.tok.text, at: p.tok.at, number: p.tok.kind == tokNumber}
	switch {
	case p.tok.kind == tokString || p.tok.kind == tokNumber:
		p.advance()
		return c
	case p.startsLiteral():
		word := strings.ToUpper(c.text)
		p.advance()
		if word == "DATE" || word == "TIMESTAMP" {
			c.text = p.tok.text
			p.advance()
		}
		c.null = word == "NULL"
		return c
	case p.eat("{"): // JDBC: {d '2024-01-01'}, {ts '...'}
		if !p.eat("d") && !p.eat("ts") {
			p.expected("d", "ts")
		}
		c.text = p.stringText("a date")
		p.want("}")
		return c
	}
	p.expected(expected...)
	return constant{null: true}
}
