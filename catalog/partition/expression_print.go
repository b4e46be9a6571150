package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// String gives the expression in Glue's grammar: Parse of it is the same
// expression. What passes everything is the empty text.
func (e *Expression) String() string {
	if e == nil || e.root == nil {
		return ""
	}
	return string(e.print(nil, e.root))
}

var compareSpelling = [...]string{cmpEQ: " = ", cmpNE: " <> ", cmpLT: " < ", cmpLE: " <= ", cmpGT: " > ", cmpGE: " >= "}

func (e *Expression) print(b []byte, n *node) []byte {
	switch n.op {
	case opConst:
		return append(b, [...]string{no: "1 = 0", unknown: "NULL = 1", yes: "1 = 1"}[n.truth]...)
	case opNot:
		b = append(b, "NOT ("...)
		return append(e.print(b, n.kids[0]), ')')
	case opAnd, opOr:
		for i, kid := range n.kids {
			if i > 0 {
				b = append(b, map[nodeOp]string{opAnd: " AND ", opOr: " OR "}[n.op]...)
			}
			if kid.op != opAnd && kid.op != opOr {
				b = e.print(b, kid)
				continue
			}
			b = append(e.print(append(b, '('), kid), ')')
		}
		return b
	}
	b = appendName(b, e.keys[n.key].Name)
	if n.neg && n.op != opIsNull {
		b = append(b, " NOT"...)
	}
	return e.printTest(b, n)
}

func (e *Expression) printTest(b []byte, n *node) []byte {
	typ := e.keys[n.key].Type
	switch n.op {
	case opCompare:
		return n.lits[0].print(append(b, compareSpelling[n.cmp]...), typ)
	case opIn:
		b = append(b, " IN ("...)
		for i := range n.lits {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = n.lits[i].print(b, typ)
		}
		return append(b, ')')
	case opBetween:
		b = n.lits[0].print(append(b, " BETWEEN "...), typ)
		return n.lits[1].print(append(b, " AND "...), typ)
	case opLike:
		b = appendText(append(b, " LIKE "...), n.like.text)
		if n.like.escape != "" {
			b = appendText(append(b, " ESCAPE "...), n.like.escape)
		}
		return b
	}
	if n.neg {
		return append(b, " IS NOT NULL"...)
	}
	return append(b, " IS NULL"...)
}

// print spells a literal: numbers bare where the key is one.
func (l *literal) print(b []byte, t types.Type) []byte {
	switch {
	case l.null:
		return append(b, "NULL"...)
	case l.number && !l.hiveNull:
		return append(b, strings.TrimSpace(l.text)...)
	case t.Kind == types.Boolean && !l.hiveNull:
		return append(b, strings.ToLower(l.text)...)
	}
	return appendText(b, l.text)
}

func appendText(b []byte, s string) []byte {
	b = append(b, '\'')
	b = append(b, strings.ReplaceAll(s, "'", "''")...)
	return append(b, '\'')
}

// appendName spells a key's name, in double quotes unless it is a plain word.
func appendName(b []byte, name string) []byte {
	l := exprLexer{s: name}
	tok := exprToken{kind: tokWord, text: name}
	digit := name != "" && name[0] >= '0' && name[0] <= '9'
	if !digit && l.wordLen() == len(name) && name != "" && tok.keyWord() && !tok.is("DATE") && !tok.is("TIMESTAMP") {
		return append(b, name...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(name, `"`, `""`)...)
	return append(b, '"')
}
