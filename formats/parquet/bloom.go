package parquet

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
)

// This file is the split block Bloom filter (BloomFilter.md): which values a
// column chunk surely lacks. It is metadata, and a hint: one that cannot be read
// prunes nothing.

// maxBloom bounds a filter that is worth its read.
const maxBloom = 16 << 20

// bloomHeader bounds the header of a filter whose length the footer lacks. An
// encrypted one may be padded.
const bloomHeader = 256

// sealedMore is what a module takes more than its content: length, nonce, tag.
const sealedMore = 4 + nonceLen + tagLen

// readBloom finds the filter in bytes that begin with its header; need is how
// many there must be, 0 if they are no filter that is known. o opens an encrypted
// chunk's.
func readBloom(b []byte, o *chunkOpener) (filter bloomFilter, need int64) {
	head, rest, more := b, b, int64(0)
	if o != nil {
		var err error
		if head, rest, err = o.whole(b, moduleBloomHeader); err != nil {
			return nil, 0
		}
		more = sealedMore
	}
	header, size, ok := decodeBloomHeader(head)
	if !ok {
		return nil, 0
	}
	if o == nil {
		rest = b[header:]
	}
	need = int64(len(b)-len(rest)) + more + size
	switch {
	case int64(len(rest)) < more+size:
		return nil, need
	case o == nil:
		return bloomFilter(rest[:size]), need
	}
	bits, _, err := o.whole(rest, moduleBloomBits)
	if err != nil || int64(len(bits)) != size {
		return nil, 0
	}
	return bits, need
}

// maxPoints is how many values are looked for before a filter is hardly selective.
const maxPoints = 1000

// bloomSalt are the odd constants of the specification, one a word of a block.
var bloomSalt = [8]uint32{0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31}

// bloomFilter is the bit set of one column chunk: blocks of eight 32-bit words.
type bloomFilter []byte

// decodeBloomHeader reads a BloomFilterHeader and gives its length and the
// filter's; false if it is of a kind that the specification does not name.
func decodeBloomHeader(b []byte) (header int, size int64, ok bool) {
	t := &thrift{b: b}
	kinds := [5]int16{}
	t.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == tI32:
			size = int64(t.i32())
		case id >= 2 && id <= 4 && typ == tStruct:
			kinds[id] = decodeUnionID(t)
		default:
			t.skip(typ)
		}
	})
	ok = t.err == nil && kinds == [5]int16{0, 0, 1, 1, 1} && size > 0 && size%32 == 0 && size <= maxBloom
	return t.p, size, ok
}

// has reports whether a value with this hash may be in the chunk.
func (f bloomFilter) has(h uint64) bool {
	block := f[32*((h>>32)*uint64(len(f)/32)>>32):]
	key := uint32(h)
	for i, salt := range bloomSalt {
		if binary.LittleEndian.Uint32(block[4*i:])>>(key*salt>>27)&1 == 0 {
			return false
		}
	}
	return true
}

// bloomHashes gives the hashes of the values under which the file may know one
// of vals; false if a value's stored form is not certain. A value that the
// stored type cannot hold is in no chunk.
func bloomHashes(c *convert.Conv, vals []types.Value) ([]uint64, bool) {
	out := make([]uint64, 0, len(vals))
	for _, v := range vals {
		b, fits, ok := storedForm(c, v)
		if !ok {
			return nil, false
		}
		if fits {
			out = append(out, xxhash.Sum64(b))
		}
	}
	return out, true
}

// storedForm gives a value's bytes as PLAIN has them, without a length. fits is
// false if no stored value reads as v.
func storedForm(c *convert.Conv, v types.Value) (b []byte, fits, ok bool) {
	switch c.Op {
	case convert.OpBytes, convert.OpFixedText:
		text := c.To.Kind == types.Varchar || c.To.Kind == types.Varbinary
		return []byte(v.S), c.Op == convert.OpBytes || len(v.S) == c.From.Width, text
	case convert.OpCopy:
		switch c.To.Kind {
		case types.UUID:
			return v.UUID[:], true, true
		case types.Real, types.Double:
			return storedFloat(c.To.Kind, v.F)
		}
		return storedInt(c, v)
	case convert.OpInt:
		return storedInt(c, v)
	}
	return nil, false, false
}

// storedFloat refuses what equals several bit patterns.
func storedFloat(k types.Kind, f float64) (b []byte, fits, ok bool) {
	switch {
	case f == 0 || f != f:
		return nil, false, false
	case k == types.Real:
		return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(f))), float64(float32(f)) == f, true
	}
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)), true, true
}

func storedInt(c *convert.Conv, v types.Value) (b []byte, fits, ok bool) {
	if c.Div > 1 || v.Type.Phys().Width() > 8 || c.From.Phys != convert.PhysInt32 && c.From.Phys != convert.PhysInt64 {
		return nil, false, false // several stored values read as one
	}
	n := v.I
	if c.Mul > 1 {
		if n%c.Mul != 0 {
			return nil, false, true
		}
		n /= c.Mul
	}
	switch {
	case c.From.Phys == convert.PhysInt64:
		return binary.LittleEndian.AppendUint64(nil, uint64(n)), !c.From.Unsigned || n >= 0, true
	case c.From.Unsigned:
		return binary.LittleEndian.AppendUint32(nil, uint32(n)), n == int64(uint32(n)), true
	}
	return binary.LittleEndian.AppendUint32(nil, uint32(n)), n == int64(int32(n)), true
}

// bloomAsk is one filter to be read, and what to look for in it.
type bloomAsk struct {
	group  int
	at     byteRange
	hashes []uint64
	open   *chunkOpener // nil: it is plain
	col    int          // of the scan
}

// rule notes that a column's filter rules a group out.
func (s *Source) rule(gone map[int]bool, group, col int) {
	if !gone[group] {
		gone[group] = true
		formats.TellPrunedBy(s.req.Pred, formats.UnitRowGroup, 1, formats.ByBloom, col)
	}
}

// askBlooms drops row groups of the scan whose Bloom filters lack every value
// that the predicate wants in a column, and gives those of groups that stay.
func (s *Source) askBlooms(ctx context.Context, groups []int) ([]int, error) {
	asks, gone := s.bloomAsks(groups)
	if err := s.readBlooms(ctx, asks, gone); err != nil {
		return nil, err
	}
	if len(gone) == 0 {
		return groups, nil
	}
	drop := func(g int) bool { return gone[g] }
	s.groups = slices.DeleteFunc(s.groups, drop)
	return slices.DeleteFunc(groups, drop), nil
}

// bloomAsks finds the filters that are worth a read: shorter than what they may
// spare. gone gets the groups of which a filter need not even be read.
func (s *Source) bloomAsks(groups []int) (asks []bloomAsk, gone map[int]bool) {
	gone = map[int]bool{}
	if s.req.Pred == nil {
		return nil, gone
	}
	for _, col := range s.filter {
		b := s.cols[col].bind
		vals, ok := formats.PointsOf(s.req.Pred, col)
		if !ok || len(vals) > maxPoints || b.flat() == nil {
			continue
		}
		hashes, ok := bloomHashes(&b.conv, vals)
		if !ok {
			continue
		}
		for _, g := range groups {
			ch := &s.f.meta.groups[g].chunks[b.node.leaf]
			at := ch.bloom
			switch {
			case len(hashes) == 0:
				s.rule(gone, g, col)
			case at.off > 0 && at.off < s.f.info.Size-bloomHeader && at.len >= 0 && at.len < min(s.wanted(g), maxBloom):
				asks = append(asks, bloomAsk{g, at, hashes, ch.open, col})
			}
		}
	}
	return asks, gone
}

// readBlooms reads the filters, those without a length in two steps, and adds to
// gone the groups that they rule out.
func (s *Source) readBlooms(ctx context.Context, asks []bloomAsk, gone map[int]bool) error {
	for step := 0; step < 2 && len(asks) > 0; step++ {
		ranges := make([]store.Range, len(asks))
		for i, a := range asks {
			n := a.at.len
			if n == 0 {
				n = bloomHeader
			}
			ranges[i] = store.Range{Off: a.at.off, Len: min(n, s.f.info.Size-a.at.off)}
		}
		bufs, err := s.f.store.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), s.f.info, ranges)
		if err != nil {
			return err
		}
		var again []bloomAsk
		for i, a := range asks {
			filter, need := readBloom(bufs[i], a.open)
			switch {
			case filter != nil:
				if !filter.hasAny(a.hashes) {
					s.rule(gone, a.group, a.col)
				}
			case a.at.len == 0 && need > 0 && need < s.wanted(a.group):
				a.at.len = need
				again = append(again, a)
			}
		}
		asks = again
	}
	return nil
}

func (f bloomFilter) hasAny(hashes []uint64) bool {
	return slices.ContainsFunc(hashes, f.has)
}
