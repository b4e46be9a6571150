package avro

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// Chunks begin small, so that a query with a limit reads little, and double up
// to the store's pace.
const minChunk = 256 << 10

// fetcher reads the stored bytes of a split chunk by chunk. Behind the split's
// end it reads the first chunk of the next split, which has the rest of the last
// block.
type fetcher struct {
	store store.Store
	info  store.Info
	lane  *formats.Lane
	ahead int   // how many chunks are under way at once
	next  int64 // next byte to ask the store for
	end   int64 // of the split
	eager bool  // read ahead: the whole split will be wanted
	began bool  // the first chunk has been read: reading ahead may begin

	buf  []byte // bytes [base, base+len(buf)) of the file
	base int64
	pos  int    // of the first byte in buf that has not been taken
	back []byte // the slice that buf is a part of, to be recycled
	tail []byte // what follows buf, if it has been read
	last []byte // the slice that tail is a part of

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

// newFetcher makes the fetcher of a split; from is where its reading begins, if
// that is not where the split does.
func newFetcher(f *File, split store.Range, from int64, eager bool, o *formats.Overlap) *fetcher {
	pace := store.PaceOf(f.store)
	lane := o.Lane(formats.LaneConfig{Split: split, From: from, Size: f.info.Size, Min: f.chunk, Max: pace.Chunk})
	return &fetcher{store: f.store, info: f.info, lane: lane, ahead: pace.Ahead, next: lane.From(), base: lane.From(), end: lane.End(), eager: eager}
}

// offset gives the place in the file of the next byte.
func (f *fetcher) offset() int64 { return f.base + int64(f.pos) }

// take moves on by n bytes, which stay valid until the next peek.
func (f *fetcher) take(n int) { f.pos += n }

// peek gives the next bytes: at least n of them, unless the file ends before.
func (f *fetcher) peek(ctx context.Context, n int) ([]byte, error) {
	for len(f.buf)-f.pos < n {
		if len(f.tail) == 0 {
			if f.base+int64(len(f.buf)) >= f.info.Size {
				break
			}
			data, err := f.more(ctx)
			if err != nil {
				return nil, err
			}
			f.tail, f.last = data, data
		}
		f.join(n)
	}
	return f.buf[f.pos:], nil
}

// join moves on to the tail; where a block lies across the two, only as much
// of the tail as it needs is copied.
func (f *fetcher) join(n int) {
	rest := f.buf[f.pos:]
	f.base += int64(f.pos)
	f.pos = 0
	if len(rest) == 0 {
		store.Recycle(f.back)
		f.buf, f.back, f.tail, f.last = f.tail, f.last, nil, nil
		return
	}
	k := min(n-len(rest), len(f.tail))
	buf := store.Buffer(len(rest) + k)
	copy(buf[copy(buf, rest):], f.tail[:k])
	store.Recycle(f.back)
	f.buf, f.back, f.tail = buf, buf, f.tail[k:]
	if len(f.tail) == 0 {
		store.Recycle(f.last)
		f.tail, f.last = nil, nil
	}
}

// more gives the next chunk.
func (f *fetcher) more(ctx context.Context) ([]byte, error) {
	if len(f.queue) == 0 && (f.next >= f.end || !f.eager || !f.began) {
		f.began = true
		return f.read(ctx, f.step())
	}
	if f.cancel == nil {
		// The goroutines outlive this call; close ends and awaits them.
		f.ctx, f.cancel = context.WithCancel(ctx)
	}
	for len(f.queue) < f.ahead && f.next < f.end {
		r, p := f.step(), pending{make(chan chunk, 1)}
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
func (f *fetcher) step() store.Range {
	r := f.lane.Chunk(f.next)
	f.next += r.Len
	return r
}

// read gives bytes that are the caller's.
func (f *fetcher) read(ctx context.Context, r store.Range) ([]byte, error) {
	data, shared, err := f.lane.Read(ctx, r, f.load)
	if shared && err == nil {
		own := store.Buffer(len(data))
		copy(own, data)
		data = own
	}
	return data, err
}

func (f *fetcher) load(ctx context.Context, r store.Range) ([]byte, error) {
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
	f.lane.Close(f.next)
	store.Recycle(f.back)
	store.Recycle(f.last)
	f.buf, f.back, f.tail, f.last, f.pos = nil, nil, nil, nil, 0
	f.queue, f.next = nil, f.info.Size
}
