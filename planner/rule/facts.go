package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// facts lists conditions that hold for every row that n puts out, over n's
// columns.
func facts(n plan.Node) []plan.Expr {
	switch n := n.(type) {
	case *plan.Scan:
		return n.Filter
	case *plan.Virtual:
		return n.Filter
	case *plan.Filter:
		return slices.Concat(facts(n.Input), n.Conds)
	case *plan.Project:
		return factsThrough(n)
	case *plan.Aggregate:
		keys := map[plan.ColID]bool{}
		for _, k := range n.Keys {
			keys[k.ID] = true
		}
		return factsOver(facts(n.Input), keys)
	case *plan.Window:
		return factsOver(facts(n.Input), columnSet(n.Pass))
	case *plan.MatchRecognize:
		return factsOver(facts(n.Input), columnSet(n.Pass))
	case *plan.Sort, *plan.Limit, *plan.DistinctOn, *plan.Unnest:
		return facts(n.Inputs()[0])
	case *plan.With:
		return facts(n.Body)
	case *plan.Join:
		return joinFacts(n)
	}
	return nil
}

func columnSet(cols []plan.Column) map[plan.ColID]bool {
	set := make(map[plan.ColID]bool, len(cols))
	for _, c := range cols {
		set[c.ID] = true
	}
	return set
}

func joinFacts(n *plan.Join) []plan.Expr {
	switch n.Kind {
	case plan.Inner:
		return slices.Concat(facts(n.Left), facts(n.Right), joinConds(n))
	case plan.Left, plan.Single, plan.Semi, plan.Anti, plan.Mark:
		return facts(n.Left)
	case plan.Right:
		return facts(n.Right)
	}
	return nil
}

// factsThrough renames facts through a projection's plain columns.
func factsThrough(p *plan.Project) []plan.Expr {
	with := map[plan.ColID]plan.Expr{}
	for _, it := range p.Items {
		if col, ok := it.X.(*plan.Col); ok {
			with[col.ID] = plan.Ref(it.Col)
		}
	}
	var out []plan.Expr
	for _, f := range facts(p.Input) {
		used := map[plan.ColID]bool{}
		plan.Columns(f, used)
		ok := true
		for id := range used {
			_, has := with[id]
			ok = ok && has
		}
		if ok {
			out = append(out, plan.Replace(f, with))
		}
	}
	return out
}

func factsOver(fs []plan.Expr, cols map[plan.ColID]bool) []plan.Expr {
	var out []plan.Expr
	for _, f := range fs {
		if over(f, cols) {
			out = append(out, f)
		}
	}
	return out
}

// knows reports whether cond is among the facts of n.
func knows(n plan.Node, cond plan.Expr) bool {
	want := plan.Fingerprint(cond)
	for _, f := range facts(n) {
		if plan.Fingerprint(f) == want {
			return true
		}
	}
	return false
}
