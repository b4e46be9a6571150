package pg

import (
	"bytes"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/planner/plan"
)

// maxCopyLine is the most that a row may take: what is held of data that never
// ends its line.
const maxCopyLine = 256 << 20

// lineBuffer keeps what has come of a row that is not whole.
type lineBuffer struct {
	held []byte
	over bool // the end marker \. has come: what follows does not count
}

// add gives the data with what was held before it.
func (l *lineBuffer) add(data []byte) []byte {
	if len(l.held) == 0 {
		return data
	}
	l.held = append(l.held, data...)
	return l.held
}

// keep holds the rest for the next piece.
func (l *lineBuffer) keep(rest []byte) error {
	if len(rest) > maxCopyLine {
		return fault.New(fault.CodeProgramLimit, "a row of more than %d bytes cannot be read", maxCopyLine)
	}
	l.held = append(l.held[:0], rest...)
	return nil
}

// copyText reads the text format.
type copyText struct {
	lineBuffer
	rows *copyRows
	o    *plan.CopyOptions
	buf  []byte
}

func (t *copyText) read(data []byte) error {
	data = t.add(data)
	for !t.over {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			break
		}
		line := data[:i]
		for endsInEscape(line) { // a newline after a backslash is data
			j := bytes.IndexByte(data[i+1:], '\n')
			if j < 0 {
				return t.keep(data)
			}
			i += 1 + j
			line = data[:i]
		}
		if err := t.row(bytes.TrimSuffix(line, []byte{'\r'})); err != nil {
			return err
		}
		data = data[i+1:]
	}
	return t.keep(data)
}

// endsInEscape reports whether the line ends in a backslash that is not escaped.
func endsInEscape(line []byte) bool {
	n := 0
	for n < len(line) && line[len(line)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

func (t *copyText) end() error {
	if len(t.held) == 0 || t.over {
		return nil
	}
	return t.row(bytes.TrimSuffix(t.held, []byte{'\r'}))
}

func (t *copyText) row(line []byte) error {
	r := t.rows
	at := r.line
	r.line++
	if string(line) == `\.` {
		t.over = true
		return nil
	}
	if at == 1 && t.o.Header {
		return r.header(strings.Split(string(line), string(t.o.Delimiter)), line)
	}
	k, rest, last := 0, line, len(line) == 0 && len(r.cols) == 0
	for !last {
		field := rest
		i := delimiterAt(rest, t.o.Delimiter)
		if last = i < 0; !last {
			field, rest = rest[:i], rest[i+1:]
		}
		if k == len(r.cols) {
			return r.bad(fault.CodeBadCopyFormat, at, "", line, "extra data after last expected column")
		}
		if err := t.field(k, field, at); err != nil {
			return err
		}
		k++
	}
	if k < len(r.cols) {
		return r.bad(fault.CodeBadCopyFormat, at, "", line, "missing data for column %q", r.format.Columns[k].Name)
	}
	return r.done(at, line)
}

// delimiterAt finds the delimiter outside of escapes, -1 if there is none.
func delimiterAt(b []byte, d byte) int {
	i := bytes.IndexByte(b, d)
	if i < 0 || bytes.IndexByte(b[:i], '\\') < 0 {
		return i
	}
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case d:
			return i
		}
	}
	return -1
}

func (t *copyText) field(k int, field []byte, at int64) error {
	col := t.rows.cols[k]
	if string(field) == t.o.Null {
		col.AppendNull()
		return nil
	}
	if bytes.IndexByte(field, '\\') >= 0 {
		t.buf = unescapeCopy(t.buf[:0], field)
		field = t.buf
	}
	return t.rows.value(k, field, at)
}

// value appends a value, which must be UTF-8.
func (r *copyRows) value(k int, field []byte, at int64) error {
	if err := charset.CheckUTF8(field); err != nil {
		return r.bad(fault.CodeBadEncoding, at, "", nil, "%v", err)
	}
	r.cols[k].AppendBytes(field)
	return nil
}

// copyEscapes are the letters after a backslash.
var copyEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

func unescapeCopy(out, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		if e, ok := copyEscapes[s[i]]; ok {
			out = append(out, e)
			continue
		}
		n, width := number(s[i:])
		if width == 0 {
			out = append(out, s[i])
			continue
		}
		out = append(out, n)
		i += width - 1
	}
	return out
}

// number reads one to three octal digits, or x and one or two hexadecimal ones.
func number(s []byte) (v byte, width int) {
	if s[0] == 'x' {
		for width = 1; width < len(s) && width < 3; width++ {
			d := strings.IndexByte("0123456789abcdef", s[width]|0x20)
			if s[width] >= '0' && s[width] <= '9' {
				d = int(s[width] - '0')
			}
			if d < 0 {
				break
			}
			v = v<<4 | byte(d)
		}
		if width == 1 {
			return 0, 0
		}
		return v, width
	}
	for width < len(s) && width < 3 && s[width] >= '0' && s[width] <= '7' {
		v = v<<3 | (s[width] - '0')
		width++
	}
	return v, width
}

// header compares the first line with the columns, if it has to match.
func (r *copyRows) header(names []string, line []byte) error {
	if !r.format.Options.Match {
		return nil
	}
	if len(names) != len(r.cols) {
		return r.bad(fault.CodeBadCopyFormat, 1, "", line, "wrong number of fields in header line: got %d, expected %d", len(names), len(r.cols))
	}
	for i, c := range r.format.Columns {
		if names[i] != c.Name {
			return r.bad(fault.CodeBadCopyFormat, 1, "", line, "column name mismatch in header line field %d: got %q, expected %q", i+1, names[i], c.Name)
		}
	}
	return nil
}

// copyCSV reads the csv format.
type copyCSV struct {
	lineBuffer
	rows              *copyRows
	o                 *plan.CopyOptions
	forceNull, forced []bool // FORCE_NULL and FORCE_NOT_NULL by column
	scanned           int    // bytes of what is held that were looked through
	quoted            bool   // at scanned
	newlines          int64  // in quotes, before scanned
	buf               []byte
}

func newCopyCSV(rows *copyRows) (*copyCSV, error) {
	o := rows.format.Options
	c := &copyCSV{rows: rows, o: o, forceNull: make([]bool, len(rows.cols)), forced: make([]bool, len(rows.cols))}
	for _, f := range []struct {
		names []string
		to    []bool
		what  string
	}{{o.ForceNull, c.forceNull, "FORCE_NULL"}, {o.ForceNotNull, c.forced, "FORCE_NOT_NULL"}} {
		for _, name := range f.names {
			i := slices.IndexFunc(rows.format.Columns, func(c exec.Column) bool { return c.Name == name })
			if i < 0 && name != "*" && name != "" {
				return nil, fault.New(fault.CodeInvalidColumnRef, "%s column %q not referenced by COPY", f.what, name)
			}
			for k := range f.to {
				f.to[k] = f.to[k] || k == i || name == "*"
			}
		}
	}
	return c, nil
}

func (c *copyCSV) read(data []byte) error {
	data = c.add(data)
	start := 0
	for i := c.scanned; i < len(data) && !c.over; i++ {
		switch b := data[i]; {
		case c.quoted && b == c.o.Escape && c.o.Escape != c.o.Quote:
			if i+1 == len(data) {
				c.scanned = i - start
				return c.keep(data[start:])
			}
			if data[i+1] == c.o.Quote || data[i+1] == c.o.Escape {
				i++
			}
		case b == c.o.Quote:
			c.quoted = !c.quoted
		case b != '\n':
		case c.quoted:
			c.newlines++
		default:
			if err := c.row(bytes.TrimSuffix(data[start:i], []byte{'\r'})); err != nil {
				return err
			}
			start = i + 1
		}
	}
	c.scanned = len(data) - start
	return c.keep(data[start:])
}

func (c *copyCSV) end() error {
	if c.quoted {
		return c.rows.bad(fault.CodeBadCopyFormat, c.rows.line+c.newlines, "", c.held, "unterminated CSV quoted field")
	}
	if len(c.held) == 0 || c.over {
		return nil
	}
	return c.row(bytes.TrimSuffix(c.held, []byte{'\r'}))
}

func (c *copyCSV) row(line []byte) error {
	r := c.rows
	r.line += c.newlines
	at := r.line
	r.line++
	c.newlines = 0
	if string(line) == `\.` {
		c.over = true
		return nil
	}
	if at == 1 && c.o.Header {
		var names []string
		for rest, more := line, true; more; {
			var f []byte
			f, _, rest, more = c.next(rest)
			names = append(names, string(f))
		}
		return r.header(names, line)
	}
	rest, more := line, len(line) > 0 || len(r.cols) > 0
	k := 0
	for ; more; k++ {
		var field []byte
		var quoted bool
		field, quoted, rest, more = c.next(rest)
		if k == len(r.cols) {
			return r.bad(fault.CodeBadCopyFormat, at, "", line, "extra data after last expected column")
		}
		if string(field) == c.o.Null && (!quoted && !c.forced[k] || quoted && c.forceNull[k]) {
			r.cols[k].AppendNull()
		} else if err := r.value(k, field, at); err != nil {
			return err
		}
	}
	if k < len(r.cols) {
		return r.bad(fault.CodeBadCopyFormat, at, "", line, "missing data for column %q", r.format.Columns[k].Name)
	}
	return r.done(at, line)
}

// next cuts the first field off; more tells that another one follows.
func (c *copyCSV) next(s []byte) (field []byte, quoted bool, rest []byte, more bool) {
	i := bytes.IndexByte(s, c.o.Delimiter)
	if i < 0 && bytes.IndexByte(s, c.o.Quote) < 0 {
		return s, false, nil, false
	}
	if i >= 0 && bytes.IndexByte(s[:i], c.o.Quote) < 0 {
		return s[:i], false, s[i+1:], true
	}
	c.buf = c.buf[:0]
	in := false
	for i := 0; i < len(s); i++ {
		b := s[i]
		switch {
		case in && b == c.o.Escape && i+1 < len(s) && (s[i+1] == c.o.Quote || s[i+1] == c.o.Escape):
			i++
			c.buf = append(c.buf, s[i])
		case b == c.o.Quote:
			in, quoted = !in, true
		case !in && b == c.o.Delimiter:
			return c.buf, quoted, s[i+1:], true
		default:
			c.buf = append(c.buf, b)
		}
	}
	return c.buf, quoted, nil, false
}
