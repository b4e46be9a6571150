package lines

import (
	"bytes"
	"context"
	"io"

	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// section decompresses the blocks of a divided file that begin in a split, and
// those behind until the split's last record is complete.
//
//	stored   ── split ───────────────┤── next split
//	blocks   ──┤  block  │  block  │  block  │ ...
//	records  ───── ───── ───── ───── ─────┘ the last one begins in the split's last block,
//	                                        or with the first byte behind it
//
// The first byte of a split's text stands for the one before a plain split: the
// record that begins there is the split's before. Where in the text of the file
// it is shows only in the tables of some codecs; else offsets count from it.
type section struct {
	r     *Reader
	fetch *fetcher
	src   chunkReader
	sec   *codec.Section
	size  int
	total int64 // text so far
	start int64 // where the first block begins in the file; -1: there is none
	base  int64 // the offset of its text
	next  int64 // where the first block of the next split does; -1: not met
}

func newSection(r *Reader, f *fetcher) *section {
	return &section{r: r, fetch: f, src: chunkReader{f: f}, size: minChunk, start: -1, next: -1}
}

// more appends text. The first text of the next split's ends the reader's split;
// from then on it comes block by block, because only a record's end is wanted.
func (s *section) more(ctx context.Context, dst []byte) ([]byte, error) {
	s.src.ctx = ctx
	if s.sec == nil {
		s.sec = s.r.cfg.Packing.division.NewSection(&s.src, s.fetch.off, s.r.cfg.hold())
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	dst, err := s.r.cfg.grow(dst, s.size)
	if err != nil {
		return dst, err
	}
	end := s.r.cfg.Split.Off + s.r.cfg.Split.Len
	for want := len(dst) + s.size; len(dst) < want; {
		n, err := s.sec.Read(dst[len(dst):want])
		if n > 0 {
			at := s.sec.At()
			if s.start < 0 {
				s.start = at
				s.base = max(0, s.r.cfg.Packing.division.Offset(at))
				s.r.base = s.base
			}
			if at >= end && s.next < 0 {
				s.next, s.r.end = at, s.base+s.total+1
			}
			s.total += int64(n)
			dst = dst[:len(dst)+n]
		}
		if err == io.EOF && n == 0 && want == len(dst)+s.size {
			return dst, io.EOF
		}
		if err != nil && err != io.EOF {
			return dst, err
		}
		if err == io.EOF || s.next >= 0 {
			break // the end shows again at the next call
		}
	}
	s.size = min(2*s.size, maxStep)
	if s.next >= 0 {
		s.size = minChunk
	}
	return dst, nil
}

func (s *section) close() { s.fetch.close() }

// countBefore gives the line breaks before the section's first block, for which
// it reads the file's beginning.
func (s *section) countBefore(ctx context.Context) (n int64, err error) {
	ctx = store.WithReadKind(ctx, store.ReadFooter) // diagnosis, not scanned data
	cfg := s.r.cfg
	f := newFetcher(Config{Store: cfg.Store, Object: cfg.Object, Split: store.Range{Len: cfg.Object.Size}, Packing: Packed(cfg.Packing.expected)})
	defer f.close()
	sec := cfg.Packing.division.NewSection(&chunkReader{ctx: ctx, f: f}, 0, nil)
	buf := make([]byte, minChunk)
	for text := 0; text < maxCount; {
		k, err := sec.Read(buf)
		if k > 0 && sec.At() >= s.start {
			return n, nil
		}
		n += int64(bytes.Count(buf[:k], cfg.Packing.text.brk()))
		text += k
		if err != nil {
			return 0, err
		}
	}
	return 0, errTooFar
}
