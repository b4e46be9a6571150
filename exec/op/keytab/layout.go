package keytab

import (
	"bytes"
	"encoding/binary"

	"github.com/glauxdb/glaux/catalog/types"
)

// inlineLen is how many bytes of a string fit its image.
const inlineLen = 12

// strWidth is the image of a string: length, then bytes or prefix and hash.
const strWidth = 16

// maxImageLen is the length in the images of strings of that length and more: the true
// one is with their bytes. So its top byte is free for null bits.
const maxImageLen = 1<<24 - 1

// class says how a key column becomes part of the image.
type class uint8

const (
	classRaw  class = iota // the value's bytes
	classF32               // canonical float
	classF64               //
	classStr               // length, prefix or hash
	classSide              // encoded to bytes, then as classStr; values kept aside
	classNone              // the unknown type: always NULL
)

type keyCol struct {
	typ   types.Type
	class class
	width int // bytes in the image
	off   int // byte offset in the image
	str   int // number among the string-like columns, -1
	side  int // number among the side columns, -1
}

// Layout says where each key lies in an image and a row. Immutable.
type Layout struct {
	cols    []keyCol
	nullOff int // byte offset of the null bits; -1: keys are never null
	words   int // of an image
	strs    int // string-like columns
	sides   int
}

// NewLayout lays out keys of the given types. Without nulls, encoding a NULL is
// the caller's mistake: drop those rows before.
func NewLayout(ts []types.Type, nulls bool) *Layout {
	l := &Layout{cols: make([]keyCol, len(ts)), nullOff: -1}
	off := 0
	for i, t := range ts {
		c := keyCol{typ: t, str: -1, side: -1}
		c.class, c.width = classify(t)
		if c.class == classStr || c.class == classSide {
			c.str = l.strs
			l.strs++
		}
		if c.class == classSide {
			c.side = l.sides
			l.sides++
		}
		l.cols[i] = c
	}
	for _, w := range []int{16, 8, 4, 2, 1} { // wide ones first: every value is aligned
		for i := range l.cols {
			if l.cols[i].width == w {
				l.cols[i].off = off
				off += w
			}
		}
	}
	switch host := l.firstString(); {
	case !nulls || len(ts) == 0:
	case host >= 0 && len(ts) <= 8:
		l.nullOff = l.cols[host].off + topByte()
	default:
		l.nullOff = off
		off += (len(ts) + 7) / 8
	}
	l.words = max((off+7)/8, 1)
	return l
}

// firstString gives the first key whose image is a string's, -1 if there is none. The
// top byte of its length is free: up to eight null bits have room there.
func (l *Layout) firstString() int {
	for i := range l.cols {
		if l.cols[i].width == strWidth && l.cols[i].str >= 0 {
			return i
		}
	}
	return -1
}

// topByte is where the most significant of a number's four bytes lies.
func topByte() int {
	b := binary.NativeEndian.AppendUint32(nil, 1<<24)
	return bytes.IndexByte(b, 1)
}

func classify(t types.Type) (class, int) {
	switch p := t.Phys(); p {
	case types.PhysNone:
		return classNone, 0
	case types.PhysFloat32:
		return classF32, 4
	case types.PhysFloat64:
		return classF64, 8
	case types.PhysBytes:
		return classStr, strWidth
	case types.PhysInterval, types.PhysList, types.PhysStruct:
		return classSide, strWidth
	default:
		return classRaw, p.Width()
	}
}

// Types gives the types of the keys.
func (l *Layout) Types() []types.Type {
	ts := make([]types.Type, len(l.cols))
	for i := range l.cols {
		ts[i] = l.cols[i].typ
	}
	return ts
}

// rowWords is the size of a table row: the image, a range for each string-like
// key, an index for each side key (rounded up), the state.
func (l *Layout) rowWords(stateBytes int) int {
	return l.words + l.strs + (l.sides+1)/2 + (stateBytes+7)/8
}

// Words gives the size of a key's image, in words of 8 bytes.
func (l *Layout) Words() int { return l.words }
