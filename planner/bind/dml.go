package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// carrier is the type in which a value travels to its column: lengths of text
// are checked where rows are stored, which refuses what a cast would cut.
func carrier(t types.Type) types.Type {
	if t.Kind == types.Varchar || t.Kind == types.Char {
		return types.TVarchar
	}
	return t
}

// assign converts x to what the column takes, where that needs no cast.
func (b *binder) assign(x plan.Expr, col *plan.TempColumn, pos ast.Pos, what string) (plan.Expr, error) {
	if !b.isUnknown(x) && !types.CanAssign(x.Type(), col.Type) {
		if what == "default expression" {
			return nil, b.fail(pos, fault.CodeDatatypeMismatch, "column %q is of type %s but default expression is of type %s", col.Name, col.Type, x.Type()).
				WithHint("You will need to rewrite or cast the expression.")
		}
		return nil, b.fail(pos, fault.CodeDatatypeMismatch, "column %q is of type %s but expression is of type %s", col.Name, col.Type, x.Type()).
			WithHint("You will need to rewrite or cast the expression.")
	}
	return b.coerce(x, carrier(col.Type), pos)
}

// tempTarget binds what must hold for the rows of a table.
func (b *binder) tempTarget(t plan.TempTable) (plan.TempTarget, error) {
	out := plan.TempTarget{Table: t, Cols: b.tempCols(t.Def())}
	var err error
	out.Checks, err = b.tempConditions(t.Def(), out.Cols)
	return out, err
}

// targetColumns resolves the list of columns that a statement gives; without one
// it is every column.
func (b *binder) targetColumns(d *plan.TempDef, ids []ast.Ident) ([]int, error) {
	var out []int
	if ids == nil {
		for i := range d.Columns {
			out = append(out, i)
		}
		return out, nil
	}
	seen := map[int]bool{}
	for _, id := range ids {
		i, err := b.targetColumn(d, id)
		if err != nil {
			return nil, err
		}
		if seen[i] {
			return nil, b.fail(id.Pos, fault.CodeDuplicateColumn, "column %q specified more than once", id.Name)
		}
		seen[i] = true
		out = append(out, i)
	}
	return out, nil
}

func (b *binder) targetColumn(d *plan.TempDef, id ast.Ident) (int, error) {
	i := tempColumn(d, id)
	if i >= 0 {
		return i, nil
	}
	err := b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q of relation %q does not exist", id.Name, d.Name)
	names := make([]string, len(d.Columns))
	for i := range d.Columns {
		names[i] = d.Columns[i].Name
	}
	if near := fault.Nearest(id.Name, names); near != "" {
		return 0, err.WithHint("Did you mean %q?", near)
	}
	return 0, err
}

// isDefault reports whether a value is the word DEFAULT.
func isDefault(e ast.Expr) bool {
	c, ok := e.(*ast.ColumnRef)
	return ok && len(c.Name) == 1 && c.Name[0].Name == "default" && !c.Name[0].Quoted
}

// inserter binds one INSERT.
type inserter struct {
	b    *binder
	s    *ast.Insert
	d    *plan.TempDef
	cols []int // the columns that are given
	env  *cteEnv
	// exact: without a list of columns every one must be given, as Athena has it;
	// PostgreSQL takes the first ones.
	exact bool
}

func (b *binder) insert(s *ast.Insert) (plan.Statement, error) {
	t, external, err := b.insertTarget(s.Table)
	if err != nil {
		return nil, err
	}
	if external != nil {
		return b.insertInto(s, external)
	}
	n := &inserter{b: b, s: s, d: t.Def()}
	if n.cols, err = b.targetColumns(n.d, s.Columns); err != nil {
		return nil, err
	}
	with := &ast.Query{With: s.With, Recurs: s.Recurs}
	if n.env, err = b.with(with, nil, nil); err != nil {
		return nil, err
	}
	src, err := n.source()
	if err != nil {
		return nil, err
	}
	if len(s.With) > 0 {
		if src, err = b.closeWith(src, n.env); err != nil {
			return nil, err
		}
	}
	out := &plan.Insert{}
	if out.Target, err = b.tempTarget(t); err != nil {
		return nil, err
	}
	if out.SkipConflicts, err = b.conflicts(n.d, s.Conflict); err != nil {
		return nil, err
	}
	out.Source, out.Returning, err = b.finishDML(t, src, s.Returning, s.Alias)
	return out, err
}

// conflicts gives the keys whose violation skips a row.
func (b *binder) conflicts(d *plan.TempDef, c *ast.OnConflict) ([]int, error) {
	if c == nil {
		return nil, nil
	}
	out := []int{}
	cols := map[int]bool{}
	for _, id := range c.Columns {
		i, err := b.targetColumn(d, id)
		if err != nil {
			return nil, err
		}
		cols[i] = true
	}
	for i, k := range d.Keys {
		fits := c.Columns == nil || len(k.Columns) == len(cols)
		for _, x := range k.Columns {
			fits = fits && (c.Columns == nil || cols[x])
		}
		if fits && (c.Constraint.Name == "" || c.Constraint.Name == k.Name) {
			out = append(out, i)
		}
	}
	switch {
	case len(out) == 0 && c.Constraint.Name != "":
		return nil, b.fail(c.Constraint.Pos, fault.CodeUndefinedObject, "constraint %q for table %q does not exist", c.Constraint.Name, d.Name)
	case len(out) == 0 && c.Columns != nil:
		return nil, b.fail(c.Pos, fault.CodeInvalidColumnRef, "there is no unique or exclusion constraint matching the ON CONFLICT specification")
	}
	return out, nil
}

// finishDML makes the queries of a statement: the one that gives the rows, and
// the one that RETURNING asks of them.
func (b *binder) finishDML(t plan.TempTable, src *rel, items []ast.SelectItem, alias ast.Ident) (source, returning *plan.Query, err error) {
	var ret *rel
	if len(items) > 0 {
		if ret, err = b.returning(t, items, alias); err != nil {
			return nil, nil, err
		}
		ret = b.settle(ret)
	}
	if source, err = b.finish(src, "SELECT"); err != nil || ret == nil {
		return source, nil, err
	}
	returning, err = b.finish(ret, "SELECT")
	if err == nil {
		source.NextID = returning.NextID
	}
	return source, returning, err
}

func (b *binder) returning(t plan.TempTable, items []ast.SelectItem, alias ast.Ident) (*rel, error) {
	f, err := b.virtualItem(plan.ChangedRows{TempTable: t}, ast.Alias{Name: alias})
	if err != nil {
		return nil, err
	}
	s := &ast.Select{Items: items, From: []ast.TableExpr{&ast.TableName{}}}
	s.Pos = items[0].X.Position()
	return b.selectFrom(s, nil, f, nil, nil)
}

// source binds the rows: the table's columns in order.
func (n *inserter) source() (*rel, error) {
	q := n.s.Query
	if q == nil {
		return n.rows([][]ast.Expr{{}})
	}
	if v, ok := q.Body.(*ast.Values); ok && q.With == nil && q.OrderBy == nil && q.Limit == nil && q.Offset == nil {
		return n.rows(v.Rows)
	}
	n.declareParams(q)
	r, err := n.b.query(q, nil, n.env)
	if err != nil {
		return nil, err
	}
	if err := n.count(len(r.cols), q.Pos); err != nil {
		return nil, err
	}
	given := make([]plan.Expr, len(n.d.Columns))
	for i, c := range r.cols {
		col := &n.d.Columns[n.cols[i]]
		x := plan.Expr(r.ref(i))
		if c.unknown {
			x = &plan.Cast{X: x, To: carrier(col.Type), Dialect: n.b.dialect}
		} else if x, err = n.b.assign(x, col, q.Pos, "expression"); err != nil {
			return nil, err
		}
		given[n.cols[i]] = x
		if err := n.generated(col, q.Pos); err != nil {
			return nil, err
		}
	}
	return n.complete(r.node, given)
}

// declareParams gives parameters that are columns of the query the types of what
// they are stored in.
func (n *inserter) declareParams(q *ast.Query) {
	s, ok := q.Body.(*ast.Select)
	if !ok || len(s.Items) > len(n.cols) {
		return
	}
	for i, it := range s.Items {
		p, ok := it.X.(*ast.Param)
		if !ok || p.Index < 1 || p.Index > 65535 {
			continue
		}
		for len(n.b.params) < p.Index {
			n.b.params = append(n.b.params, types.TUnknown)
		}
		if have := &n.b.params[p.Index-1]; have.Kind == types.Unknown {
			*have = carrier(n.d.Columns[n.cols[i]].Type)
		}
	}
}

func (n *inserter) count(have int, pos ast.Pos) error {
	switch {
	case have > len(n.cols):
		return n.b.fail(pos, fault.CodeSyntax, "INSERT has more expressions than target columns")
	case have < len(n.cols) && n.exact && n.s.Columns == nil:
		return n.b.fail(pos, fault.CodeSyntax, "INSERT has %d expressions for the %d columns of table %q", have, len(n.cols), n.d.Name)
	case have < len(n.cols) && n.s.Columns != nil:
		return n.b.fail(n.s.Columns[have].Pos, fault.CodeSyntax, "INSERT has more target columns than expressions")
	}
	return nil
}

// generated refuses a value for a column that is always generated.
func (n *inserter) generated(c *plan.TempColumn, pos ast.Pos) error {
	if c.Identity != "always" || n.s.Overriding != "" {
		return nil
	}
	return n.b.fail(pos, fault.CodeGeneratedAlways, "cannot insert a non-DEFAULT value into column %q", c.Name).
		WithDetail("Column %q is an identity column defined as GENERATED ALWAYS.", c.Name).
		WithHint("Use OVERRIDING SYSTEM VALUE to override.")
}

// rows binds lists of values, among them DEFAULT.
func (n *inserter) rows(lists [][]ast.Expr) (*rel, error) {
	width := len(lists[0])
	if len(lists[0]) > 0 || n.s.Query != nil {
		if err := n.count(width, lists[0][min(len(n.cols), width-1)].Position()); err != nil {
			return nil, err
		}
	}
	cols := make([]plan.Column, width)
	for j := range cols {
		c := &n.d.Columns[n.cols[j]]
		cols[j] = n.b.newCol(c.Name, carrier(c.Type))
	}
	c := &exprCtx{sc: &scope{env: n.env}, clause: "VALUES"}
	v := &valueRows{b: n.b, cols: cols, rows: make([][]plan.Expr, len(lists)), stages: make([]*stage, len(lists))}
	for i, list := range lists {
		if len(list) != width {
			return nil, n.b.fail(list[0].Position(), fault.CodeSyntax, "VALUES lists must all be the same length")
		}
		c.st = &stage{}
		v.stages[i], v.rows[i] = c.st, make([]plan.Expr, width)
		for j, e := range list {
			var err error
			if v.rows[i][j], err = n.value(c, &n.d.Columns[n.cols[j]], e); err != nil {
				return nil, err
			}
		}
	}
	given := make([]plan.Expr, len(n.d.Columns))
	for j := range cols {
		given[n.cols[j]] = plan.Ref(cols[j])
	}
	return n.complete(v.node(), given)
}

// value binds one value of a list for its column.
func (n *inserter) value(c *exprCtx, col *plan.TempColumn, e ast.Expr) (plan.Expr, error) {
	if isDefault(e) || n.s.Overriding == "user" && col.Identity != "" {
		return n.b.tempDefault(col, e.Position())
	}
	if err := n.generated(col, e.Position()); err != nil {
		return nil, err
	}
	x, err := n.b.expr(c, e)
	if err != nil {
		return nil, err
	}
	return n.b.assign(x, col, e.Position(), "expression")
}

// complete puts out all columns of the table: what is given, and the defaults of
// the others.
func (n *inserter) complete(in plan.Node, given []plan.Expr) (*rel, error) {
	p := &plan.Project{Input: in}
	out := &rel{node: p}
	for i := range n.d.Columns {
		c, x := &n.d.Columns[i], given[i]
		if x == nil {
			var err error
			if x, err = n.b.tempDefault(c, n.s.Table.Position()); err != nil {
				return nil, err
			}
		}
		col := n.b.newCol(c.Name, x.Type())
		p.Items = append(p.Items, plan.Item{Col: col, X: x})
		out.cols = append(out.cols, outCol{name: c.Name, id: col.ID, typ: col.Type})
	}
	return out, nil
}

// copyFrom binds COPY table FROM STDIN.
func (b *binder) copyFrom(s *ast.CopyFrom) (plan.Statement, error) {
	t, err := b.changeable(s.Table, "COPY FROM")
	if err != nil {
		return nil, err
	}
	d := t.Def()
	out := &plan.CopyFrom{Defaults: make([]plan.Expr, len(d.Columns))}
	if out.Columns, err = b.targetColumns(d, s.Columns); err != nil {
		return nil, err
	}
	if out.Target, err = b.tempTarget(t); err != nil {
		return nil, err
	}
	given := map[int]bool{}
	for _, i := range out.Columns {
		given[i] = true
	}
	for i := range d.Columns {
		if given[i] {
			continue
		}
		if out.Defaults[i], err = b.tempDefault(&d.Columns[i], s.Table.Position()); err != nil {
			return nil, err
		}
	}
	if out.Options, err = b.copyOptions(s.Options, true); err != nil {
		return nil, err
	}
	if s.Where == nil {
		return out, nil
	}
	r := &relation{schema: plan.TempSchema, name: d.Name}
	for _, col := range out.Target.Cols {
		r.cols = append(r.cols, relCol{name: col.Name, x: plan.Ref(col)})
	}
	c := &exprCtx{sc: &scope{rels: []*relation{r}, cols: r.cols}, clause: "COPY FROM WHERE conditions"}
	out.Where, err = b.condition(c, s.Where)
	return out, err
}
