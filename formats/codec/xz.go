package codec

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
)

// xzMagic begins a stream.
const xzMagic = "\xfd7zXZ\x00"

// xzEdge is the length of a stream's header, and of its footer.
const xzEdge = 12

// What may be wrong with a stream.
const (
	xzBadHeader = "a header is invalid"
	xzBadIndex  = "the index is not that of the blocks"
	xzBadCheck  = "a checksum is wrong"
)

// xzStream takes an xz stream apart (The .xz File Format 1.2.1) and checks all
// that its checksums and its index say. The container is read here and not by
// the library, which makes the dictionary that a block's header asks for: that of
// the writer's preset, 8 MiB and more for every block of a few KiB, and 4 GiB if
// the header says so.
//
//	header │ block: header, LZMA2, padding, check │ ... │ index │ footer
//
// How large a block's dictionary may become is the callers' to say, who know what
// they may take: xzReader and Room.appendXZ.
type xzStream struct {
	r      byteSource
	check  byte // the kind of check behind each block
	blocks []xzRecord
}

// byteSource is what containers are read from: buffered, or in memory.
type byteSource interface {
	io.Reader
	io.ByteScanner
}

// xzRecord is what the index has of a block.
type xzRecord struct{ unpadded, plain uint64 }

// begin reads a stream's header (section 2.1.1). io.EOF: there is nothing at all.
func (x *xzStream) begin() error {
	var h [xzEdge]byte
	if _, err := io.ReadFull(x.r, h[:]); err != nil {
		return err
	}
	if string(h[:6]) != xzMagic || h[6] != 0 || h[7]&0xf0 != 0 || crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return errors.New(xzBadHeader)
	}
	x.check, x.blocks = h[7], x.blocks[:0]
	return nil
}

// more reports whether a block comes next, and not the index.
func (x *xzStream) more() (bool, error) {
	first, err := x.r.ReadByte()
	if err != nil {
		return false, unexpected(err)
	}
	return first != 0, x.r.UnreadByte()
}

// endBlock checks a block whose data has ended.
func (x *xzStream) endBlock(b *xzBlock) error {
	rec, err := b.end()
	x.blocks = append(x.blocks, rec)
	return err
}

// index reads the index and the footer behind it (sections 4 and 2.1.2), and
// compares it with the blocks that were read.
func (x *xzStream) index() error {
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
		return unexpected(err)
	}
	size := src.n + 4
	var end [4 + xzEdge]byte
	if _, err := io.ReadFull(x.r, end[:]); err != nil {
		return unexpected(err)
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

// countedReader counts what is read. It is a ByteReader, so that the decoder
// reads no more than it needs.
type countedReader struct {
	r byteSource
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
