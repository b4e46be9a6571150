package vector

import "github.com/glauxdb/glaux/catalog/types"

// position is an index into a vector: Sel's uint16 or the uint32 of joins.
type position interface{ uint16 | uint32 }

// Gather makes dst the rows of src at idx, in that order and in src's form. It
// copies fixed-width values and ranges; bytes, list elements and dictionary
// bases stay src's, so dst lives no longer than src. dst must not be src.
func Gather(dst, src *Vector, idx []uint32) { gather(dst, src, idx) }

// GatherSel is Gather for the positions of a selection (not nil).
func GatherSel(dst, src *Vector, sel Sel) { gather(dst, src, []uint16(sel)) }

func gather[I position](dst, src *Vector, idx []I) {
	switch src.Form {
	case Const:
		Alias(dst, src)
		dst.Len = len(idx)
		return
	case Dict:
		dst.release()
		dst.Type, dst.Form, dst.Len, dst.Base = src.Type, Dict, len(idx), src.Base
		dst.Codes = growSlice(dst.Codes, len(idx))
		gatherSlice(dst.Codes, src.Codes, idx)
	default:
		gatherFlat(dst, src, idx)
	}
	gatherValid(dst, src.Valid, idx)
}

func gatherFlat[I position](dst, src *Vector, idx []I) {
	ph := src.Type.Phys()
	dst.release()
	dst.Type, dst.Form, dst.Len, dst.Valid, dst.Base = src.Type, Flat, len(idx), nil, nil
	dst.raw = growRaw(dst.raw, len(idx)*ph.Width())
	switch ph {
	case types.PhysBytes:
		dst.SetData(src.Data)
	case types.PhysList:
		dst.SetKids(src.Kids)
	case types.PhysStruct:
		dst.ownKids(len(src.Kids))
		for i, k := range src.Kids {
			gather(dst.Kids[i], k, idx)
		}
		return
	}
	gatherRaw(dst, src, idx, 0)
}

// gatherRaw copies the fixed-width values at idx to dst from row `at` on.
func gatherRaw[I position](dst, src *Vector, idx []I, at int) {
	switch src.Type.Phys().Width() {
	case 1:
		gatherSlice(Values[int8](dst)[at:], Values[int8](src), idx)
	case 2:
		gatherSlice(Values[int16](dst)[at:], Values[int16](src), idx)
	case 4:
		gatherSlice(Values[int32](dst)[at:], Values[int32](src), idx)
	case 8:
		gatherSlice(Values[int64](dst)[at:], Values[int64](src), idx)
	case 16:
		gatherSlice(Values[types.Int128](dst)[at:], Values[types.Int128](src), idx)
	}
}

func gatherSlice[T any, I position](dst, src []T, idx []I) {
	if len(idx) == 0 {
		return
	}
	dst = dst[:len(idx)]
	for i, p := range idx {
		dst[i] = src[p]
	}
}

func gatherValid[I position](dst *Vector, valid Bitmap, idx []I) {
	dst.Valid = nil
	if valid == nil {
		return
	}
	bm := dst.AllValid()
	for i, p := range idx {
		if !valid.Get(int(p)) {
			bm.Clear(i)
		}
	}
}

// ownKids gives v n children of its own, reusing those it has.
func (v *Vector) ownKids(n int) {
	if len(v.Kids) != n {
		v.Kids = make([]*Vector, n)
	}
	for i := range v.Kids {
		if v.Kids[i] == nil {
			v.Kids[i] = &Vector{}
		}
	}
}

func growSlice[T any](b []T, n int) []T {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]T, n, n+n/4)
}

// Alias makes dst a view of src: every buffer is borrowed.
func Alias(dst, src *Vector) {
	spare, gen := dst.spare, dst.gen
	*dst = *src
	dst.spare, dst.gen = spare, gen+1
	dst.shared = sharedRaw | sharedData | sharedCodes | sharedKids
}

// Slice gives a view of n rows of v from row `from` on. It shares v's buffers,
// except for a validity bitmap whose bits have to move.
func Slice(v *Vector, from, n int) *Vector {
	out := &Vector{}
	Alias(out, v)
	out.Len = n
	if v.Form == Const {
		return out
	}
	if v.Form == Dict {
		out.Codes = v.Codes[from : from+n]
	} else {
		w := v.Type.Phys().Width()
		out.raw = v.raw[from*w : (from+n)*w]
		if v.Type.Phys() == types.PhysStruct {
			out.Kids = make([]*Vector, len(v.Kids))
			for i, k := range v.Kids {
				out.Kids[i] = Slice(k, from, n)
			}
		}
	}
	if v.Valid != nil {
		out.Valid = sliceBits(v.Valid, from, n)
	}
	return out
}

func sliceBits(b Bitmap, from, n int) Bitmap {
	if from&63 == 0 {
		return b[from>>6 : (from+n+63)>>6]
	}
	out := NewBitmap(n)
	s := uint(from) & 63
	for i := range out {
		w := from>>6 + i
		out[i] = b[w] >> s
		if w+1 < len(b) {
			out[i] |= b[w+1] << (64 - s)
		}
	}
	return out
}

// IsFlat reports whether v and everything below it is flat.
func IsFlat(v *Vector) bool {
	if v.Form != Flat {
		return false
	}
	for _, k := range v.Kids {
		if !IsFlat(k) {
			return false
		}
	}
	return true
}

// Flatten gives v in the flat form, children too: v itself if it is flat, else
// a new vector that may share bytes with v.
func Flatten(v *Vector) *Vector {
	if IsFlat(v) {
		return v
	}
	out := &Vector{}
	FlattenTo(out, v)
	return out
}

// FlattenTo makes dst the flat form of src. dst owns its fixed-width values and
// may share bytes and elements with src. dst must not be src.
func FlattenTo(dst, src *Vector) {
	switch src.Form {
	case Dict:
		gatherFlat(dst, src.Base, src.Codes)
		dst.Valid = src.Valid
	case Const:
		flattenConst(dst, src)
	default:
		Alias(dst, src)
	}
	if dst.Kids == nil || IsFlat(dst) {
		return
	}
	kids := make([]*Vector, len(dst.Kids))
	for i, k := range dst.Kids {
		kids[i] = Flatten(k)
	}
	dst.SetKids(kids)
}

func flattenConst(dst, src *Vector) {
	one := *src
	one.Form, one.Len = Flat, 1
	idx := make([]uint16, src.Len)
	gatherFlat(dst, &one, idx)
	gatherValid(dst, src.Valid, idx)
}
