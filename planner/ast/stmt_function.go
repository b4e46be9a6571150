package ast

// FuncParam is a parameter of a function, or a column of what it gives.
type FuncParam struct {
	Name Ident
	Type *TypeName // nil: any
}

// The statements about functions.
type (
	// CreateFunction is CREATE [OR REPLACE] FUNCTION.
	CreateFunction struct {
		stmtNode
		Name      Name
		OrReplace bool
		Params    []FuncParam
		Returns   *TypeName // nil: what the expression has
		Table     bool      // RETURNS TABLE
		Columns   []FuncParam
		Language  string // "sql", "wasm"
		Volatile  bool
		Stable    bool
		Nulls     bool // CALLED ON NULL INPUT
		Strict    bool // RETURNS NULL ON NULL INPUT
		Comment   string
		Body      Expr   // RETURN expression; nil: Query or Module
		Query     *Query // RETURN query
		Text      string // of Body or Query
		Module    string // AS 'location or base64'
		ModulePos Pos
		Export    string // the function of the module; "": Name
	}
	// DropFunction is DROP FUNCTION.
	DropFunction struct {
		stmtNode
		Names    []Name
		IfExists bool
	}
)

func (p *printer) createFunction(s *CreateFunction) {
	p.s("create ")
	p.opt(s.OrReplace, "or replace ")
	p.function(s)
}

// inlineFunctions prints WITH FUNCTION.
func (p *printer) inlineFunctions(list []*CreateFunction) {
	for i, f := range list {
		if i == 0 {
			p.s("with ")
		} else {
			p.s(", ")
		}
		p.function(f)
	}
	p.opt(len(list) > 0, " ")
}

// function prints a function from that word on.
func (p *printer) function(s *CreateFunction) {
	p.s("function ")
	p.name(s.Name)
	p.funcParams(s.Params)
	switch {
	case s.Table:
		p.s(" returns table")
		if s.Columns != nil {
			p.funcParams(s.Columns)
		}
	case s.Returns != nil:
		p.s(" returns ")
		p.typeName(*s.Returns)
	}
	p.s(" language ")
	p.word(s.Language)
	p.opt(s.Volatile, " volatile")
	p.opt(s.Stable, " stable")
	p.opt(s.Nulls, " called on null input")
	p.opt(s.Strict, " strict")
	if s.Comment != "" {
		p.s(" comment ")
		p.str(s.Comment)
	}
	switch {
	case s.Body != nil:
		p.s(" return ")
		p.expr(s.Body)
	case s.Query != nil:
		p.s(" return ")
		p.stmt(s.Query)
	default:
		p.s(" as ")
		p.str(s.Module)
		if s.Export != "" {
			p.s(", ")
			p.str(s.Export)
		}
	}
}

func (p *printer) funcParams(list []FuncParam) {
	p.s("(")
	p.list(len(list), func(i int) {
		p.ident(list[i].Name)
		if list[i].Type != nil {
			p.s(" ")
			p.typeName(*list[i].Type)
		}
	})
	p.s(")")
}

func (p *printer) dropFunction(s *DropFunction) {
	p.s("drop function ")
	p.opt(s.IfExists, "if exists ")
	p.list(len(s.Names), func(i int) { p.name(s.Names[i]) })
}
