package parse

import "github.com/glauxdb/glaux/planner/ast"

// matchAhead reports whether MATCH_RECOGNIZE ( comes next.
func (p *parser) matchAhead() bool { return p.is("match_recognize") && p.isAt(1, "(") }

// matchRecognize parses MATCH_RECOGNIZE (...) [alias] after a table.
func (p *parser) matchRecognize(t ast.TableExpr) ast.TableExpr {
	m := at(&ast.MatchRecognize{Table: t}, p.pos())
	p.i += 2
	if p.eat2("partition", "by") {
		m.PartitionBy = p.exprs()
	}
	if p.is("order") {
		m.OrderBy = p.orderBy()
	}
	m.Measures = p.measures()
	m.Rows = p.rowsPerMatch()
	p.afterMatch(&m.RowPattern)
	if !p.is("pattern") {
		p.fail("PATTERN")
	}
	p.rowPattern(&m.RowPattern)
	if len(m.Defines) == 0 {
		p.fail("DEFINE")
	}
	p.want(")")
	m.Alias = p.alias()
	return m
}

func (p *parser) measures() []ast.Measure {
	if !p.eat("measures") {
		return nil
	}
	var out []ast.Measure
	for {
		m := ast.Measure{X: p.expr()}
		p.want("as")
		m.Name = p.label("a name for the measure")
		out = append(out, m)
		if !p.eat(",") {
			return out
		}
	}
}

// rowsPerMatch parses ONE ROW PER MATCH and ALL ROWS PER MATCH with what may follow.
func (p *parser) rowsPerMatch() string {
	switch {
	case p.eat2("one", "row"):
		p.wantWords("per", "match")
		return "one"
	case p.eat2("all", "rows"):
		p.wantWords("per", "match")
	default:
		return ""
	}
	switch p.eatAny("show", "omit", "with") {
	case "show":
		p.wantWords("empty", "matches")
		return "all show empty"
	case "omit":
		p.wantWords("empty", "matches")
		return "all omit empty"
	case "with":
		p.wantWords("unmatched", "rows")
		return "all with unmatched"
	}
	return "all"
}

// afterMatch parses AFTER MATCH SKIP and INITIAL or SEEK.
func (p *parser) afterMatch(r *ast.RowPattern) {
	if p.is("after") {
		r.Skip = at(&ast.SkipTo{}, p.pos())
		p.i++
		p.wantWords("match", "skip")
		p.skipTo(r.Skip)
	}
	r.SearchAt = p.pos()
	if r.Search = p.eatAny("initial", "seek"); r.Search == "" {
		r.SearchAt = 0
	}
}

func (p *parser) skipTo(s *ast.SkipTo) {
	switch {
	case p.eat("past"):
		p.wantWords("last", "row")
		s.To = "past last row"
		return
	case !p.eat("to"):
		p.fail("PAST LAST ROW", "TO")
		return
	case p.eat2("next", "row"):
		s.To = "to next row"
		return
	}
	s.To = "to"
	if (p.is("first") || p.is("last")) && p.peek(1).isIdent(noAlias) && !p.clauseAfterSkip(1) {
		s.To += " " + p.advance().word
	}
	s.Variable = p.ident("a pattern variable")
}

// clauseAfterSkip reports whether a clause that may follow SKIP TO starts n places ahead.
func (p *parser) clauseAfterSkip(n int) bool {
	return p.isAt(n, "pattern") && p.isAt(n+1, "(") || (p.isAt(n, "initial") || p.isAt(n, "seek")) && p.isAt(n+1, "pattern")
}

// rowPattern parses PATTERN, SUBSET and DEFINE, as far as they are there.
func (p *parser) rowPattern(r *ast.RowPattern) {
	if p.is("pattern") && p.isAt(1, "(") {
		p.i += 2
		r.Pattern = p.pattern()
		p.want(")")
	}
	if p.eat("subset") {
		for {
			s := ast.Subset{Name: p.ident("a name for the union of variables")}
			p.want("=")
			s.Of = p.identList("a pattern variable")
			r.Subsets = append(r.Subsets, s)
			if !p.eat(",") {
				break
			}
		}
	}
	if p.eat("define") {
		for {
			d := ast.Define{Name: p.ident("a pattern variable")}
			p.want("as")
			d.Cond = p.expr()
			r.Defines = append(r.Defines, d)
			if !p.eat(",") {
				break
			}
		}
	}
}
