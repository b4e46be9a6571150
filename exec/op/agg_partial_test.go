package op_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// partial makes a partial aggregate of two calls, the second with a filter.
func partial(q *op.Query, in op.Source, keys []int, ts []types.Type) *op.PartialAggregate {
	a := &op.Aggregate{Keys: keys, Inputs: []op.ProjectItem{{Pass: 2}}, InTypes: []types.Type{types.TBigInt}, Mem: q.Mem, Trace: &op.Trace{}}
	for _, k := range keys {
		a.KeyTypes = append(a.KeyTypes, ts[k])
	}
	for _, c := range []op.AggCall{{}, {Filter: func() op.Conds { return small{} }}} {
		c.New, c.Type, c.Args = newLister, types.TVarchar, []int{0}
		a.Calls = append(a.Calls, c)
	}
	return &op.PartialAggregate{In: in, Of: a}
}

// parts puts the lists of each key's rows together.
func parts(t *testing.T, q *op.Query, src op.Source, keys int) map[string][]string {
	t.Helper()
	rows, err := optest.Rows(q, src)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, row := range rows {
		f := strings.Split(row, "|")
		key := strings.Join(f[:keys], "|")
		if out[key] == nil {
			out[key] = []string{"", ""}
		}
		for i := range out[key] {
			out[key][i] += strings.Trim(f[keys+i], `"`)
		}
	}
	for _, lists := range out {
		for i := range lists {
			lists[i] = sortedList(lists[i])
		}
	}
	return out
}

func TestPartialAggregate(t *testing.T) {
	for _, keys := range [][]int{{0}, {1}, {1, 0}} {
		rows := aggRows(500, 200)
		want := map[string][]string{}
		for k, lists := range wantGroups(rows, keys) {
			want[strings.TrimSuffix(k, "|")] = lists[:2]
		}
		optest.Each(t, func(t *testing.T, v optest.Variant) {
			q := v.Query()
			if d := cmp.Diff(want, parts(t, q, partial(q, v.Input(aggTypes, rows), keys, aggTypes), len(keys))); d != "" {
				t.Fatalf("keys %v, -want +got:\n%s", keys, d)
			}
		})
	}
}

// TestPartialAggregateGivesUp groups keys that come once, which are not worth it, and
// keys that come often but are more than a table holds, which are.
func TestPartialAggregateGivesUp(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	for _, c := range []struct {
		n, groups int
		gaveUp    int64
		most      int // rows that come out
	}{{90_000, 90_000, 1, 90_000}, {150_000, 75_000, 1, 150_000}, {120_000, 40_000, 0, 40_000}} {
		rows := make([][]types.Value, c.n)
		for i := range rows {
			rows[i] = []types.Value{types.IntOf(types.TBigInt, int64(i%c.groups)), types.NullOf(types.TVarchar), types.IntOf(types.TBigInt, int64(i%7))}
		}
		v := optest.Variant{Batch: 4096, Workers: 1}
		q := v.Query()
		p := partial(q, v.Input(aggTypes, rows), []int{0}, aggTypes)
		got, err := optest.Rows(q, p)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.Of.Trace.Passing.Load(); n != c.gaveUp || len(got) > c.most {
			t.Errorf("%d groups of %d rows: %d rows out, %d gave up, want at most %d and %d", c.groups, c.n, len(got), n, c.most, c.gaveUp)
		}
		values := 0
		for _, row := range got {
			values += strings.Count(strings.Split(row, "|")[1], ",")
		}
		if values != c.n {
			t.Errorf("%d of %d rows came out", values, c.n)
		}
		slices.Sort(got)
		if keys := slices.CompactFunc(got, func(a, b string) bool { return key(a) == key(b) }); len(keys) != c.groups {
			t.Errorf("%d keys, want %d", len(keys), c.groups)
		}
	}
}

func key(row string) string {
	k, _, _ := strings.Cut(row, "|")
	return fmt.Sprint(k)
}
