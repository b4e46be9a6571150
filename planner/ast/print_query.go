package ast

func (p *printer) subquery(q *Query) {
	p.s("(")
	p.query(q)
	p.s(")")
}

func (p *printer) query(q *Query) {
	p.inlineFunctions(q.Functions)
	p.with(q.With, q.Recurs)
	p.body(q.Body)
	if len(q.OrderBy) > 0 {
		p.s(" ")
		p.orderBy(q.OrderBy)
	}
	if q.Offset != nil {
		p.s(" offset ")
		p.expr(q.Offset)
	}
	switch {
	case q.Limit != nil && q.Ties:
		p.s(" fetch first (")
		p.expr(q.Limit)
		p.s(") rows with ties")
	case q.Limit != nil:
		p.s(" limit ")
		p.expr(q.Limit)
	}
}

func (p *printer) with(list []CTE, recursive bool) {
	for i, c := range list {
		switch {
		case i > 0:
			p.s(", ")
		case recursive:
			p.s("with recursive ")
		default:
			p.s("with ")
		}
		p.ident(c.Name)
		p.columns(c.Columns)
		p.s(" as ")
		if c.Materialized != nil {
			p.opt(!*c.Materialized, "not ")
			p.s("materialized ")
		}
		p.subquery(c.Query)
	}
	p.opt(len(list) > 0, " ")
}

func (p *printer) body(b QueryBody) {
	switch b := b.(type) {
	case *Query:
		p.subquery(b)
	case *Select:
		p.selectBlock(b)
	case *Values:
		p.s("values ")
		p.list(len(b.Rows), func(i int) {
			p.s("(")
			p.exprs(b.Rows[i])
			p.s(")")
		})
	case *TableBody:
		p.s("table ")
		p.name(b.Name)
	case *SetOp:
		p.setOps(b)
	}
}

// setOps prints a left-deep chain of set operations in a loop. An operand that
// is a set operation too stands in parentheses.
func (p *printer) setOps(b *SetOp) {
	var path []*SetOp
	var l QueryBody = b
	for {
		s, ok := l.(*SetOp)
		if !ok || len(path) > 0 && (s.Op == "intersect") != (b.Op == "intersect") {
			break
		}
		path = append(path, s)
		l = s.L
	}
	p.operand(l)
	for i := len(path) - 1; i >= 0; i-- {
		s := path[i]
		p.s(" ", s.Op, " ")
		p.opt(s.All, "all ")
		p.operand(s.R)
	}
}

func (p *printer) operand(b QueryBody) {
	if _, nested := b.(*SetOp); nested {
		p.s("(")
		p.body(b)
		p.s(")")
		return
	}
	p.body(b)
}

func (p *printer) items(items []SelectItem) {
	p.list(len(items), func(i int) {
		p.expr(items[i].X)
		if a := items[i].Alias; a.Name != "" {
			p.s(" as ")
			p.ident(a)
		}
	})
}

func (p *printer) selectBlock(s *Select) {
	p.s("select")
	p.opt(s.Distinct, " distinct")
	if len(s.DistinctOn) > 0 {
		p.s(" on (")
		p.exprs(s.DistinctOn)
		p.s(")")
	}
	p.opt(len(s.Items) > 0, " ")
	p.items(s.Items)
	if p.into != nil {
		into := p.into
		p.into = nil
		into()
	}
	if len(s.From) > 0 {
		p.s(" from ")
		p.list(len(s.From), func(i int) { p.table(s.From[i]) })
	}
	p.clause(" where ", s.Where)
	p.opt(s.GroupAll, " group by all")
	if len(s.GroupBy) > 0 {
		p.s(" group by ")
		p.list(len(s.GroupBy), func(i int) { p.groupItem(s.GroupBy[i]) })
	}
	p.clause(" having ", s.Having)
	if len(s.Windows) > 0 {
		p.s(" window ")
		p.list(len(s.Windows), func(i int) {
			p.ident(s.Windows[i].Name)
			p.s(" as ")
			p.window(s.Windows[i].Def)
		})
	}
	p.clause(" qualify ", s.Qualify)
}

func (p *printer) clause(word string, x Expr) {
	if x != nil {
		p.s(word)
		p.expr(x)
	}
}

func (p *printer) groupItem(g GroupItem) {
	if g.Sets == nil {
		p.expr(g.X)
		return
	}
	if g.Kind == "sets" {
		p.s("grouping sets (")
	} else {
		p.s(g.Kind, "(")
	}
	p.list(len(g.Sets), func(i int) {
		p.s("(")
		p.exprs(g.Sets[i])
		p.s(")")
	})
	p.s(")")
}

func (p *printer) columns(ids []Ident) {
	if len(ids) > 0 {
		p.s("(")
		p.idents(ids)
		p.s(")")
	}
}

func (p *printer) alias(a Alias) {
	if a.Name.Name == "" && a.Columns == nil {
		return
	}
	p.s(" as ")
	if a.Name.Name != "" {
		p.ident(a.Name)
	}
	if a.Types == nil {
		p.columns(a.Columns)
		return
	}
	p.s("(")
	p.list(len(a.Columns), func(i int) {
		p.ident(a.Columns[i])
		p.s(" ")
		p.typeName(a.Types[i])
	})
	p.s(")")
}

func (p *printer) table(t TableExpr) {
	switch t := t.(type) {
	case *TableName:
		p.opt(t.Unpivot, "unpivot ")
		p.name(t.Name)
		if t.AsOf != nil {
			p.s(" for ", t.AsOfKind, " as of ")
			p.expr(t.AsOf)
		}
		p.alias(t.Alias)
		if t.Ordinal.Name != "" {
			p.s(" at ")
			p.ident(t.Ordinal)
		}
	case *Sampled:
		p.table(t.Table)
		p.s(" tablesample ", t.Method, " (")
		p.expr(t.Percent)
		p.s(")")
		if t.Seed != nil {
			p.s(" repeatable (")
			p.expr(t.Seed)
			p.s(")")
		}
	case *SubqueryTable:
		p.opt(t.Lateral, "lateral ")
		p.subquery(t.Query)
		p.alias(t.Alias)
	case *FuncTable:
		p.funcTable(t)
	case *JSONTable:
		p.jsonTable(t)
	case *MatchRecognize:
		p.matchRecognize(t)
	case *Unnest:
		p.s("unnest(")
		p.exprs(t.Args)
		p.s(")")
		p.opt(t.Ordinality, " with ordinality")
		p.alias(t.Alias)
	case *Join:
		p.join(t)
	}
}

func (p *printer) funcTable(t *FuncTable) {
	p.opt(t.Lateral, "lateral ")
	p.opt(len(t.Calls) != 1, "rows from (")
	p.list(len(t.Calls), func(i int) { p.call(t.Calls[i]) })
	p.opt(len(t.Calls) != 1, ")")
	p.opt(t.Ordinality, " with ordinality")
	p.alias(t.Alias)
}

// join prints a join in parentheses, except around its left side, which may be
// a long chain.
func (p *printer) join(j *Join) {
	var path []*Join
	var l TableExpr = j
	for {
		k, ok := l.(*Join)
		if !ok || len(path) > 0 && k.Alias.Name.Name != "" {
			break
		}
		path = append(path, k)
		l = k.L
	}
	p.s("(")
	p.table(l)
	for i := len(path) - 1; i >= 0; i-- {
		k := path[i]
		p.s(" ")
		p.opt(k.Natural, "natural ")
		p.s(k.Kind, " join ")
		p.table(k.R)
		p.clause(" on ", k.On)
		if len(k.Using) > 0 {
			p.s(" using ")
			p.columns(k.Using)
		}
	}
	p.s(")")
	p.alias(j.Alias)
}
