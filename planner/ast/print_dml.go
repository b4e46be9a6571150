package ast

import "strings"

// dml prints the statements about temporary tables and their rows; false if s is
// another one.
func (p *printer) dml(s Stmt) bool {
	switch s := s.(type) {
	case *CreateTemp:
		p.createTemp(s)
	case *CreateTempView:
		p.s("create ")
		p.opt(s.OrReplace, "or replace ")
		p.s("temp view ")
		p.name(s.Name)
		p.columns(s.Columns)
		p.s(" as ", s.Text)
	case *CreateIndex:
		p.createIndex(s)
	case *Insert:
		p.insert(s)
	case *Update:
		p.update(s)
	case *Delete:
		p.with(s.With, s.Recurs)
		p.s("delete from ")
		p.table(s.Table)
		p.tables(" using ", s.Using)
		p.clause(" where ", s.Where)
		p.returning(s.Returning)
	case *Truncate:
		p.s("truncate table ")
		p.names(s.Tables)
		p.opt(s.Restart, " restart identity")
	case *Analyze:
		p.analyze(s)
	case *CopyFrom:
		p.s("copy ")
		p.name(s.Table)
		p.columns(s.Columns)
		p.s(" from stdin")
		p.copyOptions(s.Options)
		p.clause(" where ", s.Where)
	default:
		return false
	}
	return true
}

func (p *printer) names(ns []Name) { p.list(len(ns), func(i int) { p.name(ns[i]) }) }

func (p *printer) tables(word string, ts []TableExpr) {
	if len(ts) > 0 {
		p.s(word)
		p.list(len(ts), func(i int) { p.table(ts[i]) })
	}
}

func (p *printer) returning(items []SelectItem) {
	if len(items) > 0 {
		p.s(" returning ")
		p.items(items)
	}
}

func (p *printer) createTemp(s *CreateTemp) {
	if s.Into {
		word := "into temp "
		if s.Lake {
			word = "into "
		}
		p.into = func() { p.s(" ", word); p.name(s.Name) }
		p.query(s.As)
		return
	}
	p.s("create ", map[bool]string{false: "temp", true: "unlogged"}[s.Lake], " table ")
	p.opt(s.IfNotExists, "if not exists ")
	p.name(s.Name)
	p.columns(s.Names)
	if s.Columns != nil || len(s.Constraints) > 0 {
		p.s(" (")
		p.list(len(s.Columns)+len(s.Constraints), func(i int) {
			if i < len(s.Columns) {
				p.tempColumn(&s.Columns[i])
				return
			}
			p.constraint(&s.Constraints[i-len(s.Columns)])
		})
		p.s(")")
	}
	if s.OnCommit != "" {
		p.s(" on commit ", s.OnCommit)
		p.opt(s.OnCommit != "drop", " rows")
	}
	if s.As != nil {
		p.s(" as ")
		p.query(s.As)
		p.opt(s.NoData, " with no data")
	}
}

func (p *printer) tempColumn(c *TempColumn) {
	p.ident(c.Name)
	p.s(" ")
	p.typeName(c.Type)
	for i := range c.Constraints {
		p.s(" ")
		p.constraint(&c.Constraints[i])
	}
}

func (p *printer) constraint(k *TempConstraint) {
	if k.Name.Name != "" {
		p.s("constraint ")
		p.ident(k.Name)
		p.s(" ")
	}
	switch k.Kind {
	case "default":
		p.s("default ", k.Text)
	case "check":
		p.s("check (", k.Text, ")")
	case "identity":
		p.s("generated ", map[bool]string{true: "always", false: "by default"}[k.Always], " as identity")
	default:
		p.s(k.Kind)
		p.columns(k.Columns)
	}
}

func (p *printer) createIndex(s *CreateIndex) {
	p.s("create ")
	p.opt(s.Unique, "unique ")
	p.s("index ")
	p.opt(s.IfNotExists, "if not exists ")
	if s.Name.Name != "" {
		p.ident(s.Name)
		p.s(" ")
	}
	p.s("on ")
	p.name(s.Table)
	if s.Columns == nil { // of an expression only that it is one is kept
		p.s(" ((1))")
		return
	}
	p.columns(s.Columns)
}

func (p *printer) insert(s *Insert) {
	p.with(s.With, s.Recurs)
	p.s("insert into ")
	p.name(s.Table)
	if s.Alias.Name != "" {
		p.s(" as ")
		p.ident(s.Alias)
	}
	p.columns(s.Columns)
	p.opt(s.Overriding != "", " overriding "+s.Overriding+" value")
	if s.Query == nil {
		p.s(" default values")
	} else {
		p.s(" ")
		p.query(s.Query)
	}
	if c := s.Conflict; c != nil {
		p.s(" on conflict")
		p.columns(c.Columns)
		if c.Constraint.Name != "" {
			p.s(" on constraint ")
			p.ident(c.Constraint)
		}
		p.s(" do nothing")
	}
	p.returning(s.Returning)
}

func (p *printer) update(s *Update) {
	p.with(s.With, s.Recurs)
	p.s("update ")
	p.table(s.Table)
	p.s(" set ")
	p.list(len(s.Set), func(i int) {
		c := s.Set[i]
		if len(c.Columns) == 1 && len(c.Values) == 1 {
			p.ident(c.Columns[0])
			p.s(" = ")
			p.expr(c.Values[0])
			return
		}
		p.s("(")
		p.idents(c.Columns)
		p.s(") = ")
		if _, ok := c.Values[0].(*Subquery); ok && len(c.Values) == 1 {
			p.expr(c.Values[0])
			return
		}
		p.s("(")
		p.exprs(c.Values)
		p.s(")")
	})
	p.tables(" from ", s.From)
	p.clause(" where ", s.Where)
	p.returning(s.Returning)
}

func (p *printer) copyOptions(list []Property) {
	if len(list) == 0 {
		return
	}
	p.s(" (")
	p.list(len(list), func(i int) {
		p.word(list[i].Key)
		p.s(" ")
		p.str(list[i].Value)
	})
	p.s(")")
}

func (p *printer) analyze(s *Analyze) {
	p.s(strings.ToLower(s.Command))
	if s.Rows {
		p.s(" table ")
		p.name(s.Tables[0])
		p.s(" compute statistics")
		return
	}
	for i, t := range s.Tables {
		p.opt(i > 0, ",")
		p.s(" ")
		p.name(t)
		if i < len(s.Columns) && s.Columns[i] != nil {
			p.s(" ")
			p.columns(s.Columns[i])
		}
	}
}
