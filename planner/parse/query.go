package parse

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// startsQuery reports whether the token starts a query.
func (p *parser) startsQuery(i int) bool {
	t := &p.toks[i]
	switch t.word {
	case "select", "with":
		return t.kind == kWord
	case "values": // also a column's name
		switch next := &p.toks[i+1]; {
		case next.kind == kNumber, next.kind == kString, next.word == "(":
			return true
		case next.kind == kWord && p.toks[i+2].kind == kString: // DATE '2026-01-31'
			return next.word != "like" && next.word != "ilike" && next.word != "collate"
		default:
			return rowStart[next.word]
		}
	case "table":
		return p.toks[i+1].isIdent(noAlias)
	}
	return false
}

// rowStart are words that begin an expression and cannot follow one: VALUES before
// them is no column.
var rowStart = map[string]bool{
	"null": true, "true": true, "false": true, "cast": true, "try_cast": true, "row": true, "array": true, "map": true, "case": true,
}

// queryParen reports whether token i opens a parenthesis that holds a query
// rather than an expression or a join. Where parentheses nest, ((SELECT 1)) and
// ((SELECT 1) UNION ...) are queries, ((SELECT 1) + 1) is not: what follows the
// inner one decides.
func (p *parser) queryParen(i int) bool {
	if p.toks[i].word != "(" {
		return false
	}
	inner := i + 1
	for p.toks[inner].word == "(" {
		inner++
	}
	if !p.startsQuery(inner) {
		return false
	}
	for j := i + 1; j < inner; j++ {
		m := int(p.toks[j].match)
		if m == 0 {
			return false
		}
		switch p.toks[m+1].word {
		case ")", "union", "intersect", "except", "order", "limit", "offset", "fetch":
		default:
			return false
		}
	}
	return true
}

// parenQuery parses a query in parentheses.
func (p *parser) parenQuery() *ast.Query {
	pos := p.pos()
	p.want("(")
	q := p.query()
	if !p.is(")") {
		p.fail(`")"`)
	}
	p.eat(")")
	if q == nil {
		return at(&ast.Query{}, pos)
	}
	return q
}

// query parses [WITH ...] body [ORDER BY ...] [LIMIT ...].
func (p *parser) query() *ast.Query {
	q := at(&ast.Query{}, p.pos())
	if !p.enter() {
		return q
	}
	defer p.leave()
	p.with(q)
	q.Body = p.queryBody()
	p.queryTail(q)
	return q
}

// with parses the WITH items of a statement, if it has any.
func (p *parser) with(q *ast.Query) {
	p.inlineFunctions(q)
	if !p.eat("with") {
		return
	}
	q.Recurs = p.eat("recursive")
	for {
		q.With = append(q.With, p.cte())
		if !p.eat(",") {
			return
		}
	}
}

func (p *parser) cte() ast.CTE {
	c := ast.CTE{Name: p.ident("a name")}
	c.Pos = c.Name.Pos
	if p.is("(") {
		c.Columns = p.identList("a column name")
	}
	p.want("as")
	not := p.is("not") && p.isAt(1, "materialized")
	if not {
		p.i++
	}
	if p.eat("materialized") {
		yes := !not
		c.Materialized = &yes
	}
	c.Query = p.parenQuery()
	return c
}

// queryTail parses ORDER BY, then LIMIT, OFFSET and FETCH in any order.
func (p *parser) queryTail(q *ast.Query) {
	if p.is("order") {
		q.OrderBy = p.orderBy()
	}
	limited, offset := false, false
	for p.err == nil {
		switch {
		case p.is("limit") && !limited:
			limited = true
			p.i++
			if !p.eat("all") {
				q.Limit = p.expr()
			}
			if p.is(",") {
				p.failWith(fault.New(fault.CodeSyntax, "LIMIT #,# syntax is not supported").At(int(p.tok().pos)).
					WithHint("Use separate LIMIT and OFFSET clauses."))
			}
		case p.is("offset") && !offset:
			offset = true
			p.i++
			q.Offset = p.expr()
			p.eatAny("row", "rows")
		case p.is("fetch") && !limited && (p.isAt(1, "first") || p.isAt(1, "next")):
			limited = true
			p.fetchFirst(q)
		case p.is("for") && (p.isAt(1, "update") || p.isAt(1, "share") || p.isAt(1, "no") || p.isAt(1, "key")):
			p.unsupported("row locking (FOR UPDATE)")
		default:
			return
		}
	}
}

// fetchFirst parses FETCH FIRST [n] ROWS ONLY | WITH TIES.
func (p *parser) fetchFirst(q *ast.Query) {
	p.i += 2
	q.Limit = at(&ast.NumberLit{Text: "1"}, p.pos())
	if !p.is("row") && !p.is("rows") {
		q.Limit = p.exprAt(precCompare)
	}
	if p.eatAny("row", "rows") == "" {
		p.fail("ROW", "ROWS")
	}
	if p.eat2("with", "ties") {
		q.Ties = true
		return
	}
	p.want("only")
}

// queryBody parses UNION and EXCEPT, which bind alike, over INTERSECT.
func (p *parser) queryBody() ast.QueryBody {
	l := p.intersects()
	for p.err == nil && (p.is("union") || p.is("except")) {
		l = p.setOp(l, p.intersects)
	}
	return l
}

func (p *parser) intersects() ast.QueryBody {
	l := p.queryTerm()
	for p.err == nil && p.is("intersect") {
		l = p.setOp(l, p.queryTerm)
	}
	return l
}

func (p *parser) setOp(l ast.QueryBody, right func() ast.QueryBody) ast.QueryBody {
	n := &ast.SetOp{Op: p.advance().word, L: l}
	if l != nil {
		n.Pos = l.Position()
	}
	n.All = p.eat("all")
	if !n.All {
		p.eat("distinct")
	}
	n.R = right()
	return n
}

func (p *parser) queryTerm() ast.QueryBody {
	pos := p.pos()
	switch {
	case p.is("select"):
		return p.selectBlock()
	case p.is("values"):
		return p.values()
	case p.is("table"):
		p.i++
		return at(&ast.TableBody{Name: p.name("a table name")}, pos)
	case p.is("("):
		q := p.parenQuery()
		if q.Body != nil && q.With == nil && q.OrderBy == nil && q.Limit == nil && q.Offset == nil {
			return q.Body // the parentheses only group
		}
		return q
	}
	p.fail("SELECT", "VALUES", "TABLE", "WITH", "a query in parentheses")
	return at(&ast.Values{}, pos)
}

func (p *parser) values() ast.QueryBody {
	n := at(&ast.Values{}, p.pos())
	p.i++
	for {
		if p.is("(") {
			p.i++
			n.Rows = append(n.Rows, p.exprs())
			p.want(")")
		} else {
			n.Rows = append(n.Rows, []ast.Expr{p.expr()}) // Trino: VALUES 1, 2
		}
		if !p.eat(",") {
			return n
		}
	}
}

// selectBlock parses one SELECT with its clauses.
func (p *parser) selectBlock() ast.QueryBody {
	s := at(&ast.Select{}, p.pos())
	p.i++
	if p.eat("distinct") {
		s.Distinct = true
		if p.eat("on") {
			p.want("(")
			s.DistinctOn = p.exprs()
			p.want(")")
		}
	} else {
		p.eat("all")
	}
	if !p.selectListEnds() {
		s.Items = p.selectItems()
	}
	if p.is("into") {
		p.into()
	}
	if p.eat("from") {
		s.From = p.from()
	}
	if p.eat("where") {
		s.Where = p.expr()
	}
	if p.eat("group") {
		p.want("by")
		p.groupBy(s)
	}
	if p.eat("having") {
		s.Having = p.expr()
	}
	if p.is("window") && p.isAt(2, "as") {
		p.i++
		s.Windows = p.namedWindows()
	}
	if p.eat("qualify") {
		s.Qualify = p.expr()
	}
	return s
}

// selectListEnds reports whether the select list is empty, as PostgreSQL
// allows: SELECT FROM t.
func (p *parser) selectListEnds() bool {
	switch p.tok().word {
	case "from", "where", "group", "having", "union", "intersect", "except", "order", ")", ";":
		return true
	}
	return p.done()
}

func (p *parser) selectItems() []ast.SelectItem {
	var out []ast.SelectItem
	for {
		out = append(out, p.selectItem())
		if !p.eat(",") {
			return out
		}
	}
}

func (p *parser) selectItem() ast.SelectItem {
	item := ast.SelectItem{}
	item.Pos = p.pos()
	if p.eat("*") {
		s := at(&ast.Star{}, item.Pos)
		p.starOptions(s)
		item.X = s
		return item
	}
	item.X = p.expr()
	if s, ok := item.X.(*ast.Star); ok {
		p.starOptions(s)
		return item
	}
	switch t := p.tok(); {
	case p.eat("as"):
		item.Alias = p.label("a column name")
	case t.kind == kQuoted || t.kind == kWord && t.class == plain:
		item.Alias = p.identAt(p.advance())
	}
	return item
}

// starOptions parses * EXCEPT (a, b), * EXCLUDE (a) and * REPLACE (x AS a).
func (p *parser) starOptions(s *ast.Star) {
	if (p.is("except") || p.is("exclude")) && p.isAt(1, "(") && !p.queryParen(p.i+1) {
		p.i++
		s.Except = p.identList("a column name")
	}
	if p.is("replace") && p.isAt(1, "(") {
		p.i += 2
		s.Replace = p.selectItems()
		p.want(")")
	}
}

// orderBy parses ORDER BY and its keys.
func (p *parser) orderBy() []ast.OrderItem {
	p.wantWords("order", "by")
	var out []ast.OrderItem
	for {
		out = append(out, p.orderItem())
		if !p.eat(",") {
			return out
		}
	}
}

func (p *parser) orderItem() ast.OrderItem {
	o := ast.OrderItem{}
	o.Pos = p.pos()
	o.X = p.expr()
	switch {
	case p.eat("asc"):
	case p.eat("desc"):
		o.Desc = true
	case p.eat("using"):
		switch p.tok().word {
		case "<":
		case ">":
			o.Desc = true
		default:
			p.fail(`"<"`, `">"`)
		}
		p.advance()
	}
	if p.is("nulls") && (p.isAt(1, "first") || p.isAt(1, "last")) {
		first := p.isAt(1, "first")
		o.NullsFirst = &first
		p.i += 2
	}
	return o
}
