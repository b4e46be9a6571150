package spill

import (
	"context"
	"encoding/binary"
	"io"
	"os"

	"github.com/klauspost/compress/s2"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// Part is a file that has been written. Safe for concurrent use.
type Part struct {
	f     *Files
	types []types.Type
	path  string
	bytes int64
	rows  []int64
	at    []location
}

// Rows counts the rows.
func (p *Part) Rows() int64 {
	var n int64
	for _, r := range p.rows {
		n += r
	}
	return n
}

// Bytes is the file's size.
func (p *Part) Bytes() int64 { return p.bytes }

// Memory is what the rows take in memory, about.
func (p *Part) Memory() int64 {
	var n int64
	for _, l := range p.at {
		n += l.raw
	}
	return n
}

// Sections counts the sections: one more than there were Cuts.
func (p *Part) Sections() int { return len(p.rows) }

// SectionRows and SectionMemory are Rows and Memory of one section.
func (p *Part) SectionRows(i int) int64 { return p.rows[i] }

// SectionMemory is what a section's rows take in memory, about.
func (p *Part) SectionMemory(i int) int64 { return p.at[i].raw }

// Remove removes the file. Readers that are open may go on.
func (p *Part) Remove() {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	if _, ok := p.f.parts[p]; ok {
		delete(p.f.parts, p)
		p.remove()
	}
}

func (p *Part) remove() {
	os.Remove(p.path)
	p.f.dir.used.Add(-p.bytes)
}

// Open reads all sections, one after the other. It reserves the memory of a block.
func (p *Part) Open() (*Reader, error) { return p.open(p.at) }

// OpenSection reads one section.
func (p *Part) OpenSection(i int) (*Reader, error) { return p.open(p.at[i : i+1]) }

func (p *Part) open(at []location) (*Reader, error) {
	r := &Reader{f: p.f, types: p.types, path: p.path}
	for _, l := range at {
		if l.blocks == 0 {
			continue
		}
		if r.left == 0 {
			r.off = l.off
		}
		r.left += l.bytes // sections lie one behind the other
		r.most = max(r.most, l.most)
	}
	if r.left == 0 {
		return r, nil
	}
	if err := p.f.reserve(r.most); err != nil {
		return nil, err
	}
	var err error
	if r.file, err = os.Open(p.path); err != nil {
		p.f.release(r.most)
		return nil, p.f.dir.failed("open a spill file", err)
	}
	return r, nil
}

// Reader reads blocks in the order in which they were written. Used by one
// goroutine.
type Reader struct {
	f     *Files
	types []types.Type
	path  string
	file  *os.File
	off   int64
	left  int64
	most  int64 // bytes of the largest block
	buf   buffer
	cols  []*vector.Vector
}

// Next makes b the rows of the next block: flat columns, no selection, valid until
// the next call. io.EOF ends.
func (r *Reader) Next(ctx context.Context, b *vector.Batch) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.left == 0 {
		return io.EOF
	}
	rows, raw, err := r.load()
	if err != nil {
		return err
	}
	if r.cols == nil {
		r.cols = make([]*vector.Vector, len(r.types))
		for i := range r.cols {
			r.cols[i] = &vector.Vector{}
		}
	}
	if err := decode(raw, r.types, rows, r.cols); err != nil {
		return r.corrupt(err.Error())
	}
	b.N, b.Sel, b.Cols = rows, nil, append(b.Cols[:0], r.cols...)
	return nil
}

// load reads a block and checks it.
func (r *Reader) load() (rows int, raw []byte, err error) {
	var head [headerSize]byte
	if r.left < headerSize {
		return 0, nil, r.corrupt("a block's header is cut off")
	}
	if err := r.read(head[:], r.off); err != nil {
		return 0, nil, err
	}
	rows = int(binary.LittleEndian.Uint32(head[4:]))
	size, stored := int64(binary.LittleEndian.Uint32(head[8:])), int64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint32(head[:]) != magic || size > r.most || stored > size || stored > r.left-headerSize || rows > blockRows {
		return 0, nil, r.corrupt("a block's header is damaged")
	}
	packed, _ := r.f.scratch.Get().(*buffer)
	if packed == nil {
		packed = &buffer{}
	}
	defer r.f.scratch.Put(packed)
	block := packed.bytes(headerSize + int(stored))
	copy(block, head[:])
	if err := r.read(block[headerSize:], r.off+headerSize); err != nil {
		return 0, nil, err
	}
	if checksum(block) != binary.LittleEndian.Uint32(head[16:]) {
		return 0, nil, r.corrupt("a block's checksum is wrong")
	}
	raw = r.buf.bytes(int(size))
	if err := unpack(raw, block[headerSize:]); err != nil {
		return 0, nil, r.corrupt(err.Error())
	}
	r.off += int64(len(block))
	r.left -= int64(len(block))
	r.f.st.Read.Add(int64(len(block)))
	return rows, raw, nil
}

// unpack decompresses a block's bytes into raw; bytes that could not be made fewer
// are stored as they are.
func unpack(raw, stored []byte) error {
	if len(stored) == len(raw) {
		copy(raw, stored)
		return nil
	}
	n, err := s2.DecodedLen(stored)
	if err != nil || n != len(raw) {
		return errDamaged
	}
	if out, err := s2.Decode(raw, stored); err != nil || len(out) != len(raw) {
		return errDamaged
	}
	return nil
}

func (r *Reader) read(b []byte, off int64) error {
	switch n, err := r.file.ReadAt(b, off); {
	case n == len(b):
		return nil
	case err == io.EOF:
		return r.corrupt("the file ends too early")
	default:
		return r.f.dir.failed("read a spill file", err)
	}
}

// corrupt says that the file does not hold what was written.
func (r *Reader) corrupt(why string) error {
	r.left = 0
	return fault.Corrupt(r.path, "spill file is damaged: %s", why).
		WithHint("Something else has written to the folder of spill files, or its disk fails. Other queries are not affected.")
}

// Close gives the memory back.
func (r *Reader) Close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
		r.f.release(r.most)
		r.left = 0
	}
}
