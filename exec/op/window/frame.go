package window

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// framer finds the frame of every row of a morsel.
type framer struct {
	c      *Call
	m      *Morsel
	lo, hi []uint32
	parts  []uint32
	peers  []uint32
}

// find sets lo and hi: row i sees the rows lo[i] to hi[i] (not included), of which
// an exclusion may take some away.
func (f *framer) find(m *Morsel) {
	f.m = m
	f.lo, f.hi = grow(f.lo, m.N), grow(f.hi, m.N)
	f.parts, f.peers = m.Starts(f.c.Partition), m.Starts(f.c.Partition+f.c.Order)
	if f.c.Order == 0 {
		f.peers = f.parts
	}
	if f.c.Frame.Given {
		copy(f.lo, m.Lo)
		copy(f.hi, m.Hi)
		return
	}
	f.edge(&f.c.Frame.Start, f.lo, false)
	f.edge(&f.c.Frame.End, f.hi, true)
	for i, l := range f.lo {
		f.hi[i] = max(f.hi[i], l)
	}
}

// edge computes one edge of all frames: the first row in it, or with end the first
// behind it.
func (f *framer) edge(b *Bound, out []uint32, end bool) {
	switch unit := f.c.Frame.Unit; {
	case b.Kind == plan.UnboundedPreceding:
		spread(f.parts, out, false)
	case b.Kind == plan.UnboundedFollowing:
		spread(f.parts, out, true)
	case unit == plan.FrameRows:
		f.rowEdge(b.steps(), out, end)
	case b.Kind == plan.CurrentRow:
		spread(f.peers, out, end)
	case unit == plan.FrameGroups:
		f.groupEdge(b.steps(), out, end)
	default:
		f.rangeEdge(b, out, end)
	}
}

// steps is the offset with its direction, limited to what a partition can have.
func (b *Bound) steps() int64 {
	n := min(b.Offset, math.MaxUint32)
	switch b.Kind {
	case plan.OffsetPreceding:
		return -n
	case plan.OffsetFollowing:
		return n
	}
	return 0
}

// spread gives each row the start of its group, or the end.
func spread(starts, out []uint32, end bool) {
	for g := 0; g+1 < len(starts); g++ {
		x := starts[g]
		if end {
			x = starts[g+1]
		}
		for i := starts[g]; i < starts[g+1]; i++ {
			out[i] = x
		}
	}
}

func (f *framer) rowEdge(steps int64, out []uint32, end bool) {
	if end {
		steps++
	}
	for p := 0; p+1 < len(f.parts); p++ {
		from, to := int64(f.parts[p]), int64(f.parts[p+1])
		for i := from; i < to; i++ {
			out[i] = uint32(min(max(i+steps, from), to))
		}
	}
}

func (f *framer) groupEdge(steps int64, out []uint32, end bool) {
	if end {
		steps++
	}
	g := int64(0)
	for p := 0; p+1 < len(f.parts); p++ {
		first := g
		for f.peers[g] < f.parts[p+1] {
			g++
		}
		for k := first; k < g; k++ {
			x := f.peers[min(max(k+steps, first), g)]
			for i := f.peers[k]; i < f.peers[k+1]; i++ {
				out[i] = x
			}
		}
	}
}

// rangeEdge walks the keys and the limits side by side: both ascend, or both
// descend. Rows whose key is NULL see each other where the edge has an offset.
func (f *framer) rangeEdge(b *Bound, out []uint32, end bool) {
	key, limit := f.m.Cols[f.c.Frame.Key], f.m.Cols[b.Limit]
	before := f.before(key, limit, end)
	peer := 0
	for p := 0; p+1 < len(f.parts); p++ {
		from, to := f.parts[p], f.parts[p+1]
		for to > from && key.IsNull(int(to-1)) {
			to--
		}
		for from < to && key.IsNull(int(from)) {
			from++
		}
		at := from
		for i := f.parts[p]; i < f.parts[p+1]; i++ {
			for f.peers[peer+1] <= i {
				peer++
			}
			switch {
			case i >= from && i < to:
				for at < to && before(at, i) {
					at++
				}
				out[i] = at
			case end:
				out[i] = f.peers[peer+1]
			default:
				out[i] = f.peers[peer]
			}
		}
	}
}

// before tells whether the key of row j lies before row i's limit, or with end not
// behind it.
func (f *framer) before(key, limit *vector.Vector, end bool) func(j, i uint32) bool {
	desc := f.c.Frame.Desc
	if key.Type.Phys() == types.PhysInt64 && limit.Type.Phys() == types.PhysInt64 {
		k, l := vector.Values[int64](key), vector.Values[int64](limit)
		switch {
		case !desc && !end:
			return func(j, i uint32) bool { return k[j] < l[i] }
		case !desc:
			return func(j, i uint32) bool { return k[j] <= l[i] }
		case !end:
			return func(j, i uint32) bool { return k[j] > l[i] }
		}
		return func(j, i uint32) bool { return k[j] >= l[i] }
	}
	return func(j, i uint32) bool {
		c := kernel.CompareRows(key, int(j), limit, int(i))
		if desc {
			c = -c
		}
		return c < 0 || end && c == 0
	}
}

// span is a list of ranges of rows, one for each of some frames.
type span struct{ lo, hi []uint32 }

// spans gives the parts of the frames that are left after the exclusion, in order.
func (f *framer) spans() []span {
	ex := f.c.Frame.Exclude
	if ex == plan.ExcludeNoOthers {
		return []span{{f.lo, f.hi}}
	}
	n := len(f.lo)
	head := span{f.lo, make([]uint32, n)}
	self := span{make([]uint32, n), make([]uint32, n)}
	tail := span{make([]uint32, n), f.hi}
	peer := 0
	for i := range uint32(n) {
		for f.peers[peer+1] <= i {
			peer++
		}
		from, to := i, i+1
		if ex != plan.ExcludeCurrentRow {
			from, to = f.peers[peer], f.peers[peer+1]
		}
		l, h := f.lo[i], f.hi[i]
		head.hi[i] = min(max(from, l), h)
		tail.lo[i] = min(max(to, l), h)
		self.lo[i], self.hi[i] = i, i
		if i >= l && i < h {
			self.hi[i]++
		}
	}
	if ex == plan.ExcludeTies {
		return []span{head, self, tail}
	}
	return []span{head, tail}
}
