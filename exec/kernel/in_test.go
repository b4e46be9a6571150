package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestStringSet compares sets of strings, short ones that are numbers and others, with
// a search through their values.
func TestStringSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	word := func(most int) string {
		s := make([]byte, rng.IntN(most+1))
		for i := range s {
			s[i] = "ab\x00\xff"[rng.IntN(4)]
		}
		return string(s)
	}
	for range 500 {
		most := 1 + rng.IntN(maxImage+3)
		var vals []types.Value
		for range 1 + rng.IntN(30) {
			vals = append(vals, types.Value{S: word(most)})
		}
		v := vector.New(types.TVarchar, 0)
		for range 300 {
			v.AppendBytes([]byte(word(most + 1)))
		}
		want := rng.IntN(2) == 0
		var sel, expect vector.Sel
		for i := range v.Len {
			sel = append(sel, uint16(i))
			hit := slices.ContainsFunc(vals, func(x types.Value) bool { return x.S == string(v.Bytes(i)) })
			if hit == want {
				expect = append(expect, uint16(i))
			}
		}
		if got := newStringSet(vals).filter(v, want, sel); !slices.Equal(got, expect) {
			t.Fatalf("%q: rows %v, want %v", vals, got, expect)
		}
	}
}
