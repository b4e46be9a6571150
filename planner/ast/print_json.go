package ast

func (p *printer) jsonCall(c *JSONCall) {
	p.s(c.Name, "(")
	switch c.Name {
	case "json_array":
		p.list(len(c.Values), func(i int) { p.jsonArg(c.Values[i]) })
	case "json_object":
		p.list(len(c.Keys), func(i int) {
			p.expr(c.Keys[i])
			p.s(" value ")
			p.jsonArg(c.Values[i])
		})
	default:
		p.jsonPath(&c.JSONPath)
		p.jsonPassing(&c.JSONPath)
	}
	p.opt(c.Nulls != "", " "+c.Nulls+" on null")
	p.opt(c.Unique, " with unique keys")
	p.jsonOutput(&c.JSONOutput)
	p.s(")")
}

func (p *printer) jsonArg(a JSONArg) {
	p.expr(a.X)
	p.jsonFormat(a.JSON, a.Encoding)
}

func (p *printer) jsonFormat(ok bool, encoding string) {
	p.opt(ok, " format json")
	p.opt(encoding != "", " encoding "+encoding)
}

func (p *printer) jsonPath(j *JSONPath) {
	p.jsonArg(j.Input)
	p.s(", ")
	p.str(j.Path.Value)
}

func (p *printer) jsonPassing(j *JSONPath) {
	if len(j.Passing) == 0 {
		return
	}
	p.s(" passing ")
	p.list(len(j.Passing), func(i int) {
		p.jsonArg(j.Passing[i].JSONArg)
		p.s(" as ")
		p.ident(j.Passing[i].Name)
	})
}

func (p *printer) jsonOutput(o *JSONOutput) {
	if o.Returning != nil {
		p.s(" returning ")
		p.typeName(*o.Returning)
		p.jsonFormat(o.Format, o.Encoding)
	}
	switch o.Wrapper {
	case "without":
		p.s(" without array wrapper")
	case "conditional", "unconditional":
		p.s(" with ", o.Wrapper, " array wrapper")
	}
	p.opt(o.Quotes != "", " "+o.Quotes+" quotes on scalar string")
	p.jsonBehavior(o.Empty, "empty")
	p.jsonBehavior(o.Error, "error")
}

func (p *printer) jsonBehavior(b JSONBehavior, on string) {
	if b.Kind == "" {
		return
	}
	p.s(" ", b.Kind)
	if b.Default != nil {
		p.s(" ")
		p.expr(b.Default)
	}
	p.s(" on ", on)
}

func (p *printer) jsonTable(t *JSONTable) {
	p.opt(t.Lateral, "lateral ")
	p.s("json_table(")
	p.jsonPath(&t.JSONPath)
	if t.PathName.Name != "" {
		p.s(" as ")
		p.ident(t.PathName)
	}
	p.jsonPassing(&t.JSONPath)
	p.jsonColumns(t.Columns)
	if t.Plan != nil {
		p.s(" plan ")
		p.jsonPlan(t.Plan, true)
	}
	p.jsonBehavior(t.Error, "error")
	p.s(")")
	p.alias(t.Alias)
}

func (p *printer) jsonColumns(cs []JSONColumn) {
	p.s(" columns (")
	p.list(len(cs), func(i int) {
		c := &cs[i]
		if c.Nested != nil {
			p.s("nested path ")
			p.str(c.Path.Value)
			if c.Name.Name != "" {
				p.s(" as ")
				p.ident(c.Name)
			}
			p.jsonColumns(c.Nested)
			return
		}
		p.ident(c.Name)
		if c.Ordinality {
			p.s(" for ordinality")
			return
		}
		p.s(" ")
		p.typeName(c.Type)
		p.jsonFormat(c.Query, c.Encoding)
		p.opt(c.Exists, " exists")
		if c.Path != nil {
			p.s(" path ")
			p.str(c.Path.Value)
		}
		o := c.JSONOutput
		p.jsonOutput(&o)
	})
	p.s(")")
}

func (p *printer) jsonPlan(n *JSONPlan, parens bool) {
	switch {
	case n.Op == "default":
		p.s("default (", n.Parent)
		p.opt(n.Parent != "" && n.Sibling != "", ", ")
		p.s(n.Sibling, ")")
		return
	case n.Op == "" && !parens:
		p.ident(n.Path)
		return
	}
	p.s("(")
	if n.Op == "" {
		p.ident(n.Path)
	} else {
		p.jsonPlan(n.L, n.L.Op != "")
		p.s(" ", n.Op, " ")
		p.jsonPlan(n.R, n.R.Op != "")
	}
	p.s(")")
}
