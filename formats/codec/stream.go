package codec

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/fault"
)

// snappyMagic begins a framed snappy stream (framing_format.txt, section 4.1).
const snappyMagic = "\xff\x06\x00\x00sNaPpY"

// maxWindow bounds the memory that one zstd stream may ask for.
const maxWindow = 128 << 20

// NewReader decompresses a stream. Bad data is XX001, an error of r is passed
// through. Close releases the decoder; it does not close r, and must be called
// once.
func NewReader(c Codec, r io.Reader) (io.ReadCloser, error) { return NewReaderWithin(c, r, nil) }

// NewReaderWithin is NewReader with a limit of the memory that the decoder takes.
// Windows and blocks that a stream claims are asked for before they are made; what
// hold has granted is held until Close.
func NewReaderWithin(c Codec, r io.Reader, hold Hold) (io.ReadCloser, error) {
	src := &sourceReader{r: r}
	h := held{ask: hold}
	out := &reader{codec: c, src: src}
	switch c {
	case None:
		return io.NopCloser(r), nil
	case Gzip, Zlib, Brotli, Deflate:
		if err := out.open(src); err != nil {
			return nil, err
		}
	case Zstd:
		z := &zstdReader{r: bufio.NewReaderSize(src, 64<<10), held: h}
		out.r, out.release = z, z.close
	case Bzip2:
		out.r = emptyOr(bufio.NewReaderSize(src, 64<<10), func(b *bufio.Reader) io.Reader { return bzip2.NewReader(b) })
	case Snappy:
		out.r = snappyStream(bufio.NewReaderSize(src, 64<<10), h)
	case LZ4:
		out.r = lz4Stream(bufio.NewReaderSize(src, 64<<10), h)
	case XZ:
		out.r = &xzReader{xzStream: xzStream{r: bufio.NewReaderSize(src, 64<<10)}, held: h}
	case LZO:
		out.r = lzoStream(bufio.NewReaderSize(src, 64<<10), h)
	case Zip:
		out.r = &zipReader{r: bufio.NewReaderSize(src, 64<<10)}
	default:
		return nil, fault.New(fault.CodeFeatureNotSupported, "reading %s streams is not supported", c)
	}
	return out, nil
}

// snappyStream tells the three ways of a snappy file apart.
func snappyStream(b *bufio.Reader, h held) io.Reader {
	head, _ := b.Peek(16)
	switch {
	case Detect(head) == Snappy:
		return snappy.NewReader(b)
	case len(head) == 0 || isHadoopSnappy(head):
		return &hadoopReader{codec: Snappy, r: b, held: h}
	}
	return &rawSnappyReader{r: b, held: h}
}

// isHadoopSnappy looks at a group's size, its first block's size and the
// decoded size that this block begins with. A raw block begins with its own
// decoded size, least significant bits first, so that it would have to hold
// nothing, or to be odd, to look the same.
func isHadoopSnappy(head []byte) bool {
	if len(head) < 9 {
		return len(head) >= 4 && string(head[:4]) == "\x00\x00\x00\x00"
	}
	group, block := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	if group == 0 {
		return true
	}
	n, err := snappy.DecodedLen(head[8:])
	return err == nil && uint32(n) <= group && block > 0 && block <= maxHadoopBlock && group <= maxHadoopBlock
}

func lz4Stream(b *bufio.Reader, h held) io.Reader {
	head, _ := b.Peek(8)
	if Detect(head) == LZ4 || isSkippable(head) {
		return lz4.NewReader(b)
	}
	return &hadoopReader{codec: LZ4, r: b, held: h}
}

// lzoStream tells lzop's files from Hadoop's blocks.
func lzoStream(b *bufio.Reader, h held) io.Reader {
	head, _ := b.Peek(len(lzopMagic))
	if string(head) == lzopMagic {
		return &lzopReader{r: b, held: h}
	}
	return &hadoopReader{codec: LZO, r: b, held: h}
}

// isSkippable reports whether a skippable frame comes next.
func isSkippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

// emptyOr gives an empty stream for an empty source: writers that were given
// no rows leave such files.
func emptyOr(b *bufio.Reader, open func(b *bufio.Reader) io.Reader) io.Reader {
	if _, err := b.Peek(1); err == io.EOF {
		return strings.NewReader("")
	}
	return open(b)
}

// sourceReader remembers the error of the bytes' source, to tell it from the
// errors of the decoder. It stays: a decoder that looked ahead and passed over
// the error must not take the source for empty.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

type reader struct {
	codec   Codec
	src     *sourceReader
	r       io.Reader
	release func()
}

// open takes a pooled decoder. An empty source is an empty stream: writers
// that were given no rows leave such files.
func (d *reader) open(src io.Reader) error {
	b := bufio.NewReaderSize(src, 64<<10)
	if _, err := b.Peek(1); err != nil {
		if err == io.EOF {
			d.r = strings.NewReader("")
			return nil
		}
		return d.fail(err)
	}
	dec, pool, err := pooled(d.codec, b)
	if err != nil {
		return d.fail(err)
	}
	d.r = dec
	d.release = sync.OnceFunc(func() { pool.Put(dec) })
	return nil
}

func (d *reader) fail(err error) error {
	if d.src.err != nil {
		return d.src.err
	}
	return failed(d.codec, err)
}

// failed gives a decoder's error its name.
func failed(c Codec, err error) error {
	var refused *fault.Error
	if errors.As(err, &refused) {
		return refused
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return corruptf(c, "the stream ends too early")
	}
	return corrupt(c, err)
}

func refuse(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeFeatureNotSupported, format, args...)
}

func (d *reader) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		err = d.fail(err)
	}
	return n, err
}

func (d *reader) Close() error {
	if d.release != nil {
		d.release()
	}
	d.r = strings.NewReader("")
	return nil
}

// maxHadoopBlock bounds the blocks of Hadoop's framing, whose default is 256
// KiB.
const maxHadoopBlock = 64 << 20

// hadoopReader reads the stream that Hadoop's BlockCompressorStream writes:
// groups of a big-endian decoded size followed by blocks, each with its
// compressed size, until the group is full. A group of size 0 ends nothing.
type hadoopReader struct {
	codec Codec
	r     *bufio.Reader
	group int    // bytes still to come of this group
	src   []byte // the compressed block
	buf   []byte // the decoded block
	out   []byte // what is left of buf
	held  held
}

func (h *hadoopReader) Read(p []byte) (int, error) {
	for len(h.out) == 0 {
		if err := h.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, h.out)
	h.out = h.out[n:]
	return n, nil
}

func (h *hadoopReader) next() error {
	for h.group == 0 {
		n, err := h.length()
		if err != nil {
			return err // io.EOF between groups is the end
		}
		h.group = n
	}
	n, err := h.length()
	if err != nil {
		return unexpected(err)
	}
	if err := h.held.to(int64(n) + int64(h.group)); err != nil {
		return err
	}
	if h.src, err = readN(h.r, h.src[:0], n); err != nil {
		return unexpected(err)
	}
	if err := h.decode(); err != nil {
		return err
	}
	if len(h.out) == 0 || len(h.out) > h.group {
		return errors.New("a block does not fit its group")
	}
	h.group -= len(h.out)
	return nil
}

func (h *hadoopReader) length() (int, error) {
	var b [4]byte
	if _, err := io.ReadFull(h.r, b[:]); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint32(b[:])
	if n > maxHadoopBlock {
		return 0, errors.New("not a framed stream, and a block is longer than Hadoop writes")
	}
	return int(n), nil
}

func (h *hadoopReader) decode() error {
	if h.codec == Snappy {
		n, err := snappy.DecodedLen(h.src)
		if err != nil {
			return err
		}
		if n > h.group {
			return errors.New("a block does not fit its group")
		}
		h.buf, err = snappyBlock(h.buf, h.src, n)
		h.out = h.buf
		return err
	}
	if h.codec == LZO {
		var err error
		h.buf, err = lzoBlock(h.buf[:0], h.src, h.group)
		h.out = h.buf
		return err
	}
	h.buf = room(h.buf, min(h.group, (len(h.src)+16)*maxLZ4Ratio))
	n, err := lz4.UncompressBlock(h.src, h.buf)
	if err != nil {
		return err
	}
	h.out = h.buf[:n]
	return nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readN appends n bytes of r to dst, growing as they arrive.
func readN(r io.Reader, dst []byte, n int) ([]byte, error) {
	for n > 0 {
		step := min(n, 1<<20)
		at := len(dst)
		dst = append(dst, make([]byte, step)...)
		if _, err := io.ReadFull(r, dst[at:]); err != nil {
			return dst, unexpected(err)
		}
		n -= step
	}
	return dst, nil
}
