package formats

import (
	"context"
	"slices"
	"sync"

	"github.com/glauxdb/glaux/formats/store"
)

// Overlap is what the Sources of one scan of one file share, so that no byte is
// read twice: the last record of a split ends behind the split's border, and
// those bytes are the beginning of the next split too. Whoever comes first reads
// them, and leaves them for the other. What every split needs, such as a
// dictionary, is read by the first and kept (Once). Safe for concurrent use.
//
//	split k:    ── chunk ── chunk ── │ first chunk of k+1 ── until its last record is complete
//	split k+1:                       │ first chunk ── chunk ── chunk ...
//
// Only chunks in which split k+1 still looked for its first record are kept: the
// last record of split k ends where that one begins.
type Overlap struct {
	starts []int64 // of the splits, ascending

	mu    sync.Mutex // guards lanes, alone, parts
	lanes []lane
	alone bool
	parts map[string]*sharedPart
}

// sharedPart is what Once keeps; data and err may be read once done is closed.
type sharedPart struct {
	done chan struct{}
	data [][]byte
	err  error
}

// Once gives what read gives, which the first Source to come with a key calls.
// The bytes must not be written to. o may be nil: nothing is shared.
func (o *Overlap) Once(ctx context.Context, key string, read func() ([][]byte, error)) ([][]byte, error) {
	if o == nil {
		return read()
	}
	for {
		o.mu.Lock()
		p := o.parts[key]
		if p == nil {
			p = &sharedPart{done: make(chan struct{})}
			if o.parts == nil {
				o.parts = map[string]*sharedPart{}
			}
			o.parts[key] = p
			o.mu.Unlock()
			if p.data, p.err = read(); p.err != nil { // the others try themselves
				o.mu.Lock()
				delete(o.parts, key)
				o.mu.Unlock()
			}
			close(p.done)
			return p.data, p.err
		}
		o.mu.Unlock()
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if p.err == nil {
			return p.data, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// lane is the state of one split.
type lane struct {
	settled bool // its Source knows where the first record begins
	closed  bool // its Source is done
	left    bool // the Source before needs nothing of it any more
	chunks  map[int64]*sharedChunk
}

// sharedChunk is a chunk that two Sources want. data and err may be read once
// done is closed; data is not written to and not recycled.
type sharedChunk struct {
	done chan struct{}
	data []byte
	err  error
	own  bool // the split's own Source has taken it
}

// NewOverlap makes what the Sources of a file's splits, in the order of their
// bytes, share.
func NewOverlap(splits []Split) *Overlap {
	o := &Overlap{}
	for _, s := range splits {
		o.starts = append(o.starts, s.Range.Off)
	}
	o.lanes = make([]lane, len(o.starts))
	return o
}

// Lane is the way of one Source through the file: chunk by chunk, from a little
// before its split to wherever its last record ends. It belongs to one goroutine,
// but for Read.
type Lane struct {
	o        *Overlap
	own      int
	from     int64 // where the Source begins to read
	lead     int64 // bytes before its border that a split begins with
	size     int64 // of the file
	min, max int64 // bytes of the first chunk, and of the longest: each doubles the one before
}

// LaneConfig says how a Source reads.
type LaneConfig struct {
	Split store.Range
	From  int64 // where reading begins, if the split is the first; else Lead bytes before it
	Lead  int64
	Size  int64 // of the file
	Min   int64
	Max   int64
}

// Lane gives the way of the Source of a split. o may be nil: nothing is shared.
func (o *Overlap) Lane(c LaneConfig) *Lane {
	i, found := 0, false
	if o != nil {
		i, found = slices.BinarySearch(o.starts, c.Split.Off)
	}
	if !found {
		one := []Split{{Range: c.Split}}
		if end := c.Split.Off + c.Split.Len; end < c.Size {
			one = append(one, Split{Range: store.Range{Off: end}})
		}
		o, i = NewOverlap(one), 0
		o.alone = true
	}
	l := &Lane{o: o, own: i, lead: c.Lead, size: c.Size, min: c.Min, max: c.Max, from: c.From}
	if c.Split.Off > 0 && l.from == 0 {
		l.from = max(0, c.Split.Off-c.Lead)
	}
	return l
}

// From gives where the Source begins to read, End where what its split surely
// needs ends.
func (l *Lane) From() int64 { return l.from }

// End gives where the next lane begins.
func (l *Lane) End() int64 { return l.end(l.own) }

func (l *Lane) end(i int) int64 {
	if i+1 >= len(l.o.starts) {
		return l.size
	}
	return min(max(l.o.starts[i+1]-l.lead, l.from), l.size)
}

// at gives the lane in which an offset lies.
func (l *Lane) at(off int64) int {
	i := l.own
	for i+1 < len(l.o.starts) && off >= l.end(i) {
		i++
	}
	return i
}

// Chunk gives the chunk that begins at an offset: where the Source begins, or
// where another chunk ended. All Sources cut a lane at the same places.
func (l *Lane) Chunk(off int64) store.Range {
	i := l.at(off)
	pos, end, n := l.from, l.end(i), l.min
	if i > l.own {
		pos = l.end(i - 1)
	}
	for pos+n <= off {
		pos += n
		n = min(2*n, l.max)
	}
	return store.Range{Off: off, Len: min(pos+n, end) - off}
}

// Read gives a chunk's bytes, which read fetches unless another Source has left
// them. Bytes that are shared must be neither written to nor recycled.
func (l *Lane) Read(ctx context.Context, r store.Range, read func(context.Context, store.Range) ([]byte, error)) (data []byte, shared bool, err error) {
	i := l.at(r.Off)
	for {
		c, mine := l.find(i, r.Off)
		if c == nil {
			data, err = read(ctx, r)
			return data, false, err
		}
		if mine {
			c.data, c.err = read(ctx, r)
			if c.err != nil {
				l.drop(i, r.Off, c)
			}
			close(c.done)
			return c.data, true, c.err
		}
		select {
		case <-c.done:
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
		if c.err == nil {
			return c.data, true, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
	}
}

// find takes the shared chunk at an offset of lane i, or makes one that the
// caller has to read; nil if nobody else wants it.
func (l *Lane) find(i int, off int64) (c *sharedChunk, mine bool) {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	s, own := &l.o.lanes[i], i == l.own
	if c = s.chunks[off]; c != nil {
		c.own = c.own || own
		s.sweep(off, c)
		return c, false
	}
	if i == 0 || l.o.alone || own && (s.settled || s.left) || !own && (s.settled || s.closed) {
		return nil, false
	}
	c = &sharedChunk{done: make(chan struct{}), own: own}
	if s.chunks == nil {
		s.chunks = map[int64]*sharedChunk{}
	}
	s.chunks[off] = c
	return c, true
}

// sweep forgets a chunk that nobody will take any more.
func (s *lane) sweep(off int64, c *sharedChunk) {
	if (c.own || s.closed) && s.left {
		delete(s.chunks, off)
	}
}

// drop takes back a chunk that could not be read: the other Source tries itself.
func (l *Lane) drop(i int, off int64, c *sharedChunk) {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	if s := &l.o.lanes[i]; s.chunks[off] == c {
		delete(s.chunks, off)
	}
}

// Settle says that the first record of the split has been found among the chunks
// that were read: no Source before needs more than those.
func (l *Lane) Settle() {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	l.o.lanes[l.own].settled = true
}

// Alone says that this Source reads the whole file: nothing is left for others.
func (l *Lane) Alone() {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	l.o.alone = true
}

// Close ends the Source, which has read up to an offset.
func (l *Lane) Close(off int64) {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	lanes := l.o.lanes
	if lanes[l.own].closed {
		return
	}
	lanes[l.own].closed = true
	last := l.own
	if lanes[l.own].settled || l.own == 0 { // else a record of an earlier split goes on
		last = min(max(l.at(off-1), l.own+1), len(lanes)-1)
	}
	for i := l.own; i <= last; i++ {
		s := &lanes[i]
		s.left = s.left || i > l.own
		for at, c := range s.chunks {
			s.sweep(at, c)
		}
	}
}
