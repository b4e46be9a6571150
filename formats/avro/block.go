package avro

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	// windowBytes is about how many decoded bytes are decoded ahead of the
	// batches; a block may be longer by itself.
	windowBytes = 2 << 20
	// maxBlock bounds a block, as stored and decoded: ranges are 32 bits, and a
	// block must fit memory.
	maxBlock = 512 << 20
)

// window holds the records of some blocks, decoded from the container but not
// from their encoding.
type window struct {
	data []byte
	segs []segment
}

// segment is what is left of a block.
type segment struct {
	rows int64
	end  int   // of its bytes in the window
	off  int64 // of the block in the file, for errors
}

// blocks brings the blocks of a split.
type blocks struct {
	f      *File
	fetch  *fetcher
	end    int64 // of the split
	anchor int64 // where the sync marker before the next block begins
	found  bool  // anchor is set
	count  bool  // nothing but the number of records is wanted
	mem    *formats.Charge
	stored int // of the longest block so far, which mem counts
}

func (f *File) openBlocks(split store.Range, eager, count bool, o *formats.Overlap) *blocks {
	b := &blocks{f: f, end: split.Off + split.Len, count: count}
	from := int64(0)
	if first := f.head.size - syncSize; split.Off <= first {
		b.anchor, b.found, from = first, true, f.head.size
	}
	b.fetch = newFetcher(f, split, from, eager, o)
	return b
}

// sync finds the first sync marker that begins in the split; false if there is
// none.
func (b *blocks) sync(ctx context.Context) (bool, error) {
	for {
		off := b.fetch.offset()
		if off >= b.end {
			return false, nil
		}
		// A marker may begin with the split's last byte.
		buf, err := b.fetch.peek(ctx, int(min(64<<10, b.end-off+syncSize-1)))
		if err != nil {
			return false, err
		}
		if i := bytes.Index(buf, b.f.head.sync[:]); i >= 0 {
			b.anchor, b.found = off+int64(i), true
			b.fetch.take(i + syncSize)
			b.fetch.lane.Settle()
			return b.anchor < b.end, nil
		}
		if len(buf) < syncSize || off+int64(len(buf)) >= b.f.info.Size {
			return false, nil
		}
		b.fetch.take(len(buf) - syncSize + 1)
	}
}

// next appends the next block's records to the window; false behind the
// split's last one.
func (b *blocks) next(ctx context.Context, w *window) (bool, error) {
	if !b.found {
		if ok, err := b.sync(ctx); err != nil || !ok {
			return false, err
		}
	}
	off := b.fetch.offset()
	if b.anchor >= b.end || off >= b.f.info.Size {
		return false, nil
	}
	rows, size, err := b.blockHeader(ctx, off)
	if err != nil {
		return false, err
	}
	if err := b.mem.Grow(b.stored, size); err != nil {
		return false, err
	}
	b.stored = max(b.stored, size)
	buf, err := b.fetch.peek(ctx, size+syncSize)
	if err != nil {
		return false, err
	}
	if len(buf) < size+syncSize || !bytes.Equal(buf[size:size+syncSize], b.f.head.sync[:]) {
		return false, b.f.corrupt(off, "the block does not end with the file's sync marker")
	}
	if err := b.decode(w, rows, buf[:size], off); err != nil {
		return false, err
	}
	b.anchor = b.fetch.offset() + int64(size)
	b.fetch.take(size + syncSize)
	return true, nil
}

// blockHeader reads a block's number of records and size.
func (b *blocks) blockHeader(ctx context.Context, off int64) (rows int64, size int, err error) {
	head, err := b.fetch.peek(ctx, 2*binary.MaxVarintLen64)
	if err != nil {
		return 0, 0, err
	}
	rows, pos := long(head, 0)
	n := int64(-1)
	if pos >= 0 {
		n, pos = long(head, pos)
	}
	if pos < 0 || rows < 0 || n < 0 || n > b.f.info.Size-off {
		return 0, 0, b.f.corrupt(off, "the block's header is invalid")
	}
	if n > maxBlock {
		return 0, 0, fault.New(fault.CodeProgramLimit, "an Avro block of %d bytes is longer than %d", n, maxBlock).In(b.f.url)
	}
	b.fetch.take(pos)
	return rows, int(n), nil
}

// decode decompresses a block into the window.
func (b *blocks) decode(w *window, rows int64, data []byte, off int64) error {
	if b.count {
		w.segs = append(w.segs, segment{rows: rows, off: off})
		return nil
	}
	at := len(w.data)
	var sum []byte
	if b.f.head.codec == codec.Snappy {
		if len(data) < 4 {
			return b.f.corrupt(off, "the block is too short for its checksum")
		}
		data, sum = data[:len(data)-4], data[len(data)-4:]
	}
	var err error
	room := codec.Room{Limit: maxBlock}
	if b.mem != nil {
		room.Grow = b.mem.Grow
	}
	if w.data, err = room.Append(b.f.head.codec, w.data, data); err != nil {
		return b.f.fail(off, err)
	}
	plain := w.data[at:]
	if sum != nil && crc32.ChecksumIEEE(plain) != binary.BigEndian.Uint32(sum) {
		return b.f.corrupt(off, "the block's checksum is wrong")
	}
	if least := b.f.head.schema.min; least > 0 && rows > int64(len(plain))/least {
		return b.f.corrupt(off, "the block of %d bytes cannot hold %d records", len(plain), rows)
	}
	w.segs = append(w.segs, segment{rows: rows, end: len(w.data), off: off})
	return nil
}

// corrupt makes the error for bad data in the block at an offset.
func (f *File) corrupt(off int64, format string, args ...any) error {
	return fault.Corrupt(f.url, "corrupt Avro data: "+format, args...).WithDetail("The block begins at byte %d.", off)
}

// fail puts file and block into an error.
func (f *File) fail(off int64, err error) error {
	e := *fault.As(err)
	out := e.In(f.url)
	if out.Code == fault.CodeDataCorrupted && out.Detail == "" {
		out.WithDetail("The block begins at byte %d.", off)
	}
	return out
}
