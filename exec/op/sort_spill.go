package op

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// A worker that is short of memory sorts what it has and writes it to a file: a run.
// When one has done so, all do with what they have in the end, and Finish merges
// the runs as far as their blocks fit the memory: the rest of the merging is done
// while the rows are asked for. Runs have the columns of the rows and of computed
// keys; what is compared is made of them again, block by block.

// orderBytes is what ordering a row takes: its sortRow, and another to sort with.
const orderBytes = 32

// orderRowBytes is what ordering a row by keys that are columns of it takes besides it.
func orderRowBytes(keys []SortSpec) int64 {
	stride := 0
	for _, k := range keys {
		stride += 1 + keyWidth(k.Type)
	}
	return orderBytes + int64(max(stride, leastStride))
}

func (l *sortLocal) bytes() int64 {
	return l.rows.bytes() + l.keys.bytes() + orderBytes*int64(l.rows.rows)
}

// Spill writes the rows as a sorted run.
func (l *sortLocal) Spill(ctx context.Context, _ int64) (int64, error) {
	if l.rows.rows == 0 {
		return 0, nil
	}
	had := l.bytes()
	order, err := orderRun(ctx, l.keys, 0)
	if err != nil {
		return 0, err
	}
	if k := l.s.keep(); k >= 0 && len(order) > k {
		order = order[:k]
	}
	part, err := l.s.writeRun(ctx, l.rows.chunks, order, 0)
	if err != nil {
		return 0, err
	}
	l.rows, l.told = newRowStore(l.s.rows.types), 0
	keys := newSortKeys(l.s.lay)
	l.keys = keys
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	l.s.disk = append(l.s.disk, part)
	return had - l.bytes(), nil
}

// newDiskSort makes a Sort of another operator's rows, which come as stores (storeRun)
// and go to disk at once. Its keys are columns.
func newDiskSort(q *Query, ts []types.Type, keys []SortSpec, m *mem.Account, t *Trace) *Sort {
	return &Sort{Types: ts, Keys: keys, Limit: -1, Mem: m, Trace: t, query: q, lay: newSortLayout(keys), rows: newRowStore(ts), held: m.Local()}
}

// storeRun sorts the rows of a store and writes them as a run, if there are any. The
// store is empty afterwards. Safe for concurrent use.
func (s *Sort) storeRun(ctx context.Context, rows *rowStore) error {
	if rows.rows == 0 {
		return nil
	}
	keys := newSortKeys(s.lay)
	cols := make([]*vector.Vector, len(s.Keys))
	for _, ch := range rows.chunks {
		for i := range cols {
			cols[i] = ch.Cols[s.keyColumn(i)]
		}
		keys.add(cols, allRows[:ch.N])
	}
	order, err := orderRun(ctx, keys, 0)
	if err != nil {
		return err
	}
	part, err := s.writeRun(ctx, rows.chunks, order, 0)
	if err != nil {
		return err
	}
	*rows = *newRowStore(rows.types)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disk = append(s.disk, part)
	return nil
}

// dropRuns removes the runs that nobody reads any more.
func (s *Sort) dropRuns() {
	for _, p := range s.disk {
		p.Remove()
	}
	s.disk = nil
}

// writeRun writes rows of chunks in order. base is the number of row 0.
func (s *Sort) writeRun(ctx context.Context, chunks []*vector.Batch, order []sortRow, base uint32) (*spill.Part, error) {
	files := s.query.Spill
	w, err := files.Create(s.rows.types)
	if err != nil {
		return nil, err
	}
	x := indexChunks(chunks)
	p := newPicker(s.rows.types, len(chunks))
	cols := func(i int) []*vector.Vector { return chunks[i].Cols }
	step := s.stepFor(chunks)
	var b vector.Batch
	for at := 0; at < len(order); at += step {
		if ctx.Err() != nil {
			w.Abort()
			return nil, context.Cause(ctx)
		}
		for _, r := range order[at:min(at+step, len(order))] {
			p.want(x.find(int(base + r.row)))
		}
		p.take(&b, cols)
		if err := w.Append(&b); err != nil {
			w.Abort()
			return nil, err
		}
	}
	part, err := w.Close()
	if err == nil && s.Trace != nil {
		s.Trace.Spilled.Add(part.Bytes())
	}
	return part, err
}

// stepFor gives how many rows are put in order at a time: those of about two blocks.
func (s *Sort) stepFor(chunks []*vector.Batch) int {
	var rows, size int64
	for _, c := range chunks {
		rows += int64(c.N)
		size += c.MemoryBytes()
	}
	per := size/max(rows, 1) + 1
	return int(max(min(2*s.query.Spill.BlockBytes()/per, vector.BatchSize), 1))
}

// spillRuns writes the runs that are in memory, when there is no room to merge them.
func (s *Sort) spillRuns(ctx context.Context) error {
	for i := range s.runs {
		r := &s.runs[i]
		if len(r.rows) == 0 {
			continue
		}
		part, err := s.writeRun(ctx, s.rows.chunks, r.rows, s.bases[i])
		if err != nil {
			return err
		}
		s.disk = append(s.disk, part)
	}
	s.runs, s.bases, s.rows = nil, nil, newRowStore(s.rows.types)
	return s.held.Fit(0)
}

// mergeDisk merges runs until those that are left can be merged at once, which is
// left to the source.
func (s *Sort) mergeDisk(ctx context.Context) error {
	for {
		most := s.fanIn()
		if len(s.disk) <= most {
			return nil
		}
		// The shortest of the first ones, so that no row is merged oftener than need be;
		// neighbours only, so that rows with equal keys stay in order.
		n := min(most, len(s.disk)-most+1)
		at := s.shortest(n)
		part, err := s.mergeSome(ctx, s.disk[at:at+n])
		if err != nil {
			return err
		}
		s.disk = slices.Replace(s.disk, at, at+n, part)
	}
}

// shortest gives where the n neighbouring runs begin that have the fewest bytes.
func (s *Sort) shortest(n int) int {
	best, least := 0, int64(-1)
	for at := 0; at+n <= len(s.disk); at++ {
		var sum int64
		for _, p := range s.disk[at : at+n] {
			sum += p.Bytes()
		}
		if least < 0 || sum < least {
			best, least = at, sum
		}
	}
	return best
}

// fanIn gives how many runs can be merged at once: each takes a block and about as
// much for the keys of its rows.
func (s *Sort) fanIn() int {
	free, _ := s.Mem.Tightest()
	return int(max(free/2/(s.query.Spill.BlockBytes()*5/2), 2))
}

func (s *Sort) mergeSome(ctx context.Context, runs []*spill.Part) (*spill.Part, error) {
	m, err := s.newMerge(ctx, runs)
	if err != nil {
		return nil, err
	}
	defer m.close()
	w, err := s.query.Spill.Create(s.rows.types)
	if err != nil {
		return nil, err
	}
	var b vector.Batch
	for err == nil {
		if err = m.next(ctx, &b); err == nil {
			err = w.Append(&b)
		}
	}
	if !errors.Is(err, io.EOF) {
		w.Abort()
		return nil, err
	}
	part, err := w.Close()
	if err != nil {
		return nil, err
	}
	if s.Trace != nil {
		s.Trace.Spilled.Add(part.Bytes())
	}
	for _, p := range runs {
		p.Remove()
	}
	return part, nil
}
