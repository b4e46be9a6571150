package sketch

import (
	"encoding/binary"
	"math"
	"slices"
)

const (
	setDigestFormat = 1
	setDigestBits   = 11 // buckets of its HyperLogLog, as in Trino
	setDigestHashes = 8192
)

// SetDigest summarizes a set of hashes, for comparisons of sets: the least hashes
// with how often each was seen (MinHash, Broder 1997) and an HLL. As long as there
// are fewer distinct hashes than it keeps, it knows the set.
type SetDigest struct {
	hll    *HLL
	most   int // hashes that are kept
	counts map[int64]int16
	bound  int64 // greater hashes are not kept any more
}

// NewSetDigest makes an empty digest.
func NewSetDigest() *SetDigest {
	return &SetDigest{hll: NewHLL(setDigestBits), most: setDigestHashes, counts: map[int64]int16{}, bound: math.MaxInt64}
}

// DecodeSetDigest reads Trino's format.
func DecodeSetDigest(b []byte) (*SetDigest, error) {
	r := &reader{what: "SetDigest", b: b}
	format := r.u8()
	raw := r.take(int(r.u32()))
	most, n := int(int32(r.u32())), int(int32(r.u32()))
	if r.bad {
		return nil, r.end()
	}
	if format != setDigestFormat {
		return nil, r.fail("format %d is not known", format)
	}
	if most < 1 || n > most {
		return nil, r.fail("it has %d hashes of at most %d", n, most)
	}
	keys, counts := r.take(8*n), r.take(2*n)
	if err := r.end(); err != nil {
		return nil, err
	}
	h, err := DecodeHLL(raw)
	if err != nil {
		return nil, err
	}
	s := &SetDigest{hll: h, most: most, counts: make(map[int64]int16, n), bound: math.MaxInt64}
	for i := range n {
		s.counts[int64(binary.LittleEndian.Uint64(keys[8*i:]))] = int16(binary.LittleEndian.Uint16(counts[2*i:]))
	}
	if len(s.counts) < n {
		return nil, r.fail("a hash occurs twice")
	}
	if n == most {
		s.bound = slices.Max(s.Hashes())
	}
	return s, nil
}

// AppendTo appends the digest in Trino's format.
func (s *SetDigest) AppendTo(b []byte) []byte {
	hll := s.hll.AppendTo(nil)
	keys := s.Hashes()
	b = append(binary.LittleEndian.AppendUint32(append(b, setDigestFormat), uint32(len(hll))), hll...)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.most))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(keys)))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, uint64(k))
	}
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint16(b, uint16(s.counts[k]))
	}
	return b
}

// Size gives the bytes that the digest takes in memory, about.
func (s *SetDigest) Size() int { return 64 + s.hll.Size() + 24*len(s.counts) }

// AddHash adds a value by its hash (Hash64).
func (s *SetDigest) AddHash(x uint64) {
	s.hll.AddHash(x)
	s.count(int64(x), 1)
}

func (s *SetDigest) count(key int64, n int) {
	if key > s.bound {
		return
	}
	s.counts[key] = int16(min(int(s.counts[key])+n, math.MaxInt16))
	if len(s.counts) > 2*s.most {
		s.prune()
	}
}

// prune leaves the least hashes. Greater ones never come back: what is kept only
// gets less.
func (s *SetDigest) prune() {
	if len(s.counts) < s.most {
		return
	}
	keys := s.sorted()
	for _, k := range keys[s.most:] {
		delete(s.counts, k)
	}
	s.bound = keys[s.most-1]
}

func (s *SetDigest) sorted() []int64 {
	keys := make([]int64, 0, len(s.counts))
	for k := range s.counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Hashes gives the hashes that are kept, ascending.
func (s *SetDigest) Hashes() []int64 {
	s.prune()
	return s.sorted()
}

// Count gives how often a hash of Hashes was seen, at most 32767.
func (s *SetDigest) Count(hash int64) int16 { return s.counts[hash] }

// Merge adds what another digest has seen.
func (s *SetDigest) Merge(o *SetDigest) error {
	if err := s.hll.Merge(o.hll); err != nil {
		return err
	}
	for _, k := range o.Hashes() {
		s.count(k, int(o.counts[k]))
	}
	return nil
}

func (s *SetDigest) exact() bool {
	s.prune()
	return len(s.counts) < s.most
}

// Cardinality gives the number of distinct values: exact while all hashes are kept.
func (s *SetDigest) Cardinality() int64 {
	if s.exact() {
		return int64(len(s.counts))
	}
	return s.hll.Cardinality()
}

// Jaccard estimates the size of two sets' intersection as a part of their union;
// NaN if one is empty.
func (s *SetDigest) Jaccard(o *SetDigest) float64 {
	a, b := s.Hashes(), o.Hashes()
	n := min(len(a), len(b))
	union := slices.Concat(a, b)
	slices.Sort(union)
	both := 0
	for _, k := range slices.Compact(union)[:n] {
		_, inA := s.counts[k]
		_, inB := o.counts[k]
		if inA && inB {
			both++
		}
	}
	return float64(both) / float64(n)
}

// Intersection gives the size of two sets' intersection: exact if both are, else
// estimated. s holds the union afterwards.
func (s *SetDigest) Intersection(o *SetDigest) (int64, error) {
	if s.exact() && o.exact() {
		n := int64(0)
		for k := range s.counts {
			if _, ok := o.counts[k]; ok {
				n++
			}
		}
		return n, nil
	}
	most := min(s.Cardinality(), o.Cardinality())
	share := s.Jaccard(o)
	if err := s.Merge(o); err != nil {
		return 0, err
	}
	return min(int64(math.Round(share*float64(s.Cardinality()))), most), nil
}
