package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// framePattern binds the row pattern of a window's frame, whose bounds are f. Its
// columns are those of FROM, as in the rest of the window.
func (s *winSet) framePattern(w *window, f *plan.Frame, a *ast.Frame) error {
	b, r := s.z.b, a.Rows
	if r.Pattern == nil {
		return b.withoutPattern(a)
	}
	fail := func(msg string) error { return b.fail(a.Pos, fault.CodeWindowing, "%s", msg) }
	switch {
	case len(r.Defines) == 0:
		return fail("Pattern recognition requires DEFINE clause")
	case f.Unit != plan.FrameRows:
		return fail("Pattern recognition requires ROWS frame type")
	case f.Start.Kind != plan.CurrentRow || r.OneBound:
		return fail("Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...")
	case f.Exclude != plan.ExcludeNoOthers:
		return fail("Pattern recognition does not allow rows to be excluded from the frame")
	}
	n := &plan.MatchRecognize{Rows: plan.RowsOfWindow, End: f.End, Seek: r.Search == "seek"}
	z := s.z
	m := &matcher{
		b: b, n: n, sc: &scope{env: z.sc.env, rels: z.sc.rels, cols: z.sc.cols}, outer: z.sc.outer,
		st: &s.st, slots: map[string]plan.Column{}, window: true,
	}
	w.match = &windowMatch{m: m, cols: map[string]plan.Column{}}
	if err := m.rowPattern(r); err != nil {
		return err
	}
	if err := m.define(r); err != nil {
		return err
	}
	for i := range r.Measures {
		x, err := m.measure(&r.Measures[i])
		if err != nil {
			return err
		}
		w.match.measures = append(w.match.measures, windowMeasure{name: r.Measures[i].Name.Name, x: x})
	}
	return nil
}

// windowMatch is the row pattern of a window.
type windowMatch struct {
	m        *matcher
	measures []windowMeasure
	cols     map[string]plan.Column // of the measures that are used
}

type windowMeasure struct {
	name string
	x    plan.Expr
}

// withoutPattern refuses what only a pattern gives a meaning.
func (b *binder) withoutPattern(a *ast.Frame) error {
	r := a.Rows
	fail := func(at ast.Pos, format string, args ...any) error {
		return b.fail(at, fault.CodeWindowing, format, args...)
	}
	switch {
	case len(r.Measures) > 0:
		return fail(a.Pos, "Row pattern measures require PATTERN clause")
	case r.Skip != nil:
		return fail(r.Skip.Pos, "AFTER MATCH SKIP clause requires PATTERN clause")
	case r.Search != "":
		return fail(r.SearchAt, "%s modifier requires PATTERN clause", strings.ToUpper(r.Search))
	case len(r.Subsets) > 0:
		return fail(r.Subsets[0].Name.Pos, "Union variable definitions require PATTERN clause")
	}
	return fail(r.Defines[0].Name.Pos, "Primary pattern variable definitions require PATTERN clause")
}

// windowMeasure binds name OVER window.
func (b *binder) windowMeasure(c *exprCtx, e *ast.Call) (plan.Expr, error) {
	if c.match != nil {
		return nil, b.fail(e.Pos, fault.CodeWindowing, "Cannot nest window functions or row pattern measures inside pattern recognition expressions")
	}
	if err := b.windowAllowed(c, e); err != nil {
		return nil, err
	}
	w, err := c.win.over(c, e.Over)
	if err != nil {
		return nil, err
	}
	id := e.Name.Last()
	var found []windowMeasure
	if w.match != nil {
		for _, m := range w.match.measures {
			if sameName(m.name, id.Name, true) {
				found = append(found, m)
			}
		}
	}
	switch {
	case len(found) == 0:
		return nil, b.fail(e.Pos, fault.CodeUndefinedColumn, "Measure %s is not defined in the corresponding window", id.Name)
	case len(found) > 1:
		return nil, b.fail(e.Pos, fault.CodeAmbiguousColumn, "Measure %s is defined more than once", id.Name)
	}
	col, ok := w.match.cols[found[0].name]
	if !ok {
		col = b.newCol(found[0].name, found[0].x.Type())
		w.match.cols[col.Name] = col
		w.match.m.n.Measures = append(w.match.m.n.Measures, plan.Item{Col: col, X: found[0].x})
		c.win.use(w)
	}
	return withPos(plan.Ref(col), b.planPos(e)), nil
}

// use notes that a window with a pattern is used.
func (s *winSet) use(w *window) {
	for _, x := range s.matched {
		if x == w {
			return
		}
	}
	s.matched = append(s.matched, w)
}

// used reports whether there are window functions or measures.
func (s *winSet) used() bool { return len(s.calls)+len(s.matched) > 0 }

// each replaces the expressions that see the rows before the window.
func (w *windowMatch) each(f func(plan.Expr) (plan.Expr, error)) error {
	for i := range w.m.n.Slots {
		s := &w.m.n.Slots[i]
		if err := eachOne(f, &s.X); err != nil {
			return err
		}
		if s.Agg != nil {
			if err := eachOf(f, s.Agg.Args); err != nil {
				return err
			}
		}
	}
	return eachOne(f, &w.m.n.End.Offset)
}

// matches puts the nodes of windows with patterns on top of n.
func (s *winSet) matches(n plan.Node) plan.Node {
	for _, w := range s.matched {
		x := w.match.m.n
		x.Partition = len(w.partition)
		for _, k := range w.partition {
			x.Keys = append(x.Keys, plan.SortKey{X: k})
		}
		x.Keys = append(x.Keys, w.order...)
		for i := range s.calls {
			if s.calls[i].win == w {
				x.Calls = append(x.Calls, s.calls[i].placed())
			}
		}
		x.Input, x.Pass = n, n.Output()
		n = x
	}
	return n
}

// patternOffset binds the end of a frame with a pattern, which may have columns.
func (s *winSet) patternOffset(to *plan.FrameBound, e ast.Expr) error {
	b := s.z.b
	x, err := b.expr(&exprCtx{sc: s.z.sc, clause: inWindowDef}, e)
	if err != nil {
		return err
	}
	if !b.isUnknown(x) && !x.Type().IsInteger() {
		return b.fail(e.Position(), fault.CodeDatatypeMismatch, "Window frame ROWS end value type must be exact numeric type with scale 0 (actual %s)", x.Type())
	}
	to.Offset, err = b.coerce(x, types.TBigInt, e.Position())
	return err
}
