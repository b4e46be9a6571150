package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// orderFiles reads the files first that hold the first rows of a top-N: the
// others can then be skipped by their bounds.
func orderFiles() Rule {
	return Rule{Name: "order_files", Match: plan.OpSort, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.Sort)
		if s.Limit < 0 || len(s.Keys) == 0 || len(s.PartitionBy) > 0 {
			return n, false, nil
		}
		key := s.Keys[0]
		in, changed, err := c.orderBelow(s.Input, key)
		if err != nil || !changed {
			return n, false, err
		}
		return s.WithInputs([]plan.Node{in}), true, nil
	}}
}

func (c *Ctx) orderBelow(n plan.Node, key plan.SortKey) (plan.Node, bool, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return c.orderScan(n, key)
	case *plan.Filter:
		in, changed, err := c.orderBelow(n.Input, key)
		return n.WithInputs([]plan.Node{in}), changed, err
	case *plan.Project:
		with := map[plan.ColID]plan.Expr{}
		for _, it := range n.Items {
			with[it.Col.ID] = it.X
		}
		key.X = plan.Replace(key.X, with)
		in, changed, err := c.orderBelow(n.Input, key)
		return n.WithInputs([]plan.Node{in}), changed, err
	}
	return n, false, nil
}

func (c *Ctx) orderScan(s *plan.Scan, key plan.SortKey) (plan.Node, bool, error) {
	i := columnOf(s, key.X)
	if i < 0 || s.Mode == plan.ScanErrors || s.Source == nil || len(s.Source.Files) < 2 || len(s.Source.Files) > maxFooters {
		return s, false, nil
	}
	bounds := map[*lake.File]formats.Bounds{}
	for _, f := range s.Source.Files {
		file, err := c.Lake.Open(c.ctx, f)
		if err != nil {
			return s, false, err
		}
		if bounds[f] = columnBounds(s, f, file, i); !bounds[f].HasMinMax {
			return s, false, nil
		}
	}
	src := *s.Source
	src.Files = slices.Clone(src.Files)
	slices.SortStableFunc(src.Files, func(a, b *lake.File) int {
		if key.Desc {
			return bounds[b].Max.Compare(bounds[a].Max)
		}
		return bounds[a].Min.Compare(bounds[b].Min)
	})
	if slices.Equal(src.Files, s.Source.Files) {
		return s, false, nil
	}
	out := *s
	out.Source = &src
	return &out, true, nil
}
