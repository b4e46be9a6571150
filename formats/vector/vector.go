// Package vector is the in-memory columnar form: Vector (one column of a
// batch), Batch (columns and a selection) and Bitmap. It is a leaf and holds
// no operators: loops over vectors live in exec/kernel.
//
//	Batch ── N rows ── Sel: which of them count (nil: all)
//	  └─ Vector ── Valid bitmap (nil: no nulls)
//	       Flat    fixed width: one slice                 Values[T](v)
//	               strings, binary: Ranges into Data      v.Ranges(), v.Data
//	               array, map: Ranges into Kids           v.Ranges(), v.Kids
//	               row: Kids of the same length
//	       Const   one value (index 0 of the flat form) for every row
//	       Dict    Codes into Base, a flat vector without nulls
//
// Ownership: the maker of a vector owns its buffers; whoever receives a batch
// from a Source or Operator may read it until the next call of Next and must
// copy what it keeps. Nobody writes into a vector that it did not make.
// Values at rows that are null or not selected are defined memory but have no
// meaning; codes at such rows are valid indexes into Base, so that a kernel may
// gather without a branch.
package vector

import (
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
)

// BatchSize is the number of rows that sources aim at for one batch; MaxBatch
// is the most that a batch may hold (selections are uint16).
const (
	BatchSize = 4096
	MaxBatch  = 32768
)

// Form says how the values of a vector are laid out.
type Form uint8

// The forms.
const (
	Flat Form = iota
	Const
	Dict
)

// Range is a string's place in Data, or a list's place in its children.
type Range struct{ Off, Len uint32 }

// Fixed lists the Go types of fixed-width values. Each is the element of
// exactly one physical form (Range serves both bytes and lists).
type Fixed interface {
	bool | int8 | int16 | int32 | int64 | uint32 | float32 | float64 | types.Int128 | types.IntervalValue | [16]byte | Range
}

// Vector is one column of a batch. A struct, not an interface: a kernel must
// see slices. See the package comment for the forms and who owns what.
type Vector struct {
	Type  types.Type
	Form  Form
	Len   int    // rows; for Const the number of rows it stands for
	Valid Bitmap // nil: no nulls. For Const: nil, or a bitmap whose bit 0 says

	Codes []uint32  // Dict: index into Base, Len of them
	Base  *Vector   // Dict: flat, no nulls, at least one value
	Data  []byte    // the bytes that the ranges of a flat string vector point into
	Kids  []*Vector // array: elements; map: keys, values; row: fields

	raw    []byte // fixed-width values, ranges: little endian, Width bytes each
	shared shared // buffers that belong to somebody else and must not be reused
	spare  Bitmap // a bitmap that this vector owns, for the next Valid
	gen    uint64 // see Generation
}

// Generation changes whenever the vector is refilled through its methods
// (Reset, SetRaw, Resize, Append...). Together with the vector's address it names
// a content, so that results over a dictionary's values can be kept as long as
// the dictionary stays. Whoever refills a Base must do it through the methods.
func (v *Vector) Generation() uint64 { return v.gen }

// shared marks the buffers of a vector that are borrowed.
type shared uint8

const (
	sharedRaw shared = 1 << iota
	sharedData
	sharedCodes
	sharedKids
)

// Values gives the fixed-width values of a Flat vector (Len of them) or the
// single value of a Const one. T must be the element type of the vector's
// physical form. The slice aliases the vector.
func Values[T Fixed](v *Vector) []T {
	var t T
	n := len(v.raw) / int(unsafe.Sizeof(t))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v.raw))), n)
}

// Ranges gives the ranges of a flat (or const) bytes or list vector.
func (v *Vector) Ranges() []Range { return Values[Range](v) }

// Bytes gives value i of a flat bytes vector; i must be 0 for Const. The slice
// aliases the vector's data.
func (v *Vector) Bytes(i int) []byte {
	r := v.Ranges()[i]
	return v.Data[r.Off : r.Off+r.Len : r.Off+r.Len]
}

// Raw gives the bytes of the fixed-width values, for hashing and encoding.
func (v *Vector) Raw() []byte { return v.raw }

// SetRaw points a flat vector at memory of Len values that somebody else owns
// and keeps unchanged for the vector's life (a decoded page, for example).
// Reset forgets it instead of writing into it.
func (v *Vector) SetRaw(b []byte) {
	v.raw, v.shared = b, v.shared|sharedRaw
	v.gen++
}

// SetData points a string vector at bytes that somebody else owns. Reset
// forgets them instead of appending over them.
func (v *Vector) SetData(b []byte) {
	v.Data, v.shared = b, v.shared|sharedData
	v.gen++
}

// SetDict makes v a dictionary vector over borrowed codes and base. Its length
// is that of codes; Valid is kept as it is.
func (v *Vector) SetDict(t types.Type, codes []uint32, base *Vector) {
	v.Type, v.Form, v.Len, v.Base = t, Dict, len(codes), base
	v.Codes, v.shared = codes, v.shared|sharedCodes
}

// SetKids points a nested vector at children that somebody else owns.
func (v *Vector) SetKids(kids []*Vector) { v.Kids, v.shared = kids, v.shared|sharedKids }

// release forgets the borrowed buffers, so that what is left may be written.
func (v *Vector) release() {
	v.gen++
	if v.shared == 0 {
		return
	}
	if v.shared&sharedRaw != 0 {
		v.raw = nil
	}
	if v.shared&sharedData != 0 {
		v.Data = nil
	}
	if v.shared&sharedCodes != 0 {
		v.Codes = nil
	}
	if v.shared&sharedKids != 0 {
		v.Kids = nil
	}
	v.shared = 0
}

// AllValid gives v a validity bitmap of ones for its Len rows, in memory that v
// owns and reuses, for a kernel that clears bits.
func (v *Vector) AllValid() Bitmap {
	words := (v.Len + 63) / 64
	if cap(v.spare) < words {
		v.spare = make(Bitmap, words, words+words/4+1)
	}
	v.Valid = v.spare[:words]
	v.Valid.SetAll(v.Len)
	return v.Valid
}

// New makes a flat vector of n zero values without nulls. Children of nested
// types are made empty.
func New(t types.Type, n int) *Vector {
	v := &Vector{}
	v.Reset(t, n)
	return v
}

// Reset makes v a flat vector of n values of type t without nulls, keeping its
// buffers where they are large enough. The values are not cleared.
func (v *Vector) Reset(t types.Type, n int) {
	v.release()
	v.Type, v.Form, v.Len, v.Valid, v.Base = t, Flat, n, nil, nil
	v.Codes, v.Data = v.Codes[:0], v.Data[:0]
	v.raw = growRaw(v.raw, n*t.Phys().Width())
	if len(t.Fields) == 0 {
		v.Kids = nil
		return
	}
	if len(v.Kids) != len(t.Fields) {
		v.Kids = make([]*Vector, len(t.Fields))
	}
	kidLen := 0
	if t.Phys() == types.PhysStruct {
		kidLen = n
	}
	for i, f := range t.Fields {
		if v.Kids[i] == nil {
			v.Kids[i] = &Vector{}
		}
		v.Kids[i].Reset(f.Type, kidLen)
	}
}

// growRaw gives a slice of n bytes whose memory is 8-byte aligned, reusing b. What has
// grown once is likely to grow again, so it gets a quarter more.
func growRaw(b []byte, n int) []byte {
	if cap(b) >= n {
		return b[:n]
	}
	room := n
	if cap(b) > 0 {
		room += n / 4
	}
	words := make([]uint64, (room+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(words)*8)[:n]
}

// Resize sets the length of a flat vector, keeping its values; new ones are
// undefined. Validity, if present, is extended as valid.
func (v *Vector) Resize(n int) {
	v.gen++
	w := v.Type.Phys().Width()
	if cap(v.raw) < n*w || v.shared&sharedRaw != 0 {
		old := v.raw
		v.raw = growRaw(nil, max(n, 2*v.Len)*w)[:n*w]
		copy(v.raw, old)
		v.shared &^= sharedRaw
	}
	v.raw = v.raw[:n*w]
	if v.Valid != nil {
		v.Valid = v.Valid.Extend(v.Len, n)
	}
	if v.Type.Phys() == types.PhysStruct {
		for _, k := range v.Kids {
			k.Resize(n)
		}
	}
	v.Len = n
}

// Reserve gives the flat vector v memory for rows rows in all and data bytes of strings,
// so that it does not grow on the way there.
func (v *Vector) Reserve(rows, data int) {
	if size := rows * v.Type.Phys().Width(); cap(v.raw) < size {
		v.raw = append(growRaw(nil, size)[:0], v.raw...)
		v.shared &^= sharedRaw
	}
	if cap(v.Data) < data {
		v.Data = append(make([]byte, 0, data), v.Data...)
		v.shared &^= sharedData
	}
}

// SetNull marks row i of a flat vector as null, making the bitmap at need.
func (v *Vector) SetNull(i int) {
	if v.Valid == nil {
		v.AllValid()
	}
	v.Valid.Clear(i)
}

// IsNull reports whether row i is null, in any form.
func (v *Vector) IsNull(i int) bool {
	if v.Type.Kind == types.Unknown {
		return true
	}
	if v.Valid == nil {
		return false
	}
	if v.Form == Const {
		i = 0
	}
	return !v.Valid.Get(i)
}

// Null makes a constant NULL that stands for n rows.
func Null(t types.Type, n int) *Vector {
	v := New(t, 1)
	clear(v.raw)
	v.Form, v.Len, v.Valid = Const, n, Bitmap{0}
	for _, k := range v.Kids {
		k.setAllNull()
	}
	return v
}

func (v *Vector) setAllNull() {
	clear(v.raw)
	v.Valid = NewBitmap(v.Len)
	for _, k := range v.Kids {
		k.setAllNull()
	}
}

// NullCount counts the null rows.
func (v *Vector) NullCount() int {
	switch {
	case v.Type.Kind == types.Unknown:
		return v.Len
	case v.Valid == nil:
		return 0
	case v.Form == Const:
		if v.Valid.Get(0) {
			return 0
		}
		return v.Len
	}
	return v.Len - v.Valid.Count(v.Len)
}

// Sel lists the positions of the rows that count, ascending. A nil Sel means
// every row; an empty non-nil one means none.
type Sel []uint16

// Batch is a group of rows, column by column. It is valid until the next call
// of Next on whatever filled it.
type Batch struct {
	N    int // rows in each column, selected or not
	Cols []*Vector
	Sel  Sel
}

// Rows gives the number of rows that count.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// Reset empties the batch, keeping the column slice.
func (b *Batch) Reset() { b.N, b.Cols, b.Sel = 0, b.Cols[:0], nil }
