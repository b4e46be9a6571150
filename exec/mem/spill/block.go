package spill

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// A block holds its columns one after the other, each padded to 8 bytes:
//
//	flags          1: there are NULLs, and a bitmap of the valid rows follows
//	fixed width    the values
//	bytes          lengths (4 bytes each), their sum (8 bytes), the bytes
//	lists          lengths (4 bytes each), their sum (8 bytes), the elements as columns
//	rows           the fields as columns
//
// Numbers are in the machine's order: a file is read by the process that wrote it.

var errDamaged = errors.New("a block's bytes make no columns")

const hasNulls = 1

func pad(n int) int { return (n + 7) &^ 7 }

// encodedSize is how many bytes encode fills.
func encodedSize(b *vector.Batch) int {
	n := 0
	for _, v := range b.Cols {
		n += columnSize(v)
	}
	return n
}

func columnSize(v *vector.Vector) int {
	n := 8
	if v.Valid != nil {
		n += (v.Len + 63) / 64 * 8
	}
	switch v.Type.Phys() {
	case types.PhysBytes:
		n += pad(4*v.Len) + 8 + pad(len(v.Data))
	case types.PhysList:
		n += pad(4*v.Len) + 8
	case types.PhysStruct:
	default:
		n += pad(v.Len * v.Type.Phys().Width())
	}
	for _, k := range v.Kids {
		n += columnSize(k)
	}
	return n
}

// encode writes b's columns, which are flat and were made by appending, into out of
// encodedSize bytes.
func encode(out []byte, b *vector.Batch) {
	e := encoder{out}
	for _, v := range b.Cols {
		e.column(v)
	}
}

type encoder struct{ out []byte }

func (e *encoder) number(n uint64) {
	binary.NativeEndian.PutUint64(e.out, n)
	e.out = e.out[8:]
}

func (e *encoder) bytes(b []byte) {
	n := copy(e.out, b)
	clear(e.out[n:pad(n)])
	e.out = e.out[pad(n):]
}

func (e *encoder) column(v *vector.Vector) {
	if v.Valid == nil {
		e.number(0)
	} else {
		e.number(hasNulls)
		for _, w := range v.Valid[:(v.Len+63)/64] {
			e.number(w)
		}
	}
	switch v.Type.Phys() {
	case types.PhysBytes:
		e.lengths(v)
		e.number(uint64(len(v.Data)))
		e.bytes(v.Data)
	case types.PhysList:
		e.lengths(v)
		e.number(uint64(v.Kids[0].Len))
	case types.PhysStruct:
	default:
		e.bytes(v.Raw()[:v.Len*v.Type.Phys().Width()])
	}
	for _, k := range v.Kids {
		e.column(k)
	}
}

// lengths writes those of ranges, which lie one behind the other; those of NULLs
// are empty.
func (e *encoder) lengths(v *vector.Vector) {
	n := v.Len
	out := e.out
	for i, r := range v.Ranges()[:n] {
		binary.NativeEndian.PutUint32(out[4*i:], r.Len)
	}
	clear(out[4*n : pad(4*n)])
	e.out = out[pad(4*n):]
}

// decode makes cols the columns of a block's bytes, which are aligned to 8 bytes
// and must stay as they are while the columns are used.
func decode(raw []byte, ts []types.Type, rows int, cols []*vector.Vector) error {
	d := decoder{raw}
	for i, t := range ts {
		if err := d.column(cols[i], t, rows); err != nil {
			return err
		}
	}
	if len(d.in) != 0 {
		return errDamaged
	}
	return nil
}

type decoder struct{ in []byte }

func (d *decoder) number() (uint64, error) {
	b, err := d.bytes(8)
	if err != nil {
		return 0, err
	}
	return binary.NativeEndian.Uint64(b), nil
}

// bytes takes n bytes and what pads them.
func (d *decoder) bytes(n uint64) ([]byte, error) {
	if n > uint64(len(d.in)) || uint64(pad(int(n))) > uint64(len(d.in)) {
		return nil, errDamaged
	}
	b := d.in[:n:n]
	d.in = d.in[pad(int(n)):]
	return b, nil
}

func (d *decoder) column(v *vector.Vector, t types.Type, n int) error {
	flags, err := d.number()
	if err != nil || flags > hasNulls {
		return errDamaged
	}
	v.Reset(t, 0)
	var valid vector.Bitmap
	if flags == hasNulls {
		b, err := d.bytes(uint64(n+63) / 64 * 8)
		if err != nil {
			return err
		}
		valid = bitmapOf(b)
	}
	kidRows := n
	switch t.Phys() {
	case types.PhysBytes:
		err = d.strings(v, n)
	case types.PhysList:
		kidRows, err = d.lists(v, n)
	case types.PhysStruct:
	default:
		var b []byte
		if b, err = d.bytes(uint64(n) * uint64(t.Phys().Width())); err == nil {
			v.SetRaw(b)
		}
	}
	if err != nil {
		return err
	}
	v.Len, v.Valid = n, valid
	for i, k := range v.Kids {
		if err := d.column(k, t.Fields[i].Type, kidRows); err != nil {
			return err
		}
	}
	return nil
}

// strings reads lengths and bytes.
func (d *decoder) strings(v *vector.Vector, n int) error {
	total, err := d.ranges(v, n)
	if err != nil {
		return err
	}
	b, err := d.bytes(total)
	v.SetData(b)
	return err
}

// lists reads lengths, and gives the number of elements.
func (d *decoder) lists(v *vector.Vector, n int) (int, error) {
	total, err := d.ranges(v, n)
	// Every element takes a bit at least somewhere, or none if its type has no
	// values at all: then only the ranges' width bounds their number.
	if total > 1<<31 {
		return 0, errDamaged
	}
	return int(total), err
}

// ranges reads lengths and their sum, and makes ranges that lie one behind the other.
func (d *decoder) ranges(v *vector.Vector, n int) (uint64, error) {
	b, err := d.bytes(4 * uint64(n))
	if err != nil {
		return 0, err
	}
	total, err := d.number()
	if err != nil {
		return 0, err
	}
	v.Reset(v.Type, n)
	at, out := uint64(0), v.Ranges()
	for i := range out {
		k := binary.NativeEndian.Uint32(b[4*i:])
		out[i] = vector.Range{Off: uint32(at), Len: k}
		if at += uint64(k); at > total {
			return 0, errDamaged
		}
	}
	if at != total {
		return 0, errDamaged
	}
	return total, nil
}

// bitmapOf views aligned bytes as words.
func bitmapOf(b []byte) vector.Bitmap {
	if len(b) == 0 {
		return vector.Bitmap{}
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}
