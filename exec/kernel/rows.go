package kernel

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// CompareRows orders row i of a and row j of b, vectors of one type in any form,
// as SQL's default order does: NULL last, NaN above every number, text by bytes.
func CompareRows(a *vector.Vector, i int, b *vector.Vector, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	switch {
	case an && bn:
		return 0
	case an:
		return 1
	case bn:
		return -1
	}
	typ := a.Type
	a, i = vector.At(a, i)
	b, j = vector.At(b, j)
	switch typ.Phys() {
	case types.PhysBool, types.PhysInt8:
		return cmpOf(vector.Values[int8](a)[i], vector.Values[int8](b)[j])
	case types.PhysInt16:
		return cmpOf(vector.Values[int16](a)[i], vector.Values[int16](b)[j])
	case types.PhysInt32:
		return cmpOf(vector.Values[int32](a)[i], vector.Values[int32](b)[j])
	case types.PhysInt64:
		return cmpOf(vector.Values[int64](a)[i], vector.Values[int64](b)[j])
	case types.PhysUint32:
		return cmpOf(vector.Values[uint32](a)[i], vector.Values[uint32](b)[j])
	case types.PhysFloat32:
		return cmpOf(vector.Values[float32](a)[i], vector.Values[float32](b)[j])
	case types.PhysFloat64:
		return cmpOf(vector.Values[float64](a)[i], vector.Values[float64](b)[j])
	case types.PhysInt128:
		return vector.Values[types.Int128](a)[i].Cmp(vector.Values[types.Int128](b)[j])
	case types.PhysInterval:
		return vector.Values[types.IntervalValue](a)[i].Compare(vector.Values[types.IntervalValue](b)[j])
	case types.PhysUUID:
		x, y := vector.Values[[16]byte](a)[i], vector.Values[[16]byte](b)[j]
		return bytes.Compare(x[:], y[:])
	case types.PhysBytes:
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	case types.PhysList:
		return compareLists(a, i, b, j)
	case types.PhysStruct:
		for k := range a.Kids {
			if c := CompareRows(a.Kids[k], i, b.Kids[k], j); c != 0 {
				return c
			}
		}
	}
	return 0
}

func compareLists(a *vector.Vector, i int, b *vector.Vector, j int) int {
	x, y := a.Ranges()[i], b.Ranges()[j]
	for e := range min(x.Len, y.Len) {
		for k := range a.Kids {
			if c := CompareRows(a.Kids[k], int(x.Off+e), b.Kids[k], int(y.Off+e)); c != 0 {
				return c
			}
		}
	}
	return cmpOf(x.Len, y.Len)
}

func cmpOf[T number](a, b T) int {
	switch {
	case less(a, b):
		return -1
	case less(b, a):
		return 1
	}
	return 0
}

// EqualRows reports whether two rows are the same for grouping: NULL equals
// NULL, NaN equals NaN.
func EqualRows(a *vector.Vector, i int, b *vector.Vector, j int) bool {
	return CompareRows(a, i, b, j) == 0
}
