package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// fromItem is a bound item of FROM, or several joined.
type fromItem struct {
	node plan.Node
	rels []*relation
	cols []relCol // what * expands to
}

// lateral gives the scope in which an item of FROM sees those to its left.
func (f *fromItem) lateral(outer *scope, env *cteEnv) *scope {
	if f == nil {
		return outer
	}
	return &scope{outer: outer, env: env, rels: f.rels, cols: f.cols, siblings: true}
}

// from binds a FROM clause; the items of its comma list are cross joined.
func (b *binder) from(list []ast.TableExpr, outer *scope, env *cteEnv) (*fromItem, error) {
	var all *fromItem
	for _, e := range list {
		it, err := b.tableExpr(e, all.lateral(outer, env), env)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = it
			continue
		}
		j := &ast.Join{Kind: "cross"}
		j.Pos = e.Position()
		if all, err = b.join(j, all, it, outer, env); err != nil {
			return nil, err
		}
	}
	if all == nil {
		all = &fromItem{node: oneRow()}
	}
	return all, nil
}

// tableExpr binds one item. left is the scope of what stands before it.
func (b *binder) tableExpr(e ast.TableExpr, left *scope, env *cteEnv) (*fromItem, error) {
	if err := b.enter(e.Position()); err != nil {
		return nil, err
	}
	defer b.leave()
	switch e := e.(type) {
	case *ast.TableName:
		return b.tableItem(e, left, env)
	case *ast.SubqueryTable:
		return b.derived(e, left, env)
	case *ast.FuncTable:
		return b.funcTable(e, left, env)
	case *ast.JSONTable:
		return b.jsonTable(e, left, env)
	case *ast.Unnest:
		return b.unnestTable(e.Args, e.Ordinality, e.Alias, e, left, env)
	case *ast.Join:
		return b.joinExpr(e, left, env)
	case *ast.Sampled:
		return b.sampled(e, left, env)
	case *ast.MatchRecognize:
		return b.matchRecognize(e, left, env)
	}
	return nil, b.unsupported(e.Position(), "this item of FROM is not supported")
}

// derived binds (query) alias.
func (b *binder) derived(e *ast.SubqueryTable, left *scope, env *cteEnv) (*fromItem, error) {
	outer := outside(left)
	if e.Lateral && left != nil {
		seen := *left
		seen.siblings = false // to the query below, these are an outer query's
		outer = &seen
	}
	r, err := b.query(e.Query, outer, env)
	if err != nil {
		return nil, err
	}
	return b.named(b.settle(r), "", e.Alias, e.Alias.Name.Name)
}

// outside skips the scopes of the FROM items to the left, which only LATERAL
// items see.
func outside(sc *scope) *scope {
	for sc != nil && sc.siblings {
		sc = sc.outer
	}
	return sc
}

// named makes a FROM item of a bound query with an alias.
func (b *binder) named(r *rel, schema string, a ast.Alias, name string) (*fromItem, error) {
	x := &relation{schema: schema, name: name}
	for i, c := range r.cols {
		x.cols = append(x.cols, relCol{name: c.name, x: r.ref(i)})
	}
	return b.aliased(&fromItem{node: r.node, rels: []*relation{x}, cols: x.cols}, a)
}

// aliased applies [AS] name [(columns)] to an item of one relation.
func (b *binder) aliased(f *fromItem, a ast.Alias) (*fromItem, error) {
	r := f.rels[0]
	if a.Name.Name != "" {
		r.name, r.schema = a.Name.Name, ""
	}
	if len(a.Columns) == 0 {
		return f, nil
	}
	if len(a.Columns) > len(r.cols) {
		return nil, b.fail(a.Columns[0].Pos, fault.CodeInvalidColumnRef, "table %q has %d columns available but %d columns specified",
			r.name, len(r.cols), len(a.Columns))
	}
	cols := append([]relCol(nil), r.cols...)
	for i, id := range a.Columns {
		cols[i].name = id.Name
	}
	r.cols, f.cols = cols, cols
	return f, nil
}

func (b *binder) joinExpr(e *ast.Join, left *scope, env *cteEnv) (*fromItem, error) {
	l, err := b.tableExpr(e.L, left, env)
	if err != nil {
		return nil, err
	}
	right := &scope{outer: left, env: env, rels: l.rels, cols: l.cols, siblings: true}
	r, err := b.tableExpr(e.R, right, env)
	if err != nil {
		return nil, err
	}
	f, err := b.join(e, l, r, outside(left), env)
	if err != nil || e.Alias.Name.Name == "" {
		return f, err
	}
	x := &relation{name: e.Alias.Name.Name, cols: f.cols}
	return b.aliased(&fromItem{node: f.node, rels: []*relation{x}, cols: f.cols}, e.Alias)
}

// joinKinds are the kinds by their names in the tree.
var joinKinds = map[string]plan.JoinKind{
	"inner": plan.Inner, "cross": plan.Inner, "left": plan.Left, "right": plan.Right, "full": plan.Full,
}

// join joins two items.
func (b *binder) join(e *ast.Join, l, r *fromItem, outer *scope, env *cteEnv) (*fromItem, error) {
	out := &fromItem{rels: append(l.rels[:len(l.rels):len(l.rels)], r.rels...)}
	if err := b.uniqueNames(l, r, e); err != nil {
		return nil, err
	}
	sc := &scope{outer: outer, env: env, rels: out.rels, cols: append(l.cols[:len(l.cols):len(l.cols)], r.cols...)}
	var conds []plan.Expr
	st := &stage{}
	kind := joinKinds[e.Kind]
	out.cols = sc.cols
	switch {
	case e.Natural || len(e.Using) > 0:
		var err error
		if conds, out.cols, err = b.using(e, l, r, kind); err != nil {
			return nil, err
		}
	case e.On != nil:
		x, err := b.condition(&exprCtx{sc: sc, st: st, clause: "JOIN/ON"}, e.On)
		if err != nil {
			return nil, err
		}
		conds = plan.Conjuncts(x)
	}
	node, err := b.joinNode(e, kind, l.node, r.node, conds, st)
	out.node = node
	return out, err
}

func (b *binder) uniqueNames(l, r *fromItem, e *ast.Join) error {
	for _, x := range r.rels {
		for _, y := range l.rels {
			if x.name == y.name && x.name != "" && x.schema == y.schema {
				return b.fail(e.Pos, fault.CodeDuplicateAlias, "table name %q specified more than once", x.name)
			}
		}
	}
	return nil
}

// joinNode makes the node of a join. What reads columns of the left side
// becomes an Apply, or an Unnest on top of it.
func (b *binder) joinNode(e *ast.Join, kind plan.JoinKind, l, r plan.Node, conds []plan.Expr, st *stage) (plan.Node, error) {
	if len(st.applies) > 0 {
		return b.joinWithSubqueries(e, kind, l, r, conds, st)
	}
	if !readsFrom(r, l) {
		return &plan.Join{Kind: kind, Left: l, Right: r, On: conds}, nil
	}
	if kind != plan.Inner && kind != plan.Left {
		return nil, b.fail(e.R.Position(), fault.CodeInvalidColumnRef, "the combining JOIN type must be INNER or LEFT for a LATERAL reference")
	}
	u, ok := r.(*plan.Unnest)
	if ok && isOneRow(u.Input) && (kind == plan.Inner || alwaysTrue(conds)) {
		c := *u
		c.Input, c.Outer = l, kind == plan.Left
		if kind == plan.Left || len(conds) == 0 {
			return &c, nil
		}
		return &plan.Filter{Input: &c, Conds: conds}, nil
	}
	return &plan.Apply{Kind: kind, Left: l, Right: r, On: conds}, nil
}

// joinWithSubqueries makes a join whose condition has subqueries: above an
// inner join as a filter, else inside the right side, evaluated per left row.
func (b *binder) joinWithSubqueries(e *ast.Join, kind plan.JoinKind, l, r plan.Node, conds []plan.Expr, st *stage) (plan.Node, error) {
	switch kind {
	case plan.Inner:
		n, err := b.joinNode(e, kind, l, r, nil, &stage{})
		if err != nil {
			return nil, err
		}
		return &plan.Filter{Input: st.over(n), Conds: conds}, nil
	case plan.Left:
		return &plan.Apply{Kind: plan.Left, Left: l, Right: &plan.Filter{Input: st.over(r), Conds: conds}}, nil
	case plan.Right:
		return &plan.Apply{Kind: plan.Left, Left: r, Right: &plan.Filter{Input: st.over(l), Conds: conds}}, nil
	}
	return nil, b.unsupported(e.Pos, "a subquery in the condition of a FULL JOIN is not supported")
}

func isOneRow(n plan.Node) bool {
	v, ok := n.(*plan.Values)
	return ok && len(v.Rows) == 1 && len(v.Cols) == 0
}

func alwaysTrue(conds []plan.Expr) bool {
	for _, c := range conds {
		k, ok := c.(*plan.Const)
		if !ok || k.Value.Null || k.Value.I == 0 {
			return false
		}
	}
	return true
}

// readsFrom reports whether n reads columns that l puts out.
func readsFrom(n, l plan.Node) bool {
	free := plan.Free(n)
	if len(free) == 0 {
		return false
	}
	for _, c := range l.Output() {
		if free[c.ID] {
			return true
		}
	}
	return false
}

// using makes the conditions of USING and NATURAL and the columns that * then
// shows: each common column once, before the others.
func (b *binder) using(e *ast.Join, l, r *fromItem, kind plan.JoinKind) (conds []plan.Expr, cols []relCol, err error) {
	names := e.Using
	if e.Natural {
		names = commonNames(l, r, e)
	}
	merged := map[plan.Expr]bool{}
	for _, id := range names {
		x, err := b.usingColumn(l, id, "left")
		if err != nil {
			return nil, nil, err
		}
		y, err := b.usingColumn(r, id, "right")
		if err != nil {
			return nil, nil, err
		}
		cond, err := b.compare(plan.EQ, x, y, id.Pos)
		if err != nil {
			return nil, nil, err
		}
		conds = append(conds, cond)
		merged[x], merged[y] = true, true
		c := relCol{name: id.Name, x: x}
		switch kind {
		case plan.Right:
			c.x = y
		case plan.Full:
			both, err := b.common([]plan.Expr{x, y}, id.Pos, "JOIN/USING")
			if err != nil {
				return nil, nil, err
			}
			c.x = &plan.Coalesce{Args: both, Typ: both[0].Type()}
		}
		cols = append(cols, c)
	}
	for _, c := range append(l.cols[:len(l.cols):len(l.cols)], r.cols...) {
		if !merged[c.x] {
			cols = append(cols, c)
		}
	}
	return conds, cols, nil
}

func commonNames(l, r *fromItem, e *ast.Join) []ast.Ident {
	var out []ast.Ident
	for _, x := range l.cols {
		for _, y := range r.cols {
			if x.name == y.name {
				id := ast.Ident{Name: x.name}
				id.Pos = e.Pos
				out = append(out, id)
			}
		}
	}
	return out
}

func (b *binder) usingColumn(f *fromItem, id ast.Ident, side string) (plan.Expr, error) {
	for _, fold := range []bool{false, true} {
		x, err := b.pick(f.cols, id, fold)
		if err == nil {
			err = b.readable(x, id.Pos)
		}
		if x != nil || err != nil {
			return x, err
		}
	}
	err := b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q specified in USING clause does not exist in %s table", id.Name, side)
	return nil, nearest(err, id.Name, columnNames(&scope{cols: f.cols}))
}

// unnestTable binds UNNEST(...) in FROM. Its arguments see the items to the
// left.
func (b *binder) unnestTable(args []ast.Expr, ordinality bool, a ast.Alias, at ast.Node, left *scope, env *cteEnv) (*fromItem, error) {
	c := &exprCtx{sc: &scope{outer: left, env: env}, st: &stage{}, clause: "UNNEST"}
	xs, err := b.exprs(c, args)
	if err != nil {
		return nil, err
	}
	u := &plan.Unnest{Args: xs, Input: c.st.over(oneRow())}
	r := &relation{name: "unnest"}
	for i, x := range xs {
		cols, err := b.unnestColumns(x, args[i].Position())
		if err != nil {
			return nil, err
		}
		u.Outs = append(u.Outs, cols)
		for _, col := range cols {
			r.cols = append(r.cols, relCol{name: col.Name, x: plan.Ref(col)})
		}
	}
	if len(r.cols) == 1 && a.Name.Name != "" {
		r.cols[0].name = a.Name.Name
	}
	if ordinality {
		col := b.newCol("ordinality", types.TBigInt)
		u.Ordinality = &col
		r.cols = append(r.cols, relCol{name: col.Name, x: plan.Ref(col)})
	}
	return b.aliased(&fromItem{node: u, rels: []*relation{r}, cols: r.cols}, a)
}

// unnestColumns makes the columns that unnesting x puts out.
func (b *binder) unnestColumns(x plan.Expr, pos ast.Pos) ([]plan.Column, error) {
	t := x.Type()
	switch {
	case t.Kind == types.Map:
		return []plan.Column{b.newCol("key", t.Key()), b.newCol("value", t.Value())}, nil
	case t.Kind == types.Array && t.Elem().Kind == types.Row:
		var out []plan.Column
		for i, f := range t.Elem().Fields {
			name := f.Name
			if name == "" {
				name = b.unnamed("column", i)
			}
			out = append(out, b.newCol(name, f.Type))
		}
		return out, nil
	case t.Kind == types.Array:
		return []plan.Column{b.newCol("unnest", t.Elem())}, nil
	}
	return nil, b.fail(pos, fault.CodeUndefinedFunction, "function unnest(%s) does not exist", b.typeText(x)).
		WithHint("UNNEST takes arrays and maps.")
}

// funcTable binds a function in FROM.
func (b *binder) funcTable(e *ast.FuncTable, left *scope, env *cteEnv) (*fromItem, error) {
	all := true
	for _, call := range e.Calls {
		all = all && strings.EqualFold(call.Name.Last().Name, "unnest")
	}
	if all {
		var args []ast.Expr
		for _, call := range e.Calls {
			args = append(args, call.Args...)
		}
		return b.unnestTable(args, e.Ordinality, e.Alias, e, left, env)
	}
	if len(e.Calls) != 1 {
		return b.rowsFrom(e, left, env)
	}
	return b.funcCall(e, e.Calls[0], left, env)
}

func (b *binder) funcCall(e *ast.FuncTable, call *ast.Call, left *scope, env *cteEnv) (*fromItem, error) {
	if f, err := b.userFunction(call.Name); err != nil {
		return nil, b.located(err, call.Pos)
	} else if f != nil && f.Table {
		return b.userTable(e, call, f, left, env)
	} else if f != nil {
		return nil, b.unsupported(call.Pos, "function %s gives one value: it cannot stand in FROM", f.Name).WithHint("Write (SELECT %s(...)).", f.Name)
	}
	name, err := b.funcName(call.Name)
	if err != nil {
		return nil, err
	}
	c := &exprCtx{sc: &scope{outer: left, env: env}, st: &stage{}, clause: "functions in FROM"}
	var node plan.Node
	var cols []plan.Column
	if toRecord[name] != "" && len(e.Alias.Types) > 0 {
		if call, err = b.recordCall(call, name, e.Alias); err != nil {
			return nil, err
		}
		name = toRecord[name]
	}
	if b.setReturning(name) {
		node, cols, err = b.rowsTable(c, call, name, e.Ordinality)
	} else {
		node, cols, err = b.scalarTable(c, call, name, e.Ordinality)
	}
	if err != nil {
		return nil, err
	}
	n := len(cols)
	if e.Ordinality {
		n--
	}
	r := &rel{node: node, cols: visible(cols)}
	relName := name
	if e.Alias.Name.Name != "" {
		relName = e.Alias.Name.Name
		if n == 1 {
			r.cols[0].name = relName
		}
	}
	if r, err = b.recordTypes(r, e.Alias); err != nil {
		return nil, err
	}
	return b.named(r, "", e.Alias, relName)
}

// rowsTable is a set-returning function as a table.
func (b *binder) rowsTable(c *exprCtx, call *ast.Call, name string, ordinality bool) (plan.Node, []plan.Column, error) {
	s, err := b.rowsOf(c, call, name)
	if err != nil {
		return nil, nil, err
	}
	cols := s.cols()
	var ord *plan.Column
	if ordinality {
		o := b.newCol("ordinality", types.TBigInt)
		ord = &o
		cols = append(cols[:len(cols):len(cols)], o)
	}
	if s.table != nil {
		s.table.Ordinality = ord
		return s.table, cols, nil
	}
	return &plan.Unnest{Input: c.st.over(oneRow()), Args: s.arrays, Outs: s.outs, Ordinality: ord}, cols, nil
}

// recordTypes casts the columns to the types of AS t(a int, b text).
func (b *binder) recordTypes(r *rel, a ast.Alias) (*rel, error) {
	if len(a.Types) == 0 {
		return r, nil
	}
	ts := make([]types.Type, len(r.cols))
	for i := range ts {
		ts[i] = r.cols[i].typ
		if i < len(a.Types) {
			t, err := b.typeName(&a.Types[i])
			if err != nil {
				return nil, err
			}
			ts[i] = t
		}
	}
	return b.retype(r, ts), nil
}

// scalarTable is a function that gives one value: one row with it, or with the
// fields of the row that it gives.
func (b *binder) scalarTable(c *exprCtx, call *ast.Call, name string, ordinality bool) (plan.Node, []plan.Column, error) {
	x, err := b.call(c, call)
	if err != nil {
		return nil, nil, err
	}
	x = b.settled(x)
	p := &plan.Project{Input: c.st.over(oneRow())}
	if t := x.Type(); t.Kind == types.Row {
		for i, f := range t.Fields {
			p.Items = append(p.Items, plan.Item{Col: b.newCol(f.Name, f.Type), X: &plan.Field{X: x, Index: i}})
		}
	} else {
		p.Items = append(p.Items, plan.Item{Col: b.newCol(name, t), X: x})
	}
	if ordinality {
		p.Items = append(p.Items, plan.Item{Col: b.newCol("ordinality", types.TBigInt), X: &plan.Const{Value: types.IntOf(types.TBigInt, 1)}})
	}
	return p, p.Output(), nil
}
