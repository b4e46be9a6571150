package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// rel is a bound query: a plan and the columns of it that can be seen, in
// order. The plan may put out more.
type rel struct {
	node plan.Node
	cols []outCol
}

// outCol is a visible column. unknown marks a string literal or NULL whose
// type is still open: a set operation decides it, anything else makes it text.
type outCol struct {
	name    string
	id      plan.ColID
	typ     types.Type
	unknown bool
}

func (r *rel) ref(i int) *plan.Col {
	return &plan.Col{ID: r.cols[i].id, Typ: r.cols[i].typ, Name: r.cols[i].name}
}

// query binds a query expression. Columns that it leaves open (outCol.unknown)
// are the caller's to settle.
func (b *binder) query(q *ast.Query, outer *scope, env *cteEnv) (*rel, error) {
	if err := b.enter(q.Pos); err != nil {
		return nil, err
	}
	defer b.leave()
	if len(q.Functions) > 0 {
		around := b.ownFuncs
		defer func() { b.ownFuncs = around }()
		if err := b.inlineFunctions(q.Functions); err != nil {
			return nil, err
		}
	}
	env, err := b.with(q, outer, env)
	if err != nil {
		return nil, err
	}
	var r *rel
	if s, ok := q.Body.(*ast.Select); ok {
		r, err = b.selectBlock(s, q, outer, env)
	} else {
		if r, err = b.body(q.Body, outer, env); err == nil {
			r, err = b.orderOutput(r, q, outer, env)
		}
	}
	if err != nil {
		return nil, err
	}
	if len(q.With) > 0 {
		return b.closeWith(r, env)
	}
	return r, nil
}

// body binds an operand of a set operation, or a whole query without clauses
// of its own.
func (b *binder) body(q ast.QueryBody, outer *scope, env *cteEnv) (*rel, error) {
	switch q := q.(type) {
	case *ast.Query:
		return b.query(q, outer, env)
	case *ast.Select:
		return b.selectBlock(q, nil, outer, env)
	case *ast.SetOp:
		return b.setOp(q, outer, env)
	case *ast.Values:
		return b.values(q, outer, env)
	case *ast.TableBody:
		s := &ast.Select{At: q.At}
		s.Items = []ast.SelectItem{{At: q.At, X: &ast.Star{}}}
		t := &ast.TableName{Name: q.Name}
		t.Pos = q.Pos
		s.From = []ast.TableExpr{t}
		return b.selectBlock(s, nil, outer, env)
	}
	return nil, b.unsupported(q.Position(), "this query is not supported")
}

// settle gives open columns the type text. NULL has a type of its own in Trino.
func (b *binder) settle(r *rel) *rel { return b.settleOpen(r, b.dialect != plan.Athena) }

// settleOpen is settle; with all, columns of NULLs become text as well, as those must
// that are written down.
func (b *binder) settleOpen(r *rel, all bool) *rel {
	ts := make([]types.Type, len(r.cols))
	open := false
	for i, c := range r.cols {
		ts[i] = c.typ
		switch null := c.typ.Kind == types.Unknown; {
		case all:
			ts[i] = nullsAsText(c.typ)
		case c.unknown && !null:
			ts[i] = types.TVarchar
		}
		open = open || !ts[i].Equal(c.typ) && !(c.unknown && c.typ.IsString())
	}
	if open {
		return b.retype(r, ts)
	}
	out := &rel{node: r.node, cols: append([]outCol(nil), r.cols...)}
	for i := range out.cols {
		out.cols[i].unknown = false
	}
	return out
}

// nullsAsText is a type in which everything of the type of NULL is text.
func nullsAsText(t types.Type) types.Type {
	if t.Kind == types.Unknown {
		return types.TVarchar
	}
	if !t.IsNested() {
		return t
	}
	t.Fields = slices.Clone(t.Fields)
	for i := range t.Fields {
		t.Fields[i].Type = nullsAsText(t.Fields[i].Type)
	}
	return t
}

// retype casts columns that do not have the wanted types.
func (b *binder) retype(r *rel, ts []types.Type) *rel {
	out := &rel{cols: append([]outCol(nil), r.cols...)}
	items := make([]plan.Item, 0, len(ts))
	changed, used := false, map[plan.ColID]bool{}
	for i := range ts {
		out.cols[i].unknown = false
		if r.cols[i].typ.Equal(ts[i]) {
			if !used[r.cols[i].id] {
				items = append(items, plan.PassItem(plan.Column{ID: r.cols[i].id, Name: r.cols[i].name, Type: ts[i]}))
				used[r.cols[i].id] = true
			}
			continue
		}
		changed = true
		col := b.newCol(r.cols[i].name, ts[i])
		items = append(items, plan.Item{Col: col, X: &plan.Cast{X: r.ref(i), To: ts[i], Dialect: b.dialect}})
		out.cols[i].id, out.cols[i].typ = col.ID, ts[i]
	}
	out.node = r.node
	if changed {
		out.node = &plan.Project{Input: r.node, Items: items}
	}
	return out
}

// setOp binds a chain of set operations, which leans to the left and may be
// very long.
func (b *binder) setOp(q *ast.SetOp, outer *scope, env *cteEnv) (*rel, error) {
	spine := []*ast.SetOp{q}
	for {
		l, ok := spine[len(spine)-1].L.(*ast.SetOp)
		if !ok {
			break
		}
		spine = append(spine, l)
	}
	first, err := b.body(spine[len(spine)-1].L, outer, env)
	if err != nil {
		return nil, err
	}
	run := &unionRun{rels: []*rel{first}}
	for i := len(spine) - 1; i >= 0; i-- {
		op := spine[i]
		r, err := b.body(op.R, outer, env)
		if err != nil {
			return nil, err
		}
		if op.Op == "union" && !(run.distinct && op.All) {
			run.add(op, r)
			continue
		}
		done, err := b.flush(run)
		if err != nil {
			return nil, err
		}
		run = &unionRun{rels: []*rel{done}}
		if op.Op == "union" {
			run.add(op, r)
			continue
		}
		kind := plan.Intersect
		if op.Op == "except" {
			kind = plan.Except
		}
		if run.rels[0], err = b.combine(kind, op.All, []*rel{done, r}, op); err != nil {
			return nil, err
		}
	}
	return b.flush(run)
}

// unionRun is a run of UNIONs that one node can answer: any number of UNION
// ALL, then any number of UNION, whose duplicate removal covers all of them.
type unionRun struct {
	rels     []*rel
	distinct bool
	op       *ast.SetOp
}

func (u *unionRun) add(op *ast.SetOp, r *rel) {
	u.rels, u.op = append(u.rels, r), op
	u.distinct = u.distinct || !op.All
}

func (b *binder) flush(u *unionRun) (*rel, error) {
	if len(u.rels) == 1 {
		return u.rels[0], nil
	}
	r, err := b.combine(plan.UnionAll, true, u.rels, u.op)
	if err != nil || !u.distinct {
		return r, err
	}
	return b.distinct(r, u.op.R.Position())
}

// distinct removes duplicate rows; the plan then puts out just the visible
// columns.
func (b *binder) distinct(r *rel, pos ast.Pos) (*rel, error) {
	if err := b.groupableCols(r, pos); err != nil {
		return nil, err
	}
	keys := make([]plan.Column, len(r.cols))
	for i, c := range r.cols {
		keys[i] = plan.Column{ID: c.id, Name: c.name, Type: c.typ}
	}
	node, err := b.aggregateOf(r.node, keys, nil)
	return &rel{node: node, cols: r.cols}, err
}

// groupableCols refuses columns of opaque types that cannot be compared. JSON is
// made distinct by its text in both dialects.
func (b *binder) groupableCols(r *rel, pos ast.Pos) error {
	for _, c := range r.cols {
		if !c.typ.HasEquality() {
			return b.groupable(c.typ, pos)
		}
	}
	return nil
}

// combine makes one set operation over inputs brought to common types.
func (b *binder) combine(kind plan.SetKind, all bool, rels []*rel, op *ast.SetOp) (*rel, error) {
	what := map[string]string{"union": "UNION", "intersect": "INTERSECT", "except": "EXCEPT"}[op.Op]
	n := len(rels[0].cols)
	for _, r := range rels[1:] {
		if len(r.cols) != n {
			return nil, b.fail(op.R.Position(), fault.CodeSyntax, "each %s query must have the same number of columns", what)
		}
	}
	ts := make([]types.Type, n)
	for i := range ts {
		t := types.TUnknown
		for _, r := range rels {
			c := r.cols[i]
			if c.unknown {
				continue
			}
			u, ok := types.Common(t, c.typ)
			if t.Equal(types.TName) && u.Kind == types.Varchar && b.dialect == plan.Postgres {
				u = t // the first one stays: text becomes a name without a cast
			}
			if !ok {
				return nil, b.fail(op.R.Position(), fault.CodeDatatypeMismatch, "%s types %s and %s cannot be matched", what, t, c.typ)
			}
			t = u
		}
		if t.Kind == types.Unknown && !(b.dialect == plan.Athena && !slices.ContainsFunc(rels, func(r *rel) bool { return r.cols[i].typ.Kind != types.Unknown })) {
			t = types.TVarchar
		}
		ts[i] = t
	}
	rels = slices.Clone(rels)
	for i, r := range rels {
		rels[i] = b.retype(r, ts)
	}
	if kind != plan.UnionAll && !all && slices.ContainsFunc(ts, b.comparedByKey) {
		return b.setByValue(kind, rels[0], rels[1], op.R.Position())
	}
	node := &plan.SetOp{Kind: kind, All: all}
	out := &rel{node: node}
	for _, r := range rels {
		ids := make([]plan.ColID, n)
		for i, c := range r.cols {
			ids[i] = c.id
		}
		node.In, node.Maps = append(node.In, r.node), append(node.Maps, ids)
	}
	for i, t := range ts {
		col := b.newCol(rels[0].cols[i].name, t)
		b.declaredCols[col.ID] = !slices.ContainsFunc(rels, func(r *rel) bool { return !r.cols[i].typ.Equal(t) || !b.declaredCols[r.cols[i].id] })
		node.Cols = append(node.Cols, col)
		out.cols = append(out.cols, outCol{name: col.Name, id: col.ID, typ: t})
	}
	if kind != plan.UnionAll {
		return out, b.groupableCols(out, op.R.Position())
	}
	return out, nil
}

// values binds VALUES.
func (b *binder) values(q *ast.Values, outer *scope, env *cteEnv) (*rel, error) {
	c := &exprCtx{sc: &scope{outer: outer, env: env}, st: &stage{}, clause: "VALUES"}
	rows := make([][]plan.Expr, len(q.Rows))
	stages := make([]*stage, len(q.Rows))
	for i, r := range q.Rows {
		if len(r) != len(q.Rows[0]) && b.dialect != plan.Athena {
			return nil, b.fail(r[0].Position(), fault.CodeSyntax, "VALUES lists must all be the same length")
		}
		c.st = &stage{}
		row, err := b.exprs(c, r)
		if err != nil {
			return nil, err
		}
		if row = b.spreadRow(row); len(row) != len(rows[0]) && i > 0 {
			return nil, b.fail(r[0].Position(), fault.CodeSyntax, "VALUES lists must all be the same length")
		}
		rows[i], stages[i] = row, c.st
	}
	cols := make([]plan.Column, len(rows[0]))
	for j := range cols {
		t, err := b.unifyColumn(rows, j, q.Rows[0][min(j, len(q.Rows[0])-1)].Position())
		if err != nil {
			return nil, err
		}
		cols[j] = b.newCol(b.unnamed("column", j), t)
	}
	v := &valueRows{b: b, cols: cols, rows: rows, stages: stages}
	return &rel{node: v.node(), cols: visible(cols)}, nil
}

// valueRows are the rows of VALUES; stages has the subqueries of each.
type valueRows struct {
	b      *binder
	cols   []plan.Column
	rows   [][]plan.Expr
	stages []*stage
}

// node makes the plan. Rows that read columns of an outer query or contain
// subqueries become a union of one-row projections.
func (v *valueRows) node() plan.Node {
	simple := true
	for i, row := range v.rows {
		simple = simple && len(v.stages[i].applies) == 0 && !readsColumns(row)
	}
	if simple {
		return &plan.Values{Cols: v.cols, Rows: v.rows}
	}
	set := &plan.SetOp{Kind: plan.UnionAll, All: true, Cols: v.cols}
	for i, row := range v.rows {
		p := &plan.Project{Input: v.stages[i].over(oneRow())}
		ids := make([]plan.ColID, len(row))
		for j, x := range row {
			col := v.b.newCol(v.cols[j].Name, v.cols[j].Type)
			p.Items, ids[j] = append(p.Items, plan.Item{Col: col, X: x}), col.ID
		}
		set.In, set.Maps = append(set.In, p), append(set.Maps, ids)
	}
	return set
}

// spreadRow makes columns of the fields of a row value that is all there is between
// the commas of VALUES. That is how Trino reads VALUES ROW(1, 2); in PostgreSQL it is
// one column.
func (b *binder) spreadRow(row []plan.Expr) []plan.Expr {
	if b.dialect != plan.Athena || len(row) != 1 || row[0].Type().Kind != types.Row {
		return row
	}
	return rowParts(row[0])
}

// unifyColumn brings column j of all rows to one type and gives it.
func (b *binder) unifyColumn(rows [][]plan.Expr, j int, at ast.Pos) (types.Type, error) {
	xs := make([]plan.Expr, len(rows))
	for i := range rows {
		xs[i] = rows[i][j]
	}
	xs, err := b.common(xs, at, "VALUES")
	if err != nil {
		return types.Type{}, err
	}
	for i := range rows {
		rows[i][j] = xs[i]
	}
	return xs[0].Type(), nil
}

func readsColumns(xs []plan.Expr) bool {
	set := map[plan.ColID]bool{}
	for _, x := range xs {
		plan.Columns(x, set)
	}
	return len(set) > 0
}

// oneRow is the input of a SELECT without FROM: one row without columns.
func oneRow() plan.Node { return &plan.Values{Rows: [][]plan.Expr{{}}} }

func visible(cols []plan.Column) []outCol {
	out := make([]outCol, len(cols))
	for i, c := range cols {
		out[i] = outCol{name: c.Name, id: c.ID, typ: c.Type}
	}
	return out
}
