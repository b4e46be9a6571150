package bind

import (
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// where adds the condition of WHERE. A conjunct that is just [NOT] EXISTS or
// [NOT] IN (query) becomes a semi or anti join; other subqueries are joined in
// and their conjunct filters above them.
func (b *binder) where(n plan.Node, sc *scope, cond ast.Expr) (plan.Node, error) {
	var plain, late []plan.Expr
	var applies []*plan.Apply
	for _, e := range conjuncts(cond) {
		c := &exprCtx{sc: sc, st: &stage{}, clause: "WHERE"}
		a, err := b.semi(c, e, false)
		if err != nil {
			return nil, err
		}
		if a != nil {
			applies = append(append(applies, c.st.applies...), a)
			continue
		}
		x, err := b.condition(c, e)
		if err != nil {
			return nil, err
		}
		if len(c.st.applies) == 0 {
			plain = append(plain, plan.Conjuncts(x)...)
			continue
		}
		applies, late = append(applies, c.st.applies...), append(late, x)
	}
	if len(plain) > 0 {
		n = &plan.Filter{Input: n, Conds: plain}
	}
	n = (&stage{applies}).over(n)
	if len(late) > 0 {
		n = &plan.Filter{Input: n, Conds: late}
	}
	return n, nil
}

// conjuncts splits a condition at its ANDs.
func conjuncts(e ast.Expr) []ast.Expr {
	var rev []ast.Expr
	stack := []ast.Expr{e}
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a, ok := x.(*ast.Binary); ok && a.Op == "and" {
			stack = append(stack, a.L, a.R)
			continue
		}
		rev = append(rev, x)
	}
	for i, j := 0, len(rev)-1; i < j; i, j = i+1, j-1 {
		rev[i], rev[j] = rev[j], rev[i]
	}
	return rev
}

// semi makes the semi or anti join of a conjunct that is just a test of a
// subquery, nil for any other.
func (b *binder) semi(c *exprCtx, e ast.Expr, not bool) (*plan.Apply, error) {
	switch e := e.(type) {
	case *ast.Unary:
		if e.Op == "not" {
			return b.semi(c, e.X, !not)
		}
	case *ast.Exists:
		sub, err := b.query(e.Query, c.inner(), c.sc.env)
		if err != nil {
			return nil, err
		}
		return &plan.Apply{Kind: semiKind(not), Right: sub.node}, nil
	case *ast.In:
		if e.Query != nil {
			return b.semiIn(c, e.Pos, e.X, e.Query, not != e.Not)
		}
	case *ast.Quantified:
		if e.Query != nil && e.Op == "=" && !e.All {
			return b.semiIn(c, e.Pos, e.X, e.Query, not)
		}
		if e.Query != nil && e.All && (e.Op == "<>" || e.Op == "!=") {
			return b.semiIn(c, e.Pos, e.X, e.Query, !not)
		}
	}
	return nil, nil
}

func semiKind(not bool) plan.JoinKind {
	if not {
		return plan.Anti
	}
	return plan.Semi
}

func (b *binder) semiIn(c *exprCtx, pos ast.Pos, x ast.Expr, q *ast.Query, not bool) (*plan.Apply, error) {
	keys, sub, err := b.inKeys(c, pos, x, q)
	if err != nil {
		return nil, err
	}
	a := &plan.Apply{Kind: semiKind(not), Right: sub.node, Equal: keys}
	if not && len(keys) > 1 {
		a.Equal, a.On = nil, []plan.Expr{b.notFalse(keys)}
	}
	a.NullAware = not && len(a.Equal) == 1
	return a, nil
}

// notFalse is the condition under which a row of NOT IN's subquery rules out
// the left row: all members equal, or unknown.
func (b *binder) notFalse(keys []plan.EqualKey) plan.Expr {
	return &plan.Compare{Op: plan.Distinct, L: allEqual(keys), R: falseConst()}
}

func allEqual(keys []plan.EqualKey) plan.Expr {
	parts := make([]plan.Expr, len(keys))
	for i, k := range keys {
		parts[i] = &plan.Compare{Op: plan.EQ, L: k.L, R: k.R}
	}
	return plan.AndAll(parts)
}
