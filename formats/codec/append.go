package codec

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Append decodes one block whose decoded size is stored nowhere and appends
// it to dst, whose memory it uses as far as it goes. More than limit bytes are
// an error (54000). It knows every codec that Decompress knows but LZ4Hadoop,
// and xz.
// src and dst must not overlap.
func Append(c Codec, dst, src []byte, limit int) ([]byte, error) {
	return Room{Limit: limit}.Append(c, dst, src)
}

// Room is what a block whose decoded size is stored nowhere may take.
type Room struct {
	Limit int // bytes of the block; more are an error (54000)
	// Grow is asked before memory of n bytes is made instead of have, for all
	// that is appended to; its error ends the block. nil: nobody is asked.
	Grow func(have, n int) error
}

// Append is the function of the same name, within r.
func (r Room) Append(c Codec, dst, src []byte) ([]byte, error) {
	limit := r.Limit
	switch c {
	case None:
		if len(src) > limit {
			return dst, tooLong(c, limit)
		}
		dst, err := r.grown(dst, len(src))
		if err != nil {
			return dst, err
		}
		return append(dst, src...), nil
	case Snappy:
		n, err := snappy.DecodedLen(src)
		if err != nil {
			return dst, corrupt(c, err)
		}
		if n > limit {
			return dst, tooLong(c, limit)
		}
		at := len(dst)
		if err := plausible(c, src, n, maxSnappyRatio); err != nil {
			return dst, err
		}
		if dst, err = r.grown(dst, n); err != nil {
			return dst, err
		}
		if _, err := snappyBlock(dst[at:at+n], src, n); err != nil {
			return dst[:at], err
		}
		return dst[:at+n], nil
	case XZ:
		return r.appendXZ(dst, src)
	case Zstd:
		return r.appendZstd(dst, src)
	case LZ4Raw:
		return r.appendLZ4(dst, src)
	case LZO:
		have := cap(dst)
		out, err := appendLZO(dst, src, limit)
		if err == nil && r.Grow != nil && cap(out) > have { // its growth is the decoder's
			err = r.Grow(have, cap(out))
		}
		return out, err
	case Gzip, Zlib, Brotli, Deflate, Bzip2:
		return r.appendStream(c, dst, src)
	}
	return dst, fault.New(fault.CodeFeatureNotSupported, "%s is not a block compression", c)
}

func tooLong(c Codec, limit int) error {
	return fault.New(fault.CodeProgramLimit, "a %s block holds more than %d bytes", c, limit)
}

// grown gives b with room for n bytes more, or b itself with the error of who
// was asked.
func (r Room) grown(b []byte, n int) ([]byte, error) {
	if cap(b)-len(b) >= n {
		return b, nil
	}
	want := max(len(b)+n, 2*cap(b))
	if r.Grow != nil {
		if err := r.Grow(cap(b), want); err != nil {
			return b, err
		}
	}
	out := make([]byte, len(b), want)
	copy(out, b)
	return out, nil
}

// guess is the room that a block of unknown size gets at first; it doubles
// until the block fits.
func guess(dst, src []byte, limit int) int {
	return min(limit, max(cap(dst)-len(dst), 4*len(src)+1024))
}

func (r Room) appendZstd(dst, src []byte) ([]byte, error) {
	limit := r.Limit
	d := zstdDecoders.Get().(*zstd.Decoder)
	defer zstdDecoders.Put(d)
	for n := guess(dst, src, limit); ; n = min(limit, 4*n) {
		var err error
		if dst, err = r.grown(dst, n); err != nil {
			return dst, err
		}
		out, err := d.DecodeAll(src, dst[len(dst):len(dst):len(dst)+n])
		switch {
		case errors.Is(err, zstd.ErrDecoderSizeExceeded) && n < limit:
			continue
		case errors.Is(err, zstd.ErrDecoderSizeExceeded):
			return dst, tooLong(Zstd, limit)
		case err != nil:
			return dst, corrupt(Zstd, err)
		}
		return dst[:len(dst)+len(out)], nil
	}
}

func (r Room) appendLZ4(dst, src []byte) ([]byte, error) {
	limit := r.Limit
	most := min(limit, (len(src)+16)*maxLZ4Ratio)
	for n := min(most, guess(dst, src, limit)); ; n = min(most, 4*n) {
		var err error
		if dst, err = r.grown(dst, n); err != nil {
			return dst, err
		}
		m, err := lz4.UncompressBlock(src, dst[len(dst):len(dst)+n])
		switch {
		case errors.Is(err, lz4.ErrInvalidSourceShortBuffer) && n < most:
			continue // corrupt blocks come here too, until the room is as large as any block's
		case err != nil && n == limit:
			return dst, tooLong(LZ4Raw, limit)
		case err != nil:
			return dst, corrupt(LZ4Raw, err)
		}
		return dst[:len(dst)+m], nil
	}
}

func (r Room) appendStream(c Codec, dst, src []byte) ([]byte, error) {
	limit := r.Limit
	d, pool, err := pooled(c, bytes.NewReader(src))
	if err != nil {
		return dst, corrupt(c, err)
	}
	defer pool.Put(d)
	at := len(dst)
	for {
		if len(dst) == cap(dst) {
			if dst, err = r.grown(dst, max(4096, 4*len(src), len(dst)-at)); err != nil {
				return dst[:at], err
			}
		}
		n, err := d.Read(dst[len(dst):min(cap(dst), at+limit+1)])
		dst = dst[:len(dst)+n]
		switch {
		case len(dst)-at > limit:
			return dst[:at], tooLong(c, limit)
		case err == io.EOF:
			return dst, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return dst[:at], corruptf(c, "the block ends too early")
		case err != nil:
			return dst[:at], corrupt(c, err)
		}
	}
}
