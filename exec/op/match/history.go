package match

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

var classType, numberType = types.TVarchar, types.TBigInt

// history is what moving conditions see of the path: the rows of sets of variables,
// and aggregates over them. It grows and shrinks with the path.
type history struct {
	s       *search
	members [][]uint32 // by set: the rows of its variables, of sets that are needed
	ofVar   [][]int    // by variable: the sets that it is in, of those
	sets    []int
	aggs    []*runningAgg // by slot
	running []*runningAgg
}

// runningAgg is an aggregate in a condition. base holds the first added rows of its
// set; with is base and the row that is tried.
type runningAgg struct {
	x          *Slot
	args       *aggArgs
	base, with accumulator
	added      int
	stale      bool
	rows       []argRow
	chain      *chain // nil: see memo
}

func (h *history) init(s *search) error {
	h.s = s
	h.members, h.ofVar = make([][]uint32, len(s.spec.Sets)), make([][]int, len(s.spec.Vars))
	h.aggs = make([]*runningAgg, len(s.spec.Slots))
	needed := make([]bool, len(s.spec.Sets))
	for v := range s.conds {
		if s.conds[v].cond == nil {
			continue
		}
		for _, i := range s.conds[v].cond.Slots {
			x := &s.spec.Slots[i]
			if x.Set >= 0 {
				needed[x.Set] = true
			}
			if x.Kind == plan.SlotAggregate && h.aggs[i] == nil {
				a := &runningAgg{x: x, args: newAggArgs(s.spec, x.Agg), base: accumulator{new: x.Agg.New}, with: accumulator{new: x.Agg.New}}
				if !x.Agg.Count && (x.Set >= 0 || x.Agg.Names) {
					a.chain = &chain{}
				}
				h.aggs[i], h.running = a, append(h.running, a)
			}
		}
	}
	for set, need := range needed {
		if !need {
			continue
		}
		h.sets = append(h.sets, set)
		for v, in := range s.spec.Sets[set] {
			if in {
				h.ofVar[v] = append(h.ofVar[v], set)
			}
		}
	}
	return nil
}

// begin empties the history.
func (h *history) begin() error {
	for _, set := range h.sets {
		h.members[set] = h.members[set][:0]
	}
	for _, a := range h.running {
		a.stale = true
		if a.chain != nil {
			a.chain.clear()
		}
	}
	return nil
}

// push adds the path's last row, which is of variable v.
func (h *history) push(v int) {
	row := uint32(h.s.start + len(h.s.path) - 1)
	for _, set := range h.ofVar[v] {
		h.members[set] = append(h.members[set], row)
	}
	for _, a := range h.running {
		if a.chain != nil && (a.x.Set < 0 || h.s.spec.Sets[a.x.Set][v]) {
			a.chain.push(row, v, a.x.Agg.Names)
		}
	}
}

// pop takes away the rows that are not in the path any more.
func (h *history) pop() {
	end := uint32(h.s.start + len(h.s.path))
	for _, set := range h.sets {
		m := h.members[set]
		for len(m) > 0 && m[len(m)-1] >= end {
			m = m[:len(m)-1]
		}
		h.members[set] = m
	}
	for _, a := range h.running {
		n := h.count(a.x)
		a.stale = a.stale || a.added > n
		if a.chain != nil {
			a.chain.ids = a.chain.ids[:n]
		}
	}
}

// count gives the number of rows of a slot's set in the path.
func (h *history) count(x *Slot) int {
	if x.Set < 0 {
		return len(h.s.path)
	}
	return len(h.members[x.Set])
}

// member gives the row of its set that a slot starts from while row is tried as one
// of v; none if there is none.
func (h *history) member(x *Slot, v, row int) int {
	m := h.members[x.Set]
	n := int64(len(m))
	if h.s.spec.Sets[x.Set][v] {
		n++
	}
	k := x.Offset
	if !x.First {
		k = n - 1 - x.Offset
	}
	switch {
	case k < 0 || k >= n:
		return none
	case k == int64(len(m)):
		return row
	}
	return int(m[k])
}

// aggregate puts the value of slot i into dst, row being tried as one of v.
func (h *history) aggregate(i int, dst *vector.Vector, v, row int) error {
	a, s := h.aggs[i], h.s
	if a.stale {
		if err := a.base.reset(); err != nil {
			return err
		}
		a.added, a.stale = 0, false
	}
	for n := h.count(a.x); a.added < n; {
		a.rows = a.rows[:0]
		for ; a.added < n && len(a.rows) < vector.BatchSize; a.added++ {
			at := s.start + a.added
			if a.x.Set >= 0 {
				at = int(h.members[a.x.Set][a.added])
			}
			a.rows = append(a.rows, argRow{row: uint32(at), class: int32(s.variable(at - s.start)), number: s.number})
		}
		if err := a.add(s.m, &a.base); err != nil {
			return err
		}
	}
	if a.x.Set >= 0 && !s.spec.Sets[a.x.Set][v] {
		return a.base.agg.Final(a.base.st, firstState, dst)
	}
	if err := a.with.reset(); err != nil {
		return err
	}
	if err := a.with.agg.Merge(a.with.st, firstState, a.base.agg, a.base.st, firstState); err != nil {
		return err
	}
	a.rows = append(a.rows[:0], argRow{row: uint32(row), class: int32(v), number: s.number})
	if err := a.add(s.m, &a.with); err != nil {
		return err
	}
	return a.with.agg.Final(a.with.st, firstState, dst)
}

// add adds a.rows to a state.
func (a *runningAgg) add(m *Morsel, to *accumulator) error {
	args, err := a.args.eval(m, a.rows)
	if err != nil {
		return err
	}
	return to.agg.UpdateOne(to.st, args, nil, len(a.rows))
}

func (h *history) bytes() int64 {
	n := int64(0)
	for _, m := range h.members {
		n += 4 * int64(cap(m))
	}
	for _, a := range h.running {
		n += a.base.bytes() + a.with.bytes()
		if a.chain != nil {
			n += a.chain.bytes()
		}
	}
	return n
}
