package spill

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"sync/atomic"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// mostRaw is how many bytes a block may have at most, if a single row is so long.
const mostRaw = 1 << 31

// blockRows is how many rows a block has at most: a batch that any operator takes.
const blockRows = vector.MaxBatch / 2

// firstRows is how many rows are taken at once before it is known how long they are,
// so that the first block does not become much larger than a block.
const firstRows = 16

// Writer writes one file. Used by one goroutine.
type Writer struct {
	f     *Files
	types []types.Type
	path  string
	file  *os.File
	stage vector.Batch // rows of the block that is being filled
	row   int          // bytes that a row takes, about
	size  int64        // bytes that the staged rows take
	extra int64        // reserved for them beyond a block

	rows   []int64    // of each section; the last is being filled
	blocks []location // of each section that has any
	err    atomic.Pointer[error]

	// Of the goroutine that writes, until it is through with the file.
	at int64
}

// location is a section's blocks in a file.
type location struct {
	off, bytes int64 // from the first block's header on
	blocks     int
	most, raw  int64 // the largest block's bytes before compression, and all blocks' together
}

// Create makes a file for rows of these types. It reserves what a block takes.
func (f *Files) Create(ts []types.Type) (*Writer, error) {
	if err := f.Prepare(); err != nil {
		return nil, err
	}
	if err := f.reserve(int64(f.block)); err != nil {
		return nil, err
	}
	w := &Writer{f: f, types: ts, path: f.dir.path(), rows: []int64{0}, row: 8}
	for _, t := range ts {
		w.row += max(t.Phys().Width(), 1)
		if p := t.Phys(); p == types.PhysBytes || t.IsNested() {
			w.row = max(w.row, f.block/firstRows)
		}
	}
	var err error
	if w.file, err = os.OpenFile(w.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		f.release(int64(f.block))
		return nil, f.dir.failed("make a spill file", err)
	}
	f.st.Files.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		w.discard()
		f.release(int64(f.block))
		return nil, errClosed
	}
	f.open[w] = struct{}{}
	w.restage()
	return w, nil
}

func (w *Writer) restage() {
	w.stage = vector.Batch{Cols: make([]*vector.Vector, len(w.types))}
	for i, t := range w.types {
		w.stage.Cols[i] = vector.New(t, 0)
	}
}

// Append adds the selected rows of b, which has columns of the file's types in any
// form. They are copied.
func (w *Writer) Append(b *vector.Batch) error {
	n := b.Rows()
	for from := 0; from < n; {
		if err := errorOf(&w.err); err != nil {
			return err
		}
		k := max((w.f.block-int(w.size))/w.row, 1)
		k = min(k, n-from, blockRows-w.stage.N)
		for i, c := range b.Cols {
			if b.Sel != nil {
				w.stage.Cols[i].AppendRows(c, b.Sel[from:from+k], k)
			} else {
				w.stage.Cols[i].AppendRange(c, from, k)
			}
		}
		w.stage.N += k
		from += k
		if err := w.weigh(); err != nil {
			return err
		}
		if int(w.size)+w.row > w.f.block || w.stage.N == blockRows {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	w.rows[len(w.rows)-1] += int64(n)
	return nil
}

// weigh measures the staged rows, and reserves what they take beyond a block: a
// single row may be longer than that.
func (w *Writer) weigh() error {
	w.size = w.stage.MemoryBytes()
	w.row = int(w.size)/w.stage.N + 1
	if more := w.size - int64(w.f.block) - w.extra; more > 0 {
		if err := w.f.reserve(more); err != nil {
			return err
		}
		w.extra += more
	}
	return nil
}

// flush hands the staged rows over as a block.
func (w *Writer) flush() error {
	if w.stage.N == 0 {
		return nil
	}
	var buf *buffer
	select {
	case buf = <-w.f.free:
	case <-w.f.quit:
		return errClosed
	}
	size := encodedSize(&w.stage)
	if size > mostRaw {
		w.f.recycle(buf)
		return fault.New(fault.CodeProgramLimit, "rows of %s are too long for a spill file", mem.Size(int64(size)))
	}
	if more := int64(size - w.f.block*5/4); more > 0 {
		if err := w.f.reserve(more); err != nil {
			w.f.recycle(buf)
			return err
		}
		buf.extra = more
	}
	encode(buf.bytes(size), &w.stage)
	err := w.f.send(job{w: w, buf: buf, rows: w.stage.N, section: len(w.rows) - 1})
	if w.extra > 0 {
		w.f.release(w.extra)
		w.extra = 0
		w.restage()
	}
	for i, t := range w.types {
		w.stage.Cols[i].Reset(t, 0)
	}
	w.stage.N, w.size = 0, 0
	return err
}

// Cut ends a section: what is appended from now on is in the next one.
func (w *Writer) Cut() error {
	err := w.flush()
	w.rows = append(w.rows, 0)
	return err
}

// Close ends the file and gives what can be read. With an error the file is gone.
func (w *Writer) Close() (*Part, error) {
	f := w.f
	err := w.flush()
	if err == nil {
		last := make(chan struct{})
		if err = f.send(job{w: w, last: last}); err == nil {
			select {
			case <-last:
			case <-f.quit:
				err = errClosed
			}
		}
	}
	if err == nil {
		err = errorOf(&w.err)
	}
	if err != nil {
		w.Abort()
		return nil, err
	}
	p := &Part{f: f, types: w.types, path: w.path, rows: w.rows, at: w.blocks, bytes: w.at}
	for len(p.at) < len(p.rows) {
		p.at = append(p.at, location{})
	}
	f.mu.Lock()
	_, mine := f.open[w]
	if mine {
		delete(f.open, w)
		f.parts[p] = struct{}{}
	}
	f.mu.Unlock()
	if !mine {
		return nil, errClosed
	}
	f.release(int64(f.block) + w.extra)
	w.stage = vector.Batch{}
	if err := w.file.Close(); err != nil {
		p.Remove()
		return nil, f.dir.failed("write a spill file", err)
	}
	return p, nil
}

// Abort ends the writing and removes the file. It does nothing after Close.
func (w *Writer) Abort() {
	f := w.f
	failed := error(errClosed)
	w.err.CompareAndSwap(nil, &failed)
	last := make(chan struct{})
	if f.send(job{w: w, last: last}) == nil {
		select {
		case <-last:
		case <-f.quit:
			return // Close of the query's files removes it
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.open[w]; ok && !f.closed {
		delete(f.open, w)
		w.discard()
		f.release(int64(f.block) + w.extra)
	}
}

// discard removes the file.
func (w *Writer) discard() {
	w.file.Close()
	os.Remove(w.path)
	w.f.dir.used.Add(-w.at)
}

// header is what stands before a block's bytes, little endian: magic, rows, bytes
// before compression and on disk, and a CRC-32C of these numbers and the bytes.
const (
	headerSize = 20
	magic      = 0x31535847 // GXS1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// store compresses a block into out and writes it, and gives out back.
func (w *Writer) store(j job, out []byte) []byte {
	raw := j.buf.bytes(j.buf.len())
	if need := headerSize + s2.MaxEncodedLen(len(raw)); cap(out) < need {
		out = make([]byte, need)
	}
	out = out[:cap(out)]
	body := s2.Encode(out[headerSize:], raw)
	if len(body) >= len(raw) {
		body = out[headerSize : headerSize+copy(out[headerSize:], raw)]
	}
	block := out[:headerSize+len(body)]
	binary.LittleEndian.PutUint32(block, magic)
	binary.LittleEndian.PutUint32(block[4:], uint32(j.rows))
	binary.LittleEndian.PutUint32(block[8:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(block[12:], uint32(len(body)))
	binary.LittleEndian.PutUint32(block[16:], checksum(block))
	if err := w.put(j.section, block, int64(len(raw))); err != nil {
		w.err.CompareAndSwap(nil, &err)
	}
	return out
}

// checksum is that of a block's numbers and bytes.
func checksum(block []byte) uint32 {
	return crc32.Update(crc32.Checksum(block[:16], castagnoli), castagnoli, block[headerSize:])
}

// put writes a block at the file's end.
func (w *Writer) put(section int, block []byte, raw int64) error {
	d := w.f.dir
	if err := d.take(int64(len(block))); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(block, w.at); err != nil {
		d.used.Add(-int64(len(block)))
		return d.failed("write a spill file", err)
	}
	for len(w.blocks) <= section {
		w.blocks = append(w.blocks, location{off: w.at})
	}
	l := &w.blocks[section]
	l.blocks++
	l.bytes += int64(len(block))
	l.raw += raw
	l.most = max(l.most, raw)
	w.at += int64(len(block))
	w.f.st.Written.Add(int64(len(block)))
	return nil
}

// bytes gives the buffer's first n bytes, which are more after it has grown.
func (b *buffer) bytes(n int) []byte {
	if words := (n + 7) / 8; cap(b.words) < words {
		b.words = make([]uint64, words)
	} else {
		b.words = b.words[:words]
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b.words))), len(b.words)*8)[:n]
}

// len is how many bytes were last asked for; they are a multiple of 8.
func (b *buffer) len() int { return 8 * len(b.words) }
