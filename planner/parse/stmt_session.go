package parse

import (
	"strings"

	"github.com/glauxdb/glaux/planner/ast"
)

// sessionStmt parses SET, transactions and their kin, nil for anything else.
func (p *parser) sessionStmt() ast.Stmt {
	pos := p.pos()
	switch p.tok().word {
	case "set":
		return p.set()
	case "reset":
		return p.reset()
	case "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release":
		return p.transaction()
	case "discard":
		p.i++
		what := p.eatAny("all", "plans", "sequences", "temp", "temporary")
		if what == "" {
			p.fail("ALL", "PLANS", "SEQUENCES", "TEMP")
		}
		return at(&ast.Discard{What: strings.ToUpper(strings.TrimSuffix(what, "orary"))}, pos)
	case "deallocate":
		p.i++
		p.eat("prepare")
		n := at(&ast.Deallocate{}, pos)
		if n.All = p.eat("all"); !n.All {
			n.Name = p.ident("a statement name")
		}
		return n
	case "listen", "unlisten", "notify", "lock":
		return p.talk()
	}
	return nil
}

// set parses SET [SESSION | LOCAL] name = value and its special spellings.
func (p *parser) set() ast.Stmt {
	n := at(&ast.Set{}, p.pos())
	p.i++
	if p.is("session") && p.isAt(1, "characteristics") {
		p.i += 2
		p.wantWords("as", "transaction")
		p.setTransaction(n, "default_transaction_")
		return n
	}
	switch {
	case p.is("local") && !p.isAt(1, "=") && !p.isAt(1, "to"):
		p.i++
		n.Local = true
	case p.is("session") && !p.isAt(1, "=") && !p.isAt(1, "to"):
		p.i++
	}
	switch {
	case p.eat2("time", "zone"):
		n.Name = "timezone"
	case p.eat("names"):
		n.Name = "client_encoding"
		if p.done() || p.is(";") {
			n.Default = true
			return n
		}
	case p.is("transaction") && !p.isAt(1, "=") && !p.isAt(1, "to"):
		p.i++
		if p.is("snapshot") {
			p.unsupported("SET TRANSACTION SNAPSHOT")
			return n
		}
		n.Transaction = true
		p.setTransaction(n, "transaction_")
		return n
	case p.is("authorization") && !p.isAt(1, "="):
		p.i++
		n.Name = "session_authorization"
	case p.is("role") && !p.isAt(1, "=") && !p.isAt(1, "to"):
		p.i++
		n.Name = "role"
	case p.is("schema") && p.peek(1).kind == kString:
		p.i++
		n.Name = "search_path"
	default:
		n.Name = p.settingName()
		if p.eatAny("=", "to") == "" {
			p.fail(`"="`, "TO")
		}
	}
	p.setValues(n)
	return n
}

// setValues parses the list of values, or DEFAULT.
func (p *parser) setValues(n *ast.Set) {
	if p.eat("default") || n.Name == "timezone" && p.eat("local") {
		n.Default = true
		return
	}
	for {
		if n.Name == "timezone" && p.computed() {
			n.Values = append(n.Values, p.expr())
			return
		}
		n.Values = append(n.Values, p.settingValue())
		if !p.eat(",") {
			return
		}
	}
}

// settingName parses a dotted name of a setting, in lower case.
func (p *parser) settingName() string {
	s := foldASCII(p.label("a setting's name").Name)
	for p.eat(".") {
		s += "." + foldASCII(p.label("a setting's name").Name)
	}
	return s
}

// computed tells a value of SET that is an expression: a call, an operator, an interval
// with a sign before its text.
func (p *parser) computed() bool {
	switch t := p.tok(); {
	case t.kind == kWord && p.isAt(1, "("), t.word == "(":
		return true
	case t.word == "interval":
		return p.isAt(1, "-") || p.isAt(1, "+")
	}
	return p.tok().kind == kString && p.isAt(1, "||")
}

// settingValue parses a value: a string, a number, a word (which is a string)
// or an interval.
func (p *parser) settingValue() ast.Expr {
	pos := p.pos()
	if p.is("interval") && p.peek(1).kind == kString {
		return p.interval()
	}
	if p.tok().kind == kNumber {
		return p.primary()
	}
	return at(&ast.StringLit{Value: p.settingText()}, pos)
}

// settingText parses a word, string or number as text.
func (p *parser) settingText() string {
	t := p.tok()
	switch {
	case t.kind == kString:
		return p.str()
	case t.kind == kWord, t.kind == kQuoted:
		return p.identAt(p.advance()).Name
	case t.kind == kNumber:
		p.i++
		return p.text(t)
	case (t.word == "-" || t.word == "+") && p.peek(1).kind == kNumber:
		p.i += 2
		return strings.TrimPrefix(t.word, "+") + p.text(&p.toks[p.i-1])
	}
	p.fail("a value")
	return ""
}

// setTransaction parses the modes of SET TRANSACTION: each is a setting.
func (p *parser) setTransaction(n *ast.Set, prefix string) {
	m := p.transactionModes()
	to := n
	for _, mode := range []struct{ name, value string }{{"isolation", m.isolation}, {"read_only", m.readOnly}, {"deferrable", m.deferrable}} {
		if mode.value == "" {
			continue
		}
		if to.Name != "" {
			to.Also = at(&ast.Set{Transaction: n.Transaction}, n.Pos)
			to = to.Also
		}
		to.Name, to.Values = prefix+mode.name, []ast.Expr{at(&ast.StringLit{Value: mode.value}, n.Pos)}
	}
	if n.Name == "" {
		p.fail("ISOLATION LEVEL", "READ ONLY", "READ WRITE")
	}
}

// modes are those of a transaction, "" where nothing is said.
type modes struct {
	isolation            string // "serializable" and the like
	readOnly, deferrable string // "on", "off"
}

// transactionModes parses a list of modes, separated by commas or nothing.
func (p *parser) transactionModes() (m modes) {
	for p.err == nil {
		switch {
		case p.eat2("isolation", "level"):
			m.isolation = p.isolationLevel()
		case p.eat2("read", "only"):
			m.readOnly = "on"
		case p.eat2("read", "write"):
			m.readOnly = "off"
		case p.eat2("not", "deferrable"):
			m.deferrable = "off"
		case p.eat("deferrable"):
			m.deferrable = "on"
		default:
			return m
		}
		p.eat(",")
	}
	return m
}

func (p *parser) isolationLevel() string {
	switch {
	case p.eat("serializable"):
		return "serializable"
	case p.eat2("repeatable", "read"):
		return "repeatable read"
	case p.eat2("read", "committed"):
		return "read committed"
	case p.eat2("read", "uncommitted"):
		return "read uncommitted"
	}
	p.fail("SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED")
	return ""
}

func (p *parser) reset() ast.Stmt {
	n := at(&ast.Set{Default: true, Reset: true}, p.pos())
	p.i++
	switch {
	case p.eat2("time", "zone"):
		n.Name = "timezone"
	case p.eat2("session", "authorization"):
		n.Name = "session_authorization"
	case p.eat2("transaction", "isolation"):
		p.want("level")
		n.Name = "transaction_isolation"
	default:
		p.eat("session") // Trino: RESET SESSION name
		n.Name = p.settingName()
	}
	return n
}

// transaction parses BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT,
// SAVEPOINT, RELEASE and ROLLBACK TO.
func (p *parser) transaction() ast.Stmt {
	n := at(&ast.Transaction{}, p.pos())
	switch w := p.advance().word; w {
	case "start":
		p.want("transaction")
		n.Start = true
		p.begin(n)
	case "begin":
		p.eatAny("work", "transaction")
		p.begin(n)
	case "commit", "end":
		n.Op = "commit"
		n.Chain = p.endTransaction("COMMIT")
	case "savepoint":
		n.Op = w
		n.Name = p.ident("a savepoint name")
	case "release":
		n.Op = w
		p.eat("savepoint")
		n.Name = p.ident("a savepoint name")
	default:
		n.Op = "rollback"
		n.Chain = p.endTransaction("ROLLBACK")
		if p.eat("to") {
			p.eat("savepoint")
			n.Op = "rollback to"
			n.Name = p.ident("a savepoint name")
		}
	}
	return n
}

func (p *parser) begin(n *ast.Transaction) {
	m := p.transactionModes()
	n.Op, n.Isolation, n.ReadOnly = "begin", m.isolation, m.readOnly
}

// endTransaction parses [WORK | TRANSACTION] [AND [NO] CHAIN].
func (p *parser) endTransaction(what string) (chain bool) {
	p.eatAny("work", "transaction")
	if p.is("prepared") {
		p.unsupported(what + " PREPARED")
	}
	if !p.eat("and") {
		return false
	}
	chain = !p.eat("no")
	p.want("chain")
	return chain
}
