package bind

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// ieee gives a comparison of floats the athena dialect's meaning of NaN. In plans
// NaN is the greatest number and equal to itself, as PostgreSQL has it and as both
// dialects sort, group and join values in sets. Trino's operators follow IEEE 754: with
// NaN all of them are false, <> is true. The order stays a Compare, which statistics of
// files and hash joins understand, and a second condition beside it tells NaN. It is
// left out where an operand cannot be NaN and the order alone gives the same.
//
// Arrays and maps are compared by a function that knows of both, and of Trino's NULLs in them.
func (b *binder) ieee(cmp *plan.Compare, pos ast.Pos) (plan.Expr, error) {
	if k := cmp.L.Type().Kind; b.dialect == plan.Athena && (k == types.Array || k == types.Map || k == types.Row) && (cmp.Op == plan.EQ || cmp.Op == plan.NE) {
		x, err := b.apply(pos, plan.DeepEqual, []plan.Expr{cmp.L, cmp.R})
		if err == nil && cmp.Op == plan.NE {
			x = &plan.Not{Pos: cmp.Pos, X: x}
		}
		return x, err
	}
	if b.dialect != plan.Athena || !cmp.L.Type().IsFloat() || cmp.Op >= plan.Distinct {
		return cmp, nil
	}
	l, r := mayBeNaN(cmp.L), mayBeNaN(cmp.R)
	doubt := false
	switch cmp.Op {
	case plan.EQ, plan.NE:
		doubt = l && r
	case plan.LT, plan.LE: // the order has NaN above all
		doubt = r
	case plan.GT, plan.GE:
		doubt = l
	}
	if !doubt {
		return cmp, nil
	}
	var args []plan.Expr // both, since it is NULL where one of them is
	for _, x := range []plan.Expr{cmp.L, cmp.R} {
		if k, ok := x.(*plan.Const); !ok || k.Value.Null || math.IsNaN(k.Value.F) {
			args = append(args, x)
		}
	}
	no, err := b.apply(pos, "not_nan", args)
	if err != nil {
		return nil, err
	}
	if cmp.Op == plan.NE {
		return &plan.Or{Pos: cmp.Pos, Args: []plan.Expr{cmp, &plan.Not{Pos: cmp.Pos, X: no}}}, nil
	}
	return &plan.And{Pos: cmp.Pos, Args: []plan.Expr{cmp, no}}, nil
}

// mayBeNaN reports whether a float may be NaN, as far as the expression tells.
func mayBeNaN(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const:
		return !x.Value.Null && math.IsNaN(x.Value.F)
	case *plan.Cast:
		switch k := x.X.Type().Kind; k {
		case types.Real, types.Double:
			return mayBeNaN(x.X)
		default:
			return !x.X.Type().IsNumeric()
		}
	}
	return true
}
