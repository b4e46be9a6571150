// Package lines brings the bytes of a text file to the parsers of records:
// whole files or byte splits, plain or compressed, read ahead in growing
// chunks.
//
//	Open(store, object, codec, split) ──> Reader
//	   Fill: chunk by chunk, ahead of the parser, decompressed ──> Bytes ── parser ── Skip(records read)
//
// A record belongs to the split in which its first byte lies. A split therefore
// reads on past its end until its last record is complete, and the parser
// skips the record that is under way at its beginning (SkipPartial, or its own
// way where a record may hold a line break).
package lines

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/store"
)

// MaxRecord is the longest record, in bytes, that a text file may hold.
const MaxRecord = 64 << 20

// markBytes are enough to tell a compression.
const markBytes = 64

// Config says what to read.
type Config struct {
	Store  store.Store
	Object store.Info
	// Packing is how the file is compressed.
	Packing Packing
	Split   store.Range // of the stored bytes; compressed files have one split
	Eager   bool        // read ahead: the whole split will be wanted
	// Overlap is shared by the readers of the file's splits; nil: each reads what
	// it needs.
	Overlap *formats.Overlap
	// Decode, if not nil, turns the (decompressed) bytes into lines of text: the
	// records of a binary format. Such files have one split; lines are counted,
	// and offsets measured, in the text.
	Decode func(io.Reader) io.Reader
	// Memory is charged with what long records and large windows take; nil: nothing
	// is.
	Memory formats.Memory

	charge *formats.Charge // of Memory
}

// Reader gives the bytes of a split. Not safe for concurrent use.
type Reader struct {
	cfg    Config
	lane   *formats.Lane
	src    source
	buf    []byte
	pos    int   // start of what has not been skipped
	base   int64 // offset of buf[0] in the (decompressed, decoded) file
	lines  int64 // line breaks before buf[0], counted from where the reader began
	start  int64 // where the split begins, in the (decompressed, decoded) file
	end    int64 // and where it ends
	marked int64 // what of end is there for the byte order mark
	eof    bool
	codec  codec.Codec // as far as it is known
	begun  bool        // something was read
	cut    bool        // the footer begins in the split, or before it
	none   bool        // no record begins in the split: another reader has them, or it is all footer

	before *int64 // line breaks before the split, once they were counted
}

// endless is where a split ends that ends with its file; unknown, where it ends in
// the text if that has not been decoded yet.
const (
	endless = 1 << 62
	unknown = endless - 1
)

// source appends the next bytes to dst; io.EOF comes without bytes.
type source interface {
	more(ctx context.Context, dst []byte) ([]byte, error)
	close()
}

// Open makes the reader of a split. Nothing is read yet. A split that does not
// begin with the file begins earlier here by as many bytes as end a line, because
// these say whether a record begins at the split's first one.
func Open(cfg Config) *Reader {
	cfg.charge = formats.NewCharge(cfg.Memory, cfg.Store.URL(cfg.Object.Key))
	r := &Reader{cfg: cfg}
	f := newFetcher(cfg)
	r.lane = f.lane
	switch {
	case cfg.Packing.division != nil && cfg.Decode == nil && cfg.Split.Len < cfg.Object.Size:
		r.src, r.end = newSection(r, f), unknown
	case !cfg.Packing.One() && cfg.Packing.division == nil && cfg.Decode == nil:
		r.src, r.base, r.start, r.end = f, f.off, cfg.Split.Off, cfg.Split.Off+cfg.Split.Len
	default:
		r.src, r.end = newStream(cfg, f), endless
	}
	return r
}

// Partial reports whether the reader begins inside the file, before the split.
func (r *Reader) Partial() bool {
	return r.end < endless && r.cfg.Split.Off > 0
}

// Edge is the border of two splits as a reader sees it.
type Edge struct {
	At     int64 // the stored byte at which a split ends and the next begins
	Behind int64 // how far behind it, in the text, Bytes begins
}

// StartEdge gives the border at which the split begins, EndEdge the one where it
// ends: the readers of neighbours must see the next record equally far behind it.
// ok is false where this reader has no neighbour.
func (r *Reader) StartEdge() (e Edge, ok bool) {
	if s, section := r.src.(*section); section {
		return Edge{s.start, r.Offset() - s.base}, r.Partial() && s.start >= 0
	}
	return Edge{r.cfg.Split.Off, r.Offset() - r.start}, r.Partial() && !r.none
}

// EndEdge is StartEdge for the split's end.
func (r *Reader) EndEdge() (e Edge, ok bool) {
	if s, section := r.src.(*section); section {
		return Edge{s.next, r.Offset() - (r.end - 1)}, s.next >= 0
	}
	at := r.cfg.Split.Off + r.cfg.Split.Len
	return Edge{at, r.Offset() - (r.end - r.marked)}, r.end < unknown && !r.cut && !r.none && at < r.cfg.Object.Size
}

// Bytes gives what has been read and not skipped. It is valid until the next
// Fill.
func (r *Reader) Bytes() []byte { return r.buf[r.pos:] }

// Offset gives the offset in the (decompressed) file of the first of Bytes.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// End gives the offset in the (decompressed) file where the split ends: a
// record that begins there or later is the next split's.
func (r *Reader) End() int64 { return r.end }

// EOF reports whether the file ends with Bytes.
func (r *Reader) EOF() bool { return r.eof }

// Skip marks the first n of Bytes as done. They stay in memory until Fill.
func (r *Reader) Skip(n int) { r.pos += n }

// bom is the byte order mark of UTF-8.
var bom = []byte("\xef\xbb\xbf")

// Begin looks at the first bytes of a file: it skips a byte order mark and
// refuses archives, and what is compressed where the table says that nothing is: a
// format that takes any line would make rows of it. It is called once, after the
// first Fill, if the reader is not Partial.
func (r *Reader) Begin() error {
	b := r.Bytes()
	if c := codec.Judge(codec.None, b); r.codec == codec.None && c != codec.None {
		return fault.New(fault.CodeBadCopyFormat, "the file is compressed (%s), and the table says that it is not", c).In(r.URL()).
			WithHint("Remove the table property '%s' = 'none'.", PropertyCompression)
	}
	if isTar(b) {
		return fault.New(fault.CodeFeatureNotSupported, "the file is a tar archive").In(r.URL()).
			WithHint("Unpack the archive: every file can be an object of its own.")
	}
	if bytes.HasPrefix(b, bom) {
		r.Skip(len(bom))
		if end := int64(len(bom)) + 1; r.end < end { // the mark belongs to the first record, wherever a split ends
			r.marked, r.end = end-r.end, end
		}
	}
	return nil
}

// isTar recognizes an archive by its first header (POSIX.1-1988 and GNU): a mark,
// and zeros behind the first file's name.
func isTar(b []byte) bool {
	const mark = 257
	return len(b) > 512 && string(b[mark:mark+5]) == "ustar" && (b[mark+5] == 0 || b[mark+5] == ' ') && bytes.IndexByte(b[:mark], 0) >= 0
}

// Fill reads more. What was skipped is given up, the rest moves, and its
// memory is reused: nothing may refer to it any more. At the end of the file
// it sets EOF.
func (r *Reader) Fill(ctx context.Context) error {
	if r.eof {
		return nil
	}
	if len(r.buf)-r.pos > MaxRecord {
		return r.Errorf(r.Offset(), "record longer than %d bytes", MaxRecord).
			WithHint("Check the delimiter, and whether a quote is closed.")
	}
	r.lines += int64(bytes.Count(r.buf[:r.pos], r.cfg.Packing.text.brk()))
	r.base += int64(r.pos)
	n := copy(r.buf, r.buf[r.pos:])
	r.pos = 0
	buf, err := r.more(ctx, r.buf[:n])
	if r.buf = buf; err == io.EOF {
		r.eof = true
		return nil
	}
	if err != nil {
		return r.in(err)
	}
	return nil
}

var newline = []byte{'\n'}

// more is the source's. At first it looks at what the file begins with, where
// nobody knows yet whether it is compressed, and which encoding it is in: a split
// inside a file that must be read from its beginning on has no rows, the first
// one's reader reads it all.
func (r *Reader) more(ctx context.Context, buf []byte) ([]byte, error) {
	f, plain := r.src.(*fetcher)
	if r.begun || !plain {
		return r.src.more(ctx, buf)
	}
	r.begun = true
	if r.cfg.Split.Off > 0 {
		return r.beginInside(ctx, f, buf)
	}
	buf, err := f.head(ctx, buf)
	if err != nil {
		return buf, err
	}
	var e *encoding.Encoding
	if r.codec = r.cfg.Packing.learn(buf); r.codec == codec.None {
		e = r.cfg.Packing.text.learn(buf)
	}
	switch {
	case r.codec != codec.None || e != nil && (!e.Single() || r.cfg.Packing.text.footer > 0):
		r.Alone()
		s := newStream(r.cfg, f)
		s.src.rest = bytes.Clone(buf)
		r.src, r.end = s, endless
		return s.more(ctx, buf[:0])
	case e != nil:
		t := r.transcode(f, e)
		raw := bytes.Clone(buf)
		return t.decode(buf[:0], raw), nil
	}
	return r.untilFooter(ctx, f, buf)
}

// beginInside begins to read a split that does not begin with its file.
func (r *Reader) beginInside(ctx context.Context, f *fetcher, buf []byte) ([]byte, error) {
	c, e, err := r.cfg.Packing.ask(ctx, r.cfg.Store, r.cfg.Object)
	switch {
	case err != nil:
		return buf, err
	case c != codec.None || e != nil && (!e.Single() || r.cfg.Packing.text.footer > 0):
		r.codec, r.end, r.none = c, r.base, true
		return buf, io.EOF
	case e != nil:
		return r.transcode(f, e).more(ctx, buf)
	}
	if buf, err = r.untilFooter(ctx, f, buf); err != nil {
		return buf, err
	}
	return f.more(ctx, buf)
}

func (r *Reader) transcode(f *fetcher, e *encoding.Encoding) *transcoder {
	t := &transcoder{fetcher: f, r: r, enc: e, at: r.base}
	r.src, r.end = t, unknown
	return t
}

// untilFooter has the fetcher end where the file's footer begins; buf is what it
// has read.
func (r *Reader) untilFooter(ctx context.Context, f *fetcher, buf []byte) ([]byte, error) {
	var all []byte // of the file, if that is what has been read
	if r.base == 0 && int64(len(buf)) == r.cfg.Object.Size {
		all = buf
	}
	stop, err := r.cfg.Packing.text.stop(ctx, r.cfg.Store, r.cfg.Object, all)
	if err != nil || stop == r.cfg.Object.Size {
		return buf, err
	}
	f.stop = stop
	if stop < r.end {
		r.end, r.cut, r.none = max(stop, r.base), true, stop <= r.cfg.Split.Off
	}
	return buf[:min(int64(len(buf)), max(stop-r.base, 0))], nil
}

// SkipPartial skips the record that is under way where a split begins, for
// formats whose records hold no line break. It reports false if no record
// begins in the split.
func (r *Reader) SkipPartial(ctx context.Context) (bool, error) {
	if !r.Partial() {
		return true, nil
	}
	brk := r.cfg.Packing.text.brk()
	for {
		if i := bytes.Index(r.Bytes(), brk); i >= 0 {
			r.Skip(i + len(brk))
			if r.Offset() >= r.end {
				return false, nil
			}
			r.Settle()
			return true, nil
		}
		r.Skip(max(0, len(r.Bytes())-len(brk)+1))         // the rest may begin one
		if r.eof || r.Offset() >= r.end-int64(len(brk)) { // behind a break there the next split begins
			return false, nil
		}
		if err := r.Fill(ctx); err != nil {
			return false, err
		}
	}
}

// Settle says that Bytes begins with the split's first record, for formats that
// find it in their own way. What is read from now on is kept for no other split.
func (r *Reader) Settle() { r.lane.Settle() }

// Alone says that this reader reads on to the end of the file, and that the
// readers of the other splits find nothing to do.
func (r *Reader) Alone() { r.lane.Alone() }

// Line gives the 1-based number of the line that holds the byte at an offset
// within what is in memory. For a split inside the file the lines before it
// are counted by reading the file's beginning (which only errors need); 0 if
// that fails.
func (r *Reader) Line(ctx context.Context, off int64) int64 {
	in := min(max(off-r.base, 0), int64(len(r.buf)))
	return r.absolute(ctx, 1+r.lines+int64(bytes.Count(r.buf[:in], r.cfg.Packing.text.brk())))
}

// absolute turns a line number that counts from where the reader began into
// one of the file; 0 if that fails.
func (r *Reader) absolute(ctx context.Context, line int64) int64 {
	if !r.Partial() {
		return line
	}
	if r.before == nil {
		before, err := r.countBefore(ctx)
		if err != nil {
			return 0
		}
		r.before = &before
	}
	return line + *r.before
}

// countBefore counts the line breaks before where the reader began.
func (r *Reader) countBefore(ctx context.Context) (int64, error) {
	if s, ok := r.src.(*section); ok {
		return s.countBefore(ctx)
	}
	return countLines(ctx, r.cfg, max(0, r.cfg.Split.Off-int64(len(r.cfg.Packing.text.brk()))))
}

var errTooFar = fault.New(fault.CodeLimitExceeded, "too far into the file")

// maxCount bounds what is read for a line number, countStep what is read at a time.
const (
	maxCount  = 256 << 20
	countStep = 4 << 20
)

func countLines(ctx context.Context, cfg Config, upTo int64) (n int64, err error) {
	if upTo > maxCount {
		return 0, errTooFar
	}
	ctx = store.WithReadKind(ctx, store.ReadFooter) // diagnosis, not scanned data
	brk, enc := cfg.Packing.text.brk(), cfg.Packing.text.declared
	var rest []byte
	for off := int64(0); off < upTo; off += countStep {
		got, err := cfg.Store.ReadRanges(ctx, cfg.Object, []store.Range{{Off: off, Len: min(countStep, upTo-off)}})
		if err != nil {
			return 0, err
		}
		data := got[0]
		if enc.Single() {
			data = enc.Append(nil, data)
		}
		if len(brk) > 1 { // one may be cut
			data = append(rest, data...)
			rest = bytes.Clone(data[max(0, len(data)-len(brk)+1):])
		}
		n += int64(bytes.Count(data, brk))
		store.Recycle(got[0])
	}
	return n, nil
}

// Errorf makes the error for a bad record at an offset within what is in
// memory.
func (r *Reader) Errorf(off int64, format string, args ...any) *fault.Error {
	return r.Place(context.Background(), off, fault.Corrupt(r.URL(), format, args...))
}

// Place adds the file, line and offset to an error about a record.
func (r *Reader) Place(ctx context.Context, off int64, e *fault.Error) *fault.Error {
	return r.placed(off, r.Line(ctx, off), e)
}

// PlaceLine is Place for parsers that change the bytes in memory and so count
// lines themselves: line counts from 1 where the reader began, which for a
// split inside the file is the line under way there.
func (r *Reader) PlaceLine(ctx context.Context, off, line int64, e *fault.Error) *fault.Error {
	return r.placed(off, r.absolute(ctx, line), e)
}

func (r *Reader) placed(off, line int64, e *fault.Error) *fault.Error {
	e.In(r.URL())
	if e.Line = line; line == 0 {
		return e.WithDetail("The record begins at byte %d.", off)
	}
	return e
}

// badData is how Athena's users know values that cannot be read as declared.
const badData = "HIVE_BAD_DATA: "

// BadData marks an error about such a value, and gives it back.
func BadData(e *fault.Error) *fault.Error {
	e.Message = badData + e.Message
	return e
}

// Reject counts a record that its table wants left out, because of e. The place
// is as in Place and, with a line, PlaceLine.
func (r *Reader) Reject(ctx context.Context, to *formats.Rejects, off, line int64, e *fault.Error) {
	x := formats.Reject{Column: e.Column, Action: cleanse.DropRow, Why: e.Message}
	if errors.Is(e, types.ErrRange) {
		x.Trigger = cleanse.Overflow
	}
	r.Tell(ctx, to, off, line, x)
}

// Tell tells of a record or value that is left out or changed. The place is as in
// Reject.
func (r *Reader) Tell(ctx context.Context, to *formats.Rejects, off, line int64, x formats.Reject) {
	if to == nil {
		return
	}
	x.Object, x.Offset, x.Why = r.URL(), off, strings.TrimPrefix(x.Why, badData)
	to.Add(x, func() int64 {
		if line > 0 {
			return r.absolute(ctx, line)
		}
		return r.Line(ctx, off)
	})
}

// URL gives the object's location as users write it.
func (r *Reader) URL() string { return r.cfg.Store.URL(r.cfg.Object.Key) }

// in adds the file to the errors of decoders, which do not know it.
func (r *Reader) in(err error) error {
	if e := fault.As(err); e.Code == fault.CodeDataCorrupted || e.Code == fault.CodeFeatureNotSupported || e.Code == fault.CodeProgramLimit {
		return e.In(r.URL())
	}
	return err
}

// Close stops reading ahead and waits for it.
func (r *Reader) Close() error {
	r.src.close()
	if r.buf != nil {
		store.Recycle(r.buf[:0])
		r.buf = nil
	}
	r.eof, r.pos = true, 0
	r.cfg.charge.Close()
	return nil
}

// Head gives the first bytes of a file, decompressed, for schema inference: at
// most about n. complete says that this is all there is. The read counts as
// metadata, and settles p.
func Head(ctx context.Context, s store.Store, o store.Info, p *Packing, n int) (head []byte, complete bool, err error) {
	head, complete, err = begins(ctx, s, o, p, n)
	if err != nil {
		return nil, false, err
	}
	return p.text.learn(head).Decode(head), complete, nil
}

// maxHead bounds the stored bytes that are read for the first decompressed ones.
const maxHead = 4 << 20

// begins gives the first bytes of a file, decompressed. Where the first block is
// longer than n bytes, more is read.
func begins(ctx context.Context, s store.Store, o store.Info, p *Packing, n int) (head []byte, complete bool, err error) {
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	for stored := int64(n); ; stored *= 4 {
		raw, err := s.ReadRanges(ctx, o, []store.Range{{Len: min(o.Size, stored)}})
		if err != nil {
			return nil, false, err
		}
		p.settle(p.learn(raw[0]))
		complete = int64(len(raw[0])) == o.Size
		if p.expected == codec.None {
			return raw[0], complete, nil
		}
		text, whole, err := inflate(p.expected, raw[0], n, complete)
		store.Recycle(raw[0])
		switch {
		case err == nil:
			return text, whole, nil
		case complete || stored >= maxHead:
			return nil, false, fault.As(err).In(s.URL(o.Key))
		}
	}
}

// inflate decompresses at most n bytes. That the data breaks off is an error
// only if it should be complete.
func inflate(c codec.Codec, raw []byte, n int, complete bool) (head []byte, whole bool, err error) {
	d, err := codec.NewReader(c, bytes.NewReader(raw))
	if err != nil {
		return nil, false, err
	}
	defer d.Close()
	head, err = io.ReadAll(io.LimitReader(d, int64(n)))
	if err != nil {
		if complete || len(head) == 0 {
			return nil, false, err
		}
		return head, false, nil
	}
	return head, complete && len(head) < n, nil
}

// TrimName cuts directories and the compression's extension off a key and
// gives the name in lower case, for the formats' Sniff.
func TrimName(key string) string {
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		key = key[i+1:]
	}
	return strings.ToLower(codec.TrimExtension(key))
}
