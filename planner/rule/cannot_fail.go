package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// cannotFail reports whether an expression has a value, and always the same, for
// whatever rows there are, so that it may be evaluated for rows that the statement
// would have dropped before.
func cannotFail(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Const, *plan.Col, *plan.Compare, *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.In, *plan.Case, *plan.Coalesce, *plan.Field:
		case *plan.Cast:
			ok = ok && (widens(x.X.Type(), x.To) || x.X.Type().IsNumeric() && x.To.Kind == types.Double)
		case *plan.Call:
			ok = ok && totalArithmetic(x)
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// totalArithmetic reports whether an operator on decimals has room for every result:
// the result's precision is the exact one, which the greatest cuts. A quotient needs
// a divisor that is known not to be zero.
func totalArithmetic(c *plan.Call) bool {
	if len(c.Args) != 2 || c.Typ.Kind != types.Decimal || c.Args[0].Type().Kind != types.Decimal || c.Args[1].Type().Kind != types.Decimal {
		return false
	}
	switch a, b := c.Args[0].Type(), c.Args[1].Type(); c.Fn.Name {
	case "+", "-", "*":
		return c.Typ.P < types.MaxDecimalPrecision
	case "/":
		k, ok := c.Args[1].(*plan.Const)
		return ok && !k.Value.Null && k.Value.I != 0 && b.Phys() == types.PhysInt64 && a.P-a.S+b.S < c.Typ.P-c.Typ.S
	}
	return false
}
