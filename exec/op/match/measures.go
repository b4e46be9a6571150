package match

import (
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// measures computes the measures of the rows that a Finder puts out.
type measures struct {
	f     *Finder
	exprs []Expr           // by measure
	need  []bool           // by slot
	slots []*vector.Vector // of a batch
	out   []*vector.Vector
	rows  []uint32
	// Aggregates: their results, and by row the place among these; -1 for none.
	aggs    []aggResult // by slot
	args    []*aggArgs  // by slot
	idx     []uint32
	nulls   []int
	sel     vector.Sel
	names   *vector.Vector // of the variables
	batchOf vector.Batch
}

type aggResult struct {
	res   *vector.Vector
	byRow bool // one result for each row; else for each match
}

func (o *measures) init(f *Finder) {
	spec := f.spec
	o.f, o.exprs = f, make([]Expr, len(spec.Measures))
	o.need, o.slots = make([]bool, len(spec.Slots)), make([]*vector.Vector, len(spec.Slots))
	o.aggs, o.args = make([]aggResult, len(spec.Slots)), make([]*aggArgs, len(spec.Slots))
	for i := range spec.Measures {
		m := &spec.Measures[i]
		o.out = append(o.out, &vector.Vector{})
		if m.Slot < 0 {
			o.exprs[i] = m.New()
		}
		for _, k := range m.Slots {
			o.need[k] = true
		}
	}
	o.names = vector.New(classType, 0)
	for i := range spec.Vars {
		o.names.AppendBytes([]byte(spec.Vars[i].Name))
	}
	for i, need := range o.need {
		if !need {
			continue
		}
		o.slots[i] = &vector.Vector{}
		if a := spec.Slots[i].Agg; a != nil {
			o.args[i] = newAggArgs(spec, a)
			o.aggs[i].byRow = !spec.Slots[i].Final && spec.Rows != plan.OneRow && spec.Rows != plan.RowsOfWindow
		}
	}
}

// begin computes the aggregates of all rows that wait.
func (o *measures) begin() error {
	for i, need := range o.need {
		if !need || o.f.spec.Slots[i].Agg == nil {
			continue
		}
		compute := o.final
		if o.aggs[i].byRow {
			compute = o.running
		}
		if err := compute(i); err != nil {
			return err
		}
	}
	return nil
}

// has reports whether a row of variable c is in a slot's set.
func (x *Slot) has(s *Spec, c int32) bool { return x.Set < 0 || s.Sets[x.Set][c] }

// final computes an aggregate over the rows of each match.
func (o *measures) final(slot int) error {
	f := o.f
	x := &f.spec.Slots[slot]
	agg, err := x.Agg.New()
	if err != nil {
		return err
	}
	size := (agg.StateSize() + 7) &^ 7
	st := fn.States{Rows: stateBytes(size * len(f.matches)), Stride: size}
	clear(st.Rows)
	var rows []argRow
	var groups []uint32
	flush := func() error {
		args, err := o.args[slot].eval(f.m, rows)
		if err == nil {
			err = agg.Update(st, groups, args, nil)
		}
		rows, groups = rows[:0], groups[:0]
		if err != nil {
			return err
		}
		return f.m.Use(f.s.bytes() + agg.MemoryBytes() + int64(len(st.Rows)))
	}
	for i := range f.matches {
		m := &f.matches[i]
		for k, c := range f.classes[m.off : m.off+m.n] {
			if !x.has(f.spec, c>>1) {
				continue
			}
			rows, groups = append(rows, argRow{uint32(m.start + k), c >> 1, m.number}), append(groups, uint32(i))
			if len(rows) == vector.BatchSize {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	if len(rows) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	all := make([]uint32, len(f.matches))
	for i := range all {
		all[i] = uint32(i)
	}
	o.aggs[slot].res = vector.New(x.Type, 0)
	return agg.Final(st, all, o.aggs[slot].res)
}

// running computes an aggregate over the rows of a match up to each.
func (o *measures) running(slot int) error {
	f := o.f
	x := &f.spec.Slots[slot]
	acc := accumulator{new: x.Agg.New}
	res := vector.New(x.Type, 0)
	o.aggs[slot].res = res
	match, k := int32(-1), 0
	var rows []argRow
	for i, r := range f.rows {
		if r.match < 0 {
			res.AppendNull()
			continue
		}
		m := &f.matches[r.match]
		if r.match != match {
			match, k = r.match, 0
			if err := acc.reset(); err != nil {
				return err
			}
		}
		for k < m.n && m.start+k <= int(r.at) {
			rows = rows[:0]
			for ; k < m.n && m.start+k <= int(r.at) && len(rows) < vector.BatchSize; k++ {
				if c := f.classes[m.off+k] >> 1; x.has(f.spec, c) {
					rows = append(rows, argRow{uint32(m.start + k), c, m.number})
				}
			}
			if len(rows) == 0 {
				continue
			}
			args, err := o.args[slot].eval(f.m, rows)
			if err == nil {
				err = acc.agg.UpdateOne(acc.st, args, nil, len(rows))
			}
			if err != nil {
				return err
			}
		}
		if err := acc.agg.Final(acc.st, firstState, res); err != nil {
			return err
		}
		if i%256 == 0 {
			if err := f.m.Use(f.s.bytes() + acc.bytes() + vector.MemoryBytes(res)); err != nil {
				return err
			}
		}
	}
	return nil
}

// batch gives the rows and measures of f.rows[from:to].
func (o *measures) batch(from, to int) ([]uint32, []*vector.Vector, error) {
	rows := o.f.rows[from:to]
	o.rows, o.sel = o.rows[:0], o.sel[:0]
	for i, r := range rows {
		o.rows = append(o.rows, r.row)
		if r.match >= 0 {
			o.sel = append(o.sel, uint16(i))
		}
	}
	for i, need := range o.need {
		if need {
			o.fill(i, rows, from)
		}
	}
	o.batchOf = vector.Batch{N: len(rows), Cols: o.slots}
	for i := range o.out {
		if err := o.measure(i, len(rows)); err != nil {
			return nil, nil, err
		}
	}
	return o.rows, o.out, nil
}

// measure computes measure i of n rows; it is NULL at those of no match.
func (o *measures) measure(i, n int) error {
	m := &o.f.spec.Measures[i]
	if m.Slot >= 0 {
		vector.Alias(o.out[i], o.slots[m.Slot])
		return nil
	}
	if len(o.sel) == 0 {
		vector.Alias(o.out[i], vector.Null(m.Type, n))
		return nil
	}
	if len(o.sel) == n {
		v, err := o.exprs[i].Eval(&o.batchOf, nil)
		if err == nil {
			vector.Alias(o.out[i], v)
		}
		return err
	}
	v, err := o.exprs[i].Eval(&o.batchOf, o.sel)
	if err != nil {
		return err
	}
	compact := vector.New(m.Type, 0)
	compact.AppendRows(v, o.sel, n)
	o.idx, o.nulls = o.idx[:0], o.nulls[:0]
	k := 0
	for r := range n {
		if k < len(o.sel) && int(o.sel[k]) == r {
			o.idx = append(o.idx, uint32(k))
			k++
			continue
		}
		o.idx, o.nulls = append(o.idx, 0), append(o.nulls, r)
	}
	o.gather(o.out[i], compact)
	return nil
}

// gather makes dst the rows idx of src, NULL at nulls.
func (o *measures) gather(dst, src *vector.Vector) {
	dst.Reset(src.Type, 0)
	dst.AppendIdx(src, o.idx)
	for _, r := range o.nulls {
		dst.SetNull(r)
	}
}

// fill computes slot i of rows, the first of which is f.rows[from].
func (o *measures) fill(i int, rows []outRow, from int) {
	f, dst := o.f, o.slots[i]
	x := &f.spec.Slots[i]
	o.idx, o.nulls = o.idx[:0], o.nulls[:0]
	put := func(k int) {
		if k == none {
			o.nulls = append(o.nulls, len(o.idx))
			k = 0
		}
		o.idx = append(o.idx, uint32(k))
	}
	switch x.Kind {
	case plan.SlotNumber:
		dst.Reset(numberType, len(rows))
		for k, r := range rows {
			if r.match < 0 {
				dst.SetNull(k)
				continue
			}
			vector.Values[int64](dst)[k] = f.matches[r.match].number
		}
		return
	case plan.SlotAggregate:
		for k, r := range rows {
			at := none
			if r.match >= 0 {
				at = int(r.match)
			}
			if o.aggs[i].byRow {
				at = from + k
			}
			put(at)
		}
		if o.aggs[i].res.Len == 0 {
			vector.Alias(dst, vector.Null(x.Type, len(rows)))
			return
		}
		o.gather(dst, o.aggs[i].res)
		return
	}
	c := cursor{f: f, x: x, match: -1}
	for _, r := range rows {
		put(c.row(r))
	}
	if x.Kind == plan.SlotClassifier {
		o.gather(dst, o.names)
		return
	}
	o.gather(dst, f.m.Cols[x.Col])
}

// cursor finds the rows that a slot means, from row to row of matches.
type cursor struct {
	f       *Finder
	x       *Slot
	match   int32
	members []uint32 // of the slot's set in the match
	upTo    int      // how many of them are not behind the row
}

// row gives the morsel's row that the slot means at r, or of a classifier the variable
// of that row; none if there is none.
func (c *cursor) row(r outRow) int {
	if r.match < 0 {
		return none
	}
	m := &c.f.matches[r.match]
	at := c.start(m, r)
	if at == none {
		return none
	}
	k := int64(at) + c.x.Shift
	if c.x.Kind == plan.SlotClassifier {
		if k < int64(m.start) || k >= int64(m.start+m.n) {
			return none
		}
		return int(c.f.classes[m.off+int(k)-m.start] >> 1)
	}
	if k < int64(m.first) || k >= int64(m.limit) {
		return none
	}
	return int(k)
}

// start gives the row from which the slot's shift goes on.
func (c *cursor) start(m *found, r outRow) int {
	if c.x.Set < 0 {
		n := m.n
		if !c.x.Final && n > 0 {
			n = int(r.at) - m.start + 1
		}
		if k := c.x.pick(n); k != none {
			return m.start + k
		}
		return none
	}
	if r.match != c.match {
		c.match, c.upTo, c.members = r.match, 0, c.members[:0]
		for i, v := range c.f.classes[m.off : m.off+m.n] {
			if c.x.has(c.f.spec, v>>1) {
				c.members = append(c.members, uint32(m.start+i))
			}
		}
	}
	n := len(c.members)
	if !c.x.Final {
		for c.upTo < n && c.members[c.upTo] <= r.at {
			c.upTo++
		}
		n = c.upTo
	}
	if k := c.x.pick(n); k != none {
		return int(c.members[k])
	}
	return none
}

// pick gives which of n rows a slot means; none if there are not so many.
func (x *Slot) pick(n int) int {
	k := x.Offset
	if !x.First {
		k = int64(n) - 1 - x.Offset
	}
	if k < 0 || k >= int64(n) {
		return none
	}
	return int(k)
}
