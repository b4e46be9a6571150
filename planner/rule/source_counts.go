package rule

import (
	"context"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/planner/plan"
)

// countedTables remembers what the catalog's statistics say of the tables of a query.
type countedTables struct {
	wanted bool // by the plan: it joins or groups
	mu     sync.Mutex
	tables map[int64]map[string]statistics.Column // guarded by mu
}

// wantsCounts reports whether a plan has steps whose estimate needs numbers of
// different values. Others are not worth the look into the catalog.
func wantsCounts(root plan.Node) bool {
	found := false
	plan.Visit(root, func(n plan.Node) bool {
		switch n.Op() {
		case plan.OpJoin, plan.OpApply, plan.OpAggregate, plan.OpDistinctOn, plan.OpSetOp:
			found = true
		}
		return !found
	})
	return found
}

// of gives what is known of a table's columns.
func (k *countedTables) of(ctx context.Context, docs catalog.Documents, t *catalog.Table) (map[string]statistics.Column, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if cols, ok := k.tables[t.ID]; ok {
		return cols, nil
	}
	cols, err := statistics.Read(ctx, docs, t)
	if err != nil {
		return nil, err
	}
	if k.tables == nil {
		k.tables = map[int64]map[string]statistics.Column{}
	}
	k.tables[t.ID] = cols
	return cols, nil
}

// nearKey is the share of the rows from which on the values of a column are taken to
// become more as the rows do.
const nearKey = 0.5

// useCounts takes the numbers of different values from the catalog's statistics where
// footers have none. A column whose values were nearly all different has as many more
// or fewer as the table has rows; of others the number stays, at most the rows.
func (p *scanPlanner) useCounts(s *plan.Scan) error {
	if p.listOnly || !p.c.counted.wanted || p.c.Documents == nil || s.Mode != plan.ScanRows {
		return nil
	}
	cols, err := p.c.counted.of(p.ctx, p.c.Documents, s.Table)
	if err != nil || len(cols) == 0 {
		return err
	}
	then, _, sized := statistics.Rows(s.Table)
	for i := range s.Cols {
		known, ok := cols[strings.ToLower(s.Cols[i].Name)]
		b := &s.Source.Columns[i]
		if !ok || known.Distinct <= 0 || b.Distinct > 0 || s.Cols[i].Index < 0 || len(s.Cols[i].Path) > 0 {
			continue
		}
		n := float64(known.Distinct)
		if sized && n > nearKey*then {
			n *= s.Source.Rows / then
		}
		b.Distinct = int64(max(1, n))
	}
	return nil
}
