package convert

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
)

// TestCutBounds cuts random texts, UTF-8 or not: the bounds made of those of the
// whole texts hold, and where they say that they are exact they are.
func TestCutBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "é", "€", "\xe2", "\x82", "\xff", "𝄞", " "}
	for range 20_000 {
		var whole, short []string
		n := int32(1 + rng.IntN(3))
		for range 1 + rng.IntN(4) {
			s := ""
			for range rng.IntN(5) {
				s += pieces[rng.IntN(len(pieces))]
			}
			whole, short = append(whole, s), append(short, string(textval.Cut([]byte(s), n)))
		}
		text := func(s string) types.Value { return types.Value{Type: types.TVarchar, S: s} }
		b := cutBounds(formats.Bounds{HasMinMax: true, Min: text(slices.Min(whole)), Max: text(slices.Max(whole)), MinExact: true, MaxExact: true}, n)
		least, most := slices.Min(short), slices.Max(short)
		if b.Min.S > least || b.Max.S < most || b.MinExact && b.Min.S != least || b.MaxExact && b.Max.S != most {
			t.Fatalf("%q cut to %d: bounds %q (exact %t) and %q (exact %t) of %q", whole, n, b.Min.S, b.MinExact, b.Max.S, b.MaxExact, short)
		}
	}
}
