package parquet

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/parquet-go/bitpack"

	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errRunShort = errors.New("a run-length encoded sequence ends too early")
	errRunWidth = errors.New("a run-length encoded sequence has an impossible bit width")
)

// hybrid decodes the RLE / bit-packing hybrid (Encodings.md, "RLE = 3") of
// levels, dictionary codes and booleans, a few values at a time: memory stays
// the same however long a run claims to be. Skipping costs per run, not per
// value.
type hybrid struct {
	src    []byte
	pos    int
	w      uint
	left   int    // values left in the current run
	value  uint32 // of a repeated run
	packed []byte // of a packed run; nil: a repeated run
	off    int    // values of the packed run that are done
	spare  [64]byte
}

// reset starts at src with values of w bits.
func (h *hybrid) reset(src []byte, w uint) error {
	if w > 32 {
		return errRunWidth
	}
	h.src, h.pos, h.w, h.left, h.packed, h.off = src, 0, w, 0, nil, 0
	return nil
}

// resetPacked starts at n values packed without a run header.
func (h *hybrid) resetPacked(src []byte, w uint, n int) {
	h.src, h.pos, h.w, h.left, h.packed, h.off = nil, 0, w, n, src, 0
	if h.w > 0 {
		h.left = min(n, len(src)*8/int(w))
	}
}

// run reads the next run's header; afterwards left > 0. Runs may be short, so that their
// headers cost more than their values: nearly all of those take a byte.
func (h *hybrid) run() error {
	for h.left == 0 {
		if h.pos >= len(h.src) {
			return errRunShort
		}
		v, n := uint64(h.src[h.pos]), 1
		if v >= 0x80 {
			if v, n = binary.Uvarint(h.src[h.pos:]); n <= 0 || v>>1 > 1<<31 {
				return errRunShort
			}
		}
		h.pos += n
		rest := h.src[h.pos:]
		if v&1 == 0 {
			size := int(h.w+7) / 8
			if len(rest) < size {
				return errRunShort
			}
			h.left, h.packed = int(v>>1), nil
			h.value = uint32(loadShort(rest) & (1<<h.w - 1))
			h.pos += size
			continue
		}
		// Writers may cut the last group short: count the values that are there.
		groups := int(v >> 1)
		h.off, h.left, h.packed = 0, groups*8, rest
		if h.w == 0 {
			h.packed, h.value = nil, 0
			continue
		}
		size := groups * int(h.w)
		if size >= len(rest) {
			size = len(rest)
			h.left = min(h.left, size*8/int(h.w))
			if h.left == 0 {
				return errRunShort
			}
		}
		h.packed = rest[:size:cap(rest)]
		h.pos += size
	}
	return nil
}

// loadShort gives the first four bytes of b; those past its end are zero.
func loadShort(b []byte) (x uint64) {
	if len(b) >= 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	for i, c := range b {
		x |= uint64(c) << (8 * i)
	}
	return x
}

// next decodes len(dst) values.
func (h *hybrid) next(dst []uint32) error {
	for len(dst) > 0 {
		if err := h.run(); err != nil {
			return err
		}
		n := min(h.left, len(dst))
		if h.packed == nil {
			fill(dst[:n], h.value)
		} else {
			h.unpack(dst[:n])
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

func fill(dst []uint32, v uint32) {
	if v == 0 {
		clear(dst)
		return
	}
	for i := range dst {
		dst[i] = v
	}
}

// unpack takes values of the packed run: up to the next byte boundary one by
// one, then by bitpack's assembly.
func (h *hybrid) unpack(dst []uint32) {
	for len(dst) > 0 && h.off&7 != 0 {
		dst[0] = h.one(h.off)
		h.off++
		dst = dst[1:]
	}
	if len(dst) == 0 {
		return
	}
	src := h.packed[h.off*int(h.w)/8:]
	h.off += len(dst)
	unpackBits(dst, src, h.w, &h.spare)
}

// unpackBits unpacks from a byte boundary. bitpack reads up to 16 bytes past
// the last value, so values whose bytes are not followed by as many are
// unpacked from a copy, eight at a time.
func unpackBits(dst []uint32, src []byte, w uint, spare *[64]byte) {
	need := bitpack.ByteCount(w*uint(len(dst))) + bitpack.PaddingInt32
	if need <= cap(src) {
		bitpack.Unpack(dst, src[:need], w)
		return
	}
	safe := 0
	if room := cap(src) - bitpack.PaddingInt32; room > 0 {
		safe = min(room*8/int(w), len(dst)) &^ 7
	}
	if safe > 0 {
		bitpack.Unpack(dst[:safe], src[:cap(src)], w)
	}
	for safe < len(dst) {
		n := min(8, len(dst)-safe)
		k := copy(spare[:32], src[safe*int(w)/8:])
		clear(spare[k:])
		bitpack.Unpack(dst[safe:safe+n], spare[:], w)
		safe += n
	}
}

// one gives value i of the packed run.
func (h *hybrid) one(i int) uint32 {
	bit := i * int(h.w)
	b := h.packed[bit>>3:]
	var x uint64
	if len(b) >= 8 {
		x = binary.LittleEndian.Uint64(b)
	} else {
		for k, c := range b {
			x |= uint64(c) << (8 * k)
		}
	}
	return uint32(x >> (bit & 7) & (1<<h.w - 1))
}

// skip passes over n values.
func (h *hybrid) skip(n int) error {
	for n > 0 {
		if err := h.run(); err != nil {
			return err
		}
		k := min(h.left, n)
		h.left -= k
		h.off += k
		n -= k
	}
	return nil
}

// pick passes over n values and decodes those at the places at, which ascend.
func (h *hybrid) pick(dst, at []uint32, n int) error {
	dst = dst[:len(at)]
	i := 0
	for done := 0; done < n; {
		if err := h.run(); err != nil {
			return err
		}
		k := min(h.left, n-done)
		end := done + k
		if h.packed == nil {
			for ; i < len(at) && int(at[i]) < end; i++ {
				dst[i] = h.value
			}
		} else {
			for ; i < len(at) && int(at[i]) < end; i++ {
				dst[i] = h.one(h.off + int(at[i]) - done)
			}
		}
		h.left -= k
		h.off += k
		done = end
	}
	return nil
}

// bitmap writes n one-bit values into bm from bit at on, whose bits from at on
// must be zero, and counts the ones.
func (h *hybrid) bitmap(bm vector.Bitmap, at, n int) (ones int, err error) {
	for n > 0 {
		if err := h.run(); err != nil {
			return 0, err
		}
		k := min(h.left, n)
		switch {
		case h.packed != nil:
			ones += copyBits(bm, at, h.packed, h.off, k)
			h.off += k
		case h.value != 0:
			setBits(bm, at, k)
			ones += k
		}
		h.left -= k
		at += k
		n -= k
	}
	return ones, nil
}

// count passes over n one-bit values and counts the ones.
func (h *hybrid) count(n int) (ones int, err error) {
	for n > 0 {
		if err := h.run(); err != nil {
			return 0, err
		}
		k := min(h.left, n)
		switch {
		case h.packed != nil:
			ones += countBits(h.packed, h.off, k)
			h.off += k
		case h.value != 0:
			ones += k
		}
		h.left -= k
		n -= k
	}
	return ones, nil
}

// levels decodes len(dst) values of at most eight bits.
func (h *hybrid) levels(dst []uint8) error {
	var buf [256]uint32
	for len(dst) > 0 {
		if err := h.run(); err != nil {
			return err
		}
		n := min(h.left, len(dst))
		if h.packed == nil {
			for i := range dst[:n] {
				dst[i] = uint8(h.value)
			}
		} else {
			n = min(n, len(buf))
			h.unpack(buf[:n])
			for i, v := range buf[:n] {
				dst[i] = uint8(v)
			}
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

// load64 gives the 64 bits from bit off of b on; bits past its end are zero.
func load64(b []byte, off int) uint64 {
	p, s := off>>3, uint(off&7)
	if len(b)-p >= 9 {
		x := binary.LittleEndian.Uint64(b[p:]) >> s
		if s != 0 {
			x |= uint64(b[p+8]) << (64 - s)
		}
		return x
	}
	var x uint64
	for i := 0; i < 9 && p+i < len(b); i++ {
		if sh := i*8 - int(s); sh < 0 {
			x |= uint64(b[p+i]) >> -sh
		} else if sh < 64 {
			x |= uint64(b[p+i]) << sh
		}
	}
	return x
}

// copyBits copies n bits of src from bit off on into bm at bit at, where bm is
// zero, and counts the ones.
func copyBits(bm vector.Bitmap, at int, src []byte, off, n int) (ones int) {
	for n > 0 {
		k := min(n, 64-at&63)
		x := load64(src, off)
		if k < 64 {
			x &= 1<<k - 1
		}
		ones += bits.OnesCount64(x)
		bm[at>>6] |= x << (at & 63)
		at, off, n = at+k, off+k, n-k
	}
	return ones
}

func countBits(src []byte, off, n int) (ones int) {
	for n > 0 {
		k := min(n, 64)
		x := load64(src, off)
		if k < 64 {
			x &= 1<<k - 1
		}
		ones += bits.OnesCount64(x)
		off, n = off+k, n-k
	}
	return ones
}

// setBits sets n bits from bit at on.
func setBits(bm vector.Bitmap, at, n int) {
	for n > 0 {
		k := min(n, 64-at&63)
		x := ^uint64(0)
		if k < 64 {
			x = 1<<k - 1
		}
		bm[at>>6] |= x << (at & 63)
		at, n = at+k, n-k
	}
}

// levelWidth is the bits that levels up to max take.
func levelWidth(max uint8) uint { return uint(bits.Len8(max)) }

// repackLevels turns the deprecated BIT_PACKED levels, which fill bytes from
// the most significant bit on, into the order of the hybrid encoding. It gives
// the packed bytes on dst's memory and how many input bytes the n levels took.
func repackLevels(dst, src []byte, w uint, n int) (packed []byte, used int, err error) {
	used = (n*int(w) + 7) / 8
	if used > len(src) {
		return nil, 0, errRunShort
	}
	dst = append(dst[:0], src[:used]...)
	if w == 1 {
		for i, b := range dst {
			dst[i] = bits.Reverse8(b)
		}
		return dst, used, nil
	}
	clear(dst)
	for i := range n * int(w) {
		// Bit j of a value counts from its most significant in the source.
		v, j := i/int(w), i%int(w)
		if src[i>>3]>>(7-i&7)&1 != 0 {
			o := v*int(w) + int(w) - 1 - j
			dst[o>>3] |= 1 << (o & 7)
		}
	}
	return dst, used, nil
}
