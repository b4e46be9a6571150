package rule

import (
	"math"

	"github.com/glauxdb/glaux/planner/plan"
)

// topN makes one node of a sort and the limit above it: it keeps only the rows
// that can be in the result.
func topN() Rule {
	return Rule{Name: "top_n", Match: plan.OpLimit, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		l := n.(*plan.Limit)
		if l.Limit < 0 || len(l.PartitionBy) > 0 {
			return n, false, nil
		}
		switch in := l.Input.(type) {
		case *plan.Sort:
			if in.Limit >= 0 || in.Offset > 0 || len(in.PartitionBy) > 0 {
				return n, false, nil
			}
			s := *in
			s.Limit, s.Offset = l.Limit, l.Offset
			return &s, true, nil
		case *plan.Project:
			if s, ok := in.Input.(*plan.Sort); ok && s.Limit < 0 && s.Offset == 0 {
				m := *l
				m.Input = s
				return &plan.Project{Input: &m, Items: in.Items}, true, nil
			}
		}
		return n, false, nil
	}}
}

// pushLimit moves a limit to where rows come from: below projections, into the
// inputs of a union, the left side of a left join whose right side adds no rows,
// and into scans.
func pushLimit() Rule {
	return Rule{Name: "push_limit", Match: plan.OpLimit, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		l := n.(*plan.Limit)
		if l.Limit < 0 || len(l.PartitionBy) > 0 {
			return n, false, nil
		}
		switch in := l.Input.(type) {
		case *plan.Project:
			m := *l
			m.Input = in.Input
			return &plan.Project{Input: &m, Items: in.Items}, true, nil
		case *plan.Limit:
			return mergeLimits(l, in)
		}
		if l.Limit > math.MaxInt64-l.Offset {
			return n, false, nil
		}
		in := limitRows(l.Input, l.Limit+l.Offset)
		if in == l.Input {
			return n, false, nil
		}
		m := *l
		m.Input = in
		return &m, true, nil
	}}
}

// mergeLimits makes one limit of two.
func mergeLimits(outer, inner *plan.Limit) (plan.Node, bool, error) {
	if len(inner.PartitionBy) > 0 || inner.Offset > math.MaxInt64-outer.Offset {
		return outer, false, nil
	}
	m := *inner
	m.Offset = inner.Offset + outer.Offset
	m.Limit = outer.Limit
	if inner.Limit >= 0 {
		m.Limit = min(outer.Limit, max(0, inner.Limit-outer.Offset))
	}
	return &m, true, nil
}

// limitRows makes n stop after the first rows of its output, where that is all
// the same to who reads no more of them; n itself if it cannot.
func limitRows(n plan.Node, rows int64) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		if rows > 0 && (n.Limit == 0 || n.Limit > rows) {
			s := *n
			s.Limit = rows
			return &s
		}
	case *plan.Project:
		if in := limitRows(n.Input, rows); in != n.Input {
			return &plan.Project{Input: in, Items: n.Items}
		}
	case *plan.SetOp:
		if n.Kind == plan.UnionAll {
			return limitInputs(n, rows)
		}
	case *plan.Join:
		return limitJoin(n, rows)
	case *plan.Limit:
		if n.Limit > rows && n.Offset == 0 && len(n.PartitionBy) == 0 {
			l := *n
			l.Limit = rows
			return &l
		}
	}
	return n
}

// limitJoin limits the left side of joins that put out at least one row for
// each of its rows.
func limitJoin(n *plan.Join, rows int64) plan.Node {
	if n.Kind != plan.Left && n.Kind != plan.Mark && n.Kind != plan.Single {
		return n
	}
	if already, ok := n.Left.(*plan.Limit); ok && already.Limit >= 0 && already.Limit <= rows {
		return n
	}
	left := limitRows(n.Left, rows)
	if left == n.Left {
		if s, ok := n.Left.(*plan.Scan); ok && s.Limit > 0 {
			return n
		}
		left = &plan.Limit{Input: n.Left, Limit: rows}
	}
	return n.WithInputs([]plan.Node{left, n.Right})
}

func limitInputs(n *plan.SetOp, rows int64) plan.Node {
	in, changed := make([]plan.Node, len(n.In)), false
	for i, k := range n.In {
		in[i] = k
		if l, ok := k.(*plan.Limit); ok && l.Limit >= 0 && l.Limit <= rows {
			continue
		}
		if in[i] = limitRows(k, rows); in[i] == k && !stopsBefore(k, rows) {
			in[i] = &plan.Limit{Input: k, Limit: rows}
		}
		changed = changed || in[i] != k
	}
	if !changed {
		return n
	}
	return n.WithInputs(in)
}

// stopsBefore reports whether n puts out no more than so many rows as it is.
func stopsBefore(n plan.Node, rows int64) bool {
	switch n := n.(type) {
	case *plan.Values:
		return int64(len(n.Rows)) <= rows
	case *plan.Scan:
		return n.Limit > 0 && n.Limit <= rows
	case *plan.Project, *plan.Window:
		return stopsBefore(n.Inputs()[0], rows)
	case *plan.Sort:
		return n.Limit >= 0 && n.Limit <= rows
	case *plan.Limit:
		return n.Limit >= 0 && n.Limit <= rows && len(n.PartitionBy) == 0
	case *plan.Aggregate:
		return len(n.Keys) == 0
	case *plan.Join:
		return (n.Kind == plan.Left || n.Kind == plan.Mark || n.Kind == plan.Single) && stopsBefore(n.Left, rows)
	}
	return false
}

// dropSorts removes orders that nobody sees: below aggregates that don't care,
// joins, set operations, other sorts.
func dropSorts() Rule {
	return Rule{Name: "drop_sorts", Match: OpAny, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		switch m := n.(type) {
		case *plan.Join, *plan.SetOp:
		case *plan.Sort:
			// Sorting again keeps the old order among equal keys in no engine's promise.
		case *plan.Aggregate:
			for _, a := range m.Aggs {
				if ordered(a.Fn.Name) {
					return n, false, nil
				}
			}
		default:
			return n, false, nil
		}
		out := plan.MapInputs(n, unsorted)
		return out, out != n, nil
	}}
}

// ordered tells the aggregates whose value depends on the order of their input.
func ordered(agg string) bool {
	switch agg {
	case "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "count_if", "approx_distinct", "stddev", "variance",
		"stddev_pop", "stddev_samp", "var_pop", "var_samp", "covar_pop", "covar_samp", "corr":
		return false
	}
	return true
}

func unsorted(n plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Sort:
		if n.Limit < 0 && n.Offset == 0 {
			return unsorted(n.Input)
		}
	case *plan.Project:
		if in := unsorted(n.Input); in != n.Input {
			return &plan.Project{Input: in, Items: n.Items}
		}
	case *plan.Filter:
		if in := unsorted(n.Input); in != n.Input {
			return &plan.Filter{Input: in, Conds: n.Conds}
		}
	}
	return n
}
