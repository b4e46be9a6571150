package store

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestMerge(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name string
		rs   []Range
		gap  int64
		want []span
	}{
		{"none", nil, 0, nil},
		{"empty ranges", []Range{{5, 0}, {9, 0}}, mib, nil},
		{"touching", []Range{{0, 10}, {10, 5}}, 0, []span{{Range{0, 15}, []int{0, 1}, 0}}},
		{"a gap of one byte", []Range{{0, 10}, {11, 5}}, 0, []span{{Range{0, 10}, []int{0}, 0}, {Range{11, 5}, []int{1}, 0}}},
		{"out of order", []Range{{10, 5}, {0, 10}}, 0, []span{{Range{0, 15}, []int{1, 0}, 0}}},
		{"inside another", []Range{{0, 100}, {10, 5}}, 0, []span{{Range{0, 100}, []int{0, 1}, 0}}},
		{"twice the same", []Range{{7, 3}, {7, 3}}, 0, []span{{Range{7, 3}, []int{0, 1}, 0}}},
		{"gap bridged", []Range{{0, 10}, {10 + mib, 5}}, mib, []span{{Range{0, 15 + mib}, []int{0, 1}, mib}}},
		{"gap too wide", []Range{{0, 10}, {11 + mib, 5}}, mib, []span{{Range{0, 10}, []int{0}, 0}, {Range{11 + mib, 5}, []int{1}, 0}}},
		{"touching but long", []Range{{0, 10 * mib}, {10 * mib, 10 * mib}}, 0,
			[]span{{Range{0, 10 * mib}, []int{0}, 0}, {Range{10 * mib, 10 * mib}, []int{1}, 0}}},
		{"overlapping and long", []Range{{0, 10 * mib}, {9 * mib, 10 * mib}}, 0, []span{{Range{0, 19 * mib}, []int{0, 1}, 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, merge(tt.rs, gapRule{limit: tt.gap}), cmp.AllowUnexported(span{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMergeRandom checks against the definition: every wanted byte is in
// exactly one span, no span starts or ends with a byte that nobody wants, and
// the slices cut from the spans are the wanted ones.
func TestMergeRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for range 3000 {
		rs := make([]Range, r.IntN(8))
		for i := range rs {
			off := r.Int64N(1000)
			rs[i] = Range{off, r.Int64N(min(1000-off, 120) + 1)}
		}
		gap := int64(r.IntN(3) * 20)
		spans := merge(rs, gapRule{limit: gap})
		out := make([][]byte, len(rs))
		end := int64(-1)
		for _, s := range spans {
			if s.Off < end {
				t.Fatalf("%v gap %d: spans overlap: %v", rs, gap, spans)
			}
			end = s.Off + s.Len
			s.scatter(append([]byte(nil), data[s.Off:end]...), rs, out)
		}
		var wanted [1000]bool
		for i, w := range rs {
			if got, want := string(out[i]), string(data[w.Off:w.Off+w.Len]); got != want {
				t.Fatalf("%v gap %d: range %d is wrong", rs, gap, i)
			}
			for p := w.Off; p < w.Off+w.Len; p++ {
				wanted[p] = true
			}
		}
		for _, s := range spans {
			run := int64(0)
			for p := s.Off; p < s.Off+s.Len; p++ {
				if run++; wanted[p] {
					run = 0
				}
				if run > gap {
					t.Fatalf("%v gap %d: span %v reads more than the gap", rs, gap, s)
				}
			}
		}
		for i := range out { // no slice shares memory with another
			for j := range out[i] {
				out[i][j] ^= 0xff
			}
		}
		for i, w := range rs {
			for j, b := range out[i] {
				if b != data[w.Off+int64(j)]^0xff {
					t.Fatalf("%v gap %d: ranges share memory", rs, gap)
				}
			}
		}
	}
}

func TestPieces(t *testing.T) {
	tests := []struct {
		r    Range
		size int64
		want []Range
	}{
		{Range{5, 10}, 10, []Range{{5, 10}}},
		{Range{5, 11}, 10, []Range{{5, 5}, {10, 6}}},
		{Range{0, 3}, 1, []Range{{0, 1}, {1, 1}, {2, 1}}},
		{Range{9, 0}, 10, []Range{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, pieces(tt.r, tt.size)); diff != "" {
			t.Errorf("%v: %s", tt.r, diff)
		}
	}
}

func TestGapByKind(t *testing.T) {
	ctx := context.Background()
	if g := gapFor(ctx); g != (gapRule{}) {
		t.Errorf("data gap = %d, want 0: a gap counts as scanned", g)
	}
	if g := gapFor(WithReadKind(ctx, ReadFooter)); g != (gapRule{limit: MergeGap}) {
		t.Errorf("footer gap = %d, want %d", g, MergeGap)
	}
}

func TestBuffers(t *testing.T) {
	for _, n := range []int{0, 1, 4096, 4097, 1 << 20, 1<<26 + 1} {
		b := Buffer(n)
		if len(b) != n {
			t.Fatalf("Buffer(%d) has %d bytes", n, len(b))
		}
		Recycle(b)
	}
	Recycle(nil)
	Recycle(make([]byte, 5000)[:10:4999])
	if b := Buffer(5000); cap(b) != 8192 {
		t.Errorf("cap = %d, want the class's 8192", cap(b))
	}
}

// TestMergeDataGaps bridges gaps that are small beside what is wanted around them,
// and counts only what is wanted.
func TestMergeDataGaps(t *testing.T) {
	rs := []Range{{0, 1000}, {1100, 1000}, {3000, 10}, {3005, 995}}
	spans := merge(rs, gapRule{limit: 500, share: 4})
	want := []span{{Range{0, 2100}, []int{0, 1}, 100}, {Range{3000, 1000}, []int{2, 3}, 0}}
	if diff := cmp.Diff(want, spans, cmp.AllowUnexported(span{})); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		part Range
		n    int64
		want int64
	}{{Range{0, 2100}, 2100, 2000}, {Range{0, 2100}, 1050, 1000}, {Range{0, 2100}, 1101, 1001}, {Range{1050, 1050}, 60, 10}} {
		if got := spans[0].wantedIn(tt.part, tt.n, rs); got != tt.want {
			t.Errorf("%d bytes of %v: %d wanted, want %d", tt.n, tt.part, got, tt.want)
		}
	}
}
