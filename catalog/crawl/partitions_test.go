package crawl

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// TestRepeated holds what is found by sorting against looking at each pair.
func TestRepeated(t *testing.T) {
	keys := []catalog.Column{{Name: "month", Type: types.TInteger}, {Name: "code", Type: types.TVarchar}}
	r := rand.New(rand.NewPCG(2, 9))
	for range 50 {
		var leaves []leaf
		for range r.IntN(60) {
			month := fmt.Sprint(r.IntN(12))
			if r.IntN(3) == 0 {
				month = "0" + month
			}
			leaves = append(leaves, leaf{values: []string{month, []string{"1", "01", "x"}[r.IntN(3)]}})
		}
		want := map[int]int{}
		for i := range leaves {
			for k := range i {
				if compareTexts(keys, leaves[k].values, leaves[i].values) == 0 {
					want[i] = k
					break
				}
			}
		}
		if diff := cmp.Diff(want, repeated(keys, leaves), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", leaves, diff)
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{{"1", "01", true}, {"1", "001", false}, {"10", "1", false}, {"0", "00", true}} {
		if got := compareTexts(keys, []string{c.a, "x"}, []string{c.b, "x"}) == 0; got != c.same {
			t.Errorf("%s and %s are one value: %v", c.a, c.b, got)
		}
	}
}
