package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// Framer is an Aggregator that computes the frames of a window directly, in time
// that grows with the rows and not with the size of the frames.
type Framer interface {
	Aggregator
	// Frames appends to the flat vector out, for each i, the result over the rows
	// lo[i] to hi[i] (not included) of the flat args. Rows that are not in keep
	// (nil: none) do not count. lo[i] <= hi[i], and neither ever goes back.
	Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error
}

// liveIn gives the rows that are in keep and not NULL in args; nil for all.
func liveIn(args []*vector.Vector, keep vector.Bitmap) vector.Bitmap {
	for _, a := range args {
		keep = vector.And(keep, a.Valid)
	}
	return keep
}

// Frames counts.
func (a *countAgg) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	live := liveIn(args, keep)
	start := out.Len
	out.Resize(start + len(lo))
	dst := vector.Values[int64](out)[start:]
	var truth []bool
	if a.ifTrue {
		truth = vector.Values[bool](args[0])
	}
	if live == nil && truth == nil {
		for i := range lo {
			dst[i] = int64(hi[i] - lo[i])
		}
		return nil
	}
	count := func(r uint32) int64 {
		if (live == nil || live.Get(int(r))) && (truth == nil || truth[r]) {
			return 1
		}
		return 0
	}
	var from, to uint32
	var n int64
	for i := range lo {
		if lo[i] >= to {
			n, from, to = 0, lo[i], lo[i]
		}
		for ; to < hi[i]; to++ {
			n += count(to)
		}
		for ; from < lo[i]; from++ {
			n -= count(from)
		}
		dst[i] = n
	}
	return nil
}

// Frames adds what comes into the frame and takes away what leaves it, which is
// exact in 128 bits.
func (a *sumAgg) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	v := args[0]
	live := liveIn(args, keep)
	switch v.Type.Phys() {
	case types.PhysInt8:
		return sumFrames(a, vector.Values[int8](v), live, lo, hi, out)
	case types.PhysInt16:
		return sumFrames(a, vector.Values[int16](v), live, lo, hi, out)
	case types.PhysInt32:
		return sumFrames(a, vector.Values[int32](v), live, lo, hi, out)
	case types.PhysInt64:
		return sumFrames(a, vector.Values[int64](v), live, lo, hi, out)
	}
	return a.wideFrames(vector.Values[types.Int128](v), live, lo, hi, out)
}

func sumFrames[T int8 | int16 | int32 | int64](a *sumAgg, vals []T, live vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(lo))
	var s sumState
	var from, to uint32
	for i := range lo {
		if lo[i] >= to {
			s, from, to = sumState{}, lo[i], lo[i]
		}
		for ; to < hi[i]; to++ {
			if live == nil || live.Get(int(to)) {
				s.add(int64(vals[to]))
			}
		}
		for ; from < lo[i]; from++ {
			if live == nil || live.Get(int(from)) {
				s.remove(types.I128(int64(vals[from])))
			}
		}
		if s.n == 0 {
			out.SetNull(start + i)
		} else if err := a.result(&s, out, start+i); err != nil {
			return err
		}
	}
	return nil
}

func (a *sumAgg) wideFrames(vals []types.Int128, live vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(lo))
	var s sumState
	var from, to uint32
	for i := range lo {
		if lo[i] >= to {
			s, from, to = sumState{}, lo[i], lo[i]
		}
		for ; to < hi[i]; to++ {
			if live == nil || live.Get(int(to)) {
				s.addWide(vals[to], 1)
			}
		}
		for ; from < lo[i]; from++ {
			if live == nil || live.Get(int(from)) {
				s.remove(vals[from])
			}
		}
		if s.n == 0 {
			out.SetNull(start + i)
		} else if err := a.result(&s, out, start+i); err != nil {
			return err
		}
	}
	return nil
}

func (s *sumState) remove(x types.Int128) {
	s.addWide(x.Neg(), -1)
}

// Frames sums floating-point numbers. A sum only grows where the frame does; where
// its start moves it is made anew from sums of blocks, since taking away would keep
// the rounding, the infinities and the NaNs of what has left.
func (a *floatSumAgg) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	live := liveIn(args, keep)
	if args[0].Type.Phys() == types.PhysFloat32 {
		return floatFrames(a, vector.Values[float32](args[0]), live, lo, hi, out)
	}
	return floatFrames(a, vector.Values[float64](args[0]), live, lo, hi, out)
}

func floatFrames[T float32 | float64](a *floatSumAgg, vals []T, live vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	start := out.Len
	out.Resize(start + len(lo))
	var s floatState
	var from, to uint32
	var blocks *blockSums[T]
	for i := range lo {
		l, h := lo[i], hi[i]
		if l >= to {
			s, from, to = floatState{}, l, l
		}
		if l > from {
			if blocks == nil {
				blocks = newBlockSums(vals, live)
			}
			s.n += countLive(live, to, h) - countLive(live, from, l)
			s.sum = blocks.sum(l, h)
			from, to = l, h
		}
		for ; to < h; to++ {
			if live == nil || live.Get(int(to)) {
				s.sum += float64(vals[to])
				s.n++
			}
		}
		a.put(s, out, start+i)
	}
	return nil
}

func (a *floatSumAgg) put(s floatState, out *vector.Vector, i int) {
	if s.n == 0 {
		out.SetNull(i)
		return
	}
	a.result(&s, out, i)
}

func countLive(live vector.Bitmap, from, to uint32) int64 {
	if live == nil {
		return int64(to) - int64(from)
	}
	n := int64(0)
	for ; from < to; from++ {
		if live.Get(int(from)) {
			n++
		}
	}
	return n
}

// blockBits: sums are kept of 16 rows, of 16 such blocks, and so on.
const blockBits = 4

// blockSums is a tree of sums over rows of which some do not count.
type blockSums[T float32 | float64] struct {
	vals   []T
	live   vector.Bitmap
	levels [][]float64 // levels[k][i]: rows i<<(4k+4) and on
}

func newBlockSums[T float32 | float64](vals []T, live vector.Bitmap) *blockSums[T] {
	b := &blockSums[T]{vals: vals, live: live}
	below := make([]float64, (len(vals)+15)>>blockBits)
	for i := range below {
		below[i] = b.rows(uint32(i)<<blockBits, uint32(min((i+1)<<blockBits, len(vals))))
	}
	for len(below) > 1 {
		b.levels = append(b.levels, below)
		up := make([]float64, (len(below)+15)>>blockBits)
		for i, x := range below {
			up[i>>blockBits] += x
		}
		below = up
	}
	return b
}

func (b *blockSums[T]) rows(from, to uint32) float64 {
	sum := 0.0
	if b.live == nil {
		for _, x := range b.vals[from:to] {
			sum += float64(x)
		}
		return sum
	}
	for ; from < to; from++ {
		if b.live.Get(int(from)) {
			sum += float64(b.vals[from])
		}
	}
	return sum
}

// sum adds rows l to h (not included): single ones at the edges, blocks between.
func (b *blockSums[T]) sum(l, h uint32) float64 {
	const mask = 1<<blockBits - 1
	if h-l <= 2*mask || len(b.levels) == 0 {
		return b.rows(l, h)
	}
	up, down := (l+mask)&^mask, h&^mask
	sum := b.rows(l, up) + b.rows(down, h)
	l, h = up>>blockBits, down>>blockBits
	for k := 0; l < h; k++ {
		level := b.levels[k]
		if h-l <= 2*mask || k == len(b.levels)-1 {
			for _, x := range level[l:h] {
				sum += x
			}
			return sum
		}
		for ; l&mask != 0; l++ {
			sum += level[l]
		}
		for ; h&mask != 0; h-- {
			sum += level[h-1]
		}
		l, h = l>>blockBits, h>>blockBits
	}
	return sum
}

// candidates are the rows of a frame that are or may become its extreme, best
// first: of two rows, the worse is one only if it comes later.
type candidates struct {
	rows []uint32
	head int
}

func (c *candidates) dropBefore(row uint32) {
	for c.head < len(c.rows) && c.rows[c.head] < row {
		c.head++
	}
	if c.head == len(c.rows) {
		c.rows, c.head = c.rows[:0], 0
	} else if c.head >= 1024 && c.head*2 >= len(c.rows) {
		c.rows = append(c.rows[:0], c.rows[c.head:]...)
		c.head = 0
	}
}

// Frames keeps the rows that may become the extreme.
func (a *minMaxAgg[T]) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	vals, live := vector.Values[T](args[0]), liveIn(args, keep)
	start := out.Len
	out.Resize(start + len(lo))
	dst := vector.Values[T](out)[start:]
	var c candidates
	var to uint32
	for i := range lo {
		to = max(to, lo[i])
		for ; to < hi[i]; to++ {
			if live != nil && !live.Get(int(to)) {
				continue
			}
			x := vals[to]
			for len(c.rows) > c.head {
				y := vals[c.rows[len(c.rows)-1]]
				if a.isMax && smaller(x, y) || !a.isMax && smaller(y, x) {
					break
				}
				c.rows = c.rows[:len(c.rows)-1]
			}
			c.rows = append(c.rows, to)
		}
		c.dropBefore(lo[i])
		if len(c.rows) == 0 {
			out.SetNull(start + i)
		} else {
			dst[i] = vals[c.rows[c.head]]
		}
	}
	return nil
}

// Frames is as that of numbers.
func (a *minMaxBytes) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	return extremeFrames(args[0], liveIn(args, keep), lo, hi, out, func(i, j uint32) bool {
		c := kernel.CompareRows(args[0], int(i), args[0], int(j))
		return a.isMax && c > 0 || !a.isMax && c < 0
	})
}

// Frames is as that of numbers; any_value takes the first.
func (a *pickAgg) Frames(args []*vector.Vector, keep vector.Bitmap, lo, hi []uint32, out *vector.Vector) error {
	v := args[0]
	return extremeFrames(v, liveIn(args, keep), lo, hi, out, func(i, j uint32) bool {
		return a.better != nil && a.better(v, int(i), v, int(j))
	})
}

// extremeFrames appends the best row of each frame; of equal rows the first counts.
func extremeFrames(v *vector.Vector, live vector.Bitmap, lo, hi []uint32, out *vector.Vector, better func(i, j uint32) bool) error {
	var c candidates
	var to uint32
	idx := make([]uint32, len(lo))
	start := out.Len
	var none []int
	for i := range lo {
		to = max(to, lo[i])
		for ; to < hi[i]; to++ {
			if live != nil && !live.Get(int(to)) {
				continue
			}
			for len(c.rows) > c.head && better(to, c.rows[len(c.rows)-1]) {
				c.rows = c.rows[:len(c.rows)-1]
			}
			c.rows = append(c.rows, to)
		}
		c.dropBefore(lo[i])
		if len(c.rows) == 0 {
			none = append(none, start+i)
		} else {
			idx[i] = c.rows[c.head]
		}
	}
	out.AppendIdx(v, idx)
	for _, i := range none {
		out.SetNull(i)
	}
	return nil
}
