package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// inferAcrossEquality copies what is known of one side's key to the other
// side: with a = b, the fact a = 5 (or a < 5, a IN ...) holds for b too.
func inferAcrossEquality() Rule {
	return Rule{Name: "infer_across_equality", Match: plan.OpJoin, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		j := n.(*plan.Join)
		if j.NullAware {
			return n, false, nil
		}
		toLeft := j.Kind == plan.Inner || j.Kind == plan.Semi || j.Kind == plan.Right
		toRight := j.Kind != plan.Right && j.Kind != plan.Full
		l2r, r2l := columnEqualities(j)
		out := *j
		if toRight {
			out.Right = transfer(j.Left, j.Right, l2r)
		}
		if toLeft {
			out.Left = transfer(j.Right, j.Left, r2l)
		}
		if out.Left == j.Left && out.Right == j.Right {
			return n, false, nil
		}
		return &out, true, nil
	}}
}

// columnEqualities lists the plain columns that a join makes equal, in both
// directions.
func columnEqualities(j *plan.Join) (l2r, r2l map[plan.ColID]plan.Expr) {
	l2r, r2l = map[plan.ColID]plan.Expr{}, map[plan.ColID]plan.Expr{}
	keys := j.Equal
	if len(j.On) > 0 {
		more, _ := splitKeys(j.On, plan.OutputSet(j.Left), plan.OutputSet(j.Right))
		keys = append(more, keys...)
	}
	for _, k := range keys {
		l, ok1 := k.L.(*plan.Col)
		r, ok2 := k.R.(*plan.Col)
		// -0 and 0 are equal and yet differ in some functions; char pads.
		if ok1 && ok2 && !l.Typ.IsFloat() && l.Typ.Kind != types.Char && l.Typ.Equal(r.Typ) && !k.NullSafe {
			l2r[l.ID], r2l[r.ID] = r, l
		}
	}
	return l2r, r2l
}

// transfer filters `to` by the facts of `from` that are about mapped columns.
func transfer(from, to plan.Node, with map[plan.ColID]plan.Expr) plan.Node {
	if len(with) == 0 {
		return to
	}
	keys := map[plan.ColID]bool{}
	for id := range with {
		keys[id] = true
	}
	known := map[string]bool{}
	for _, f := range facts(to) {
		known[plan.Fingerprint(f)] = true
	}
	var conds []plan.Expr
	for _, f := range factsOver(facts(from), keys) {
		x := plan.Replace(f, with)
		if plan.IsVolatile(f) || isSelfEquality(x) {
			continue
		}
		if text := plan.Fingerprint(x); !known[text] {
			known[text] = true
			conds = append(conds, x)
		}
	}
	return filter(to, conds)
}

func isSelfEquality(e plan.Expr) bool {
	k, ok := e.(*plan.Compare)
	return ok && plan.Same(k.L, k.R)
}
