package op

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// thresholdTypes are the physical forms that have thresholds.
var thresholdTypes = []types.Type{types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.TDate, types.TVarchar}

// someKeys makes few different values, so that rows tie, with NULLs.
func someKeys(r *rand.Rand, t types.Type, n int) []types.Value {
	out := make([]types.Value, n)
	for i := range out {
		switch {
		case r.IntN(5) == 0:
			out[i] = types.NullOf(t)
		case t.Kind == types.Varchar:
			out[i] = types.StringOf(t, []string{"", "a", "ab", "b", "b\x00", "zz"}[r.IntN(6)])
		default:
			out[i] = types.IntOf(t, int64(r.IntN(9)-4))
		}
	}
	return out
}

// TestThreshold compares what thresholds keep with the order itself: rows, distinct
// values and bounds, in every form of a vector.
func TestThreshold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		typ := thresholdTypes[r.IntN(len(thresholdTypes))]
		th := &Threshold{Type: typ, Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0, Strict: r.IntN(2) == 0}
		keys := someKeys(r, typ, 1+r.IntN(30))
		if r.IntN(8) > 0 {
			for _, v := range someKeys(r, typ, 3) {
				th.lower(v)
			}
		}
		d := &thresholdPredicate{t: th}
		v := vector.FromValues(typ, keys)
		got := d.keep(&vector.Batch{N: len(keys), Cols: []*vector.Vector{v}}, nil)
		checkKept(t, th, keys, got)
		checkKept(t, th, keys, d.keep(&vector.Batch{N: len(keys), Cols: []*vector.Vector{asDict(keys, typ)}}, nil))
		checkDict(t, d, keys)
		checkBounds(t, th, keys)
	}
}

// asDict gives the keys as codes of a dictionary without NULLs.
func asDict(keys []types.Value, typ types.Type) *vector.Vector {
	base := []types.Value{}
	for _, k := range keys {
		if !k.Null && !slices.ContainsFunc(base, k.Equal) {
			base = append(base, k)
		}
	}
	if len(base) == 0 {
		return vector.Null(typ, len(keys))
	}
	v := &vector.Vector{Type: typ, Form: vector.Dict, Len: len(keys), Codes: make([]uint32, len(keys)), Base: vector.FromValues(typ, base)}
	for i, k := range keys {
		if k.Null {
			v.SetNull(i)
			continue
		}
		v.Codes[i] = uint32(slices.IndexFunc(base, k.Equal))
	}
	return v
}

// checkKept demands every row that is needed; with a threshold that is not NULL, no
// other.
func checkKept(t *testing.T, th *Threshold, keys []types.Value, got vector.Sel) {
	t.Helper()
	at := th.at.Load()
	for i, k := range keys {
		kept := got == nil || slices.Contains(got, uint16(i))
		needed := th.needs(k)
		if needed && !kept || kept && !needed && !at.Null {
			t.Fatalf("%+v at %v: key %v kept %v", th, at, k, kept)
		}
	}
}

func checkDict(t *testing.T, d *thresholdPredicate, keys []types.Value) {
	t.Helper()
	var values []types.Value
	for _, k := range keys {
		if !k.Null {
			values = append(values, k)
		}
	}
	keep, nulls, ok := d.keepDict(vector.FromValues(d.t.Type, values))
	if !ok {
		return
	}
	for i, v := range values {
		if keep.Get(i) != d.t.needs(v) {
			t.Fatalf("%+v: distinct value %v kept %v", d.t, v, keep.Get(i))
		}
	}
	if nulls != d.t.needs(types.NullOf(d.t.Type)) {
		t.Fatalf("%+v: NULLs kept %v", d.t, nulls)
	}
}

// checkBounds demands that bounds of rows of which one is needed are not refuted, and
// that exact bounds of others are.
func checkBounds(t *testing.T, th *Threshold, keys []types.Value) {
	t.Helper()
	b := formats.Bounds{HasNulls: true, Rows: int64(len(keys))}
	any := false
	for _, k := range keys {
		any = any || th.needs(k)
		switch {
		case k.Null:
			b.Nulls++
		case !b.HasMinMax:
			b.HasMinMax, b.Min, b.Max = true, k, k
		case k.Compare(b.Min) < 0:
			b.Min = k
		case k.Compare(b.Max) > 0:
			b.Max = k
		}
	}
	b.AllNull = b.Nulls == b.Rows
	if th.overlaps(b) != any {
		t.Fatalf("%+v at %v: %v: overlaps %v", th, th.at.Load(), keys, !any)
	}
	b.HasNulls, b.Nulls = false, 0
	if any && !th.overlaps(b) {
		t.Fatalf("%+v: unknown NULLs were refuted", th)
	}
}
