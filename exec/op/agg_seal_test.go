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
