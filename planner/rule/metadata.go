package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// answerFromMetadata replaces count, min and max over whole files by their
// values: row counts, null counts and exact bounds are in the footers, partition
// keys in the catalog.
func answerFromMetadata() Rule {
	return Rule{Name: "answer_from_metadata", Match: plan.OpAggregate, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		a := n.(*plan.Aggregate)
		if len(a.Keys) > 0 || len(a.Aggs) == 0 {
			return n, false, nil
		}
		s, names := scanBelow(a.Input)
		if s == nil || s.Source == nil || len(s.Filter) > 0 || s.Limit > 0 || len(s.Dynamic) > 0 {
			return n, false, nil
		}
		v := &plan.Values{}
		var row []plan.Expr
		for _, g := range a.Aggs {
			val, ok, err := c.fromMetadata(s, names, g)
			if err != nil || !ok {
				return n, false, err
			}
			v.Cols, row = append(v.Cols, g.Col), append(row, &plan.Const{Value: val})
		}
		v.Rows = [][]plan.Expr{row}
		return v, true, nil
	}}
}

// maybeMetadata reports whether every aggregate is of a kind that metadata can
// answer, if the scan's filter can be decided by them too.
func maybeMetadata(s *plan.Scan, names map[plan.ColID]plan.Expr, a *plan.Aggregate) bool {
	for _, g := range a.Aggs {
		switch {
		case g.Filter != nil || len(g.Args) > 1:
			return false
		case g.Fn.Name == "count" && !g.Distinct:
		case (g.Fn.Name == "min" || g.Fn.Name == "max") && len(g.Args) == 1 && columnOf(s, plan.Replace(g.Args[0], names)) >= 0:
		default:
			return false
		}
	}
	return len(a.Aggs) > 0
}

// onlyKeys reports whether the list of files answers the aggregates: min and
// max of partition keys, with conditions on partition keys at most.
func onlyKeys(s *plan.Scan, names map[plan.ColID]plan.Expr, a *plan.Aggregate) bool {
	data := len(s.Table.Columns)
	for _, g := range a.Aggs {
		if len(g.Args) != 1 || g.Fn.Name == "count" || s.Cols[columnOf(s, plan.Replace(g.Args[0], names))].Index < data {
			return false
		}
	}
	keys := map[plan.ColID]bool{}
	for _, col := range s.Cols {
		keys[col.ID] = col.Index >= data
	}
	for _, cond := range s.Filter {
		for id := range freeOf(cond) {
			if !keys[id] {
				return false
			}
		}
	}
	return true
}

// forgetSources takes the sources away again from the scans of aggregates that
// metadata did not answer, so that they are attached with all their statistics.
func forgetSources() Rule {
	return Rule{Name: "forget_sources", Match: plan.OpScan, Apply: func(c *Ctx, n plan.Node) (plan.Node, bool, error) {
		s := n.(*plan.Scan)
		if s.Source == nil || len(s.Source.Columns) > 0 || len(s.Cols) == 0 {
			return n, false, nil
		}
		return sourceless(s), true, nil
	}}
}

// sourceless is a copy of a scan without its source. The conditions that chose the files
// have left the filter and come back: they are what chooses them again.
func sourceless(s *plan.Scan) *plan.Scan {
	out := *s
	if s.Source != nil {
		out.Filter, out.Source = s.Source.Asked, nil
	}
	return &out
}

// scanBelow finds the scan below projections of plain columns, and what each
// column is there: a column of the scan or a constant.
func scanBelow(n plan.Node) (*plan.Scan, map[plan.ColID]plan.Expr) {
	switch n := n.(type) {
	case *plan.Scan:
		if n.Mode != plan.ScanRows || n.Sample != nil {
			return nil, nil
		}
		names := map[plan.ColID]plan.Expr{}
		for _, col := range n.Cols {
			names[col.ID] = plan.Ref(col.Column)
		}
		return n, names
	case *plan.Project:
		s, below := scanBelow(n.Input)
		if s == nil {
			return nil, nil
		}
		names := map[plan.ColID]plan.Expr{}
		for _, it := range n.Items {
			if x := plan.Replace(it.X, below); cheapToRepeat(x) {
				names[it.Col.ID] = x
			}
		}
		return s, names
	}
	return nil, nil
}

// fromMetadata answers one aggregate; false if the metadata do not.
func (c *Ctx) fromMetadata(s *plan.Scan, names map[plan.ColID]plan.Expr, g plan.Agg) (types.Value, bool, error) {
	none := types.Value{}
	if g.Filter != nil || len(g.Args) > 1 {
		return none, false, nil
	}
	src := s.Source
	if g.Fn.Name == "count" && !g.Distinct {
		if !src.Exact {
			return none, false, nil
		}
		if len(g.Args) == 0 {
			return types.IntOf(g.Col.Type, int64(src.Rows)), true, nil
		}
		nulls, ok := nullCount(s, plan.Replace(g.Args[0], names))
		return types.IntOf(g.Col.Type, int64(src.Rows)-nulls), ok, nil
	}
	if g.Fn.Name != "min" && g.Fn.Name != "max" || len(g.Args) != 1 {
		return none, false, nil
	}
	i := columnOf(s, plan.Replace(g.Args[0], names))
	if i < 0 || !g.Col.Type.Equal(s.Cols[i].Type) {
		return none, false, nil
	}
	if k := s.Cols[i].Index - len(s.Table.Columns); k >= 0 {
		return c.extremeKey(s, k, g)
	}
	return extremeValue(s, i, g)
}

// columnOf gives the position of the scan's column that x is; -1 for none.
func columnOf(s *plan.Scan, x plan.Expr) int {
	col, ok := x.(*plan.Col)
	if !ok {
		return -1
	}
	return slices.IndexFunc(s.Cols, func(sc plan.ScanColumn) bool { return sc.ID == col.ID && len(sc.Path) == 0 && sc.Index >= 0 })
}

// nullCount gives the number of NULLs of an argument of count.
func nullCount(s *plan.Scan, x plan.Expr) (int64, bool) {
	if k, ok := x.(*plan.Const); ok {
		if k.Value.Null {
			return int64(s.Source.Rows), true
		}
		return 0, true
	}
	i := columnOf(s, x)
	if i < 0 || i >= len(s.Source.Columns) {
		return 0, false
	}
	b := s.Source.Columns[i]
	return b.Nulls, b.HasNulls || s.Source.Rows == 0
}

// extremeValue answers min or max of a data column from exact bounds. Floats
// are left out: writers disagree about NaN in statistics.
func extremeValue(s *plan.Scan, i int, g plan.Agg) (types.Value, bool, error) {
	src := s.Source
	if src.Exact && src.Rows == 0 {
		return types.NullOf(g.Col.Type), true, nil
	}
	if i >= len(src.Columns) || !src.Exact {
		return types.Value{}, false, nil
	}
	b := src.Columns[i]
	switch {
	case b.AllNull:
		return types.NullOf(g.Col.Type), true, nil
	case !b.HasMinMax || g.Col.Type.IsFloat():
		return types.Value{}, false, nil
	case g.Fn.Name == "min" && b.MinExact:
		return b.Min, true, nil
	case g.Fn.Name == "max" && b.MaxExact:
		return b.Max, true, nil
	}
	return types.Value{}, false, nil
}

// extremeKey answers min or max of a partition key: the first value, from that
// end, of a file that has a row. Where the footer does not tell (text), one row
// is read.
func (c *Ctx) extremeKey(s *plan.Scan, k int, g plan.Agg) (types.Value, bool, error) {
	files := slices.DeleteFunc(slices.Clone(s.Source.Files), func(f *lake.File) bool { return f.Keys[k].Null })
	slices.SortStableFunc(files, func(a, b *lake.File) int {
		if g.Fn.Name == "max" {
			a, b = b, a
		}
		return a.Keys[k].Compare(b.Keys[k])
	})
	for i, f := range files {
		if i == maxProbes {
			return types.Value{}, false, nil
		}
		has, err := c.hasRow(f)
		if err != nil {
			return types.Value{}, false, err
		}
		if has {
			return f.Keys[k], true, nil
		}
	}
	return types.NullOf(g.Col.Type), true, nil
}

// maxProbes bounds how many empty files are looked into at planning.
const maxProbes = 16

// hasRow reports whether a file has a row. The beginning of a text file that is
// read for it is metadata: planning reads no data, so that nothing is scanned by
// a query that is only asked about.
func (c *Ctx) hasRow(f *lake.File) (bool, error) {
	ctx := store.WithReadKind(c.ctx, store.ReadFooter)
	file, err := c.Lake.Open(ctx, f)
	if err != nil {
		return false, err
	}
	return formats.HasRow(ctx, file)
}
