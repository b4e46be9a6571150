package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinRest is the part of a join whose build rows are on disk. Probe rows that belong
// there are written to files; when all copies are through with the others, they take
// the partitions one after another and join each on its own.
type joinRest struct {
	j     *JoinBuild
	shape *JoinShape
	part  partJoin
	files *spill.Files
	types []types.Type // of the probe side's files: its columns and the computed keys
	parts []restPart
	mu    sync.Mutex // guards what the build side has reserved for writers

	met    meeting
	sealed sync.Once
	err    error // of sealing

	queue partQueue
}

// restPart is a partition of both sides.
type restPart struct {
	build *spill.Part   // nil: in memory
	mu    sync.Mutex    // guards w
	w     *spill.Writer // made when the first row comes
	probe *spill.Part   // after sealing; nil: no rows
}

func newJoinRest(w *Worker, j *JoinBuild, s *JoinShape, part partJoin, ts []types.Type) *joinRest {
	r := &joinRest{j: j, shape: s, part: part, files: j.spill.files, types: ts}
	if len(j.Keys) > 0 {
		r.parts = make([]restPart, len(j.spill.parts))
		for p := range r.parts {
			r.parts[p].build = j.spill.parts[p].file
		}
		return r
	}
	// Every probe row meets all build rows: it does not matter which copy takes them,
	// unless build rows must know who met them.
	n := w.Count
	if s.buildRows() {
		n = 1
	}
	r.parts = make([]restPart, n)
	for p := range r.parts {
		r.parts[p].build = j.spill.parts[0].file
	}
	return r
}

// restOp is one copy's view of a joinRest.
type restOp struct {
	r     *joinRest
	w     *Worker
	met   bool
	cur   Operator // joins a partition
	index int      // of that partition

	lists []vector.Sel
	gone  []bool // rows of the batch that go to disk
	sel   vector.Sel
	b     vector.Batch // its Cols are the computed keys
}

func (r *joinRest) open(w *Worker) *restOp {
	return &restOp{r: r, w: w, lists: make([]vector.Sel, len(r.parts))}
}

// begin begins a probe batch of n rows.
func (o *restOp) begin(n int) {
	o.gone = grow(o.gone, n)
	clear(o.gone)
	for p := range o.lists {
		o.lists[p] = o.lists[p][:0]
	}
	o.b.Cols = o.b.Cols[:0]
}

// add reports whether a row's partition is on disk, and notes that it goes there.
func (o *restOp) add(hash uint64, row uint16) bool {
	p := o.r.j.spill.cut.of(hash)
	if o.r.parts[p].build == nil {
		return false
	}
	o.lists[p] = append(o.lists[p], row)
	o.gone[row] = true
	return true
}

// write writes the rows that were added. o.b.Cols holds the computed keys.
func (o *restOp) write(b *vector.Batch) error {
	o.b.N, o.b.Cols = b.N, append(append(make([]*vector.Vector, 0, len(o.r.types)), b.Cols...), o.b.Cols...)
	for p, list := range o.lists {
		if len(list) == 0 {
			continue
		}
		o.b.Sel = list
		if err := o.r.write(p, &o.b); err != nil {
			return err
		}
	}
	return nil
}

// writeAll writes a whole batch to the copy's own partition.
func (o *restOp) writeAll(b *vector.Batch) error { return o.r.write(o.w.Index%len(o.r.parts), b) }

// others gives the rows of a batch that stay, in order.
func (o *restOp) others(b *vector.Batch) vector.Sel {
	o.sel = empty(o.sel)
	for _, p := range selOf(b) {
		if !o.gone[p] {
			o.sel = append(o.sel, p)
		}
	}
	return o.sel
}

func (r *joinRest) write(p int, b *vector.Batch) error {
	part := &r.parts[p]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.w == nil {
		r.unreserve()
		w, err := r.files.Create(r.types)
		if err != nil {
			return err
		}
		part.w = w
	}
	return part.w.Append(b)
}

// unreserve gives a writer what the build side has kept for it.
func (r *joinRest) unreserve() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.j.files.Fit(max(r.j.files.Held()-r.files.BlockBytes(), 0)) // less is never refused
}

// seal ends the writing, and lets go of the build rows in memory: nobody probes them
// any more.
func (r *joinRest) seal() {
	r.j.files.Close()
	for p := range r.parts {
		part := &r.parts[p]
		if part.w == nil {
			continue
		}
		if part.probe, r.err = part.w.Close(); r.err != nil {
			return
		}
		part.w = nil
		r.j.Trace.spilled(part.probe)
	}
	if !r.j.lasts {
		r.j.forget()
	}
}

// next puts out the next rows of the partitions that this copy takes.
func (o *restOp) next(ctx context.Context, b *vector.Batch) error {
	if !o.met {
		if err := o.r.met.meet(ctx, o.w); err != nil {
			return err
		}
		if o.r.sealed.Do(o.r.seal); o.r.err != nil {
			return o.r.err
		}
		o.met = true
	}
	for {
		if o.cur == nil {
			p, ok := o.r.queue.take(len(o.r.parts), o.r.need, o.r.j.Mem.Free)
			if !ok {
				return io.EOF
			}
			o.index = p
			var err error
			if o.cur, err = o.r.join(ctx, o.w.Query, &o.r.parts[p]); err != nil {
				return err
			}
		}
		if err := o.cur.Next(ctx, b); err != io.EOF {
			return err
		}
		if err := o.close(); err != nil {
			return err
		}
		o.r.done(o.index)
	}
}

func (o *restOp) close() error {
	if o.cur == nil {
		return nil
	}
	err := o.cur.Close()
	o.cur = nil
	return err
}

// need is what joining a partition takes, 0 if it leads to no rows.
func (r *joinRest) need(k int) int64 {
	p := &r.parts[k]
	if p.build == nil || p.probe == nil && !r.shape.buildRows() {
		return 0
	}
	return max(r.size(p), 1)
}

// size is about what joining a partition takes.
func (r *joinRest) size(p *restPart) int64 {
	return p.build.Memory() + r.j.tableBytes(int(p.build.Rows()))
}

// done removes a partition's files.
func (r *joinRest) done(index int) {
	r.queue.done()
	p := &r.parts[index]
	if p.probe != nil {
		p.probe.Remove()
	}
	if !r.j.lasts && len(r.j.Keys) > 0 {
		p.build.Remove()
	}
}

// join makes the operator that joins a partition.
func (r *joinRest) join(ctx context.Context, q *Query, p *restPart) (Operator, error) {
	w := &Worker{Query: &Query{ID: q.ID, Workers: 1, Mem: q.Mem, Log: q.Log, Spill: q.Spill, SpillAlways: q.SpillAlways, parent: q}, Count: 1}
	rows := p.build.Rows()
	whole := len(r.j.Keys) == 0 || r.j.depth >= joinDepth || r.j.depth > 0 && 10*rows > 9*r.j.cutRows
	if whole && r.size(p) > r.j.Mem.Free()/2 {
		return newJoinPieces(r, p, w)
	}
	bu := r.build(w.Query, whole)
	err := bu.load(ctx, w, p.build)
	switch {
	case whole && fault.Is(err, fault.CodeOutOfMemory):
		bu.held.Close()
		return newJoinPieces(r, p, w)
	case err != nil:
		return nil, err
	}
	bu.cutRows = rows
	o, err := r.part(&fileRows{part: p.probe}, bu, nil).Open(w)
	if err != nil {
		return nil, err
	}
	return &partOp{Operator: o, build: bu}, nil
}

// build makes the build side of a part of the join.
func (r *joinRest) build(q *Query, whole bool) *JoinBuild {
	j := r.j
	bu := &JoinBuild{Types: j.Types, Keys: append([]JoinKey(nil), j.Keys...), KeepAll: j.KeepAll, Mem: j.Mem,
		query: q, depth: j.depth + 1, stored: j.storeTypes(), whole: whole, some: true, nullKeys: j.nullKeys}
	for i := range bu.Keys {
		bu.Keys[i].Item = ProjectItem{Pass: j.keyAt[i]}
	}
	return bu
}

// load fills a build side with a file's rows.
func (j *JoinBuild) load(ctx context.Context, w *Worker, file *spill.Part) error {
	l, err := j.NewLocal(w)
	if err != nil {
		return err
	}
	if err := eachBatch(ctx, file, func(b *vector.Batch) error { return l.Add(ctx, b) }); err != nil {
		l.(*joinBuildLocal).room.close()
		return err
	}
	if err := l.Combine(ctx); err != nil {
		return err
	}
	return j.Finish(ctx)
}

// partOp is the join of a partition; its build side goes with it.
type partOp struct {
	Operator
	build *JoinBuild
}

// Close implements Operator.
func (o *partOp) Close() error {
	err := o.Operator.Close()
	o.build.held.Close()
	return err
}

// fileRows delivers a file's rows to one copy.
type fileRows struct{ part *spill.Part } // nil: no rows

// Width implements Source.
func (s *fileRows) Width() int { return 1 }

// Open implements Source.
func (s *fileRows) Open(*Worker) (Operator, error) {
	if s.part == nil {
		return emptyOp{}, nil
	}
	r, err := s.part.Open()
	if err != nil {
		return nil, err
	}
	return fileReader{r}, nil
}

// fileReader is a Reader as an operator.
type fileReader struct{ *spill.Reader }

// Close implements Operator.
func (r fileReader) Close() error {
	r.Reader.Close()
	return nil
}
