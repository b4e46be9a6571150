package parse

import "github.com/glauxdb/glaux/planner/ast"

// overClause parses what follows OVER: a window's name or its definition.
func (p *parser) overClause() ast.Window {
	if p.is("(") {
		return p.windowDef()
	}
	w := ast.Window{Name: p.ident("a window name")}
	w.Pos = w.Name.Pos
	return w
}

func (p *parser) namedWindows() []ast.NamedWindow {
	var out []ast.NamedWindow
	for {
		w := ast.NamedWindow{Name: p.ident("a window name")}
		p.want("as")
		w.Def = p.windowDef()
		out = append(out, w)
		if !p.eat(",") {
			return out
		}
	}
}

// windowDef parses ([base] [PARTITION BY ...] [ORDER BY ...] [frame]).
func (p *parser) windowDef() ast.Window {
	w := ast.Window{}
	w.Pos = p.pos()
	p.want("(")
	if !p.windowClause() && p.tok().isIdent(noAlias) {
		w.Name = p.ident("a window name")
	}
	if p.eat2("partition", "by") {
		w.PartitionBy = p.exprs()
	}
	if p.is("order") {
		w.OrderBy = p.orderBy()
	}
	if p.is("measures") || p.is("rows") || p.is("range") || p.is("groups") {
		w.Frame = p.frame()
	}
	p.want(")")
	return w
}

// windowClause reports whether the token starts a clause of a window rather
// than naming a base window.
func (p *parser) windowClause() bool {
	switch p.tok().word {
	case "partition", "order":
		return p.isAt(1, "by")
	case "rows", "range", "groups":
		return !p.isAt(1, ")")
	case "measures":
		return !p.isAt(1, ")") && !(p.isAt(1, "order") || p.isAt(1, "partition")) || p.isAt(2, "as")
	}
	return false
}

func (p *parser) frame() *ast.Frame {
	f := at(&ast.Frame{}, p.pos())
	rows := ast.RowPattern{Measures: p.measures()}
	if f.Unit = p.eatAny("rows", "range", "groups"); f.Unit == "" {
		p.fail("ROWS", "RANGE", "GROUPS")
	}
	if p.eat("between") {
		f.Start = p.bound()
		p.want("and")
		f.End = p.bound()
	} else {
		f.Start = p.bound()
		f.End, rows.OneBound = ast.Bound{Kind: "current row"}, true
	}
	if p.eat("exclude") {
		switch {
		case p.eat2("current", "row"):
			f.Exclude = "current row"
		case p.eat2("no", "others"):
		default:
			if f.Exclude = p.eatAny("group", "ties"); f.Exclude == "" {
				p.fail("CURRENT ROW", "GROUP", "TIES", "NO OTHERS")
			}
		}
	}
	p.afterMatch(&rows)
	p.rowPattern(&rows)
	if len(rows.Measures)+len(rows.Subsets)+len(rows.Defines) > 0 || rows.Skip != nil || rows.Search != "" || rows.Pattern != nil {
		f.Rows = &rows
	}
	return f
}

func (p *parser) bound() ast.Bound {
	b := ast.Bound{}
	switch {
	case p.eat2("current", "row"):
		return ast.Bound{Kind: "current row"}
	case p.is("unbounded") && (p.isAt(1, "preceding") || p.isAt(1, "following")):
		p.i++
		b.Kind = "unbounded "
	default:
		b.X = p.exprAt(precOther)
	}
	w := p.eatAny("preceding", "following")
	if w == "" {
		p.fail("PRECEDING", "FOLLOWING")
	}
	b.Kind += w
	return b
}
