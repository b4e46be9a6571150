package bind

import (
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// ordinal reads an expression that names an output column by its number.
func ordinal(e ast.Expr) (int, bool) {
	n, ok := e.(*ast.NumberLit)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.Text)
	return i, err == nil
}

// sortKey makes a key with the dialect's place for NULLs: PostgreSQL takes
// them as greater than everything, Trino puts them last in both directions.
func (b *binder) sortKey(x plan.Expr, o *ast.OrderItem) plan.SortKey {
	k := plan.SortKey{X: b.ordered(x), Desc: o.Desc}
	switch {
	case o.NullsFirst != nil:
		k.NullsFirst = *o.NullsFirst
	case b.dialect == plan.Postgres:
		k.NullsFirst = o.Desc
	}
	return k
}

// ordered gives what values are sorted by: of jsonb not the text.
func (b *binder) ordered(x plan.Expr) plan.Expr {
	if x == nil || !b.comparedByKey(x.Type()) {
		return x
	}
	key := "jsonb_sort_key"
	if x.Type().Kind == types.TimeTZ {
		key = "timetz_utc"
	}
	if y, err := b.apply(0, key, []plan.Expr{x}); err == nil { // the registry has it
		return y
	}
	return x
}

// sortable refuses types that have no order.
func (b *binder) sortable(t types.Type, pos ast.Pos) error {
	if t.Kind == types.Map || t.Kind == types.JSON && b.dialect == plan.Athena || !t.HasOrder() {
		return b.fail(pos, fault.CodeUndefinedFunction, "could not identify an ordering operator for type %s", t)
	}
	return nil
}

// groupable refuses types whose values cannot be compared.
func (b *binder) groupable(t types.Type, pos ast.Pos) error {
	if t.Kind == types.JSON && b.dialect == plan.Athena || !t.HasEquality() {
		return b.fail(pos, fault.CodeUndefinedFunction, "could not identify an equality operator for type %s", t)
	}
	return nil
}

// orderOutput adds ORDER BY and LIMIT to a set operation or VALUES: the keys
// are over its output columns.
func (b *binder) orderOutput(r *rel, q *ast.Query, outer *scope, env *cteEnv) (*rel, error) {
	var keys []plan.SortKey
	if len(q.OrderBy) > 0 {
		r = b.settle(r)
		sc := &scope{outer: outer, env: env}
		for i, c := range r.cols {
			sc.cols = append(sc.cols, relCol{name: c.name, x: r.ref(i)})
		}
		c := &exprCtx{sc: sc, st: &stage{}, clause: "ORDER BY"}
		for i := range q.OrderBy {
			o := &q.OrderBy[i]
			x, err := b.outputKey(c, r, o)
			if err != nil {
				return nil, err
			}
			if err := b.sortable(x.Type(), o.X.Position()); err != nil {
				return nil, err
			}
			keys = append(keys, b.sortKey(x, o))
		}
		r = &rel{node: c.st.over(r.node), cols: r.cols}
	}
	if q.Ties {
		node, err := b.withTies(r.node, keys, nil, q, env)
		return &rel{node: node, cols: r.cols}, err
	}
	if len(keys) > 0 {
		r = &rel{node: &plan.Sort{Input: r.node, Keys: keys, Limit: -1}, cols: r.cols}
	}
	node, err := b.limit(r.node, q, outer, env)
	return &rel{node: node, cols: r.cols}, err
}

func (b *binder) outputKey(c *exprCtx, r *rel, o *ast.OrderItem) (plan.Expr, error) {
	if i, ok := ordinal(o.X); ok {
		if i < 1 || i > len(r.cols) {
			return nil, b.fail(o.X.Position(), fault.CodeInvalidColumnRef, "ORDER BY position %d is not in select list", i)
		}
		return r.ref(i - 1), nil
	}
	return b.expr(c, o.X)
}

// limit adds LIMIT and OFFSET.
func (b *binder) limit(n plan.Node, q *ast.Query, outer *scope, env *cteEnv) (plan.Node, error) {
	if q == nil || q.Limit == nil && q.Offset == nil {
		return n, nil
	}
	l := &plan.Limit{Input: n, Limit: -1}
	var err error
	if l.LimitX, err = b.count(q.Limit, "LIMIT", outer, env); err != nil {
		return nil, err
	}
	if l.OffsetX, err = b.count(q.Offset, "OFFSET", outer, env); err != nil {
		return nil, err
	}
	return l.Settle(nil)
}

// count binds the number of rows of LIMIT or OFFSET: any expression without
// columns.
func (b *binder) count(e ast.Expr, what string, outer *scope, env *cteEnv) (plan.Expr, error) {
	if e == nil {
		return nil, nil
	}
	x, err := b.expr(&exprCtx{sc: &scope{env: env}, clause: what}, e)
	if err != nil {
		return nil, err
	}
	if !b.isUnknown(x) && !x.Type().IsNumeric() {
		return nil, b.fail(e.Position(), fault.CodeDatatypeMismatch, "argument of %s must be type bigint, not type %s", what, x.Type())
	}
	if x, err = b.coerce(x, types.TBigInt, e.Position()); err != nil {
		return nil, err
	}
	if readsColumns([]plan.Expr{x}) {
		return nil, b.fail(e.Position(), fault.CodeInvalidColumnRef, "argument of %s must not contain variables", what)
	}
	return x, nil
}
