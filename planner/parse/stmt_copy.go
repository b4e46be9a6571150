package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// copy parses COPY (query) TO STDOUT, COPY table [(columns)] TO STDOUT and COPY
// table [(columns)] FROM STDIN.
func (p *parser) copy() ast.Stmt {
	pos := p.pos()
	p.i++
	if p.is("binary") && p.peek(1).isIdent(noAlias) {
		p.unsupported("COPY BINARY, which is WITH (FORMAT binary) since PostgreSQL 9,")
	}
	if p.queryParen(p.i) {
		return p.copyTo(at(&ast.Copy{Query: p.parenQuery()}, pos))
	}
	from := at(&ast.CopyFrom{}, pos)
	at := p.pos()
	from.Table = p.name("a table name")
	if p.is("(") {
		from.Columns = p.columnList()
	}
	if p.is("from") {
		return p.copyFrom(from)
	}
	n := &ast.Copy{Query: copyTable(from, at)}
	n.Pos = pos
	return p.copyTo(n)
}

// copyFrom parses FROM STDIN [WITH] [options] [WHERE condition].
func (p *parser) copyFrom(n *ast.CopyFrom) ast.Stmt {
	p.want("from")
	if p.tok().kind == kString || p.is("program") {
		p.failWith(fault.New(fault.CodeInsufficientPriv, "COPY from a file or program is not supported").At(int(p.pos())).
			WithHint("Send the data through the connection with COPY FROM STDIN; psql's \\copy does that."))
		return n
	}
	p.copyClient("STDIN")
	p.eat("with")
	if p.is("(") {
		n.Options = p.copyOptions()
	} else {
		n.Options = p.oldCopyOptions()
	}
	if p.eat("where") {
		n.Where = p.expr()
	}
	return n
}

// copyClient parses STDIN or STDOUT: each means the client in both directions, as
// PostgreSQL takes them.
func (p *parser) copyClient(usual string) {
	if p.eatAny("stdin", "stdout") == "" {
		p.fail(usual)
	}
}

// copyTo parses TO STDOUT [WITH] [options].
func (p *parser) copyTo(n *ast.Copy) ast.Stmt {
	p.want("to")
	if p.tok().kind == kString || p.is("program") {
		p.unsupported("COPY to a file or program")
		return n
	}
	p.copyClient("STDOUT")
	p.eat("with")
	switch {
	case p.is("("):
		n.Options = p.copyOptions()
	default: // the syntax before PostgreSQL 9: WITH CSV HEADER
		n.Options = p.oldCopyOptions()
	}
	return n
}

// copyTable makes the query that reads a table, or columns of it.
func copyTable(t *ast.CopyFrom, pos ast.Pos) *ast.Query {
	q := at(&ast.Query{}, pos)
	if t.Columns == nil {
		q.Body = at(&ast.TableBody{Name: t.Table}, pos)
		return q
	}
	s := at(&ast.Select{From: []ast.TableExpr{at(&ast.TableName{Name: t.Table}, pos)}}, pos)
	for _, c := range t.Columns {
		item := ast.SelectItem{X: at(&ast.ColumnRef{Name: ast.Name{c}}, c.Pos)}
		item.Pos = c.Pos
		s.Items = append(s.Items, item)
	}
	q.Body = s
	return q
}

func (p *parser) copyOptions() []ast.Property {
	var out []ast.Property
	p.want("(")
	for {
		o := ast.Property{Key: p.label("an option").Name, Value: "true"}
		o.Pos = ast.Pos(p.toks[max(p.i-1, 0)].pos)
		switch {
		case p.is("*"):
			p.i++
			o.Value = "*"
		case p.is("("):
			o.Value = ""
			for i, c := range p.columnList() {
				if i > 0 {
					o.Value += ","
				}
				o.Value += c.Name
			}
		case !p.is(",") && !p.is(")"):
			o.Value = p.settingText()
		}
		out = append(out, o)
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

func (p *parser) oldCopyOptions() []ast.Property {
	var out []ast.Property
	for p.err == nil {
		o := ast.Property{Key: p.tok().word, Value: "true"}
		o.Pos = p.pos()
		switch o.Key {
		case "csv", "binary":
			o.Key, o.Value = "format", o.Key
			p.i++
		case "header", "freeze":
			p.i++
		case "delimiter", "delimiters", "null", "quote", "escape", "encoding":
			p.i++
			p.eat("as")
			o.Key, o.Value = strings.TrimSuffix(o.Key, "s"), p.settingText()
		case "force":
			p.i++
			o.Key, o.Value = p.forceOption()
		default:
			return out
		}
		out = append(out, o)
	}
	return out
}

// forceOption parses QUOTE * | columns, NOT NULL columns and NULL columns.
func (p *parser) forceOption() (key, value string) {
	switch {
	case p.eat("quote"):
		key = "force_quote"
	case p.eat2("not", "null"):
		key = "force_not_null"
	case p.eat("null"):
		key = "force_null"
	default:
		p.fail("QUOTE", "NOT NULL", "NULL")
		return "", ""
	}
	if p.eat("*") {
		return key, "*"
	}
	for {
		value += p.identOf(soft, "a column name").Name
		if !p.eat(",") {
			return key, value
		}
		value += ","
	}
}
