package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// jsonCall parses the functions of SQL/JSON. json_object is one of them only if its
// arguments say so: PostgreSQL has another function of that name. Nil: an ordinary
// call.
func (p *parser) jsonCall(t *token) ast.Expr {
	n := at(&ast.JSONCall{Name: t.word}, ast.Pos(t.pos))
	start, params := p.i, p.params
	p.i += 2
	switch t.word {
	case "json_object":
		if !p.jsonObject(n) {
			p.i, p.params = start, params
			return nil
		}
		return n
	case "json_array":
		p.jsonArray(n)
		return n
	}
	n.JSONPath = p.jsonPath()
	p.jsonPassing(&n.JSONPath)
	if t.word != "json_exists" {
		p.jsonReturning(&n.JSONOutput)
	}
	if t.word == "json_query" {
		p.jsonWrapper(&n.JSONOutput)
	}
	p.jsonBehaviors(&n.JSONOutput)
	p.want(")")
	return n
}

// jsonArg parses x [FORMAT JSON [ENCODING e]].
func (p *parser) jsonArg() ast.JSONArg {
	a := ast.JSONArg{X: p.expr()}
	a.JSON, a.Encoding = p.jsonFormat()
	return a
}

func (p *parser) jsonFormat() (ok bool, encoding string) {
	if !p.eat2("format", "json") {
		return false, ""
	}
	if p.eat("encoding") {
		if encoding = p.eatAny("utf8", "utf16", "utf32"); encoding == "" {
			p.fail("UTF8", "UTF16", "UTF32")
		}
	}
	return true, encoding
}

// jsonPath parses input, 'path'.
func (p *parser) jsonPath() ast.JSONPath {
	out := ast.JSONPath{Input: p.jsonArg()}
	p.want(",")
	out.Path = p.jsonPathText()
	return out
}

func (p *parser) jsonPathText() ast.StringLit {
	lit := at(&ast.StringLit{}, p.pos())
	if p.tok().kind != kString {
		p.fail("a JSON path in quotes")
		return *lit
	}
	lit.Value = p.str()
	return *lit
}

func (p *parser) jsonPassing(out *ast.JSONPath) {
	if !p.eat("passing") {
		return
	}
	for {
		v := ast.JSONPassing{JSONArg: p.jsonArg()}
		p.want("as")
		v.Name = p.label("the name of a variable of the path")
		out.Passing = append(out.Passing, v)
		if !p.eat(",") {
			return
		}
	}
}

func (p *parser) jsonReturning(out *ast.JSONOutput) {
	if !p.eat("returning") {
		return
	}
	t := p.typeName()
	out.Returning = &t
	out.Format, out.Encoding = p.jsonFormat()
}

// jsonWrapper parses the clauses of json_query about arrays and quotes.
func (p *parser) jsonWrapper(out *ast.JSONOutput) {
	switch {
	case p.is("without") && (p.isAt(1, "wrapper") || p.isAt(1, "array")):
		p.i++
		out.Wrapper = "without"
	case p.is("with") && !p.isAt(1, "unique"):
		p.i++
		if out.Wrapper = p.eatAny("conditional", "unconditional"); out.Wrapper == "" {
			out.Wrapper = "unconditional"
		}
	}
	if out.Wrapper != "" {
		p.eat("array")
		p.want("wrapper")
	}
	if out.Quotes = p.eatAny("keep", "omit"); out.Quotes != "" {
		p.want("quotes")
		if p.is("on") && p.isAt(1, "scalar") {
			p.wantWords("on", "scalar", "string")
		}
	}
}

// jsonBehaviors parses ... ON EMPTY and ... ON ERROR.
func (p *parser) jsonBehaviors(out *ast.JSONOutput) {
	for p.err == nil {
		b := p.jsonBehavior()
		if b.Kind == "" {
			return
		}
		p.want("on")
		switch {
		case out.Empty.Kind == "" && out.Error.Kind == "" && p.eat("empty"):
			out.Empty = b
		case out.Error.Kind == "" && p.eat("error"):
			out.Error = b
		default:
			p.fail("EMPTY", "ERROR")
		}
	}
}

func (p *parser) jsonBehavior() ast.JSONBehavior {
	switch w := p.tok().word; w {
	case "null", "error", "true", "false", "unknown":
		p.i++
		return ast.JSONBehavior{Kind: w}
	case "default":
		p.i++
		return ast.JSONBehavior{Kind: w, Default: p.expr()}
	case "empty":
		p.i++
		if w := p.eatAny("array", "object"); w != "" {
			return ast.JSONBehavior{Kind: "empty " + w}
		}
		return ast.JSONBehavior{Kind: "empty"}
	}
	return ast.JSONBehavior{}
}

// jsonNulls parses NULL ON NULL and ABSENT ON NULL.
func (p *parser) jsonNulls(n *ast.JSONCall) {
	if (p.is("null") || p.is("absent")) && p.isAt(1, "on") && p.isAt(2, "null") {
		n.Nulls = p.tok().word
		p.i += 3
	}
}

// jsonArray parses json_array(values [NULL | ABSENT ON NULL] [RETURNING type]).
func (p *parser) jsonArray(n *ast.JSONCall) {
	for first := true; p.err == nil && !p.is(")") && !p.is("returning"); first = false {
		if !first && !p.eat(",") {
			break
		}
		n.Values = append(n.Values, p.jsonArg())
		p.jsonNulls(n)
		if n.Nulls != "" {
			break
		}
	}
	p.jsonReturning(&n.JSONOutput)
	p.want(")")
}

// jsonObject parses json_object(pairs ...) and reports whether it is one.
func (p *parser) jsonObject(n *ast.JSONCall) bool {
	for first := true; p.err == nil; first = false {
		if first && (p.is(")") || p.is("returning")) {
			break
		}
		// KEY starts a pair, unless it is a column of that name.
		key := p.is("key") && !p.isAt(1, ":") && !p.isAt(1, "value") && !p.isAt(1, ",") && !p.isAt(1, ")") && !p.isAt(1, ".") && !p.isAt(1, "(")
		if key {
			p.i++
		}
		k := p.expr()
		if first && !p.is(":") && !p.is("value") {
			return false
		}
		if !p.eat(":") {
			p.want("value")
		}
		n.Keys, n.Values = append(n.Keys, k), append(n.Values, p.jsonArg())
		if !p.eat(",") {
			break
		}
	}
	p.jsonNulls(n)
	if p.is("with") || p.is("without") {
		n.Unique = p.advance().word == "with"
		p.want("unique")
		p.eat("keys")
	}
	p.jsonReturning(&n.JSONOutput)
	p.want(")")
	return true
}

// jsonFunction reports whether a word names a function of SQL/JSON.
func jsonFunction(w string) bool {
	if !strings.HasPrefix(w, "json_") {
		return false
	}
	switch w {
	case "json_exists", "json_value", "json_query", "json_object", "json_array":
		return true
	}
	return false
}
