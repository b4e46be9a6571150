package mem

import "testing"

func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		live int64
		want int
	}{
		{0, 1600}, {4 << 20, 1600}, {64 << 20, 100}, {128 << 20, 100}, {192 << 20, 100}, {384 << 20, 50}, {1 << 30, 18}, {100 << 30, 5},
	} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("%d live bytes: %d %%, want %d", c.live, got, c.want)
		}
	}
}
