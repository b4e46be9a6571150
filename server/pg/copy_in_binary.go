package pg

import (
	"encoding/binary"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/pgtype"
)

// binaryHead is how the binary format starts, before the flags.
const binaryHead = "PGCOPY\n\xff\r\n\x00"

// copyBinary reads the binary format (PostgreSQL 15, COPY, "Binary Format").
type copyBinary struct {
	charset *charset.Charset // of the texts; nil: UTF-8
	lineBuffer
	rows *copyRows
	head bool // has been read
	buf  []byte
}

func (c *copyBinary) read(data []byte) error {
	data = c.add(data)
	for !c.over {
		n, err := c.next(data)
		if err != nil {
			return err
		}
		if n == 0 {
			return c.keep(data)
		}
		data = data[n:]
	}
	return nil
}

// end takes the end of the data: the trailer may be missing, as PostgreSQL has it,
// but not a part of a row.
func (c *copyBinary) end() error {
	if c.over || c.head && len(c.held) == 0 {
		return nil
	}
	return c.bad("unexpected EOF in COPY data")
}

func (c *copyBinary) bad(format string, args ...any) error {
	return c.rows.bad(fault.CodeBadCopyFormat, c.rows.line, "", nil, format, args...)
}

// next reads the header or a row and gives its bytes, 0 if it is not whole.
func (c *copyBinary) next(b []byte) (int, error) {
	if !c.head {
		return c.header(b)
	}
	if len(b) < 2 {
		return 0, nil
	}
	n := int(int16(binary.BigEndian.Uint16(b)))
	if n == -1 {
		c.over = true
		return 2, nil
	}
	if n != len(c.rows.cols) {
		return 0, c.bad("row field count is %d, expected %d", n, len(c.rows.cols))
	}
	end := 2
	for range n {
		if len(b) < end+4 {
			return 0, nil
		}
		size := int(int32(binary.BigEndian.Uint32(b[end:])))
		if size < -1 {
			return 0, c.bad("invalid field size")
		}
		if end += 4 + max(size, 0); len(b) < end {
			return 0, nil
		}
	}
	return end, c.row(b[2:end])
}

func (c *copyBinary) header(b []byte) (int, error) {
	const fixed = len(binaryHead) + 8
	if n := min(len(b), len(binaryHead)); string(b[:n]) != binaryHead[:n] {
		return 0, c.bad("COPY file signature not recognized")
	}
	if len(b) < fixed {
		return 0, nil
	}
	if binary.BigEndian.Uint32(b[len(binaryHead):])>>16 != 0 {
		return 0, c.bad("unrecognized critical flags in COPY file header")
	}
	more := int(int32(binary.BigEndian.Uint32(b[len(binaryHead)+4:])))
	if more < 0 {
		return 0, c.bad("invalid COPY file header (missing length)")
	}
	if len(b) < fixed+more {
		return 0, nil
	}
	c.head = true
	return fixed + more, nil
}

// row reads the values of a row, all of which are there. They become text, as
// those of parameters do.
func (c *copyBinary) row(b []byte) (err error) {
	r := c.rows
	at := r.line
	r.line++
	for k := range r.cols {
		n := int(int32(binary.BigEndian.Uint32(b)))
		b = b[4:]
		if n < 0 {
			r.cols[k].AppendNull()
			continue
		}
		col := r.format.Columns[k]
		if c.buf, err = appendParam(c.buf[:0], b[:n], pgtype.Of(col.Type), 0, c.charset); err != nil {
			return r.bad(fault.As(err).Code, at, col.Name, nil, "%s", fault.As(err).Message)
		}
		if err := r.value(k, c.buf, at); err != nil {
			return err
		}
		b = b[n:]
	}
	return r.done(at, nil)
}
