package parse

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// statements are the words that a statement may start with.
var statements = strings.Fields(`SELECT WITH VALUES TABLE EXPLAIN CREATE DROP ALTER MSCK INFER SHOW DESCRIBE DESC SET RESET BEGIN START
	COMMENT COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE DISCARD DEALLOCATE PREPARE EXECUTE USE COPY INSERT UPDATE DELETE TRUNCATE
	CLOSE DECLARE FETCH MOVE LISTEN UNLISTEN NOTIFY LOCK GRANT REVOKE UNLOAD`)

// refused are statements that other engines know and Glaux does not take.
var refused = map[string]string{
	"merge": "MERGE", "optimize": "OPTIMIZE", "call": "CALL",
	"do": "DO", "cluster": "CLUSTER", "reindex": "REINDEX", "checkpoint": "CHECKPOINT", "load": "LOAD", "refresh": "REFRESH",
	"security": "SECURITY LABEL", "import": "IMPORT", "export": "EXPORT", "unlock": "UNLOCK",
}

// stmt parses one statement.
func (p *parser) stmt() ast.Stmt {
	if !p.enter() {
		return at(&ast.Query{}, p.pos())
	}
	defer p.leave()
	pos := p.pos()
	if p.dmlAhead() {
		return p.withDML()
	}
	if p.startsQuery(p.i) || p.is("(") {
		return p.queryOrInto()
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
	case "grant", "revoke":
		return p.grant()
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
	case "comment":
		return p.comment()
	case "copy":
		return p.copy()
	case "unload":
		return p.unload()
	}
	if s := p.dml(); s != nil {
		return s
	}
	if s := p.sessionStmt(); s != nil {
		return s
	}
	if s := p.cursorStmt(); s != nil {
		return s
	}
	if name := refused[p.tok().word]; name != "" {
		p.failWith(fault.New(fault.CodeFeatureNotSupported, "%s is not supported", name).At(int(pos)).
			WithHint("Glaux takes queries, statements that define databases, tables, views and partitions, and those that write new files: CREATE TABLE AS, INSERT INTO, UNLOAD."))
		return at(&ast.Query{}, pos)
	}
	p.fail(statements...)
	return at(&ast.Query{}, pos)
}

// queryOrInto parses a query, which INTO makes a statement that creates a table.
func (p *parser) queryOrInto() ast.Stmt {
	q := p.query()
	if n := p.intoTable; n != nil {
		p.intoTable, n.As, n.Pos = nil, q, q.Pos
		return n
	}
	return q
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
		key := p.label("an option: ANALYZE, ESTIMATE, VERBOSE, FORMAT, TYPE").Name
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
		case "estimate":
			n.Estimate = on
		case "format":
			n.Format = value
		case "type":
			n.Type = value
		}
		if !p.eat(",") {
			break
		}
	}
	p.want(")")
}

// describe parses DESCRIBE [EXTENDED | FORMATTED] name [PARTITION (...)] [column[.step ...]] and
// DESCRIBE DATABASE [EXTENDED] name, and DESCRIBE INPUT | OUTPUT of a prepared statement.
func (p *parser) describe() ast.Stmt {
	n := at(&ast.Describe{}, p.pos())
	p.i++
	if t := p.peek(1); (p.is("extended") || p.is("formatted")) && t.isIdent(noAlias) {
		n.Mode = p.advance().word
	}
	if p.peek(1).isIdent(noAlias) && (p.is("database") || p.is("schema")) {
		p.i++
		if p.is("extended") && p.peek(1).isIdent(noAlias) {
			n.Mode = p.advance().word
		}
		n.Database = true
		n.Name = ast.Name{p.name("a database name").Last()}
		return n
	}
	if p.peek(1).isIdent(noAlias) && (p.is("input") || p.is("output")) {
		n.Prepared = p.advance().word
		n.Name = ast.Name{p.ident("a statement name")}
		return n
	}
	p.eat("table")
	n.Name = p.name("a table name")
	if p.is("partition") && p.isAt(1, "(") {
		s := p.partition(false)
		n.Partition = &s
	}
	if p.tok().isIdent(soft) {
		n.Column = ast.Name{p.identOf(soft, "a column name")}
		for p.eat(".") {
			n.Column = append(n.Column, p.pathStep())
		}
	}
	return n
}

// pathStep parses a step into a column's type: a field, or what Hive calls the
// elements, keys and values: '$elem$', '$key$', '$value$'.
func (p *parser) pathStep() ast.Ident {
	if p.tok().kind == kString {
		id := ast.Ident{Quoted: true}
		id.Pos = p.pos()
		id.Name = p.str()
		return id
	}
	return p.label("a field")
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
	if p.is("immediate") && p.peek(1).kind == kString {
		p.i++
		n.Text = at(&ast.StringLit{Value: p.str()}, p.pos())
	} else {
		n.Name = p.ident("a statement name")
	}
	switch {
	case p.is("("):
		n.Args = p.parenExprs()
	case p.eat("using"):
		n.Args = p.exprs()
	}
	return n
}
