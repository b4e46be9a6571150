package window

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Morsel is some whole partitions' rows in order.
type Morsel struct {
	N    int
	Cols []*vector.Vector // flat, N values each
	// Starts gives the rows at which one of the first prefix keys changes, 0 among
	// them, and N behind them.
	Starts func(prefix int) []uint32
	// Lo and Hi are the frames of calls whose Frame is Given: row i sees the rows
	// Lo[i] to Hi[i], not included.
	Lo, Hi []uint32
	// Use counts the bytes that a call holds on its way; an error ends the call.
	Use func(bytes int64) error
}

// Call is one window function, ready to run.
type Call struct {
	Name             string
	Type             types.Type // of the result
	Args             []int      // columns of the morsel
	Filter           int        // a boolean column; -1: every row
	IgnoreNulls      bool
	Steady           bool // the second argument is the same for all rows
	Partition, Order int  // numbers of keys
	Frame            Frame
	New              func() (fn.Aggregator, error) // of an aggregate; nil for other functions
}

// Frame is a frame with its offsets known.
type Frame struct {
	Unit       plan.FrameUnit
	Start, End Bound
	Exclude    plan.Exclusion
	Given      bool // the morsel has the frames
	// Of RANGE with an offset: the key's column, and whether it descends.
	Key  int
	Desc bool
}

// Bound is an edge of a frame.
type Bound struct {
	Kind   plan.BoundKind
	Offset int64 // of ROWS and GROUPS
	Limit  int   // of RANGE: the column with the key's value at the edge
}

// Calc computes one call. One goroutine uses a Calc.
type Calc interface {
	// Eval appends the results for the morsel's rows to out, flat and of the
	// call's type.
	Eval(m *Morsel, out *vector.Vector) error
}

// Columns lists the columns that the call reads.
func (c *Call) Columns() []int {
	cols := append([]int(nil), c.Args...)
	if c.Filter >= 0 {
		cols = append(cols, c.Filter)
	}
	if f := &c.Frame; f.Ranged() {
		cols = append(cols, f.Key)
		for _, b := range []*Bound{&f.Start, &f.End} {
			if b.Kind == plan.OffsetPreceding || b.Kind == plan.OffsetFollowing {
				cols = append(cols, b.Limit)
			}
		}
	}
	return cols
}

// Ranged reports whether an edge of the frame is found by the key's value.
func (f *Frame) Ranged() bool {
	offset := func(b *Bound) bool { return b.Kind == plan.OffsetPreceding || b.Kind == plan.OffsetFollowing }
	return f.Unit == plan.FrameRange && (offset(&f.Start) || offset(&f.End))
}

// New makes a Calc.
func New(c *Call) (Calc, error) {
	if c.New != nil {
		return newAggregate(c)
	}
	if f, ok := rankings[c.Name]; ok {
		return ranking{c, f}, nil
	}
	if f, ok := values[c.Name]; ok {
		return &value{c: c, pick: f, framer: framer{c: c}}, nil
	}
	return nil, fault.New(fault.CodeInternal, "no window function %s", c.Name)
}

// Known reports whether a function that is no aggregate can be computed.
func Known(name string) bool {
	return rankings[name] != nil || values[name] != nil
}

// grow gives a slice of n elements, b's memory if it suffices.
func grow[T any](b []T, n int) []T {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]T, n, n+n/4)
}
