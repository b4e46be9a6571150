package csv

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// writer writes CSV. See NewWriter.
type writer struct {
	w      io.Writer
	d      dialect
	schema *types.Schema
	header bool
	base64 bool // binary is base64, as Hive's LazySimpleSerDe has it
	buf    []byte
	text   []byte // the value that is being quoted
	err    error
}

// flushAt is how many bytes are collected before they are written.
const flushAt = 64 << 10

// NewWriter writes records with the delimiter, quote, escape and NULL of the
// properties that Open reads, so that Open reads the records back. A header is
// written unless the property "header" is "false". Without a quote and an escape
// character, texts that need one are an error. NULL is the null text
// without quotes (by default nothing), texts that equal it are quoted. Nested
// values are written as JSON.
func NewWriter(w io.Writer, schema *types.Schema, props map[string]string) (formats.Writer, error) {
	d, err := parseDialect(props)
	if err != nil {
		return nil, err
	}
	return &writer{w: w, d: d, schema: schema, base64: strings.Contains(strings.ToLower(props["serialization.lib"]), serdeLazy), header: !strings.EqualFold(props["header"], "false")}, nil
}

// Write appends the selected rows.
func (w *writer) Write(b *vector.Batch) error {
	w.writeHeader()
	row := func(r int) error {
		for i, v := range b.Cols {
			if i > 0 {
				w.buf = append(w.buf, w.d.delim)
			}
			w.value(v, r)
		}
		w.buf = append(w.buf, '\n')
		if len(w.buf) >= flushAt {
			return w.flush()
		}
		return nil
	}
	if b.Sel == nil {
		for r := range b.N {
			if err := row(r); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range b.Sel {
		if err := row(int(r)); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left; without rows, the header.
func (w *writer) Close() error {
	w.writeHeader()
	return w.flush()
}

func (w *writer) flush() error {
	if w.err != nil {
		return w.err
	}
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *writer) writeHeader() {
	if !w.header {
		return
	}
	w.header = false
	for i, f := range w.schema.Fields {
		if i > 0 {
			w.buf = append(w.buf, w.d.delim)
		}
		at := len(w.buf)
		w.buf = append(w.buf, f.Name...)
		w.protect(at)
	}
	w.buf = append(w.buf, '\n')
}

func (w *writer) value(v *vector.Vector, row int) {
	flat, i, ok := textval.At(v, row)
	if !ok {
		w.buf = append(w.buf, w.d.null...)
		return
	}
	at := len(w.buf)
	if w.base64 && flat.Type.Kind == types.Varbinary {
		w.buf = base64.StdEncoding.AppendEncode(w.buf, flat.Bytes(i))
	} else {
		w.buf = textval.AppendText(w.buf, flat, i)
	}
	w.protect(at)
}

// protect quotes or escapes the text from at on if it would be read otherwise.
func (w *writer) protect(at int) {
	d, s := &w.d, w.buf[at:]
	special := d.hasNull && bytes.Equal(s, d.null)
	for _, c := range s {
		if c == d.delim || c == '\n' || c == '\r' || d.quote != 0 && (c == d.quote || c == d.escape) || d.outside != 0 && c == d.outside {
			special = true
			break
		}
	}
	if !special {
		return
	}
	w.text = append(w.text[:0], s...)
	w.buf = w.buf[:at]
	if d.quote == 0 {
		w.escape()
		return
	}
	w.buf = append(w.buf, d.quote)
	for _, c := range w.text {
		if c == d.quote || c == d.escape {
			w.buf = append(w.buf, d.escape)
		}
		w.buf = append(w.buf, c)
	}
	w.buf = append(w.buf, d.quote)
}

// escape writes the text without quotes, where a line break has no spelling, and
// without an escape character the delimiter and the text of NULL have none either.
func (w *writer) escape() {
	at := len(w.buf)
	for _, c := range w.text {
		switch {
		case c == '\n' || c == '\r':
			w.refuse("a text with a line break cannot be written without quotes")
		case c != w.d.delim && c != w.d.outside:
		case w.d.outside == 0:
			w.refuse("a text with the delimiter cannot be written without quotes or escapes")
		default:
			w.buf = append(w.buf, w.d.outside)
		}
		w.buf = append(w.buf, c)
	}
	if w.d.hasNull && bytes.Equal(w.buf[at:], w.d.null) {
		w.refuse("a text that spells NULL cannot be written without quotes")
	}
}

// refuse makes an error of the next flush, unless there is one.
func (w *writer) refuse(why string) {
	if w.err == nil {
		w.err = fault.New(fault.CodeInvalidText, "%s", why).WithHint("Write another format, or set the property quotechar or escape.delim.")
	}
}
