package codec

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"iter"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Division says that a compressed file may be read from the middle, because it
// consists of blocks that can be decoded alone.
//
//	gzip    the blocks of bgzip, which have their length in an extra field
//	bzip2   any file: blocks begin with a mark, at any bit
//	zstd    frames that the table of the seekable format lists
//	xz      blocks that the index lists
type Division struct {
	codec  Codec
	blocks []block // of zstd and xz; the others are found on the way
	check  byte    // of xz
}

// block is one of a table: where it begins, what it is long and what it holds.
type block struct{ at, stored, text int64 }

// Codec gives the stream's codec.
func (d *Division) Codec() Codec { return d.codec }

// Blocks gives how many blocks the stream's own table lists; 0 if they are found
// on the way.
func (d *Division) Blocks() int { return len(d.blocks) }

// Begins gives the stored offsets of the blocks that the stream's table lists.
func (d *Division) Begins() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, b := range d.blocks {
			if !yield(b.at) {
				return
			}
		}
	}
}

// Offset gives where the text of a block that begins at a stored offset begins;
// -1: nobody knows.
func (d *Division) Offset(at int64) int64 {
	text := int64(0)
	for _, b := range d.blocks {
		if b.at == at {
			return text
		}
		text += b.text
	}
	return -1
}

// DivideHead looks at the beginning of a gzip or bzip2 stream; nil if it is not
// divided. 64 bytes are enough.
func DivideHead(head []byte) *Division {
	switch {
	case isBGZF(head):
		return &Division{codec: Gzip}
	case Detect(head) == Bzip2:
		return &Division{codec: Bzip2}
	}
	return nil
}

// DivideTail looks for the table at the end of a zstd or xz stream of size bytes;
// nil if there is none, if it is not whole in tail, or if it lists one block.
func DivideTail(c Codec, tail []byte, size int64) *Division {
	var d *Division
	switch c {
	case Zstd:
		d = zstdTable(tail, size)
	case XZ:
		d = xzTable(tail, size)
	}
	if d == nil || len(d.blocks) < 2 {
		return nil
	}
	d.codec = c
	return d
}

// Section reads the blocks of a divided stream, from the first one that begins
// where its source does or behind, to the stream's end. Not safe for concurrent
// use.
type Section struct {
	codec Codec
	src   *sourceReader
	from  sectionSource
	at    int64
}

// sectionSource is a way to divide a stream. read gives text of one block, and
// where it begins; io.EOF comes without text.
type sectionSource interface {
	read(p []byte) (n int, at int64, err error)
}

// NewSection makes a Section over r, which gives the stream's bytes from a stored
// offset on. hold may be nil; see NewReaderWithin.
func (d *Division) NewSection(r io.Reader, off int64, hold Hold) *Section {
	s := &Section{codec: d.codec, src: &sourceReader{r: r}, at: -1}
	switch d.codec {
	case Gzip:
		s.from = &bgzfSection{r: bufio.NewReaderSize(s.src, 256<<10), off: off, search: off > 0}
	case Bzip2:
		s.from = &bzip2Section{r: s.src, off: off, search: off > 0}
	case Zstd, XZ:
		i, _ := slices.BinarySearchFunc(d.blocks, off, func(b block, at int64) int { return int(min(max(b.at-at, -1), 1)) })
		s.from = &tableSection{d: d, r: bufio.NewReaderSize(s.src, 64<<10), off: off, next: i, held: held{ask: hold}}
	}
	return s
}

// Read gives text, never of two blocks at once. Bad data is XX001.
func (s *Section) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, at, err := s.from.read(p)
	if n > 0 {
		s.at = at
	}
	if err != nil && err != io.EOF {
		err = (&reader{codec: s.codec, src: s.src}).fail(err)
	}
	return n, err
}

// At gives the stored offset at which the block begins whose text Read gave last;
// -1 before.
func (s *Section) At() int64 { return s.at }

// tableSection reads blocks that a table lists.
type tableSection struct {
	d    *Division
	r    *bufio.Reader
	off  int64 // of what r gives next
	next int   // the block to open next
	left int64 // text of the open block that is still to come
	open io.Reader
	zstd *zstd.Decoder
	held held
}

func (t *tableSection) read(p []byte) (int, int64, error) {
	for {
		if t.open == nil {
			if t.next == len(t.d.blocks) {
				t.close()
				return 0, 0, io.EOF
			}
			if err := t.begin(t.d.blocks[t.next]); err != nil {
				return 0, 0, err
			}
			t.next++
		}
		b := t.d.blocks[t.next-1]
		n, err := t.open.Read(p[:min(int64(len(p)), t.left+1)])
		t.left -= int64(n)
		if err == io.EOF {
			err = t.end(b)
		}
		if t.left < 0 && err == nil {
			err = errTable
		}
		if err != nil {
			t.close()
			return 0, 0, err
		}
		if n > 0 {
			return n, b.at, nil
		}
	}
}

// errTable is a block that is not as its table says.
var errTable = errors.New("a block is not as long as the table of blocks says")

func (t *tableSection) begin(b block) error {
	if _, err := io.CopyN(io.Discard, t.r, b.at-t.off); err != nil {
		return unexpected(err)
	}
	t.off, t.left = b.at, b.text
	if t.d.codec == XZ {
		x, err := newXZBlock(t.r, t.d.check, &t.held)
		if err != nil {
			return err
		}
		t.open = x
		return nil
	}
	frame := io.LimitReader(t.r, b.stored)
	if t.zstd == nil {
		d, err := newZstd(frame, t.r, &t.held)
		t.open, t.zstd = d, d
		return err
	}
	t.open = t.zstd
	return t.zstd.Reset(frame)
}

// end checks a block of which everything was read.
func (t *tableSection) end(b block) error {
	stored := b.stored
	if x, ok := t.open.(*xzBlock); ok {
		rec, err := x.end()
		if err != nil {
			return err
		}
		stored = int64(rec.unpadded+3) &^ 3
	}
	t.open = nil
	t.off += stored
	if t.left != 0 || stored != b.stored {
		return errTable
	}
	return nil
}

func (t *tableSection) close() {
	if t.zstd != nil {
		t.zstd.Close()
		t.zstd = nil
	}
}

// The seekable format of zstd (contrib/seekable_format/zstd_seekable_compression_format.md).
const (
	seekableMagic  = 0x8F92EAB1
	seekableFrame  = 0x184D2A5E
	seekableFooter = 9
	seekableHeader = 8
)

func zstdTable(tail []byte, size int64) *Division {
	n := len(tail)
	if n < seekableFooter+seekableHeader || binary.LittleEndian.Uint32(tail[n-4:]) != seekableMagic {
		return nil
	}
	frames, entry := int64(binary.LittleEndian.Uint32(tail[n-9:])), int64(8)
	if tail[n-5]&0x80 != 0 { // with checksums
		entry = 12
	}
	body := frames*entry + seekableFooter
	if tail[n-5]&0x7c != 0 || body+seekableHeader > int64(n) {
		return nil
	}
	table := tail[int64(n)-body-seekableHeader:]
	if binary.LittleEndian.Uint32(table) != seekableFrame || int64(binary.LittleEndian.Uint32(table[4:])) != body {
		return nil
	}
	table = table[seekableHeader:]
	d, at := &Division{}, int64(0)
	for range frames {
		b := block{at, int64(binary.LittleEndian.Uint32(table)), int64(binary.LittleEndian.Uint32(table[4:]))}
		at += b.stored
		table = table[entry:]
		d.blocks = append(d.blocks, b)
	}
	if at+body+seekableHeader != size {
		return nil
	}
	return d
}

// xzTable reads the index of a file of one stream.
func xzTable(tail []byte, size int64) *Division {
	n := len(tail)
	if n < xzEdge {
		return nil
	}
	foot := tail[n-xzEdge:]
	if !xzFooter(foot, foot[9]) {
		return nil
	}
	index := (int64(binary.LittleEndian.Uint32(foot[4:])) + 1) * 4
	if index+xzEdge > int64(n) {
		return nil
	}
	b := tail[int64(n)-xzEdge-index : n-xzEdge]
	body := b[:len(b)-crc32.Size]
	if len(body) == 0 || body[0] != 0 || crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(b[len(body):]) {
		return nil
	}
	r := bytes.NewReader(body[1:])
	count, err := binary.ReadUvarint(r)
	if err != nil || count > uint64(len(body)) {
		return nil
	}
	d, at := &Division{check: foot[9] & 15}, int64(xzEdge)
	for range count {
		stored, err := binary.ReadUvarint(r)
		text, err2 := binary.ReadUvarint(r)
		if err != nil || err2 != nil || stored > uint64(size) || text > 1<<62 {
			return nil
		}
		d.blocks = append(d.blocks, block{at, int64(stored+3) &^ 3, int64(text)})
		at += int64(stored+3) &^ 3
	}
	if at+index+xzEdge != size { // there are other streams, or padding
		return nil
	}
	return d
}
