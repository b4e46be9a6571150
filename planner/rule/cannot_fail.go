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

// aggDigits is how many decimal digits the values of an aggregate's argument have at
// most, if that is a decimal.
func aggDigits(a plan.Agg) int {
	if len(a.Args) != 1 {
		return 0
	}
	return digitsOf(a.Args[0])
}

// digitsOf is how many decimal digits the values of a decimal have at most. Types say
// less where dividing or casting made them wide.
func digitsOf(e plan.Expr) int {
	t := e.Type()
	if t.Kind != types.Decimal {
		return 0
	}
	most := func(es ...plan.Expr) int {
		n := 0
		for _, x := range es {
			if x != nil {
				n = max(n, digitsOf(x))
			}
		}
		return min(n, int(t.P))
	}
	rescaled := func(x plan.Expr) int {
		from := x.Type()
		return min(digitsOf(x)-int(from.S)+int(t.S), int(t.P))
	}
	switch e := e.(type) {
	case *plan.Cast:
		if e.X.Type().Kind == types.Decimal {
			return rescaled(e.X)
		}
	case *plan.Coalesce:
		return most(e.Args...)
	case *plan.Case:
		results := []plan.Expr{e.Else}
		for _, w := range e.Whens {
			results = append(results, w.Result)
		}
		return most(results...)
	case *plan.Call:
		if e.Fn.Name == "/" && len(e.Args) == 2 && e.Args[0].Type().Kind == types.Decimal {
			if k, ok := e.Args[1].(*plan.Const); ok && !k.Value.Null && k.Value.Compare(types.Value{Type: k.Value.Type}) > 0 && atLeastOne(k.Value) {
				return rescaled(e.Args[0])
			}
		}
	}
	return int(t.P)
}

// atLeastOne reports whether a positive number is 1 or more.
func atLeastOne(v types.Value) bool {
	switch {
	case v.Type.IsInteger():
		return true
	case v.Type.Kind == types.Decimal && v.Type.Phys() == types.PhysInt64:
		return v.I >= types.Pow10x128[v.Type.S].Int64()
	}
	return false
}
