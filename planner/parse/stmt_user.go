package parse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
)

// roleKinds are the three words for a role.
var roleKinds = []string{"role", "user", "group"}

// atRole reports whether a statement that has begun goes on about roles. From then
// on no error repeats a string of it: it may be a password.
func (p *parser) atRole() bool {
	if !slices.Contains(roleKinds, p.tok().word) || p.tok().word == "user" && p.isAt(1, "mapping") {
		return false
	}
	p.secret = true
	return true
}

// createRole parses CREATE ROLE | USER | GROUP from that word on.
func (p *parser) createRole(pos ast.Pos) ast.Stmt {
	n := at(&ast.CreateRole{Kind: p.advance().word}, pos)
	n.Name = p.roleName()
	if w := n.Name.Special; w != "" {
		p.failWith(fault.New(fault.CodeReservedName, "%s cannot be used as a role name here", strings.ToUpper(w)).At(int(n.Name.Pos)))
	}
	if w := n.Name.Name; w == "public" || w == "none" {
		p.failWith(fault.New(fault.CodeReservedName, "role name %q is reserved", w).At(int(n.Name.Pos)))
	}
	p.eat("with")
	n.Options = p.roleOptions(true)
	return n
}

// roleName parses the name of a role, or CURRENT_USER and its kin.
func (p *parser) roleName() ast.RoleName {
	pos := p.pos()
	switch p.eatAny("current_user", "current_role", "session_user") {
	case "current_user", "current_role":
		return ast.RoleName{Ident: ast.Ident{At: ast.At{Pos: pos}}, Special: "current_user"}
	case "session_user":
		return ast.RoleName{Ident: ast.Ident{At: ast.At{Pos: pos}}, Special: "session_user"}
	}
	return ast.RoleName{Ident: p.ident("a role name")}
}

func (p *parser) roleNames() []ast.RoleName {
	var out []ast.RoleName
	for {
		out = append(out, p.roleName())
		if !p.eat(",") {
			return out
		}
	}
}

// roleFlags are the options that are on, or with NO before them off.
var roleFlags = strings.Fields("superuser createrole createdb inherit login replication bypassrls")

// roleOptions parses options up to the end of the statement.
func (p *parser) roleOptions(create bool) []ast.RoleOption {
	var out []ast.RoleOption
	for p.err == nil && !p.done() && !p.is(";") {
		o := p.roleOption(create)
		if slices.ContainsFunc(out, func(x ast.RoleOption) bool { return x.Name == o.Name }) {
			p.failWith(fault.New(fault.CodeSyntax, "conflicting or redundant options").At(int(o.Pos)))
		}
		out = append(out, o)
	}
	return out
}

func (p *parser) roleOption(create bool) ast.RoleOption {
	o := ast.RoleOption{At: ast.At{Pos: p.pos()}, Name: p.tok().word}
	switch w := o.Name; {
	case slices.Contains(roleFlags, w):
		p.i++
		o.On = true
	case slices.Contains(roleFlags, strings.TrimPrefix(w, "no")):
		p.i++
		o.Name = strings.TrimPrefix(w, "no")
	case w == "encrypted" && p.isAt(1, "password"), w == "password":
		p.eat("encrypted")
		p.i++
		o.Name = "password"
		if o.Null = p.eat("null"); !o.Null {
			o.Text = p.quoted("a password")
		}
	case w == "unencrypted":
		p.failWith(fault.New(fault.CodeFeatureNotSupported, "UNENCRYPTED PASSWORD is no longer supported").At(int(o.Pos)).
			WithHint("Remove UNENCRYPTED to store the password in encrypted form instead."))
	case p.eat2("valid", "until"):
		o.Name, o.Text = "validuntil", p.quoted("a time")
	case p.eat2("connection", "limit"):
		o.Name, o.Number = "connectionlimit", p.signed32()
	case create && w == "sysid":
		p.i++
		o.Number = p.signed32()
	case create && w == "in" && (p.isAt(1, "role") || p.isAt(1, "group")):
		p.i += 2
		o.Name, o.Roles = "inrole", p.roleNames()
	case create && (w == "role" || w == "user" || w == "admin"):
		p.i++
		if w == "user" {
			o.Name = "role"
		}
		o.Roles = p.roleNames()
	case p.tok().kind == kWord:
		p.failWith(fault.New(fault.CodeSyntax, "unrecognized role option %q", w).At(int(o.Pos)))
	default:
		p.fail("PASSWORD", "LOGIN", "SUPERUSER", "VALID UNTIL", "CONNECTION LIMIT")
	}
	return o
}

// quoted parses a string of PostgreSQL's kinds.
func (p *parser) quoted(what string) string {
	if p.tok().kind != kString {
		p.fail(what + " in quotes")
		return ""
	}
	return p.str()
}

// signed parses a whole number that fits 32 bits.
func (p *parser) signed32() int {
	sign := ""
	if p.is("-") || p.is("+") {
		sign = strings.TrimPrefix(p.advance().word, "+")
	}
	t := p.tok()
	n, err := strconv.ParseInt(sign+p.text(t), 10, 32)
	if t.kind != kNumber || err != nil {
		p.fail("a whole number")
		return 0
	}
	p.i++
	return int(n)
}

// alterRole parses ALTER ROLE | USER | GROUP from that word on.
func (p *parser) alterRole(pos ast.Pos) ast.Stmt {
	kind := p.advance().word
	if kind != "group" && p.is("all") {
		p.unsupported("ALTER ROLE ALL")
		return at(&ast.AlterRole{}, pos)
	}
	name := p.roleName()
	switch {
	case p.is("rename"):
		p.i++
		p.want("to")
		n := at(&ast.RenameRole{Name: name.Ident, To: p.ident("a role name")}, pos)
		if name.Special != "" {
			p.failWith(fault.New(fault.CodeReservedName, "%s cannot be used as a role name here", strings.ToUpper(name.Special)).At(int(name.Pos)))
		}
		return n
	case kind == "group":
		n := at(&ast.GrantRole{Group: true, Roles: []ast.RoleName{name}}, pos)
		switch p.eatAny("add", "drop") {
		case "drop":
			n.Revoke = true
		case "":
			p.fail("ADD USER", "DROP USER", "RENAME TO")
		}
		p.want("user")
		n.To = p.roleNames()
		return n
	case p.is("in") && p.isAt(1, "database"):
		p.unsupported("ALTER ROLE ... IN DATABASE")
	case p.is("set"):
		return at(&ast.SetRoleDefault{Name: name, Set: p.set().(*ast.Set)}, pos)
	case p.is("reset"):
		return at(&ast.SetRoleDefault{Name: name, Set: p.reset().(*ast.Set)}, pos)
	}
	p.eat("with")
	return at(&ast.AlterRole{Name: name, Options: p.roleOptions(false)}, pos)
}

// dropRole parses DROP ROLE | USER | GROUP from that word on.
func (p *parser) dropRole(pos ast.Pos) ast.Stmt {
	n := at(&ast.DropRole{}, pos)
	p.i++
	n.IfExists = p.ifExists()
	n.Names = p.roleNames()
	return n
}

// grant parses GRANT and REVOKE of roles. Rights on objects are known and refused.
func (p *parser) grant() ast.Stmt {
	n := at(&ast.GrantRole{}, p.pos())
	word := p.advance().word
	n.Revoke = word == "revoke"
	if p.grantsOnObject() {
		p.failWith(fault.New(fault.CodeFeatureNotSupported, "%s on objects is not supported", strings.ToUpper(word)).At(int(n.Pos)).
			WithHint("Every user may read every table. Roles can be granted to roles."))
		return n
	}
	if n.Revoke && p.is("admin") && p.isAt(1, "option") {
		p.i += 2
		p.want("for")
		n.Admin = true
	}
	n.Roles = p.roleNames()
	p.want(map[bool]string{false: "to", true: "from"}[n.Revoke])
	n.To = p.roleNames()
	if !n.Revoke && p.eat("with") {
		p.wantWords("admin", "option")
		n.Admin = true
	}
	if p.eat2("granted", "by") {
		p.roleName()
	}
	if n.Revoke {
		p.eatAny("cascade", "restrict")
	}
	return n
}

// grantsOnObject reports whether ON comes before TO and FROM.
func (p *parser) grantsOnObject() bool {
	for i := p.i; i < len(p.toks); i++ {
		switch p.toks[i].word {
		case "on":
			return true
		case "to", "from", ";":
			return false
		}
	}
	return false
}

// Redact gives a statement's text with *** in the place of the passwords of CREATE
// ROLE and ALTER ROLE.
func Redact(sql string) string {
	toks, err := lex(sql)
	if err != nil {
		return "***" // what it is cannot be told
	}
	var out strings.Builder
	from := uint32(0)
	for i := 1; i < len(toks); i++ {
		if toks[i-1].word != "password" || toks[i].kind != kString {
			continue
		}
		end := i // strings on the lines that follow belong to it
		for toks[end+1].kind == kString {
			end++
		}
		out.WriteString(sql[from:toks[i].start] + "'***'")
		from, i = toks[end].end, end
	}
	return out.String() + sql[from:]
}
