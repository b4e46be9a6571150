package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// scanAhead opens files of a remote store and reads the beginnings of their splits
// before a copy asks for them. A round trip takes as long as a core needs for
// millions of rows, and a file takes three: its footer, the columns of the filter,
// the others. Lanes make them at the same time and hand over Sources whose first
// batch is there, whichever comes first; the copies, one for each core, decode the
// rest.
//
//	queue ── lane: take, open, Scan, first Next ──> ready ── copy: first batch, Next ...
//
// As long as the copies' own Sources begin without a request, because a cache on disk has
// the bytes, there are no lanes: the core that has read them has them in its caches. The
// first request starts lanes, which become more with every Source that is taken, so that
// a query that soon has enough does not read much for nothing. They stop growing when half
// of the memory that was free is taken.
type scanAhead struct {
	s    *Scan
	most int // lanes

	mu      sync.Mutex // guards the rest
	copies  int        // that are open
	running *aheadRun  // nil: not started, or stopped
}

// aheadRun is the time from the first Source asked for to the last copy's Close.
type aheadRun struct {
	a      *scanAhead
	w      *Worker
	ctx    context.Context
	cancel context.CancelFunc
	ready  chan *scanOp
	done   sync.WaitGroup
	floor  int64 // of free memory

	mu    sync.Mutex // guards the rest
	lanes int        // that run
	ended bool       // there is nothing left to begin
}

const (
	// aheadMost is the most lanes of a scan, and aheadStart how many begin.
	aheadMost  = 40
	aheadStart = 16
	aheadStep  = 8 // more for each Source that is taken
)

// ReadsAhead reports whether lanes read for the scan. They do not where few rows may
// be enough.
func (s *Scan) ReadsAhead() bool {
	return s.Remote && s.Limit == 0 && !s.FilesOnly && s.Errors == nil && len(s.Thresholds) == 0
}

func (s *Scan) newAhead() *scanAhead {
	if !s.ReadsAhead() || s.Width() == 1 {
		return nil
	}
	return &scanAhead{s: s, most: min(aheadMost, s.Width())}
}

func (a *scanAhead) open() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.copies++
}

// close stops the lanes with the last copy. What they had begun goes back to the
// queue.
func (a *scanAhead) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.copies--; a.copies > 0 || a.running == nil {
		return
	}
	r := a.running
	a.running = nil
	r.cancel()
	go func() {
		r.done.Wait()
		close(r.ready)
	}()
	for o := range r.ready {
		o.abandon()
	}
}

// next gives a lane's Source with its first batch, or io.EOF.
func (a *scanAhead) next(ctx context.Context, w *Worker) (*scanOp, error) {
	r := a.start(ctx, w)
	select {
	case o := <-r.ready:
		if o.firstErr == io.EOF && o.src == nil {
			r.ready <- o // for the other copies; there is room, since no lane is left
			return nil, io.EOF
		}
		r.grow()
		return o, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// runs reports whether there are lanes.
func (a *scanAhead) runs() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.running != nil
}

// watch gives a context under which the first request starts the lanes.
func (a *scanAhead) watch(ctx context.Context, w *Worker) context.Context {
	return store.WithRequest(ctx, func() { a.start(ctx, w) })
}

// start starts the lanes, unless they run or no copy is left. It gives nil then.
func (a *scanAhead) start(ctx context.Context, w *Worker) *aheadRun {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running == nil {
		if a.copies == 0 {
			return nil
		}
		r := &aheadRun{a: a, w: w, ready: make(chan *scanOp, 1)}
		r.ctx, r.cancel = context.WithCancel(ctx)
		if a.s.Mem != nil {
			r.floor = a.s.Mem.Free() / 2
		}
		a.running = r
		r.add(min(aheadStart, a.most))
	}
	return a.running
}

// add starts n lanes.
func (r *aheadRun) add(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range n {
		if r.ended || r.lanes >= r.a.most {
			return
		}
		r.lanes++
		r.done.Go(r.lane)
	}
}

// grow is called for each Source that a copy takes.
func (r *aheadRun) grow() {
	if m := r.a.s.Mem; m == nil || m.Free() > r.floor {
		r.add(aheadStep)
	}
}

// lane begins one Source after the other until there are none.
func (r *aheadRun) lane() {
	for {
		o := r.begin()
		switch {
		case r.ctx.Err() != nil:
			o.abandon()
			r.leave(false)
			return
		case o.src == nil && o.firstErr == io.EOF:
			if r.leave(true) {
				return
			}
			continue
		case r.retreats(o):
			return
		}
		select {
		case r.ready <- o:
		case <-r.ctx.Done():
			o.abandon()
		}
		if o.src == nil {
			r.leave(false) // the query fails
			return
		}
	}
}

// begin makes a Source and has it read its first batch.
func (r *aheadRun) begin() *scanOp {
	s := r.a.s
	o := &scanOp{s: s, w: r.w, rejects: s.rejects}
	o.firstErr = guard(r.w.Query, func() (err error) {
		o.prepare()
		if o.pred, err = s.predicate(); err != nil {
			return err
		}
		return o.begin(o.metered(r.ctx))
	})
	o.begun = true
	return o
}

// retreats ends the lane if there was no memory for its Source and others still
// run: the split comes again when there is room.
func (r *aheadRun) retreats(o *scanOp) bool {
	if o.src == nil || !fault.Is(o.firstErr, fault.CodeOutOfMemory) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lanes <= 1 {
		return false
	}
	o.abandon()
	r.lanes--
	r.a.most = max(1, r.lanes)
	return true
}

// leave ends the lane, and tells the copies if it was the last. A lane that found
// the queue empty goes on if another has put a split back since; it then reports
// false.
func (r *aheadRun) leave(empty bool) bool {
	r.mu.Lock()
	if empty && r.a.s.queue.pending() {
		r.mu.Unlock()
		return false
	}
	r.ended = r.ended || empty
	r.lanes--
	last := r.lanes == 0
	r.mu.Unlock()
	if last {
		select {
		case r.ready <- &scanOp{firstErr: io.EOF}:
		case <-r.ctx.Done():
		}
	}
	return true
}

// abandon closes a Source whose rows nobody took and puts its split back.
func (o *scanOp) abandon() {
	if o.src == nil {
		return
	}
	_ = o.src.Close() // nobody reads from it
	o.src = nil
	o.s.queue.back(o.split)
}

// adopt makes a lane's Source the copy's.
func (o *scanOp) adopt(l *scanOp) {
	o.src, o.split, o.placer, o.b, o.begun, o.firstErr = l.src, l.split, l.placer, l.b, true, l.firstErr
	if o.file != l.split.file {
		o.setFile(l.split.file)
	}
}
