package keytab

import (
	"unsafe"

	"github.com/glauxdb/glaux/formats/vector"
)

// Column makes dst the values of key column i of m rows from row `from` on. dst
// may share bytes with the table.
func (t *Table) Column(dst *vector.Vector, i, from, m int) {
	rows := inOrder[:min(m, len(inOrder))]
	if m > len(rows) {
		rows = make([]uint32, m)
		for k := range rows {
			rows[k] = uint32(k)
		}
	}
	t.column(dst, i, from, rows)
}

// ColumnOf is Column for any rows.
func (t *Table) ColumnOf(dst *vector.Vector, i int, rows []uint32) { t.column(dst, i, 0, rows) }

// inOrder are the numbers of a batch's rows.
var inOrder = func() (rows [vector.MaxBatch]uint32) {
	for k := range rows {
		rows[k] = uint32(k)
	}
	return rows
}()

// column gathers the rows that lie at `rows` from row `from` on.
func (t *Table) column(dst *vector.Vector, i, from int, rows []uint32) {
	c := &t.lay.cols[i]
	if len(rows) == 0 {
		dst.Reset(c.typ, 0)
		return
	}
	switch c.class {
	case classNone:
		*dst = *vector.Null(c.typ, len(rows))
		return
	case classSide:
		idx := make([]uint32, len(rows))
		for k, r := range rows {
			idx[k] = *t.sideIndex(from+int(r), c.side)
		}
		vector.Gather(dst, t.sides[c.side], idx)
		return
	case classStr:
		dst.Reset(c.typ, len(rows))
		t.strings(dst, c, from, rows)
	default:
		dst.Reset(c.typ, len(rows))
		t.fixed(dst, c, from, rows)
	}
	t.nulls(dst, i, from, rows)
}

func (t *Table) fixed(dst *vector.Vector, c *keyCol, from int, rows []uint32) {
	src := bytesOf(t.rows)[from*t.words*8+c.off:]
	stride := t.words * 8
	switch c.width {
	case 1:
		collect[uint8](dst, src, stride, rows)
	case 2:
		collect[uint16](dst, src, stride, rows)
	case 4:
		collect[uint32](dst, src, stride, rows)
	case 8:
		collect[uint64](dst, src, stride, rows)
	case 16:
		collect[[2]uint64](dst, src, stride, rows)
	}
}

func collect[T any](dst *vector.Vector, src []byte, stride int, rows []uint32) {
	out := view[T](dst.Raw())[:len(rows)]
	for k, r := range rows {
		out[k] = *(*T)(unsafe.Pointer(&src[int(r)*stride]))
	}
}

// strings copies the strings into dst's own bytes.
func (t *Table) strings(dst *vector.Vector, c *keyCol, from int, rows []uint32) {
	out := dst.Ranges()
	src := bytesOf(t.rows)
	data := dst.Data
	for k, r := range rows {
		row := from + int(r)
		img := src[row*t.words*8+c.off:]
		n := *(*uint32)(unsafe.Pointer(&img[0])) & maxImageLen
		s := img[4 : 4+min(n, inlineLen)]
		if n > inlineLen {
			at := t.place(row, c.str)
			s = t.arena[at.Off : at.Off+at.Len]
		}
		out[k] = vector.Range{Off: uint32(len(data)), Len: uint32(len(s))}
		data = append(data, s...)
	}
	dst.Data = data
}

func (t *Table) nulls(dst *vector.Vector, i, from int, rows []uint32) {
	if t.lay.nullOff < 0 {
		return
	}
	src, bit := bytesOf(t.rows), byte(1)<<(i%8)
	at := t.lay.nullOff + i/8
	for k, r := range rows {
		if src[(from+int(r))*t.words*8+at]&bit != 0 {
			dst.SetNull(k)
		}
	}
}
