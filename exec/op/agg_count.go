package op

import (
	"math"
	"math/bits"
)

// hashCount estimates how many different hashes it has been given, within some two
// percent: HyperLogLog (Flajolet and others, 2007), with linear counting for few.
type hashCount struct {
	most [1 << countBits]uint8 // the longest run of zeros of each bucket, plus one
}

const countBits = 11

func (c *hashCount) add(hash uint64) {
	rank := uint8(bits.LeadingZeros64(hash<<countBits|1)) + 1
	if m := &c.most[hash>>(64-countBits)]; *m < rank {
		*m = rank
	}
}

func (c *hashCount) count() float64 {
	const m = 1 << countBits
	sum, none := 0.0, 0
	for _, r := range c.most {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			none++
		}
	}
	n := 0.7213 / (1 + 1.079/m) * m * m / sum
	if n < 2.5*m && none > 0 {
		return m * math.Log(m/float64(none))
	}
	return n
}
