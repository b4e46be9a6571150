package kernel

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// outcome is the set of answers that a condition may give for some row: true,
// false, NULL. It is never too small; it may be too large.
type outcome struct{ t, f, n bool }

var anything = outcome{true, true, true}

// judge evaluates conditions over bounds instead of rows.
type judge struct {
	pos    map[plan.ColID]int
	bounds func(col int) formats.Bounds
}

func (j *judge) expr(e plan.Expr) outcome {
	switch e := e.(type) {
	case *plan.Const:
		if e.Value.Null {
			return outcome{n: true}
		}
		return outcome{t: e.Value.I != 0, f: e.Value.I == 0}
	case *plan.Col:
		if e.Typ.Kind == types.Boolean {
			return j.compare(plan.EQ, e, &plan.Const{Value: types.BoolOf(true)})
		}
	case *plan.And:
		return j.and(e.Args)
	case *plan.Or:
		return j.or(e.Args)
	case *plan.Not:
		o := j.expr(e.X)
		return outcome{t: o.f, f: o.t, n: o.n}
	case *plan.IsNull:
		return j.isNull(e)
	case *plan.Compare:
		return j.compare(e.Op, e.L, e.R)
	case *plan.In:
		return j.in(e)
	case *plan.Call:
		return j.like(e)
	}
	return anything
}

func (j *judge) and(args []plan.Expr) outcome {
	out := outcome{t: true}
	for _, a := range args {
		o := j.expr(a)
		if o == (outcome{f: true}) {
			return o
		}
		out = outcome{t: out.t && o.t, f: out.f || o.f, n: out.n || o.n}
	}
	return out
}

func (j *judge) or(args []plan.Expr) outcome {
	out := outcome{f: true}
	for _, a := range args {
		o := j.expr(a)
		if o == (outcome{t: true}) {
			return o
		}
		out = outcome{t: out.t || o.t, f: out.f && o.f, n: out.n || o.n}
	}
	return out
}

// span is what is known of an expression's values: lo and hi inclusive, where
// known, and whether a value or a NULL may occur.
type span struct {
	typ            types.Type
	lo, hi         types.Value
	hasLo, hasHi   bool
	nulls, present bool
}

// span gives the range of a constant, a column, or a cast of one that keeps the
// order of its values.
func (j *judge) span(e plan.Expr) (span, bool) {
	switch e := e.(type) {
	case *plan.Const:
		if e.Value.Null {
			return span{typ: e.Value.Type, nulls: true}, true
		}
		return span{typ: e.Value.Type, lo: e.Value, hi: e.Value, hasLo: true, hasHi: true, present: true}, true
	case *plan.Col:
		col, ok := j.pos[e.ID]
		if !ok {
			return span{}, false
		}
		return columnSpan(e.Typ, j.bounds(col)), true
	case *plan.Cast:
		s, ok := j.span(e.X)
		if !ok || !monotone(s.typ, e.To) {
			return span{}, false
		}
		return s.cast(e.To, e.Dialect)
	}
	return span{}, false
}

func columnSpan(t types.Type, b formats.Bounds) span {
	s := span{typ: t, nulls: !b.HasNulls || b.Nulls > 0 || b.AllNull, present: !b.AllNull}
	// Blank padding makes char compare unlike its bytes; nested values have no
	// bounds that mean anything.
	if !b.HasMinMax || t.Kind == types.Char || t.IsNested() || !comparable(t, b.Min.Type) || !comparable(t, b.Max.Type) {
		return s
	}
	s.lo, s.hi, s.hasLo = b.Min, b.Max, true
	// Writers leave NaN out of the bounds, and NaN is above every number.
	s.hasHi = !t.IsFloat()
	return s
}

// comparable reports whether values of two types compare by their physical form.
func comparable(a, b types.Type) bool {
	if a.Kind == types.Decimal && b.Kind == types.Decimal {
		return a.S == b.S && a.Phys() == b.Phys()
	}
	if a.IsString() && b.IsString() {
		return a.Kind != types.Char && b.Kind != types.Char
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case types.Time, types.Timestamp, types.TimestampTZ:
		return a.UnitsPerSecond() == b.UnitsPerSecond()
	}
	return true
}

// monotone lists the casts that keep the order and lose nothing.
func monotone(from, to types.Type) bool {
	switch {
	case from.IsInteger() && to.IsInteger():
		return to.Kind >= from.Kind
	case from.IsInteger() && to.Kind == types.Decimal:
		return to.P-to.S >= types.AsDecimal(from).P
	case from.Kind == types.Decimal && to.Kind == types.Decimal:
		return to.S >= from.S && to.P-to.S >= from.P-from.S
	case from.Kind == types.Date:
		return to.Kind == types.Timestamp
	case from.Kind == types.Timestamp && to.Kind == types.Timestamp:
		return to.P >= from.P
	case from.IsString() && to.Kind == types.Varchar:
		return from.Kind != types.Char && to.P == 0
	}
	return false
}

func (s span) cast(to types.Type, d plan.Dialect) (span, bool) {
	for _, end := range []struct {
		has *bool
		v   *types.Value
	}{{&s.hasLo, &s.lo}, {&s.hasHi, &s.hi}} {
		if !*end.has {
			continue
		}
		v, err := CastValue(nil, *end.v, to, d)
		if err != nil {
			return span{}, false
		}
		*end.v = v
	}
	s.typ = to
	return s, true
}

func (j *judge) isNull(e *plan.IsNull) outcome {
	s, ok := j.span(e.X)
	if !ok {
		return outcome{t: true, f: true}
	}
	o := outcome{t: s.nulls, f: s.present}
	if e.Not {
		o.t, o.f = o.f, o.t
	}
	return o
}

func (j *judge) compare(op plan.CompareOp, l, r plan.Expr) outcome {
	a, ok1 := j.span(l)
	b, ok2 := j.span(r)
	if !ok1 || !ok2 || !comparable(a.typ, b.typ) && a.typ.Kind != types.Unknown && b.typ.Kind != types.Unknown {
		return anything
	}
	if op == plan.Distinct || op == plan.NotDistinct {
		return distinctSpans(op, a, b)
	}
	o := outcome{n: a.nulls || b.nulls}
	if !a.present || !b.present {
		return o
	}
	o.t, o.f = compareSpans(op, a, b)
	return o
}

// compareSpans tells whether a op b may be true and may be false for values of
// the two ranges.
func compareSpans(op plan.CompareOp, a, b span) (t, f bool) {
	switch op {
	case plan.EQ, plan.NE:
		overlap := !above(a, b) && !above(b, a)
		t, f = overlap, !(single(a) && single(b) && a.lo.Compare(b.lo) == 0)
		if op == plan.NE {
			t, f = f, t
		}
	case plan.LT, plan.GE:
		// a < b: possible unless a.lo >= b.hi; false possible unless a.hi < b.lo.
		t = !(a.hasLo && b.hasHi && a.lo.Compare(b.hi) >= 0)
		f = !(a.hasHi && b.hasLo && a.hi.Compare(b.lo) < 0)
		if op == plan.GE {
			t, f = f, t
		}
	case plan.GT, plan.LE:
		t = !(a.hasHi && b.hasLo && a.hi.Compare(b.lo) <= 0)
		f = !(a.hasLo && b.hasHi && a.lo.Compare(b.hi) > 0)
		if op == plan.LE {
			t, f = f, t
		}
	}
	return t, f
}

// above: every value of a is greater than every value of b.
func above(a, b span) bool { return a.hasLo && b.hasHi && a.lo.Compare(b.hi) > 0 }

// single: the range has exactly one value.
func single(s span) bool { return s.hasLo && s.hasHi && s.lo.Compare(s.hi) == 0 }

func distinctSpans(op plan.CompareOp, a, b span) outcome {
	// Equal if both may be NULL, or both have values that may be equal.
	same, differ := a.nulls && b.nulls, a.nulls && b.present || a.present && b.nulls
	if a.present && b.present {
		t, f := compareSpans(plan.EQ, a, b)
		same, differ = same || t, differ || f
	}
	if op == plan.Distinct {
		return outcome{t: differ, f: same}
	}
	return outcome{t: same, f: differ}
}

func (j *judge) in(e *plan.In) outcome {
	s, ok := j.span(e.X)
	if !ok {
		return anything
	}
	o := outcome{n: s.nulls}
	if s.present {
		missing := true // a value that is in no element
		listNull := false
		for _, v := range e.List {
			if v.Null {
				listNull = true
				continue
			}
			if !comparable(s.typ, v.Type) {
				return anything
			}
			t, f := compareSpans(plan.EQ, s, span{lo: v, hi: v, hasLo: true, hasHi: true})
			o.t, missing = o.t || t, missing && f
		}
		o.f, o.n = missing && !listNull, o.n || missing && listNull
	}
	if e.Not {
		o.t, o.f = o.f, o.t
	}
	return o
}

// like judges a pattern match by the pattern's literal prefix.
func (j *judge) like(e *plan.Call) outcome {
	im, ok := e.Fn.Impl.(*Impl)
	if !ok || im.Like == nil || im.Like.Fold || len(e.Args) < 2 {
		return anything
	}
	s, ok1 := j.span(e.Args[0])
	pattern, ok2 := e.Args[1].(*plan.Const)
	if !ok1 || !ok2 || pattern.Value.Null || len(e.Args) > 2 {
		return anything
	}
	m, err := NewLikeMatcher(pattern.Value.S, defaultEscape(e.Fn.Dialect), false)
	if err != nil {
		return anything
	}
	prefix, _ := m.Prefix()
	o := outcome{n: s.nulls}
	if s.present {
		p := string(prefix)
		o.t, o.f = true, true
		if s.hasHi && s.hi.S < p || s.hasLo && s.lo.S > p && !hasPrefix(s.lo.S, p) {
			o.t = false
		}
	}
	if im.Like.Not {
		o.t, o.f = o.f, o.t
	}
	return o
}

func hasPrefix(s, p string) bool { return len(s) >= len(p) && s[:len(p)] == p }

// defaultEscape is the escape character of a LIKE without ESCAPE: a backslash in
// PostgreSQL, none in Trino.
func defaultEscape(d plan.Dialect) string {
	if d == plan.Athena {
		return ""
	}
	return `\`
}
