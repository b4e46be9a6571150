package rule

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// keyFilter is a scan's filter as those see it who make partitions on demand: a
// partition.KeyFilter. What the conditions say of one key alone comes from
// plan.DomainOf; Keep evaluates the conditions on one key.
type keyFilter struct {
	plan.Domains
	p     *scanPlanner
	conds [][]plan.Expr // by key: those that read no other column
	ids   []plan.ColID  // by key: the scan's column; 0 if it has none
}

func (p *scanPlanner) keyFilter() *keyFilter {
	keys := p.scan.Table.PartitionKeys
	f := &keyFilter{p: p, Domains: make(plan.Domains, len(keys)), conds: make([][]plan.Expr, len(keys)), ids: make([]plan.ColID, len(keys))}
	columns := p.keyColumns()
	for id, k := range columns {
		f.ids[k] = id
		f.Domains[k] = f.Domains[k].And(plan.DomainOf(p.filter, id, keys[k].Type))
	}
	for _, cond := range p.filter {
		used := freeOf(cond)
		if len(used) != 1 || plan.IsVolatile(cond) {
			continue
		}
		for id := range used {
			if k, ok := columns[id]; ok && id == f.ids[k] {
				f.conds[k] = append(f.conds[k], cond)
			}
		}
	}
	return f
}

// Keep says which values of key k pass the conditions on it. One whose
// evaluation fails keeps everything: its error belongs to the rows.
func (f *keyFilter) Keep(k int, vs []types.Value) ([]bool, error) {
	keep, err := f.Domains.Keep(k, vs)
	if f.p.c.Evaluator == nil || len(vs) == 0 || err != nil {
		return keep, err
	}
	col := vector.FromValues(f.p.scan.Table.PartitionKeys[k].Type, vs)
	for _, cond := range f.conds[k] {
		pass, err := f.p.c.Evaluator.Filter(f.p.c.Session, cond, map[plan.ColID]*vector.Vector{f.ids[k]: col}, len(vs))
		if err != nil {
			continue
		}
		good := make([]bool, len(vs))
		for _, i := range pass {
			good[i] = keep[i]
		}
		keep = good
	}
	return keep, nil
}
