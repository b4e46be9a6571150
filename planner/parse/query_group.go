package parse

import "github.com/glauxdb/glaux/planner/ast"

// maxSets limits what CUBE and ROLLUP inside GROUPING SETS expand to.
const maxSets = 4096

// groupBy parses the items of GROUP BY, or ALL alone.
func (p *parser) groupBy(s *ast.Select) {
	if p.is("all") && p.groupEnds(1) {
		p.i++
		s.GroupAll = true
		return
	}
	p.eatAny("all", "distinct")
	for {
		s.GroupBy = append(s.GroupBy, p.groupItems()...)
		if !p.eat(",") {
			return
		}
	}
}

// groupEnds reports whether the GROUP BY clause ends before the token n ahead.
func (p *parser) groupEnds(n int) bool {
	t := p.peek(n)
	switch t.word {
	case "having", "window", "qualify", "order", "limit", "offset", "fetch", "union", "intersect", "except", ")", ";":
		return true
	}
	return t.kind == kEOF
}

// groupItems parses one element; (a, b) is two of them.
func (p *parser) groupItems() []ast.GroupItem {
	g := ast.GroupItem{}
	g.Pos = p.pos()
	switch {
	case p.is("grouping") && p.isAt(1, "sets"):
		p.i += 2
		g.Kind, g.Sets = "sets", p.groupingSets()
	case (p.is("rollup") || p.is("cube")) && p.isAt(1, "("):
		g.Kind = p.advance().word
		g.Sets = p.setElements()
	case p.is("(") && p.isAt(1, ")"):
		p.i += 2
		g.Kind, g.Sets = "sets", [][]ast.Expr{{}}
	default:
		return p.groupExprs()
	}
	return []ast.GroupItem{g}
}

// groupExprs parses a plain element; each member of (a, b) is an item.
func (p *parser) groupExprs() []ast.GroupItem {
	items := p.setElement()
	var out []ast.GroupItem
	for _, x := range items {
		out = append(out, groupItem(x))
	}
	return out
}

func groupItem(x ast.Expr) ast.GroupItem {
	g := ast.GroupItem{X: x}
	if x != nil {
		g.Pos = x.Position()
	}
	return g
}

// setElement parses a, (a, b) or ().
func (p *parser) setElement() []ast.Expr {
	if p.is("(") && p.isAt(1, ")") {
		p.i += 2
		return []ast.Expr{}
	}
	pos, paren := p.pos(), p.is("(")
	x := p.expr()
	if row, ok := x.(*ast.RowLit); ok && paren && row.Pos == pos {
		return row.Items
	}
	return []ast.Expr{x}
}

// setElements parses the elements of ROLLUP or CUBE.
func (p *parser) setElements() [][]ast.Expr {
	p.want("(")
	var out [][]ast.Expr
	for {
		out = append(out, p.setElement())
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// groupingSets parses the list of GROUPING SETS; ROLLUP, CUBE and further
// GROUPING SETS inside are expanded to plain sets.
func (p *parser) groupingSets() [][]ast.Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	p.want("(")
	var out [][]ast.Expr
	for {
		switch {
		case p.is("grouping") && p.isAt(1, "sets"):
			p.i += 2
			out = append(out, p.groupingSets()...)
		case p.is("rollup") && p.isAt(1, "("):
			p.i++
			out = append(out, rollupSets(p.setElements())...)
		case p.is("cube") && p.isAt(1, "("):
			p.i++
			el := p.setElements()
			if len(el) > 12 {
				p.unsupported("CUBE of more than 12 elements inside GROUPING SETS")
				return nil
			}
			out = append(out, cubeSets(el)...)
		default:
			out = append(out, p.setElement())
		}
		if len(out) > maxSets {
			p.unsupported("more than 4096 grouping sets")
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

// rollupSets expands ROLLUP(a, b): (a, b), (a), ().
func rollupSets(el [][]ast.Expr) [][]ast.Expr {
	var out [][]ast.Expr
	for n := len(el); n >= 0; n-- {
		out = append(out, concat(el[:n]))
	}
	return out
}

// cubeSets expands CUBE(a, b): (a, b), (a), (b), ().
func cubeSets(el [][]ast.Expr) [][]ast.Expr {
	var out [][]ast.Expr
	for mask := 1<<len(el) - 1; mask >= 0; mask-- {
		var set [][]ast.Expr
		for i := range el {
			if mask>>(len(el)-1-i)&1 == 1 {
				set = append(set, el[i])
			}
		}
		out = append(out, concat(set))
	}
	return out
}

func concat(parts [][]ast.Expr) []ast.Expr {
	out := []ast.Expr{}
	for _, x := range parts {
		out = append(out, x...)
	}
	return out
}
