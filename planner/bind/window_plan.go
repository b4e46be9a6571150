package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// bindQualify binds QUALIFY, which may name output columns.
func (z *selector) bindQualify() error {
	if z.s.Qualify == nil {
		return nil
	}
	c := z.itemCtx()
	c.srf, c.outs, c.clause = nil, z.items, "QUALIFY"
	x, err := z.b.condition(c, z.s.Qualify)
	if err != nil {
		return err
	}
	if !z.win.used() {
		return z.b.fail(z.s.Qualify.Position(), fault.CodeWindowing, "QUALIFY needs a window function in it or in the select list")
	}
	z.qualify = plan.Conjuncts(x)
	return nil
}

// bindWindows binds the named windows that nothing refers to.
func (z *selector) bindWindows() error { return z.win.defineNamed() }

// windows puts the nodes of the window functions on top of the plan, and
// QUALIFY above them.
func (z *selector) windows() error {
	if z.win.used() {
		z.node = z.win.stack(z.win.st.over(z.node))
	}
	if len(z.qualify) > 0 {
		z.node = z.post.over(z.node)
		z.post.applies = nil
		z.node = &plan.Filter{Input: z.node, Conds: z.qualify}
	}
	return nil
}

// stack makes the nodes. Windows with the most keys come first: those whose keys
// they begin with need no sort of their own.
func (s *winSet) stack(n plan.Node) plan.Node {
	order := make([]int, len(s.calls))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return s.calls[j].win.keys() - s.calls[i].win.keys() })
	var nodes []*plan.Window
next:
	for _, i := range order {
		c := &s.calls[i]
		if c.win.match != nil {
			continue
		}
		for _, w := range nodes {
			if c.win.fits(w) {
				w.Calls = append(w.Calls, c.placed())
				continue next
			}
		}
		w := &plan.Window{Calls: []plan.WindowCall{c.placed()}}
		for _, x := range c.win.partition {
			w.Keys = append(w.Keys, plan.SortKey{X: x})
		}
		w.Keys = append(w.Keys, c.win.order...)
		nodes = append(nodes, w)
	}
	for _, w := range nodes {
		w.Input, w.Pass = n, n.Output()
		n = w
	}
	return s.matches(n)
}

func (w *window) keys() int { return len(w.partition) + len(w.order) }

func (c *winCall) placed() plan.WindowCall {
	c.call.Partition, c.call.Order = len(c.win.partition), len(c.win.order)
	return c.call
}

// fits reports whether rows sorted by n's keys are partitioned and ordered as w
// says: its partition keys come first, in whatever order, then those of its order.
func (w *window) fits(n *plan.Window) bool {
	p := len(w.partition)
	if w.keys() > len(n.Keys) {
		return false
	}
	rest := append([]plan.Expr(nil), w.partition...)
	for _, k := range n.Keys[:p] {
		i := slices.IndexFunc(rest, func(x plan.Expr) bool { return plan.Same(x, k.X) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for i, k := range w.order {
		o := n.Keys[p+i]
		if o.Desc != k.Desc || o.NullsFirst != k.NullsFirst || !plan.Same(o.X, k.X) {
			return false
		}
	}
	return true
}

// withTies is FETCH FIRST n ROWS WITH TIES over the rows of n in the order of
// keys: those of rank n or less, but for the first of OFFSET.
func (b *binder) withTies(n plan.Node, keys []plan.SortKey, on []plan.ColID, q *ast.Query, env *cteEnv) (plan.Node, error) {
	if len(keys) == 0 {
		return nil, b.fail(q.Pos, fault.CodeSyntax, "WITH TIES cannot be specified without ORDER BY clause")
	}
	if len(on) > 0 {
		n = &plan.DistinctOn{Input: &plan.Sort{Input: n, Keys: keys, Limit: -1}, On: on}
	}
	count, err := b.tiesCount(q.Limit, "LIMIT", env)
	if err != nil {
		return nil, err
	}
	zero := &plan.Const{Value: types.IntOf(types.TBigInt, 0)}
	w := &plan.Window{Input: n, Pass: n.Output(), Keys: keys}
	rank, err := b.ranking(w, "rank")
	if err != nil {
		return nil, err
	}
	var conds []plan.Expr
	if k, ok := count.(*plan.Const); !ok || k.Value.I == 0 { // no row, no ties
		conds = append(conds, &plan.Compare{Op: plan.GT, L: count, R: zero})
	}
	last := count
	if q.Offset != nil {
		skip, err := b.tiesCount(q.Offset, "OFFSET", env)
		if err != nil {
			return nil, err
		}
		if k, ok := skip.(*plan.Const); !ok || k.Value.Null {
			skip = &plan.Coalesce{Args: []plan.Expr{skip, zero}, Typ: types.TBigInt}
		}
		number, err := b.ranking(w, "row_number")
		if err != nil {
			return nil, err
		}
		conds = append(conds, &plan.Compare{Op: plan.GT, L: number, R: skip})
		if last, err = b.apply(q.Pos, "+", []plan.Expr{count, skip}); err != nil {
			return nil, err
		}
	}
	conds = append(conds, &plan.Compare{Op: plan.LE, L: rank, R: last})
	return &plan.Sort{Input: &plan.Filter{Input: w, Conds: conds}, Keys: keys, Limit: -1}, nil
}

// tiesCount binds a number of rows that must be one.
func (b *binder) tiesCount(e ast.Expr, what string, env *cteEnv) (plan.Expr, error) {
	x, err := b.count(e, what, nil, env)
	if err != nil {
		return nil, err
	}
	k, ok := x.(*plan.Const)
	switch {
	case ok && k.Value.Null && what == "LIMIT":
		return nil, b.fail(e.Position(), fault.CodeInvalidRowCount, "row count cannot be null in FETCH FIRST ... WITH TIES clause")
	case ok && !k.Value.Null && k.Value.I < 0 && what == "LIMIT":
		return nil, b.fail(e.Position(), fault.CodeInvalidRowCount, "LIMIT must not be negative")
	case ok && !k.Value.Null && k.Value.I < 0:
		return nil, b.fail(e.Position(), "2201X", "OFFSET must not be negative")
	}
	return x, nil
}

// ranking adds row_number() or rank() over all of w's keys.
func (b *binder) ranking(w *plan.Window, name string) (plan.Expr, error) {
	fn, err := b.resolve(name, plan.WindowFunc, nil)
	if err != nil {
		return nil, err
	}
	col := b.newCol(name, fn.Ret)
	w.Calls = append(w.Calls, plan.WindowCall{Col: col, Fn: fn, Order: len(w.Keys), Frame: plan.Frame{End: plan.FrameBound{Kind: plan.CurrentRow}}})
	return plan.Ref(col), nil
}
