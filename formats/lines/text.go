package lines

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// The properties of text that all formats of lines have.
const (
	// PropertyEncoding is Hive's name for the encoding of a table's files.
	PropertyEncoding = "serialization.encoding"
	// propertyEncoding is the same, as Spark and people write it.
	propertyEncoding = "encoding"
	// PropertyFooter says how many lines at the end of a file are no records.
	PropertyFooter = "skip.footer.line.count"
)

// maxFooter bounds the lines of a footer.
const maxFooter = 1 << 20

// text says how the (decompressed) bytes of a file are lines of UTF-8. What the
// readers of a file's splits learn of it they share.
//
//	mark at the file's beginning ─┐
//	serialization.encoding ───────┴─ encoding: UTF-8 ── bytes as they are, from split to split
//	                                           a byte a character ── decoded, from split to split
//	                                           any other ── decoded, one reader for all of the file
type text struct {
	declared *encoding.Encoding
	footer   int
	ending   []byte // of lines; nil: a line break
	single   bool   // ending may overlap itself: who cuts the file cannot tell where lines end

	learned *learned
}

// learned is what was seen of the file. Safe for concurrent use.
type learned struct {
	mu     sync.Mutex // guards the rest
	known  bool
	enc    *encoding.Encoding
	stop   int64 // where the footer begins; -1: nobody has looked
	looked bool
}

// parseText reads the properties, whose keys are in lower case.
func parseText(props map[string]string) (text, error) {
	t := text{learned: &learned{}}
	name := props[PropertyEncoding]
	if name == "" {
		name = props[propertyEncoding]
	}
	if name != "" {
		var err error
		if t.declared, err = encoding.Lookup(name); err != nil {
			return t, err
		}
	}
	if v := props[PropertyFooter]; v != "" {
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || n < 0 || n > maxFooter {
			return t, fault.New(fault.CodeInvalidParameter, "property %q is %q: expected a number of lines", PropertyFooter, v)
		}
		t.footer = n
	}
	return t, nil
}

// Ending gives what ends the records of a table's files, as its properties say;
// nil is a line break.
func Ending(props map[string]string) []byte {
	var out []byte
	for _, key := range []string{"line.delim", "textinputformat.record.delimiter"} { // Hadoop's name wins: Hive's SerDe only knows line breaks
		if v := props[key]; v != "" {
			if out = textval.Characters(v, true); bytes.Equal(out, newline) {
				out = nil
			}
		}
	}
	return out
}

// one reports whether the file can only be read from its beginning on, as far as
// the table tells.
func (t text) one() bool {
	return t.single || t.declared != nil && (!t.declared.Single() || t.footer > 0)
}

// cuttable reports whether compressed text can be read from the middle: what ends
// a line is one byte, which no block cuts, and no line counts from the end.
func (t text) cuttable() bool { return !t.one() && len(t.brk()) == 1 && t.footer == 0 }

// brk gives what ends lines.
func (t text) brk() []byte {
	if t.ending == nil {
		return newline
	}
	return t.ending
}

// of gives the encoding of a text that begins with head: a mark has the last
// word, since files of several encodings end up in one table.
func (t text) of(head []byte) *encoding.Encoding {
	if e, ok := encoding.Mark(head); ok {
		return e
	}
	if e := encoding.Guess(head); e != nil && t.declared == nil {
		return e
	}
	return t.declared
}

// learn is of, and keeps the answer for the readers of other splits.
func (t text) learn(head []byte) *encoding.Encoding {
	e := t.of(head)
	if t.learned != nil {
		t.learned.mu.Lock()
		defer t.learned.mu.Unlock()
		t.learned.known, t.learned.enc = true, e
	}
	return e
}

// heard gives what learn kept.
func (t text) heard() (e *encoding.Encoding, known bool) {
	if t.learned == nil {
		return nil, true
	}
	t.learned.mu.Lock()
	defer t.learned.mu.Unlock()
	return t.learned.enc, t.learned.known
}

// stop gives where the lines of the footer begin in a file of UTF-8; its size
// without a footer. The end of the file is read once for that.
func (t text) stop(ctx context.Context, s store.Store, o store.Info) (int64, error) {
	if t.footer == 0 {
		return o.Size, nil
	}
	l := t.learned
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.looked {
		at, err := footerStart(ctx, s, o, t.brk(), t.footer)
		if err != nil {
			return 0, err
		}
		l.stop, l.looked = at, true
	}
	return l.stop, nil
}

// footerStart finds the last n lines of a file from its end on.
func footerStart(ctx context.Context, s store.Store, o store.Info, brk []byte, n int) (int64, error) {
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	var tail []byte
	for size := int64(minTail); ; size *= 4 {
		from := max(0, o.Size-size)
		got, err := s.ReadRanges(ctx, o, []store.Range{{Off: from, Len: o.Size - from - int64(len(tail))}})
		if err != nil {
			return 0, err
		}
		tail = append(got[0][:len(got[0]):len(got[0])], tail...)
		if at, ok := lastLines(tail, brk, n); ok {
			return from + int64(at), nil
		}
		if from == 0 {
			return 0, nil
		}
		if len(tail) > MaxRecord {
			return 0, fault.Corrupt(s.URL(o.Key), "the last %d lines are longer than %d bytes", n, MaxRecord).
				WithHint("Check the property %q.", PropertyFooter)
		}
	}
}

// minTail is how much of a file's end is looked at first.
const minTail = 4 << 10

// lastLines gives where the last n lines of b begin; false if b shows no line
// before them.
func lastLines(b, brk []byte, n int) (at int, ok bool) {
	end := len(b)
	if bytes.HasSuffix(b, brk) {
		end -= len(brk)
	}
	for ; n > 0; n-- {
		i := bytes.LastIndex(b[:end], brk)
		if i < 0 {
			return 0, false
		}
		at, end = i+len(brk), i
	}
	return at, true
}

// reader makes UTF-8 without a footer of a stream.
func (t text) reader(r io.Reader) io.Reader {
	r = &markedReader{text: t, src: r}
	if t.footer > 0 {
		r = &footerReader{src: r, brk: t.brk(), lines: t.footer}
	}
	return r
}

// markedReader decodes a stream, whose encoding its first bytes may tell.
type markedReader struct {
	text text
	src  io.Reader
	r    io.Reader
}

// Read gives the next bytes of the text.
func (m *markedReader) Read(p []byte) (int, error) {
	if m.r == nil {
		head := make([]byte, headBytes)
		n, err := io.ReadFull(m.src, head)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return 0, err
		}
		head = head[:n]
		m.r = m.text.learn(head).Reader(io.MultiReader(bytes.NewReader(head), m.src))
	}
	return m.r.Read(p)
}

// headBytes are enough to tell an encoding.
const headBytes = 8

// footerReader withholds the last lines of a stream.
type footerReader struct {
	src   io.Reader
	brk   []byte
	lines int
	buf   []byte
	given int // of buf
	free  int // what of buf is surely no footer
	err   error
}

// Read gives the next bytes of what is before the footer.
func (f *footerReader) Read(p []byte) (int, error) {
	for f.given == f.free {
		if f.err != nil {
			return 0, f.err
		}
		if err := f.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.buf[f.given:f.free])
	f.given += n
	return n, nil
}

// more reads on and frees what has enough lines behind it.
func (f *footerReader) more() error {
	f.buf = append(f.buf[:0], f.buf[f.given:]...)
	f.given, f.free = 0, 0
	if len(f.buf) > MaxRecord {
		return fault.New(fault.CodeDataCorrupted, "the last %d lines are longer than %d bytes", f.lines, MaxRecord)
	}
	at := len(f.buf)
	f.buf = append(f.buf, make([]byte, minChunk)...)
	n, err := io.ReadFull(f.src, f.buf[at:])
	f.buf = f.buf[:at+n]
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	f.err = err
	if err == nil || err == io.EOF {
		f.free, _ = lastLines(f.buf, f.brk, f.lines)
	}
	return nil
}

// transcoder decodes what a fetcher brings, where every byte is a character, and
// finds where in the text the split begins and ends.
type transcoder struct {
	*fetcher
	r   *Reader
	enc *encoding.Encoding
	at  int64 // the stored byte that comes next
}

func (t *transcoder) more(ctx context.Context, dst []byte) ([]byte, error) {
	c := t.next(ctx)
	if c.err != nil {
		return dst, c.err
	}
	dst = t.decode(dst, c.data)
	c.recycle()
	return dst, nil
}

// decode appends the text of the next stored bytes to dst, which begins at r.base.
func (t *transcoder) decode(dst, data []byte) []byte {
	split := t.r.cfg.Split
	for _, edge := range []struct {
		at  int64
		dst *int64
	}{{split.Off, &t.r.start}, {split.Off + split.Len, &t.r.end}} {
		if n := edge.at - t.at; n >= 0 && n <= int64(len(data)) {
			dst = t.enc.Append(dst, data[:n])
			data, t.at = data[n:], edge.at
			*edge.dst = t.r.base + int64(len(dst))
		}
	}
	t.at += int64(len(data))
	return t.enc.Append(dst, data)
}

// Spelled gives the encoding in which the file is read, as its mark or the table
// says; nil is UTF-8. It is known after the first Fill.
func (r *Reader) Spelled() *encoding.Encoding {
	e, _ := r.cfg.Packing.text.heard()
	return e
}

// Respell says, after the first Fill and before anything is skipped, that the
// text itself tells its encoding, as XML does: what was read is decoded, and what
// comes. The file is read as one piece.
func (r *Reader) Respell(e *encoding.Encoding) {
	r.Alone()
	src := &sourceReader{src: r.src}
	out := &respelled{sourceReader: src, cfg: &r.cfg, text: e.Reader(io.MultiReader(bytes.NewReader(bytes.Clone(r.Bytes())), src))}
	r.src, r.end, r.buf, r.eof = out, endless, r.buf[:r.pos], false
}

// sourceReader makes an io.Reader of a source. ctx is that of the call under way.
type sourceReader struct {
	ctx  context.Context
	src  source
	buf  []byte
	rest []byte
}

func (s *sourceReader) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		var err error
		if s.buf, err = s.src.more(s.ctx, s.buf[:0]); err != nil {
			return 0, err
		}
		s.rest = s.buf
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *sourceReader) close() { s.src.close() }

// respelled is a source decoded.
type respelled struct {
	*sourceReader
	cfg  *Config
	text io.Reader
}

func (s *respelled) more(ctx context.Context, dst []byte) ([]byte, error) {
	s.ctx = ctx
	dst, err := s.cfg.grow(dst, minChunk)
	if err != nil {
		return dst, err
	}
	n, err := io.ReadFull(s.text, dst[len(dst):len(dst)+minChunk])
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err = nil // the end shows again at the next call
	}
	return dst[:len(dst)+n], err
}

// CheckWritable refuses to write files for a table that reads its text in a way
// that is not written: rows would be lost, or come back as others.
func CheckWritable(props map[string]string) error {
	t, err := parseText(props)
	switch {
	case err != nil:
		return err
	case t.declared != nil:
		return fault.New(fault.CodeFeatureNotSupported, "writing files in the encoding %s is not supported", t.declared.Name()).
			WithHint("Write to a table without the property %q: its files are UTF-8.", PropertyEncoding)
	case t.footer > 0:
		return fault.New(fault.CodeFeatureNotSupported, "writing files with a footer, which %q = '%d' says that they have, is not supported", PropertyFooter, t.footer)
	}
	return nil
}
