package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// changer binds UPDATE or DELETE: a query over the table, joined with others,
// that gives the numbers of the rows that change.
type changer struct {
	b   *binder
	t   plan.TempTable
	sc  *scope
	row plan.Column
	own []relCol // the table's columns
	n   plan.Node
	env *cteEnv
}

// newChanger binds the table, FROM or USING, and WHERE.
func (b *binder) newChanger(t plan.TempTable, target *ast.TableName, others []ast.TableExpr, where ast.Expr, env *cteEnv) (*changer, error) {
	f, err := b.virtualItem(t, target.Alias)
	if err != nil {
		return nil, err
	}
	v := f.node.(*plan.Virtual)
	z := &changer{b: b, t: t, row: b.newCol("", types.TBigInt), own: f.cols, env: env}
	v.Cols = append(v.Cols, plan.VirtualColumn{Column: z.row, Index: plan.HiddenRow})
	if len(others) > 0 {
		more, err := b.from(others, nil, env)
		if err != nil {
			return nil, err
		}
		j := &ast.Join{Kind: "cross"}
		j.Pos = others[0].Position()
		if f, err = b.join(j, f, more, nil, env); err != nil {
			return nil, err
		}
	}
	z.n, z.sc = f.node, &scope{env: env, rels: f.rels, cols: f.cols}
	if where != nil {
		z.n, err = b.where(z.n, z.sc, where)
	}
	return z, err
}

func (b *binder) update(s *ast.Update) (plan.Statement, error) {
	t, err := b.changeable(s.Table.Name, "UPDATE")
	if err != nil {
		return nil, err
	}
	with := &ast.Query{With: s.With, Recurs: s.Recurs}
	env, err := b.with(with, nil, nil)
	if err != nil {
		return nil, err
	}
	z, err := b.newChanger(t, s.Table, s.From, s.Where, env)
	if err != nil {
		return nil, err
	}
	values, err := z.set(s.Set)
	if err != nil {
		return nil, err
	}
	out := &plan.Update{}
	if out.Target, err = b.tempTarget(t); err != nil {
		return nil, err
	}
	src, err := z.rel(values, s.With)
	if err != nil {
		return nil, err
	}
	out.Source, out.Returning, err = b.finishDML(t, src, s.Returning, s.Table.Alias.Name)
	return out, err
}

// set binds the new values: one for each column of the table.
func (z *changer) set(clauses []ast.SetClause) ([]plan.Expr, error) {
	d := z.t.Def()
	values := make([]plan.Expr, len(d.Columns))
	st := &stage{}
	c := &exprCtx{sc: z.sc, st: st, clause: "UPDATE"}
	for _, s := range clauses {
		if len(s.Values) != len(s.Columns) {
			if _, query := s.Values[0].(*ast.Subquery); query && len(s.Values) == 1 {
				return nil, z.b.unsupported(s.Pos, "assigning several columns from a subquery is not supported").
					WithHint("Join the query with UPDATE ... FROM, or write a subquery for each column.")
			}
			return nil, z.b.fail(s.Pos, fault.CodeSyntax, "number of columns does not match number of values")
		}
		for k, id := range s.Columns {
			i, err := z.b.targetColumn(d, id)
			if err != nil {
				return nil, err
			}
			if values[i] != nil {
				return nil, z.b.fail(id.Pos, fault.CodeSyntax, "multiple assignments to same column %q", d.Columns[i].Name)
			}
			if values[i], err = z.value(c, &d.Columns[i], s.Values[k]); err != nil {
				return nil, err
			}
		}
	}
	z.n = st.over(z.n)
	for i := range values {
		if values[i] == nil {
			values[i] = z.own[i].x
		}
	}
	return values, nil
}

func (z *changer) value(c *exprCtx, col *plan.TempColumn, e ast.Expr) (plan.Expr, error) {
	if isDefault(e) {
		return z.b.tempDefault(col, e.Position())
	}
	if col.Identity == "always" {
		return nil, z.b.fail(e.Position(), fault.CodeGeneratedAlways, "column %q can only be updated to DEFAULT", col.Name).
			WithDetail("Column %q is an identity column defined as GENERATED ALWAYS.", col.Name)
	}
	x, err := z.b.expr(c, e)
	if err != nil {
		return nil, err
	}
	return z.b.assign(x, col, e.Position(), "expression")
}

// rel puts out the row's number and values.
func (z *changer) rel(values []plan.Expr, with []ast.CTE) (*rel, error) {
	p := &plan.Project{Input: z.n, Items: []plan.Item{plan.PassItem(z.row)}}
	out := &rel{node: p, cols: []outCol{{id: z.row.ID, typ: z.row.Type}}}
	for i, x := range values {
		col := z.b.newCol(z.own[i].name, x.Type())
		p.Items = append(p.Items, plan.Item{Col: col, X: x})
		out.cols = append(out.cols, outCol{name: col.Name, id: col.ID, typ: col.Type})
	}
	if len(with) > 0 {
		return z.b.closeWith(out, z.env)
	}
	return out, nil
}

func (b *binder) delete(s *ast.Delete) (plan.Statement, error) {
	t, err := b.changeable(s.Table.Name, "DELETE")
	if err != nil {
		return nil, err
	}
	with := &ast.Query{With: s.With, Recurs: s.Recurs}
	env, err := b.with(with, nil, nil)
	if err != nil {
		return nil, err
	}
	z, err := b.newChanger(t, s.Table, s.Using, s.Where, env)
	if err != nil {
		return nil, err
	}
	var values []plan.Expr
	if len(s.Returning) > 0 {
		for _, c := range z.own {
			values = append(values, c.x)
		}
	}
	src, err := z.rel(values, s.With)
	if err != nil {
		return nil, err
	}
	out := &plan.Delete{Target: plan.TempTarget{Table: t}}
	out.Source, out.Returning, err = b.finishDML(t, src, s.Returning, s.Table.Alias.Name)
	return out, err
}
