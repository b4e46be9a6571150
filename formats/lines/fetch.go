package lines

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// Chunks begin small, so that a query with a limit reads little, and double.
const (
	minChunk = 256 << 10
	maxChunk = 4 << 20
	// lookAhead is read with a split's last chunk, because its last record
	// usually ends in the next split.
	lookAhead = 4 << 10
	// ahead is how many chunks are under way at once.
	ahead = 3
)

// fetcher reads a split's stored bytes chunk by chunk.
type fetcher struct {
	cfg   Config
	off   int64 // next byte to ask for
	limit int64 // the end of what is surely wanted
	chunk int64
	began bool // the first chunk is done: reading ahead may begin

	queue  []chan chunk
	wg     sync.WaitGroup
	ctx    context.Context // of the goroutines that read ahead
	cancel context.CancelFunc
}

type chunk struct {
	data []byte
	err  error
}

func newFetcher(cfg Config) *fetcher {
	f := &fetcher{cfg: cfg, off: cfg.Split.Off, chunk: minChunk}
	f.limit = min(cfg.Split.Off+cfg.Split.Len, cfg.Object.Size)
	if cfg.Codec == codec.None {
		f.off = max(0, f.off-1)
		f.limit = min(f.limit+lookAhead, cfg.Object.Size)
	}
	return f
}

// step gives the next range to read and moves on. Behind the limit, where only
// the end of one record is missing, chunks begin small again.
func (f *fetcher) step() store.Range {
	r := store.Range{Off: f.off, Len: min(f.chunk, f.limit-f.off)}
	if f.off >= f.limit {
		r.Len = min(max(f.chunk, minChunk)/4, f.cfg.Object.Size-f.off)
	}
	f.chunk = min(2*f.chunk, maxChunk)
	if r.Off+r.Len >= f.limit && f.off < f.limit {
		f.chunk = minChunk / 4
	}
	f.off += r.Len
	return r
}

// next gives the next chunk; io.EOF at the end of the file.
func (f *fetcher) next(ctx context.Context) ([]byte, error) {
	if len(f.queue) == 0 && f.off >= f.cfg.Object.Size {
		return nil, io.EOF
	}
	if !f.began || !f.cfg.Eager || len(f.queue) == 0 && f.off >= f.limit {
		f.began = true
		return f.read(ctx, f.step())
	}
	if f.cancel == nil {
		// The goroutines outlive this call; close ends and awaits them.
		f.ctx, f.cancel = context.WithCancel(ctx)
	}
	for len(f.queue) < ahead && f.off < f.limit {
		r, ch := f.step(), make(chan chunk, 1)
		f.queue = append(f.queue, ch)
		f.wg.Go(func() {
			data, err := f.read(f.ctx, r)
			ch <- chunk{data, err}
		})
	}
	c := <-f.queue[0]
	f.queue = append(f.queue[:0], f.queue[1:]...)
	return c.data, c.err
}

func (f *fetcher) read(ctx context.Context, r store.Range) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	got, err := f.cfg.Store.ReadRanges(ctx, f.cfg.Object, []store.Range{r})
	if err != nil {
		return nil, err
	}
	return got[0], nil
}

// more appends the next chunk to dst.
func (f *fetcher) more(ctx context.Context, dst []byte) ([]byte, error) {
	data, err := f.next(ctx)
	if err != nil {
		return dst, err
	}
	dst = append(grow(dst, len(data)), data...)
	store.Recycle(data)
	return dst, nil
}

// grow gives dst room for n bytes more, from the store's pools.
func grow(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	b := store.Buffer(max(len(dst)+n, 2*len(dst)))[:len(dst)]
	copy(b, dst)
	store.Recycle(dst[:0])
	return b
}

func (f *fetcher) close() {
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
	f.wg.Wait()
	f.queue = nil
	f.off = f.cfg.Object.Size
}

// stream decompresses and decodes what a fetcher brings.
type stream struct {
	codec  codec.Codec
	decode func(io.Reader) io.Reader
	fetch  *fetcher
	r      io.ReadCloser
	text   io.Reader // what r is decoded to
	src    chunkReader
	size   int
}

// chunkReader makes an io.Reader of a fetcher. ctx is that of the call under
// way.
type chunkReader struct {
	ctx  context.Context
	f    *fetcher
	held []byte // the chunk, to recycle
	rest []byte
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		store.Recycle(c.held)
		var err error
		if c.held, err = c.f.next(c.ctx); err != nil {
			c.held = nil
			return 0, err
		}
		c.rest = c.held
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// more decompresses into dst, in steps that double as those of the chunks do.
func (s *stream) more(ctx context.Context, dst []byte) ([]byte, error) {
	s.src.ctx = ctx
	if s.r == nil {
		s.src.f = s.fetch
		r, err := codec.NewReader(s.codec, &s.src)
		if err != nil {
			return dst, err
		}
		s.r, s.text, s.size = r, r, minChunk
		if s.decode != nil {
			s.text = s.decode(r)
		}
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	dst = grow(dst, s.size)
	n, err := io.ReadFull(s.text, dst[len(dst):len(dst)+s.size])
	s.size = min(2*s.size, maxChunk)
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err = nil // the end shows again at the next call
	}
	return dst[:len(dst)+n], err
}

func (s *stream) close() {
	if s.r != nil {
		s.r.Close()
	}
	s.fetch.close()
}
