package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// statements are the words that a statement may start with.
var statements = strings.Fields(`SELECT WITH VALUES TABLE EXPLAIN CREATE DROP ALTER MSCK INFER SHOW DESCRIBE DESC SET RESET BEGIN START
	COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE DISCARD DEALLOCATE PREPARE EXECUTE USE COPY CLOSE DECLARE FETCH MOVE
	LISTEN UNLISTEN NOTIFY LOCK`)

// refused are statements that other engines know and Glaux does not take.
var refused = map[string]string{
	"insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "merge": "MERGE", "truncate": "TRUNCATE", "grant": "GRANT",
	"revoke": "REVOKE", "vacuum": "VACUUM", "analyze": "ANALYZE", "optimize": "OPTIMIZE", "unload": "UNLOAD", "call": "CALL",
	"do": "DO", "cluster": "CLUSTER", "reindex": "REINDEX", "checkpoint": "CHECKPOINT", "load": "LOAD", "refresh": "REFRESH",
	"comment": "COMMENT ON", "security": "SECURITY LABEL", "import": "IMPORT", "export": "EXPORT", "unlock": "UNLOCK",
}

// stmt parses one statement.
func (p *parser) stmt() ast.Stmt {
	if !p.enter() {
		return at(&ast.Query{}, p.pos())
	}
	defer p.leave()
	pos := p.pos()
	if p.startsQuery(p.i) || p.is("(") {
		return p.query()
	}
	switch p.tok().word {
	case "explain":
		return p.explain()
	case "create":
		return p.create()
	case "drop":
		return p.drop()
	case "alter":
		return p.alter()
	case "msck":
		p.i++
		p.want("repair")
		p.eat("table")
		return p.repairMode(at(&ast.Repair{Name: p.name("a table name")}, pos))
	case "infer":
		p.i++
		p.want("partitions")
		p.want("for")
		return at(&ast.InferPartitions{Name: p.name("a table name")}, pos)
	case "show":
		return p.show()
	case "describe", "desc":
		return p.describe()
	case "use":
		p.i++
		return at(&ast.Use{Name: p.name("a schema name")}, pos)
	case "prepare":
		return p.prepare()
	case "execute":
		return p.execute()
	case "copy":
		return p.copyTo()
	}
	if s := p.sessionStmt(); s != nil {
		return s
	}
	if s := p.cursorStmt(); s != nil {
		return s
	}
	if name := refused[p.tok().word]; name != "" {
		p.failWith(fault.New(fault.CodeFeatureNotSupported, "%s is not supported", name).At(int(pos)).
			WithHint("Glaux reads data lakes: it takes queries, and statements that define databases, tables, views and partitions."))
		return at(&ast.Query{}, pos)
	}
	p.fail(statements...)
	return at(&ast.Query{}, pos)
}

// repairMode parses [ADD | DROP | SYNC PARTITIONS] of MSCK REPAIR TABLE.
func (p *parser) repairMode(r *ast.Repair) ast.Stmt {
	if r.Mode = p.eatAny("add", "drop", "sync"); r.Mode != "" {
		p.want("partitions")
	}
	return r
}

// explain parses EXPLAIN [ANALYZE] [VERBOSE] [(options)] statement.
func (p *parser) explain() ast.Stmt {
	n := at(&ast.Explain{}, p.pos())
	p.i++
	for p.err == nil {
		switch {
		case p.eat("analyze") || p.eat("analyse"):
			n.Analyze = true
		case p.eat("verbose"):
			n.Verbose = true
		case p.is("(") && !p.queryParen(p.i):
			p.explainOptions(n)
		default:
			n.Stmt = p.stmt()
			return n
		}
	}
	n.Stmt = at(&ast.Query{}, p.pos())
	return n
}

func (p *parser) explainOptions(n *ast.Explain) {
	p.want("(")
	n.Options = map[string]string{}
	for {
		key := p.label("an option: ANALYZE, VERBOSE, FORMAT").Name
		value := "true"
		if !p.is(",") && !p.is(")") {
			value = p.settingText()
		}
		value = foldASCII(value)
		n.Options[key] = value
		on := value == "true" || value == "on" || value == "1"
		switch key {
		case "analyze", "analyse":
			n.Analyze = on
		case "verbose":
			n.Verbose = on
		case "format":
			n.Format = value
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

// describe parses DESCRIBE [EXTENDED | FORMATTED] name.
func (p *parser) describe() ast.Stmt {
	n := at(&ast.Describe{}, p.pos())
	p.i++
	if t := p.peek(1); (p.is("extended") || p.is("formatted")) && t.isIdent(noAlias) {
		n.Mode = p.advance().word
	}
	p.eat("table")
	n.Name = p.name("a table name")
	return n
}

func (p *parser) prepare() ast.Stmt {
	n := at(&ast.Prepare{}, p.pos())
	p.i++
	if p.is("transaction") && p.peek(1).kind == kString {
		p.unsupported("PREPARE TRANSACTION")
		return n
	}
	n.Name = p.ident("a statement name")
	if p.is("(") {
		p.i++
		for {
			n.Types = append(n.Types, p.typeName())
			if !p.eat(",") {
				break
			}
		}
		p.want(")")
	}
	if p.eatAny("as", "from") == "" {
		p.fail("AS", "FROM")
	}
	start := p.tok().start
	n.Stmt = p.stmt()
	n.Text = p.source(start)
	return n
}

// source gives the text from a byte to the last consumed token.
func (p *parser) source(start uint32) string {
	if p.err != nil || p.i == 0 {
		return ""
	}
	return p.sql[start:p.toks[p.i-1].end]
}

func (p *parser) execute() ast.Stmt {
	n := at(&ast.Execute{}, p.pos())
	p.i++
	n.Name = p.ident("a statement name")
	switch {
	case p.is("("):
		n.Args = p.parenExprs()
	case p.eat("using"):
		n.Args = p.exprs()
	}
	return n
}

// copyTo parses COPY (query) | table [(columns)] TO STDOUT.
func (p *parser) copyTo() ast.Stmt {
	n := at(&ast.Copy{}, p.pos())
	p.i++
	if p.queryParen(p.i) {
		n.Query = p.parenQuery()
	} else {
		n.Query = p.copyTable()
	}
	if p.is("from") {
		p.unsupported("COPY FROM")
		return n
	}
	p.want("to")
	if p.tok().kind == kString || p.is("program") {
		p.unsupported("COPY to a file or program")
		return n
	}
	p.want("stdout")
	p.eat("with")
	switch {
	case p.is("("):
		n.Options = p.copyOptions()
	default: // the syntax before PostgreSQL 9: WITH CSV HEADER
		n.Options = p.oldCopyOptions()
	}
	return n
}

func (p *parser) copyTable() *ast.Query {
	pos := p.pos()
	q := at(&ast.Query{}, pos)
	name := p.name("a table name")
	if !p.is("(") {
		q.Body = at(&ast.TableBody{Name: name}, pos)
		return q
	}
	s := at(&ast.Select{From: []ast.TableExpr{at(&ast.TableName{Name: name}, pos)}}, pos)
	for _, c := range p.identList("a column name") {
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
			for i, c := range p.identList("a column name") {
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
		case "header":
			p.i++
		case "delimiter", "null", "quote", "escape":
			p.i++
			p.eat("as")
			o.Value = p.settingText()
		default:
			return out
		}
		out = append(out, o)
	}
	return out
}
