package bind

import (
	"math"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// This file binds the forms of expressions that have a syntax of their own.

// isNull makes X IS [NOT] NULL. A row is null if all its members are, and not
// null if none is.
func (b *binder) isNull(x plan.Expr, e *ast.IsNull) plan.Expr {
	if m, ok := x.(*plan.MakeRow); ok && len(m.Args) > 0 {
		parts := make([]plan.Expr, len(m.Args))
		for i, a := range m.Args {
			parts[i] = &plan.IsNull{Pos: b.planPos(e), X: a, Not: e.Not}
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return &plan.And{Pos: b.planPos(e), Args: parts}
	}
	return &plan.IsNull{Pos: b.planPos(e), X: x, Not: e.Not}
}

func (b *binder) isBool(c *exprCtx, e *ast.IsBool) (plan.Expr, error) {
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	what := "IS " + strings.ToUpper(e.Value)
	if e.Not {
		what = "IS NOT " + strings.ToUpper(e.Value)
	}
	if x, err = b.boolean(x, e.X.Position(), what); err != nil {
		return nil, err
	}
	if e.Value == "unknown" {
		return &plan.IsNull{Pos: b.planPos(e), X: x, Not: e.Not}, nil
	}
	op := plan.NotDistinct
	if e.Not {
		op = plan.Distinct
	}
	return &plan.Compare{Pos: b.planPos(e), Op: op, L: x, R: &plan.Const{Value: types.BoolOf(e.Value == "true")}}, nil
}

func (b *binder) isDistinct(c *exprCtx, e *ast.IsDistinct) (plan.Expr, error) {
	xs, err := b.exprs(c, []ast.Expr{e.L, e.R})
	if err != nil {
		return nil, err
	}
	op := plan.Distinct
	if e.Not {
		op = plan.NotDistinct
	}
	return b.compare(op, xs[0], xs[1], e.Pos)
}

func (b *binder) between(c *exprCtx, e *ast.Between) (plan.Expr, error) {
	xs, err := b.exprs(c, []ast.Expr{e.X, e.Lo, e.Hi})
	if err != nil {
		return nil, err
	}
	one := func(lo, hi plan.Expr) (plan.Expr, error) {
		l, err := b.compare(plan.GE, xs[0], lo, e.Lo.Position())
		if err != nil {
			return nil, err
		}
		h, err := b.compare(plan.LE, xs[0], hi, e.Hi.Position())
		if err != nil {
			return nil, err
		}
		if e.Not {
			return &plan.Or{Pos: b.planPos(e), Args: []plan.Expr{negation(l), negation(h)}}, nil
		}
		return &plan.And{Pos: b.planPos(e), Args: []plan.Expr{l, h}}, nil
	}
	x, err := one(xs[1], xs[2])
	if err != nil || !e.Symmetric {
		return x, err
	}
	y, err := one(xs[2], xs[1])
	if err != nil {
		return nil, err
	}
	if e.Not {
		return &plan.And{Pos: b.planPos(e), Args: []plan.Expr{x, y}}, nil
	}
	return &plan.Or{Pos: b.planPos(e), Args: []plan.Expr{x, y}}, nil
}

// negation is NOT x.
func negation(x plan.Expr) plan.Expr {
	if c, ok := x.(*plan.Compare); ok {
		return &plan.Compare{Pos: c.Pos, Op: c.Op.Negate(), L: c.L, R: c.R}
	}
	return &plan.Not{Pos: plan.Pos(x.Position()), X: x}
}

func (b *binder) in(c *exprCtx, e *ast.In) (plan.Expr, error) {
	if e.Query != nil {
		return b.inQuery(c, e.Pos, e.X, e.Query, e.Not)
	}
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	items, err := b.exprs(c, e.List)
	if err != nil {
		return nil, err
	}
	return b.inList(e.Pos, x, items, e.Not)
}

// inList makes X IN (items): a plan.In when they are constants of one type
// that X can have, otherwise an OR of equalities.
func (b *binder) inList(pos ast.Pos, x plan.Expr, items []plan.Expr, not bool) (plan.Expr, error) {
	p := plan.Pos(b.pos(pos))
	if len(items) > 1 && x.Type().Kind != types.Row {
		in, err := b.constIn(pos, x, items, not)
		if in != nil || err != nil {
			return in, err
		}
	}
	parts := make([]plan.Expr, len(items))
	for i, it := range items {
		op := plan.EQ
		if not {
			op = plan.NE
		}
		y, err := b.compare(op, x, it, pos)
		if err != nil {
			return nil, err
		}
		if r, ok := y.(*plan.And); ok && not { // NOT (a = x AND b = y)
			y = &plan.Not{Pos: p, X: r}
		}
		parts[i] = y
	}
	switch {
	case len(parts) == 1:
		return parts[0], nil
	case not:
		return &plan.And{Pos: p, Args: parts}, nil
	}
	return &plan.Or{Pos: p, Args: parts}, nil
}

// constIn gives nil if some item is not a constant.
func (b *binder) constIn(pos ast.Pos, x plan.Expr, items []plan.Expr, not bool) (plan.Expr, error) {
	for _, it := range items {
		if k, ok := it.(*plan.Const); !ok || k.Value.Type.IsFloat() && math.IsNaN(k.Value.F) && b.dialect == plan.Athena {
			return nil, nil
		}
	}
	if !x.Type().HasEquality() || b.comparedByKey(x.Type()) {
		return nil, nil // the equality says so, or compares other things than the texts
	}
	all, ok, err := b.unify(append([]plan.Expr{x}, items...), pos)
	if err != nil || !ok {
		return nil, err // not ok: comparing one by one tells which does not fit
	}
	in := &plan.In{Pos: plan.Pos(b.pos(pos)), X: all[0], Not: not}
	for _, it := range all[1:] {
		k, ok := it.(*plan.Const)
		if !ok {
			return nil, nil
		}
		in.List = append(in.List, k.Value)
	}
	return in, nil
}

func (b *binder) like(c *exprCtx, e *ast.Like) (plan.Expr, error) {
	args := []ast.Expr{e.X, e.Pattern}
	if e.Escape != nil {
		args = append(args, e.Escape)
	}
	x, err := b.operator(c, e, e.Op, args...)
	if err != nil || !e.Not {
		return x, err
	}
	return &plan.Not{Pos: b.planPos(e), X: x}, nil
}

func (b *binder) caseExpr(c *exprCtx, e *ast.Case) (plan.Expr, error) {
	var operand plan.Expr
	var err error
	if e.X != nil {
		if operand, err = b.expr(c, e.X); err != nil {
			return nil, err
		}
	}
	out := &plan.Case{Pos: b.planPos(e)}
	var results []plan.Expr
	for _, w := range e.Whens {
		cond, err := b.whenCond(c, operand, w.Cond)
		if err != nil {
			return nil, err
		}
		res, err := b.expr(c, w.Result)
		if err != nil {
			return nil, err
		}
		out.Whens = append(out.Whens, plan.When{Cond: cond})
		results = append(results, res)
	}
	if e.Else != nil {
		res, err := b.expr(c, e.Else)
		if err != nil {
			return nil, err
		}
		results = append(results, res)
	}
	if results, err = b.common(results, e.Pos, "CASE"); err != nil {
		return nil, err
	}
	out.Typ = results[0].Type()
	for i := range out.Whens {
		out.Whens[i].Result = results[i]
	}
	if e.Else != nil {
		out.Else = results[len(results)-1]
	}
	return out, nil
}

func (b *binder) whenCond(c *exprCtx, operand plan.Expr, e ast.Expr) (plan.Expr, error) {
	x, err := b.expr(c, e)
	if err != nil {
		return nil, err
	}
	if operand != nil {
		return b.compare(plan.EQ, operand, x, e.Position())
	}
	return b.boolean(x, e.Position(), "CASE/WHEN")
}

func (b *binder) cast(c *exprCtx, e *ast.Cast) (plan.Expr, error) {
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	t, err := b.typeFor(&e.Type, x)
	if err != nil {
		return nil, err
	}
	y, err := b.castTo(x, t, e.Pos, e.Try)
	if err == nil {
		b.declare(y, &e.Type)
	} else if f := fault.As(err); e.OpPos > 0 && f.Code == fault.CodeCannotCoerce {
		return nil, b.fail(e.OpPos, f.Code, "%s", f.Message)
	}
	return y, err
}

// castTo makes an explicit cast.
func (b *binder) castTo(x plan.Expr, t types.Type, pos ast.Pos, try bool) (plan.Expr, error) {
	if p, ok := x.(*plan.Param); ok && p.Typ.Kind == types.Unknown {
		return b.setParam(p, t), nil
	}
	if k, ok := x.(*plan.Const); ok && !try && (b.literals[k] || k.Value.Null) {
		return b.constCast(k, t, pos, true)
	}
	if from := x.Type(); b.dialect == plan.Athena && from.Kind == types.TimestampTZ && t.Kind == types.TimestampTZ {
		t.S = from.S // another precision is no other zone
	}
	if x.Type().Equal(t) {
		return x, nil
	}
	if t.Kind == types.Date || t.Kind == types.Time || t.Kind == types.Timestamp {
		var err error
		if x, err = b.clock(x); err != nil {
			return nil, b.located(err, pos)
		}
	}
	if !types.CanCast(x.Type(), t) {
		return nil, b.fail(pos, fault.CodeCannotCoerce, "cannot cast type %s to %s", x.Type(), t)
	}
	return &plan.Cast{Pos: plan.Pos(b.pos(pos)), X: x, To: t, Try: try, Dialect: b.dialect}, nil
}

func (b *binder) typedLiteral(e *ast.TypedLit) (plan.Expr, error) {
	lit := &plan.Const{Pos: b.planPos(e), Value: types.StringOf(types.TVarchar, e.Value)}
	if e.Text > 0 { // where what is wrong with the value is shown
		lit.Pos = plan.Pos(b.pos(e.Text))
	}
	b.literals[lit] = true
	t, err := b.typeOfLiteral(e, lit)
	if err != nil {
		return nil, err
	}
	if t.Kind == types.JSON { // JSON text in both dialects; Trino's CAST would make a JSON string of it
		v, err := types.ParseValue(e.Value, t, nil)
		return &plan.Const{Pos: b.planPos(e), Value: v}, b.located(err, e.Pos)
	}
	x, err := b.constCast(lit, t, e.Pos, true)
	if err == nil {
		b.declare(x, &e.Type)
	}
	return x, err
}

// typeOfLiteral gives the type of a literal. In Trino's dialect the text has a part
// in it: DECIMAL '1.50' has three digits, two of them a fraction, a TIMESTAMP has the
// digits that its seconds have, and one that names a zone is one with time zone.
func (b *binder) typeOfLiteral(e *ast.TypedLit, lit *plan.Const) (types.Type, error) {
	plain := e.Type.Array == 0 && len(e.Type.Params) == 0 && len(e.Type.Args) == 0
	if plain && b.dialect == plan.Athena {
		switch e.Type.Name {
		case "decimal", "numeric":
			return b.numericFor(lit), nil
		case "timestamp":
			digits := types.FractionDigits(e.Value)
			if zone, ok := types.ZoneIn(e.Value); ok {
				t, _ := types.TimestampTZOf(digits).InZone(zone)
				return t, nil
			}
			return types.TimestampOf(digits), nil
		case "time":
			if off, ok := types.TimeZoneIn(e.Value); ok {
				if off < -14*60 || off > 14*60 {
					return types.Type{}, b.fail(e.Pos, fault.CodeInvalidDatetime, "%q is not a valid time literal", e.Value)
				}
				return types.TimeTZOf(types.FractionDigits(e.Value)), nil
			}
			return types.TimeOf(types.FractionDigits(e.Value)), nil
		}
	}
	return b.typeFor(&e.Type, lit)
}

func (b *binder) extract(c *exprCtx, e *ast.Extract) (plan.Expr, error) {
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	return b.apply(e.Pos, "extract", []plan.Expr{b.literal(e, e.Field), x})
}

func (b *binder) subscript(c *exprCtx, e *ast.Subscript) (plan.Expr, error) {
	x, err := b.expr(c, e.X)
	if err != nil {
		return nil, err
	}
	if e.Slice {
		args := []plan.Expr{x}
		for _, bound := range []ast.Expr{e.Lo, e.Hi} {
			y := plan.Expr(&plan.Const{Pos: b.planPos(e), Value: types.NullOf(types.TBigInt)})
			if bound != nil {
				if y, err = b.expr(c, bound); err != nil {
					return nil, err
				}
			}
			args = append(args, y)
		}
		return b.apply(e.Pos, "array_slice", args)
	}
	i, err := b.expr(c, e.Index)
	if err != nil {
		return nil, err
	}
	if x.Type().Kind == types.Row {
		return b.rowSubscript(x, i, e)
	}
	return b.apply(e.Pos, "subscript", []plan.Expr{x, i})
}

// rowSubscript is Trino's row[n] with a constant n, counted from 1.
func (b *binder) rowSubscript(x, i plan.Expr, e *ast.Subscript) (plan.Expr, error) {
	k, ok := i.(*plan.Const)
	n := len(x.Type().Fields)
	if !ok || k.Value.Null || !k.Value.Type.IsInteger() || k.Value.I < 1 || k.Value.I > int64(n) {
		return nil, b.fail(e.Index.Position(), fault.CodeArraySubscript, "the subscript of a row must be a constant between 1 and %d", n)
	}
	return &plan.Field{Pos: b.planPos(e), X: x, Index: int(k.Value.I - 1)}, nil
}

func (b *binder) array(c *exprCtx, e *ast.ArrayLit) (plan.Expr, error) {
	items, err := b.exprs(c, e.Items)
	if err != nil {
		return nil, err
	}
	elem := types.TUnknown
	if len(items) > 0 {
		if items, err = b.common(items, e.Pos, "ARRAY"); err != nil {
			return nil, err
		}
		elem = items[0].Type()
	}
	return &plan.MakeArray{Pos: b.planPos(e), Args: items, Typ: types.ArrayOf(elem)}, nil
}

func (b *binder) row(c *exprCtx, e *ast.RowLit) (plan.Expr, error) {
	items, err := b.exprs(c, e.Items)
	if err != nil {
		return nil, err
	}
	return b.makeRow(b.planPos(e), items), nil
}

func (b *binder) makeRow(pos plan.Pos, items []plan.Expr) plan.Expr {
	row := &plan.MakeRow{Pos: pos, Args: items}
	var fs []types.Field
	for _, x := range items {
		fs = append(fs, types.Field{Type: x.Type()})
	}
	row.Typ = types.RowOf(fs...)
	return row
}

// collations are the names that mean the order that all text has: by code
// point. Others are refused rather than ignored.
var collations = map[string]bool{"default": true, "c": true, "posix": true, "ucs_basic": true, "c.utf-8": true, "c.utf8": true}

func (b *binder) collate(c *exprCtx, e *ast.Collate) (plan.Expr, error) {
	if !collations[strings.ToLower(e.Name.Last().Name)] {
		return nil, b.fail(e.Name.Position(), fault.CodeUndefinedObject, "collation %q for encoding \"UTF8\" does not exist", e.Name.String()).
			WithHint("Text is ordered by code point: COLLATE \"C\".")
	}
	return b.expr(c, e.X)
}
