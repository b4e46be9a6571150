package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// exprCtx is where an expression stands.
type exprCtx struct {
	sc      *scope
	st      *stage  // where its subqueries are joined in; nil: not possible here
	agg     *aggSet // where its aggregates are collected; nil: not allowed
	win     *winSet // where its window functions are collected; nil: not allowed
	srf     *srfSet // where its set-returning functions are collected; nil: not allowed
	clause  string  // "WHERE", for messages
	lambdas []lambdaFrame
	outs    []selItem // output columns that names may also mean (ORDER BY)
	match   *matchCtx // of row pattern recognition; nil: the rows are just rows
	closed  bool      // subqueries see nothing of the columns around them
}

// lambdaFrame holds the parameters of a lambda around an expression.
type lambdaFrame struct {
	names []ast.Ident
	cols  []plan.Column
}

// stage collects the subqueries of a clause; they are joined in below the node
// that evaluates the clause's expressions.
type stage struct{ applies []*plan.Apply }

// over puts the collected subqueries on top of n.
func (s *stage) over(n plan.Node) plan.Node {
	for _, a := range s.applies {
		a.Left = n
		n = a
	}
	return n
}

func (c *exprCtx) lambdaParam(name string, fold bool) plan.Expr {
	for i := len(c.lambdas) - 1; i >= 0; i-- {
		f := c.lambdas[i]
		for j := range f.names {
			if sameName(f.names[j].Name, name, fold) {
				return plan.Ref(f.cols[j])
			}
		}
	}
	return nil
}

// alias finds an output column by name.
func (c *exprCtx) alias(name ast.Name, fold bool) plan.Expr {
	if len(name) > 1 {
		return nil
	}
	for i := range c.outs {
		if sameName(c.outs[i].name, name[0].Name, fold) {
			return c.outs[i].x
		}
	}
	return nil
}

// inner gives the scope around a subquery that stands here.
func (c *exprCtx) inner() *scope {
	if c.closed {
		return &scope{env: c.sc.env}
	}
	return c.sc
}

// expr binds an expression.
func (b *binder) expr(c *exprCtx, e ast.Expr) (plan.Expr, error) {
	if err := b.enter(e.Position()); err != nil {
		return nil, err
	}
	defer b.leave()
	if x := c.groupKey(e); x != nil {
		return x, nil
	}
	if c.match != nil && hasQuery(e) {
		return b.matchSubquery(c, e)
	}
	switch e := e.(type) {
	case *ast.ColumnRef:
		return b.column(c, e.Name)
	case *ast.NumberLit:
		return b.number(e, e.Text)
	case *ast.StringLit:
		return b.literal(e, e.Value), nil
	case *ast.BinaryLit:
		return &plan.Const{Pos: b.planPos(e), Value: types.StringOf(types.TVarbinary, string(e.Value))}, nil
	case *ast.BoolLit:
		return &plan.Const{Pos: b.planPos(e), Value: types.BoolOf(e.Value)}, nil
	case *ast.NullLit:
		return &plan.Const{Pos: b.planPos(e), Value: types.NullOf(types.TUnknown)}, nil
	case *ast.TypedLit:
		return b.typedLiteral(e)
	case *ast.IntervalLit:
		return b.interval(e)
	case *ast.Param:
		return b.param(e)
	case *ast.Unary:
		return b.unary(c, e)
	case *ast.Binary:
		return b.binary(c, e)
	case *ast.Collate:
		return b.collate(c, e)
	case *ast.Call:
		return b.call(c, e)
	}
	return b.expr2(c, e)
}

func (b *binder) expr2(c *exprCtx, e ast.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *ast.IsNull:
		x, err := b.expr(c, e.X)
		if err != nil {
			return nil, err
		}
		return b.isNull(x, e), nil
	case *ast.IsBool:
		return b.isBool(c, e)
	case *ast.IsDistinct:
		return b.isDistinct(c, e)
	case *ast.Between:
		return b.between(c, e)
	case *ast.In:
		return b.in(c, e)
	case *ast.Like:
		return b.like(c, e)
	case *ast.Quantified:
		return b.quantified(c, e)
	case *ast.Exists:
		return b.exists(c, e)
	case *ast.Subquery:
		return b.scalarSubquery(c, e)
	case *ast.ArraySubquery:
		return b.arraySubquery(c, e)
	case *ast.ArrayLit:
		return b.array(c, e)
	case *ast.RowLit:
		return b.row(c, e)
	case *ast.Case:
		return b.caseExpr(c, e)
	case *ast.Cast:
		return b.cast(c, e)
	case *ast.Extract:
		return b.extract(c, e)
	case *ast.JSONCall:
		return b.jsonCall(c, e)
	case *ast.AtTimeZone:
		return b.operator(c, e, "timezone", e.Zone, e.X)
	case *ast.Subscript:
		return b.subscript(c, e)
	case *ast.Field:
		x, err := b.expr(c, e.X)
		if err != nil {
			return nil, err
		}
		return b.field(x, e.Name)
	case *ast.Star:
		return nil, b.fail(e.Pos, fault.CodeSyntax, "* is not allowed here")
	case *ast.Lambda:
		return nil, b.fail(e.Pos, fault.CodeSyntax, "a lambda is only allowed as an argument of a function")
	case *ast.NamedArg:
		return nil, b.unsupported(e.Pos, "named arguments are not supported")
	}
	return nil, b.unsupported(e.Position(), "this expression is not supported")
}

// exprs binds a list.
func (b *binder) exprs(c *exprCtx, es []ast.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		x, err := b.expr(c, e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// condition binds a boolean expression of a clause.
func (b *binder) condition(c *exprCtx, e ast.Expr) (plan.Expr, error) {
	x, err := b.expr(c, e)
	if err != nil {
		return nil, err
	}
	return b.boolean(x, e.Position(), c.clause)
}

// boolean demands a boolean.
func (b *binder) boolean(x plan.Expr, pos ast.Pos, what string) (plan.Expr, error) {
	if x.Type().Kind == types.Boolean {
		return x, nil
	}
	if b.isUnknown(x) {
		return b.coerce(x, types.TBoolean, pos)
	}
	return nil, b.fail(pos, fault.CodeDatatypeMismatch, "argument of %s must be type boolean, not type %s", what, x.Type())
}

func (b *binder) unary(c *exprCtx, e *ast.Unary) (plan.Expr, error) {
	switch e.Op {
	case "not":
		x, err := b.expr(c, e.X)
		if err != nil {
			return nil, err
		}
		if x, err = b.boolean(x, e.X.Position(), "NOT"); err != nil {
			return nil, err
		}
		return &plan.Not{Pos: b.planPos(e), X: x}, nil
	case "-":
		if n, ok := e.X.(*ast.NumberLit); ok {
			return b.number(e, "-"+n.Text)
		}
	case "+":
		x, err := b.expr(c, e.X)
		if err != nil {
			return nil, err
		}
		if b.isUnknown(x) {
			return b.coerce(x, types.TDouble, e.X.Position())
		}
		if k := x.Type(); !k.IsNumeric() && k.Kind != types.Interval {
			return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "operator does not exist: + %s", k)
		}
		return x, nil
	}
	return b.operator(c, e, e.Op, e.X)
}

// operator applies an operator or function of the registry to expressions.
func (b *binder) operator(c *exprCtx, at ast.Node, name string, args ...ast.Expr) (plan.Expr, error) {
	xs, err := b.exprs(c, args)
	if err != nil {
		return nil, err
	}
	return b.apply(at.Position(), name, xs)
}

// apply calls a scalar function of the registry with bound arguments.
func (b *binder) apply(pos ast.Pos, name string, xs []plan.Expr) (plan.Expr, error) {
	xs, err := b.clocks(name, xs)
	if err != nil {
		return nil, b.located(err, pos)
	}
	fn, err := b.resolve(name, plan.Scalar, b.args(xs))
	if err != nil {
		return nil, b.located(err, pos)
	}
	if xs, err = b.coerceArgs(xs, fn.Params, pos); err != nil {
		return nil, err
	}
	return &plan.Call{Pos: plan.Pos(b.pos(pos)), Fn: fn, Args: xs, Typ: fn.Ret}, nil
}

func (b *binder) coerceArgs(xs []plan.Expr, params []types.Type, pos ast.Pos) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(xs))
	for i, x := range xs {
		if i >= len(params) {
			out[i] = x
			continue
		}
		if l, ok := x.(*plan.Lambda); ok { // params has the type of its result
			body, err := b.coerce(l.Body, params[i], pos)
			if err != nil {
				return nil, err
			}
			out[i] = &plan.Lambda{Pos: l.Pos, Params: l.Params, Body: body}
			continue
		}
		if b.shapeless(x, params[i]) {
			return nil, fault.New(fault.CodeDatatypeMismatch, "could not determine polymorphic type because input has type unknown").At(x.Position())
		}
		y, err := b.coerce(x, params[i], pos)
		if err != nil {
			return nil, err
		}
		out[i] = y
	}
	return out, nil
}

// shapeless reports a string literal where an array of anything is wanted: nothing
// says what its elements are.
func (b *binder) shapeless(x plan.Expr, want types.Type) bool {
	k, ok := x.(*plan.Const)
	return ok && b.literals[k] && !k.Value.Null && want.Kind == types.Array && want.Elem().Kind == types.Unknown
}

// args describes arguments to the registry. Of strings only literals show
// their value, since that is what may become another type.
func (b *binder) args(xs []plan.Expr) []plan.Arg {
	out := make([]plan.Arg, len(xs))
	for i, x := range xs {
		out[i].Type = x.Type()
		switch x := x.(type) {
		case *plan.Const:
			if !x.Value.Type.IsString() || b.literals[x] {
				out[i].Const = &x.Value
			}
		case *plan.Lambda:
			out[i].Lambda = len(x.Params)
		}
	}
	return out
}

// compareOps are the comparisons that are plan nodes rather than functions.
var compareOps = map[string]plan.CompareOp{
	"=": plan.EQ, "<>": plan.NE, "!=": plan.NE, "<": plan.LT, "<=": plan.LE, ">": plan.GT, ">=": plan.GE,
}

// binary binds x op y. Chains of one precedence lean to the left and may be
// very long, so their spine is walked in a loop.
func (b *binder) binary(c *exprCtx, e *ast.Binary) (plan.Expr, error) {
	if e.Op == "and" || e.Op == "or" {
		return b.logic(c, e)
	}
	spine := []*ast.Binary{e}
	for {
		l, ok := spine[len(spine)-1].L.(*ast.Binary)
		if !ok || l.Op == "and" || l.Op == "or" || c.groupKey(l) != nil {
			break
		}
		spine = append(spine, l)
	}
	if len(spine) > maxDepth {
		return nil, b.fail(e.Pos, fault.CodeStatementTooComplex, "expression has more than %d operators in a row", maxDepth)
	}
	if l, ok := spine[len(spine)-1].L.(*ast.RowLit); ok && compareOps[spine[len(spine)-1].Op] != plan.Distinct {
		if r, ok := spine[len(spine)-1].R.(*ast.RowLit); ok && len(spine) == 1 && isCompare(e.Op) {
			return b.compareRows(c, e, l, r)
		}
	}
	x, err := b.expr(c, spine[len(spine)-1].L)
	for i := len(spine) - 1; i >= 0 && err == nil; i-- {
		var y plan.Expr
		if y, err = b.expr(c, spine[i].R); err != nil {
			break
		}
		x, err = b.binaryOp(spine[i], x, y)
	}
	return x, err
}

func isCompare(op string) bool { _, ok := compareOps[op]; return ok }

func (b *binder) binaryOp(e *ast.Binary, x, y plan.Expr) (plan.Expr, error) {
	if op, ok := compareOps[e.Op]; ok {
		return b.compare(op, x, y, e.OpPos)
	}
	x, y, err := b.paramOperand(e, x, y)
	if err != nil {
		return nil, err
	}
	return b.apply(e.OpPos, e.Op, []plan.Expr{x, y})
}

// paramOperand gives a parameter beside a number that number's type, as
// PostgreSQL does; two operands that nothing is known of fit every operator.
func (b *binder) paramOperand(e *ast.Binary, x, y plan.Expr) (plan.Expr, plan.Expr, error) {
	p, pok := x.(*plan.Param)
	q, qok := y.(*plan.Param)
	pok, qok = pok && p.Typ.Kind == types.Unknown, qok && q.Typ.Kind == types.Unknown
	switch {
	case (pok && b.isUnknown(y) || qok && b.isUnknown(x)) && strings.Contains("+-*/%^", e.Op):
		return nil, nil, b.fail(e.OpPos, fault.CodeAmbiguousFunction, "operator is not unique: unknown %s unknown", e.Op).
			WithHint("Could not choose a best candidate operator. You might need to add explicit type casts.")
	case pok && y.Type().IsNumeric():
		return b.setParam(p, wideEnough(y.Type())), y, nil
	case qok && x.Type().IsNumeric():
		return x, b.setParam(q, wideEnough(x.Type())), nil
	case b.dialect == plan.Postgres && pok != qok:
		return b.timeOperand(e, p, x, y, qok)
	}
	return x, y, nil
}

// timeOperand gives a parameter beside a date, time or interval the type that
// PostgreSQL's operators ask for: that of the other side where there is such an
// operator, else the only one that fits.
func (b *binder) timeOperand(e *ast.Binary, p *plan.Param, x, y plan.Expr, right bool) (plan.Expr, plan.Expr, error) {
	other := x
	if right {
		p = y.(*plan.Param)
	} else {
		other = y
	}
	kind := other.Type().Kind
	t := types.TUnknown
	switch {
	case kind == types.Interval && (e.Op == "*" || e.Op == "/" && right):
		t = types.TDouble
	case kind == types.Date && e.Op == "-" && right:
		t = types.TDate
	case kind == types.Date && e.Op == "+":
		return nil, nil, b.fail(e.OpPos, fault.CodeAmbiguousFunction, "operator is not unique: %s + %s", b.typeText(x), b.typeText(y)).
			WithHint("Could not choose a best candidate operator. You might need to add explicit type casts.")
	case (kind == types.Timestamp || kind == types.TimestampTZ) && e.Op == "-" && right:
		t = wideEnough(other.Type())
	case (kind == types.Timestamp || kind == types.TimestampTZ) && e.Op == "+":
		t = types.TInterval
	}
	if t.Kind == types.Unknown {
		return x, y, nil
	}
	z := b.setParam(p, t)
	if right {
		return x, z, nil
	}
	return z, y, nil
}

// logic binds a chain of ANDs or of ORs as one node.
func (b *binder) logic(c *exprCtx, e *ast.Binary) (plan.Expr, error) {
	var parts []ast.Expr // from right to left
	var x ast.Expr = e
	for {
		n, ok := x.(*ast.Binary)
		if !ok || n.Op != e.Op {
			break
		}
		parts = append(parts, n.R)
		x = n.L
	}
	parts = append(parts, x)
	args := make([]plan.Expr, 0, len(parts))
	for i := len(parts) - 1; i >= 0; i-- {
		y, err := b.expr(c, parts[i])
		if err != nil {
			return nil, err
		}
		if y, err = b.boolean(y, parts[i].Position(), strings.ToUpper(e.Op)); err != nil {
			return nil, err
		}
		args = append(args, y)
	}
	if e.Op == "and" {
		return &plan.And{Pos: b.planPos(e), Args: args}, nil
	}
	return &plan.Or{Pos: b.planPos(e), Args: args}, nil
}

// compare makes a comparison, bringing both sides to one type.
func (b *binder) compare(op plan.CompareOp, l, r plan.Expr, pos ast.Pos) (plan.Expr, error) {
	x, err := b.compareOrdered(op, l, r, pos)
	if cmp, ok := x.(*plan.Compare); ok && err == nil {
		return b.ieee(cmp, pos)
	}
	return x, err
}

// compareOrdered is compare by the order in which values sort and are told apart.
func (b *binder) compareOrdered(op plan.CompareOp, l, r plan.Expr, pos ast.Pos) (plan.Expr, error) {
	if l.Type().Kind == types.Row && r.Type().Kind == types.Row && op != plan.Distinct && op != plan.NotDistinct {
		if ls, rs := rowParts(l), rowParts(r); len(ls) == len(rs) && len(ls) > 0 {
			return b.compareLists(op, ls, rs, pos)
		}
	}
	x, y, ok, err := b.unify2(l, r, pos)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, b.fail(pos, fault.CodeUndefinedFunction, "operator does not exist: %s %s %s", b.typeText(l), op, b.typeText(r)).
			WithHint("No operator matches the given name and argument types. You might need to add explicit type casts.")
	}
	if equality := op == plan.EQ || op == plan.NE || op >= plan.Distinct; equality && !x.Type().HasEquality() || !equality && !x.Type().HasOrder() {
		return nil, b.fail(pos, fault.CodeUndefinedFunction, "operator does not exist: %s %s %s", x.Type(), op, y.Type())
	}
	if k := x.Type().Kind; k == types.Map && op != plan.EQ && op != plan.NE && op < plan.Distinct {
		return nil, b.fail(pos, fault.CodeUndefinedFunction, "operator does not exist: %s %s %s", x.Type(), op, y.Type())
	}
	if x.Type().IsJSONB() { // compared by value, not by text
		if x, err = b.apply(pos, "jsonb_sort_key", []plan.Expr{x}); err == nil {
			y, err = b.apply(pos, "jsonb_sort_key", []plan.Expr{y})
		}
		if err != nil {
			return nil, err
		}
	}
	if x.Type().Kind == types.TimeTZ && b.dialect == plan.Athena { // compared as clocks in UTC
		if x, err = b.apply(pos, "timetz_utc", []plan.Expr{x}); err == nil {
			y, err = b.apply(pos, "timetz_utc", []plan.Expr{y})
		}
		if err != nil {
			return nil, err
		}
	}
	return &plan.Compare{Pos: plan.Pos(b.pos(pos)), Op: op, L: x, R: y}, nil
}

// rowParts gives the members of a row value.
func rowParts(x plan.Expr) []plan.Expr {
	if m, ok := x.(*plan.MakeRow); ok {
		return m.Args
	}
	var out []plan.Expr
	for i := range x.Type().Fields {
		out = append(out, &plan.Field{X: x, Index: i})
	}
	return out
}

func (b *binder) compareRows(c *exprCtx, e *ast.Binary, l, r *ast.RowLit) (plan.Expr, error) {
	if len(l.Items) != len(r.Items) {
		return nil, b.fail(e.OpPos, fault.CodeSyntax, "unequal number of entries in row expressions")
	}
	ls, err := b.exprs(c, l.Items)
	if err != nil {
		return nil, err
	}
	rs, err := b.exprs(c, r.Items)
	if err != nil {
		return nil, err
	}
	return b.compareLists(compareOps[e.Op], ls, rs, e.OpPos)
}

// compareLists compares member by member as SQL compares rows: equality needs
// all members, an order is decided by the first that differ.
func (b *binder) compareLists(op plan.CompareOp, ls, rs []plan.Expr, pos ast.Pos) (plan.Expr, error) {
	if len(ls) == 1 {
		return b.compare(op, ls[0], rs[0], pos)
	}
	if op == plan.EQ || op == plan.NE {
		parts := make([]plan.Expr, len(ls))
		for i := range ls {
			x, err := b.compare(op, ls[i], rs[i], pos)
			if err != nil {
				return nil, err
			}
			parts[i] = x
		}
		if op == plan.EQ {
			return &plan.And{Pos: plan.Pos(b.pos(pos)), Args: parts}, nil
		}
		return &plan.Or{Pos: plan.Pos(b.pos(pos)), Args: parts}, nil
	}
	strict := map[plan.CompareOp]plan.CompareOp{plan.LT: plan.LT, plan.LE: plan.LT, plan.GT: plan.GT, plan.GE: plan.GT}[op]
	first, err := b.compare(strict, ls[0], rs[0], pos)
	if err != nil {
		return nil, err
	}
	same, err := b.compare(plan.EQ, ls[0], rs[0], pos)
	if err != nil {
		return nil, err
	}
	rest, err := b.compareLists(op, ls[1:], rs[1:], pos)
	if err != nil {
		return nil, err
	}
	p := plan.Pos(b.pos(pos))
	return &plan.Or{Pos: p, Args: []plan.Expr{first, &plan.And{Pos: p, Args: []plan.Expr{same, rest}}}}, nil
}
