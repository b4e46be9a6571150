package op_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// wholeCall is an aggregate of whole partitions. Without ORDER BY the default frame,
// which ends at the current row's peers, is one.
func wholeCall(t *testing.T, name string, partition, filter int) window.Call {
	t.Helper()
	f, err := fn.NewRegistry().Resolve(name, plan.WindowFunc, []plan.Arg{{Type: types.TBigInt}}, plan.Athena)
	if err != nil {
		t.Fatal(err)
	}
	return window.Call{Name: name, Type: f.Ret, Args: []int{wV}, Filter: filter, Partition: partition,
		Frame: window.Frame{End: window.Bound{Kind: plan.CurrentRow}},
		New:   func() (fn.Aggregator, error) { return fn.NewAggregator(&kernel.EvalCtx{}, f) }}
}

func wholeWindow(q *op.Query, calls ...window.Call) *op.Window {
	w := &op.Window{InTypes: windowTypes, Calls: calls, Mem: q.Mem,
		Keys: []op.SortSpec{{Pos: wG, Type: types.TInteger}, {Pos: wS, Type: types.TVarchar, Desc: true}}}
	for i := range windowTypes {
		w.Inputs, w.Pass = append(w.Inputs, op.ProjectItem{Pass: i}), append(w.Pass, i)
	}
	return w
}

// TestWindowWhole: partitions found by hash, over no key, one and two, with nulls
// among keys and arguments, and filters.
func TestWindowWhole(t *testing.T) {
	rows := windowRows(rand.New(rand.NewPCG(14, 14)), 50_000)
	for i := range rows {
		if i%11 == 0 {
			rows[i][wG] = types.NullOf(types.TInteger)
		}
	}
	calls := []window.Call{wholeCall(t, "sum", 1, -1), wholeCall(t, "count", 2, wB), wholeCall(t, "sum", 0, wB), wholeCall(t, "min", 2, -1)}
	want := map[string][2]int64{} // by call and partition: the aggregate, and how many values it had
	key := func(k int, row []types.Value) string {
		parts := []string{fmt.Sprint(k), optest.ValueText(row[wG]), optest.ValueText(row[wS])}
		return fmt.Sprintf("%q", parts[:1+calls[k].Partition])
	}
	for _, row := range rows {
		for k, c := range calls {
			at := key(k, row)
			s := want[at]
			if v := row[wV]; !v.Null && (c.Filter < 0 || !row[wB].Null && row[wB].I != 0) {
				switch {
				case c.Name == "count":
					s[0]++
				case c.Name == "sum":
					s[0] += v.I
				case s[1] == 0 || v.I < s[0]:
					s[0] = v.I
				}
				s[1]++
			}
			want[at] = s
		}
	}
	for _, workers := range []int{1, 3} {
		v := optest.Variant{Batch: 4096, Workers: workers}
		q := v.Query()
		w := wholeWindow(q, calls...)
		optest.Sink(t, q, v.Input(windowTypes, rows), w)
		got, err := rowsOf(q, w)
		if err != nil || len(got) != len(rows) {
			t.Fatal(len(got), err)
		}
		for _, row := range got {
			for k, c := range calls {
				s := want[key(k, row)]
				text := fmt.Sprint(s[0])
				if s[1] == 0 && c.Name != "count" {
					text = "NULL"
				}
				if have := optest.ValueText(row[len(windowTypes)+k]); have != text {
					t.Fatalf("%d workers: %s of %s is %s, want %s", workers, c.Name, key(k, row), have, text)
				}
			}
		}
	}
}

// TestWindowWholeMemory: what partitions hold counts.
func TestWindowWholeMemory(t *testing.T) {
	rows := windowRows(rand.New(rand.NewPCG(15, 15)), 60_000)
	for _, limit := range []int64{1 << 20, 14 << 20} { // the rows do not fit; the lists do not
		v := optest.Variant{Batch: 4096, Workers: 2}
		q := v.Query()
		q.Mem = mem.NewRoot(limit).Child("query", 0)
		var calls []window.Call
		for range 20 {
			calls = append(calls, wholeCall(t, "array_agg", 1, -1))
		}
		w := wholeWindow(q, calls...)
		err := (&op.Pipeline{Source: v.Input(windowTypes, rows), Sink: w}).Run(t.Context(), q)
		if !fault.Is(err, fault.CodeOutOfMemory) {
			t.Errorf("limit %d: error %v, want 53200", limit, err)
		}
	}
}
