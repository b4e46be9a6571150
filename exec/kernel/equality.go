package kernel

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// Truth is the result of a comparison in three-valued logic.
type Truth int8

// The three values.
const (
	False Truth = iota
	True
	Undecided // NULL
)

// Equality compares row i of a and row j of b, vectors of one type in any form, as
// Trino's = does: NULL is equal to nothing known, NaN to nothing, maps are equal whatever
// the order of their entries. Two different members decide, whatever else is NULL.
func Equality(a *vector.Vector, i int, b *vector.Vector, j int) Truth {
	if a.IsNull(i) || b.IsNull(j) {
		return Undecided
	}
	switch typ := a.Type; typ.Kind {
	case types.Real, types.Double:
		a, i = vector.At(a, i)
		b, j = vector.At(b, j)
		if typ.Kind == types.Real {
			return truthOf(vector.Values[float32](a)[i] == vector.Values[float32](b)[j])
		}
		return truthOf(vector.Values[float64](a)[i] == vector.Values[float64](b)[j])
	case types.Array, types.Map, types.Row:
		a, i = vector.At(a, i)
		b, j = vector.At(b, j)
		switch typ.Kind {
		case types.Array:
			return arraysEqual(a, i, b, j)
		case types.Map:
			return mapsEqual(a, i, b, j)
		}
		out := True
		for k := range a.Kids {
			if out = both(out, Equality(a.Kids[k], i, b.Kids[k], j)); out == False {
				break
			}
		}
		return out
	}
	return truthOf(EqualRows(a, i, b, j))
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// both is AND.
func both(a, b Truth) Truth {
	switch {
	case a == False || b == False:
		return False
	case a == Undecided || b == Undecided:
		return Undecided
	}
	return True
}

func arraysEqual(a *vector.Vector, i int, b *vector.Vector, j int) Truth {
	x, y := a.Ranges()[i], b.Ranges()[j]
	if x.Len != y.Len {
		return False
	}
	out := True
	for e := range x.Len {
		if out = both(out, Equality(a.Kids[0], int(x.Off+e), b.Kids[0], int(y.Off+e))); out == False {
			break
		}
	}
	return out
}

// mapsEqual pairs the entries of two maps by the order of their keys.
func mapsEqual(a *vector.Vector, i int, b *vector.Vector, j int) Truth {
	x, y := a.Ranges()[i], b.Ranges()[j]
	if x.Len != y.Len {
		return False
	}
	out, left, right := True, byKey(a, x), byKey(b, y)
	for e, p := range left {
		q := right[e]
		if !EqualRows(a.Kids[0], p, b.Kids[0], q) {
			return False
		}
		if out = both(out, Equality(a.Kids[1], p, b.Kids[1], q)); out == False {
			return False
		}
	}
	return out
}

// byKey gives the places of a map's entries in the order of their keys.
func byKey(v *vector.Vector, r vector.Range) []int {
	at := make([]int, r.Len)
	for e := range at {
		at[e] = int(r.Off) + e
	}
	slices.SortFunc(at, func(p, q int) int { return CompareRows(v.Kids[0], p, v.Kids[0], q) })
	return at
}
