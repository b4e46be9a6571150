package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// matchAggregate binds an aggregate over the rows of the match, or of a variable. Its
// arguments see each of these rows.
func (b *binder) matchAggregate(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	m := c.match.m
	if c.match.inside != "" {
		return nil, b.fail(e.Pos, fault.CodeGrouping, "Cannot nest %s aggregate function inside %s function", name, c.match.inside)
	}
	agg := &plan.MatchAgg{Class: b.newCol("classifier", types.TVarchar), Number: b.newCol("match_number", types.TBigInt)}
	args, vars, err := b.countedRows(c, e, name)
	if err != nil {
		return nil, err
	}
	in := *c
	in.clause = "an aggregate"
	xs := make([]plan.Expr, len(args))
	lams := make([]plan.Arg, len(args))
	lambdas, label := false, "-"
	for i, a := range args {
		if l, ok := a.(*ast.Lambda); ok {
			lams[i].Lambda, lambdas = len(l.Params), true
			continue
		}
		at := *c.match
		at.agg, at.refs, at.inside = agg, &labelRefs{}, name
		in.match = &at
		if xs[i], err = b.expr(&in, a); err != nil {
			return nil, err
		}
		lams[i] = b.args(xs[i : i+1])[0]
		l, err := b.consistentLabels(e, name, at.refs, false)
		switch {
		case err != nil:
			return nil, err
		case l != "-" && label != "-" && l != label:
			return nil, b.fail(e.Pos, fault.CodeWindowing, "All aggregate function arguments must apply to rows matched with the same label")
		case l != "-":
			label = l
		}
	}
	if lambdas {
		at := *c.match
		at.agg, at.refs, at.inside = agg, &labelRefs{}, name
		in.match = &at
		if err := b.lambdas(&in, e, name, xs, lams); err != nil {
			return nil, err
		}
	}
	if label != "-" && label != "" {
		vars = m.vars[label]
	}
	if agg.Fn, err = b.resolve(name, plan.AggregateFunc, b.args(xs)); err != nil {
		return nil, b.located(err, e.Pos)
	}
	if xs, err = b.coerceArgs(xs, agg.Fn.Params, e.Pos); err != nil {
		return nil, err
	}
	whole := plan.Agg{Fn: agg.Fn, Args: xs}
	if err := b.aggregateLambdas(&whole, e); err != nil {
		return nil, err
	}
	agg.Args = whole.Args
	at := *c.match
	at.nav = &navigation{final: e.Mode == "final"}
	return m.slot(&at, plan.MatchSlot{Kind: plan.SlotAggregate, Agg: agg, Vars: vars}, agg.Fn.Ret, b.planPos(e)), nil
}

// countedRows gives an aggregate's arguments, and of count(variable.*) the variables.
func (b *binder) countedRows(c *exprCtx, e *ast.Call, name string) ([]ast.Expr, []int, error) {
	if e.Star && name != "count" {
		return nil, nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "function %s(*) does not exist", name)
	}
	if len(e.Args) != 1 {
		return e.Args, nil, nil
	}
	s, ok := e.Args[0].(*ast.Star)
	if !ok || len(s.Table) == 0 {
		return e.Args, nil, nil
	}
	vars := c.match.m.vars[label(s.Table[0])]
	if vars == nil || len(s.Table) > 1 {
		return nil, nil, b.fail(s.Pos, fault.CodeInvalidParameter, "%s is not a primary pattern variable or subset name", label(s.Table[0]))
	}
	return nil, vars, nil
}

// reads reports whether subqueries compare columns of the input.
func (m *matcher) reads(applies []*plan.Apply) bool {
	used := map[plan.ColID]bool{}
	for _, a := range applies {
		for _, k := range a.Equal {
			plan.Columns(k.L, used)
		}
		for _, x := range a.On {
			plan.Columns(x, used)
		}
	}
	return m.sc.owns(used)
}

// hasQuery reports whether e itself is an expression with a subquery.
func hasQuery(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Exists, *ast.Subquery, *ast.ArraySubquery:
		return true
	case *ast.In:
		return e.Query != nil
	case *ast.Quantified:
		return e.Query != nil
	}
	return false
}

// matchSubquery binds an expression that has a subquery beside what it compares:
// that sees each row of the input rather than the match, and its result is a value
// of the row.
func (b *binder) matchSubquery(c *exprCtx, e ast.Expr) (plan.Expr, error) {
	m := c.match.m
	in := &exprCtx{sc: m.sc, st: m.st, clause: c.clause, lambdas: c.lambdas, closed: true}
	before := len(m.st.applies)
	x, err := b.expr(in, e)
	if err != nil {
		return nil, err
	}
	x = b.settled(x)
	if r := c.match.refs; r != nil && m.reads(m.st.applies[before:]) {
		r.plain++
	}
	if c.match.agg != nil {
		return x, nil
	}
	return m.slot(c.match, plan.MatchSlot{Kind: plan.SlotValue, X: x}, x.Type(), b.planPos(e)), nil
}
