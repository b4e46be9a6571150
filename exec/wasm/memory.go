package wasm

import (
	"github.com/tetratelabs/wazero/experimental"

	"github.com/glauxdb/glaux/exec/mem"
)

// linear is the linear memory of an instance, charged to its query before it is
// made. It grows at least by half, so that a module that grows page by page is not
// copied each time.
type linear struct {
	acct    *mem.Account // nil: nothing is charged
	buf     []byte
	charged int64
	refused error // why memory.grow has failed, for the error that mostly follows
}

var _ experimental.MemoryAllocator = (*linear)(nil)

// Allocate implements experimental.MemoryAllocator.
func (l *linear) Allocate(_, _ uint64) experimental.LinearMemory { return l }

// Reallocate implements experimental.LinearMemory: nil where the account refuses.
func (l *linear) Reallocate(size uint64) []byte {
	if size <= uint64(cap(l.buf)) {
		l.buf = l.buf[:size]
		return l.buf
	}
	want := min(max(size, uint64(cap(l.buf))*3/2), maxMemory)
	want = (want + pageSize - 1) / pageSize * pageSize
	if err := l.charge(int64(want)); err != nil {
		want = size
		if err := l.charge(int64(want)); err != nil {
			l.refused = err
			return nil
		}
	}
	buf := make([]byte, size, want)
	copy(buf, l.buf)
	l.buf = buf
	return buf
}

// charge has the account hold n bytes for this memory. While it is copied the old
// one is there, too: that is a moment.
func (l *linear) charge(n int64) error {
	if l.acct != nil {
		if err := l.acct.Reserve(n - l.charged); err != nil {
			return err
		}
	}
	l.charged = n
	return nil
}

// Free implements experimental.LinearMemory.
func (l *linear) Free() {
	if l.acct != nil {
		l.acct.Release(l.charged)
	}
	l.buf, l.charged = nil, 0
}
