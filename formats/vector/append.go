package vector

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// AppendRows appends rows of src (any form) to the flat vector v: those of sel,
// or with a nil sel the first n. Everything is copied, so v does not depend on
// src afterwards. Memory grows by doubling.
//
// A vector addresses at most 4 GiB of bytes and 2^32 elements; an append that
// would pass that panics with a fault (54000), so callers start another vector
// in time (see MemoryBytes).
func (v *Vector) AppendRows(src *Vector, sel Sel, n int) {
	if sel != nil {
		appendIdx(v, src, []uint16(sel))
		return
	}
	v.AppendRange(src, 0, n)
}

// AppendIdx appends the rows of src at idx, as AppendRows does.
func (v *Vector) AppendIdx(src *Vector, idx []uint32) { appendIdx(v, src, idx) }

// AppendRange appends n rows of src from row `from` on, as AppendRows does.
func (v *Vector) AppendRange(src *Vector, from, n int) {
	if n == 0 {
		return
	}
	old := v.Len
	switch {
	case src.Form == Dict:
		appendFlat(v, src.Base, src.Codes[from:from+n])
	case src.Form != Flat || src.Type.Phys() == types.PhysList:
		idx := make([]uint32, n)
		for i := range idx {
			idx[i] = uint32(from + i)
		}
		appendIdx(v, src, idx)
		return
	case src.Type.Phys() == types.PhysBytes:
		v.Resize(old + n)
		v.appendStrings(src, from, old)
	default:
		v.Resize(old + n)
		w := src.Type.Phys().Width()
		copy(v.raw[old*w:], src.raw[from*w:(from+n)*w])
		if src.Type.Phys() == types.PhysStruct {
			for i, k := range src.Kids {
				v.Kids[i].truncate(old)
				v.Kids[i].AppendRange(k, from, n)
			}
		}
	}
	if src.Valid == nil {
		return
	}
	for i := range n {
		if !src.Valid.Get(from + i) {
			v.SetNull(old + i)
		}
	}
}

// appendStrings copies the strings of the flat src from row from on to v's rows from old
// on: all at once where they lie one behind the other.
func (v *Vector) appendStrings(src *Vector, from, old int) {
	out := v.Ranges()[old:]
	in := src.Ranges()[from : from+len(out)]
	total, dense := 0, true
	var first, end uint32
	for i, r := range in {
		if src.Valid != nil && !src.Valid.Get(from+i) {
			r = Range{}
		}
		out[i] = r
		if r.Len == 0 {
			continue
		}
		if total == 0 {
			first, end = r.Off, r.Off
		}
		dense = dense && r.Off == end
		end += r.Len
		total += int(r.Len)
	}
	at := uint64(len(v.Data))
	checkRoom(at + uint64(total))
	v.Data = growAppend(v.Data, len(v.Data)+total)
	if dense && total > 0 {
		v.Data = append(v.Data, src.Data[first:end]...)
	}
	for i, r := range out {
		out[i].Off = uint32(at)
		at += uint64(r.Len)
		if !dense {
			v.Data = append(v.Data, src.Data[r.Off:r.Off+r.Len]...)
		}
	}
}

func appendIdx[I position](v, src *Vector, idx []I) {
	if len(idx) == 0 {
		return
	}
	switch src.Form {
	case Const:
		one := *src
		one.Form, one.Len = Flat, 1
		appendFlat(v, &one, make([]I, len(idx)))
	case Dict:
		codes := make([]uint32, len(idx))
		gatherSlice(codes, src.Codes, idx)
		old := v.Len
		appendFlat(v, src.Base, codes)
		appendNulls(v, old, src.Valid, idx)
	default:
		appendFlat(v, src, idx)
	}
}

// appendFlat appends rows of a flat source.
func appendFlat[I position](v, src *Vector, idx []I) {
	old := v.Len
	v.Resize(old + len(idx))
	switch src.Type.Phys() {
	case types.PhysBytes:
		appendBytes(v, src, idx, old)
	case types.PhysList:
		appendLists(v, src, idx, old)
	case types.PhysStruct:
		for i, k := range src.Kids {
			v.Kids[i].truncate(old)
			appendIdx(v.Kids[i], k, idx)
		}
	default:
		gatherRaw(v, src, idx, old)
	}
	appendNulls(v, old, src.Valid, idx)
}

func appendNulls[I position](v *Vector, old int, valid Bitmap, idx []I) {
	if valid == nil {
		return
	}
	for i, p := range idx {
		if !valid.Get(int(p)) {
			v.SetNull(old + i)
		}
	}
}

// truncate drops the rows from n on.
func (v *Vector) truncate(n int) {
	if v.Len > n {
		v.Resize(n)
	}
}

// checkRoom panics if a range into n elements or bytes could not be addressed.
func checkRoom(n uint64) {
	if n > math.MaxUint32 {
		panic(fault.New(fault.CodeProgramLimit, "a column of more than 4 GiB does not fit one vector"))
	}
}

func appendBytes[I position](v, src *Vector, idx []I, old int) {
	rs, out := src.Ranges(), v.Ranges()[old:]
	total := uint64(len(v.Data))
	for _, p := range idx {
		if src.Valid == nil || src.Valid.Get(int(p)) {
			total += uint64(rs[p].Len)
		}
	}
	checkRoom(total)
	data := growAppend(v.Data, int(total))
	for i, p := range idx {
		if src.Valid != nil && !src.Valid.Get(int(p)) {
			out[i] = Range{}
			continue
		}
		r := rs[p]
		out[i] = Range{Off: uint32(len(data)), Len: r.Len}
		data = append(data, src.Data[r.Off:r.Off+r.Len]...)
	}
	v.Data = data
}

// growAppend gives b with room for a total of n bytes.
func growAppend(b []byte, n int) []byte {
	if cap(b) >= n {
		return b
	}
	out := make([]byte, len(b), max(n, 2*len(b)))
	copy(out, b)
	return out
}

func appendLists[I position](v, src *Vector, idx []I, old int) {
	rs, out := src.Ranges(), v.Ranges()[old:]
	at := v.Kids[0].Len
	var elems []uint32
	for i, p := range idx {
		if src.Valid != nil && !src.Valid.Get(int(p)) {
			out[i] = Range{}
			continue
		}
		r := rs[p]
		checkRoom(uint64(at) + uint64(len(elems)) + uint64(r.Len))
		out[i] = Range{Off: uint32(at + len(elems)), Len: r.Len}
		for j := uint32(0); j < r.Len; j++ {
			elems = append(elems, r.Off+j)
		}
	}
	for k := range v.Kids {
		appendIdx(v.Kids[k], src.Kids[k], elems)
	}
}

// AppendBytes appends one string to a flat bytes vector.
func (v *Vector) AppendBytes(s []byte) {
	checkRoom(uint64(len(v.Data)) + uint64(len(s)))
	i := v.Len
	v.Resize(i + 1)
	v.Ranges()[i] = Range{Off: uint32(len(v.Data)), Len: uint32(len(s))}
	v.Data = append(v.Data, s...)
}

// AppendNull appends a NULL to a flat vector.
func (v *Vector) AppendNull() {
	i := v.Len
	v.Resize(i + 1)
	w := v.Type.Phys().Width()
	clear(v.raw[i*w : (i+1)*w])
	if v.Type.Phys() == types.PhysStruct {
		for _, k := range v.Kids {
			k.truncate(i)
			k.AppendNull()
		}
	}
	v.SetNull(i)
}

// MemoryBytes counts the bytes that v's values, nulls, codes and children take,
// borrowed ones included.
func MemoryBytes(v *Vector) int64 {
	if v == nil {
		return 0
	}
	n := int64(len(v.raw)) + int64(len(v.Data)) + 4*int64(len(v.Codes)) + 8*int64(len(v.Valid)) + MemoryBytes(v.Base)
	for _, k := range v.Kids {
		n += MemoryBytes(k)
	}
	return n
}

// CompactTo makes dst a copy of b's selected rows: flat columns that own their
// memory, no selection. dst's columns are reused where dst has made them before.
func (b *Batch) CompactTo(dst *Batch) {
	for len(dst.Cols) < len(b.Cols) {
		dst.Cols = append(dst.Cols, &Vector{})
	}
	dst.Cols = dst.Cols[:len(b.Cols)]
	for i, c := range b.Cols {
		if dst.Cols[i] == nil {
			dst.Cols[i] = &Vector{}
		}
		dst.Cols[i].Reset(c.Type, 0)
		dst.Cols[i].AppendRows(c, b.Sel, b.N)
	}
	dst.N, dst.Sel = b.Rows(), nil
}

// AppendTo appends b's selected rows to the flat columns of dst, which has no
// selection and columns of the same types.
func (b *Batch) AppendTo(dst *Batch) {
	for i, c := range b.Cols {
		dst.Cols[i].AppendRows(c, b.Sel, b.N)
	}
	dst.N += b.Rows()
}

// MemoryBytes counts the bytes of the batch's columns.
func (b *Batch) MemoryBytes() int64 {
	var n int64
	for _, c := range b.Cols {
		n += MemoryBytes(c)
	}
	return n
}
