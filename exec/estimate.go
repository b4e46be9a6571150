package exec

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/vector"
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
	e := TableEstimate{Database: t.Database, Table: t.Name, BytesLower: src.BytesLower, BytesUpper: src.BytesUpper,
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
	limited := map[int]bool{} // partition keys with a filter, static or at run time
	index := map[plan.ColID]int{}
	for _, c := range s.Cols {
		index[c.ID] = c.Index - len(t.Columns)
	}
	used := map[plan.ColID]bool{}
	for _, f := range s.Filter {
		plan.Columns(f, used)
	}
	for _, d := range s.Dynamic {
		used[d.Col] = true
	}
	for id := range used {
		limited[index[id]] = true
	}
	e.ColumnsTotal = len(t.Columns)
	e.Columns, e.Filtered = dataColumns(s, limited)
	for i, k := range t.PartitionKeys {
		e.PartitionKeys = append(e.PartitionKeys, k.Name)
		if !limited[i] && src.PartitionsRead == src.PartitionsTotal {
			e.Unfiltered = append(e.Unfiltered, k.Name)
		}
	}
	e.Example = example(s)
	return e
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

// example writes the last partition of a scan as conditions.
func example(s *plan.Scan) []string {
	files := s.Source.Files
	if len(s.Table.PartitionKeys) == 0 || len(files) == 0 {
		return nil
	}
	f := files[0]
	for _, g := range files[1:] {
		if g.Partition > f.Partition {
			f = g
		}
	}
	var out []string
	for i, k := range s.Table.PartitionKeys {
		name := types.QuoteIdent(k.Name)
		if lit := literal(f.Keys[i]); lit != "" {
			out = append(out, name+" = "+lit)
		} else {
			out = append(out, name+" IS NULL")
		}
	}
	return out
}

// literal writes a key's value as SQL; "" for NULL.
func literal(v types.Value) string {
	if v.Null {
		return ""
	}
	var text kernel.TextOptions
	lit := string(text.AppendText(nil, vector.ConstOf(v, 1), 0))
	if !v.Type.IsNumeric() {
		lit = "'" + strings.ReplaceAll(lit, "'", "''") + "'"
	}
	return lit
}
