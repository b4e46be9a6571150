package lines

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// Chunks begin small, so that a query with a limit reads little, and double up
// to the store's pace. What is decompressed comes in steps that double up to
// maxStep.
const (
	minChunk = 256 << 10
	maxStep  = 1 << 20
)

// fetcher reads a split's stored bytes chunk by chunk, and those behind it that
// its last record needs.
type fetcher struct {
	cfg   Config
	lane  *formats.Lane
	ahead int   // how many chunks are under way at once
	off   int64 // next byte to ask for
	limit int64 // the end of what is surely wanted
	stop  int64 // where the footer begins, or the file ends
	began bool  // the first chunk is done: reading ahead may begin

	queue  []chan chunk
	wg     sync.WaitGroup
	ctx    context.Context // of the goroutines that read ahead
	cancel context.CancelFunc
}

type chunk struct {
	data   []byte
	shared bool // not to be recycled
	err    error
}

func newFetcher(cfg Config) *fetcher {
	pace := store.PaceOf(cfg.Store)
	c := formats.LaneConfig{Split: cfg.Split, Size: cfg.Object.Size, Min: minChunk, Max: pace.Chunk}
	if cfg.Packing.expected == codec.None && !cfg.Packing.text.one() {
		c.Lead = int64(len(cfg.Packing.text.brk()))
	}
	lane := cfg.Overlap.Lane(c)
	return &fetcher{cfg: cfg, lane: lane, ahead: pace.Ahead, off: lane.From(), limit: lane.End(), stop: cfg.Object.Size}
}

// step gives the next range to read and moves on.
func (f *fetcher) step() store.Range {
	r := f.lane.Chunk(f.off)
	f.off += r.Len
	return r
}

// next gives the next chunk; io.EOF at the end of the file.
func (f *fetcher) next(ctx context.Context) chunk {
	if len(f.queue) == 0 && f.off >= f.stop {
		return chunk{err: io.EOF}
	}
	if !f.began || !f.cfg.Eager || len(f.queue) == 0 && f.off >= f.limit {
		f.began = true
		return f.read(ctx, f.step())
	}
	if f.cancel == nil {
		// The goroutines outlive this call; close ends and awaits them.
		f.ctx, f.cancel = context.WithCancel(ctx)
	}
	for len(f.queue) < f.ahead && f.off < f.limit {
		r, ch := f.step(), make(chan chunk, 1)
		f.queue = append(f.queue, ch)
		f.wg.Go(func() { ch <- f.read(f.ctx, r) })
	}
	c := <-f.queue[0]
	f.queue = append(f.queue[:0], f.queue[1:]...)
	return c
}

func (f *fetcher) read(ctx context.Context, r store.Range) chunk {
	data, shared, err := f.lane.Read(ctx, r, f.load)
	if n := f.stop - r.Off; err == nil && n < int64(len(data)) {
		data = data[:max(n, 0)]
	}
	return chunk{data, shared, err}
}

func (f *fetcher) load(ctx context.Context, r store.Range) ([]byte, error) {
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
	c := f.next(ctx)
	if c.err != nil {
		return dst, c.err
	}
	dst, err := f.cfg.grow(dst, len(c.data))
	if err == nil {
		dst = append(dst, c.data...)
	}
	c.recycle()
	return dst, err
}

// head is more at a file's beginning: it appends enough to tell compression and
// encoding, however short the split is, unless the file has less.
func (f *fetcher) head(ctx context.Context, dst []byte) ([]byte, error) {
	dst, err := f.more(ctx, dst)
	for err == nil && len(dst) < markBytes {
		if dst, err = f.more(ctx, dst); err == io.EOF {
			return dst, nil
		}
	}
	return dst, err
}

func (c *chunk) recycle() {
	if !c.shared {
		store.Recycle(c.data)
	}
	c.data = nil
}

// freeMemory is what a reader's text takes without being charged: what ordinary
// lines need.
const freeMemory = 8 << 20

// grow gives dst room for n bytes more, from the store's pools, and charges what
// long records need of it.
func (c *Config) grow(dst []byte, n int) ([]byte, error) {
	if cap(dst)-len(dst) >= n {
		return dst, nil
	}
	size := max(len(dst)+n, 2*len(dst))
	if err := c.charge.Grow(max(cap(dst), freeMemory), size); err != nil {
		return dst, err
	}
	b := store.Buffer(size)[:len(dst)]
	if over := cap(b) - max(size, freeMemory); over > 0 { // buffers come in powers of two
		if err := c.charge.Add(int64(over)); err != nil {
			return dst, err
		}
	}
	copy(b, dst)
	store.Recycle(dst[:0])
	return b, nil
}

// charged is what Decode reads from.
type charged struct {
	io.Reader
	charge *formats.Charge
}

// Grow charges a decoder of records, which reads from r, with a buffer that has
// grown from a number of bytes to another one; what ordinary records need is free.
func Grow(r io.Reader, from, to int) error {
	if c, ok := r.(*charged); ok {
		return c.charge.Grow(max(from, freeMemory), to)
	}
	return nil
}

// hold charges what decoders take.
func (c *Config) hold() codec.Hold {
	if c.charge == nil {
		return nil
	}
	return c.charge.Add
}

func (f *fetcher) close() {
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
	f.wg.Wait()
	f.queue = nil
	f.lane.Close(f.off)
	f.off = f.cfg.Object.Size
}

// stream decompresses and decodes what a fetcher brings.
type stream struct {
	cfg   Config
	fetch *fetcher
	r     io.ReadCloser
	text  io.Reader // what r is decoded to
	src   chunkReader
	size  int
}

func newStream(cfg Config, f *fetcher) *stream {
	return &stream{cfg: cfg, fetch: f, src: chunkReader{f: f}}
}

// chunkReader makes an io.Reader of a fetcher. ctx is that of the call under
// way.
type chunkReader struct {
	ctx  context.Context
	f    *fetcher
	held chunk // to recycle
	rest []byte
}

// fill gets the next chunk if nothing is left of the one before.
func (c *chunkReader) fill() error {
	for len(c.rest) == 0 {
		c.held.recycle()
		if c.held = c.f.next(c.ctx); c.held.err != nil {
			return c.held.err
		}
		c.rest = c.held.data
	}
	return nil
}

func (c *chunkReader) Read(p []byte) (int, error) {
	if err := c.fill(); err != nil {
		return 0, err
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// more decompresses into dst, in steps that double as those of the chunks do.
func (s *stream) more(ctx context.Context, dst []byte) ([]byte, error) {
	s.src.ctx = ctx
	if s.r == nil {
		if err := s.open(); err != nil {
			return dst, err
		}
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	dst, err := s.cfg.grow(dst, s.size)
	if err != nil {
		return dst, err
	}
	n, err := io.ReadFull(s.text, dst[len(dst):len(dst)+s.size])
	s.size = min(2*s.size, maxStep)
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err = nil // the end shows again at the next call
	}
	return dst[:len(dst)+n], err
}

// open looks at the first bytes and makes the decoders.
func (s *stream) open() error {
	if err := s.src.fill(); err != nil && err != io.EOF { // which the decoder sees again
		return err
	}
	r, err := codec.NewReaderWithin(s.cfg.Packing.learn(s.src.rest), &s.src, s.cfg.hold())
	if err != nil {
		return err
	}
	s.r, s.text, s.size = r, r, minChunk
	if s.cfg.Decode != nil {
		s.text = s.cfg.Decode(&charged{r, s.cfg.charge})
	} else {
		s.text = s.cfg.Packing.text.reader(r)
	}
	return nil
}

func (s *stream) close() {
	if s.r != nil {
		s.r.Close()
	}
	s.fetch.close()
}
