package parse

import (
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// operand parses a prefix operator or a primary with its postfix forms.
func (p *parser) operand() ast.Expr {
	t := p.tok()
	pos := ast.Pos(t.pos)
	switch {
	case t.word == "not" && t.kind == kWord:
		p.i++
		return at(&ast.Unary{Op: "not", X: p.exprAt(precNot)}, pos)
	case t.kind == kOp && (t.word == "-" || t.word == "+"):
		p.i++
		return at(&ast.Unary{Op: t.word, X: p.exprAt(precUnary)}, pos)
	case t.kind == kOp && t.word != "*":
		if !prefixOp(t.word) {
			break
		}
		p.i++
		return at(&ast.Unary{Op: t.word, X: p.exprAt(precOther + 1)}, pos)
	case t.word == "operator" && p.isAt(1, "("):
		p.i++
		op := p.operatorName()
		return at(&ast.Unary{Op: op, X: p.exprAt(precOther + 1)}, pos)
	}
	return p.postfix(p.primary())
}

// prefixOp reports whether PostgreSQL has a prefix operator of this name.
func prefixOp(op string) bool {
	switch op {
	case "~", "@", "|/", "||/", "@-@", "@@", "#":
		return true
	}
	return false
}

// postfix parses [i], ::type and .field after a primary.
func (p *parser) postfix(x ast.Expr) ast.Expr {
	for p.err == nil {
		pos := p.pos()
		switch p.tok().word {
		case "[":
			x = p.subscript(x)
		case "::":
			p.i++
			x = at(&ast.Cast{X: x, Type: p.typeName(), OpPos: pos}, x.Position())
		case ".":
			p.i++
			name := ast.Ident{Name: "*"}
			name.Pos = pos + 1
			if !p.eat("*") {
				name = p.label("a field name")
			}
			x = at(&ast.Field{X: x, Name: name}, x.Position())
		default:
			return x
		}
	}
	return x
}

// subscript parses [i], [lo:hi] with either bound left out.
func (p *parser) subscript(x ast.Expr) ast.Expr {
	p.i++
	n := at(&ast.Subscript{X: x}, x.Position())
	if !p.is(":") {
		n.Index = p.expr()
	}
	if p.eat(":") {
		n.Slice, n.Lo, n.Index = true, n.Index, nil
		if !p.is("]") {
			n.Hi = p.expr()
		}
	}
	p.want("]")
	return n
}

// decimalText writes a number without the underscores between its digits, and one of
// another base, such as 0x1F, in base ten.
func decimalText(s string) string {
	if len(s) > 1 && s[0] == '0' && numberBases[s[1]|0x20] != "" {
		if n, ok := new(big.Int).SetString(s, 0); ok {
			return n.String()
		}
	}
	return strings.ReplaceAll(s, "_", "")
}

// primary parses an operand without prefix and postfix operators.
func (p *parser) primary() ast.Expr {
	t := p.tok()
	pos := ast.Pos(t.pos)
	switch t.kind {
	case kNumber:
		p.i++
		return at(&ast.NumberLit{Text: decimalText(p.text(t))}, pos)
	case kString:
		return at(&ast.StringLit{Value: p.str()}, pos)
	case kBytes, kBits:
		return p.binary()
	case kParam:
		p.i++
		n, err := strconv.ParseUint(p.sql[t.start+1:t.end], 10, 16)
		if err != nil || n == 0 {
			p.failWith(fault.New(fault.CodeUndefinedParameter, "there is no parameter %s", clip(p.text(t))).At(int(t.pos)))
		}
		return at(&ast.Param{Index: int(n)}, pos)
	case kQuoted:
		return p.nameExpr()
	case kWord:
		return p.wordExpr(t)
	}
	switch t.word {
	case "?":
		p.i++
		p.params++
		return at(&ast.Param{Index: p.params}, pos)
	case "(":
		return p.paren()
	case "[":
		return p.arrayItems(pos)
	}
	p.fail("an expression")
	return at(&ast.NullLit{}, pos)
}

// str consumes a string and those that continue it on later lines.
func (p *parser) str() string {
	s := p.strPart(p.advance())
	for p.tok().kind == kString {
		prev, t := &p.toks[p.i-1], p.tok()
		if p.sql[t.start] != '\'' || strings.IndexByte(p.sql[prev.end:t.start], '\n') < 0 {
			break
		}
		s += p.strPart(p.advance())
	}
	return s
}

// strPart resolves one string token, the current token being the one after it.
func (p *parser) strPart(t *token) string {
	s := p.text(t)
	var msg string
	switch s[0] {
	case '\'':
		return unquote(s)
	case '$':
		tag := strings.IndexByte(s[1:], '$') + 2
		return s[tag : len(s)-tag]
	case 'n', 'N':
		return unquote(s[1:])
	case 'e', 'E':
		s, msg = unescapeE(s[2 : len(s)-1])
	default:
		s, msg = unescapeU(unquote(s[2:]), p.uescape())
	}
	if msg != "" {
		p.failWith(fault.New(fault.CodeInvalidEscape, "%s", msg).At(int(t.pos)))
	}
	return s
}

// uescape parses the UESCAPE clause after U&” or U&"".
func (p *parser) uescape() byte {
	if !p.is("uescape") || p.peek(1).kind != kString {
		return '\\'
	}
	p.i++
	s := unquote(p.text(p.tok()))
	if len(s) != 1 || isHex(s[0]) || strings.IndexByte("+'\" \t\n", s[0]) >= 0 {
		p.fail("one character that is no hexadecimal digit")
		return '\\'
	}
	p.i++
	return s[0]
}

// binary parses X'1F' and B'101'.
func (p *parser) binary() ast.Expr {
	t := p.advance()
	pos := ast.Pos(t.pos)
	s := unquote(p.sql[t.start+1 : t.end])
	if t.kind == kBits {
		if i := strings.IndexFunc(s, func(r rune) bool { return r != '0' && r != '1' }); i >= 0 {
			p.failWith(fault.New(fault.CodeInvalidText, "%q is not a valid binary digit", s[i:i+1]).At(int(t.pos)))
		}
		return at(&ast.TypedLit{Type: typeAt("bit", pos), Value: s}, pos)
	}
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			return -1 // Trino lets white space into binary literals
		}
		return r
	}, s)
	b, err := hex.DecodeString(s)
	if err != nil {
		p.failWith(fault.Wrap(err, fault.CodeInvalidText, "invalid binary literal %s", clip(p.text(t))).At(int(t.pos)).
			WithHint("A binary literal has an even number of hexadecimal digits."))
	}
	return at(&ast.BinaryLit{Value: b}, pos)
}

// paren parses (query), (expr) and (a, b).
func (p *parser) paren() ast.Expr {
	pos := p.pos()
	if p.queryParen(p.i) {
		return at(&ast.Subquery{Query: p.parenQuery()}, pos)
	}
	p.i++
	x := p.expr()
	if !p.is(",") {
		p.want(")")
		return x
	}
	row := at(&ast.RowLit{Items: []ast.Expr{x}}, pos)
	for p.eat(",") {
		row.Items = append(row.Items, p.expr())
	}
	p.want(")")
	return row
}

// arrayItems parses [a, b] of ARRAY[...]; inner brackets are arrays too.
func (p *parser) arrayItems(pos ast.Pos) ast.Expr {
	p.want("[")
	n := at(&ast.ArrayLit{}, pos)
	if p.eat("]") {
		return n
	}
	n.Items = p.exprs()
	p.want("]")
	return n
}

// wordExpr parses an operand that starts with an unquoted word.
func (p *parser) wordExpr(t *token) ast.Expr {
	if x := p.specialWord(t); x != nil {
		return x
	}
	switch {
	case t.class <= soft:
		return p.nameExpr()
	case t.class == funcOnly && p.isAt(1, "("):
		return p.nameExpr()
	}
	p.fail("an expression")
	return at(&ast.NullLit{}, ast.Pos(t.pos))
}

// specialWord parses the words with a syntax of their own, nil for the others.
func (p *parser) specialWord(t *token) ast.Expr {
	pos := ast.Pos(t.pos)
	switch t.word {
	case "null":
		p.i++
		return at(&ast.NullLit{}, pos)
	case "true", "false":
		p.i++
		return at(&ast.BoolLit{Value: t.word == "true"}, pos)
	case "case":
		return p.caseExpr()
	case "cast":
		return p.cast(false)
	case "current_catalog", "current_date", "current_role", "current_time", "current_timestamp", "current_user",
		"localtime", "localtimestamp", "session_user", "user", "current_schema":
		return p.noParens(t)
	case "array":
		return p.arrayWord(pos)
	case "interval":
		return p.interval()
	}
	if !p.isAt(1, "(") {
		return nil
	}
	switch t.word {
	case "try_cast":
		return p.cast(true)
	case "exists":
		p.i++
		return at(&ast.Exists{Query: p.parenQuery()}, pos)
	case "row":
		p.i++
		return at(&ast.RowLit{Items: p.parenExprs()}, pos)
	case "extract", "substring", "trim", "position", "overlay", "normalize":
		return p.specialCall(t)
	}
	if jsonFunction(t.word) {
		return p.jsonCall(t)
	}
	return nil
}

func (p *parser) arrayWord(pos ast.Pos) ast.Expr {
	switch {
	case p.isAt(1, "["):
		p.i++
		return p.arrayItems(pos)
	case p.isAt(1, "(") && p.queryParen(p.i+1):
		p.i++
		return at(&ast.ArraySubquery{Query: p.parenQuery()}, pos)
	}
	p.i++
	p.fail(`"["`, "a subquery in parentheses")
	return at(&ast.NullLit{}, pos)
}

// noParens parses current_date and its kin, with a precision or empty
// parentheses where they are allowed.
func (p *parser) noParens(t *token) ast.Expr {
	if p.isAt(1, "(") && p.isAt(2, ")") || t.word == "current_schema" && p.isAt(1, ".") {
		return p.nameExpr()
	}
	p.i++
	name := ast.Ident{Name: t.word}
	name.Pos = ast.Pos(t.pos)
	c := at(&ast.Call{Name: ast.Name{name}, NoParens: true}, name.Pos)
	switch t.word {
	case "current_time", "current_timestamp", "localtime", "localtimestamp":
		if p.is("(") {
			c.Args = p.parenExprs()
		}
	}
	return c
}

// nameExpr parses what starts with a name: a typed literal (date '...'), a
// call, a column, t.*.
func (p *parser) nameExpr() ast.Expr {
	if x := p.typedLit(); x != nil {
		return x
	}
	mode := p.processingMode()
	first := p.advance()
	pos := ast.Pos(first.pos)
	n := ast.Name{p.identAt(first)}
	for p.is(".") {
		p.i++
		if p.eat("*") {
			return at(&ast.Star{Table: n}, pos)
		}
		n = append(n, p.label("a name after the dot"))
	}
	switch {
	case p.is("("):
		x := p.call(n)
		if c, ok := x.(*ast.Call); ok && mode.word != "" {
			c.Mode, c.ModeAt = mode.word, ast.Pos(mode.pos)
		}
		return x
	case len(n) == 1 && p.is("over") && (p.isAt(1, "(") || p.peek(1).isIdent(noAlias)):
		p.i++
		w := p.overClause()
		return at(&ast.Call{Name: n, NoParens: true, Over: &w}, pos)
	case p.tok().kind == kString && p.err == nil: // schema.type 'text'
		return at(&ast.TypedLit{Type: typeAt(n.Last().Name, pos), Text: p.pos(), Value: p.str()}, pos)
	}
	return at(&ast.ColumnRef{Name: n}, pos)
}

// processingMode consumes RUNNING or FINAL before a call; the token is empty if there
// is none.
func (p *parser) processingMode() token {
	t := *p.tok()
	if t.kind == kWord && (t.word == "running" || t.word == "final") && p.peek(1).isIdent(funcOnly) && p.isAt(2, "(") {
		p.i++
		return t
	}
	return token{}
}

func (p *parser) caseExpr() ast.Expr {
	n := at(&ast.Case{}, p.pos())
	p.i++
	if !p.is("when") {
		n.X = p.expr()
	}
	for {
		p.want("when")
		w := ast.When{Cond: p.expr()}
		p.want("then")
		w.Result = p.expr()
		n.Whens = append(n.Whens, w)
		if !p.is("when") {
			break
		}
	}
	if p.eat("else") {
		n.Else = p.expr()
	}
	p.want("end")
	return n
}

func (p *parser) cast(try bool) ast.Expr {
	n := at(&ast.Cast{Try: try}, p.pos())
	p.i++
	p.want("(")
	n.X = p.expr()
	p.want("as")
	n.Type = p.typeName()
	p.want(")")
	return n
}
