package keytab

import (
	"unsafe"

	"github.com/glauxdb/glaux/formats/vector"
)

// Column makes dst the values of key column i of m rows from row `from` on. dst
// may share bytes with the table.
func (t *Table) Column(dst *vector.Vector, i, from, m int) {
	c := &t.lay.cols[i]
	if m == 0 {
		dst.Reset(c.typ, 0)
		return
	}
	switch c.class {
	case classNone:
		*dst = *vector.Null(c.typ, m)
		return
	case classSide:
		idx := make([]uint32, m)
		for k := range idx {
			idx[k] = *t.sideIndex(from+k, c.side)
		}
		vector.Gather(dst, t.sides[c.side], idx)
		return
	case classStr:
		dst.Reset(c.typ, m)
		t.strings(dst, c, from, m)
	default:
		dst.Reset(c.typ, m)
		t.fixed(dst, c, from, m)
	}
	t.nulls(dst, i, from, m)
}

func (t *Table) fixed(dst *vector.Vector, c *keyCol, from, m int) {
	src := bytesOf(t.rows)[from*t.words*8+c.off:]
	stride := t.words * 8
	switch c.width {
	case 1:
		collect[uint8](dst, src, stride, m)
	case 2:
		collect[uint16](dst, src, stride, m)
	case 4:
		collect[uint32](dst, src, stride, m)
	case 8:
		collect[uint64](dst, src, stride, m)
	case 16:
		collect[[2]uint64](dst, src, stride, m)
	}
}

func collect[T any](dst *vector.Vector, src []byte, stride, m int) {
	out := view[T](dst.Raw())
	for k := 0; k < m; k++ {
		out[k] = *(*T)(unsafe.Pointer(&src[k*stride]))
	}
}

// strings copies the strings into dst's own bytes.
func (t *Table) strings(dst *vector.Vector, c *keyCol, from, m int) {
	out := dst.Ranges()
	rows := bytesOf(t.rows)
	data := dst.Data
	for k := 0; k < m; k++ {
		img := rows[(from+k)*t.words*8+c.off:]
		n := *(*uint32)(unsafe.Pointer(&img[0])) & maxImageLen
		s := img[4 : 4+min(n, inlineLen)]
		if n > inlineLen {
			at := t.place(from+k, c.str)
			s = t.arena[at.Off : at.Off+at.Len]
		}
		out[k] = vector.Range{Off: uint32(len(data)), Len: uint32(len(s))}
		data = append(data, s...)
	}
	dst.Data = data
}

func (t *Table) nulls(dst *vector.Vector, i, from, m int) {
	if t.lay.nullOff < 0 {
		return
	}
	rows, bit := bytesOf(t.rows), byte(1)<<(i%8)
	at := t.lay.nullOff + i/8
	for k := 0; k < m; k++ {
		if rows[(from+k)*t.words*8+at]&bit != 0 {
			dst.SetNull(k)
		}
	}
}
