package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/parquet-go/bitpack"

	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errDelta       = errors.New("a delta encoded sequence is malformed")
	errDeltaLength = errors.New("delta encoded lengths do not fit the page")
	errPlainShort  = errors.New("a page holds fewer values than it says")
)

// maxDeltaValues bounds the values of one page: runs of equal steps take no
// bits, so the input's size alone does not.
const maxDeltaValues = 1 << 25

// decodeDelta decodes DELTA_BINARY_PACKED (Encodings.md, "Delta Encoding = 5") from
// the start of src, appending to dst at most want values. It gives what follows
// the last block. Arithmetic wraps, as the specification asks.
func decodeDelta[T int32 | int64](dst []T, src []byte, want int) ([]T, []byte, error) {
	var head [4]uint64
	for i := range 3 {
		v, n := binary.Uvarint(src)
		if n <= 0 {
			return nil, nil, errDelta
		}
		head[i], src = v, src[n:]
	}
	first, n := binary.Varint(src)
	if n <= 0 {
		return nil, nil, errDelta
	}
	src = src[n:]
	block, minis, total := head[0], head[1], head[2]
	// A miniblock is a multiple of 32 values. Writers use blocks of 128 to a few
	// thousand; larger ones could turn two bytes into megabytes.
	if minis == 0 || block == 0 || block > 1<<16 || block%minis != 0 || block/minis%32 != 0 || total > uint64(min(want, maxDeltaValues)) {
		return nil, nil, errDelta
	}
	if total == 0 {
		return dst, src, nil
	}
	d := deltaBlocks[T]{per: int(block / minis), minis: int(minis), left: int(total) - 1, last: T(first)}
	dst = append(dst, T(first))
	return d.decode(dst, src)
}

type deltaBlocks[T int32 | int64] struct {
	per, minis int // values of a miniblock, miniblocks of a block
	left       int
	last       T
}

func (d *deltaBlocks[T]) decode(dst []T, src []byte) ([]T, []byte, error) {
	for d.left > 0 {
		least, n := binary.Varint(src)
		if n <= 0 || len(src) < n+d.minis {
			return nil, nil, errDelta
		}
		widths := src[n : n+d.minis]
		src = src[n+d.minis:]
		for _, w := range widths {
			if d.left == 0 {
				break
			}
			if w > 64 {
				return nil, nil, errDelta
			}
			k := min(d.per, d.left)
			size := d.per * int(w) / 8
			if size > len(src) {
				// The last miniblock may lack its padding.
				if size = len(src); size*8 < k*int(w) {
					return nil, nil, errDelta
				}
			}
			dst = d.mini(dst, src[:size:cap(src)], uint(w), T(least), k)
			src = src[size:]
			d.left -= k
		}
	}
	return dst, src, nil
}

// mini decodes k values of one miniblock.
func (d *deltaBlocks[T]) mini(dst []T, src []byte, w uint, least T, k int) []T {
	var buf [64]int64
	var spare [64 * 8 * 2]byte
	last := d.last
	for at := 0; at < k; at += len(buf) {
		n := min(len(buf), k-at)
		out := buf[:n]
		if w == 0 {
			clear(out)
		} else {
			from := at * int(w) / 8
			need := bitpack.ByteCount(w*uint(n)) + bitpack.PaddingInt64
			if from+need <= cap(src) {
				bitpack.Unpack(out, src[from:from+need], w)
			} else {
				m := copy(spare[:len(spare)-bitpack.PaddingInt64], src[min(from, len(src)):])
				clear(spare[m:])
				bitpack.Unpack(out, spare[:], w)
			}
		}
		for _, v := range out {
			last += T(v) + least
			dst = append(dst, last)
		}
	}
	d.last = last
	return dst
}

// decodeDeltaLengths decodes DELTA_LENGTH_BYTE_ARRAY (= 6): the lengths, then
// the bytes, into ranges over data.
func decodeDeltaLengths(dst []vector.Range, lens []int32, src []byte, want int) ([]vector.Range, []int32, []byte, error) {
	lens, data, err := decodeDelta(lens[:0], src, want)
	if err != nil {
		return nil, nil, nil, err
	}
	off := uint64(0)
	for _, n := range lens {
		if n < 0 || off+uint64(n) > uint64(len(data)) {
			return nil, nil, nil, errDeltaLength
		}
		dst = append(dst, vector.Range{Off: uint32(off), Len: uint32(n)})
		off += uint64(n)
	}
	return dst, lens, data, nil
}

// maxPageText bounds the bytes that the prefixes of one page may unfold to.
const maxPageText = 1 << 28

// decodeDeltaBytes decodes DELTA_BYTE_ARRAY (= 7): lengths of the prefixes
// shared with the value before, then the suffixes. The values are put together
// in text, whose length room is asked for first.
func decodeDeltaBytes(dst []vector.Range, lens [2][]int32, text, src []byte, want int, room func(n int) error) ([]vector.Range, [2][]int32, []byte, error) {
	prefix, rest, err := decodeDelta(lens[0][:0], src, want)
	if err != nil {
		return nil, lens, nil, err
	}
	suffix, data, err := decodeDelta(lens[1][:0], rest, want)
	if err != nil {
		return nil, lens, nil, err
	}
	lens = [2][]int32{prefix, suffix}
	if len(prefix) != len(suffix) {
		return nil, lens, nil, errDelta
	}
	total := unfolded(prefix, suffix)
	if total < 0 {
		return nil, lens, nil, errDeltaLength
	}
	if err := room(total); err != nil {
		return nil, lens, nil, err
	}
	text = text[:0]
	var last vector.Range
	for i, p := range prefix {
		n := suffix[i]
		if int(n) > len(data) || uint32(p) > last.Len {
			return nil, lens, nil, errDeltaLength
		}
		off := len(text)
		text = append(text, text[last.Off:last.Off+uint32(p)]...)
		text = append(text, data[:n]...)
		data = data[n:]
		last = vector.Range{Off: uint32(off), Len: uint32(p) + uint32(n)}
		dst = append(dst, last)
	}
	return dst, lens, text, nil
}

// unfolded gives the bytes of all values; -1 if a length is negative or they are
// too many.
func unfolded(prefix, suffix []int32) int {
	total := 0
	for i, p := range prefix {
		n := suffix[i]
		if total += int(p) + int(n); p < 0 || n < 0 || total > maxPageText {
			return -1
		}
	}
	return total
}

// unsplit undoes BYTE_STREAM_SPLIT (= 9): byte k of value i is at k*n+i.
func unsplit(dst, src []byte, w int) []byte {
	n := len(src) / w
	dst = grow(dst, n*w)
	if w == 4 {
		out, a, b, c, d := convert.As[[4]byte](dst), src[:n], src[n:2*n], src[2*n:3*n], src[3*n:4*n]
		for i := range a {
			out[i] = [4]byte{a[i], b[i], c[i], d[i]}
		}
		return dst
	}
	for k := range w {
		lane := src[k*n : k*n+n]
		for i, c := range lane {
			dst[i*w+k] = c
		}
	}
	return dst
}

// padding is kept free behind the buffers that bits are unpacked from.
const padding = 64

// grow gives n bytes on b's memory, or on new memory with padding behind it.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/8+padding)
	}
	return b[:n]
}

// growSlice gives n values on s's memory, or on new memory.
func growSlice[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}
