package bind

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// isUnknown reports whether x takes its type from what is around it: a string
// literal, NULL, or a parameter that nothing has decided yet.
func (b *binder) isUnknown(x plan.Expr) bool {
	if k, ok := x.(*plan.Const); ok && b.literals[k] {
		return true
	}
	return x.Type().Kind == types.Unknown
}

// typeText names x's type for a message.
func (b *binder) typeText(x plan.Expr) string {
	if b.isUnknown(x) {
		return "unknown"
	}
	return x.Type().String()
}

// coerce converts x to t where the language does so without being asked.
func (b *binder) coerce(x plan.Expr, t types.Type, pos ast.Pos) (plan.Expr, error) {
	if p, ok := x.(*plan.Param); ok && p.Typ.Kind == types.Unknown {
		if t.Kind == types.Unknown {
			return x, nil
		}
		return b.setParam(p, t), nil
	}
	if k, ok := x.(*plan.Const); ok {
		return b.constCast(k, t, pos, false)
	}
	if x.Type().Equal(t) {
		return x, nil
	}
	if x.Type().Kind != types.Unknown && !types.CanCast(x.Type(), t) {
		return nil, b.fail(pos, fault.CodeCannotCoerce, "cannot cast type %s to %s", x.Type(), t)
	}
	return &plan.Cast{Pos: plan.Pos(x.Position()), X: x, To: t, Dialect: b.dialect}, nil
}

// constCast converts a constant. What depends on the session or the catalog (a
// time zone, a table's oid) stays a Cast. An implicit conversion between
// strings only changes the type: 'abc' compared with a varchar(2) is not cut.
func (b *binder) constCast(k *plan.Const, t types.Type, pos ast.Pos, explicit bool) (plan.Expr, error) {
	v := k.Value
	switch {
	case v.Null:
		return &plan.Const{Pos: k.Pos, Value: types.NullOf(t)}, nil
	case v.Type.Equal(t):
		if b.literals[k] {
			return &plan.Const{Pos: k.Pos, Value: v}, nil
		}
		return k, nil
	case v.Type.IsString() && v.Type.Kind != types.Char && t.IsString() && (t.P == 0 || !explicit) && t.Kind != types.Char && (t.Kind != types.Name || !explicit):
		v.Type = t
		return &plan.Const{Pos: k.Pos, Value: v}, nil
	case v.Type.IsInteger() && t.Equal(types.TOID) && v.I >= 0 && v.I <= math.MaxUint32,
		v.Type.IsInteger() && t.IsInteger() && v.Type.Kind <= t.Kind:
		return &plan.Const{Pos: k.Pos, Value: types.IntOf(t, v.I)}, nil
	}
	x := &plan.Cast{Pos: k.Pos, X: k, To: t, Dialect: b.dialect}
	if !types.CanCast(v.Type, t) {
		return nil, b.fail(pos, fault.CodeCannotCoerce, "cannot cast type %s to %s", b.typeText(k), t)
	}
	if b.cfg.Evaluator == nil || dependsOnSession(t) || dependsOnSession(v.Type) {
		return x, nil
	}
	w, err := b.cfg.Evaluator.Fold(b.s, x)
	if err != nil {
		if f := fault.As(err); strings.HasPrefix(string(f.Code), "22") && b.tries == 0 { // the text is no value of the type
			return nil, f.At(k.Position())
		}
		return x, nil
	}
	return &plan.Const{Pos: k.Pos, Value: w}, nil
}

func dependsOnSession(t types.Type) bool {
	if t.Kind == types.TimestampTZ || t.Kind == types.TimeTZ || t.Kind == types.OID && t.S != types.RegNone {
		return true
	}
	for _, f := range t.Fields {
		if dependsOnSession(f.Type) {
			return true
		}
	}
	return false
}

// unify2 brings two expressions to one type for a comparison; ok is false if
// there is none.
func (b *binder) unify2(l, r plan.Expr, pos ast.Pos) (x, y plan.Expr, ok bool, err error) {
	xs, ok, err := b.unify([]plan.Expr{l, r}, pos)
	if err != nil || !ok {
		return nil, nil, false, err
	}
	return xs[0], xs[1], true, nil
}

// unify brings expressions to their common type; ok is false if there is none.
// Only unknowns: text.
func (b *binder) unify(xs []plan.Expr, pos ast.Pos) (out []plan.Expr, ok bool, err error) {
	t, ok := b.commonType(xs)
	if !ok {
		return nil, false, nil
	}
	out = make([]plan.Expr, len(xs))
	for i, x := range xs {
		if out[i], err = b.coerce(x, t, pos); err != nil {
			return nil, false, err
		}
	}
	return out, true, nil
}

// commonType gives the type that expressions are brought to. A string literal
// beside char(n) becomes a char that holds all of it: the padding does not
// count in comparisons, the letters do.
func (b *binder) commonType(xs []plan.Expr) (types.Type, bool) {
	t, known := types.TUnknown, false
	for _, x := range xs {
		if b.isUnknown(x) {
			continue
		}
		if !known {
			t, known = x.Type(), true
			continue
		}
		var ok bool
		if t, ok = types.Common(t, x.Type()); !ok {
			return t, false
		}
	}
	if !known {
		return b.nothingKnown(xs), true
	}
	for _, x := range xs {
		switch x := x.(type) {
		case *plan.Const:
			if t.Kind == types.Char && b.literals[x] {
				t.P = max(t.P, int32(utf8.RuneCountInString(x.Value.S)))
			}
		case *plan.Param:
			if x.Typ.Kind == types.Unknown {
				t = wideEnough(t)
			}
		}
	}
	return t, true
}

// nothingKnown is the type that expressions have together which tell none: text or, in
// the athena dialect, Trino's type of NULL where all of them are.
func (b *binder) nothingKnown(xs []plan.Expr) types.Type {
	for _, x := range xs {
		if _, param := x.(*plan.Param); param || x.Type().Kind != types.Unknown || b.dialect != plan.Athena {
			return types.TVarchar
		}
	}
	return types.TUnknown
}

// wideEnough gives the type of a parameter whose value is compared with one of
// type t: a value with more digits or letters than a column has must not be
// rounded or cut before it is compared.
func wideEnough(t types.Type) types.Type {
	switch t.Kind {
	case types.Decimal:
		return types.DecimalOf(types.MaxDecimalPrecision, max(int(t.S), numericScale))
	case types.Char:
		return types.TVarchar
	case types.Time, types.TimeTZ, types.Timestamp, types.TimestampTZ:
		t.P = max(t.P, 6)
	}
	return t
}

// common is unify for the places where a mismatch is an error of its own.
func (b *binder) common(xs []plan.Expr, pos ast.Pos, what string) ([]plan.Expr, error) {
	out, ok, err := b.unify(xs, pos)
	if err != nil || ok {
		return out, err
	}
	t := types.TUnknown
	for _, x := range xs {
		if b.isUnknown(x) {
			continue
		}
		if u, ok := types.Common(t, x.Type()); ok {
			t = u
			continue
		}
		at := ast.Pos(x.Position())
		if at == 0 {
			at = pos
		}
		return nil, b.fail(at, fault.CodeDatatypeMismatch, "%s types %s and %s cannot be matched", what, t, x.Type())
	}
	return nil, b.fail(pos, fault.CodeDatatypeMismatch, "%s types cannot be matched", what)
}

// settled gives an expression whose type is decided: an unknown becomes text.
func (b *binder) settled(x plan.Expr) plan.Expr {
	if !b.isUnknown(x) {
		return x
	}
	switch x := x.(type) {
	case *plan.Const:
		v := x.Value
		if v.Null {
			v = types.NullOf(types.TVarchar)
		}
		return &plan.Const{Pos: x.Pos, Value: v}
	case *plan.Param:
		return b.setParam(x, types.TVarchar)
	}
	if b.dialect == plan.Athena {
		return x // NULLs, of a column or a function
	}
	return &plan.Cast{X: x, To: types.TVarchar, Dialect: b.dialect}
}

func (b *binder) param(e *ast.Param) (plan.Expr, error) {
	if e.Index < 1 || e.Index > 65535 {
		return nil, b.fail(e.Pos, fault.CodeUndefinedParameter, "there is no parameter $%d", e.Index)
	}
	for len(b.params) < e.Index {
		b.params = append(b.params, types.TUnknown)
	}
	return &plan.Param{Pos: b.planPos(e), Index: e.Index, Typ: b.params[e.Index-1]}, nil
}

// setParam decides the type of a parameter; if another use has decided it
// meanwhile, that type is converted. Every text is varchar to the client, and
// only called what its surroundings call it.
func (b *binder) setParam(p *plan.Param, t types.Type) plan.Expr {
	have := &b.params[p.Index-1]
	label := t.IsString() && t.Kind != types.Char
	if have.Kind == types.Unknown {
		*have = t
		if label {
			*have = types.TVarchar
		}
	}
	q := &plan.Param{Pos: p.Pos, Index: p.Index, Typ: *have}
	switch {
	case have.Equal(t):
		return q
	case label && have.Kind == types.Varchar && have.P == 0:
		q.Typ = t
		return q
	}
	return &plan.Cast{Pos: p.Pos, X: q, To: t, Dialect: b.dialect}
}
