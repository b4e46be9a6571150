package orc

import (
	"encoding/binary"
	"errors"
)

var (
	errRun   = errors.New("a run of numbers is malformed")
	errPatch = errors.New("a patch lies behind its run")
)

// blockValues is how many values a buffer grows by at most before they have
// been decoded: what a count claims may not be there.
const blockValues = 1 << 16

// ints decodes run length encoded integers (specification, "Integer Run Length
// Encoding, version 1" and "version 2").
type ints struct {
	s      *stream
	signed bool
	v2     bool
	run    [512]int64
	vals   []int64 // what is left of run
}

// appendN appends the next n values to dst.
func (r *ints) appendN(dst []int64, n int) ([]int64, error) {
	for n > 0 {
		if len(r.vals) == 0 {
			if err := r.next(); err != nil {
				return dst, err
			}
		}
		k := min(n, len(r.vals))
		dst = append(dst, r.vals[:k]...)
		r.vals = r.vals[k:]
		n -= k
	}
	return dst, nil
}

// skip passes over n values.
func (r *ints) skip(n int64) error {
	for n > 0 {
		if len(r.vals) == 0 {
			if err := r.next(); err != nil {
				return err
			}
		}
		k := min(n, int64(len(r.vals)))
		r.vals = r.vals[k:]
		n -= k
	}
	return nil
}

// next decodes a run.
func (r *ints) next() error {
	if r.v2 {
		return r.nextV2()
	}
	h, err := r.s.take(1)
	if err != nil {
		return err
	}
	if h[0] >= 128 {
		r.vals = r.run[:256-int(h[0])]
		for i := range r.vals {
			if r.vals[i], err = r.varint(r.signed); err != nil {
				return err
			}
		}
		return nil
	}
	n := int(h[0]) + 3
	d, err := r.s.take(1)
	if err != nil {
		return err
	}
	delta := int64(int8(d[0]))
	base, err := r.varint(r.signed)
	r.vals = r.run[:n]
	for i := range r.vals {
		r.vals[i] = base + int64(i)*delta
	}
	return err
}

func (r *ints) varint(signed bool) (int64, error) {
	u, err := r.s.uvarint()
	if signed {
		return zigzag(u), err
	}
	return int64(u), err
}

func zigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// The sub-encodings of version 2, in the first two bits of a run.
const (
	shortRepeat = 0
	direct      = 1
	patchedBase = 2
)

// widths gives the bits that a five-bit code stands for.
var widths = [32]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 28, 30, 32, 40, 48, 56, 64}

func (r *ints) nextV2() error {
	b, err := r.s.take(2) // the shortest run has two bytes
	if err != nil {
		return err
	}
	h, second := b[0], b[1]
	if h>>6 == shortRepeat {
		return r.shortRepeat(h, second)
	}
	n := (int(h&1)<<8 | int(second)) + 1
	code := h >> 1 & 31
	switch h >> 6 {
	case direct:
		if err := r.unpack(n, widths[code]); err != nil {
			return err
		}
		if r.signed {
			for i, v := range r.vals {
				r.vals[i] = zigzag(uint64(v))
			}
		}
		return nil
	case patchedBase:
		return r.patched(n, widths[code])
	}
	width := widths[code]
	if code == 0 {
		width = 0
	}
	return r.delta(n, width)
}

// unpack reads n numbers of a width, most significant bits first, into run.
func (r *ints) unpack(n, width int) error {
	b, err := r.s.take((n*width + 7) / 8)
	if err != nil {
		return err
	}
	r.vals = r.run[:n]
	unpackBits(r.vals, b, width)
	return nil
}

// unpackBits reads numbers of width bits (at most 64), most significant first.
func unpackBits(dst []int64, b []byte, width int) {
	switch width {
	case 8:
		for i := range dst {
			dst[i] = int64(b[i])
		}
		return
	case 16:
		for i := range dst {
			dst[i] = int64(binary.BigEndian.Uint16(b[2*i:]))
		}
		return
	case 32:
		for i := range dst {
			dst[i] = int64(binary.BigEndian.Uint32(b[4*i:]))
		}
		return
	case 64:
		for i := range dst {
			dst[i] = int64(binary.BigEndian.Uint64(b[8*i:]))
		}
		return
	}
	var acc uint64 // the low have bits have not been used
	have, at := 0, 0
	mask := uint64(1)<<width - 1
	for i := range dst {
		if width > 56 { // not written; eight bits at a time cannot overflow acc
			dst[i], acc, have, at = slowBits(b, acc, have, at, width)
			continue
		}
		for have < width {
			acc = acc<<8 | uint64(b[at])
			at++
			have += 8
		}
		have -= width
		dst[i] = int64(acc >> have & mask)
	}
}

// slowBits reads one number bit by bit: of widths that only patch lists have.
func slowBits(b []byte, acc uint64, have, at, width int) (int64, uint64, int, int) {
	var v uint64
	for range width {
		if have == 0 {
			acc, have = uint64(b[at]), 8
			at++
		}
		have--
		v = v<<1 | acc>>have&1
	}
	return int64(v), acc, have, at
}

func (r *ints) shortRepeat(h, second byte) error {
	width := int(h>>3&7) + 1
	v := uint64(second)
	rest, err := r.s.take(width - 1)
	if err != nil {
		return err
	}
	for _, x := range rest {
		v = v<<8 | uint64(x)
	}
	x := int64(v)
	if r.signed {
		x = zigzag(v)
	}
	r.vals = r.run[:int(h&7)+3]
	for i := range r.vals {
		r.vals[i] = x
	}
	return nil
}

// patched reads numbers above a base, of which some have more bits than the
// others: those bits follow in a list of gaps and patches.
func (r *ints) patched(n, width int) error {
	b, err := r.s.take(2)
	if err != nil {
		return err
	}
	baseBytes, patchWidth := int(b[0]>>5)+1, widths[b[0]&31]
	gapWidth, patches := int(b[1]>>5)+1, int(b[1]&31)
	raw, err := r.s.take(baseBytes)
	if err != nil {
		return err
	}
	base := int64(0)
	for _, x := range raw {
		base = base<<8 | int64(x)
	}
	if sign := int64(1) << (8*baseBytes - 1); base&sign != 0 { // sign and magnitude
		base = -(base &^ sign)
	}
	if err := r.unpack(n, width); err != nil {
		return err
	}
	entry := fixedBits(gapWidth + patchWidth)
	if entry > 64 || patchWidth+width > 64 {
		return errRun
	}
	raw, err = r.s.take((patches*entry + 7) / 8)
	if err != nil {
		return err
	}
	var list [31]int64
	unpackBits(list[:patches], raw, entry)
	at := 0
	for _, e := range list[:patches] {
		gap := int(uint64(e) >> patchWidth & (1<<gapWidth - 1))
		patch := uint64(e)
		if patchWidth < 64 {
			patch &= 1<<patchWidth - 1
		}
		at += gap
		if at >= n {
			return errPatch
		}
		r.vals[at] |= int64(patch << width)
	}
	for i := range r.vals {
		r.vals[i] += base
	}
	return nil
}

// fixedBits gives the next width that there is a code for.
func fixedBits(n int) int {
	for _, w := range widths {
		if w >= n {
			return w
		}
	}
	return 65
}

// delta reads a base, a first step, and further steps of the same direction;
// with a width of 0 all steps are the first one.
func (r *ints) delta(n, width int) error {
	base, err := r.varint(r.signed)
	if err != nil {
		return err
	}
	step, err := r.varint(true)
	if err != nil {
		return err
	}
	if width == 0 || n < 3 {
		r.vals = r.run[:n]
		for i := range r.vals {
			r.vals[i] = base + int64(i)*step
		}
		return nil
	}
	if err := r.unpack(n-2, width); err != nil {
		return err
	}
	// The steps stand at the front of run; they move to the back, two places on.
	r.vals = r.run[:n]
	copy(r.vals[2:], r.vals[:n-2])
	r.vals[0], r.vals[1] = base, base+step
	at := r.vals[1]
	steps := r.vals[2:]
	if step < 0 {
		for i, d := range steps {
			at -= d
			steps[i] = at
		}
		return nil
	}
	for i, d := range steps {
		at += d
		steps[i] = at
	}
	return nil
}

// byteRuns decodes run length encoded bytes (specification, "Byte Run Length
// Encoding").
type byteRuns struct {
	s        *stream
	left     int // of the run under way
	literals bool
	value    byte
}

// appendN appends the next n bytes to dst.
func (r *byteRuns) appendN(dst []byte, n int) ([]byte, error) {
	for n > 0 {
		if r.left == 0 {
			if err := r.next(); err != nil {
				return dst, err
			}
		}
		k := min(n, r.left)
		if r.literals {
			b, err := r.s.take(k)
			if err != nil {
				return dst, err
			}
			dst = append(dst, b...)
		} else {
			for range k {
				dst = append(dst, r.value)
			}
		}
		r.left -= k
		n -= k
	}
	return dst, nil
}

func (r *byteRuns) next() error {
	h, err := r.s.take(1)
	if err != nil {
		return err
	}
	if r.literals = h[0] >= 128; r.literals {
		r.left = 256 - int(h[0])
		return nil
	}
	r.left = int(h[0]) + 3
	b, err := r.s.take(1)
	if err == nil {
		r.value = b[0]
	}
	return err
}

// bools decodes bits, most significant first, over runs of bytes.
type bools struct {
	runs byteRuns
	cur  byte
	have int // bits of cur that have not been used
	buf  []byte
}

// appendN appends the next n values to dst, a byte each.
func (r *bools) appendN(dst []byte, n int) ([]byte, error) {
	for n > 0 && r.have > 0 {
		r.have--
		dst = append(dst, r.cur>>r.have&1)
		n--
	}
	for n > 0 {
		k := min(n, blockValues)
		var err error
		if r.buf, err = r.runs.appendN(r.buf[:0], (k+7)/8); err != nil {
			return dst, err
		}
		for _, b := range r.buf {
			dst = append(dst, b>>7, b>>6&1, b>>5&1, b>>4&1, b>>3&1, b>>2&1, b>>1&1, b&1)
		}
		if extra := 8*len(r.buf) - k; extra > 0 {
			dst = dst[:len(dst)-extra]
			r.cur, r.have = r.buf[len(r.buf)-1], extra
		}
		n -= k
	}
	return dst, nil
}
