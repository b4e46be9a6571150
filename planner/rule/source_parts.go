package rule

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// prunePartitions evaluates the conditions on partition keys over the columnar
// list of partitions. A condition on one key is asked once per distinct value;
// the others row by row, over those partitions that are left. What was decided
// here leaves the filter. A condition whose evaluation fails stays: its error
// belongs to the rows.
func (p *scanPlanner) prunePartitions() {
	if p.c.Evaluator == nil {
		return
	}
	keys := p.keyColumns()
	var keep []bool // nil: all
	var many, rest []plan.Expr
	for _, cond := range p.filter {
		used := freeOf(cond)
		if len(used) == 0 || !allIn(used, keys) {
			rest = append(rest, cond)
			continue
		}
		if len(used) > 1 {
			many = append(many, cond)
			continue
		}
		var ok bool
		before := p.count(keep)
		if keep, ok = p.byDistinct(cond, keys, keep); !ok {
			rest = append(rest, cond)
		}
		p.prune("partitions", before-p.count(keep), cond)
	}
	before := p.count(keep)
	if keep = p.byDomain(rest, keys, keep); keep != nil {
		p.selected = positions(keep)
	}
	if len(rest) > 0 {
		p.prune("partitions", before-p.count(keep), plan.AndAll(rest))
	}
	for _, cond := range many {
		before := p.left()
		if !p.byRow(cond, keys) {
			rest = append(rest, cond)
		}
		p.prune("partitions", before-p.left(), cond)
	}
	p.filter = rest
}

// count gives how many partitions are kept; nil: all.
func (p *scanPlanner) count(keep []bool) int {
	if keep == nil {
		return p.parts.N
	}
	n := 0
	for _, k := range keep {
		if k {
			n++
		}
	}
	return n
}

// left gives how many partitions are selected.
func (p *scanPlanner) left() int {
	if p.selected == nil {
		return p.parts.N
	}
	return len(p.selected)
}

// keyColumns maps the scan's columns that are partition keys to the key's
// number.
func (p *scanPlanner) keyColumns() map[plan.ColID]int {
	keys := map[plan.ColID]int{}
	data := len(p.scan.Table.Columns)
	for _, col := range p.scan.Cols {
		if col.Index >= data && len(col.Path) == 0 {
			keys[col.ID] = col.Index - data
		}
	}
	return keys
}

func allIn(used map[plan.ColID]bool, keys map[plan.ColID]int) bool {
	for id := range used {
		if _, ok := keys[id]; !ok {
			return false
		}
	}
	return true
}

// byDistinct evaluates a condition on one key over its distinct values.
func (p *scanPlanner) byDistinct(cond plan.Expr, keys map[plan.ColID]int, keep []bool) ([]bool, bool) {
	for id := range freeOf(cond) {
		k := p.parts.Keys[keys[id]]
		col := vector.FromValues(p.scan.Table.PartitionKeys[keys[id]].Type, k.Values)
		pass, err := p.c.Evaluator.Filter(p.c.Session, cond, map[plan.ColID]*vector.Vector{id: col}, len(k.Values))
		if err != nil {
			return keep, false
		}
		good := make([]bool, len(k.Values))
		for _, i := range pass {
			good[i] = true
		}
		keep = narrow(keep, k.Codes, good)
	}
	return keep, true
}

// byDomain drops the partitions that conditions on keys and data together rule
// out: (dt = a AND x = 1) OR (dt = b AND x = 2) says that dt is a or b.
func (p *scanPlanner) byDomain(conds []plan.Expr, keys map[plan.ColID]int, keep []bool) []bool {
	for id, k := range keys {
		d := plan.DomainOf(conds, id, p.scan.Table.PartitionKeys[k].Type)
		if !d.Says() {
			continue
		}
		values := p.parts.Keys[k]
		good := make([]bool, len(values.Values))
		for i, v := range values.Values {
			good[i] = d.Contains(v)
		}
		keep = narrow(keep, values.Codes, good)
	}
	return keep
}

// narrow keeps the partitions whose code is good, of those in keep (nil: all).
func narrow(keep []bool, codes []uint32, good []bool) []bool {
	if keep == nil {
		keep = make([]bool, len(codes))
		for i, code := range codes {
			keep[i] = good[code]
		}
		return keep
	}
	for i, code := range codes {
		keep[i] = keep[i] && good[code]
	}
	return keep
}

func positions(keep []bool) []uint32 {
	n := 0
	for _, k := range keep {
		if k {
			n++
		}
	}
	out := make([]uint32, 0, n)
	for i, k := range keep {
		if k {
			out = append(out, uint32(i))
		}
	}
	return out
}

// byRow evaluates a condition on several keys over the partitions that are
// left.
func (p *scanPlanner) byRow(cond plan.Expr, keys map[plan.ColID]int) bool {
	rows := p.selected
	if rows == nil {
		rows = make([]uint32, p.parts.N)
		for i := range rows {
			rows[i] = uint32(i)
		}
	}
	cols := map[plan.ColID]*vector.Vector{}
	for id := range freeOf(cond) {
		cols[id] = keyVector(p.scan.Table.PartitionKeys[keys[id]].Type, p.parts.Keys[keys[id]], rows)
	}
	pass, err := p.c.Evaluator.Filter(p.c.Session, cond, cols, len(rows))
	if err != nil {
		return false
	}
	selected := make([]uint32, len(pass))
	for i, r := range pass {
		selected[i] = rows[r]
	}
	p.selected = selected
	return true
}

// keyVector gives a partition key over some partitions as a dictionary vector.
func keyVector(t types.Type, k catalog.KeyValues, rows []uint32) *vector.Vector {
	var vals []types.Value
	null := -1
	to := make([]uint32, len(k.Values)) // code -> code without the NULL
	for i, v := range k.Values {
		if v.Null {
			null = i
			continue
		}
		to[i] = uint32(len(vals))
		vals = append(vals, v)
	}
	if len(vals) == 0 {
		return vector.Null(t, len(rows))
	}
	v := &vector.Vector{Type: t, Form: vector.Dict, Len: len(rows), Codes: make([]uint32, len(rows)), Base: vector.FromValues(t, vals)}
	for i, r := range rows {
		code := k.Codes[r]
		v.Codes[i] = to[code]
		if int(code) == null {
			v.SetNull(i)
		}
	}
	return v
}

// pruneByHidden evaluates the conditions on hidden columns ("$path" and the
// like), with or without partition keys, over the list of files.
func (p *scanPlanner) pruneByHidden() {
	if p.c.Evaluator == nil || len(p.files) == 0 {
		return
	}
	known := p.fileColumns()
	var rest []plan.Expr
	for _, cond := range p.filter {
		cols := map[plan.ColID]*vector.Vector{}
		for id := range freeOf(cond) {
			if value, ok := known[id]; ok {
				cols[id] = fileVector(p.files, value.typ, value.of)
			}
		}
		if len(cols) == 0 || len(cols) < len(freeOf(cond)) {
			rest = append(rest, cond)
			continue
		}
		pass, err := p.c.Evaluator.Filter(p.c.Session, cond, cols, len(p.files))
		if err != nil {
			rest = append(rest, cond)
			continue
		}
		files := make([]*lake.File, len(pass))
		for i, f := range pass {
			files[i] = p.files[f]
		}
		p.prune("files", len(p.files)-len(files), cond)
		p.files = files
	}
	p.filter = rest
}

// fileValue is a column that has one value in each file.
type fileValue struct {
	typ types.Type
	of  func(*lake.File) types.Value
}

// fileColumns lists the columns of the scan that have one value in each file.
func (p *scanPlanner) fileColumns() map[plan.ColID]fileValue {
	known := map[plan.ColID]fileValue{}
	for _, col := range p.scan.Cols {
		v := fileValue{typ: col.Type}
		switch {
		case col.OfFile(p.scan.Table):
			v.of = plan.FileValue(p.scan.Table, col)
		default:
			continue
		}
		known[col.ID] = v
	}
	return known
}

func fileVector(files []*lake.File, t types.Type, of func(*lake.File) types.Value) *vector.Vector {
	vals := make([]types.Value, len(files))
	for i, f := range files {
		vals[i] = of(f)
	}
	return vector.FromValues(t, vals)
}
