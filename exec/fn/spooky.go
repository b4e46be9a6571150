package fn

import (
	"encoding/binary"
	"math/bits"
)

// spookyConst fills the state of SpookyHash: not zero, odd, without a pattern.
const spookyConst = 0xdeadbeefdeadbeef

// The rotations of SpookyHash V2, from Bob Jenkins' public-domain description.
var (
	spookyMixRot      = [12]int{11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46}
	spookyEndRot      = [12]int{44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54}
	spookyShortMixRot = [12]int{50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36}
	spookyShortEndRot = [11]int{15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63}
)

// spooky64 is the first half of SpookyHash V2 with seed 0. Short texts go through
// four words, longer ones through twelve.
func spooky64(s []byte) uint64 {
	if len(s) < 192 {
		return spookyShort(s)
	}
	var h, data [12]uint64
	for i := 2; i < len(h); i += 3 {
		h[i] = spookyConst
	}
	for ; len(s) >= 96; s = s[96:] {
		for i := range data {
			data[i] = binary.LittleEndian.Uint64(s[8*i:])
		}
		for i, r := range spookyMixRot {
			h[i] += data[i]
			h[(i+2)%12] ^= h[(i+10)%12]
			h[(i+11)%12] ^= h[i]
			h[i] = bits.RotateLeft64(h[i], r)
			h[(i+11)%12] += h[(i+1)%12]
		}
	}
	var last [96]byte
	copy(last[:], s)
	last[95] = byte(len(s))
	for i := range h {
		h[i] += binary.LittleEndian.Uint64(last[8*i:])
	}
	for range 3 {
		for i, r := range spookyEndRot {
			h[(i+11)%12] += h[(i+1)%12]
			h[(i+2)%12] ^= h[(i+11)%12]
			h[(i+1)%12] = bits.RotateLeft64(h[(i+1)%12], r)
		}
	}
	return h[0]
}

func spookyShort(s []byte) uint64 {
	h := [4]uint64{2: spookyConst, 3: spookyConst}
	n := uint64(len(s))
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(s[8*i:]) }
	for ; len(s) >= 16; s = s[16:] {
		h[2] += word(0)
		h[3] += word(1)
		spookyShortMix(&h)
		if len(s) >= 32 {
			h[0] += word(2)
			h[1] += word(3)
			s = s[16:]
		}
	}
	h[3] += n << 56
	if len(s) == 0 {
		h[2] += spookyConst
		h[3] += spookyConst
	} else {
		var last [16]byte
		copy(last[:], s)
		h[2] += binary.LittleEndian.Uint64(last[:])
		h[3] += binary.LittleEndian.Uint64(last[8:])
	}
	for i, r := range spookyShortEndRot {
		a, b := (i+3)%4, (i+2)%4
		h[a] ^= h[b]
		h[b] = bits.RotateLeft64(h[b], r)
		h[a] += h[b]
	}
	return h[0]
}

func spookyShortMix(h *[4]uint64) {
	for i, r := range spookyShortMixRot {
		a, b := (i+2)%4, (i+3)%4
		h[a] = bits.RotateLeft64(h[a], r) + h[b]
		h[(i+4)%4] ^= h[a]
	}
}
