package codec

import (
	"encoding/binary"

	"github.com/klauspost/compress/snappy"
)

// unsnappy decodes a raw snappy block whose decoded length is len(dst), as
// DecodedLen has told, onto dst. What is not accepted here goes to the library, which
// knows the format's extensions and names the errors.
func unsnappy(dst, src []byte) ([]byte, error) {
	_, head := binary.Uvarint(src)
	if snappyRuns && snappyElements(dst, src[head:]) {
		return dst, nil
	}
	return snappy.Decode(dst, src)
}

// snappyElements decodes the elements of a block; false: they are not valid, or not
// as many as dst holds. snappyRun takes most of them; here go those near both ends,
// the long literals and the copies that reach back far.
func snappyElements(dst, src []byte) bool {
	d, s := 0, 0
	for s >= 0 && s < len(src) {
		if d >= 8 && d <= len(dst)-runDst && s <= len(src)-runSrc {
			if d, s = snappyRun(&snappyTags, dst, src, d, s); s < 0 {
				return false
			}
		}
		d, s = snappyElement(dst, src, d, s) // there is one: snappyRun ends before the last
	}
	return s >= 0 && d == len(dst)
}

// How far from the ends of its output and of its input snappyRun stays: it looks at
// the limits once for a literal of at most 60 bytes and the copy of at most 64 that
// comes after it, and moves 16 bytes at a time.
const (
	runDst = 60 + 64 + 16 + 4
	runSrc = 1 + 60 + 5 + 14
)

// snappyTags has an entry for each tag byte, as snappyRun needs it:
//
//	bits  0..7  the copy's length; 255: a literal, or an offset of four bytes
//	bits 16..31 the part of the offset that stands in the tag
//	bits 32..63 the mask of the offset's bytes that come after the tag
var snappyTags = snappyTagTable()

func snappyTagTable() (out [256]uint64) {
	for tag := range out {
		n, high, mask := 255, 0, 0
		switch tag & 3 {
		case 1:
			n, high, mask = tag>>2&7+4, tag>>5<<8, 0xff
		case 2:
			n, mask = tag>>2+1, 0xffff
		}
		out[tag] = uint64(n) | uint64(high)<<16 | uint64(mask)<<32
	}
	return out
}

// snappyElement decodes the element at src[s:] (format_description.txt, section 2)
// to dst[d:] and gives the positions after both; s < 0: there is no valid one.
func snappyElement(dst, src []byte, d, s int) (int, int) {
	tag := src[s]
	s++
	if tag&3 == 0 {
		return snappyLiteral(dst, src, d, s, int(tag>>2))
	}
	n, off := int(tag>>2)+1, 0
	rest := src[s:]
	switch {
	case tag&3 == 1 && len(rest) >= 1:
		n, off = int(tag>>2&7)+4, int(tag>>5)<<8|int(rest[0])
		s++
	case tag&3 == 2 && len(rest) >= 2:
		off = int(binary.LittleEndian.Uint16(rest))
		s += 2
	case tag&3 == 3 && len(rest) >= 4:
		off = int(binary.LittleEndian.Uint32(rest))
		s += 4
	}
	if off == 0 || off > d || n > len(dst)-d {
		return 0, -1
	}
	for from, end := d-off, d+n; d < end; { // what is copied grows by what has been
		d += copy(dst[d:end], dst[from:d])
	}
	return d, s
}

// snappyLiteral copies a literal whose tag said n: its length less one, or from 60
// on how many bytes hold that.
func snappyLiteral(dst, src []byte, d, s, n int) (int, int) {
	if k := n - 59; k > 0 {
		if k > len(src)-s {
			return 0, -1
		}
		n = 0
		for i := k - 1; i >= 0; i-- {
			n = n<<8 | int(src[s+i])
		}
		s += k
	}
	n++
	if n > len(src)-s || n > len(dst)-d {
		return 0, -1
	}
	copy(dst[d:], src[s:s+n])
	return d + n, s + n
}
