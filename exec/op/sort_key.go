package op

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// SortSpec is one key of an order.
type SortSpec struct {
	Pos        int // column of the input
	Type       types.Type
	Desc       bool
	NullsFirst bool
}

// strPrefix is how many bytes of a string its normalized key holds.
const strPrefix = 16

// sortLayout says how keys are normalized: each key is a byte that tells NULL
// from value, then the value as bytes that compare as it does, inverted for
// DESC; strings are cut to strPrefix bytes and padded with zeros. Rows whose
// normalized keys differ are in the order of these bytes, unless strings were
// cut: then the keys are compared one by one, with the whole strings.
type sortLayout struct {
	keys   []SortSpec
	offs   []int // of each key
	widths []int // without the NULL byte
	stride int
	exact  int // so many leading bytes decide by themselves: up to the first cut string's
}

func newSortLayout(keys []SortSpec) *sortLayout {
	l := &sortLayout{keys: keys, offs: make([]int, len(keys)), widths: make([]int, len(keys))}
	for i, k := range keys {
		l.offs[i] = l.stride
		l.widths[i] = keyWidth(k.Type)
		l.stride += 1 + l.widths[i]
		if l.exact == 0 && isVariable(k.Type) {
			l.exact = l.stride
		}
	}
	if l.exact == 0 {
		l.exact = l.stride
	}
	l.stride = max(l.stride, leastStride)
	return l
}

// leastStride is how many bytes of a key are compared as a number, at first.
const leastStride = 8

// keyWidth gives the bytes of a value in a key, without the one before it for NULLs.
func keyWidth(t types.Type) int {
	if isVariable(t) {
		return strPrefix
	}
	return t.Phys().Width()
}

// isVariable tells types whose keys are byte strings of any length.
func isVariable(t types.Type) bool {
	switch t.Phys() {
	case types.PhysBytes, types.PhysList, types.PhysStruct, types.PhysInterval:
		return true
	}
	return false
}

// sortKeys are the normalized keys of some rows, with the whole bytes of
// variable ones.
type sortKeys struct {
	lay  *sortLayout
	n    int
	img  []byte // n times stride
	long []longKey
	cut  bool // some string did not fit its prefix, or holds a zero byte
	tail int  // after orderRun: the tail that rows were sorted by, 0 if none
}

// longKey holds the whole bytes of one variable key.
type longKey struct {
	ends []uint64 // end of row i's bytes; nil for a fixed key
	data []byte
}

func newSortKeys(l *sortLayout) *sortKeys {
	return &sortKeys{lay: l, long: make([]longKey, len(l.keys))}
}

func (s *sortKeys) bytes() int64 {
	n := int64(cap(s.img))
	for i := range s.long {
		n += int64(cap(s.long[i].data)) + 8*int64(cap(s.long[i].ends))
	}
	return n
}

// add appends the keys of the selected rows; cols are the key columns in order.
func (s *sortKeys) add(cols []*vector.Vector, sel vector.Sel) {
	if len(sel) == 0 {
		return
	}
	at := s.n * s.lay.stride
	need := at + len(sel)*s.lay.stride
	if cap(s.img) < need {
		img := make([]byte, need, max(need, 2*cap(s.img)))
		copy(img, s.img)
		s.img = img
	} else {
		s.img = s.img[:need]
		clear(s.img[at:])
	}
	s.n += len(sel)
	for i := range s.lay.keys {
		s.column(i, cols[i], sel, s.img[at+s.lay.offs[i]:])
	}
}

func (s *sortKeys) column(i int, v *vector.Vector, sel vector.Sel, img []byte) {
	k, stride, w := &s.lay.keys[i], s.lay.stride, s.lay.widths[i]
	null, value := byte(1), byte(0)
	if k.NullsFirst {
		null, value = 0, 1
	}
	for r, p := range sel {
		img[r*stride] = value
		if v.IsNull(int(p)) {
			img[r*stride] = null
		}
	}
	if isVariable(k.Type) {
		s.variable(i, v, sel, img)
	} else {
		fixedKeys(v, sel, img[min(1, len(img)):], stride)
	}
	for r, p := range sel {
		field := img[r*stride+1 : r*stride+1+w]
		if v.IsNull(int(p)) {
			clear(field)
		} else if k.Desc {
			for j := range field {
				field[j] = ^field[j]
			}
		}
	}
}

// variable writes the prefixes of byte-string keys and keeps the whole strings.
func (s *sortKeys) variable(i int, v *vector.Vector, sel vector.Sel, img []byte) {
	l, stride := &s.long[i], s.lay.stride
	for r, p := range sel {
		from := len(l.data)
		if !v.IsNull(int(p)) {
			if f, j := vector.At(v, int(p)); f.Type.Phys() == types.PhysBytes {
				l.data = append(l.data, f.Bytes(j)...)
			} else {
				l.data = appendOrdered(l.data, f, j)
			}
		}
		b := l.data[from:]
		l.ends = append(l.ends, uint64(len(l.data)))
		copy(img[r*stride+1:r*stride+1+strPrefix], b)
		s.cut = s.cut || len(b) > strPrefix || bytes.IndexByte(b, 0) >= 0
	}
}

// fixedKeys writes fixed-width values big-endian with their sign made unsigned.
func fixedKeys(v *vector.Vector, sel vector.Sel, img []byte, stride int) {
	for r, p := range sel {
		f, j := vector.At(v, int(p))
		putOrdered(img[r*stride:], f, j)
	}
}

func putOrdered(b []byte, v *vector.Vector, i int) {
	switch v.Type.Phys() {
	case types.PhysBool:
		b[0] = v.Raw()[i]
	case types.PhysInt8:
		b[0] = uint8(vector.Values[int8](v)[i]) ^ 0x80
	case types.PhysInt16:
		binary.BigEndian.PutUint16(b, uint16(vector.Values[int16](v)[i])^0x8000)
	case types.PhysInt32:
		binary.BigEndian.PutUint32(b, uint32(vector.Values[int32](v)[i])^1<<31)
	case types.PhysInt64:
		binary.BigEndian.PutUint64(b, uint64(vector.Values[int64](v)[i])^1<<63)
	case types.PhysUint32:
		binary.BigEndian.PutUint32(b, vector.Values[uint32](v)[i])
	case types.PhysFloat32:
		binary.BigEndian.PutUint32(b, uint32(orderedFloat(float64(vector.Values[float32](v)[i]))>>32))
	case types.PhysFloat64:
		binary.BigEndian.PutUint64(b, orderedFloat(vector.Values[float64](v)[i]))
	case types.PhysInt128:
		d := vector.Values[types.Int128](v)[i]
		binary.BigEndian.PutUint64(b, uint64(d.Hi)^1<<63)
		binary.BigEndian.PutUint64(b[8:], d.Lo)
	case types.PhysUUID:
		u := vector.Values[[16]byte](v)[i]
		copy(b, u[:])
	}
}

// orderedFloat maps floats to numbers in SQL's order: both zeros equal, every
// NaN above infinity.
func orderedFloat(f float64) uint64 {
	switch {
	case f != f:
		return math.MaxUint64
	case f == 0:
		return 1 << 63
	}
	b := math.Float64bits(f)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// appendOrdered appends bytes that compare as nested values and intervals do:
// elements in turn, NULL elements last, a shorter list before a longer one.
func appendOrdered(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(b, 2)
	}
	b = append(b, 1)
	v, i = vector.At(v, i)
	switch v.Type.Phys() {
	case types.PhysBytes:
		for _, c := range v.Bytes(i) {
			if b = append(b, c); c == 0 {
				b = append(b, 0xFF)
			}
		}
		return append(b, 0, 0)
	case types.PhysList:
		r := v.Ranges()[i]
		for j := r.Off; j < r.Off+r.Len; j++ {
			for _, kid := range v.Kids {
				b = appendOrdered(b, kid, int(j))
			}
		}
		return append(b, 0)
	case types.PhysStruct:
		for _, kid := range v.Kids {
			b = appendOrdered(b, kid, i)
		}
		return b
	case types.PhysInterval:
		x := vector.Values[types.IntervalValue](v)[i]
		span := types.Mul64(int64(x.Months)*30+int64(x.Days), 86_400_000_000).Add(types.I128(x.Micros))
		b = binary.BigEndian.AppendUint64(b, uint64(span.Hi)^1<<63)
		return binary.BigEndian.AppendUint64(b, span.Lo)
	}
	var buf [16]byte
	putOrdered(buf[:], v, i)
	return append(b, buf[:v.Type.Phys().Width()]...)
}

// first gives 8 bytes of row i's key from byte skip on as a number.
func (s *sortKeys) first(i, skip int) uint64 {
	return binary.BigEndian.Uint64(s.img[i*s.lay.stride+skip:])
}

// lead gives the leading bytes of row i's key that decide by themselves.
func (s *sortKeys) lead(i int) []byte {
	return s.img[i*s.lay.stride : i*s.lay.stride+s.lay.exact]
}

// common counts the leading bytes in which all rows agree, as far as 8 more
// bytes follow them.
func (s *sortKeys) common() int {
	st := s.lay.stride
	n := st - 8
	if s.cut {
		n = s.lay.exact - 8 // what follows a cut string must not decide before its rest
	}
	for i := 1; i < s.n && n > 0; i++ {
		row := s.img[i*st : i*st+n]
		if bytes.Equal(row, s.img[:n]) {
			continue
		}
		for n = 0; row[n] == s.img[n]; n++ {
		}
	}
	return max(n, 0)
}

// compareKeys orders row i of a and row j of b, which have one layout.
func compareKeys(a *sortKeys, i int, b *sortKeys, j int) int {
	st := a.lay.stride
	x, y := a.img[i*st:(i+1)*st], b.img[j*st:(j+1)*st]
	if !a.cut && !b.cut {
		return bytes.Compare(x, y)
	}
	for k := range a.lay.keys {
		from := a.lay.offs[k]
		to := from + 1 + a.lay.widths[k]
		if c := bytes.Compare(x[from:to], y[from:to]); c != 0 {
			return c
		}
		if a.long[k].ends == nil {
			continue
		}
		if c := bytes.Compare(a.long[k].row(i), b.long[k].row(j)); c != 0 {
			if a.lay.keys[k].Desc {
				return -c
			}
			return c
		}
	}
	return 0
}

func (l *longKey) row(i int) []byte {
	from := uint64(0)
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.data[from:l.ends[i]]
}
