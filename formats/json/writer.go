package json

import (
	"io"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// writer writes rows as objects. See NewWriter.
type writer struct {
	w     io.Writer
	keys  [][]byte // {"a": and ,"b": as they stand before the values
	array bool
	rows  int64
	buf   []byte
}

// flushAt is how many bytes are collected before they are written.
const flushAt = 64 << 10

// NewWriter writes a row an object, by default one a line; with the property
// layout=array as one JSON array. How values are spelled says
// textval.AppendJSON; NULL is null.
func NewWriter(w io.Writer, schema *types.Schema, props map[string]string) (formats.Writer, error) {
	out := &writer{w: w}
	switch l := strings.ToLower(props["layout"]); l {
	case "", "lines":
	case "array":
		out.array = true
	default:
		return nil, fault.New(fault.CodeInvalidParameter, "property %q is %q: expected lines or array", "layout", l)
	}
	for i, f := range schema.Fields {
		start := byte(',')
		if i == 0 {
			start = '{'
		}
		out.keys = append(out.keys, append(textval.AppendJSONString([]byte{start}, []byte(f.Name)), ':'))
	}
	return out, nil
}

// Write appends the selected rows.
func (w *writer) Write(b *vector.Batch) error {
	if b.Sel == nil {
		for r := range b.N {
			if err := w.row(b, r); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range b.Sel {
		if err := w.row(b, int(r)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) row(b *vector.Batch, r int) error {
	switch {
	case w.array && w.rows == 0:
		w.buf = append(w.buf, '[', '\n')
	case w.array:
		w.buf = append(w.buf, ',', '\n')
	}
	w.rows++
	if len(b.Cols) == 0 {
		w.buf = append(w.buf, '{')
	}
	for i, v := range b.Cols {
		w.buf = append(w.buf, w.keys[i]...)
		w.buf = textval.AppendJSONAt(w.buf, v, r)
	}
	if w.buf = append(w.buf, '}'); !w.array {
		w.buf = append(w.buf, '\n')
	}
	if len(w.buf) >= flushAt {
		return w.flush()
	}
	return nil
}

func (w *writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Close ends the array and writes what is left.
func (w *writer) Close() error {
	switch {
	case w.array && w.rows == 0:
		w.buf = append(w.buf, "[]\n"...)
	case w.array:
		w.buf = append(w.buf, "\n]\n"...)
	}
	return w.flush()
}
