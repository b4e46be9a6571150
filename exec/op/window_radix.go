package op

import (
	"cmp"
	"context"
	"slices"
)

// topBits is by how many leading bits rows are first dealt out, into parts that are
// then sorted in parallel.
const topBits = 11

// sortPacked sorts rows by keys of so many bits, keeping the order of equal ones. The
// result may be rows or other memory.
func sortPacked(ctx context.Context, q *Query, rows []packedRow, bits int) ([]packedRow, error) {
	if len(rows) < 1<<12 {
		slices.SortFunc(rows, comparePacked)
		return rows, nil
	}
	top := min(topBits, bits)
	out, ends, err := deal(ctx, q, rows, bits-top, top)
	if err != nil || bits == top {
		return out, err
	}
	return out, forEach(ctx, q, len(ends), func(_ context.Context, i int) error {
		from := 0
		if i > 0 {
			from = ends[i-1]
		}
		sortPart(out[from:ends[i]], rows[from:ends[i]], bits-top)
		return nil
	})
}

func comparePacked(a, b packedRow) int {
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c
	}
	return cmp.Compare(a.row, b.row)
}

// deal gives the rows by the digit of so many bits above shift, and where each
// digit's rows end. Each worker deals out a piece of its own.
func deal(ctx context.Context, q *Query, rows []packedRow, shift, width int) ([]packedRow, []int, error) {
	digits := 1 << width
	mask := uint64(digits - 1)
	pieces := max(1, q.Workers)
	size := (len(rows) + pieces - 1) / pieces
	count := make([][]int, pieces)
	piece := func(w int) []packedRow { return rows[min(w*size, len(rows)):min((w+1)*size, len(rows))] }
	err := forEach(ctx, q, pieces, func(_ context.Context, w int) error {
		c := make([]int, digits)
		for _, r := range piece(w) {
			c[r.key>>shift&mask]++
		}
		count[w] = c
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	ends := make([]int, digits)
	at := 0
	for d := range digits {
		for w := range pieces {
			n := count[w][d]
			count[w][d] = at
			at += n
		}
		ends[d] = at
	}
	out := make([]packedRow, len(rows))
	err = forEach(ctx, q, pieces, func(_ context.Context, w int) error {
		c := count[w]
		for _, r := range piece(w) {
			d := r.key >> shift & mask
			out[c[d]] = r
			c[d]++
		}
		return nil
	})
	return out, ends, err
}

// sortPart sorts a by its lowest bits; tmp is as long.
func sortPart(a, tmp []packedRow, bits int) {
	switch {
	case len(a) < 2:
		return
	case len(a) <= smallSort:
		slices.SortFunc(a, comparePacked)
		return
	case len(a) > 1<<16 && bits > 8:
		splitPart(a, tmp, bits)
		return
	}
	from, to := a, tmp
	for shift := 0; shift < bits; shift += 8 {
		if countDigit(from, to, shift, min(8, bits-shift)) {
			from, to = to, from
		}
	}
	if &from[0] != &a[0] {
		copy(a, from)
	}
}

// splitPart deals out a large part by its next 8 bits first.
func splitPart(a, tmp []packedRow, bits int) {
	bits -= 8
	if !countDigit(a, tmp, bits, 8) {
		sortPart(a, tmp, bits)
		return
	}
	for from := 0; from < len(a); {
		to := from + 1
		for to < len(a) && tmp[to].key>>bits&0xFF == tmp[from].key>>bits&0xFF {
			to++
		}
		sortPart(tmp[from:to], a[from:to], bits)
		from = to
	}
	copy(a, tmp)
}

// countDigit sorts from into to by one digit; false if all have the same, and
// nothing was done.
func countDigit(from, to []packedRow, shift, width int) bool {
	var count [256]int
	mask := uint64(1)<<width - 1
	for i := range from {
		count[from[i].key>>shift&mask]++
	}
	if count[from[0].key>>shift&mask] == len(from) {
		return false
	}
	at := 0
	for d, n := range count {
		count[d] = at
		at += n
	}
	for i := range from {
		d := from[i].key >> shift & mask
		to[count[d]] = from[i]
		count[d]++
	}
	return true
}
