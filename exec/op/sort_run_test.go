package op

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRadixSortFirst compares the first rows with those of a sort of all.
func TestRadixSortFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	compare := func(a, b sortRow) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row)) }
	for range 600 {
		n := 1 + r.IntN(3000)
		distinct := uint64(1 + r.IntN(n))
		rows := make([]sortRow, n)
		for i := range rows {
			rows[i] = sortRow{key: r.Uint64N(distinct) << r.IntN(40), row: uint32(r.IntN(1 << 30)), run: uint32(i)}
		}
		want := slices.Clone(rows)
		slices.SortFunc(want, compare)
		k := min(r.IntN(2*n), n)
		if r.IntN(2) == 0 {
			k = min(k, r.IntN(40))
		}
		radixSort(rows, make([]sortRow, n), 56, k, compare)
		same := func(a, b sortRow) bool { return a.key == b.key && a.row == b.row }
		if !slices.EqualFunc(rows[:k], want[:k], same) {
			t.Fatalf("first %d of %d rows are not in order", k, n)
		}
		slices.SortFunc(rows, compare)
		if !slices.EqualFunc(rows, want, same) {
			t.Fatalf("rows of %d are missing", n)
		}
	}
}
