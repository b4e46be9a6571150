package jsonpath

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxNesting bounds how deep a path's parentheses and filters go.
const maxNesting = 200

// parser reads one path by precedence climbing.
type parser struct {
	lex     lexer
	path    *Path
	tok     token
	depth   int
	filters int // how many filters the place is inside of: @ needs one
	indexes int // how many subscripts: last needs one
}

func (p *parser) advance() error {
	t, err := p.lex.next()
	p.tok = t
	return err
}

func (p *parser) is(op string) bool { return p.tok.kind == kOp && p.tok.text == op }

// word reports whether the token is a keyword; PostgreSQL takes them in any case.
func (p *parser) word(w string) bool {
	if p.tok.kind != kIdent {
		return false
	}
	if p.lex.opts.Postgres && w != "true" && w != "false" && w != "null" {
		return strings.EqualFold(p.tok.text, w)
	}
	return p.tok.text == w
}

func (p *parser) unexpected() error {
	if p.tok.kind == kEnd {
		return fault.New(fault.CodeSyntax, "syntax error at end of jsonpath input")
	}
	return fault.New(fault.CodeSyntax, "syntax error at or near %q of jsonpath input", p.lex.s[p.tok.pos:p.tok.end])
}

func (p *parser) want(op string) error {
	if !p.is(op) {
		return p.unexpected()
	}
	return p.advance()
}

func (p *parser) wantWord(w string) error {
	if !p.word(w) {
		return p.unexpected()
	}
	return p.advance()
}

// all parses [lax | strict] expression.
func (p *parser) all() error {
	if err := p.advance(); err != nil {
		return err
	}
	if p.word("lax") || p.word("strict") {
		p.path.strict = p.word("strict")
		if err := p.advance(); err != nil {
			return err
		}
	}
	n, err := p.or()
	if err != nil {
		return err
	}
	if p.tok.kind != kEnd {
		return p.unexpected()
	}
	if n.op.predicate() && !p.lex.opts.Postgres {
		return fault.New(fault.CodeSyntax, "a condition is allowed only inside a filter ?(...) of a JSON path")
	}
	p.path.root = n
	return nil
}

// logic parses a chain of one boolean operator.
func (p *parser) logic(word string, o op, part func() (*node, error)) (*node, error) {
	x, err := part()
	for err == nil && p.is(word) {
		if !x.op.predicate() {
			return nil, p.unexpected()
		}
		if err = p.advance(); err != nil {
			return nil, err
		}
		var y *node
		if y, err = part(); err == nil && !y.op.predicate() {
			return nil, p.unexpected()
		}
		x = &node{op: o, x: x, y: y}
	}
	return x, err
}

func (p *parser) or() (*node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, fault.New(fault.CodeStatementTooComplex, "a JSON path may not be nested more than %d levels deep", maxNesting)
	}
	defer func() { p.depth-- }()
	return p.logic("||", opOr, func() (*node, error) { return p.logic("&&", opAnd, p.not) })
}

// not parses !(predicate) and !exists(path).
func (p *parser) not() (*node, error) {
	if !p.is("!") {
		return p.compare()
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if !p.is("(") && !p.word("exists") {
		return nil, p.unexpected()
	}
	x, err := p.primary()
	if err == nil && !x.op.predicate() {
		return nil, p.unexpected()
	}
	return &node{op: opNot, x: x}, err
}

var comparisons = map[string]op{"==": opEQ, "=": opEQ, "!=": opNE, "<>": opNE, "<": opLT, "<=": opLE, ">": opGT, ">=": opGE}

// compare parses x op y, x starts with y, x like_regex "...".
func (p *parser) compare() (*node, error) {
	x, err := p.additive()
	if err != nil {
		return nil, err
	}
	o, ok := opRoot, false
	if p.tok.kind == kOp && (p.tok.text != "=" || p.lex.opts.Postgres) {
		o, ok = comparisons[p.tok.text]
	}
	switch {
	case ok && !x.op.predicate():
		if err = p.advance(); err != nil {
			return nil, err
		}
		y, err := p.additive()
		if err == nil && y.op.predicate() {
			return nil, p.unexpected()
		}
		return &node{op: o, x: x, y: y}, err
	case p.word("starts") && !x.op.predicate():
		return p.startsWith(x)
	case p.word("like_regex") && !x.op.predicate():
		return p.likeRegex(x)
	}
	return x, nil
}

func (p *parser) startsWith(x *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.wantWord("with"); err != nil {
		return nil, err
	}
	if p.tok.kind != kString && p.tok.kind != kVar {
		return nil, p.unexpected()
	}
	y, err := p.primary()
	return &node{op: opStarts, x: x, y: y}, err
}

func (p *parser) likeRegex(x *node) (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != kString {
		return nil, p.unexpected()
	}
	pattern, flags := p.tok.text, ""
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.word("flag") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.tok.kind != kString {
			return nil, p.unexpected()
		}
		flags = p.tok.text
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	re, err := compileRegex(pattern, flags)
	return &node{op: opRegex, x: x, re: re}, err
}

// compileRegex makes a matcher in linear time of an XQuery pattern.
func compileRegex(pattern, flags string) (*regexp.Regexp, error) {
	mode, literal := "", false
	for _, f := range flags {
		switch f {
		case 'i', 's', 'm':
			mode += string(f)
		case 'q':
			literal = true
		case 'x':
			return nil, fault.New(fault.CodeFeatureNotSupported, `XQuery "x" flag (expanded regular expressions) is not implemented`)
		default:
			return nil, fault.New(fault.CodeSyntax, "invalid input syntax for type jsonpath").
				WithDetail("Unrecognized flag character %q in LIKE_REGEX predicate.", string(f))
		}
	}
	if literal {
		pattern = regexp.QuoteMeta(pattern)
	}
	if mode != "" {
		pattern = "(?" + mode + ")" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fault.New(fault.CodeInvalidRegexp, "invalid regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: ")).
			WithHint("Patterns of JSON paths are those of RE2: no back references and no look-around.")
	}
	return re, nil
}

var (
	additives       = map[string]op{"+": opAdd, "-": opSub}
	multiplicatives = map[string]op{"*": opMul, "/": opDiv, "%": opMod}
)

func (p *parser) additive() (*node, error) { return p.arith(additives, p.multiplicative) }

func (p *parser) multiplicative() (*node, error) { return p.arith(multiplicatives, p.unary) }

func (p *parser) arith(ops map[string]op, part func() (*node, error)) (*node, error) {
	x, err := part()
	for err == nil && p.tok.kind == kOp {
		o, ok := ops[p.tok.text]
		if !ok {
			break
		}
		if x.op.predicate() {
			return nil, p.unexpected()
		}
		if err = p.advance(); err != nil {
			return nil, err
		}
		var y *node
		if y, err = part(); err == nil && y.op.predicate() {
			return nil, p.unexpected()
		}
		x = &node{op: o, x: x, y: y}
	}
	return x, err
}

func (p *parser) unary() (*node, error) {
	o := opPlus
	switch {
	case p.is("-"):
		o = opMinus
	case p.is("+"):
	default:
		return p.accessors()
	}
	if p.depth++; p.depth > maxNesting {
		return nil, fault.New(fault.CodeStatementTooComplex, "a JSON path may not be nested more than %d levels deep", maxNesting)
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	x, err := p.unary()
	switch {
	case err != nil:
		return nil, err
	case x.op.predicate():
		return nil, p.unexpected()
	case x.op == opLiteral && x.item.kind == Num && o == opMinus && x.item.raw[0] != '-':
		x.item.raw = append([]byte{'-'}, x.item.raw...) // a negative literal, for constant subscripts
		return x, nil
	}
	return &node{op: o, x: x}, nil
}

// primary parses a literal, a variable, a parenthesis or exists(...).
func (p *parser) primary() (*node, error) {
	t := p.tok
	n := &node{op: opLiteral}
	switch {
	case t.kind == kString:
		n.item = Text([]byte(t.text))
	case t.kind == kInt || t.kind == kNumber:
		n.item = numberLiteral(t.text)
	case p.word("true") || p.word("false"):
		n.item = Item{kind: Bool, raw: []byte(t.text)}
	case p.word("null"):
		n.item = nullItem
	case t.kind == kVar:
		n.op, n.name, n.v = opVar, t.text, p.path.variable(t.text)
	case p.is("$"):
		n.op = opRoot
	case p.is("@"):
		if n.op = opCurrent; p.filters == 0 {
			return nil, fault.New(fault.CodeSyntax, "@ is not allowed in root expressions")
		}
	case p.word("last"):
		if n.op = opLast; p.indexes == 0 {
			return nil, fault.New(fault.CodeSyntax, "LAST is allowed only in array subscripts")
		}
	case p.word("exists"):
		return p.exists()
	case p.is("("):
		return p.parens()
	default:
		return nil, p.unexpected()
	}
	return n, p.advance()
}

func (p *parser) exists() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.want("("); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	if x.op.predicate() {
		return nil, p.unexpected()
	}
	return &node{op: opExists, x: x}, p.want(")")
}

func (p *parser) parens() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.want(")"); err != nil {
		return nil, err
	}
	if !x.op.predicate() || !p.word("is") {
		return x, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return &node{op: opIsUnknown, x: x}, p.wantWord("unknown")
}

// maxSteps bounds a chain of accessors, which is evaluated by recursion.
const maxSteps = 2000

// accessors parses a primary and the steps behind it.
func (p *parser) accessors() (*node, error) {
	x, err := p.primary()
	forgive := false
	for steps := 0; err == nil; steps++ {
		if steps == maxSteps {
			return nil, fault.New(fault.CodeStatementTooComplex, "a JSON path may not have more than %d steps in a row", maxSteps)
		}
		var s *node
		switch {
		case p.is("."):
			s, err = p.dotted()
		case p.is("..") && !p.lex.opts.Postgres:
			s, err = p.descendant()
		case p.is("["):
			s, err = p.index()
		case p.is("?"):
			s, err = p.filter()
		default:
			return x, nil
		}
		if err != nil {
			return nil, err
		}
		s.x, s.forgive = x, forgive
		forgive = forgive || s.op == opAnyDepth
		x = s
	}
	return x, err
}

// dotted parses .name, ."name", .*, .**{..} and .method().
func (p *parser) dotted() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	t := p.tok
	switch {
	case p.is("*"):
		return &node{op: opAnyMember}, p.advance()
	case p.is("**"):
		return p.anyDepth()
	case t.kind == kString:
		return &node{op: opMember, name: t.text}, p.advance()
	case t.kind == kIdent:
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.is("(") {
			return p.methodCall(t)
		}
		return &node{op: opMember, name: t.text}, nil
	}
	return nil, p.unexpected()
}

func (p *parser) descendant() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != kIdent && p.tok.kind != kString {
		return nil, p.unexpected()
	}
	n := &node{op: opDeep, name: p.tok.text}
	return n, p.advance()
}

// anyDepth parses ** with {level}, {from to to}, or nothing for every level.
func (p *parser) anyDepth() (*node, error) {
	n := &node{op: opAnyDepth, to: lastLevel}
	if err := p.advance(); err != nil || !p.is("{") {
		return n, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	level := func() (int, error) {
		v := lastLevel
		if p.tok.kind == kInt {
			i, err := strconv.Atoi(p.tok.text)
			if err != nil {
				return 0, p.unexpected()
			}
			v = i
		} else if !p.word("last") {
			return 0, p.unexpected()
		}
		return v, p.advance()
	}
	var err error
	if n.from, err = level(); err != nil {
		return nil, err
	}
	if n.to = n.from; p.word("to") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if n.to, err = level(); err != nil {
			return nil, err
		}
	}
	return n, p.want("}")
}

// methodCall parses the arguments of a method, which are constants.
func (p *parser) methodCall(name token) (*node, error) {
	m, ok := methods[name.text]
	if !ok && p.lex.opts.Postgres {
		m, ok = methods[strings.ToLower(name.text)]
	}
	if !ok {
		return nil, p.unexpected()
	}
	n := &node{op: opMethod, name: name.text, method: m}
	if err := p.advance(); err != nil {
		return nil, err
	}
	for !p.is(")") {
		if len(n.args) >= m.args || p.tok.kind != kString && p.tok.kind != kInt {
			return nil, p.unexpected()
		}
		if (p.tok.kind == kString) != m.textArg {
			return nil, p.unexpected()
		}
		n.args = append(n.args, p.tok.text)
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return n, p.want(")")
}

// index parses [*] and [a, b to c].
func (p *parser) index() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.is("*") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		return &node{op: opAnyIndex}, p.want("]")
	}
	p.indexes++
	defer func() { p.indexes-- }()
	n := &node{op: opIndex}
	for {
		s, err := p.subscript()
		if err != nil {
			return nil, err
		}
		n.subs = append(n.subs, s)
		if !p.is(",") {
			return n, p.want("]")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) subscript() (s subscript, err error) {
	if s.from, err = p.or(); err != nil {
		return s, err
	}
	if s.from.op.predicate() {
		return s, p.unexpected()
	}
	if !p.word("to") {
		return s, nil
	}
	if err = p.advance(); err != nil {
		return s, err
	}
	if s.to, err = p.or(); err == nil && s.to.op.predicate() {
		err = p.unexpected()
	}
	return s, err
}

func (p *parser) filter() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.want("("); err != nil {
		return nil, err
	}
	p.filters++
	y, err := p.or()
	p.filters--
	if err != nil {
		return nil, err
	}
	if !y.op.predicate() {
		return nil, p.unexpected()
	}
	return &node{op: opFilter, y: y}, p.want(")")
}
