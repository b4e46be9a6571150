package rule_test

import (
	"fmt"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

var caster = kernel.NewEvaluator(nil)

// eval computes an expression for one row.
func eval(e plan.Expr, r row) (types.Value, error) {
	switch e := e.(type) {
	case *plan.Const:
		return e.Value, nil
	case *plan.Col:
		v, ok := r[e.ID]
		if !ok {
			return v, fmt.Errorf("no column %s#%d", e.Name, e.ID)
		}
		return v, nil
	case *plan.Compare:
		return evalCompare(e, r)
	case *plan.And:
		return evalLogic(e.Args, r, false)
	case *plan.Or:
		return evalLogic(e.Args, r, true)
	case *plan.Not:
		v, err := eval(e.X, r)
		if v.Null {
			return v, err
		}
		return types.BoolOf(v.I == 0), err
	case *plan.IsNull:
		v, err := eval(e.X, r)
		return types.BoolOf(v.Null != e.Not), err
	case *plan.In:
		return evalIn(e, r)
	case *plan.Case:
		for _, w := range e.Whens {
			if ok, err := holds([]plan.Expr{w.Cond}, r); err != nil || ok {
				if err != nil {
					return types.Value{}, err
				}
				return eval(w.Result, r)
			}
		}
		if e.Else == nil {
			return types.NullOf(e.Typ), nil
		}
		return eval(e.Else, r)
	case *plan.Coalesce:
		for _, a := range e.Args {
			if v, err := eval(a, r); err != nil || !v.Null {
				return v, err
			}
		}
		return types.NullOf(e.Typ), nil
	}
	return evalMore(e, r)
}

func evalMore(e plan.Expr, r row) (types.Value, error) {
	switch e := e.(type) {
	case *plan.Cast:
		v, err := eval(e.X, r)
		if err != nil {
			return v, err
		}
		v.Type = e.X.Type()
		return caster.Fold(nil, &plan.Cast{X: &plan.Const{Value: v}, To: e.To, Try: e.Try, Dialect: e.Dialect})
	case *plan.Field:
		v, err := eval(e.X, r)
		if v.Null || err != nil {
			return types.NullOf(e.Type()), err
		}
		return v.Kids[e.Index], nil
	case *plan.Call:
		return evalCall(e, r)
	}
	return types.Value{}, fmt.Errorf("interpreter: no %T", e)
}

func evalCompare(e *plan.Compare, r row) (types.Value, error) {
	a, err := eval(e.L, r)
	if err != nil {
		return a, err
	}
	b, err := eval(e.R, r)
	if err != nil {
		return b, err
	}
	if e.Op == plan.Distinct || e.Op == plan.NotDistinct {
		return types.BoolOf(a.Equal(b) == (e.Op == plan.NotDistinct)), nil
	}
	if a.Null || b.Null {
		return types.NullOf(types.TBoolean), nil
	}
	c := a.Compare(b)
	return types.BoolOf([]bool{c == 0, c != 0, c < 0, c <= 0, c > 0, c >= 0}[e.Op]), nil
}

// evalLogic is AND (decided by a false) or OR (decided by a true).
func evalLogic(args []plan.Expr, r row, decides bool) (types.Value, error) {
	null := false
	for _, a := range args {
		v, err := eval(a, r)
		if err != nil {
			return v, err
		}
		null = null || v.Null
		if !v.Null && (v.I != 0) == decides {
			return types.BoolOf(decides), nil
		}
	}
	if null {
		return types.NullOf(types.TBoolean), nil
	}
	return types.BoolOf(!decides), nil
}

func evalIn(e *plan.In, r row) (types.Value, error) {
	var args []plan.Expr
	for _, v := range e.List {
		args = append(args, &plan.Compare{Op: plan.EQ, L: e.X, R: &plan.Const{Value: v}})
	}
	v, err := evalLogic(args, r, true)
	if e.Not && !v.Null {
		v = types.BoolOf(v.I == 0)
	}
	return v, err
}

// evalCall knows the arithmetic of integers; other calls the engine evaluates.
func evalCall(e *plan.Call, r row) (types.Value, error) {
	var args []types.Value
	for _, a := range e.Args {
		v, err := eval(a, r)
		if err != nil {
			return v, err
		}
		if v.Null {
			return types.NullOf(e.Typ), nil
		}
		args = append(args, v)
	}
	if len(args) == 2 && args[0].Type.IsInteger() && args[1].Type.IsInteger() {
		a, b := args[0].I, args[1].I
		switch e.Fn.Name {
		case "+":
			return types.IntOf(e.Typ, a+b), nil
		case "-":
			return types.IntOf(e.Typ, a-b), nil
		case "*":
			return types.IntOf(e.Typ, a*b), nil
		}
	}
	c := *e
	c.Args = nil
	for _, v := range args {
		c.Args = append(c.Args, &plan.Const{Value: v})
	}
	return caster.Fold(nil, &c)
}
