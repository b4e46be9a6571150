package build

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/cespare/xxhash/v2"

	"github.com/glauxdb/glaux/planner/plan"
)

// sampleOf makes the choice of TABLESAMPLE SYSTEM: a split is read if the hash of its
// file, its number and the seed falls into the share that was asked for. So all
// workers agree, and the same seed finds the same splits while the files stay.
func sampleOf(s *plan.ScanSample) func(url string, split int) bool {
	seed := uint64(s.Seed)
	if !s.Repeatable {
		seed = rand.Uint64()
	}
	return func(url string, split int) bool {
		b := binary.LittleEndian.AppendUint64(make([]byte, 0, len(url)+16), seed)
		b = binary.LittleEndian.AppendUint64(b, uint64(split))
		const unit = 1 << 53 // of doubles below 1
		return float64(xxhash.Sum64(append(b, url...))>>11)/unit*100 < s.Percent
	}
}
