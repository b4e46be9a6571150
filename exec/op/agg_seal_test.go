package op_test

import (
	"fmt"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// TestAggregateSealed has so many groups that workers seal their tables, and some
// keys that come back after that.
func TestAggregateSealed(t *testing.T) {
	const groups, again = 400_000, 10_000
	v := optest.Variant{Batch: 4096, Workers: 2}
	var rows [][]types.Value
	for i := range groups + again {
		rows = append(rows, []types.Value{types.IntOf(types.TBigInt, int64(i%groups))})
	}
	q := v.Query()
	a := &op.Aggregate{Keys: []int{0}, KeyTypes: []types.Type{types.TBigInt}, Mem: q.Mem, Inputs: []op.ProjectItem{{Pass: 0}}, InTypes: []types.Type{types.TBigInt}}
	a.Calls = []op.AggCall{{New: newLister, Type: types.TVarchar, Args: []int{0}}}
	optest.Sink(t, q, v.Input([]types.Type{types.TBigInt}, rows), a)
	got, err := optest.Rows(q, a)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for k := range groups {
		list := fmt.Sprintf("%d,", k)
		if k < again {
			list += list
		}
		want[fmt.Sprintf("%d|%q|", k, list)] = true
	}
	for _, row := range got {
		if !want[row] {
			t.Fatalf("group %s is wrong or comes twice", row)
		}
		delete(want, row)
	}
	if len(want) > 0 {
		t.Fatalf("%d groups are missing", len(want))
	}
}

// TestAggregateAppended has keys that do not come twice until workers have stopped to
// look for them, and then come in pairs.
func TestAggregateAppended(t *testing.T) {
	const once, pairs = 350_000, 75_000
	v := optest.Variant{Batch: 4096, Workers: 2}
	name := func(k int) types.Value {
		return types.StringOf(types.TVarchar, fmt.Sprintf("/longer/than/twelve/%d", k))
	}
	var rows [][]types.Value
	for k := range once {
		rows = append(rows, []types.Value{name(k), types.IntOf(types.TBigInt, 1)})
	}
	for i := range 2 * pairs {
		rows = append(rows, []types.Value{name(once + i/2), types.IntOf(types.TBigInt, 1)})
	}
	q := v.Query()
	ts := []types.Type{types.TVarchar, types.TBigInt}
	a := &op.Aggregate{Keys: []int{0}, KeyTypes: ts[:1], Mem: q.Mem, Inputs: []op.ProjectItem{{Pass: 1}}, InTypes: ts[1:]}
	a.Calls = []op.AggCall{{New: newLister, Type: types.TVarchar, Args: []int{0}}}
	optest.Sink(t, q, v.Input(ts, rows), a)
	got, err := optest.Rows(q, a)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range got {
		seen[row] = true
	}
	if len(got) != once+pairs || len(seen) != len(got) {
		t.Fatalf("%d groups, %d of them different, want %d", len(got), len(seen), once+pairs)
	}
	for k := range once + pairs {
		want := fmt.Sprintf("%q|%q|", name(k).S, "1,")
		if k >= once {
			want = fmt.Sprintf("%q|%q|", name(k).S, "1,1,")
		}
		if !seen[want] {
			t.Fatalf("no group %s", want)
		}
	}
}
