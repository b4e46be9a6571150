package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// rowPerFile lets a scan give one row for each file where only its partition
// keys and what listings tell are asked for ("$path" and the like), and equal
// rows count once: DISTINCT, GROUP BY, min, max. No data are read then.
func rowPerFile() Rule {
	return Rule{Name: "row_per_file", Match: plan.OpAggregate, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		a := n.(*plan.Aggregate)
		once := func(g plan.Agg) bool {
			return (g.Distinct || ignoresDuplicates(g.Fn.Name)) && len(g.OrderBy) == 0 && !slices.ContainsFunc(g.Args, plan.IsVolatile)
		}
		if slices.ContainsFunc(a.Aggs, func(g plan.Agg) bool { return !once(g) }) || len(a.Keys)+len(a.Aggs) == 0 {
			return n, false, nil
		}
		in := filesOnly(a.Input)
		if in == nil {
			return n, false, nil
		}
		return a.WithInputs([]plan.Node{in}), true, nil
	}}
}

// filesOnly turns the scan below projections into one of files; nil if it reads
// more than has one value in a file.
func filesOnly(n plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		if n.Mode != plan.ScanRows || n.Sample != nil || n.Limit > 0 || len(n.Cols) == 0 || slices.ContainsFunc(n.Filter, plan.IsVolatile) ||
			slices.ContainsFunc(n.Cols, func(col plan.ScanColumn) bool { return !col.OfFile(n.Table) }) {
			return nil
		}
		s := sourceless(n)
		s.Mode = plan.ScanFiles
		return s
	case *plan.Project:
		if slices.ContainsFunc(n.Items, func(it plan.Item) bool { return plan.IsVolatile(it.X) }) {
			return nil
		}
		if in := filesOnly(n.Input); in != nil {
			return n.WithInputs([]plan.Node{in})
		}
	}
	return nil
}
