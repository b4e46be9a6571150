package exec

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// advisory is the table of the advisory locks of all sessions of this process.
type advisory struct {
	mu    sync.Mutex // guards all of it
	locks map[plan.AdvisoryLock]*advisoryLock
}

// advisoryLock is a lock that somebody holds or waits for.
type advisoryLock struct {
	holders map[*sessionLocks]*holding
	queue   []*waiter // first come, first served
}

// holding counts how often one session holds a lock in each mode.
type holding struct {
	exclusive, shared     int // until it is unlocked
	exclusiveTx, sharedTx int // until the transaction ends
}

func (h *holding) isExclusive() bool { return h.exclusive+h.exclusiveTx > 0 }
func (h *holding) count() int        { return h.exclusive + h.exclusiveTx + h.shared + h.sharedTx }

func (h *holding) of(m plan.LockMode) *int {
	switch {
	case m.Shared && m.Transaction:
		return &h.sharedTx
	case m.Shared:
		return &h.shared
	case m.Transaction:
		return &h.exclusiveTx
	}
	return &h.exclusive
}

type waiter struct {
	by      *sessionLocks
	mode    plan.LockMode
	granted chan struct{}
}

// sessionLocks are one session's locks: plan.AdvisoryLocks.
type sessionLocks struct {
	table   *advisory
	timeout func() time.Duration
	warn    func(*fault.Error)
	used    atomic.Bool // it has taken a lock: before that there is nothing to give back

	// Guarded by table.mu.
	held    map[plan.AdvisoryLock]*holding
	waiting plan.AdvisoryLock
	waits   *waiter
}

// free reports whether a session may have a lock now.
func (l *advisoryLock) free(by *sessionLocks, m plan.LockMode) bool {
	for other, h := range l.holders {
		if other != by && (!m.Shared || h.isExclusive()) {
			return false
		}
	}
	return true
}

func (s *sessionLocks) take(key plan.AdvisoryLock, l *advisoryLock, m plan.LockMode) {
	s.used.Store(true)
	h := l.holders[s]
	if h == nil {
		h = &holding{}
		l.holders[s] = h
		if s.held == nil {
			s.held = map[plan.AdvisoryLock]*holding{}
		}
		s.held[key] = h
	}
	*h.of(m)++
}

func (t *advisory) lock(key plan.AdvisoryLock) *advisoryLock {
	l := t.locks[key]
	if l == nil {
		l = &advisoryLock{holders: map[*sessionLocks]*holding{}}
		if t.locks == nil {
			t.locks = map[plan.AdvisoryLock]*advisoryLock{}
		}
		t.locks[key] = l
	}
	return l
}

// settle grants a lock to those in front of its queue, and forgets one that nobody
// needs.
func (t *advisory) settle(key plan.AdvisoryLock, l *advisoryLock) {
	for len(l.queue) > 0 && l.free(l.queue[0].by, l.queue[0].mode) {
		w := l.queue[0]
		l.queue = l.queue[1:]
		w.by.take(key, l, w.mode)
		w.by.waits = nil
		close(w.granted)
	}
	if len(l.holders) == 0 && len(l.queue) == 0 {
		delete(t.locks, key)
	}
}

// TryLock takes a lock if nobody is in the way.
func (s *sessionLocks) TryLock(key plan.AdvisoryLock, m plan.LockMode) bool {
	s.table.mu.Lock()
	defer s.table.mu.Unlock()
	l := s.table.lock(key)
	ok := l.free(s, m) && (len(l.queue) == 0 || l.holders[s] != nil)
	if ok {
		s.take(key, l, m)
	}
	s.table.settle(key, l)
	return ok
}

// Lock takes a lock, waiting for those that have it.
func (s *sessionLocks) Lock(done <-chan struct{}, key plan.AdvisoryLock, m plan.LockMode) error {
	if s.TryLock(key, m) {
		return nil
	}
	w := &waiter{by: s, mode: m, granted: make(chan struct{})}
	s.table.mu.Lock()
	l := s.table.lock(key)
	l.queue = append(l.queue, w)
	s.waiting, s.waits = key, w
	s.table.settle(key, l)
	deadlock := s.waits != nil && s.table.waitsFor(s, s, map[*sessionLocks]bool{})
	if deadlock {
		s.table.leave(key, w)
	}
	s.table.mu.Unlock()
	if deadlock {
		return fault.New(fault.CodeDeadlock, "deadlock detected").WithHint("The sessions wait for each other's advisory locks: take them in one order.")
	}
	return s.wait(done, key, w)
}

func (s *sessionLocks) wait(done <-chan struct{}, key plan.AdvisoryLock, w *waiter) error {
	var late <-chan time.Time
	if d := s.timeout(); d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case <-w.granted:
		return nil
	case <-done:
		err = fault.New(fault.CodeQueryCanceled, "canceling statement due to user request")
	case <-late:
		err = fault.New(fault.CodeLockNotAvailable, "canceling statement due to lock timeout")
	}
	s.table.mu.Lock()
	defer s.table.mu.Unlock()
	if s.waits == nil { // granted meanwhile
		s.release(key, w.mode)
		return err
	}
	s.table.leave(key, w)
	return err
}

// leave takes a waiter out of a queue.
func (t *advisory) leave(key plan.AdvisoryLock, w *waiter) {
	w.by.waits = nil
	l := t.locks[key]
	for i, o := range l.queue {
		if o == w {
			l.queue = append(l.queue[:i:i], l.queue[i+1:]...)
			break
		}
	}
	t.settle(key, l)
}

// waitsFor reports whether a session waits for another one, directly or not.
func (t *advisory) waitsFor(from, to *sessionLocks, seen map[*sessionLocks]bool) bool {
	if from.waits == nil || seen[from] {
		return false
	}
	seen[from] = true
	l := t.locks[from.waiting]
	blocks := func(o *sessionLocks) bool { return o != from && (o == to || t.waitsFor(o, to, seen)) }
	for o, h := range l.holders {
		if (!from.waits.mode.Shared || h.isExclusive()) && blocks(o) {
			return true
		}
	}
	for _, w := range l.queue {
		if w == from.waits {
			break
		}
		if blocks(w.by) {
			return true
		}
	}
	return false
}

// release gives back one lock in one mode; false if the session has none such. The
// table is locked.
func (s *sessionLocks) release(key plan.AdvisoryLock, m plan.LockMode) bool {
	h := s.held[key]
	if h == nil || *h.of(m) == 0 {
		return false
	}
	*h.of(m)--
	s.drop(key, h)
	return true
}

// drop forgets a holding of nothing.
func (s *sessionLocks) drop(key plan.AdvisoryLock, h *holding) {
	l := s.table.locks[key]
	if h.count() == 0 {
		delete(s.held, key)
		delete(l.holders, s)
	}
	s.table.settle(key, l)
}

// Unlock gives back a session's lock, with a warning if it has none.
func (s *sessionLocks) Unlock(key plan.AdvisoryLock, shared bool) bool {
	s.table.mu.Lock()
	ok := s.release(key, plan.LockMode{Shared: shared})
	s.table.mu.Unlock()
	if !ok {
		s.warn(fault.New(fault.CodeWarning, "you don't own a lock of type %s", map[bool]string{false: "ExclusiveLock", true: "ShareLock"}[shared]))
	}
	return ok
}

// UnlockAll gives back all that are not the transaction's.
func (s *sessionLocks) UnlockAll() {
	s.each(func(h *holding) { h.exclusive, h.shared = 0, 0 })
}

// endTransaction gives back the transaction's.
func (s *sessionLocks) endTransaction() {
	s.each(func(h *holding) { h.exclusiveTx, h.sharedTx = 0, 0 })
}

func (s *sessionLocks) each(f func(*holding)) {
	if !s.used.Load() {
		return
	}
	s.table.mu.Lock()
	defer s.table.mu.Unlock()
	for key, h := range s.held {
		f(h)
		s.drop(key, h)
	}
}
