package ast

func (p *printer) matchRecognize(m *MatchRecognize) {
	p.table(m.Table)
	p.s(" match_recognize (")
	if len(m.PartitionBy) > 0 {
		p.s("partition by ")
		p.exprs(m.PartitionBy)
		p.s(" ")
	}
	if len(m.OrderBy) > 0 {
		p.orderBy(m.OrderBy)
		p.s(" ")
	}
	p.measures(m.Measures)
	p.s(rowsPerMatch[m.Rows])
	p.patternTail(&m.RowPattern)
	p.s(")")
	p.alias(m.Alias)
}

// rowsPerMatch are the clauses, by MatchRecognize.Rows.
var rowsPerMatch = map[string]string{
	"one": "one row per match ", "all": "all rows per match ", "all show empty": "all rows per match show empty matches ",
	"all omit empty": "all rows per match omit empty matches ", "all with unmatched": "all rows per match with unmatched rows ",
}

func (p *printer) measures(list []Measure) {
	if len(list) == 0 {
		return
	}
	p.s("measures ")
	p.list(len(list), func(i int) {
		p.expr(list[i].X)
		p.s(" as ")
		p.ident(list[i].Name)
	})
	p.s(" ")
}

// patternTail prints what follows the rows per match, or a window's frame.
func (p *printer) patternTail(r *RowPattern) {
	if r.Skip != nil {
		p.s("after match skip ", r.Skip.To, " ")
		if r.Skip.Variable.Name != "" {
			p.ident(r.Skip.Variable)
			p.s(" ")
		}
	}
	if r.Search != "" {
		p.s(r.Search, " ")
	}
	if r.Pattern != nil {
		p.s("pattern (")
		p.pattern(r.Pattern)
		p.s(")")
	}
	if len(r.Subsets) > 0 {
		p.s(" subset ")
		p.list(len(r.Subsets), func(i int) {
			p.ident(r.Subsets[i].Name)
			p.s(" = (")
			p.idents(r.Subsets[i].Of)
			p.s(")")
		})
	}
	if len(r.Defines) > 0 {
		p.s(" define ")
		p.list(len(r.Defines), func(i int) {
			p.ident(r.Defines[i].Name)
			p.s(" as ")
			p.expr(r.Defines[i].Cond)
		})
	}
}

func (p *printer) pattern(x *Pattern) {
	switch x.Kind {
	case PatternVariable:
		p.ident(x.Name)
	case PatternEmpty:
		p.s("()")
	case PatternStart:
		p.s("^")
	case PatternEnd:
		p.s("$")
	case PatternConcat:
		p.parts("(", x.Parts, " ", ")")
	case PatternAlternate:
		p.parts("(", x.Parts, " | ", ")")
	case PatternPermute:
		p.parts("permute(", x.Parts, ", ", ")")
	case PatternExclude:
		p.parts("{- ", x.Parts, "", " -}")
	case PatternRepeat:
		p.parts("(", x.Parts, "", ")")
		p.s("{", x.Min, ",", x.Max, "}")
		p.opt(x.Reluctant, "?")
	}
}

func (p *printer) parts(open string, list []*Pattern, sep, end string) {
	p.s(open)
	for i, x := range list {
		p.opt(i > 0, sep)
		p.pattern(x)
	}
	p.s(end)
}
