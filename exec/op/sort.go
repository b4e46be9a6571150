package op

import (
	"bytes"
	"context"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// Sort is the sink that orders its input and then the source of the ordered rows
// (Width 1). With a limit every worker keeps only its first rows, and rows that
// cannot be among them are dropped before they are copied.
type Sort struct {
	Types []types.Type
	// Keys refer to the input's columns followed by Computed's.
	Keys     []SortSpec
	Computed []ProjectItem
	Limit    int64 // -1: none
	Offset   int64
	// Groups is how many of the first keys make groups in which Limit and Offset
	// count apart; 0: over all rows.
	Groups int
	Mem    *mem.Account
	Trace  *Trace // may be nil
	// Threshold is told the first key of the last row that is needed so far; nil:
	// nobody wants to know. Its key is a column of the input.
	Threshold *Threshold

	query *Query
	lay   *sortLayout
	bound atomic.Pointer[[]byte] // no row whose leading key bytes are above it is needed
	mu    sync.Mutex
	runs  []sortRun
	rows  *rowStore
	bases []uint32
	held  mem.Local
	disk  []*spill.Part // runs that were spilled, under mu

	cols  []*vector.Vector // after Finish
	order []uint32
}

// keep is how many rows are needed in all, or -1.
func (s *Sort) keep() int {
	if s.Limit < 0 || s.Groups > 0 || limitEnd(s.Offset, s.Limit) > math.MaxInt32 {
		return -1
	}
	return int(s.Limit + s.Offset)
}

// NewLocal makes one copy's part.
func (s *Sort) NewLocal(w *Worker) (Local, error) {
	s.mu.Lock()
	if s.query == nil {
		s.query, s.lay = w.Query, newSortLayout(s.Keys)
		s.rows = newRowStore(s.storeTypes())
		s.held = s.Mem.Local()
	}
	s.mu.Unlock()
	return &sortLocal{s: s, rows: newRowStore(s.rows.types), keys: newSortKeys(s.lay), exprs: newExprs(s.Computed),
		room: newRoom(w.Query, s.Mem)}, nil
}

// storeTypes are the types of the columns that are kept: where rows may be spilled,
// computed keys too, each once.
func (s *Sort) storeTypes() []types.Type {
	ts := s.Types[:len(s.Types):len(s.Types)]
	if s.query.Spill == nil {
		return ts
	}
	for i := range s.Computed {
		for _, k := range s.Keys {
			if k.Pos == len(s.Types)+i {
				ts = append(ts, k.Type)
				break
			}
		}
	}
	return ts
}

// keyColumn gives the column of key i among those of storeTypes.
func (s *Sort) keyColumn(i int) int { return s.Keys[i].Pos }

type sortLocal struct {
	s     *Sort
	rows  *rowStore
	keys  *sortKeys
	exprs []Expr
	room  *room
	b     vector.Batch
	cols  []*vector.Vector
	// keyCols are those of the batch at work, so that a batch needs no memory of its own.
	keyCols []*vector.Vector
	sel     vector.Sel
	told    int // rows when the threshold was last looked for
}

func (l *sortLocal) Add(ctx context.Context, b *vector.Batch) error {
	l.b.N, l.b.Sel, l.b.Cols = b.N, b.Sel, append(l.b.Cols[:0], b.Cols...)
	all, err := evalItems(b, b.Sel, l.s.Computed, l.exprs, append(l.cols[:0], b.Cols...))
	if err != nil {
		return err
	}
	l.cols = all
	l.b.Cols = append(l.b.Cols, all[len(b.Cols):len(l.rows.types)]...)
	l.keyCols = l.keyCols[:0]
	for _, k := range l.s.Keys {
		l.keyCols = append(l.keyCols, all[k.Pos])
	}
	before := l.keys.n
	l.keys.add(l.keyCols, selOf(b))
	if l.s.keep() >= 0 {
		l.dropBehind(before)
	}
	l.rows.add(&l.b)
	if uint64(l.rows.rows) >= math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 4 billion rows to sort")
	}
	if err := l.keepFirst(ctx); err != nil {
		return err
	}
	return l.room.use(ctx, l)
}

// keepFirst lets go of rows behind the first ones, when there are many, and tells
// the threshold.
func (l *sortLocal) keepFirst(ctx context.Context) error {
	switch k := l.s.keep(); {
	case k < 0:
	case l.rows.rows > 2*k+4*vector.BatchSize:
		return l.prune(ctx, k)
	case l.s.Threshold != nil && k > 0 && l.rows.rows >= max(k, 2*l.told):
		return l.tell(ctx, k)
	}
	return nil
}

// tell lowers the bound and the threshold to the row that is the last of the first
// k now. It is called when the rows have doubled, so that all calls together cost
// what one sort does.
func (l *sortLocal) tell(ctx context.Context, k int) error {
	order, err := orderFirst(ctx, l.keys, 0, k)
	if err != nil {
		return err
	}
	l.told = l.rows.rows
	last := int(order[k-1].row)
	l.s.lower(bytes.Clone(l.keys.lead(last)))
	l.s.Threshold.lower(l.rows.value(l.s.Keys[0].Pos, last))
	return nil
}

// dropBehind removes the rows just added to keys that lie behind the bound, and
// selects the others in l.b.
func (l *sortLocal) dropBehind(before int) {
	bound, k, n := l.s.bound.Load(), l.keys, before
	if bound == nil {
		return
	}
	st := k.lay.stride
	out := empty(l.sel)
	for i, p := range selOf(&l.b) {
		if bytes.Compare(k.lead(before+i), *bound) > 0 {
			continue
		}
		if n != before+i {
			copy(k.img[n*st:(n+1)*st], k.img[(before+i)*st:])
		}
		out = append(out, p)
		n++
	}
	if n == k.n {
		l.sel = out
		return
	}
	k.dropLong(before, selOf(&l.b), out)
	k.n, k.img = n, k.img[:n*st]
	l.sel, l.b.Sel = out, out
}

// dropLong removes the whole strings of rows that are in all but not in kept;
// row `before` is the first of all.
func (s *sortKeys) dropLong(before int, all, kept vector.Sel) {
	for i := range s.long {
		l := &s.long[i]
		if l.ends == nil {
			continue
		}
		at, k := uint64(0), 0
		if before > 0 {
			at = l.ends[before-1]
		}
		from := at
		for r, p := range all {
			end := l.ends[before+r]
			if k < len(kept) && kept[k] == p {
				copy(l.data[at:], l.data[from:end])
				at += end - from
				l.ends[before+k] = at
				k++
			}
			from = end
		}
		l.ends, l.data = l.ends[:before+k], l.data[:at]
	}
}

// prune keeps the first k rows and lowers the bound to the last of them.
func (l *sortLocal) prune(ctx context.Context, k int) error {
	order, err := orderFirst(ctx, l.keys, 0, k)
	if err != nil {
		return err
	}
	if len(order) > k {
		order = order[:k]
	}
	cols := make([]*vector.Vector, len(l.rows.types))
	for c := range cols {
		if cols[c], err = l.rows.column(ctx, c); err != nil {
			return err
		}
	}
	idx := make([]uint32, len(order))
	keys := newSortKeys(l.s.lay)
	keys.cut = l.keys.cut
	for i, r := range order {
		idx[i] = r.row
		keys.copyRow(l.keys, int(r.row))
	}
	l.rows, l.keys = newRowStore(l.rows.types), keys
	for from := 0; from < len(idx); from += vector.BatchSize {
		part := idx[from:min(from+vector.BatchSize, len(idx))]
		b := vector.Batch{N: len(part)}
		for _, c := range cols {
			v := &vector.Vector{}
			vector.Gather(v, c, part)
			b.Cols = append(b.Cols, v)
		}
		l.rows.add(&b)
	}
	l.told = len(order)
	if n := len(order); n == k && n > 0 {
		l.s.lower(bytes.Clone(keys.lead(n - 1)))
		if t := l.s.Threshold; t != nil {
			t.lower(l.rows.value(l.s.Keys[0].Pos, n-1))
		}
	}
	return nil
}

// lower makes the bound the least of itself and b.
func (s *Sort) lower(b []byte) {
	for {
		old := s.bound.Load()
		if old != nil && bytes.Compare(*old, b) <= 0 || s.bound.CompareAndSwap(old, &b) {
			return
		}
	}
}

// copyRow appends row i of from.
func (s *sortKeys) copyRow(from *sortKeys, i int) {
	st := s.lay.stride
	s.img = append(s.img, from.img[i*st:(i+1)*st]...)
	for k := range s.long {
		if from.long[k].ends != nil {
			s.long[k].data = append(s.long[k].data, from.long[k].row(i)...)
			s.long[k].ends = append(s.long[k].ends, uint64(len(s.long[k].data)))
		}
	}
	s.n++
}

// Combine sorts the worker's rows and hands them over.
func (l *sortLocal) Combine(ctx context.Context) error {
	s := l.s
	s.mu.Lock()
	spilled := len(s.disk) > 0 || s.query.SpillAlways && s.query.Spill != nil
	s.mu.Unlock()
	if spilled {
		_, err := l.Spill(ctx, 0)
		l.room.close()
		return err
	}
	s.mu.Lock()
	run := len(s.runs)
	s.runs = append(s.runs, sortRun{keys: l.keys})
	s.bases = append(s.bases, uint32(s.rows.rows))
	s.rows.take(l.rows)
	l.room.move(&s.held)
	s.mu.Unlock()
	first := l.keys.n
	if k := s.keep(); k >= 0 {
		first = min(k, first)
	}
	rows, err := orderFirst(ctx, l.keys, run, first)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.runs[run].rows = rows[:first]
	s.mu.Unlock()
	return nil
}

// Finish merges the runs.
func (s *Sort) Finish(ctx context.Context) error {
	if uint64(s.rows.rows) >= math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 4 billion rows to sort")
	}
	if len(s.disk) > 0 {
		return s.finishDisk(ctx)
	}
	rowBytes := s.rows.bytes()
	if err := s.held.Use(s.held.Held() + 4*int64(s.rows.rows) + s.joining()); err != nil {
		if s.query == nil || s.query.Spill == nil {
			return err
		}
		return s.finishDisk(ctx)
	}
	rows, err := mergeRuns(ctx, s.query, s.runs)
	if err != nil {
		return err
	}
	rows, err = s.cut(rows)
	if err != nil {
		return err
	}
	s.order = make([]uint32, len(rows))
	for i, r := range rows {
		s.order[i] = s.bases[r.run] + r.row
	}
	s.runs = nil
	if s.cols, err = s.rows.concat(ctx, s.query); err != nil {
		return err
	}
	s.cols = s.cols[:len(s.Types)]
	if s.Trace != nil {
		s.Trace.Memory.Store(s.held.Held())
	}
	return s.held.Use(rowBytes + 4*int64(len(rows)))
}

// joining is what joining the chunks takes besides them: the columns that are joined
// at a time.
func (s *Sort) joining() int64 {
	n := len(s.rows.types)
	if len(s.rows.chunks) <= 1 || n == 0 {
		return 0
	}
	return s.rows.bytes() * int64(min(n, s.query.Workers)) / int64(n)
}

// finishDisk is Finish when rows are on disk, or have to go there.
func (s *Sort) finishDisk(ctx context.Context) error {
	if s.Trace != nil {
		s.Trace.Memory.Store(s.Mem.Peak())
	}
	if err := s.spillRuns(ctx); err != nil {
		return err
	}
	return s.mergeDisk(ctx)
}

// cut applies offset and limit, over all rows or in each group.
func (s *Sort) cut(rows []sortRow) ([]sortRow, error) {
	if s.Groups == 0 {
		from := min(s.Offset, int64(len(rows)))
		to := int64(len(rows))
		if s.Limit >= 0 {
			to = min(to, limitEnd(from, s.Limit))
		}
		return rows[from:to], nil
	}
	keys := map[uint32]*sortKeys{}
	for i, r := range s.runs {
		keys[uint32(i)] = r.keys
	}
	out := rows[:0]
	seen := int64(0)
	var prev sortRow
	for i, r := range rows {
		if i == 0 || !sameGroup(keys[prev.run], int(prev.row), keys[r.run], int(r.row), s.Groups) {
			seen = 0
		}
		if seen >= s.Offset && (s.Limit < 0 || seen < limitEnd(s.Offset, s.Limit)) {
			out = append(out, r)
		}
		seen++
		prev = r
	}
	return out, nil
}

// sameGroup compares the first n keys of two rows.
func sameGroup(a *sortKeys, i int, b *sortKeys, j, n int) bool {
	if n == len(a.lay.keys) {
		return compareKeys(a, i, b, j) == 0
	}
	st, end := a.lay.stride, a.lay.offs[n]
	if string(a.img[i*st:i*st+end]) != string(b.img[j*st:j*st+end]) {
		return false
	}
	for k := range n {
		if a.long[k].ends != nil && string(a.long[k].row(i)) != string(b.long[k].row(j)) {
			return false
		}
	}
	return true
}

// Width is 1: the order is that of one operator.
func (s *Sort) Width() int { return 1 }

// Open makes the operator that puts the rows out in order.
func (s *Sort) Open(*Worker) (Operator, error) {
	if len(s.disk) > 0 {
		return &sortMergeOut{s: s}, nil
	}
	return &sortOut{s: s, cols: newVectors(len(s.Types))}, nil
}

type sortOut struct {
	s    *Sort
	at   int
	cols []*vector.Vector
}

func (o *sortOut) Next(_ context.Context, b *vector.Batch) error {
	n := min(len(o.s.order)-o.at, vector.BatchSize)
	if n <= 0 {
		return io.EOF
	}
	idx := o.s.order[o.at : o.at+n]
	for i, c := range o.s.cols {
		vector.Gather(o.cols[i], c, idx)
	}
	o.at += n
	setCols(b, n, nil, o.cols...)
	return nil
}

func (o *sortOut) Close() error { return nil }
