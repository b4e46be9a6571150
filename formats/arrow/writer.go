package arrow

import (
	"encoding/binary"
	"io"
	"math"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// A record batch is written when it has so many rows or bytes.
const (
	batchRows  = 64 << 10
	batchBytes = 4 << 20
)

// chunkRows is how many rows are added at once, chunkBytes the most that several
// rows may add: offsets have 31 bits.
const (
	chunkRows  = 1024
	chunkBytes = 1 << 30
)

// Writer writes batches as an Arrow IPC stream. It holds a record batch at a time.
// It implements formats.Writer.
type Writer struct {
	w       io.Writer
	schema  *types.Schema
	cols    []*column
	rows    int
	bytes   int64 // estimate of what cols hold
	chunk   int64 // chunkBytes
	started bool
	fb      *flatbuffers.Builder
	bufs    [][]byte
	pos     []uint32
}

// NewWriter makes a writer of rows of this schema into w. Nothing is written
// before the first Write or Close; w stays open after Close.
func NewWriter(w io.Writer, schema *types.Schema) *Writer {
	out := &Writer{w: w, schema: schema, chunk: chunkBytes, fb: flatbuffers.NewBuilder(1024)}
	for _, f := range schema.Fields {
		out.cols = append(out.cols, newColumn(f.Type))
	}
	return out
}

// Write implements formats.Writer.
func (w *Writer) Write(b *vector.Batch) error {
	if len(b.Cols) != len(w.cols) {
		return fault.New(fault.CodeInternal, "batch of %d columns for a stream of %d", len(b.Cols), len(w.cols))
	}
	if err := w.start(); err != nil {
		return err
	}
	w.pos = w.pos[:0]
	for i := range b.Rows() {
		if b.Sel != nil {
			i = int(b.Sel[i])
		}
		w.pos = append(w.pos, uint32(i))
	}
	for at := 0; at < len(w.pos); at += chunkRows {
		if err := w.add(b.Cols, w.pos[at:min(at+chunkRows, len(w.pos))]); err != nil {
			return err
		}
	}
	return nil
}

// add adds rows to the record batch, in smaller parts where they are long.
func (w *Writer) add(cols []*vector.Vector, pos []uint32) error {
	var bytes int64
	for _, v := range cols {
		bytes += weigh(v, pos)
	}
	if bytes > w.chunk && len(pos) > 1 {
		half := len(pos) / 2
		if err := w.add(cols, pos[:half]); err != nil {
			return err
		}
		return w.add(cols, pos[half:])
	}
	if bytes > math.MaxInt32 {
		return fault.New(fault.CodeProgramLimit, "a row of %d bytes does not fit an Arrow record batch", bytes)
	}
	if w.bytes+bytes > math.MaxInt32 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	for i, v := range cols {
		if err := w.cols[i].add(v, pos); err != nil {
			return err
		}
	}
	w.rows += len(pos)
	w.bytes += bytes
	if w.rows >= batchRows || w.bytes >= batchBytes {
		return w.flush()
	}
	return nil
}

// start writes the schema once.
func (w *Writer) start() error {
	if w.started {
		return nil
	}
	for _, f := range w.schema.Fields {
		if f.Type.HoldsTimeTZ() {
			return fault.New(fault.CodeFeatureNotSupported, "column %q: %s cannot be written to Arrow", f.Name, f.Type).WithHint("Cast it to varchar or time.")
		}
	}
	w.started = true
	return w.message(headerSchema, schemaTable(w.fb, w.schema), 0)
}

// flush writes the record batch that was collected.
func (w *Writer) flush() error {
	if w.rows == 0 {
		return nil
	}
	var nodes []node
	w.bufs = w.bufs[:0]
	for _, c := range w.cols {
		nodes, w.bufs = c.parts(nodes, w.bufs)
	}
	body := int64(0)
	for _, b := range w.bufs {
		body += padded(len(b))
	}
	if err := w.message(headerRecordBatch, recordBatchTable(w.fb, w.rows, nodes, w.bufs), body); err != nil {
		return err
	}
	for _, b := range w.bufs {
		if err := w.put(b); err != nil {
			return err
		}
		if err := w.put(zeros[:padded(len(b))-int64(len(b))]); err != nil {
			return err
		}
	}
	for _, c := range w.cols {
		c.reset()
	}
	w.rows, w.bytes = 0, 0
	return nil
}

var zeros [8]byte

// padded rounds a buffer's length up to 8 bytes.
func padded(n int) int64 { return int64(n+7) &^ 7 }

// message writes an encapsulated message up to its body. The builder starts anew.
func (w *Writer) message(kind byte, header flatbuffers.UOffsetT, body int64) error {
	meta := finishMessage(w.fb, kind, header, body)
	head := binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, uint32(padded(len(meta))))
	if err := w.put(head); err != nil {
		return err
	}
	if err := w.put(meta); err != nil {
		return err
	}
	w.fb.Reset()
	return w.put(zeros[:padded(len(meta))-int64(len(meta))])
}

func (w *Writer) put(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := w.w.Write(b); err != nil {
		return fault.Wrap(err, fault.CodeIO, "writing Arrow: %v", err)
	}
	return nil
}

// Close writes what is left and the end of the stream. It implements
// formats.Writer.
func (w *Writer) Close() error {
	if err := w.start(); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.put([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
}
