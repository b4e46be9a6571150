package store

// Pace is how an object is best read from its beginning to its end: the longest
// chunk, and how many chunks are under way at once.
type Pace struct {
	Chunk int64
	Ahead int
}

// PaceOf gives a store's pace. A read of a bucket waits long for its first byte
// and costs money, so chunks are long and several are under way. A directory's
// bytes come from the system's cache, which reads ahead itself: short chunks fill
// the copy's wait, and are still in the core's cache when they are parsed.
func PaceOf(s Store) Pace {
	if _, near := s.(*Dir); near {
		return Pace{Chunk: 256 << 10, Ahead: 3}
	}
	return Pace{Chunk: 4 << 20, Ahead: 3}
}
