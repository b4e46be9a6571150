package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
)

// lzopMagic begins a file of lzop (its sources are the only specification:
// lzop.c, functions read_header and x_filter; the formats of 0.94 to 1.04).
const lzopMagic = "\x89LZO\x00\r\n\x1a\n"

// The flags of an lzop header that say what follows.
const (
	lzopAdlerText   = 1 << 0
	lzopAdlerPacked = 1 << 1
	lzopExtra       = 1 << 6
	lzopCRCText     = 1 << 8
	lzopCRCPacked   = 1 << 9
	lzopMultipart   = 1 << 10
	lzopFilter      = 1 << 11
	lzopCRCHeader   = 1 << 12
)

// maxLZOPBlock bounds a block: lzop writes 256 KiB, and reads up to 64 MiB.
const maxLZOPBlock = 64 << 20

// lzopReader reads the files of lzop, any number of them one behind the other:
//
//	header │ block: sizes, checksums, LZO1X or plain bytes │ ... │ 0
type lzopReader struct {
	r     *bufio.Reader
	flags uint32
	begun bool
	done  bool
	src   []byte
	buf   []byte
	out   []byte // what is left of buf
	held  held
}

var (
	errLZOPHeader = errors.New("the header is invalid")
	errLZOPSum    = errors.New("a block's checksum is wrong")
	errLZOSize    = errors.New("a block is not as long as it says")
)

// Read implements io.Reader.
func (l *lzopReader) Read(p []byte) (int, error) {
	for len(l.out) == 0 {
		if l.done {
			return 0, io.EOF
		}
		if err := l.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

// next reads a header or a block.
func (l *lzopReader) next() error {
	if !l.begun {
		if _, err := l.r.Peek(1); err == io.EOF {
			l.done = true
			return nil
		}
		l.begun = true
		return unexpected(l.header())
	}
	n, err := l.uint32()
	if err != nil {
		return err
	}
	if n == 0 { // the end of a file; another one may follow
		l.begun = false
		return nil
	}
	return l.block(int64(n))
}

func (l *lzopReader) uint32() (uint32, error) {
	var b [4]byte
	if _, err := io.ReadFull(l.r, b[:]); err != nil {
		return 0, unexpected(err)
	}
	return binary.BigEndian.Uint32(b[:]), nil
}

// lzopHeader reads fields and sums them up.
type lzopHeader struct {
	r     *bufio.Reader
	adler hash.Hash32
	crc   hash.Hash32
	err   error
}

func (h *lzopHeader) bytes(n int) []byte {
	b := make([]byte, max(n, 4))[:n]
	if h.err == nil {
		_, h.err = io.ReadFull(h.r, b)
	}
	h.adler.Write(b)
	h.crc.Write(b)
	return b
}

func (h *lzopHeader) number(n int) (v uint32) {
	for _, b := range h.bytes(n) {
		v = v<<8 | uint32(b)
	}
	return v
}

func (l *lzopReader) header() error {
	magic := make([]byte, len(lzopMagic))
	if _, err := io.ReadFull(l.r, magic); err != nil {
		return err
	}
	if string(magic) != lzopMagic {
		return errLZOPHeader
	}
	h := &lzopHeader{r: l.r, adler: adler32.New(), crc: crc32.NewIEEE()}
	version := h.number(2)
	h.number(2) // of the library
	needs := version
	if version >= 0x0940 {
		needs = h.number(2)
	}
	method := h.number(1)
	if version >= 0x0940 {
		h.number(1) // level
	}
	l.flags = h.number(4)
	if l.flags&lzopFilter != 0 {
		h.number(4)
	}
	h.number(4) // mode
	h.number(4) // time
	if version >= 0x0940 {
		h.number(4) // time, high
	}
	h.bytes(int(h.number(1))) // the file's name
	if err := l.checkSum(h); err != nil {
		return err
	}
	switch {
	case needs > 0x1040:
		return refuse("files of lzop that need version %x.%03x are not supported", needs>>12, needs&0xfff)
	case method < 1 || method > 3: // LZO1X_1, LZO1X_1_15, LZO1X_999
		return refuse("the method %d of lzop is not supported", method)
	case l.flags&lzopFilter != 0:
		return refuse("the filters of lzop are not supported")
	case l.flags&lzopMultipart != 0:
		return refuse("files of lzop in several parts are not supported")
	}
	return l.extra()
}

func (l *lzopReader) checkSum(h *lzopHeader) error {
	want := h.adler.Sum32()
	if l.flags&lzopCRCHeader != 0 {
		want = h.crc.Sum32()
	}
	if h.err != nil {
		return h.err
	}
	sum, err := l.uint32()
	if err == nil && sum != want {
		err = errLZOPHeader
	}
	return err
}

// extra passes over the extra field.
func (l *lzopReader) extra() error {
	if l.flags&lzopExtra == 0 {
		return nil
	}
	n, err := l.uint32()
	if err == nil {
		_, err = io.CopyN(io.Discard, l.r, int64(n)+4) // with its checksum
	}
	return unexpected(err)
}

// block reads what follows the size of a block's text.
func (l *lzopReader) block(size int64) error {
	packed, err := l.uint32()
	if err != nil {
		return err
	}
	if size > maxLZOPBlock || packed == 0 || int64(packed) > size {
		return errors.New("a block's size is invalid")
	}
	var sums [4]uint32 // of text and packed bytes: Adler-32, CRC-32
	for i, flag := range [4]uint32{lzopAdlerText, lzopCRCText, lzopAdlerPacked, lzopCRCPacked} {
		if l.flags&flag == 0 || i >= 2 && int64(packed) == size {
			continue
		}
		if sums[i], err = l.uint32(); err != nil {
			return err
		}
	}
	if err = l.held.to(size + int64(packed)); err != nil {
		return err
	}
	if l.src, err = readN(l.r, l.src[:0], int(packed)); err != nil {
		return unexpected(err)
	}
	if int64(packed) == size {
		l.out = l.src
	} else {
		if !l.holds(lzopAdlerPacked, lzopCRCPacked, l.src, sums[2], sums[3]) {
			return errLZOPSum
		}
		if l.buf, err = lzoBlock(l.buf[:0], l.src, int(size)); err != nil {
			return err
		}
		if l.out = l.buf; int64(len(l.out)) != size {
			return errLZOSize
		}
	}
	if !l.holds(lzopAdlerText, lzopCRCText, l.out, sums[0], sums[1]) {
		return errLZOPSum
	}
	return nil
}

// lzoBlock is appendLZO where the most that a block may have is what it says.
func lzoBlock(dst, src []byte, size int) ([]byte, error) {
	out, err := appendLZO(dst, src, size)
	if fault.Is(err, fault.CodeProgramLimit) {
		err = errLZOSize
	}
	return out, err
}

func (l *lzopReader) holds(adler, crc uint32, b []byte, wantAdler, wantCRC uint32) bool {
	return (l.flags&adler == 0 || adler32.Checksum(b) == wantAdler) && (l.flags&crc == 0 || crc32.ChecksumIEEE(b) == wantCRC)
}
