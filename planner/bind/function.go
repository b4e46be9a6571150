package bind

import (
	"context"
	"encoding/base64"
	"reflect"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// maxFuncParams bounds the parameters of a function, as in PostgreSQL.
const maxFuncParams = 100

// createFunction checks a new function: its body is bound with parameters of the
// declared types. A macro with parameters of any type is only parsed.
func (b *binder) createFunction(s *ast.CreateFunction) (plan.Statement, error) {
	if b.cfg.Documents == nil {
		return nil, b.unsupported(s.Pos, "functions are not supported: this catalog does not keep them")
	}
	database, name, err := b.target(s.Name)
	if err != nil {
		return nil, err
	}
	if b.builtIn(name) {
		return nil, b.fail(s.Name.Position(), fault.CodeDuplicateFunction, "function %q is built in", name)
	}
	f := &routine.Function{Database: database, Name: name, Table: s.Table, Language: s.Language, Body: s.Text, Dialect: b.dialect.String(),
		Volatile: s.Volatile, Stable: s.Stable && !s.Volatile, Nulls: s.Nulls, Comment: s.Comment, Owner: b.s.User}
	if err := b.functionTypes(s, f); err != nil {
		return nil, err
	}
	out := &plan.CreateFunction{Function: f, OrReplace: s.OrReplace}
	switch f.Language {
	case routine.SQL:
		return out, b.checkMacro(s, f)
	case routine.Wasm:
		return out, b.checkModule(s, out)
	}
	return nil, b.fail(s.Pos, fault.CodeUndefinedObject, "language %q does not exist", f.Language).WithHint("Languages are sql and wasm.")
}

// builtIn reports whether a name means a function that is always there.
func (b *binder) builtIn(name string) bool {
	_, known := b.cfg.Functions.Kind(name)
	return known || specialForm(name) != nil || b.setReturning(name)
}

// functionTypes resolves the types of a new function.
func (b *binder) functionTypes(s *ast.CreateFunction, f *routine.Function) error {
	if len(s.Params) > maxFuncParams {
		return b.fail(s.Pos, fault.CodeTooManyArguments, "functions cannot have more than %d parameters", maxFuncParams)
	}
	var err error
	if f.Params, err = b.funcParams(s.Params); err != nil {
		return err
	}
	if f.Columns, err = b.funcParams(s.Columns); err != nil || s.Returns == nil {
		return err
	}
	t, err := b.typeName(s.Returns)
	f.Returns = t.String()
	return err
}

func (b *binder) funcParams(list []ast.FuncParam) ([]routine.Param, error) {
	var out []routine.Param
	seen := map[string]bool{}
	for _, p := range list {
		name := strings.ToLower(p.Name.Name)
		if seen[name] {
			return nil, b.fail(p.Name.Pos, fault.CodeInvalidFunctionDef, "parameter name %q used more than once", name)
		}
		seen[name] = true
		r := routine.Param{Name: name}
		if p.Type != nil {
			t, err := b.typeName(p.Type)
			if err != nil {
				return nil, err
			}
			r.Type = t.String()
		}
		out = append(out, r)
	}
	return out, nil
}

// checkMacro binds the body of a new macro.
func (b *binder) checkMacro(s *ast.CreateFunction, f *routine.Function) error {
	if s.Strict {
		return b.unsupported(s.Pos, "a function of language sql cannot be STRICT: its body is what each call is replaced by")
	}
	if s.Body == nil && s.Query == nil {
		return b.fail(s.Pos, fault.CodeInvalidFunctionDef, "a function of language sql needs RETURN").
			WithHint("Write CREATE FUNCTION %s(...) RETURNS type RETURN expression.", f.Name)
	}
	args := make([]plan.Expr, len(f.Params))
	for i, p := range f.Params {
		if p.Type == "" {
			return nil // its types are those of each call
		}
		t, err := b.textType(p.Type)
		if err != nil {
			return err
		}
		args[i] = plan.Ref(b.newCol(p.Name, t))
	}
	m, err := b.enterMacro(f, s.Pos)
	if err != nil {
		return err
	}
	defer m.leave()
	b.at = 0 // errors are at their places in the statement
	sc := macroScope(f, args)
	if s.Query != nil {
		_, err = b.macroRows(f, s.Query, sc, s.Pos)
	} else {
		_, err = b.macroValue(f, &exprCtx{sc: sc, st: &stage{}, clause: "the body of a function"}, s.Body, s.Pos)
	}
	if err == nil && len(b.params) > 0 {
		err = b.fail(s.Pos, fault.CodeUndefinedParameter, "the body of a function cannot have $1: its parameters have names")
	}
	return err
}

// checkModule checks what can be known of a function of a module without reading it.
func (b *binder) checkModule(s *ast.CreateFunction, out *plan.CreateFunction) error {
	f := out.Function
	f.Export, f.Body = s.Export, ""
	if f.Export == "" {
		f.Export = f.Name
	}
	switch {
	case s.Nulls && s.Strict:
		return b.fail(s.Pos, fault.CodeSyntax, "conflicting or redundant options: CALLED ON NULL INPUT and RETURNS NULL ON NULL INPUT")
	case s.Body != nil || s.Query != nil || s.Module == "":
		return b.fail(s.Pos, fault.CodeInvalidFunctionDef, "a function of language wasm needs AS 'location or base64'")
	case s.Table:
		return b.unsupported(s.Pos, "functions of language wasm are scalar: RETURNS TABLE is not supported")
	case f.Returns == "":
		return b.fail(s.Pos, fault.CodeInvalidFunctionDef, "a function of language wasm needs RETURNS")
	}
	var err error
	for i, p := range f.Params {
		if p.Type == "" {
			return b.fail(s.Params[i].Name.Pos, fault.CodeInvalidFunctionDef, "parameter %q of a function of language wasm needs a type", p.Name)
		}
		t, err := b.textType(p.Type)
		if err != nil {
			return err
		}
		out.Params = append(out.Params, t)
	}
	if out.Ret, err = b.textType(f.Returns); err != nil {
		return err
	}
	if strings.ContainsAny(s.Module, ".:") { // which base64 has not
		out.Location = s.Module
		return nil
	}
	if out.Module, err = base64.StdEncoding.DecodeString(s.Module); err != nil {
		return b.fail(s.ModulePos, fault.CodeInvalidFunctionDef, "the module is neither a location (s3://..., a path that ends in .wasm) nor base64")
	}
	return nil
}

func (b *binder) dropFunction(s *ast.DropFunction) (plan.Statement, error) {
	out := &plan.DropFunction{IfExists: s.IfExists}
	for _, n := range s.Names {
		database, name, err := b.target(n)
		if err != nil {
			return nil, err
		}
		out.Names = append(out.Names, [2]string{database, name})
	}
	return out, nil
}

// userFunction finds a user's function by the name in a call; nil: there is none.
// Built-in functions come before those of databases where no schema is named, and
// those of WITH FUNCTION before all.
func (b *binder) userFunction(n ast.Name) (*routine.Function, error) {
	if len(n) == 1 {
		for i := len(b.ownFuncs) - 1; i >= 0; i-- {
			if b.ownFuncs[i].Name == strings.ToLower(n[0].Name) {
				return b.ownFuncs[i], nil
			}
		}
	}
	if b.cfg.Documents == nil || len(n) > 2 {
		return nil, nil
	}
	name := strings.ToLower(n.Last().Name)
	if len(n) == 2 {
		return routine.Find(b.ctx, b.cfg.Documents, strings.ToLower(n[0].Name), name)
	}
	if b.builtIn(name) {
		return nil, nil
	}
	for _, database := range b.path {
		if b.reserved(database) {
			continue
		}
		if f, err := routine.Find(b.ctx, b.cfg.Documents, database, name); f != nil || err != nil {
			return f, err
		}
	}
	return nil, nil
}

// textType resolves a type that was stored as text.
func (b *binder) textType(text string) (types.Type, error) {
	n, err := parse.TypeName(text)
	if err != nil {
		return types.Type{}, err
	}
	return b.typeName(&n)
}

// userCall binds a call of a user's function.
func (b *binder) userCall(c *exprCtx, e *ast.Call, f *routine.Function) (plan.Expr, error) {
	if f.Table {
		return nil, b.unsupported(e.Pos, "function %s gives rows: it can only stand in FROM", f.Name)
	}
	if e.Distinct || len(e.OrderBy) > 0 || len(e.WithinSort) > 0 || e.Filter != nil || e.Star || e.Over != nil {
		return nil, b.fail(e.Pos, fault.CodeWrongObjectType, "%s is not an aggregate or window function", f.Name)
	}
	xs, err := b.macroArgs(c, e, f)
	if err != nil {
		return nil, err
	}
	if f.Language == routine.Wasm {
		return b.externalCall(e, f, xs)
	}
	body, err := parse.ParseExpr(f.Body)
	if err != nil {
		return nil, b.inMacro(err, f, e.Pos)
	}
	if err := b.onceVolatile(f, xs, body, e.Pos); err != nil {
		return nil, err
	}
	m, err := b.enterMacro(f, e.Pos)
	if err != nil {
		return nil, err
	}
	defer m.leave()
	in := *c
	in.agg, in.win, in.srf, in.outs, in.lambdas, in.clause = nil, nil, nil, nil, nil, "the body of a function"
	if in.sc = macroScope(f, xs); len(c.lambdas) > 0 {
		in.st = nil // a subquery could not see the lambda's parameters
	}
	return b.macroValue(f, &in, body, e.Pos)
}

// macroArgs binds the arguments of a call and casts them to the declared types.
func (b *binder) macroArgs(c *exprCtx, e *ast.Call, f *routine.Function) ([]plan.Expr, error) {
	if len(e.Args) != len(f.Params) {
		return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "function %s takes %d arguments, not %d", f.Name, len(f.Params), len(e.Args)).
			WithHint("It is %s(%s).", f.Name, f.Signature())
	}
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	for i, p := range f.Params {
		if p.Type == "" {
			continue
		}
		t, err := b.textType(p.Type)
		if err != nil {
			return nil, b.inMacro(err, f, e.Pos)
		}
		if xs[i], err = b.coerce(xs[i], t, e.Args[i].Position()); err != nil {
			return nil, err
		}
	}
	return xs, nil
}

// onceVolatile refuses to give a volatile argument to a parameter that the body
// reads several times: each would have a value of its own.
func (b *binder) onceVolatile(f *routine.Function, xs []plan.Expr, body any, pos ast.Pos) error {
	for i, p := range f.Params {
		if !plan.IsVolatile(xs[i]) {
			continue
		}
		if n := countRefs(reflect.ValueOf(body), p.Name); n > 1 {
			return b.unsupported(pos, "argument %q of function %s is volatile and is used %d times", p.Name, f.Name, n).
				WithHint("Compute it in a subquery and pass the column.")
		}
	}
	return nil
}

// countRefs counts the references to a name in a syntax tree.
func countRefs(v reflect.Value, name string) int {
	n := 0
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return 0
		}
		if r, ok := v.Interface().(*ast.ColumnRef); ok {
			if strings.EqualFold(r.Name.Last().Name, name) || strings.EqualFold(r.Name[0].Name, name) {
				return 1
			}
			return 0
		}
		return countRefs(v.Elem(), name)
	case reflect.Slice:
		for i := range v.Len() {
			n += countRefs(v.Index(i), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += countRefs(v.Field(i), name)
			}
		}
	}
	return n
}

// macroScope is what names mean in the body of a function: its parameters, bare or
// behind its name.
func macroScope(f *routine.Function, args []plan.Expr) *scope {
	r := &relation{name: f.Name}
	for i, p := range f.Params {
		r.cols = append(r.cols, relCol{name: p.Name, x: args[i]})
	}
	return &scope{rels: []*relation{r}, cols: r.cols}
}

// titleOf names a function in errors. One of WITH FUNCTION has no database.
func titleOf(f *routine.Function) string {
	if f.Database == "" {
		return "function " + types.QuoteIdent(f.Name)
	}
	return "function " + types.QuoteIdent(f.Database) + "." + types.QuoteIdent(f.Name)
}

// macro is a function whose body is being bound.
type macro struct {
	b     *binder
	saved binder
}

// enterMacro has names, positions and ambiguous SQL mean what they do in the body of
// a function.
func (b *binder) enterMacro(f *routine.Function, pos ast.Pos) (*macro, error) {
	name := titleOf(f)
	for _, v := range b.views {
		if v == name {
			return nil, b.fail(pos, fault.CodeInvalidRecursion, "%s refers to itself", name)
		}
	}
	m := &macro{b: b, saved: *b}
	b.at = b.pos(pos)
	if f.Database != "" {
		b.path = append([]string{f.Database}, b.path...)
	}
	b.views = append(b.views[:len(b.views):len(b.views)], name)
	b.dialect = plan.Postgres
	if f.Dialect == plan.Athena.String() {
		b.dialect = plan.Athena
	}
	return m, nil
}

func (m *macro) leave() {
	m.b.at, m.b.path, m.b.views, m.b.dialect = m.saved.at, m.saved.path, m.saved.views, m.saved.dialect
}

// inMacro says in which function an error is. Errors of a function that is being
// made stand at their places.
func (b *binder) inMacro(err error, f *routine.Function, pos ast.Pos) error {
	if b.at == 0 {
		return err
	}
	e := *fault.As(err)
	e.Message = "in " + titleOf(f) + ": " + e.Message
	e.Pos = b.pos(pos)
	return &e
}

// macroValue binds the expression of a scalar function.
func (b *binder) macroValue(f *routine.Function, c *exprCtx, body ast.Expr, pos ast.Pos) (plan.Expr, error) {
	x, err := b.expr(c, body)
	if err != nil {
		return nil, b.inMacro(err, f, pos)
	}
	if f.Returns == "" {
		return b.settled(x), nil
	}
	t, err := b.textType(f.Returns)
	if err == nil {
		x, err = b.coerce(x, t, pos)
	}
	if err != nil {
		return nil, b.inMacro(err, f, pos)
	}
	return x, nil
}

// macroRows binds the query of a table function.
func (b *binder) macroRows(f *routine.Function, q *ast.Query, sc *scope, pos ast.Pos) (*rel, error) {
	r, err := b.query(q, sc, nil)
	if err != nil {
		return nil, b.inMacro(err, f, pos)
	}
	if r = b.settle(r); f.Columns == nil {
		return r, nil
	}
	if len(f.Columns) != len(r.cols) {
		return nil, b.inMacro(b.fail(pos, fault.CodeInvalidFunctionDef, "the query gives %d columns, RETURNS TABLE has %d", len(r.cols), len(f.Columns)), f, pos)
	}
	ts := make([]types.Type, len(r.cols))
	for i, c := range f.Columns {
		if ts[i], err = b.textType(c.Type); err != nil {
			return nil, b.inMacro(err, f, pos)
		}
		if types.CoerceCost(r.cols[i].typ, ts[i]) < 0 {
			return nil, b.inMacro(b.fail(pos, fault.CodeDatatypeMismatch, "column %q is %s, RETURNS TABLE has %s", c.Name, r.cols[i].typ, ts[i]), f, pos)
		}
	}
	r = b.retype(r, ts)
	for i, c := range f.Columns {
		r.cols[i].name = c.Name
	}
	return r, nil
}

// userTable binds a call of a user's table function in FROM. Its arguments may read
// the items to the left.
func (b *binder) userTable(e *ast.FuncTable, call *ast.Call, f *routine.Function, left *scope, env *cteEnv) (*fromItem, error) {
	if e.Ordinality {
		return nil, b.unsupported(e.Pos, "WITH ORDINALITY of function %s is not supported", f.Name).WithHint("Use row_number().")
	}
	c := &exprCtx{sc: &scope{outer: left, env: env}, st: &stage{}, clause: "functions in FROM"}
	xs, err := b.macroArgs(c, call, f)
	if err != nil {
		return nil, err
	}
	if len(c.st.applies) > 0 {
		return nil, b.unsupported(call.Pos, "a subquery as an argument of function %s in FROM is not supported", f.Name)
	}
	stmt, err := parse.ParseOne(f.Body)
	if err != nil {
		return nil, b.inMacro(err, f, call.Pos)
	}
	q, ok := stmt.(*ast.Query)
	if !ok {
		return nil, fault.New(fault.CodeDataCorrupted, "the body of function %s is no query", f.Name)
	}
	if err := b.onceVolatile(f, xs, q, call.Pos); err != nil {
		return nil, err
	}
	m, err := b.enterMacro(f, call.Pos)
	if err != nil {
		return nil, err
	}
	r, err := b.macroRows(f, q, macroScope(f, xs), call.Pos)
	m.leave()
	if err != nil {
		return nil, err
	}
	return b.named(r, "", e.Alias, f.Name)
}

// Externals is a registry of functions that also makes those of modules.
type Externals interface {
	// External gives the function of a module with its types. The module is checked:
	// 42P13. The function's name in plans changes with its module.
	External(ctx context.Context, f *routine.Function, params []types.Type, ret types.Type) (*plan.Func, error)
}

// externalCall binds a call of a function of a module.
func (b *binder) externalCall(e *ast.Call, f *routine.Function, xs []plan.Expr) (plan.Expr, error) {
	reg, ok := b.cfg.Functions.(Externals)
	if !ok {
		return nil, b.unsupported(e.Pos, "functions of language %s are not supported here", f.Language)
	}
	params := make([]types.Type, len(xs))
	for i, x := range xs {
		params[i] = x.Type()
	}
	ret, err := b.textType(f.Returns)
	if err != nil {
		return nil, b.inMacro(err, f, e.Pos)
	}
	fn, err := reg.External(b.ctx, f, params, ret)
	if err != nil {
		return nil, b.located(err, e.Pos)
	}
	return &plan.Call{Pos: plan.Pos(b.pos(e.Pos)), Fn: fn, Args: xs, Typ: ret}, nil
}

// ownFunctions lists the users' functions.
func (b *binder) ownFunctions() ([]*routine.Function, error) {
	if b.cfg.Documents == nil {
		return nil, nil
	}
	return routine.List(b.ctx, b.cfg.Documents, "")
}
