package bind

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// funcName gives the registry's name of a function: lower case, without the
// schemas that hold the built-in ones.
func (b *binder) funcName(n ast.Name) (string, error) {
	name := n.Last().Name
	if !n.Last().Quoted {
		name = strings.ToLower(name)
	}
	if len(n) > 1 {
		switch s := n[len(n)-2]; strings.ToLower(s.Name) {
		case pgCatalog, "information_schema", "public", "system", "builtin", "default":
		default:
			return "", b.fail(s.Pos, fault.CodeInvalidSchemaName, "schema %q does not exist", s.Name)
		}
	}
	return name, nil
}

// maxArguments is Trino's limit of a call, which the athena dialect keeps. The
// postgres dialect has none of its own.
const maxArguments = 127

// call binds a function call of any kind.
func (b *binder) call(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if e.NoParens && e.Over != nil {
		return b.windowMeasure(c, e)
	}
	if f, err := b.userFunction(e.Name); err != nil {
		return nil, b.located(err, e.Pos)
	} else if f != nil {
		return b.userCall(c, e, f)
	}
	name, err := b.funcName(e.Name)
	if err != nil {
		return nil, err
	}
	if c.match != nil {
		if x, ok, err := b.matchCall(c, e, name); ok {
			return x, err
		}
	} else if e.Mode != "" {
		return nil, b.fail(e.ModeAt, fault.CodeWindowing, "%s semantics is not supported out of pattern recognition context", strings.ToUpper(e.Mode))
	}
	e = rowArgs(e)
	if e.Variadic {
		return nil, b.unsupported(e.Pos, "VARIADIC arguments are not supported")
	}
	if e.Over != nil {
		return b.windowCall(c, e, name)
	}
	if e.IgnoreNull {
		return nil, b.fail(e.Pos, fault.CodeWrongObjectType, "IGNORE NULLS specified, but %s has no OVER clause", name)
	}
	if f := specialForm(name); f != nil {
		return f(b, c, e)
	}
	if len(e.Args) > maxArguments && b.dialect == plan.Athena {
		return nil, b.fail(e.Pos, fault.CodeTooManyArguments, "Too many arguments for function call %s()", name)
	}
	kind, known := b.cfg.Functions.Kind(name)
	if known && kind == plan.WindowFunc {
		return nil, b.fail(e.Pos, fault.CodeWindowing, "window function %s requires an OVER clause", name)
	}
	if known && (kind == plan.AggregateFunc || kind == plan.OrderedSetFunc) {
		return b.aggregateCall(c, e, name, kind)
	}
	if e.Distinct || len(e.OrderBy) > 0 || len(e.WithinSort) > 0 || e.Filter != nil || e.Star {
		return nil, b.notAggregate(c, e, name, known)
	}
	if b.setReturning(name) {
		return b.setReturningCall(c, e, name)
	}
	return b.scalarCall(c, e, name)
}

// rowArgs makes f(t.*) what it means: f(t), of the whole row.
func rowArgs(e *ast.Call) *ast.Call {
	out := e
	for i, a := range e.Args {
		s, ok := a.(*ast.Star)
		if !ok || len(s.Table) == 0 {
			continue
		}
		if out == e {
			c := *e
			c.Args = append([]ast.Expr(nil), e.Args...)
			out = &c
		}
		ref := &ast.ColumnRef{Name: s.Table}
		ref.Pos = s.Pos
		out.Args[i] = ref
	}
	return out
}

func (b *binder) notAggregate(c *exprCtx, e *ast.Call, name string, known bool) error {
	if !known {
		xs, err := b.exprs(c, e.Args)
		if err != nil {
			return err
		}
		if _, err = b.resolve(name, plan.AggregateFunc, b.args(xs)); err != nil {
			return b.located(err, e.Pos)
		}
	}
	what := "DISTINCT"
	switch {
	case e.Star:
		what = "*"
	case e.Filter != nil:
		what = "FILTER"
	case len(e.WithinSort) > 0:
		what = "WITHIN GROUP"
	case len(e.OrderBy) > 0:
		what = "ORDER BY"
	}
	return b.fail(e.Pos, fault.CodeWrongObjectType, "%s specified, but %s is not an aggregate function", what, name)
}

// scalarCall binds a call of a scalar function. Lambdas are bound last, when
// the types of the other arguments tell what their parameters are.
func (b *binder) scalarCall(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	xs, args, err := b.callArgs(c, e.Args)
	if err != nil {
		return nil, err
	}
	if args != nil {
		if err := b.lambdas(c, e, name, xs, args); err != nil {
			return nil, err
		}
	}
	return b.apply(e.Pos, name, xs)
}

// callArgs binds arguments but for lambdas, whose places stay empty; args is nil if
// there are none, else what is known of each argument.
func (b *binder) callArgs(c *exprCtx, list []ast.Expr) (xs []plan.Expr, args []plan.Arg, err error) {
	xs, args = make([]plan.Expr, len(list)), make([]plan.Arg, len(list))
	lambdas := false
	for i, a := range list {
		if l, ok := a.(*ast.Lambda); ok {
			args[i].Lambda, lambdas = len(l.Params), true
			continue
		}
		if xs[i], err = b.expr(c, a); err != nil {
			return nil, nil, err
		}
		args[i] = b.args(xs[i : i+1])[0]
	}
	if !lambdas {
		args = nil
	}
	return xs, args, nil
}

// lambdaRounds is how often lambdas are bound anew because the type of a result
// changed what the parameters are: the state of reduce() begins as the type of its
// first value and may have to be wider.
const lambdaRounds = 3

// lambdas binds the lambdas among a call's arguments.
func (b *binder) lambdas(c *exprCtx, e *ast.Call, name string, xs []plan.Expr, args []plan.Arg) error {
	for round := range lambdaRounds + 1 {
		changed := false
		for i, a := range e.Args {
			l, ok := a.(*ast.Lambda)
			if !ok {
				continue
			}
			ts, err := b.cfg.Functions.LambdaParams(name, args, i)
			if err != nil {
				return b.located(err, l.Pos)
			}
			old, bound := xs[i].(*plan.Lambda)
			switch {
			case bound && sameColumns(old.Params, ts):
				continue
			case bound && round == lambdaRounds:
				xs[i], err = b.fixState(c, name, ts, l, args, i, old)
			case bound:
				xs[i], err = b.lambda(c, name, widest(ts), l)
			default:
				xs[i], err = b.lambda(c, name, ts, l)
			}
			if err != nil {
				return err
			}
			args[i].Type, changed = xs[i].Type(), true
		}
		if !changed {
			break
		}
	}
	return nil
}

// fixState ends the rounds: the result of a lambda that goes on changing the types
// of its own parameters is cast to the first of them that would change. Other
// lambdas are bound to what the parameters have become.
func (b *binder) fixState(c *exprCtx, name string, want []types.Type, l *ast.Lambda, args []plan.Arg, i int, old *plan.Lambda) (plan.Expr, error) {
	for k, p := range old.Params {
		if k >= len(want) || p.Type.Equal(want[k]) {
			continue
		}
		body, err := b.coerce(old.Body, p.Type, l.Pos)
		if err != nil {
			return nil, err
		}
		args[i].Type = body.Type()
		if now, err := b.cfg.Functions.LambdaParams(name, args, i); err == nil && sameColumns(old.Params, now) {
			return &plan.Lambda{Pos: old.Pos, Params: old.Params, Body: body}, nil
		}
		break
	}
	return b.lambda(c, name, want, l)
}

// widest gives decimals all their digits, so that sums need not grow further.
func widest(ts []types.Type) []types.Type {
	out := make([]types.Type, len(ts))
	for i, t := range ts {
		if out[i] = t; t.Kind == types.Decimal {
			out[i] = types.DecimalOf(types.MaxDecimalPrecision, int(t.S))
		}
	}
	return out
}

func sameColumns(cols []plan.Column, ts []types.Type) bool {
	for i, t := range ts {
		if i >= len(cols) || !cols[i].Type.Equal(t) {
			return false
		}
	}
	return len(cols) == len(ts)
}

func (b *binder) lambda(c *exprCtx, name string, ts []types.Type, l *ast.Lambda) (plan.Expr, error) {
	if len(ts) != len(l.Params) {
		return nil, b.fail(l.Pos, fault.CodeUndefinedFunction, "%s needs a lambda with %d parameters here, not %d", name, len(ts), len(l.Params))
	}
	f := lambdaFrame{names: l.Params}
	for j, t := range ts {
		f.cols = append(f.cols, b.newCol(l.Params[j].Name, t))
	}
	in := *c
	in.agg, in.win, in.srf, in.clause = nil, nil, nil, "a lambda"
	in.lambdas = append(c.lambdas[:len(c.lambdas):len(c.lambdas)], f)
	body, err := b.expr(&in, l.Body)
	if err != nil {
		return nil, err
	}
	return &plan.Lambda{Pos: b.planPos(l), Params: f.cols, Body: b.settled(body)}, nil
}

// aggregateCall binds an aggregate: its arguments see the rows before grouping,
// the call is collected, and a reference to its column stands in its place.
func (b *binder) aggregateCall(c *exprCtx, e *ast.Call, name string, kind plan.FuncKind) (plan.Expr, error) {
	if c.agg == nil {
		if c.clause == inAggregate {
			return nil, b.fail(e.Pos, fault.CodeGrouping, "aggregate function calls cannot be nested")
		}
		return nil, b.fail(e.Pos, fault.CodeGrouping, "aggregate functions are not allowed in %s", c.clause)
	}
	if e.Star && name != "count" {
		return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "function %s(*) does not exist", name)
	}
	in := &exprCtx{sc: c.agg.sc, st: c.agg.st, clause: inAggregate}
	args := e.Args
	if kind == plan.OrderedSetFunc {
		if err := b.orderedSet(e, name); err != nil {
			return nil, err
		}
		args = append([]ast.Expr{e.WithinSort[0].X}, args...)
	}
	xs, lambdas, err := b.callArgs(in, args)
	if err != nil {
		return nil, err
	}
	if lambdas != nil {
		if err := b.lambdas(in, e, name, xs, lambdas); err != nil {
			return nil, err
		}
	}
	if c.agg.sc.foreign(xs, c.agg.st) {
		return nil, b.unsupported(e.Pos, "an aggregate of an outer query's columns is not supported in a subquery")
	}
	fn, err := b.resolve(name, kind, b.args(xs))
	if err != nil {
		return nil, b.located(err, e.Pos)
	}
	agg := plan.Agg{Fn: fn, Distinct: e.Distinct}
	if agg.Args, err = b.coerceArgs(xs, fn.Params, e.Pos); err != nil {
		return nil, err
	}
	if e.Distinct && name == "count" {
		agg.Args[0] = b.ordered(agg.Args[0])
	}
	if err := b.aggregateLambdas(&agg, e); err != nil {
		return nil, err
	}
	for _, list := range [][]ast.OrderItem{e.OrderBy, e.WithinSort} {
		for i := range list {
			x, err := b.expr(in, list[i].X)
			if err != nil {
				return nil, err
			}
			if !x.Type().HasOrder() {
				return nil, b.sortable(x.Type(), list[i].X.Position())
			}
			agg.OrderBy = append(agg.OrderBy, b.sortKey(b.settled(x), &list[i]))
		}
	}
	if e.Filter != nil {
		in.clause = "FILTER"
		if agg.Filter, err = b.condition(in, e.Filter); err != nil {
			return nil, err
		}
	}
	if err := b.distinctOrder(agg, e); err != nil {
		return nil, err
	}
	return withPos(c.agg.add(b, agg, name), b.planPos(e)), nil
}

// aggregateLambdas moves an aggregate's lambdas from its arguments to its function.
// They see their parameters only: states outlive the rows that made them.
func (b *binder) aggregateLambdas(agg *plan.Agg, e *ast.Call) error {
	for i := len(agg.Args) - 1; i >= 0; i-- {
		l, ok := agg.Args[i].(*plan.Lambda)
		if !ok {
			continue
		}
		if readsColumns([]plan.Expr{l}) || hasParam(l) {
			return b.unsupported(e.Args[i].Position(), "a lambda of aggregate %s can use nothing but its own parameters and constants", agg.Fn.Name)
		}
		agg.Fn.Lambdas = slices.Insert(agg.Fn.Lambdas, 0, l)
		agg.Args = slices.Delete(agg.Args, i, i+1)
		agg.Fn.Params = slices.Delete(agg.Fn.Params, i, i+1)
	}
	if len(agg.Fn.Lambdas) > 0 && agg.Distinct {
		return b.unsupported(e.Pos, "DISTINCT is not supported for aggregate %s", agg.Fn.Name)
	}
	return nil
}

// orderedSet refuses what an ordered-set aggregate cannot have.
func (b *binder) orderedSet(e *ast.Call, name string) error {
	switch {
	case len(e.WithinSort) == 0:
		return b.fail(e.Pos, fault.CodeWrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", name)
	case e.Distinct:
		return b.fail(e.Pos, fault.CodeSyntax, "cannot use DISTINCT with WITHIN GROUP")
	case len(e.OrderBy) > 0:
		return b.fail(e.Pos, fault.CodeSyntax, "cannot use multiple ORDER BY clauses with WITHIN GROUP")
	case len(e.WithinSort) > 1:
		return b.fail(e.Pos, fault.CodeUndefinedFunction, "%s sorts by one expression, not by %d", name, len(e.WithinSort))
	}
	return nil
}

// inAggregate is the clause of an aggregate's arguments.
const inAggregate = "an aggregate"

// distinctOrder demands of DISTINCT with ORDER BY that the keys are arguments:
// of equal values only one is left, and another key would not say which.
func (b *binder) distinctOrder(a plan.Agg, e *ast.Call) error {
	if !a.Distinct {
		return nil
	}
	for _, x := range a.Args {
		if !x.Type().HasEquality() {
			return b.groupable(x.Type(), e.Pos)
		}
	}
	for _, k := range a.OrderBy {
		if !contains(a.Args, k.X) {
			return b.fail(e.Pos, fault.CodeInvalidColumnRef, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
		}
	}
	return nil
}

// add gives the column of an aggregate call, collecting it if it is new.
func (a *aggSet) add(b *binder, agg plan.Agg, name string) plan.Expr {
	var sb strings.Builder
	sb.WriteString(name)
	if agg.Distinct {
		sb.WriteString(" distinct")
	}
	for _, x := range agg.Args {
		sb.WriteString("|" + plan.Fingerprint(x))
	}
	for _, l := range agg.Fn.Lambdas {
		sb.WriteString("|" + plan.Fingerprint(l))
	}
	if agg.Filter != nil {
		sb.WriteString("|filter " + plan.Fingerprint(agg.Filter))
	}
	for _, k := range agg.OrderBy {
		sb.WriteString("|order " + plan.Fingerprint(k.X))
		if k.Desc {
			sb.WriteString(" desc")
		}
		if k.NullsFirst {
			sb.WriteString(" first")
		}
	}
	if i, ok := a.prints[sb.String()]; ok {
		return plan.Ref(a.calls[i].Col)
	}
	agg.Col = b.newCol(name, agg.Fn.Ret)
	a.prints[sb.String()] = len(a.calls)
	a.calls = append(a.calls, agg)
	return plan.Ref(agg.Col)
}

// specialForm gives the binding of a function whose arguments are not evaluated
// like others, or whose result type follows from all of them.
func specialForm(name string) func(*binder, *exprCtx, *ast.Call) (plan.Expr, error) {
	switch name {
	case "coalesce":
		return (*binder).coalesce
	case "nullif":
		return (*binder).nullIf
	case "if":
		return (*binder).ifForm
	case "try":
		return (*binder).tryForm
	case "grouping":
		return (*binder).groupingForm
	case "row":
		return (*binder).rowForm
	case "overlaps":
		return (*binder).overlapsForm
	case "make_interval":
		return (*binder).intervalForm
	}
	return nil
}

func (b *binder) coalesce(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if len(e.Args) == 0 {
		return nil, b.fail(e.Pos, fault.CodeSyntax, "COALESCE needs at least one argument")
	}
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	if xs, err = b.common(xs, e.Pos, "COALESCE"); err != nil || len(xs) == 1 {
		if err != nil {
			return nil, err
		}
		return xs[0], nil
	}
	return &plan.Coalesce{Pos: b.planPos(e), Args: xs, Typ: xs[0].Type()}, nil
}

// nullIf is CASE WHEN a = b THEN NULL ELSE a END.
func (b *binder) nullIf(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if len(e.Args) != 2 {
		return nil, b.fail(e.Pos, fault.CodeSyntax, "NULLIF needs two arguments")
	}
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	eq, err := b.compare(plan.EQ, xs[0], xs[1], e.Pos)
	if err != nil {
		return nil, err
	}
	x := b.settled(xs[0])
	null := &plan.Const{Value: types.NullOf(x.Type())}
	return &plan.Case{Pos: b.planPos(e), Whens: []plan.When{{Cond: eq, Result: null}}, Else: x, Typ: x.Type()}, nil
}

// ifForm is Trino's if(condition, then [, else]).
func (b *binder) ifForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if len(e.Args) != 2 && len(e.Args) != 3 {
		return nil, b.fail(e.Pos, fault.CodeSyntax, "IF needs two or three arguments")
	}
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	cond, err := b.boolean(xs[0], e.Args[0].Position(), "IF")
	if err != nil {
		return nil, err
	}
	if xs, err = b.common(xs[1:], e.Pos, "IF"); err != nil {
		return nil, err
	}
	x := &plan.Case{Pos: b.planPos(e), Whens: []plan.When{{Cond: cond, Result: xs[0]}}, Typ: xs[0].Type()}
	if len(xs) == 2 {
		x.Else = xs[1]
	}
	return x, nil
}

// tryForm is Trino's try(x).
func (b *binder) tryForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if len(e.Args) != 1 {
		return nil, b.fail(e.Pos, fault.CodeSyntax, "TRY needs one argument")
	}
	b.tries++
	x, err := b.expr(c, e.Args[0])
	b.tries--
	if err != nil {
		return nil, err
	}
	return &plan.Try{Pos: b.planPos(e), X: b.settled(x)}, nil
}

// overlapsForm is (a, b) OVERLAPS (c, d); an end may be an interval after the start.
func (b *binder) overlapsForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	for i := 1; i < len(xs); i += 2 {
		if xs[i].Type().Kind == types.Interval {
			if xs[i], err = b.apply(e.Args[i].Position(), "+", xs[i-1:i+1]); err != nil {
				return nil, err
			}
		}
	}
	return b.apply(e.Pos, "overlaps", xs)
}

// intervalParts are the names of make_interval's arguments.
var intervalParts = []string{"years", "months", "weeks", "days", "hours", "mins", "secs"}

// intervalForm is make_interval, whose arguments may be named and left out.
func (b *binder) intervalForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	xs := make([]plan.Expr, len(intervalParts))
	for i := range xs {
		xs[i] = &plan.Const{Pos: b.planPos(e), Value: types.IntOf(types.TInteger, 0)}
	}
	named := false
	for i, a := range e.Args {
		at := i
		if n, ok := a.(*ast.NamedArg); ok {
			named = true
			if at = slices.Index(intervalParts, strings.ToLower(n.Name.Name)); at < 0 {
				return nil, b.fail(n.Pos, fault.CodeUndefinedFunction, "function make_interval(%s => ...) does not exist", n.Name.Name).
					WithHint("Its arguments are named %s.", strings.Join(intervalParts, ", "))
			}
			a = n.X
		} else if named {
			return nil, b.fail(a.Position(), fault.CodeSyntax, "positional argument cannot follow named argument")
		}
		if at >= len(xs) {
			return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "function make_interval(...) does not exist").
				WithHint("Candidates are: make_interval(integer, integer, integer, integer, integer, integer, double) interval.")
		}
		var err error
		if xs[at], err = b.expr(c, a); err != nil {
			return nil, err
		}
	}
	return b.apply(e.Pos, "make_interval", xs)
}

func (b *binder) rowForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	xs, err := b.exprs(c, e.Args)
	if err != nil {
		return nil, err
	}
	return b.makeRow(b.planPos(e), xs), nil
}

// groupingForm is GROUPING(keys).
func (b *binder) groupingForm(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if c.agg == nil || !c.agg.grouped {
		return nil, b.fail(e.Pos, fault.CodeGrouping, "GROUPING needs GROUP BY and is not allowed in %s", c.clause)
	}
	if len(e.Args) == 0 || len(e.Args) > 31 {
		return nil, b.fail(e.Pos, fault.CodeTooManyArguments, "GROUPING takes 1 to 31 arguments")
	}
	inner := &exprCtx{sc: c.agg.sc, st: c.agg.st, clause: "GROUPING"}
	xs := make([]plan.Expr, len(e.Args))
	for i, x := range e.Args {
		if xs[i] = c.agg.queried[ast.Text(x)]; xs[i] != nil {
			continue
		}
		var err error
		if xs[i], err = b.expr(inner, x); err != nil {
			return nil, err
		}
	}
	for i, x := range xs {
		if !contains(c.agg.keys, x) {
			return nil, b.fail(e.Args[i].Position(), fault.CodeGrouping, "arguments to GROUPING must be grouping expressions of the associated query level")
		}
	}
	g := groupingCall{col: b.newCol("grouping", types.TInteger), args: xs, at: e.Pos}
	c.agg.grouping = append(c.agg.grouping, g)
	return plan.Ref(g.col), nil
}

// hasParam reports whether a parameter of the statement is read.
func hasParam(x plan.Expr) bool {
	found := false
	plan.Walk(x, func(e plan.Expr) bool {
		_, ok := e.(*plan.Param)
		found = found || ok
		return !found
	})
	return found
}
