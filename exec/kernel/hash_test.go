package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestHashIsTheSameInEveryForm: flat, dictionary and constant vectors of equal
// values hash alike, with and without a selection.
func TestHashIsTheSameInEveryForm(t *testing.T) {
	row := types.RowOf(types.Field{Name: "a", Type: types.TBigInt}, types.Field{Name: "b", Type: types.TVarchar})
	one := types.IntOf(types.TBigInt, 1)
	values := []types.Value{
		types.IntOf(types.TBigInt, 7), types.IntOf(types.TInteger, -7), types.FloatOf(types.TDouble, 1.5), types.FloatOf(types.TReal, 2),
		types.StringOf(types.TVarchar, "some longer text that is not inline"), types.StringOf(types.TVarchar, ""), types.BoolOf(true),
		types.DecOf(types.DecimalOf(38, 2), types.I128(99)), {Type: types.TInterval, Interval: types.IntervalValue{Months: 1}}, {Type: types.TUUID},
		{Type: types.ArrayOf(types.TBigInt), Kids: []types.Value{one, types.NullOf(types.TBigInt)}}, {Type: row, Kids: []types.Value{one, types.StringOf(types.TVarchar, "x")}},
	}
	for _, v := range values {
		flat := vector.FromValues(v.Type, []types.Value{types.NullOf(v.Type), v, v})
		dict := &vector.Vector{}
		dict.SetDict(v.Type, []uint32{0, 0, 0}, vector.FromValues(v.Type, []types.Value{v}))
		dict.SetNull(0)
		var a, b, c, d [3]uint64
		HashColumn(flat, nil, 3, a[:], false)
		HashColumn(dict, nil, 3, b[:], false)
		HashColumn(vector.ConstOf(v, 3), nil, 3, c[:], false)
		HashColumn(flat, vector.Sel{1, 2}, 0, d[:], false)
		if a != b || a[1] != a[2] || a[1] != c[0] || a[0] == a[1] || d[0] != a[1] {
			t.Errorf("%s: flat %x, dictionary %x, constant %x, selected %x", v, a, b, c, d)
		}
		HashColumn(flat, nil, 3, a[:], true)
		HashColumn(dict, nil, 3, b[:], true)
		if a != b || a[1] == c[0] {
			t.Errorf("%s: combined %x and %x", v, a, b)
		}
	}
}

// TestHashOfEqualValues: values that compare equal hash alike.
func TestHashOfEqualValues(t *testing.T) {
	pairs := [][2]types.Value{
		{types.FloatOf(types.TDouble, 0), types.FloatOf(types.TDouble, math.Copysign(0, -1))},
		{types.FloatOf(types.TDouble, math.NaN()), types.FloatOf(types.TDouble, math.Float64frombits(0x7ff8000000000bad))},
		{{Type: types.TInterval, Interval: types.IntervalValue{Months: 1}}, {Type: types.TInterval, Interval: types.IntervalValue{Days: 30}}},
	}
	for _, p := range pairs {
		v := vector.FromValues(p[0].Type, p[:])
		var h [2]uint64
		HashColumn(v, nil, 2, h[:], false)
		if CompareRows(v, 0, v, 1) != 0 || h[0] != h[1] {
			t.Errorf("%v and %v: comparison %d, hashes %x", p[0], p[1], CompareRows(v, 0, v, 1), h)
		}
	}
}

// TestMulDiv compares the 256-bit path with the direct one where both work.
func TestMulDiv(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for range 5000 {
		a, b, c := types.I128(r.Int64()>>r.IntN(60)), types.I128(r.Int64()>>r.IntN(60)), types.I128(1+r.Int64N(1<<40))
		if r.IntN(2) == 0 {
			a = a.Neg()
		}
		p, _ := a.Mul(b)
		want := divRound(p, c)
		if got, ok := MulDiv(a, b, c); !ok || got != want {
			t.Fatalf("%v * %v / %v = %v, want %v", a, b, c, got, want)
		}
	}
	if _, ok := MulDiv(types.Pow10x128[38], types.Pow10x128[38], types.I128(1)); ok {
		t.Error("a quotient of 76 digits fits")
	}
}

func BenchmarkHashInt64(b *testing.B) {
	v, out := vector.New(types.TBigInt, 4096), make([]uint64, 4096)
	for b.Loop() {
		HashColumn(v, nil, 4096, out, false)
	}
}
