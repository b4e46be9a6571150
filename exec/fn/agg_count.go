package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// countAgg is count(*), count(x) and count_if(x). The state is the count.
type countAgg struct {
	ifTrue bool
	live   liveRows
}

func newCount(ifTrue bool) *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &countAgg{ifTrue: ifTrue}, nil }}
}

// StateSize implements Aggregator.
func (a *countAgg) StateSize() int { return 8 }

// Update implements Aggregator.
func (a *countAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups = a.counted(groups, args, sel)
	for _, g := range groups {
		*state[int64](st, g)++
	}
	return nil
}

// counted gives the groups of the rows that count.
func (a *countAgg) counted(groups []uint32, args []*vector.Vector, sel vector.Sel) []uint32 {
	if len(args) == 0 {
		return groups
	}
	groups, rows := a.live.groups(args, groups, sel)
	if !a.ifTrue {
		return groups
	}
	x := vector.Flatten(args[0])
	vals := vector.Values[bool](x)
	k := 0
	out := a.live.own(len(groups))
	for i, p := range rows {
		out[k] = groups[i]
		if vals[p] {
			k++
		}
	}
	return out[:k]
}

// UpdateOne implements Aggregator.
func (a *countAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	if sel != nil {
		n = len(sel)
	}
	if len(args) > 0 {
		rows := a.live.rows(args, sel, n)
		n = len(rows)
		if a.ifTrue {
			vals := vector.Values[bool](vector.Flatten(args[0]))
			n = 0
			for _, p := range rows {
				if vals[p] {
					n++
				}
			}
		}
	}
	*state[int64](st, 0) += int64(n)
	return nil
}

// Merge implements Aggregator.
func (a *countAgg) Merge(st States, groups []uint32, _ Aggregator, fst States, from []uint32) error {
	for i, g := range groups {
		*state[int64](st, g) += *state[int64](fst, from[i])
	}
	return nil
}

// Final implements Aggregator.
func (a *countAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	at := out.Len
	out.Resize(at + len(groups))
	dst := vector.Values[int64](out)[at:]
	for i, g := range groups {
		dst[i] = *state[int64](st, g)
	}
	return nil
}

// MemoryBytes implements Aggregator.
func (a *countAgg) MemoryBytes() int64 { return 0 }
