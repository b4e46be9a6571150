package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// reduceAgg is Trino's reduce_agg: a state for each group, begun with the second
// argument, that a lambda changes with each value that is not NULL; another lambda
// combines the states of workers. The state is 1 + the group's slot.
//
// Lambdas are called for many groups at once: the first value of each group in a
// batch, then the second ones and so on.
type reduceAgg struct {
	input, combine *kernel.LambdaBody
	vals           *vector.Vector // states, also those that are no longer current
	at             []uint32       // slot -> row of vals
	live           liveRows
	rounds         []reduceRound
	seen           []uint32 // slot -> how many of its values the batch has had so far
}

// reduceRound is a value of each of some groups.
type reduceRound struct{ slots, rows []uint32 }

func newReduceAgg() *aggImpl {
	return &aggImpl{new: func(c *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		if len(f.Lambdas) != 2 {
			return nil, fault.New(fault.CodeInternal, "%s has %d lambdas", f.Name, len(f.Lambdas))
		}
		a := &reduceAgg{vals: vector.New(f.Ret, 0)}
		var err error
		if a.input, err = kernel.CompileLambda(f.Lambdas[0], c); err == nil {
			a.combine, err = kernel.CompileLambda(f.Lambdas[1], c)
		}
		return a, err
	}}
}

func (a *reduceAgg) StateSize() int { return 8 }

func (a *reduceAgg) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args[:1], groups, sel)
	a.rounds = a.rounds[:0]
	for i, g := range groups {
		slot := a.slot(state[uint64](st, g), args[1], rows[i])
		n := int(a.seen[slot])
		a.seen[slot]++
		if n == len(a.rounds) {
			a.rounds = append(a.rounds, reduceRound{})
		}
		r := &a.rounds[n]
		r.slots, r.rows = append(r.slots, slot), append(r.rows, uint32(rows[i]))
	}
	for i, r := range a.rounds {
		if i == 0 { // every group is in the first round
			for _, slot := range r.slots {
				a.seen[slot] = 0
			}
		}
		if err := a.step(a.input, r.slots, args[0], r.rows); err != nil {
			return err
		}
	}
	return nil
}

// slot gives the slot of a state; a new one begins with the initial state.
func (a *reduceAgg) slot(s *uint64, initial *vector.Vector, row uint16) uint32 {
	if *s == 0 {
		a.at = append(a.at, uint32(a.vals.Len))
		a.seen = append(a.seen, 0)
		a.vals.AppendRows(initial, []uint16{row}, 0)
		*s = uint64(len(a.at))
	}
	return uint32(*s - 1)
}

// step calls a lambda with the states of slots, each once, and rows of another
// vector; the results are the new states.
func (a *reduceAgg) step(f *kernel.LambdaBody, slots []uint32, with *vector.Vector, rows []uint32) error {
	now := make([]uint32, len(slots))
	for k, slot := range slots {
		now[k] = a.at[slot]
	}
	var before, x vector.Vector
	vector.Gather(&before, a.vals, now)
	vector.Gather(&x, with, rows)
	after, err := f.Eval([]*vector.Vector{&before, &x}, rows, len(rows))
	if err != nil {
		return err
	}
	for k, slot := range slots {
		a.at[slot] = uint32(a.vals.Len + k)
	}
	a.vals.AppendRows(after, nil, after.Len)
	if a.vals.Len > 2*len(a.at)+vector.MaxBatch {
		a.compact()
	}
	return nil
}

// compact drops states that are no longer current.
func (a *reduceAgg) compact() {
	kept := vector.New(a.vals.Type, 0)
	kept.AppendIdx(a.vals, a.at)
	a.vals = kept
	for i := range a.at {
		a.at[i] = uint32(i)
	}
}

func (a *reduceAgg) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

func (a *reduceAgg) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*reduceAgg)
	for i, g := range groups { // groups may repeat: each is combined before the next
		f := *state[uint64](fst, fgroups[i])
		if f == 0 {
			continue
		}
		mine, row := state[uint64](st, g), o.at[f-1]
		if *mine == 0 {
			a.at = append(a.at, uint32(a.vals.Len))
			a.seen = append(a.seen, 0)
			a.vals.AppendIdx(o.vals, []uint32{row})
			*mine = uint64(len(a.at))
			continue
		}
		if err := a.step(a.combine, []uint32{uint32(*mine - 1)}, o.vals, []uint32{row}); err != nil {
			return err
		}
	}
	return nil
}

func (a *reduceAgg) Final(st States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		if s := *state[uint64](st, g); s != 0 {
			out.AppendIdx(a.vals, a.at[s-1:s])
			continue
		}
		out.AppendNull()
	}
	return nil
}

func (a *reduceAgg) MemoryBytes() int64 { return vector.MemoryBytes(a.vals) + 8*int64(cap(a.at)) }

func reduceEntries() []*Entry {
	return []*Entry{{Names: []string{"reduce_agg"}, Kind: plan.AggregateFunc,
		Doc:   "Combines the values that are not NULL: beginning with the second argument, the first lambda makes the next state of a state and a value, the second one state of two. Values may be split among several states, so that the second argument should not change what it is combined with; NULL of no values.",
		overs: []overload{{sig: "reduce_agg(T, S, function(S, T -> S), function(S, S -> S)) S", agg: newReduceAgg()}}}}
}
