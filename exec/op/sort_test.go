package op_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

var sortTypes = []types.Type{types.TBigInt, types.TVarchar, types.TDouble, types.DecimalOf(30, 2), types.TInterval, types.ArrayOf(types.TBigInt)}

// sortRows makes rows with many ties, negative numbers, long strings that begin
// alike, zero bytes, NaN and NULLs.
func sortRows(n int) [][]types.Value {
	r := rand.New(rand.NewPCG(5, 5))
	long := strings.Repeat("x", 20)
	words := []string{"", "a", "a\x00", "ab", long, long + "a", long + "b", long + "a\x00"}
	floats := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1.5, 2.25}
	rows := make([][]types.Value, n)
	for i := range rows {
		row := []types.Value{
			types.IntOf(sortTypes[0], int64(r.IntN(7)-3)),
			types.StringOf(sortTypes[1], words[r.IntN(len(words))]),
			types.FloatOf(sortTypes[2], floats[r.IntN(len(floats))]),
			types.DecOf(sortTypes[3], types.Mul64(int64(r.IntN(5)-2), 1<<62)),
			{Type: types.TInterval, Interval: types.IntervalValue{Months: int32(r.IntN(3) - 1), Days: int32(r.IntN(40))}},
			{Type: sortTypes[5]},
		}
		for range r.IntN(3) {
			row[5].Kids = append(row[5].Kids, types.IntOf(types.TBigInt, int64(r.IntN(2))))
		}
		for c := range row {
			if r.IntN(8) == 0 {
				row[c] = types.NullOf(sortTypes[c])
			}
		}
		rows[i] = row
	}
	return rows
}

// compareBy is the slow order.
func compareBy(keys []op.SortSpec, a, b []types.Value) int {
	for _, k := range keys {
		x, y := a[k.Pos], b[k.Pos]
		c := 0
		switch {
		case x.Null && y.Null:
		case x.Null != y.Null:
			if c = -1; x.Null != k.NullsFirst {
				c = 1
			}
		default:
			if c = x.Compare(y); k.Desc {
				c = -c
			}
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func keyText(keys []op.SortSpec, rows [][]types.Value) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		for _, k := range keys {
			out[i] += fmt.Sprint(r[k.Pos].Interval) + optest.ValueText(r[k.Pos])
		}
	}
	return out
}

func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	rows := sortRows(900)
	for round := range 24 {
		var keys []op.SortSpec
		for _, c := range r.Perm(4)[:1+r.IntN(3)] {
			keys = append(keys, op.SortSpec{Pos: c, Type: sortTypes[c], Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0})
		}
		if round%4 == 0 {
			keys = []op.SortSpec{{Pos: 5, Type: sortTypes[5], Desc: round%8 == 0}, keys[0]}
		}
		limit, offset := []int64{-1, 10, 0, 2000}[round%4], int64(round%3)
		t.Run(fmt.Sprint(keys, limit, offset), func(t *testing.T) { checkSort(t, rows, keys, limit, offset) })
	}
}

func checkSort(t *testing.T, rows [][]types.Value, keys []op.SortSpec, limit, offset int64) {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b []types.Value) int { return compareBy(keys, a, b) })
	sorted = sorted[min(int(offset), len(sorted)):]
	if limit >= 0 {
		sorted = sorted[:min(int(limit), len(sorted))]
	}
	want := keyText(keys, sorted)
	for _, v := range optest.Variants() {
		q := v.Query()
		s := &op.Sort{Types: sortTypes, Keys: keys, Limit: limit, Offset: offset, Mem: q.Mem}
		optest.Sink(t, q, v.Input(sortTypes, rows), s)
		got, err := rowsOf(q, s)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, keyText(keys, got)); d != "" {
			t.Fatalf("%v: -want +got:\n%s", v, d)
		}
	}
}

// TestSortTopNOfMany goes through pruning and the bound.
func TestSortTopNOfMany(t *testing.T) {
	const n = 120_000
	rows := make([][]types.Value, n)
	for i := range rows {
		rows[i] = []types.Value{types.IntOf(types.TBigInt, int64(i*7919%n)), types.StringOf(types.TVarchar, fmt.Sprint("payload ", i*7919%n))}
	}
	ts := []types.Type{types.TBigInt, types.TVarchar}
	for _, key := range []op.SortSpec{{Pos: 0, Type: ts[0]}, {Pos: 1, Type: ts[1]}} {
		v := optest.Variant{Batch: 2000, Workers: 4}
		q := v.Query()
		s := &op.Sort{Types: ts, Keys: []op.SortSpec{key}, Limit: 100, Offset: 3, Mem: q.Mem}
		optest.Sink(t, q, v.Input(ts, rows), s)
		got, err := rowsOf(q, s)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 100 {
			t.Fatalf("%d rows", len(got))
		}
		sorted := slices.Clone(rows)
		slices.SortFunc(sorted, func(a, b []types.Value) int { return a[key.Pos].Compare(b[key.Pos]) })
		for i, r := range got {
			if w := sorted[i+3]; r[0].I != w[0].I || r[1].S != w[1].S {
				t.Fatalf("row %d: %v, want %v", i, r, w)
			}
		}
	}
}

// TestSortGroups limits each group apart.
func TestSortGroups(t *testing.T) {
	rows := sortRows(500)
	keys := []op.SortSpec{{Pos: 1, Type: sortTypes[1]}, {Pos: 0, Type: sortTypes[0], Desc: true}}
	want := map[string]int{}
	for _, r := range rows {
		want[optest.ValueText(r[1])] = min(want[optest.ValueText(r[1])]+1, 3)
	}
	optest.Each(t, func(t *testing.T, v optest.Variant) {
		q := v.Query()
		s := &op.Sort{Types: sortTypes, Keys: keys, Limit: 2, Offset: 1, Groups: 1, Mem: q.Mem}
		optest.Sink(t, q, v.Input(sortTypes, rows), s)
		got, err := rowsOf(q, s)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for i, r := range got {
			counts[optest.ValueText(r[1])]++
			if i > 0 && compareBy(keys, got[i-1], r) > 0 {
				t.Fatalf("rows %d and %d are out of order", i-1, i)
			}
		}
		for k, n := range want {
			if counts[k] != n-1 {
				t.Errorf("group %s: %d rows, want %d", k, counts[k], n-1)
			}
		}
	})
}
