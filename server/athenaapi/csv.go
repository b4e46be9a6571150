package athenaapi

import (
	"bytes"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// rowWriter writes batches as the lines of a result's file.
type rowWriter struct {
	csv  bool
	wide bool // cells are filled up to cellWidth with blanks
	text kernel.TextOptions
	cell []byte
}

// cellWidth is that of what DESCRIBE prints; clients (awswrangler) rely on cells that
// are never empty.
const cellWidth = 20

func newRowWriter(f form) *rowWriter {
	return &rowWriter{csv: f == formCSV, wide: f == formTable, text: kernel.TextOptions{Style: types.TrinoStyle}}
}

// header writes the names of the columns, in a .csv alone.
func (w *rowWriter) header(b []byte, cols []exec.Column) []byte {
	if !w.csv || len(cols) == 0 {
		return b
	}
	for i, c := range cols {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, []byte(c.Name))
	}
	return append(b, '\n')
}

// row writes row i of a batch.
func (w *rowWriter) row(b []byte, batch *vector.Batch, i int) []byte {
	for c, v := range batch.Cols {
		if c > 0 {
			b = append(b, w.divider())
		}
		if v.IsNull(i) {
			continue // nothing at all, where an empty text is ""
		}
		w.cell = w.text.AppendAthena(w.cell[:0], v, i)
		if w.csv {
			b = appendQuoted(b, w.cell)
		} else {
			b = append(b, w.cell...)
			for n := utf8.RuneCount(w.cell); w.wide && n < cellWidth; n++ {
				b = append(b, ' ')
			}
		}
	}
	return append(b, '\n')
}

func (w *rowWriter) divider() byte {
	if w.csv {
		return ','
	}
	return '\t'
}

// appendQuoted writes a value in quotes, as Athena quotes every one.
func appendQuoted(b, v []byte) []byte {
	b = append(b, '"')
	for {
		i := bytes.IndexByte(v, '"')
		if i < 0 {
			return append(append(b, v...), '"')
		}
		b = append(append(b, v[:i+1]...), '"')
		v = v[i+1:]
	}
}

// readCSV reads the first row of what a rowWriter wrote; nil cells are NULL. n is
// how many bytes it takes, 0 if data ends before the row does.
func readCSV(data []byte) (row []*string, n int) {
	for i := 0; i < len(data); {
		var cell *string
		if data[i] == '"' {
			text, used := unquote(data[i+1:])
			if used == 0 {
				return nil, 0
			}
			cell, i = &text, i+1+used
		}
		row = append(row, cell)
		if i >= len(data) {
			return nil, 0
		}
		switch data[i] {
		case ',':
			i++
			if i < len(data) && data[i] == '\n' { // the last cell is NULL
				return append(row, nil), i + 1
			}
		default:
			return row, i + 1
		}
	}
	return nil, 0
}

// unquote reads a value up to its closing quote; used is 0 without one. A quote at
// the very end may be half of two.
func unquote(data []byte) (text string, used int) {
	var b []byte
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], '"')
		if i < 0 || from+i+1 >= len(data) {
			return "", 0
		}
		end := from + i
		if data[end+1] != '"' {
			if b == nil {
				return string(data[:end]), end + 1
			}
			return string(append(b, data[from:end]...)), end + 1
		}
		b = append(b, data[from:end+1]...)
		from = end + 2
	}
}

// readLine reads the first line of a .txt as a row with one cell.
func readLine(data []byte) (row []*string, n int) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return nil, 0
	}
	text := string(data[:i])
	return []*string{&text}, i + 1
}
