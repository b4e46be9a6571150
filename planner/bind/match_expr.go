package bind

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// matchCtx is where an expression of MEASURES or DEFINE stands: there columns are
// values of rows of the match, and become slots.
type matchCtx struct {
	m      *matcher
	define bool
	nav    *navigation // the functions around; nil: none
	agg    *plan.MatchAgg
	refs   *labelRefs // of the function's argument; nil outside of one
	inside string     // that function's name
}

// navigation is what FIRST, LAST, PREV and NEXT around an expression say.
type navigation struct {
	first, final  bool
	offset, shift int64
	nested        []*ast.Call // the navigations inside, for the checks
}

// labelRefs are the pattern variables that an argument refers to.
type labelRefs struct {
	plain       int       // columns without a variable
	labels      []string  // of columns with one
	labelAt     []ast.Pos // of these
	classifiers []string  // of calls of CLASSIFIER; "" for none
}

// patternFunction gives the binding of those that exist only here; nil for others.
func patternFunction(name string) func(*binder, *exprCtx, *ast.Call, string) (plan.Expr, error) {
	switch name {
	case "first", "last", "prev", "next":
		return (*binder).rowNavigation
	case "classifier":
		return (*binder).classifier
	case "match_number":
		return (*binder).matchNumber
	}
	return nil
}

// matchCall binds a call that has a meaning of its own here; ok is false for others.
func (b *binder) matchCall(c *exprCtx, e *ast.Call, name string) (x plan.Expr, ok bool, err error) {
	if e.Over != nil {
		return nil, true, b.fail(e.Pos, fault.CodeWindowing, "Cannot nest window functions or row pattern measures inside pattern recognition expressions")
	}
	kind, _ := b.cfg.Functions.Kind(name)
	f := patternFunction(name)
	aggregate := f == nil && (kind == plan.AggregateFunc || kind == plan.OrderedSetFunc)
	mode := strings.ToUpper(e.Mode)
	switch {
	case mode == "FINAL" && c.match.define:
		return nil, true, b.fail(e.ModeAt, fault.CodeWindowing, "FINAL semantics is not supported in DEFINE clause")
	case mode != "" && f != nil && name != "first" && name != "last":
		return nil, true, b.fail(e.ModeAt, fault.CodeWindowing, "%s semantics is not supported with %s pattern recognition function", mode, name)
	case mode != "" && f == nil && !aggregate:
		return nil, true, b.fail(e.ModeAt, fault.CodeWindowing, "%s semantics is supported only for FIRST(), LAST() and aggregation functions. Actual: %s", mode, name)
	}
	if !(aggregate && name == "count" && len(e.Args) == 1) {
		for _, a := range e.Args {
			if s, star := a.(*ast.Star); star {
				return nil, true, b.fail(s.Pos, fault.CodeInvalidParameter, "label.* syntax is only supported as the only argument of row pattern count function")
			}
		}
	}
	if !aggregate && f == nil {
		return nil, false, nil
	}
	what := name + " pattern recognition function"
	if aggregate {
		what = name + " aggregate function in pattern recognition context"
		f = (*binder).matchAggregate
	}
	if word := extras(e); word != "" {
		return nil, true, b.unsupported(e.Pos, "Cannot use %s with %s", word, what)
	}
	x, err = f(b, c, e, name)
	return x, true, err
}

// extras names a clause of a call that none can have here.
func extras(e *ast.Call) string {
	switch {
	case e.Filter != nil:
		return "FILTER"
	case len(e.OrderBy) > 0:
		return "ORDER BY"
	case e.Distinct:
		return "DISTINCT"
	case len(e.WithinSort) > 0:
		return "WITHIN GROUP"
	case e.IgnoreNull:
		return "IGNORE NULLS"
	}
	return ""
}

// matchColumn binds a column: of the rows of a variable, or of all rows of the match.
func (b *binder) matchColumn(c *exprCtx, name ast.Name) (plan.Expr, error) {
	m := c.match.m
	rest := name
	var vars []int
	v := ""
	if len(name) > 1 {
		if vars = m.vars[label(name[0])]; vars != nil {
			v, rest = label(name[0]), name[1:]
		}
	}
	for _, fold := range []bool{false, true} {
		x, err := b.unqualified(m.sc, rest[0], fold)
		if err != nil {
			return nil, err
		}
		if x == nil {
			continue
		}
		if err := b.readable(x, name.Position()); err != nil {
			return nil, err
		}
		if r := c.match.refs; r != nil {
			r.column(v, name.Position())
		}
		x = withPos(x, b.planPos(name))
		if c.match.agg == nil {
			x = m.slot(c.match, plan.MatchSlot{Kind: plan.SlotValue, X: x, Vars: vars}, x.Type(), b.planPos(name))
		}
		return b.fields(x, rest[1:])
	}
	if vars != nil {
		return nil, b.fail(name.Position(), fault.CodeUndefinedColumn, "Column %s prefixed with label %s cannot be resolved", rest, v)
	}
	return nil, b.noMatchColumn(c, name)
}

func (b *binder) noMatchColumn(c *exprCtx, name ast.Name) error {
	m := c.match.m
	for sc := m.outer; sc != nil; sc = sc.outer {
		if x, _, err := b.find(sc, name, true); x != nil && err == nil {
			return b.unsupported(name.Position(), "Reference to column '%s' from outer scope not allowed in this context", name)
		}
	}
	err := b.fail(name.Position(), fault.CodeUndefinedColumn, "Column '%s' cannot be resolved", name)
	if len(name) > 1 && b.hasRelation(m.sc, name[0].Name) {
		return err.WithHint("In MEASURES and DEFINE columns are named without their table, or with a pattern variable.")
	}
	if near := fault.Nearest(name[0].Name, columnNames(m.sc)); near != "" {
		return err.WithHint("Did you mean %q?", near)
	}
	return err
}

func (r *labelRefs) column(v string, at ast.Pos) {
	if v == "" {
		r.plain++
		return
	}
	r.labels, r.labelAt = append(r.labels, v), append(r.labelAt, at)
}

// slot gives the column of a slot, the same for all that hold the same.
func (m *matcher) slot(c *matchCtx, s plan.MatchSlot, t types.Type, pos plan.Pos) plan.Expr {
	if n := c.nav; n != nil {
		s.First, s.Final, s.Offset, s.Shift = n.first, n.final, n.offset, n.shift
	}
	key := fmt.Sprint(s.Kind, s.Vars, s.First, s.Final, s.Offset, s.Shift)
	if s.X != nil {
		key += plan.Fingerprint(s.X)
	}
	if s.Agg != nil {
		key += s.Agg.Fn.Name + s.Agg.Fn.Ret.String()
		for _, x := range s.Agg.Args {
			key += "|" + plan.Fingerprint(x)
		}
		for _, l := range s.Agg.Fn.Lambdas {
			key += "|" + plan.Fingerprint(l)
		}
	}
	col, ok := m.slots[key]
	if !ok {
		col = m.b.newCol("", t)
		m.slots[key], s.Col = col, col
		m.n.Slots = append(m.n.Slots, s)
	}
	return withPos(plan.Ref(col), pos)
}

// classifier binds CLASSIFIER([variable]).
func (b *binder) classifier(c *exprCtx, e *ast.Call, _ string) (plan.Expr, error) {
	m, v := c.match.m, ""
	switch len(e.Args) {
	case 0:
	case 1:
		ref, ok := e.Args[0].(*ast.ColumnRef)
		if !ok || len(ref.Name) != 1 {
			return nil, b.fail(e.Args[0].Position(), fault.CodeDatatypeMismatch, "CLASSIFIER function argument should be primary pattern variable or subset name. Actual: %s", ast.Text(e.Args[0]))
		}
		if v = label(ref.Name[0]); m.vars[v] == nil {
			return nil, b.fail(ref.Pos, fault.CodeInvalidParameter, "%s is not a primary pattern variable or subset name", v)
		}
	default:
		return nil, b.fail(e.Pos, fault.CodeInvalidParameter, "CLASSIFIER pattern recognition function takes no arguments or 1 argument")
	}
	if r := c.match.refs; r != nil {
		r.classifiers = append(r.classifiers, v)
	}
	if a := c.match.agg; a != nil {
		return withPos(plan.Ref(a.Class), b.planPos(e)), nil
	}
	return m.slot(c.match, plan.MatchSlot{Kind: plan.SlotClassifier, Vars: m.vars[v]}, types.TVarchar, b.planPos(e)), nil
}

// matchNumber binds MATCH_NUMBER(), which no navigation changes.
func (b *binder) matchNumber(c *exprCtx, e *ast.Call, _ string) (plan.Expr, error) {
	m := c.match.m
	switch {
	case len(e.Args) > 0:
		return nil, b.fail(e.Pos, fault.CodeInvalidParameter, "MATCH_NUMBER pattern recognition function takes no arguments")
	case m.window:
		return nil, b.unsupported(e.Pos, "MATCH_NUMBER function is not supported in window")
	}
	if a := c.match.agg; a != nil {
		return withPos(plan.Ref(a.Number), b.planPos(e)), nil
	}
	at := *c.match
	at.nav = nil
	return m.slot(&at, plan.MatchSlot{Kind: plan.SlotNumber}, types.TBigInt, b.planPos(e)), nil
}

// rowNavigation binds FIRST, LAST, PREV and NEXT: what stands in them is seen from
// another row, so they go down to the columns.
func (b *binder) rowNavigation(c *exprCtx, e *ast.Call, name string) (plan.Expr, error) {
	if c.match.agg != nil {
		return nil, b.fail(e.Pos, fault.CodeWindowing, "Cannot nest %s pattern navigation function inside %s function", name, c.match.inside)
	}
	if len(e.Args) != 1 && len(e.Args) != 2 {
		return nil, b.fail(e.Pos, fault.CodeInvalidParameter, "%s pattern recognition function requires 1 or 2 arguments", name)
	}
	logical := name == "first" || name == "last"
	nav := &navigation{}
	if outer := c.match.nav; outer != nil {
		outer.nested = append(outer.nested, e)
		nav.shift = outer.shift
	}
	offset, err := b.navigationOffset(e, name, logical)
	if err != nil {
		return nil, err
	}
	switch name {
	case "first", "last":
		nav.first, nav.final, nav.offset = name == "first", e.Mode == "final", offset
	case "prev":
		nav.shift = -offset
	case "next":
		nav.shift = offset
	}
	in, at := *c, *c.match
	at.nav, at.refs, at.inside = nav, &labelRefs{}, name
	in.match = &at
	x, err := b.expr(&in, e.Args[0])
	if err != nil {
		return nil, err
	}
	if err := b.navigationNesting(e, name, nav); err != nil {
		return nil, err
	}
	if _, err := b.consistentLabels(e, name, at.refs, true); err != nil {
		return nil, err
	}
	if r := c.match.refs; r != nil {
		r.add(at.refs)
	}
	return x, nil
}

func (r *labelRefs) add(s *labelRefs) {
	r.plain += s.plain
	r.labels, r.labelAt = append(r.labels, s.labels...), append(r.labelAt, s.labelAt...)
	r.classifiers = append(r.classifiers, s.classifiers...)
}

// navigationOffset reads the second argument, a number as it stands.
func (b *binder) navigationOffset(e *ast.Call, name string, logical bool) (int64, error) {
	if len(e.Args) == 1 {
		if logical {
			return 0, nil
		}
		return 1, nil
	}
	n, ok := e.Args[1].(*ast.NumberLit)
	if !ok || strings.ContainsAny(n.Text, ".eE") {
		return 0, b.fail(e.Pos, fault.CodeInvalidParameter, "%s pattern recognition navigation function requires a number as the second argument", name)
	}
	v, err := strconv.ParseInt(n.Text, 10, 64)
	if err != nil || v > math.MaxInt32 {
		return 0, b.fail(e.Pos, fault.CodeNumericOutOfRange, "The second argument of %s pattern recognition navigation function must not exceed %d (actual: %s)", name, math.MaxInt32, n.Text)
	}
	return v, nil
}

// navigationNesting allows FIRST or LAST as the whole argument of PREV or NEXT.
func (b *binder) navigationNesting(e *ast.Call, name string, nav *navigation) error {
	if len(nav.nested) == 0 {
		return nil
	}
	fail := func(at *ast.Call, format string, args ...any) error {
		return b.fail(at.Pos, fault.CodeWindowing, format, args...)
	}
	first := nav.nested[0]
	inner := strings.ToLower(first.Name.Last().Name)
	switch {
	case name == "first" || name == "last":
		return fail(first, "Cannot nest %s pattern navigation function inside %s pattern navigation function", inner, name)
	case len(nav.nested) > 1:
		return fail(nav.nested[1], "Cannot nest multiple pattern navigation functions inside %s pattern navigation function", name)
	case inner == "prev" || inner == "next":
		return fail(first, "Cannot nest %s pattern navigation function inside %s pattern navigation function", inner, name)
	case ast.Expr(first) != e.Args[0]:
		return fail(first, "Immediate nesting is required for pattern navigation functions")
	}
	return nil
}

// consistentLabels demands that an argument refers to the rows of one variable, and
// gives its name: "" for all rows of the match, "-" where nothing refers to rows.
func (b *binder) consistentLabels(e *ast.Call, name string, r *labelRefs, required bool) (string, error) {
	if r.plain+len(r.labels)+len(r.classifiers) == 0 {
		if required {
			return "", b.fail(e.Pos, fault.CodeWindowing, "Pattern navigation function %s must contain at least one column reference or CLASSIFIER()", name)
		}
		return "-", nil
	}
	one := ""
	if len(r.labels) > 0 {
		one = r.labels[0]
		if r.plain > 0 || !sameLabels(r.labels) {
			return "", b.fail(r.labelAt[0], fault.CodeWindowing, "Column references inside argument of function %s must all either be prefixed with the same label or be not prefixed", name)
		}
	}
	if len(r.classifiers) == 0 {
		return one, nil
	}
	if !sameLabels(r.classifiers) {
		return "", b.fail(e.Pos, fault.CodeWindowing, "CLASSIFIER() calls inside argument of function %s must all either have the same label as the argument or have no arguments", name)
	}
	if r.plain+len(r.labels) > 0 && r.classifiers[0] != one {
		return "", b.fail(e.Pos, fault.CodeWindowing, "Column references inside argument of function %s must all be prefixed with the same label that all CLASSIFIER() calls have as the argument", name)
	}
	return r.classifiers[0], nil
}

func sameLabels(list []string) bool {
	for _, s := range list {
		if s != list[0] {
			return false
		}
	}
	return true
}
