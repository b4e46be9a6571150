package keytab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// randomValue draws from few values, so that keys repeat; every string comes in
// a short and a long version.
func randomValue(r *rand.Rand, t types.Type, nulls bool) types.Value {
	if t.Kind == types.Unknown || nulls && r.IntN(8) == 0 {
		return types.NullOf(t)
	}
	n := r.IntN(20)
	switch t.Kind {
	case types.Varchar:
		return types.StringOf(t, strings.Repeat(fmt.Sprint("s", n), 1+n%3*4))
	case types.Double, types.Real:
		return types.FloatOf(t, []float64{0, math.Copysign(0, -1), math.NaN(), 1.5, -2}[n%5])
	case types.Decimal:
		return types.DecOf(t, types.Mul64(int64(n)<<40, 1<<40))
	case types.Interval:
		return types.Value{Type: t, Interval: types.IntervalValue{Months: int32(n % 2), Days: int32(n / 2 % 2 * 30)}}
	case types.Array:
		v := types.Value{Type: t}
		for range n % 3 {
			v.Kids = append(v.Kids, randomValue(r, t.Elem(), true))
		}
		return v
	case types.UUID:
		return types.Value{Type: t, UUID: [16]byte{byte(n)}}
	}
	return types.IntOf(t, int64(n%2))
}

// keyText is the slow equality: equal texts mean equal keys.
func keyText(vs []types.Value) string {
	s := ""
	for _, v := range vs {
		switch {
		case v.Null:
			s += "null"
		case v.Type.Kind == types.Interval:
			s += fmt.Sprint(v.Interval.Months*30 + v.Interval.Days)
		case v.Type.IsFloat() && v.F == 0:
			s += "0"
		case v.Type.Kind == types.Array:
			s += "[" + keyText(v.Kids) + "]"
		default:
			s += fmt.Sprint(v.I, v.F, v.D, v.S, v.UUID)
		}
		s += "|"
	}
	return s
}

func asForm(v *vector.Vector, form vector.Form) *vector.Vector {
	if form != vector.Dict || v.Valid != nil {
		return v
	}
	d := &vector.Vector{Type: v.Type, Form: vector.Dict, Len: v.Len, Base: v}
	for i := range v.Len {
		d.Codes = append(d.Codes, uint32(i))
	}
	return d
}

var keyTypes = [][]types.Type{
	{types.TInteger}, {types.TBigInt}, {types.TVarchar}, {types.TDouble}, {types.TReal, types.TBoolean},
	{types.TVarchar, types.TVarchar}, {types.DecimalOf(38, 0), types.TSmallInt}, {types.TInterval},
	{types.ArrayOf(types.TVarchar), types.TInteger}, {types.TUUID, types.TDate}, {types.TUnknown, types.TBigInt},
	{types.TBigInt, types.TBigInt, types.TVarchar, types.TTinyInt},
	{types.TBoolean, types.TTinyInt, types.TDate, types.TVarchar, types.TVarchar, types.TInterval, types.TReal, types.TBoolean, types.TBigInt},
}

// TestHugeStrings: an image says no length of 2^24 and more.
func TestHugeStrings(t *testing.T) {
	lay := NewLayout([]types.Type{types.TVarchar}, true)
	tab, enc := NewTable(lay, 0), NewEncoder(lay)
	x := strings.Repeat("x", maxImageLen+9)
	keys := []string{x[:maxImageLen-1], x[:maxImageLen], x[:maxImageLen+1], x[:maxImageLen+9], "", x[:9]}
	vals := []types.Value{types.NullOf(types.TVarchar)}
	for _, k := range keys {
		vals = append(vals, types.StringOf(types.TVarchar, k))
	}
	out := make([]uint32, len(vals))
	for range 2 {
		enc.Encode([]*vector.Vector{vector.FromValues(types.TVarchar, vals)}, nil, len(vals))
		if err := tab.FindOrInsert(enc, out); err != nil {
			t.Fatal(err)
		}
	}
	v := &vector.Vector{}
	tab.Column(v, 0, 0, len(vals))
	if tab.Len() != len(vals) || !v.IsNull(0) {
		t.Fatalf("%d rows, want %d, the first NULL", tab.Len(), len(vals))
	}
	for i, k := range keys {
		if got := string(v.Bytes(i + 1)); int(out[i+1]) != i+1 || got != k {
			t.Errorf("key of %d bytes: row %d with %d bytes", len(k), out[i+1], len(got))
		}
	}
}

func TestTableAgainstMap(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	for _, ts := range keyTypes {
		for _, nulls := range []bool{true, false} {
			for _, form := range []vector.Form{vector.Flat, vector.Dict} {
				t.Run(fmt.Sprint(ts, nulls, form), func(t *testing.T) { tableAgainstMap(t, ts, nulls, form) })
			}
		}
	}
}

func tableAgainstMap(t *testing.T, ts []types.Type, nulls bool, form vector.Form) {
	r := rand.New(rand.NewPCG(1, 2))
	lay := NewLayout(ts, true)
	tab, enc := NewTable(lay, 8), NewEncoder(lay)
	want := map[string]uint32{}
	var first [][]types.Value
	out := make([]uint32, 300)
	for round := range 12 {
		rows, cols := randomBatch(r, ts, nulls, form)
		var sel vector.Sel
		if round%2 == 1 {
			for i := 0; i < len(rows); i += 1 + r.IntN(3) {
				sel = append(sel, uint16(i))
			}
		}
		enc.Encode(cols, sel, len(rows))
		if err := tab.FindOrInsert(enc, out); err != nil {
			t.Fatal(err)
		}
		for k := range enc.Len() {
			p := k
			if sel != nil {
				p = int(sel[k])
			}
			key := keyText(rows[p])
			w, ok := want[key]
			if !ok {
				w = uint32(len(want))
				want[key] = w
				first = append(first, rows[p])
			}
			if out[k] != w {
				t.Fatalf("round %d: key %s is row %d, want %d", round, key, out[k], w)
			}
		}
		found := make([]uint32, len(out))
		tab.Find(enc, make([]uint64, len(out)), found)
		for k := range enc.Len() {
			if found[k] != out[k]+1 {
				t.Fatalf("Find gave %d, FindOrInsert %d", found[k], out[k])
			}
		}
	}
	checkColumns(t, tab, first)
	checkView(t, lay, tab)
}

func randomBatch(r *rand.Rand, ts []types.Type, nulls bool, form vector.Form) ([][]types.Value, []*vector.Vector) {
	rows := make([][]types.Value, 300)
	cols := make([]*vector.Vector, len(ts))
	for c, typ := range ts {
		vals := make([]types.Value, len(rows))
		for i := range rows {
			vals[i] = randomValue(r, typ, nulls || typ.Kind == types.Unknown)
			rows[i] = append(rows[i], vals[i])
		}
		cols[c] = asForm(vector.FromValues(typ, vals), form)
	}
	return rows, cols
}

func checkColumns(t *testing.T, tab *Table, first [][]types.Value) {
	t.Helper()
	if tab.Len() != len(first) {
		t.Fatalf("%d rows, want %d", tab.Len(), len(first))
	}
	for c := range first[0] {
		v := &vector.Vector{}
		tab.Column(v, c, 1, tab.Len()-1)
		for i := range v.Len {
			got, want := vector.ValueAt(v, i), first[i+1][c]
			if keyText([]types.Value{got}) != keyText([]types.Value{want}) {
				t.Fatalf("column %d row %d: %v, want %v", c, i+1, got, want)
			}
		}
	}
}

// checkView adds the table's rows to another table, twice.
func checkView(t *testing.T, lay *Layout, tab *Table) {
	t.Helper()
	other, enc := NewTable(lay, 0), NewEncoder(lay)
	out := make([]uint32, tab.Len())
	for range 2 {
		tab.View(enc, 0, tab.Len())
		if err := other.FindOrInsert(enc, out); err != nil {
			t.Fatal(err)
		}
		for i, r := range out {
			if int(r) != i {
				t.Fatalf("row %d became %d", i, r)
			}
		}
	}
	checkSorted(t, tab, other, enc)
}

// checkSorted sorts the table's rows backwards; other has its keys.
func checkSorted(t *testing.T, tab, other *Table, enc *Encoder) {
	t.Helper()
	n := tab.Len()
	order, out := make([]uint32, n), make([]uint32, n)
	for k := range order {
		order[k] = uint32(n - 1 - k)
		*tab.State32(uint32(k)) = uint32(k) + 7
	}
	s := tab.Sorted(order)
	s.View(enc, 0, n)
	if err := other.FindOrInsert(enc, out); err != nil {
		t.Fatal(err)
	}
	for k, r := range out {
		if r != order[k] || *s.State32(uint32(k)) != r+7 {
			t.Fatalf("row %d is that of key %d with state %d, want %d", k, r, *s.State32(uint32(k)), order[k])
		}
	}
}

func TestTableGrows(t *testing.T) {
	lay := NewLayout([]types.Type{types.TBigInt}, false)
	tab, enc := NewTable(lay, 0), NewEncoder(lay)
	out := make([]uint32, 4096)
	v := vector.New(types.TBigInt, 4096)
	for b := range 100 {
		for i := range 4096 {
			vector.Values[int64](v)[i] = int64(b*4096+i) << 32
		}
		enc.Encode([]*vector.Vector{v}, nil, 4096)
		if err := tab.FindOrInsert(enc, out); err != nil {
			t.Fatal(err)
		}
	}
	if tab.Len() != 409600 {
		t.Fatalf("%d rows", tab.Len())
	}
	enc.Encode([]*vector.Vector{v}, nil, 4096)
	tab.Find(enc, make([]uint64, 4096), out)
	for i, r := range out {
		if int(r) != 99*4096+i+1 {
			t.Fatalf("key %d found at %d", i, r)
		}
	}
}

func BenchmarkFindOrInsert(b *testing.B) {
	for _, groups := range []uint64{4, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			lay := NewLayout([]types.Type{types.TBigInt}, true)
			tab, enc := NewTable(lay, 16), NewEncoder(lay)
			out := make([]uint32, 4096)
			v := vector.New(types.TBigInt, 4096)
			r := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				for i, x := range vector.Values[int64](v) {
					_ = x
					vector.Values[int64](v)[i] = int64(r.Uint64N(groups))
				}
				enc.Encode([]*vector.Vector{v}, nil, 4096)
				if err := tab.FindOrInsert(enc, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStrings counts random keys of 16 bytes.
func BenchmarkStrings(b *testing.B) {
	for _, groups := range []int{1000, 100_000, 2_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			lay := NewLayout([]types.Type{types.TVarchar}, true)
			tab, enc := NewTable(lay, 8), NewEncoder(lay)
			out := make([]uint32, 4096)
			v := &vector.Vector{}
			v.Reset(types.TVarchar, 4096)
			v.Data = make([]byte, 16*4096)
			for k := range v.Ranges() {
				v.Ranges()[k] = vector.Range{Off: uint32(16 * k), Len: 16}
			}
			keys, state := make([][16]byte, groups), rand.New(rand.NewPCG(1, 2))
			for i := range keys {
				copy(keys[i][:], fmt.Sprintf("/path/%010d", i))
			}
			for b.Loop() {
				for k := range 4096 {
					copy(v.Data[16*k:], keys[state.IntN(groups)][:])
				}
				enc.Encode([]*vector.Vector{v}, nil, 4096)
				if err := tab.FindOrInsert(enc, out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(4096*b.N), "ns/key")
		})
	}
}
