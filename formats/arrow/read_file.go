package arrow

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	fileMagic    = "ARROW1"
	featherMagic = "FEA1"

	headerDictionary = 2

	// tailGuess is what Open reads of a file's end at first; windowSize what it
	// reads of a stream at a time.
	tailGuess  = 64 << 10
	windowSize = 32 << 10
	// maxMeta bounds a message's metadata and a file's footer, maxBody a message's
	// body: offsets have 31 bits in vectors.
	maxMeta = 256 << 20
	maxBody = 1 << 31
)

// Format is the Arrow IPC format: files (which are Feather's version 2, too)
// and streams. The zero value is ready.
type Format struct{}

// Name implements formats.Format.
func (Format) Name() string { return "arrow" }

// Sniff implements formats.Format. A stream begins with the mark of a message
// and the length of a schema.
func (Format) Sniff(name string, head []byte) float64 {
	name = strings.ToLower(name)
	named := strings.HasSuffix(name, ".arrow") || strings.HasSuffix(name, ".arrows") || strings.HasSuffix(name, ".feather")
	switch {
	case len(head) == 0 && named:
		return 0.5
	case bytes.HasPrefix(head, []byte(fileMagic+"\x00\x00")), bytes.HasPrefix(head, []byte(featherMagic)) && named:
		return 1
	case len(head) >= 16 && bytes.HasPrefix(head, []byte("\xff\xff\xff\xff")):
		f := &flat{b: head[8:]}
		if n := binary.LittleEndian.Uint32(head[4:]); n > 0 && n < maxMeta && f.root().u8(1, 0) == headerSchema && !f.bad {
			return 1
		}
	}
	return 0
}

// entry is a record batch or a dictionary of a file.
type entry struct {
	off   int64 // of the message, for errors
	body  int64
	size  int64 // of the body
	batch batchMeta
	dict  int64 // ID
	delta bool  // adds to the dictionary
	at    int   // dictionaries: the first record batch that it is for
}

// batchMeta is a RecordBatch table.
type batchMeta struct {
	rows     int64
	nodes    []node64
	bufs     []store.Range // in the body
	codec    int           // -1: none
	variadic []int64       // of each view, its number of data buffers
}

// node64 is a FieldNode.
type node64 struct{ rows, nulls int64 }

// File is an opened Arrow file or stream: its metadata. It is immutable and
// safe for concurrent use.
type File struct {
	store   store.Store
	info    store.Info
	url     string
	big     bool // big endian
	old     bool // metadata version 4: unions have validity bitmaps
	fields  []*fieldDef
	batches []entry
	dicts   []entry
	schema  *types.Schema
	binds   []*binding
	places  []int // parallel to binds: the field of the file; -1: missing

	stats     func() *formats.Stats
	batchRows int // tests vary it
}

// Open implements formats.Format: it reads the metadata of all messages.
func (Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	f := &File{store: s, info: o, url: s.URL(o.Key), batchRows: defaultBatchRows}
	f.stats = sync.OnceValue(f.count)
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	if err := f.read(ctx); err != nil {
		return nil, fault.As(err).In(f.url)
	}
	nulls := strings.EqualFold(opt.Properties["malformed.values"], "null")
	if err := f.bindAll(opt.Schema, nulls); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) read(ctx context.Context) error {
	size := f.info.Size
	tail := min(size, tailGuess)
	bufs, err := f.store.ReadRanges(ctx, f.info, []store.Range{{Len: min(size, 8)}, {Off: size - tail, Len: tail}})
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(bufs[0], []byte(featherMagic)):
		return fault.New(fault.CodeFeatureNotSupported, "Feather version 1 is not supported").
			WithHint("Write the file with version 2, which is the default since pyarrow 0.17.")
	case bytes.HasPrefix(bufs[0], []byte(fileMagic)):
		return f.readFooter(ctx, bufs[1])
	}
	return f.readStream(ctx, window{f: f, off: size - tail, buf: bufs[1]})
}

// readFooter reads a file: its footer and the metadata that this points at.
func (f *File) readFooter(ctx context.Context, tail []byte) error {
	const end = 4 + len(fileMagic)
	size := f.info.Size
	if len(tail) < end+8 || !bytes.HasSuffix(tail, []byte(fileMagic)) {
		return corrupt("the file does not end with %s", fileMagic)
	}
	n := int64(int32(binary.LittleEndian.Uint32(tail[len(tail)-end:])))
	if n <= 0 || n > size-int64(end)-8 || n > maxMeta {
		return corrupt("a footer of %d bytes in a file of %d", n, size)
	}
	if n+int64(end) > int64(len(tail)) {
		bufs, err := f.store.ReadRanges(ctx, f.info, []store.Range{{Off: size - int64(end) - n, Len: n + int64(end)}})
		if err != nil {
			return err
		}
		tail = bufs[0]
	}
	fb := &flat{b: tail[int64(len(tail))-int64(end)-n : len(tail)-end]}
	footer := fb.root()
	version := footer.i16(0, 0)
	if version == 0 { // old writers say the version in messages only
		version = metadataV5 - 1
	}
	if err := f.setSchema(version, footer.table(1)); err != nil {
		return err
	}
	for slot, list := range map[int]*[]entry{2: &f.dicts, 3: &f.batches} {
		if err := f.readBlocks(ctx, footer, slot, list); err != nil {
			return err
		}
	}
	if fb.bad {
		return corrupt("the footer is no valid flatbuffer")
	}
	return nil
}

// readBlocks reads the messages that a vector of Blocks points at.
func (f *File) readBlocks(ctx context.Context, footer table, slot int, list *[]entry) error {
	const block = 24
	at, n := footer.vector(slot, block)
	if n == 0 {
		return nil
	}
	ranges := make([]store.Range, n)
	total := int64(0)
	for i := range n {
		b := footer.f.b[at+i*block:]
		off, meta := int64(binary.LittleEndian.Uint64(b)), int64(int32(binary.LittleEndian.Uint32(b[8:])))
		if off < 0 || meta < 8 || meta > maxMeta || off > f.info.Size-meta {
			return corrupt("the footer points at byte %d of a file of %d", off, f.info.Size)
		}
		if total += meta; total > f.info.Size {
			return corrupt("the footer points at the same bytes again and again")
		}
		ranges[i] = store.Range{Off: off, Len: meta}
	}
	bufs, err := f.store.ReadRanges(ctx, f.info, ranges)
	if err != nil {
		return err
	}
	for i, b := range bufs {
		_, meta, err := prefix(b)
		if err != nil {
			return err.(*fault.Error).WithDetail("The message begins at byte %d.", ranges[i].Off)
		}
		e, kind, err := f.message(meta, ranges[i].Off, ranges[i].Off+ranges[i].Len)
		if err == nil && kind != map[int]byte{2: headerDictionary, 3: headerRecordBatch}[slot] {
			err = corrupt("a message of another kind than the footer says")
		}
		if err != nil {
			return fault.As(err).WithDetail("The message begins at byte %d.", ranges[i].Off)
		}
		*list = append(*list, e)
	}
	return nil
}

// prefix gives the length of what begins a message and the metadata behind it;
// nil at the mark of the end. Before version 0.15 there was no ff ff ff ff.
func prefix(b []byte) (int, []byte, error) {
	at := 0
	if len(b) >= 8 && binary.LittleEndian.Uint32(b) == 0xffffffff {
		at = 4
	}
	if len(b) < at+4 {
		return 0, nil, corrupt("a message ends too early")
	}
	n := int64(int32(binary.LittleEndian.Uint32(b[at:])))
	if n < 0 || n > int64(len(b)-at-4) {
		return 0, nil, corrupt("metadata of %d bytes", n)
	}
	return at + 4, b[at+4 : int64(at)+4+n], nil
}

// readStream reads the messages of a stream one after the other, but not their
// bodies. w has the file's end, which may be all of it.
func (f *File) readStream(ctx context.Context, w window) error {
	for pos := int64(0); pos < f.info.Size; {
		head, err := w.bytes(ctx, pos, 8)
		if err != nil {
			return err
		}
		if len(head) < 8 {
			if len(head) >= 4 && binary.LittleEndian.Uint32(head) == 0 {
				break // the end, as it was marked before version 0.15
			}
			return corrupt("the stream ends inside a message").WithDetail("The message begins at byte %d.", pos)
		}
		at, n := int64(4), int64(int32(binary.LittleEndian.Uint32(head)))
		if n == -1 {
			at, n = 8, int64(int32(binary.LittleEndian.Uint32(head[4:])))
		}
		if n == 0 {
			break
		}
		if f.fields == nil && (n < 0 || n > f.info.Size-pos-at) {
			return fault.New(fault.CodeDataCorrupted, "not an Arrow file or stream")
		}
		if n < 0 || n > maxMeta || n > f.info.Size-pos-at {
			return corrupt("a message whose metadata have %d bytes", n).WithDetail("The message begins at byte %d.", pos)
		}
		meta, err := w.bytes(ctx, pos+at, n)
		if err != nil {
			return err
		}
		e, kind, err := f.message(meta, pos, pos+at+n)
		if err != nil {
			return fault.As(err).WithDetail("The message begins at byte %d.", pos)
		}
		f.take(e, kind)
		pos = e.body + e.size
	}
	if f.fields == nil {
		return corrupt("the stream has no schema")
	}
	return nil
}

// take keeps a message of a stream.
func (f *File) take(e entry, kind byte) {
	switch kind {
	case headerDictionary:
		e.at = len(f.batches)
		f.dicts = append(f.dicts, e)
	case headerRecordBatch:
		f.batches = append(f.batches, e)
	}
}

// window reads a stream's metadata, some of them ahead.
type window struct {
	f   *File
	off int64
	buf []byte
}

// bytes gives n bytes at a place, or what there is.
func (w *window) bytes(ctx context.Context, off, n int64) ([]byte, error) {
	n = min(n, w.f.info.Size-off)
	if off < w.off || off+n > w.off+int64(len(w.buf)) {
		bufs, err := w.f.store.ReadRanges(ctx, w.f.info, []store.Range{{Off: off, Len: min(max(n, windowSize), w.f.info.Size-off)}})
		if err != nil {
			return nil, err
		}
		w.off, w.buf = off, bufs[0]
	}
	return w.buf[off-w.off : off-w.off+n], nil
}

// message reads a Message table; body is where its body begins.
func (f *File) message(meta []byte, off, body int64) (e entry, kind byte, err error) {
	fb := &flat{b: meta}
	m := fb.root()
	kind, e.off, e.body, e.size = m.u8(1, 0), off, body, m.i64(3, 0)
	header := m.table(2)
	switch kind {
	case headerSchema:
		if f.fields != nil {
			return e, kind, corrupt("a second schema")
		}
		err = f.setSchema(m.i16(0, 0), header)
	case headerDictionary:
		e.dict, e.delta = header.i64(0, 0), header.u8(2, 0) != 0
		err = e.batch.set(header.table(1))
	case headerRecordBatch:
		err = e.batch.set(header)
	default:
		if !fb.bad {
			return e, kind, fault.New(fault.CodeFeatureNotSupported, "an Arrow message of kind %d is not supported", kind)
		}
	}
	switch {
	case fb.bad:
		return e, kind, corrupt("a message is no valid flatbuffer")
	case err != nil:
		return e, kind, err
	case m.i16(0, 0) < metadataV5-1:
		return e, kind, badVersion(m.i16(0, 0))
	case kind != headerSchema && f.fields == nil:
		return e, kind, corrupt("a message before the schema")
	case e.size < 0 || e.size > f.info.Size-body:
		return e, kind, corrupt("a body of %d bytes, with %d left", e.size, f.info.Size-body)
	case e.size > maxBody:
		return e, kind, fault.New(fault.CodeProgramLimit, "an Arrow record batch of %d bytes is longer than %d", e.size, int64(maxBody))
	}
	return e, kind, nil
}

// setSchema reads a Schema table.
func (f *File) setSchema(version int16, t table) error {
	if t.f == nil {
		return corrupt("no schema")
	}
	if version < metadataV5-1 || version > metadataV5 {
		return badVersion(version)
	}
	f.old, f.big = version < metadataV5, t.i16(0, 0) == 1
	var err error
	f.fields, err = new(schemaReader).all(t.tables(1))
	if f.fields == nil {
		f.fields = []*fieldDef{}
	}
	return err
}

func badVersion(version int16) error {
	return fault.New(fault.CodeFeatureNotSupported, "Arrow metadata version %d is not supported", version+1).
		WithHint("Versions 4 and 5 are, that is files of Arrow 0.8 and later.")
}

// set reads a RecordBatch table.
func (m *batchMeta) set(t table) error {
	if t.f == nil {
		return corrupt("a message without its record batch")
	}
	m.rows, m.codec = t.i64(0, 0), -1
	if c := t.table(3); c.f != nil {
		m.codec = int(int8(c.u8(0, 0)))
		if method := c.u8(1, 0); method != 0 || m.codec < 0 || m.codec > 1 {
			return fault.New(fault.CodeFeatureNotSupported, "Arrow compression %d, method %d, is not supported", m.codec, method).
				WithHint("Supported: lz4 and zstd, buffer by buffer.")
		}
	}
	at, n := t.vector(1, 16)
	for i := range n {
		b := t.f.b[at+16*i:]
		m.nodes = append(m.nodes, node64{int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[8:]))})
	}
	at, n = t.vector(2, 16)
	for i := range n {
		b := t.f.b[at+16*i:]
		m.bufs = append(m.bufs, store.Range{Off: int64(binary.LittleEndian.Uint64(b)), Len: int64(binary.LittleEndian.Uint64(b[8:]))})
	}
	at, n = t.vector(4, 8)
	for i := range n {
		m.variadic = append(m.variadic, int64(binary.LittleEndian.Uint64(t.f.b[at+8*i:])))
	}
	if m.rows < 0 || m.rows > maxBody {
		return corrupt("a record batch of %d rows", m.rows)
	}
	return nil
}

// Schema implements formats.File.
func (f *File) Schema() *types.Schema { return f.schema }

// Stats implements formats.File: the number of rows, and the bytes of columns.
func (f *File) Stats() *formats.Stats { return f.stats() }

func (f *File) count() *formats.Stats {
	st := &formats.Stats{Bytes: make([]int64, len(f.binds))}
	for _, b := range f.batches {
		st.Rows += b.batch.rows
	}
	for i, c := range f.schema.Fields {
		st.Bytes[i] = f.ScanBytes([]formats.Projection{{Column: i, Type: c.Type}})
	}
	return st
}

// Splits implements formats.File: runs of record batches.
func (f *File) Splits(target int64) []formats.Split {
	var out []formats.Split
	for i, b := range f.batches {
		k := len(out) - 1
		if k < 0 || out[k].Range.Len+b.size > target {
			out = append(out, formats.Split{First: i, Range: store.Range{Off: b.off}})
			k++
		}
		out[k].Count++
		out[k].Range.Len += b.size
		out[k].Rows += b.batch.rows
	}
	return out
}

// Close implements formats.File. A File holds nothing open.
func (f *File) Close() error { return nil }

// MemoryBytes estimates what the opened file keeps.
func (f *File) MemoryBytes() int64 {
	n := int64(4<<10 + 300*len(f.fields))
	for _, list := range [][]entry{f.batches, f.dicts} {
		for _, b := range list {
			n += 120 + 16*int64(len(b.batch.nodes)+len(b.batch.bufs))
		}
	}
	return n
}
