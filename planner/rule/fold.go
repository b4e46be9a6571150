package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// foldConstants evaluates what has no columns and simplifies what has. An
// expression whose evaluation fails stays: the error belongs to the rows that
// reach it.
func foldConstants() Rule {
	return Rule{Name: "fold_constants", Match: OpAny, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		m := plan.MapExprs(n, c.fold)
		return m, m != n, nil
	}}
}

// fold simplifies an expression bottom up.
func (c *Ctx) fold(e plan.Expr) plan.Expr { return plan.Rewrite(e, c.foldOne) }

// foldOne simplifies an expression whose parts are simple already.
func (c *Ctx) foldOne(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Const, *plan.Col, *plan.Param, *plan.Lambda:
		return e
	case *plan.And:
		return foldAnd(e)
	case *plan.Or:
		return foldOr(e)
	case *plan.Case:
		return foldCase(e)
	case *plan.Coalesce:
		return foldCoalesce(e)
	}
	if x, ok := c.evaluate(e); ok {
		return x
	}
	switch e := e.(type) {
	case *plan.Not:
		return foldNot(e)
	case *plan.Compare:
		return c.foldCompare(e)
	case *plan.In:
		return c.foldIn(e)
	case *plan.IsNull:
		return foldIsNull(e)
	case *plan.Cast:
		if e.X.Type().Equal(e.To) {
			return e.X
		}
	case *plan.Try:
		switch e.X.(type) {
		case *plan.Const, *plan.Col:
			return e.X
		}
	case *plan.Call:
		if e.Fn.Strict && e.Fn.Volatility != plan.Volatile && anyNull(e.Args) {
			return null(e)
		}
		if in, ok := plan.ConstantMembers(e).(*plan.In); ok {
			return c.foldIn(in)
		}
		return c.foldPattern(e)
	case *plan.Field:
		if r, ok := e.X.(*plan.MakeRow); ok && e.Index < len(r.Args) {
			return r.Args[e.Index]
		}
	}
	return e
}

// evaluate runs an expression whose direct parts are all constants.
func (c *Ctx) evaluate(e plan.Expr) (plan.Expr, bool) {
	for _, k := range plan.Kids(e) {
		if _, ok := k.(*plan.Const); !ok {
			return nil, false
		}
	}
	if call, ok := e.(*plan.Call); ok && (call.Fn.Volatility == plan.Volatile || call.Fn.Kind != plan.Scalar) {
		return nil, false
	}
	if c.Evaluator == nil {
		return nil, false
	}
	v, err := c.Evaluator.Fold(c.Session, e)
	if err != nil {
		return nil, false
	}
	v.Type = e.Type()
	return &plan.Const{Pos: plan.Pos(e.Position()), Value: v}, true
}

func null(e plan.Expr) plan.Expr {
	return &plan.Const{Pos: plan.Pos(e.Position()), Value: types.NullOf(e.Type())}
}

func boolConst(b bool) plan.Expr { return &plan.Const{Value: types.BoolOf(b)} }

func isNullConst(e plan.Expr) bool {
	k, ok := e.(*plan.Const)
	return ok && k.Value.Null
}

func isTrue(e plan.Expr) bool {
	k, ok := e.(*plan.Const)
	return ok && !k.Value.Null && k.Value.Type.Kind == types.Boolean && k.Value.I != 0
}

func isFalse(e plan.Expr) bool {
	k, ok := e.(*plan.Const)
	return ok && !k.Value.Null && k.Value.Type.Kind == types.Boolean && k.Value.I == 0
}

func anyNull(es []plan.Expr) bool {
	for _, e := range es {
		if isNullConst(e) {
			return true
		}
	}
	return false
}

func foldAnd(e *plan.And) plan.Expr {
	var args []plan.Expr
	seen := map[string]bool{}
	changed := false
	for _, a := range plan.Conjuncts(e) {
		if isFalse(a) {
			return a
		}
		if isTrue(a) || !isNew(seen, a) {
			changed = true
			continue
		}
		args = append(args, a)
	}
	args, merged := mergeIn(args, true)
	switch {
	case len(args) == 0:
		return boolConst(true)
	case len(args) == 1:
		return args[0]
	case !changed && !merged && len(args) == len(e.Args):
		return e
	}
	return &plan.And{Pos: e.Pos, Args: args}
}

// isNew notes an expression and reports whether it was not seen before.
// Volatile ones are always new; ANDs and ORs are taken for new without a look,
// since looking at every level of a deep nest would take quadratic time.
func isNew(seen map[string]bool, e plan.Expr) bool {
	switch e.(type) {
	case *plan.And, *plan.Or:
		return true
	}
	if plan.IsVolatile(e) {
		return true
	}
	f := plan.Fingerprint(e)
	if seen[f] {
		return false
	}
	seen[f] = true
	return true
}

// Disjuncts splits a condition at its ORs.
func disjuncts(e plan.Expr) []plan.Expr {
	o, ok := e.(*plan.Or)
	if !ok {
		return []plan.Expr{e}
	}
	var out []plan.Expr
	for _, x := range o.Args {
		out = append(out, disjuncts(x)...)
	}
	return out
}

func foldOr(e *plan.Or) plan.Expr {
	var args []plan.Expr
	seen := map[string]bool{}
	changed := false
	for _, a := range disjuncts(e) {
		if isTrue(a) {
			return a
		}
		if isFalse(a) || !isNew(seen, a) {
			changed = true
			continue
		}
		args = append(args, a)
	}
	args, merged := mergeIn(args, false)
	switch {
	case len(args) == 0:
		return boolConst(false)
	case len(args) == 1:
		return args[0]
	case !changed && !merged && len(args) == len(e.Args):
		return e
	}
	return &plan.Or{Pos: e.Pos, Args: args}
}

// mergeIn joins x = 1 OR x = 2 OR x IN (3, 4) to one IN; with not, x <> 1 AND
// x NOT IN (2, 3) to one NOT IN.
func mergeIn(args []plan.Expr, not bool) ([]plan.Expr, bool) {
	at := map[string]int{}
	lists := map[int][]types.Value{}
	var out []plan.Expr
	for _, a := range args {
		x, vals := equalValues(a, not)
		if x == nil {
			out = append(out, a)
			continue
		}
		f := plan.Fingerprint(x)
		i, ok := at[f]
		if !ok {
			at[f] = len(out)
			out = append(out, a)
			continue
		}
		if lists[i] == nil {
			_, first := equalValues(out[i], not)
			lists[i] = append([]types.Value(nil), first...)
		}
		lists[i] = append(lists[i], vals...)
	}
	for i, list := range lists {
		x, _ := equalValues(out[i], not)
		out[i] = &plan.In{Pos: plan.Pos(out[i].Position()), X: x, List: distinctValues(list), Not: not}
	}
	return out, len(lists) > 0
}

// equalValues takes x = const and x IN (constants), with not their negations,
// apart; nil otherwise.
func equalValues(e plan.Expr, not bool) (plan.Expr, []types.Value) {
	op := pickOp(not, plan.NE, plan.EQ)
	switch e := e.(type) {
	case *plan.Compare:
		if k, ok := e.R.(*plan.Const); ok && e.Op == op && !plan.IsVolatile(e.L) {
			return e.L, []types.Value{k.Value}
		}
	case *plan.In:
		if e.Not == not && !plan.IsVolatile(e.X) {
			return e.X, e.List
		}
	}
	return nil, nil
}

// maxQuadratic is the length up to which values are compared pairwise.
const maxQuadratic = 64

func distinctValues(vs []types.Value) []types.Value {
	if len(vs) > maxQuadratic {
		return vs
	}
	var out []types.Value
next:
	for _, v := range vs {
		for _, w := range out {
			if v.Equal(w) {
				continue next
			}
		}
		out = append(out, v)
	}
	return out
}

func foldNot(e *plan.Not) plan.Expr {
	switch x := e.X.(type) {
	case *plan.Not:
		return x.X
	case *plan.Compare:
		return &plan.Compare{Pos: x.Pos, Op: x.Op.Negate(), L: x.L, R: x.R}
	case *plan.IsNull:
		return &plan.IsNull{Pos: x.Pos, X: x.X, Not: !x.Not}
	case *plan.In:
		return &plan.In{Pos: x.Pos, X: x.X, List: x.List, Not: !x.Not}
	case *plan.And:
		return foldOr(&plan.Or{Pos: x.Pos, Args: negateAll(x.Args)})
	case *plan.Or:
		return foldAnd(&plan.And{Pos: x.Pos, Args: negateAll(x.Args)})
	}
	return e
}

func negateAll(es []plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = foldNot(&plan.Not{Pos: plan.Pos(e.Position()), X: e})
	}
	return out
}

func foldIsNull(e *plan.IsNull) plan.Expr {
	switch x := e.X.(type) {
	case *plan.MakeArray:
		return boolConst(e.Not)
	case *plan.Cast:
		// A plain cast gives NULL for NULL only, but it may fail: keep those that can.
		if !x.Try && widens(x.X.Type(), x.To) {
			return &plan.IsNull{Pos: e.Pos, X: x.X, Not: e.Not}
		}
	case *plan.IsNull:
		return boolConst(e.Not)
	}
	return e
}

func foldCase(e *plan.Case) plan.Expr {
	var whens []plan.When
	els := e.Else
	changed := false
	for _, w := range e.Whens {
		if isFalse(w.Cond) || isNullConst(w.Cond) {
			changed = true
			continue
		}
		if isTrue(w.Cond) {
			els, changed = w.Result, true
			break
		}
		whens = append(whens, w)
	}
	if len(whens) == 0 {
		if els == nil {
			return null(e)
		}
		return els
	}
	if !changed {
		return e
	}
	return &plan.Case{Pos: e.Pos, Whens: whens, Else: els, Typ: e.Typ}
}

func foldCoalesce(e *plan.Coalesce) plan.Expr {
	var args []plan.Expr
	for _, a := range e.Args {
		if isNullConst(a) {
			continue
		}
		args = append(args, a)
		if _, ok := a.(*plan.Const); ok {
			break
		}
	}
	switch {
	case len(args) == 0:
		return null(e)
	case len(args) == 1:
		return args[0]
	case len(args) == len(e.Args):
		return e
	}
	return &plan.Coalesce{Pos: e.Pos, Args: args, Typ: e.Typ}
}
