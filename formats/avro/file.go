package avro

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// Format is the Avro format. The zero value is ready.
type Format struct{}

// Name implements formats.Format.
func (Format) Name() string { return "avro" }

// Sniff implements formats.Format: the magic number decides, a name alone
// counts only if there are no bytes.
func (Format) Sniff(name string, head []byte) float64 {
	switch {
	case len(head) > 0 && strings.HasPrefix(string(head[:min(len(head), len(magic))]), magic):
		return 1
	case len(head) == 0 && strings.HasSuffix(strings.ToLower(name), ".avro"):
		return 0.5
	}
	return 0
}

// File is an opened container file: its header. It is immutable and safe for
// concurrent use.
type File struct {
	store  store.Store
	info   store.Info
	url    string
	head   *header
	schema *types.Schema
	binds  []*binding // parallel to schema
	fields []int      // parallel to schema: the field of the file; -1: missing
	// nullMismatch reads columns whose type is not the table's as NULL.
	nullMismatch bool
	// Tests vary these; the answers stay.
	batchRows   int
	windowBytes int
	chunk       int64
}

// Open implements formats.Format: it reads the header.
func (Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	h, err := readHeader(store.WithReadKind(ctx, store.ReadFooter), s, o)
	if err != nil {
		return nil, err
	}
	f := &File{store: s, info: o, url: s.URL(o.Key), head: h, batchRows: batchRows, windowBytes: windowBytes, chunk: minChunk}
	f.nullMismatch = strings.EqualFold(opt.Properties["malformed.values"], "null")
	reader, err := readerSchema(ctx, s, opt.Properties)
	if err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if err := f.bindAll(opt.Schema, reader); err != nil {
		return nil, err
	}
	return f, nil
}

// Schema implements formats.File.
func (f *File) Schema() *types.Schema { return f.schema }

// Stats implements formats.File: a container file has none, not even its
// number of records.
func (f *File) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// ScanBytes implements formats.Measurer: all blocks, whatever the columns.
func (f *File) ScanBytes([]formats.Projection) int64 {
	if f.info.Size-f.head.size <= 0 {
		return 0
	}
	return f.info.Size - f.head.size
}

// Close implements formats.File. A File holds nothing open.
func (f *File) Close() error { return nil }

// MemoryBytes estimates what the opened file keeps.
func (f *File) MemoryBytes() int64 { return 4<<10 + 8*int64(len(f.head.text)) }

// SerDeProperties gives what Hive's AvroSerDe needs to know of the file: its
// schema, as the writer wrote it, without blanks.
func (f *File) SerDeProperties() map[string]string {
	return map[string]string{"avro.schema.literal": f.head.text}
}

// Unplaced implements formats.Unplacer: see Source.Place. A scan that wants places
// reads the file in order, each byte once.
func (f *File) Unplaced() bool { return true }

// minSplit keeps splits from being so small that looking for their first block
// matters.
const minSplit = 256 << 10

// Splits implements formats.File: about equal runs of bytes. A block belongs
// to the split in which the sync marker before it begins.
func (f *File) Splits(target int64) []formats.Split {
	start := f.head.size - syncSize // the header ends with the first block's marker
	size := f.info.Size - start
	if size <= syncSize {
		return nil
	}
	n := (size-1)/max(target, minSplit) + 1
	out := make([]formats.Split, n)
	for i := range out {
		lo, hi := start+part(size, int64(i), n), start+part(size, int64(i)+1, n)
		out[i] = formats.Split{Range: store.Range{Off: lo, Len: hi - lo}, Rows: -1}
	}
	return out
}

// part gives the start of part i of n without overflow.
func part(size, i, n int64) int64 { return size/n*i + size%n*i/n }
