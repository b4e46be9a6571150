package op

import (
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestSealing: what a worker sets aside is not much more than its groups, whether keys
// hardly ever come twice, come evenly, or some come often and most seldom.
func TestSealing(t *testing.T) {
	const rows = 1_500_000
	for name, c := range map[string]struct {
		key  func(r *rand.Rand, i int) int64
		most float64 // rows sealed for each key that was
	}{
		"once":   {func(_ *rand.Rand, i int) int64 { return int64(i) << 33 }, 1.05},
		"pairs":  {func(_ *rand.Rand, i int) int64 { return int64(i/2) << 33 }, 1.05},
		"evenly": {func(r *rand.Rand, _ int) int64 { return r.Int64N(150_000) << 33 }, 2.5},
		"few":    {func(r *rand.Rand, _ int) int64 { return r.Int64N(70_000) << 33 }, 2.5},
		"skewed": {func(r *rand.Rand, _ int) int64 { return r.Int64N(1+r.Int64N(1+r.Int64N(4_000_000))) << 33 }, 2},
	} {
		r := rand.New(rand.NewPCG(7, 8))
		q := &Query{Workers: 2, Mem: mem.NewRoot(0).Child("query", 0)}
		a := &Aggregate{Keys: []int{0}, KeyTypes: []types.Type{types.TBigInt}, Mem: q.Mem}
		local, err := a.NewLocal(&Worker{Query: q})
		if err != nil {
			t.Fatal(err)
		}
		l := local.(*aggLocal)
		v := vector.New(types.TBigInt, vector.BatchSize)
		for at := 0; at < rows; at += vector.BatchSize {
			for k := range vector.Values[int64](v) {
				vector.Values[int64](v)[k] = c.key(r, at+k)
			}
			if err := l.Add(t.Context(), &vector.Batch{N: vector.BatchSize, Cols: []*vector.Vector{v}}); err != nil {
				t.Fatal(err)
			}
		}
		if l.seen == nil { // nothing was cut
			l.seen = newSeen()
		}
		sum := 0
		for _, s := range l.sealed {
			sum += s.t.groups()
		}
		if keys := float64(l.seen.Cardinality()); sum != l.sealedRows || float64(sum) > c.most*keys {
			t.Errorf("%s: %d rows sealed, noted %d, of %.0f keys", name, sum, l.sealedRows, keys)
		}
		if sum == 0 {
			t.Errorf("%s: nothing was sealed", name)
		}
		t.Logf("%s: %d rows sealed in %d tables, %d different; the table has %d", name, sum, len(l.sealed), l.seen.Cardinality(), l.t.groups())
	}
}
