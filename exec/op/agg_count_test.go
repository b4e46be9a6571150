package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestHashCount(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 100, 3000, 8000, 100_000, 1_000_000} {
		var c hashCount
		for range n {
			h := r.Uint64()
			c.add(h)
			c.add(h)
		}
		if got := c.count(); math.Abs(got-float64(n)) > 0.08*float64(n) {
			t.Errorf("%d hashes: counted %.0f", n, got)
		}
	}
}
