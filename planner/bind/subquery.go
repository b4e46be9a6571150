package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// This file binds subqueries in expressions. Each becomes an Apply in the stage
// of its clause and a reference to the column that the Apply puts out.

func falseConst() plan.Expr { return &plan.Const{Value: types.BoolOf(false)} }
func trueConst() plan.Expr  { return &plan.Const{Value: types.BoolOf(true)} }
func nullBool() plan.Expr   { return &plan.Const{Value: types.NullOf(types.TBoolean)} }

// subquery binds a query that stands in an expression.
func (b *binder) subquery(c *exprCtx, q *ast.Query) (*rel, error) {
	if c.st == nil || len(c.lambdas) > 0 {
		where := c.clause
		if len(c.lambdas) > 0 {
			where = "a lambda"
		}
		return nil, b.unsupported(q.Pos, "cannot use a subquery in %s", where)
	}
	return b.query(q, c.inner(), c.sc.env)
}

// single joins r in, at most one row for each row of the clause's input, and
// gives its first column.
func (c *exprCtx) single(r *rel) plan.Expr {
	c.st.applies = append(c.st.applies, &plan.Apply{Kind: plan.Single, Right: r.node})
	return r.ref(0)
}

// mark joins in a test: the column says whether a matching row exists.
func (b *binder) mark(c *exprCtx, a *plan.Apply) plan.Expr {
	a.Kind, a.MarkCol = plan.Mark, b.newCol("mark", types.TBoolean)
	c.st.applies = append(c.st.applies, a)
	return plan.Ref(a.MarkCol)
}

func (b *binder) exists(c *exprCtx, e *ast.Exists) (plan.Expr, error) {
	r, err := b.subquery(c, e.Query)
	if err != nil {
		return nil, err
	}
	return b.mark(c, &plan.Apply{Right: r.node}), nil
}

func (b *binder) oneColumn(r *rel, pos ast.Pos) error {
	if len(r.cols) != 1 {
		return b.fail(pos, fault.CodeSyntax, "subquery must return only one column")
	}
	return nil
}

func (b *binder) scalarSubquery(c *exprCtx, e *ast.Subquery) (plan.Expr, error) {
	r, err := b.subquery(c, e.Query)
	if err != nil {
		return nil, err
	}
	if err := b.oneColumn(r, e.Pos); err != nil {
		return nil, err
	}
	return c.single(b.settle(r)), nil
}

// arraySubquery is ARRAY(query): the aggregate array_agg over it, empty rather
// than NULL for no rows, in the order of the query.
func (b *binder) arraySubquery(c *exprCtx, e *ast.ArraySubquery) (plan.Expr, error) {
	r, err := b.subquery(c, e.Query)
	if err != nil {
		return nil, err
	}
	if err := b.oneColumn(r, e.Pos); err != nil {
		return nil, err
	}
	r = b.settle(r)
	return b.collected(c, r.node, r.ref(0), e.Pos)
}

// collected makes the array of a column of n.
func (b *binder) collected(c *exprCtx, n plan.Node, x plan.Expr, pos ast.Pos) (plan.Expr, error) {
	fn, err := b.resolve("array_agg", plan.AggregateFunc, b.args([]plan.Expr{x}))
	if err != nil {
		return nil, b.located(err, pos)
	}
	agg := plan.Agg{Col: b.newCol("array", fn.Ret), Fn: fn, Args: []plan.Expr{x}}
	if s, ok := n.(*plan.Sort); ok && s.Limit < 0 && s.Offset == 0 {
		n, agg.OrderBy = s.Input, s.Keys
	}
	c.st.applies = append(c.st.applies, &plan.Apply{Kind: plan.Single, Right: &plan.Aggregate{Input: n, Aggs: []plan.Agg{agg}}})
	empty := &plan.MakeArray{Typ: fn.Ret}
	return &plan.Coalesce{Pos: plan.Pos(b.pos(pos)), Args: []plan.Expr{plan.Ref(agg.Col), empty}, Typ: fn.Ret}, nil
}

// inQuery is x [NOT] IN (query) in an expression.
func (b *binder) inQuery(c *exprCtx, pos ast.Pos, x ast.Expr, q *ast.Query, not bool) (plan.Expr, error) {
	keys, sub, err := b.inKeys(c, pos, x, q)
	if err != nil {
		return nil, err
	}
	var m plan.Expr
	if len(keys) == 1 {
		m = b.mark(c, &plan.Apply{Right: sub.node, Equal: keys, NullAware: true})
	} else {
		m = b.markRows(c, keys, sub)
	}
	if not {
		return &plan.Not{Pos: plan.Pos(b.pos(pos)), X: m}, nil
	}
	return m, nil
}

// markRows is IN for rows of several members, whose comparison can be unknown
// without any member being the one: true if a row matches, else unknown if one
// may match, else false.
func (b *binder) markRows(c *exprCtx, keys []plan.EqualKey, sub *rel) plan.Expr {
	match := b.mark(c, &plan.Apply{Right: sub.node, Equal: keys})
	copied, ids := plan.Renumber(sub.node, b.newID, b.newWith)
	again := make([]plan.EqualKey, len(keys))
	for i, k := range keys {
		again[i] = plan.EqualKey{L: k.L, R: plan.RenumberExpr(k.R, ids)}
	}
	maybe := b.mark(c, &plan.Apply{Right: copied, On: []plan.Expr{b.notFalse(again)}})
	return &plan.Case{Typ: types.TBoolean, Else: falseConst(), Whens: []plan.When{
		{Cond: match, Result: trueConst()}, {Cond: maybe, Result: nullBool()},
	}}
}

// inKeys binds both sides of IN and pairs the members.
func (b *binder) inKeys(c *exprCtx, pos ast.Pos, x ast.Expr, q *ast.Query) ([]plan.EqualKey, *rel, error) {
	var ls []plan.Expr
	var err error
	if row, ok := x.(*ast.RowLit); ok {
		ls, err = b.exprs(c, row.Items)
	} else {
		ls = make([]plan.Expr, 1)
		ls[0], err = b.expr(c, x)
	}
	if err != nil {
		return nil, nil, err
	}
	sub, err := b.subquery(c, q)
	if err != nil {
		return nil, nil, err
	}
	if len(ls) == 1 && len(sub.cols) > 1 && ls[0].Type().Kind == types.Row {
		ls = rowParts(ls[0])
	}
	switch {
	case len(sub.cols) > len(ls):
		return nil, nil, b.fail(q.Pos, fault.CodeSyntax, "subquery has too many columns")
	case len(sub.cols) < len(ls):
		return nil, nil, b.fail(q.Pos, fault.CodeSyntax, "subquery has too few columns")
	}
	sub = b.settle(sub)
	keys := make([]plan.EqualKey, len(ls))
	for i, l := range ls {
		e, err := b.compareOrdered(plan.EQ, l, sub.ref(i), pos)
		if err != nil {
			return nil, nil, err
		}
		k, ok := e.(*plan.Compare)
		if !ok {
			return nil, nil, b.unsupported(pos, "IN over nested rows is not supported")
		}
		keys[i] = plan.EqualKey{L: k.L, R: k.R}
	}
	return keys, sub, nil
}

// quantified is x op ANY | ALL (query or array).
func (b *binder) quantified(c *exprCtx, e *ast.Quantified) (plan.Expr, error) {
	eq, ne := e.Op == "=", e.Op == "<>" || e.Op == "!="
	if e.Query == nil {
		return b.quantifiedArray(c, e)
	}
	switch {
	case eq && !e.All:
		return b.inQuery(c, e.Pos, e.X, e.Query, false)
	case ne && e.All:
		return b.inQuery(c, e.Pos, e.X, e.Query, true)
	}
	op, ok := compareOps[e.Op]
	if !ok {
		return b.quantifiedOther(c, e)
	}
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	r, err := b.subquery(c, e.Query)
	if err != nil {
		return nil, err
	}
	if err := b.oneColumn(r, e.Pos); err != nil {
		return nil, err
	}
	return b.quantifiedBounds(c, e, op, x, b.settle(r))
}

// quantifiedOther compares with an operator that is a function (LIKE, ~) by
// making an array of the subquery.
func (b *binder) quantifiedOther(c *exprCtx, e *ast.Quantified) (plan.Expr, error) {
	arr := &ast.ArraySubquery{Query: e.Query}
	arr.Pos = e.Query.Pos
	n := *e
	n.Query, n.Array = nil, arr
	return b.quantifiedArray(c, &n)
}

// quantifiedBounds decides an ordered comparison with all rows of a subquery
// from their count, the count that is not NULL, and their extremes. With ANY,
// x < rows holds if x < max; with ALL if x < min; likewise for the others.
func (b *binder) quantifiedBounds(c *exprCtx, e *ast.Quantified, op plan.CompareOp, x plan.Expr, r *rel) (plan.Expr, error) {
	col := r.ref(0)
	l, y, ok, err := b.unify2(x, col, e.Pos)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "operator does not exist: %s %s %s", b.typeText(x), op, col.Type())
	}
	agg := &plan.Aggregate{Input: r.node}
	ref := map[string]plan.Expr{}
	for _, name := range []string{"count(*)", "count", "min", "max"} {
		args := []plan.Expr{y}
		fname := name
		if name == "count(*)" {
			args, fname = nil, "count"
		}
		fn, err := b.resolve(fname, plan.AggregateFunc, b.args(args))
		if err != nil {
			return nil, b.located(err, e.Pos)
		}
		a := plan.Agg{Col: b.newCol(name, fn.Ret), Fn: fn, Args: args}
		agg.Aggs = append(agg.Aggs, a)
		ref[name] = plan.Ref(a.Col)
	}
	c.st.applies = append(c.st.applies, &plan.Apply{Kind: plan.Single, Right: agg})
	return quantifiedCase(op, e.All, l, ref), nil
}

// quantifiedCase puts the pieces together. decided is the test that settles the
// matter against what is true of no rows: one row that holds for ANY, one that
// fails for ALL.
func quantifiedCase(op plan.CompareOp, all bool, x plan.Expr, ref map[string]plan.Expr) plan.Expr {
	cmp := func(op plan.CompareOp, l, r plan.Expr) plan.Expr { return &plan.Compare{Op: op, L: l, R: r} }
	test := op
	if all {
		test = op.Negate()
	}
	var decided plan.Expr
	switch test {
	case plan.LT, plan.LE:
		decided = cmp(test, x, ref["max"])
	case plan.GT, plan.GE:
		decided = cmp(test, x, ref["min"])
	default: // NE; = ANY and <> ALL are IN
		decided = &plan.Or{Args: []plan.Expr{cmp(plan.NE, x, ref["min"]), cmp(plan.NE, x, ref["max"])}}
	}
	none, found := falseConst(), trueConst()
	if all {
		none, found = found, none
	}
	zero := &plan.Const{Value: types.IntOf(types.TBigInt, 0)}
	unsure := &plan.Or{Args: []plan.Expr{&plan.IsNull{X: x}, cmp(plan.GT, ref["count(*)"], ref["count"])}}
	return &plan.Case{Typ: types.TBoolean, Else: none, Whens: []plan.When{
		{Cond: cmp(plan.EQ, ref["count(*)"], zero), Result: none},
		{Cond: decided, Result: found},
		{Cond: unsure, Result: nullBool()},
	}}
}

// quantifiedArray is x op ANY | ALL (array): over a written list an IN or one
// comparison for each item, else the function "op any" or "op all".
func (b *binder) quantifiedArray(c *exprCtx, e *ast.Quantified) (plan.Expr, error) {
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	if e.List != nil {
		return b.likeList(c, e, x)
	}
	ne := e.Op == "<>" || e.Op == "!="
	if lit, ok := e.Array.(*ast.ArrayLit); ok && len(lit.Items) > 0 {
		items, err := b.exprs(c, lit.Items)
		if err != nil {
			return nil, err
		}
		if e.Op == "=" && !e.All || ne && e.All {
			return b.inList(e.Pos, x, items, ne)
		}
		return b.quantifiedList(e, x, items)
	}
	if _, ok := compareOps[e.Op]; !ok {
		return b.anyMatch(c, e)
	}
	arr, err := b.expr(c, e.Array)
	if err != nil {
		return nil, err
	}
	if x, arr, err = b.unifyElement(x, arr, e); err != nil {
		return nil, err
	}
	name := e.Op
	if ne {
		name = "<>"
	}
	if name += " any"; e.All {
		name = name[:len(name)-3] + "all"
	}
	return b.apply(e.Pos, name, []plan.Expr{x, arr})
}

// anyMatch is x op ANY | ALL (array) for an operator that is a function, such as LIKE
// or ~: any_match or all_match of the array, which treat NULL as ANY and ALL do.
func (b *binder) anyMatch(c *exprCtx, e *ast.Quantified) (plan.Expr, error) {
	elem := ast.Ident{Name: "element of " + e.Op} // no name that SQL can write without quotes
	elem.Pos = e.Array.Position()
	ref := &ast.ColumnRef{Name: ast.Name{elem}}
	ref.Pos = elem.Pos
	body := ast.Expr(&ast.Binary{Op: e.Op, OpPos: e.Pos, L: e.X, R: ref})
	if op, not := strings.CutPrefix(e.Op, "not "); op == "like" || op == "ilike" {
		body = &ast.Like{X: e.X, Pattern: ref, Op: op, Not: not}
	}
	name := ast.Ident{Name: "any_match"}
	if e.All {
		name.Name = "all_match"
	}
	name.Pos = e.Pos
	array := e.Array
	if lit, ok := array.(*ast.StringLit); ok { // '{a%,b%}'
		cast := &ast.Cast{X: lit, Type: ast.TypeName{Name: "text", Array: 1}}
		cast.Pos = lit.Pos
		array = cast
	}
	call := &ast.Call{Name: ast.Name{name}, Args: []ast.Expr{array, &ast.Lambda{Params: []ast.Ident{elem}, Body: body}}}
	call.Pos = e.Pos
	return b.expr(c, call)
}

// likeList is x [NOT] LIKE | ILIKE ANY | ALL (patterns) [ESCAPE e].
func (b *binder) likeList(c *exprCtx, e *ast.Quantified, x plan.Expr) (plan.Expr, error) {
	op, not := strings.CutPrefix(e.Op, "not ")
	rest := e.List
	if e.Escape != nil {
		rest = append(rest[:len(rest):len(rest)], e.Escape)
	}
	items, err := b.exprs(c, rest)
	if err != nil {
		return nil, err
	}
	parts := make([]plan.Expr, len(e.List))
	for i := range parts {
		args := append([]plan.Expr{x, items[i]}, items[len(parts):]...)
		if parts[i], err = b.apply(e.List[i].Position(), op, args); err != nil {
			return nil, err
		}
		if not {
			parts[i] = &plan.Not{Pos: b.planPos(e), X: parts[i]}
		}
	}
	return b.anyOrAll(e, parts), nil
}

// quantifiedList compares with each item of a written list.
func (b *binder) quantifiedList(e *ast.Quantified, x plan.Expr, items []plan.Expr) (plan.Expr, error) {
	parts := make([]plan.Expr, len(items))
	for i, it := range items {
		var y plan.Expr
		var err error
		if op, ok := compareOps[e.Op]; ok {
			y, err = b.compare(op, x, it, e.Pos)
		} else {
			y, err = b.apply(e.Pos, e.Op, []plan.Expr{x, it})
		}
		if err != nil {
			return nil, err
		}
		if parts[i], err = b.boolean(y, e.Pos, "op ANY/ALL (array)"); err != nil {
			return nil, err
		}
	}
	return b.anyOrAll(e, parts), nil
}

// anyOrAll joins the answers for the items.
func (b *binder) anyOrAll(e *ast.Quantified, parts []plan.Expr) plan.Expr {
	p := plan.Pos(b.pos(e.Pos))
	switch {
	case len(parts) == 1:
		return parts[0]
	case e.All:
		return &plan.And{Pos: p, Args: parts}
	}
	return &plan.Or{Pos: p, Args: parts}
}

// unifyElement brings x and the elements of arr to one type.
func (b *binder) unifyElement(x, arr plan.Expr, e *ast.Quantified) (plan.Expr, plan.Expr, error) {
	pos := e.Array.Position()
	var err error
	if b.isUnknown(arr) {
		x = b.settled(x)
		arr, err = b.coerce(arr, types.ArrayOf(x.Type()), pos)
		return x, arr, err
	}
	t := arr.Type()
	if t.Kind != types.Array {
		return nil, nil, b.fail(pos, fault.CodeWrongObjectType, "op ANY/ALL (array) requires array on right side")
	}
	elem := t.Elem()
	if !b.isUnknown(x) {
		u, ok := types.Common(x.Type(), elem)
		if !ok {
			return nil, nil, b.fail(e.Pos, fault.CodeUndefinedFunction, "operator does not exist: %s %s %s", x.Type(), e.Op, elem)
		}
		elem = u
	}
	if x, err = b.coerce(x, elem, e.Pos); err != nil {
		return nil, nil, err
	}
	arr, err = b.coerce(arr, types.ArrayOf(elem), pos)
	return x, arr, err
}
