package parquet

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/formats/vector"
)

// TestDictFilter compares the rows that a dictionary's answers select with those that
// pass one by one: all rows and some, with NULLs and without.
func TestDictFilter(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 5000 {
		dict, n := 1+rng.IntN(300), 1+rng.IntN(300)
		bits := vector.NewBitmap(dict)
		for i := range dict {
			if rng.IntN(3) > 0 {
				bits.Set(i)
			}
		}
		d := dictFilter{keep: make([]uint8, dict), null: uint8(rng.IntN(2))}
		bitsToBytes(d.keep, bits)
		v := vector.Vector{Form: vector.Dict, Len: n, Codes: make([]uint32, n)}
		for i := range v.Codes {
			v.Codes[i] = uint32(rng.IntN(dict))
		}
		if rng.IntN(2) == 0 {
			v.Valid = vector.NewBitmap(n)
			for i := range n {
				if rng.IntN(5) > 0 {
					v.Valid.Set(i)
				}
			}
		}
		var in, all vector.Sel
		for i := range n {
			all = append(all, uint16(i))
			if rng.IntN(2) == 0 {
				in = append(in, uint16(i))
			}
		}
		passes := func(i uint16) bool {
			if v.Valid != nil && !v.Valid.Get(int(i)) {
				return d.null == 1
			}
			return bits.Get(int(v.Codes[i]))
		}
		for _, sel := range []vector.Sel{nil, in} {
			var want vector.Sel
			for _, i := range all {
				if (sel == nil || slices.Contains(in, i)) && passes(i) {
					want = append(want, i)
				}
			}
			if got := d.apply(nil, &v, sel); !slices.Equal(got, want) {
				t.Fatalf("%d of %d rows, NULLs %v: %v, want %v", len(sel), n, v.Valid != nil, got, want)
			}
		}
	}
}
