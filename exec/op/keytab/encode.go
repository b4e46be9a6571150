package keytab

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// Encoder turns key columns into images and hashes. Its buffers are reused by
// every Encode. Not safe for concurrent use.
type Encoder struct {
	lay  *Layout
	n    int
	img  []uint64 // n images of lay.words words
	hash []uint64

	strs  []strRef // parallel to the string-like columns
	sides []sideRef
	codes []uint32
}

// strRef finds the bytes of a string-like key of image k: data[ranges[k]].
type strRef struct {
	ranges []vector.Range
	data   []byte
	own    []byte // encoded bytes of side columns
	long   bool   // some string is longer than its image
}

// sideRef finds the original value of a side key: row pos(k) of vec.
type sideRef struct {
	vec *vector.Vector
	pos []uint32
}

// NewEncoder makes an encoder for a layout.
func NewEncoder(l *Layout) *Encoder {
	return &Encoder{lay: l, strs: make([]strRef, l.strs), sides: make([]sideRef, l.sides)}
}

// Len gives the number of images of the last Encode.
func (e *Encoder) Len() int { return e.n }

// Hashes gives the hashes of the last Encode, one for each selected row. They
// may be written to by nobody and change with the next Encode.
func (e *Encoder) Hashes() []uint64 { return e.hash[:e.n] }

// Encode encodes the selected rows (sel nil: the first n) of the key columns,
// which must have the layout's types. Image k is that of the k-th selected row.
// The encoder refers to the columns' bytes until the next Encode.
func (e *Encoder) Encode(cols []*vector.Vector, sel vector.Sel, n int) {
	if sel != nil {
		n = len(sel)
	}
	e.n = n
	w := e.lay.words
	e.img = grow(e.img, n*w)
	e.hash = grow(e.hash, n)
	if n == 0 {
		return
	}
	if c := &e.lay.cols[0]; w <= 2 && len(cols) == 1 && c.class == classRaw && cols[0].Valid == nil && cols[0].Form != vector.Const {
		switch v := cols[0]; c.width {
		case 8:
			encodeOne[uint64](e.img, e.hash, v, sel)
			return
		case 4:
			encodeOne[uint32](e.img, e.hash, v, sel)
			return
		}
	}
	clear(e.img)
	for i := range e.lay.cols {
		e.column(&e.lay.cols[i], cols[i], sel)
	}
	if e.lay.nullOff >= 0 {
		for i, v := range cols { // after the columns: a string's length has room for their bits
			if none := e.lay.cols[i].class == classNone; none || v.Valid != nil {
				e.nulls(i, v, none, sel)
			}
		}
	}
	hashImages(e.img, w, e.hash)
}

// firstFour is how far a number is shifted to be the first four bytes of a word.
var firstFour = uint(bits.TrailingZeros64(binary.NativeEndian.Uint64([]byte{3: 1, 7: 0}))) &^ 31

// encodeOne makes the images, of one word or of two, and the hashes of a key of one
// number without NULLs, in one go.
func encodeOne[T uint32 | uint64](img, hash []uint64, v *vector.Vector, sel vector.Sel) {
	flat := v
	if v.Form == vector.Dict {
		flat = v.Base
	}
	vals, codes := view[T](flat.Raw()), v.Codes
	up := uint(0)
	if unsafe.Sizeof(T(0)) == 4 {
		up = firstFour
	}
	two := len(img) > len(hash)
	put := func(k int, x T) {
		word := uint64(x) << up
		h := mix(word^mix1, mix2)
		if !two {
			img[k], hash[k] = word, h
			return
		}
		img[2*k], img[2*k+1], hash[k] = word, 0, mix(h, mix1)
	}
	n := len(hash)
	switch {
	case v.Form != vector.Dict && sel == nil:
		for k, x := range vals[:n] {
			put(k, x)
		}
	case v.Form != vector.Dict:
		for k, p := range sel[:n] {
			put(k, vals[p])
		}
	case sel == nil:
		for k, c := range codes[:n] {
			put(k, vals[c])
		}
	default:
		for k, p := range sel[:n] {
			put(k, vals[codes[p]])
		}
	}
}

func (e *Encoder) column(c *keyCol, v *vector.Vector, sel vector.Sel) {
	stride := e.lay.words * 8
	img := bytesOf(e.img)
	if c.class == classNone {
		return
	}
	flat, idx := e.index(v, sel)
	switch c.class {
	case classStr:
		s := &e.strs[c.str]
		s.ranges = grow(s.ranges, e.n)
		s.data = flat.Data
		spread(s.ranges, flat.Ranges(), idx)
		if v.Valid != nil {
			wipeNulls(s.ranges, v, sel) // a NULL's range may point anywhere
		}
		s.long = writeStrings(img[c.off:], stride, s.ranges, s.data)
	case classSide:
		e.side(c, v, sel, img, stride)
	default:
		writeFixed(c, img[c.off:], stride, flat, idx)
	}
}

func wipeNulls(ranges []vector.Range, v *vector.Vector, sel vector.Sel) {
	for k := range ranges {
		p := k
		if sel != nil {
			p = int(sel[k])
		}
		if v.IsNull(p) {
			ranges[k] = vector.Range{}
		}
	}
}

// index gives the flat vector that holds v's values and, for each selected row,
// the position of its value there. A nil idx is the identity.
func (e *Encoder) index(v *vector.Vector, sel vector.Sel) (*vector.Vector, []uint32) {
	switch {
	case v.Form == vector.Dict && sel == nil:
		return v.Base, v.Codes[:e.n]
	case v.Form == vector.Dict:
		e.codes = grow(e.codes, e.n)
		for k, p := range sel {
			e.codes[k] = v.Codes[p]
		}
		return v.Base, e.codes
	case v.Form == vector.Const:
		e.codes = grow(e.codes, e.n)
		clear(e.codes)
		return v, e.codes
	case sel == nil:
		return v, nil
	}
	e.codes = grow(e.codes, e.n)
	for k, p := range sel {
		e.codes[k] = uint32(p)
	}
	return v, e.codes
}

func spread[T any](dst, src []T, idx []uint32) {
	if idx == nil {
		copy(dst, src)
		return
	}
	dst = dst[:len(idx)]
	for k, p := range idx {
		dst[k] = src[p]
	}
}

// nulls marks NULLs and wipes what their values left in the image.
func (e *Encoder) nulls(i int, v *vector.Vector, all bool, sel vector.Sel) {
	c := &e.lay.cols[i]
	img := bytesOf(e.img)
	stride := e.lay.words * 8
	at, bit := e.lay.nullOff+i/8, byte(1)<<(i%8)
	for k := 0; k < e.n; k++ {
		p := k
		if sel != nil {
			p = int(sel[k])
		}
		if !all && !v.IsNull(p) {
			continue
		}
		row := img[k*stride : (k+1)*stride]
		bits := row[at] | bit
		clear(row[c.off : c.off+c.width])
		row[at] = bits
	}
}

func writeFixed(c *keyCol, img []byte, stride int, v *vector.Vector, idx []uint32) {
	switch {
	case c.class == classF64:
		scatterF64(img, stride, vector.Values[float64](v), idx)
	case c.class == classF32:
		scatterF32(img, stride, vector.Values[float32](v), idx)
	case c.width == 8:
		scatter8(img, stride, view[uint64](v.Raw()), idx)
	case c.width == 4:
		scatter(img, stride, view[uint32](v.Raw()), idx)
	case c.width == 16:
		scatter(img, stride, view[[2]uint64](v.Raw()), idx)
	case c.width == 2:
		scatter(img, stride, view[uint16](v.Raw()), idx)
	case c.width == 1:
		scatter(img, stride, v.Raw(), idx)
	}
}

// scatter writes values src[idx[k]] into the image rows.
func scatter[T any](img []byte, stride int, src []T, idx []uint32) {
	n := rowsIn[T](img, stride)
	if idx == nil {
		for k := 0; k < n && k < len(src); k++ {
			*(*T)(unsafe.Pointer(&img[k*stride])) = src[k]
		}
		return
	}
	for k, p := range idx {
		*(*T)(unsafe.Pointer(&img[k*stride])) = src[p]
	}
}

// rowsIn counts the rows whose value of type T lies within img.
func rowsIn[T any](img []byte, stride int) int {
	var t T
	return (len(img) - int(unsafe.Sizeof(t)) + stride) / stride
}

func scatter8(img []byte, stride int, src []uint64, idx []uint32) {
	if stride == 8 && idx == nil {
		copy(view[uint64](img), src)
		return
	}
	scatter(img, stride, src, idx)
}

func scatterF64(img []byte, stride int, src []float64, idx []uint32) {
	for k := 0; k < rowsIn[uint64](img, stride); k++ {
		p := k
		if idx != nil {
			p = int(idx[k])
		}
		f := src[p]
		b := math.Float64bits(f + 0) // -0 becomes 0
		if f == 0 {
			b = 0
		} else if f != f {
			b = 0x7FF8000000000000
		}
		binary.NativeEndian.PutUint64(img[k*stride:], b)
	}
}

func scatterF32(img []byte, stride int, src []float32, idx []uint32) {
	for k := 0; k < rowsIn[uint32](img, stride); k++ {
		p := k
		if idx != nil {
			p = int(idx[k])
		}
		f := src[p]
		b := math.Float32bits(f)
		if f == 0 {
			b = 0
		} else if f != f {
			b = 0x7FC00000
		}
		binary.NativeEndian.PutUint32(img[k*stride:], b)
	}
}

// inlineMask has ones where strings of up to inlineLen bytes have theirs, in two words
// of the least byte first.
var inlineMask = func() (m [inlineLen + 1][2]uint64) {
	for n := range m {
		for i := range n {
			m[n][i/8] |= 0xff << (8 * (i % 8))
		}
	}
	return m
}()

// writeStrings writes the images of strings and reports whether one of them is
// longer than an image holds.
func writeStrings(img []byte, stride int, ranges []vector.Range, data []byte) bool {
	long := false
	for k, r := range ranges {
		d := img[k*stride : k*stride+strWidth : k*stride+strWidth]
		binary.NativeEndian.PutUint32(d, min(r.Len, maxImageLen))
		if r.Len <= inlineLen {
			if int(r.Off)+16 > len(data) {
				copy(d[4:], data[r.Off:r.Off+r.Len])
				continue
			}
			s := data[r.Off : r.Off+16]
			binary.LittleEndian.PutUint64(d[4:], binary.LittleEndian.Uint64(s)&inlineMask[r.Len][0])
			binary.LittleEndian.PutUint32(d[12:], binary.LittleEndian.Uint32(s[8:])&uint32(inlineMask[r.Len][1]))
			continue
		}
		long = true
		s := data[r.Off : r.Off+r.Len]
		binary.LittleEndian.PutUint32(d[4:], binary.LittleEndian.Uint32(s))
		binary.NativeEndian.PutUint64(d[8:], hashBytes(s))
	}
	return long
}

// The two odd constants of wyhash's mixing step (public domain).
const (
	mix1 = 0x9E3779B97F4A7C15
	mix2 = 0xD6E8FEB86659FD93
)

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// hashImages hashes images of w words each.
func hashImages(img []uint64, w int, out []uint64) {
	switch w {
	case 1:
		img = img[:len(out)]
		for k, x := range img {
			out[k] = mix(x^mix1, mix2)
		}
	case 2:
		for k := range out {
			out[k] = mix(mix(img[2*k]^mix1, mix2)^img[2*k+1], mix1)
		}
	case 3:
		img = img[:3*len(out)]
		for k := range out {
			h := mix(img[3*k]^mix1, mix2)
			h = mix(h^img[3*k+1], mix2)
			out[k] = mix(mix(h^img[3*k+2], mix2), mix1)
		}
	default:
		for k := range out {
			h := uint64(mix1)
			for _, x := range img[k*w : k*w+w] {
				h = mix(h^x, mix2)
			}
			out[k] = mix(h, mix1)
		}
	}
}

// hashBytes hashes a string of more than inlineLen bytes, 16 bytes a step.
func hashBytes(b []byte) uint64 {
	h := uint64(len(b)) * mix1
	for len(b) > 16 {
		h = mix(binary.LittleEndian.Uint64(b)^mix1, binary.LittleEndian.Uint64(b[8:])^h)
		b = b[16:]
	}
	var x, y uint64
	switch n := len(b); {
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])
	}
	return mix(mix(x^mix1, y^h)^mix2, mix1)
}

func bytesOf(w []uint64) []byte {
	if len(w) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)
}

func view[T any](b []byte) []T {
	var t T
	n := len(b) / int(unsafe.Sizeof(t))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

func grow[T any](b []T, n int) []T {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]T, n, n+n/4)
}

// side encodes a column whose equality is not that of its bytes.
func (e *Encoder) side(c *keyCol, v *vector.Vector, sel vector.Sel, img []byte, stride int) {
	s, sd := &e.strs[c.str], &e.sides[c.side]
	s.ranges = grow(s.ranges, e.n)
	sd.vec, sd.pos = v, grow(sd.pos, e.n)
	s.own = s.own[:0]
	for k := 0; k < e.n; k++ {
		p := k
		if sel != nil {
			p = int(sel[k])
		}
		sd.pos[k] = uint32(p)
		at := len(s.own)
		if !v.IsNull(p) {
			s.own = appendCanonical(s.own, v, p)
		}
		s.ranges[k] = vector.Range{Off: uint32(at), Len: uint32(len(s.own) - at)}
	}
	s.data = s.own
	s.long = writeStrings(img[c.off:], stride, s.ranges, s.data)
}

// appendCanonical appends bytes that are equal exactly for equal values of one
// type: a tag for NULL, then the value, lists with their length first.
func appendCanonical(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(b, 0)
	}
	b = append(b, 1)
	switch v.Form {
	case vector.Dict:
		v, i = v.Base, int(v.Codes[i])
	case vector.Const:
		i = 0
	}
	switch v.Type.Phys() {
	case types.PhysInterval:
		return appendInterval(b, vector.Values[types.IntervalValue](v)[i])
	case types.PhysFloat32:
		return binary.LittleEndian.AppendUint64(b, canonicalBits(float64(vector.Values[float32](v)[i])))
	case types.PhysFloat64:
		return binary.LittleEndian.AppendUint64(b, canonicalBits(vector.Values[float64](v)[i]))
	case types.PhysBytes:
		s := v.Bytes(i)
		return append(binary.AppendUvarint(b, uint64(len(s))), s...)
	case types.PhysList:
		r := v.Ranges()[i]
		b = binary.AppendUvarint(b, uint64(r.Len))
		for j := r.Off; j < r.Off+r.Len; j++ {
			for _, kid := range v.Kids {
				b = appendCanonical(b, kid, int(j))
			}
		}
		return b
	case types.PhysStruct:
		for _, kid := range v.Kids {
			b = appendCanonical(b, kid, i)
		}
		return b
	}
	w := v.Type.Phys().Width()
	return append(b, v.Raw()[i*w:(i+1)*w]...)
}

func canonicalBits(f float64) uint64 {
	switch {
	case f == 0:
		return 0
	case f != f:
		return 0x7FF8000000000000
	}
	return math.Float64bits(f)
}

// appendInterval writes an interval's span, in which a month has 30 days and a
// day 24 hours: that is how PostgreSQL compares them.
func appendInterval(b []byte, v types.IntervalValue) []byte {
	days := int64(v.Months)*30 + int64(v.Days)
	span := types.Mul64(days, 86_400_000_000).Add(types.I128(v.Micros))
	b = binary.LittleEndian.AppendUint64(b, span.Lo)
	return binary.LittleEndian.AppendUint64(b, uint64(span.Hi))
}

// Layout gives the layout that e encodes for.
func (e *Encoder) Layout() *Layout { return e.lay }
