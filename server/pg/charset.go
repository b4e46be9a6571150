package pg

import (
	"bytes"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// charset gives the encoding of what the client sends and gets, nil if texts are
// passed on as they are. SET may change it between two messages.
func (c *conn) charset() *charset.Charset {
	if c.sess == nil {
		return nil
	}
	name := c.sess.setting("client_encoding")
	if name == c.encoding {
		return c.recode
	}
	c.encoding, c.recode = name, charsetOf(name)
	return c.recode
}

// charsetOf finds an encoding by name, nil if texts need no conversion.
func charsetOf(name string) *charset.Charset {
	if cs, ok := charset.Lookup(name); ok && !cs.Plain() {
		return cs
	}
	return nil
}

// decodeTexts converts what the client sent in its encoding, in place.
func (c *conn) decodeTexts(texts ...*string) error {
	cs := c.charset()
	if cs == nil {
		return nil
	}
	for _, s := range texts {
		b, err := cs.Decode([]byte(*s))
		if err != nil {
			return err
		}
		*s = string(b)
	}
	return nil
}

// inCharset converts the texts of a message that is being sent, with a question
// mark for what the client's encoding lacks. Tags and formats are ASCII.
func inCharset(m pgproto3.BackendMessage, cs *charset.Charset) {
	var texts []*string
	switch m := m.(type) {
	case *pgproto3.ErrorResponse:
		texts = []*string{&m.Message, &m.Detail, &m.Hint, &m.Where, &m.SchemaName, &m.TableName, &m.ColumnName}
	case *pgproto3.NoticeResponse:
		texts = []*string{&m.Message, &m.Detail, &m.Hint, &m.Where, &m.SchemaName, &m.TableName, &m.ColumnName}
	case *pgproto3.ParameterStatus:
		texts = []*string{&m.Value}
	case *pgproto3.NotificationResponse:
		texts = []*string{&m.Channel, &m.Payload}
	case *pgproto3.RowDescription:
		for i := range m.Fields {
			f := &m.Fields[i]
			f.Name = cs.AppendLossy(nil, string(f.Name))
		}
	}
	for _, s := range texts {
		*s = string(cs.AppendLossy(nil, *s))
	}
}

// recodeTo chooses the encoding of the values, nil for UTF-8.
func (e *encoder) recodeTo(cs *charset.Charset) {
	for i := range e.cols {
		e.cols[i].charset = cs
	}
}

// isText reports whether a type's binary format is text.
func isText(t types.Type) bool {
	switch t.Kind {
	case types.Varchar, types.Char, types.JSON, types.Name:
		return true
	}
	return false
}

// recode converts the values of a column that are text.
func (c *column) recode() {
	buf := make([]byte, 0, len(c.data)+len(c.data)/4)
	for i, s := range c.spans {
		if s.n <= 0 {
			continue
		}
		from := len(buf)
		var err error
		if buf, err = c.charset.Append(buf, c.data[s.off:s.off+uint32(s.n)]); err != nil {
			c.err = err
		}
		c.spans[i] = span{uint32(from), int32(len(buf) - from)}
	}
	c.buf, c.data = buf, buf
}

// recodeMember converts the text that was appended from there on: a member of an
// array or record in the binary format.
func (c *column) recodeMember(from int) {
	if c.charset == nil {
		return
	}
	text := string(c.buf[from:])
	var err error
	if c.buf, err = c.charset.Append(c.buf[:from], []byte(text)); err != nil {
		c.err = err
	}
}

// copyCharset gives the encoding of copy data: the option's, or the client's.
func (c *conn) copyCharset(o *plan.CopyOptions) *charset.Charset {
	if o.Encoding != "" {
		return charsetOf(o.Encoding)
	}
	return c.charset()
}

// copyDecoder converts copy data before it is read. It passes on whole lines,
// as a character may be cut between two messages; no encoding has a newline within
// a character.
type copyDecoder struct {
	next copyReader
	rows *copyRows
	cs   *charset.Charset
	rest []byte
}

func decoded(next copyReader, rows *copyRows, cs *charset.Charset) copyReader {
	if cs == nil {
		return next
	}
	return &copyDecoder{next: next, rows: rows, cs: cs}
}

func (d *copyDecoder) read(data []byte) error {
	end := bytes.LastIndexByte(data, '\n') + 1
	if end == 0 {
		d.rest = append(d.rest, data...)
		return nil
	}
	lines := append(d.rest, data[:end]...)
	d.rest = append([]byte(nil), data[end:]...)
	return d.pass(lines)
}

func (d *copyDecoder) end() error {
	if len(d.rest) > 0 {
		if err := d.pass(d.rest); err != nil {
			return err
		}
	}
	return d.next.end()
}

func (d *copyDecoder) pass(lines []byte) error {
	text, err := d.cs.Decode(lines)
	if err != nil {
		e := *fault.As(err)
		e.Context = fmt.Sprintf("COPY %s, line %d", d.rows.format.Table, d.rows.line)
		return &e
	}
	return d.next.read(text)
}
