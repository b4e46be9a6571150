package codec

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// The blocks of bgzip are gzip members of at most 64 KiB, of text and stored, with
// their length less one in an extra field (SAM specification, section 4.1).
const (
	bgzfHeader  = 18
	bgzfTrailer = 8
	maxBGZF     = 64 << 10
	bgzfMark    = "\x1f\x8b\x08\x04"
	bgzfWindow  = 2*maxBGZF + bgzfHeader // what is looked through at once for a block
)

// isBGZF recognizes a block by its header, as all writers make it: with no other
// field than the length.
func isBGZF(b []byte) bool {
	return len(b) >= bgzfHeader && string(b[:4]) == bgzfMark && string(b[10:16]) == "\x06\x00BC\x02\x00" && bgzfSize(b) > bgzfHeader+bgzfTrailer
}

// bgzfSize gives a block's length.
func bgzfSize(b []byte) int { return int(binary.LittleEndian.Uint16(b[16:])) + 1 }

// bgzfSection reads the blocks of bgzip. Ordinary members among them belong to
// the block before: they cannot be found from the middle.
type bgzfSection struct {
	r      *bufio.Reader
	off    int64 // of what r gives next
	search bool  // the first block has not been found yet

	begins int64 // of the block under way
	flate  io.ReadCloser
	member *gzip.Reader   // an ordinary member
	bytes  *countedReader // of it
	text   []byte
	out    []byte // what is left of text
}

var errBGZF = errors.New("a block's length or checksum is wrong")

func (g *bgzfSection) read(p []byte) (int, int64, error) {
	for len(g.out) == 0 {
		if g.member != nil {
			n, err := g.member.Read(p)
			if err == io.EOF {
				g.off += int64(g.bytes.n)
				g.member, err = nil, nil
			}
			if n > 0 || err != nil {
				return n, g.begins, err
			}
			continue
		}
		if err := g.next(); err != nil {
			return 0, 0, err
		}
	}
	n := copy(p, g.out)
	g.out = g.out[n:]
	return n, g.begins, nil
}

// next decodes a block, or opens an ordinary member.
func (g *bgzfSection) next() error {
	if g.search {
		if err := g.find(); err != nil {
			return err
		}
		g.search = false
	}
	head, err := g.r.Peek(bgzfHeader)
	switch {
	case len(head) == 0 && err == io.EOF:
		return io.EOF
	case isBGZF(head):
		return g.block(bgzfSize(head))
	case err != nil && err != io.EOF:
		return err
	}
	g.bytes = &countedReader{r: g.r}
	member, err := gzip.NewReader(g.bytes)
	if err != nil {
		return unexpected(err)
	}
	member.Multistream(false)
	g.member = member
	return nil
}

// find passes over bytes up to a block: a header whose length leads to another
// member or to the end of the stream.
func (g *bgzfSection) find() error {
	for {
		b, err := g.r.Peek(bgzfWindow)
		if err != nil && err != io.EOF {
			return err
		}
		end := err == io.EOF
		last := len(b) - bgzfHeader
		if !end {
			last = bgzfWindow - maxBGZF - bgzfHeader // those behind show once more bytes are there
		}
		for at := 0; at <= last; at++ {
			i := bytes.Index(b[at:], []byte(bgzfMark))
			if i < 0 {
				break
			}
			if at += i; at <= last && isBGZF(b[at:]) && g.leads(b[at:]) {
				g.skip(at)
				return nil
			}
		}
		if end {
			return io.EOF
		}
		g.skip(last + 1)
	}
}

func (g *bgzfSection) skip(n int) {
	n, _ = g.r.Discard(n)
	g.off += int64(n)
}

// leads reports whether behind a block there is what may be.
func (g *bgzfSection) leads(b []byte) bool {
	n := bgzfSize(b)
	return n <= len(b) && bytes.HasPrefix(b[n:], []byte(bgzfMark)[:min(3, len(b)-n)])
}

// block decodes the block of n stored bytes that comes next.
func (g *bgzfSection) block(n int) error {
	b, err := g.r.Peek(n)
	if err != nil {
		return unexpected(err)
	}
	g.begins = g.off
	data := bytes.NewReader(b[bgzfHeader : n-bgzfTrailer])
	if g.flate == nil {
		g.flate = flate.NewReader(data)
		g.text = make([]byte, maxBGZF+1)
	} else if err := g.flate.(flate.Resetter).Reset(data, nil); err != nil {
		return err
	}
	size, err := io.ReadFull(g.flate, g.text)
	if err != io.ErrUnexpectedEOF && err != io.EOF { // nil: longer than a block may be
		return errBGZF
	}
	g.out = g.text[:size]
	if tail := b[n-bgzfTrailer:]; data.Len() > 0 || crc32.ChecksumIEEE(g.out) != binary.LittleEndian.Uint32(tail) || uint32(size) != binary.LittleEndian.Uint32(tail[4:]) {
		return errBGZF
	}
	g.skip(n)
	return nil
}
