package parse

import "github.com/glauxdb/glaux/planner/ast"

// jsonTable parses JSON_TABLE(input, 'path' [AS name] [PASSING ...] COLUMNS (...)
// [PLAN ...] [ERROR | EMPTY ON ERROR]).
func (p *parser) jsonTable(lateral bool, pos ast.Pos) ast.TableExpr {
	n := at(&ast.JSONTable{Lateral: lateral}, pos)
	p.i += 2
	n.JSONPath = p.jsonPath()
	if p.eat("as") {
		n.PathName = p.label("a path's name")
	}
	p.jsonPassing(&n.JSONPath)
	n.Columns = p.jsonColumns()
	if p.eat("plan") {
		n.Plan = p.jsonPlan()
	}
	var out ast.JSONOutput
	p.jsonBehaviors(&out)
	n.Error = out.Error
	if out.Empty.Kind != "" || n.Error.Kind != "" && n.Error.Kind != "error" && n.Error.Kind != "empty" && n.Error.Kind != "empty array" {
		p.fail("ERROR ON ERROR", "EMPTY ON ERROR")
	}
	p.want(")")
	n.Alias = p.alias()
	return n
}

func (p *parser) jsonColumns() []ast.JSONColumn {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	p.want("columns")
	p.want("(")
	var out []ast.JSONColumn
	for p.err == nil {
		out = append(out, p.jsonColumn())
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return out
}

func (p *parser) jsonColumn() ast.JSONColumn {
	c := ast.JSONColumn{}
	c.Pos = p.pos()
	if p.is("nested") && (p.isAt(1, "path") || p.peek(1).kind == kString) {
		p.i++
		p.eat("path")
		path := p.jsonPathText()
		c.Path = &path
		if p.eat("as") {
			c.Name = p.label("a path's name")
		}
		c.Nested = p.jsonColumns()
		return c
	}
	c.Name = p.ident("a column name")
	if p.is("for") && p.isAt(1, "ordinality") {
		p.i += 2
		c.Ordinality = true
		return c
	}
	c.Type = p.typeName()
	c.Query, c.Encoding = p.jsonFormat()
	c.Exists = p.eat("exists")
	if p.eat("path") {
		path := p.jsonPathText()
		c.Path = &path
	}
	p.jsonWrapper(&c.JSONOutput)
	p.jsonBehaviors(&c.JSONOutput)
	return c
}

// jsonPlan parses PLAN (...) and PLAN DEFAULT (...).
func (p *parser) jsonPlan() *ast.JSONPlan {
	if !p.eat("default") {
		p.want("(")
		n := p.jsonPlanOf()
		p.want(")")
		return n
	}
	n := &ast.JSONPlan{Op: "default"}
	p.want("(")
	for p.err == nil {
		switch w := p.eatAny("outer", "inner", "union", "cross"); w {
		case "outer", "inner":
			n.Parent = w
		case "union", "cross":
			n.Sibling = w
		default:
			p.fail("OUTER", "INNER", "UNION", "CROSS")
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
	return n
}

// jsonPlanOf parses path names joined by OUTER and INNER (a parent and what is below
// it), UNION and CROSS (siblings).
func (p *parser) jsonPlanOf() *ast.JSONPlan {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	l := p.jsonPlanTerm()
	if w := p.eatAny("outer", "inner"); w != "" {
		return &ast.JSONPlan{Op: w, L: l, R: p.jsonPlanTerm()}
	}
	for p.err == nil {
		w := p.eatAny("union", "cross")
		if w == "" {
			break
		}
		l = &ast.JSONPlan{Op: w, L: l, R: p.jsonPlanTerm()}
	}
	return l
}

func (p *parser) jsonPlanTerm() *ast.JSONPlan {
	if p.eat("(") {
		n := p.jsonPlanOf()
		p.want(")")
		return n
	}
	return &ast.JSONPlan{Path: p.label("a path's name")}
}
