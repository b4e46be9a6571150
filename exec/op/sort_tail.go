package op

import (
	"bytes"
	"context"
	"encoding/binary"
)

// Paths, addresses and the like begin alike for longer than a normalized key
// reaches. Where the first key of all rows does, rows are sorted by 8 bytes of the
// whole strings instead, from the first byte on in which they differ: their tail.

// commonTail gives where the strings of the first key begin to differ, 0 if the
// normalized keys tell rows apart before that. skip is common's result.
func (s *sortKeys) commonTail(skip int) int {
	if !s.cut || s.n == 0 || s.long[0].ends == nil || skip < s.lay.exact-8 {
		return 0
	}
	first := s.long[0].row(0)
	n := len(first)
	for i := 1; i < s.n && n > 0; i++ {
		n = sharedPrefix(first[:n], s.long[0].row(i))
	}
	return n
}

// sharedPrefix counts the leading bytes in which two strings agree.
func sharedPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// lead8 gives the number that row i is sorted by first.
func (s *sortKeys) lead8(i, skip int) uint64 {
	if s.tail > 0 {
		return s.tail8(i, s.tail)
	}
	return s.first(i, skip)
}

// tail8 gives 8 bytes of row i's first string from byte at on as a number. What
// lies behind the string's end counts as zeros, so that numbers which differ are in
// the strings' order.
func (s *sortKeys) tail8(i, at int) uint64 {
	var x uint64
	if b := s.long[0].row(i)[at:]; len(b) >= 8 {
		x = binary.BigEndian.Uint64(b)
	} else {
		var buf [8]byte
		copy(buf[:], b)
		x = binary.BigEndian.Uint64(buf[:])
	}
	if s.lay.keys[0].Desc {
		return ^x
	}
	return x
}

// rekey makes the rows of runs comparable by their tails, if all runs begin alike.
// Otherwise the first bytes of the normalized keys stay.
func rekey(ctx context.Context, q *Query, runs []sortRun) error {
	tail := runs[0].keys.tail
	for _, r := range runs {
		if r.keys.tail == 0 {
			return nil
		}
		tail = min(tail, r.keys.tail)
	}
	first := runs[0].keys.long[0].row(0)[:tail]
	for _, r := range runs[1:] {
		tail = min(tail, sharedPrefix(first, r.keys.long[0].row(0)))
	}
	if tail == 0 {
		return nil
	}
	return forEach(ctx, q, len(runs), func(_ context.Context, k int) error {
		rows := runs[k].rows
		for i := range rows {
			rows[i].key = runs[k].keys.tail8(int(rows[i].row), tail)
		}
		return nil
	})
}
