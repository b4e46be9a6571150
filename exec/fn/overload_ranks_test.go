package fn_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestWindowOverloads computes every overload of every window function over a partition
// of usual rows and of NULLs alone, without ties and with them, with IGNORE NULLS and
// without, with every sample as its other arguments (NULL, zero, below zero and the
// extremes among them), and over two partitions at once, each of which has to give what
// one alone gives. Results are compared with testdata/overloads/window_calls.txt.
func TestWindowOverloads(t *testing.T) {
	var golden bytes.Buffer
	calls := 0
	seen := map[string]bool{}
	fn.EachConcrete(plan.WindowFunc, func(c fn.Concrete) {
		f := c.Func()
		var b strings.Builder
		fmt.Fprintf(&b, "%s%v %s\n", f.Name, f.Params, f.Ret)
		for _, rest := range otherArguments(c) {
			for _, ties := range []bool{false, true} {
				for _, ignore := range ignoring(f.Name) {
					calls++
					name := "  " + fn.RowText(rest)
					if ties {
						name += " ties"
					}
					if ignore {
						name += " ignoring NULLs"
					}
					fmt.Fprintf(&b, "%s: %s\n", name, fn.ShortText(windowResult(t, c, rest, ties, ignore)))
				}
			}
		}
		if !seen[b.String()] {
			seen[b.String()] = true
			golden.WriteString(b.String())
		}
	})
	t.Logf("%d calls", calls)
	fn.CompareGolden(t, "Window calls", golden.Bytes())
}

func ignoring(name string) []bool {
	if slices.Contains([]string{"lead", "lag", "first_value", "last_value", "nth_value"}, name) {
		return []bool{false, true}
	}
	return []bool{false}
}

// otherArguments are lists of the arguments behind the first, or of ntile's one.
func otherArguments(c fn.Concrete) [][]types.Value {
	first := min(1, len(c.Func().Params))
	if c.Func().Name == "ntile" {
		first = 0
	}
	var out [][]types.Value
	for i, row := range c.AllRows() {
		if i < 30 || len(row) < 3 {
			out = append(out, row[first:])
		}
	}
	slices.SortStableFunc(out, func(a, b []types.Value) int { return strings.Compare(fn.RowText(a), fn.RowText(b)) })
	return slices.CompactFunc(out, func(a, b []types.Value) bool { return fn.RowText(a) == fn.RowText(b) })
}

// windowResult computes the call over usual rows with the other arguments as they are.
func windowResult(t *testing.T, c fn.Concrete, rest []types.Value, ties, ignore bool) string {
	t.Helper()
	f := c.Func()
	rows := c.UsualRows()
	for i := range rows {
		rows[i] = append(rows[i][:len(rows[i])-len(rest):len(rows[i])-len(rest)], rest...)
	}
	call := &window.Call{Name: f.Name, Type: f.Ret, Filter: -1, IgnoreNulls: ignore, Partition: 1, Order: 1,
		Frame: frameOf(bound(plan.OffsetPreceding, 2), bound(plan.OffsetFollowing, 2), plan.ExcludeNoOthers)}
	if ties {
		call.Frame.Unit = plan.FrameGroups
	}
	for i := range f.Params {
		call.Args = append(call.Args, i)
	}
	one, err := evalWindow(call, morselOf(c.Columns(rows), len(rows), 1, ties))
	both := append(append([][]types.Value{}, rows...), rows...)
	two, err2 := evalWindow(call, morselOf(c.Columns(both), len(rows), 2, ties))
	if err == nil && !slices.Equal(append(slices.Clone(one), one...), two) || (err == nil) != (err2 == nil) {
		t.Errorf("%s %v %s: %v, in each of two partitions %v, %v", f.Name, f.Params, fn.RowText(rest), one, two, err2)
	}
	if err != nil {
		if e := fault.As(err); e.Kind != fault.User || !strings.HasPrefix(string(e.Code), "22") {
			t.Errorf("%s %v %s: %v", f.Name, f.Params, fn.RowText(rest), err)
		}
		return fn.OutcomeText(types.Value{}, err)
	}
	return strings.Join(one, "; ")
}
