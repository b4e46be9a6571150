package parse

import (
	"strconv"

	"github.com/glauxdb/glaux/planner/ast"
)

func typeAt(name string, pos ast.Pos) ast.TypeName {
	t := ast.TypeName{Name: name}
	t.Pos = pos
	return t
}

// typeName parses a type of any of the dialects: decimal(15,2), timestamp(3)
// with time zone, array(bigint), array<struct<a:int>>, int[][], "char".
func (p *parser) typeName() ast.TypeName {
	if !p.enter() {
		return ast.TypeName{}
	}
	defer p.leave()
	p.eat("setof")
	t := p.baseType()
	for p.err == nil {
		switch {
		case p.is("[") && (p.isAt(1, "]") || p.peek(1).kind == kNumber && p.isAt(2, "]")):
			p.i += 2
			p.eat("]")
			t.Array++
		case p.is("array") && t.Name != "array":
			p.i++
			if p.eat("[") {
				p.advance()
				p.want("]")
			}
			t.Array++
		default:
			return t
		}
	}
	return t
}

func (p *parser) baseType() ast.TypeName {
	tok := p.tok()
	t := typeAt("", ast.Pos(tok.pos))
	if tok.kind == kWord && (tok.class <= soft || tok.word == "array") {
		p.i++
		t.Name = tok.word
	} else if tok.kind == kQuoted {
		p.i++
		t.Name = p.identAt(tok).Name
		if t.Name == "char" { // PostgreSQL's one-byte type
			t.Name = `"char"`
		}
	} else {
		p.fail("a type name")
		return t
	}
	for p.is(".") { // the schema of pg_catalog.int4 is of no interest
		p.i++
		quoted := p.tok().kind == kQuoted
		if t.Name = p.label("a type name").Name; quoted && t.Name == "char" {
			t.Name = `"char"`
		}
	}
	p.typeWords(&t)
	switch t.Name {
	case "array", "map", "row", "struct", "uniontype", "qdigest":
		p.typeArgs(&t)
		return t
	case "interval":
		p.intervalType(&t)
		return t
	}
	if p.is("(") {
		p.typeParams(&t)
	}
	p.typeZone(&t)
	return t
}

// typeWords joins the names of two words: double precision, character varying.
func (p *parser) typeWords(t *ast.TypeName) {
	switch t.Name {
	case "double":
		if p.eat("precision") {
			t.Name = "double precision"
		}
	case "national":
		if w := p.eatAny("character", "char"); w != "" {
			t.Name = w
			p.typeWords(t)
		}
	case "character", "char", "nchar", "bit":
		if p.eat("varying") {
			t.Name += " varying"
		}
	}
}

// typeZone parses WITH | WITHOUT TIME ZONE after time and timestamp.
func (p *parser) typeZone(t *ast.TypeName) {
	if t.Name != "time" && t.Name != "timestamp" {
		return
	}
	switch {
	case p.is("with") && p.isAt(1, "time") && p.isAt(2, "zone"):
		p.i += 3
		t.Name += " with time zone"
	case p.is("without") && p.isAt(1, "time"):
		p.i += 2
		p.want("zone")
	case p.is("with") && p.isAt(1, "local") && p.isAt(2, "time"):
		p.i += 3
		p.want("zone")
		t.Name += " with local time zone"
	}
}

func (p *parser) typeParams(t *ast.TypeName) {
	p.want("(")
	for {
		sign := 1
		if p.eat("-") {
			sign = -1
		}
		n, err := strconv.Atoi(p.text(p.tok()))
		if err != nil || p.tok().kind != kNumber {
			p.fail("a number")
			return
		}
		p.i++
		t.Params = append(t.Params, sign*n)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

// typeArgs parses the arguments of nested types, in parentheses (Trino) or
// angle brackets (Hive). Without any the name stands alone.
func (p *parser) typeArgs(t *ast.TypeName) {
	angle := p.is("<")
	switch {
	case angle:
		p.i++
	case p.is("(") && t.Name != "struct":
		p.i++
	default:
		return
	}
	named := t.Name == "row" || t.Name == "struct"
	for {
		if named {
			t.Fields = append(t.Fields, p.fieldName(angle))
		}
		t.Args = append(t.Args, p.typeName())
		if named && angle && p.eat("comment") {
			p.strToken("a comment")
		}
		if !p.eat(",") {
			break
		}
	}
	if angle {
		p.closeAngle()
	} else {
		p.want(")")
	}
}

// fieldName parses the name of a field of a row: name type in row(...), name:
// type or name type in struct<...>; anonymous fields have none.
func (p *parser) fieldName(angle bool) ast.Ident {
	none := ast.Ident{}
	none.Pos = p.pos()
	next := p.peek(1)
	switch {
	case angle && next.word == ":":
	case next.kind == kWord && next.word != "varying" && next.word != "precision" && next.word != "with" &&
		next.word != "without" && next.word != "array" || next.kind == kQuoted || next.word == "array" && !p.isAt(2, ","):
	default:
		return none
	}
	if next.word == "array" && (p.isAt(2, ")") || p.isAt(2, "[")) {
		return none
	}
	tok := p.tok()
	id := p.label("a field name")
	if angle && tok.kind == kWord { // Hive's types keep their case, as Glue's do
		id.Name = p.text(tok)
	}
	p.eat(":")
	return id
}

// closeAngle consumes one > even when it sticks to others: array<map<a,b>>.
func (p *parser) closeAngle() {
	t := p.tok()
	if t.kind != kOp || t.word[0] != '>' {
		p.fail(`">"`)
		return
	}
	if len(t.word) == 1 {
		p.i++
		return
	}
	t.word = t.word[1:]
	t.start++
	t.pos++
}

// intervalType parses the qualifier of interval: interval day to second.
func (p *parser) intervalType(t *ast.TypeName) {
	if p.is("(") {
		p.typeParams(t)
		return
	}
	from, to := p.intervalUnits()
	switch {
	case from == "":
	case to != "":
		t.Name = "interval " + from + " to " + to
	default:
		t.Name = "interval " + from
	}
}

var intervalUnit = map[string]string{
	"year": "year", "years": "year", "month": "month", "months": "month", "week": "week", "weeks": "week",
	"day": "day", "days": "day", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute",
	"second": "second", "seconds": "second", "quarter": "quarter", "millisecond": "millisecond",
	"milliseconds": "millisecond",
}

// intervalUnits parses the units after an interval: DAY, YEAR TO MONTH,
// SECOND(3).
func (p *parser) intervalUnits() (from, to string) {
	from = intervalUnit[p.tok().word]
	if from == "" || p.tok().kind != kWord {
		return "", ""
	}
	p.i++
	if p.is("to") {
		p.i++
		if to = intervalUnit[p.tok().word]; to == "" {
			p.fail("MONTH", "HOUR", "MINUTE", "SECOND")
			return from, ""
		}
		p.i++
	}
	if (from == "second" || to == "second") && p.is("(") && p.peek(1).kind == kNumber {
		p.i += 2
		p.want(")")
	}
	return from, to
}

// interval parses INTERVAL '1' DAY and its kin, or a column of that name.
func (p *parser) interval() ast.Expr {
	n := at(&ast.IntervalLit{}, p.pos())
	sign := p.peek(1).word
	switch {
	case p.peek(1).kind == kString:
		p.i++
	case (sign == "-" || sign == "+") && p.peek(2).kind == kString:
		p.i += 2
		n.Negative = sign == "-"
	case sign == "(" && p.peek(2).kind == kNumber && p.isAt(3, ")") && p.peek(4).kind == kString:
		p.i += 4
	case p.peek(1).kind == kNumber && intervalUnit[p.peek(2).word] != "":
		p.i++
		p.fail("the number in quotes: INTERVAL '" + p.text(p.tok()) + "' " + p.text(p.peek(1)))
		return n
	default:
		return p.nameExpr()
	}
	n.Value = p.str()
	n.From, n.To = p.intervalUnits()
	return n
}

// typedLit parses date '...', decimal(10,2) '...', timestamp with time zone
// '...', double precision '...'; nil if the tokens are something else.
func (p *parser) typedLit() ast.Expr {
	t := p.tok()
	if t.kind != kWord {
		return nil
	}
	ok := p.peek(1).kind == kString
	switch {
	case ok:
	case p.isAt(1, "(") && p.peek(1).match != 0:
		m := int(p.peek(1).match)
		after := &p.toks[m+1]
		zone := (t.word == "timestamp" || t.word == "time") && (after.word == "with" || after.word == "without")
		ok = after.kind == kString || zone && p.toks[min(m+4, len(p.toks)-1)].kind == kString
	case t.word == "timestamp" || t.word == "time":
		ok = (p.isAt(1, "with") || p.isAt(1, "without")) && p.isAt(2, "time") && p.peek(4).kind == kString
	case t.word == "double":
		ok = p.isAt(1, "precision") && p.peek(2).kind == kString
	case t.word == "character" || t.word == "char" || t.word == "nchar":
		ok = p.isAt(1, "varying") && (p.peek(2).kind == kString || p.sizedLit(2))
	case t.word == "national":
		ok = p.isAt(1, "character") || p.isAt(1, "char")
	}
	if !ok {
		return nil
	}
	pos := ast.Pos(t.pos)
	typ := p.typeName()
	if p.tok().kind != kString {
		p.fail("a string")
		return at(&ast.NullLit{}, pos)
	}
	return at(&ast.TypedLit{Type: typ, Text: p.pos(), Value: p.str()}, pos)
}

// sizedLit reports whether (n) 'text' comes n tokens ahead.
func (p *parser) sizedLit(n int) bool {
	return p.isAt(n, "(") && p.isAt(n+2, ")") && p.peek(n+3).kind == kString
}

// strToken consumes a string: '...', or "..." in Hive's DDL.
func (p *parser) strToken(what string) string {
	switch t := p.tok(); {
	case t.kind == kString && p.sql[t.start] == '\'':
		return unescapeHive(p.str())
	case t.kind == kString:
		return p.str()
	case t.kind == kQuoted && p.sql[t.start] == '"':
		p.i++
		return unescapeHive(unquote(p.text(t)))
	}
	p.fail(what + " in quotes")
	return ""
}
