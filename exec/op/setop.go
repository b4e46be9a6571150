package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// SetOp is INTERSECT [ALL] and EXCEPT [ALL]: it counts how often each row occurs
// in each input and puts it out as often as the counts say. Each input has its
// own sink, made by Input; the SetOp itself is the source of the result.
type SetOp struct {
	Except bool
	All    bool
	Types  []types.Type
	Inputs int
	Mem    *mem.Account

	mu     sync.Mutex
	layout *keytab.Layout
	tab    *keytab.Table
	counts []int64 // Inputs numbers for each row of the table
	held   mem.Local
}

// Input makes the sink of input k, whose output columns are at the positions cols.
func (s *SetOp) Input(k int, cols []int) Sink {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.layout == nil {
		s.layout = keytab.NewLayout(s.Types, true)
		s.tab = keytab.NewTable(s.layout, 0)
		s.held = s.Mem.Local()
	}
	return &setInput{s: s, k: k, cols: cols}
}

type setInput struct {
	s    *SetOp
	k    int
	cols []int
}

func (i *setInput) NewLocal(*Worker) (Local, error) {
	return &setLocal{i: i, enc: keytab.NewEncoder(i.s.layout), tab: keytab.NewTable(i.s.layout, 0), held: i.s.Mem.Local()}, nil
}

func (i *setInput) Finish(context.Context) error { return nil }

// setLocal counts one worker's rows of one input.
type setLocal struct {
	NoSpill
	i      *setInput
	enc    *keytab.Encoder
	tab    *keytab.Table
	counts []int64
	keys   []*vector.Vector
	rows   []uint32
	held   mem.Local
}

func (l *setLocal) Add(_ context.Context, b *vector.Batch) error {
	l.keys = l.keys[:0]
	for _, p := range l.i.cols {
		l.keys = append(l.keys, b.Cols[p])
	}
	l.enc.Encode(l.keys, b.Sel, b.N)
	l.rows = grow(l.rows, l.enc.Len())
	if err := l.tab.FindOrInsert(l.enc, l.rows); err != nil {
		return err
	}
	for len(l.counts) < l.tab.Len() {
		l.counts = append(l.counts, 0)
	}
	for _, r := range l.rows {
		l.counts[r]++
	}
	return l.held.Use(l.tab.MemoryBytes() + 8*int64(cap(l.counts)))
}

// Combine adds the worker's counts to the shared ones.
func (l *setLocal) Combine(ctx context.Context) error {
	s := l.i.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for at := 0; at < l.tab.Len(); at += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.tab.View(l.enc, at, min(vector.BatchSize, l.tab.Len()-at))
		l.rows = grow(l.rows, l.enc.Len())
		if err := s.tab.FindOrInsert(l.enc, l.rows); err != nil {
			return err
		}
		for len(s.counts) < s.tab.Len()*s.Inputs {
			s.counts = append(s.counts, 0)
		}
		for k, r := range l.rows {
			s.counts[int(r)*s.Inputs+l.i.k] += l.counts[at+k]
		}
		if err := s.held.Use(s.tab.MemoryBytes() + 8*int64(cap(s.counts))); err != nil {
			return err
		}
	}
	l.held.Close()
	return nil
}

// times says how often row r comes out.
func (s *SetOp) times(r int) int64 {
	c := s.counts[r*s.Inputs : (r+1)*s.Inputs]
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

// Width is 1.
func (s *SetOp) Width() int { return 1 }

// Open makes the operator that puts out the result.
func (s *SetOp) Open(*Worker) (Operator, error) {
	return &setOut{s: s, cols: newVectors(len(s.Types)), out: newVectors(len(s.Types))}, nil
}

type setOut struct {
	s    *SetOp
	at   int
	left int64 // repetitions of row at-1 that are still to come
	cols []*vector.Vector
	out  []*vector.Vector
	idx  []uint32
}

func (o *setOut) Next(ctx context.Context, b *vector.Batch) error {
	for {
		from := max(o.at-1, 0)
		o.choose(from)
		if len(o.idx) > 0 {
			for i := range o.cols {
				o.s.tab.Column(o.cols[i], i, from, o.at-from)
				vector.Gather(o.out[i], o.cols[i], o.idx)
			}
			setCols(b, len(o.idx), nil, o.out...)
			return nil
		}
		if o.at == o.s.tab.Len() {
			return io.EOF
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// choose lists the next rows that come out, counted from row `from` of the table.
func (o *setOut) choose(from int) {
	o.idx = o.idx[:0]
	for len(o.idx) < vector.BatchSize {
		if o.left > 0 {
			o.idx = append(o.idx, uint32(o.at-1-from))
			o.left--
			continue
		}
		if o.at == o.s.tab.Len() || o.at-from >= vector.MaxBatch {
			return
		}
		o.left = o.s.times(o.at)
		o.at++
	}
}

func (o *setOut) Close() error { return nil }
