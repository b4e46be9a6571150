package codec

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"

	"github.com/glauxdb/glaux/catalog/fault"
)

// xzMagic begins a stream.
const xzMagic = "\xfd7zXZ\x00"

// xzEdge is the length of a stream's header, and of its footer.
const xzEdge = 12

// xzReader reads xz streams (The .xz File Format 1.2.1, section 2: any number of
// them, with padding) as they come, and checks all that their checksums and
// indexes say. What xzStream has in memory it meets piece by piece.
//
//	header │ block: header, LZMA2, padding, check │ ... │ index │ footer
type xzReader struct {
	r      *bufio.Reader
	check  byte // the kind of check of this stream's blocks
	blocks []xzRecord
	block  *xzBlock
	begun  bool
	done   bool
	held   held
}

// xzBlock is a block under way.
type xzBlock struct {
	src    *countedReader
	header uint64 // its bytes
	data   *lzma.Reader2
	sum    hash.Hash
	size   uint64    // of the text so far
	want   [2]uint64 // what the header says of its stored and decoded bytes; 0: nothing
	check  byte
}

// countedReader counts what is read. It is a ByteReader, so that the decoder
// reads no more than it needs.
type countedReader struct {
	r *bufio.Reader
	n uint64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	return n, err
}

func (c *countedReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// Read implements io.Reader.
func (x *xzReader) Read(p []byte) (int, error) {
	for len(p) > 0 && !x.done {
		if x.block == nil {
			if err := x.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.read(p)
		if err == io.EOF {
			err = x.endBlock()
		}
		if n > 0 || err != nil {
			return n, unexpected(err)
		}
	}
	if x.done {
		return 0, io.EOF
	}
	return 0, nil
}

// next goes on to the next block, over the ends and beginnings of streams.
func (x *xzReader) next() error {
	if !x.begun {
		return x.begin()
	}
	first, err := x.r.Peek(1)
	if err != nil {
		return unexpected(err)
	}
	if first[0] != 0 {
		x.block, err = newXZBlock(x.r, x.check, &x.held)
		return err
	}
	if err := x.index(); err != nil {
		return unexpected(err)
	}
	x.begun = false
	for {
		pad, err := x.r.Peek(4)
		switch {
		case len(pad) == 0 && err == io.EOF:
			x.done = true
			return nil
		case err != nil:
			return unexpected(err)
		case binary.LittleEndian.Uint32(pad) != 0:
			return nil
		}
		_, _ = x.r.Discard(4)
	}
}

// begin reads a stream's header. Nothing at all is a stream without blocks.
func (x *xzReader) begin() error {
	var h [xzEdge]byte
	n, err := io.ReadFull(x.r, h[:])
	if n == 0 && err == io.EOF {
		x.done = true
		return nil
	}
	if err != nil {
		return unexpected(err)
	}
	if x.check, err = xzCheckOf(h[:]); err != nil {
		return err
	}
	x.begun, x.blocks = true, x.blocks[:0]
	return nil
}

// xzCheckOf gives the check that a stream's header names.
func xzCheckOf(h []byte) (byte, error) {
	if string(h[:6]) != xzMagic || h[6] != 0 || h[7]&0xf0 != 0 || crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return 0, errors.New(xzBadHeader)
	}
	return h[7], nil
}

// xzSum makes the check of a kind; nil for none, and for those that the
// specification keeps for later.
func xzSum(kind byte) hash.Hash {
	switch kind {
	case 1:
		return crc32.NewIEEE()
	case 4:
		return crc64.New(crc64Table)
	case 10:
		return sha256.New()
	}
	return nil
}

func refuse(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeFeatureNotSupported, format, args...)
}

// newXZBlock reads a block's header.
func newXZBlock(r *bufio.Reader, check byte, held *held) (*xzBlock, error) {
	first, err := r.Peek(1)
	if err != nil {
		return nil, unexpected(err)
	}
	h, err := readN(r, nil, (int(first[0])+1)*4)
	if err != nil {
		return nil, err
	}
	dict, want, err := xzBlockHeader(h)
	if err != nil {
		return nil, err
	}
	if want[1] > 0 {
		dict = min(dict, int64(min(want[1], 1<<62)))
	}
	if dict > maxXZDict {
		return nil, fault.New(fault.CodeProgramLimit, "xz data needs a dictionary of %d bytes, more than %d", dict, maxXZDict)
	}
	if err := held.to(dict); err != nil {
		return nil, err
	}
	b := &xzBlock{src: &countedReader{r: r}, header: uint64(len(h)), want: want, check: check, sum: xzSum(check)}
	b.data, err = lzma.Reader2Config{DictCap: max(int(dict), lzma.MinDictCap)}.NewReader2(b.src)
	return b, unexpected(err)
}

func (b *xzBlock) read(p []byte) (int, error) {
	n, err := b.data.Read(p)
	b.size += uint64(n)
	if b.sum != nil {
		b.sum.Write(p[:n])
	}
	return n, err
}

// end checks a block whose data has ended.
func (b *xzBlock) end() (xzRecord, error) {
	rec := xzRecord{b.header + b.src.n, b.size}
	if b.want[0] != 0 && b.want[0] != b.src.n || b.want[1] != 0 && b.want[1] != b.size {
		return rec, errors.New(xzBadHeader)
	}
	pad, n := int(-b.src.n&3), xzCheckSizes[b.check]
	tail, err := readN(b.src.r, nil, pad+n)
	if err != nil {
		return rec, err
	}
	for _, p := range tail[:pad] {
		if p != 0 {
			return rec, errors.New(xzBadHeader)
		}
	}
	rec.unpadded += uint64(n)
	if b.sum == nil {
		return rec, nil
	}
	got := b.sum.Sum(nil)
	if n < sha256.Size { // the CRCs stand with their least byte first
		slices.Reverse(got)
	}
	if !bytes.Equal(got, tail[pad:]) {
		return rec, errors.New(xzBadCheck)
	}
	return rec, nil
}

func (x *xzReader) endBlock() error {
	s, err := x.block.end()
	x.block = nil
	x.blocks = append(x.blocks, s)
	return err
}

// index reads the index and the footer behind it (sections 4 and 2.1.2), and
// compares it with the blocks that were read.
func (x *xzReader) index() error {
	sum := crc32.NewIEEE()
	src := &countedReader{r: x.r}
	in := &summedReader{src, sum}
	_, _ = in.ReadByte() // the zero that brought us here
	n, err := binary.ReadUvarint(in)
	if err == nil && n != uint64(len(x.blocks)) {
		err = errors.New(xzBadIndex)
	}
	for i := 0; err == nil && i < len(x.blocks); i++ {
		var s xzRecord
		if s.unpadded, err = binary.ReadUvarint(in); err == nil {
			s.plain, err = binary.ReadUvarint(in)
		}
		if err == nil && s != x.blocks[i] {
			err = errors.New(xzBadIndex)
		}
	}
	for err == nil && src.n&3 != 0 {
		var b byte
		if b, err = in.ReadByte(); err == nil && b != 0 {
			err = errors.New(xzBadIndex)
		}
	}
	if err != nil {
		return err
	}
	size := src.n + 4
	var end [4 + xzEdge]byte
	if _, err := io.ReadFull(x.r, end[:]); err != nil {
		return err
	}
	foot := end[4:]
	if binary.LittleEndian.Uint32(end[:]) != sum.Sum32() || !xzFooter(foot, x.check) || uint64(binary.LittleEndian.Uint32(foot[4:])+1)*4 != size {
		return errors.New(xzBadIndex)
	}
	return nil
}

// xzFooter checks a stream's footer, but for the size of the index that it says.
func xzFooter(f []byte, check byte) bool {
	return string(f[10:12]) == "YZ" && f[8] == 0 && f[9] == check && crc32.ChecksumIEEE(f[4:10]) == binary.LittleEndian.Uint32(f)
}

// summedReader is a ByteReader that sums what it reads.
type summedReader struct {
	r   *countedReader
	sum hash.Hash32
}

func (s *summedReader) ReadByte() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.sum.Write([]byte{b})
	}
	return b, err
}
