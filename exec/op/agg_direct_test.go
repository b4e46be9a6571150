package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// TestIntegerGroups groups by one integer: few and many, close together, far apart,
// going up and down, at the ends of their type, with and without NULLs.
func TestIntegerGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for name, c := range map[string]struct {
		typ types.Type
		key func(i int) int64
	}{
		"few":       {types.TInteger, func(int) int64 { return int64(r.IntN(5)) }},
		"below 0":   {types.TBigInt, func(int) int64 { return -int64(r.IntN(3000)) }},
		"up":        {types.TBigInt, func(i int) int64 { return int64(i/3) * 7 }},
		"down":      {types.TDate, func(i int) int64 { return -int64(i / 2) }},
		"far":       {types.TBigInt, func(int) int64 { return int64(r.IntN(100)) << 50 }},
		"one far":   {types.TBigInt, func(i int) int64 { return int64(i%50) + int64(i/1999)<<60 }},
		"least":     {types.TBigInt, func(i int) int64 { return math.MinInt64 + int64((2000-i)%1000) }},
		"greatest":  {types.TBigInt, func(i int) int64 { return math.MaxInt64 - int64((2000-i)%1000) }},
		"both ends": {types.TBigInt, func(i int) int64 { return []int64{math.MinInt64, math.MaxInt64, 0}[i%3] }},
		"tinyint":   {types.TTinyInt, func(int) int64 { return int64(r.IntN(256)) - 128 }},
		"smallint":  {types.TSmallInt, func(int) int64 { return int64(r.IntN(1<<16)) - 1<<15 }},
	} {
		for _, nulls := range []bool{false, true} {
			rows, lists := make([][]types.Value, 2000), map[string]string{}
			for i := range rows {
				k := types.IntOf(c.typ, c.key(i))
				if nulls && r.IntN(7) == 0 {
					k = types.NullOf(c.typ)
				}
				rows[i] = []types.Value{k, types.IntOf(types.TBigInt, int64(i))}
				lists[optest.ValueText(k)+"|"] += optest.ValueText(rows[i][1]) + ","
			}
			want := map[string][]string{}
			for k, list := range lists {
				want[k] = []string{sortedList(list)}
			}
			t.Run(fmt.Sprintf("%s/nulls=%v", name, nulls), func(t *testing.T) {
				optest.Each(t, func(t *testing.T, v optest.Variant) {
					checkIntegerGroups(t, v, c.typ, rows, want)
				})
			})
		}
	}
}

func checkIntegerGroups(t *testing.T, v optest.Variant, typ types.Type, rows [][]types.Value, want map[string][]string) {
	t.Helper()
	q := v.Query()
	ts := []types.Type{typ, types.TBigInt}
	a := &op.Aggregate{Keys: []int{0}, KeyTypes: ts[:1], Inputs: []op.ProjectItem{{Pass: 1}}, InTypes: ts[1:], Mem: q.Mem}
	a.Calls = []op.AggCall{{New: newLister, Type: types.TVarchar, Args: []int{0}}}
	optest.Sink(t, q, v.Input(ts, rows), a)
	got, err := groupsOf(q, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("-want +got:\n%.2000s", d)
	}
}
