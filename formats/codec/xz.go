package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxXZDict bounds the window that an xz block may need, which its decoder
// makes at once: the highest preset of xz has 64 MiB, headers may say 4 GiB.
const maxXZDict = 64 << 20

// xzStream takes an xz stream apart (The .xz File Format 1.2.1). The container
// is read here and not by the library, which makes the dictionary that a block's
// header asks for: that of the writer's preset, 8 MiB and more for every block
// of a few KiB, and 4 GiB if the header says so.
type xzStream struct {
	src     []byte
	at      int
	check   byte // the kind of check behind each block
	dst     []byte
	base    int // of dst: where this stream's bytes begin
	room    Room
	records []xzRecord
}

// xzRecord is what the index has of a block.
type xzRecord struct{ unpadded, plain uint64 }

// What may be wrong with a stream. Each error is made anew: callers add its place.
const (
	xzShort     = "the data ends too early"
	xzBadHeader = "a header is invalid"
	xzBadIndex  = "the index is not that of the blocks"
	xzBadCheck  = "a checksum is wrong"
)

// appendXZ decodes one xz stream and checks its checksums.
func (r Room) appendXZ(dst, src []byte) ([]byte, error) {
	s := &xzStream{src: src, dst: dst, base: len(dst), room: r}
	err := s.header()
	for err == nil && s.at < len(src) && src[s.at] != 0 {
		err = s.block()
	}
	if err == nil {
		err = s.index()
	}
	if err != nil {
		return dst[:s.base], err
	}
	return s.dst, nil
}

// take gives the next n bytes.
func (s *xzStream) take(n int) ([]byte, error) {
	if n < 0 || n > len(s.src)-s.at {
		return nil, corruptf(XZ, xzShort)
	}
	s.at += n
	return s.src[s.at-n : s.at], nil
}

// header reads a stream's header (section 2.1.1).
func (s *xzStream) header() error {
	const magic = "\xfd7zXZ\x00"
	b, err := s.take(12)
	if err != nil {
		return err
	}
	if string(b[:6]) != magic || b[6] != 0 || b[7] > 15 || crc32.ChecksumIEEE(b[6:8]) != binary.LittleEndian.Uint32(b[8:]) {
		return corruptf(XZ, xzBadHeader)
	}
	s.check = b[7]
	return nil
}

// xzCheckSizes are the bytes of the check behind a block, by its kind (section
// 2.1.1.2).
var xzCheckSizes = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

// block decodes a block (section 3).
func (s *xzStream) block() error {
	from := s.at
	size := (int(s.src[from]) + 1) * 4
	head, err := s.take(size)
	if err != nil {
		return err
	}
	dict, sizes, err := xzBlockHeader(head)
	if err != nil {
		return err
	}
	packed, plain, whole := lzma2Size(s.src[s.at:])
	switch {
	case !whole:
		return corruptf(XZ, xzShort)
	case plain > int64(s.room.Limit-(len(s.dst)-s.base)):
		return tooLong(XZ, s.room.Limit)
	case sizes[0] != 0 && sizes[0] != uint64(packed), sizes[1] != 0 && sizes[1] != uint64(plain):
		return corruptf(XZ, xzBadHeader)
	}
	if dict = min(dict, max(plain, lzma.MinDictCap)); dict > maxXZDict {
		return fault.New(fault.CodeProgramLimit, "xz data needs a dictionary of %d bytes, more than %d", dict, maxXZDict)
	}
	data, _ := s.take(packed)
	if err := s.decode(data, int(dict), int(plain)); err != nil {
		return err
	}
	sum, err := s.ending(packed)
	if err != nil {
		return err
	}
	s.records = append(s.records, xzRecord{uint64(size + packed + len(sum)), uint64(plain)})
	return s.verify(s.dst[len(s.dst)-int(plain):], sum)
}

// decode appends the n bytes of LZMA2 data.
func (s *xzStream) decode(data []byte, dict, n int) error {
	d, err := lzma.Reader2Config{DictCap: dict}.NewReader2(bytes.NewReader(data))
	if err != nil {
		return corrupt(XZ, err)
	}
	if s.dst, err = s.room.grown(s.dst, n); err != nil {
		return err
	}
	at := len(s.dst)
	s.dst = s.dst[:at+n]
	if _, err = io.ReadFull(d, s.dst[at:]); err == nil {
		if k, end := d.Read(make([]byte, 1)); k != 0 || end != io.EOF {
			return corruptf(XZ, xzBadHeader)
		}
	}
	if err != nil {
		return corrupt(XZ, err)
	}
	return nil
}

// ending reads what is behind a block's data: zeros up to a multiple of four
// bytes, and the check.
func (s *xzStream) ending(packed int) ([]byte, error) {
	pad, err := s.take(-packed & 3)
	if err != nil {
		return nil, err
	}
	for _, b := range pad {
		if b != 0 {
			return nil, corruptf(XZ, xzBadHeader)
		}
	}
	return s.take(xzCheckSizes[s.check])
}

var crc64Table = crc64.MakeTable(crc64.ECMA)

// verify compares decoded bytes with their check; kinds that the specification
// keeps for later are passed over, as it allows.
func (s *xzStream) verify(plain, sum []byte) error {
	ok := true
	switch s.check {
	case 1:
		ok = crc32.ChecksumIEEE(plain) == binary.LittleEndian.Uint32(sum)
	case 4:
		ok = crc64.Checksum(plain, crc64Table) == binary.LittleEndian.Uint64(sum)
	case 10:
		have := sha256.Sum256(plain)
		ok = bytes.Equal(have[:], sum)
	}
	if !ok {
		return corruptf(XZ, xzBadCheck)
	}
	return nil
}

// index reads the index and the stream's footer (sections 4 and 2.1.2).
func (s *xzStream) index() error {
	from := s.at
	if s.at++; s.at > len(s.src) {
		return corruptf(XZ, xzShort)
	}
	next := func() (v uint64) {
		v, n := binary.Uvarint(s.src[min(s.at, len(s.src)):])
		if n <= 0 {
			n, s.at = 0, len(s.src)+1
		}
		s.at += n
		return v
	}
	if next() != uint64(len(s.records)) {
		return corruptf(XZ, xzBadIndex)
	}
	for _, r := range s.records {
		if next() != r.unpadded || next() != r.plain {
			return corruptf(XZ, xzBadIndex)
		}
	}
	for s.at < len(s.src) && (s.at-from)&3 != 0 {
		if s.at++; s.src[s.at-1] != 0 {
			return corruptf(XZ, xzBadIndex)
		}
	}
	end := min(s.at, len(s.src))
	tail, err := s.take(16) // the index' checksum and the footer
	switch {
	case err != nil:
		return err
	case crc32.ChecksumIEEE(s.src[from:end]) != binary.LittleEndian.Uint32(tail), crc32.ChecksumIEEE(tail[8:14]) != binary.LittleEndian.Uint32(tail[4:]):
		return corruptf(XZ, xzBadCheck)
	case (int64(binary.LittleEndian.Uint32(tail[8:]))+1)*4 != int64(end-from+4), tail[12] != 0, tail[13] != s.check, string(tail[14:]) != "YZ":
		return corruptf(XZ, xzBadIndex)
	case s.at != len(s.src):
		return corruptf(XZ, "there are bytes behind its end")
	}
	return nil
}

// xzBlockHeader reads a block's header (section 3.1): the size of its
// dictionary, and its stored and decoded bytes if it says so. LZMA2 alone is
// known.
func xzBlockHeader(b []byte) (dict int64, sizes [2]uint64, err error) {
	const lzma2, reserved = 0x21, 0x3c
	body := len(b) - crc32.Size
	if crc32.ChecksumIEEE(b[:body]) != binary.LittleEndian.Uint32(b[body:]) {
		return 0, sizes, corruptf(XZ, xzBadCheck)
	}
	flags, pos := b[1], 2
	next := func() uint64 {
		v, n := binary.Uvarint(b[min(pos, body):body])
		if n <= 0 {
			err = corruptf(XZ, xzBadHeader)
		}
		pos += max(n, 0)
		return v
	}
	for i := range sizes {
		if flags&(0x40<<i) != 0 {
			sizes[i] = next()
		}
	}
	id, n := next(), next()
	switch {
	case err != nil || flags&reserved != 0:
		return 0, sizes, corruptf(XZ, xzBadHeader)
	case flags&3 != 0 || id != lzma2:
		return 0, sizes, fault.New(fault.CodeFeatureNotSupported, "xz filter %#x is not supported", id).WithHint("Supported: LZMA2 alone.")
	case n != 1 || pos >= body || b[pos] > maxXZDictBits:
		return 0, sizes, corruptf(XZ, xzBadHeader)
	}
	return xzDictSize(b[pos]), sizes, nil
}

// maxXZDictBits stands for a dictionary of 4 GiB less one byte.
const maxXZDictBits = 40

// xzDictSize decodes the one byte that says a dictionary's size (section 5.3.1).
func xzDictSize(bits byte) int64 { return int64(2|bits&1) << (bits/2 + 11) }

// lzma2Size walks the chunks of LZMA2 data and gives how many bytes they have
// stored and decoded; whole says that their end is there.
func lzma2Size(src []byte) (packed int, plain int64, whole bool) {
	at := 0
	for at < len(src) && src[at] != 0 {
		head, stored := 3, 0
		c := src[at]
		switch {
		case len(src)-at < 5 || c > 2 && c < 0x80:
			return at, plain, false
		case c <= 2: // stored as it is
			stored = int(binary.BigEndian.Uint16(src[at+1:])) + 1
			plain += int64(stored)
		default: // LZMA, from 0xc0 on with properties
			plain += int64(c&0x1f)<<16 + int64(binary.BigEndian.Uint16(src[at+1:])) + 1
			head, stored = 5, int(binary.BigEndian.Uint16(src[at+3:]))+1
			if c >= 0xc0 {
				head++
			}
		}
		at += head + stored
	}
	return at + 1, plain, at < len(src)
}
