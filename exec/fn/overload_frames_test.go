package fn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// frames are frames of one partition, with the rows of n that row i sees.
var frames = []struct {
	name  string
	frame window.Frame
	sees  func(i, n int) (from, to, without int)
}{
	{"whole", frameOf(bound(plan.UnboundedPreceding, 0), bound(plan.UnboundedFollowing, 0), plan.ExcludeNoOthers), func(_, n int) (int, int, int) { return 0, n, -1 }},
	{"running", frameOf(bound(plan.UnboundedPreceding, 0), bound(plan.CurrentRow, 0), plan.ExcludeNoOthers), func(i, _ int) (int, int, int) { return 0, i + 1, -1 }},
	{"rest", frameOf(bound(plan.CurrentRow, 0), bound(plan.UnboundedFollowing, 0), plan.ExcludeNoOthers), func(i, n int) (int, int, int) { return i, n, -1 }},
	{"sliding", frameOf(bound(plan.OffsetPreceding, 2), bound(plan.OffsetFollowing, 1), plan.ExcludeNoOthers), func(i, n int) (int, int, int) { return max(0, i-2), min(n, i+2), -1 }},
	{"ahead", frameOf(bound(plan.OffsetFollowing, 2), bound(plan.OffsetFollowing, 3), plan.ExcludeNoOthers), func(i, n int) (int, int, int) { return min(n, i+2), min(n, i+4), -1 }},
	{"others", frameOf(bound(plan.UnboundedPreceding, 0), bound(plan.UnboundedFollowing, 0), plan.ExcludeCurrentRow), func(i, n int) (int, int, int) { return 0, n, i }},
}

func frameOf(start, end window.Bound, exclude plan.Exclusion) window.Frame {
	return window.Frame{Unit: plan.FrameRows, Start: start, End: end, Exclude: exclude}
}

func bound(kind plan.BoundKind, offset int64) window.Bound {
	return window.Bound{Kind: kind, Offset: offset}
}

// morselOf is a morsel of parts partitions of n rows each; with ties, an order key by
// which every two rows are peers.
func morselOf(cols []*vector.Vector, n, parts int, ties bool) *window.Morsel {
	return &window.Morsel{N: n * parts, Cols: cols, Use: func(int64) error { return nil }, Starts: func(prefix int) []uint32 {
		step := n
		if prefix > 1 {
			step = 1
			if ties {
				step = 2
			}
		}
		var out []uint32
		for p := range parts {
			for i := 0; i < n; i += step {
				out = append(out, uint32(p*n+i))
			}
		}
		return append(out, uint32(n*parts))
	}}
}

// evalWindow computes a call and gives the texts of its results.
func evalWindow(c *window.Call, m *window.Morsel) ([]string, error) {
	calc, err := window.New(c)
	if err != nil {
		return nil, err
	}
	out := vector.New(c.Type, 0)
	if err := calc.Eval(m, out); err != nil {
		return nil, err
	}
	texts := make([]string, out.Len)
	for i := range texts {
		v := vector.ValueAt(out, i)
		v.Type = c.Type
		texts[i] = fn.OutcomeText(v, nil)
	}
	return texts, nil
}

// TestAggregatesAsWindows computes every overload of every aggregate over frames that
// grow, shrink, slide and leave out a row, with a filter and without, and compares
// each row with the aggregate over the rows that its frame has.
func TestAggregatesAsWindows(t *testing.T) {
	calls, told := 0, map[string]bool{}
	fn.EachConcrete(plan.AggregateFunc, func(c fn.Concrete) {
		calls++
		rows := append(c.UsualRows(), c.UsualRows()[:2]...)
		for _, fr := range frames {
			for name, keep := range map[string]func(int) bool{"": func(int) bool { return true }, ", filtered": func(i int) bool { return i%3 != 1 }} {
				call := &window.Call{Name: c.Func().Name, Type: c.Func().Ret, Filter: -1, Order: 1, Frame: fr.frame, New: c.New}
				var want []string
				for i := range rows {
					from, to, without := fr.sees(i, len(rows))
					want = append(want, c.Whole(framed(rows, from, to, without, keep)))
				}
				if d := windowDifference(c, call, rows, keep, want); d != "" && !told[c.Func().Name+fr.name] {
					told[c.Func().Name+fr.name] = true
					t.Errorf("%s %v, frame %s%s: %s", c.Func().Name, c.Func().Params, fr.name, name, d)
				}
			}
		}
	})
	t.Logf("%d calls in %d frames", calls, len(frames))
	if calls < 300 {
		t.Errorf("only %d calls", calls)
	}
}

// windowDifference computes a call over one partition and tells the first row that is
// not as wanted. An error of one row's is that of all.
func windowDifference(c fn.Concrete, call *window.Call, rows [][]types.Value, keep func(int) bool, want []string) string {
	cols := c.Columns(rows)
	for i := range c.Func().Params {
		call.Args = append(call.Args, i)
	}
	call.Filter, cols = len(cols), append(cols, filterColumn(len(rows), keep))
	got, err := evalWindow(call, morselOf(cols, len(rows), 1, false))
	if err != nil {
		text := fn.OutcomeText(types.Value{}, err)
		if slices.Contains(want, text) {
			return ""
		}
		return text + ", which is no row's error"
	}
	for i := range rows {
		if got[i] != want[i] && !(c.Approximate() && c.Close(got[i], want[i])) {
			return fmt.Sprintf("row %d is %s, over its rows %s", i, fn.ShortText(got[i]), fn.ShortText(want[i]))
		}
	}
	return ""
}

func filterColumn(n int, keep func(int) bool) *vector.Vector {
	vals := make([]types.Value, n)
	for i := range vals {
		if vals[i] = types.BoolOf(keep(i)); !keep(i) && i%2 == 0 {
			vals[i] = types.NullOf(types.TBoolean)
		}
	}
	return vector.FromValues(types.TBoolean, vals)
}

func framed(rows [][]types.Value, from, to, without int, keep func(int) bool) (out [][]types.Value) {
	for i := from; i < to; i++ {
		if i != without && keep(i) {
			out = append(out, rows[i])
		}
	}
	return out
}
