package op

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// denseSet is a set of integers that lie close together: a bit for each.
type denseSet struct {
	min  int64
	bits []uint64
}

// setSpan is how many bits a set may have for each row, as many as a Bloom filter.
const setSpan = 16

// newDenseSet makes the set of the first n values of a flat vector, if they are
// integers that lie close together, else nil.
func newDenseSet(v *vector.Vector, n int) *denseSet {
	switch v.Type.Phys() {
	case types.PhysInt8:
		return denseSetOf[int8](v, n)
	case types.PhysInt16:
		return denseSetOf[int16](v, n)
	case types.PhysInt32:
		return denseSetOf[int32](v, n)
	case types.PhysUint32:
		return denseSetOf[uint32](v, n)
	case types.PhysInt64:
		return denseSetOf[int64](v, n)
	}
	return nil
}

func denseSetOf[T integer](v *vector.Vector, n int) *denseSet {
	vals := vector.Values[T](v)[:n]
	lo, hi := extremes(vals, v.Valid)
	if lo < 0 {
		return nil
	}
	least := int64(vals[lo])
	width := uint64(vals[hi]) - uint64(least)
	if width/setSpan > uint64(min(n, maxBloom)) {
		return nil
	}
	s := &denseSet{min: least, bits: make([]uint64, width/64+1)}
	for i, x := range vals {
		if v.Valid == nil || v.Valid.Get(i) {
			at := uint64(int64(x) - least)
			s.bits[at>>6] |= 1 << (at & 63)
		}
	}
	return s
}

// values gives the integers in ascending order; false if they are more than limit.
func (s *denseSet) values(limit int) (out []int64, all bool) {
	n := 0
	for _, w := range s.bits {
		n += bits.OnesCount64(w)
	}
	if n > limit {
		return nil, false
	}
	for i, w := range s.bits {
		for ; w != 0; w &= w - 1 {
			out = append(out, s.min+int64(i*64+bits.TrailingZeros64(w)))
		}
	}
	return out, true
}

// keep gives the rows of sel, none of which is NULL, whose value is in the set. out
// is as long as sel and may be its memory.
func (s *denseSet) keep(v *vector.Vector, sel, out vector.Sel) vector.Sel {
	switch v.Type.Phys() {
	case types.PhysInt8:
		return keepDense[int8](s, v, sel, out)
	case types.PhysInt16:
		return keepDense[int16](s, v, sel, out)
	case types.PhysInt32:
		return keepDense[int32](s, v, sel, out)
	case types.PhysUint32:
		return keepDense[uint32](s, v, sel, out)
	}
	return keepDense[int64](s, v, sel, out)
}

func keepDense[T integer](s *denseSet, v *vector.Vector, sel, out vector.Sel) vector.Sel {
	set, least := s.bits, s.min
	vals, codes := integersOf[T](v)
	n := 0
	for _, p := range sel {
		out[n] = p
		i := uint32(p)
		if codes != nil {
			i = codes[p]
		}
		if at := uint64(int64(vals[i]) - least); at>>6 < uint64(len(set)) {
			n += int(set[at>>6] >> (at & 63) & 1)
		}
	}
	return out[:n]
}
