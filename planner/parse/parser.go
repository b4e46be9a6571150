package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// Piece is one statement of a text: from its first token up to the semicolon,
// without space at the end. What libraries append as a comment (sqlcommenter's
// traceparent, say) belongs to it. Pos is the 1-based character at which it starts
// in the text.
type Piece struct {
	SQL string
	Pos int
}

// Parse parses a text of any number of statements; a text of only space and
// comments gives none. The error is a *fault.Error with a position.
func Parse(sql string) ([]ast.Stmt, error) {
	p, err := newParser(sql)
	if err != nil {
		return nil, err
	}
	var out []ast.Stmt
	for {
		for p.eat(";") {
		}
		if p.done() {
			break
		}
		s := p.stmt()
		if !p.done() && !p.is(";") {
			p.fail("end of statement")
		}
		out = append(out, s)
	}
	if p.err != nil {
		return nil, p.err
	}
	return out, nil
}

// ParseOne parses exactly one statement, which a semicolon may follow. A text
// without one gives nil; more than one is an error, as for PostgreSQL's Parse
// message.
func ParseOne(sql string) (ast.Stmt, error) {
	list, err := Parse(sql)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, nil
	case len(list) > 1:
		return nil, fault.New(fault.CodeSyntax, "cannot insert multiple commands into a prepared statement").
			At(int(list[1].Position()))
	}
	return list[0], nil
}

// ParseExpr parses a text that is one expression.
func ParseExpr(sql string) (ast.Expr, error) {
	p, err := newParser(sql)
	if err != nil {
		return nil, err
	}
	x := p.expr()
	if !p.done() {
		p.fail("end of expression")
	}
	if p.err != nil {
		return nil, p.err
	}
	return x, nil
}

// ParseType parses a text that is one type name.
func ParseType(sql string) (ast.TypeName, error) {
	p, err := newParser(sql)
	if err != nil {
		return ast.TypeName{}, err
	}
	t := p.typeName()
	if !p.done() {
		p.fail("end of type name")
	}
	if p.err != nil {
		return ast.TypeName{}, p.err
	}
	return t, nil
}

// Split cuts a text into its statements without parsing them. Empty statements
// are left out. The error is one of the lexer: an unterminated string, say.
func Split(sql string) ([]Piece, error) {
	toks, err := lex(sql)
	if err != nil {
		return nil, err
	}
	var out []Piece
	first := 0
	for i, t := range toks {
		if t.kind != kEOF && t.word != ";" {
			continue
		}
		if i > first {
			text := strings.TrimRight(sql[toks[first].start:t.start], " \t\n\r\f\v")
			out = append(out, Piece{SQL: text, Pos: int(toks[first].pos)})
		}
		first = i + 1
	}
	return out, nil
}

// parser stands on one token of a text. After an error it stands on the last
// one, the end, and err is set.
type parser struct {
	sql    string
	toks   []token
	i      int
	depth  int // of nested calls of expr and query
	params int // how many ? were seen
	// intoTable is what SELECT ... INTO makes of the statement, until it is whole.
	intoTable *ast.CreateTemp
	secret    bool // errors must not repeat strings
	err       *fault.Error
}

func newParser(sql string) (*parser, error) {
	toks, err := lex(sql)
	if err != nil {
		return nil, err
	}
	return &parser{sql: sql, toks: toks}, nil
}

func (p *parser) tok() *token { return &p.toks[p.i] }

// peek gives the token n places ahead, or the end.
func (p *parser) peek(n int) *token {
	if p.i+n < len(p.toks) {
		return &p.toks[p.i+n]
	}
	return &p.toks[len(p.toks)-1]
}

func (p *parser) done() bool { return p.toks[p.i].kind == kEOF }

// advance consumes the token and gives it; at the end it stays.
func (p *parser) advance() *token {
	t := &p.toks[p.i]
	if t.kind != kEOF {
		p.i++
	}
	return t
}

// is reports whether the token is this word, operator or punctuation.
func (p *parser) is(w string) bool { return p.toks[p.i].word == w }

// isAt reports the same of the token n places ahead.
func (p *parser) isAt(n int, w string) bool { return p.peek(n).word == w }

// eat consumes the token if it is w.
func (p *parser) eat(w string) bool {
	if p.toks[p.i].word != w {
		return false
	}
	p.i++
	return true
}

// eat2 consumes two words, or none.
func (p *parser) eat2(a, b string) bool {
	if !p.is(a) || !p.isAt(1, b) {
		return false
	}
	p.i += 2
	return true
}

// eatAny consumes one of the words and gives it, or "".
func (p *parser) eatAny(words ...string) string {
	for _, w := range words {
		if p.eat(w) {
			return w
		}
	}
	return ""
}

// want consumes w or fails.
func (p *parser) want(w string) {
	if !p.eat(w) {
		p.fail(wantName(w))
	}
}

// wantWords consumes a sequence of words or fails.
func (p *parser) wantWords(words ...string) {
	for _, w := range words {
		p.want(w)
	}
}

func (p *parser) pos() ast.Pos { return ast.Pos(p.tok().pos) }

// at sets the position of a node.
func at[T interface{ SetPos(ast.Pos) }](n T, pos ast.Pos) T {
	n.SetPos(pos)
	return n
}

// enter counts one level of nesting; the caller must call leave. It is false,
// and the parser failed, when the statement is too deep.
func (p *parser) enter() bool {
	if p.depth++; p.depth > MaxDepth {
		p.failWith(tooDeep(int(p.tok().pos)))
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// text gives the source of a token.
func (p *parser) text(t *token) string { return p.sql[t.start:t.end] }

// ident parses a name that needs no AS: words that are not reserved, and
// quoted identifiers.
func (p *parser) ident(what string) ast.Ident { return p.identOf(noAlias, what) }

// label parses a name after AS or after a dot: any word will do.
func (p *parser) label(what string) ast.Ident { return p.identOf(reserved, what) }

func (p *parser) identOf(most class, what string) ast.Ident {
	t := p.tok()
	if t.kind != kQuoted && (t.kind != kWord || t.class > most) {
		p.fail(what)
		return ast.Ident{}
	}
	p.i++
	return p.identAt(t)
}

// identAt makes the identifier of a word or quoted token.
func (p *parser) identAt(t *token) ast.Ident {
	id := ast.Ident{Name: t.word}
	id.Pos = ast.Pos(t.pos)
	if t.kind != kQuoted {
		return id
	}
	id.Quoted = true
	s := p.text(t)
	if s[0] != 'u' && s[0] != 'U' {
		if id.Name = unquote(s); id.Name == "" { // a string of Hive's DDL
			p.i--
			p.fail("a name")
		}
		return id
	}
	v, msg := unescapeU(unquote(s[2:]), p.uescape())
	if msg != "" {
		p.failWith(fault.New(fault.CodeSyntax, "%s", msg).At(int(t.pos)))
	}
	id.Name = v
	return id
}

// isIdent reports whether the token may be a name of at most this class.
func (t *token) isIdent(most class) bool {
	return t.kind == kQuoted || t.kind == kWord && t.class <= most
}

// name parses a dotted name.
func (p *parser) name(what string) ast.Name {
	n := ast.Name{p.ident(what)}
	for p.is(".") {
		p.i++
		n = append(n, p.label("a name after the dot"))
	}
	return n
}

// identList parses (a, b, c), with the opening parenthesis next.
func (p *parser) identList(what string) []ast.Ident {
	p.want("(")
	var out []ast.Ident
	for {
		out = append(out, p.ident(what))
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}
