package codec

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// The marks of bzip2, 48 bits that begin at any bit: of a block, and of a stream's
// end. The chance that a block holds one by accident is 2^-48 for each bit; what
// comes of it is a block whose checksum is wrong.
const (
	bzip2Block   = 0x314159265359
	bzip2End     = 0x177245385090
	bzip2Mark    = 48       // bits
	bzip2Step    = 64 << 10 // bytes read at once
	bzip2Longest = 4 << 20  // bytes that a block of 900 kB takes at most, and more
)

// bzip2Section reads bzip2 block by block. The library knows streams only, so
// that each block is given to it as a stream of one block:
//
//	BZh9 │ the block's bits, from its mark to the next one │ mark of the end │ the block's checksum
type bzip2Section struct {
	r      io.Reader
	off    int64  // of data[0]
	data   []byte // stored bytes
	eof    bool
	search bool // the first block has not been found yet
	begun  bool
	done   bool
	bit    int // in data: where the next block's mark begins

	begins int64 // of the block under way
	stream []byte
	block  io.Reader
}

var (
	errBzip2Mark = errors.New("there is no block where one must begin")
	errBzip2Long = errors.New("a block without an end")
)

func (z *bzip2Section) read(p []byte) (int, int64, error) {
	for {
		if z.done {
			return 0, 0, io.EOF
		}
		if z.block == nil {
			if err := z.next(); err != nil {
				z.done = err == io.EOF
				return 0, 0, err
			}
		}
		n, err := z.block.Read(p)
		if err == io.EOF {
			z.block, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, z.begins, err
		}
	}
}

// next makes the stream of the block that begins at z.bit.
func (z *bzip2Section) next() error {
	if !z.begun {
		z.begun = true
		if err := z.begin(); err != nil {
			return err
		}
	}
	for {
		mark, err := z.mark(z.bit)
		if err != nil {
			return err
		}
		if mark == bzip2Block {
			break
		}
		if mark != bzip2End {
			return errBzip2Mark
		}
		if err := z.streamEnd(); err != nil {
			return err
		}
	}
	end, err := z.find(z.bit+bzip2Mark, true)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if end-z.bit < bzip2Mark+32 {
		return errBzip2Mark
	}
	z.begins = z.off + int64(z.bit/8)
	z.makeStream(z.bit, end)
	z.drop(end)
	z.block = bzip2.NewReader(bytes.NewReader(z.stream))
	return nil
}

// begin finds the first block, or reads the stream's header.
func (z *bzip2Section) begin() error {
	if z.search {
		at, err := z.find(0, false)
		if err == nil {
			z.drop(at)
		}
		return err
	}
	return z.header()
}

// header reads the four letters that a stream begins with, at data[0]; io.EOF
// where there is nothing.
func (z *bzip2Section) header() error {
	if err := z.need(4); err != nil {
		return err
	}
	if len(z.data) == 0 {
		return io.EOF
	}
	if len(z.data) < 4 || string(z.data[:3]) != "BZh" || z.data[3] < '1' || z.data[3] > '9' {
		return errors.New("no bzip2 stream where one must begin")
	}
	z.bit = 32
	return nil
}

// streamEnd passes over the end of a stream and the header of the next one. The
// checksum of all blocks is known only to who reads them all.
func (z *bzip2Section) streamEnd() error {
	n := (z.bit + bzip2Mark + 32 + 7) / 8
	if err := z.need(n); err != nil {
		return err
	}
	if len(z.data) < n {
		return io.ErrUnexpectedEOF
	}
	z.drop(n * 8)
	return z.header()
}

// need reads until n bytes are there, or the file ends.
func (z *bzip2Section) need(n int) error {
	for len(z.data) < n && !z.eof {
		at := len(z.data)
		z.data = append(z.data, make([]byte, bzip2Step)...)
		k, err := z.r.Read(z.data[at:])
		z.data = z.data[:at+k]
		if err == io.EOF {
			z.eof = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// drop gives up the bytes before a bit, at which the next block begins.
func (z *bzip2Section) drop(bit int) {
	n := min(bit/8, len(z.data))
	z.data = z.data[:copy(z.data, z.data[n:])]
	z.off += int64(n)
	z.bit = bit - 8*n
}

// mark gives the 48 bits at a bit.
func (z *bzip2Section) mark(bit int) (uint64, error) {
	if err := z.need(bit/8 + 7); err != nil {
		return 0, err
	}
	if len(z.data) < bit/8+6 {
		return 0, io.ErrUnexpectedEOF
	}
	var b [8]byte
	copy(b[:], z.data[bit/8:])
	return binary.BigEndian.Uint64(b[:]) << (bit % 8) >> 16, nil
}

// find gives the bit of the first mark at or behind one; ends says whether the
// ends of streams count. What it has passed over is given up if nothing needs it.
func (z *bzip2Section) find(bit int, ends bool) (int, error) {
	from := bit / 8
	for {
		if at := findBzip2(z.data, from, bit, ends); at >= 0 {
			return at, nil
		}
		if z.eof {
			return 0, io.EOF
		}
		from = max(from, len(z.data)-7)
		if !ends { // nothing has begun
			z.drop(from * 8)
			from, bit = 0, 0
		} else if len(z.data) > bzip2Longest {
			return 0, errBzip2Long
		}
		if err := z.need(len(z.data) + 1); err != nil {
			return 0, err
		}
	}
}

// bzip2Third tells of each byte at which of the eight shifts it may be the third
// whole one of a mark: bit s stands for a mark that begins at bit s of a byte.
var bzip2Third = func() (t [256]uint8) {
	for s := range 8 {
		for _, m := range []uint64{bzip2Block, bzip2End} {
			t[byte(m>>(16+s))] |= 1 << s
		}
	}
	return t
}()

// findBzip2 gives the bit of the first mark that begins at or behind bit and in or
// behind the byte from; -1 if there is none in b.
func findBzip2(b []byte, from, bit int, ends bool) int {
	for i := from; i+6 <= len(b); i++ {
		for shifts := bzip2Third[b[min(i+3, len(b)-1)]]; shifts != 0; shifts &= shifts - 1 {
			s := bits.TrailingZeros8(shifts)
			if s > 0 && i+7 > len(b) || i*8+s < bit {
				continue
			}
			var w [8]byte
			copy(w[:], b[i:min(i+8, len(b))])
			m := binary.BigEndian.Uint64(w[:]) << s >> 16
			if m == bzip2Block || ends && m == bzip2End {
				return i*8 + s
			}
		}
	}
	return -1
}

// makeStream makes a stream of the bits of a block.
func (z *bzip2Section) makeStream(from, to int) {
	out := append(z.stream[:0], "BZh9"...)
	b, s := z.data[from/8:], from%8
	whole := (to - from) / 8
	if s == 0 {
		out = append(out, b[:whole]...)
	} else {
		for i := range whole {
			out = append(out, b[i]<<s|b[i+1]>>(8-s))
		}
	}
	// What is left of the block, the mark and the block's checksum: up to 7+48+32 bits.
	var tail [2]uint64 // 128 bits, from the highest on
	rest := (to - from) % 8
	if rest > 0 {
		last := b[whole] << s
		if s > 0 && whole+1 < len(b) {
			last |= b[whole+1] >> (8 - s)
		}
		tail[0] = uint64(last>>(8-rest)) << (64 - rest)
	}
	sum := uint64(binary.BigEndian.Uint32(out[4+6:])) // behind the block's mark
	hi := uint64(bzip2End)<<16 | sum>>16
	tail[0] |= hi >> rest
	if rest > 0 {
		tail[1] |= hi << (64 - rest)
	}
	tail[1] |= (sum & 0xffff) << 48 >> rest
	var t [16]byte
	binary.BigEndian.PutUint64(t[:], tail[0])
	binary.BigEndian.PutUint64(t[8:], tail[1])
	z.stream = append(out, t[:(rest+bzip2Mark+32+7)/8]...)
}
