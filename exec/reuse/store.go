package reuse

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/memtable"
)

// Limits bound what is kept, in bytes of memory.
type Limits struct {
	Size   int64 // of all results together
	Result int64 // of one
}

// DefaultLimits hold where nobody says otherwise.
var DefaultLimits = Limits{Size: 256 << 20, Result: 32 << 20}

// Run is what is told of the run that made a result.
type Run struct {
	QueryID  string
	SQL      string
	User     string
	Database string
	// Began is when the run listed its files: the result shows what was there then.
	Began time.Time
	Took  time.Duration
	// Scanned and Metadata are the bytes that it read of data, and of footers.
	Scanned, Metadata           int64
	Files, FilesTotal           int64
	Partitions, PartitionsTotal int64
	Warnings                    []*fault.Error // that go with the rows; not written any more
}

// Info describes a kept result.
type Info struct {
	Run
	Rows  int64
	Bytes int64 // of memory
	Hits  int64
	Used  time.Time // of the last hit; zero: none
}

// Store keeps results, those used last the longest. Safe for concurrent use.
//
// Its memory is charged to an account of Limits.Size below the parent, results in
// the making included. What that or the parent's root lacks is taken from the
// oldest results: they never keep a query from its memory.
type Store struct {
	limits Limits
	acct   *mem.Account

	mu    sync.Mutex // guards the rest; no memory is reserved under it
	byKey map[Key]*list.Element
	lru   list.List // of *entry, the one used last in front
}

type entry struct {
	key  Key
	info Info
	rows *memtable.Store
}

// NewStore makes a store whose memory is part of parent's; nil if the limits leave
// no room for any result. A nil Store finds and keeps nothing.
func NewStore(parent *mem.Account, limits Limits) *Store {
	if limits.Size <= 0 || limits.Result <= 0 {
		return nil
	}
	limits.Result = min(limits.Result, limits.Size)
	s := &Store{limits: limits, acct: parent.Child("kept results", limits.Size), byKey: map[Key]*list.Element{}}
	s.acct.OnPressure(s.free)
	parent.OnPressure(s.free)
	return s
}

// Hit is a kept result: what it was made of is as it was. Close it.
type Hit struct {
	Info
	snap *memtable.Snapshot
}

// Rows reads the rows; the Reader ends before Close.
func (h *Hit) Rows() *memtable.Reader { return h.snap.Scan(nil, 0) }

// Close lets go of the rows.
func (h *Hit) Close() { h.snap.Close() }

// Find gives the result of a key if its run began after since; nil if there is
// none.
func (s *Store) Find(k Key, since time.Time) *Hit {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	el := s.byKey[k]
	if el == nil {
		return nil
	}
	e := el.Value.(*entry)
	if e.info.Began.Before(since) {
		return nil
	}
	e.info.Hits++
	e.info.Used = time.Now()
	s.lru.MoveToFront(el)
	return &Hit{Info: e.info, snap: e.rows.Snapshot()}
}

// Peek gives the description of what Find would find, and counts no hit.
func (s *Store) Peek(k Key, since time.Time) (Info, bool) {
	if s == nil {
		return Info{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	el := s.byKey[k]
	if el == nil || el.Value.(*entry).info.Began.Before(since) {
		return Info{}, false
	}
	return el.Value.(*entry).info, true
}

// List describes the kept results, the one used last first.
func (s *Store) List() []Info {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Info, 0, s.lru.Len())
	for el := s.lru.Front(); el != nil; el = el.Next() {
		out = append(out, el.Value.(*entry).info)
	}
	return out
}

// Forget drops the results that which chooses and gives their number.
func (s *Store) Forget(which func(Info) bool) int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for el := s.lru.Front(); el != nil; {
		next := el.Next()
		if which(el.Value.(*entry).info) {
			s.drop(el)
			n++
		}
		el = next
	}
	return n
}

// put takes over rows; a result of the same key goes.
func (s *Store) put(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.byKey[e.key]; old != nil {
		s.drop(old)
	}
	s.byKey[e.key] = s.lru.PushFront(e)
}

func (s *Store) drop(el *list.Element) {
	e := el.Value.(*entry)
	s.lru.Remove(el)
	delete(s.byKey, e.key)
	e.rows.Truncate()
}

// free drops the oldest results until n bytes are back, or will be when those who
// read them end. It reports whether there was any.
func (s *Store) free(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	any := false
	for el := s.lru.Back(); el != nil && n > 0; el = s.lru.Back() {
		n -= el.Value.(*entry).info.Bytes
		s.drop(el)
		any = true
	}
	return any
}

// Begin opens a writer of a result with columns of the given types; nil, which
// takes everything and keeps nothing, if s is.
func (s *Store) Begin(ts []types.Type) *Writer {
	if s == nil {
		return nil
	}
	acct := s.acct.Child("kept result", s.limits.Result)
	return &Writer{s: s, rows: memtable.New(slices.Clone(ts), acct)}
}
