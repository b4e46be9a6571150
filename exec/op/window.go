package op

import (
	"context"
	"io"
	"math"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
)

// Window is the sink that orders its input by partitions and then the source of its
// rows with what the window functions give. Partitions are worked on in parallel,
// some whole ones at a time.
//
//	Add:     Inputs ──> rows, column by column
//	Finish:  Keys ──> the order of all rows, and where keys change (or see wholeSet)
//	Next:    a morsel's rows gathered in order ──> window.Calc ──> batches
type Window struct {
	Inputs  []ProjectItem // what the keys, the calls and the output need, each expression once
	InTypes []types.Type
	Pass    []int         // of Inputs: the columns that are put out, before the calls' results
	Keys    []SortSpec    // Pos is a position in Inputs
	Calls   []window.Call // columns are positions in Inputs
	Mem     *mem.Account
	Trace   *Trace // may be nil

	query *Query
	mu    sync.Mutex
	rows  *rowStore
	held  mem.Local
	room  mem.Local    // of the first copy's morsels
	spill *windowSpill // nil: the rows are in memory
	depth int          // how often they were cut
	whole bool         // cutting them would not help

	sorted *windowSorted // nil: the rows are not sorted on disk
	pages  bool          // they may be

	cols    []*vector.Vector      // after Finish
	order   []uint32              // nil: as they are
	wholes  []*wholeSet           // set where the rows need no order
	starts  map[int]vector.Bitmap // by number of keys: the rows, in order, at which one of them changes
	n       int
	morsels []int // where each starts, and the end
	next    atomic.Int64
}

// morselRows is how many rows a morsel has at least, if partitions allow.
const morselRows = 1 << 14

// NewLocal makes one copy's part.
func (s *Window) NewLocal(w *Worker) (Local, error) {
	s.mu.Lock()
	if s.query == nil {
		s.query, s.rows, s.held = w.Query, newRowStore(s.InTypes), s.Mem.Local()
		s.pages = s.mayStream()
	}
	s.mu.Unlock()
	return &windowLocal{s: s, rows: newRowStore(s.InTypes), exprs: newExprs(s.Inputs), room: newRoom(w.Query.root(), s.Mem)}, nil
}

type windowLocal struct {
	s     *Window
	rows  *rowStore
	cut   *windowCutter // nil: nothing went to disk so far
	exprs []Expr
	room  *room
	b     vector.Batch
}

func (l *windowLocal) Add(ctx context.Context, b *vector.Batch) error {
	cols, err := evalItems(b, b.Sel, l.s.Inputs, l.exprs, l.b.Cols[:0])
	if err != nil {
		return err
	}
	l.b = vector.Batch{N: b.N, Sel: b.Sel, Cols: cols}
	l.rows.add(&l.b)
	if err := l.room.use(ctx, l); err != nil {
		return l.s.tooLarge(err)
	}
	return nil
}

// bytes counts what ordering the rows takes, too, where that is how they spill.
func (l *windowLocal) bytes() int64 {
	n := l.rows.bytes()
	if l.s.pages && !l.s.mayCut() {
		n += int64(l.rows.rows) * orderRowBytes(l.s.Keys)
	}
	return n
}

// Spill writes all rows to disk.
func (l *windowLocal) Spill(ctx context.Context, _ int64) (int64, error) {
	bytes := l.bytes()
	switch {
	case l.rows.rows == 0:
		return 0, nil
	case l.s.mayCut():
	case l.s.pages:
		return bytes, l.s.sorting().sort.storeRun(ctx, l.rows)
	default:
		return 0, nil
	}
	if l.cut == nil {
		l.cut = l.s.newCutter()
	}
	return bytes, l.cut.store(l.rows)
}

func (l *windowLocal) Combine(context.Context) error {
	s := l.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows.take(l.rows)
	l.room.move(&s.held)
	if uint64(s.rows.rows) >= math.MaxUint32 {
		return fault.New(fault.CodeOutOfMemory, "out of memory: more than 4 billion rows in windows")
	}
	return nil
}

// Finish orders the rows, or ends the files that they are in.
func (s *Window) Finish(ctx context.Context) error {
	mayCut := s.mayCut()
	if s.spill == nil && s.sorted == nil && !((mayCut || s.pages) && s.query.root().short(s.rows.bytes(), 0)) {
		err := s.arrange(ctx)
		if !fault.Is(err, fault.CodeOutOfMemory) || !mayCut && !s.pages {
			return s.tooLarge(err)
		}
	}
	if mayCut {
		return s.toDisk(ctx)
	}
	return s.tooLarge(s.toRuns(ctx))
}

// arrange orders the rows in memory.
func (s *Window) arrange(ctx context.Context) error {
	s.n = s.rows.rows
	rowBytes := s.rows.bytes()
	if s.n >= fewRows {
		s.wholes = s.wholeSets()
	}
	o, more := newWindowOrder(s), rowBytes // rows are copied, then ordered
	if s.wholes == nil {
		more = max(more, o.bytes())
	}
	if err := s.held.Use(rowBytes + more); err != nil {
		return err
	}
	var err error
	if s.cols, err = s.rows.concat(ctx, s.query); err != nil {
		return err
	}
	if s.wholes != nil {
		return s.hash(ctx, rowBytes)
	}
	if s.order, s.starts, err = o.run(ctx, s.cols); err != nil {
		return err
	}
	s.cut()
	if s.Trace != nil {
		s.Trace.Memory.Store(s.held.Held())
	}
	if err := s.held.Use(rowBytes + 4*int64(len(s.order))); err != nil {
		return err
	}
	return s.roomForMorsel()
}

// roomForMorsel keeps what the largest morsel takes for the first copy. It refuses where
// that is not left, and the rows can go to disk.
func (s *Window) roomForMorsel() error {
	if !s.pages && !s.mayCut() {
		return nil
	}
	need, width := make([]bool, len(s.InTypes)), 0
	for i := range s.Calls {
		width += s.Calls[i].Type.Phys().Width() + 1 // of results
		for _, p := range s.Calls[i].Columns() {
			need[p] = true
		}
	}
	most := 0
	for i := 1; i < len(s.morsels); i++ {
		most = max(most, s.morsels[i]-s.morsels[i-1])
	}
	s.room = s.Mem.Local()
	return s.room.Use(s.morselBytes(need, most) + int64(most)*int64(width))
}

// morselBytes is about what computing n rows takes.
func (s *Window) morselBytes(need []bool, n int) int64 {
	return int64(n)*int64(8+24*len(s.Calls)) + s.rowBytes(need, n)
}

// hash finds partitions without ordering the rows. Morsels are any rows.
func (s *Window) hash(ctx context.Context, rowBytes int64) error {
	if err := s.held.Use(rowBytes); err != nil {
		return err
	}
	for _, w := range s.wholes {
		if err := w.run(ctx, &s.held); err != nil {
			return err
		}
	}
	for at := 0; at < s.n; at += morselRows {
		s.morsels = append(s.morsels, at)
	}
	s.morsels = append(s.morsels, s.n)
	if s.Trace != nil {
		s.Trace.Memory.Store(s.held.Held())
	}
	return nil
}

// cut makes morsels of whole partitions: those of the calls with the largest.
func (s *Window) cut() {
	least := s.partitionKeys()
	s.morsels = []int{0}
	for at := morselRows; at < s.n && least > 0; at += morselRows {
		if at = nextSet(s.starts[least], at, s.n); at < s.n {
			s.morsels = append(s.morsels, at)
		}
	}
	if s.n > 0 {
		s.morsels = append(s.morsels, s.n)
	}
}

// nextSet gives the first set bit at or after from, n if there is none before.
func nextSet(b vector.Bitmap, from, n int) int {
	for from < n {
		if w := b[from>>6] >> (uint(from) & 63); w != 0 {
			return min(from+bits.TrailingZeros64(w), n)
		}
		from = (from | 63) + 1
	}
	return n
}

// Width is the number of morsels, or of files.
func (s *Window) Width() int {
	if s.spill != nil {
		return s.spill.width()
	}
	if s.sorted != nil {
		return 1
	}
	return max(1, len(s.morsels)-1)
}

// Open makes an operator that takes one morsel after another.
func (s *Window) Open(w *Worker) (Operator, error) {
	if s.spill != nil {
		return &windowFiles{s: s, w: w}, nil
	}
	if s.sorted != nil {
		return s.openSorted(), nil
	}
	o := &windowOut{s: s, held: s.Mem.Local(), need: make([]bool, len(s.InTypes)), out: newVectors(len(s.Pass) + len(s.Calls))}
	if s.wholes != nil {
		return o, nil
	}
	for i := range s.Calls {
		c := &s.Calls[i]
		calc, err := window.New(c)
		if err != nil {
			return nil, err
		}
		o.calcs = append(o.calcs, calc)
		o.res = append(o.res, vector.New(c.Type, 0))
		for _, p := range c.Columns() {
			o.need[p] = true
		}
	}
	o.m.Cols = newVectors(len(s.InTypes))
	o.m.Starts, o.m.Use = o.starts, o.use
	s.mu.Lock()
	s.room.Move(&o.held)
	s.mu.Unlock()
	return o, nil
}

type windowOut struct {
	s     *Window
	ctx   context.Context // of the call of Next at work
	calcs []window.Calc
	need  []bool // columns that calls read
	held  mem.Local
	base  int64 // bytes of the morsel's columns

	m        window.Morsel
	from, at int // the morsel's first row, and the next one to put out
	res      []*vector.Vector
	out      []*vector.Vector
	found    map[int][]uint32 // starts of this morsel
}

func (o *windowOut) Next(ctx context.Context, b *vector.Batch) error {
	o.ctx = ctx
	for o.at == o.from+o.m.N {
		k := int(o.s.next.Add(1)) - 1
		if k+1 >= len(o.s.morsels) {
			return io.EOF
		}
		if err := o.load(o.s.morsels[k], o.s.morsels[k+1]); err != nil {
			return err
		}
	}
	n := min(vector.BatchSize, o.from+o.m.N-o.at)
	for i, p := range o.s.Pass {
		o.s.take(o.out[i], p, o.at, n)
	}
	for _, w := range o.s.wholes {
		w.results(o.out[len(o.s.Pass):], o.at, n)
	}
	for i, r := range o.res {
		o.out[len(o.s.Pass)+i] = vector.Slice(r, o.at-o.from, n)
	}
	o.at += n
	setCols(b, n, nil, o.out...)
	return nil
}

// take makes dst rows of column p in order.
func (s *Window) take(dst *vector.Vector, p, from, n int) {
	if s.order == nil {
		vector.Alias(dst, vector.Slice(s.cols[p], from, n))
		return
	}
	vector.Gather(dst, s.cols[p], s.order[from:from+n])
}

// rowBytes is about what n rows of the columns that are needed take.
func (s *Window) rowBytes(need []bool, n int) (bytes int64) {
	for p := range need {
		if need[p] {
			bytes += int64(n) * int64(s.InTypes[p].Phys().Width())
		}
	}
	return bytes
}

// takeAll takes n rows in order of each column that is needed.
func (s *Window) takeAll(dst []*vector.Vector, need []bool, from, n int) {
	for p := range need {
		if need[p] {
			s.take(dst[p], p, from, n)
		}
	}
}

// load computes a morsel.
func (o *windowOut) load(from, to int) error {
	o.from, o.at, o.m.N = from, from, to-from
	o.found = map[int][]uint32{}
	o.base = o.s.morselBytes(o.need, o.m.N)
	if err := o.held.Use(o.base); err != nil {
		return err
	}
	o.s.takeAll(o.m.Cols, o.need, from, o.m.N)
	for i, c := range o.calcs {
		o.res[i].Reset(o.s.Calls[i].Type, 0)
		if err := c.Eval(&o.m, o.res[i]); err != nil {
			return err
		}
		o.base += vector.MemoryBytes(o.res[i])
		if err := o.held.Use(o.base); err != nil {
			return err
		}
	}
	return nil
}

// use counts what a call holds on its way.
func (o *windowOut) use(bytes int64) error {
	if o.ctx.Err() != nil {
		return context.Cause(o.ctx)
	}
	return o.held.Use(o.base + bytes)
}

// starts lists where the first keys change within the morsel.
func (o *windowOut) starts(prefix int) []uint32 {
	if list, ok := o.found[prefix]; ok {
		return list
	}
	list := []uint32{0}
	if prefix > 0 {
		end := o.from + o.m.N
		for at := nextSet(o.s.starts[prefix], o.from+1, end); at < end; at = nextSet(o.s.starts[prefix], at+1, end) {
			list = append(list, uint32(at-o.from))
		}
	}
	list = append(list, uint32(o.m.N))
	o.found[prefix] = list
	return list
}

func (o *windowOut) Close() error {
	o.held.Close()
	return nil
}
