package rule

import (
	"math"
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// pushTopN lets only the first rows of each side pass that can be among the first
// of all: of every input of a union, and of the left side of a left join that the
// order is about. The top-N above stays.
func pushTopN() Rule {
	return Rule{Name: "push_top_n", Match: plan.OpSort, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.Sort)
		if s.Limit < 0 || s.Limit > math.MaxInt64-s.Offset || len(s.PartitionBy) > 0 ||
			slices.ContainsFunc(s.Keys, func(k plan.SortKey) bool { return plan.IsVolatile(k.X) }) {
			return n, false, nil
		}
		in := firstRows(s.Input, s.Keys, s.Limit+s.Offset)
		if in == s.Input {
			return n, false, nil
		}
		return s.WithInputs([]plan.Node{in}), true, nil
	}}
}

// firstRows puts top-Ns below n where rows behind the first ones of an order
// cannot be among its first ones; n itself if there is no such place.
func firstRows(n plan.Node, keys []plan.SortKey, rows int64) plan.Node {
	switch n := n.(type) {
	case *plan.Project:
		with := map[plan.ColID]plan.Expr{}
		for _, it := range n.Items {
			with[it.Col.ID] = it.X
		}
		below := inTermsOf(keys, with)
		if slices.ContainsFunc(below, func(k plan.SortKey) bool { return plan.IsVolatile(k.X) }) {
			return n
		}
		if in := firstRows(n.Input, below, rows); in != n.Input {
			return &plan.Project{Input: in, Items: n.Items}
		}
	case *plan.SetOp:
		if n.Kind != plan.UnionAll {
			return n
		}
		in := slices.Clone(n.In)
		for i, k := range in {
			in[i] = topOf(k, inTermsOf(keys, inputColumns(n, i)), rows)
		}
		if !slices.Equal(in, n.In) {
			return n.WithInputs(in)
		}
	case *plan.Join:
		left := plan.OutputSet(n.Left)
		if n.Kind != plan.Left && n.Kind != plan.Mark && n.Kind != plan.Single ||
			slices.ContainsFunc(keys, func(k plan.SortKey) bool { return !over(k.X, left) }) {
			return n
		}
		if in := topOf(n.Left, keys, rows); in != n.Left {
			return n.WithInputs([]plan.Node{in, n.Right})
		}
	}
	return n
}

// topOf keeps the first rows of n; n itself if it has no more.
func topOf(n plan.Node, keys []plan.SortKey, rows int64) plan.Node {
	if stopsBefore(n, rows) {
		return n
	}
	return &plan.Sort{Input: n, Keys: keys, Limit: rows}
}

// inTermsOf expresses keys by other columns.
func inTermsOf(keys []plan.SortKey, with map[plan.ColID]plan.Expr) []plan.SortKey {
	out := slices.Clone(keys)
	for i := range out {
		out[i].X = plan.Replace(out[i].X, with)
	}
	return out
}
