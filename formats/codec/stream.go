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
	"github.com/klauspost/compress/zstd"
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
func NewReader(c Codec, r io.Reader) (io.ReadCloser, error) {
	src := &sourceReader{r: r}
	out := &reader{codec: c, src: src}
	switch c {
	case None:
		return io.NopCloser(r), nil
	case Gzip, Zlib, Brotli:
		if err := out.open(src); err != nil {
			return nil, err
		}
	case Zstd:
		d, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, out.fail(err)
		}
		out.r, out.release = d, d.Close
	case Bzip2:
		out.r = bzip2.NewReader(bufio.NewReaderSize(src, 64<<10))
	case Snappy, LZ4:
		b := bufio.NewReaderSize(src, 64<<10)
		head, _ := b.Peek(len(snappyMagic))
		switch framed := Detect(head) == c; {
		case framed && c == Snappy:
			out.r = snappy.NewReader(b)
		case framed:
			out.r = lz4.NewReader(b)
		default:
			out.r = &hadoopReader{codec: c, r: b}
		}
	default:
		return nil, fault.New(fault.CodeFeatureNotSupported, "reading %s streams is not supported", c)
	}
	return out, nil
}

// sourceReader remembers the error of the bytes' source, to tell it from the
// errors of the decoder.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
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
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return corruptf(d.codec, "the stream ends too early")
	}
	return corrupt(d.codec, err)
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
