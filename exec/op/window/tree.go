package window

import (
	"unsafe"

	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
)

// fanout is how many rows make a block, and how many blocks one of the next level.
const (
	fanBits = 4
	fanout  = 1 << fanBits
)

// tree holds states of blocks of rows: levels[k] of fanout^(k+1) rows each. A frame
// is then some rows at its edges and few blocks between, in O(log n).
type tree struct {
	c      *Call
	m      *Morsel
	out    *vector.Vector
	args   []*vector.Vector
	keep   vector.Bitmap
	size   int // of a state
	levels []level
	held   int64 // bytes of the levels

	// The frames at work: their states and what is to be added to them next.
	agg    fn.Aggregator
	st     fn.States
	groups []uint32
	items  []uint32
	dense  []*vector.Vector
}

type level struct {
	agg fn.Aggregator
	st  fn.States
	n   int
}

// batch is how many frames are computed together; less where states are of any size.
const (
	batch     = 1024
	wideBatch = 16
)

// merged computes frames of any form: each is the rows of its spans, in order.
func (a *aggregate) merged(m *Morsel, keep vector.Bitmap, spans []span, out *vector.Vector) error {
	rows := m.N
	t := &tree{c: a.c, m: m, out: out, args: a.args, keep: keep, size: (a.agg.StateSize() + 7) &^ 7}
	for range a.args {
		t.dense = append(t.dense, &vector.Vector{})
	}
	if err := t.build(rows); err != nil {
		return err
	}
	n := len(spans[0].lo)
	size := batch
	if len(t.levels) > 0 && t.levels[0].agg.MemoryBytes() > 0 {
		size = wideBatch
	}
	for from := 0; from < n; from += size {
		to := min(from+size, n)
		if err := t.start(to - from); err != nil {
			return err
		}
		for _, s := range spans {
			if err := t.add(s.lo[from:to], s.hi[from:to]); err != nil {
				return err
			}
		}
		t.groups = t.groups[:0]
		for i := range to - from {
			t.groups = append(t.groups, uint32(i))
		}
		if err := t.agg.Final(t.st, t.groups, out); err != nil {
			return err
		}
		t.groups = t.groups[:0]
	}
	return nil
}

func aligned(n int) []byte {
	w := make([]uint64, n/8+1)
	return unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), n)
}

func (t *tree) states(n int) fn.States {
	return fn.States{Rows: aligned(n * t.size), Stride: t.size}
}

// build makes the levels, up to the one that has few blocks.
func (t *tree) build(rows int) error {
	n := (rows + fanout - 1) >> fanBits
	for n > 1 {
		g, err := t.c.New()
		if err != nil {
			return err
		}
		l := level{agg: g, st: t.states(n), n: n}
		if len(t.levels) == 0 {
			err = t.leaves(l, rows)
		} else {
			err = t.blocks(l, t.levels[len(t.levels)-1])
		}
		if err != nil {
			return err
		}
		t.levels = append(t.levels, l)
		n = (n + fanout - 1) >> fanBits
		t.held += int64(len(l.st.Rows)) + l.agg.MemoryBytes()
		if err := t.m.Use(t.held); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) leaves(l level, rows int) error {
	w := view{args: t.args, keep: t.keep}
	for at := uint32(0); at < uint32(rows); {
		sel, next := w.rows(at, uint32(rows))
		t.groups = t.groups[:0]
		for _, p := range sel {
			t.groups = append(t.groups, (w.from+uint32(p))>>fanBits)
		}
		if len(sel) > 0 {
			if err := l.agg.Update(l.st, t.groups, w.part, sel); err != nil {
				return err
			}
		}
		at = next
	}
	return nil
}

func (t *tree) blocks(l, below level) error {
	for at := 0; at < below.n; at += chunk {
		t.groups, t.items = t.groups[:0], t.items[:0]
		for i := at; i < min(at+chunk, below.n); i++ {
			t.groups, t.items = append(t.groups, uint32(i)>>fanBits), append(t.items, uint32(i))
		}
		if err := l.agg.Merge(l.st, t.groups, below.agg, below.st, t.items); err != nil {
			return err
		}
	}
	return nil
}

// start makes empty states for n frames.
func (t *tree) start(n int) (err error) {
	if t.agg == nil || t.agg.MemoryBytes() > 0 {
		if t.agg, err = t.c.New(); err != nil {
			return err
		}
	}
	if len(t.st.Rows) < n*t.size || t.st.Rows == nil {
		t.st = t.states(n)
	}
	clear(t.st.Rows)
	return nil
}

// add adds the rows lo[i] to hi[i] to the state of frame i, from left to right:
// rows up to a block's start, blocks ever larger, blocks ever smaller, rows.
func (t *tree) add(lo, hi []uint32) error {
	top := len(t.levels)
	for k := 0; k <= top; k++ {
		if err := t.phase(k, lo, hi, func(l, h uint32) (uint32, uint32) { return leftOf(l, h, k, top) }); err != nil {
			return err
		}
	}
	for k := top - 1; k >= 0; k-- {
		if err := t.phase(k, lo, hi, func(l, h uint32) (uint32, uint32) { return rightOf(l, h, k) }); err != nil {
			return err
		}
	}
	return nil
}

// climb gives the frame in units of level k (0: rows) after the edges below it were
// taken off; ok is false if nothing is left.
func climb(l, h uint32, k int) (uint32, uint32, bool) {
	for range k {
		l, h = (l+fanout-1)>>fanBits, h>>fanBits
		if l >= h {
			return l, h, false
		}
	}
	return l, h, l < h
}

// leftOf gives the units of level k that a frame takes on its way up: those before
// the next whole unit above, or all where there is none.
func leftOf(l, h uint32, k, top int) (uint32, uint32) {
	l, h, ok := climb(l, h, k)
	if !ok {
		return 0, 0
	}
	if k == top {
		return l, h
	}
	up, down := (l+fanout-1)&^(fanout-1), h&^(fanout-1)
	if up >= down {
		return l, h // no whole unit above: everything here
	}
	return l, up
}

// rightOf gives those that it takes on its way down.
func rightOf(l, h uint32, k int) (uint32, uint32) {
	l, h, ok := climb(l, h, k)
	if !ok {
		return 0, 0
	}
	up, down := (l+fanout-1)&^(fanout-1), h&^(fanout-1)
	if up >= down {
		return 0, 0
	}
	return down, h
}

// phase adds units of level k to the frames' states.
func (t *tree) phase(k int, lo, hi []uint32, units func(l, h uint32) (uint32, uint32)) error {
	t.groups, t.items = t.groups[:0], t.items[:0]
	for i := range lo {
		from, to := units(lo[i], hi[i])
		for ; from < to; from++ {
			if k == 0 && t.keep != nil && !t.keep.Get(int(from)) {
				continue
			}
			t.groups, t.items = append(t.groups, uint32(i)), append(t.items, from)
			if len(t.items) == chunk {
				if err := t.flush(k); err != nil {
					return err
				}
			}
		}
	}
	return t.flush(k)
}

func (t *tree) flush(k int) error {
	if len(t.items) == 0 {
		return nil
	}
	var err error
	if k > 0 {
		l := t.levels[k-1]
		err = t.agg.Merge(t.st, t.groups, l.agg, l.st, t.items)
	} else {
		for i, v := range t.args {
			vector.Gather(t.dense[i], v, t.items)
		}
		err = t.agg.Update(t.st, t.groups, t.dense, nil)
	}
	t.groups, t.items = t.groups[:0], t.items[:0]
	if err != nil {
		return err
	}
	return t.m.Use(t.held + vector.MemoryBytes(t.out) + t.agg.MemoryBytes())
}
