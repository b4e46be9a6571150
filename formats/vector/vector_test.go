package vector

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/google/go-cmp/cmp"
)

var testTypes = []types.Type{
	types.TBoolean, types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.DecimalOf(12, 2),
	types.DecimalOf(38, 4), types.TReal, types.TDouble, types.TVarchar, types.TInterval, types.TUUID, types.TOID,
	types.ArrayOf(types.TVarchar), types.MapOf(types.TVarchar, types.TInteger), types.TUnknown,
	types.RowOf(types.Field{Name: "a", Type: types.TBigInt}, types.Field{Name: "b", Type: types.ArrayOf(types.TInteger)}),
}

// randomValue makes a value of any type, null one time in four.
func randomValue(r *rand.Rand, t types.Type, nulls bool) types.Value {
	if t.Kind == types.Unknown || nulls && r.IntN(4) == 0 {
		return types.NullOf(t)
	}
	v := types.Value{Type: t}
	switch t.Phys() {
	case types.PhysBool:
		v.I = int64(r.IntN(2))
	case types.PhysFloat32, types.PhysFloat64:
		v.F = float64(r.IntN(100))
	case types.PhysInt128:
		v.D = types.I128(int64(r.IntN(100)))
	case types.PhysInterval:
		v.Interval = types.IntervalValue{Months: int32(r.IntN(5)), Micros: int64(r.IntN(5))}
	case types.PhysUUID:
		v.UUID[3] = byte(r.IntN(256))
	case types.PhysBytes:
		v.S = fmt.Sprint("text", r.IntN(10))
	case types.PhysList:
		for i := r.IntN(4); i > 0; i-- {
			for _, f := range t.Fields {
				v.Kids = append(v.Kids, randomValue(r, f.Type, true))
			}
		}
	case types.PhysStruct:
		for _, f := range t.Fields {
			v.Kids = append(v.Kids, randomValue(r, f.Type, true))
		}
	default:
		v.I = int64(r.IntN(100))
	}
	return v
}

// randomVector makes a vector of n rows in the given form, with the values that
// it must show.
func randomVector(r *rand.Rand, t types.Type, form Form, n int) (*Vector, []types.Value) {
	vals := make([]types.Value, n)
	switch form {
	case Const:
		x := randomValue(r, t, true)
		for i := range vals {
			vals[i] = x
		}
		return ConstOf(x, n), vals
	case Dict:
		base := make([]types.Value, 5)
		for i := range base {
			base[i] = randomValue(r, t, false)
		}
		v := &Vector{}
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.IntN(len(base)))
			vals[i] = base[codes[i]]
		}
		v.SetDict(t, codes, FromValues(t, base))
		v.AllValid()
		for i := range vals {
			if r.IntN(4) == 0 || t.Kind == types.Unknown {
				v.SetNull(i)
				vals[i] = types.NullOf(t)
			}
		}
		return v, vals
	}
	for i := range vals {
		vals[i] = randomValue(r, t, true)
	}
	return FromValues(t, vals), vals
}

func show(v *Vector) []types.Value {
	out := make([]types.Value, v.Len)
	for i := range out {
		out[i] = ValueAt(v, i)
	}
	return out
}

// TestOperationsKeepValues checks every operation on every type and form
// against the plain list of values.
func TestOperationsKeepValues(t *testing.T) {
	for _, typ := range testTypes {
		for form := Flat; form <= Dict; form++ {
			t.Run(fmt.Sprint(typ, "/", form), func(t *testing.T) {
				r := rand.New(rand.NewPCG(7, uint64(form)))
				for _, n := range []int{1, 63, 64, 130} {
					v, want := randomVector(r, typ, form, n)
					same(t, "made", show(v), want)
					same(t, "flattened", show(Flatten(v)), want)
					if !IsFlat(Flatten(v)) {
						t.Fatal("Flatten gave a vector that is not flat")
					}
					checkSubsets(t, r, v, want)
				}
			})
		}
	}
}

func checkSubsets(t *testing.T, r *rand.Rand, v *Vector, want []types.Value) {
	t.Helper()
	n := v.Len
	from := r.IntN(n)
	m := r.IntN(n - from + 1)
	same(t, "slice", show(Slice(v, from, m)), want[from:from+m])
	var sel Sel = Sel{}
	var idx []uint32
	var byIdx, bySel []types.Value
	for i := range n {
		if r.IntN(2) == 0 {
			sel = append(sel, uint16(i))
			bySel = append(bySel, want[i])
		}
		p := r.IntN(n)
		idx = append(idx, uint32(p))
		byIdx = append(byIdx, want[p])
	}
	dst := &Vector{}
	for range 2 { // the second round reuses what the first borrowed
		GatherSel(dst, v, sel)
		same(t, "gather sel", show(dst), bySel)
		Gather(dst, v, idx)
		same(t, "gather idx", show(dst), byIdx)
		dst.Reset(types.TBigInt, n)
		clear(dst.Raw())
	}
	app := New(v.Type, 0)
	app.AppendRows(v, sel, n)
	app.AppendIdx(v, idx)
	app.AppendRange(v, from, m)
	same(t, "append", show(app), append(append(append([]types.Value(nil), bySel...), byIdx...), want[from:from+m]...))
	same(t, "source unchanged", show(v), want)
}

func same(t *testing.T, what string, got, want []types.Value) {
	t.Helper()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s: (-want +got)\n%s", what, d)
	}
}

// TestBatchCompactDropsSelection checks that copies do not depend on the batch.
func TestBatchCompactDropsSelection(t *testing.T) {
	a := FromValues(types.TVarchar, []types.Value{types.StringOf(types.TVarchar, "x"), types.NullOf(types.TVarchar), types.StringOf(types.TVarchar, "z")})
	b := Batch{N: 3, Cols: []*Vector{a, ConstOf(types.IntOf(types.TBigInt, 7), 3)}, Sel: Sel{1, 2}}
	var out Batch
	b.CompactTo(&out)
	b.AppendTo(&out)
	clear(a.Data)
	if out.N != 4 || out.Sel != nil {
		t.Fatalf("got %d rows, selection %v", out.N, out.Sel)
	}
	want := []types.Value{types.NullOf(types.TVarchar), types.StringOf(types.TVarchar, "z"), types.NullOf(types.TVarchar), types.StringOf(types.TVarchar, "z")}
	same(t, "strings", show(out.Cols[0]), want)
	if out.MemoryBytes() <= 0 {
		t.Error("no memory counted")
	}
}
