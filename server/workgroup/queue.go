package workgroup

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/size"
)

// defaultQueueLength is how many queries of a workgroup may wait where its
// setting says nothing.
const defaultQueueLength = 1000

// queues decide whose turn it is.
//
//	enter ──> its workgroup's queue (first come, first served) ──> turn ──> release
//
// A turn is one of the workgroup's (Concurrency), and where the server has a
// limit one of the server's too: among the workgroups whose first waiter could
// go, the one that was served longest ago is next, so that none starves. The
// first waiting short query takes its workgroup's short lane if that is free; the
// lane is counted neither in Concurrency nor in the server's limit.
//
// A turn belongs to the session, not to the query: a cursor that is open between
// two FETCHes must not keep its own session's next query waiting for ever.
type queues struct {
	mu       sync.Mutex // guards everything here, in queue, waiter, holder and turn
	limit    int        // ordinary turns of the server; 0: any number
	running  int        // sessions that have an ordinary turn
	turns    int        // all turns, those of short lanes included
	waiting  int        // waiters in all queues
	served   uint64     // turns given, the clock of fairness
	arrived  uint64     // waiters so far
	groups   map[string]*queue
	sessions map[uint64]*holder // that have turns
}

// queue is what waits and runs of one workgroup.
type queue struct {
	set     Setting   // as it is now
	dropped bool      // it stays until nothing of it runs
	running int       // ordinary turns that sessions have
	lane    int       // short turns
	waiting []*waiter // in the order of their arrival
	served  uint64    // queues.served when its latest turn was given
}

// waiter is a query in a queue. done is closed when it has its turn or is
// refused; what is decided then does not change any more.
type waiter struct {
	queue   *queue
	session uint64
	short   bool
	arrived uint64
	since   time.Time
	first   int    // its position at the beginning; 0: it did not have to wait
	held    string // why its turn cannot come yet; "": it can
	// setAside takes the memory that the query must have; see exec.QueryInfo. nil: it
	// needs none.
	setAside func() (int64, bool)
	lacks    int64 // bytes that are not free, though it would be its turn
	done     chan struct{}
	changed  chan struct{} // a token: the queue's settings have changed
	turn     *turn         // after done, if it was not refused
	err      error
}

// lane names the turns of a session: it has at most one of each.
type lane struct {
	queue *queue
	short bool
}

// holder is a session with its turns.
type holder struct {
	session  uint64 // 0: of a query alone
	turns    map[lane]*turn
	ordinary int // of turns
}

// turn is the right to run, shared by the queries of a session in a workgroup.
type turn struct {
	lane
	holder  *holder
	queries int
}

func newQueues() *queues {
	return &queues{groups: map[string]*queue{}, sessions: map[uint64]*holder{}}
}

// apply takes over settings: raised limits wake waiters, waiters of workgroups
// that are disabled or gone are refused. What runs goes on.
func (qs *queues) apply(groups map[string]*Setting) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	for name, s := range groups {
		q := qs.groups[name]
		if q == nil {
			q = &queue{}
			qs.groups[name] = q
		}
		q.set = *s
	}
	for name, q := range qs.groups {
		q.dropped = groups[name] == nil
		if err := q.closed(); err != nil {
			qs.refuseAll(q, err)
		}
		for _, w := range q.waiting {
			w.poke()
		}
		qs.forget(q)
	}
	qs.dispatch()
}

// forget lets go of a dropped workgroup when nothing of it runs.
func (qs *queues) forget(q *queue) {
	if q.dropped && q.running+q.lane == 0 {
		delete(qs.groups, q.set.Name)
	}
}

// closed says why nobody may enter; nil: the queue is open.
func (q *queue) closed() error {
	switch {
	case q.dropped:
		return fault.Wrap(ByState, fault.CodeUndefinedObject, "workgroup %q was dropped", q.set.Name).
			WithHint("Choose another one with SET workgroup.")
	case q.set.State == Disabled:
		return disabled(q.set.Name)
	}
	return nil
}

// open says why queries of a workgroup may not go on waiting; nil: they may.
func (qs *queues) open(name string) error {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	q := qs.groups[name]
	if q == nil {
		return (&queue{set: Setting{Name: name}, dropped: true}).closed()
	}
	return q.closed()
}

// setLimit sets how many turns the server has.
func (qs *queues) setLimit(n int) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	qs.limit = n
	qs.dispatch()
}

// enter puts a query into its workgroup's queue; the waiter's done is closed
// already if it may go at once. scan is the most that the query reads.
func (qs *queues) enter(name string, session uint64, scan int64, setAside func() (int64, bool), now time.Time) (*waiter, error) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	q := qs.groups[name]
	if q == nil {
		return nil, fault.New(fault.CodeUndefinedObject, "workgroup %q does not exist", name)
	}
	if err := q.closed(); err != nil {
		return nil, err
	}
	qs.arrived++
	w := &waiter{queue: q, session: session, since: now, arrived: qs.arrived,
		short:    q.set.ShortQuery > 0 && scan <= int64(q.set.ShortQuery),
		setAside: setAside, done: make(chan struct{}), changed: make(chan struct{}, 1)}
	if t := qs.shared(w); t != nil {
		if setAside != nil {
			setAside() // what its session runs may be waiting for it: it goes with or without
		}
		t.queries++
		w.turn = t
		close(w.done)
		return w, nil
	}
	q.waiting = append(q.waiting, w)
	qs.waiting++
	qs.dispatch()
	if w.turn != nil {
		return w, nil
	}
	if w.first = len(q.waiting); w.first > q.length() {
		qs.remove(w)
		return nil, q.full()
	}
	return w, nil
}

// shared gives the turn that the waiter's session has already; nil: it has none.
// The short lane is no way in for a long query.
func (qs *queues) shared(w *waiter) *turn {
	h := qs.sessions[w.session]
	if h == nil {
		return nil
	}
	if t := h.turns[lane{w.queue, false}]; t != nil || !w.short {
		return t
	}
	return h.turns[lane{w.queue, true}]
}

func (q *queue) length() int {
	if q.set.QueueLength > 0 {
		return q.set.QueueLength
	}
	return defaultQueueLength
}

// full is the refusal of a query for which there is no room. Its code is not that
// of a scan limit: here it helps to try again.
func (q *queue) full() error {
	return fault.Wrap(ByLength, fault.CodeTooManyConnections, "too many queries in workgroup %q: %d run and %d wait, more may not wait",
		q.set.Name, q.running+q.lane, len(q.waiting)).
		WithHint("Try again later. The workgroup's settings are concurrency = %d, queue_length = %d.", q.set.Concurrency, q.length())
}

// leave takes a waiter out of its queue; false if it has its turn or was refused.
func (qs *queues) leave(w *waiter) bool {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if !qs.remove(w) {
		return false
	}
	qs.dispatch() // it may have been first
	return true
}

func (qs *queues) remove(w *waiter) bool {
	i := slices.Index(w.queue.waiting, w)
	if i >= 0 {
		w.queue.waiting = slices.Delete(w.queue.waiting, i, i+1)
		qs.waiting--
	}
	return i >= 0
}

func (qs *queues) refuseAll(q *queue, err error) {
	for _, w := range q.waiting {
		w.err = err
		close(w.done)
	}
	qs.waiting -= len(q.waiting)
	q.waiting = nil
}

// dispatch gives turns as long as there is one to give. Whose turn it is waits for its
// memory, and nobody overtakes it: it would be overtaken for ever.
func (qs *queues) dispatch() {
	for qs.waiting > 0 {
		var best *waiter
		short := false
		for _, q := range qs.groups {
			w, s := qs.next(q)
			if w == nil {
				continue
			}
			if best == nil || q.served < best.queue.served || q.served == best.queue.served && w.arrived < best.arrived {
				best, short = w, s
			}
		}
		if best == nil || !qs.provide(best) {
			return
		}
		qs.grant(best, short)
	}
}

// provide gets a waiter its memory. Where nobody has a turn, nobody will give memory
// back: then it goes without, and has what is there.
func (qs *queues) provide(w *waiter) bool {
	if w.setAside == nil {
		return true
	}
	n, ok := w.setAside()
	if ok || qs.turns == 0 {
		w.lacks = 0
		return true
	}
	if w.lacks == 0 {
		w.poke()
	}
	w.lacks = n
	return false
}

// retry looks whether there is memory now for the waiter whose turn it is; false if w
// lacks none.
func (qs *queues) retry(w *waiter) bool {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if w.lacks == 0 {
		return false
	}
	qs.dispatch()
	return true
}

// next is the first waiter of a queue that could go, and whether through the
// short lane.
func (qs *queues) next(q *queue) (w *waiter, short bool) {
	free := q.set.Concurrency == 0 || q.running < q.set.Concurrency
	for _, w := range q.waiting {
		switch {
		case w.held != "":
		case w.short && q.lane == 0:
			return w, true
		case free && (qs.limit == 0 || qs.running < qs.limit || qs.runs(w.session)):
			return w, false
		}
	}
	return nil, false
}

// runs reports whether a session is among those that count against the server's
// limit.
func (qs *queues) runs(session uint64) bool {
	h := qs.sessions[session]
	return h != nil && h.ordinary > 0
}

func (qs *queues) grant(w *waiter, short bool) {
	qs.remove(w)
	qs.served++
	w.queue.served = qs.served
	h := qs.sessions[w.session]
	if h == nil {
		h = &holder{session: w.session, turns: map[lane]*turn{}}
		if h.session != 0 {
			qs.sessions[h.session] = h
		}
	}
	l := lane{w.queue, short}
	t := h.turns[l]
	if t == nil {
		t = &turn{lane: l, holder: h}
		h.turns[l] = t
		qs.count(t, 1)
	}
	t.queries++
	w.turn = t
	close(w.done)
}

// count adds a turn that was given, or with -1 takes it off.
func (qs *queues) count(t *turn, by int) {
	qs.turns += by
	if t.short {
		t.queue.lane += by
		return
	}
	t.queue.running += by
	before := t.holder.ordinary > 0
	t.holder.ordinary += by
	if after := t.holder.ordinary > 0; after != before {
		qs.running += by
	}
}

// release gives back what one query has of a turn.
func (qs *queues) release(t *turn) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if t.queries--; t.queries > 0 {
		return
	}
	h := t.holder
	delete(h.turns, t.lane)
	if len(h.turns) == 0 && qs.sessions[h.session] == h {
		delete(qs.sessions, h.session)
	}
	qs.count(t, -1)
	qs.forget(t.queue)
	qs.dispatch()
}

// positions gives every waiter's place in its queue, from 1.
func (qs *queues) positions() map[*waiter]int {
	out := make(map[*waiter]int, qs.waiting)
	for _, q := range qs.groups {
		for i, w := range q.waiting {
			out[w] = i + 1
		}
	}
	return out
}

// why says what a waiter waits for.
func (qs *queues) why(w *waiter) string {
	q := w.queue
	switch {
	case w.held != "":
		return w.held
	case w.lacks > 0:
		return fmt.Sprintf("memory: %s are not free", size.Text(w.lacks))
	case q.set.Concurrency > 0 && q.running >= q.set.Concurrency:
		return fmt.Sprintf("workgroup: %d of %d run", q.running, q.set.Concurrency)
	case qs.limit > 0 && qs.running >= qs.limit:
		return fmt.Sprintf("server: %d of %d run", qs.running, qs.limit)
	}
	return ""
}

// poke tells the waiting goroutine to look at its queue's settings again.
func (w *waiter) poke() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}
