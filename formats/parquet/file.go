package parquet

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Format is the Parquet format. The zero value is ready.
type Format struct {
	// SkipChecksums turns off the check of the pages' CRCs, for files whose
	// writer got them wrong.
	SkipChecksums bool
	// Keys are those that encrypted files may name, by their IDs: 16, 24 or 32
	// bytes each.
	Keys map[string][]byte
}

const (
	magic          = "PAR1"
	magicEncrypted = "PARE"

	// footerGuess is what Open reads from the end of a file: most footers fit,
	// and a longer read costs a store no more than a second request would.
	footerGuess = 64 << 10
	// maxFooter bounds what a footer's length field may ask for.
	maxFooter = 1 << 30
)

// Name implements formats.Format.
func (Format) Name() string { return "parquet" }

// Sniff implements formats.Format: the magic number decides, a name alone
// counts only if there are no bytes.
func (Format) Sniff(name string, head []byte) float64 {
	if len(head) >= 4 {
		if m := string(head[:4]); m == magic || m == magicEncrypted {
			return 1
		}
		return 0
	}
	lower := strings.ToLower(name)
	if strings.HasSuffix(lower, ".parquet") || strings.HasSuffix(lower, ".parq") {
		return 0.5
	}
	return 0
}

// File is an opened Parquet file: its footer. It is immutable but for the page
// indexes that it keeps, and safe for concurrent use.
type File struct {
	store   store.Store
	info    store.Info
	url     string
	skipCRC bool
	// falsePlain: see fileMeta.falsePlain.
	falsePlain bool
	// Tests vary these; the answers stay.
	batchRows  int
	minIndexed int64

	meta   *fileMeta
	tree   *schema
	schema *types.Schema
	binds  []*binding // parallel to schema: where a column comes from
	stats  formats.Stats
	// nullMismatch reads columns whose type is not the table's as NULL.
	nullMismatch bool

	memory   int64         // estimate of what is kept, bytes
	before   tail          // of the footer: page indexes, where they came with it
	indexing chan struct{} // has room for one: who reads page indexes
	mu       sync.Mutex
	indexes  map[int]*groupIndex // guarded by mu
}

// tail is bytes of a file from off on.
type tail struct {
	off   int64
	bytes []byte
}

// cut gives the bytes of ranges, if the tail has all of them.
func (t *tail) cut(rs []store.Range) (out [][]byte, ok bool) {
	for _, r := range rs {
		if r.Off < t.off || r.Off+r.Len > t.off+int64(len(t.bytes)) {
			return nil, false
		}
		at := r.Off - t.off
		out = append(out, t.bytes[at:at+r.Len:at+r.Len])
	}
	return out, true
}

// Open implements formats.Format. It makes one read of the file's last 64 KiB,
// and a second one only if the footer is longer. Page indexes that come with the first are
// not read again.
func (f Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	footer, before, sealed, err := readFooter(store.WithReadKind(ctx, store.ReadFooter), s, o)
	if err != nil {
		return nil, err
	}
	var c *fileCrypt
	if sealed {
		if footer, c, err = f.openFooter(s.URL(o.Key), footer, opt); err != nil {
			return nil, err
		}
	}
	file, err := newFile(f, s, o, footer, c, opt)
	if err != nil {
		return nil, err
	}
	file.before = file.indexesOf(before)
	file.memory += int64(len(footer) + len(file.before.bytes))
	return file, nil
}

// indexesOf gives a copy of the part of end, a file's last bytes before its footer, that
// holds page indexes.
func (f *File) indexesOf(end tail) tail {
	from := end.off + int64(len(end.bytes))
	for _, g := range f.meta.groups {
		for i := range g.chunks {
			for _, r := range [...]byteRange{g.chunks[i].offsetIndex, g.chunks[i].columnIndex} {
				if r.len > 0 && r.off >= end.off {
					from = min(from, r.off)
				}
			}
		}
	}
	return tail{from, bytes.Clone(end.bytes[from-end.off:])}
}

// MemoryBytes estimates what the opened file keeps; page indexes that are read later
// are not counted.
func (f *File) MemoryBytes() int64 { return f.memory }

// newFile makes a file of its footer; c opened the footer, nil: it is plain.
func newFile(f Format, s store.Store, o store.Info, footer []byte, c *fileCrypt, opt formats.Options) (*File, error) {
	out := &File{store: s, info: o, url: s.URL(o.Key), skipCRC: f.SkipChecksums, batchRows: vector.BatchSize, minIndexed: minIndexed, indexes: map[int]*groupIndex{},
		indexing: make(chan struct{}, 1)}
	var err error
	if out.meta, err = decodeFileMeta(footer); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "corrupt Parquet footer: %v", err).In(out.url)
	}
	if out.tree, err = buildSchema(out.url, out.meta.schema); err != nil {
		return nil, err
	}
	if err := out.unlock(f, c, footer, opt); err != nil {
		return nil, err
	}
	if err := out.checkGroups(); err != nil {
		return nil, err
	}
	out.falsePlain = out.meta.falsePlain()
	out.nullMismatch = strings.EqualFold(opt.Properties["malformed.values"], "null")
	out.bindAll(opt.Schema, opt.FieldIDs, strings.EqualFold(opt.Properties["parquet.column.index.access"], "true"))
	out.stats = out.groupStats(0, len(out.meta.groups))
	leaves := int64(len(out.tree.leaves))
	out.memory = 4<<10 + 256*leaves + 400*leaves*int64(len(out.meta.groups))
	return out, nil
}

// unlock opens what is encrypted, as far as its keys are known.
func (f *File) unlock(format Format, c *fileCrypt, footer []byte, opt formats.Options) (err error) {
	if c == nil {
		if f.meta.crypt.algorithm == 0 {
			return nil
		}
		if c, err = format.newFileCrypt(f.url, &f.meta.crypt, opt); err != nil {
			return err
		}
		if err = c.verify(footer); err != nil {
			return err
		}
	}
	return c.unlock(f.meta, f.tree.leaves)
}

// readFooter gives the footer's bytes, to which what is decoded from them refers, and
// those before it that came along; sealed says that the footer is encrypted.
func readFooter(ctx context.Context, s store.Store, o store.Info) (footer []byte, before tail, sealed bool, err error) {
	url := s.URL(o.Key)
	if o.Size < 12 {
		return nil, before, false, fault.Corrupt(url, "not a Parquet file: it has only %d bytes", o.Size)
	}
	n := min(o.Size, footerGuess)
	bufs, err := s.ReadRanges(ctx, o, []store.Range{{Off: o.Size - n, Len: n}})
	if err != nil {
		return nil, before, false, err
	}
	end := bufs[0]
	if int64(len(end)) != n {
		return nil, before, false, fault.Corrupt(url, "the store gave %d of %d bytes", len(end), n)
	}
	size := int64(binary.LittleEndian.Uint32(end[n-8:]))
	switch string(end[n-4:]) {
	case magic:
	case magicEncrypted:
		sealed = true
	default:
		return nil, before, false, fault.Corrupt(url, "not a Parquet file: it does not end with %s", magic)
	}
	if size > o.Size-12 || size > maxFooter {
		return nil, before, false, fault.Corrupt(url, "the Parquet footer claims %d bytes of a file of %d", size, o.Size)
	}
	if size <= n-8 {
		return bytes.Clone(end[n-8-size : n-8]), tail{o.Size - n, end[:n-8-size]}, sealed, nil
	}
	bufs, err = s.ReadRanges(ctx, o, []store.Range{{Off: o.Size - 8 - size, Len: size - (n - 8)}})
	if err != nil {
		return nil, before, false, err
	}
	return append(bufs[0], end[:n-8]...), before, sealed, nil
}

// checkGroups verifies what later code relies on: every row group has a chunk
// for every leaf, of the leaf's type, inside the file.
func (f *File) checkGroups() error {
	rows := int64(0)
	short := f.meta.shortChunks()
	for g := range f.meta.groups {
		rg := &f.meta.groups[g]
		fail := func(col int, format string, args ...any) error {
			e := fault.Corrupt(f.url, format, args...)
			e.RowGroup = g + 1
			if col >= 0 {
				e.Column = f.tree.leaves[col].path
			}
			return e
		}
		if rg.rows < 0 || rows+rg.rows < rows {
			return fail(-1, "Parquet row group has %d rows", rg.rows)
		}
		rows += rg.rows
		if len(rg.chunks) != len(f.tree.leaves) {
			return fail(-1, "Parquet row group has %d column chunks for %d columns", len(rg.chunks), len(f.tree.leaves))
		}
		for i := range rg.chunks {
			c, l := &rg.chunks[i], f.tree.leaves[i]
			if c.encrypted || c.external || !c.hasMeta {
				continue // refused when the column is read
			}
			if c.phys != l.phys {
				return fail(i, "column chunk is %s, the schema says %s", c.phys, l.phys)
			}
			if c.values < 0 || c.compressed < 0 || l.maxRep == 0 && c.values != rg.rows {
				return fail(i, "column chunk has %d values in %d bytes for %d rows", c.values, c.compressed, rg.rows)
			}
			if r := c.span(); r.Off < 0 || r.Off > f.info.Size || r.Len > f.info.Size-r.Off {
				return fail(i, "column chunk lies outside of the file")
			} else if short {
				c.compressed += min(dictHeader, f.info.Size-r.Off-r.Len)
			}
		}
	}
	return nil
}

// dictHeader bounds the header of a dictionary page in old files.
const dictHeader = 100

// shortChunks reports whether the sizes of chunks may lack the header of their
// dictionary: so wrote parquet-mr before 1.2.9 (PARQUET-816).
func (m *fileMeta) shortChunks() bool { return m.writtenBefore("parquet-mr", 1, 2, 9) }

// falsePlain reports whether pages of version 2 may say that their values are
// not compressed though they are: so wrote Arrow before 3.0, which called itself
// parquet-cpp 1.5 (ARROW-10353).
func (m *fileMeta) falsePlain() bool { return m.writtenBefore("parquet-cpp version", 2, 0, 0) }

// writtenBefore reports whether a program wrote the file in a version before
// another, or in one that it does not tell.
func (m *fileMeta) writtenBefore(program string, version ...int) bool {
	rest, ok := strings.CutPrefix(m.createdBy, program)
	if !ok {
		return false
	}
	var v [3]int
	n, _ := fmt.Sscanf(strings.TrimPrefix(strings.TrimSpace(rest), "version "), "%d.%d.%d", &v[0], &v[1], &v[2])
	return n < 3 || slices.Compare(v[:], version) < 0
}

// readable refuses chunks that cannot be read at all.
func (f *File) readable(group, leaf int) error {
	c := &f.meta.groups[group].chunks[leaf]
	what := ""
	switch {
	case c.encrypted:
		return locked("column", cmp.Or(c.lockedBy, keyName(nil))).In(f.url).InColumn(f.tree.leaves[leaf].path)
	case c.external:
		what = "the Parquet column's data is in another file"
	case !c.hasMeta:
		return fault.Corrupt(f.url, "column chunk without metadata").InColumn(f.tree.leaves[leaf].path)
	default:
		return nil
	}
	return fault.New(fault.CodeFeatureNotSupported, "%s", what).In(f.url).InColumn(f.tree.leaves[leaf].path)
}

// span gives the bytes of a chunk. The dictionary, if there is one, comes
// first; some writers name its place only through the data offset.
func (c *chunkMeta) span() store.Range {
	off := c.dataOff
	if c.dictOff > 0 && c.dictOff < off {
		off = c.dictOff
	}
	return store.Range{Off: off, Len: c.compressed}
}

// Schema implements formats.File.
func (f *File) Schema() *types.Schema { return f.schema }

// FieldIDs gives the field_id of each of the file's own columns, 0 where it has
// none. Writers of table formats give every column one that stays when it is
// renamed; some others number the columns of each file by position.
func (f *File) FieldIDs() []int32 {
	ids := make([]int32, len(f.tree.cols))
	for i, n := range f.tree.cols {
		ids[i] = n.id
	}
	return ids
}

// Stats implements formats.File.
func (f *File) Stats() *formats.Stats { return &f.stats }

// Close implements formats.File. A File holds nothing open.
func (f *File) Close() error { return nil }

// CreatedBy gives the name that the writer left in the file, for diagnosis.
func (f *File) CreatedBy() string { return f.meta.createdBy }

// Splits implements formats.File: row groups in order, joined while they stay
// under target bytes together. A row group is never cut.
func (f *File) Splits(target int64) []formats.Split {
	var out []formats.Split
	size := int64(0)
	for g := range f.meta.groups {
		n := f.groupRange(g)
		if k := len(out) - 1; k >= 0 && size+n.Len <= target {
			s := &out[k]
			s.Count++
			s.Rows += f.meta.groups[g].rows
			end := max(s.Range.Off+s.Range.Len, n.Off+n.Len)
			s.Range.Off = min(s.Range.Off, n.Off)
			s.Range.Len = end - s.Range.Off
			size += n.Len
			continue
		}
		out = append(out, formats.Split{First: g, Count: 1, Range: n, Rows: f.meta.groups[g].rows})
		size = n.Len
	}
	for i := range out {
		st := f.groupStats(out[i].First, out[i].Count)
		out[i].Stats = &st
	}
	return out
}

// groupRange gives the bytes from the first to the last chunk of a row group.
func (f *File) groupRange(g int) store.Range {
	var lo, hi int64 = -1, 0
	for i := range f.meta.groups[g].chunks {
		c := &f.meta.groups[g].chunks[i]
		if !c.hasMeta || c.external {
			continue
		}
		r := c.span()
		if lo < 0 || r.Off < lo {
			lo = r.Off
		}
		hi = max(hi, r.Off+r.Len)
	}
	if lo < 0 {
		return store.Range{}
	}
	return store.Range{Off: lo, Len: hi - lo}
}

var errSplit = errors.New("parquet: split outside of the file")

func (f *File) checkSplit(s formats.Split) (first, end int, err error) {
	if s.First == 0 && s.Count == 0 {
		return 0, len(f.meta.groups), nil
	}
	if s.First < 0 || s.Count < 0 || s.First+s.Count > len(f.meta.groups) {
		return 0, 0, fault.Wrap(errSplit, fault.CodeInternal, "split of row groups %d..%d in a file of %d", s.First, s.First+s.Count, len(f.meta.groups)).In(f.url)
	}
	return s.First, s.First + s.Count, nil
}

// String names the file for logs.
func (f *File) String() string { return fmt.Sprintf("parquet(%s)", f.url) }
