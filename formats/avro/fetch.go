package avro

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/formats/store"
)

// Chunks begin small, so that a query with a limit reads little, and double.
const (
	minChunk = 256 << 10
	maxChunk = 4 << 20
	// ahead is how many chunks are under way at once.
	ahead = 2
)

// fetcher reads the stored bytes of a split chunk by chunk. Behind the split's
// end it reads exactly what it is asked for: the rest of the last block.
type fetcher struct {
	store store.Store
	info  store.Info
	next  int64 // next byte to ask the store for
	end   int64 // of the split
	chunk int64
	eager bool // read ahead: the whole split will be wanted

	buf  []byte // bytes [base, base+len(buf)) of the file
	base int64
	pos  int // of the first byte in buf that has not been taken

	queue  []pending
	wg     sync.WaitGroup
	ctx    context.Context // of the goroutines that read ahead
	cancel context.CancelFunc
}

// pending is a chunk that is being read.
type pending struct{ done chan chunk }

type chunk struct {
	data []byte
	err  error
}

func newFetcher(s store.Store, o store.Info, off, end int64, eager bool) *fetcher {
	return &fetcher{store: s, info: o, next: off, base: off, end: min(end, o.Size), chunk: minChunk, eager: eager}
}

// offset gives the place in the file of the next byte.
func (f *fetcher) offset() int64 { return f.base + int64(f.pos) }

// take moves on by n bytes, which stay valid until the next peek.
func (f *fetcher) take(n int) { f.pos += n }

// peek gives the next bytes: at least n of them, unless the file ends before.
func (f *fetcher) peek(ctx context.Context, n int) ([]byte, error) {
	for len(f.buf)-f.pos < n && f.base+int64(len(f.buf)) < f.info.Size {
		data, err := f.more(ctx, int64(n-(len(f.buf)-f.pos)))
		if err != nil {
			return nil, err
		}
		f.add(data)
	}
	return f.buf[f.pos:], nil
}

// add puts a chunk behind what has not been taken.
func (f *fetcher) add(data []byte) {
	if f.pos == len(f.buf) {
		store.Recycle(f.buf[:0])
		f.base += int64(f.pos)
		f.buf, f.pos = data, 0
		return
	}
	rest := f.buf[f.pos:]
	buf := store.Buffer(len(rest) + len(data))
	copy(buf[copy(buf, rest):], data)
	store.Recycle(f.buf[:0])
	store.Recycle(data)
	f.base += int64(f.pos)
	f.buf, f.pos = buf, 0
}

// more gives the next chunk, of at least about want bytes behind the split.
func (f *fetcher) more(ctx context.Context, want int64) ([]byte, error) {
	if len(f.queue) == 0 && (f.next >= f.end || !f.eager || f.chunk == minChunk) {
		return f.read(ctx, f.step(want))
	}
	if f.cancel == nil {
		// The goroutines outlive this call; close ends and awaits them.
		f.ctx, f.cancel = context.WithCancel(ctx)
	}
	for len(f.queue) < ahead && f.next < f.end {
		r, p := f.step(want), pending{make(chan chunk, 1)}
		f.queue = append(f.queue, p)
		f.wg.Go(func() {
			data, err := f.read(f.ctx, r)
			p.done <- chunk{data, err}
		})
	}
	c := <-f.queue[0].done
	f.queue = append(f.queue[:0], f.queue[1:]...)
	return c.data, c.err
}

// step gives the next range to read and moves on.
func (f *fetcher) step(want int64) store.Range {
	r := store.Range{Off: f.next, Len: min(f.chunk, f.end-f.next)}
	if f.next >= f.end {
		r.Len = min(want, f.info.Size-f.next)
	}
	f.chunk = min(2*f.chunk, maxChunk)
	f.next += r.Len
	return r
}

func (f *fetcher) read(ctx context.Context, r store.Range) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	got, err := f.store.ReadRanges(ctx, f.info, []store.Range{r})
	if err != nil {
		return nil, err
	}
	return got[0], nil
}

// close stops reading ahead and waits for it.
func (f *fetcher) close() {
	if f.cancel != nil {
		f.cancel()
	}
	f.wg.Wait()
	store.Recycle(f.buf[:0])
	f.buf, f.pos, f.queue, f.next = nil, 0, nil, f.info.Size
}
