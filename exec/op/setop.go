package op

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// SetOp is INTERSECT [ALL] and EXCEPT [ALL]: it counts how often each row occurs
// in each input and puts it out as often as the counts say. Each input has its
// own sink, made by Input; the SetOp itself is the source of the result.
//
// The rows are the groups of an Aggregate that all inputs share, whose one call
// counts by input: so it merges and spills as that does.
type SetOp struct {
	Except bool
	All    bool
	Types  []types.Type
	Inputs int
	Mem    *mem.Account
	Trace  *Trace // may be nil

	mu       sync.Mutex
	agg      *Aggregate
	finished int // inputs
}

// Input makes the sink of input k, whose output columns are at the positions cols.
func (s *SetOp) Input(k int, cols []int) Sink {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agg == nil {
		s.agg = &Aggregate{KeyTypes: s.Types, Inputs: []ProjectItem{{Pass: len(s.Types)}}, InTypes: []types.Type{types.TBigInt},
			Calls: []AggCall{{New: func() (fn.Aggregator, error) { return &inputCounts{s: s}, nil }, Type: types.TBigInt, Args: []int{0}}},
			Mem:   s.Mem, Trace: s.Trace}
		for i := range s.Types {
			s.agg.Keys = append(s.agg.Keys, i)
		}
	}
	return &setInput{s: s, k: k, cols: cols}
}

type setInput struct {
	s    *SetOp
	k    int
	cols []int
}

func (i *setInput) NewLocal(w *Worker) (Local, error) {
	l, err := i.s.agg.NewLocal(w)
	if err != nil {
		return nil, err
	}
	return &setLocal{Local: l, cols: i.cols, number: vector.FromValues(types.TBigInt, []types.Value{types.IntOf(types.TBigInt, int64(i.k))})}, nil
}

// Finish merges the counts after the last input.
func (i *setInput) Finish(ctx context.Context) error {
	i.s.mu.Lock()
	i.s.finished++
	last := i.s.finished == i.s.Inputs
	i.s.mu.Unlock()
	if last {
		return i.s.agg.Finish(ctx)
	}
	return nil
}

// setLocal adds the input's number to its rows.
type setLocal struct {
	Local
	cols   []int
	number *vector.Vector
	b      vector.Batch
}

func (l *setLocal) Add(ctx context.Context, b *vector.Batch) error {
	l.b.N, l.b.Sel, l.b.Cols = b.N, b.Sel, l.b.Cols[:0]
	for _, p := range l.cols {
		l.b.Cols = append(l.b.Cols, b.Cols[p])
	}
	l.number.Form, l.number.Len = vector.Const, b.N
	l.b.Cols = append(l.b.Cols, l.number)
	return l.Local.Add(ctx, &l.b)
}

// inputCounts counts how often a row occurs in each input, and in the end how often it
// comes out. Its argument is the number of the input, the same in all of a batch.
type inputCounts struct{ s *SetOp }

// FlatStates implements fn.Flat.
func (*inputCounts) FlatStates() {}

func (c *inputCounts) StateSize() int { return 8 * c.s.Inputs }

// count gives the counts of a row.
func (c *inputCounts) count(st fn.States, r uint32) []int64 {
	at := int(r)*st.Stride + st.Off
	return int64sOf(st.Rows[at : at+8*c.s.Inputs])
}

func (c *inputCounts) Update(st fn.States, groups []uint32, args []*vector.Vector, _ vector.Sel) error {
	k := vector.Values[int64](args[0])[0]
	for _, g := range groups {
		c.count(st, g)[k]++
	}
	return nil
}

func (c *inputCounts) UpdateOne(st fn.States, args []*vector.Vector, sel vector.Sel, n int) error {
	if sel != nil {
		n = len(sel)
	}
	c.count(st, 0)[vector.Values[int64](args[0])[0]] += int64(n)
	return nil
}

func (c *inputCounts) Merge(st fn.States, groups []uint32, _ fn.Aggregator, from fn.States, rows []uint32) error {
	for i, g := range groups {
		to := c.count(st, g)
		for k, n := range c.count(from, rows[i]) {
			to[k] += n
		}
	}
	return nil
}

func (c *inputCounts) Final(st fn.States, groups []uint32, out *vector.Vector) error {
	at := out.Len
	out.Resize(at + len(groups))
	for i, g := range groups {
		vector.Values[int64](out)[at+i] = c.s.times(c.count(st, g))
	}
	return nil
}

func (c *inputCounts) MemoryBytes() int64 { return 0 }

// times says how often a row comes out.
func (s *SetOp) times(c []int64) int64 {
	n := c[0]
	for _, x := range c[1:] {
		switch {
		case !s.Except:
			n = min(n, x)
		case s.All:
			n = max(n-x, 0)
		case x > 0:
			n = 0
		}
	}
	if !s.All {
		n = min(n, 1)
	}
	return n
}

// Width is that of the aggregate.
func (s *SetOp) Width() int { return s.agg.Width() }

// Open makes an operator that puts out the result.
func (s *SetOp) Open(w *Worker) (Operator, error) {
	in, err := s.agg.Open(w)
	if err != nil {
		return nil, err
	}
	return &setOut{in: in, n: len(s.Types), out: newVectors(len(s.Types))}, nil
}

type setOut struct {
	in   Operator
	n    int // columns
	b    vector.Batch
	at   int   // row of b that is next
	left int64 // repetitions of the row before that are still to come
	out  []*vector.Vector
	idx  []uint32
}

func (o *setOut) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.left == 0 && o.at == o.b.N {
			if err := o.in.Next(ctx, &o.b); err != nil {
				return err
			}
			o.at = 0
		}
		if o.choose(); len(o.idx) == 0 {
			continue
		}
		for i := range o.out {
			vector.Gather(o.out[i], o.b.Cols[i], o.idx)
		}
		setCols(b, len(o.idx), nil, o.out...)
		return nil
	}
}

// choose lists the next rows of the batch that come out.
func (o *setOut) choose() {
	times := vector.Values[int64](o.b.Cols[o.n])
	o.idx = o.idx[:0]
	for len(o.idx) < vector.BatchSize {
		switch {
		case o.left > 0:
			o.idx = append(o.idx, uint32(o.at-1))
			o.left--
		case o.at == o.b.N:
			return
		default:
			o.left = times[o.at]
			o.at++
		}
	}
}

func (o *setOut) Close() error { return o.in.Close() }
