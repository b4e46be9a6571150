package formats

import "sync/atomic"

// Foresight tells the Sources of one scan whether the columns that its predicate does not
// look at are needed anyway, by what was needed of the parts (row groups) so far. If so,
// a Source of a store whose requests take long reads them along with the others. The zero
// value is ready; nil foresees nothing. Safe for concurrent use.
type Foresight struct {
	parts, all, needed atomic.Int64
}

const (
	// foreseen is how many parts must have been seen.
	foreseen = 2
	// inVain is the part of such bytes that may be read and not be needed: one of four.
	inVain = 4
)

// Saw tells of a part whose other columns have all bytes, of which needed were.
func (f *Foresight) Saw(all, needed int64) {
	if f != nil && all > 0 {
		f.all.Add(all)
		f.needed.Add(needed)
		f.parts.Add(1)
	}
}

// Likely reports whether most of the other columns' bytes will be needed.
func (f *Foresight) Likely() bool {
	if f == nil || f.parts.Load() < foreseen {
		return false
	}
	all := f.all.Load()
	return all-f.needed.Load() <= all/inVain
}
