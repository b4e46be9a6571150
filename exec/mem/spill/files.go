package spill

import (
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
)

// Sizes of blocks before compression: as large as makes a seek cheap, but a small
// part of what the query may hold, since every reader of a merge holds one.
const (
	mostBlock  = 256 << 10
	leastBlock = 16 << 10
	blockShare = 128 // of the limit
)

// blockFor gives the size of blocks for an account's limit (0: none).
func blockFor(limit int64) int {
	size := mostBlock
	for limit > 0 && size > leastBlock && int64(size) > limit/blockShare {
		size /= 2
	}
	return size
}

// What Prepare reserves, in blocks: those that are on their way to the disk (they may
// be a little longer than a block), compressed ones, and room for writers and readers.
const (
	queued     = 3
	compressed = 3
	spareFor   = 4
)

// Files are one query's spill files. Safe for concurrent use.
type Files struct {
	dir   *Dir
	acct  *mem.Account
	st    *Stats
	block int

	mu     sync.Mutex // guards the rest of this group
	open   map[*Writer]struct{}
	parts  map[*Part]struct{}
	ready  bool
	closed bool

	spare atomic.Int64 // bytes that are reserved and in nobody's hands
	jobs  chan job
	free  chan *buffer // those that wait to be filled
	quit  chan struct{}
	done  sync.WaitGroup // the goroutine that writes

	scratch sync.Pool // of *buffer: what readers decompress from
}

// BlockBytes is the size of a block before compression: what a writer and a reader
// hold each.
func (f *Files) BlockBytes() int64 { return int64(f.block) }

// Prepare reserves the memory that spilling takes, and begins it. It is called
// while the account still has room; a second call does nothing.
func (f *Files) Prepare() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return errClosed
	case f.ready:
		return nil
	}
	if err := f.acct.Reserve(int64(f.block) * (queued + compressed + spareFor)); err != nil {
		return err
	}
	f.spare.Store(int64(f.block) * spareFor)
	f.jobs, f.free = make(chan job, queued), make(chan *buffer, queued)
	for range queued {
		f.free <- &buffer{}
	}
	f.ready = true
	f.done.Add(1)
	go f.write()
	return nil
}

// errClosed is what becomes of files whose query has ended.
var errClosed = fault.New(fault.CodeInternal, "the query's spill files are closed")

// reserve takes n bytes: of the spare ones, or else of the account.
func (f *Files) reserve(n int64) error {
	for {
		have := f.spare.Load()
		if have < n {
			return f.acct.Reserve(n)
		}
		if f.spare.CompareAndSwap(have, have-n) {
			return nil
		}
	}
}

// release gives n bytes back, to the spare ones first.
func (f *Files) release(n int64) {
	most := int64(f.block) * spareFor
	for {
		have := f.spare.Load()
		keep := max(min(n, most-have), 0)
		if f.spare.CompareAndSwap(have, have+keep) {
			f.acct.Release(n - keep)
			return
		}
	}
}

// Close ends the writing and removes what files are left. Writers and readers
// that are still there give errors from then on.
func (f *Files) Close() {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.closed = true
	f.mu.Unlock()
	close(f.quit)
	f.done.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.open {
		w.discard()
	}
	for p := range f.parts {
		p.remove()
	}
	clear(f.open)
	clear(f.parts)
	f.acct.Close()
}

// job is a block to be written, or the end of a writer's.
type job struct {
	w       *Writer
	buf     *buffer
	rows    int
	section int
	last    chan struct{} // not nil: nothing is to be written; closed when all before it is
}

// send hands a job to the goroutine that writes.
func (f *Files) send(j job) error {
	select {
	case f.jobs <- j:
		return nil
	case <-f.quit:
		return errClosed
	}
}

// write is the goroutine that compresses and writes.
func (f *Files) write() {
	defer f.done.Done()
	var out []byte
	for {
		select {
		case <-f.quit:
			return
		case j := <-f.jobs:
			if j.last != nil {
				close(j.last)
				continue
			}
			if j.w.err.Load() == nil {
				out = j.w.store(j, out)
			}
			if cap(out) > 4*s2.MaxEncodedLen(f.block) {
				out = nil
			}
			f.recycle(j.buf)
		}
	}
}

// recycle puts a buffer back. One that had to grow for long rows is not kept.
func (f *Files) recycle(b *buffer) {
	if b.extra > 0 {
		f.release(b.extra)
		*b = buffer{}
	}
	f.free <- b // has room for every buffer there is
}

// buffer is memory aligned to 8 bytes.
type buffer struct {
	words []uint64
	extra int64 // bytes beyond a block, reserved for this buffer alone
}

// errorOf gives an error that was stored.
func errorOf(p *atomic.Pointer[error]) error {
	if e := p.Load(); e != nil {
		return *e
	}
	return nil
}
