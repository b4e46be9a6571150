package vector

import "math/bits"

// Bitmap holds one bit per row, least significant first, as Arrow does: 1 means
// valid (or true). Bits past the length are undefined.
type Bitmap []uint64

// NewBitmap makes a bitmap for n rows with every bit 0.
func NewBitmap(n int) Bitmap { return make(Bitmap, (n+63)/64) }

// Get gives bit i.
func (b Bitmap) Get(i int) bool { return b[uint(i)>>6]>>(uint(i)&63)&1 != 0 }

// Set makes bit i 1.
func (b Bitmap) Set(i int) { b[uint(i)>>6] |= 1 << (uint(i) & 63) }

// Clear makes bit i 0.
func (b Bitmap) Clear(i int) { b[uint(i)>>6] &^= 1 << (uint(i) & 63) }

// SetAll makes the first n bits (and the rest of their last word) 1.
func (b Bitmap) SetAll(n int) {
	for i := range b[:(n+63)/64] {
		b[i] = ^uint64(0)
	}
}

// Count counts the ones among the first n bits.
func (b Bitmap) Count(n int) int {
	c := 0
	for _, w := range b[:n/64] {
		c += bits.OnesCount64(w)
	}
	if r := uint(n) & 63; r != 0 {
		c += bits.OnesCount64(b[n/64] & (1<<r - 1))
	}
	return c
}

// Extend gives a bitmap of n bits that keeps the first old bits and has ones
// behind them. It may reuse b's memory.
func (b Bitmap) Extend(old, n int) Bitmap {
	words := (n + 63) / 64
	for len(b) < words {
		b = append(b, ^uint64(0))
	}
	b = b[:words]
	if r := uint(old) & 63; r != 0 && old/64 < len(b) {
		b[old/64] |= ^uint64(0) << r
	}
	for i := (old + 63) / 64; i < words; i++ {
		b[i] = ^uint64(0)
	}
	return b
}

// And gives the bits set in both; nil stands for all ones. The result is new
// memory unless one of them is nil.
func And(a, b Bitmap) Bitmap {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	n := min(len(a), len(b))
	out := make(Bitmap, n)
	for i := range out {
		out[i] = a[i] & b[i]
	}
	return out
}

// All reports whether the first n bits are ones. A nil bitmap is all ones.
func (b Bitmap) All(n int) bool {
	if b == nil {
		return true
	}
	for _, w := range b[:n/64] {
		if w != ^uint64(0) {
			return false
		}
	}
	r := uint(n) & 63
	return r == 0 || b[n/64]|^uint64(0)<<r == ^uint64(0)
}
