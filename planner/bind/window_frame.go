package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

var frameUnits = map[string]plan.FrameUnit{"rows": plan.FrameRows, "range": plan.FrameRange, "groups": plan.FrameGroups}

var frameBounds = map[string]plan.BoundKind{
	"unbounded preceding": plan.UnboundedPreceding, "preceding": plan.OffsetPreceding, "current row": plan.CurrentRow,
	"following": plan.OffsetFollowing, "unbounded following": plan.UnboundedFollowing,
}

var frameExclusions = map[string]plan.Exclusion{
	"": plan.ExcludeNoOthers, "current row": plan.ExcludeCurrentRow, "group": plan.ExcludeGroup, "ties": plan.ExcludeTies,
}

// frame binds the frame of a window whose order is bound. Without a clause it
// reaches from the partition's start to the row's last peer.
func (s *winSet) frame(w *window, def *ast.Window) (plan.Frame, error) {
	f := plan.Frame{End: plan.FrameBound{Kind: plan.CurrentRow}}
	a := def.Frame
	if a == nil {
		return f, nil
	}
	w.framed = true
	b := s.z.b
	f.Unit, f.Exclude = frameUnits[a.Unit], frameExclusions[a.Exclude]
	f.Start.Kind, f.End.Kind = frameBounds[a.Start.Kind], frameBounds[a.End.Kind]
	if err := b.frameOrder(&f, a); err != nil {
		return f, err
	}
	if f.Unit == plan.FrameGroups && len(w.order) == 0 {
		return f, b.fail(a.Pos, fault.CodeWindowing, "GROUPS mode requires an ORDER BY clause")
	}
	if a.Rows != nil {
		if a.Rows.Pattern != nil && a.End.X != nil && a.Start.X == nil {
			if err := s.patternOffset(&f.End, a.End.X); err != nil {
				return f, err
			}
		}
		return plan.Frame{}, s.framePattern(w, &f, a)
	}
	offsets := a.Start.X != nil || a.End.X != nil
	if offsets && f.Unit == plan.FrameRange && len(w.order) != 1 {
		return f, b.fail(a.Pos, fault.CodeWindowing, "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column")
	}
	for _, x := range []struct {
		to   *plan.FrameBound
		from *ast.Bound
	}{{&f.Start, &a.Start}, {&f.End, &a.End}} {
		if x.from.X == nil {
			continue
		}
		if err := s.frameOffset(w, f.Unit, x.to, x.from.X, a.Unit); err != nil {
			return f, err
		}
	}
	if offsets && f.Unit == plan.FrameRange {
		return f, b.frameKey(w, &f, a.Pos)
	}
	return f, nil
}

// frameOrder refuses frames whose end lies before their start by their words.
func (b *binder) frameOrder(f *plan.Frame, a *ast.Frame) error {
	fail := func(msg string) error { return b.fail(a.Pos, fault.CodeWindowing, "%s", msg) }
	switch s, e := f.Start.Kind, f.End.Kind; {
	case s == plan.UnboundedFollowing:
		return fail("frame start cannot be UNBOUNDED FOLLOWING")
	case e == plan.UnboundedPreceding:
		return fail("frame end cannot be UNBOUNDED PRECEDING")
	case s == plan.CurrentRow && e == plan.OffsetPreceding:
		return fail("frame starting from current row cannot have preceding rows")
	case s == plan.OffsetFollowing && e == plan.OffsetPreceding:
		return fail("frame starting from following row cannot have preceding rows")
	case s == plan.OffsetFollowing && e == plan.CurrentRow:
		return fail("frame starting from following row cannot have preceding rows")
	}
	return nil
}

// frameOffset binds the offset of a bound: an expression without columns.
func (s *winSet) frameOffset(w *window, unit plan.FrameUnit, to *plan.FrameBound, e ast.Expr, word string) error {
	b := s.z.b
	word = strings.ToUpper(word)
	x, err := b.expr(&exprCtx{sc: s.z.sc, clause: "window " + word}, e)
	if err != nil {
		return err
	}
	read := map[plan.ColID]bool{}
	plan.Columns(x, read)
	for id := range read {
		if !plan.PutsOut(s.z.node, id) {
			return b.unsupported(e.Position(), "an argument of %s with columns of an outer query is not supported", word)
		}
	}
	if len(read) > 0 {
		return b.fail(e.Position(), fault.CodeInvalidColumnRef, "argument of %s must not contain variables", word)
	}
	if unit == plan.FrameRange {
		return b.rangeOffset(w, to, x, e.Position())
	}
	if !b.isUnknown(x) && !x.Type().IsInteger() {
		return b.fail(e.Position(), fault.CodeDatatypeMismatch, "argument of %s must be type bigint, not type %s", word, x.Type())
	}
	to.Offset, err = b.coerce(x, types.TBigInt, e.Position())
	return err
}

// rangeOffset computes the key's value at a bound of RANGE: the key with the
// offset taken away (before it in the order) or added. Integers are widened, so
// that the edge of their type is no error.
func (b *binder) rangeOffset(w *window, to *plan.FrameBound, x plan.Expr, pos ast.Pos) error {
	key := w.order[0]
	t := key.X.Type()
	wide, off := rangeTypes(t)
	if off.Kind == types.Unknown || !b.isUnknown(x) && !offsetFits(x.Type(), off) {
		err := b.unsupported(pos, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and offset type %s", t, b.typeText(x))
		if off.Kind == types.Unknown {
			return b.unsupported(pos, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s", t)
		}
		return err.WithHint("Cast the offset value to an appropriate type.")
	}
	var err error
	if b.isUnknown(x) || x.Type().IsInteger() {
		if x, err = b.coerce(x, off, pos); err != nil {
			return err
		}
	}
	to.Offset = x
	k, err := b.rangeKey(key.X, wide, pos)
	if err != nil {
		return err
	}
	op := "+"
	if (to.Kind == plan.OffsetPreceding) != key.Desc {
		op = "-"
	}
	to.Limit, err = b.apply(pos, op, []plan.Expr{k, x})
	return err
}

// rangeKey gives the key in the type that is computed with.
func (b *binder) rangeKey(x plan.Expr, wide types.Type, pos ast.Pos) (plan.Expr, error) {
	if x.Type().Kind == types.Time {
		return b.apply(pos, "-", []plan.Expr{x, &plan.Const{Value: types.Value{Type: x.Type()}}})
	}
	return b.coerce(x, wide, pos)
}

// rangeTypes gives the type in which a key of type t is computed with, and the
// type of its offsets; unknown if it has none.
func rangeTypes(t types.Type) (wide, off types.Type) {
	switch {
	case t.Kind == types.BigInt:
		d := types.DecimalOf(types.MaxDecimalPrecision, 0)
		return d, d
	case t.IsInteger():
		return types.TBigInt, types.TBigInt
	case t.IsFloat():
		return types.TDouble, types.TDouble
	case t.Kind == types.Decimal:
		return t, t
	case t.Kind == types.Date, t.Kind == types.Timestamp, t.Kind == types.TimestampTZ, t.Kind == types.Interval:
		return t, types.TInterval
	case t.Kind == types.Time: // as an interval it does not begin anew at midnight
		return types.TInterval, types.TInterval
	}
	return types.Type{}, types.TUnknown
}

func offsetFits(t, off types.Type) bool {
	switch {
	case off.Kind == types.Interval:
		return t.Kind == types.Interval
	case off.Kind == types.BigInt:
		return t.IsInteger()
	}
	return t.IsNumeric()
}

// frameKey brings the key and the limits of a RANGE frame to one type.
func (b *binder) frameKey(w *window, f *plan.Frame, pos ast.Pos) error {
	key := w.order[0].X
	var err error
	if key.Type().Kind == types.Time {
		if key, err = b.rangeKey(key, types.TInterval, pos); err != nil {
			return err
		}
	}
	xs := []plan.Expr{key}
	for _, bound := range []*plan.FrameBound{&f.Start, &f.End} {
		if bound.Limit != nil {
			xs = append(xs, bound.Limit)
		}
	}
	if xs, err = b.common(xs, pos, "RANGE"); err != nil {
		return err
	}
	f.Key, xs = xs[0], xs[1:]
	for _, bound := range []*plan.FrameBound{&f.Start, &f.End} {
		if bound.Limit != nil {
			bound.Limit, xs = xs[0], xs[1:]
		}
	}
	return nil
}
