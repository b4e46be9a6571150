package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// winSet collects the window functions of a SELECT block. They see the rows that
// grouping and HAVING leave; their own columns stand in the calls' places.
type winSet struct {
	z       *selector
	st      stage // subqueries of arguments and definitions
	named   []*window
	calls   []winCall
	bound   bool      // the WINDOW clause was looked at
	matched []*window // those with a row pattern that are used
}

// window is a bound window definition.
type window struct {
	name      string
	def       *ast.Window
	partition []plan.Expr
	order     []plan.SortKey
	frame     plan.Frame
	framed    bool         // has a frame clause
	match     *windowMatch // its row pattern; nil: none
}

type winCall struct {
	call plan.WindowCall
	win  *window
}

// The clauses in which window functions are refused with words of their own.
const (
	inWindow    = "a window function"
	inWindowDef = "window definitions"
)

// windowCall binds a call with OVER.
func (b *binder) windowCall(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	if err := b.windowAllowed(c, e); err != nil {
		return nil, err
	}
	kind, known := b.cfg.Functions.Kind(name)
	if kind == plan.OrderedSetFunc {
		return nil, b.unsupported(e.Pos, "OVER is not supported for ordered-set aggregate %s", name)
	}
	if known && kind != plan.WindowFunc && kind != plan.AggregateFunc {
		return nil, b.fail(e.Pos, fault.CodeWrongObjectType, "OVER specified, but %s is not a window function nor an aggregate function", name)
	}
	if err := b.windowForm(e, name, kind); err != nil {
		return nil, err
	}
	in := *c
	in.st, in.win, in.srf, in.outs, in.clause = &c.win.st, nil, nil, nil, inWindow
	xs, err := b.exprs(&in, e.Args)
	if err != nil {
		return nil, err
	}
	fn, err := b.resolve(name, plan.WindowFunc, b.args(xs))
	if err != nil {
		return nil, b.located(err, e.Pos)
	}
	call := plan.WindowCall{Fn: fn, IgnoreNulls: e.IgnoreNull}
	if call.Args, err = b.coerceArgs(xs, fn.Params, e.Pos); err != nil {
		return nil, err
	}
	if e.Filter != nil {
		in.clause = "FILTER"
		if call.Filter, err = b.condition(&in, e.Filter); err != nil {
			return nil, err
		}
	}
	w, err := c.win.over(c, e.Over)
	if err != nil {
		return nil, err
	}
	if w.match != nil {
		c.win.use(w)
	}
	call.Frame, call.Col = w.frame, b.newCol(name, fn.Ret)
	c.win.calls = append(c.win.calls, winCall{call, w})
	return withPos(plan.Ref(call.Col), b.planPos(e)), nil
}

// windowAllowed refuses window functions where the clause cannot have them.
func (b *binder) windowAllowed(c *exprCtx, e *ast.Call) error {
	switch {
	case c.win != nil:
		return nil
	case c.clause == inWindow:
		return b.fail(e.Pos, fault.CodeWindowing, "window function calls cannot be nested")
	case c.clause == inAggregate:
		return b.fail(e.Pos, fault.CodeGrouping, "aggregate function calls cannot contain window function calls")
	}
	return b.fail(e.Pos, fault.CodeWindowing, "window functions are not allowed in %s", c.clause)
}

// windowForm refuses what calls over windows cannot have.
func (b *binder) windowForm(e *ast.Call, name string, kind plan.FuncKind) error {
	switch {
	case e.Distinct:
		return b.unsupported(e.Pos, "DISTINCT is not implemented for window functions")
	case len(e.WithinSort) > 0:
		return b.unsupported(e.Pos, "OVER is not supported for ordered-set aggregate %s", name)
	case len(e.OrderBy) > 0:
		return b.unsupported(e.Pos, "aggregate ORDER BY is not implemented for window functions")
	case e.Filter != nil && kind != plan.AggregateFunc:
		return b.unsupported(e.Pos, "FILTER is not implemented for non-aggregate window functions")
	case e.Star && name != "count":
		return b.fail(e.Pos, fault.CodeUndefinedFunction, "function %s(*) does not exist", name)
	}
	if !e.IgnoreNull {
		return nil
	}
	switch name {
	case "lead", "lag", "first_value", "last_value", "nth_value":
		return nil
	}
	return b.unsupported(e.Pos, "function %s does not allow IGNORE NULLS", name)
}

// over gives the window of an OVER clause.
func (s *winSet) over(c *exprCtx, w *ast.Window) (*window, error) {
	if w.Name.Name == "" {
		return s.define(c, w, "")
	}
	base, err := s.find(w.Name)
	if err != nil {
		return nil, err
	}
	if w.Pos == w.Name.Pos { // OVER name, without parentheses
		return base, nil
	}
	return s.define(c, w, "")
}

// find gives a named window.
func (s *winSet) find(name ast.Ident) (*window, error) {
	if err := s.defineNamed(); err != nil {
		return nil, err
	}
	for _, w := range s.named {
		if w.name == name.Name {
			return w, nil
		}
	}
	return nil, nearest(s.z.b.fail(name.Pos, fault.CodeUndefinedObject, "window %q does not exist", name.Name), name.Name, s.names())
}

// defineNamed binds the WINDOW clause. A window may build on those before it.
func (s *winSet) defineNamed() error {
	if s.bound {
		return nil
	}
	s.bound = true
	for i := range s.z.s.Windows {
		d := &s.z.s.Windows[i]
		for _, w := range s.named {
			if w.name == d.Name.Name {
				return s.z.b.fail(d.Name.Pos, fault.CodeWindowing, "window %q is already defined", w.name)
			}
		}
		w, err := s.define(s.z.itemCtx(), &d.Def, d.Name.Name)
		if err != nil {
			return err
		}
		s.named = append(s.named, w)
	}
	return nil
}

// define binds a window definition.
func (s *winSet) define(c *exprCtx, def *ast.Window, name string) (*window, error) {
	b := s.z.b
	in := *c
	in.st, in.win, in.srf, in.outs, in.clause = &s.st, nil, nil, nil, inWindowDef
	w := &window{name: name, def: def}
	base, err := s.base(def)
	if err != nil {
		return nil, err
	}
	if base != nil {
		w.partition, w.order = base.partition, base.order
	}
	for _, e := range def.PartitionBy {
		x, err := b.expr(&in, e)
		if err == nil {
			err = b.groupable(x.Type(), e.Position())
		}
		if err != nil {
			return nil, err
		}
		w.partition = append(w.partition, b.ordered(b.settled(x)))
	}
	for i := range def.OrderBy {
		o := &def.OrderBy[i]
		x, err := b.expr(&in, o.X)
		if err != nil {
			return nil, err
		}
		x = b.settled(x)
		if err := b.sortable(x.Type(), o.X.Position()); err != nil {
			return nil, err
		}
		w.order = append(w.order, b.sortKey(x, o))
	}
	w.frame, err = s.frame(w, def)
	return w, err
}

// base gives the window that a definition builds on, nil for none, and refuses
// what may not be added to it.
func (s *winSet) base(def *ast.Window) (*window, error) {
	if def.Name.Name == "" {
		return nil, nil
	}
	b := s.z.b
	var base *window
	for _, w := range s.named {
		if w.name == def.Name.Name {
			base = w
		}
	}
	switch {
	case base == nil:
		return nil, nearest(b.fail(def.Name.Pos, fault.CodeUndefinedObject, "window %q does not exist", def.Name.Name), def.Name.Name, s.names())
	case len(def.PartitionBy) > 0:
		return nil, b.fail(def.Pos, fault.CodeWindowing, "cannot override PARTITION BY clause of window %q", base.name)
	case len(def.OrderBy) > 0 && len(base.order) > 0:
		return nil, b.fail(def.Pos, fault.CodeWindowing, "cannot override ORDER BY clause of window %q", base.name)
	case base.framed:
		err := b.fail(def.Pos, fault.CodeWindowing, "cannot copy window %q because it has a frame clause", base.name)
		if len(def.OrderBy) == 0 && def.Frame == nil {
			return nil, err.WithHint("Omit the parentheses in this OVER clause.")
		}
		return nil, err
	}
	return base, nil
}

// each replaces the expressions of all calls and windows.
func (s *winSet) each(f func(plan.Expr) (plan.Expr, error)) error {
	done := map[*window]bool{}
	for i := range s.calls {
		c := &s.calls[i]
		if err := eachOf(f, c.call.Args); err != nil {
			return err
		}
		if err := eachOne(f, &c.call.Filter); err != nil {
			return err
		}
		if !done[c.win] {
			done[c.win] = true
			if err := c.win.each(f); err != nil {
				return err
			}
		}
		c.call.Frame = c.win.frame
	}
	for _, w := range slices.Concat(s.matched, s.named) {
		if !done[w] {
			done[w] = true
			if err := w.each(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *window) each(f func(plan.Expr) (plan.Expr, error)) error {
	w.partition = append([]plan.Expr(nil), w.partition...) // a window built on this one shares the list
	w.order = append([]plan.SortKey(nil), w.order...)
	if err := eachOf(f, w.partition); err != nil {
		return err
	}
	for i := range w.order {
		if err := eachOne(f, &w.order[i].X); err != nil {
			return err
		}
	}
	if w.match != nil {
		if err := w.match.each(f); err != nil {
			return err
		}
	}
	for _, e := range []*plan.Expr{&w.frame.Key, &w.frame.Start.Limit, &w.frame.End.Limit} {
		if err := eachOne(f, e); err != nil {
			return err
		}
	}
	return nil
}

func eachOf(f func(plan.Expr) (plan.Expr, error), xs []plan.Expr) error {
	for i := range xs {
		if err := eachOne(f, &xs[i]); err != nil {
			return err
		}
	}
	return nil
}

func eachOne(f func(plan.Expr) (plan.Expr, error), x *plan.Expr) (err error) {
	if *x != nil {
		*x, err = f(*x)
	}
	return err
}

// names are those of the WINDOW clause.
func (s *winSet) names() []string {
	out := make([]string, len(s.named))
	for i, w := range s.named {
		out[i] = w.name
	}
	return out
}
