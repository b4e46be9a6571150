package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"slices"

	"github.com/ulikunitz/xz/lzma"

	"github.com/glauxdb/glaux/catalog/fault"
)

// maxXZDict bounds the window that a block may need, which its decoder makes at
// once: the highest preset of xz has 64 MiB, headers may say 4 GiB.
const maxXZDict = 64 << 20

// xzHead is what a block's header says.
type xzHead struct {
	size uint64 // its own bytes
	dict int64
	want [2]uint64 // the block's stored and decoded bytes; 0: it does not say
}

// readXZHead reads the header of the block that comes next.
func readXZHead(r byteSource) (xzHead, error) {
	first, err := r.ReadByte()
	if err == nil {
		err = r.UnreadByte()
	}
	if err != nil {
		return xzHead{}, unexpected(err)
	}
	b, err := readN(r, nil, (int(first)+1)*4)
	if err != nil {
		return xzHead{}, err
	}
	return xzBlockHeader(b)
}

// window gives the dictionary that a block of no more than plain bytes of text
// needs.
func (h xzHead) window(plain int64) (int, error) {
	dict := min(h.dict, max(plain, lzma.MinDictCap))
	if dict > maxXZDict {
		return 0, fault.New(fault.CodeProgramLimit, "xz data needs a dictionary of %d bytes, more than %d", dict, maxXZDict)
	}
	return int(dict), nil
}

// xzBlockHeader takes a block's header apart (section 3.1). LZMA2 alone is known.
func xzBlockHeader(b []byte) (h xzHead, err error) {
	const lzma2, reserved = 0x21, 0x3c
	body := len(b) - crc32.Size
	if crc32.ChecksumIEEE(b[:body]) != binary.LittleEndian.Uint32(b[body:]) {
		return h, errors.New(xzBadCheck)
	}
	flags, pos := b[1], 2
	next := func() uint64 {
		v, n := binary.Uvarint(b[min(pos, body):body])
		if n <= 0 {
			err = errors.New(xzBadHeader)
		}
		pos += max(n, 0)
		return v
	}
	for i := range h.want {
		if flags&(0x40<<i) != 0 {
			h.want[i] = next()
		}
	}
	id, n := next(), next()
	switch {
	case err != nil || flags&reserved != 0:
		return h, errors.New(xzBadHeader)
	case flags&3 != 0 || id != lzma2:
		return h, fault.New(fault.CodeFeatureNotSupported, "xz filter %#x is not supported", id).WithHint("Supported: LZMA2 alone.")
	case n != 1 || pos >= body || b[pos] > maxXZDictBits:
		return h, errors.New(xzBadHeader)
	}
	h.size, h.dict = uint64(len(b)), xzDictSize(b[pos])
	return h, nil
}

// maxXZDictBits stands for a dictionary of 4 GiB less one byte.
const maxXZDictBits = 40

// xzDictSize decodes the one byte that says a dictionary's size (section 5.3.1).
func xzDictSize(bits byte) int64 { return int64(2|bits&1) << (bits/2 + 11) }

// xzCheckSizes are the bytes of the check behind a block, by its kind (section
// 2.1.1.2).
var xzCheckSizes = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

var crc64Table = crc64.MakeTable(crc64.ECMA)

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

// xzBlock is a block under way.
type xzBlock struct {
	head  xzHead
	src   *countedReader
	data  *lzma.Reader2
	check byte
	sum   hash.Hash
	size  uint64 // of the text so far
}

// open begins a block behind its header.
func (h xzHead) open(r byteSource, check byte, dict int) (*xzBlock, error) {
	b := &xzBlock{head: h, src: &countedReader{r: r}, check: check, sum: xzSum(check)}
	var err error
	b.data, err = lzma.Reader2Config{DictCap: max(dict, lzma.MinDictCap)}.NewReader2(b.src)
	return b, unexpected(err)
}

// Read implements io.Reader.
func (b *xzBlock) Read(p []byte) (int, error) {
	n, err := b.data.Read(p)
	b.size += uint64(n)
	if b.sum != nil {
		b.sum.Write(p[:n])
	}
	return n, err
}

// end checks a block whose data has ended.
func (b *xzBlock) end() (xzRecord, error) {
	rec := xzRecord{b.head.size + b.src.n, b.size}
	if b.head.want[0] != 0 && b.head.want[0] != b.src.n || b.head.want[1] != 0 && b.head.want[1] != b.size {
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

// lzma2Size walks the chunks of LZMA2 data and gives how many bytes they decode to;
// whole says that their end is there.
func lzma2Size(src []byte) (plain int64, whole bool) {
	at := 0
	for at < len(src) && src[at] != 0 {
		head, stored := 3, 0
		c := src[at]
		switch {
		case len(src)-at < 5 || c > 2 && c < 0x80:
			return plain, false
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
	return plain, at < len(src)
}
