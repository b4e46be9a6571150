package match

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Expr is a compiled expression; see op.Expr.
type Expr interface {
	Eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error)
}

// Spec is what to look for and what to put out. It is not changed and may be shared.
type Spec struct {
	Program  *Program
	Vars     []Var
	Slots    []Slot
	Sets     [][]bool // by variable: the sets that slots refer to
	Measures []Measure
	Rows     plan.RowsPerMatch
	Skip     plan.MatchSkip
	SkipTo   int // of Sets
	// Frame is how many rows a match may have at most, from the row on that it is
	// looked for; -1: to the end of the partition. Only of plan.RowsOfWindow, as Seek.
	Frame    int64
	FrameCol int // the column of the morsel that has it instead, for each row; -1: none
	Seek     bool
}

// Var is a primary pattern variable with its condition in two parts, both of which
// must be true.
type Var struct {
	Name   string
	Fixed  *Cond // sees the row and rows at fixed distances
	Moving *Cond // sees the match so far
}

// Cond is a condition over slots: column i of its batches is slot i.
type Cond struct {
	New   func() Expr
	Slots []int // those that it reads
}

// Slot is a plan.MatchSlot.
type Slot struct {
	Kind          plan.SlotKind
	Type          types.Type
	Col           int // of SlotValue: the morsel's column
	Set           int // of Spec.Sets; -1: every row of the match
	First, Final  bool
	Offset, Shift int64
	Agg           *Agg
}

// Agg is an aggregate over rows of a match.
type Agg struct {
	New   func() (fn.Aggregator, error)
	Type  types.Type
	Args  []Arg
	Class int // the place of the variable's name among the columns that Args see, the match's number behind it
	Names bool
	Count bool // counts rows: has no arguments
}

// Arg is an argument of an aggregate: a column of the morsel, or an expression over
// these and the two that are behind them.
type Arg struct {
	Col  int // -1: Expr
	New  func() Expr
	Cols []int // that Expr reads
}

// Measure is an output column over slots.
type Measure struct {
	Type  types.Type
	Slot  int // the slot that it is; -1: New
	New   func() Expr
	Slots []int
}

// Morsel is some whole partitions' rows in order.
type Morsel struct {
	N    int
	Cols []*vector.Vector // flat, N values each; nil where not needed
	// Starts are the rows at which partitions start, 0 among them, and N behind them.
	Starts []uint32
	// Use counts the bytes that the search holds; an error ends it. It also tells of
	// cancelling.
	Use func(bytes int64) error
}

// fixed reports whether a slot, in the condition of variable v, is at a fixed distance
// from the row, within the partition.
func (s *Spec) fixed(slot, v int) bool {
	x := &s.Slots[slot]
	if x.First || x.Offset != 0 || x.Set >= 0 && !s.Sets[x.Set][v] {
		return false
	}
	switch x.Kind {
	case plan.SlotValue:
		return true
	case plan.SlotClassifier: // the variable itself; nothing is known of later rows
		return x.Shift >= 0
	}
	return false
}

// Fixed reports whether a condition of variable v that reads these slots can be
// computed for all rows at once.
func (s *Spec) Fixed(slots []int, v int) bool {
	for _, x := range slots {
		if !s.fixed(x, v) {
			return false
		}
	}
	return true
}

// Columns lists the columns of morsels that are read.
func (s *Spec) Columns() []int {
	var out []int
	if s.FrameCol >= 0 {
		out = append(out, s.FrameCol)
	}
	for i := range s.Slots {
		x := &s.Slots[i]
		if x.Kind == plan.SlotValue {
			out = append(out, x.Col)
		}
		if x.Agg == nil {
			continue
		}
		for _, a := range x.Agg.Args {
			if a.Col >= 0 {
				out = append(out, a.Col)
			}
			for _, c := range a.Cols {
				if c < x.Agg.Class {
					out = append(out, c)
				}
			}
		}
	}
	return out
}
