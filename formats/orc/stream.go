package orc

import (
	"encoding/binary"
	"errors"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
)

var (
	errShort = errors.New("a stream ends too early")
	errChunk = errors.New("a compressed chunk is longer than its stream or than the file's block size")
)

// stream gives the bytes of one stream, decompressed chunk by chunk as they
// are asked for (specification, "Compression": three bytes of length, whose
// lowest bit says that the chunk is stored as it is).
type stream struct {
	codec codec.Codec
	block int
	src   []byte // chunks still to come
	buf   []byte // decompressed
	pos   int    // of the next byte in buf
	cut   bool   // src ends somewhere: its last chunk may be a part of one
	tab   *formats.Tab
}

// room is what a chunk of at most limit bytes may take: what buf grows by is
// charged first.
func (s *stream) room(limit int) codec.Room {
	r := codec.Room{Limit: limit}
	if s.tab != nil {
		r.Grow = s.tab.Grow
	}
	return r
}

// more decompresses the next chunk behind buf.
func (s *stream) more() error {
	var err error
	if s.codec == codec.None {
		s.buf, err = s.room(len(s.src)).Append(codec.None, s.buf, s.src)
		s.src = nil
		return err
	}
	if len(s.src) < 3 {
		return errShort
	}
	head := uint32(s.src[0]) | uint32(s.src[1])<<8 | uint32(s.src[2])<<16
	n := int(head >> 1)
	if n > len(s.src)-3 {
		if s.cut {
			s.src = nil
			return errShort
		}
		return errChunk
	}
	chunk := s.src[3 : 3+n]
	s.src = s.src[3+n:]
	if head&1 != 0 {
		s.buf, err = s.room(n).Append(codec.None, s.buf, chunk)
		return err
	}
	s.buf, err = s.room(s.block).Append(s.codec, s.buf, chunk)
	return err
}

// probed is how many bytes may be wanted at once without a look at whether they
// can be there, and whether there is memory for them.
const probed = 1 << 20

// probe looks so, before the chunks that make them are decompressed.
func (s *stream) probe(n int) error {
	most := len(s.buf) - s.pos + len(s.src)
	if s.codec != codec.None {
		most = len(s.buf) - s.pos + (len(s.src)/3+1)*s.block
	}
	if n > most {
		return errShort
	}
	return s.tab.Probe(max(0, n-cap(s.buf)))
}

// need makes n bytes available at pos, if the stream has them. What was given
// out before it is lost.
func (s *stream) need(n int) error {
	if len(s.buf)-s.pos >= n {
		return nil
	}
	if s.codec == codec.None && s.buf == nil {
		s.buf, s.src = s.src, nil // nothing is appended to it
		s.buf = s.buf[:len(s.buf):len(s.buf)]
	} else if s.pos > 0 && len(s.src) > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if n > probed {
		if err := s.probe(n); err != nil {
			return err
		}
	}
	for len(s.buf)-s.pos < n {
		if len(s.src) == 0 {
			return errShort
		}
		if err := s.more(); err != nil {
			return err
		}
	}
	return nil
}

// take gives the next n bytes, valid until the next call of need or take.
func (s *stream) take(n int) ([]byte, error) {
	if err := s.need(n); err != nil {
		return nil, err
	}
	s.pos += n
	return s.buf[s.pos-n : s.pos], nil
}

// skip passes over n bytes.
func (s *stream) skip(n int64) error {
	for n > 0 {
		if s.pos == len(s.buf) {
			s.buf, s.pos = s.buf[:0], 0
			if err := s.need(1); err != nil {
				return err
			}
		}
		k := min(n, int64(len(s.buf)-s.pos))
		s.pos += int(k)
		n -= k
	}
	return nil
}

// peek gives at least the next n bytes, or all that are left.
func (s *stream) peek(n int) ([]byte, error) {
	if err := s.need(n); err != nil && err != errShort {
		return nil, err
	}
	return s.buf[s.pos:], nil
}

// uvarint reads a number of base 128.
func (s *stream) uvarint() (uint64, error) {
	b, err := s.peek(binary.MaxVarintLen64)
	if err != nil {
		return 0, err
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, errShort
	}
	s.pos += n
	return v, nil
}
