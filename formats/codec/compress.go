package codec

import (
	"bytes"
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

// Compress encodes one block and gives it on dst's memory if that is large
// enough; with None the result is src itself.
func Compress(c Codec, dst, src []byte) ([]byte, error) {
	switch c {
	case None:
		return src, nil
	case Snappy:
		return snappy.Encode(dst[:cap(dst)], src), nil
	case Zstd:
		e := zstdEncoders.Get().(*zstd.Encoder)
		defer zstdEncoders.Put(e)
		return e.EncodeAll(src, dst[:0]), nil
	case LZ4Raw:
		return lz4Encode(dst, src)
	case Gzip, Zlib, Brotli, Deflate:
		buf := bytes.NewBuffer(dst[:0])
		w, err := NewWriter(c, buf)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(src); err != nil {
			return nil, err
		}
		err = w.Close()
		return buf.Bytes(), err
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "writing %s blocks is not supported", c)
}

var zstdEncoders = sync.Pool{New: func() any {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
}}

func lz4Encode(dst, src []byte) ([]byte, error) {
	dst = room(dst, lz4.CompressBlockBound(len(src)))
	var c lz4.Compressor
	n, err := c.CompressBlock(src, dst)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInternal, "compressing %d bytes with lz4: %v", len(src), err)
	}
	return dst[:n], nil
}

// NewWriter compresses a stream into w. Close writes the end of the stream
// and leaves w open.
func NewWriter(c Codec, w io.Writer) (io.WriteCloser, error) { return NewWriterLevel(c, w, 0) }

// NewWriterLevel is NewWriter with a level as zstd counts them, from 1 to 22; 0 is
// the default. The other codecs have their defaults only.
func NewWriterLevel(c Codec, w io.Writer, level int) (io.WriteCloser, error) {
	switch c {
	case None:
		return nopWriteCloser{w}, nil
	case Gzip:
		return gzip.NewWriter(w), nil
	case Zlib:
		return zlib.NewWriter(w), nil
	case Deflate:
		return flate.NewWriter(w, flate.DefaultCompression)
	case Zstd:
		o := []zstd.EOption{zstd.WithEncoderConcurrency(1)}
		if level != 0 {
			o = append(o, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)))
		}
		return zstd.NewWriter(w, o...)
	case Brotli:
		return brotli.NewWriterLevel(w, 5), nil
	case Snappy:
		return snappy.NewBufferedWriter(w), nil
	case LZ4:
		return lz4.NewWriter(w), nil
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "writing %s streams is not supported", c)
}

type nopWriteCloser struct{ io.Writer }

func (nopWriteCloser) Close() error { return nil }
