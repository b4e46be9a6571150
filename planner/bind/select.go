package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// selector binds one SELECT block. It first binds every expression over the
// columns of FROM, collecting aggregates, subqueries and set-returning
// functions on the way, then builds the plan from the bottom up.
type selector struct {
	b    *binder
	s    *ast.Select
	q    *ast.Query // its ORDER BY and LIMIT; nil: none
	env  *cteEnv
	sc   *scope
	node plan.Node

	pre      stage // subqueries of group keys and aggregate arguments
	havingSt stage
	post     stage // subqueries of the select list and ORDER BY
	agg      *aggSet
	win      *winSet
	srf      *srfSet
	items    []selItem
	having   []plan.Expr
	qualify  []plan.Expr
	order    []sortItem
	on       []plan.Expr // DISTINCT ON
}

// selItem is an output column. e is nil for what * expanded to.
type selItem struct {
	at      ast.Pos
	e       ast.Expr
	name    string
	x       plan.Expr
	unknown bool
	col     plan.Column // once projected
}

// sortItem is a key of ORDER BY: an output column (item >= 0) or an expression.
type sortItem struct {
	item int
	x    plan.Expr
	key  plan.SortKey
	at   ast.Pos
}

func (b *binder) selectBlock(s *ast.Select, q *ast.Query, outer *scope, env *cteEnv) (*rel, error) {
	f, err := b.from(s.From, outer, env)
	if err != nil {
		return nil, err
	}
	return b.selectFrom(s, q, f, outer, env)
}

// selectFrom binds a block over what its FROM was bound to.
func (b *binder) selectFrom(s *ast.Select, q *ast.Query, f *fromItem, outer *scope, env *cteEnv) (*rel, error) {
	var err error
	z := &selector{b: b, s: s, q: q, env: env, node: f.node}
	z.sc = &scope{outer: outer, env: env, rels: f.rels, cols: f.cols}
	z.agg = &aggSet{sc: z.sc, st: &z.pre, prints: map[string]int{}}
	z.win = &winSet{z: z}
	z.srf = &srfSet{}
	if s.Where != nil {
		if z.node, err = b.where(z.node, z.sc, s.Where); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{z.expandItems, z.bindGroups, z.bindItems, z.bindHaving, z.bindQualify, z.bindOrder, z.bindWindows,
		z.aggregate, z.filterHaving, z.windows, z.setReturning} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return z.finish(outer)
}

// ctx makes the context of a clause after grouping.
func (z *selector) ctx(st *stage, clause string) *exprCtx {
	return &exprCtx{sc: z.sc, st: st, agg: z.agg, clause: clause}
}

// expandItems replaces * by columns and names the others.
func (z *selector) expandItems() error {
	for i := range z.s.Items {
		it := &z.s.Items[i]
		switch e := it.X.(type) {
		case *ast.Star:
			if err := z.expandStar(e); err != nil {
				return err
			}
			continue
		case *ast.Field:
			if e.Name.Name == "*" {
				if err := z.expandRow(e); err != nil {
					return err
				}
				continue
			}
		}
		name := it.Alias.Name
		if name == "" {
			name = z.b.itemName(it.X, len(z.items))
		}
		z.items = append(z.items, selItem{at: it.X.Position(), e: it.X, name: name})
	}
	return nil
}

func (z *selector) expandStar(e *ast.Star) error {
	cols := z.sc.cols
	if len(e.Table) > 0 {
		r := z.starRelation(e.Table)
		if r == nil {
			if x, err := z.b.column(z.ctx(&z.post, "SELECT"), e.Table); err == nil && x.Type().Kind == types.Row {
				z.rowItems(x, e.Pos)
				return nil
			}
			return z.b.fail(e.Pos, fault.CodeUndefinedTable, "missing FROM-clause entry for table %q", e.Table.Last().Name)
		}
		cols = r.cols
	} else if len(z.s.From) == 0 {
		return z.b.fail(e.Pos, fault.CodeSyntax, "SELECT * with no tables specified is not valid")
	}
	used, before := map[string]bool{}, len(z.items)
	for _, c := range cols {
		it := selItem{at: e.Pos, name: c.name, x: withPos(c.x, plan.Pos(z.b.pos(e.Pos)))}
		for _, id := range e.Except {
			if sameName(id.Name, c.name, true) {
				used[id.Name], it.x = true, nil
			}
		}
		for _, r := range e.Replace {
			if sameName(r.Alias.Name, c.name, true) {
				used[r.Alias.Name], it.e, it.x = true, r.X, nil
			}
		}
		if err := z.b.readable(it.x, e.Pos); err != nil {
			return err
		}
		if it.x != nil || it.e != nil {
			z.items = append(z.items, it)
		}
	}
	for _, id := range e.Except {
		if !used[id.Name] {
			err := z.b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q in EXCEPT does not exist", id.Name)
			return nearest(err, id.Name, columnNames(&scope{cols: cols}))
		}
	}
	if len(e.Except) > 0 && len(z.items) == before {
		return z.b.fail(e.Except[0].Pos, fault.CodeSyntax, "All columns are excluded")
	}
	return nil
}

func (z *selector) starRelation(name ast.Name) *relation {
	for _, fold := range []bool{false, true} {
		for sc := z.sc; sc != nil; sc = sc.outer {
			for _, r := range sc.rels {
				if sameName(r.name, name.Last().Name, fold) && (len(name) == 1 || sameName(r.schema, name[len(name)-2].Name, fold)) {
					return r
				}
			}
		}
	}
	return nil
}

// expandRow is (x).* in the select list.
func (z *selector) expandRow(e *ast.Field) error {
	x, err := z.b.expr(z.itemCtx(), e.X)
	if err != nil {
		return err
	}
	if x.Type().Kind != types.Row {
		return z.b.fail(e.Pos, fault.CodeWrongObjectType, "type %s is not a row", x.Type())
	}
	z.rowItems(x, e.Pos)
	return nil
}

func (z *selector) rowItems(x plan.Expr, at ast.Pos) {
	for i, f := range x.Type().Fields {
		z.items = append(z.items, selItem{at: at, name: f.Name, x: &plan.Field{Pos: plan.Pos(z.b.pos(at)), X: x, Index: i}})
	}
}

func (z *selector) itemCtx() *exprCtx {
	c := z.ctx(&z.post, "SELECT")
	c.srf, c.win = z.srf, z.win
	return c
}

func (z *selector) bindItems() error {
	for i := range z.items {
		it := &z.items[i]
		if it.x == nil {
			x, err := z.b.expr(z.itemCtx(), it.e)
			if err != nil {
				return err
			}
			it.x = x
		}
		if _, ok := it.x.(*plan.Param); ok || z.s.Distinct {
			it.x = z.b.settled(it.x)
		}
		it.unknown = z.b.isUnknown(it.x)
	}
	return nil
}

func (z *selector) bindHaving() error {
	if z.s.Having == nil {
		return nil
	}
	x, err := z.b.condition(z.ctx(&z.havingSt, "HAVING"), z.s.Having)
	if err != nil {
		return err
	}
	z.having = plan.Conjuncts(x)
	return nil
}

func (z *selector) filterHaving() error {
	if len(z.having) > 0 {
		z.node = &plan.Filter{Input: z.havingSt.over(z.node), Conds: z.having}
	}
	return nil
}

// distinct reports whether duplicate rows go; DISTINCT ON is another matter.
func (z *selector) distinct() bool { return z.s.Distinct && len(z.s.DistinctOn) == 0 }

// bindOrder binds ORDER BY and DISTINCT ON: an ordinal or the name of an output
// column means that column, anything else is an expression over FROM.
func (z *selector) bindOrder() error {
	if z.q != nil {
		for i := range z.q.OrderBy {
			o := &z.q.OrderBy[i]
			it, err := z.outputOr(o.X, "ORDER BY")
			if err != nil {
				return err
			}
			it.key = z.b.sortKey(nil, o)
			if err := z.b.sortable(it.typ(z), o.X.Position()); err != nil {
				return err
			}
			z.order = append(z.order, it)
		}
	}
	for _, e := range z.s.DistinctOn {
		it, err := z.outputOr(e, "DISTINCT ON")
		if err != nil {
			return err
		}
		x := it.x
		if it.item >= 0 {
			x = z.items[it.item].x
		}
		if !x.Type().HasOrder() {
			return z.b.sortable(x.Type(), e.Position())
		}
		z.on = append(z.on, x)
	}
	return z.checkDistinctOrder()
}

func (s sortItem) typ(z *selector) types.Type {
	if s.item >= 0 {
		return z.items[s.item].x.Type()
	}
	return s.x.Type()
}

// outputOr resolves an expression that may name an output column.
func (z *selector) outputOr(e ast.Expr, clause string) (sortItem, error) {
	it := sortItem{item: -1, at: e.Position()}
	if n, ok := ordinal(e); ok {
		if n < 1 || n > len(z.items) {
			return it, z.b.fail(e.Position(), fault.CodeInvalidColumnRef, "%s position %d is not in select list", clause, n)
		}
		it.item = n - 1
		return it, nil
	}
	if c, ok := e.(*ast.ColumnRef); ok && len(c.Name) == 1 {
		i, err := z.outputNamed(c.Name[0], clause)
		if err != nil {
			return it, err
		}
		if i >= 0 {
			it.item = i
			return it, nil
		}
	}
	c := z.ctx(&z.post, clause)
	c.outs, c.win = z.items, z.win
	x, err := z.b.expr(c, e)
	if err != nil {
		return it, err
	}
	it.x = z.b.settled(x)
	for i := range z.items {
		if plan.Same(z.items[i].x, it.x) {
			it.item = i
			break
		}
	}
	return it, nil
}

// outputNamed finds the output column of a name, -1 if there is none. Two of
// one name are fine if they are the same expression.
func (z *selector) outputNamed(id ast.Ident, clause string) (int, error) {
	found := -1
	for i := range z.items {
		if z.items[i].name != id.Name {
			continue
		}
		if found >= 0 && !plan.Same(z.items[found].x, z.items[i].x) {
			return 0, z.b.fail(id.Pos, fault.CodeAmbiguousColumn, "%s %q is ambiguous", clause, id.Name)
		}
		if found < 0 {
			found = i
		}
	}
	return found, nil
}

func (z *selector) checkDistinctOrder() error {
	if z.distinct() {
		for _, o := range z.order {
			if o.item < 0 {
				return z.b.fail(o.at, fault.CodeInvalidColumnRef, "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
			}
		}
	}
	if len(z.on) == 0 {
		return nil
	}
	rest := append([]plan.Expr(nil), z.on...)
	for _, o := range z.order {
		if len(rest) == 0 {
			return nil
		}
		x := o.x
		if o.item >= 0 {
			x = z.items[o.item].x
		}
		n := len(rest)
		rest = without(rest, x)
		if len(rest) == n && !contains(z.on, x) {
			return z.b.fail(o.at, fault.CodeInvalidColumnRef, "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
		}
	}
	return nil
}

func without(xs []plan.Expr, x plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, y := range xs {
		if !plan.Same(x, y) {
			out = append(out, y)
		}
	}
	return out
}

func contains(xs []plan.Expr, x plan.Expr) bool { return len(without(xs, x)) < len(xs) }

// finish projects the output columns and adds DISTINCT, ORDER BY and LIMIT.
func (z *selector) finish(outer *scope) (*rel, error) {
	node := z.post.over(z.node)
	p := newProjection(z.b, node)
	r := &rel{}
	for i := range z.items {
		it := &z.items[i]
		it.col = p.add(it.name, it.x)
		r.cols = append(r.cols, outCol{name: it.name, id: it.col.ID, typ: it.col.Type, unknown: it.unknown})
	}
	var keys []plan.SortKey
	for _, o := range z.order {
		k := o.key
		if o.item >= 0 {
			k.X = z.b.ordered(plan.Ref(z.items[o.item].col))
		} else {
			k.X = z.b.ordered(plan.Ref(p.add("", o.x)))
		}
		keys = append(keys, k)
	}
	var on []plan.ColID
	for _, x := range z.on {
		on = append(on, p.add("", z.b.ordered(z.b.settled(x))).ID)
	}
	r.node = p.node()
	if z.distinct() {
		var err error
		if r, err = z.b.distinct(r, z.s.Pos); err != nil {
			return nil, err
		}
	}
	if z.q != nil && z.q.Ties {
		var err error
		r.node, err = z.b.withTies(r.node, keys, on, z.q, z.env)
		return r, err
	}
	if len(keys) > 0 {
		r.node = &plan.Sort{Input: r.node, Keys: keys, Limit: -1}
	}
	if len(on) > 0 {
		r.node = &plan.DistinctOn{Input: r.node, On: on}
	}
	var err error
	r.node, err = z.b.limit(r.node, z.q, outer, z.env)
	return r, err
}

// projection builds a Project; a plain column of the input passes under its
// own ID, once.
type projection struct {
	b     *binder
	input plan.Node
	have  map[plan.ColID]bool // the input's columns
	items []plan.Item
	done  map[plan.ColID]bool
	plain bool // nothing but passing columns so far
}

func newProjection(b *binder, input plan.Node) *projection {
	return &projection{b: b, input: input, have: plan.OutputSet(input), done: map[plan.ColID]bool{}, plain: true}
}

// add puts out x and gives its column. With an empty name, a column that is
// there already is used again.
func (p *projection) add(name string, x plan.Expr) plan.Column {
	if c, ok := x.(*plan.Col); ok && p.have[c.ID] && (name == "" || !p.done[c.ID]) {
		col := plan.Column{ID: c.ID, Name: c.Name, Type: c.Typ}
		if !p.done[c.ID] {
			p.items = append(p.items, plan.Item{Col: col, X: plan.Ref(col)})
		}
		p.done[c.ID] = true
		return col
	}
	if name == "" {
		for _, it := range p.items {
			if plan.Same(it.X, x) {
				return it.Col
			}
		}
	}
	col := p.b.newCol(name, x.Type())
	p.b.declaredCols[col.ID] = p.b.declared(x)
	if c, ok := x.(*plan.Col); ok {
		if o, ok := p.b.origins[c.ID]; ok {
			p.b.origins[col.ID] = o
		}
	}
	p.items, p.plain = append(p.items, plan.Item{Col: col, X: x}), false
	return col
}

// rename names a computed column that has no name yet.
func (p *projection) rename(col plan.Column, name string) plan.Column {
	for i := range p.items {
		if p.items[i].Col.ID == col.ID && p.items[i].Col.Name == "" {
			p.items[i].Col.Name = name
			return p.items[i].Col
		}
	}
	return col
}

// node gives the Project, or the input if it puts out the same columns.
func (p *projection) node() plan.Node {
	out := p.input.Output()
	if p.plain && len(out) == len(p.items) {
		same := true
		for i := range out {
			same = same && out[i].ID == p.items[i].Col.ID
		}
		if same {
			return p.input
		}
	}
	return &plan.Project{Input: p.input, Items: p.items}
}
