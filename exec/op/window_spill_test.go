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
			if testing.Short() && skew {
				continue
			}
			t.Run(fmt.Sprintf("%s/skew=%v", name, skew), func(t *testing.T) { compareWindows(t, calls, skew, false) })
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

// compareWindows computes calls in memory and with little; large has all rows in two
// partitions and the offsets alike.
func compareWindows(t *testing.T, calls []window.Call, skew, large bool) {
	rows := windowRows(rand.New(rand.NewPCG(3, 9)), 30_000)
	for i := range rows {
		if large {
			rows[i][wG], rows[i][wN] = types.IntOf(types.TInteger, int64(i%2)), types.IntOf(types.TBigInt, 3)
		}
	}
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
	variants := []optest.Variant{{Batch: 300, Holes: true, Workers: 2}, {Batch: 1000, Workers: 1}}
	if large {
		variants = variants[:1]
	}
	for _, v := range variants {
		q := smallQuery(t, v.Workers, 3<<20)
		if skew && !large {
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

// TestWindowsSortedOnDisk computes windows of one partition, and of few that are large, page
// by page, and compares with those in memory.
func TestWindowsSortedOnDisk(t *testing.T) {
	ofName := func(name string, args ...int) window.Call {
		c := window.Call{Name: name, Type: types.TBigInt, Args: args, Filter: -1, Steady: true}
		if name == "percent_rank" || name == "cume_dist" {
			c.Type = types.TDouble
		}
		return c
	}
	aggregate := func(name string, filter int) window.Call {
		f, err := fn.NewRegistry().Resolve(name, plan.WindowFunc, []plan.Arg{{Type: types.TBigInt}}, plan.Athena)
		if err != nil {
			t.Fatal(err)
		}
		return window.Call{Name: name, Type: f.Ret, Args: []int{wV}, Filter: filter,
			New: func() (fn.Aggregator, error) { return fn.NewAggregator(&kernel.EvalCtx{}, f) }}
	}
	bound := func(k plan.BoundKind, n int64) window.Bound { return window.Bound{Kind: k, Offset: n} }
	frame := func(c window.Call, unit plan.FrameUnit, start, end window.Bound) window.Call {
		c.Frame = window.Frame{Unit: unit, Start: start, End: end}
		return c
	}
	solid := func(c window.Call) window.Call {
		c.IgnoreNulls = true
		return c
	}
	now, last := bound(plan.CurrentRow, 0), bound(plan.UnboundedFollowing, 0)
	before := func(n int64) window.Bound { return bound(plan.OffsetPreceding, n) }
	after := func(n int64) window.Bound { return bound(plan.OffsetFollowing, n) }
	rows, groups := plan.FrameRows, plan.FrameGroups
	cases := map[string][]window.Call{
		"ranks": {ofName("row_number"), ofName("rank"), ofName("dense_rank"), ofName("percent_rank"), ofName("cume_dist"), ofName("ntile", wN)},
		"shift": {ofName("lag", wV, wN), ofName("lead", wV, wN, wID), solid(ofName("lag", wV, wN, wID)), solid(ofName("lead", wV, wN)), ofName("lead", wV)},
		"picks": {frame(ofName("first_value", wV), rows, window.Bound{}, now), frame(ofName("last_value", wV), plan.FrameRange, window.Bound{}, now),
			frame(ofName("last_value", wV), rows, now, last), frame(solid(ofName("nth_value", wV, wN)), rows, window.Bound{}, last)},
		"sums": {frame(aggregate("sum", -1), rows, window.Bound{}, now), frame(aggregate("count", wB), plan.FrameRange, window.Bound{}, now),
			frame(aggregate("max", -1), rows, window.Bound{}, last)},
		"aside": {frame(aggregate("sum", wB), rows, window.Bound{}, before(700)), frame(aggregate("sum", -1), rows, window.Bound{}, after(900))},
		"frames": {frame(aggregate("sum", -1), rows, before(1000), after(30)), frame(aggregate("min", wB), groups, before(2), after(1)),
			frame(ofName("last_value", wV), rows, after(2), after(50)), frame(aggregate("count", -1), rows, before(9), before(4))},
	}
	for name, calls := range cases {
		for _, keys := range []int{0, 1} {
			if testing.Short() && keys == 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s/keys=%d", name, keys), func(t *testing.T) {
				for i := range calls {
					calls[i].Partition, calls[i].Order = keys, 2-keys
					if calls[i].Name == "row_number" || calls[i].Frame.Unit == plan.FrameRows {
						calls[i].Order++ // the order of rows is certain
					}
					if calls[i].Name == "lead" || calls[i].Name == "lag" || calls[i].IgnoreNulls || strings.HasSuffix(calls[i].Name, "_value") {
						calls[i].Order = 3 - keys
					}
				}
				compareWindows(t, calls, keys == 0, true)
			})
		}
	}
}

// TestWindowTooLarge: what no cut makes smaller is refused, with the reason.
func TestWindowTooLarge(t *testing.T) {
	rows := windowRows(rand.New(rand.NewPCG(3, 9)), 30_000)
	q := smallQuery(t, 1, 2<<20)
	w := spilledWindow(q.Query, []window.Call{{Name: "nth_value", Type: types.TBigInt, Args: []int{wV, wN}, Filter: -1, Order: 1}})
	err := (&op.Pipeline{Source: optest.Variant{Batch: 1000}.Input(windowTypes, rows), Sink: w}).Run(t.Context(), q.Query)
	if !fault.Is(err, fault.CodeOutOfMemory) || !strings.Contains(fault.As(err).Hint, "without PARTITION BY") {
		t.Fatalf("%v, hint %q", err, fault.As(err).Hint)
	}
}
