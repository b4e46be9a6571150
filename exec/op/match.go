package op

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/match"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
)

// Match is the sink that orders its input as a Window does and then the source of the
// rows that match a pattern. Its first call is there for the order alone: it says how
// many keys make partitions. Further ones, of a pattern in a window, are functions over
// the rows of each row's match.
type Match struct {
	Window
	Spec *match.Spec
}

// NewLocal makes one copy's part. Patterns are searched in all rows: they stay in
// memory.
func (s *Match) NewLocal(w *Worker) (Local, error) {
	s.whole = true
	return s.Window.NewLocal(w)
}

// Open makes an operator that takes one morsel after another.
func (s *Match) Open(*Worker) (Operator, error) {
	f, err := match.NewFinder(s.Spec)
	if err != nil {
		return nil, err
	}
	o := &matchOut{s: s, f: f, held: s.Mem.Local(), need: make([]bool, len(s.InTypes))}
	for _, p := range s.Spec.Columns() {
		o.need[p] = true
	}
	for i := range s.Calls[1:] {
		c := &s.Calls[1+i]
		calc, err := window.New(c)
		if err != nil {
			return nil, err
		}
		o.calcs = append(o.calcs, calc)
		for _, p := range c.Columns() {
			o.need[p] = true
		}
	}
	o.win = &windowOut{s: &s.Window}
	o.m.Cols = newVectors(len(s.InTypes))
	o.m.Use = o.use
	o.out = newVectors(len(s.Pass) + len(s.Spec.Measures) + len(o.calcs))
	return o, nil
}

type matchOut struct {
	s     *Match
	f     *match.Finder
	ctx   context.Context // of the call of Next at work
	calcs []window.Calc
	need  []bool // columns that the search, the measures and the calls read
	held  mem.Local
	base  int64 // bytes of the morsel's columns

	win   *windowOut // where the morsel's partitions start
	m     match.Morsel
	begun bool
	out   []*vector.Vector
	pass  []uint32
	whole *wholeMorsel // with calls: what there is of the morsel at work; nil: nothing
}

func (o *matchOut) Next(ctx context.Context, b *vector.Batch) error {
	o.ctx = ctx
	for {
		if !o.begun {
			k := int(o.s.next.Add(1)) - 1
			if k+1 >= len(o.s.morsels) {
				return io.EOF
			}
			if err := o.load(o.s.morsels[k], o.s.morsels[k+1]); err != nil {
				return err
			}
		}
		rows, measures, err := o.rows()
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return o.put(b, rows, measures)
		}
		o.begun = false
	}
}

// rows gives the next rows of the morsel, those to pass on and the rest of the columns.
func (o *matchOut) rows() ([]uint32, []*vector.Vector, error) {
	if len(o.calcs) == 0 {
		return o.f.Next()
	}
	if o.whole == nil {
		w := &wholeMorsel{}
		if err := w.compute(o); err != nil {
			return nil, nil, err
		}
		o.whole = w
	}
	rows, cols := o.whole.next(o.m.N)
	if len(rows) == 0 {
		o.whole = nil
	}
	return rows, cols, nil
}

// put makes a batch of rows of the morsel and columns beside them.
func (o *matchOut) put(b *vector.Batch, rows []uint32, more []*vector.Vector) error {
	o.pass = o.pass[:0]
	for _, r := range rows {
		at := uint32(o.win.from) + r
		if o.s.order != nil {
			at = o.s.order[at]
		}
		o.pass = append(o.pass, at)
	}
	for i, p := range o.s.Pass {
		vector.Gather(o.out[i], o.s.cols[p], o.pass)
	}
	copy(o.out[len(o.s.Pass):], more)
	setCols(b, len(rows), nil, o.out...)
	return nil
}

// load begins a morsel.
func (o *matchOut) load(from, to int) error {
	o.begun = true
	o.m.N = to - from
	o.win.from, o.win.m.N, o.win.found = from, to-from, map[int][]uint32{}
	o.base = int64(o.m.N)*8 + o.s.rowBytes(o.need, o.m.N)
	if err := o.held.Use(o.base); err != nil {
		return err
	}
	o.s.takeAll(o.m.Cols, o.need, from, o.m.N)
	o.m.Starts = o.win.starts(o.s.Calls[0].Partition)
	return o.f.Load(&o.m)
}

// use counts what the search holds.
func (o *matchOut) use(bytes int64) error {
	if o.ctx.Err() != nil {
		return context.Cause(o.ctx)
	}
	return o.held.Use(o.base + bytes)
}

func (o *matchOut) Close() error {
	o.held.Close()
	return nil
}

// wholeMorsel has the measures and calls of all rows of a morsel: calls need the
// matches of all of them.
type wholeMorsel struct {
	cols []*vector.Vector
	rows []uint32
	at   int
}

func (w *wholeMorsel) compute(o *matchOut) error {
	for i := range o.s.Spec.Measures {
		w.cols = append(w.cols, vector.New(o.s.Spec.Measures[i].Type, 0))
	}
	bytes := int64(0)
	for {
		rows, measures, err := o.f.Next()
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		bytes = 0
		for i, v := range measures {
			w.cols[i].AppendRange(v, 0, len(rows))
			bytes += vector.MemoryBytes(w.cols[i])
		}
		if err := o.use(bytes); err != nil {
			return err
		}
	}
	m := window.Morsel{N: o.m.N, Cols: o.m.Cols, Starts: o.win.starts, Use: func(n int64) error { return o.use(bytes + n) }}
	m.Lo, m.Hi = o.f.Frames()
	for i, c := range o.calcs {
		res := vector.New(o.s.Calls[1+i].Type, 0)
		if err := c.Eval(&m, res); err != nil {
			return err
		}
		w.cols = append(w.cols, res)
		bytes += vector.MemoryBytes(res)
		if err := o.use(bytes); err != nil {
			return err
		}
	}
	return nil
}

// next gives a batch of the rows; there is one for each of the morsel.
func (w *wholeMorsel) next(n int) ([]uint32, []*vector.Vector) {
	w.rows = w.rows[:0]
	from := w.at
	for ; w.at < n && len(w.rows) < vector.BatchSize; w.at++ {
		w.rows = append(w.rows, uint32(w.at))
	}
	out := make([]*vector.Vector, len(w.cols))
	for i, v := range w.cols {
		out[i] = vector.Slice(v, from, len(w.rows))
	}
	return w.rows, out
}
