package lines

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/encoding"
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
