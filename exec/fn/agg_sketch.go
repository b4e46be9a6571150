package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// sketchState is what a sketching aggregate gathers for a group.
type sketchState interface {
	comparable // a pointer
	AppendTo(b []byte) []byte
	Size() int
}

// fallible is a state whose last step can fail.
type fallible interface{ Finish() error }

// sketchKind says how an aggregate of sketches works. feed looks at the arguments
// of a batch once and gives what adds a row, at which no argument is NULL; it makes
// the sketch if it is nil.
type sketchKind[S sketchState] struct {
	feed  func(args []*vector.Vector) func(s *S, row int) error
	merge func(into, from S) error
}

// sketchAgg keeps a sketch for each group. The state is 1 + its index. Without
// rows the result is NULL.
type sketchAgg[S sketchState] struct {
	kind  *sketchKind[S]
	list  []S
	bytes int64
	live  liveRows
}

func newSketchAgg[S sketchState](k sketchKind[S]) *aggImpl {
	return &aggImpl{new: func(*kernel.EvalCtx, *plan.Func) (Aggregator, error) { return &sketchAgg[S]{kind: &k}, nil }}
}

func (a *sketchAgg[S]) StateSize() int { return 8 }

// at gives the place of a state's sketch.
func (a *sketchAgg[S]) at(s *uint64) *S {
	if *s == 0 {
		var none S
		a.list = append(a.list, none)
		*s = uint64(len(a.list))
	}
	return &a.list[*s-1]
}

func (a *sketchAgg[S]) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	groups, rows := a.live.groups(args, groups, sel)
	add := a.kind.feed(args)
	for i, g := range groups {
		if err := a.add(add, state[uint64](st, g), int(rows[i])); err != nil {
			return err
		}
	}
	return nil
}

func (a *sketchAgg[S]) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	add := a.kind.feed(args)
	for _, row := range a.live.rows(args, sel, selCount(sel, n)) {
		if err := a.add(add, state[uint64](st, 0), int(row)); err != nil {
			return err
		}
	}
	return nil
}

func (a *sketchAgg[S]) add(add func(*S, int) error, st *uint64, row int) error {
	fresh := *st == 0
	s := a.at(st)
	if !fresh {
		a.bytes -= int64((*s).Size())
	}
	if err := add(s, row); err != nil {
		return err
	}
	a.bytes += int64((*s).Size())
	return nil
}

func (a *sketchAgg[S]) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*sketchAgg[S])
	for i, g := range groups {
		f := *state[uint64](fst, fgroups[i])
		if f == 0 {
			continue
		}
		mine := state[uint64](st, g)
		fresh := *mine == 0
		s := a.at(mine)
		if fresh {
			*s = o.list[f-1]
		} else {
			a.bytes -= int64((*s).Size())
			if err := a.kind.merge(*s, o.list[f-1]); err != nil {
				return err
			}
		}
		a.bytes += int64((*s).Size())
	}
	return nil
}

func (a *sketchAgg[S]) Final(st States, groups []uint32, out *vector.Vector) error {
	var buf []byte
	for _, g := range groups {
		s := *state[uint64](st, g)
		if s == 0 {
			out.AppendNull()
			continue
		}
		if f, ok := any(a.list[s-1]).(fallible); ok {
			if err := f.Finish(); err != nil {
				return err
			}
		}
		buf = a.list[s-1].AppendTo(buf[:0])
		out.AppendBytes(buf)
		if len(out.Data) > maxVectorText {
			return errTextTooLong()
		}
	}
	return nil
}

func (a *sketchAgg[S]) MemoryBytes() int64 { return a.bytes }

// mergeFeed adds sketches that are stored.
func mergeFeed[S sketchState](decode func([]byte) (S, error), merge func(into, from S) error) sketchKind[S] {
	return sketchKind[S]{merge: merge, feed: func(args []*vector.Vector) func(*S, int) error {
		texts := kernel.StringsOf(args[0])
		var none S
		return func(s *S, row int) error {
			x, err := decode(texts.At(row))
			if err != nil {
				return err
			}
			if *s == none {
				*s = x
				return nil
			}
			return merge(*s, x)
		}
	}}
}
