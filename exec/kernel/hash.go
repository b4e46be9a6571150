package kernel

import (
	"math"
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/zeebo/xxh3"
)

// Mix scrambles 64 bits by one wide multiplication (the idea of wyhash).
func Mix(x uint64) uint64 {
	h, l := bits.Mul64(x^0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
	return h ^ l
}

// HashBytes hashes a string.
func HashBytes(b []byte) uint64 { return xxh3.Hash(b) }

// nullHash is the hash of NULL.
const nullHash = 0x7fb5d329728ea185

// HashColumn writes the hash of the k-th row of sel (nil: of the first n) to
// out[k], or with combine mixes it into what is there. Equal values hash equally
// in every form; NULLs hash alike, and so do 0 and -0 and all NaNs. Columns that
// are hashed to be compared must have one type.
func HashColumn(v *vector.Vector, sel vector.Sel, n int, out []uint64, combine bool) {
	if sel != nil {
		n = len(sel)
	}
	out = out[:n]
	switch {
	case v.Type.Kind == types.Unknown:
		hashSame(nullHash, out, combine)
		return
	case v.Form == vector.Const:
		h := uint64(nullHash)
		if !v.IsNull(0) {
			var one [1]uint64
			flat := *v
			flat.Form, flat.Len, flat.Valid = vector.Flat, 1, nil
			hashFlat(&flat, nil, one[:])
			h = one[0]
		}
		hashSame(h, out, combine)
		return
	}
	tmp := out
	if combine {
		tmp = make([]uint64, n)
	}
	if v.Form == vector.Dict {
		hashDict(v, sel, tmp)
	} else {
		hashFlat(v, sel, tmp)
	}
	if v.Valid != nil {
		for k := range tmp {
			if !v.Valid.Get(rowOf(sel, k)) {
				tmp[k] = nullHash
			}
		}
	}
	if combine {
		for k, h := range tmp {
			out[k] = combineHash(out[k], h)
		}
	}
}

func combineHash(a, b uint64) uint64 { return Mix(a ^ bits.RotateLeft64(b, 23)) }

func hashSame(h uint64, out []uint64, combine bool) {
	for k := range out {
		if combine {
			out[k] = combineHash(out[k], h)
		} else {
			out[k] = h
		}
	}
}

func rowOf(sel vector.Sel, k int) int {
	if sel != nil {
		return int(sel[k])
	}
	return k
}

// hashDict hashes each distinct value once where that is less work.
func hashDict(v *vector.Vector, sel vector.Sel, out []uint64) {
	if v.Base.Len <= len(out) {
		base := make([]uint64, v.Base.Len)
		hashFlat(v.Base, nil, base)
		if sel == nil {
			for k := range out {
				out[k] = base[v.Codes[k]]
			}
			return
		}
		for k, p := range sel {
			out[k] = base[v.Codes[p]]
		}
		return
	}
	var flat vector.Vector
	if sel == nil {
		vector.Gather(&flat, v.Base, v.Codes[:len(out)])
	} else {
		idx := make([]uint32, len(sel))
		for k, p := range sel {
			idx[k] = v.Codes[p]
		}
		vector.Gather(&flat, v.Base, idx)
	}
	hashFlat(&flat, nil, out)
}

// hashFlat hashes the rows of a flat vector, nulls not looked at (those of
// string and nested rows are skipped, since their ranges mean nothing).
func hashFlat(v *vector.Vector, sel vector.Sel, out []uint64) {
	switch v.Type.Phys() {
	case types.PhysBool, types.PhysInt8:
		hashInts(vector.Values[int8](v), sel, out)
	case types.PhysInt16:
		hashInts(vector.Values[int16](v), sel, out)
	case types.PhysInt32:
		hashInts(vector.Values[int32](v), sel, out)
	case types.PhysInt64:
		hashInts(vector.Values[int64](v), sel, out)
	case types.PhysUint32:
		hashInts(vector.Values[uint32](v), sel, out)
	case types.PhysFloat32:
		vals := vector.Values[float32](v)
		for k := range out {
			out[k] = hashFloat(float64(vals[rowOf(sel, k)]))
		}
	case types.PhysFloat64:
		vals := vector.Values[float64](v)
		for k := range out {
			out[k] = hashFloat(vals[rowOf(sel, k)])
		}
	case types.PhysInt128:
		vals := vector.Values[types.Int128](v)
		for k := range out {
			x := vals[rowOf(sel, k)]
			out[k] = Mix(Mix(x.Lo) ^ uint64(x.Hi))
		}
	case types.PhysInterval:
		vals := vector.Values[types.IntervalValue](v)
		for k := range out {
			x := vals[rowOf(sel, k)]
			out[k] = hashSpan(x)
		}
	case types.PhysUUID:
		vals := vector.Values[[16]byte](v)
		for k := range out {
			x := vals[rowOf(sel, k)]
			out[k] = HashBytes(x[:])
		}
	case types.PhysBytes:
		s := StringsOf(v)
		for k := range out {
			if p := rowOf(sel, k); v.Valid == nil || v.Valid.Get(p) {
				out[k] = HashBytes(s.At(p))
			}
		}
	default:
		for k := range out {
			out[k] = hashNested(v, rowOf(sel, k))
		}
	}
}

func hashInts[T int8 | int16 | int32 | int64 | uint32](v []T, sel vector.Sel, out []uint64) {
	if sel == nil {
		for k, x := range v[:len(out)] {
			out[k] = Mix(uint64(int64(x)))
		}
		return
	}
	for k, p := range sel {
		out[k] = Mix(uint64(int64(v[p])))
	}
}

func hashFloat(f float64) uint64 {
	switch {
	case f == 0:
		f = 0
	case f != f:
		return Mix(0x7ff8000000000001)
	}
	return Mix(math.Float64bits(f))
}

// hashSpan hashes what IntervalValue.Compare compares.
func hashSpan(x types.IntervalValue) uint64 {
	span := types.Mul64(int64(x.Months)*30+int64(x.Days), 86_400_000_000).Add(types.I128(x.Micros))
	return Mix(Mix(span.Lo) ^ uint64(span.Hi))
}

func hashNested(v *vector.Vector, i int) uint64 {
	if v.Valid != nil && !v.Valid.Get(i) {
		return nullHash
	}
	h := uint64(len(v.Kids))
	var one [1]uint64
	add := func(k *vector.Vector, row int) {
		HashColumn(vector.Slice(k, row, 1), nil, 1, one[:], false)
		h = combineHash(h, one[0])
	}
	if v.Type.Phys() == types.PhysStruct {
		for _, k := range v.Kids {
			add(k, i)
		}
		return h
	}
	r := v.Ranges()[i]
	for e := r.Off; e < r.Off+r.Len; e++ {
		for _, k := range v.Kids {
			add(k, int(e))
		}
	}
	return h
}
