package advisor

import (
	"context"
	"fmt"
	"strings"
)

const (
	// orderedTable is the size from which it matters how rows are ordered: a smaller
	// one is few row groups. A larger one than sortable is ordered where it is written.
	orderedTable = 16 << 20
	sortable     = 1 << 30
	// orderedQueries is how many queries it takes to speak of a habit.
	orderedQueries = 10
)

// findSortKey looks for columns of Parquet and ORC tables by which most queries
// filter, and which leave no file out: the values lie everywhere. In their order they
// would lie together. What that saves is in no history, so nothing is promised.
func findSortKey(ctx context.Context, s *subject) ([]Finding, error) {
	if len(s.found) > 0 {
		return nil, nil // what is to be rewritten anyway is seen afterwards
	}
	scans := s.use.scans
	counts := map[string]int{}
	var largest int64
	for i := range scans {
		x := &scans[i]
		largest = max(largest, x.size)
		if !columnar[x.format] || x.files < x.listed || x.size < orderedTable {
			continue
		}
		for _, c := range x.filtered {
			counts[c]++
		}
	}
	best := ""
	for _, c := range s.table.Columns { // in their order: a tie is no accident
		if counts[c.Name] > counts[best] && !strings.EqualFold(c.Name, s.table.Parameters[propertySorted]) {
			best = c.Name
		}
	}
	if n := counts[best]; n < orderedQueries || 2*n < len(scans) {
		return nil, nil
	}
	f := s.finding(SortKey, waste{})
	f.What = fmt.Sprintf("rows are not in the order of %s, by which queries filter", best)
	f.Evidence = fmt.Sprintf("%d of %d queries have a condition on it and read all files all the same; what it would save is not known", counts[best], len(scans))
	if largest > sortable {
		f.Notes = append(f.Notes, "it is too large to be ordered in memory: order it where it is written")
		return []Finding{f}, nil
	}
	return s.rewriteFix(ctx, f, rewrite{keys: s.keys(), order: best})
}
