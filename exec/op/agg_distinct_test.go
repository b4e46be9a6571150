package op_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// TestAggregateDistinct has two calls with DISTINCT beside another one, and so many
// values or groups that workers seal and cut their sets of them, their groups, or both.
// Each value comes three times, far apart.
func TestAggregateDistinct(t *testing.T) {
	const values = 80_000
	for _, groups := range []int{0, 7, 40_000} {
		for _, workers := range []int{1, 2} {
			if testing.Short() && workers == 1 {
				continue
			}
			t.Run(fmt.Sprint(groups, workers), func(t *testing.T) {
				v := optest.Variant{Batch: 4096, Workers: workers}
				var rows [][]types.Value
				want := map[string]*[3]int{}
				for i := range 3 * values {
					k, x := i%values%max(groups, 1), i%values
					rows = append(rows, []types.Value{types.IntOf(types.TBigInt, int64(k)<<33), types.IntOf(types.TBigInt, int64(x)<<33), types.IntOf(types.TBigInt, int64(x%3))})
					key := ""
					if groups > 0 {
						key = fmt.Sprint(int64(k)<<33, "|")
					}
					n := want[key]
					if n == nil {
						n = new([3]int)
						want[key] = n
					}
					n[0]++
					if i < values {
						n[1]++
						n[2] |= 1 << (x % 3)
					}
				}
				ts := []types.Type{types.TBigInt, types.TBigInt, types.TBigInt}
				q := v.Query()
				a := &op.Aggregate{Mem: q.Mem, Inputs: []op.ProjectItem{{Pass: 1}, {Pass: 2}}, InTypes: ts[:2]}
				if groups > 0 {
					a.Keys, a.KeyTypes = []int{0}, ts[:1]
				}
				for _, c := range []op.AggCall{{Args: []int{0}}, {Args: []int{0}, Distinct: true}, {Args: []int{1}, Distinct: true}} {
					c.New, c.Type = newLister, types.TVarchar
					a.Calls = append(a.Calls, c)
				}
				optest.Sink(t, q, v.Input(ts, rows), a)
				got, err := groupsOf(q, a, len(a.Keys))
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != len(want) {
					t.Fatalf("%d groups, want %d", len(got), len(want))
				}
				for _, key := range slices.Sorted(maps.Keys(got)) {
					checkDistinct(t, key, got[key], want[key])
				}
			})
		}
	}
}

// checkDistinct compares the lists of a group with the numbers of its rows and values,
// and the bits of its few values.
func checkDistinct(t *testing.T, key string, lists []string, want *[3]int) {
	t.Helper()
	if want == nil {
		t.Fatalf("there is no group %s", key)
	}
	var each [3][]string
	for i, s := range lists {
		each[i] = strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
		slices.Sort(each[i])
	}
	once, few := slices.Compact(slices.Clone(each[1])), 0
	for _, s := range each[2] {
		few |= 1 << (s[0] - '0')
	}
	if len(each[0]) != want[0] || len(each[1]) != want[1] || len(once) != want[1] || few != want[2] || len(slices.Compact(slices.Clone(each[2]))) != len(each[2]) {
		t.Fatalf("group %s: %d rows, %d distinct values (%d different), few values %v; want %v", key, len(each[0]), len(each[1]), len(once), each[2], *want)
	}
}
