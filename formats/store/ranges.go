package store

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
)

// MergeGap is the largest gap that is read along between two ranges of
// metadata (footers, indexes): one round trip costs more than a megabyte.
//
// Ranges of data merge where they touch or overlap, and, in a bucket, over gaps
// that are small beside what they spare (S3.dataGap). What a gap holds is thrown
// away and never counts as scanned: the scan of a column is that column's bytes,
// no more.
const MergeGap = 1 << 20

// maxDataGap bounds the gaps between ranges of data that are read along, whatever
// a request costs.
const maxDataGap = 512 << 10

// gapRule says which gaps are read along: those of at most limit bytes, that are
// at most a share-th of the wanted bytes around them. Share 0: whatever these are.
type gapRule struct{ limit, share int64 }

func (g gapRule) allows(gap, wanted int64) bool {
	return gap <= g.limit && (gap == 0 || g.share == 0 || gap*g.share <= wanted)
}

// maxMerged bounds what touching ranges are merged into. Longer ones are split
// for parallel reading anyway, and one slice that is kept alive keeps the
// whole merged buffer alive.
const maxMerged = 16 << 20

// span is a run of bytes that is read at once, and the wanted ranges in it.
type span struct {
	Range
	wants []int // positions in the list of wanted ranges, by offset
	along int64 // bytes that no wanted range has
}

// gapFor gives the gaps that a read of this kind may bridge without looking at
// what requests cost.
func gapFor(ctx context.Context) gapRule {
	if KindOf(ctx) == ReadFooter {
		return gapRule{limit: MergeGap}
	}
	return gapRule{}
}

// merge groups ranges into spans: ranges that overlap always, ranges with a gap
// that the rule allows while the span stays under maxMerged. Empty ranges are in
// no span. The spans are in order and do not overlap.
func merge(rs []Range, gaps gapRule) []span {
	order := make([]int, 0, len(rs))
	for i, r := range rs {
		if r.Len > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, rs[a].Off-rs[b].Off))) })
	var out []span
	for _, i := range order {
		r := rs[i]
		if n := len(out); n > 0 {
			s := &out[n-1]
			end := s.Off + s.Len
			total := max(end, r.Off+r.Len) - s.Off
			gap := max(r.Off-end, 0)
			if r.Off < end || gaps.allows(gap, s.Len-s.along+r.Len) && total <= maxMerged {
				s.Len = total
				s.along += gap
				s.wants = append(s.wants, i)
				continue
			}
		}
		out = append(out, span{Range: r, wants: []int{i}})
	}
	return out
}

// scatter cuts a span's bytes into the wanted slices. Ranges that share bytes
// get copies, because every slice is its caller's to write.
func (s span) scatter(buf []byte, rs []Range, out [][]byte) {
	if len(s.wants) == 1 {
		out[s.wants[0]] = buf
		return
	}
	used := s.Off
	for _, i := range s.wants {
		r := rs[i]
		b := buf[r.Off-s.Off : r.Off-s.Off+r.Len : r.Off-s.Off+r.Len]
		if r.Off < used {
			b = slices.Clone(b)
		}
		out[i] = b
		used = max(used, r.Off+r.Len)
	}
}

// pieces cuts a range into parts of at most size bytes, all about equal.
func pieces(r Range, size int64) []Range {
	n := (r.Len + size - 1) / size
	out := make([]Range, 0, n)
	for i := range n {
		lo, hi := r.Len*i/n, r.Len*(i+1)/n
		out = append(out, Range{r.Off + lo, hi - lo})
	}
	return out
}

func total(spans []span) (n int64) {
	for _, s := range spans {
		n += s.Len
	}
	return n
}

// along is how much of the spans nobody wants.
func along(spans []span) (n int64) {
	for _, s := range spans {
		n += s.along
	}
	return n
}

// wantedIn is how many bytes of the first n of a part of the span are wanted by one
// of rs, the first of the ranges that spans were made of.
func (s span) wantedIn(part Range, n int64, rs []Range) (wanted int64) {
	at, end := part.Off, part.Off+n
	for _, i := range s.wants { // by offset; they may overlap
		if i >= len(rs) {
			continue
		}
		from, to := max(rs[i].Off, at), min(rs[i].Off+rs[i].Len, end)
		if to > from {
			wanted += to - from
			at = to
		}
	}
	return wanted
}

// checkRanges refuses ranges that the object cannot have: they come from
// metadata that lies.
func checkRanges(url string, size int64, rs []Range) error {
	for _, r := range rs {
		if r.Off < 0 || r.Len < 0 || r.Off > size || r.Len > size-r.Off {
			return fault.Corrupt(url, "%d bytes at offset %d are outside the object of %d bytes", r.Len, r.Off, size)
		}
	}
	return nil
}

// giveBack returns what was reserved and not read to the meter.
func giveBack(ctx context.Context, n int64) {
	if n > 0 {
		_ = Reserve(context.WithoutCancel(ctx), -n) // giving back cannot be refused
	}
}

// reserveRequest tells the meter of one listing or Stat.
func reserveRequest(ctx context.Context) error {
	return Reserve(WithReadKind(ctx, ReadList), 1)
}
