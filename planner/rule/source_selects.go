package rule

import (
	"maps"
	"slices"

	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// selects tells, for each partition key, whether a condition of the scan selects
// among its values; nil if none does. That depends on what the conditions say and
// not on which partitions there are today: a range that happens to cover all of
// them selects, p IS NOT NULL and p = p never do.
//
//	comparison with constants, IN ───────────────────────> DomainOf
//	anything else over keys, "$path", "$partition" ... ──> tried on values of the keys and on made-up ones
func (p *scanPlanner) selects() []bool {
	keys := p.scan.Table.PartitionKeys
	if len(keys) == 0 || len(p.scan.Filter) == 0 {
		return nil
	}
	out := make([]bool, len(keys))
	any := false
	mark := func(k int) { out[k], any = true, true }
	columns := p.keyColumns()
	for id, k := range columns {
		if d := plan.DomainOf(p.scan.Filter, id, keys[k].Type); d.Says() {
			mark(k)
		}
	}
	hidden := p.folderColumns()
	for _, cond := range p.scan.Filter {
		if plan.IsVolatile(cond) {
			continue
		}
		used, whole := p.tried(cond, columns, hidden)
		if len(used) == 0 || !p.refusesSome(cond, used) {
			continue
		}
		for id := range used {
			if k, ok := columns[id]; ok {
				mark(k)
			}
		}
		for k := range keys {
			if whole {
				mark(k)
			}
		}
	}
	if !any {
		return nil
	}
	return out
}

// folderColumns lists the hidden columns that tell the partition of a row, or that
// listings tell of whole files.
func (p *scanPlanner) folderColumns() map[plan.ColID]types.Type {
	out := map[plan.ColID]types.Type{}
	for _, col := range p.scan.Cols {
		switch col.Index {
		case plan.HiddenPath, plan.HiddenPartition, plan.HiddenModified, plan.HiddenETag:
			out[col.ID] = col.Type
		}
	}
	return out
}

// tried gives the columns of a condition that reads partition keys and hidden
// columns alone, and whether hidden ones are among them; nil for other conditions.
func (p *scanPlanner) tried(cond plan.Expr, keys map[plan.ColID]int, hidden map[plan.ColID]types.Type) (used map[plan.ColID]types.Type, whole bool) {
	used = map[plan.ColID]types.Type{}
	for id := range freeOf(cond) {
		k, isKey := keys[id]
		t, isHidden := hidden[id]
		switch {
		case isKey:
			used[id] = p.scan.Table.PartitionKeys[k].Type
		case isHidden:
			used[id], whole = t, true
		default:
			return nil, false
		}
	}
	return used, whole
}

// samples are values of keys, as paths spell them, that a condition is tried on:
// the ends and the middle of what people use. Those that are not of a key's type
// are left out for it.
var samples = []string{
	"", "0", "1", "-1", "7", "99", "2000", "19000101", "29991231", "1900-01-01", "2000-02-29", "2999-12-31",
	"1900-01-01 00:00:00", "2999-12-31 23:59:59", "a", "zz", "~", "true", "false",
}

// refusesSome reports whether a condition is false or NULL for some values, none of
// them NULL: the samples, which nearly always tell, else those that the keys have.
// One that fails looks into the values, too.
func (p *scanPlanner) refusesSome(cond plan.Expr, cols map[plan.ColID]types.Type) bool {
	return p.c.Evaluator != nil && (p.refuses(cond, cols, p.samplesOf) || p.refuses(cond, cols, p.keyValues))
}

// refuses is refusesSome for some values of each column, all of a column's or none.
func (p *scanPlanner) refuses(cond plan.Expr, cols map[plan.ColID]types.Type, of func(plan.ColID, types.Type) []types.Value) bool {
	lists, rows := map[plan.ColID][]types.Value{}, 0
	for id, t := range cols {
		if lists[id] = of(id, t); len(lists[id]) == 0 {
			return false
		}
		rows = max(rows, len(lists[id]))
	}
	if len(cols) > 1 {
		rows *= 2
	}
	vecs := map[plan.ColID]*vector.Vector{}
	for i, id := range slices.Sorted(maps.Keys(cols)) {
		vecs[id] = vector.FromValues(cols[id], crossed(lists[id], rows, i))
	}
	pass, err := p.c.Evaluator.Filter(p.c.Session, cond, vecs, rows)
	return err != nil || len(pass) < rows
}

// crossed repeats a list: first as it is, in step with the other columns', then
// beginning by places later.
func crossed(list []types.Value, rows, by int) []types.Value {
	out := make([]types.Value, rows)
	for i := range out {
		at := i
		if i >= rows/2 {
			at += by
		}
		out[i] = list[at%len(list)]
	}
	return out
}

// samplesOf gives the samples that are of a column's type.
func (p *scanPlanner) samplesOf(_ plan.ColID, t types.Type) []types.Value {
	var out []types.Value
	for _, text := range samples {
		if v, err := partition.ParseValue(t, text); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// keyValues gives the values that a partition key has; of other columns the samples.
func (p *scanPlanner) keyValues(id plan.ColID, t types.Type) []types.Value {
	k, ok := p.keyColumns()[id]
	if !ok || p.parts == nil {
		return p.samplesOf(id, t)
	}
	return slices.DeleteFunc(slices.Clone(p.parts.Keys[k].Values), func(v types.Value) bool { return v.Null })
}
