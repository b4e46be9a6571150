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
	delim  []byte
	line   []byte
	marks  [256]uint8 // bytes that mean something, see mark
	schema *types.Schema
	header bool
	base64 bool // binary is base64, as Hive's LazySimpleSerDe has it
	buf    []byte
	quoted []byte // the value that is being quoted
	err    error
}

// flushAt is how many bytes are collected before they are written.
const flushAt = 64 << 10

// NewWriter writes records with the delimiter, quote, escape and NULL of the
// properties that Open reads, so that Open reads the records back. A header is
// written unless the property "header" is "false". Without a quote and an escape
// character, texts that need one are an error. NULL is the null text
// without quotes (by default nothing), texts that equal it are quoted. Nested
// values are written as JSON, with LazySimpleSerDe with Hive's separators; an array
// of one empty text, which reads as none, is an error there.
func NewWriter(w io.Writer, schema *types.Schema, props map[string]string) (formats.Writer, error) {
	d, err := parseDialect(props)
	if err != nil {
		return nil, err
	}
	out := &writer{w: w, d: d, delim: d.delimiter(), line: d.ending(), schema: schema, base64: d.lazy, header: !strings.EqualFold(props["header"], "false")}
	out.mark()
	return out, nil
}

// Write appends the selected rows.
func (w *writer) Write(b *vector.Batch) error {
	w.writeHeader()
	row := func(r int) error {
		for i, v := range b.Cols {
			if i > 0 {
				w.buf = append(w.buf, w.delim...)
			}
			w.value(v, r)
		}
		w.buf = append(w.buf, w.line...)
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
			w.buf = append(w.buf, w.delim...)
		}
		at := len(w.buf)
		w.buf = append(w.buf, f.Name...)
		w.protect(at, 0)
	}
	w.buf = append(w.buf, w.line...)
}

func (w *writer) value(v *vector.Vector, row int) {
	flat, i, ok := textval.At(v, row)
	switch {
	case !ok:
		w.buf = append(w.buf, w.d.null...)
	case w.d.lazy && flat.Type.IsNested():
		w.nested(flat, i, 0)
	default:
		w.text(flat, i, 0)
	}
}

// text writes a value that is no nested one, at a level of separators.
func (w *writer) text(flat *vector.Vector, i, level int) {
	at := len(w.buf)
	if w.base64 && flat.Type.Kind == types.Varbinary {
		w.buf = base64.StdEncoding.AppendEncode(w.buf, flat.Bytes(i))
	} else {
		w.buf = textval.AppendText(w.buf, flat, i)
	}
	w.protect(at, level)
}

// lazy writes a nested value, whose parts are separated by those of a level.
func (w *writer) lazy(v *vector.Vector, i, level int) {
	below := level + 1
	if v.Type.Kind == types.Map {
		below++
	}
	if below > len(w.d.levels) {
		w.refuse("values nested as deep have no separators in LazySimpleSerDe")
		return
	}
	sep := w.d.levels[level]
	if v.Type.Kind == types.Row {
		for k, kid := range v.Kids {
			if k > 0 {
				w.buf = append(w.buf, sep)
			}
			w.part(kid, i, below)
		}
		return
	}
	r := v.Ranges()[i]
	for k := int(r.Off); k < int(r.Off+r.Len); k++ {
		if k > int(r.Off) {
			w.buf = append(w.buf, sep)
		}
		w.part(v.Kids[0], k, below)
		if v.Type.Kind == types.Map {
			w.buf = append(w.buf, w.d.levels[level+1])
			w.part(v.Kids[1], k, below)
		}
	}
}

// nested writes an array, a map or a row, unless it would be read as another value.
func (w *writer) nested(v *vector.Vector, i, level int) {
	at := len(w.buf)
	w.lazy(v, i, level)
	switch text := w.buf[at:]; {
	case len(text) == 0 && v.Type.Kind == types.Array && v.Ranges()[i].Len > 0:
		w.refuse("an array whose only element is empty reads as an array without elements")
	case w.d.hasNull && bytes.Equal(text, w.d.null):
		w.refuse("a value whose only part is NULL reads as NULL")
	}
}

// part writes an element, a key, a value or a field.
func (w *writer) part(v *vector.Vector, row, level int) {
	flat, i, ok := textval.At(v, row)
	switch {
	case !ok:
		w.buf = append(w.buf, w.d.null...)
	case flat.Type.IsNested():
		w.nested(flat, i, level)
	default:
		w.text(flat, i, level)
	}
}

// What a byte may mean in a text.
const (
	marksField  uint8 = 1 << iota // the delimiter, a quote, an escape
	marksLine                     // the end of a record
	marksLevels                   // a separator of nested values
)

// mark notes which bytes mean something: of marks of several bytes the first.
func (w *writer) mark() {
	d := &w.d
	w.marks[d.delim] |= marksField
	w.marks[w.line[0]] |= marksLine
	if d.line == nil {
		w.marks['\r'] |= marksLine
	}
	for _, c := range []byte{d.quote, d.escape, d.outside} {
		if c != 0 && (d.quote != 0 || c == d.outside) {
			w.marks[c] |= marksField
		}
	}
	if !d.lazy {
		return
	}
	for _, c := range d.levels {
		w.marks[c] |= marksLevels
	}
}

// protect quotes or escapes the text from at on if it would be read otherwise.
// At a level below 0 the separators of the levels down to it end texts, too.
func (w *writer) protect(at, level int) {
	d, s := &w.d, w.buf[at:]
	means := marksField | marksLine
	if level > 0 {
		means |= marksLevels
	}
	special := d.hasNull && bytes.Equal(s, d.null)
	for _, c := range s {
		if w.marks[c]&means != 0 {
			special = true
			break
		}
	}
	if !special {
		return
	}
	w.quoted = append(w.quoted[:0], s...)
	w.buf = w.buf[:at]
	if d.quote == 0 || level > 0 {
		w.escape(level > 0)
		return
	}
	w.buf = append(w.buf, d.quote)
	for _, c := range w.quoted {
		if c == d.quote || c == d.escape {
			w.buf = append(w.buf, d.escape)
		}
		w.buf = append(w.buf, c)
	}
	w.buf = append(w.buf, d.quote)
}

// escape writes the text without quotes, where a line break has no spelling
// unless escapes have one, and without an escape character the delimiter and the
// text of NULL have none either.
func (w *writer) escape(levels bool) {
	at, d := len(w.buf), &w.d
	for _, c := range w.quoted {
		m := w.marks[c]
		switch {
		case d.breaks && d.outside != 0 && d.line == nil && c == '\n':
			w.buf, c = append(w.buf, d.outside), 'n'
		case d.breaks && d.outside != 0 && d.line == nil && c == '\r':
			w.buf, c = append(w.buf, d.outside), 'r'
		case m&marksLine != 0:
			w.refuse("a text with a line break cannot be written without quotes")
		case m&marksField == 0 && (!levels || m&marksLevels == 0):
		case d.outside == 0:
			w.refuse("a text with the delimiter cannot be written without quotes or escapes")
		default:
			w.buf = append(w.buf, d.outside)
		}
		w.buf = append(w.buf, c)
	}
	if d.hasNull && bytes.Equal(w.buf[at:], d.null) {
		w.refuse("a text that spells NULL cannot be written without quotes")
	}
}

// refuse makes an error of the next flush, unless there is one.
func (w *writer) refuse(why string) {
	if w.err == nil {
		w.err = fault.New(fault.CodeInvalidText, "%s", why).WithHint("Write another format, or set the property quotechar or escape.delim.")
	}
}
