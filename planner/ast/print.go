package ast

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// Text gives the SQL of a statement, query, expression or table expression in
// a normal form: keywords in lower case, one space, every operator in
// parentheses, so that the text shows the tree and parses back to it.
// Positions and comments are lost.
func Text(n Node) string {
	var p printer
	switch n := n.(type) {
	case Expr:
		p.expr(n)
	case TableExpr:
		p.table(n)
	case Stmt:
		p.stmt(n)
	case QueryBody:
		p.body(n)
	}
	return string(p.b)
}

// TypeText gives a type name's normal form.
func TypeText(t TypeName) string {
	var p printer
	p.typeName(t)
	return string(p.b)
}

// printer collects the text. Its methods are one per node, named after it.
type printer struct {
	b    []byte
	into func() // prints INTO of the SELECT that comes next; nil: it has none
}

func (p *printer) s(parts ...string) {
	for _, s := range parts {
		p.b = append(p.b, s...)
	}
}

// opt writes s if cond holds.
func (p *printer) opt(cond bool, s string) {
	if cond {
		p.s(s)
	}
}

// list writes n items with commas.
func (p *printer) list(n int, item func(int)) {
	for i := range n {
		p.opt(i > 0, ", ")
		item(i)
	}
}

func (p *printer) exprs(xs []Expr) { p.list(len(xs), func(i int) { p.expr(xs[i]) }) }

func (p *printer) str(v string) {
	p.s("'", strings.ReplaceAll(v, "'", "''"), "'")
}

// ident quotes unless the word would read back as the same name anywhere.
func (p *printer) ident(id Ident) {
	if !id.Quoted && id.Name != "" {
		p.s(id.Name)
		return
	}
	p.s(`"`, strings.ReplaceAll(id.Name, `"`, `""`), `"`)
}

func (p *printer) idents(ids []Ident) { p.list(len(ids), func(i int) { p.ident(ids[i]) }) }

func (p *printer) name(n Name) {
	for i, id := range n {
		p.opt(i > 0, ".")
		p.ident(id)
	}
}

func (p *printer) typeName(t TypeName) {
	switch {
	case t.Name == `"char"`:
		p.s(t.Name)
	case len(t.Args) > 0:
		p.nestedType(t)
	default:
		word, zone, _ := strings.Cut(t.Name, " with ")
		p.typeWord(word)
		if len(t.Params) > 0 {
			p.s("(")
			p.list(len(t.Params), func(i int) { p.s(strconv.Itoa(t.Params[i])) })
			p.s(")")
		}
		p.opt(zone != "", " with "+zone)
	}
	p.s(strings.Repeat("[]", t.Array))
}

// word prints a name that the parser folds, in quotes unless it is plain.
func (p *printer) word(w string) { p.plainOr(w, false) }

// typeWord prints a type's name, which may be several words.
func (p *printer) typeWord(w string) { p.plainOr(w, true) }

func (p *printer) plainOr(w string, spaces bool) {
	for i := 0; i < len(w); i++ {
		c := w[i]
		if !(c >= 'a' && c <= 'z' || c == '_' || c == ' ' && spaces && i > 0 || i > 0 && c >= '0' && c <= '9') {
			p.ident(Ident{Name: w, Quoted: true})
			return
		}
	}
	p.s(w)
}

func (p *printer) nestedType(t TypeName) {
	open, end := "(", ")"
	if t.Name == "struct" || t.Name == "uniontype" {
		open, end = "<", ">"
	}
	p.s(t.Name, open)
	p.list(len(t.Args), func(i int) {
		if i < len(t.Fields) && t.Fields[i].Name != "" {
			p.ident(Ident{Name: t.Fields[i].Name, Quoted: true})
			p.s(map[string]string{"(": " ", "<": ":"}[open])
		}
		p.typeName(t.Args[i])
	})
	p.s(end)
}

func (p *printer) binary(v []byte) { p.s("x'", hex.EncodeToString(v), "'") }
