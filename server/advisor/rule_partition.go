package advisor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/workgroup"
)

// findPartitionFilter looks for tables whose partitions are for nothing: most
// queries, or those that read most of the bytes, read all of them. What they read
// beyond the median of the others is the waste; where there are no others, beyond one
// partition's part.
func findPartitionFilter(ctx context.Context, s *subject) ([]Finding, error) {
	if len(s.table.PartitionKeys) == 0 || s.filterRule() != "" {
		return nil, nil
	}
	var limited, all []float64
	var bytesAll, bytes float64
	for i := range s.use.scans {
		x := &s.use.scans[i]
		if bytes += x.bytes; x.unfiltered && x.total > 1 {
			all, bytesAll = append(all, x.bytes), bytesAll+x.bytes
		} else {
			limited = append(limited, x.bytes)
		}
	}
	if len(all) == 0 || len(all) < len(limited) && bytesAll < bytes/2 {
		return nil, nil
	}
	var w waste
	for i := range s.use.scans {
		if x := &s.use.scans[i]; x.unfiltered && x.total > 1 {
			need := x.bytes / float64(x.total)
			if len(limited) > 0 {
				need = median(limited)
			}
			w.add(x.bytes-need, x)
		}
	}
	f := s.finding(PartitionFilter, w)
	f.What = "queries read all partitions: they limit none of " + strings.Join(s.keys(), ", ")
	f.Evidence = partitionEvidence(all, limited)
	return s.partitionFix(ctx, f)
}

func partitionEvidence(all, limited []float64) string {
	n := len(all) + len(limited)
	text := fmt.Sprintf("%d of %d queries read every partition, %s each (median)", len(all), n, workgroup.Bytes(int64(median(all))))
	if len(limited) == 0 {
		return text + "; none was limited to some"
	}
	return text + fmt.Sprintf("; the others %s", workgroup.Bytes(int64(median(limited))))
}

// partitionFix writes a query of the latest partition, as an example, and the
// property that makes the table ask for such a condition.
func (s *subject) partitionFix(ctx context.Context, f Finding) ([]Finding, error) {
	where, err := s.latest(ctx)
	if err != nil {
		f.Notes = append(f.Notes, "no example of a condition: "+err.Error())
	} else if where != "" {
		f.SQL = append(f.SQL, fmt.Sprintf("SELECT * FROM %s WHERE %s", s.name(), where))
	}
	f.SQL = append(f.SQL, fmt.Sprintf("ALTER TABLE %s SET TBLPROPERTIES ('%s' = 'required')", s.name(), partition.PropertyFilter))
	return []Finding{f}, ctx.Err()
}

// filterRule gives the property of a table that asks for a condition on a partition
// key, "" of one that does not.
func (s *subject) filterRule() string {
	for k, v := range s.table.Parameters {
		if strings.EqualFold(k, partition.PropertyFilter) {
			switch r, err := partition.FilterRuleOf(s.table); {
			case err != nil:
				return "required" // what is no rule refuses queries too
			case r.Required:
				return v
			}
		}
	}
	return ""
}

// latest writes the conditions of the last partition without a NULL; "" if there
// is none.
func (s *subject) latest(ctx context.Context) (string, error) {
	parts, err := s.o.Lake.Partitions(ctx, s.o.Catalog, s.table, nil, false)
	if err != nil || parts == nil {
		return "", err
	}
	for i := parts.N - 1; i >= 0; i-- {
		var conds []string
		for k, key := range s.table.PartitionKeys {
			if v := parts.Value(k, i); !v.Null {
				conds = append(conds, types.QuoteIdent(key.Name)+" = "+v.String())
			}
		}
		if len(conds) == len(s.table.PartitionKeys) {
			return strings.Join(conds, " AND "), nil
		}
	}
	return "", nil
}

// median gives the middle of some numbers, 0 of none.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	m := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[m-1] + sorted[m]) / 2
	}
	return sorted[m]
}
