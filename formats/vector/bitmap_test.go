package vector

import (
	"math/rand/v2"
	"testing"
)

// TestBitmapAgainstBools compares every operation with a slice of booleans.
func TestBitmapAgainstBools(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 2000 {
		n := r.IntN(200)
		b, want := NewBitmap(n), make([]bool, n)
		if r.IntN(2) == 0 {
			b.SetAll(n)
			for i := range want {
				want[i] = true
			}
		}
		for range r.IntN(10) {
			if n == 0 {
				break
			}
			i := r.IntN(n)
			if want[i] = r.IntN(2) == 0; want[i] {
				b.Set(i)
			} else {
				b.Clear(i)
			}
		}
		count, all := 0, true
		for i, w := range want {
			if b.Get(i) != w {
				t.Fatalf("bit %d of %d is %v", i, n, !w)
			}
			all = all && w
			if w {
				count++
			}
		}
		if b.Count(n) != count || b.All(n) != all {
			t.Fatalf("%d bits: count %d, all %v; want %d, %v", n, b.Count(n), b.All(n), count, all)
		}
		more := b.Extend(n, n+70)
		for i := n; i < n+70; i++ {
			if !more.Get(i) {
				t.Fatalf("bit %d added by Extend is 0", i)
			}
		}
	}
}
