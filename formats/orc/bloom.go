package orc

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
)

// This file is Bloom filters (specification, "Bloom Filter Index"): which values
// a row group surely lacks. They are metadata, and a hint: one that cannot be
// decoded prunes nothing.

// maxPoints is how many values are looked for before a filter is hardly selective.
const maxPoints = 1000

// maxBloom bounds the filters of a column in a stripe that are worth their read.
const maxBloom = 16 << 20

// Writers, as the footer names them (orc_proto.proto, Footer.writer).
const (
	writerJava = 0
	writerCPP  = 1
)

// bloomFilter is the bit set of one row group, and how many bits a value sets.
type bloomFilter struct {
	bits []byte // words of eight bytes, little endian
	k    int
}

// decodeBlooms reads a BloomFilterIndex: a filter for each row group. A filter
// that is malformed has no bits.
func decodeBlooms(b []byte) (out []bloomFilter, err error) {
	err = each(b, func(m *message) {
		if m.num != 1 {
			return
		}
		var f bloomFilter
		m.err = each(m.data, func(in *message) {
			switch {
			case in.num == 1:
				f.k = int(min(in.v, 1<<10))
			case in.num == 2 && in.wire == wire64:
				f.bits = binary.LittleEndian.AppendUint64(f.bits, in.v)
			case in.num == 2 || in.num == 3: // packed words are the bytes of field 3
				f.bits = in.data
			}
		})
		if f.k < 1 || f.k > 64 || len(f.bits)%8 != 0 || len(f.bits) > math.MaxInt32/8 {
			f = bloomFilter{}
		}
		out = append(out, f)
	})
	return out, err
}

// has reports whether a value with this hash may be in the row group. The
// arithmetic is that of Java's int.
func (f bloomFilter) has(h uint64) bool {
	if len(f.bits) == 0 {
		return true
	}
	h1, h2 := int32(h), int32(h>>32)
	for range f.k {
		h1 += h2
		at := h1
		if at < 0 {
			at = ^at
		}
		at %= int32(len(f.bits) * 8)
		if f.bits[at>>3]>>(at&7)&1 == 0 {
			return false
		}
	}
	return true
}

// hasAny reports whether one of some hashes may be there.
func (f bloomFilter) hasAny(hashes []uint64) bool {
	for _, h := range hashes {
		if f.has(h) {
			return true
		}
	}
	return false
}

// hashLong is Thomas Wang's hash of 64 bits, with the signed shifts of Java.
func hashLong(n int64) uint64 {
	n = ^n + n<<21
	n ^= n >> 24
	n += n<<3 + n<<8
	n ^= n >> 14
	n += n<<2 + n<<4
	n ^= n >> 28
	n += n << 31
	return uint64(n)
}

// hashText is the half of Murmur3 with 128 bits that Hive made, with its seed.
func hashText(b string) uint64 {
	const c1, c2, seed = 0x87c37b91114253d5, 0x4cf5ad432745937f, 104729
	mix := func(k uint64) uint64 { return bits.RotateLeft64(k*c1, 31) * c2 }
	h, n := uint64(seed), uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h ^= mix(binary.LittleEndian.Uint64([]byte(b[:8])))
		h = bits.RotateLeft64(h, 27)*5 + 0x52dce729
	}
	if len(b) > 0 {
		var tail [8]byte
		copy(tail[:], b)
		h ^= mix(binary.LittleEndian.Uint64(tail[:]))
	}
	h ^= n
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// bloomStream gives the kind of stream whose filters can be trusted for a column;
// false if there is none. The older kind has text in the writer's own charset and
// is not used for it.
func (f *File) bloomStream(n *node, has func(streamKind) bool) (streamKind, bool) {
	if f.foot.writer == writerCPP && !goodBlooms(f.foot.software) {
		return 0, false
	}
	switch n.kind {
	case kindByte, kindShort, kindInt, kindLong, kindDate, kindDouble:
		for _, k := range []streamKind{streamBloomUTF8, streamBloom} {
			if has(k) {
				return k, true
			}
		}
	case kindString, kindVarchar, kindBinary:
		return streamBloomUTF8, has(streamBloomUTF8)
	}
	return 0, false
}

// goodBlooms reports whether a release of the C++ writer made filters that other
// readers understand: those before 1.6.12, and 1.7.0, shifted without sign.
func goodBlooms(version string) bool {
	var v [3]int
	for i, part := range strings.SplitN(version, ".", 3) {
		digits := 0
		for ; digits < len(part) && part[digits] >= '0' && part[digits] <= '9' && digits < 6; digits++ {
			v[i] = v[i]*10 + int(part[digits]-'0')
		}
		if digits == 0 {
			return false
		}
	}
	switch major, minor, patch := v[0], v[1], v[2]; {
	case major > 1 || minor > 7:
		return major >= 1
	case minor == 7:
		return patch > 0
	}
	return v[0] == 1 && v[1] == 6 && v[2] > 11
}

// bloomHashes gives the hashes of the values under which a file may know one of
// vals; false if a value's stored form is not certain.
func bloomHashes(n *node, c *convert.Conv, vals []types.Value) ([]uint64, bool) {
	out := make([]uint64, 0, len(vals))
	for _, v := range vals {
		h, ok := bloomHash(n, c, v)
		if !ok {
			return nil, false
		}
		out = append(out, h)
	}
	return out, true
}

func bloomHash(n *node, c *convert.Conv, v types.Value) (uint64, bool) {
	switch n.kind {
	case kindByte, kindShort, kindInt, kindLong:
		return hashLong(v.I), c.To.IsInteger() && c.Mul == 1 && c.Div == 1
	case kindDate:
		return hashLong(v.I), c.Op == convert.OpCopy
	case kindDouble:
		return hashLong(int64(math.Float64bits(v.F))), c.Op == convert.OpCopy && v.F != 0 && v.F == v.F // others have several forms
	case kindString, kindVarchar, kindBinary:
		return hashText(v.S), c.Op == convert.OpBytes && (c.To.Kind == types.Varchar || c.To.Kind == types.Varbinary)
	}
	return 0, false
}

// bloomAsk is what to look for in the filters of one column.
type bloomAsk struct {
	hashes []uint64
	groups []bloomFilter
	col    int // of the scan
}

// askBlooms gives the filters of the predicate's columns that must have one of a
// few values; a filter that would cost more than the scan is not read.
func (s *stripe) askBlooms(ctx context.Context, p formats.Predicate, cols []*scanCol) ([]bloomAsk, error) {
	var asks []bloomAsk
	var ranges []store.Range
	worth := int64(-1)
	for _, c := range p.Columns() {
		b := cols[c].bind
		vals, ok := formats.PointsOf(p, c)
		if !ok || len(vals) > maxPoints || b.node == nil || b.kids != nil || !s.f.ownRows(b.node) {
			continue
		}
		kind, ok := s.f.bloomStream(b.node, func(k streamKind) bool { return s.streams[streamKey{uint64(b.node.col), k}].Len > 0 })
		if !ok {
			continue
		}
		hashes, ok := bloomHashes(b.node, &b.conv, vals)
		if !ok {
			continue
		}
		if worth < 0 {
			worth = min(s.stored(cols), maxBloom)
		}
		if rg := s.streams[streamKey{uint64(b.node.col), kind}]; rg.Len < worth {
			asks, ranges = append(asks, bloomAsk{hashes: hashes, col: c}), append(ranges, rg)
			worth -= rg.Len
		}
	}
	if len(asks) == 0 {
		return nil, nil
	}
	bufs, err := s.f.store.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), s.f.info, ranges)
	if err != nil {
		return nil, err
	}
	for i, b := range bufs {
		if plain, err := s.f.inflate(b); err == nil {
			if groups, err := decodeBlooms(plain); err == nil && len(groups) == s.groups() {
				asks[i].groups = groups
			}
		}
	}
	return asks, nil
}

// stored counts the bytes of the streams that columns read.
func (s *stripe) stored(cols []*scanCol) (n int64) {
	read := map[int]bool{}
	for _, c := range cols {
		for _, k := range c.bind.columns(nil) {
			read[k] = true
		}
	}
	for k, rg := range s.streams {
		if k.kind < numStreams && read[int(k.column)] {
			n += rg.Len
		}
	}
	return n
}

// lacks gives the column of the scan whose filter rules a row group out, -1 if none
// does.
func lacks(asks []bloomAsk, group int) int {
	for _, a := range asks {
		if a.groups != nil && !a.groups[group].hasAny(a.hashes) {
			return a.col
		}
	}
	return -1
}
