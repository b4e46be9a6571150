package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// rawSnappyReader decodes one raw snappy block (format_description.txt) as a
// stream, for files that hold nothing else: a block may be as long as the file,
// and the crawler sees only its beginning. Copies reach back at most
// snappyHistory bytes: most writers stay within 64 KiB, some do not.
type rawSnappyReader struct {
	r    *bufio.Reader
	left uint64 // decoded bytes still to come
	open bool   // the length has been read
	buf  []byte // history, then what has not been given out
	pos  int    // start of what has not been given out
	held held
}

const (
	snappyHistory = 16 << 20
	snappyStep    = 64 << 10 // decoded before it is given out
)

var errSnappyCopy = errors.New("a copy reaches back too far")

// Read implements io.Reader.
func (s *rawSnappyReader) Read(p []byte) (int, error) {
	if !s.open {
		n, err := binary.ReadUvarint(s.r)
		if err != nil || n > 1<<32-1 {
			return 0, errors.New("neither a framed stream, nor Hadoop's blocks, nor a raw block")
		}
		s.open, s.left = true, n
	}
	if s.pos == len(s.buf) {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.buf[s.pos:])
	s.pos += n
	return n, nil
}

// fill decodes some more elements behind the history.
func (s *rawSnappyReader) fill() error {
	if s.left == 0 {
		if _, err := s.r.ReadByte(); err != io.EOF {
			return errors.New("more bytes than the block's length says")
		}
		return io.EOF
	}
	if len(s.buf) > 2*snappyHistory {
		n := copy(s.buf, s.buf[len(s.buf)-snappyHistory:])
		s.buf, s.pos = s.buf[:n], n
	}
	if err := s.held.to(int64(min(2*len(s.buf)+snappyStep, 4*snappyHistory))); err != nil {
		return err
	}
	for stop := len(s.buf) + snappyStep; s.left > 0 && len(s.buf) < stop; {
		if err := s.element(); err != nil {
			if len(s.buf) > s.pos {
				return nil // it shows again once this has been given out
			}
			return unexpected(err)
		}
	}
	return nil
}

func (s *rawSnappyReader) element() error {
	tag, err := s.r.Peek(1)
	if err != nil {
		return err
	}
	if tag[0]&3 == 0 {
		return s.literal(tag[0] >> 2)
	}
	size := [...]int{1: 2, 2: 3, 3: 5}[tag[0]&3]
	b, err := s.r.Peek(size)
	if err != nil {
		return unexpected(err)
	}
	n, off := int(b[0]>>2)+1, uint32(0)
	switch size {
	case 2:
		n, off = int(b[0]>>2&7)+4, uint32(b[0]&0xe0)<<3|uint32(b[1])
	case 3:
		off = uint32(binary.LittleEndian.Uint16(b[1:]))
	default:
		off = binary.LittleEndian.Uint32(b[1:])
	}
	if off == 0 || uint64(off) > uint64(len(s.buf)) || uint64(n) > s.left {
		return errSnappyCopy
	}
	for range n { // source and target may overlap
		s.buf = append(s.buf, s.buf[len(s.buf)-int(off)])
	}
	s.left -= uint64(n)
	_, err = s.r.Discard(size)
	return err
}

func (s *rawSnappyReader) literal(code byte) error {
	extra := max(0, int(code)-59)
	b, err := s.r.Peek(1 + extra)
	if err != nil {
		return unexpected(err)
	}
	n := uint64(code)
	if extra > 0 {
		n = 0
		for i := extra; i > 0; i-- {
			n = n<<8 | uint64(b[i])
		}
	}
	if n++; n > s.left {
		return errors.New("a literal is longer than the block")
	}
	if _, err := s.r.Discard(1 + extra); err != nil {
		return err
	}
	before := len(s.buf)
	s.buf, err = readN(s.r, s.buf, int(n))
	if err != nil {
		s.buf = s.buf[:before]
		return err
	}
	s.left -= n
	return nil
}
