package op

import (
	"context"
	"errors"
	"io"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// sortMerge merges runs that are on disk. The run with the least row is the winner
// of a tree of losers (Knuth, The Art of Computer Programming, volume 3, 5.4.1): a row
// costs a comparison for each level.
type sortMerge struct {
	s    *Sort
	runs []*mergeRun
	tree []int // tree[0] is the winner, tree[1:] the losers of the inner nodes
	pick *picker
	held mem.Local
}

// mergeRun is the block of a run that is being merged.
type mergeRun struct {
	in   *spill.Reader
	b    vector.Batch
	keys *sortKeys
	at   int
	end  bool
	cols []*vector.Vector
}

func (s *Sort) newMerge(ctx context.Context, parts []*spill.Part) (*sortMerge, error) {
	m := &sortMerge{s: s, pick: newPicker(s.rows.types, len(parts)), held: s.Mem.Local()}
	for _, p := range parts {
		in, err := p.Open()
		if err != nil {
			m.close()
			return nil, err
		}
		r := &mergeRun{in: in, keys: newSortKeys(s.lay)}
		m.runs = append(m.runs, r)
		if err := m.load(ctx, r); err != nil {
			m.close()
			return nil, err
		}
	}
	m.build()
	return m, nil
}

// load gets the next block of a run and makes its keys.
func (m *sortMerge) load(ctx context.Context, r *mergeRun) error {
	err := r.in.Next(ctx, &r.b)
	if errors.Is(err, io.EOF) {
		r.end = true
		r.in.Close()
		return nil
	}
	if err != nil {
		return err
	}
	r.at = 0
	r.keys.reset()
	r.cols = r.cols[:0]
	for i := range m.s.Keys {
		r.cols = append(r.cols, r.b.Cols[m.s.keyColumn(i)])
	}
	r.keys.add(r.cols, allRows[:r.b.N])
	var n int64
	for _, r := range m.runs {
		n += r.keys.bytes()
	}
	return m.held.Use(n)
}

// reset forgets the rows and keeps the memory.
func (s *sortKeys) reset() {
	s.n, s.img, s.cut, s.tail = 0, s.img[:0], false, 0
	for i := range s.long {
		s.long[i].ends, s.long[i].data = s.long[i].ends[:0], s.long[i].data[:0]
	}
}

// before tells whether run i's row comes before run j's. Rows with equal keys come in
// the order of the runs.
func (m *sortMerge) before(i, j int) bool {
	a, b := m.runs[i], m.runs[j]
	if a.end || b.end {
		return !a.end && b.end || a.end == b.end && i < j
	}
	if x, y := a.keys.first(a.at, 0), b.keys.first(b.at, 0); x != y {
		return x < y
	}
	if c := compareKeys(a.keys, a.at, b.keys, b.at); c != 0 {
		return c < 0
	}
	return i < j
}

// build plays all matches. Node n of the tree has the children 2n and 2n+1; run i is
// node len(runs)+i.
func (m *sortMerge) build() {
	k := len(m.runs)
	m.tree = make([]int, max(k, 1))
	winner := make([]int, 2*k)
	for i := range k {
		winner[k+i] = i
	}
	for n := k - 1; n > 0; n-- {
		a, b := winner[2*n], winner[2*n+1]
		if m.before(b, a) {
			a, b = b, a
		}
		winner[n], m.tree[n] = a, b
	}
	if k > 1 {
		m.tree[0] = winner[1]
	}
}

// replay finds the winner after run i, the last one, has moved on.
func (m *sortMerge) replay(i int) {
	for n := (len(m.runs) + i) / 2; n > 0; n /= 2 {
		if m.before(m.tree[n], i) {
			m.tree[n], i = i, m.tree[n]
		}
	}
	m.tree[0] = i
}

// next makes b the next rows in order, at most those that the blocks at hand have.
func (m *sortMerge) next(ctx context.Context, b *vector.Batch) error {
	if err := m.turn(ctx, func(int, *mergeRun) (bool, bool) { return true, false }); err != nil {
		return err
	}
	m.take(b)
	return nil
}

func (m *sortMerge) take(b *vector.Batch) {
	m.pick.take(b, func(i int) []*vector.Vector { return m.runs[i].b.Cols })
}

// turn goes through the rows in order and asks of each whether it is wanted, and
// whether it is the last. It ends when there are enough wanted ones, or when a block is
// at its end and rows of it are wanted; io.EOF when nothing is left.
func (m *sortMerge) turn(ctx context.Context, each func(i int, r *mergeRun) (want, last bool)) error {
	for n := 0; m.pick.n < vector.BatchSize; n++ {
		if len(m.runs) == 0 {
			return m.eof()
		}
		i := m.tree[0]
		r := m.runs[i]
		switch {
		case r.end:
			return m.eof()
		case r.at == r.b.N:
			if m.pick.n > 0 {
				return nil
			}
			if err := m.load(ctx, r); err != nil {
				return err
			}
			m.replay(i)
			continue
		}
		want, last := each(i, r)
		if want {
			m.pick.want(i, uint32(r.at))
		}
		if last {
			return m.eof()
		}
		if r.at++; r.at < r.b.N {
			m.replay(i)
		}
	}
	return nil
}

func (m *sortMerge) eof() error {
	if m.pick.n > 0 {
		return nil
	}
	return io.EOF
}

func (m *sortMerge) close() {
	for _, r := range m.runs {
		r.in.Close()
	}
	m.held.Close()
}

// sortMergeOut is the source of rows that were spilled.
type sortMergeOut struct {
	s    *Sort
	m    *sortMerge
	seen int64 // rows so far, or rows of the group
	prev *sortKeys
	done bool
}

func (o *sortMergeOut) Next(ctx context.Context, b *vector.Batch) error {
	if o.done {
		return io.EOF
	}
	if o.m == nil {
		var err error
		if o.m, err = o.s.newMerge(ctx, o.s.disk); err != nil {
			return err
		}
	}
	if err := o.m.turn(ctx, o.each); err != nil {
		return err
	}
	o.m.take(b)
	b.Cols = b.Cols[:len(o.s.Types)] // without computed keys
	return nil
}

// each applies offset and limit, over all rows or in each group.
func (o *sortMergeOut) each(_ int, r *mergeRun) (want, last bool) {
	s := o.s
	if s.Groups > 0 {
		if o.prev == nil || !sameGroup(o.prev, 0, r.keys, r.at, s.Groups) {
			o.seen = 0
			if o.prev == nil {
				o.prev = newSortKeys(s.lay)
			}
			o.prev.reset()
			o.prev.copyRow(r.keys, r.at)
			o.prev.cut = r.keys.cut
		}
		o.seen++
		return o.seen > s.Offset && (s.Limit < 0 || o.seen <= limitEnd(s.Offset, s.Limit)), false
	}
	if s.Limit >= 0 && o.seen >= limitEnd(s.Offset, s.Limit) {
		o.done = true
		return false, true
	}
	o.seen++
	return o.seen > s.Offset, false
}

// Close gives up what is left of the runs.
func (o *sortMergeOut) Close() error {
	if o.m != nil {
		o.m.close()
	}
	o.s.dropRuns()
	return nil
}
