package window

import (
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// aggregate computes an aggregate over frames.
type aggregate struct {
	c      *Call
	agg    fn.Aggregator
	framer framer
	args   []*vector.Vector
	lo, hi []uint32 // of the frames that differ from the one before
	which  []uint32 // the frame of each row among them
	res    vector.Vector
}

func newAggregate(c *Call) (Calc, error) {
	g, err := c.New()
	return &aggregate{c: c, agg: g, framer: framer{c: c}}, err
}

func (a *aggregate) Eval(m *Morsel, out *vector.Vector) error {
	a.args = a.args[:0]
	for _, p := range a.c.Args {
		a.args = append(a.args, m.Cols[p])
	}
	var keep vector.Bitmap
	if a.c.Filter >= 0 {
		keep = truths(m.Cols[a.c.Filter], m.N)
	}
	a.framer.find(m)
	if a.c.Frame.Exclude != plan.ExcludeNoOthers {
		return a.merged(m, keep, a.framer.spans(), out)
	}
	a.distinct()
	if len(a.lo) == m.N {
		return a.frames(m, keep, out)
	}
	a.res.Reset(a.c.Type, 0)
	if err := a.frames(m, keep, &a.res); err != nil {
		return err
	}
	out.AppendIdx(&a.res, a.which)
	return nil
}

// truths gives the rows at which a boolean column is true.
func truths(v *vector.Vector, n int) vector.Bitmap {
	keep := vector.NewBitmap(n)
	for i, x := range vector.Values[bool](v)[:n] {
		if x && !v.IsNull(i) {
			keep.Set(i)
		}
	}
	return keep
}

// distinct lists the frames without those that repeat the one before.
func (a *aggregate) distinct() {
	lo, hi := a.framer.lo, a.framer.hi
	a.lo, a.hi, a.which = a.lo[:0], a.hi[:0], grow(a.which, len(lo))
	for i := range lo {
		if i == 0 || lo[i] != lo[i-1] || hi[i] != hi[i-1] {
			a.lo, a.hi = append(a.lo, lo[i]), append(a.hi, hi[i])
		}
		a.which[i] = uint32(len(a.lo) - 1)
	}
}

func (a *aggregate) frames(m *Morsel, keep vector.Bitmap, out *vector.Vector) error {
	if a.c.Frame.Given { // in no order
		return a.merged(m, keep, []span{{a.lo, a.hi}}, out)
	}
	if f, ok := a.agg.(fn.Framer); ok {
		return f.Frames(a.args, keep, a.lo, a.hi, out)
	}
	if a.grows() {
		return a.growing(m, keep, out)
	}
	return a.merged(m, keep, []span{{a.lo, a.hi}}, out)
}

// grows reports whether frames only grow at their ends within a partition.
func (a *aggregate) grows() bool {
	for i := 1; i < len(a.lo); i++ {
		if a.lo[i] != a.lo[i-1] && a.lo[i] < a.hi[i-1] {
			return false
		}
	}
	return true
}

// chunk is how many rows of arguments go to an aggregator at once.
const chunk = vector.BatchSize

// growing adds the rows that come into the frame to one state and finishes it
// frame by frame.
func (a *aggregate) growing(m *Morsel, keep vector.Bitmap, out *vector.Vector) error {
	size := (a.agg.StateSize() + 7) &^ 7
	st := fn.States{Rows: aligned(size), Stride: size}
	group := []uint32{0}
	w := view{args: a.args, keep: keep}
	at := uint32(0)
	for i := range a.lo {
		if i == 0 || a.lo[i] != a.lo[i-1] {
			clear(st.Rows)
			if err := a.renew(); err != nil {
				return err
			}
			at = a.lo[i]
		}
		for at < a.hi[i] {
			sel, next := w.rows(at, a.hi[i])
			if len(sel) > 0 {
				if err := a.agg.UpdateOne(st, w.part, sel, 0); err != nil {
					return err
				}
			}
			at = next
		}
		if err := a.agg.Final(st, group, out); err != nil {
			return err
		}
		if i%64 == 0 {
			if err := m.Use(vector.MemoryBytes(out) + a.agg.MemoryBytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// renew lets go of what an aggregator holds for states that are gone.
func (a *aggregate) renew() (err error) {
	if a.agg.MemoryBytes() > 0 {
		a.agg, err = a.c.New()
	}
	return err
}

// view cuts the arguments into parts of a size that aggregators take.
type view struct {
	args     []*vector.Vector
	keep     vector.Bitmap
	part     []*vector.Vector
	from, to uint32 // of part
	sel      vector.Sel
}

// rows gives the rows from at on that count, as positions in part, and the row
// after them: end, or the part's end.
func (w *view) rows(at, end uint32) (vector.Sel, uint32) {
	if len(w.part) != len(w.args) || at < w.from || at >= w.to {
		n := end - at
		if len(w.args) > 0 {
			n = uint32(w.args[0].Len) - at
		}
		w.from, w.to = at, at+min(n, chunk)
		w.part = w.part[:0]
		for _, v := range w.args {
			w.part = append(w.part, vector.Slice(v, int(at), int(w.to-at)))
		}
	}
	end = min(end, w.to)
	if w.keep == nil {
		return positions[at-w.from : end-w.from], end
	}
	w.sel = w.sel[:0]
	for i := at; i < end; i++ {
		if w.keep.Get(int(i)) {
			w.sel = append(w.sel, uint16(i-w.from))
		}
	}
	return w.sel, end
}

// positions lists 0, 1, 2 ... up to a chunk.
var positions = func() (s [chunk]uint16) {
	for i := range s {
		s[i] = uint16(i)
	}
	return s
}()
