package partition

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// literal is a constant of an expression, read as the type of the key that it
// is compared with.
type literal struct {
	text     string // as it was written, without quotes
	null     bool   // NULL: comparisons are unknown
	hiveNull bool   // catalog.HiveNull: equality asks for NULL
	number   bool   // dec and scale hold it exactly, for integer and decimal keys
	dec      types.Int128
	scale    int
	value    types.Value // for the other keys
}

// newLiteral reads a text as a value of a key's type; false if it is none.
func newLiteral(t types.Type, text string) (literal, bool) {
	l := literal{text: text}
	if text == catalog.HiveNull {
		l.hiveNull = true
		return l, true
	}
	switch t.Kind {
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal:
		var ok bool
		l.dec, l.scale, ok = types.ParseDecimal([]byte(strings.TrimSpace(text)))
		l.number = true
		return l, ok
	}
	v, err := ParseValue(t, text)
	l.value = v
	return l, err == nil
}

// compare evaluates v op literal.
func (l *literal) compare(op compareOp, v *types.Value) tri {
	switch {
	case l.hiveNull && op == cmpEQ:
		return truth(v.Null)
	case l.hiveNull && op == cmpNE:
		return truth(!v.Null)
	case v.Null || l.null || l.hiveNull:
		return unknown
	}
	return truth(op.holds(l.order(v)))
}

// order compares v with the literal.
func (l *literal) order(v *types.Value) int {
	if !l.number {
		return v.Compare(l.value)
	}
	d, scale := types.I128(v.I), 0
	if v.Type.Kind == types.Decimal {
		d, scale = v.Dec(), int(v.Type.S)
	}
	w := l.dec
	switch {
	case scale < l.scale:
		up, ok := d.Rescale(scale, l.scale)
		if !ok { // it is beyond whatever the literal holds
			return d.Cmp(types.Int128{})
		}
		d = up
	case scale > l.scale:
		up, ok := w.Rescale(l.scale, scale)
		if !ok {
			return types.Int128{}.Cmp(w)
		}
		w = up
	}
	return d.Cmp(w)
}

func (op compareOp) holds(order int) bool {
	switch op {
	case cmpEQ:
		return order == 0
	case cmpNE:
		return order != 0
	case cmpLT:
		return order < 0
	case cmpLE:
		return order <= 0
	case cmpGT:
		return order > 0
	}
	return order >= 0
}

// flip gives the operator for exchanged sides.
func (op compareOp) flip() compareOp {
	switch op {
	case cmpLT:
		return cmpGT
	case cmpLE:
		return cmpGE
	case cmpGT:
		return cmpLT
	case cmpGE:
		return cmpLE
	}
	return op
}

// likePattern is a pattern of LIKE, split at its wildcards.
type likePattern struct {
	text, escape string // as written
	elems        []likeElem
}

// likeElem is a character, or with wild '_' any one, with '%' any number.
type likeElem struct {
	r    rune
	wild rune
}

// newLike compiles a pattern; false if it ends with its escape character or
// that is not a single character.
func newLike(text, escape string) (*likePattern, bool) {
	p := &likePattern{text: text, escape: escape}
	esc := rune(-1)
	if escape != "" {
		rs := []rune(escape)
		if len(rs) != 1 {
			return nil, false
		}
		esc = rs[0]
	}
	quoted := false
	for _, r := range text {
		switch {
		case quoted:
			p.elems, quoted = append(p.elems, likeElem{r: r}), false
		case r == esc:
			quoted = true
		case r == '%':
			if n := len(p.elems); n == 0 || p.elems[n-1].wild != '%' {
				p.elems = append(p.elems, likeElem{wild: '%'})
			}
		case r == '_':
			p.elems = append(p.elems, likeElem{wild: '_'})
		default:
			p.elems = append(p.elems, likeElem{r: r})
		}
	}
	return p, !quoted
}

// match walks text and pattern together and goes back only to the last %, so
// that its time is bounded by the product of their lengths.
func (p *likePattern) match(s string) bool {
	text := []rune(s)
	i, j := 0, 0
	star, mark := -1, 0
	for i < len(text) {
		switch {
		case j < len(p.elems) && p.elems[j].wild == '%':
			star, mark = j, i
			j++
		case j < len(p.elems) && (p.elems[j].wild == '_' || p.elems[j].r == text[i]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	for j < len(p.elems) && p.elems[j].wild == '%' {
		j++
	}
	return j == len(p.elems)
}
