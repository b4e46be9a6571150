package ast

// Option is name = value, or of RESET the name alone.
type Option struct {
	At
	Name   string
	Values []string
	List   bool // written in parentheses
}

// Subject says whose scans a budget counts: Kind is workgroup, user, each user or
// tag.
type Subject struct {
	Kind string
	Name Ident // of a workgroup
	User RoleName
	Tag  string
}

// Members is {ADD | DROP} {USER | GROUP} name, ... [AS DEFAULT].
type Members struct {
	Drop    bool
	Groups  bool
	Default bool
	Names   []RoleName
}

// The statements about workgroups and budgets. Kind is "workgroup" or "budget".
type (
	// CreateObject is CREATE [OR REPLACE] kind [IF NOT EXISTS] name [FOR subject]
	// [WITH (options)].
	CreateObject struct {
		stmtNode
		Kind                   string
		OrReplace, IfNotExists bool
		Name                   Ident
		Subject                Subject // of a budget
		Options                []Option
	}
	// AlterObject is ALTER kind name with one of SET (options), RESET (options) and,
	// of a workgroup, members.
	AlterObject struct {
		stmtNode
		Kind    string
		Name    Ident
		Set     []Option
		Reset   []Option
		Members *Members
	}
	// DropObject is DROP kind [IF EXISTS] name [CASCADE].
	DropObject struct {
		stmtNode
		Kind     string
		IfExists bool
		Name     Ident
		Cascade  bool
	}
	// DefineObjects is ALTER WORKGROUPS AS 'text' [WITH (options)].
	DefineObjects struct {
		stmtNode
		Text    string
		Options []Option
	}
)

// objectStmt prints statements about workgroups and budgets; false for others.
func (p *printer) objectStmt(s Stmt) bool {
	switch s := s.(type) {
	case *CreateObject:
		p.s("create ")
		p.opt(s.OrReplace, "or replace ")
		p.s(s.Kind, " ")
		p.opt(s.IfNotExists, "if not exists ")
		p.ident(s.Name)
		p.subject(s.Subject)
		if s.Options != nil {
			p.s(" with ")
			p.options(s.Options)
		}
	case *AlterObject:
		p.alterObject(s)
	case *DropObject:
		p.s("drop ", s.Kind, " ")
		p.opt(s.IfExists, "if exists ")
		p.ident(s.Name)
		p.opt(s.Cascade, " cascade")
	case *DefineObjects:
		p.s("alter workgroups as ")
		p.str(s.Text)
		if s.Options != nil {
			p.s(" with ")
			p.options(s.Options)
		}
	default:
		return false
	}
	return true
}

func (p *printer) alterObject(s *AlterObject) {
	p.s("alter ", s.Kind, " ")
	p.ident(s.Name)
	switch {
	case s.Set != nil:
		p.s(" set ")
		p.options(s.Set)
	case s.Reset != nil:
		p.s(" reset ")
		p.options(s.Reset)
	case s.Members != nil:
		p.s(map[bool]string{false: " add ", true: " drop "}[s.Members.Drop], map[bool]string{false: "user ", true: "group "}[s.Members.Groups])
		p.roleNames(s.Members.Names)
		p.opt(s.Members.Default, " as default")
	}
}

func (p *printer) subject(s Subject) {
	switch s.Kind {
	case "workgroup":
		p.s(" for workgroup ")
		p.ident(s.Name)
	case "user":
		p.s(" for user ")
		p.roleName(s.User)
	case "each user":
		p.s(" for each user")
	case "tag":
		p.s(" for tag ")
		p.str(s.Tag)
	}
}

func (p *printer) options(list []Option) {
	p.s("(")
	p.list(len(list), func(i int) {
		o := list[i]
		p.ident(Ident{Name: o.Name, Quoted: true})
		switch {
		case o.List:
			p.s(" = (")
			p.list(len(o.Values), func(k int) { p.str(o.Values[k]) })
			p.s(")")
		case len(o.Values) > 0:
			p.s(" = ")
			p.str(o.Values[0])
		}
	})
	p.s(")")
}
