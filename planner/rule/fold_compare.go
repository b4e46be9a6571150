package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

func (c *Ctx) foldCompare(e *plan.Compare) plan.Expr {
	_, left := e.L.(*plan.Const)
	_, right := e.R.(*plan.Const)
	if left && !right { // two constants are left only if comparing them is an error
		return c.foldCompare(&plan.Compare{Pos: e.Pos, Op: e.Op.Flip(), L: e.R, R: e.L})
	}
	if k, ok := e.R.(*plan.Const); ok {
		return c.foldCompareConst(e, k)
	}
	if plan.IsVolatile(e.L) || e.L.Type().IsFloat() || !plan.Same(e.L, e.R) {
		return e
	}
	switch e.Op { // x op x
	case plan.EQ, plan.LE, plan.GE:
		return &plan.Or{Pos: e.Pos, Args: []plan.Expr{
			&plan.IsNull{Pos: e.Pos, X: e.L, Not: true},
			&plan.Const{Value: types.NullOf(types.TBoolean)}}}
	case plan.Distinct:
		return boolConst(false)
	case plan.NotDistinct:
		return boolConst(true)
	}
	return e
}

func (c *Ctx) foldCompareConst(e *plan.Compare, k *plan.Const) plan.Expr {
	if k.Value.Null {
		switch e.Op {
		case plan.Distinct:
			return foldIsNull(&plan.IsNull{Pos: e.Pos, X: e.L, Not: true})
		case plan.NotDistinct:
			return foldIsNull(&plan.IsNull{Pos: e.Pos, X: e.L})
		}
		if plan.IsVolatile(e.L) {
			return e
		}
		return null(e)
	}
	if k.Value.Type.Kind == types.Boolean && (e.Op == plan.EQ || e.Op == plan.NE) {
		if (k.Value.I != 0) == (e.Op == plan.EQ) {
			return e.L
		}
		return foldNot(&plan.Not{Pos: e.Pos, X: e.L})
	}
	if cast, ok := e.L.(*plan.Cast); ok {
		if u := c.unwrapCompare(e, cast, k.Value); u != nil {
			return u
		}
	}
	return e
}

// unwrapCompare turns cast(x AS T) op const into x op const', so that
// statistics, dictionaries and partition keys can be asked. The cast must be a
// widening: every value of x's type has its own image, in the same order. A
// constant between two images moves to its neighbour with the operator adapted.
func (c *Ctx) unwrapCompare(e *plan.Compare, cast *plan.Cast, v types.Value) plan.Expr {
	if cast.Try || !widens(cast.X.Type(), cast.To) {
		return nil
	}
	low, cmp, ok := c.narrow(v, cast.X.Type(), cast.Dialect)
	if !ok {
		return nil
	}
	op := e.Op
	switch {
	case cmp == 0:
	case op == plan.LT || op == plan.LE: // x < v where low < v: x <= low; where low > v: x < low
		op = pickOp(cmp < 0, plan.LE, plan.LT)
	case op == plan.GT || op == plan.GE:
		op = pickOp(cmp < 0, plan.GT, plan.GE)
	default:
		return nil
	}
	return &plan.Compare{Pos: e.Pos, Op: op, L: cast.X, R: &plan.Const{Pos: plan.Pos(e.R.Position()), Value: low}}
}

func pickOp(b bool, yes, no plan.CompareOp) plan.CompareOp {
	if b {
		return yes
	}
	return no
}

// narrow casts v to type t and says how the result, cast back, compares to v.
func (c *Ctx) narrow(v types.Value, t types.Type, d plan.Dialect) (types.Value, int, bool) {
	if c.Evaluator == nil {
		return types.Value{}, 0, false
	}
	down, err := c.Evaluator.Fold(c.Session, &plan.Cast{X: &plan.Const{Value: v}, To: t, Dialect: d})
	if err != nil || down.Null {
		return types.Value{}, 0, false
	}
	down.Type = t
	up, err := c.Evaluator.Fold(c.Session, &plan.Cast{X: &plan.Const{Value: down}, To: v.Type, Dialect: d})
	if err != nil || up.Null {
		return types.Value{}, 0, false
	}
	up.Type = v.Type
	return down, up.Compare(v), true
}

// widens reports whether casting from a to b keeps every value and their
// order, and never fails.
func widens(a, b types.Type) bool {
	switch {
	case a.Equal(b):
		return true
	case a.IsInteger() && b.IsInteger():
		return a.Kind <= b.Kind
	case a.IsInteger() && b.Kind == types.Decimal:
		return b.P-b.S >= types.AsDecimal(a).P
	case a.IsInteger() && b.Kind == types.Double:
		return a.Kind <= types.Integer
	case a.Kind == types.Decimal && b.Kind == types.Decimal:
		return b.S >= a.S && b.P-b.S >= a.P-a.S
	case a.Kind == types.Real && b.Kind == types.Double:
		return true
	case a.Kind == types.Varchar && b.Kind == types.Varchar:
		return b.P == 0 || a.P != 0 && a.P <= b.P
	case a.Kind == types.Name && b.Kind == types.Varchar:
		return b.P == 0
	case a.Kind == types.Timestamp && b.Kind == types.Timestamp:
		return a.P <= b.P && b.P <= 6
	}
	// A date's image as a timestamp of at most microseconds holds every date
	// that files contain (years -290307 to 294247).
	return a.Kind == types.Date && b.Kind == types.Timestamp && b.P <= 6
}

func (c *Ctx) foldIn(e *plan.In) plan.Expr {
	if isNullConst(e.X) {
		return null(e)
	}
	if len(e.List) == 0 {
		return boolConst(e.Not)
	}
	if len(e.List) == 1 {
		op := pickOp(e.Not, plan.NE, plan.EQ)
		return c.foldCompare(&plan.Compare{Pos: e.Pos, Op: op, L: e.X, R: &plan.Const{Pos: e.Pos, Value: e.List[0]}})
	}
	if cast, ok := e.X.(*plan.Cast); ok && !cast.Try && widens(cast.X.Type(), cast.To) {
		return c.unwrapIn(e, cast)
	}
	return e
}

// unwrapIn is unwrapCompare for a list. A value that x's type cannot have is
// equal to no x: it is dropped, unless that would leave nothing.
func (c *Ctx) unwrapIn(e *plan.In, cast *plan.Cast) plan.Expr {
	t := cast.X.Type()
	var list []types.Value
	for _, v := range e.List {
		if v.Null {
			list = append(list, types.NullOf(t))
			continue
		}
		low, cmp, ok := c.narrow(v, t, cast.Dialect)
		if !ok {
			return e
		}
		if cmp == 0 {
			list = append(list, low)
		}
	}
	if len(list) == 0 {
		return e
	}
	return c.foldIn(&plan.In{Pos: e.Pos, X: cast.X, List: list, Not: e.Not})
}

// foldCondition simplifies a condition where NULL counts as false.
func (c *Ctx) foldCondition(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Const:
		if e.Value.Null {
			return boolConst(false)
		}
	case *plan.And:
		return foldAnd(&plan.And{Pos: e.Pos, Args: c.foldConditions(e.Args)})
	case *plan.Or:
		return foldOr(&plan.Or{Pos: e.Pos, Args: c.foldConditions(e.Args)})
	case *plan.In:
		var list []types.Value
		for _, v := range e.List {
			if !v.Null {
				list = append(list, v)
			} else if e.Not {
				return boolConst(false)
			}
		}
		if len(list) < len(e.List) {
			return c.foldIn(&plan.In{Pos: e.Pos, X: e.X, List: list, Not: e.Not})
		}
	}
	return e
}

func (c *Ctx) foldConditions(es []plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = c.foldCondition(e)
	}
	return out
}
