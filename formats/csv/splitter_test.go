package csv

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSplitterAgainstGeneral splits random text a piece at a time and byte by byte:
// quotes that open and close anywhere in a piece, escapes, blank lines, records longer
// and shorter than a word, ends in the middle of all of them.
func TestSplitterAgainstGeneral(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	alphabet := []string{",", ",", "\n", "\n", "\r\n", "\"", "\"\"", "\",\"", "\\", "\\\n", "\\\"", "a", "bc", "0123456789012345678901234567890123456789012345678901234567890123456789"}
	dialects := []dialect{
		{delim: ',', quote: '"', escape: '"'},
		{delim: ',', quote: '"', escape: '\\', keepBlank: true},
		{delim: ',', quote: '"', escape: '"', multi: multiNo},
		{delim: ',', outside: '\\', multi: multiNo, keepBlank: true},
		{delim: ','},
	}
	for i := range 4000 {
		d := &dialects[i%len(dialects)]
		some := alphabet[:1+r.IntN(len(alphabet))]
		if r.IntN(2) == 0 {
			some = append(slices.Clone(some), "abc", "defghijk", "l", "mn")
		}
		var b []byte
		for range r.IntN(3000) {
			b = append(b, some[r.IntN(len(some))]...)
		}
		sameSplit(t, d, b, 1+r.IntN(len(b)+1), 1+r.IntN(2000), r.IntN(6), r.IntN(2) == 0)
	}
}

func sameSplit(t *testing.T, d *dialect, b []byte, limit, maxRows, width int, eof bool) {
	t.Helper()
	split := func(run func(*state)) (*splitter, int) {
		s := &splitter{d: d, width: width, unclosed: -1, start: make([]uint32, maxRows), ends: make([]uint32, maxRows*width)}
		if width > 0 && maxRows%2 == 0 {
			s.rest = width
		}
		st := state{s: s, b: b, limit: min(limit, len(b)), maxRows: maxRows, eof: eof}
		run(&st)
		return s, st.rec
	}
	got, gotUsed := split((*state).run)
	want, wantUsed := split((*state).runGeneral)
	n := want.rows
	if gotUsed != wantUsed || got.rows != n || got.unclosed != want.unclosed ||
		!slices.Equal(got.start[:n], want.start[:n]) || !slices.Equal(got.ends[:n*width], want.ends[:n*width]) {
		t.Fatalf("%+v, limit %d, %d rows, width %d, eof %t: %d rows in %d bytes, want %d in %d\n%v\n%v\n%q", *d, limit, maxRows, width, eof, got.rows, gotUsed, n, wantUsed,
			got.ends[:min(got.rows, n)*width], want.ends[:min(got.rows, n)*width], b)
	}
}
