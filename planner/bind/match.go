package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// matchRecognize binds table MATCH_RECOGNIZE (...). The words of its errors are Trino's.
func (b *binder) matchRecognize(e *ast.MatchRecognize, left *scope, env *cteEnv) (*fromItem, error) {
	in, err := b.tableExpr(e.Table, left, env)
	if err != nil {
		return nil, err
	}
	if in, err = b.matchInput(in, e); err != nil {
		return nil, err
	}
	n := &plan.MatchRecognize{Partition: len(e.PartitionBy), Rows: matchRows[e.Rows]}
	sc := &scope{env: env, rels: in.rels, cols: in.cols}
	m := &matcher{b: b, n: n, sc: sc, outer: outside(left), st: &stage{}, slots: map[string]plan.Column{}}
	parts, err := m.keys(e)
	if err != nil {
		return nil, err
	}
	if e.Search != "" {
		return nil, b.unsupported(e.SearchAt, "Pattern search modifier: %s is not allowed in MATCH_RECOGNIZE clause", strings.ToUpper(e.Search))
	}
	if err := m.rowPattern(&e.RowPattern); err != nil {
		return nil, err
	}
	if err := m.define(&e.RowPattern); err != nil {
		return nil, err
	}
	out := &relation{cols: parts}
	for _, c := range n.Keys[n.Partition:] {
		if n.Rows != plan.OneRow {
			x := c.X.(*plan.Col)
			out.cols = append(out.cols, relCol{name: in.name(x.ID), x: x})
		}
	}
	for i := range e.Measures {
		x, err := m.measure(&e.Measures[i])
		if err != nil {
			return nil, err
		}
		col := b.newCol(e.Measures[i].Name.Name, x.Type())
		n.Measures = append(n.Measures, plan.Item{Col: col, X: x})
		out.cols = append(out.cols, relCol{name: col.Name, x: plan.Ref(col)})
	}
	if n.Rows != plan.OneRow {
		out.cols = append(out.cols, remaining(in.cols, out.cols)...)
	}
	if len(out.cols) == 0 {
		return nil, b.fail(e.Pos, fault.CodeInvalidTableDef, "pattern recognition output table has no columns")
	}
	n.Input = m.st.over(in.node)
	n.Pass = passed(out.cols, n.Input)
	return b.aliased(&fromItem{node: n, rels: []*relation{out}, cols: out.cols}, e.Alias)
}

// matchRows are the rows per match, by ast.MatchRecognize.Rows.
var matchRows = map[string]plan.RowsPerMatch{
	"": plan.OneRow, "one": plan.OneRow, "all": plan.AllRows, "all show empty": plan.AllRows,
	"all omit empty": plan.AllOmitEmpty, "all with unmatched": plan.AllUnmatched,
}

// matchInput refuses inputs with two columns of one name, and makes plain columns of
// those that are expressions.
func (b *binder) matchInput(in *fromItem, e *ast.MatchRecognize) (*fromItem, error) {
	seen := map[string]bool{}
	computed := false
	for _, c := range in.cols {
		name := strings.ToUpper(c.name)
		if seen[name] {
			return nil, b.fail(e.Table.Position(), fault.CodeAmbiguousColumn, "ambiguous column: %s in row pattern input relation", c.name)
		}
		seen[name] = true
		_, plain := c.x.(*plan.Col)
		computed = computed || !plain
	}
	if !computed {
		return in, nil
	}
	p := newProjection(b, in.node)
	for _, c := range in.node.Output() {
		p.add("", plan.Ref(c))
	}
	out := *in
	out.cols = append([]relCol(nil), in.cols...)
	for i, c := range in.cols {
		out.cols[i].x = plan.Ref(p.add("", c.x))
	}
	out.node = p.node()
	return &out, nil
}

// name gives the name of a column as the item shows it.
func (f *fromItem) name(id plan.ColID) string {
	for _, c := range f.cols {
		if x, ok := c.x.(*plan.Col); ok && x.ID == id {
			return c.name
		}
	}
	return ""
}

// remaining gives the columns that are not among out.
func remaining(cols, out []relCol) []relCol {
	have := map[plan.ColID]bool{}
	for _, c := range out {
		have[c.x.(*plan.Col).ID] = true
	}
	var rest []relCol
	for _, c := range cols {
		if !have[c.x.(*plan.Col).ID] {
			rest = append(rest, c)
		}
	}
	return rest
}

// passed lists the columns of n among cols, each once.
func passed(cols []relCol, n plan.Node) []plan.Column {
	in := map[plan.ColID]plan.Column{}
	for _, c := range n.Output() {
		in[c.ID] = c
	}
	var out []plan.Column
	for _, c := range cols {
		id := c.x.(*plan.Col).ID
		if col, ok := in[id]; ok {
			out = append(out, col)
			delete(in, id)
		}
	}
	return out
}

// matcher binds the clauses of row pattern recognition, in MATCH_RECOGNIZE or in a
// window.
type matcher struct {
	b      *binder
	n      *plan.MatchRecognize
	sc     *scope // of the input, without outer queries
	outer  *scope // those
	st     *stage // subqueries
	vars   map[string][]int
	slots  map[string]plan.Column // by what they hold
	window bool
}

// keys binds PARTITION BY and ORDER BY, which are columns of the input.
func (m *matcher) keys(e *ast.MatchRecognize) ([]relCol, error) {
	var parts []relCol
	for _, x := range e.PartitionBy {
		col, name, err := m.inputColumn(x)
		if err != nil {
			return nil, err
		}
		if !col.Typ.HasEquality() {
			return nil, m.b.fail(x.Position(), fault.CodeDatatypeMismatch, "%s is not comparable, and therefore cannot be used in PARTITION BY", col.Typ)
		}
		parts = append(parts, relCol{name: name, x: col})
		m.n.Keys = append(m.n.Keys, plan.SortKey{X: col})
	}
	for i := range e.OrderBy {
		o := &e.OrderBy[i]
		col, _, err := m.inputColumn(o.X)
		if err != nil {
			return nil, err
		}
		if !col.Typ.HasOrder() {
			return nil, m.b.fail(o.X.Position(), fault.CodeDatatypeMismatch, "%s is not orderable, and therefore cannot be used in ORDER BY", col.Typ)
		}
		m.n.Keys = append(m.n.Keys, m.b.sortKey(col, o))
	}
	return parts, nil
}

func (m *matcher) inputColumn(e ast.Expr) (*plan.Col, string, error) {
	b := m.b
	ref, ok := e.(*ast.ColumnRef)
	if !ok {
		return nil, "", b.fail(e.Position(), fault.CodeInvalidColumnRef, "Expected column reference. Actual: %s", ast.Text(e))
	}
	for _, fold := range []bool{false, true} {
		x, used, err := b.find(m.sc, ref.Name, fold)
		if err != nil {
			return nil, "", err
		}
		if col, ok := x.(*plan.Col); ok && used == len(ref.Name) {
			if err := b.readable(col, e.Position()); err != nil {
				return nil, "", err
			}
			return withPos(col, b.planPos(e)).(*plan.Col), m.columnName(col, ref.Name), nil
		}
	}
	return nil, "", b.fail(e.Position(), fault.CodeUndefinedColumn, "Column %s is not present in the input relation", ref.Name)
}

// columnName gives a column's name as the input shows it.
func (m *matcher) columnName(col *plan.Col, name ast.Name) string {
	for _, c := range m.sc.cols {
		if x, ok := c.x.(*plan.Col); ok && x.ID == col.ID {
			return c.name
		}
	}
	return name.Last().Name
}

// define binds the conditions of DEFINE.
func (m *matcher) define(r *ast.RowPattern) error {
	for i := range r.Defines {
		d := &r.Defines[i]
		x, err := m.b.expr(m.ctx("DEFINE"), d.Cond)
		if err != nil {
			return err
		}
		if m.b.isUnknown(x) {
			x, err = m.b.coerce(x, types.TBoolean, d.Cond.Position())
		}
		if err != nil {
			return err
		}
		if x.Type().Kind != types.Boolean {
			return m.b.fail(d.Cond.Position(), fault.CodeDatatypeMismatch, "Expression defining a label must be boolean (actual type: %s)", x.Type())
		}
		m.n.Vars[m.vars[label(d.Name)][0]].Cond = x
	}
	return nil
}

func (m *matcher) measure(a *ast.Measure) (plan.Expr, error) {
	x, err := m.b.expr(m.ctx("MEASURES"), a.X)
	if err != nil {
		return nil, err
	}
	return m.b.settled(x), nil
}

func (m *matcher) ctx(clause string) *exprCtx {
	return &exprCtx{sc: m.sc, clause: clause, match: &matchCtx{m: m, define: clause == "DEFINE"}}
}
