// Package ion reads files of Amazon Ion values, text and binary
// (amazon-ion.github.io/ion-docs, version 1.0).
//
//	bytes ── reader: value by value ── text or binary parser ──> JSON lines ── formats/json ──> Batch
//
// The values at the top are structs; each is a row. A value is what its JSON
// says: symbols and clobs are texts, blobs base64, s-expressions arrays,
// timestamps local timestamps in UTC (dates where they have no time),
// decimals numbers. Annotations are passed over. A symbol whose text is not
// known, as that of a shared symbol table, is its number behind a dollar sign,
// as Ion's own text has it. What the specification forbids is an error. Line
// numbers in errors are numbers of values.
package ion

import (
	"bytes"
	"errors"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/lines"
)

// Format is the ion format.
func Format() json.Encoding {
	return json.Encoding{Classification: "ion", Recognize: sniff, Decode: decode, Columns: columns}
}

// mark begins binary Ion and each of its symbol tables' scopes.
var mark = []byte{0xe0, 0x01, 0x00, 0xea}

// errShort is a value whose end is not there.
var errShort = errors.New("a value ends behind its data")

// maxDepth bounds the nesting of values.
const maxDepth = 200

// sniff looks for the mark of binary Ion, or reads the first struct of text.
// What is JSON is JSON.
func sniff(_ string, head []byte) float64 {
	if bytes.HasPrefix(head, mark) {
		return 1
	}
	body := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	p := textParser{b: body}
	if bytes.HasPrefix(body, []byte("$ion_1_0")) {
		return 1
	}
	if p.space() != nil || p.peek() != '{' || bytes.HasPrefix(p.b[p.i:], []byte("{{")) {
		return 0
	}
	_, err := p.value(nil, 0, false)
	switch {
	case err == nil && p.fields > 0:
		return 1
	case errors.Is(err, errShort) && p.fields > 0:
		return 0.9
	}
	return 0
}

func decode(r io.Reader) io.Reader {
	d := &reader{src: r}
	return json.Lines(d.next)
}

// reader makes JSON lines of values.
type reader struct {
	src    io.Reader
	buf    []byte
	pos    int
	eof    bool
	begun  bool
	binary *binaryParser // nil: text
	text   textParser
	out    []byte
	chunk  int // how much is read at a time; 0: chunkSize
}

// chunkSize is how many bytes are read at a time.
const chunkSize = 64 << 10

// next reads one value; it may make no line.
func (r *reader) next() ([]byte, error) {
	if !r.begun {
		r.begun = true
		for len(r.buf) < len(mark) && !r.eof {
			if err := r.fill(); err != nil {
				return nil, err
			}
		}
		if bytes.HasPrefix(r.buf, mark) {
			r.binary = &binaryParser{}
		} else if bytes.HasPrefix(r.buf, []byte("\xef\xbb\xbf")) {
			r.pos = 3
		} else if bytes.HasPrefix(r.buf, []byte{0}) || bytes.HasPrefix(r.buf, []byte{0xfe, 0xff}) || bytes.HasPrefix(r.buf, []byte{0xff, 0xfe}) {
			return nil, fault.New(fault.CodeFeatureNotSupported, "text Ion is read as UTF-8; this is UTF-16 or UTF-32")
		}
	}
	for {
		out, n, err := r.parse()
		if errors.Is(err, errShort) && !r.eof {
			if err := r.fill(); err != nil {
				return nil, err
			}
			continue
		}
		if errors.Is(err, errShort) {
			return nil, fault.Wrap(io.ErrUnexpectedEOF, fault.CodeDataCorrupted, "invalid Ion: the file ends inside a value")
		}
		if err == io.EOF {
			return nil, err
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeDataCorrupted, "invalid Ion: %v", err)
		}
		r.pos += n
		if len(out) > 0 {
			out = append(out, '\n')
		}
		r.out = out
		return out, nil
	}
}

// parse reads the value at the beginning of what is there, as a line without
// its break; nothing for what is no row. io.EOF is the end.
func (r *reader) parse() (out []byte, n int, err error) {
	rest := r.buf[r.pos:]
	if cap(r.out) < len(rest) {
		r.out = make([]byte, 0, cap(r.buf))
	}
	if r.binary != nil {
		if len(rest) == 0 && r.eof {
			return nil, 0, io.EOF
		}
		return r.binary.top(r.out[:0], rest)
	}
	out, err = r.text.top(r.out[:0], rest, r.eof)
	return out, r.text.i, err
}

// fill reads more, giving up what was parsed.
func (r *reader) fill() error {
	n := copy(r.buf, r.buf[r.pos:])
	r.buf, r.pos = r.buf[:n], 0
	if n > lines.MaxRecord {
		return fault.New(fault.CodeDataCorrupted, "invalid Ion: a value longer than %d bytes", lines.MaxRecord)
	}
	want := r.chunk
	if want == 0 {
		want = max(chunkSize, n) // what is long is not read again and again
	}
	if n+want > cap(r.buf) {
		if err := lines.Grow(r.src, 2*cap(r.buf), 2*(n+want)); err != nil { // the text of a value is about as long
			return err
		}
		r.buf = append(make([]byte, 0, n+want), r.buf...)
	}
	r.buf = r.buf[:n+want]
	m, err := io.ReadFull(r.src, r.buf[n:])
	r.buf = r.buf[:n+m]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		r.eof, err = true, nil
	}
	return err
}
