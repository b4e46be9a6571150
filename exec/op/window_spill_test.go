package op_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestWindowsSpill computes windows with less memory than their rows take, and compares
// with those in memory.
func TestWindowsSpill(t *testing.T) {
	f, err := fn.NewRegistry().Resolve("sum", plan.WindowFunc, []plan.Arg{{Type: types.TBigInt}}, plan.Athena)
	if err != nil {
		t.Fatal(err)
	}
	sum := func() (fn.Aggregator, error) { return fn.NewAggregator(&kernel.EvalCtx{}, f) }
	upToNow := window.Frame{Unit: plan.FrameRows, End: window.Bound{Kind: plan.CurrentRow}}
	all := window.Frame{Unit: plan.FrameRows, End: window.Bound{Kind: plan.UnboundedFollowing}}
	for name, calls := range map[string][]window.Call{
		"rank":    {{Name: "rank", Type: types.TBigInt, Filter: -1, Partition: 1, Order: 1, Frame: upToNow}},
		"running": {{Name: "sum", New: sum, Args: []int{wV}, Type: f.Ret, Filter: -1, Partition: 1, Order: 2, Frame: upToNow}},
		"whole":   {{Name: "sum", New: sum, Args: []int{wV}, Type: f.Ret, Filter: -1, Partition: 1, Frame: all}},
		"two": {{Name: "sum", New: sum, Args: []int{wV}, Type: f.Ret, Filter: -1, Partition: 1, Frame: all},
			{Name: "row_number", Type: types.TBigInt, Filter: -1, Partition: 2, Order: 1, Frame: upToNow}},
	} {
		for _, skew := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/skew=%v", name, skew), func(t *testing.T) { compareWindows(t, calls, skew) })
		}
	}
}

// spilledWindow makes a window over the test's rows.
func spilledWindow(q *op.Query, calls []window.Call) *op.Window {
	w := &op.Window{InTypes: windowTypes, Calls: calls, Mem: q.Mem.Child("window", 0)}
	for _, k := range []int{wG, wK, wID} { // the last makes the order of rows certain
		w.Keys = append(w.Keys, op.SortSpec{Pos: k, Type: windowTypes[k]})
	}
	for i := range windowTypes {
		w.Inputs, w.Pass = append(w.Inputs, op.ProjectItem{Pass: i}), append(w.Pass, i)
	}
	return w
}

func compareWindows(t *testing.T, calls []window.Call, skew bool) {
	rows := windowRows(rand.New(rand.NewPCG(3, 9)), 30_000)
	if skew { // a third of the rows is one partition
		for i := range len(rows) / 3 {
			rows[i][wG] = rows[0][wG]
		}
	}
	v := optest.Variant{Batch: 1000, Workers: 1}
	q := v.Query()
	w := spilledWindow(q, calls)
	optest.Sink(t, q, v.Input(windowTypes, rows), w)
	want, err := sortedRows(q, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []optest.Variant{{Batch: 1000, Workers: 1}, {Batch: 300, Holes: true, Workers: 2}} {
		q := smallQuery(t, v.Workers, 3<<20)
		if skew {
			q = smallQuery(t, v.Workers, 4<<20)
		}
		w := spilledWindow(q.Query, calls)
		optest.Sink(t, q.Query, v.Input(windowTypes, rows), w)
		got, err := sortedRows(q.Query, w)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%v: -want +got:\n%.2000s", v, d)
		}
		if q.stats.Written.Load() == 0 {
			t.Errorf("%v: nothing was written", v)
		}
	}
}

// TestWindowTooLarge: what no cut makes smaller is refused, with the reason.
func TestWindowTooLarge(t *testing.T) {
	rows := windowRows(rand.New(rand.NewPCG(3, 9)), 30_000)
	q := smallQuery(t, 1, 2<<20)
	w := spilledWindow(q.Query, []window.Call{{Name: "row_number", Type: types.TBigInt, Filter: -1, Order: 1}})
	err := (&op.Pipeline{Source: optest.Variant{Batch: 1000}.Input(windowTypes, rows), Sink: w}).Run(t.Context(), q.Query)
	if !fault.Is(err, fault.CodeOutOfMemory) || !strings.Contains(fault.As(err).Hint, "without PARTITION BY") {
		t.Fatalf("%v, hint %q", err, fault.As(err).Hint)
	}
}
