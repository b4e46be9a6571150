package exec

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/planner/plan"
)

// estimates says what a plan will read of each table. A subplan that is read
// more than once runs once, and stands in the plan once.
func (r *running) estimates(root plan.Node) []TableEstimate {
	var out []TableEstimate
	plan.Visit(root, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok && s.Source != nil {
			e := estimate(s)
			e.Parts = r.parts(s)
			out = append(out, e)
		}
		return true
	})
	return out
}

func estimate(s *plan.Scan) TableEstimate {
	t, src := s.Table, s.Source
	e := TableEstimate{scan: s, Database: t.Database, Table: t.Name, BytesLower: src.BytesLower, BytesUpper: src.BytesUpper,
		BytesExpected: src.BytesExpected, Tier: tier(src),
		Files: len(src.Files), FilesTotal: src.FilesTotal, Partitions: src.PartitionsRead, PartitionsTotal: src.PartitionsTotal}
	if len(src.Files) > 0 {
		e.Format = src.Files[0].Format.Name()
		if c := codec.ByExtension(src.Files[0].Info.Key); c != codec.None {
			e.Codec = c.String()
		}
	}
	for _, f := range src.Files {
		e.SizeTotal += f.Info.Size
	}
	limited := limitedColumns(s)
	e.ColumnsTotal = len(t.Columns)
	e.Columns, e.Filtered = dataColumns(s, limited)
	for i, k := range t.PartitionKeys {
		e.PartitionKeys = append(e.PartitionKeys, k.Name)
		if !limited[i] {
			e.Unfiltered = append(e.Unfiltered, k.Name)
		}
	}
	e.Example = example(s)
	return e
}

// limitedColumns tells which columns are limited by the position less the number of
// data columns, so that partition keys count from 0: those in a condition that is
// left for the rows or in a runtime filter, of the keys those among whose values
// something selects.
func limitedColumns(s *plan.Scan) map[int]bool {
	out := map[int]bool{}
	used := map[plan.ColID]bool{}
	for _, f := range s.Filter {
		plan.Columns(f, used)
	}
	dynamic := map[plan.ColID]bool{}
	for _, d := range s.Dynamic {
		dynamic[d.Col] = true
	}
	for _, c := range s.Cols {
		i := c.Index - len(s.Table.Columns)
		out[i] = out[i] || dynamic[c.ID] || i < 0 && used[c.ID]
	}
	for k, yes := range s.Source.Selects {
		out[k] = out[k] || yes
	}
	return out
}

// dataColumns gives the names of a scan's data columns and of those of them that
// are limited, which go by their position less the number of data columns.
func dataColumns(s *plan.Scan, limited map[int]bool) (read, filtered []string) {
	t := s.Table
	wanted := make([]bool, len(t.Columns)) // several columns of a scan may be fields of one
	for _, c := range s.Cols {
		if c.Index >= 0 && c.Index < len(wanted) {
			wanted[c.Index] = true
		}
	}
	for i, yes := range wanted {
		if !yes {
			continue
		}
		read = append(read, t.Columns[i].Name)
		if limited[i-len(t.Columns)] {
			filtered = append(filtered, t.Columns[i].Name)
		}
	}
	return read, filtered
}

// tier says how well the bytes of a scan are known.
func tier(src *plan.ScanSource) Tier {
	switch {
	case src.BytesLower == src.BytesUpper:
		return TierExact
	case src.Unopened > 0 || src.BytesUpper == plan.UnboundedBytes:
		return TierHeuristic
	}
	return TierUpperBound
}

// example writes the latest partition of a scan as conditions: the last in the order
// of the typed keys.
func example(s *plan.Scan) []string {
	files := s.Source.Files
	if len(s.Table.PartitionKeys) == 0 || len(files) == 0 {
		return nil
	}
	f := files[0]
	for _, g := range files[1:] {
		if g.Partition != f.Partition && compareKeys(g.Keys, f.Keys) > 0 {
			f = g
		}
	}
	var out []string
	for i, k := range s.Table.PartitionKeys {
		out = append(out, types.QuoteIdent(k.Name)+isKey(f.Keys[i]))
	}
	return out
}

// isKey is what follows a key's name in the condition that it has a value.
func isKey(v types.Value) string {
	if lit := literal(v); lit != "" {
		return " = " + lit
	}
	return " IS NULL"
}

// literal writes a key's value as SQL; "" for NULL.
func literal(v types.Value) string {
	if v.Null {
		return ""
	}
	return v.String()
}
