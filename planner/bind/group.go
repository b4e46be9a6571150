package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// aggSet collects the aggregates of a SELECT block, each distinct call once.
type aggSet struct {
	sc     *scope // what their arguments see
	st     *stage // where the subqueries of their arguments go
	calls  []plan.Agg
	prints map[string]int // fingerprint -> index in calls

	keys  []plan.Expr // GROUP BY
	names []string    // what the keys are called, if anything
	// queried are the keys with a subquery in them, by their text: bound a second
	// time, a subquery would be another column.
	queried  map[string]plan.Expr
	sets     [][]int // GROUPING SETS as indexes into keys; one set for a plain GROUP BY
	grouping []groupingCall
	grouped  bool // there is a GROUP BY or HAVING, even if no aggregate
}

// groupingCall is GROUPING(a, b): a bit for each argument that is not grouped
// by in the row's grouping set.
type groupingCall struct {
	col  plan.Column
	args []plan.Expr
	at   ast.Pos
}

func (a *aggSet) needed() bool { return a.grouped || len(a.calls) > 0 }

// maxGroupingSets bounds what CUBE and their products may grow to.
const maxGroupingSets = 4096

// bindGroups binds GROUP BY.
func (z *selector) bindGroups() error {
	a := z.agg
	a.grouped = len(z.s.GroupBy) > 0 || z.s.GroupAll || z.s.Having != nil
	a.sets = [][]int{nil}
	if z.s.GroupAll {
		return z.groupAll()
	}
	for i := range z.s.GroupBy {
		g := &z.s.GroupBy[i]
		sets, err := z.groupSets(g)
		if err != nil {
			return err
		}
		if len(sets)*len(a.sets) > maxGroupingSets {
			return z.b.fail(g.Pos, fault.CodeStatementTooComplex, "too many grouping sets present (maximum %d)", maxGroupingSets)
		}
		var all [][]int
		for _, x := range a.sets {
			for _, y := range sets {
				all = append(all, union(x, y))
			}
		}
		a.sets = all
	}
	return nil
}

func union(x, y []int) []int {
	out := append([]int(nil), x...)
next:
	for _, k := range y {
		for _, o := range out {
			if o == k {
				continue next
			}
		}
		out = append(out, k)
	}
	return out
}

// groupSets gives the grouping sets of one item.
func (z *selector) groupSets(g *ast.GroupItem) ([][]int, error) {
	if g.Sets == nil && g.Kind == "" {
		set, err := z.groupList([]ast.Expr{g.X})
		return [][]int{set}, err
	}
	elems := make([][]int, len(g.Sets))
	for i, s := range g.Sets {
		set, err := z.groupList(s)
		if err != nil {
			return nil, err
		}
		elems[i] = set
	}
	switch g.Kind {
	case "rollup":
		var out [][]int
		for n := len(elems); n >= 0; n-- {
			var set []int
			for _, e := range elems[:n] {
				set = union(set, e)
			}
			out = append(out, set)
		}
		return out, nil
	case "cube":
		if len(elems) > 12 {
			return nil, z.b.fail(g.Pos, fault.CodeStatementTooComplex, "CUBE is limited to 12 elements")
		}
		var out [][]int
		for mask := 1<<len(elems) - 1; mask >= 0; mask-- {
			var set []int
			for i, e := range elems {
				if mask>>(len(elems)-1-i)&1 == 1 {
					set = union(set, e)
				}
			}
			out = append(out, set)
		}
		return out, nil
	}
	return elems, nil
}

// groupList binds the keys of one set; (a, b) counts as both.
func (z *selector) groupList(es []ast.Expr) ([]int, error) {
	var set []int
	for _, e := range es {
		if row, ok := e.(*ast.RowLit); ok {
			more, err := z.groupList(row.Items)
			if err != nil {
				return nil, err
			}
			set = union(set, more)
			continue
		}
		x, name, err := z.groupKey(e)
		if err != nil {
			return nil, err
		}
		if err := z.b.groupable(x.Type(), e.Position()); err != nil {
			return nil, err
		}
		set = union(set, []int{z.agg.key(z.b.settled(x), name)})
	}
	return set, nil
}

// key gives the index of a group key, adding it if it is new.
func (a *aggSet) key(x plan.Expr, name string) int {
	for i, k := range a.keys {
		if plan.Same(k, x) {
			return i
		}
	}
	a.keys, a.names = append(a.keys, x), append(a.names, name)
	return len(a.keys) - 1
}

// groupKey resolves an item of GROUP BY: the number or, if no column of FROM
// has that name, the alias of an output column, or an expression. The name is
// what to call it.
func (z *selector) groupKey(e ast.Expr) (plan.Expr, string, error) {
	if n, ok := ordinal(e); ok {
		if n < 1 || n > len(z.items) {
			return nil, "", z.b.fail(e.Position(), fault.CodeInvalidColumnRef, "GROUP BY position %d is not in select list", n)
		}
		x, err := z.groupItem(n - 1)
		return x, z.items[n-1].name, err
	}
	if c, ok := e.(*ast.ColumnRef); ok && len(c.Name) == 1 {
		i, err := z.groupAlias(c.Name)
		if err != nil {
			return nil, "", err
		}
		if i >= 0 {
			x, err := z.groupItem(i)
			return x, z.items[i].name, err
		}
	}
	before := len(z.pre.applies)
	x, err := z.b.expr(z.groupCtx(), e)
	if err == nil && len(z.pre.applies) > before {
		x = z.b.settled(x)
		if z.agg.queried == nil {
			z.agg.queried = map[string]plan.Expr{}
		}
		z.agg.queried[ast.Text(e)] = x
	}
	return x, pgName(e), err
}

// groupKey gives the key that an expression repeats, if that has a subquery in
// it; nil otherwise.
func (c *exprCtx) groupKey(e ast.Expr) plan.Expr {
	if c.agg == nil || len(c.agg.queried) == 0 || c.sc != c.agg.sc || len(c.lambdas) > 0 {
		return nil
	}
	return c.agg.queried[ast.Text(e)]
}

func (z *selector) groupCtx() *exprCtx {
	return &exprCtx{sc: z.sc, st: &z.pre, clause: "GROUP BY"}
}

// groupAlias gives the output column that a name means, -1 if it is a column
// of FROM or nothing at all.
func (z *selector) groupAlias(name ast.Name) (int, error) {
	for _, fold := range []bool{false, true} {
		x, _, err := z.b.find(z.sc, name, fold)
		if x != nil || err != nil {
			return -1, err
		}
		for i := range z.items {
			if z.items[i].e != nil && sameName(z.items[i].name, name[0].Name, fold) {
				return i, nil
			}
		}
	}
	return -1, nil
}

// groupItem groups by an output column; it is bound only once, so that the
// column is the key itself.
func (z *selector) groupItem(i int) (plan.Expr, error) {
	it := &z.items[i]
	if it.x == nil {
		x, err := z.b.expr(z.groupCtx(), it.e)
		if err != nil {
			return nil, err
		}
		it.x = z.b.settled(x)
	}
	return it.x, nil
}

// groupAll groups by every output column that has no aggregate in it.
func (z *selector) groupAll() error {
	for i := range z.items {
		it := &z.items[i]
		if it.x == nil {
			probe := &aggSet{sc: z.sc, st: &stage{}, prints: map[string]int{}}
			win := &winSet{z: z}
			c := &exprCtx{sc: z.sc, st: &stage{}, agg: probe, win: win, srf: &srfSet{}, clause: "SELECT"}
			if _, err := z.b.expr(c, it.e); err != nil {
				return err
			}
			if len(probe.calls) > 0 || win.used() {
				continue
			}
		}
		x, err := z.groupItem(i)
		if err != nil {
			return err
		}
		z.agg.sets[0] = union(z.agg.sets[0], []int{z.agg.key(x, it.name)})
	}
	return nil
}

// aggregate builds the aggregation, and makes the expressions above it read
// its columns.
func (z *selector) aggregate() error {
	if !z.agg.needed() {
		return nil
	}
	input := z.node
	local := plan.OutputSet(input)
	z.dependentKeys()
	z.node = z.pre.over(input)
	g := z.project()
	var err error
	if len(z.agg.sets) == 1 && len(z.agg.grouping) == 0 {
		z.node, err = z.b.aggregateOf(g.input, g.keys, z.agg.calls)
	} else {
		z.node, err = z.groupingSets(g)
	}
	if err != nil {
		return err
	}
	return z.rewriteAbove(g, local)
}

// dependentKeys adds the columns of a system catalog that are read beside its
// oid, if that is grouped by: they depend on it, and PostgreSQL's clients rely
// on being allowed to read them.
func (z *selector) dependentKeys() {
	if len(z.agg.sets) != 1 {
		return
	}
	for _, r := range z.sc.rels {
		if r.virtual == nil || !z.groupsByOID(r) {
			continue
		}
		mine := map[plan.ColID]bool{}
		for _, c := range r.cols {
			plan.Columns(c.x, mine)
		}
		for _, it := range z.items {
			z.addKeys(it.x, mine)
		}
		for _, o := range z.order {
			z.addKeys(o.x, mine)
		}
		for _, h := range z.having {
			z.addKeys(h, mine)
		}
	}
}

func (z *selector) groupsByOID(r *relation) bool {
	for _, c := range r.cols {
		if c.name == "oid" && contains(z.agg.keys, c.x) {
			return true
		}
	}
	return false
}

func (z *selector) addKeys(x plan.Expr, mine map[plan.ColID]bool) {
	plan.Walk(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok && mine[c.ID] {
			z.agg.sets[0] = union(z.agg.sets[0], []int{z.agg.key(c, c.Name)})
		}
		return true
	})
}

// grouped is the input of an aggregation.
type grouped struct {
	input plan.Node
	keys  []plan.Column // of the input; parallel to aggSet.keys
	outs  []plan.Column // the keys above the aggregation
}

// project computes the keys that are expressions, and passes what the
// aggregates read.
func (z *selector) project() *grouped {
	g := &grouped{}
	p := newProjection(z.b, z.node)
	computed := false
	for i, k := range z.agg.keys {
		col := p.add("", k)
		if col.Name == "" {
			col = p.rename(col, z.agg.names[i])
		}
		if c, ok := k.(*plan.Col); !ok || c.ID != col.ID {
			computed = true
		}
		g.keys = append(g.keys, col)
	}
	g.outs, g.input = g.keys, z.node
	if !computed {
		return g
	}
	used := map[plan.ColID]bool{}
	for _, a := range z.agg.calls {
		aggColumns(a, used)
	}
	for _, c := range z.node.Output() {
		if used[c.ID] {
			p.add("", plan.Ref(c))
		}
	}
	g.input = p.node()
	return g
}

func aggColumns(a plan.Agg, used map[plan.ColID]bool) {
	for _, x := range a.Args {
		plan.Columns(x, used)
	}
	if a.Filter != nil {
		plan.Columns(a.Filter, used)
	}
	for _, k := range a.OrderBy {
		plan.Columns(k.X, used)
	}
}

// rewriteAbove makes HAVING, the select list and ORDER BY read the keys instead
// of computing them, and checks that they read nothing else of FROM.
func (z *selector) rewriteAbove(g *grouped, local map[plan.ColID]bool) error {
	r := newKeyRewriter(z.agg.keys, g.outs)
	check := func(x plan.Expr) (plan.Expr, error) {
		x = r.rewrite(x)
		return x, z.checkGrouped(x, local, g)
	}
	var err error
	for i := range z.having {
		if z.having[i], err = check(z.having[i]); err != nil {
			return err
		}
	}
	for i := range z.items {
		if z.items[i].x, err = check(z.items[i].x); err != nil {
			return err
		}
	}
	for i := range z.order {
		if z.order[i].x != nil {
			if z.order[i].x, err = check(z.order[i].x); err != nil {
				return err
			}
		}
	}
	for i := range z.on {
		if z.on[i], err = check(z.on[i]); err != nil {
			return err
		}
	}
	for i := range z.qualify {
		if z.qualify[i], err = check(z.qualify[i]); err != nil {
			return err
		}
	}
	if err := z.win.each(check); err != nil {
		return err
	}
	if err := z.srf.each(check); err != nil {
		return err
	}
	return z.rewriteApplies(r, local, g)
}

// rewriteApplies does the same in the subqueries above the aggregation.
func (z *selector) rewriteApplies(r *keyRewriter, local map[plan.ColID]bool, g *grouped) error {
	for _, a := range slices.Concat(z.havingSt.applies, z.win.st.applies, z.post.applies) {
		a.Right = plan.Transform(a.Right, func(n plan.Node) plan.Node { return plan.MapExprs(n, r.rewrite) })
		for i := range a.Equal {
			a.Equal[i].L, a.Equal[i].R = r.rewrite(a.Equal[i].L), r.rewrite(a.Equal[i].R)
			if err := z.checkGrouped(a.Equal[i].L, local, g); err != nil {
				return err
			}
		}
		for i := range a.On {
			a.On[i] = r.rewrite(a.On[i])
		}
		for id := range plan.Free(a.Right) {
			if local[id] && !isKey(g, id) {
				return z.b.fail(z.s.Pos, fault.CodeGrouping, "subquery uses ungrouped column %q from outer query", z.columnName(id))
			}
		}
	}
	return nil
}

func isKey(g *grouped, id plan.ColID) bool {
	for _, k := range g.outs {
		if k.ID == id {
			return true
		}
	}
	return false
}

// checkGrouped demands that x reads only keys and aggregates.
func (z *selector) checkGrouped(x plan.Expr, local map[plan.ColID]bool, g *grouped) error {
	var err error
	plan.Walk(x, func(e plan.Expr) bool {
		c, ok := e.(*plan.Col)
		if ok && err == nil && local[c.ID] && !isKey(g, c.ID) {
			err = fault.New(fault.CodeGrouping, "column %q must appear in the GROUP BY clause or be used in an aggregate function",
				z.columnName(c.ID)).At(c.Position())
		}
		return err == nil
	})
	return err
}

// columnName gives a column of FROM with its table, for messages.
func (z *selector) columnName(id plan.ColID) string {
	for _, r := range z.sc.rels {
		for _, c := range r.cols {
			if x, ok := c.x.(*plan.Col); ok && x.ID == id {
				if r.name == "" {
					return c.name
				}
				return r.name + "." + c.name
			}
		}
	}
	return "?"
}

// keyRewriter replaces group keys in expressions by the columns that hold them.
type keyRewriter struct {
	ids    map[plan.ColID]*plan.Col // keys that are plain columns but have another ID above
	prints map[string]*plan.Col     // keys that are expressions
}

func newKeyRewriter(keys []plan.Expr, outs []plan.Column) *keyRewriter {
	r := &keyRewriter{ids: map[plan.ColID]*plan.Col{}, prints: map[string]*plan.Col{}}
	for i, k := range keys {
		if c, ok := k.(*plan.Col); ok {
			if c.ID != outs[i].ID {
				r.ids[c.ID] = plan.Ref(outs[i])
			}
			continue
		}
		r.prints[plan.Fingerprint(k)] = plan.Ref(outs[i])
	}
	// A key that contains another is found after the inner one was replaced.
	for i, k := range keys {
		if _, ok := k.(*plan.Col); !ok && len(r.prints)+len(r.ids) > 1 {
			inner := plan.Rewrite(k, func(x plan.Expr) plan.Expr {
				if x == k {
					return x
				}
				return r.one(x)
			})
			r.prints[plan.Fingerprint(inner)] = plan.Ref(outs[i])
		}
	}
	return r
}

func (r *keyRewriter) one(x plan.Expr) plan.Expr {
	if c, ok := x.(*plan.Col); ok {
		if y, ok := r.ids[c.ID]; ok {
			return withPos(y, c.Pos)
		}
		return x
	}
	if len(r.prints) > 0 {
		if y, ok := r.prints[plan.Fingerprint(x)]; ok {
			return y
		}
	}
	return x
}

func (r *keyRewriter) rewrite(x plan.Expr) plan.Expr {
	if len(r.ids) == 0 && len(r.prints) == 0 {
		return x
	}
	return plan.Rewrite(x, r.one)
}
