package codec

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Decompress decodes one block whose decoded size is known. The result is
// exactly size bytes long and uses dst's memory (from its start, whatever its
// length) if its capacity is enough; with None it is src itself. src and dst
// must not overlap. A block that decodes to any other size is corrupt
// (XX001).
func Decompress(c Codec, dst, src []byte, size int) ([]byte, error) {
	if size < 0 {
		return nil, corruptf(c, "negative size %d", size)
	}
	switch c {
	case None:
		if len(src) != size {
			return nil, corruptf(c, "%d bytes stored, %d declared", len(src), size)
		}
		return src, nil
	case Snappy:
		return snappyBlock(dst, src, size)
	case LZ4Raw:
		return lz4Block(dst, src, size)
	case LZ4Hadoop:
		return hadoopBlock(dst, src, size)
	case Zstd:
		return zstdBlock(dst, src, size)
	case Gzip, Zlib, Brotli, Deflate, Bzip2:
		return streamBlock(c, dst, src, size)
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "%s is not a block compression", c)
}

// room gives n bytes on dst's memory or fresh ones.
func room(dst []byte, n int) []byte {
	if cap(dst) >= n {
		return dst[:n]
	}
	return make([]byte, n)
}

// The most that one byte of input can stand for: a snappy copy of three bytes
// makes 64 (format_description.txt, section 2.2.2), an LZ4 length byte 255
// (lz4_Block_format.md), two bits of deflate 258 bytes (RFC 1951, section
// 3.2.5), and a zstd block of four bytes 128 KiB (RFC 8878, section 3.1.1.2).
const (
	maxSnappyRatio  = 22
	maxLZ4Ratio     = 255
	maxDeflateRatio = 1032
	maxZstdRatio    = 32 << 10
)

var ratios = [numCodecs]int{
	None: 1, Snappy: maxSnappyRatio, LZ4Raw: maxLZ4Ratio, LZ4Hadoop: maxLZ4Ratio,
	Gzip: maxDeflateRatio, Zlib: maxDeflateRatio, Deflate: maxDeflateRatio, Zstd: maxZstdRatio,
}

// Plausible refuses (XX001) a decoded size that no block of this length could
// have, before memory is made for it. Of codecs whose blocks may stand for
// anything it refuses none.
func Plausible(c Codec, src []byte, size int) error {
	if r := ratios[c]; r > 0 {
		return plausible(c, src, size, r)
	}
	return nil
}

func plausible(c Codec, src []byte, size, ratio int) error {
	if size > (len(src)+16)*ratio {
		return corruptf(c, "%d bytes cannot hold %d", len(src), size)
	}
	return nil
}

func snappyBlock(dst, src []byte, size int) ([]byte, error) {
	n, err := snappy.DecodedLen(src)
	if err != nil {
		return nil, corrupt(Snappy, err)
	}
	if n != size {
		return nil, corruptf(Snappy, "holds %d bytes, %d declared", n, size)
	}
	if err := plausible(Snappy, src, size, maxSnappyRatio); err != nil {
		return nil, err
	}
	out, err := unsnappy(room(dst, size), src)
	if err != nil {
		return nil, corrupt(Snappy, err)
	}
	return out, nil
}

func lz4Block(dst, src []byte, size int) ([]byte, error) {
	if err := plausible(LZ4Raw, src, size, maxLZ4Ratio); err != nil {
		return nil, err
	}
	dst = room(dst, size)
	if size == 0 { // the decoder must not see an empty destination: its assembly writes there
		if len(src) == 0 || len(src) == 1 && src[0] == 0 {
			return dst, nil
		}
		return nil, corruptf(LZ4Raw, "holds more than the declared 0 bytes")
	}
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil {
		return nil, corrupt(LZ4Raw, err)
	}
	if n != size {
		return nil, corruptf(LZ4Raw, "holds %d bytes, %d declared", n, size)
	}
	return dst, nil
}

// hadoopBlock decodes what Hadoop's Lz4Codec writes: groups of a big-endian
// decoded size, then one or more pairs of compressed size and block until the
// group is full. Parquet's deprecated LZ4 codec is this, but some writers put
// a bare block there (parquet-format, Compression.md), so that is tried next.
func hadoopBlock(dst, src []byte, size int) ([]byte, error) {
	if err := plausible(LZ4Hadoop, src, size, maxLZ4Ratio); err != nil {
		return nil, err
	}
	dst = room(dst, size)
	if hadoopGroups(dst, src) {
		return dst, nil
	}
	out, err := lz4Block(dst, src, size)
	if err != nil {
		return nil, corruptf(LZ4Hadoop, "neither Hadoop's framing nor a bare block of %d bytes", size)
	}
	return out, nil
}

func hadoopGroups(dst, src []byte) bool {
	for len(dst) > 0 {
		if len(src) < 4 {
			return false
		}
		group := int(binary.BigEndian.Uint32(src))
		src = src[4:]
		if group > len(dst) {
			return false
		}
		for out := dst[:group]; len(out) > 0; {
			if len(src) < 4 {
				return false
			}
			n := int(binary.BigEndian.Uint32(src))
			src = src[4:]
			if n == 0 || n > len(src) {
				return false
			}
			got, err := lz4.UncompressBlock(src[:n], out)
			if err != nil || got == 0 {
				return false
			}
			src, out = src[n:], out[got:]
		}
		dst = dst[group:]
	}
	return len(src) == 0
}

// firstRoom is what a codec without a plausible ratio gets at first: the
// declared size if dst has it, if it is modest, or if the input is long enough
// to make it likely; else less, and the output grows as it fills.
func firstRoom(dst, src []byte, size int) int {
	return min(size, max(cap(dst), 1<<20, 64*len(src)))
}

var zstdDecoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
}}

func zstdBlock(dst, src []byte, size int) ([]byte, error) {
	d := zstdDecoders.Get().(*zstd.Decoder)
	defer zstdDecoders.Put(d)
	for n := firstRoom(dst, src, size); ; n = min(size, 4*n) {
		buf := room(dst, n)[:0:n]
		out, err := d.DecodeAll(src, buf)
		switch {
		case errors.Is(err, zstd.ErrDecoderSizeExceeded) && n < size:
			continue
		case err != nil:
			return nil, corrupt(Zstd, err)
		case len(out) != size:
			return nil, corruptf(Zstd, "holds %d bytes, %d declared", len(out), size)
		}
		return out, nil
	}
}

// resetter is a stream decoder that can begin anew.
type resetter interface {
	io.Reader
	Reset(r io.Reader) error
}

type zlibReader struct{ io.ReadCloser }

func (z zlibReader) Reset(r io.Reader) error { return z.ReadCloser.(zlib.Resetter).Reset(r, nil) }

type deflateReader struct{ io.ReadCloser }

func (d deflateReader) Reset(r io.Reader) error { return d.ReadCloser.(flate.Resetter).Reset(r, nil) }

// bzip2Reader is made anew each time: the library's cannot begin again.
type bzip2Reader struct{ io.Reader }

func (b *bzip2Reader) Reset(r io.Reader) error {
	b.Reader = bzip2.NewReader(r)
	return nil
}

var gzipDecoders, zlibDecoders, brotliDecoders, deflateDecoders, bzip2Decoders sync.Pool

// pooled takes a decoder from the pool of c, or makes one, and points it at r.
// Making and resetting both read the header.
func pooled(c Codec, r io.Reader) (resetter, *sync.Pool, error) {
	pool := &brotliDecoders
	switch c {
	case Gzip:
		pool = &gzipDecoders
	case Zlib:
		pool = &zlibDecoders
	case Deflate:
		pool = &deflateDecoders
	case Bzip2:
		pool = &bzip2Decoders
	}
	if d, ok := pool.Get().(resetter); ok {
		return d, pool, d.Reset(r)
	}
	switch c {
	case Gzip:
		d, err := gzip.NewReader(r)
		return d, pool, err
	case Zlib:
		d, err := zlib.NewReader(r)
		if err != nil {
			return nil, pool, err
		}
		return zlibReader{d}, pool, nil
	case Deflate:
		return deflateReader{flate.NewReader(r)}, pool, nil
	case Bzip2:
		return &bzip2Reader{bzip2.NewReader(r)}, pool, nil
	}
	return brotli.NewReader(r), pool, nil
}

func streamBlock(c Codec, dst, src []byte, size int) ([]byte, error) {
	d, pool, err := pooled(c, bytes.NewReader(src))
	if err != nil {
		return nil, corrupt(c, err)
	}
	defer pool.Put(d)
	dst = room(dst, firstRoom(dst, src, size))
	for n := 0; n < size; {
		if n == len(dst) {
			grown := make([]byte, min(size, 4*n))
			copy(grown, dst)
			dst = grown
		}
		m, err := io.ReadFull(d, dst[n:])
		n += m
		if err != nil && n < size {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, corruptf(c, "ends after %d of %d bytes", n, size)
			}
			return nil, corrupt(c, err)
		}
	}
	var one [1]byte
	switch n, err := io.ReadFull(d, one[:]); {
	case n != 0:
		return nil, corruptf(c, "more than the declared %d bytes", size)
	case !errors.Is(err, io.EOF): // the checksum is read with the end
		return nil, corrupt(c, err)
	}
	return dst, nil
}
