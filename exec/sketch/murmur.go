package sketch

import (
	"encoding/binary"
	"math/bits"
)

const (
	murmur1 = 0x87c37b91114253d5
	murmur2 = 0x4cf5ad432745937f
)

// Murmur3 gives both halves of MurmurHash3_x64_128 with seed 0, after its
// public-domain description.
func Murmur3(s []byte) (h1, h2 uint64) {
	n := uint64(len(s))
	for ; len(s) >= 16; s = s[16:] {
		h1 ^= mixFirst(binary.LittleEndian.Uint64(s))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= mixSecond(binary.LittleEndian.Uint64(s[8:]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], s)
	h2 ^= mixSecond(binary.LittleEndian.Uint64(tail[8:]))
	h1 ^= mixFirst(binary.LittleEndian.Uint64(tail[:]))
	h1, h2 = h1^n, h2^n
	h1 += h2
	h2 += h1
	h1, h2 = mixLast(h1), mixLast(h2)
	h1 += h2
	return h1, h2 + h1
}

func mixFirst(k uint64) uint64  { return bits.RotateLeft64(k*murmur1, 31) * murmur2 }
func mixSecond(k uint64) uint64 { return bits.RotateLeft64(k*murmur2, 33) * murmur1 }

func mixLast(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}

// Hash64 is the hash by which sketches know a text: the first half of Murmur3.
func Hash64(s []byte) uint64 {
	h, _ := Murmur3(s)
	return h
}

// HashInt64 is Hash64 of the eight bytes of a number.
func HashInt64(x int64) uint64 {
	h1 := mixFirst(uint64(x)) ^ 8 + 8
	h2 := h1 + 8
	return mixLast(h1) + mixLast(h2)
}
