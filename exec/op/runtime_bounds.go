package op

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

func sortValues(vs []types.Value) {
	slices.SortFunc(vs, func(a, b types.Value) int { return a.Compare(b) })
}

// bounds widens the filter's bounds by the least and greatest of n values. Floats get none: NaN and the
// two zeros make their order differ from what files record.
func (f *RuntimeFilter) bounds(v *vector.Vector, n int) {
	var lo, hi int
	switch v.Type.Phys() {
	case types.PhysInt8:
		lo, hi = extremes(vector.Values[int8](v)[:n], v.Valid)
	case types.PhysInt16:
		lo, hi = extremes(vector.Values[int16](v)[:n], v.Valid)
	case types.PhysInt32:
		lo, hi = extremes(vector.Values[int32](v)[:n], v.Valid)
	case types.PhysInt64:
		lo, hi = extremes(vector.Values[int64](v)[:n], v.Valid)
	case types.PhysUint32:
		lo, hi = extremes(vector.Values[uint32](v)[:n], v.Valid)
	case types.PhysBytes:
		lo, hi = extremeStrings(v, n)
	default:
		return
	}
	if lo < 0 {
		return
	}
	least, most := vector.ValueAt(v, lo), vector.ValueAt(v, hi)
	if !f.bounded || least.Compare(f.min) < 0 {
		f.min = least
	}
	if !f.bounded || most.Compare(f.max) > 0 {
		f.max = most
	}
	f.bounded = true
}

// extremes gives the positions of the least and greatest valid value, -1 if
// there is none.
func extremes[T cmp.Ordered](vs []T, valid vector.Bitmap) (lo, hi int) {
	lo, hi = -1, -1
	for i, x := range vs {
		if valid != nil && !valid.Get(i) {
			continue
		}
		if lo < 0 {
			lo, hi = i, i
		}
		if x < vs[lo] {
			lo = i
		}
		if x > vs[hi] {
			hi = i
		}
	}
	return lo, hi
}

func extremeStrings(v *vector.Vector, n int) (lo, hi int) {
	lo, hi = -1, -1
	for i := range n {
		if v.Valid != nil && !v.Valid.Get(i) {
			continue
		}
		if lo < 0 {
			lo, hi = i, i
		}
		if bytes.Compare(v.Bytes(i), v.Bytes(lo)) < 0 {
			lo = i
		}
		if bytes.Compare(v.Bytes(i), v.Bytes(hi)) > 0 {
			hi = i
		}
	}
	return lo, hi
}
