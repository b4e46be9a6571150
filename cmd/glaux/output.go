package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/arrow"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/vector"
)

// newResultWriter makes the writer of an output format.
func newResultWriter(t *terminal, text *kernel.TextOptions, format string, cols []exec.Column) (formats.Writer, error) {
	schema := &types.Schema{}
	for _, c := range cols {
		schema.Fields = append(schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	out := bufio.NewWriterSize(t.out, 64<<10)
	var w formats.Writer
	var err error
	switch format {
	case "table":
		w = &tableWriter{w: out, cols: cols, text: text}
	case formatRaw:
		w = rawWriter{out}
	case "csv":
		w, err = csv.NewWriter(out, schema, nil)
	case "json":
		w, err = json.NewWriter(out, schema, map[string]string{"layout": "array"})
	case "ndjson":
		w, err = json.NewWriter(out, schema, nil)
	case "arrow":
		w = arrow.NewWriter(out, schema)
	case "parquet":
		w, err = parquet.NewWriter(out, schema, parquet.WriterOptions{})
	default:
		err = fault.New(fault.CodeInvalidParameter, "unknown output format %q", format)
	}
	if err != nil {
		return nil, err
	}
	return flushing{w, out}, nil
}

// flushing flushes the buffer behind a writer when it is closed.
type flushing struct {
	formats.Writer
	out *bufio.Writer
}

// Close closes the writer and flushes.
func (f flushing) Close() error {
	if err := f.Writer.Close(); err != nil {
		return err
	}
	return f.out.Flush()
}

// tableSample is how many rows decide the widths of a table's columns; wider
// values that come later are printed in full and shift their line.
const tableSample = 1000

// tableWriter prints rows aligned as psql does. It holds the first rows to find
// the widths and streams the rest.
type tableWriter struct {
	w      *bufio.Writer
	cols   []exec.Column
	text   *kernel.TextOptions
	held   [][]string
	widths []int
	rows   int64
	buf    []byte
}

// Write implements formats.Writer.
func (t *tableWriter) Write(b *vector.Batch) error {
	for i := range b.Rows() {
		row := i
		if b.Sel != nil {
			row = int(b.Sel[i])
		}
		cells := make([]string, len(t.cols))
		for c := range cells {
			if v := b.Cols[c]; !v.IsNull(row) {
				t.buf = t.text.AppendText(t.buf[:0], v, row)
				cells[c] = printable(t.buf)
			}
		}
		t.rows++
		if t.widths == nil {
			if t.held = append(t.held, cells); len(t.held) == tableSample {
				t.header()
			}
			continue
		}
		t.line(cells)
	}
	return nil
}

// Close prints what was held and the number of rows.
func (t *tableWriter) Close() error {
	if t.widths == nil {
		t.header()
	}
	s := "s"
	if t.rows == 1 {
		s = ""
	}
	_, err := fmt.Fprintf(t.w, "(%d row%s)\n\n", t.rows, s)
	return err
}

func (t *tableWriter) header() {
	t.widths = make([]int, len(t.cols))
	for c := range t.cols {
		t.widths[c] = runewidth.StringWidth(t.cols[c].Name)
		for _, r := range t.held {
			t.widths[c] = max(t.widths[c], runewidth.StringWidth(r[c]))
		}
	}
	for c, col := range t.cols {
		gap := t.widths[c] - runewidth.StringWidth(col.Name)
		t.sep(c, " | ")
		pad(t.w, gap/2)
		t.w.WriteString(col.Name)
		pad(t.w, gap-gap/2)
	}
	t.w.WriteString("\n")
	for c, n := range t.widths {
		t.sep(c, "-+-")
		t.w.WriteString(strings.Repeat("-", n))
	}
	t.w.WriteString("\n")
	for _, r := range t.held {
		t.line(r)
	}
	t.held = nil
}

func (t *tableWriter) line(cells []string) {
	for c, s := range cells {
		t.sep(c, " | ")
		gap := t.widths[c] - runewidth.StringWidth(s)
		right := t.cols[c].Type.IsNumeric() || t.cols[c].Type.Kind == types.OID
		if right {
			pad(t.w, gap)
		}
		t.w.WriteString(s)
		if !right && c < len(cells)-1 {
			pad(t.w, gap)
		}
	}
	t.w.WriteString("\n")
}

func (t *tableWriter) sep(c int, s string) {
	if c > 0 {
		t.w.WriteString(s)
	}
}

func pad(w io.Writer, n int) {
	if n > 0 {
		io.WriteString(w, strings.Repeat(" ", n))
	}
}

// printable makes a cell safe for a terminal: control characters, which could
// be escape sequences of a hostile file, are shown as \xNN or \n.
func printable(b []byte) string {
	clean := utf8.Valid(b)
	for _, c := range b {
		clean = clean && c >= 0x20 && c != 0x7f
	}
	if clean {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n':
			s.WriteString(`\n`)
		case r == '\t':
			s.WriteString(`\t`)
		case r == utf8.RuneError && n == 1, r < 0x20, r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&s, `\x%02X`, b[0])
		default:
			s.WriteRune(r)
		}
		b = b[n:]
	}
	return s.String()
}
