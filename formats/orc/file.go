package orc

import (
	"context"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Format is the ORC format. The zero value is ready.
type Format struct{}

const (
	magic = "ORC"

	// tailGuess is what Open reads from the end of a file: most footers fit.
	tailGuess = 64 << 10
	// maxTail bounds what the lengths in a postscript may ask for.
	maxTail = 512 << 20
	// maxChunk is the most that a compressed chunk may hold: its length has 23
	// bits.
	maxChunk = 1 << 23
	// draftVersion is 1.0 as postScript has it: versions between it and 2.0 are
	// drafts of version 2 (UNSTABLE-PRE-2.0 is 1.9999).
	draftVersion = 1 << 16
)

// Name implements formats.Format.
func (Format) Name() string { return "orc" }

// Sniff implements formats.Format: the magic number decides if what follows it
// is no text (files of Hive 0.11 have it at the end only), a name alone counts
// if there are no bytes.
func (Format) Sniff(name string, head []byte) float64 {
	byName := strings.HasSuffix(strings.ToLower(name), ".orc")
	switch {
	case len(head) == 0 && byName:
		return 0.5
	case len(head) < 4 || !strings.HasPrefix(string(head[:3]), magic):
		return 0
	case byName || slices.ContainsFunc(head[3:min(len(head), 512)], isBinary):
		return 1
	}
	return 0
}

// isBinary reports whether a byte is in no text.
func isBinary(b byte) bool {
	return b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b
}

// File is an opened ORC file: its footer and metadata. It is immutable and safe
// for concurrent use.
type File struct {
	store  store.Store
	info   store.Info
	url    string
	codec  codec.Codec
	block  int // the most that a chunk decompresses to
	foot   footer
	stripe [][]columnStats // by stripe and column; nil: unknown
	textOK bool            // statistics of text are right (HIVE-8732)
	draft  bool            // written in a draft of version 2: short decimals are integers
	feet   []stripeFooter  // of the stripes; nil: read when a stripe is

	root   *node
	acid   *node // of a transactional table's file: the struct with the table's columns
	schema *types.Schema
	binds  []*binding // parallel to schema
	stats  formats.Stats
	// nullMismatch reads columns whose type is not the table's as NULL.
	nullMismatch bool
	batchRows    int // tests vary it; the answers stay
}

// Open implements formats.Format. It makes one read of the file's last 64 KiB,
// and a second one only if footer and metadata are longer.
func (Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	f := &File{store: s, info: o, url: s.URL(o.Key), batchRows: vector.BatchSize}
	if err := f.readTail(store.WithReadKind(ctx, store.ReadFooter)); err != nil {
		return nil, err
	}
	if err := f.checkStripes(); err != nil {
		return nil, err
	}
	var err error
	if f.root, err = buildSchema(f.foot.types); err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if err := f.lock(); err != nil {
		return nil, err
	}
	if err := f.findACID(opt.Schema); err != nil {
		return nil, err
	}
	f.nullMismatch = strings.EqualFold(opt.Properties["malformed.values"], "null")
	f.bindAll(opt.Schema, byPosition(opt.Properties))
	if opt.Schema != nil {
		// Only the stripes' footers say what a column weighs. They are read at
		// once, as the scan of a table needs them anyhow; a crawl does not.
		if err := f.readFeet(store.WithReadKind(ctx, store.ReadFooter)); err != nil {
			return nil, err
		}
	}
	f.stats = f.statsOf(-1, 1)
	return f, nil
}

// byPosition reports whether a table's columns are the file's first ones, whatever
// their names: as Athena, Hive and Redshift say it.
func byPosition(props map[string]string) bool {
	return strings.EqualFold(props["orc.column.index.access"], "true") || strings.EqualFold(props["orc.force.positional.evolution"], "true") ||
		strings.EqualFold(props["orc.schema.resolution"], "position")
}

// readFeet reads the footers of all stripes.
func (f *File) readFeet(ctx context.Context) error {
	ranges := make([]store.Range, len(f.foot.stripes))
	for i, s := range f.foot.stripes {
		ranges[i] = store.Range{Off: s.offset + s.index + s.data, Len: s.footer}
	}
	bufs, err := f.store.ReadRanges(ctx, f.info, ranges)
	if err != nil {
		return err
	}
	f.feet = make([]stripeFooter, len(bufs))
	for i, b := range bufs {
		if f.feet[i], err = f.stripeFooter(i, b); err != nil {
			return err
		}
	}
	return nil
}

// stripeFooter decodes the footer of a stripe.
func (f *File) stripeFooter(i int, b []byte) (foot stripeFooter, err error) {
	plain, err := f.inflate(b)
	if err == nil {
		foot, err = decodeStripeFooter(plain)
	}
	left := f.foot.stripes[i].index + f.foot.stripes[i].data
	for _, s := range foot.streams {
		if s.length < 0 || s.length > left {
			err = errChunk
			break
		}
		left -= s.length
	}
	if err != nil {
		e := corruption(err, types.TUnknown)
		e.RowGroup = i + 1
		return foot, e.In(f.url)
	}
	return foot, nil
}

// MemoryBytes estimates what the opened file keeps.
func (f *File) MemoryBytes() int64 {
	n := int64(4<<10) + 200*int64(len(f.foot.types)+len(f.foot.stats)) + 64*int64(len(f.foot.stripes))
	for _, cols := range f.stripe {
		n += 150 * int64(len(cols))
	}
	for i := range f.feet {
		n += 24*int64(len(f.feet[i].streams)) + 16*int64(len(f.feet[i].columns))
	}
	return n
}

func (f *File) corrupt(format string, args ...any) *fault.Error {
	return fault.Corrupt(f.url, "corrupt ORC file: "+format, args...)
}

// readTail reads postscript, footer and metadata, which stand at the file's end
// in the order metadata, footer, postscript, length of the postscript.
func (f *File) readTail(ctx context.Context) error {
	n := min(f.info.Size, tailGuess)
	if n == 0 { // Hive leaves such files where a bucket has no rows
		f.foot = footer{types: []typeInfo{{kind: kindStruct}}}
		return nil
	}
	if n < 4 {
		return fault.Corrupt(f.url, "not an ORC file: it has only %d bytes", f.info.Size)
	}
	tail, err := f.read(ctx, f.info.Size-n, n)
	if err != nil {
		return err
	}
	size := int64(tail[n-1])
	if size+1 > n {
		return fault.Corrupt(f.url, "not an ORC file: its postscript would be longer than the file")
	}
	ps, err := decodePostScript(tail[n-1-size : n-1])
	if err == nil && ps.magic == "" {
		ps.magic, err = f.firstBytes(ctx)
	}
	if err != nil || ps.magic != magic {
		return fault.Corrupt(f.url, "not an ORC file: it does not end with an ORC postscript")
	}
	if err := f.setPostScript(ps); err != nil {
		return err
	}
	want := ps.footer + ps.metadata + size + 1
	if ps.footer < 0 || ps.metadata < 0 || ps.footer > maxTail || ps.metadata > maxTail || want > f.info.Size {
		return f.corrupt("the postscript claims %d and %d bytes of a file of %d", ps.footer, ps.metadata, f.info.Size)
	}
	if want > n {
		rest, err := f.read(ctx, f.info.Size-want, want-n)
		if err != nil {
			return err
		}
		tail = append(rest, tail...)
	} else {
		tail = tail[n-want:]
	}
	return f.setFooter(tail[:ps.metadata], tail[ps.metadata:ps.metadata+ps.footer])
}

// firstBytes gives the mark of files that were written before postscripts had
// one.
func (f *File) firstBytes(ctx context.Context) (string, error) {
	head, err := f.read(ctx, 0, int64(len(magic)))
	return string(head), err
}

func (f *File) read(ctx context.Context, off, n int64) ([]byte, error) {
	bufs, err := f.store.ReadRanges(ctx, f.info, []store.Range{{Off: off, Len: n}})
	if err != nil {
		return nil, err
	}
	if int64(len(bufs[0])) != n {
		return nil, f.corrupt("the store gave %d of %d bytes", len(bufs[0]), n)
	}
	return bufs[0], nil
}

func (f *File) setPostScript(ps postScript) error {
	c, ok := codecs[ps.compression]
	if !ok {
		return fault.New(fault.CodeFeatureNotSupported, "ORC compression of the unknown kind %d is not supported", ps.compression).In(f.url).
			WithHint("Supported: none, zlib, snappy, lzo, lz4, zstd, brotli.")
	}
	f.codec, f.block = c, int(min(uint64(ps.block), maxChunk))
	if ps.block == 0 {
		f.block = 256 << 10
	}
	f.draft = ps.version > draftVersion && ps.version < 2<<16
	f.textOK = ps.writerVersion >= 1
	return nil
}

func (f *File) setFooter(metadata, foot []byte) error {
	plain, err := f.inflate(foot)
	if err != nil {
		return err
	}
	if f.foot, err = decodeFooter(plain); err != nil {
		return f.corrupt("the footer: %v", err)
	}
	if plain, err = f.inflate(metadata); err != nil {
		return err
	}
	if f.stripe, err = decodeMetadata(plain); err != nil {
		return f.corrupt("the stripes' statistics: %v", err)
	}
	if len(f.stripe) != len(f.foot.stripes) {
		f.stripe = nil
	}
	return nil
}

// inflate gives the content of a compressed message.
func (f *File) inflate(b []byte) ([]byte, error) {
	s := stream{codec: f.codec, block: f.block, src: b}
	limit := 16<<20 + 64*len(b) // what is written there does not compress better
	for len(s.src) > 0 {
		if len(s.buf) > limit {
			return nil, f.corrupt("a footer of %d bytes holds more than %d", len(b), limit)
		}
		if err := s.more(); err != nil {
			return nil, f.corrupt("%v", err)
		}
	}
	return s.buf, nil
}

// checkStripes verifies what later code relies on: stripes lie inside the file
// and have the file's rows together.
func (f *File) checkStripes() error {
	rows := int64(0)
	for i, s := range f.foot.stripes {
		end := f.info.Size
		for _, n := range []int64{s.offset, s.index, s.data, s.footer} {
			if n < 0 || n > end {
				return f.corrupt("stripe %d lies outside of the file", i+1)
			}
			end -= n
		}
		if s.rows < 0 || rows+s.rows < rows {
			return f.corrupt("stripe %d has %d rows", i+1, s.rows)
		}
		rows += s.rows
	}
	if f.foot.rows == 0 {
		f.foot.rows = rows // it was not written
	}
	if rows != f.foot.rows {
		return f.corrupt("the stripes have %d rows, the footer says %d", rows, f.foot.rows)
	}
	return nil
}

// Schema implements formats.File.
func (f *File) Schema() *types.Schema { return f.schema }

// Stats implements formats.File.
func (f *File) Stats() *formats.Stats { return &f.stats }

// Close implements formats.File. A File holds nothing open.
func (f *File) Close() error { return nil }

// Splits implements formats.File: stripes in order, joined while they stay
// under target bytes together. A stripe is never cut.
func (f *File) Splits(target int64) []formats.Split {
	var out []formats.Split
	for i, s := range f.foot.stripes {
		n := s.index + s.data + s.footer
		if k := len(out) - 1; k >= 0 && out[k].Range.Len+n <= target {
			o := &out[k]
			o.Count++
			o.Rows += s.rows
			o.Range.Len = max(o.Range.Off+o.Range.Len, s.offset+n) - min(o.Range.Off, s.offset)
			o.Range.Off = min(o.Range.Off, s.offset)
			continue
		}
		out = append(out, formats.Split{First: i, Count: 1, Range: store.Range{Off: s.offset, Len: n}, Rows: s.rows})
	}
	for i := range out {
		st := f.statsOf(out[i].First, out[i].Count)
		out[i].Stats = &st
	}
	return out
}
