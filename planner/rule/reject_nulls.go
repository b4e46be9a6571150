package rule

import "github.com/glauxdb/glaux/planner/plan"

// rejectsNulls reports whether cond cannot be true for a row in which every
// column of cols is NULL.
func rejectsNulls(cond plan.Expr, cols map[plan.ColID]bool) bool {
	switch e := cond.(type) {
	case *plan.And:
		for _, a := range e.Args {
			if rejectsNulls(a, cols) {
				return true
			}
		}
		return false
	case *plan.Or:
		for _, a := range e.Args {
			if !rejectsNulls(a, cols) {
				return false
			}
		}
		return true
	case *plan.IsNull:
		return e.Not && nullOfNulls(e.X, cols)
	case *plan.Const:
		return e.Value.Null || isFalse(e)
	case *plan.Compare:
		if e.Op == plan.NotDistinct {
			k, ok := e.R.(*plan.Const)
			return ok && !k.Value.Null && nullOfNulls(e.L, cols)
		}
	}
	return nullOfNulls(cond, cols)
}

// nullOfNulls reports whether e is surely NULL when every column of cols is.
func nullOfNulls(e plan.Expr, cols map[plan.ColID]bool) bool {
	switch e := e.(type) {
	case *plan.Col:
		return cols[e.ID]
	case *plan.Const:
		return e.Value.Null
	case *plan.Compare:
		if e.Op == plan.Distinct || e.Op == plan.NotDistinct {
			return false
		}
		return nullOfNulls(e.L, cols) || nullOfNulls(e.R, cols)
	case *plan.Not:
		return nullOfNulls(e.X, cols)
	case *plan.In:
		return nullOfNulls(e.X, cols)
	case *plan.Cast:
		return nullOfNulls(e.X, cols)
	case *plan.Try:
		return nullOfNulls(e.X, cols)
	case *plan.Field:
		return nullOfNulls(e.X, cols)
	case *plan.Call:
		if !e.Fn.Strict {
			return false
		}
		for _, a := range e.Args {
			if nullOfNulls(a, cols) {
				return true
			}
		}
		return false
	case *plan.Coalesce:
		return allNullOfNulls(e.Args, cols)
	case *plan.And:
		return allNullOfNulls(e.Args, cols)
	case *plan.Or:
		return allNullOfNulls(e.Args, cols)
	}
	return false
}

func allNullOfNulls(es []plan.Expr, cols map[plan.ColID]bool) bool {
	for _, e := range es {
		if !nullOfNulls(e, cols) {
			return false
		}
	}
	return len(es) > 0
}
